# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32, jit

# CHECK-LABEL: @to_int
# CHECK: "pyc.check"(%{{.*}}) {kind = "ValueError", message = "cannot convert float NaN to integer"}
# CHECK: "pyc.check"(%{{.*}}) {kind = "OverflowError"
# CHECK: "pyc.cast"(%arg0) : (f64) -> i64
@jit
def to_int(a: float) -> int:
    return int(a)
