# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from typing import Annotated

import pyc
from pyc import Tensor, f8e4m3, f32, f64, i8, nn, u8


def f(x: Tensor[f32, 3, 8]) -> Tensor[f32, 3, 8]:
    # CHECK: error[E137]: this Tensor[f32, 3, 8] cannot be quantised so: axis 0 has 3 places, and there are 2 scales
    a = pyc.annotate(x, quantization=pyc.Quantization(i8, scale=[0.1, 0.2], axis=0))
    # CHECK: error[E137]: {{.*}}: there is no axis 2: the tensor has 2
    a = pyc.annotate(x, quantization=pyc.Quantization(i8, scale=[0.1, 0.2], axis=2))
    # CHECK: error[E137]: {{.*}}: 8 elements in blocks of 3 have 3 scales, and there are 2
    a = pyc.annotate(x, quantization=pyc.Quantization(i8, scale=[[1.0, 2.0]] * 3, axis=1, block=3))
    # CHECK: error[E137]: f8e4m3 has no zero point: floats have a zero
    a = pyc.annotate(x, quantization=pyc.Quantization("f8e4m3", scale=0.5, zero_point=0))
    # CHECK: error[E137]: a zero point of i8 is an int from -128 to 127, not 200
    a = pyc.annotate(x, quantization=pyc.Quantization(i8, 0.5, 200))
    # CHECK: error[E137]: there are one scale and 2 zero points
    a = pyc.annotate(x, quantization=pyc.Quantization(i8, 0.5, [1, 2]))
    # CHECK: error[E137]: f64 is no type that numbers are quantised to: these are i4, i8
    a = pyc.annotate(x, quantization=pyc.Quantization(f64))
    # CHECK: error[E137]: a scale is a number above zero, not -1
    a = pyc.annotate(x, quantization=pyc.Quantization(i8, -1))
    # CHECK: error[E137]: a scale in f8e8m0 is a power of two, and 0.3 is none
    a = pyc.annotate(x, quantization=pyc.Quantization("f8e4m3", 0.3, scale_dtype="f8e8m0"))
    # CHECK: error[E137]: blocks lie along an axis: `axis=` says along which
    a = pyc.annotate(x, quantization=pyc.Quantization(i8, 0.5, block=32))
    # CHECK: error[E137]: a quantisation is said under the name quantization, not how
    a = pyc.annotate(x, how=pyc.Quantization(i8, 0.5))
    # CHECK: error[E137]: pyc.Quantization takes dtype, scale, zero_point, axis, block, scale_dtype, each once, and not bits
    a = pyc.annotate(x, quantization=pyc.Quantization(i8, bits=8))
    # CHECK: error[E137]: pyc.Quantization takes an element type first
    # CHECK: help: `pyc.annotate(x, quantization=pyc.Quantization(i8, scale=0.02, zero_point=3))`
    a = pyc.annotate(x, quantization=pyc.Quantization(scale=0.5))
    # CHECK: error[E137]: a zero point needs a scale
    a = pyc.annotate(x, quantization={"dtype": "i8", "zero_point": 1})
    return a


# CHECK: error[E137]: this Tensor[f32, 4] cannot be quantised so: there is no axis 1: the tensor has 1
def g(x: Annotated[Tensor[f32, 4], pyc.annotate(quantization=pyc.Quantization(i8, axis=1))]) -> Tensor[f32, 4]:
    return x * 2


class Net(pyc.Module):
    # CHECK: error[E137]: this Tensor[f32, 4] cannot be quantised so: axis 0 has 4 places, and there are 1 scale
    w: Annotated[Tensor[f32, 4], pyc.annotate(quantization=pyc.Quantization(i8, [0.5], axis=0))]

    def __call__(self, x: Tensor[f32, 4]) -> Tensor[f32, 4]:
        return x * self.w


def q(x: Tensor[f32, 3, 8], s: Tensor[f32, 2], z: Tensor[i8, 8]) -> Tensor[i8, 3, 8]:
    # CHECK: error[E137]: these numbers cannot be quantised so: what it is quantised to is not said: `dtype=i8`, or a zero
    a = nn.quantize(x, 0.5)
    # CHECK: error[E137]: {{.*}}: scales that are several need an axis that they stand along
    a = nn.quantize(x, s, dtype=i8)
    # CHECK: error[E137]: {{.*}}: axis 1 has 8 places, and there are 2 scales
    a = nn.quantize(x, s, dtype=i8, axis=1)
    # CHECK: error[E137]: {{.*}}: there is no axis 2: the tensor has 2
    a = nn.quantize(x, s, dtype=i8, axis=2)
    # CHECK: error[E137]: {{.*}}: a zero point of i8 is an int from -128 to 127, not 200
    a = nn.quantize(x, 0.5, 200, i8)
    # CHECK: error[E137]: {{.*}}: f8e4m3 has no zero point: floats have a zero
    a = nn.quantize(x, 0.5, 0, f8e4m3)
    # CHECK: error[E137]: {{.*}}: f64 is no type that numbers are quantised to
    a = nn.quantize(x, 0.5, dtype=f64)
    # CHECK: error[E137]: {{.*}}: there are one scale and 8 zero points
    a = nn.quantize(x, 0.5, z)
    # CHECK: error[E137]: {{.*}}: the zero point is an i8, and it is quantised to u8
    a = nn.quantize(x[0], s[0], z[0], u8)
    # CHECK: error[E137]: {{.*}}: what is quantised is a float, and this is a Tensor[i8, 8]
    a = nn.quantize(z, 0.5, dtype=i8)
    # CHECK: error[E137]: {{.*}}: a scale is a float, and this is a Tensor[i8, 8]
    a = nn.quantize(x, z, dtype=i8, axis=1)
    # CHECK: error[E137]: {{.*}}: scales of blocks have as many axes as the tensor: 2, not 1
    a = nn.quantize(x, s, dtype=i8, axis=1, block=4)
    # CHECK: error[E137]: {{.*}}: the zero point is a u8, and what is stored are i8
    b = nn.dequantize(z, 0.5, u8(3))
    return a


def r(x: Tensor[f32, 3], z: int) -> Tensor[i8, 3]:
    # CHECK: error[E137]: {{.*}}: i64 is no type that numbers are quantised to
    return nn.quantize(x, 0.5, z)
