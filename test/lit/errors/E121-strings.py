# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E121]: strings are not put together in compiled code
# CHECK: = help: a string with values is written as `f"{x}"`, in `print`, `raise` and `assert`
# CHECK: error[E121]: strings are not put together in compiled code
# CHECK: error[E122]: the built-in str is not supported in compiled code
# CHECK: = help: strings are compiled in `print`, `raise` and `assert` only
def f(x: Tensor[f32, N], k: int) -> f32:
    bad = "bad %d" % k
    worse = "bad" + str(k)
    name = str(k)
    return x[k]
