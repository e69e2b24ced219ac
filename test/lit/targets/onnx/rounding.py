# RUN: pyc compile %s --target=onnx -o %t.onnx
# RUN: pyc inspect %t.onnx | filecheck %s
# REQUIRES: onnx
from pyc import Dim, Tensor, f16

N = Dim("N")


# Each operation on f16 rounds once, on every runtime: it stands between casts of its own.
# CHECK: operations
# CHECK: name=mul/mul  op=Mul
# CHECK: name=mul  op=Cast
# CHECK: name=add/cast  op=Cast
# CHECK: name=add/add  op=Add
# CHECK: name=add  op=Cast
# CHECK: values
# CHECK: name=mul  type=FLOAT16[N]
def f(x: Tensor[f16, N], y: Tensor[f16, N]) -> Tensor[f16, N]:
    return x * y + y
