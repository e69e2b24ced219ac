# RUN: not pyc compile %s --function double -o %t 2>&1 | filecheck %s
from pyc import Dim, Float, Tensor

N = Dim("N")


# CHECK: error[E125]: double is generic over T: it is compiled for instances
def double[T: Float](x: Tensor[T, N]) -> Tensor[T, N]:
    return x + x
