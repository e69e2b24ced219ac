"""What functions of ``np.linalg`` have in common: stacks of matrices, and the element types that they compute in."""

import math

import numpy as np


def inexact(a):
    """``a`` in the type that NumPy computes in: floats and complex numbers as they are, all others as f64."""
    if a.dtype == np.float16:
        raise TypeError("array type float16 is unsupported in linalg")
    if a.dtype.kind == "f" or a.dtype.kind == "c":
        return a
    return a.astype(np.float64)


def rectangular(a):
    """Refuses what is no matrix, or no stack of them."""
    if a.ndim == 1:
        raise np.linalg.LinAlgError("1-dimensional array given. Array must be at least two-dimensional")
    if a.ndim == 0:
        raise np.linalg.LinAlgError("0-dimensional array given. Array must be at least two-dimensional")


def square(a):
    """Refuses what is no square matrix, or no stack of them."""
    rectangular(a)
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")


def stack(a):
    """A new array with the matrices of ``a`` one after the other, along one axis."""
    return np.reshape(inexact(a), (math.prod(a.shape[:-2]), a.shape[-2], a.shape[-1])).copy()


def conjugate(x):
    """The complex conjugate, in its own type: NumPy makes a bool an i8."""
    return np.conj(x) if np.iscomplexobj(x) else x


def square_of(x):
    """The square of the magnitude of a number."""
    return x.real * x.real + x.imag * x.imag if np.iscomplexobj(x) else x * x


def adjoint(a):
    """The matrices of a stack with rows and columns exchanged, conjugated."""
    return np.conj(np.swapaxes(a, -1, -2)) if np.iscomplexobj(a) else np.swapaxes(a, -1, -2)
