"""Sets of numbers, as sorted arrays without repetitions."""

import numpy as np


def union1d(ar1, ar2):
    """The numbers that are in one of two arrays, or in both."""
    return np.unique(np.concatenate((np.ravel(ar1), np.ravel(ar2))))


def intersect1d(ar1, ar2, assume_unique=False):
    """The numbers that are in both arrays."""
    x, y = (np.ravel(ar1), np.ravel(ar2)) if assume_unique else (np.unique(ar1), np.unique(ar2))
    both = np.sort(np.concatenate((x, y)))
    return both[:-1][both[1:] == both[:-1]]


def setdiff1d(ar1, ar2, assume_unique=False):
    """The numbers of the first array that are not in the second."""
    x = np.ravel(ar1) if assume_unique else np.unique(ar1)
    return x[np.isin(x, ar2, invert=True)]


def setxor1d(ar1, ar2, assume_unique=False):
    """The numbers that are in one of two arrays only."""
    x, y = (np.ravel(ar1), np.ravel(ar2)) if assume_unique else (np.unique(ar1), np.unique(ar2))
    both = np.sort(np.concatenate((x, y)))
    n = both.shape[0]
    alone = np.ones(n, np.bool_)
    if n > 1:
        same = both[1:] == both[:-1]
        alone[1:] = ~same
        alone[:-1] = alone[:-1] & ~same
    return both[alone]


def array_equal(a1, a2, equal_nan=False):
    """Whether two arrays have the same shape and elements."""
    if np.ndim(a1) != np.ndim(a2):
        return False
    if not _same_shape(a1, a2, 0):
        return False
    x, y = np.ravel(a1), np.ravel(a2)
    if equal_nan:
        return bool(np.all((x == y) | ((x != x) & (y != y))))
    return bool(np.all(x == y))


def _same_shape(a1, a2, axis):
    """Whether two arrays have the same extents from an axis on."""
    if axis == np.ndim(a1):
        return True
    return a1.shape[axis] == a2.shape[axis] and _same_shape(a1, a2, axis + 1)
