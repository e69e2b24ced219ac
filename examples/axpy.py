"""A generic function and the instances of it that are exported. Plain Python syntax, older than 3.12.

python examples/axpy.py
pyc compile examples/axpy.py
pyc compile examples/axpy.py --function "axpy[f32]" --emit=asm -o -
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

import pyc
from pyc import Dim, Tensor, f32, f64

T = TypeVar("T", f32, f64)
N = Dim("N")


@pyc.jit
def axpy(a: T, x: Tensor[T, N], y: Tensor[T, N]) -> Tensor[T, N]:
    return a * x + y


axpy_f32 = axpy[f32]
axpy_f64 = axpy[f64]


def main() -> None:
    for dtype, function in ((np.float32, axpy_f32), (np.float64, axpy_f64)):
        x = np.linspace(0, 1, 1001, dtype=dtype)
        y = np.ones_like(x)
        # A view with a negative stride is an array like any other: nothing is copied.
        result = function(dtype(2), x[::-1], y)
        np.testing.assert_allclose(result, 2 * x[::-1] + 1, rtol=1e-6)
        print(f"{np.dtype(dtype).name}: {result[:3]} ...")


if __name__ == "__main__":
    main()
