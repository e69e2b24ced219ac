# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from Inputs.cycle import double

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E116]: files import each other: cycle.py -> cycle_back.py -> cycle.py
# CHECK: note: cycle_back.py imports cycle.py
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return double(x)
