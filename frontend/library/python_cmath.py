"""Python's ``cmath``: its functions of complex numbers, special values and exceptions included.

Source: CPython's ``Modules/cmathmodule.c``. What is not finite is looked up in tables, as there: by real part, then by
imaginary part, in the order -inf, negative, -0.0, 0.0, positive, inf, NaN.
"""

import math

import numpy as np

_INF = math.inf
_NAN = math.nan
_PI = math.pi
_HALF = 1.5707963267948966
_QUARTER = 0.7853981633974483
_MOST = 2.356194490192345
_LARGE = 4.49423283715579e307
_LOG_LARGE = 708.3964185322641
_LARGE_ROOT = 6.703903964971298e153
_SMALL_ROOT = 1.4916681462400413e-154
_SMALL = 2.2250738585072014e-308
_LN2 = 0.6931471805599453
_ACOS = (
    _MOST, _INF, _PI, _INF, _PI, _INF, _PI, -_INF, _PI, -_INF, _MOST, -_INF, _NAN, _INF,
    _HALF, _INF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _HALF, -_INF, _NAN, _NAN,
    _HALF, _INF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _HALF, -_INF, _HALF, _NAN,
    _HALF, _INF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _HALF, -_INF, _HALF, _NAN,
    _HALF, _INF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _HALF, -_INF, _NAN, _NAN,
    _QUARTER, _INF, 0.0, _INF, 0.0, _INF, 0.0, -_INF, 0.0, -_INF, _QUARTER, -_INF, _NAN, _INF,
    _NAN, _INF, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, -_INF, _NAN, _NAN,
)  # fmt: skip
_ACOSH = (
    _INF, -_MOST, _INF, -_PI, _INF, -_PI, _INF, _PI, _INF, _PI, _INF, _MOST, _INF, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_QUARTER, _INF, -0.0, _INF, -0.0, _INF, 0.0, _INF, 0.0, _INF, _QUARTER, _INF, _NAN,
    _INF, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _INF, _NAN, _NAN, _NAN,
)  # fmt: skip
_ASINH = (
    -_INF, -_QUARTER, -_INF, -0.0, -_INF, -0.0, -_INF, 0.0, -_INF, 0.0, -_INF, _QUARTER, -_INF, _NAN,
    -_INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -_INF, _HALF, _NAN, _NAN,
    -_INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -_INF, _HALF, _NAN, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_QUARTER, _INF, -0.0, _INF, -0.0, _INF, 0.0, _INF, 0.0, _INF, _QUARTER, _INF, _NAN,
    _INF, _NAN, _NAN, _NAN, _NAN, -0.0, _NAN, 0.0, _NAN, _NAN, _INF, _NAN, _NAN, _NAN,
)  # fmt: skip
_ATANH = (
    -0.0, -_HALF, -0.0, -_HALF, -0.0, -_HALF, -0.0, _HALF, -0.0, _HALF, -0.0, _HALF, -0.0, _NAN,
    -0.0, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.0, _HALF, _NAN, _NAN,
    -0.0, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.0, _HALF, -0.0, _NAN,
    0.0, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _HALF, 0.0, _NAN,
    0.0, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _HALF, _NAN, _NAN,
    0.0, -_HALF, 0.0, -_HALF, 0.0, -_HALF, 0.0, _HALF, 0.0, _HALF, 0.0, _HALF, 0.0, _NAN,
    0.0, -_HALF, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, 0.0, _HALF, _NAN, _NAN,
)  # fmt: skip
_COSH = (
    _NAN, _NAN, -_INF, _INF, _INF, 0.0, _INF, -0.0, -_INF, -_INF, _NAN, _NAN, _INF, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, 0.0,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, 0.0,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, -_INF, -_INF, _INF, -0.0, _INF, 0.0, -_INF, _INF, _NAN, _NAN, _INF, _NAN,
    _NAN, _NAN, _NAN, _NAN, _NAN, 0.0, _NAN, 0.0, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN,
)  # fmt: skip
_EXP = (
    0.0, 0.0, -0.0, -0.0, 0.0, -0.0, 0.0, 0.0, -0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, -_INF, -_INF, _INF, -0.0, _INF, 0.0, -_INF, _INF, _NAN, _NAN, _INF, _NAN,
    _NAN, _NAN, _NAN, _NAN, _NAN, -0.0, _NAN, 0.0, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN,
)  # fmt: skip
_LOG = (
    _INF, -_MOST, _INF, -_PI, _INF, -_PI, _INF, _PI, _INF, _PI, _INF, _MOST, _INF, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_HALF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _HALF, _NAN, _NAN,
    _INF, -_QUARTER, _INF, -0.0, _INF, -0.0, _INF, 0.0, _INF, 0.0, _INF, _QUARTER, _INF, _NAN,
    _INF, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _INF, _NAN, _NAN, _NAN,
)  # fmt: skip
_SINH = (
    _NAN, _NAN, _INF, -_INF, -_INF, -0.0, -_INF, 0.0, _INF, _INF, _NAN, _NAN, _INF, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, 0.0, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, 0.0, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, -_INF, -_INF, _INF, -0.0, _INF, 0.0, -_INF, _INF, _NAN, _NAN, _INF, _NAN,
    _NAN, _NAN, _NAN, _NAN, _NAN, -0.0, _NAN, 0.0, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN,
)  # fmt: skip
_SQRT = (
    _INF, -_INF, 0.0, -_INF, 0.0, -_INF, 0.0, _INF, 0.0, _INF, _INF, _INF, _NAN, _INF,
    _INF, -_INF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _INF, _NAN, _NAN,
    _INF, -_INF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _INF, _NAN, _NAN,
    _INF, -_INF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _INF, _NAN, _NAN,
    _INF, -_INF, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _INF, _INF, _NAN, _NAN,
    _INF, -_INF, _INF, -0.0, _INF, -0.0, _INF, 0.0, _INF, 0.0, _INF, _INF, _INF, _NAN,
    _INF, -_INF, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _INF, _INF, _NAN, _NAN,
)  # fmt: skip
_TANH = (
    -1.0, 0.0, -1.0, 0.0, -1.0, -0.0, -1.0, 0.0, -1.0, -0.0, -1.0, 0.0, -1.0, 0.0,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    1.0, 0.0, 1.0, 0.0, 1.0, -0.0, 1.0, 0.0, 1.0, -0.0, 1.0, 0.0, 1.0, 0.0,
    _NAN, _NAN, _NAN, _NAN, _NAN, -0.0, _NAN, 0.0, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN,
)  # fmt: skip
_RECT = (
    _NAN, _NAN, _INF, _INF, -_INF, 0.0, -_INF, -0.0, _INF, -_INF, _NAN, _NAN, _INF, _NAN,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
    _NAN, _NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, _NAN, _NAN, _NAN, _NAN,
    _NAN, _NAN, -_INF, -_INF, _INF, -0.0, _INF, 0.0, -_INF, _INF, _NAN, _NAN, _INF, _NAN,
    _NAN, _NAN, _NAN, _NAN, _NAN, 0.0, _NAN, 0.0, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN,
)  # fmt: skip


def _kind(x):
    """The row or column of a number in a table."""
    if x != x:
        return 6
    if x == _INF or x == -_INF:
        return 5 if x > 0 else 0
    if x == 0:
        return 3 if np.copysign(1.0, x) > 0 else 2
    return 4 if x > 0 else 1


def _found(z, table):
    """What a table says of a number that is not finite."""
    known = np.array(table)
    at = 14 * _kind(z.real) + 2 * _kind(z.imag)
    return _pair(known[at], known[at + 1])


def _pair(re, im):
    """A complex number of two parts, NumPy's or Python's."""
    return complex(float(re), float(im))


def _is_finite(z):
    """Whether both parts are finite."""
    return math.isfinite(z.real) and math.isfinite(z.imag)


def _parts(z):
    """Both parts as NumPy's floats, which overflow without an exception."""
    return np.float64(z.real), np.float64(z.imag)


def _checked(re, im):
    """A result that must be finite."""
    if np.isinf(re) or np.isinf(im):
        raise OverflowError("math range error")
    return _pair(re, im)


def _length(x, y):
    """The length of a vector of two finite floats."""
    return np.hypot(np.float64(x), np.float64(y))


def sqrt(z):
    """The square root with a real part that is not negative."""
    if not _is_finite(z):
        return _found(z, _SQRT)
    x, y = _parts(z)
    if x == 0 and y == 0:
        return complex(0.0, z.imag)
    a, b = np.fabs(x), np.fabs(y)
    if a < _SMALL and b < _SMALL:
        a = a * 9007199254740992.0
        s = np.sqrt(a + _length(a, b * 9007199254740992.0)) * 7.450580596923828e-09
    else:
        a = a / 8.0
        s = 2.0 * np.sqrt(a + _length(a, b / 8.0))
    d = b / (2.0 * s)
    if x >= 0:
        return _pair(s, np.copysign(d, y))
    return _pair(d, np.copysign(s, y))


def acos(z):
    """The arc cosine."""
    if not _is_finite(z):
        return _found(z, _ACOS)
    x, y = _parts(z)
    if np.fabs(x) > _LARGE or np.fabs(y) > _LARGE:
        size = np.log(_length(x / 2.0, y / 2.0)) + _LN2 * 2.0
        re = np.arctan2(np.fabs(y), x)
        return _pair(re, -np.copysign(size, y) if x < 0 else np.copysign(size, -y))
    s, t = sqrt(_pair(1.0 - x, -y)), sqrt(_pair(1.0 + x, y))
    return _pair(2.0 * np.arctan2(s.real, t.real), np.arcsinh(t.real * s.imag - t.imag * s.real))


def acosh(z):
    """The inverse of the hyperbolic cosine."""
    if not _is_finite(z):
        return _found(z, _ACOSH)
    x, y = _parts(z)
    if np.fabs(x) > _LARGE or np.fabs(y) > _LARGE:
        return _pair(np.log(_length(x / 2.0, y / 2.0)) + _LN2 * 2.0, np.arctan2(y, x))
    s, t = sqrt(_pair(x - 1.0, y)), sqrt(_pair(x + 1.0, y))
    return _pair(np.arcsinh(s.real * t.real + s.imag * t.imag), 2.0 * np.arctan2(s.imag, t.real))


def asin(z):
    """The arc sine."""
    w = asinh(complex(-z.imag, z.real))
    return complex(w.imag, -w.real)


def asinh(z):
    """The inverse of the hyperbolic sine."""
    if not _is_finite(z):
        return _found(z, _ASINH)
    x, y = _parts(z)
    if np.fabs(x) > _LARGE or np.fabs(y) > _LARGE:
        size = np.log(_length(x / 2.0, y / 2.0)) + _LN2 * 2.0
        return _pair(np.copysign(size, x), np.arctan2(y, np.fabs(x)))
    s, t = sqrt(_pair(1.0 + y, -x)), sqrt(_pair(1.0 - y, x))
    return _pair(np.arcsinh(s.real * t.imag - t.real * s.imag), np.arctan2(y, s.real * t.real - s.imag * t.imag))


def atan(z):
    """The arc tangent."""
    w = atanh(complex(-z.imag, z.real))
    return complex(w.imag, -w.real)


def atanh(z):
    """The inverse of the hyperbolic tangent."""
    if not _is_finite(z):
        return _found(z, _ATANH)
    if np.copysign(1.0, z.real) < 0:
        w = _atanh_forward(complex(-z.real, -z.imag))
        return complex(-w.real, -w.imag)
    return _atanh_forward(z)


def _atanh_forward(z):
    """The inverse of the hyperbolic tangent of a number whose real part is not negative."""
    x, y = _parts(z)
    b = np.fabs(y)
    if x > _LARGE_ROOT or b > _LARGE_ROOT:
        h = _length(x / 2.0, y / 2.0)
        return _pair(x / 4.0 / h / h, -np.copysign(_HALF, -y))
    if x == 1 and b < _SMALL_ROOT:
        if b == 0:
            raise ValueError("math domain error")
        return _pair(-np.log(np.sqrt(b) / np.sqrt(_length(b, 2.0))), np.copysign(np.arctan2(2.0, -b) / 2.0, y))
    re = np.log1p(4.0 * x / ((1.0 - x) * (1.0 - x) + b * b)) / 4.0
    return _pair(re, -np.arctan2(-2.0 * y, (1.0 - x) * (1.0 + x) - b * b) / 2.0)


def cos(z):
    """The cosine."""
    return cosh(complex(-z.imag, z.real))


def cosh(z):
    """The hyperbolic cosine."""
    x, y = _parts(z)
    if not _is_finite(z):
        if np.isinf(x) and np.isfinite(y) and y != 0:
            im = np.copysign(_INF, np.sin(y))
            return _pair(np.copysign(_INF, np.cos(y)), im if x > 0 else -im)
        if np.isinf(y) and not np.isnan(x):
            raise ValueError("math domain error")
        return _found(z, _COSH)
    if np.fabs(x) > _LOG_LARGE:
        low = x - np.copysign(1.0, x)
        return _checked(np.cos(y) * np.cosh(low) * math.e, np.sin(y) * np.sinh(low) * math.e)
    return _checked(np.cos(y) * np.cosh(x), np.sin(y) * np.sinh(x))


def exp(z):
    """``e ** z``."""
    x, y = _parts(z)
    if not _is_finite(z):
        if np.isinf(x) and np.isfinite(y) and y != 0:
            size = _INF if x > 0 else 0.0
            return _pair(np.copysign(size, np.cos(y)), np.copysign(size, np.sin(y)))
        if np.isinf(y) and (np.isfinite(x) or x == _INF):
            raise ValueError("math domain error")
        return _found(z, _EXP)
    if x > _LOG_LARGE:
        size = np.exp(x - 1.0)
        return _checked(size * np.cos(y) * math.e, size * np.sin(y) * math.e)
    size = np.exp(x)
    return _checked(size * np.cos(y), size * np.sin(y))


def natural_log(z):
    """The natural logarithm."""
    if not _is_finite(z):
        return _found(z, _LOG)
    x, y = _parts(z)
    a, b = np.fabs(x), np.fabs(y)
    if a > _LARGE or b > _LARGE:
        re = np.log(_length(a / 2.0, b / 2.0)) + _LN2
    elif a < _SMALL and b < _SMALL:
        if a == 0 and b == 0:
            raise ValueError("math domain error")
        re = np.log(_length(a * 9007199254740992.0, b * 9007199254740992.0)) - 53.0 * _LN2
    else:
        h = _length(a, b)
        if h >= 0.71 and h <= 1.73:
            most, least = np.maximum(a, b), np.minimum(a, b)
            re = np.log1p((most - 1.0) * (most + 1.0) + least * least) / 2.0
        else:
            re = np.log(h)
    return _pair(re, np.arctan2(y, x))


def log10(z):
    """The logarithm to base 10."""
    w = natural_log(z)
    return complex(w.real / 2.302585092994046, w.imag / 2.302585092994046)


def log(z, base):
    """The logarithm to any base."""
    # Only the second logarithm of CPython's two says that there is none.
    above = complex(-_INF, phase(z)) if z == 0 else natural_log(z)
    below = natural_log(base)
    if below == 0:
        raise ValueError("math domain error")
    return above / below


def sin(z):
    """The sine."""
    w = sinh(complex(-z.imag, z.real))
    return complex(w.imag, -w.real)


def sinh(z):
    """The hyperbolic sine."""
    x, y = _parts(z)
    if not _is_finite(z):
        if np.isinf(x) and np.isfinite(y) and y != 0:
            re = np.copysign(_INF, np.cos(y))
            return _pair(re if x > 0 else -re, np.copysign(_INF, np.sin(y)))
        if np.isinf(y) and not np.isnan(x):
            raise ValueError("math domain error")
        return _found(z, _SINH)
    if np.fabs(x) > _LOG_LARGE:
        low = x - np.copysign(1.0, x)
        return _checked(np.cos(y) * np.sinh(low) * math.e, np.sin(y) * np.cosh(low) * math.e)
    return _checked(np.cos(y) * np.sinh(x), np.sin(y) * np.cosh(x))


def tan(z):
    """The tangent."""
    w = tanh(complex(-z.imag, z.real))
    return complex(w.imag, -w.real)


def tanh(z):
    """The hyperbolic tangent."""
    x, y = _parts(z)
    if not _is_finite(z):
        if np.isinf(x) and np.isfinite(y) and y != 0:
            return _pair(np.copysign(1.0, x), np.copysign(0.0, 2.0 * np.sin(y) * np.cos(y)))
        if np.isinf(y) and np.isfinite(x):
            raise ValueError("math domain error")
        return _found(z, _TANH)
    if np.fabs(x) > _LOG_LARGE:
        return _pair(np.copysign(1.0, x), 4.0 * np.sin(y) * np.cos(y) * np.exp(-2.0 * np.fabs(x)))
    t, u, c = np.tanh(x), np.tan(y), 1.0 / np.cosh(x)
    below = 1.0 + (t * u) * (t * u)
    return _pair(t * (1.0 + u * u) / below, u / below * c * c)


def phase(z):
    """The angle from the positive real axis."""
    return float(np.arctan2(np.float64(z.imag), np.float64(z.real)))


def polar(z):
    """(the distance from 0, the angle)."""
    return abs(z), phase(z)


def rect(r, phi):
    """The number at a distance and an angle."""
    x, y = np.float64(r), np.float64(phi)
    if not (np.isfinite(x) and np.isfinite(y)):
        if np.isinf(y) and x != 0 and not np.isnan(x):
            raise ValueError("math domain error")
        if np.isinf(x) and np.isfinite(y) and y != 0:
            re, im = np.copysign(_INF, np.cos(y)), np.copysign(_INF, np.sin(y))
            return _pair(re if x > 0 else -re, im if x > 0 else -im)
        return _found(_pair(x, y), _RECT)
    if y == 0:
        return _pair(x, x * y)
    return _pair(x * np.cos(y), x * np.sin(y))


def isnan(z):
    """Whether a part is NaN."""
    return math.isnan(z.real) or math.isnan(z.imag)


def isinf(z):
    """Whether a part is infinite."""
    return math.isinf(z.real) or math.isinf(z.imag)


def isfinite(z):
    """Whether both parts are finite."""
    return _is_finite(z)


def isclose(a, b, rel_tol, abs_tol):
    """Whether two numbers are close, relative to the larger or absolutely."""
    if rel_tol < 0 or abs_tol < 0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if isinf(a) or isinf(b):
        return False
    gap = abs(a - b)
    return gap <= rel_tol * abs(b) or gap <= rel_tol * abs(a) or gap <= abs_tol
