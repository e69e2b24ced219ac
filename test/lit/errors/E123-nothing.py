# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E123]: there is nothing to compile
# CHECK: help: `--function add` compiles add
def add(a: int, b: int) -> int:
    return a + b
