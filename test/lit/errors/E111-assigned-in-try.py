# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E111]: which value y has here is not known: an error may leave `try` before or after it is assigned
# CHECK: {{.*}}:20:16
# CHECK: = help: assign another name inside `try`, or the elements of the array: `x[:] = ...`
# CHECK: note: this `try` assigns y
# CHECK: 1 error
def reversed_or_not(x: Tensor[f32, N], i: int) -> f32:
    y = x * 2
    try:
        y = x[::-1]
        y = y[i:] + 1
    except IndexError:
        return y[0]
    return x[0]
