# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E208]: y is a Tensor[f32, N] on one path to this line and a Tensor[bool, N] on another
# CHECK: {{.*}}:20:16
# CHECK: note: a Tensor[f32, N] here
# CHECK: note: a Tensor[bool, N] here
# CHECK: 1 error
def doubled_or_mask(x: Tensor[f32, N], i: int) -> f32:
    y = x * 2
    try:
        y = x > 0
        x[i] = 1
    except IndexError:
        return y[0]
    return x[0]
