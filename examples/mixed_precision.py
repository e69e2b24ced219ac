"""What a precision policy is worth: the same sum of squares in f16 and in Mixed[f16, f32].

python examples/mixed_precision.py
pyc run examples/mixed_precision.py
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

import pyc
from pyc import Dim, Mixed, Precision, Tensor, f16, f32

P = TypeVar("P", bound=Precision)
M = Dim("M")
N = Dim("N")


@pyc.jit
def normalise(x: Tensor[P, M, N]) -> Tensor[P, M, N]:
    """Rows of length 1. Under ``Mixed`` the squares and their sum are f32: 300 squared does not fit into f16."""
    return x / np.sqrt(np.sum(x * x, axis=1, keepdims=True))


plain = normalise[f16]
mixed = normalise[Mixed[f16, f32]]


def main() -> None:
    x = np.linspace(-300, 300, 4 * 33).astype(np.float16).reshape(4, 33)
    expected = x / np.sqrt(np.sum(x.astype(np.float64) ** 2, axis=1, keepdims=True))
    for name, function in (("f16", plain), ("Mixed[f16, f32]", mixed)):
        with np.errstate(over="ignore"):
            result = np.asarray(function(pyc.array(x, Mixed[f16, f32] if function is mixed else f16)), np.float64)
        print(f"{name:16} furthest from exact {np.abs(result - expected).max():.1e}")
    np.testing.assert_allclose(result, expected, atol=5e-4)


if __name__ == "__main__":
    main()
