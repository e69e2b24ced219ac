# RUN: not pyc compile %s --target=onnx -o %t.onnx 2>&1 | filecheck %s
# REQUIRES: onnx
from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E602]: a loop that depends on run-time values cannot be exported to ONNX
# CHECK: for _ in range(n):
# CHECK: help: cpu has loops and branches
def f(x: Tensor[f32, N], n: int) -> Tensor[f32, N]:
    for _ in range(n):
        x = x * 2
    return x
