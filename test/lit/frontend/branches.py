# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")


# Only what differs is a result: x, and the array that one side writes.
# CHECK-LABEL: @sides
# CHECK: %[[R:.*]]:2 = scf.if %{{.*}} -> (f64, tensor<?xf64, {{.*}}>) {
# CHECK: %[[U:.*]] = "pyc.insert"
# CHECK: scf.yield %{{.*}}, %[[U]]
# CHECK: } else {
# CHECK: scf.yield %{{.*}}, %arg0
# CHECK: return %[[R]]#0, %[[R]]#1
def sides(u: Tensor[f64, N], c: bool) -> float:
    if c:
        u[0] = 1.0
        x = 2.0
    else:
        x = 3.0
    return x


# CHECK-LABEL: @raising
# CHECK-NOT: scf.if
# CHECK: "pyc.check"(%{{.*}}) {kind = "ValueError", message = "negative"}
def raising(u: Tensor[f64, N], n: int) -> int:
    if n < 0:
        raise ValueError("negative")
    return n
