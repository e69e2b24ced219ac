"""``np.linalg``: singular values, by Jacobi's rotations of the triangle that a QR decomposition leaves.

Source: Demmel and Veselic, "Jacobi's method is more accurate than QR" (1992); Drmac and Veselic (2008).
"""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportIndexIssue=false

import math

import numpy as np

import pyc

from ._stacks import adjoint as _adjoint
from ._stacks import conjugate as _conjugate
from ._stacks import inexact as _inexact
from ._stacks import rectangular as _rectangular
from ._stacks import square as _square
from ._stacks import square_of as _square_of
from ._stacks import stack as _stack
from .reflections import _formed, _reduced
from .symmetric import eigh as _eigh
from .symmetric import eigvalsh as _eigvalsh


def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """``u``, the singular values ``s`` in falling order, and ``vh``, with ``(u * s) @ vh == a``."""
    if not compute_uv:
        return _values(a, hermitian)
    _rectangular(a)
    if hermitian:
        _square(a)
        values, vectors = _eigh(a)
        order = np.argsort(np.fabs(values), axis=-1)[..., ::-1]
        values = np.take_along_axis(values, order, axis=-1)
        u = np.take_along_axis(vectors, order[..., None, :], axis=-1)
        return u, np.fabs(values), _adjoint(u * np.sign(values)[..., None, :])
    m, n = a.shape[-2], a.shape[-1]
    k, longer = min(m, n), max(m, n)
    x = _stack(a)
    u = np.zeros((x.shape[0], m, m if full_matrices else k), x.dtype)
    s = np.zeros((x.shape[0], k), x.real.dtype)
    vh = np.zeros((x.shape[0], n if full_matrices else k, n), x.dtype)
    tall = np.zeros((longer, k), x.dtype)
    for i in range(x.shape[0]):
        _copied(x[i], tall, m < n)
        first = np.zeros((longer, longer if full_matrices else k), x.dtype)
        second = np.zeros((k, k), x.dtype)
        if not _decomposed(tall, first, second, s[i]):
            raise np.linalg.LinAlgError("SVD did not converge")
        _placed(first, second, u[i], vh[i], m < n)
    shape = a.shape[:-2]
    return np.reshape(u, shape + u.shape[1:]), np.reshape(s, shape + (k,)), np.reshape(vh, shape + vh.shape[1:])


@pyc.jit(unchecked=True)
def _copied(x, to, turned):
    """``to`` becomes ``x``, or its adjoint."""
    for i in range(to.shape[0]):
        for j in range(to.shape[1]):
            to[i, j] = _conjugate(x[j, i]) if turned else x[i, j]


def _placed(first, second, u, vh, turned):
    """The vectors of a matrix from those of itself or, with their places changed, of its adjoint."""
    if turned:
        _copied(second, u, True)
        _copied(first, vh, True)
    else:
        _copied(first, u, False)
        _copied(second, vh, False)


def svdvals(x, /):
    """The singular values in falling order."""
    return _values(x, False)


def _values(a, hermitian):
    """The singular values in falling order."""
    _rectangular(a)
    if hermitian:
        return np.sort(np.fabs(_eigvalsh(a)), axis=-1)[..., ::-1].copy()
    m, n = a.shape[-2], a.shape[-1]
    x = _stack(a)
    s = np.zeros((x.shape[0], min(m, n)), x.real.dtype)
    tall = np.zeros((max(m, n), min(m, n)), x.dtype)
    # Nothing, but not an extent of 0 that the compiler knows: of such an array it takes no slices.
    none, nothing = np.zeros((min(m, 0), min(n, 0)), x.dtype), np.zeros((min(m, 0), min(n, 0)), x.dtype)
    for i in range(x.shape[0]):
        _copied(x[i], tall, m < n)
        if not _decomposed(tall, none, nothing, s[i]):
            raise np.linalg.LinAlgError("SVD did not converge")
    return np.reshape(s, a.shape[:-2] + (s.shape[1],))


@pyc.jit(unchecked=True)
def _decomposed(x, u, vh, s):
    """The singular values of ``x``, which has no fewer rows than columns; whether they were found (of NaN, never).

    ``u`` and ``vh`` are zeros, to be filled; without columns, they are not wanted.
    """
    n = x.shape[1]
    most = x.real.dtype.type(0)
    for i in range(x.shape[0]):
        for j in range(n):
            size = np.fabs(x[i, j].real) + np.fabs(x[i, j].imag) if np.iscomplexobj(x) else np.fabs(x[i, j])
            if size != size:
                return False
            most = max(most, size)
    if most == math.inf:
        u[:] = math.nan
        vh[:] = math.nan
        s[:] = math.nan
        return True
    scale = np.exp2(np.floor(np.log2(most))) if most > 0 else most + 1
    for i in range(x.shape[0]):
        for j in range(n):
            x[i, j] /= scale
    tau = np.zeros(n, x.dtype)
    _reduced(x, tau)
    w = np.zeros((n, n), x.dtype)
    for i in range(n):
        for j in range(i, n):
            w[i, j] = _conjugate(x[i, j])
    wanted = u.shape[1] > 0 or vh.shape[1] > 0
    v = np.zeros((n if wanted else 0, n), x.dtype)
    for i in range(v.shape[0]):
        v[i, i] = 1
    if not _orthogonal(w, v):
        return False
    order = _lengths(w, s)
    if wanted:
        _normalised(w, s)
        # x is Q @ R, R^H @ V is W, of which the rows here are the columns.
        _formed(x, tau, u)
        left = np.zeros((u.shape[0], n), x.dtype)
        for i in range(u.shape[0]):
            for k in range(n):
                for j in range(n):
                    left[i, j] += u[i, k] * v[order[j], k]
        for i in range(u.shape[0]):
            for j in range(n):
                u[i, j] = left[i, j]
        for i in range(n):
            for j in range(n):
                vh[i, j] = _conjugate(w[order[i], j])
    sizes = s.copy()
    for i in range(n):
        s[i] = sizes[order[i]] * scale
    return True


@pyc.jit(unchecked=True)
def _orthogonal(w, v):
    """Rotates rows of ``w`` until they are orthogonal, and those of ``v`` with them; whether that has an end."""
    n = w.shape[0]
    eps = np.finfo(w.real.dtype).eps
    square = np.zeros(n, w.real.dtype)
    for _ in range(60):
        for i in range(n):
            total = square.dtype.type(0)
            for k in range(n):
                total += _square_of(w[i, k])
            square[i] = total
        turned = False
        for p in range(n):
            for q in range(p + 1, n):
                dot = w.dtype.type(0)
                for k in range(n):
                    dot += _conjugate(w[p, k]) * w[q, k]
                size = np.abs(dot)
                if size > eps * np.sqrt(square[p]) * np.sqrt(square[q]) and size > 1e-290 * square.dtype.type(1):
                    turned = True
                    zeta = (square[q] - square[p]) / (2 * size)
                    t = np.copysign(square.dtype.type(1), zeta) / (np.fabs(zeta) + np.hypot(zeta, zeta.dtype.type(1)))
                    cosine = 1 / np.hypot(t, t.dtype.type(1))
                    sine = cosine * t
                    phase = _conjugate(dot) / size
                    _turn(w, p, q, cosine, sine, phase)
                    if v.shape[0] > 0:
                        _turn(v, p, q, cosine, sine, phase)
                    square[p] = max(square[p] - t * size, square.dtype.type(0))
                    square[q] += t * size
        if not turned:
            return True
    return False


@pyc.jit(unchecked=True)
def _turn(w, p, q, cosine, sine, phase):
    """One rotation of two rows."""
    for k in range(w.shape[1]):
        x, y = w[p, k], w[q, k] * phase
        w[p, k] = cosine * x - sine * y
        w[q, k] = sine * x + cosine * y


@pyc.jit(unchecked=True)
def _lengths(w, s):
    """The rows by falling length, which ``s`` gets."""
    n = w.shape[0]
    order = np.zeros(n, np.int64)
    for i in range(n):
        total = s.dtype.type(0)
        for k in range(n):
            total += _square_of(w[i, k])
        s[i] = np.sqrt(total)
        j = i
        while j > 0 and s[order[j - 1]] < s[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    return order


@pyc.jit(unchecked=True)
def _normalised(w, s):
    """Rows of length 1; for those without a direction, any that is orthogonal to all others."""
    n = w.shape[0]
    for i in range(n):
        if s[i] > 0:
            for k in range(n):
                w[i, k] /= s[i]
    for i in range(n):
        if s[i] == 0:
            _completed(w, s, i)


@pyc.jit(unchecked=True)
def _completed(w, s, i):
    """Row ``i`` becomes orthogonal to the rows before it and to those with a length: the first axis that is far off."""
    n = w.shape[0]
    for axis in range(n):
        for k in range(n):
            w[i, k] = 1 if k == axis else 0
        for _ in range(2):
            for j in range(n):
                if j < i or s[j] > 0:
                    dot = w.dtype.type(0)
                    for k in range(n):
                        dot += _conjugate(w[j, k]) * w[i, k]
                    for k in range(n):
                        w[i, k] -= dot * w[j, k]
        total = s.dtype.type(0)
        for k in range(n):
            total += _square_of(w[i, k])
        if total * (2 * n) > 1:
            length = np.sqrt(total)
            for k in range(n):
                w[i, k] /= length
            return


def lstsq(a, b, rcond=None):
    """(The ``x`` of least length with the least ``|b - a @ x|``, squares of that, the rank, the singular values)."""
    if a.ndim != 2:
        raise np.linalg.LinAlgError(f"{a.ndim}-dimensional array given. Array must be two-dimensional")
    if b.ndim != 1 and b.ndim != 2:
        raise np.linalg.LinAlgError(f"{b.ndim}-dimensional array given. Array must be two-dimensional")
    if a.shape[0] != b.shape[0]:
        raise np.linalg.LinAlgError("Incompatible dimensions")
    if b.ndim == 1:
        x, rest, rank, s = _least(a, b[:, None], rcond)
        return x[:, 0].copy(), rest, rank, s
    return _least(a, b, rcond)


def _least(a, b, rcond):
    """Least squares for the columns of ``b``."""
    dtype = np.result_type(_inexact(a), _inexact(b))
    m, n = a.shape
    x, y = a.astype(dtype), b.astype(dtype)
    if np.any(np.isnan(x)) or np.any(np.isinf(x)) or np.any(np.isnan(y)) or np.any(np.isinf(y)):
        raise np.linalg.LinAlgError("SVD did not converge in Linear Least Squares")
    u, s, vh = svd(x, full_matrices=False)
    unit = np.finfo(s.dtype).eps * max(m, n) if rcond is None else rcond
    rank = 0
    inverse = np.zeros(s.shape, s.dtype)
    for i in range(s.shape[0]):
        if s[i] > s[0] * unit and s[i] > 0:
            rank += 1
            inverse[i] = 1 / s[i]
    found = _adjoint(vh) @ (inverse[:, None] * (_adjoint(u) @ y))
    gap = y - x @ found
    squares = np.sum(gap.real * gap.real + gap.imag * gap.imag if np.iscomplexobj(gap) else gap * gap, axis=0)
    # There are none where x does not determine the solution, or meets the equations.
    rest = squares[: squares.shape[0] if rank == n and m > n else 0].copy()
    return found, rest, np.int32(rank), s
