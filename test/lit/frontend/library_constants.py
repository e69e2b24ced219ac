# RUN: pyc compile %s --emit=pyc -o - | filecheck %s
import numpy as np

import pyc.nn as nn
from pyc import Dim, Tensor, f32

B = Dim("B")


# What a padding, a stride and the count of windows are is known: so are all extents, and nothing is left to be checked.
# CHECK: func.func private @pair() -> (i64, i64)
# CHECK-NOT: call @pair
# CHECK: func.func private @framed({{.*}}) -> tensor<?x3x34x34xf32
# CHECK-NOT: the window is larger
# CHECK-NOT: call @steps
# CHECK: pyc.correlate{{.*}} tensor<?x1x8x32x32xf32
# CHECK: func.func @convolved
def convolved(x: Tensor[f32, B, 3, 32, 32], w: Tensor[f32, 8, 3, 3, 3]) -> Tensor[f32, B, 8, 32, 32]:
    return nn.conv2d(x, w, None, padding=1)


# No border is no copy, and a stride that is left out is the size of the window.
# CHECK: func.func private @framed_2(%arg0: tensor<?x8x32x32xf32, #pyc.meta<"f32", "cpu">>) attributes
# CHECK: func.func private @max_pool({{.*}}) -> tensor<?x8x16x16xf32
# CHECK: func.func @pooled
def pooled(x: Tensor[f32, B, 8, 32, 32]) -> Tensor[f32, B, 8, 16, 16]:
    size = 2
    return nn.max_pool2d(x, size)


# CHECK-LABEL: func.func @bordered
# CHECK: return {{.*}} tensor<?x6xf32
def bordered(x: Tensor[f32, B, 3]) -> Tensor[f32, B, 6]:
    edges = ((0, 0), (1, 2))
    return np.pad(x, edges)
