# RUN: not pyc check %s 2>&1 | filecheck %s
import numpy as np

from pyc import Tensor, f4e2m1, f8e8m0, f32, i4, i8, nn, u4


def f[N](w: Tensor[i4, N], v: Tensor[u4, N]) -> Tensor[i8, N]:
    # CHECK: error[E228]: nothing computes with i4
    # CHECK: help: widen it first: `.to(i8)`, or `nn.dequantize`, where the i4 stand for others
    a = w + w
    # CHECK: error[E228]: nothing computes with u4
    b = np.max(v)
    # CHECK: error[E228]: nothing computes with i4
    c = w == a
    return w.to(i8)


def m[N](w: Tensor[f4e2m1, N], s: Tensor[f8e8m0, N], x: Tensor[f32, N]) -> Tensor[f32, N]:
    # CHECK: error[E228]: nothing computes with f4e2m1
    # CHECK: help: widen it first: `.to(f32)`, or `nn.dequantize`, where the f4e2m1 stand for others
    a = -w
    # CHECK: error[E228]: nothing is rounded to f8e8m0
    # CHECK: help: scales of blocks come as weights or as arguments
    b = x.to(f8e8m0)
    return x * s.to(f32) + w.to(f32)


# What moves elements, and what widens them, is fine.
def g[N](w: Tensor[i4, N], s: f32) -> Tensor[f32, N]:
    return nn.dequantize(w[::-1], s)
