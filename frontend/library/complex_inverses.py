"""Inverse functions of NumPy's complex numbers and arrays: those of Python, of one number after the other."""

import math

import numpy as np

from ._parts import from_parts
from .complex_functions import exp
from .elementwise import hypot as _hypot
from .python_cmath import acos as _acos
from .python_cmath import acosh as _acosh
from .python_cmath import asin as _asin
from .python_cmath import asinh as _asinh
from .python_cmath import atanh as _atanh


def acos(z):
    """The arc cosine."""
    return _each(_acos, z)


def acosh(z):
    """The inverse of the hyperbolic cosine."""
    return _each(_cosine, z)


def asin(z):
    """The arc sine."""
    return _each(_asin, z)


def asinh(z):
    """The inverse of the hyperbolic sine."""
    return _each(_asinh, z)


def atan(z):
    """The arc tangent."""
    return _each(_tangent, z)


def atanh(z):
    """The inverse of the hyperbolic tangent."""
    return _each(_hyperbolic, z)


def _cosine(z):
    """The inverse of the hyperbolic cosine of a number; with an angle also where only that is known."""
    if z.real == 0.0 and math.isnan(z.imag):
        return complex(math.nan, math.pi / 2)
    return _acosh(z)


def _tangent(z):
    """The arc tangent of a number."""
    w = _hyperbolic(complex(-z.imag, z.real))
    return complex(w.imag, -w.real)


def _hyperbolic(z):
    """The inverse of the hyperbolic tangent of a number, infinite at 1 and -1."""
    if abs(z.real) == 1.0 and z.imag == 0.0:
        return complex(math.copysign(math.inf, z.real), z.imag)
    return _atanh(z)


def _each(function, z):
    """A function of Python's complex numbers, of a number or of each element."""
    if np.ndim(z) == 0:
        return np.result_type(z).type(function(complex(z)))
    flat = np.ravel(z)
    out = np.empty(flat.shape[0], z.dtype)
    for i in range(flat.shape[0]):
        out[i] = function(complex(flat[i]))
    return np.reshape(out, z.shape)


def log1p(z):
    """The natural logarithm of ``1 + z``."""
    return from_parts(np.log(_hypot(z.real + 1, z.imag)), np.arctan2(z.imag, z.real + 1))


def expm1(z):
    """``e ** z - 1``."""
    half = np.sin(z.imag / 2)
    return from_parts(np.expm1(z.real) * np.cos(z.imag) - 2 * half * half, np.exp(z.real) * np.sin(z.imag))


def exp2(z):
    """``2 ** z``."""
    return exp(from_parts(z.real * 0.6931471805599453, z.imag * 0.6931471805599453))


def reciprocal(z):
    """``1 / z``: its parts are divided by the larger."""
    level = np.fabs(z.imag) <= np.fabs(z.real)
    large, small = np.where(level, z.real, z.imag), np.where(level, z.imag, z.real)
    ratio = small / large
    size = large + small * ratio
    return from_parts(np.where(level, 1 / size, ratio / size), np.where(level, -ratio / size, -1 / size))
