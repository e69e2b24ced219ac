# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")


# Everything is static here: no check, no arithmetic.
# CHECK-LABEL: @static
# CHECK-NOT: "pyc.minimum"
# CHECK-NOT: "pyc.check"
# CHECK: "pyc.slice"(%arg0, %c1_i64, %c8_i64, %c1_i64) {{.*}} -> tensor<8xf64
def static(u: Tensor[f64, 10]) -> Tensor[f64, 8]:
    return u[1:-1] * 2.0


# CHECK-LABEL: @clamped
# CHECK-DAG: %[[N:.*]] = "pyc.dim"(%arg0) {axis = 0 : i64}
# CHECK-DAG: %[[LESS:.*]] = "pyc.add"(%[[N]], %c-2_i64)
# CHECK-DAG: %[[SIZE:.*]] = "pyc.maximum"(%[[LESS]], %c0_i64)
# CHECK: %[[START:.*]] = "pyc.minimum"(%c1_i64, %[[N]])
# CHECK: "pyc.slice"(%arg0, %[[START]], %[[SIZE]], %c1_i64)
def clamped(u: Tensor[f64, N]) -> Tensor[f64, N - 2]:
    return u[1:-1] * 2.0


# CHECK-LABEL: @new_axis
# CHECK: "pyc.reshape"(%arg0, %{{.*}}, %c1_i64) {{.*}} -> tensor<?x1xf64
def new_axis(u: Tensor[f64, N]) -> Tensor[f64, N, 1]:
    return u[:, None] * 2.0
