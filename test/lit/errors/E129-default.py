# RUN: pyc compile %s -o %T/b.cpu 2>&1 | filecheck %s
# RUN: cat %T/b.cpu/__init__.pyi | filecheck %s --check-prefix=STUB
from __future__ import annotations

from pyc import Dim, Tensor, f32, i8

N = Dim("N")


# STUB: def f(x: NDArray[np.float32], s: float | np.float32, n: int | np.int8, k: int = 3, *, t: float = float("inf"))
# CHECK: warning[E129]: the default of s is not kept in artifacts: it is None, and the parameter is f32
# CHECK: warning[E129]: the default of n is not kept in artifacts: it is 300, and i8 holds -128 to 127
def f(
    x: Tensor[f32, N], s: f32 = None, n: i8 = 300, k: int = 3, *, t: float = float("inf")
) -> Tensor[f32, N]:
    return x * s
