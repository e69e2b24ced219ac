"""Functions of complex numbers, of their real and imaginary parts: Python's on numbers, NumPy's also on arrays."""

import math

import numpy as np

from ._parts import from_parts
from .elementwise import hypot as _hypot

# --- Python's own numbers ---------------------------------------------------------------------------------------------


def python_from_complex(x, y):
    """``complex(x, y)`` of numbers of which one is complex."""
    return complex(x.real - y.imag, x.imag + y.real)


def python_absolute(z):
    """``abs(z)``."""
    size = np.float64(0.0) + _hypot(np.float64(z.real), np.float64(z.imag))
    if size == math.inf and abs(z.real) != math.inf and abs(z.imag) != math.inf:
        raise OverflowError("absolute value too large")
    return float(size)


def python_quotient(a, b):
    """``a / b`` where ``b`` is not 0: its parts are divided by the larger. Source: CPython's ``_Py_c_quot``."""
    x, y = abs(b.real), abs(b.imag)
    if x >= y:
        ratio = b.imag / b.real
        size = b.real + b.imag * ratio
        return complex(_over(a.real + a.imag * ratio, size), _over(a.imag - a.real * ratio, size))
    if y >= x:
        ratio = b.real / b.imag
        size = b.real * ratio + b.imag
        return complex(_over(a.real * ratio + a.imag, size), _over(a.imag * ratio - a.real, size))
    return complex(math.nan, math.nan)


def _over(x, y):
    """``x / y`` as C's: of a divisor that is 0, no exception."""
    return float(np.float64(x) / np.float64(y))


def python_whole_power(x, n):
    """``x ** n`` by multiplication. Source: CPython's ``c_powi``."""
    result, factor, rest = complex(1.0, 0.0), x, abs(n)
    while rest > 0:
        if rest & 1:
            result = result * factor
        rest >>= 1
        if rest > 0:
            factor = factor * factor
    if n <= 0:
        if result == 0:
            raise ZeroDivisionError("0.0 to a negative or complex power")
        result = python_quotient(complex(1.0, 0.0), result)
    if abs(result.real) == math.inf or abs(result.imag) == math.inf:
        raise OverflowError("complex exponentiation")
    return result


def python_power(x, y):
    """``x ** y``. Source: CPython's ``complex_pow``."""
    if y.imag == 0.0 and abs(y.real) <= 100.0 and y.real == math.floor(y.real):
        return python_whole_power(x, math.floor(y.real))
    if x == 0:
        if y.imag != 0.0 or y.real < 0.0:
            raise ZeroDivisionError("0.0 to a negative or complex power")
        return complex(0.0, 0.0)
    size = _hypot(np.float64(x.real), np.float64(x.imag))
    turn = np.arctan2(np.float64(x.imag), np.float64(x.real))
    length = np.power(size, np.float64(y.real))
    phase = turn * np.float64(y.real)
    if y.imag != 0.0:
        length = length / np.exp(turn * np.float64(y.imag))
        phase = phase + np.float64(y.imag) * np.log(size)
    re, im = length * np.cos(phase), length * np.sin(phase)
    if abs(re) == math.inf or abs(im) == math.inf:
        raise OverflowError("complex exponentiation")
    return complex(float(re), float(im))


# --- NumPy's numbers and arrays ---------------------------------------------------------------------------------------


def absolute(z):
    """The distance from 0."""
    return _hypot(z.real, z.imag)


def angle(z, deg):
    """The angle from the positive real axis."""
    turn = np.arctan2(z.imag, z.real) if np.iscomplexobj(z) else np.arctan2(0, z)
    return turn * turn.dtype.type(180.0 / math.pi) if deg else turn


def squared_magnitude(z):
    """The square of the distance from 0."""
    return z.real * z.real + z.imag * z.imag


def isnan(z):
    """Whether a part is NaN."""
    return np.isnan(z.real) | np.isnan(z.imag)


def isinf(z):
    """Whether a part is infinite."""
    return np.isinf(z.real) | np.isinf(z.imag)


def isfinite(z):
    """Whether both parts are finite."""
    return np.isfinite(z.real) & np.isfinite(z.imag)


def exp(z):
    """``e ** z``; a real number stays one, and what vanishes has no angle."""
    size = np.exp(z.real)
    re, im = size * np.cos(z.imag), size * np.sin(z.imag)
    gone = (size == 0) & ~np.isfinite(z.imag)
    lost = np.isinf(size) & ~np.isfinite(z.imag)
    re = np.where(gone, 0 * size, np.where(lost, size, np.where(z.imag == 0, size, re)))
    im = np.where(gone, 0 * size, np.where(z.imag == 0, z.imag, im))
    return from_parts(re, im)


def log(z):
    """The natural logarithm: near the unit circle, of the distance from it."""
    size = _hypot(z.real, z.imag)
    a, b = np.fabs(z.real), np.fabs(z.imag)
    large, small = np.maximum(a, b), np.minimum(a, b)
    near = (size > 0.5) & (size < 2)
    away = np.where(near, (large - 1) * (large + 1) + small * small, 0 * size)
    re = np.where(near, np.log1p(away) / 2, np.log(size))
    return from_parts(re, np.arctan2(z.imag, z.real))


def log2(z):
    """The logarithm to base 2."""
    w = log(z)
    return from_parts(w.real * 1.4426950408889634, w.imag * 1.4426950408889634)


def log10(z):
    """The logarithm to base 10."""
    w = log(z)
    return from_parts(w.real * 0.4342944819032518, w.imag * 0.4342944819032518)


def sqrt(z):
    """The square root with a real part that is not negative."""
    a, b = np.fabs(z.real), np.fabs(z.imag)
    tiny = (a < 1e-30) & (b < 1e-30)
    up = np.where(tiny, 2.0**60, 0.125).astype(a.dtype)
    half = np.sqrt(a * up + _hypot(a * up, b * up))
    # half is sqrt(up) * sqrt(a + |z|), and what is wanted is that over sqrt(2).
    s = half * np.where(tiny, 2.0**-30 * 0.7071067811865476, 2.0).astype(a.dtype)
    other = b / (2 * np.where(s == 0, 1, s))
    forward = z.real >= 0
    re = np.where(forward, s, other)
    im = np.copysign(np.where(forward, other, s), z.imag)
    endless = np.isinf(z.imag)
    re = np.where(endless, b, np.where((a == 0) & (b == 0), 0 * s, re))
    return from_parts(re, np.where(endless | ((a == 0) & (b == 0)), z.imag, im))


def sin(z):
    """The sine."""
    w = sinh(from_parts(-z.imag, z.real))
    return from_parts(w.imag, -w.real)


def cos(z):
    """The cosine."""
    return cosh(from_parts(-z.imag, z.real))


def sinh(z):
    """The hyperbolic sine; infinite also where it has no angle, and with parts of 0 where those of ``z`` are."""
    x, y = z.real, z.imag
    lost = ~np.isfinite(y)
    re = np.where(lost & np.isinf(x), np.fabs(x), np.where(lost & (x == 0), x, np.sinh(x) * np.cos(y)))
    return from_parts(re, np.where(y == 0, y, np.cosh(x) * np.sin(y)))


def cosh(z):
    """The hyperbolic cosine; infinite also where it has no angle, and with parts of 0 where those of ``z`` are."""
    x, y = z.real, z.imag
    lost = ~np.isfinite(y)
    re = np.where(lost & np.isinf(x), np.fabs(x), np.cosh(x) * np.cos(y))
    im = np.where(y == 0, y * np.copysign(1, x), np.where(lost & (x == 0), x, np.sinh(x) * np.sin(y)))
    return from_parts(re, im.astype(y.dtype))


def tan(z):
    """The tangent."""
    w = tanh(from_parts(-z.imag, z.real))
    return from_parts(w.imag, -w.real)


def tanh(z):
    """The hyperbolic tangent; far from the imaginary axis, 1 or -1."""
    t, s = np.tan(z.imag), np.sinh(z.real)
    c = np.cosh(z.real)
    beta = 1 + t * t
    size = 1 + beta * s * s
    far = np.fabs(z.real) > 20
    re = np.where(far, np.copysign(1, z.real), beta * c * s / size)
    im = np.where(far, 4 * np.sin(z.imag) * np.cos(z.imag) * np.exp(-2 * np.fabs(z.real)), t / size)
    lost = ~np.isfinite(z.imag)
    re = np.where(lost & (z.real == 0), z.real, np.where(lost & np.isfinite(z.real), t, re))
    im = np.where(np.isinf(z.real), np.copysign(0, np.where(lost, z.imag, t)), np.where(z.imag == 0, z.imag, im))
    return from_parts(re.astype(t.dtype), im.astype(t.dtype))


def whole_power(z, n):
    """``z ** n`` of a whole number that is known, by multiplication, as NumPy's."""
    if n < 0:
        return 1 / whole_power(z, -n)
    if n == 0:
        return np.ones_like(z) if np.ndim(z) > 0 else np.result_type(z).type(1)
    if n == 1:
        return np.where(z == 0, np.result_type(z).type(0), z)
    if n == 2:
        return z * z
    half = whole_power(z, n // 2)
    square = half * half
    if n % 2 == 1:
        square = square * z
    return square


def power(z, w):
    """``z ** w`` by logarithms; 0 to a positive real part is 0, to 0 it is 1. Source: NumPy's ``npy_cpow``."""
    nothing = z == 0
    raised = exp(log(np.where(nothing, 1, z)) * w)
    whole = np.where(w == 0, 1, np.where(w == 1, z, np.where(w == 2, z * z, raised)))
    undefined = raised * complex(math.nan, math.nan)
    return np.where(nothing & (w != 0), np.where(w.real > 0, 0, undefined), whole)
