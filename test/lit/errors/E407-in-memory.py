# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


def first(a: Tensor[f64, N], x: float) -> None:
    a[0] = x


class Scaled[K](pyc.Module):
    w: Tensor[f64, K]

    # CHECK: error[E407]: writes to the weight 'w'
    # CHECK-NEXT: E407-in-memory.py:21:9
    def __call__(self, x: Tensor[f64, K], c: bool) -> None:
        v = self.w if c else x
        v[0] = 1.0

    # The place is that of the write, in the function that is called.
    # CHECK: error[E407]: writes to the weight 'w'
    # CHECK-NEXT: E407-in-memory.py:11:5
    def exchanged(self, x: Tensor[f64, K], n: int) -> None:
        u = self.w
        for i in range(n):
            first(u, 1.0)
            u, x = x, u


# CHECK: 2 errors
One = Scaled[4]
