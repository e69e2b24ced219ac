"""Polynomials of NumPy, by their coefficients, the highest power first."""

import numpy as np

from .eigenvalues import eigvals as _eigvals
from .singular_values import lstsq as _lstsq


def polyval(p, x):
    """The polynomial with the coefficients ``p``, highest first, at ``x``."""
    if np.ndim(x) == 0:
        z = np.reshape(np.asarray(x), (1,))[0]
        value = np.zeros(1, np.result_type(z, p))[0]
        for i in range(p.shape[0]):
            value = value * z + p[i]
        return value
    y = np.zeros_like(x).astype(np.result_type(x, p))
    for i in range(p.shape[0]):
        y = y * x + p[i]
    return y


def poly(seq_of_zeros):
    """The coefficients of the polynomial with these zeros; of a square matrix, with its eigenvalues."""
    if seq_of_zeros.ndim == 2:
        if seq_of_zeros.shape[0] != seq_of_zeros.shape[1] or seq_of_zeros.shape[0] == 0:
            raise ValueError("input must be 1d or non-empty square 2d array.")
        found = _from_zeros(_eigvals(seq_of_zeros))
        # Those of a real matrix come in pairs, conjugates of each other in every bit.
        return found if np.iscomplexobj(seq_of_zeros) else found.real.copy()
    if seq_of_zeros.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    if seq_of_zeros.dtype.kind == "f" or seq_of_zeros.dtype.kind == "c":
        return _from_zeros(seq_of_zeros)
    return _from_zeros(seq_of_zeros.astype(np.float64))


def _from_zeros(zeros):
    """The product of the factors ``x - zero``."""
    n = zeros.shape[0]
    out = np.zeros(n + 1, zeros.dtype)
    out[0] = 1
    for i in range(n):
        for k in range(i + 1):
            j = i + 1 - k
            out[j] = out[j] - zeros[i] * out[j - 1]
    return out


def roots(p):
    """The zeros, complex, as the eigenvalues of the companion matrix; zeros at 0 last."""
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    first, last = 0, p.shape[0]
    while first < last and p[first] == 0:
        first += 1
    while last > first and p[last - 1] == 0:
        last -= 1
    n = max(last - first - 1, 0)
    whole = p * 1.0
    companion = np.zeros((n, n), whole.dtype)
    for i in range(n):
        companion[0, i] = -whole[first + 1 + i] / whole[first]
        if i > 0:
            companion[i, i - 1] = 1
    found = _eigvals(companion)
    out = np.zeros(n + (p.shape[0] - last if first < last else 0), found.dtype)
    for i in range(n):
        out[i] = found[i]
    return out


def polyfit(x, y, deg, rcond=None, full=False, w=None):
    """The coefficients of the polynomial of degree ``deg`` that is nearest to the points, by least squares."""
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if x.ndim != 1:
        raise TypeError("expected 1D vector for x")
    if x.shape[0] == 0:
        raise TypeError("expected non-empty vector for x")
    if y.ndim < 1 or y.ndim > 2:
        raise TypeError("expected 1D or 2D array for y")
    if x.shape[0] != y.shape[0]:
        raise TypeError("expected x and y to have same length")
    unit = x.shape[0] * np.finfo((x * 1.0).dtype).eps if rcond is None else rcond
    columns = np.vander(x * 1.0, deg + 1)
    sides = y * 1.0 if y.ndim == 2 else (y * 1.0)[:, None]
    if w is not None:
        if w.ndim != 1:
            raise TypeError("expected a 1-d array for weights")
        if w.shape[0] != y.shape[0]:
            raise TypeError("expected w and y to have the same length")
        columns = columns * w[:, None]
        sides = sides * w[:, None]
    scale = np.sqrt(np.sum(columns * columns, axis=0))
    found, rest, rank, s = _lstsq(columns / scale, sides, unit)
    found = found / scale[:, None]
    if full:
        return (found if y.ndim == 2 else found[:, 0].copy()), rest, rank, s, unit
    return found if y.ndim == 2 else found[:, 0].copy()


def polyadd(a1, a2):
    """The sum of two polynomials."""
    short, long = a1.shape[0], a2.shape[0]
    n = max(short, long)
    out = np.zeros(n, np.result_type(a1, a2))
    for i in range(short):
        out[n - short + i] += a1[i].astype(out.dtype)
    for i in range(long):
        out[n - long + i] += a2[i].astype(out.dtype)
    return out


def polysub(a1, a2):
    """The difference of two polynomials."""
    short, long = a1.shape[0], a2.shape[0]
    n = max(short, long)
    out = np.zeros(n, np.result_type(a1, a2))
    out[n - short :] = a1
    for i in range(long):
        out[n - long + i] -= a2[i].astype(out.dtype)
    return out


def polymul(a1, a2):
    """The product of two polynomials, without the leading zeros of the factors."""
    return np.convolve(_led(a1), _led(a2))


def polydiv(u, v):
    """Quotient and remainder of two polynomials."""
    if u.shape[0] == 0 or v.shape[0] == 0:
        raise IndexError("index 0 is out of bounds for axis 0 with size 0")
    x, y = u * 1.0, v * 1.0
    kind = np.result_type(x, y)
    m, n = u.shape[0] - 1, v.shape[0] - 1
    scale = 1 / y[0]
    quotient = np.zeros(max(m - n + 1, 1), kind)
    rest = x.astype(kind)
    for k in range(m - n + 1):
        factor = scale * rest[k]
        quotient[k] = factor
        for j in range(n + 1):
            rest[k + j] -= factor * y[j]
    start = 0
    while start < rest.shape[0] - 1 and np.abs(rest[start]) <= 1e-8:
        start += 1
    return quotient, rest[start:].copy()


def _led(p):
    """The coefficients from the first one that is not 0; of zeros, the last; 0 of none."""
    if p.shape[0] == 0:
        return np.zeros(1, p.dtype)
    start = 0
    while start < p.shape[0] - 1 and p[start] == 0:
        start += 1
    return p[start:]


def polyder(p, m=1):
    """The derivative, ``m`` times over."""
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    if m == 0:
        return p
    n = p.shape[0] - 1
    return polyder(p[:-1] * np.arange(n, 0, -1), m - 1)


def polyint(p, m=1, k=None):
    """The integral, ``m`` times over; ``k`` are the constants, 0 by default."""
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    if m == 0:
        return p
    n = p.shape[0]
    inner = p / np.arange(n, 0, -1)
    out = np.zeros(n + 1, inner.dtype)
    out[:n] = inner
    if k is None:
        return polyint(out, m - 1)
    if np.ndim(k) == 0:
        out[n] = k
        return polyint(out, m - 1, k)
    out[n] = k[0]
    return polyint(out, m - 1, k[1:])
