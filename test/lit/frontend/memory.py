# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64

N = Dim("N")


# The loop carries which array each name is; nothing is copied.
# CHECK-LABEL: @exchange
# CHECK-SAME: memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
# CHECK-SAME: pyc.memory = "{{.*}} (line 23)"
# CHECK-SAME: writes = [0, 1]
# CHECK: scf.for {{.*}} iter_args(%[[U:.*]] = %arg0, %[[V:.*]] = %arg1)
def exchange(u: Tensor[f64, N], v: Tensor[f64, N], n: int) -> None:
    # CHECK: %[[FROM:.*]] = "pyc.view"(%[[U]],
    # CHECK: %[[X:.*]] = "pyc.read"(%[[FROM]])
    # CHECK: %[[Y:.*]] = "pyc.mul"(%[[X]],
    # CHECK: %[[TO:.*]] = "pyc.view"(%[[V]],
    # CHECK: "pyc.write"(%[[Y]], %[[TO]])
    # CHECK: scf.yield %[[V]], %[[U]]
    for _ in range(n):
        v[1:] = u[:-1] * 0.5
        u, v = v, u


# CHECK-LABEL: @either
# CHECK: %[[A:.*]] = scf.if %arg2 -> (memref
# CHECK-NEXT: scf.yield %arg0
# CHECK: scf.yield %arg1
# CHECK: "pyc.store"(%{{.*}}, %[[A]], %c0_i64)
def either(u: Tensor[f64, N], v: Tensor[f64, N], c: bool) -> None:
    a = u if c else v
    a[0] = 1.0


# CHECK-LABEL: @flat
# CHECK: %[[V:.*]] = "pyc.reshape_view"(%arg0, %c16_i64)
# CHECK: "pyc.store"(%{{.*}}, %[[V]], %c3_i64)
def flat(u: Tensor[f64, 4, 4]) -> None:
    v = u.reshape(16)
    v[3] = 1.0


# What is returned is the argument's own memory; the function says where.
# CHECK-LABEL: @part
# CHECK-SAME: results = [{allocated, dims = ["N - 1"]
# CHECK: %[[V:.*]] = "pyc.view"(%arg0,
# CHECK: return %[[V]]
def part(u: Tensor[f64, N]) -> Tensor[f64, N - 1]:
    return u[1:]


# A callee that writes is emitted where it is called, on the caller's own array.
# CHECK-LABEL: @overlapping
# CHECK-NOT: func.call
# CHECK: "pyc.write"(%{{.*}}, %arg0)
def double(a: Tensor[f64, N], b: Tensor[f64, N]) -> None:
    a[:] = b * 2.0


def overlapping(u: Tensor[f64, N]) -> None:
    double(u, u)


# A callee that only computes is called with values, and what it gives is put into memory.
# CHECK-LABEL: @with_values
# CHECK: %[[X:.*]] = "pyc.read"(
# CHECK: %[[Y:.*]] = {{.*}}call @halved{{.*}}(%[[X]])
# CHECK: "pyc.allocate"(%[[Y]])
def halved(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return x * 0.5


def with_values(u: Tensor[f64, N], n: int) -> Tensor[f64, N]:
    for _ in range(n):
        u = halved(u)
    return u
