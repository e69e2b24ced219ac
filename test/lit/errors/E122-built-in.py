# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E122]: the built-in sorted is not supported for so many items as are known only at run time
# CHECK: = help: `np.sort(x)` sorts an array
# CHECK: error[E122]: the built-in map is not supported in compiled code
# CHECK: error[E122]: sorted takes at most 16 items in compiled code, and these are 17
def f(x: Tensor[f32, N]) -> f32:
    sorted(x)
    y = map(abs, x)
    z = sorted((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17))
    return x[0]
