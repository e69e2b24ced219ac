# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import pyc
from pyc import Dim, Tensor, f32

N = Dim("N")


# CHECK: error[E120]: `async def fetch` is not supported in compiled code
# CHECK: = help: write `def fetch(...)`, and call it from a coroutine; `@pyc.python` keeps it out of compilation
async def fetch(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x * 2


class Model(pyc.Module):
    w: Tensor[f32, 3]

    # CHECK: error[E120]: `async def __call__` is not supported in compiled code
    async def __call__(self, x: Tensor[f32, 3]) -> Tensor[f32, 3]:
        return x + self.w


# CHECK: error[E120]: `async def later` is not supported in compiled code
# CHECK: note: compiled code uses it here
async def later(x):
    return x


def f(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return later(x)


@pyc.python
async def kept(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x


# CHECK: 3 errors
