# RUN: not pyc check %s 2>&1 | filecheck %s
from __future__ import annotations

import pyc
from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: error[E407]: writes to the weight 'w'
# CHECK: note: the weight is declared here
# CHECK: help: write to a copy: `w = self.w.copy()`
class Scaled(pyc.Module):
    w: Tensor[f64, 4]

    def __call__(self, x: Tensor[f64, 4]) -> Tensor[f64, 4]:
        w = self.w
        w[0] = 1.0
        return w * x
