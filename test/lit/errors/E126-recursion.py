# RUN: not pyc check %s 2>&1 | filecheck %s
import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E126]: the result of even must be declared, for it calls itself: even -> odd -> even
# CHECK: help: `def even(...) -> int:`
@pyc.jit
def start(n: int) -> bool:
    return even(n)


def even(n: int):
    return n == 0 or odd(n - 1)


def odd(n: int) -> bool:
    return n != 0 and even(n - 1)


# CHECK: error[E126]: a function that calls itself returns numbers, and this is a Tensor[f64, N]: doubled -> doubled
# CHECK: help: write into an array that it is given
def doubled(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    return x if k == 0 else doubled(x * 2, k - 1)
