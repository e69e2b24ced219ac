# RUN: not pyc check %s 2>&1 | filecheck %s
from pyc import Dim, Tensor, f32, static

N = Dim("N")


# CHECK: error[E130]: this does not hold: even lengths
# CHECK: assert static(N % 2 == 0), "even lengths"
def first_half(x: Tensor[f32, N]) -> f32:
    assert static(N % 2 == 0), "even lengths"
    return x[: N // 2].sum()


def f(x: Tensor[f32, 3]) -> f32:
    return first_half[3](x)


first_half_4 = first_half[4]
