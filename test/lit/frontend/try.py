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


# A cell refers to the array that a name is bound to; where an error may have landed, the name is what the cell refers to.
# CHECK-LABEL: @rebound
# CHECK: "pyc.hold"(%arg0) {cell = 0 : i64}
# CHECK: %[[GO:.*]] = "pyc.enter"() : () -> i1
# CHECK: scf.if %[[GO]]
# CHECK: %[[NEW:.*]] = "pyc.allocate"
# CHECK: "pyc.hold"(%[[NEW]]) {cell = 0 : i64}
# CHECK: "pyc.caught"(%[[GO]])
# CHECK: %[[HELD:.*]] = "pyc.held"() {cell = 0 : i64}
# CHECK: "pyc.spare"(%[[HELD]])
# CHECK: "pyc.sweep"()
def rebound(x: Tensor[f64, N], i: int) -> Tensor[f64, N]:
    y = x
    try:
        y = x * 2
        y[i] = 1.0
    except IndexError:
        y = y + 1
    return y
