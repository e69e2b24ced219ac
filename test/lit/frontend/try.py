# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# What a guarded body assigns lives in a cell: an error may come between any two assignments.
# CHECK-LABEL: @handled
# CHECK: %[[CELL:.*]] = "pyc.allocate"
# CHECK: %[[GO:.*]] = "pyc.enter"() : () -> i1
# CHECK: scf.if %[[GO]]
# CHECK: "pyc.store"(%{{.*}}, %[[CELL]])
# CHECK: %[[NUMBER:.*]] = "pyc.caught"(%[[GO]])
# CHECK: "pyc.load"(%[[CELL]])
# CHECK: "pyc.is_kind"(%[[NUMBER]]) {kinds = ["LookupError"]}
# CHECK: "pyc.reraise"(%[[NUMBER]])
def handled(u: Tensor[f64, N], i: int) -> float:
    x = 1.0
    try:
        x = 2.0
        x = u[i]
    except LookupError:
        x = x * 100
    return x


# `finally` runs behind a region around all of it, and the error goes on.
# CHECK-LABEL: @final
# CHECK: %[[OUTER:.*]] = "pyc.enter"() : () -> i1
# CHECK: scf.if %[[OUTER]]
# CHECK: "pyc.enter"() : () -> i1
# CHECK: %[[PENDING:.*]] = "pyc.caught"(%[[OUTER]])
# CHECK: "pyc.store"
# CHECK: "pyc.reraise"(%[[PENDING]])
def final(u: Tensor[f64, N], i: int) -> None:
    try:
        u[i] = 1.0
    finally:
        u[0] = 2.0
