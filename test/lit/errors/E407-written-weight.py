# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E407]: writes to the weight 'w'
# CHECK: help: write to a copy: `w = self.w.copy()`
# CHECK: note: the weight is declared here
class Scaled[K](pyc.Module):
    w: Tensor[f64, K]

    def __call__(self, x: Tensor[f64, K]) -> Tensor[f64, K]:
        w = self.w
        w[0] = 1.0
        return w * x


One = Scaled[4]
