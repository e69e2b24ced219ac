"""A classifier of handwritten digits whose precision and hardware are type parameters.

pyc compile examples/digits/model.py --target=cpu  --weights examples/digits/weights.safetensors
pyc compile examples/digits/model.py --target=cuda --weights examples/digits/weights.safetensors
pyc compile examples/digits/model.py --target=onnx --weights examples/digits/weights.safetensors
"""

import pyc
from pyc import Mixed, Precision, Target, Tensor, cpu, cuda, f16, f32
from pyc.nn import relu, softmax


class Dense[In, Out, P: Precision, On: Target](pyc.Module):
    """An affine layer: its weights live on ``On``, stored and computed with as ``P`` says."""

    weight: Tensor[P, In, Out, On]
    bias: Tensor[P, Out, On]

    def __call__[B](self, x: Tensor[P, B, In, On]) -> Tensor[P, B, Out, On]:
        return x @ self.weight + self.bias


class Classifier[Pixels, Hidden, Classes, P: Precision, On: Target](pyc.Module):
    """From grey values 0..16 to the probability of each class."""

    up: Dense[Pixels, Hidden, P, On]
    down: Dense[Hidden, Classes, P, On]

    def __call__[B](self, images: Tensor[P, B, Pixels, On]) -> Tensor[P, B, Classes, On]:
        hidden = relu(self.up(images / 16))
        return softmax(self.down(hidden))


# One program, two machines: f16 in memory, f32 in arithmetic, checked against each other where they meet.
Digits = Classifier[64, 64, 10, Mixed[f16, f32], cpu]
DigitsOnGpu = Classifier[64, 64, 10, Mixed[f16, f32], cuda]
