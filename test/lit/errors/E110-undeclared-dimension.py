# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E110]: the name K is not defined
# CHECK: help: declare it as a dimension: `def f[K](...)`, or `K = Dim("K")` in the file
def f(x: Tensor[f32, N]) -> Tensor[f32, K]:
    return x[x > 0]


# CHECK: error[E207]: None is not a dimension: an extent that is known only at run time has a name too
# CHECK: help: `def f[N, K](x: Tensor[f64, N]) -> Tensor[f64, K]`
def g(x: Tensor[f32, N]) -> Tensor[f32, None]:
    return x[x > 0]
