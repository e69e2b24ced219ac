"""Windows for filters, and the Bessel function that one is made of."""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false

import math

import numpy as np


def _places(M):
    """``1 - M, 3 - M, ..., M - 1``."""
    return np.arange(1.0 - M, M, 2.0)


def bartlett(M):
    """A triangle."""
    if M < 1:
        return np.ones(0)
    n = _places(M)
    return np.ones(1) if M == 1 else np.where(n <= 0, 1 + n / (M - 1.0), 1 - n / (M - 1.0))


def blackman(M):
    """A sum of three cosines."""
    if M < 1:
        return np.ones(0)
    n = _places(M)
    return np.ones(1) if M == 1 else _cosines(n, M, 0.42, 0.5, 0.08)


def hamming(M):
    """A raised cosine."""
    if M < 1:
        return np.ones(0)
    n = _places(M)
    return np.ones(1) if M == 1 else 0.54 + 0.46 * np.cos(math.pi * n / (M - 1.0))


def hanning(M):
    """A raised cosine that ends at zero."""
    if M < 1:
        return np.ones(0)
    n = _places(M)
    return np.ones(1) if M == 1 else 0.5 + 0.5 * np.cos(math.pi * n / (M - 1.0))


def _cosines(n, M, a, b, c):
    """``a + b cos + c cos 2``."""
    return a + b * np.cos(math.pi * n / (M - 1.0)) + c * np.cos(2.0 * math.pi * n / (M - 1.0))


def kaiser(M, beta):
    """A quotient of Bessel functions."""
    if M == 1:
        return np.ones(1)
    alpha = (M - 1) / 2.0
    gap = (np.arange(M) - alpha) / alpha
    return i0(beta * np.sqrt(1 - gap * gap)) / i0(np.float64(beta))


def i0(x):
    """The modified Bessel function of the first kind of order 0."""
    if np.result_type(x).kind != "f":
        return i0(x * np.float64(1))
    if np.ndim(x) == 0:
        return np.result_type(x).type(_bessel(float(x)))
    flat = np.ravel(x)
    out = np.empty(flat.shape[0], flat.dtype)
    for i in range(flat.shape[0]):
        out[i] = _bessel(float(flat[i]))
    return np.reshape(out, x.shape)


def _bessel(x):
    """``I0(x)``: the series of its powers, and of large numbers the one of their inverses."""
    size = abs(x)
    if size != size or size == math.inf:
        return math.nan  # as NumPy, whose quotient of two infinities it is
    total = 1.0
    term = 1.0
    k = 1
    if size < 25.0:
        while term > total * 1e-17:
            term *= (size / 2.0 / k) * (size / 2.0 / k)
            total += term
            k += 1
        return total
    before = 2.0
    while term > total * 1e-17 and term < before:
        before = term
        term *= (2.0 * k - 1.0) * (2.0 * k - 1.0) / (8.0 * size * k)
        total += term
        k += 1
    half = float(np.exp(np.float64(size / 2.0)))
    return half * (total / (math.sqrt(2.0 * math.pi) * math.sqrt(size))) * half
