# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f16, f32

N = Dim("N")


# CHECK: error[E212]: the result is a Tensor[f16, N], and this is a Tensor[f32, N]: it would lose precision or range
# CHECK: help: narrowing is always written: `(x * 2).to(f16)`
def f(x: Tensor[f32, N]) -> Tensor[f16, N]:
    return x * 2
