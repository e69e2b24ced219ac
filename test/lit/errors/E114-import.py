# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


from nowhere.special import expit


# CHECK: error[E114]: compiled code cannot use the module nowhere.special
# CHECK: return expit(x)
# CHECK: note: it is imported here
# CHECK: from nowhere.special import expit
def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return expit(x)
