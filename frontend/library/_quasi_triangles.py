"""The real Schur form of a real Hessenberg matrix, and the eigenvectors that it gives. Source: EISPACK's ``hqr2``."""

import numpy as np

import pyc


@pyc.jit(unchecked=True)
def _hqr(h, z, d, e):
    """``h`` becomes triangular but for blocks of two rows, ``d`` and ``e`` the eigenvalues; whether that has an end."""
    n = h.shape[0]
    eps = np.finfo(h.dtype).eps
    zero = h.dtype.type(0)
    norm = zero
    for i in range(n):
        for j in range(max(i - 1, 0), n):
            norm += np.fabs(h[i, j])
    high, shift, steps = n - 1, zero, 0
    while high >= 0:
        low = high
        while low > 0:
            near = np.fabs(h[low - 1, low - 1]) + np.fabs(h[low, low])
            if near == 0:
                near = norm
            if np.fabs(h[low, low - 1]) <= eps * near:
                break
            low -= 1
        if low == high:
            h[high, high] += shift
            d[high], e[high] = h[high, high], 0
            if high > 0:
                h[high, high - 1] = 0
            high -= 1
            steps = 0
        elif low == high - 1:
            _two(h, z, d, e, high, shift)
            if low > 0:
                h[low, low - 1] = 0
            high -= 2
            steps = 0
        else:
            x, y = h[high, high], h[high - 1, high - 1]
            w = h[high, high - 1] * h[high - 1, high]
            if steps == 10 or steps == 20:
                shift += x
                for i in range(high + 1):
                    h[i, i] -= x
                s = np.fabs(h[high, high - 1]) + np.fabs(h[high - 1, high - 2])
                x = s * h.dtype.type(0.75)
                y = x
                w = h.dtype.type(-0.4375) * s * s
            steps += 1
            if steps > 30 * max(n, 10):
                return False
            _double_step(h, z, low, high, x, y, w)
    return True


@pyc.jit(unchecked=True)
def _two(h, z, d, e, high, shift):
    """The eigenvalues of a block of two rows; the block becomes triangular where they are real."""
    n, low = h.shape[0], high - 1
    w = h[high, low] * h[low, high]
    h[high, high] += shift
    h[low, low] += shift
    p = (h[low, low] - h[high, high]) / 2
    q = p * p + w
    root = np.sqrt(np.fabs(q))
    x = h[high, high]
    if q < 0:
        d[low], d[high] = x + p, x + p
        e[low], e[high] = root, -root
        return
    root = p + np.copysign(root, p)
    d[low] = x + root
    d[high] = x - w / root if root != 0 else d[low]
    e[low], e[high] = 0, 0
    s = np.fabs(h[high, low]) + np.fabs(root)
    p, q = h[high, low] / s, root / s
    r = np.sqrt(p * p + q * q)
    p, q = p / r, q / r
    for j in range(low, n):
        u, v = h[low, j], h[high, j]
        h[low, j] = q * u + p * v
        h[high, j] = q * v - p * u
    for i in range(high + 1):
        u, v = h[i, low], h[i, high]
        h[i, low] = q * u + p * v
        h[i, high] = q * v - p * u
    for i in range(z.shape[0]):
        u, v = z[i, low], z[i, high]
        z[i, low] = q * u + p * v
        z[i, high] = q * v - p * u
    h[high, low] = 0


@pyc.jit(unchecked=True)
def _double_step(h, z, low, high, x, y, w):
    """A QR step with the two shifts that ``x``, ``y`` and ``w`` say, without complex numbers."""
    n = h.shape[0]
    eps = np.finfo(h.dtype).eps
    p, q, r = x * 0, x * 0, x * 0
    first = high - 2
    while True:
        t = h[first, first]
        r, s = x - t, y - t
        p = (r * s - w) / h[first + 1, first] + h[first, first + 1]
        q = h[first + 1, first + 1] - t - r - s
        r = h[first + 2, first + 1]
        s = np.fabs(p) + np.fabs(q) + np.fabs(r)
        p, q, r = p / s, q / s, r / s
        if first == low:
            break
        size = np.fabs(h[first - 1, first - 1]) + np.fabs(t) + np.fabs(h[first + 1, first + 1])
        if np.fabs(h[first, first - 1]) * (np.fabs(q) + np.fabs(r)) <= eps * np.fabs(p) * size:
            break
        first -= 1
    for i in range(first + 2, high + 1):
        h[i, i - 2] = 0
        if i > first + 2:
            h[i, i - 3] = 0
    for k in range(first, high):
        last = k == high - 1
        size = x * 0
        if k != first:
            p, q = h[k, k - 1], h[k + 1, k - 1]
            r = x * 0 if last else h[k + 2, k - 1]
            size = np.fabs(p) + np.fabs(q) + np.fabs(r)
            if size == 0:
                continue
            p, q, r = p / size, q / size, r / size
        s = np.copysign(np.sqrt(p * p + q * q + r * r), p)
        if s == 0:
            continue
        if k != first:
            h[k, k - 1] = -s * size
        elif low != first:
            h[k, k - 1] = -h[k, k - 1]
        p += s
        u, v, t = p / s, q / s, r / s
        q, r = q / p, r / p
        for j in range(k, n):
            total = h[k, j] + q * h[k + 1, j]
            if not last:
                total += r * h[k + 2, j]
                h[k + 2, j] -= total * t
            h[k, j] -= total * u
            h[k + 1, j] -= total * v
        for i in range(min(high, k + 3) + 1):
            total = u * h[i, k] + v * h[i, k + 1]
            if not last:
                total += t * h[i, k + 2]
                h[i, k + 2] -= total * r
            h[i, k] -= total
            h[i, k + 1] -= total * q
        for i in range(z.shape[0]):
            total = u * z[i, k] + v * z[i, k + 1]
            if not last:
                total += t * z[i, k + 2]
                z[i, k + 2] -= total * r
            z[i, k] -= total
            z[i, k + 1] -= total * q


@pyc.jit(unchecked=True)
def _real_vectors(h, z, d, e):
    """The columns of ``z`` become eigenvectors: of a pair, the real parts and then the imaginary ones.

    A block is treated as what it is in complex arithmetic, so that one substitution does for both kinds.
    """
    n = h.shape[0]
    norm = h.dtype.type(0)
    for i in range(n):
        for j in range(max(i - 1, 0), n):
            norm += np.fabs(h[i, j])
    tiny = max(norm, h.dtype.type(1)) * np.finfo(h.dtype).eps
    kind = np.result_type(h, np.complex64)
    y = np.zeros((n, n), kind)
    column = np.zeros(n, kind)
    for k in range(n):
        if e[k] < 0:
            continue
        value = d[k] + e[k] * 1j
        column[:] = 0
        top = k
        if e[k] > 0:
            # The vector of the block itself: of its larger corner, so that nothing is lost.
            top = k + 1
            if np.fabs(h[k, k + 1]) >= np.fabs(h[k + 1, k]):
                column[k] = 1
                column[k + 1] = (value - h[k, k]) / h[k, k + 1]
            else:
                column[k] = (value - h[k + 1, k + 1]) / h[k + 1, k]
                column[k + 1] = 1
        else:
            column[k] = 1
        i = k - 1
        while i >= 0:
            pair = e[i] != 0
            start = i - 1 if pair else i
            low, up = column[0] * 0, column[0] * 0
            for j in range(i + 1, top + 1):
                low += h[i, j] * column[j]
                if pair:
                    up += h[i - 1, j] * column[j]
            if pair:
                a, b = h[i - 1, i - 1] - value, h[i, i] - value
                size = a * b - h[i - 1, i] * h[i, i - 1]
                if np.abs(size) < tiny * tiny:
                    size = size * 0 + tiny * tiny
                column[i - 1] = (h[i - 1, i] * low - b * up) / size
                column[i] = (h[i, i - 1] * up - a * low) / size
            else:
                gap = h[i, i] - value
                if np.abs(gap) < tiny:
                    gap = gap * 0 + tiny
                column[i] = -low / gap
            size = np.abs(column[i])
            if pair:
                size = max(size, np.abs(column[i - 1]))
            if size > 1e30:
                for j in range(start, top + 1):
                    column[j] /= size
            i = start - 1
        for i in range(top + 1):
            y[i, k] = column[i]
    turned = np.zeros((n, n), kind)
    for i in range(n):
        for j in range(n):
            factor = z[i, j]
            for k in range(n):
                turned[i, k] += factor * y[j, k]
    for k in range(n):
        for i in range(n):
            if e[k] > 0:
                z[i, k] = turned[i, k].real
                z[i, k + 1] = turned[i, k].imag
            elif e[k] == 0:
                z[i, k] = turned[i, k].real
