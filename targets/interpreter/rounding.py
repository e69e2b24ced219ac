"""Where values round: the promotion of element types, and arithmetic in compute and accumulate precision.

Everything here works on plain ``ndarray``s whose element types are the language's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyc.precision import DTYPES, STORED, DType, Precision

Plain = np.ndarray[Any, Any]

_BY_NUMPY: dict[str, DType] = {d.numpy: d for d in DTYPES.values()}
#: Element types that NumPy has from ml_dtypes: it knows their arithmetic, but not how they promote.
EXTENDED = frozenset({"bf16", "f8e4m3", "f8e5m2"})


def dtype_of(dtype: np.dtype[Any]) -> DType:
    """The element type that a NumPy type is.

    Raises:
        TypeError: the language has no such element type.
    """
    found = _BY_NUMPY.get(dtype.name)
    if found is None:
        raise TypeError(f"arrays of {dtype} are not arrays of the language; its element types are {', '.join(DTYPES)}")
    return found


def promote(a: str, b: str) -> str:
    """The element type in which values of two element types meet: NumPy's, extended to bf16 and f8.

    Raises:
        TypeError: there is none, as for bf16 and f16.
    """
    if a == b:
        return a
    if a in STORED or b in STORED:
        raise TypeError(f"{a} and {b} have no common element type: widen with .to(i8)")
    for x, y in ((a, b), (b, a)):
        if x in EXTENDED:
            found = _promote_extended(x, DTYPES[y])
            if found is None:
                raise TypeError(f"{a} and {b} have no common element type: write .to(f32) on one of them")
            return found
    return _BY_NUMPY[np.promote_types(DTYPES[a].dtype, DTYPES[b].dtype).name].name


def _promote_extended(x: str, y: DType) -> str | None:
    """As ml_dtypes registers its types with NumPy."""
    if y.kind == "bool" or (y.is_integer and y.bits == 8):
        return x
    if y.is_integer:
        return {16: "f32"}.get(y.bits, "f64") if x == "f8e5m2" else None
    if y.kind == "complex" or y.bits >= 32:
        return y.name
    return "f32" if (x, y.name) == ("f8e5m2", "f16") else None


def rounded(x: Plain, dtype: str) -> Plain:
    """``x`` in an element type, each element rounded once, to nearest even; overflow gives infinity (NaN in f8e4m3)."""
    wanted = DTYPES[dtype].dtype
    if x.dtype == wanted:
        return x
    with np.errstate(over="ignore", invalid="ignore"):
        if dtype in EXTENDED and x.dtype == np.float64:
            # ml_dtypes goes through f32, which would round twice.
            x = _to_odd(x)
        return x.astype(wanted)


def _to_odd(x: Plain) -> Plain:
    """f64 as f32, rounded to odd: rounding that once more gives what rounding ``x`` once would.

    Source: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", section 3.
    """
    near = np.asarray(x.astype(np.float32))
    back = near.astype(np.float64)
    bits = near.view(np.uint32)
    inexact = np.isfinite(x) & (back != x) & (bits & 1 == 0)
    # Toward the exact value, by one unit: it is odd, for the neighbour of an even number is.
    away = np.abs(back) < np.abs(x)
    moved = np.where(away, bits + np.uint32(1), bits - np.uint32(1))
    # f32's zero has no neighbour toward zero; a tiny x lies between it and the smallest subnormal of its sign.
    return np.where(inexact, moved, bits).astype(np.uint32).view(np.float32).reshape(x.shape)


def accumulator(dtype: str) -> str:
    """The element type in which contractions and reductions of a plain element type accumulate."""
    return Precision.plain(dtype).accumulate


def apply(ufunc: np.ufunc, operands: list[Any], options: dict[str, Any]) -> Any:
    """``ufunc`` on plain arrays, NumPy scalars and Python's weak ones, the result rounded once to NumPy's type."""
    return ufunc(*together(operands), **options)


def together(operands: list[Any]) -> list[Any]:
    """The operands in one element type where NumPy does not know it by itself: with bf16 and f8 among them."""
    strong = [dtype_of(x.dtype).name for x in operands if isinstance(x, np.ndarray | np.generic) and _is_ours(x)]
    if not EXTENDED.intersection(strong):
        return operands
    common = strong[0]
    for other in strong[1:]:
        common = promote(common, other)
    if any(isinstance(x, complex) for x in operands):
        common = promote(common, "c64")
    return [
        x
        if isinstance(x, bool) or not isinstance(x, int | float | complex | np.ndarray | np.generic)
        else _as(x, common)
        for x in operands
    ]


def _is_ours(x: Any) -> bool:
    return x.dtype.name in _BY_NUMPY


def _as(x: Any, dtype: str) -> Any:
    if isinstance(x, np.ndarray | np.generic) and x.dtype == bool:
        return x  # a mask stays a mask
    return rounded(np.asarray(x), dtype)


def accumulated(function: Any, x: Plain, accumulate: str, result: str, *arguments: Any, **options: Any) -> Any:
    """``function`` (a reduction or scan) of a float array run in ``accumulate``, rounded once to ``result``."""
    value = rounded(np.asarray(function(rounded(x, accumulate), *arguments, **options)), result)
    return value if value.ndim else value[()]
