"""What quantised numbers are made of: whether scales fit, and what a type can store.

The compiler knows these functions by heart, because they depend on types and extents alone; this is what they mean, for
NumPy's arrays.
"""

from typing import Any

import numpy as np

from pyc import quantization


def quantizes(x: Any, scale: Any, zero_point: Any, dtype: Any, axis: Any, block: Any) -> Any:
    """``x``, which can be quantised so.

    Raises:
        ValueError: it cannot.
    """
    if dtype is None and not hasattr(zero_point, "dtype"):
        raise ValueError(quantization.NO_TYPE)
    return _checked(x, scale, zero_point, _name(_type(zero_point, dtype)), axis, block)


def dequantizes(x: Any, scale: Any, zero_point: Any, axis: Any, block: Any) -> Any:
    """``x`` in f32, or in f64 where the scale is that; it stands for other numbers by these scales.

    Raises:
        ValueError: it does not.
    """
    _checked(x, scale, zero_point, _name(np.asarray(x).dtype), axis, block)
    wide = np.float64 if getattr(scale, "dtype", None) == np.float64 else np.float32
    return x.astype(wide)


def _checked(x: Any, scale: Any, zero_point: Any, dtype: str, axis: Any, block: Any) -> Any:
    """``x``, which these scales fit."""
    zero = None if zero_point is None else np.shape(zero_point)
    known = zero_point if isinstance(zero_point, int) else None
    found = quantization.call_problem(dtype, np.shape(scale), zero, known, axis, block, np.shape(x))
    if found:
        raise ValueError(found)
    return x


def even(x: Any, axis: Any, block: Any) -> bool:
    """Whether an axis is blocks and no rest."""
    return block is not None and x.shape[axis] % block == 0


def least(zero_point: Any, dtype: Any) -> float:
    """The least number that the type stores."""
    return _limits(zero_point, dtype)[0]


def largest(zero_point: Any, dtype: Any) -> float:
    """The largest number that the type stores."""
    return _limits(zero_point, dtype)[1]


def whole(zero_point: Any, dtype: Any) -> bool:
    """Whether the type is one of integers."""
    return _name(_type(zero_point, dtype)) in quantization.INTEGERS


def stored(x: Any, like: Any, dtype: Any) -> Any:
    """``x`` in the type, or in that of ``like``."""
    return x.astype(_type(like, dtype))


def _limits(zero_point: Any, dtype: Any) -> tuple[float, float]:
    """The least and the largest number that the type stores."""
    return quantization.limits(_name(_type(zero_point, dtype)))


def _type(like: Any, dtype: Any) -> Any:
    """The type that is given, or that of ``like``; f32 where that is a number of Python."""
    if dtype is not None:
        return np.dtype(dtype)
    own = getattr(like, "dtype", np.dtype(np.float32))
    # Powers of two scale other numbers.
    return np.dtype(np.float32) if own.name == "float8_e8m0fnu" else own


def _name(dtype: Any) -> str:
    """What the language calls a type of NumPy's."""
    name = str(dtype.name)
    return quantization.NUMPY.get(name, name)
