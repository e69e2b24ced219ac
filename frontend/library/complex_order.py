"""NumPy's order of complex numbers, by real parts and then by imaginary ones; and what is made of it.

A number with a NaN in it is like NaN: the largest and the smallest of numbers are the first such one.
"""

import math

import numpy as np

from ._lines import lines, restored
from ._parts import from_parts


def lt(x, y):
    """Whether ``x`` comes before ``y``."""
    known = ~(np.isnan(x.imag) | np.isnan(y.imag))
    return ((x.real < y.real) & known) | ((x.real == y.real) & (x.imag < y.imag))


def le(x, y):
    """Whether ``x`` comes before ``y``, or equals it."""
    known = ~(np.isnan(x.imag) | np.isnan(y.imag))
    return ((x.real < y.real) & known) | ((x.real == y.real) & (x.imag <= y.imag))


def maximum(x, y):
    """The later one, or one with a NaN."""
    return np.where(np.isnan(x) | le(y, x), x, y)


def minimum(x, y):
    """The earlier one, or one with a NaN."""
    return np.where(np.isnan(x) | le(x, y), x, y)


def sign(z):
    """The number of the same direction and magnitude 1; 0 of 0."""
    size = np.abs(z)
    far = np.isinf(size)
    one = np.where(size == 0, 1, size)
    # Of an infinite part, the side that it is on; of two, no direction.
    re = np.where(far, np.where(np.isinf(z.real), np.copysign(1, z.real), 0), z.real / one)
    im = np.where(far, np.where(np.isinf(z.imag), np.copysign(1, z.imag), 0), z.imag / one)
    lost = np.isnan(size) | (np.isinf(z.real) & np.isinf(z.imag))
    return from_parts(
        np.where(lost, math.nan, np.where(size == 0, 0, re)).astype(size.dtype),
        np.where(lost, math.nan, np.where(size == 0, 0, im)).astype(size.dtype),
    )


def extreme(a, axis, keepdims, largest):
    """The last or the first in order along axes."""
    x = lines(a, axis)
    rows = np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))
    if rows.shape[1] == 0:
        if largest:
            raise ValueError("zero-size array to reduction operation maximum which has no identity")
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    found = np.empty(rows.shape[0], a.dtype)
    for i in range(rows.shape[0]):
        found[i] = rows[i, int(_place(rows[i], largest))]
    if np.ndim(x) == 1:
        return restored(found[0], a, axis, keepdims)
    return restored(np.reshape(found, x.shape[:-1]), a, axis, keepdims)


def arg_extreme(a, axis, keepdims, largest):
    """The position of the first that is last, or first, in order along an axis."""
    x = lines(a, axis)
    rows = np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))
    if rows.shape[1] == 0:
        if largest:
            raise ValueError("attempt to get argmax of an empty sequence")
        raise ValueError("attempt to get argmin of an empty sequence")
    found = np.empty(rows.shape[0], np.int64)
    for i in range(rows.shape[0]):
        found[i] = _place(rows[i], largest)
    if np.ndim(x) == 1:
        return restored(found[0], a, axis, keepdims)
    return restored(np.reshape(found, x.shape[:-1]), a, axis, keepdims)


def _place(row, largest):
    """The position of the extreme of a line."""
    best = np.int64(0)
    for k in range(1, row.shape[0]):
        if not np.isnan(row[int(best)]):
            z, b = row[k], row[int(best)]
            if np.isnan(z) or (lt(b, z) if largest else lt(z, b)):
                best = np.int64(k)
    return best
