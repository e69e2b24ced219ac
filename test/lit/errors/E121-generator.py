# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E121]: rows is a generator, and `yield` is not supported in compiled code
# CHECK: def rows
# CHECK: = help: return an array of the values, or loop where they are used
# CHECK: note: its `yield` makes it one
def rows(x: Tensor[f32, N]) -> Tensor[f32, N]:
    if False:
        yield x
    return x
