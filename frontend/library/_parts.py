"""What complex functions of the library are made of: numbers, or arrays of them, from their parts.

The compiler knows this function by heart; this is what it means, for NumPy's arrays.
"""

from typing import Any

import numpy as np


def from_parts(re: Any, im: Any) -> Any:
    """``re + im * 1j``, where neither part is touched by the other."""
    result = np.empty(np.shape(re), np.result_type(re, np.complex64))
    result.real, result.imag = re, im
    return result if result.ndim else result[()]
