"""Functions of NumPy that work element by element and are made of others; on numbers and on arrays."""

import math

import numpy as np

from ._parts import from_parts


def deg2rad(x):
    """Degrees as radians."""
    return x * np.exp(x).dtype.type(math.pi / 180.0)


def rad2deg(x):
    """Radians as degrees."""
    return x * np.exp(x).dtype.type(180.0 / math.pi)


def radians(x):
    """Degrees as radians."""
    return deg2rad(x)


def degrees(x):
    """Radians as degrees."""
    return rad2deg(x)


def signbit(x):
    """Whether the sign is set, also of a zero."""
    return np.copysign(1.0, x) < 0


def heaviside(x1, x2):
    """0 below zero, 1 above it, and ``x2`` at zero."""
    step = np.where(x1 < 0, 0.0, np.where(x1 > 0, 1.0, np.where(x1 == 0, x2, x1)))
    return step.astype(np.exp(x1 + x2).dtype)


def sinc(x):
    """``sin(pi x) / (pi x)``, and 1 at zero."""
    y = math.pi * np.where(x == 0, 1, x)
    return np.where(x == 0, 1, np.sin(y) / y)


def hypot(x1, x2):
    """``sqrt(x1**2 + x2**2)`` where the squares may leave range."""
    if np.result_type(x1, x2) == np.float16:
        return hypot(x1.astype(np.float32), x2.astype(np.float32)).astype(np.float16)
    a, b = np.fabs(x1), np.fabs(x2)
    large, small = np.maximum(a, b), np.minimum(a, b)
    ratio = small / np.where(large == 0, 1, large)
    length = np.where(large == small, large * 1.4142135623730951, large * np.sqrt(1 + ratio * ratio))
    return np.where((a == math.inf) | (b == math.inf), math.inf, length)


def logaddexp(x1, x2):
    """``log(exp(x1) + exp(x2))``."""
    if np.result_type(x1, x2).kind != "f":
        one = np.exp(x1 + x2).dtype.type(1)
        return logaddexp(x1 * one, x2 * one)
    if np.result_type(x1, x2) == np.float16:
        return logaddexp(x1.astype(np.float32), x2.astype(np.float32)).astype(np.float16)
    gap = x1 - x2
    high = np.where(gap > 0, x1, x2)
    return np.where(x1 == x2, x1 + 0.6931471805599453, np.log1p(np.exp(-np.fabs(gap))) + high)


def logaddexp2(x1, x2):
    """``log2(2**x1 + 2**x2)``."""
    if np.result_type(x1, x2).kind != "f":
        one = np.exp(x1 + x2).dtype.type(1)
        return logaddexp2(x1 * one, x2 * one)
    if np.result_type(x1, x2) == np.float16:
        return logaddexp2(x1.astype(np.float32), x2.astype(np.float32)).astype(np.float16)
    gap = x1 - x2
    high = np.where(gap > 0, x1, x2)
    return np.where(x1 == x2, x1 + 1.0, np.log1p(np.exp2(-np.fabs(gap))) * 1.4426950408889634 + high)


def fmax(x1, x2):
    """The larger one; the other where one is NaN."""
    return np.where(np.isnan(x2), x1, np.where(np.isnan(x1), x2, np.maximum(x1, x2)))


def fmin(x1, x2):
    """The smaller one; the other where one is NaN."""
    return np.where(np.isnan(x2), x1, np.where(np.isnan(x1), x2, np.minimum(x1, x2)))


def fmod(x1, x2):
    """The remainder of integers with the sign of ``x1``; of floats it is an operation."""
    rest = np.remainder(x1, x2)
    return np.where((rest != 0) & ((x1 < 0) != (x2 < 0)), rest - x2, rest)


def float_power(x1, x2):
    """``x1 ** x2`` in double precision."""
    return np.power(x1 * np.float64(1.0), x2 * np.float64(1.0))


def divmod(x1, x2):
    """The quotient towards minus infinity, and the remainder."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def modf(x):
    """The fraction and the whole part, both with the sign of ``x``."""
    y = x * np.exp(x).dtype.type(1)
    whole = np.trunc(y)
    return np.copysign(np.where(np.fabs(whole) == math.inf, 0, y - whole), y), whole


def isposinf(x):
    """Whether it is plus infinity."""
    return np.equal(x, math.inf)


def isneginf(x):
    """Whether it is minus infinity."""
    return np.equal(x, -math.inf)


def isreal(x):
    """Whether the imaginary part is 0."""
    return np.equal(np.imag(x), 0)


def iscomplex(x):
    """Whether the imaginary part is not 0."""
    return np.not_equal(np.imag(x), 0)


def bitwise_count(x):
    """How many bits are 1 in the magnitude of an integer."""
    kind = np.result_type(x).kind
    if kind == "b":
        return np.where(x, np.uint8(1), np.uint8(0))
    if kind != "i" and kind != "u":
        raise TypeError("np.bitwise_count takes integers")
    # The magnitude of the smallest number is one more than the largest: in unsigned numbers, it is held.
    rest = np.abs(x).astype(np.uint64)
    if np.iinfo(np.result_type(x)).bits == 32:
        rest = np.abs(x).astype(np.uint32).astype(np.uint64)
    if np.iinfo(np.result_type(x)).bits == 16:
        rest = np.abs(x).astype(np.uint16).astype(np.uint64)
    if np.iinfo(np.result_type(x)).bits == 8:
        rest = np.abs(x).astype(np.uint8).astype(np.uint64)
    pairs = rest - ((rest >> 1) & 0x5555555555555555)
    fours = (pairs & 0x3333333333333333) + ((pairs >> 2) & 0x3333333333333333)
    bytes_ = (fours + (fours >> 4)) & 0x0F0F0F0F0F0F0F0F
    return ((bytes_ * 0x0101010101010101) >> 56).astype(np.uint8)


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    """Numbers in place of NaN and infinities."""
    if not copy and np.ndim(x) > 0:
        x[...] = nan_to_num(x, True, nan, posinf, neginf)
        return x
    if np.iscomplexobj(x):
        return from_parts(nan_to_num(x.real, True, nan, posinf, neginf), nan_to_num(x.imag, True, nan, posinf, neginf))
    if np.result_type(x).kind != "f":
        return x if np.ndim(x) == 0 else np.copy(x)
    high = np.nextafter(np.result_type(x).type(math.inf), 0) if posinf is None else posinf
    low = np.nextafter(np.result_type(x).type(-math.inf), 0) if neginf is None else neginf
    return np.where(np.isnan(x), nan, np.where(x == math.inf, high, np.where(x == -math.inf, low, x)))


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether ``|a - b| <= atol + rtol * |b|``; infinities are close to themselves."""
    if np.result_type(b).kind not in "fc":
        return isclose(a, b * 1.0, rtol, atol, equal_nan)
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        gap = np.abs(np.subtract(a, b))
        alike = (gap <= atol + rtol * np.abs(b)) & np.isfinite(b) | np.equal(a, b)
        return alike | (np.isnan(a) & np.isnan(b)) if equal_nan else alike
    near = (np.fabs(a - b) <= atol + rtol * np.fabs(b)) & np.isfinite(b) | np.equal(a, b)
    if equal_nan:
        return near | (np.isnan(a) & np.isnan(b))
    return near


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close."""
    return bool(np.all(np.asarray(isclose(a, b, rtol, atol, equal_nan))))


def round(a, decimals=0):
    """To a number of decimals, halves to even; each part of complex numbers."""
    if np.iscomplexobj(a):
        return from_parts(round(a.real, decimals), round(a.imag, decimals))
    if np.result_type(a).kind == "b":
        if decimals != 0:
            raise TypeError(
                "Cannot cast ufunc output from dtype('float64') to dtype('bool') with casting rule 'same_kind'"
            )
        return np.rint(a)
    if decimals == 0:
        return np.copy(a) if np.ndim(a) > 0 and np.result_type(a).kind != "f" else _rint(a)
    if decimals > 0:
        if np.result_type(a).kind != "f":
            return np.copy(a) if np.ndim(a) > 0 else a
        return np.rint(a * 10.0**decimals) / 10.0**decimals
    return (np.rint(a / 10.0**-decimals) * 10.0**-decimals).astype(np.result_type(a))


def around(a, decimals=0):
    """To a number of decimals, halves to even."""
    return round(a, decimals)


def _rint(a):
    """Floats to whole numbers; integers as they are."""
    return np.rint(a) if np.result_type(a).kind == "f" else a


def nextafter(x1, x2):
    """The number beside ``x1`` in the direction of ``x2``."""
    x, y = x1.astype(np.exp(x1 + x2).dtype), x2.astype(np.exp(x1 + x2).dtype)
    bits = _bits(x)
    # The bits of floats of one sign are in the order of their magnitudes.
    away = (y > x) == (x > 0)
    step = np.where(away, bits + 1, bits - 1)
    smallest = np.copysign(bits.dtype.type(1).view(x.dtype), y)
    moved = np.where(x == 0, smallest, step.view(x.dtype))
    same = x if x.dtype == np.float16 else y  # zeros of two signs: as NumPy's own code for f16, and C's for the others
    return np.where(np.isnan(x) | np.isnan(y), x + y, np.where(x == y, same, moved))


def _bits(x):
    """The bits of floats as integers of their width."""
    if x.dtype == np.float64:
        return x.view(np.int64)
    return x.view(np.int32) if x.dtype == np.float32 else x.view(np.int16)


def spacing(x):
    """The distance to the next number away from zero."""
    y = x * np.exp(x).dtype.type(1)
    size = np.fabs(y)
    if np.result_type(y) == np.float16:  # NumPy measures these towards plus infinity
        gap = nextafter(y, math.inf) - y
    else:
        gap = np.copysign(nextafter(size, math.inf) - size, np.where(y == 0, 1, y))
    return np.where(np.isfinite(y), gap, math.nan)


def ldexp(x1, x2):
    """``x1 * 2**x2``, rounded once."""
    t = x1 * np.exp(x1).dtype.type(1)
    x, n = t.astype(np.float64), np.clip(x2.astype(np.int64), -4000, 4000)
    # Three steps within the range of exponents; 2**-53 of a step down is kept back, so that one product rounds.
    x, n = _nearer(x, n)
    x, n = _nearer(x, n)
    return (x * ((np.clip(n, -1022, 1023) + 1023) << 52).view(np.float64)).astype(t.dtype)


def _nearer(x, n):
    """One step towards an exponent that a float has: what is left of ``x`` and of ``n``."""
    up, down = n > 1023, n < -1022
    y = np.where(up, x * 8.98846567431158e307, np.where(down, x * 2.004168360008973e-292, x))
    return y, np.where(up, n - 1023, np.where(down, n + 969, n))


def frexp(x):
    """The mantissa in [0.5, 1) and the exponent of 2."""
    t = x * np.exp(x).dtype.type(1)
    y = t.astype(np.float64)
    tiny = np.fabs(y) < 2.2250738585072014e-308
    bits = np.where(tiny, y * 18014398509481984.0, y).view(np.int64)
    exponent = ((bits >> 52) & 2047) - np.where(tiny, 1076, 1022)
    mantissa = ((bits & -9218868437227405313) | 4602678819172646912).view(np.float64)
    special = (y == 0) | ~np.isfinite(y)
    return np.where(special, y, mantissa).astype(t.dtype), np.where(special, 0, exponent).astype(np.int32)


def gcd(x1, x2):
    """The greatest common divisor, not negative."""
    if np.ndim(x1) == 0 and np.ndim(x2) == 0:
        return _gcd(np.abs(x1 + (x2 - x2)), np.abs(x2 + (x1 - x1)))
    a, b = np.abs(x1 + (x2 - x2)), np.abs(x2 + (x1 - x1))
    u, v = np.ravel(a), np.ravel(b)
    result = np.empty(u.shape, a.dtype)
    for i in range(u.shape[0]):
        result[i] = _gcd(u[i], v[i])
    return np.reshape(result, a.shape)


def _gcd(a, b):
    """Euclid's algorithm."""
    while b != 0:
        a, b = b, a % b
    return np.abs(a)  # of the smallest number of a type, the absolute value is negative


def lcm(x1, x2):
    """The least common multiple, not negative but where it leaves the range of its type."""
    divisor = gcd(x1, x2)
    a, b = np.abs(x1 + (x2 - x2)), np.abs(x2 + (x1 - x1))
    return a // np.where(divisor == 0, 1, divisor) * b
