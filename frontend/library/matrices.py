"""Matrices of NumPy: those that are made of nothing, parts of them, and products of arrays."""

import numpy as np

from ._parts import from_parts as _from_parts
from ._parts import main_diagonal
from ._stacks import adjoint as _adjoint
from ._stacks import conjugate as _conjugate


def eye(N, M=None, k=0, dtype=np.float64):
    """Ones on the diagonal ``k``, and zeros."""
    # An extent that may not be below zero, where np.arange would take it for 0.
    rows, columns = np.empty(N).shape[0], np.empty(N if M is None else M).shape[0]
    return (np.arange(columns)[None, :] - np.arange(rows)[:, None] == k).astype(dtype)


def identity(n, dtype=np.float64):
    """The identity matrix."""
    return eye(n, n, 0, dtype)


def tri(N, M=None, k=0, dtype=np.float64):
    """Ones on and below the diagonal ``k``."""
    rows, columns = max(N, 0), max(N if M is None else M, 0)
    return (np.arange(columns)[None, :] - np.arange(rows)[:, None] <= k).astype(dtype)


def tril(m, k=0):
    """The part on and below the diagonal ``k``; zeros above."""
    below = np.arange(m.shape[-1])[None, :] - np.arange(m.shape[-2 if m.ndim > 1 else -1])[:, None] <= k
    return np.where(below, m, m.dtype.type(0))


def triu(m, k=0):
    """The part on and above the diagonal ``k``; zeros below."""
    above = np.arange(m.shape[-1])[None, :] - np.arange(m.shape[-2 if m.ndim > 1 else -1])[:, None] >= k
    return np.where(above, m, m.dtype.type(0))


def diag(v, k=0):
    """A matrix with ``v`` on the diagonal ``k``; of a matrix, that diagonal."""
    if np.ndim(v) == 2:
        return diagonal(v, k)
    n = v.shape[0] + abs(k)
    out = np.zeros((n, n), v.dtype)
    for i in range(v.shape[0]):
        out[i + max(-k, 0), i + max(k, 0)] = v[i]
    return out


def diagflat(v, k=0):
    """A matrix with the elements of ``v`` on the diagonal ``k``."""
    return diag(np.ravel(v), k)


def diagonal(a, offset=0, axis1=0, axis2=1):
    """A view of the elements on a diagonal, along a last axis."""
    if a.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    x = np.moveaxis(np.moveaxis(a, axis1, -1), axis2 if axis2 % a.ndim < axis1 % a.ndim else axis2 % a.ndim - 1, -1)
    return main_diagonal(x[..., max(-offset, 0) :, max(offset, 0) :])


def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
    """The sum along a diagonal."""
    return np.sum(diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def vander(x, N=None, increasing=False):
    """The powers of ``x``, each a column."""
    columns = x.shape[0] if N is None else N
    out = np.ones((x.shape[0], columns), np.result_type(x.dtype, np.int64))
    for i in range(x.shape[0]):
        for j in range(1, columns):
            place, before = (j, j - 1) if increasing else (columns - 1 - j, columns - j)
            out[i, place] = x[i].astype(out.dtype) if j == 1 else out[i, before] * x[i].astype(out.dtype)
    return out


def outer(a, b):
    """Every product of an element of ``a`` and one of ``b``."""
    return np.ravel(a)[:, None] * np.ravel(b)[None, :]


def vdot(a, b):
    """The sum of products of all elements, those of ``a`` conjugated."""
    return np.dot(np.ravel(_conjugate(np.asarray(a))), np.ravel(np.asarray(b)))


def inner(a, b):
    """Sums of products over the last axes."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return a @ b
    return np.tensordot(a, b, (-1, -1))


def vecdot(x1, x2, /, axis=-1):
    """Sums of products along an axis, those of the first array conjugated."""
    if x1.ndim == 1 and x2.ndim == 1:
        return _conjugate(x1) @ x2
    x, y = np.moveaxis(_conjugate(x1), axis, -1), np.moveaxis(x2, axis, -1)
    return (x[..., None, :] @ y[..., :, None])[..., 0, 0]


def matvec(x1, x2, /):
    """The products of stacks of matrices and of vectors."""
    return (x1 @ x2[..., None])[..., 0]


def vecmat(x1, x2, /):
    """The products of stacks of vectors, conjugated, and of matrices."""
    return (_conjugate(x1)[..., None, :] @ x2)[..., 0, :]


def kron(a, b):
    """Every element of ``a`` times the whole of ``b``."""
    if a.ndim == 1 and b.ndim == 1:
        return np.reshape(a[:, None] * b[None, :], (a.shape[0] * b.shape[0],))
    x, y = np.atleast_2d(a), np.atleast_2d(b)
    if x.ndim != 2 or y.ndim != 2:
        raise ValueError("np.kron takes vectors and matrices in compiled code")
    whole = x[:, None, :, None] * y[None, :, None, :]
    return np.reshape(whole, (x.shape[0] * y.shape[0], x.shape[1] * y.shape[1]))


def cross(a, b, axis=-1):
    """The vectors that stand on both: of three components each; of two, the one that the third would be."""
    x, y = np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)
    if x.shape[-1] != 3 or y.shape[-1] != 3:
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    first = x[..., 1] * y[..., 2] - x[..., 2] * y[..., 1]
    second = x[..., 2] * y[..., 0] - x[..., 0] * y[..., 2]
    third = x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]
    return np.moveaxis(np.stack((np.asarray(first), np.asarray(second), np.asarray(third)), axis=-1), -1, axis)


def cov(m, y=None, rowvar=True, bias=False, ddof=None):
    """The covariances of variables, each a row; those of ``y`` are more of them."""
    if y is not None:
        return cov(np.concatenate((_variables(m, rowvar), _variables(y, rowvar)), axis=0), None, True, bias, ddof)
    given = _variables(m, rowvar)
    if np.ndim(m) == 2 and given.shape[0] == 1:
        raise ValueError("np.cov of one variable is a number: np.var gives it")
    x = given.astype(np.complex128) if np.iscomplexobj(m) else given.astype(np.float64)
    free = x.shape[1] - (ddof if ddof is not None else (0 if bias else 1))
    gap = x - np.mean(x, axis=1, keepdims=True)
    found = gap @ _adjoint(gap) / np.float64(max(free, 0))
    return found if np.ndim(m) == 2 else np.reshape(found, ())


def _variables(m, rowvar):
    """Variables as rows; an array of one axis is one."""
    return np.atleast_2d(m) if rowvar or np.ndim(m) == 1 else m.T


def corrcoef(x, y=None, rowvar=True):
    """The correlations of variables, each a row; those of ``y`` are more of them."""
    if y is not None:
        return corrcoef(np.concatenate((_variables(x, rowvar), _variables(y, rowvar)), axis=0))
    c = np.atleast_2d(cov(x, None, rowvar))
    if np.iscomplexobj(c):
        spread = np.sqrt(diagonal(c).real)
        quotient = c / spread[:, None] / spread[None, :]
        both = _from_parts(np.clip(quotient.real, -1, 1), np.clip(quotient.imag, -1, 1))
        return both if np.ndim(x) == 2 else both[0, 0]
    deviation = np.sqrt(diagonal(c))
    found = np.clip(c / deviation[:, None] / deviation[None, :], -1, 1)
    return found if np.ndim(x) == 2 else found[0, 0]


def fill_diagonal(a, val, wrap=False):
    """Put numbers on the main diagonal of a matrix, in its place; of a tall one, with ``wrap``, on those below it."""
    n, m = a.shape
    flat = np.ravel(np.asarray(val)).astype(a.dtype)
    count = (n * m + m) // (m + 1) if wrap else min(n, m)
    for i in range(count):
        a[i * (m + 1) // m, i * (m + 1) % m] = flat[i % flat.shape[0]]


def diag_indices_from(arr):
    """The positions of the main diagonal of a matrix."""
    return np.arange(arr.shape[0]), np.arange(arr.shape[0])
