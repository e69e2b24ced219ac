"""How two results differ: in type, shape, elements, signs of zeros, or by more than so many units in the last place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ml_dtypes
import numpy as np


def differences(actual: Any, expected: Any, ulps: float, of_complex: float, *, largest: bool) -> Iterator[str]:
    """What is different. ``ulps`` 0 is equal bits, but for any NaN being like any other; ``largest``: see ``Row``."""
    if isinstance(expected, tuple | list):
        if not isinstance(actual, tuple | list) or len(actual) != len(expected):
            yield f"{actual!r}, not {expected!r}"
            return
        for a, e in zip(actual, expected, strict=True):
            yield from differences(a, e, ulps, of_complex, largest=largest)
        return
    if expected is None or actual is None or isinstance(expected, str | np.dtype):
        if not (expected is None and actual is None) and expected != actual:
            yield f"{actual!r}, not {expected!r}"
        return
    if isinstance(expected, int) and isinstance(actual, int):
        if (type(actual), actual) != (type(expected), expected):
            yield f"{actual!r}, not {expected!r}"
        return
    a, e = np.asarray(actual), np.asarray(expected)
    if isinstance(expected, np.ndarray) != isinstance(actual, np.ndarray) and (a.ndim or e.ndim):
        yield f"{type(actual).__name__} {actual!r}, not {type(expected).__name__} {expected!r}"
    elif (a.dtype, a.shape) != (e.dtype, e.shape):
        yield f"{a.dtype}{a.shape}, not {e.dtype}{e.shape}"
    elif e.dtype.kind in "biu":
        if not np.array_equal(a, e):
            yield f"{a!r}, not {e!r}"
    elif e.size:
        with np.errstate(all="ignore"):
            near = _near_complex(a, e, of_complex, largest) if e.dtype.kind == "c" else _near(a, e, ulps, largest)
        if not near.all():
            at = np.unravel_index(int(np.argmin(near)), near.shape)
            yield f"{a[at]!r}, not {e[at]!r} at {tuple(map(int, at))}"


def _near(a: Any, e: Any, ulps: float, largest: bool) -> Any:
    same = (np.isnan(a) & np.isnan(e)) | ((a == e) & ((np.signbit(a) == np.signbit(e)) | largest))
    return (
        same
        | ((e != 0) & (np.abs(_wide(a) - _wide(e)) <= ulps * _unit(e, largest)))
        | (largest & (np.abs(_wide(a) - _wide(e)) <= ulps * _unit(e, largest)))
    )


def _near_complex(a: Any, e: Any, ulps: float, largest: bool) -> Any:
    parts = _near(a.real, e.real, ulps, largest) & _near(a.imag, e.imag, ulps, largest)
    if not ulps:
        return parts
    # Beside a NaN, C leaves the signs of zeros and infinities open.
    unsigned = _near(np.abs(a.real), np.abs(e.real), ulps, largest) & _near(
        np.abs(a.imag), np.abs(e.imag), ulps, largest
    )
    parts |= unsigned & (np.isnan(e.real) | np.isnan(e.imag))
    size = np.abs(e)
    return parts | (np.isfinite(size) & (np.abs(a - e) <= ulps * _unit(size, largest)))


def _wide(a: Any) -> Any:
    return a if a.dtype == np.float64 else a.astype(np.float64)


def _unit(e: Any, largest: bool) -> Any:
    """A unit in the last place of each element, or of the largest finite one."""
    limits = ml_dtypes.finfo(e.dtype)
    size = np.abs(_wide(e))
    if largest:
        finite = size[np.isfinite(size)]
        size = np.asarray(finite.max() if finite.size else 0.0)
    exponent = np.floor(np.log2(np.maximum(size, float(limits.smallest_normal))))
    return np.where(np.isfinite(size), np.exp2(exponent) * float(limits.eps), 0.0)
