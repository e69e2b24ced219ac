# RUN: not pyc compile %s --target=onnx --opset=17 -o %t.onnx 2>&1 | filecheck %s
# RUN: pyc compile %s --target=onnx --opset=18 -o %t.onnx
# REQUIRES: onnx
from pyc import Dim, Tensor, i32

N = Dim("N")


# CHECK: error[E610]: this needs BitwiseXor, which ONNX has from opset 18 on
# CHECK: return x ^ 5
# CHECK: help: --opset=18 has it
def f(x: Tensor[i32, N]) -> Tensor[i32, N]:
    return x ^ 5
