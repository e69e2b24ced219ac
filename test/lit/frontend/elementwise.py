# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")


# CHECK-LABEL: @axpy
# CHECK: %[[P:.*]] = "pyc.mul"(%arg0, %arg1) : (f32, tensor<?xf32, {{.*}}>) -> tensor<?xf32
# CHECK: %[[S:.*]] = "pyc.add"(%[[P]], %arg2)
# CHECK: return %[[S]]
def axpy(a: f32, x: Tensor[f32, N], y: Tensor[f32, N]) -> Tensor[f32, N]:
    return a * x + y
