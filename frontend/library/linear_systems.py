"""``np.linalg``: equations, inverses, determinants and powers of matrices, by elimination; stacks of matrices too."""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false

import math

import numpy as np

import pyc

from ._stacks import conjugate as _conjugate
from ._stacks import inexact as _inexact
from ._stacks import square as _square
from ._stacks import square_of as _square_of
from ._stacks import stack as _stack


@pyc.jit(unchecked=True)
def _size(x):
    """What pivots are chosen by: of complex numbers, the sum of the magnitudes of the parts, as in LAPACK."""
    return np.fabs(x.real) + np.fabs(x.imag) if np.iscomplexobj(x) else np.fabs(x)


@pyc.jit(unchecked=True)
def _pivot(u, k):
    """The row from ``k`` on with the largest number in column ``k``."""
    best, most = k, _size(u[k, k])
    for i in range(k + 1, u.shape[0]):
        size = _size(u[i, k])
        if size > most:
            best, most = i, size
    return best


@pyc.jit(unchecked=True)
def _divides(x):
    """Whether to divide by a number; a complex one that is neither vast nor tiny has a reciprocal, as in LAPACK."""
    return not (1e-30 < _size(x) < 1e30) if np.iscomplexobj(x) else True


@pyc.jit(unchecked=True)
def _reciprocal(x):
    """One divided by a number."""
    return 1 / x


@pyc.jit(unchecked=True)
def _eliminated(u, y):
    """Gauss's elimination of ``u`` and of the right sides ``y``, in place: (the sign of the exchanges, singular)."""
    n, sign, singular = u.shape[0], 1.0, False
    # A row that is subtracted from others of its array is one of its own: the others then may be vectors.
    row, side = np.empty(n, u.dtype), np.empty(y.shape[1], y.dtype)
    for k in range(n):
        best = _pivot(u, k)
        if u[best, k] == 0:
            singular = True
            continue
        if best != k:
            sign = -sign
            for j in range(n):
                u[k, j], u[best, j] = u[best, j], u[k, j]
            for j in range(y.shape[1]):
                y[k, j], y[best, j] = y[best, j], y[k, j]
        for j in range(k, n):
            row[j] = u[k, j]
        for j in range(y.shape[1]):
            side[j] = y[k, j]
        for i in range(k + 1, n):
            factor = u[i, k] / row[k]
            if factor != 0:
                for j in range(k + 1, n):
                    u[i, j] -= factor * row[j]
                for j in range(y.shape[1]):
                    y[i, j] -= factor * side[j]
    return sign, singular


@pyc.jit(unchecked=True)
def _substituted(u, y):
    """The solutions for an upper triangle, in the place of the right sides."""
    n = u.shape[0]
    side = np.empty(y.shape[1], y.dtype)
    for k in range(n):
        i = n - 1 - k
        divisor = u[i, i]
        for j in range(y.shape[1]):
            y[i, j] /= divisor
            side[j] = y[i, j]
        for m in range(i):
            factor = u[m, i]
            for j in range(y.shape[1]):
                y[m, j] -= factor * side[j]


@pyc.jit(unchecked=True)
def _inverted(u, y):
    """The inverse of ``u``, which is used up, in the place of zeros ``y``; whether there is one.

    As LAPACK does it: what is put together from the exchanged rows of the identity stays a triangle, of which only
    columns that may have numbers are computed; the columns are exchanged at the end.
    """
    n = u.shape[0]
    chosen = np.empty(n, np.int64)
    row, side = np.empty(n, u.dtype), np.empty(n, u.dtype)
    for k in range(n):
        best = _pivot(u, k)
        if u[best, k] == 0:
            return False
        chosen[k] = best
        if best != k:
            for j in range(k, n):
                u[k, j], u[best, j] = u[best, j], u[k, j]
            for j in range(k):
                y[k, j], y[best, j] = y[best, j], y[k, j]
        y[k, k] = 1
        for j in range(k, n):
            row[j] = u[k, j]
        for j in range(k + 1):
            side[j] = y[k, j]
        pivot, inverse, exact = row[k], _reciprocal(row[k]), _divides(row[k])
        for i in range(k + 1, n):
            factor = u[i, k] / pivot if exact else u[i, k] * inverse
            for j in range(k + 1, n):
                u[i, j] -= factor * row[j]
            for j in range(k + 1):
                y[i, j] -= factor * side[j]
    for k in range(n):
        i = n - 1 - k
        pivot, inverse, exact = u[i, i], _reciprocal(u[i, i]), _divides(u[i, i])
        for j in range(n):
            y[i, j] = y[i, j] / pivot if exact else y[i, j] * inverse
            side[j] = y[i, j]
        for m in range(i):
            factor = u[m, i]
            for j in range(n):
                y[m, j] -= factor * side[j]
    for k in range(n):
        i = n - 1 - k
        best = chosen[i]
        if best != i:
            for j in range(n):
                y[j, i], y[j, best] = y[j, best], y[j, i]
    return True


def det(a):
    """The determinant."""
    _square(a)
    u = _stack(a)
    out = np.empty(u.shape[0], u.dtype)
    for s in range(u.shape[0]):
        sign, _ = _eliminated(u[s], u[s, :, 0:0])
        product = u.dtype.type(sign)
        for i in range(u.shape[1]):
            product = product * u[s, i, i]
        out[s] = product
    return out[0] if a.ndim == 2 else np.reshape(out, a.shape[:-2])


def slogdet(a):
    """The sign of the determinant, and the logarithm of its magnitude."""
    _square(a)
    u = _stack(a)
    sense = np.empty(u.shape[0], u.dtype)
    size = np.empty(u.shape[0], u.real.dtype)
    for s in range(u.shape[0]):
        sign, singular = _eliminated(u[s], u[s, :, 0:0])
        turn, total = u.dtype.type(sign), size.dtype.type(0)
        for i in range(u.shape[1]):
            pivot = u[s, i, i]
            length = np.abs(pivot)
            total = total + np.log(length)
            if np.iscomplexobj(u):
                turn = turn * (pivot / length)
            elif pivot < 0:
                turn = -turn
        sense[s] = u.dtype.type(0) if singular else turn
        size[s] = size.dtype.type(-math.inf) if singular else total
    if a.ndim == 2:
        return sense[0], size[0]
    return np.reshape(sense, a.shape[:-2]), np.reshape(size, a.shape[:-2])


def solve(a, b):
    """The ``x`` with ``a @ x == b``, of a vector or of the columns of a matrix."""
    _square(a)
    if b.ndim == 1:
        if b.shape[0] != a.shape[-1]:
            raise ValueError(
                "solve1: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
                f"(m,m),(m)->(m) (size {b.shape[0]} is different from {a.shape[-1]})"
            )
        return _solved(a, b[:, None])[..., 0].copy()
    if b.shape[-2] != a.shape[-1]:
        raise ValueError(
            "solve: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
            f"(m,m),(m,n)->(m,n) (size {b.shape[-2]} is different from {a.shape[-1]})"
        )
    return _solved(a, b)


def _solved(a, b):
    """The solutions for the columns of ``b``, for each matrix of a stack."""
    x, y = _inexact(a), _inexact(b)
    dtype = np.result_type(x, y)
    if a.ndim > 2 or b.ndim > 2:
        # An array of each stack's shape, without memory worth mention, says what both broadcast to.
        shape = (np.zeros(a.shape[:-2], np.bool_) | np.zeros(b.shape[:-2], np.bool_)).shape
        u = _stack(np.broadcast_to(x, shape + a.shape[-2:]).astype(dtype))
        v = _stack(np.broadcast_to(y, shape + b.shape[-2:]).astype(dtype))
        _solve_each(u, v)
        return np.reshape(v, shape + b.shape[-2:])
    u, v = _stack(x.astype(dtype)), _stack(y.astype(dtype))
    _solve_each(u, v)
    return v[0].copy()


def _solve_each(u, v):
    """The solutions of a stack of equations, in the place of the right sides."""
    for s in range(u.shape[0]):
        _, singular = _eliminated(u[s], v[s])
        if singular:
            raise np.linalg.LinAlgError("Singular matrix")
        _substituted(u[s], v[s])


def inv(a):
    """The inverse of a matrix."""
    return _inverses(a, False)


def _inverse_or_nan(a):
    """The inverse of a matrix; of a singular one, NaN."""
    return _inverses(a, True)


def _inverses(a, lenient):
    """The inverse of each matrix of a stack."""
    _square(a)
    u = _stack(a)
    v = np.zeros(u.shape, u.dtype)
    for s in range(u.shape[0]):
        if not _inverted(u[s], v[s]):
            if not lenient:
                raise np.linalg.LinAlgError("Singular matrix")
            v[s] = math.nan
    return np.reshape(v, a.shape)


def tensorinv(a, ind=2):
    """The inverse for ``np.tensordot`` over the first ``ind`` axes."""
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    rows = math.prod(a.shape[ind:])
    whole = np.reshape(a, (math.prod(a.shape[:ind]), rows))
    return np.reshape(inv(whole), a.shape[ind:] + a.shape[:ind])


def tensorsolve(a, b, axes=None):
    """The ``x`` with ``np.tensordot(a, x, x.ndim) == b``; ``axes`` of ``a`` are moved to its end first."""
    if axes is not None:
        return tensorsolve(np.moveaxis(a, axes, _last(axes)), b)
    n = math.prod(a.shape[b.ndim :])
    if math.prod(a.shape[: b.ndim]) != n:
        raise np.linalg.LinAlgError(
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])"
        )
    return np.reshape(solve(np.reshape(a, (n, n)), np.ravel(b)), a.shape[b.ndim :])


def _last(axes):
    """The last positions, as many as there are axes."""
    return tuple(i - len(axes) for i in range(len(axes)))


def cholesky(a, *, upper=False):
    """The lower triangle ``l`` with ``l @ l.conj().T == a``, or the upper one, its adjoint."""
    _square(a)
    x = _stack(a)
    for s in range(x.shape[0]):
        if not _triangle(x[s], upper):
            raise np.linalg.LinAlgError("Matrix is not positive definite")
    return np.reshape(x, a.shape)


@pyc.jit(unchecked=True)
def _triangle(x, upper):
    """Cholesky's factor of a matrix, in its place; whether there is one. A pivot that is NaN is no reason to stop."""
    n = x.shape[0]
    if upper:
        for i in range(n):
            for j in range(i):
                x[i, j] = _conjugate(x[j, i])
    for i in range(n):
        for j in range(i):
            total = x[i, j]
            for k in range(j):
                total -= x[i, k] * _conjugate(x[j, k])
            x[i, j] = total / x[j, j]
        rest = x[i, i].real
        for k in range(i):
            rest -= _square_of(x[i, k])
        if rest <= 0:
            return False
        x[i, i] = np.sqrt(rest)
    for i in range(n):
        for j in range(i):
            if upper:
                x[j, i] = _conjugate(x[i, j])
                x[i, j] = 0
            else:
                x[j, i] = 0
    return True


def matrix_power(a, n):
    """The product of ``n`` matrices ``a``; of inverses for a negative ``n``. In NumPy's order of products."""
    _square(a)
    if n == 0:
        return np.broadcast_to(np.eye(a.shape[-1]).astype(a.dtype), a.shape).copy()
    if n == 1:
        return a
    factor = inv(a) if n < 0 else a
    rest = abs(n)
    if rest == 3:
        return factor @ factor @ factor
    while rest & 1 == 0:
        factor = factor @ factor
        rest >>= 1
    result = factor
    rest >>= 1
    while rest > 0:
        factor = factor @ factor
        if rest & 1 == 1:
            result = result @ factor
        rest >>= 1
    return result
