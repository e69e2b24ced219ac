from __future__ import annotations

from pyc import Dim, Tensor, f32

N = Dim("N")


def double(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x * 2
