# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


def apply(g, n):
    return g(n)


def f(x: Tensor[f32, N]) -> int:
    calls = 0

    def count(k):
        nonlocal calls
        calls += k
        return calls

    # CHECK: error[E120]: count rebinds `calls` of the function around it, and can be called by this name only in
    # CHECK: = help: return the new value of `calls`, and assign it where count is called
    # CHECK: note: it says so here
    return apply(count, 3) + calls
