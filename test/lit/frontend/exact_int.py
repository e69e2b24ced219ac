# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32, jit

# CHECK-LABEL: @divide
# CHECK: %[[HOLDS:.*]] = "pyc.compare"(%arg1, %c0_i64) {predicate = "ne"}
# CHECK: "pyc.check"(%[[HOLDS]]) {kind = "ZeroDivisionError"
# CHECK: "pyc.int_floordiv"(%arg0, %arg1) : (i64, i64) -> i64
@jit
def divide(a: int, b: int) -> int:
    return a // b
