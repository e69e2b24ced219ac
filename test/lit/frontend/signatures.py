# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")


# CHECK-LABEL: func.func @itself
# CHECK-SAME: returns = [-1], returns_tuple = false, writes = [0]
def itself(u: Tensor[f64, N]) -> Tensor[f64, N]:
    u[0] = 1.0
    return u


# CHECK-LABEL: func.func @pair
# CHECK-SAME: results = [{dims = ["N - 1"], {{.*}}, {dtype = "f64"
# CHECK-SAME: returns = [0, 1], returns_tuple = true, writes = []
def pair(u: Tensor[f64, N]) -> tuple[Tensor[f64, N - 1], float]:
    return u[1:] * 2.0, 1.0
