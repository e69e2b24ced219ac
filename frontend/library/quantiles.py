"""Quantiles of NumPy, by each of its methods; of all elements, and of those that are not NaN."""

import math

import numpy as np

from ._lines import lines, restored
from .sorting import sort

#: The methods that give an element, where others give a point between two.
_CHOOSING = ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")


def quantile(a, q, axis=None, method="linear", keepdims=False):
    """The element at the fraction ``q`` of the way through the elements in order, or what ``method`` makes of two."""
    return _of_lines(a, q, axis, method, keepdims, _at)


def percentile(a, q, axis=None, method="linear", keepdims=False):
    """The quantile of ``q`` in percent."""
    return _of_lines(a, _of_percent(q), axis, method, keepdims, _at)


def nanquantile(a, q, axis=None, method="linear", keepdims=False):
    """The quantile of what is not NaN; of several, along a first axis."""
    return _of_lines(a, q, axis, method, keepdims, _of_numbers)


def nanpercentile(a, q, axis=None, method="linear", keepdims=False):
    """The quantile of ``q`` in percent of what is not NaN; of several, along a first axis."""
    return _of_lines(a, _of_percent(q), axis, method, keepdims, _of_numbers)


def _of_percent(q):
    """Fractions of percents."""
    return np.asarray(q) / 100.0 if isinstance(q, tuple) else q / 100.0


def _of_lines(a, q, axis, method, keepdims, find):
    """What ``find`` makes of each line in order, for one fraction or for each of several."""
    if isinstance(q, tuple):
        return _of_lines(a, np.asarray(q), axis, method, keepdims, find)
    _check(a, method)
    x = sort(lines(a, axis))
    if np.ndim(q) == 0:
        return restored(find(x, float(q), np.mean(x), method), a, axis, keepdims)
    like = np.mean(x) * q.dtype.type(1)
    first = restored(find(x, 0.5, like, method), a, axis, keepdims)
    out = np.empty((q.shape[0],) + np.shape(first), first.dtype)
    for i in range(q.shape[0]):
        out[i] = restored(find(x, float(q[i]), like, method), a, axis, keepdims)
    return out


def _check(a, method):
    """Refuse what has no order to interpolate in."""
    if np.iscomplexobj(a):
        raise TypeError("a must be an array of real numbers")
    if np.result_type(a).kind == "b" and method not in _CHOOSING:
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported")


def _of_numbers(x, q, like, method):
    """The quantile of each line's elements before the NaNs, which stand last."""
    rows = np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))
    counts = np.reshape(np.asarray(np.sum(~np.isnan(x), axis=-1)), (rows.shape[0],))
    found = np.empty(rows.shape[0], _at(np.zeros(1, x.dtype), q, like, method).dtype)
    for i in range(rows.shape[0]):
        n = int(counts[i])
        if found.dtype.kind != "f":
            found[i] = _at(rows[i, :n], q, like, method)
        elif n == 0:
            found[i] = math.nan
        else:
            found[i] = _at(rows[i, :n], q, like, method)
    if np.ndim(x) == 1:
        return found[0]
    return np.reshape(found, x.shape[:-1])


def _at(x, q, like, method):
    """The quantile of lines in order, between elements in the type of ``like``; NaN of a line that ends with it."""
    if not 0.0 <= q <= 1.0:
        raise ValueError("Quantiles must be in the range [0, 1]")
    n = x.shape[-1]
    if n == 0:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    last = x[..., n - 1]
    if method in _CHOOSING:
        return np.where(last != last, last, x[..., _position(n, q, method)])
    point = _point(n, q, method)
    left = min(max(math.floor(point), 0), n - 1)
    right = left if point < 0 or point >= n - 1 else left + 1
    share = point - math.floor(point)
    if method == "averaged_inverted_cdf":
        share = 0.5 if share == 0 else 1.0
    if method == "midpoint":
        share = 0.0 if share == 0 else 0.5
    t = np.mean(x)
    low, high = x[..., left].astype(t.dtype), x[..., right].astype(t.dtype)
    gap = high - low
    between = low + gap * like.dtype.type(share) if share < 0.5 else high - gap * like.dtype.type(1.0 - share)
    return np.where(last != last, last.astype(between.dtype), between)


def _position(n, q, method):
    """Which of ``n`` elements a method chooses."""
    if method == "lower":
        return math.floor((n - 1) * q)
    if method == "higher":
        return math.ceil((n - 1) * q)
    if method == "nearest":
        return int(np.rint((n - 1) * q))
    point = n * q - 1 if method == "inverted_cdf" else n * q - 1 - 0.5
    below = math.floor(point)
    exact = point == below and (method == "inverted_cdf" or below % 2 == 1)
    return max(below if exact else below + 1, 0)


def _point(n, q, method):
    """Where between the elements a method looks: 0 is the first of ``n``."""
    if method in ("linear", "midpoint"):
        return (n - 1) * q
    if method == "averaged_inverted_cdf":
        return n * q - 1
    if method == "interpolated_inverted_cdf":
        return _shifted(n, q, 0, 1)
    if method == "hazen":
        return _shifted(n, q, 0.5, 0.5)
    if method == "weibull":
        return _shifted(n, q, 0, 0)
    if method == "median_unbiased":
        return _shifted(n, q, 1 / 3.0, 1 / 3.0)
    if method == "normal_unbiased":
        return _shifted(n, q, 3 / 8.0, 3 / 8.0)
    raise ValueError(f"{method} is not a method of np.quantile")


def _shifted(n, q, alpha, beta):
    """The position of Hyndman and Fan's methods."""
    return n * q + (alpha + q * (1 - alpha - beta)) - 1
