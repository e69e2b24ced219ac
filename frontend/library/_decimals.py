"""Floats to more decimals than arithmetic of floats is exact for: in integers of any size, 30 bits in each element."""

import numpy as np

from .elementwise import frexp as _frexp
from .elementwise import ldexp as _ldexp


def round_exactly(size, digits):
    """A magnitude to the number with 1 to 323 decimals that is closest, of two the even one.

    Source: what ``float.__round__`` of CPython asks of D. Gay's ``dtoa`` and ``strtod``, which are exact.
    """
    fraction, places = _frexp(np.float64(size))
    exponent = int(places)
    most = exponent + digits * 3.3219280948873626
    if most > 62.0:
        return size  # of more than 17 decimal digits: there is no closer float
    if most < -2.0:
        return 0.0
    whole, power = int(fraction * 9007199254740992.0), 53 - exponent - digits
    if power < 1:
        return size  # it has no more decimals
    fives, scaled = np.zeros(32, np.int64), np.zeros(32, np.int64)
    fives[0] = 1
    scaled[0], scaled[1] = whole & 1073741823, whole >> 30
    for _ in range(digits):
        _times(fives, 5)
        _times(scaled, 5)
    # `size * 10**digits` is `scaled / 2**power`.
    count = _rounded(scaled, power)
    return 0.0 if count == 0 else _quotient(count, fives, digits)


def _times(number, factor):
    """Multiply a number by a small one."""
    carry = 0
    for i in range(32):
        product = int(number[i]) * factor + carry
        number[i], carry = product & 1073741823, product >> 30


def _bit(number, at):
    """One bit of a number."""
    return int(number[at // 30]) >> at % 30 & 1


def _rounded(number, power):
    """``number / 2**power``, which is below ``2**62``, to the closest integer, of two the even one."""
    result = 0
    for at in range(959, power - 1, -1):
        result = result * 2 + _bit(number, at)
    below = False
    for at in range(power - 1):
        below = below or _bit(number, at) == 1
    half = _bit(number, power - 1) == 1
    return result + 1 if half and (below or result % 2 == 1) else result


def _bits(number):
    """How many bits a number has."""
    at = 959
    while at > 0 and _bit(number, at) == 0:
        at -= 1
    return at + 1


def _quotient(count, fives, digits):
    """``count / 10**digits``, rounded once; ``fives`` is ``5**digits``."""
    rest, divisor = np.zeros(32, np.int64), fives.copy()
    rest[0], rest[1], rest[2] = count & 1073741823, count >> 30 & 1073741823, count >> 60
    shift = _bits(rest) - _bits(divisor)
    for _ in range(shift):
        _times(divisor, 2)
    for _ in range(-shift):
        _times(rest, 2)
    # The quotient is between 1/2 and 2: its bits, the first one before the point.
    result = 0
    for _ in range(58):
        result *= 2
        if _reaches(rest, divisor):
            _subtract(rest, divisor)
            result += 1
        _times(rest, 2)
    scale = shift - 57 - digits
    if bool(np.any(rest != 0)):
        result |= 1
    bits = 57 + (result >> 57)
    drop = max(bits - 53, -1074 - scale)
    if drop > 58:
        return 0.0
    low, half = result & ((1 << drop) - 1), 1 << (drop - 1)
    kept = result >> drop
    if low > half or (low == half and kept % 2 == 1):
        kept += 1
    return float(_ldexp(np.float64(kept), np.int64(scale + drop)))


def _reaches(number, other):
    """Whether a number is not below another one."""
    at = 31
    while at > 0 and number[at] == other[at]:
        at -= 1
    return bool(number[at] >= other[at])


def _subtract(number, other):
    """Take another number from one that is not below it."""
    borrow = 0
    for i in range(32):
        less = int(number[i]) - int(other[i]) - borrow
        borrow = 1 if less < 0 else 0
        number[i] = less + borrow * 1073741824
