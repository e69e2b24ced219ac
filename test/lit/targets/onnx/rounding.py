# RUN: pyc compile %s --target=onnx -o %t.onnx
# RUN: pyc inspect %t.onnx | filecheck %s
# REQUIRES: onnx
from pyc import Dim, Tensor, f16

N = Dim("N")


# Each operation on f16 rounds once, on every runtime: it stands between casts of its own.
# CHECK: mul/mul = Mul(
# CHECK: mul = Cast(mul/mul, to=f16)
# CHECK-SAME: f16[N]
# CHECK: add/cast = Cast(mul, to=f32)
# CHECK: add/add = Add(add/cast,
# CHECK: = Cast(add/add, to=f16)
def f(x: Tensor[f16, N], y: Tensor[f16, N]) -> Tensor[f16, N]:
    return x * y + y
