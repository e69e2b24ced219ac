# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E111]: the variable v has no value here
# CHECK: {{.*}}:13:9
# CHECK: = help: assign v before this line
def first(x: Tensor[f32, N]) -> f32:
    y = v * 2
    v = x[0]
    return y + v


# CHECK: error[E111]: the variable scale may have no value here
# CHECK: note: it gets a value here
# CHECK: note: but not on every path through this
def called(x: Tensor[f32, N]) -> f32:
    if len(x) > 3:
        scale = x[0]

    def scaled(i: int) -> f32:
        return x[i] * scale

    return scaled(0)
