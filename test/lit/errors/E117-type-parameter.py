# RUN: not pyc check %s 2>&1 | filecheck %s
from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E117]: the type tuple cannot bound the type parameter T
# CHECK: help: bounds are
def f[T: tuple](x: Tensor[T, 4]) -> Tensor[T, 4]:
    return x


f_f32 = f[f32]
