"""Functions of ``math`` and of Python's numbers that are made of others: exact integers, and floats bit by bit."""

import math

import numpy as np

from ._decimals import round_exactly as _round_exactly
from .elementwise import frexp as _frexp
from .elementwise import ldexp as _ldexp
from .elementwise import nextafter as _nextafter

# --- integers ---------------------------------------------------------------------------------------------------------


def gcd(a, b):
    """The greatest common divisor, not negative."""
    x, y = a, b
    while y != 0:
        x, y = y, x % y
    return abs(x)  # only here: the magnitude of the smallest integer is not one


def lcm(a, b):
    """The least common multiple, not negative."""
    if a == 0 or b == 0:
        return 0
    return abs(a // gcd(a, b) * b)


def isqrt(n):
    """The largest integer whose square is not above ``n``."""
    if n < 0:
        raise ValueError("isqrt() argument must be nonnegative")
    root = min(int(math.sqrt(n)), 3037000499)
    while root * root > n:
        root -= 1
    while root < 3037000499 and (root + 1) * (root + 1) <= n:
        root += 1
    return root


def factorial(n):
    """``1 * 2 * ... * n``."""
    if n < 0:
        raise ValueError("factorial() not defined for negative values")
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result


def perm(n, k=None):
    """In how many ways ``k`` of ``n`` things can be put in order."""
    if k is None:
        return factorial(n)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    result = 1
    if k > n:
        result = 0
    else:
        for i in range(k):
            result *= n - i
    return result


def comb(n, k):
    """In how many ways ``k`` of ``n`` things can be chosen."""
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    result = 1
    if k > n:
        result = 0
    else:
        for i in range(min(k, n - k)):
            # Divided first, so that nothing is larger than the result.
            shared = gcd(result, i + 1)
            result = result // shared * ((n - i) // ((i + 1) // shared))
    return result


def bit_length(n):
    """The number of binary digits of the magnitude."""
    if n == -9223372036854775808:
        return 64
    rest = abs(n)
    count = 0
    while rest > 0:
        rest >>= 1
        count += 1
    return count


def bit_count(n):
    """The number of ones among the binary digits of the magnitude."""
    rest = n
    if n < 0:
        if n == -9223372036854775808:
            return 1
        rest = -n
    count = 0
    while rest > 0:
        count += rest & 1
        rest >>= 1
    return count


def power_modulo(base, exponent, modulus):
    """``base ** exponent % modulus`` without the large power."""
    if modulus == 0:
        raise ValueError("pow() 3rd argument cannot be 0")
    size = abs(modulus)
    factor = base % size
    rest = exponent
    result = 1 % size
    if exponent < 0:
        # One factor less than -exponent, which may need more than 64 bits.
        factor = _inverse(factor, size)
        result = factor
        rest = -1 - exponent
    while rest > 0:
        if rest & 1 == 1:
            result = _product(result, factor, size)
        factor = _product(factor, factor, size)
        rest >>= 1
    if modulus < 0 and result != 0:
        result += modulus
    return result


def _inverse(a, size):
    """The number whose product with ``a`` is 1, up to multiples of ``size``."""
    r, s = size, a
    t, u = 0, 1
    while s != 0:
        q = r // s
        r, s = s, r - q * s
        t, u = u, t - q * u
    if r != 1:
        raise ValueError("base is not invertible for the given modulus")
    return t % size


def _product(a, b, size):
    """``a * b % size`` of natural numbers below ``size``, whose product may need more than 64 bits."""
    result = 0
    if size < 2147483648:
        result = a * b % size
    else:
        factor = a
        rest = b
        while rest > 0:
            if rest & 1 == 1:
                result = result - (size - factor) if result >= size - factor else result + factor
            factor = factor - (size - factor) if factor >= size - factor else factor + factor
            rest >>= 1
    return result


def round_integer(n, digits):
    """An integer to a multiple of a power of ten, halves to the even one."""
    if digits >= 0:
        return n
    if digits < -19:
        return 0
    if digits == -19:
        return 0 if -5000000000000000000 <= n <= 5000000000000000000 else n * 4
    unit = 10 ** (-digits)
    rest = n % unit
    up = rest > unit - rest or (rest == unit - rest and n // unit % 2 == 1)
    return n + (unit - rest) if up else n - rest


# --- floats -----------------------------------------------------------------------------------------------------------


def round_float(x, digits):
    """To the number with so many decimals that is closest to ``x``, of two the one with the even last digit."""
    if x != x or abs(x) == math.inf or x == 0.0 or digits > 323:
        return x
    size = abs(x)
    if digits < 0:
        return math.copysign(_to_tens(size, digits), x)
    if digits > 22:
        return math.copysign(_round_exactly(size, digits), x)
    unit = 10.0**digits
    y = size * unit
    if y >= 4503599627370496.0:
        # Of 16 digits or more: one that is dropped may be more than a float of this size tells apart.
        return x if digits == 0 else math.copysign(_round_exactly(size, digits), x)
    error = _product_error(size, unit, y)
    low = math.floor(y) * 1.0
    part = y - low
    up = part > 0.5 or (part == 0.5 and (error > 0.0 or (error == 0.0 and low % 2.0 == 1.0)))
    return math.copysign((low + 1.0 if up else low) / unit, x)


def _to_tens(size, digits):
    """A magnitude to a multiple of a power of ten; within a unit in the last place where that is above ``1e22``."""
    if digits < -308:
        return 0.0
    unit = 10.0 ** (-digits)
    rest = math.fmod(size, unit)
    gap = unit - rest  # exact where it is added: then it is at most half of the unit
    up = rest > gap or (rest == gap and math.fmod(size, 2.0 * unit) >= unit)
    result = size + gap if up else size - rest
    if result == math.inf:
        raise OverflowError("rounded value too large to represent")
    return result


def _product_error(a, b, product):
    """``a * b - product`` exactly. Source: T. J. Dekker, A floating-point technique, 1971."""
    t = a * 134217729.0
    a_high = t - (t - a)
    a_low = a - a_high
    u = b * 134217729.0
    b_high = u - (u - b)
    b_low = b - b_high
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def is_integer(x):
    """Whether a float is a whole number."""
    return abs(x) < math.inf and math.fmod(x, 1.0) == 0.0


def remainder(x, y):
    """The difference of ``x`` and the closest multiple of ``y``, of two the even one."""
    if x != x or y != y:
        return x + y
    if abs(x) == math.inf or y == 0.0:
        raise ValueError("math domain error")
    if abs(y) == math.inf:
        return x
    a, b = abs(x), abs(y)
    m = math.fmod(a, b)
    c = b - m
    r = m if m < c else (-c if m > c else m - 2.0 * math.fmod(0.5 * (a - m), b))
    return math.copysign(1.0, x) * r


def modf(x):
    """The fraction and the whole part, both with the sign of ``x``."""
    whole = x - math.fmod(x, 1.0) if abs(x) < 4503599627370496.0 else x
    part = math.fmod(x, 1.0) if abs(x) < math.inf else (x if x != x else 0.0)
    return math.copysign(part, x), math.copysign(whole, x)


def frexp(x):
    """The mantissa in [0.5, 1) and the exponent of 2."""
    mantissa, exponent = _frexp(np.float64(x))
    return float(mantissa), int(exponent)


def ldexp(x, i):
    """``x * 2**i``, rounded once."""
    result = float(_ldexp(np.float64(x), np.int64(i)))
    if abs(result) == math.inf and abs(x) != math.inf:
        raise OverflowError("math range error")
    return result


def nextafter(x, y):
    """The float beside ``x`` in the direction of ``y``."""
    return float(_nextafter(np.float64(x), np.float64(y)))


def ulp(x):
    """The distance to the next float away from zero."""
    a = abs(x)
    if a != a or a == math.inf:
        return a
    after = nextafter(a, math.inf)
    return a - nextafter(a, -math.inf) if after == math.inf else after - a


def isclose(a, b, rel_tol, abs_tol):
    """Whether two floats differ by little beside the larger of them."""
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if abs(a) == math.inf or abs(b) == math.inf:
        return False
    gap = abs(b - a)
    return gap <= abs(rel_tol * b) or gap <= abs(rel_tol * a) or gap <= abs_tol


def hypot(x, y):
    """``sqrt(x*x + y*y)``, corrected by what its square is off. Source: CPython's ``vector_norm``."""
    a, b = abs(x), abs(y)
    if a == math.inf or b == math.inf:
        return math.inf
    if a != a or b != b:
        return a + b
    if a == 0.0 or b == 0.0:
        return a + b
    up = max(a, b) > 1e150
    scale = 2.409919865102884e-181 if up else (4.149515568880993e180 if max(a, b) < 1e-150 else 1.0)
    p, q = a * scale, b * scale
    h = math.sqrt(p * p + q * q)
    square = h * h
    pp, qq = p * p, q * q
    large, small = max(pp, qq), min(pp, qq)
    rest = (large - square) + small
    rest += _product_error(p, p, pp) + _product_error(q, q, qq) - _product_error(h, h, square)
    result = (h + rest / (2.0 * h)) / scale
    if result == math.inf:
        raise OverflowError("math range error")
    return result


def gamma(x):
    """The gamma function. Source: C. Lanczos, with the coefficients of CPython's ``mathmodule.c``."""
    if x != x or x == math.inf:
        return x
    if x == -math.inf or x == 0.0:
        raise ValueError("math domain error")
    size = abs(x)
    if x == math.floor(x) * 1.0 if size < 1e15 else True:
        if x < 0.0:
            raise ValueError("math domain error")
        if x <= 23.0:
            product = 1.0
            for i in range(2, int(x)):
                product *= i
            return product
    if size < 1e-20:
        if 1.0 / size == math.inf:
            raise OverflowError("math range error")
        return 1.0 / x
    if size > 200.0:
        if x < 0.0:
            return 0.0 / _sinpi(x)
        raise OverflowError("math range error")
    y = size + 5.524680040776729583740234375
    lost = (
        (y - size) - 5.524680040776729583740234375
        if size > 5.524680040776729583740234375
        else (y - 5.524680040776729583740234375) - size
    )
    z = lost * 6.024680040776729583740234375 / y
    if x < 0.0:
        r = -math.pi / _sinpi(size) / size * math.exp(y) / _lanczos(size)
        r -= z * r
        if size < 140.0:
            r /= y ** (size - 0.5)
        else:
            r = r / y ** (size / 2.0 - 0.25) / y ** (size / 2.0 - 0.25)
    else:
        r = _lanczos(size) / math.exp(y)
        r += z * r
        if size < 140.0:
            r *= y ** (size - 0.5)
        else:
            r = r * y ** (size / 2.0 - 0.25) * y ** (size / 2.0 - 0.25)
    if abs(r) == math.inf:
        raise OverflowError("math range error")
    return r


def lgamma(x):
    """The logarithm of the magnitude of the gamma function."""
    if x != x:
        return x
    size = abs(x)
    if size == math.inf:
        return math.inf
    if (x == math.floor(x) * 1.0 if size < 1e15 else True) and x <= 2.0:
        if x <= 0.0:
            raise ValueError("math domain error")
        return 0.0
    if size < 1e-20:
        return -math.log(size)
    r = math.log(_lanczos(size)) - 6.024680040776729583740234375
    r += (size - 0.5) * (math.log(size + 6.024680040776729583740234375 - 0.5) - 1.0)
    if x < 0.0:
        r = 1.144729885849400174143427351353058711647 - math.log(abs(_sinpi(size))) - math.log(size) - r
    if abs(r) == math.inf:
        raise OverflowError("math range error")
    return r


def _sinpi(x):
    """``sin(pi x)``, exact where it is 0 or 1."""
    y = math.fmod(abs(x), 2.0)
    n = round(2.0 * y)
    if n == 0:
        r = math.sin(math.pi * y)
    elif n == 1:
        r = math.cos(math.pi * (y - 0.5))
    elif n == 2:
        r = math.sin(math.pi * (1.0 - y))
    elif n == 3:
        r = -math.cos(math.pi * (y - 1.5))
    else:
        r = math.sin(math.pi * (y - 2.0))
    return math.copysign(1.0, x) * r


def _lanczos(x):
    """The quotient of two polynomials that makes up most of the gamma function."""
    if x < 5.0:
        above = 2.5066282746310002701649081771338373386264310793408
        above = above * x + 210.82427775157934587250973392071336271166969580291
        above = above * x + 8071.6720023658162106380029022722506138218516325024
        above = above * x + 186056.26539522349504029498971604569928220784236328
        above = above * x + 2876370.6289353724412254090516208496135991145378768
        above = above * x + 31426415.585400194380614231628318205362874684987640
        above = above * x + 248874557.86205415651146038641322942321632125127801
        above = above * x + 1439720407.3117216736632230727949123939715485786372
        above = above * x + 6039542586.3520280050642916443072979210699388420708
        above = above * x + 17921034426.037209699919755754458931112671403265390
        above = above * x + 35711959237.355668049440185451547166705960488635843
        above = above * x + 42919803642.649098768957899047001988850926355848959
        above = above * x + 23531376880.410759688572007674451636754734846804940
        below = x + 66.0
        below = below * x + 1925.0
        below = below * x + 32670.0
        below = below * x + 357423.0
        below = below * x + 2637558.0
        below = below * x + 13339535.0
        below = below * x + 45995730.0
        below = below * x + 105258076.0
        below = below * x + 150917976.0
        below = below * x + 120543840.0
        below = below * x + 39916800.0
        below = below * x
    else:
        above = 23531376880.410759688572007674451636754734846804940
        above = above / x + 42919803642.649098768957899047001988850926355848959
        above = above / x + 35711959237.355668049440185451547166705960488635843
        above = above / x + 17921034426.037209699919755754458931112671403265390
        above = above / x + 6039542586.3520280050642916443072979210699388420708
        above = above / x + 1439720407.3117216736632230727949123939715485786372
        above = above / x + 248874557.86205415651146038641322942321632125127801
        above = above / x + 31426415.585400194380614231628318205362874684987640
        above = above / x + 2876370.6289353724412254090516208496135991145378768
        above = above / x + 186056.26539522349504029498971604569928220784236328
        above = above / x + 8071.6720023658162106380029022722506138218516325024
        above = above / x + 210.82427775157934587250973392071336271166969580291
        above = above / x + 2.5066282746310002701649081771338373386264310793408
        below = 39916800.0 / x + 120543840.0
        below = below / x + 150917976.0
        below = below / x + 105258076.0
        below = below / x + 45995730.0
        below = below / x + 13339535.0
        below = below / x + 2637558.0
        below = below / x + 357423.0
        below = below / x + 32670.0
        below = below / x + 1925.0
        below = below / x + 66.0
        below = below / x + 1.0
    return above / below


# --- arrays -----------------------------------------------------------------------------------------------------------


def fsum(x):
    """The sum of an array, rounded once. Source: J. R. Shewchuk, Adaptive precision arithmetic, 1997."""
    parts = np.zeros(64, np.float64)
    used = 0
    special = 0.0
    infinite = 0.0
    for i in range(x.shape[0]):
        value = float(x[i])
        if abs(value) < math.inf:
            kept = 0
            for j in range(used):
                other = float(parts[j])
                a, b = (other, value) if abs(value) < abs(other) else (value, other)
                high = a + b
                low = b - (high - a)
                if low != 0.0:
                    parts[kept] = low
                    kept += 1
                value = high
            parts[kept] = value
            used = kept + 1
            if abs(value) == math.inf:
                raise OverflowError("intermediate overflow in fsum")
        else:
            special += value
            if abs(value) == math.inf:
                infinite += value
    if special != 0.0:
        if infinite != infinite:
            raise ValueError("-inf + inf in fsum")
        return special
    total = 0.0
    low = 0.0
    n = used
    while n > 0 and low == 0.0:
        n -= 1
        before = total
        total = before + float(parts[n])
        low = float(parts[n]) - (total - before)
    if n > 0 and ((low < 0.0 and parts[n - 1] < 0.0) or (low > 0.0 and parts[n - 1] > 0.0)):
        # Half a unit was left over, and more behind it: the tie is none.
        twice = low * 2.0
        more = total + twice
        if twice == more - total:
            total = more
    return total


def prod(x, start):
    """The product of ``start`` and the elements, in order."""
    result = x.dtype.type(1) * start
    for i in range(x.shape[0]):
        result = result * x[i]
    return result


def largest(x):
    """Python's ``max`` of the elements of an array that has some."""
    result = x[0]
    for i in range(1, x.shape[0]):
        if x[i] > result:
            result = x[i]
    return result


def smallest(x):
    """Python's ``min`` of the elements of an array that has some."""
    result = x[0]
    for i in range(1, x.shape[0]):
        if x[i] < result:
            result = x[i]
    return result
