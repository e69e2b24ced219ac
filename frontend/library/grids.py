"""The numbers along an axis of a grid: what ``np.mgrid`` and ``np.ogrid`` are made of."""

import math

import numpy as np


def whole(start, stop, step, dense):
    """The integers from ``start`` to ``stop``; there are some in a dense grid."""
    if dense and -((start - stop) // step) < 0:
        raise ValueError("negative dimensions are not allowed")
    return np.arange(start, stop, step)


def stepped(start, stop, step, dense):
    """The floats from ``start`` to ``stop``; there are some in a dense grid."""
    count = math.ceil((stop - start) / step)
    if dense and count < 0:
        raise ValueError("negative dimensions are not allowed")
    return np.arange(max(count, 0)).astype(np.float64) * step + start


def counted(start, stop, count):
    """So many floats from ``start`` to ``stop``, both among them."""
    step = (stop - start) / (count - 1) if count != 1 else 1.0
    return np.arange(count).astype(np.float64) * step + start
