# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32, jit

# What can neither fail nor cost is evaluated at once; a division waits for its turn.
# CHECK-LABEL: @between
# CHECK-NOT: scf.if
# CHECK: "pyc.and"
# CHECK: return
@jit
def between(a: int, b: int, c: int) -> bool:
    return a < b < c


# CHECK-LABEL: @guarded
# CHECK: scf.if %{{.*}} -> (i1) {
# CHECK: "pyc.int_floordiv"
# CHECK: } else {
# CHECK: scf.yield %false
@jit
def guarded(a: int, b: int) -> bool:
    return b != 0 and a // b > 1
