# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
from pyc import Dim, Tensor, f32, f64, i32

N = Dim("N")


# CHECK-LABEL: @carried
# CHECK: scf.for %[[I:.*]] = %c0_i64 to %arg1 step %c1_i64 iter_args(%[[U:.*]] = %arg0) -> (tensor<?xf64
# CHECK: %[[V:.*]] = "pyc.insert"(%{{.*}}, %[[U]], %[[I]])
# CHECK: scf.yield %[[V]]
def carried(u: Tensor[f64, N], n: int) -> None:
    for i in range(n):
        t = u[i] * 2.0
        u[i] = t


# Counting by other steps goes from 0 by 1: the counter cannot leave 64 bits.
# CHECK-LABEL: @steps
# CHECK: scf.for %[[K:.*]] = %c0_i64 to %{{.*}} step %c1_i64
# CHECK: "pyc.mul"(%[[K]], %c3_i64)
def steps(u: Tensor[f64, N], n: int) -> int:
    s = 0
    for i in range(0, n, 3):
        s += i
    return s


# CHECK-LABEL: @down
# CHECK: scf.for %[[K:.*]] = %{{.*}} to %c0_i64 step %c1_i64
# CHECK: "pyc.not"(%[[K]]) : (i64) -> i64
def down(u: Tensor[f64, N], n: int) -> int:
    s = 0
    for i in range(n, -1, -1):
        s += i
    return s


# CHECK-LABEL: @halve
# CHECK: scf.while (%[[N:.*]] = %arg1) : (i64) -> i64 {
# CHECK: "pyc.compare"(%[[N]], %c1_i64) {predicate = "gt"}
# CHECK: scf.condition
# CHECK: } do {
# CHECK: "pyc.int_floordiv"
def halve(u: Tensor[f64, N], n: int) -> int:
    while n > 1:
        n //= 2
    return n
