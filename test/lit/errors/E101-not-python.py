# RUN: not pyc check %s 2>&1 | filecheck %s
from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E101]
def f(x: Tensor[f32, N]:
    return x
