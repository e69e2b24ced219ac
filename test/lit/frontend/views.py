# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")
M = Dim("M")


# A write through a view of a view is one write to the array.
# CHECK-LABEL: @through
# CHECK-NOT: "pyc.slice"
# CHECK: "pyc.insert"(%cst, %arg0, %{{.*}})
# CHECK-NOT: "pyc.slice"
# CHECK: return
def through(u: Tensor[f64, N]) -> None:
    v = u[1:]
    w = v[2:]
    w[0] = 5.0


# CHECK-LABEL: @row
# CHECK: "pyc.insert_slice"(%arg1, %arg0, %c2_i64, %c0_i64, %c1_i64, %{{.*}}, %c1_i64, %c1_i64) {dropped = [0]
def row(u: Tensor[f64, 4, M], x: Tensor[f64, M]) -> None:
    u[2] = x


# CHECK-LABEL: @transposed
# CHECK: "pyc.insert"(%cst, %arg0, %{{.*}}, %{{.*}})
# CHECK-NOT: "pyc.transpose"
# CHECK: return
def transposed(u: Tensor[f64, N, M]) -> None:
    t = u.T
    t[0, 1] = 5.0
