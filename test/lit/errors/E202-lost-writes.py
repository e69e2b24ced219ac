# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Mixed, Tensor, f16, f32

N = Dim("N")
P = Mixed[f16, f32]


def reset(a: Tensor[P, N]) -> None:
    a[0] = 0.0


# CHECK: error[E202]: reset writes to its argument a, and what is passed is computed in f32 and rounded to Mixed[f16, f32] on the way: the writes would be lost
# CHECK: = help: `y = (t).to(Mixed[f16, f32])`, and pass y
def f(x: Tensor[P, N]) -> Tensor[P, N]:
    t = x * 2
    reset(t)
    return t
