# RUN: not pyc compile %s --target=onnx -o %t.onnx 2>&1 | filecheck %s
# REQUIRES: onnx
from pyc import Dim, Tensor, i64

N = Dim("N")


# CHECK: error[E604]: the int result of '+' may leave 64 bits
# CHECK: n + 1
# CHECK: help: a sized integer (i64) wraps
def f(x: Tensor[i64, N], n: int) -> Tensor[i64, N]:
    return x + (n + 1)
