"""Borders around arrays, one axis at a time: what ``np.pad`` is made of."""

import numpy as np


def padded(a, axis, before, after, mode, value):
    """``a`` with ``before`` elements more at the front of an axis and ``after`` at its end."""
    if before < 0 or after < 0:
        raise ValueError("index can't contain negative values")
    x = np.moveaxis(a, axis, -1)
    n = x.shape[-1]
    if mode == "constant":
        out = np.full(x.shape[:-1] + (before + n + after,), value, a.dtype)
        out[..., before : before + n] = x
        return np.moveaxis(out, -1, axis)
    if n == 0 and before + after > 0:
        raise ValueError("can't extend empty axis using modes other than 'constant' or 'empty'")
    out = np.empty(x.shape[:-1] + (before + n + after,), a.dtype)
    for i in range(before + n + after):
        out[..., i] = x[..., _source(i - before, n, mode)]
    return np.moveaxis(out, -1, axis)


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
