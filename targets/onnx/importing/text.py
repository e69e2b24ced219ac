"""Numbers, arrays and element types as a program spells them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pyc.precision import DTYPES

#: Element types by the names of NumPy and of ml_dtypes.
_OF_NUMPY = {d.numpy: name for name, d in DTYPES.items()}
#: Arrays of at most so many elements are written out.
SMALL = 8


def dtype_name(array: np.ndarray[Any, Any]) -> str:
    """The language's name of an array's element type; "" for one that it does not have."""
    return _OF_NUMPY.get(array.dtype.name, "")


def number(value: Any) -> str:
    """A number of Python."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float):
        if math.isnan(value):
            return "math.nan"
        if math.isinf(value):
            return "math.inf" if value > 0 else "(-math.inf)"
    text = repr(value)
    return f"({text})" if text.startswith("-") else text


def scalar(value: Any, dtype: str) -> str:
    """One element of a type."""
    return str(bool(value)) if dtype == "bool" else f"{dtype}({_digits(value, dtype)})"


def _digits(value: Any, dtype: str) -> str:
    """The digits that say an element of a type, and no more."""
    if dtype == "bool":
        return str(bool(value))
    if DTYPES[dtype].is_integer:
        return str(int(value))
    plain = float(value)
    if math.isfinite(plain) and dtype != "f64":
        # As many as tell it from its neighbours.
        plain = float(str(np.asarray(value).astype(DTYPES[dtype].numpy)))
    return number(plain).removeprefix("(").removesuffix(")")


def array(value: np.ndarray[Any, Any], dtype: str) -> str:
    """An array written out; one without axes is a number."""
    if not value.ndim:
        return scalar(value, dtype)
    if not value.size:
        return f"np.zeros({shape(value.shape)}, {dtype_text(dtype)})"
    return f"np.array({_nested(value, dtype)}, {dtype_text(dtype)})"


def dtype_text(dtype: str) -> str:
    """An element type where a function takes one."""
    return "np.bool_" if dtype == "bool" else dtype


def shape(extents: Iterable[Any]) -> str:
    """A tuple."""
    parts = [str(e) for e in extents]
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def axes(numbers: Sequence[int]) -> str:
    """The axes of a reduction: one, or a tuple."""
    return str(numbers[0]) if len(numbers) == 1 else shape(numbers)


def _nested(value: np.ndarray[Any, Any], dtype: str) -> str:
    return "[" + ", ".join(_nested(v, dtype) for v in value) + "]" if value.ndim else _digits(value, dtype)
