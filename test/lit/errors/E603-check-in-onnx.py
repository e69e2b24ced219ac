# RUN: not pyc compile %s --target=onnx -o %t.onnx 2>&1 | filecheck %s
# REQUIRES: onnx
from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E603]: ONNX cannot raise IndexError
# CHECK: return x[i]
# CHECK: ^^^^
def f(x: Tensor[f32, N], i: int) -> f32:
    return x[i]
