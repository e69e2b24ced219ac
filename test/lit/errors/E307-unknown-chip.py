# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, cuda, f32

N = Dim("N")


# CHECK: error[E307]: cuda has no chip 'sm_99'
# CHECK: help: did you mean
gpu = cuda("sm_99")


def f(x: Tensor[f32, N, gpu]) -> Tensor[f32, N, gpu]:
    return x * 2
