# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")


# A loop that can be left becomes a while over the counter, a flag, and what it carries.
# CHECK-LABEL: @find
# CHECK: scf.while (%[[K:.*]] = %c0_i64, %{{.*}}, %[[LEFT:.*]] = %false) : (i64, i64, i1)
# CHECK: %[[GO:.*]] = "pyc.not"(%[[LEFT]])
# CHECK: %[[MORE:.*]] = "pyc.compare"(%[[K]], %{{.*}}) {predicate = "lt"}
# CHECK: "pyc.and"(%[[MORE]], %[[GO]])
# CHECK: scf.condition
# CHECK: scf.if %{{.*}} -> (i64) {
# CHECK: scf.yield %c-1_i64
def find(u: Tensor[f64, N], x: float) -> int:
    for i in range(len(u)):
        if u[i] == x:
            return i
    return -1


# What follows `continue` moves into the other branch: no flag.
# CHECK-LABEL: @skip
# CHECK: scf.for
# CHECK-SAME: -> (f64)
# CHECK: scf.if %{{.*}} -> (f64) {
# CHECK: } else {
# CHECK: "pyc.add"
def skip(u: Tensor[f64, N]) -> float:
    s = 0.0
    for i in range(len(u)):
        if u[i] < 0.0:
            continue
        s += u[i]
    return s
