# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")
M = Dim("M")


# CHECK-LABEL: @rows
# CHECK: %[[ROW:.*]] = "pyc.slice"(%arg0
# CHECK: %[[NEW:.*]] = call @double(%[[ROW]])
# CHECK: %[[ALL:.*]] = "pyc.insert_slice"(%[[NEW]], %arg0
# CHECK: return %[[ALL]]
def double(u: Tensor[f64, N]) -> None:
    u *= 2.0


def rows(u: Tensor[f64, N, M]) -> None:
    double(u[0])
