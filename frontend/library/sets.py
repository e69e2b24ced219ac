"""Sets of numbers, as sorted arrays without repetitions."""

import math

import numpy as np


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, equal_nan=True):
    """The different elements in order, or the different parts along an axis; NaN is one of them."""
    if axis is not None:
        return _unique_parts(ar, return_index, return_inverse, return_counts, axis)
    x = np.ravel(ar)
    n = x.shape[0]
    order = np.argsort(x, kind="stable") if return_index or return_inverse else np.arange(0)
    s = x[order] if return_index or return_inverse else np.sort(x)
    first = np.ones(n, np.bool_)
    if equal_nan:
        first[1:] = (s[1:] != s[:-1]) & ((s[1:] == s[1:]) | (s[:-1] == s[:-1]))
    else:
        first[1:] = s[1:] != s[:-1]
    places = np.flatnonzero(first)
    values = s[places]
    if not (return_index or return_inverse or return_counts):
        return values
    found = (values,)
    if return_index:
        found = (*found, order[places])
    if return_inverse:
        found = (*found, np.reshape(_numbers(first, order), ar.shape))
    if return_counts:
        found = (*found, _lengths(places, n))
    return found


def _unique_parts(ar, return_index, return_inverse, return_counts, axis):
    """The different parts along an axis, in the order of their elements."""
    x = np.moveaxis(ar, axis, 0)
    n = x.shape[0]
    rows = np.reshape(x, (n, math.prod(x.shape[1:])))
    order = np.arange(n)
    for j in range(rows.shape[1] - 1, -1, -1):
        order = order[np.argsort(rows[:, j][order], kind="stable")]
    first = np.ones(n, np.bool_)
    for i in range(1, n):
        first[i] = bool(np.any(rows[int(order[i])] != rows[int(order[i - 1])]))
    places = np.flatnonzero(first)
    values = np.moveaxis(x[order[places]], 0, axis)
    if not (return_index or return_inverse or return_counts):
        return values
    found = (values,)
    if return_index:
        found = (*found, order[places])
    if return_inverse:
        found = (*found, _numbers(first, order))
    if return_counts:
        found = (*found, _lengths(places, n))
    return found


def _numbers(first, order):
    """Of each element the number of its value, where ``first`` says which in order begin a value."""
    inverse = np.empty(order.shape[0], np.int64)
    inverse[order] = np.cumsum(first) - 1
    return inverse


def _lengths(places, n):
    """How many elements each value has, where ``places`` are those that begin one."""
    counts = np.empty(places.shape[0], np.int64)
    for i in range(places.shape[0]):
        counts[i] = (int(places[i + 1]) if i + 1 < places.shape[0] else n) - int(places[i])
    return counts


def unique_values(x, /):
    """The different elements in order."""
    return unique(x, False, False, False, None, False)


def unique_counts(x, /):
    """The different elements, and how often each is there."""
    return unique(x, False, False, True, None, False)


def unique_inverse(x, /):
    """The different elements, and of each element the number of its value."""
    return unique(x, False, True, False, None, False)


def unique_all(x, /):
    """The different elements, where each is first, of each element the number of its value, and how often it is."""
    return unique(x, True, True, True, None, False)


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
