# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f64, prange

N = Dim("N")


# Rounds write one array: it is in memory. What only is added to is a reduction.
# CHECK-LABEL: @sum
# CHECK-SAME: pyc.memory = "it has a loop over prange"
# CHECK: scf.for %[[I:.*]] = %c0_i64 to %{{.*}} step %c1_i64 iter_args(%[[S:.*]] = %{{.*}}, %[[M:.*]] = %{{.*}}) -> (f64, f64)
# CHECK: "pyc.sub"(%[[S]],
# CHECK: "pyc.store"(
# CHECK: } {pyc.parallel = ["add", "max"]}
def sum(x: Tensor[f64, N], y: Tensor[f64, N]) -> float:
    s = 0.0
    m = x[0]
    for i in prange(len(x)):
        t = x[i] * x[i]
        if t < 1.0:
            continue
        s -= t
        m = max(m, x[i])
        y[i] = t
    return s + m
