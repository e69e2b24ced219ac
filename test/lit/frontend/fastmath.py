# RUN: pyc compile %s --emit=pyc | filecheck %s
from __future__ import annotations
import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


# Flags hold where an operation is written, of a function that is called only its own.
# CHECK-LABEL: @half
# CHECK: "pyc.mul"({{.*}}) : (f64, f64) -> f64
# CHECK-LABEL: @f(
# CHECK: call @half
# CHECK: "pyc.add"({{.*}}) {pyc.fastmath = "contract,reassoc"}
def half(x: f64) -> f64:
    return x * 0.5


@pyc.jit(fastmath={"reassoc", "contract"})
def f(x: Tensor[f64, N]) -> f64:
    s = f64(0.0)
    for i in range(len(x)):
        s += half(x[i])
    return s


# CHECK-LABEL: @region
# CHECK: "pyc.sub"({{.*}}) : (f64, f64) -> f64
# CHECK: "pyc.compare"({{.*}}) {predicate = "gt", pyc.fastmath = "nnan"}
# CHECK: "pyc.add"({{.*}}) {pyc.fastmath = "nnan"}
# CHECK: "pyc.div"({{.*}}) {pyc.fastmath = "afn,arcp,contract,ninf,nnan,nsz,reassoc"}
def region(x: f64, y: f64) -> f64:
    z = x - y
    with pyc.fastmath("nnan"):
        if z > 0.5:
            z = z + 1.0
    with pyc.fastmath():
        z = z / y
    return z
