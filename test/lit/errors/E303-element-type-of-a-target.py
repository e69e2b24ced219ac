# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Target, Tensor, f16, f32, f64

N = Dim("N")


# CHECK: error[E303]: npu does not support f64
# CHECK: help: npu supports f32, f16
npu = Target("npu", dtypes={f16, f32})


def f(x: Tensor[f32, N, npu]) -> Tensor[f32, N, npu]:
    return x.to(f64).to(f32)
