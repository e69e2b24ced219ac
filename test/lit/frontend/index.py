# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")


# CHECK-LABEL: @any_index
# CHECK-DAG: %[[N:.*]] = "pyc.dim"(%arg0) {axis = 0 : i64}
# CHECK-DAG: %[[NEGATIVE:.*]] = "pyc.compare"(%arg1, %c0_i64) {predicate = "lt"}
# CHECK: %[[FROM_END:.*]] = "pyc.add"(%arg1, %[[N]])
# CHECK: %[[I:.*]] = "pyc.select"(%[[NEGATIVE]], %[[FROM_END]], %arg1)
# CHECK: "pyc.check"(%{{.*}}, %arg1, %[[N]]) {kind = "IndexError", message = "index out of bounds for axis 0 of 'u'"
# CHECK-SAME: index {{.*}} is out of bounds for axis 0 with size
# CHECK: "pyc.extract"(%arg0, %[[I]])
def any_index(u: Tensor[f64, N], i: int) -> f64:
    return u[i]


# The variable of a range from 0 is never negative: one comparison is left.
# CHECK-LABEL: @loop_index
# CHECK: scf.for %[[I:[a-z0-9]*]] =
# CHECK-NEXT: %[[HOLDS:.*]] = "pyc.compare"(%[[I]], %{{.*}}) {predicate = "lt"}
# CHECK-NEXT: "pyc.check"(%[[HOLDS]], %[[I]], %{{.*}})
# CHECK-NEXT: "pyc.extract"(%arg0, %[[I]])
def loop_index(u: Tensor[f64, N], n: int) -> float:
    s = 0.0
    for i in range(n):
        s += u[i]
    return s
