"""``np.linalg``: products of matrices and vectors, and what the array API's standard names there."""

import numpy as np

from .matrices import vecdot as _vecdot


def multi_dot(arrays):
    """The product of several matrices, of which the first and the last may be vectors."""
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    return _chain(arrays)


def _chain(arrays):
    """The product from the side where it is cheaper to begin."""
    if len(arrays) == 1:
        return arrays[0]
    if len(arrays) == 2:
        return np.dot(arrays[0], arrays[1])
    if len(arrays) == 3 and arrays[0].ndim == 2 and arrays[2].ndim == 2:
        a, b, c = arrays[0], arrays[1], arrays[2]
        left = a.shape[0] * c.shape[0] * (b.shape[0] + c.shape[1])
        right = b.shape[0] * c.shape[1] * (a.shape[0] + c.shape[0])
        return np.dot(np.dot(a, b), c) if left < right else np.dot(a, np.dot(b, c))
    if arrays[len(arrays) - 1].ndim == 1:
        return np.dot(arrays[0], _chain(arrays[1:]))
    return np.dot(_chain(arrays[:-1]), arrays[-1])


def outer(x1, x2, /):
    """Every product of an element of one vector and one of the other."""
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are x1.ndim={x1.ndim} and x2.ndim={x2.ndim}.")
    return np.outer(x1, x2)


def cross(x1, x2, /, *, axis=-1):
    """The vectors that stand on both."""
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, "
            f"but they are {x1.shape[axis]} and {x2.shape[axis]} dimensional instead."
        )
    return np.cross(x1, x2, axis=axis)


def diagonal(x, /, *, offset=0):
    """The diagonals of a stack of matrices."""
    return np.diagonal(x, offset, -2, -1)


def trace(x, /, *, offset=0, dtype=None):
    """The sums of the diagonals of a stack of matrices."""
    return np.trace(x, offset, -2, -1, dtype)


def matrix_transpose(x, /):
    """The matrices of a stack with rows and columns exchanged."""
    if x.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {x.ndim}")
    return np.swapaxes(x, -1, -2)


def vecdot(x1, x2, /, *, axis=-1):
    """Sums of products along an axis, those of the first array conjugated."""
    return _vecdot(x1, x2, axis)


def matmul(x1, x2, /):
    """The matrix product."""
    return np.matmul(x1, x2)


def tensordot(x1, x2, /, *, axes=2):
    """Sums of products over pairs of axes."""
    return np.tensordot(x1, x2, axes)
