"""``np.linalg.eig``: a Hessenberg matrix by reflections, a triangle by shifted QR steps, and its vectors.

All results are complex, also where no eigenvalue has an imaginary part: which they are is known at run time only. The
eigenvalues of a real matrix come in pairs that are conjugates of each other in every bit, or are real.
Source: EISPACK's ``balanc``, ``orthes``, ``hqr2`` and ``comqr2``, as in Wilkinson and Reinsch (1971).
"""

import numpy as np

import pyc

from ._parts import from_parts as _from_parts
from ._quasi_triangles import _hqr, _real_vectors
from ._stacks import conjugate as _conjugate
from ._stacks import square as _square
from ._stacks import square_of as _square_of
from ._stacks import stack as _stack
from .reflections import _reflect, _reflection


def eig(a):
    """The eigenvalues, complex, and their vectors of length 1 as columns."""
    _square(a)
    x = _finite(_stack(a))
    n = a.shape[-1]
    values = np.zeros((x.shape[0], n), np.result_type(x, np.complex64))
    vectors = np.zeros(x.shape, values.dtype)
    for s in range(x.shape[0]):
        if not _found(x[s], values[s], vectors[s]):
            raise np.linalg.LinAlgError("Eigenvalues did not converge")
    return np.reshape(values, a.shape[:-1]), np.reshape(vectors, a.shape)


def eigvals(a):
    """The eigenvalues, complex."""
    _square(a)
    x = _finite(_stack(a))
    values = np.zeros((x.shape[0], a.shape[-1]), np.result_type(x, np.complex64))
    none = np.zeros((0, 0), values.dtype)
    for s in range(x.shape[0]):
        if not _found(x[s], values[s], none):
            raise np.linalg.LinAlgError("Eigenvalues did not converge")
    return np.reshape(values, a.shape[:-1])


def _finite(x):
    """Refuses infinities and NaN."""
    if not np.all(np.isfinite(x)):
        raise np.linalg.LinAlgError("Array must not contain infs or NaNs")
    return x


@pyc.jit(unchecked=True)
def _found(x, values, vectors):
    """The eigenvalues of a matrix, and its vectors if they are wanted; whether they were found."""
    n = x.shape[0]
    most = _norm(x)
    size = np.exp2(np.floor(np.log2(most))) if most > 0 else most + 1
    for i in range(n):
        for j in range(n):
            x[i, j] /= size
    scale = _balanced(x)
    z = np.zeros((vectors.shape[0], n), x.dtype)
    for i in range(z.shape[0]):
        z[i, i] = 1
    _hessenberg(x, z)
    if np.iscomplexobj(x):
        if not _triangular(x, z):
            return False
        for i in range(n):
            values[i] = x[i, i]
        if z.shape[0] > 0:
            _vectors(x, z, vectors)
    else:
        d, e = np.zeros(n, x.dtype), np.zeros(n, x.dtype)
        if not _hqr(x, z, d, e):
            return False
        for i in range(n):
            values[i] = _from_parts(d[i], e[i])
        if z.shape[0] > 0:
            _real_vectors(x, z, d, e)
            for j in range(n):
                for i in range(n):
                    if e[j] > 0:
                        vectors[i, j] = _from_parts(z[i, j], z[i, j + 1])
                    elif e[j] < 0:
                        vectors[i, j] = _from_parts(z[i, j - 1], -z[i, j])
                    else:
                        vectors[i, j] = z[i, j]
    for i in range(n):
        values[i] *= size
    _normalised(vectors, scale)
    return True


@pyc.jit(unchecked=True)
def _balanced(x):
    """Rows and columns are scaled until they are alike in length, by powers of 2; gives the scales."""
    n = x.shape[0]
    scale = np.ones(n, x.real.dtype)
    changed = True
    while changed:
        changed = False
        for i in range(n):
            column, row = scale.dtype.type(0), scale.dtype.type(0)
            for j in range(n):
                if j != i:
                    column += np.abs(x[j, i])
                    row += np.abs(x[i, j])
            if column > 0 and row > 0:
                factor, total = scale.dtype.type(1), column + row
                while column < row / 2 and factor < 1e30:
                    factor *= 2
                    column *= 4
                while column >= row * 2 and factor > 1e-30:
                    factor /= 2
                    column /= 4
                if (column + row) / factor < total * 0.95 and factor != 1:
                    changed = True
                    scale[i] *= factor
                    for j in range(n):
                        x[i, j] /= factor
                    for j in range(n):
                        x[j, i] *= factor
    return scale


@pyc.jit(unchecked=True)
def _hessenberg(x, z):
    """``x`` becomes zero below its first subdiagonal by reflections, whose product ``z`` becomes, if it is wanted."""
    n = x.shape[0]
    tau = np.zeros(n, x.dtype)
    for k in range(n - 2):
        tau[k] = _reflection(x[k + 1 :, k])
        if tau[k] != 0:
            _reflect(x[k + 1 :, k], _conjugate(tau[k]), x[k + 1 :, k + 1 :])
            for i in range(n):
                dot = x[i, k + 1]
                for j in range(k + 2, n):
                    dot += x[i, j] * x[j, k]
                dot *= tau[k]
                x[i, k + 1] -= dot
                for j in range(k + 2, n):
                    x[i, j] -= dot * _conjugate(x[j, k])
    for i in range(n - 2):
        k = n - 3 - i
        if z.shape[0] > 0:
            _reflect(x[k + 1 :, k], tau[k], z[k + 1 :, k + 1 :])
    for i in range(n):
        for j in range(i - 1):
            x[i, j] = 0


@pyc.jit(unchecked=True)
def _triangular(x, z):
    """A complex Hessenberg matrix becomes triangular by QR steps, and ``z`` turns with it; whether that has an end."""
    n = x.shape[0]
    eps = np.finfo(x.real.dtype).eps
    high = n - 1
    steps = 0
    while high > 0:
        low = high
        while low > 0:
            near = np.abs(x[low - 1, low - 1]) + np.abs(x[low, low])
            if near == 0:
                near = _norm(x)
            if np.abs(x[low, low - 1]) <= eps * near:
                x[low, low - 1] = 0
                break
            low -= 1
        if low == high:
            high -= 1
            steps = 0
            continue
        steps += 1
        if steps > 30 * max(n, 10):
            return False
        shift = _shift(x, high)
        if steps % 10 == 0:
            shift = x[high, high] + np.abs(x[high, high - 1])
        _step(x, z, low, high, shift)
    return True


@pyc.jit(unchecked=True)
def _norm(x):
    """The largest magnitude."""
    most = x.real.dtype.type(0)
    for i in range(x.shape[0]):
        for j in range(x.shape[0]):
            most = max(most, np.abs(x[i, j]))
    return most


@pyc.jit(unchecked=True)
def _shift(x, high):
    """The eigenvalue of the last two rows that is closer to the last element."""
    a, b = x[high - 1, high - 1], x[high - 1, high]
    c, d = x[high, high - 1], x[high, high]
    half = (a - d) / 2
    root = np.sqrt(half * half + b * c)
    if half.real * root.real + half.imag * root.imag < 0:
        root = -root
    whole = half + root
    return d if whole == 0 else d - b * c / whole


@pyc.jit(unchecked=True)
def _step(x, z, low, high, shift):
    """One QR step of the rows ``low`` to ``high``, by rotations."""
    n = x.shape[0]
    cosine = np.zeros(n, x.real.dtype)
    sine = np.zeros(n, x.dtype)
    for i in range(low, high + 1):
        x[i, i] -= shift
    for i in range(low, high):
        p, q = x[i, i], x[i + 1, i]
        length = np.hypot(np.abs(p), np.abs(q))
        size = np.abs(p)
        if length == 0:
            cosine[i], sine[i] = 1, 0
        elif size == 0:
            cosine[i], sine[i] = 0, np.conj(q) / length
        else:
            cosine[i], sine[i] = size / length, p / size * np.conj(q) / length
        c, s = cosine[i], sine[i]
        for j in range(i, n):
            u, v = x[i, j], x[i + 1, j]
            x[i, j] = c * u + s * v
            x[i + 1, j] = c * v - np.conj(s) * u
        x[i + 1, i] = 0
    for i in range(low, high):
        c, s = cosine[i], sine[i]
        for k in range(min(i + 2, high + 1)):
            u, v = x[k, i], x[k, i + 1]
            x[k, i] = c * u + np.conj(s) * v
            x[k, i + 1] = c * v - s * u
        for k in range(z.shape[0]):
            u, v = z[k, i], z[k, i + 1]
            z[k, i] = c * u + np.conj(s) * v
            z[k, i + 1] = c * v - s * u
    for i in range(low, high + 1):
        x[i, i] += shift


@pyc.jit(unchecked=True)
def _vectors(x, z, vectors):
    """The eigenvectors of a triangle, by substitution, turned back by ``z``."""
    n = x.shape[0]
    tiny = np.finfo(x.real.dtype).eps * max(_norm(x), x.real.dtype.type(1))
    y = np.zeros(n, x.dtype)
    for k in range(n):
        y[:] = 0
        y[k] = 1
        for m in range(k):
            i = k - 1 - m
            total = x[i, k]
            for j in range(i + 1, k):
                total += x[i, j] * y[j]
            gap = x[i, i] - x[k, k]
            if np.abs(gap) < tiny:
                gap = x.dtype.type(tiny)
            y[i] = -total / gap
            if np.abs(y[i]) > 1e30:
                size = np.abs(y[i])
                for j in range(i, k + 1):
                    y[j] /= size
        for i in range(n):
            total = x.dtype.type(0)
            for j in range(k + 1):
                total += z[i, j] * y[j]
            vectors[i, k] = total


@pyc.jit(unchecked=True)
def _normalised(vectors, scale):
    """The columns, in the scale of the matrix that was balanced, become as long as 1, their largest element real."""
    n = vectors.shape[1]
    for j in range(n):
        most, best, total = scale.dtype.type(0), 0, scale.dtype.type(0)
        for i in range(vectors.shape[0]):
            vectors[i, j] *= scale[i]
            most = max(most, np.abs(vectors[i, j]))
        for i in range(vectors.shape[0]):
            vectors[i, j] /= most
            size = _square_of(vectors[i, j])
            if size > _square_of(vectors[best, j]):
                best = i
            total += size
        length = np.sqrt(total)
        turn = np.conj(vectors[best, j]) / np.abs(vectors[best, j])
        whole = True
        for i in range(vectors.shape[0]):
            whole = whole and vectors[i, j].imag == 0
        for i in range(vectors.shape[0]):
            if whole:
                vectors[i, j] = vectors[i, j] / length
            else:
                vectors[i, j] = vectors[i, j] * turn / length
        if not whole:
            vectors[best, j] = vectors[best, j].real
