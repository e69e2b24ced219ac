# RUN: pyc compile %s --emit=pyc | filecheck %s
# Values cannot say that the first of two writes is seen when what is between them raises: memory can.
import numpy as np
from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: func.func @twice(
# CHECK-SAME: pyc.memory = "it writes the same part of an array twice, and may raise between"
# CHECK: pyc.write
# CHECK: pyc.check
# CHECK: pyc.write
def twice(b: Tensor[f64, N], x: Tensor[f64, N], k: int) -> None:
    b[:] = x * 2
    if k > 2:
        raise ValueError("k")
    b[:] = x * 3


# CHECK: func.func @nothing_between(
# CHECK-NOT: pyc.memory =
# CHECK: pyc.insert_slice
# CHECK: pyc.insert_slice
# CHECK: return
def nothing_between(b: Tensor[f64, N], x: Tensor[f64, N]) -> None:
    b[:] = x * 2
    b[:] = x * 3
