"""``np.linalg``: norms of vectors and matrices, and what singular values say of a matrix."""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

import math

import numpy as np

from ._stacks import rectangular as _rectangular
from .linear_systems import _inverse_or_nan
from .singular_values import svd as _svd
from .singular_values import svdvals as _svdvals


def norm(x, ord=None, axis=None, keepdims=False):
    """The length of a vector; of a matrix, by default, the root of the sum of squares."""
    y = x if x.dtype.kind == "f" or x.dtype.kind == "c" else x.astype(np.float64)
    if axis is None:
        if ord is None or (y.ndim == 2 and (ord == "f" or ord == "fro")) or (y.ndim == 1 and ord == 2):
            return np.sqrt(np.sum(_squares(y), keepdims=keepdims))
        if y.ndim == 1:
            return _vector(y, ord, 0, keepdims)
        if y.ndim == 2:
            return _matrix(y, ord, 0, 1, keepdims)
        raise ValueError("Improper number of dimensions to norm.")
    if isinstance(axis, int):
        return _vector(y, ord, axis, keepdims)
    if len(axis) == 1:
        return _vector(y, ord, axis[0], keepdims)
    if len(axis) == 2:
        if axis[0] % y.ndim == axis[1] % y.ndim:
            raise ValueError("Duplicate axes given.")
        return _matrix(y, ord, axis[0], axis[1], keepdims)
    raise ValueError("Improper number of dimensions to norm.")


def _squares(y):
    """The squares of the magnitudes."""
    return y.real * y.real + y.imag * y.imag if np.iscomplexobj(y) else y * y


def _vector(y, ord, axis, keepdims):
    """The norm of vectors along one axis."""
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord is None:
        return np.sqrt(np.sum(_squares(y), axis=axis, keepdims=keepdims))
    if ord == 2:
        return np.sqrt(np.sum(_squares(y), axis=axis, keepdims=keepdims))
    if ord == math.inf:
        return _most(np.abs(y), axis, keepdims)
    if ord == -math.inf:
        return np.min(np.abs(y), axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum((y != 0).astype(y.real.dtype), axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(np.abs(y), axis=axis, keepdims=keepdims)
    sums = np.sum(np.power(np.abs(y), ord), axis=axis, keepdims=keepdims)
    return np.power(sums, sums.dtype.type(1) / sums.dtype.type(ord))


def _most(size, axis, keepdims):
    """The largest magnitude along an axis, 0 where there is none."""
    if size.shape[axis] == 0:
        return np.sum(size, axis=axis, keepdims=keepdims)
    return np.max(size, axis=axis, keepdims=keepdims)


def _matrix(y, ord, row, column, keepdims):
    """The norm of matrices along two axes."""
    if ord is None or ord == "fro" or ord == "f":
        return np.sqrt(np.sum(_squares(y), axis=(row, column), keepdims=keepdims))
    x = np.moveaxis(y, (row, column), (-2, -1))
    result = _of_matrices(x, ord)
    if keepdims:
        return np.moveaxis(np.asarray(result)[..., None, None], (-2, -1), (row, column))
    return result


def _of_matrices(x, ord):
    """The norm of each matrix of a stack."""
    if ord == 1:
        return _most(np.sum(np.abs(x), axis=-2), -1, False)
    if ord == -1:
        return np.min(np.sum(np.abs(x), axis=-2), axis=-1)
    if ord == math.inf:
        return _most(np.sum(np.abs(x), axis=-1), -1, False)
    if ord == -math.inf:
        return np.min(np.sum(np.abs(x), axis=-1), axis=-1)
    if ord == 2:
        return _most(_svdvals(x), -1, False)
    if ord == -2:
        return np.min(_svdvals(x), axis=-1)
    if ord == "nuc":
        return np.sum(_svdvals(x), axis=-1)
    raise ValueError("Invalid norm order for matrices.")


def vector_norm(x, *, axis=None, keepdims=False, ord=2):
    """The norm of vectors along an axis, or of all elements."""
    if axis is None:
        flat = norm(np.ravel(x), ord)
        return np.reshape(np.asarray(flat), (1,) * x.ndim) if keepdims else flat
    if isinstance(axis, int):
        return norm(x, ord, axis, keepdims)
    kept = tuple(i for i in range(x.ndim) if i not in axis and i - x.ndim not in axis)
    moved = np.transpose(x, kept + axis)
    lines = np.reshape(moved, moved.shape[: len(kept)] + (math.prod(moved.shape[len(kept) :]),))
    found = norm(lines, ord, -1)
    return np.expand_dims(found, axis) if keepdims else found


def matrix_norm(x, *, keepdims=False, ord="fro"):
    """The norm of each matrix of a stack."""
    return norm(x, ord, (-2, -1), keepdims)


def cond(x, p=None):
    """How much a matrix can enlarge relative errors: a norm times that of the inverse."""
    _rectangular(x)
    if x.size == 0:
        raise np.linalg.LinAlgError("cond is not defined on empty arrays")
    if p is None or p == 2:
        s = _svdvals(x)
        return _defined(s[..., 0] / s[..., -1], x)
    if p == -2:
        s = _svdvals(x)
        return _defined(s[..., -1] / s[..., 0], x)
    inverse = _inverse_or_nan(x)
    return _defined(norm(x, p, (-2, -1)) * norm(inverse, p, (-2, -1)).astype(inverse.real.dtype), x)


def _defined(quotient, x):
    """Infinite where NaN comes from a matrix without one."""
    lost = np.isnan(quotient) & ~np.any(np.isnan(x), axis=(-2, -1))
    return np.where(lost, quotient.dtype.type(math.inf), quotient) if x.ndim > 2 else _one(quotient, bool(lost))


def _one(quotient, lost):
    """The condition of one matrix."""
    return quotient.dtype.type(math.inf) if lost else quotient


def matrix_rank(A, tol=None, hermitian=False, *, rtol=None):
    """How many singular values are above a tolerance."""
    if A.ndim < 2:
        return int(np.any(A != 0))
    s = _svdvals(A)
    if tol is None:
        unit = np.finfo(s.dtype).eps * max(A.shape[-2], A.shape[-1]) if rtol is None else rtol
        limit = np.max(s, axis=-1, keepdims=True) * unit if s.shape[-1] > 0 else np.zeros((1,), s.dtype)
        return np.count_nonzero(s > limit, axis=-1)
    return np.count_nonzero(s > np.asarray(tol)[..., None], axis=-1)


def pinv(a, rcond=None, hermitian=False, *, rtol=None):
    """The pseudo-inverse: singular values below a tolerance count as 0."""
    u, s, vh = _svd(a, full_matrices=False)
    unit = (
        np.finfo(s.dtype).eps * max(a.shape[-2], a.shape[-1])
        if rcond is None and rtol is None
        else (rtol if rcond is None else rcond)
    )
    if s.shape[-1] == 0:
        return np.zeros(a.shape[:-2] + (a.shape[-1], a.shape[-2]), u.dtype)
    limit = np.max(s, axis=-1, keepdims=True) * unit
    large = s > limit
    inverse = np.where(large, 1 / np.where(large, s, s.dtype.type(1)), s.dtype.type(0))
    left = np.conj(np.swapaxes(vh, -1, -2)) if np.iscomplexobj(vh) else np.swapaxes(vh, -1, -2)
    right = np.conj(np.swapaxes(u, -1, -2)) if np.iscomplexobj(u) else np.swapaxes(u, -1, -2)
    return left @ (inverse[..., None] * right)
