# RUN: not pyc compile %s --target=onnx -o %t.onnx 2>&1 | filecheck %s
# REQUIRES: onnx
from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E609]: 'f' gives nothing and writes nothing
def f(x: Tensor[f32, N]) -> None:
    y = x * 2
