"""The classes of numbers, their values at the edges, and what NumPy makes of operators on them.

Names are the language's: ``int``, ``float``, ``bool`` and ``complex`` are Python's own numbers, the others NumPy's.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

PYTHON = ("int", "float", "bool", "complex")
INTEGERS = ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64")
FLOATS = ("f16", "bf16", "f32", "f64")
COMPLEX = ("c64", "c128")
SIZED = (*INTEGERS, *FLOATS, *COMPLEX)
CLASSES = (*PYTHON, *SIZED)
#: Operators that do not raise beside each other: a function gives the results of all of a group.
GROUPS: dict[str, tuple[str, ...]] = {
    "arithmetic": ("a + b", "a - b", "a * b", "a / b", "a // b", "a % b", "divmod(a, b)"),
    "bits": ("a & b", "a | b", "a ^ b", "a << b", "a >> b"),
    "comparison": ("a < b", "a <= b", "a == b", "a != b", "a > b", "a >= b"),
    "power": ("a ** b",),
    "functions": ("np.minimum(a, b)", "np.maximum(a, b)", "np.add(a, b)", "np.true_divide(a, b)"),
}
#: Functions and operators of one operand: what does not raise, of numbers and arrays.
UNARY = (
    "-a", "+a", "~a", "abs(a)", "np.abs(a)", "np.negative(a)", "np.sign(a)", "np.square(a)", "np.floor(a)",
    "np.ceil(a)", "np.trunc(a)", "np.rint(a)", "np.conj(a)", "np.real(a)", "np.imag(a)", "np.isnan(a)", "np.isinf(a)",
    "np.isfinite(a)", "np.signbit(a)", "np.sqrt(a)", "np.logical_not(a)", "a ** 2", "a * 2", "a + 1.5", "2 - a",
    "a == 0", "a != 1.5", "a > 0", "a <= 1", "a & 1", "a | 1", "a ^ 3", "a << 1", "a >> 1", "a // 2", "a % 3", "7 // a",
    "7 % a", "2.5 * a", "a / 2", "1 / a", "a * 1j", "a + (1 - 2j)", "True + a", "a - True", "np.invert(a)",
    "np.positive(a)", "np.fabs(a)", "np.nextafter(a, a)", "np.copysign(a, -1.0)", "np.spacing(a)",
)  # fmt: skip
#: What is not compared: NumPy drops imaginary parts, or rounds both, where the language has a diagnostic; and the
#: distances of bf16 are not those of f32.
APART = {
    *((e, c) for e in ("int(a)", "float(a)", "np.rint(a)") for c in COMPLEX),
    ("np.spacing(a)", "bf16"),
}
#: Of numbers alone, each by itself, for they raise.
CONVERSIONS = (
    "int(a)", "float(a)", "bool(a)", "complex(a)", "round(a)", "round(a, 1)", "round(a, -1)", "a.real", "a.imag",
    "math.floor(a)", "math.ceil(a)", "math.trunc(a)", "math.sqrt(a)", "math.fabs(a)", "math.isnan(a)", "math.isinf(a)",
    "math.isfinite(a)", "math.copysign(a, -1.0)", "math.fmod(a, 3)", "math.frexp(a)", "math.modf(a)",
    "not a", "math.ldexp(a, 3)", "math.ulp(a)", "math.nextafter(a, 0.0)", "math.gcd(a, 6)",
    "math.isqrt(a)", "math.hypot(a, 3.0)", "math.exp(a)",
    "math.log(a)", "math.atan2(a, 2.0)", "math.pow(a, 2.0)", "math.cbrt(a)", "math.degrees(a)", "math.comb(a, 2)",
    "a if a else -a", "1 if a > 1 else 2", "max(a, a)", "min(a, a)", "divmod(a, 3)", "pow(a, 3)",
    "a == a", "a is not None", "isinstance(a, int)",
)  # fmt: skip
_NUMPY = {
    "f16": "float16", "f32": "float32", "f64": "float64", "c64": "complex64", "c128": "complex128", "bool": "bool",
    **{f"{s}{n}": f"{'u' if s == 'u' else ''}int{n}" for s in "iu" for n in (8, 16, 32, 64)},
}  # fmt: skip
#: What bf16 stays itself with; with other floats and complex numbers it is one of those.
_WEAKER_THAN_BF16 = frozenset({"bf16", "i8", "u8", "bool", "int", "float"})
_BESIDE_BF16 = _WEAKER_THAN_BF16 | {"f32", "f64", "c64", "c128", "complex"}
_REAL = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 7.3, -100.0, 1e-3, float("inf"), float("-inf"), float("nan"))
_COMPLEX = (0j, 1 + 0j, -1j, 1.5 + 2j, -2.5 + 0.5j, 3 - 4j, -0.1 - 0.7j)


def dtype_of(name: str) -> np.dtype[Any]:
    return np.dtype(ml_dtypes.bfloat16 if name == "bf16" else _NUMPY[name])


def values(name: str) -> list[Any]:
    """Numbers of a class, near the edges."""
    if name == "int":
        edges = [s * (1 << k) + d for k in (7, 8, 15, 31, 53, 63) for s in (1, -1) for d in (-1, 0, 1)]
        return [0, 1, -1, 2, 3, -7, 100, *(e for e in edges if -(1 << 63) <= e < 1 << 63)]
    if name in ("float", "complex", "bool"):
        return [*_REAL, 65504.0, 1e10, 1e300] if name == "float" else [False, True] if name == "bool" else [*_COMPLEX]
    t = dtype_of(name)
    with np.errstate(all="ignore"):
        if name in INTEGERS:
            low, high = np.iinfo(t).min, np.iinfo(t).max
            return [t.type(v) for v in dict.fromkeys((0, 1, 2, 3, 7, 100, low, low + 1, high // 2, high - 1, high))] + (
                [t.type(-1), t.type(-7)] if low < 0 else []
            )
        if name in COMPLEX:
            return [t.type(v) for v in _COMPLEX]
        info = ml_dtypes.finfo(t)
        return [t.type(v) for v in (*_REAL, info.max, info.min, info.tiny, info.smallest_subnormal)]


def judged(expression: str, classes: tuple[str, ...]) -> Callable[..., Any] | None:
    """What an expression of ``a`` and ``b`` has to give for numbers or arrays of these classes.

    It is ``None`` where NumPy, or Python, has no such operation on them.
    """
    body = eval(f"lambda {', '.join('ab'[: len(classes)])}: {expression}", {"np": np, "math": math})
    if expression == "a ** b" and classes[1] == "float":
        # An array to the power 0.5 is a square root to NumPy, which of -inf is none.
        body = np.power
    if classes == ("complex", "f64"):
        # To Python's complex a float64 is a float; in the language it is a number of NumPy's, as in all other pairs.
        body = _as_c128(body)
    if "bf16" in classes:
        if not set(classes) <= _BESIDE_BF16:
            return None
        body = _as_bf16(body, classes)
    samples = [1 if c == "int" else values(c)[0 if c == "bool" else 2] for c in classes]
    try:
        quietly(body, *samples)
    except (TypeError, ValueError):
        return None
    return body


def _as_c128(body: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, b: body(np.complex128(a), b)


def _as_bf16(body: Callable[..., Any], classes: tuple[str, ...]) -> Callable[..., Any]:
    """As the language has it: computed in f32, and rounded once."""
    bf16, stays = dtype_of("bf16"), set(classes) <= _WEAKER_THAN_BF16

    def widened(x: Any) -> Any:
        if stays or getattr(x, "dtype", None) == bf16:
            return np.asarray(x).astype(bf16).astype(np.float32)[()]
        return x

    def narrowed(x: Any) -> Any:
        if isinstance(x, tuple):
            return tuple(map(narrowed, x))
        x = np.asarray(x)
        return (x.astype(bf16) if stays and x.dtype == np.float32 else x)[()]

    return lambda *operands: narrowed(body(*map(widened, operands)))


def quietly(function: Callable[..., Any], *operands: Any) -> Any:
    """A call without warnings."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(*operands)


def outcome(function: Callable[..., Any], *operands: Any) -> tuple[Any, tuple[str, str] | None]:
    """What a call gives, or the exception that it raises."""
    try:
        return quietly(function, *operands), None
    except (ArithmeticError, ValueError) as error:
        return None, (type(error).__name__, str(error))


def difference(found: Any, expected: Any, *, exact: bool) -> str:
    """How a result differs; nothing where it is equal, in type and every bit but those of NaNs.

    What is not ``exact`` is of library functions, and of complex numbers, whose parts are sums of products.
    """
    if isinstance(expected, tuple):
        if not isinstance(found, tuple) or len(found) != len(expected):
            return f"{found!r}, not {expected!r}"
        return next(filter(None, (difference(f, e, exact=exact) for f, e in zip(found, expected, strict=True))), "")
    f, e = np.asarray(found), np.asarray(expected)
    if f.dtype != e.dtype or f.shape != e.shape:
        return f"{found!r} ({f.dtype}{list(f.shape)}), not {expected!r} ({e.dtype}{list(e.shape)})"
    if type(expected) in (int, float, bool, complex) and type(found) is not type(expected):
        return f"{found!r} is a {type(found).__name__}, not a {type(expected).__name__}"
    with np.errstate(all="ignore"):
        same = _equal(f, e, exact)
    if bool(np.all(same)):
        return ""
    if e.ndim == 0:
        return f"{found!r}, not {expected!r}"
    at = int(np.argmin(same))
    return f"{f[at]!r}, not {e[at]!r}, at {at}"


def _equal(f: Any, e: Any, exact: bool) -> Any:
    same = f == e
    if e.dtype.kind in "fcV":
        parts = [(f, e)] if e.dtype.kind != "c" else [(np.real(f), np.real(e)), (np.imag(f), np.imag(e))]
        size = np.abs(e)
        same = np.ones(e.shape, bool)
        # Where a power of a complex number leaves the range, the way to it decides what is left.
        beyond = ~np.isfinite(e) if e.dtype.kind == "c" and not exact else np.zeros(e.shape, bool)
        for x, y in parts:
            nan = np.isnan(x) & np.isnan(y)
            if exact and e.dtype.kind != "c":
                same &= nan | ((x == y) & (np.signbit(x) == np.signbit(y)))
            else:
                error = {2: 2e-2 if e.dtype == dtype_of("bf16") else 2e-3, 4: 1e-5}.get(y.dtype.itemsize, 1e-12)
                wide = "f8" if y.dtype.itemsize <= 4 else y.dtype
                close = np.abs(x.astype(wide) - y.astype(wide)) <= error * size.astype(wide) + float(_tiny(y.dtype))
                same &= nan | (x == y) | close | beyond
    return same


def _tiny(dtype: np.dtype[Any]) -> Any:
    return ml_dtypes.finfo(dtype).tiny
