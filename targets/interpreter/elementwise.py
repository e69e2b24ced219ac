"""Functions of numbers that NumPy lacks, as Python calls them: of an array, or of a number.

Each is computed in f64 and rounded once to the float type of its argument; integers give f64.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .array import Array, result_of
from .rounding import Plain, dtype_of, rounded

_ERF = np.frompyfunc(math.erf, 1, 1)
_ERFC = np.frompyfunc(math.erfc, 1, 1)
#: sqrt(1/2), to twice the precision.
_ROOT, _ROOT_REST = 0.70710678118654757, -4.8336466567264567e-17
#: Below minus this, ``gelu`` of f64 is 0.
_VANISHES = 40.0
#: Multiplying by it and subtracting leaves the upper half of a number's bits.
_SPLITTER = 2.0**27 + 1


def erf(x: Any, /) -> Any:
    """The error function."""
    return _elementwise("erf", _error_function, x)


def erfc(x: Any, /) -> Any:
    """``1 - erf(x)``, also where that is tiny."""
    return _elementwise("erfc", _complement, x)


def rsqrt(x: Any, /) -> Any:
    """``1 / sqrt(x)``."""
    return _elementwise("rsqrt", lambda x: 1.0 / np.sqrt(x), x)


def sigmoid(x: Any, /) -> Any:
    """``1 / (1 + exp(-x))``."""
    return _elementwise("sigmoid", _logistic, x)


def gelu(x: Any, /) -> Any:
    """``x`` times the probability that a standard normal variable is less than ``x``."""
    return _elementwise("gelu", _gelu, x)


def gelu_tanh(x: Any, /) -> Any:
    """``x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2``, which is like ``gelu``."""
    return _elementwise("gelu_tanh", _gelu_tanh, x)


def _elementwise(name: str, function: Callable[[Plain], Plain], x: Any) -> Any:
    """``function``, which is of f64, of each element.

    Raises:
        TypeError: the elements are not real numbers.
    """
    if isinstance(x, Array):
        return result_of(_rounded(name, function, x.read()), [x])
    if isinstance(x, int | float):
        return float(_rounded(name, function, np.asarray(float(x))))
    value = _rounded(name, function, np.asarray(x))
    return value if value.ndim else value[()]


def _rounded(name: str, function: Callable[[Plain], Plain], x: Plain) -> Plain:
    dtype = dtype_of(x.dtype)
    if dtype.kind == "complex":
        raise TypeError(f"{name} takes real numbers, not {dtype}")
    with np.errstate(all="ignore"):
        exact = np.asarray(function(x.astype(np.float64)))
    return rounded(exact, dtype.name) if dtype.is_float else exact


def _error_function(x: Plain) -> Plain:
    return np.asarray(_ERF(x), np.float64)


def _complement(x: Plain) -> Plain:
    return np.asarray(_ERFC(x), np.float64)


def _logistic(x: Plain) -> Plain:
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1.0) / (1.0 + e)


def _gelu(x: Plain) -> Plain:
    bounded = np.clip(x, -_VANISHES, _VANISHES)
    t = -_ROOT * bounded
    # What the product was rounded by counts where erfc is tiny: it is multiplied by 2 t^2.
    high, root = _upper(-bounded), _upper(np.asarray(_ROOT))
    low, rest = -bounded - high, _ROOT - root
    wrong = ((high * root - t) + high * rest + low * root) + low * rest - bounded * _ROOT_REST
    value = _complement(t) - 2 / math.sqrt(math.pi) * np.exp(-t * t) * wrong
    return np.maximum(x, -_VANISHES) * (0.5 * value)


def _gelu_tanh(x: Plain) -> Plain:
    x = np.maximum(x, -_VANISHES)
    return x * _logistic(x * (1.5957691216057308 + x * x * (0.044715 * 1.5957691216057308)))


def _upper(x: Plain) -> Plain:
    """The upper half of each number's bits. Source: Dekker (1971)."""
    scaled = _SPLITTER * x
    return scaled - (scaled - x)
