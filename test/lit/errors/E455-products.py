# RUN: pyc compile %s --remarks --target=cpu:x86-64-v3 --emit=llvm -o %t 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f32, f64, i8, i32

M = Dim("M")
N = Dim("N")


# CHECK: remark[E455]: a product of matrices (f32 by f32, sums in f32) is computed in blocks
# CHECK: return a @ b
def whole(a: Tensor[f32, N, N], b: Tensor[f32, N, N]) -> Tensor[f32, N, N]:
    return a @ b


# CHECK: remark[E455]: a stack of products of matrices (f64 by f64, sums in f64) is computed in blocks
# CHECK: np.einsum
def stacked(a: Tensor[f64, M, N, N], b: Tensor[f64, M, N, N]) -> Tensor[f64, M, N, N]:
    return np.einsum("bij,bkj->bik", a, b)


# CHECK: remark[E455]: a product of matrices (i8 by i8, sums in i32) is computed in blocks, two numbers of 16 bits at a time
# CHECK: a.astype
def narrow(a: Tensor[i8, N, N], b: Tensor[i8, N, N]) -> Tensor[i32, N, N]:
    return a.astype(np.int32) @ b.astype(np.int32)


# CHECK: remark[E455]: a product of a matrix and a vector (f64 by f64, sums in f64) is computed by rows or columns of the matrix
# CHECK: return a @ x
def vector(a: Tensor[f64, N, N], x: Tensor[f64, N]) -> Tensor[f64, N]:
    return a @ x


# CHECK: remark[E455]: a sum of products (f64 by f64, sums in f64) is computed by loops
# CHECK: return a @ b
def few(a: Tensor[f64, 3, 3], b: Tensor[f64, 3, 3]) -> Tensor[f64, 3, 3]:
    return a @ b
