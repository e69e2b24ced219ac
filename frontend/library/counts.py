"""Draws from discrete distributions, each taking from the stream what NumPy's takes."""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false, reportIndexIssue=false

import math

import numpy as np

import pyc

from .draws import _exponential, _log
from .random import _unit


def _counted(state, size, a, b, draw):
    """Numbers, or one, of a distribution with two parameters, which are numbers or arrays."""
    if np.ndim(a) == 0 and np.ndim(b) == 0:
        if size is None:
            return draw(state, a, b)
        out = np.empty(np.empty(size).size, np.int64)
        for i in range(out.shape[0]):
            out[i] = draw(state, a, b)
        return np.reshape(out, size)
    if size is None:
        x, y = np.broadcast_arrays(np.asarray(a), np.asarray(b))
    else:
        x, y = np.broadcast_to(np.asarray(a), size), np.broadcast_to(np.asarray(b), size)
    u, v = np.ravel(x), np.ravel(y)
    out = np.empty(u.shape[0], np.int64)
    for i in range(out.shape[0]):
        out[i] = draw(state, u[i], v[i])
    return np.reshape(out, x.shape)


def poisson(state, lam=1.0, size=None):
    """Numbers of Poisson distributions."""
    if not np.all(np.asarray(lam >= 0)):
        if np.ndim(lam) > 0:
            raise ValueError("lam < 0 or lam contains NaNs")
        raise ValueError("lam < 0 or lam is NaN")
    if np.any(np.asarray(lam > 9.223372006484771e18)):
        raise ValueError("lam value too large")
    return _counted(state, size, lam, 0, _poisson_of)


@pyc.jit(unchecked=True)
def _poisson_of(state, number, _):
    """The next number. Source: W. Hormann, Insurance: Mathematics and Economics 12, 1993, for large means."""
    lam = float(number)
    if lam == 0.0:
        return 0
    if lam < 10.0:
        least = math.exp(-lam)
        k = 0
        product = _unit(state)
        while product > least:
            k += 1
            product *= _unit(state)
        return k
    root = math.sqrt(lam)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse = 1.1239 + 1.1328 / (b - 3.4)
    ratio = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = _unit(state) - 0.5
        v = _unit(state)
        side = 0.5 - abs(u)
        k = math.floor((2.0 * a / side + b) * u + lam + 0.43)
        if side >= 0.07 and v <= ratio:
            return k
        if k < 0 or (side < 0.013 and v > side):
            continue
        likely = -lam + k * math.log(lam) - _log_gamma(k + 1.0)
        if _log(v) + math.log(inverse) - math.log(a / (side * side) + b) <= likely:
            return k


def _log_gamma(x):
    """The logarithm of the gamma function. Source: S. Zhang and J. Jin, Computation of Special Functions, 1996."""
    if x == 1.0 or x == 2.0:
        return 0.0
    n = int(7.0 - x) if x < 7.0 else 0
    y = x + n
    square = (1.0 / y) * (1.0 / y)
    total = -1.39243221690590e00
    total = total * square + 1.796443723688307e-01
    total = total * square - 2.955065359477124e-02
    total = total * square + 6.410256410256410e-03
    total = total * square - 1.917526917526918e-03
    total = total * square + 8.417508417508418e-04
    total = total * square - 5.952380952380952e-04
    total = total * square + 7.936507936507937e-04
    total = total * square - 2.777777777777778e-03
    total = total * square + 8.333333333333333e-02
    result = total / y + 0.5 * 1.8378770664093453 + (y - 0.5) * math.log(y) - y
    if x < 7.0:
        for _ in range(n):
            result -= math.log(y - 1.0)
            y -= 1.0
    return result


def geometric(state, p, size=None):
    """How many trials it takes until the first success."""
    if not np.all(np.asarray((p > 0) & (p <= 1))):
        raise ValueError("p <= 0, p > 1 or p contains NaNs")
    return _counted(state, size, p, 0, _geometric_of)


@pyc.jit(unchecked=True)
def _geometric_of(state, number, _):
    """The next number of the geometric distribution."""
    p = float(number)
    if p >= 0.333333333333333333333333:
        k = 1
        total = p
        product = p
        u = _unit(state)
        while u > total:
            product *= 1.0 - p
            total += product
            k += 1
        return k
    trials = -_exponential(state) / math.log1p(-p)
    return math.ceil(trials) if trials < 9.223372036854775e18 else 9223372036854775807


def binomial(state, n, p, size=None):
    """How many of ``n`` trials are successes."""
    if not np.all(np.asarray((p >= 0) & (p <= 1))):
        raise ValueError("p < 0, p > 1 or p is NaN")
    if np.any(np.asarray(n < 0)):
        raise ValueError("n < 0")
    return _counted(state, size, n, p, _binomial_of)


@pyc.jit(unchecked=True)
def _binomial_of(state, number, share):
    """The next number of the binomial distribution."""
    n = int(number)
    p = float(share)
    if n == 0 or p == 0.0:
        return 0
    if p <= 0.5:
        return _by_inversion(state, n, p) if p * n <= 30.0 else _by_rejection(state, n, p)
    q = 1.0 - p
    return n - (_by_inversion(state, n, q) if q * n <= 30.0 else _by_rejection(state, n, q))


def _by_inversion(state, n, p):
    """The number of successes, of few: probabilities are summed until they reach a draw."""
    q = 1.0 - p
    none = math.exp(n * math.log(q))
    mean = n * p
    most = int(min(float(n), mean + 10.0 * math.sqrt(mean * q + 1.0)))
    k = 0
    share = none
    u = _unit(state)
    while u > share:
        k += 1
        if k > most:
            k = 0
            share = none
            u = _unit(state)
        else:
            u -= share
            share = ((n - k + 1) * p * share) / (k * q)
    return k


def _by_rejection(state, n, p):
    """The number of successes, of many. Source: V. Kachitvichyanukul and B. W. Schmeiser, algorithm BTPE, 1988."""
    r = min(p, 1.0 - p)
    q = 1.0 - r
    top = n * r + r
    m = math.floor(top)
    p1 = math.floor(2.195 * math.sqrt(n * r * q) - 4.6 * q) + 0.5
    xm = m + 0.5
    xl = xm - p1
    xr = xm + p1
    c = 0.134 + 20.5 / (15.3 + m)
    a = (top - xl) / (top - xl * r)
    left = a * (1.0 + a / 2.0)
    a = (xr - top) / (xr * q)
    right = a * (1.0 + a / 2.0)
    p2 = p1 * (1.0 + 2.0 * c)
    p3 = p2 + c / left
    p4 = p3 + c / right
    spread = n * r * q
    while True:
        u = _unit(state) * p4
        v = _unit(state)
        if u <= p1:
            return math.floor(xm - p1 * v + u)
        if u <= p2:
            x = xl + (u - p1) / c
            v = v * c + 1.0 - abs(m - x + 0.5) / p1
            if v > 1.0:
                continue
            y = math.floor(x)
        elif u <= p3:
            if v == 0.0:
                continue
            y = math.floor(xl + math.log(v) / left)
            if y < 0:
                continue
            v = v * (u - p2) * left
        else:
            if v == 0.0:
                continue
            y = math.floor(xr - math.log(v) / right)
            if y > n:
                continue
            v = v * (u - p3) * right
        if _accepted(n, r, q, m, xm, spread, y, v):
            return y


def _accepted(n, r, q, m, xm, spread, y, v):
    """Whether a draw is below the probability of ``y``."""
    k = abs(y - m)
    if k <= 20 or k >= spread / 2.0 - 1.0:
        s = r / q
        a = s * (n + 1)
        share = 1.0
        if m < y:
            for i in range(m + 1, y + 1):
                share *= a / i - s
        elif m > y:
            for i in range(y + 1, m + 1):
                share /= a / i - s
        return v <= share
    rho = (k / spread) * ((k * (k / 3.0 + 0.625) + 0.16666666666666666) / spread + 0.5)
    t = -k * k / (2.0 * spread)
    height = _log(v)
    if height < t - rho:
        return True
    if height > t + rho:
        return False
    x1, f1, z, w = y + 1.0, m + 1.0, n + 1.0 - m, n - y + 1.0
    bound = xm * math.log(f1 / x1) + (n - m + 0.5) * math.log(z / w) + (y - m) * math.log(w * r / (x1 * q))
    return height <= bound + _tail(f1) + _tail(z) + _tail(x1) + _tail(w)


def _tail(x):
    """What Stirling's formula lacks."""
    square = x * x
    return (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / square) / square) / square) / square) / x / 166320.0
