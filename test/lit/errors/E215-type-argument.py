# RUN: not pyc check %s 2>&1 | filecheck %s
from pyc import Dim, Float, Tensor, i32

N = Dim("N")


# CHECK: error[E215]: T is bounded by Float, and i32 is not one of it
# CHECK: note: T is declared here
def double[T: Float](x: Tensor[T, N]) -> Tensor[T, N]:
    return x + x


double_i32 = double[i32]
