"""Borders around arrays, one axis at a time: what ``np.pad`` is made of."""

import numpy as np


def padded(a, axis, before, after, mode, front, back):
    """``a`` with ``before`` elements more at the front of an axis and ``after`` at its end.

    ``front`` and ``back`` are the values there, those that a ramp ends with, or how many elements a mode looks at.
    """
    if before < 0 or after < 0:
        raise ValueError("index can't contain negative values")
    x = np.moveaxis(a, axis, -1)
    n = x.shape[-1]
    out = np.empty_like(x, shape=x.shape[:-1] + (before + n + after,))
    if mode == "constant":
        out[..., :before] = front
        out[..., before : before + n] = x
        out[..., before + n :] = back
        return np.moveaxis(out, -1, axis)
    if n == 0 and before + after > 0:
        raise ValueError("can't extend empty axis using modes other than 'constant' or 'empty'")
    if mode == "linear_ramp":
        out[..., before : before + n] = x
        for i in range(before):
            out[..., i] = _ramp(x[..., 0], front, i, before)
        for i in range(after):
            out[..., before + n + after - 1 - i] = _ramp(x[..., n - 1], back, i, after)
        return np.moveaxis(out, -1, axis)
    if mode == "mean" or mode == "median" or mode == "maximum" or mode == "minimum":
        first, last = _length(front, n), _length(back, n)
        if (first == 0 or last == 0) and (mode == "maximum" or mode == "minimum"):
            raise ValueError("stat_length of 0 yields no value for padding")
        out[..., before : before + n] = x
        low, high = _summary(x[..., :first], mode), _summary(x[..., n - last :], mode)
        for i in range(before):
            out[..., i] = low
        for i in range(after):
            out[..., before + n + i] = high
        return np.moveaxis(out, -1, axis)
    if mode == "reflect" and before < n and after < n:
        out[..., :before] = x[..., 1 : before + 1][..., ::-1]
        out[..., before : before + n] = x
        out[..., before + n :] = x[..., ::-1][..., 1 : after + 1]
        return np.moveaxis(out, -1, axis)
    for i in range(before + n + after):
        out[..., i] = x[..., _source(i - before, n, mode)]
    return np.moveaxis(out, -1, axis)


def _ramp(edge, end, i, number):
    """Element ``i`` of ``number`` on the way from ``end`` to ``edge``, which is not reached."""
    step = (edge - np.float64(end)) / number
    value = step * i + end
    kind = np.result_type(edge).kind
    if kind == "i" or kind == "u":
        return np.floor(value).astype(edge.dtype)
    return value.astype(edge.dtype)


def _length(given, n):
    """How many elements of ``n`` next to an edge are looked at."""
    if given is None:
        return n
    if given < 0:
        raise ValueError("index can't contain negative values")
    return min(given, n)


def _summary(x, mode):
    """A statistic along the last axis, rounded for integers as NumPy rounds it."""
    if mode == "maximum":
        return np.max(x, axis=-1)
    if mode == "minimum":
        return np.min(x, axis=-1)
    middle = np.mean(x, axis=-1) if mode == "mean" else np.median(x, axis=-1)
    kind = np.result_type(x).kind
    if kind == "i" or kind == "u":
        return np.rint(middle).astype(x.dtype)
    return middle.astype(x.dtype)


def _source(i, n, mode):
    """The position within 0 to ``n`` whose element stands at ``i``."""
    if mode == "edge":
        return min(max(i, 0), n - 1)
    if mode == "wrap":
        return i % n
    if mode == "symmetric":
        k = i % (2 * n)
        return k if k < n else 2 * n - 1 - k
    if n == 1:
        return 0
    k = i % (2 * n - 2)
    return k if k < n else 2 * n - 2 - k
