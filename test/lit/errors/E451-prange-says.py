# RUN: pyc compile %s --remarks --emit=llvm -o %t 2>&1 | filecheck %s
from __future__ import annotations

from pyc import Dim, Tensor, f64, prange

N = Dim("N")


def told(v: f64) -> f64:
    if v < 0.0:
        raise ValueError(f"{v} is negative")
    return v * 2.0


# CHECK: remark[E451]: the rounds of this loop over prange run one after the other: they print, or raise with values
# CHECK: for i in prange(len(x)):
def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    for i in prange(len(x)):
        y[i] = told(x[i])
