"""Functions of NumPy on arrays of records that are more than positions: joined, compared, copied as wholes."""

import numpy as np

from .sets import _same_shape


def append(arr, values, axis=None):
    """An array with values behind its own; both flat, unless an axis is said."""
    if axis is None:
        return np.concatenate((np.reshape(arr, -1), np.reshape(values, -1)))
    return np.concatenate((arr, values), axis=axis)


def array_equal(a1, a2):
    """Whether two arrays have the same shape and records."""
    if np.ndim(a1) != np.ndim(a2) or not _same_shape(a1, a2, 0):
        return False
    return bool(np.all(np.reshape(a1, -1) == np.reshape(a2, -1)))


def copyto(dst, src):
    """Put records into an array."""
    dst[...] = src
