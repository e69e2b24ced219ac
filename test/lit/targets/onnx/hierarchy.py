# RUN: pyc compile %s --target=onnx -o %t.onnx
# RUN: pyc inspect %t.onnx --verify
# RUN: pyc inspect %t.onnx | filecheck %s
# REQUIRES: onnx
import pyc
from pyc import Mixed, Precision, Tensor, f16, f32
from pyc.nn import relu


class Dense[In, Out, P: Precision](pyc.Module):
    weight: Tensor[P, In, Out]

    def __call__[B](self, x: Tensor[P, B, In]) -> Tensor[P, B, Out]:
        return x @ self.weight


class Net[P: Precision](pyc.Module):
    up: Dense[8, 16, P]

    def __call__[B](self, x: Tensor[P, B, 8]) -> Tensor[P, B, 16]:
        return relu(self.up(x))


Serving = Net[Mixed[f16, f32]]

# The exported method is the graph; the submodule and the library's function are functions of the model.
# CHECK: ONNX model
# CHECK: Serving: Net[Mixed[f16, f32]]
# CHECK: up: Dense[8, 16, Mixed[f16, f32]]
# CHECK-NEXT: where In = 8, Out = 16, P = Mixed[f16, f32]
# A contraction widens its operands to the accumulator, and rounds once.
# CHECK: matmul/cast = Cast(
# CHECK: matmul = MatMul({{.*}}  f32[B, 16]
# CHECK: = Cast(matmul, to=f16)  f16[B, 16]
# CHECK: relu_Mixed_f16_f32: relu[Mixed[f16, f32]]
