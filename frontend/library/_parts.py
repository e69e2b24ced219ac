"""What functions of the library are made of: complex numbers from their parts, and views that no indexing gives.

The compiler knows these functions by heart; this is what they mean, for NumPy's arrays.
"""

from typing import Any

import numpy as np


def from_parts(re: Any, im: Any) -> Any:
    """``re + im * 1j``, where neither part is touched by the other."""
    result = np.empty(np.shape(re), np.result_type(re, np.complex64))
    result.real, result.imag = re, im
    return result if result.ndim else result[()]


def main_diagonal(x: Any) -> Any:
    """The elements whose positions along the last two axes are equal, along a last axis."""
    return np.diagonal(x, 0, -2, -1)
