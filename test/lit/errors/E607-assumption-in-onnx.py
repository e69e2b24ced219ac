# RUN: pyc compile %s --target=onnx --remarks -o %t.onnx 2>&1 | filecheck %s
# REQUIRES: onnx
from pyc import Dim, Tensor, f32

N = Dim("N")
M = Dim("M")


# CHECK: remark[E607]: the model does not check this, it assumes it of its inputs: ValueError
# CHECK: x + y
def f(x: Tensor[f32, N], y: Tensor[f32, M]) -> Tensor[f32, N]:
    return x + y
