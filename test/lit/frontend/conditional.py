# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32, jit

# CHECK-LABEL: @choose
# CHECK: %[[R:.*]] = scf.if %{{.*}} -> (i64) {
# CHECK: %[[Q:.*]] = "pyc.int_mul"
# CHECK: scf.yield %[[Q]] : i64
# CHECK: } else {
# CHECK: scf.yield %arg1 : i64
# CHECK: return %[[R]]
@jit
def choose(a: int, b: int) -> int:
    return a * a if a > b else b
