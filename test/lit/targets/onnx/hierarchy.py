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
# CHECK: module  Net[Mixed[f16, f32]]
# CHECK: function=hierarchy.Dense_8_16_Mixed_f16_f32
# CHECK-SAME: generic.P=Mixed[f16, f32]
# CHECK: function=pyc.nn.relu_Mixed_f16_f32
# CHECK: name=up  op=hierarchy.Dense_8_16_Mixed_f16_f32
# CHECK-SAME: path=up
# A contraction widens its operands to the accumulator, and rounds once.
# CHECK: hierarchy.Dense_8_16_Mixed_f16_f32
# CHECK: name=matmul/cast  op=Cast
# CHECK: name=matmul  op=MatMul
# CHECK-SAME: accumulate=f32
# CHECK: name=cast  op=Cast
