# RUN: not pyc check --target=cuda:sm_90a %s 2>&1 | filecheck %s
import pyc
from pyc import Dim, Tensor, f32

N = Dim("N")


@pyc.record
class Body:
    x: f32


# CHECK: error[E308]: b of scaled is a Body, and functions on cuda("sm_90a") are called with numbers and arrays
# CHECK: help: pass its fields one by one
def scaled(b: Body, y: Tensor[f32, N]) -> Tensor[f32, N]:
    return y * b.x
