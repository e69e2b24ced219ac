# RUN: pyc compile %s --remarks --emit=llvm -o %t 2>&1 | filecheck %s
from __future__ import annotations

import numpy as np

from pyc import Dim, Tensor, f64

N = Dim("N")


# CHECK: remark[E454]: an array of shape [?] is copied here, as the program says
# CHECK: y[:] = x
def put(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    y[:] = x


# CHECK: remark[E454]: 2 arrays of shape [?] are copied here, as the program says
# CHECK: np.concatenate
def joined(x: Tensor[f64, N], y: Tensor[f64, N]) -> float:
    return np.max(np.concatenate((x, y)))
