# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

N = Dim("N")
M = Dim("M")


# A loop over an array counts; its elements need no check.
# CHECK-LABEL: @elements
# CHECK: scf.for
# CHECK-NOT: pyc.check
# CHECK: pyc.extract
# CHECK: return
def elements(x: Tensor[f64, N]) -> f64:
    s = f64(0)
    for v in x:
        s += v
    return s


# Rows are views: a write goes to the array.
# CHECK-LABEL: @rows
# CHECK: scf.for
# CHECK: "pyc.insert"(%{{.*}}, %{{.*}}, %[[I:.*]], %c0_i64)
# CHECK-NOT: pyc.check
# CHECK: scf.yield
def rows(x: Tensor[f64, N, 3]) -> None:
    for i, row in enumerate(x):
        row[0] = i


# A loop over a tuple is written out, each round with the types of its items.
# CHECK-LABEL: @written_out
# CHECK-NOT: scf.for
# CHECK: "pyc.reduce"({{.*}}axes = [0]
# CHECK: "pyc.reduce"({{.*}}axes = [1]
# CHECK: return
def written_out(x: Tensor[f64, 3, 3]) -> f64:
    s = f64(0)
    for axis in (0, 1):
        s += np.sum(x, axis=axis)[0]
    return s
