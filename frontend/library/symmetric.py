"""``np.linalg.eigh``: reflections make a symmetric or Hermitian matrix tridiagonal, and QL steps diagonal.

Source: LAPACK's ``hetd2``; Bowdler and others, "The QR and QL algorithms for symmetric matrices" (1968).
"""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false

import math

import numpy as np

import pyc

from ._stacks import conjugate as _conjugate
from ._stacks import square as _square
from ._stacks import stack as _stack
from .reflections import _reflect, _reflection


def eigh(a, UPLO="L"):
    """The eigenvalues of a symmetric or Hermitian matrix in rising order, and their vectors as columns."""
    _square(a)
    x = _stack(a)
    n = a.shape[-1]
    values = np.zeros((x.shape[0], n), x.real.dtype)
    vectors = np.zeros(x.shape, x.dtype)
    for s in range(x.shape[0]):
        _filled(x[s], _upper(UPLO))
        if not _solved(x[s], values[s], vectors[s]):
            raise np.linalg.LinAlgError("Eigenvalues did not converge")
    return np.reshape(values, a.shape[:-1]), np.reshape(vectors, a.shape)


def eigvalsh(a, UPLO="L"):
    """The eigenvalues of a symmetric or Hermitian matrix in rising order."""
    _square(a)
    x = _stack(a)
    values = np.zeros((x.shape[0], a.shape[-1]), x.real.dtype)
    none = np.zeros((0, 0), x.dtype)
    for s in range(x.shape[0]):
        _filled(x[s], _upper(UPLO))
        if not _solved(x[s], values[s], none):
            raise np.linalg.LinAlgError("Eigenvalues did not converge")
    return np.reshape(values, a.shape[:-1])


def _upper(uplo):
    """Whether the upper triangle counts."""
    if uplo not in ("L", "l", "U", "u"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return uplo in ("U", "u")


@pyc.jit(unchecked=True)
def _filled(x, upper):
    """One triangle becomes the mirror of the other; the diagonal is real."""
    for i in range(x.shape[0]):
        if np.iscomplexobj(x):
            x[i, i] = x[i, i].real
        for j in range(i):
            if upper:
                x[i, j] = _conjugate(x[j, i])
            else:
                x[j, i] = _conjugate(x[i, j])


@pyc.jit(unchecked=True)
def _solved(x, d, z):
    """The eigenvalues ``d`` and vectors, the columns of ``z``, if it has any; whether they were found."""
    n = x.shape[0]
    most = d.dtype.type(0)
    for i in range(n):
        for j in range(n):
            size = np.abs(x[i, j])
            if not size <= most:
                most = size
            if size != size:
                break
        if most != most:
            break
    if n > 1 and (most != most or most == math.inf):
        d[:] = math.nan
        z[:] = math.nan
        return True
    if n == 1:
        d[0] = x[0, 0].real
        if z.shape[0] == 1:
            z[0, 0] = 1
        return True
    scale = np.exp2(np.floor(np.log2(most))) if most > 0 else most + 1
    for i in range(n):
        for j in range(n):
            x[i, j] /= scale
    e = np.zeros(n, d.dtype)
    tau = np.zeros(n, x.dtype)
    _tridiagonal(x, d, e, tau)
    y = np.zeros((z.shape[0], n), x.dtype)
    if z.shape[0] > 0:
        for i in range(n):
            z[i, i] = 1
        for i in range(n - 1):
            k = n - 2 - i
            _reflect(x[k + 1 :, k], tau[k], z[k + 1 :, k + 1 :])
        # Rotations of columns are rotations of rows here, which are contiguous.
        for i in range(n):
            for j in range(n):
                y[j, i] = z[i, j]
    if not _diagonal(d, e, y):
        return False
    _sorted(d, y, z)
    for i in range(n):
        d[i] *= scale
    return True


@pyc.jit(unchecked=True)
def _tridiagonal(x, d, e, tau):
    """The diagonals ``d`` and ``e`` of the tridiagonal matrix; the reflections stay below the diagonal of ``x``."""
    n = x.shape[0]
    w = np.zeros(n, x.dtype)
    for k in range(n - 1):
        tau[k] = _reflection(x[k + 1 :, k])
        e[k] = x[k + 1, k].real
        if tau[k] != 0:
            x[k + 1, k] = 1
            dot = x.dtype.type(0)
            for i in range(k + 1, n):
                total = x.dtype.type(0)
                for j in range(k + 1, n):
                    total += x[i, j] * x[j, k]
                w[i] = tau[k] * total
                dot += _conjugate(w[i]) * x[i, k]
            half = tau[k] * dot / 2
            for i in range(k + 1, n):
                w[i] -= half * x[i, k]
            for i in range(k + 1, n):
                v, u = x[i, k], w[i]
                for j in range(k + 1, n):
                    x[i, j] -= v * _conjugate(w[j]) + u * _conjugate(x[j, k])
        d[k] = x[k, k].real
    d[n - 1] = x[n - 1, n - 1].real


@pyc.jit(unchecked=True)
def _diagonal(d, e, y):
    """QL steps until ``e`` vanishes; rows of ``y`` turn with them. Whether that has an end."""
    n = d.shape[0]
    eps = np.finfo(d.dtype).eps
    one = d.dtype.type(1)
    for low in range(n):
        steps = 0
        while True:
            high = low
            while high < n - 1 and np.fabs(e[high]) > eps * (np.fabs(d[high]) + np.fabs(d[high + 1])):
                high += 1
            if high == low:
                break
            steps += 1
            if steps > 80:
                return False
            g = (d[low + 1] - d[low]) / (2 * e[low])
            g = d[high] - d[low] + e[low] / (g + np.copysign(np.hypot(g, one), g))
            sine, cosine, p = one, one, one * 0
            i = high - 1
            lost = False
            while i >= low:
                f, b = sine * e[i], cosine * e[i]
                r = np.hypot(f, g)
                e[i + 1] = r
                if r == 0:
                    d[i + 1] -= p
                    e[high] = 0
                    lost = True
                    break
                sine, cosine = f / r, g / r
                g = d[i + 1] - p
                r = (d[i] - g) * sine + 2 * cosine * b
                p = sine * r
                d[i + 1] = g + p
                g = cosine * r - b
                if y.shape[0] > 0:
                    for k in range(n):
                        s, t = y[i, k], y[i + 1, k]
                        y[i + 1, k] = sine * s + cosine * t
                        y[i, k] = cosine * s - sine * t
                i -= 1
            if not lost:
                d[low] -= p
                e[low] = g
                e[high] = 0
    return True


@pyc.jit(unchecked=True)
def _sorted(d, y, z):
    """``d`` in rising order; the rows of ``y`` in that order are the columns of ``z``."""
    n = d.shape[0]
    order = np.zeros(n, np.int64)
    values = d.copy()
    for i in range(n):
        j = i
        while j > 0 and values[order[j - 1]] > values[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    for j in range(n):
        d[j] = values[order[j]]
        for i in range(y.shape[0]):
            z[i, j] = y[order[j], i]
