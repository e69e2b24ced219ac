"""Draws from continuous distributions, each taking from the stream what NumPy's takes: the method of the ziggurat.

Source: G. Marsaglia and W. W. Tsang, The ziggurat method for generating random variables, 2000.
"""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false, reportIndexIssue=false, reportOptionalMemberAccess=false

import math

import numpy as np

import pyc

from ._tables import ziggurat
from .random import _half, _unit, _unit_single, _word

# --- one number -------------------------------------------------------------------------------------------------------


@pyc.jit(unchecked=True)
def _normal(state):
    """The next number of the standard normal distribution."""
    while True:
        word = _word(state)
        i = int((word & np.uint64(0xFF)).astype(np.int64))
        drawn = ((word >> np.uint64(9)) & np.uint64(0xFFFFFFFFFFFFF)).astype(np.int64)
        x = drawn.astype(np.float64) * ziggurat("normal", "w", np.float64, i)
        if (word >> np.uint64(8)) & np.uint64(1) == np.uint64(1):
            x = -x
        if drawn < ziggurat("normal", "k", np.float64, i):
            return float(x)
        if i == 0:
            while True:
                beyond = -0.27366123732975827203338247596 * math.log1p(-_unit(state))
                height = -math.log1p(-_unit(state))
                if height + height > beyond * beyond:
                    far = 3.6541528853610087963519472518 + beyond
                    return -far if (drawn >> 8) & 1 == 1 else far
        else:
            low = ziggurat("normal", "f", np.float64, i)
            gap = ziggurat("normal", "f", np.float64, i - 1) - low
            if gap * _unit(state) + low < math.exp(-0.5 * x * x):
                return float(x)


@pyc.jit(unchecked=True)
def _normal_single(state):
    """The next number of the standard normal distribution in single precision."""
    while True:
        word = _half(state)
        i = int((word & np.uint64(0xFF)).astype(np.int64))
        drawn = ((word >> np.uint64(9)) & np.uint64(0x7FFFFF)).astype(np.int64)
        x = drawn.astype(np.float32) * ziggurat("normal", "w", np.float32, i)
        if (word >> np.uint64(8)) & np.uint64(1) == np.uint64(1):
            x = -x
        if drawn < ziggurat("normal", "k", np.float32, i):
            return x
        if i == 0:
            while True:
                beyond = np.float32(-0.27366123732975827203338247596) * np.log1p(-_unit_single(state))
                height = -np.log1p(-_unit_single(state))
                if height + height > beyond * beyond:
                    far = np.float32(3.6541528853610087963519472518) + beyond
                    return -far if (drawn >> 8) & 1 == 1 else far
        else:
            low = ziggurat("normal", "f", np.float32, i)
            gap = ziggurat("normal", "f", np.float32, i - 1) - low
            wide = float(x)
            if float(gap * _unit_single(state) + low) < math.exp(-0.5 * wide * wide):
                return x


@pyc.jit(unchecked=True)
def _exponential(state):
    """The next number of the standard exponential distribution."""
    while True:
        word = _word(state) >> np.uint64(3)
        i = int((word & np.uint64(0xFF)).astype(np.int64))
        drawn = (word >> np.uint64(8)).astype(np.int64)
        x = drawn.astype(np.float64) * ziggurat("exponential", "w", np.float64, i)
        if drawn < ziggurat("exponential", "k", np.float64, i):
            return float(x)
        if i == 0:
            return 7.6971174701310497140446280481 - math.log1p(-_unit(state))
        low = ziggurat("exponential", "f", np.float64, i)
        gap = ziggurat("exponential", "f", np.float64, i - 1) - low
        if gap * _unit(state) + low < math.exp(-x):
            return float(x)


@pyc.jit(unchecked=True)
def _exponential_single(state):
    """The next number of the standard exponential distribution in single precision."""
    while True:
        word = _half(state) >> np.uint64(1)
        i = int((word & np.uint64(0xFF)).astype(np.int64))
        drawn = (word >> np.uint64(8)).astype(np.int64)
        x = drawn.astype(np.float32) * ziggurat("exponential", "w", np.float32, i)
        if drawn < ziggurat("exponential", "k", np.float32, i):
            return x
        if i == 0:
            return np.float32(7.6971174701310497140446280481) - np.log1p(-_unit_single(state))
        low = ziggurat("exponential", "f", np.float32, i)
        gap = ziggurat("exponential", "f", np.float32, i - 1) - low
        if gap * _unit_single(state) + low < np.exp(-x):
            return x


def _inverse(state):
    """The next number of the standard exponential distribution, by its inverse."""
    return -math.log1p(-_unit(state))


def _inverse_single(state):
    """The next number of the standard exponential distribution, by its inverse, rounded to single precision."""
    return np.float32(-math.log1p(-float(_unit_single(state))))


@pyc.jit(unchecked=True)
def _gamma(state, shape):
    """The next number of the standard gamma distribution. Source: G. Marsaglia and W. W. Tsang, 2000."""
    if shape == 1.0:
        return _exponential(state)
    if shape == 0.0:
        return 0.0
    if shape < 1.0:
        while True:
            u = _unit(state)
            v = _exponential(state)
            if u <= 1.0 - shape:
                x = _power(u, 1.0 / shape)
                if x <= v:
                    return x
            else:
                y = -math.log((1.0 - u) / shape)
                x = _power(1.0 - shape + shape * y, 1.0 / shape)
                if x <= v + y:
                    return x
    b = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * b)
    while True:
        x = _normal(state)
        v = 1.0 + c * x
        while v <= 0.0:
            x = _normal(state)
            v = 1.0 + c * x
        v = v * v * v
        u = _unit(state)
        if u < 1.0 - 0.0331 * (x * x) * (x * x):
            return b * v
        if _log(u) < 0.5 * x * x + b * (1.0 - v + _log(v)):
            return b * v


def _log(x):
    """The logarithm, of 0 too."""
    return float(np.log(np.float64(x)))


def _power(x, y):
    """C's ``pow``."""
    return float(np.power(np.float64(x), np.float64(y)))


# --- arrays of them ---------------------------------------------------------------------------------------------------


def _standard(state, size, dtype, wide, single):
    """Numbers, or one, of a distribution without parameters, in double or single precision."""
    if np.result_type(dtype) == np.float32:
        if size is None:
            return float(single(state))
        out = np.empty(np.empty(size).size, np.float32)
        for i in range(out.shape[0]):
            out[i] = single(state)
        return np.reshape(out, size)
    if size is None:
        return wide(state)
    out = np.empty(np.empty(size).size)
    for i in range(out.shape[0]):
        out[i] = wide(state)
    return np.reshape(out, size)


def standard_normal(state, size=None, dtype=np.float64):
    """Numbers of the standard normal distribution."""
    return _standard(state, size, dtype, _normal, _normal_single)


def standard_exponential(state, size=None, dtype=np.float64, method="zig"):
    """Numbers of the standard exponential distribution."""
    if method == "zig":
        return _standard(state, size, dtype, _exponential, _exponential_single)
    if method == "inv":
        return _standard(state, size, dtype, _inverse, _inverse_single)
    raise ValueError("method of standard_exponential is 'zig' or 'inv'")


def _drawn(state, size, a, b, draw):
    """Numbers, or one, of a distribution with two parameters, which are numbers or arrays."""
    if np.ndim(a) == 0 and np.ndim(b) == 0:
        if size is None:
            return draw(state, float(a), float(b))
        out = np.empty(np.empty(size).size)
        for i in range(out.shape[0]):
            out[i] = draw(state, float(a), float(b))
        return np.reshape(out, size)
    if size is None:
        x, y = np.broadcast_arrays(np.asarray(a), np.asarray(b))
    else:
        x, y = np.broadcast_to(np.asarray(a), size), np.broadcast_to(np.asarray(b), size)
    u, v = np.ravel(x), np.ravel(y)
    out = np.empty(u.shape[0])
    for i in range(out.shape[0]):
        out[i] = draw(state, float(u[i]), float(v[i]))
    return np.reshape(out, x.shape)


def _nonnegative(x, message):
    """Refuse parameters that are negative; NaN is none."""
    if np.any(np.asarray(np.signbit(x) & (x == x))):
        raise ValueError(message)


def _positive(x, message):
    """Refuse parameters that are not above zero; NaN is above."""
    if np.any(np.asarray(x <= 0)):
        raise ValueError(message)


def uniform(state, low=0.0, high=1.0, size=None):
    """Numbers from ``low`` to ``high``."""
    extent = np.subtract(high, low) * 1.0
    if not np.all(np.asarray(np.isfinite(extent))):
        if np.ndim(extent) == 0:
            raise OverflowError("high - low range exceeds valid bounds")
        raise OverflowError("Range exceeds valid bounds")
    if np.any(np.asarray(np.signbit(extent))):
        raise ValueError("high - low < 0")
    return _drawn(state, size, low, extent, _uniform_of)


def _uniform_of(state, low, extent):
    """The next number of the uniform distribution."""
    return low + extent * _unit(state)


def normal(state, loc=0.0, scale=1.0, size=None):
    """Numbers of normal distributions."""
    _nonnegative(scale, "scale < 0")
    return _drawn(state, size, loc, scale, _normal_of)


def _normal_of(state, loc, scale):
    """The next number of the normal distribution."""
    return loc + scale * _normal(state)


def lognormal(state, mean=0.0, sigma=1.0, size=None):
    """Numbers whose logarithms are of normal distributions."""
    _nonnegative(sigma, "sigma < 0")
    return _drawn(state, size, mean, sigma, _lognormal_of)


def _lognormal_of(state, mean, sigma):
    """The next number of the lognormal distribution."""
    return _exp(_normal_of(state, mean, sigma))


def exponential(state, scale=1.0, size=None):
    """Numbers of exponential distributions."""
    _nonnegative(scale, "scale < 0")
    return _drawn(state, size, scale, 0.0, _exponential_of)


def _exponential_of(state, scale, _):
    """The next number of the exponential distribution."""
    return scale * _exponential(state)


def standard_gamma(state, shape, size=None):
    """Numbers of gamma distributions with the scale 1."""
    _nonnegative(shape, "shape < 0")
    return _drawn(state, size, shape, 1.0, _gamma_of)


def gamma(state, shape, scale=1.0, size=None):
    """Numbers of gamma distributions."""
    _nonnegative(shape, "shape < 0")
    _nonnegative(scale, "scale < 0")
    return _drawn(state, size, shape, scale, _gamma_of)


def _gamma_of(state, shape, scale):
    """The next number of the gamma distribution."""
    return scale * _gamma(state, shape)


def chisquare(state, df, size=None):
    """Numbers of chi-square distributions."""
    _positive(df, "df <= 0")
    return _drawn(state, size, df, 0.0, _chisquare_of)


def _chisquare_of(state, df, _):
    """The next number of the chi-square distribution."""
    return 2.0 * _gamma(state, df / 2.0)


def beta(state, a, b, size=None):
    """Numbers of beta distributions."""
    _positive(a, "a <= 0")
    _positive(b, "b <= 0")
    return _drawn(state, size, a, b, _beta_of)


def _beta_of(state, a, b):
    """The next number. Source: M. D. Johnk, 1964, for small parameters; else a quotient of gamma draws."""
    if a <= 1.0 and b <= 1.0:
        if a < 3e-103 and b < 3e-103:
            return 1.0 if (a + b) * _unit(state) < a else 0.0
        while True:
            u = _unit(state)
            v = _unit(state)
            x = _power(u, 1.0 / a)
            y = _power(v, 1.0 / b)
            total = x + y
            if total <= 1.0 and u + v > 0.0:
                if x > 0.0 and y > 0.0:
                    return x / total
                p = _log(u) / a
                q = _log(v) / b
                most = p if p > q else q
                return _exp(p - most - _log(_exp(p - most) + _exp(q - most)))
    x = _gamma(state, a)
    y = _gamma(state, b)
    return x / (x + y)


def standard_t(state, df, size=None):
    """Numbers of Student's t distributions."""
    _positive(df, "df <= 0")
    return _drawn(state, size, df, 0.0, _t_of)


def _t_of(state, df, _):
    """The next number of the Student's t distribution."""
    above = _normal(state)
    below = _gamma(state, df / 2.0)
    return float(np.sqrt(np.float64(df / 2.0)) * above / np.sqrt(np.float64(below)))


def laplace(state, loc=0.0, scale=1.0, size=None):
    """Numbers of Laplace distributions."""
    _nonnegative(scale, "scale < 0")
    return _drawn(state, size, loc, scale, _laplace_of)


def _laplace_of(state, loc, scale):
    """The next number of the Laplace distribution."""
    u = _unit(state)
    while u <= 0.0:
        u = _unit(state)
    return loc - scale * _log(2.0 - u - u) if u >= 0.5 else loc + scale * _log(u + u)


def gumbel(state, loc=0.0, scale=1.0, size=None):
    """Numbers of Gumbel distributions."""
    _nonnegative(scale, "scale < 0")
    return _drawn(state, size, loc, scale, _gumbel_of)


def _gumbel_of(state, loc, scale):
    """The next number of the Gumbel distribution."""
    u = 1.0 - _unit(state)
    while u >= 1.0:
        u = 1.0 - _unit(state)
    return loc - scale * _log(-_log(u))


def logistic(state, loc=0.0, scale=1.0, size=None):
    """Numbers of logistic distributions."""
    _nonnegative(scale, "scale < 0")
    return _drawn(state, size, loc, scale, _logistic_of)


def _logistic_of(state, loc, scale):
    """The next number of the logistic distribution."""
    u = _unit(state)
    while u <= 0.0:
        u = _unit(state)
    return loc + scale * _log(u / (1.0 - u))


def rayleigh(state, scale=1.0, size=None):
    """Numbers of Rayleigh distributions."""
    _nonnegative(scale, "scale < 0")
    return _drawn(state, size, scale, 0.0, _rayleigh_of)


def _rayleigh_of(state, scale, _):
    """The next number of the Rayleigh distribution."""
    return scale * math.sqrt(2.0 * _exponential(state))


def weibull(state, a, size=None):
    """Numbers of Weibull distributions."""
    _nonnegative(a, "a < 0")
    return _drawn(state, size, a, 0.0, _weibull_of)


def _weibull_of(state, a, _):
    """The next number of the Weibull distribution."""
    return 0.0 if a == 0.0 else _power(_exponential(state), 1.0 / a)


def pareto(state, a, size=None):
    """Numbers of Pareto distributions, less 1."""
    _positive(a, "a <= 0")
    return _drawn(state, size, a, 0.0, _pareto_of)


def _pareto_of(state, a, _):
    """The next number of the Pareto distribution."""
    return float(np.expm1(np.float64(_exponential(state) / a)))


def _exp(x):
    """The exponential function, of large numbers too."""
    return float(np.exp(np.float64(x)))
