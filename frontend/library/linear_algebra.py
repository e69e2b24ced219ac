"""``np.linalg``: matrices taken apart, equations solved, norms. One matrix at a time, in double precision or single."""

import math

import numpy as np


def norm(x, ord=None, axis=None, keepdims=False):
    """The length of a vector; of a matrix, the root of the sum of squares."""
    y = np.fabs(x)
    if axis is None and np.ndim(x) == 2 and ord is not None and ord != "fro":
        return _matrix_norm(y, ord, keepdims)
    if ord is None or ord == "fro" or ord == 2:
        return np.sqrt(np.sum(y * y, axis=axis, keepdims=keepdims))
    if ord == math.inf:
        return np.max(y, axis=axis, keepdims=keepdims)
    if ord == -math.inf:
        return np.min(y, axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum((y != 0).astype(y.dtype), axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(y, axis=axis, keepdims=keepdims)
    return np.power(np.sum(np.power(y, ord), axis=axis, keepdims=keepdims), 1.0 / ord)


def _matrix_norm(y, ord, keepdims):
    """Norms of a matrix of magnitudes by its rows or columns."""
    if ord == 1:
        return np.max(np.sum(y, axis=0, keepdims=keepdims), axis=-1, keepdims=keepdims)
    if ord == -1:
        return np.min(np.sum(y, axis=0, keepdims=keepdims), axis=-1, keepdims=keepdims)
    if ord == math.inf:
        return np.max(np.sum(y, axis=1, keepdims=keepdims), axis=0, keepdims=keepdims)
    if ord == -math.inf:
        return np.min(np.sum(y, axis=1, keepdims=keepdims), axis=0, keepdims=keepdims)
    raise ValueError("Invalid norm order for matrices.")


def _eliminated(a, b):
    """Gauss's elimination: (rows of a triangle, what became of ``b``, the sign of the exchanges, whether singular)."""
    n = a.shape[0]
    u = a * np.mean(a).dtype.type(1)
    y = b * np.mean(a).dtype.type(1)
    sign = 1.0
    singular = False
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(u[i, k]) > abs(u[best, k]):
                best = i
        if u[best, k] == 0:
            singular = True
        else:
            if best != k:
                sign = -sign
                for j in range(n):
                    saved = u[k, j]
                    u[k, j] = u[best, j]
                    u[best, j] = saved
                for j in range(y.shape[1]):
                    kept = y[k, j]
                    y[k, j] = y[best, j]
                    y[best, j] = kept
            for i in range(k + 1, n):
                factor = u[i, k] / u[k, k]
                if factor != 0:
                    for j in range(k, n):
                        u[i, j] = u[i, j] - factor * u[k, j]
                    for j in range(y.shape[1]):
                        y[i, j] = y[i, j] - factor * y[k, j]
    return u, y, sign, singular


def _square(a):
    """Refuses what is not a square matrix."""
    if a.shape[0] != a.shape[1]:
        raise ValueError("Last 2 dimensions of the array must be square")


def det(a):
    """The determinant."""
    _square(a)
    u, _, sign, _ = _eliminated(a, a[:, 0:0])
    result = u.dtype.type(sign)
    for i in range(a.shape[0]):
        result = result * u[i, i]
    return result


def slogdet(a):
    """The sign of the determinant, and the logarithm of its magnitude."""
    _square(a)
    u, _, sign, singular = _eliminated(a, a[:, 0:0])
    total = u.dtype.type(0)
    sense = u.dtype.type(sign)
    for i in range(a.shape[0]):
        total = total + np.log(np.abs(u[i, i]))
        if u[i, i] < 0:
            sense = -sense
    if singular:
        sense = u.dtype.type(0)
        total = u.dtype.type(-math.inf)
    return sense, total


def solve(a, b):
    """The ``x`` with ``a @ x == b``, of a vector or of the columns of a matrix."""
    _square(a)
    if b.ndim == 1:
        if b.shape[0] != a.shape[0]:
            raise ValueError("solve: b has not as many elements as a has rows")
        return _solved(a, np.reshape(b, (b.shape[0], 1)))[:, 0].copy()
    return _solved(a, b)


def _solved(a, b):
    """The solutions for the columns of ``b``."""
    n = a.shape[0]
    u, y, _, singular = _eliminated(a, b)
    if singular:
        raise np.linalg.LinAlgError("Singular matrix")
    for j in range(b.shape[1]):
        for k in range(n):
            i = n - 1 - k
            total = y[i, j]
            for m in range(i + 1, n):
                total = total - u[i, m] * y[m, j]
            y[i, j] = total / u[i, i]
    return y


def inv(a):
    """The inverse of a matrix."""
    _square(a)
    return _solved(a, np.eye(a.shape[0]).astype(np.mean(a).dtype))


def cholesky(a):
    """The lower triangle ``l`` with ``l @ l.T == a``."""
    _square(a)
    n = a.shape[0]
    out = np.zeros(a.shape, np.mean(a).dtype)
    for i in range(n):
        for j in range(i + 1):
            total = out.dtype.type(a[i, j])
            for k in range(j):
                total = total - out[i, k] * out[j, k]
            if i == j:
                if not total > 0:
                    raise np.linalg.LinAlgError("Matrix is not positive definite")
                out[i, j] = np.sqrt(total)
            else:
                out[i, j] = total / out[j, j]
    return out


def qr(a, mode="reduced"):
    """An orthonormal ``q`` and an upper triangle ``r`` with ``q @ r == a``, by Householder's reflections."""
    m, n = a.shape[0], a.shape[1]
    k = min(m, n)
    r = a * np.mean(a).dtype.type(1)
    q = np.eye(m).astype(r.dtype)
    v = np.zeros(m, r.dtype)
    for j in range(k):
        size = r.dtype.type(0)
        for i in range(j, m):
            size = size + r[i, j] * r[i, j]
        length = np.sqrt(size)
        below = r.dtype.type(0)
        for i in range(j + 1, m):
            below = below + np.abs(r[i, j])
        # A column that is done already is not reflected, as LAPACK does not.
        if below > 0:
            alpha = -np.copysign(length, r[j, j])
            for i in range(j, m):
                v[i] = r[i, j]
            v[j] = v[j] - alpha
            square = r.dtype.type(0)
            for i in range(j, m):
                square = square + v[i] * v[i]
            for c in range(n):
                dot = r.dtype.type(0)
                for i in range(j, m):
                    dot = dot + v[i] * r[i, c]
                for i in range(j, m):
                    r[i, c] = r[i, c] - 2 * dot / square * v[i]
            for c in range(m):
                dot = r.dtype.type(0)
                for i in range(j, m):
                    dot = dot + v[i] * q[c, i]
                for i in range(j, m):
                    q[c, i] = q[c, i] - 2 * dot / square * v[i]
    if mode == "complete":
        return q, np.triu(r)
    if mode == "r":
        return np.triu(r[:k])
    return q[:, :k].copy(), np.triu(r[:k])


def eigh(a):
    """The eigenvalues of a symmetric matrix in order, and their vectors as columns, by Jacobi's rotations."""
    _square(a)
    n = a.shape[0]
    s = np.tril(a) * np.mean(a).dtype.type(1)
    for i in range(n):
        for j in range(i + 1, n):
            s[i, j] = s[j, i]
    v = np.eye(n).astype(s.dtype)
    for _ in range(60):
        off = s.dtype.type(0)
        for i in range(n):
            for j in range(i):
                off = off + np.abs(s[i, j])
        if off == 0:
            break
        for p in range(n):
            for q in range(p + 1, n):
                if np.abs(s[p, q]) > 1e-300:
                    theta = (s[q, q] - s[p, p]) / (2 * s[p, q])
                    t = np.copysign(1, theta) / (np.abs(theta) + np.sqrt(theta * theta + 1))
                    if np.abs(theta) > 1e150:
                        t = 0.5 / theta
                    cosine = 1 / np.sqrt(t * t + 1)
                    sine = t * cosine
                    for k in range(n):
                        x, y = s[k, p], s[k, q]
                        s[k, p] = cosine * x - sine * y
                        s[k, q] = sine * x + cosine * y
                    for k in range(n):
                        x, y = s[p, k], s[q, k]
                        s[p, k] = cosine * x - sine * y
                        s[q, k] = sine * x + cosine * y
                    for k in range(n):
                        x, y = v[k, p], v[k, q]
                        v[k, p] = cosine * x - sine * y
                        v[k, q] = sine * x + cosine * y
                else:
                    s[p, q] = 0
                    s[q, p] = 0
    order = np.argsort(np.diagonal(s))
    values = np.empty(n, s.dtype)
    vectors = np.empty((n, n), s.dtype)
    for j in range(n):
        k = int(order[j])
        values[j] = s[k, k]
        for i in range(n):
            vectors[i, j] = v[i, k]
    return values, vectors


def eigvalsh(a):
    """The eigenvalues of a symmetric matrix in order."""
    values, _ = eigh(a)
    return values


def matrix_power(a, n):
    """The product of ``n`` matrices ``a``; of inverses for a negative ``n``."""
    _square(a)
    if n == 0:
        return np.eye(a.shape[0]).astype(a.dtype)
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


def trace(a):
    """The sum of the diagonal of the last two axes."""
    return np.trace(a, 0, -2, -1)
