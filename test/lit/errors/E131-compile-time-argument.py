# RUN: not pyc compile %s --function apply -o %t 2>&1 | filecheck %s
# RUN: pyc check %s 2>&1 | filecheck %s --check-prefix REMARK
from collections.abc import Callable

from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E131]: f of apply is known at compile time: it is compiled for each call
def apply(f: Callable[[f32], f32], x: f32) -> f32:
    return f(x)


# REMARK: remark[E131]: scaled is compiled for mode = 'double', its default
def scaled(x: Tensor[f32, N], mode: str = "double") -> Tensor[f32, N]:
    return x * 2 if mode == "double" else x
