"""``np.fft``: discrete Fourier transforms of any length.

Lengths with small prime factors are transformed by Stockham's method, in passes of radix 4, 3, 2 and any other prime;
others by Bluestein's, as a convolution whose length is a power of two. All is computed in f64 and rounded once.
Source: Van Loan, "Computational Frameworks for the Fast Fourier Transform" (1992).
"""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false

import math

import numpy as np

import pyc

from ._parts import from_parts as _from_parts


def fft(a, n=None, axis=-1, norm=None):
    """The transform along an axis, of ``n`` elements: cut, or with zeros at the end."""
    return _transformed(a, n, axis, norm, False)


def ifft(a, n=None, axis=-1, norm=None):
    """The inverse transform along an axis."""
    return _transformed(a, n, axis, norm, True)


def rfft(a, n=None, axis=-1, norm=None):
    """The first half of the transform of real numbers, of which the second is the mirror."""
    if np.iscomplexobj(a):
        raise TypeError("ufunc 'rfft_n_even' did not contain a loop with signature matching types")
    whole = np.moveaxis(_transformed(a, n, axis, norm, False), axis, -1)
    return np.moveaxis(whole[..., : whole.shape[-1] // 2 + 1].copy(), -1, axis)


def irfft(a, n=None, axis=-1, norm=None):
    """The real numbers of which ``a`` is the first half of the transform."""
    length = 2 * (a.shape[axis] - 1) if n is None else n
    _counted(length)
    x = np.moveaxis(a, axis, -1)
    lines = np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1])).astype(np.complex128)
    whole = np.zeros((lines.shape[0], length), np.complex128)
    for i in range(lines.shape[0]):
        for k in range(min(length // 2 + 1, lines.shape[1])):
            z = lines[i, k]
            # The parts that no real numbers have are not there, as in NumPy.
            if k == 0 or 2 * k == length:
                whole[i, k] = z.real
            else:
                whole[i, k] = z
                whole[i, length - k] = np.conj(z)
    found = _transformed(whole, None, -1, norm, True).real
    out = np.moveaxis(np.reshape(found, x.shape[:-1] + (length,)), -1, axis)
    if a.dtype == np.complex64 or a.dtype == np.float32 or a.dtype == np.float16:
        return out.astype(np.float32)
    return out.copy()


def hfft(a, n=None, axis=-1, norm=None):
    """The real transform of what has conjugates on both sides of its middle, and is given up to there."""
    length = 2 * (a.shape[axis] - 1) if n is None else n
    if norm is None or norm == "backward":
        return irfft(np.conj(a), length, axis, "forward")
    return irfft(np.conj(a), length, axis, "backward" if norm == "forward" else norm)


def ihfft(a, n=None, axis=-1, norm=None):
    """The inverse of ``hfft``."""
    if norm is None or norm == "backward":
        return np.conj(rfft(a, n, axis, "forward"))
    return np.conj(rfft(a, n, axis, "backward" if norm == "forward" else norm))


def fft2(a, s=None, axes=(-2, -1), norm=None):
    """The transform along two axes."""
    return fftn(a, s, axes, norm)


def ifft2(a, s=None, axes=(-2, -1), norm=None):
    """The inverse transform along two axes."""
    return ifftn(a, s, axes, norm)


def rfft2(a, s=None, axes=(-2, -1), norm=None):
    """The transform of real numbers along two axes, of the last one the first half."""
    return rfftn(a, s, axes, norm)


def irfft2(a, s=None, axes=(-2, -1), norm=None):
    """The inverse of ``rfft2``."""
    return irfftn(a, s, axes, norm)


def fftn(a, s=None, axes=None, norm=None):
    """The transform along several axes."""
    if axes is None:
        return _along_last(a, s, 1, norm, False)
    return _along(a, s, axes, norm, False)


def ifftn(a, s=None, axes=None, norm=None):
    """The inverse transform along several axes."""
    if axes is None:
        return _along_last(a, s, 1, norm, True)
    return _along(a, s, axes, norm, True)


def rfftn(a, s=None, axes=None, norm=None):
    """The transform of real numbers along several axes, of the last one the first half."""
    if axes is None:
        if s is None:
            return _along_last(rfft(a, None, -1, norm), None, 2, norm, False)
        return _along_last(rfft(a, s[-1], -1, norm), s, 2, norm, False)
    if s is None:
        return _along(rfft(a, None, axes[-1], norm), None, axes[:-1], norm, False)
    return _along(rfft(a, s[-1], axes[-1], norm), s[:-1], axes[:-1], norm, False)


def irfftn(a, s=None, axes=None, norm=None):
    """The inverse of ``rfftn``."""
    if axes is None:
        if s is None:
            return irfft(_along_last(a, None, 2, norm, True), None, -1, norm)
        return irfft(_along_last(a, s, 2, norm, True), s[-1], -1, norm)
    if s is None:
        return irfft(_along(a, None, axes[:-1], norm, True), None, axes[-1], norm)
    return irfft(_along(a, s[:-1], axes[:-1], norm, True), s[-1], axes[-1], norm)


def _along(a, s, axes, norm, inverse):
    """Transforms along axes, the last one first."""
    if a.ndim == 1 and axes[0] < -1:
        raise IndexError("an array of one dimension has no axis -2")
    if len(axes) == 0:
        return a
    if s is None:
        return _along(_transformed(a, None, axes[-1], norm, inverse), None, axes[:-1], norm, inverse)
    return _along(_transformed(a, s[-1], axes[-1], norm, inverse), s[:-1], axes[:-1], norm, inverse)


def _along_last(a, s, k, norm, inverse):
    """Transforms along the axis ``-k`` and those before it: all, or as many as there are lengths."""
    if s is None:
        if k > a.ndim:
            return a
        return _along_last(_transformed(a, None, -k, norm, inverse), None, k + 1, norm, inverse)
    if k > len(s):
        return a
    return _along_last(_transformed(a, s[-k], -k, norm, inverse), s, k + 1, norm, inverse)


def fftfreq(n, d=1.0):
    """The frequencies of the elements of a transform, of samples ``d`` apart."""
    k = np.arange(np.empty(n).shape[0])
    return np.where(k < (n - 1) // 2 + 1, k, k - n) * (1.0 / (n * d))


def rfftfreq(n, d=1.0):
    """The frequencies of the elements of a transform of real numbers."""
    return np.arange(n // 2 + 1) * (1.0 / (n * d))


def fftshift(x, axes=None):
    """The frequency 0 in the middle."""
    return _shifted(x, x.ndim - 1, axes, 1)


def ifftshift(x, axes=None):
    """The frequency 0 at the start."""
    return _shifted(x, x.ndim - 1, axes, 0)


def _shifted(x, k, axes, forward):
    """Elements moved by half of the axes ``axes``, or of the axes up to ``k``."""
    if axes is None:
        if k < 0:
            return x.copy()
        return _shifted(_rolled(x, k, forward), k - 1, axes, forward)
    if isinstance(axes, int):
        return _rolled(x, axes, forward)
    if len(axes) == 0:
        return x.copy()
    return _shifted(_rolled(x, axes[0], forward), k, axes[1:], forward)


def _rolled(x, axis, forward):
    """Elements moved by half of an axis."""
    half = x.shape[axis] // 2
    return np.roll(x, half if forward else -half, axis)


# --- one axis ---------------------------------------------------------------------------------------------------------


def _counted(n):
    """Refuses a transform of nothing."""
    if n < 1:
        raise ValueError(f"Invalid number of FFT data points ({n}) specified.")


def _transformed(a, n, axis, norm, inverse):
    """The transform of the lines along an axis."""
    if norm is not None and norm not in ("backward", "ortho", "forward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward","ortho" or "forward".')
    length = a.shape[axis] if n is None else n
    _counted(length)
    x = np.moveaxis(a, axis, -1)
    lines = np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))
    if a.dtype.kind == "f" or a.dtype.kind == "c":
        out = np.zeros((lines.shape[0], length), np.result_type(a, np.complex64))
    else:
        out = np.zeros((lines.shape[0], length), np.complex128)
    scale = 1.0
    if norm == "ortho":
        scale = 1.0 / math.sqrt(length)
    elif (norm == "forward") != inverse:
        scale = 1.0 / length
    _each(lines, out, inverse, scale)
    return np.moveaxis(np.reshape(out, x.shape[:-1] + (length,)), -1, axis)


@pyc.jit(unchecked=True)
def _each(lines, out, inverse, scale):
    """The transform of each line; the inverse is that of the parts exchanged, with its parts exchanged.

    Bluestein's method takes two transforms a line, with a product between them, and one more first, of its filter.
    """
    n = out.shape[1]
    smooth = _largest_factor(n) <= 47
    length = n
    if not smooth:
        length = 1
        while length < 2 * n - 1:
            length *= 2
    cosines, sines = np.zeros(length), np.zeros(length)
    _turns(cosines, sines, length, False)
    re, im = np.zeros((2, length)), np.zeros((2, length))
    chirp_re, chirp_im = np.ones(n), np.zeros(n)
    filter_re, filter_im = np.zeros(length), np.zeros(length)
    if not smooth:
        _turns(chirp_re, chirp_im, 2 * n, True)
    at = 0
    for i in range(0 if smooth else -1, lines.shape[0]):
        for step in range(1 if smooth or i < 0 else 2):
            if step == 1:
                for k in range(length):
                    x, y, c, s = re[at, k], im[at, k], filter_re[k], filter_im[k]
                    # With the parts exchanged, the transform that comes next is the inverse.
                    re[0, k], im[0, k] = x * s + y * c, x * c - y * s
            else:
                for k in range(length):
                    re[0, k], im[0, k] = 0.0, 0.0
                if i < 0:
                    re[0, 0], im[0, 0] = chirp_re[0], chirp_im[0]
                    for k in range(1, n):
                        re[0, k], im[0, k] = chirp_re[k], chirp_im[k]
                        re[0, length - k], im[0, length - k] = chirp_re[k], chirp_im[k]
                else:
                    for k in range(min(n, lines.shape[1])):
                        x, y = np.float64(lines[i, k].real), np.float64(lines[i, k].imag)
                        if inverse:
                            x, y = y, x
                        c, s = chirp_re[k], chirp_im[k]
                        re[0, k], im[0, k] = (x, y) if smooth else (x * c + y * s, y * c - x * s)
            at = _passes(re, im, cosines, sines)
        if i < 0:
            for k in range(length):
                filter_re[k], filter_im[k] = re[at, k], im[at, k]
        else:
            for k in range(n):
                x, y = re[at, k], im[at, k]
                if not smooth:
                    c, s = chirp_re[k], chirp_im[k]
                    x, y = (y * c + x * s) / length, (x * c - y * s) / length
                if inverse:
                    x, y = y, x
                out[i, k] = out.dtype.type(_from_parts(x * scale, y * scale))


@pyc.jit(unchecked=True)
def _largest_factor(n):
    """The largest prime factor; of 1, 1."""
    largest, rest, p = 1, n, 2
    while p * p <= rest:
        if rest % p == 0:
            largest = p
            rest //= p
        else:
            p += 1
    return max(largest, rest)


@pyc.jit(unchecked=True)
def _turns(cosines, sines, whole, squares):
    """Cosine and sine of ``k`` parts of a turn of which there are ``whole``, or of ``k * k`` parts.

    Each is computed from an angle of an eighth of a turn or less, so that all are right up to their last place.
    """
    k = 0
    for i in range(cosines.shape[0]):
        octant = 8 * k // whole
        rest = 8 * k - octant * whole if octant % 2 == 0 else (octant + 1) * whole - 8 * k
        angle = math.pi / 4 * (rest / whole)
        c, s = math.cos(angle), math.sin(angle)
        if octant == 1 or octant == 2 or octant == 5 or octant == 6:
            c, s = s, c
        cosines[i] = -c if 2 <= octant <= 5 else c
        sines[i] = -s if octant >= 4 else s
        k += 2 * i + 1 if squares else 1
        while k >= whole:
            k -= whole


@pyc.jit(unchecked=True)
def _passes(re, im, cosines, sines):
    """The transform of the first row, one pass for each factor; gives which of the rows has it."""
    length = re.shape[1]
    rest, stride, at = length, 1, 0
    while rest > 1:
        p = 4
        if rest % 4 != 0:
            p = 2
            while rest % p != 0:
                p += 1
        if p == 4:
            _four(re[at], im[at], re[1 - at], im[1 - at], cosines, sines, rest, stride)
        elif p == 2:
            _two(re[at], im[at], re[1 - at], im[1 - at], cosines, sines, rest, stride)
        elif p == 3:
            _three(re[at], im[at], re[1 - at], im[1 - at], cosines, sines, rest, stride)
        else:
            _any(re[at], im[at], re[1 - at], im[1 - at], cosines, sines, rest, stride, p)
        rest //= p
        stride *= p
        at = 1 - at
    return at


@pyc.jit(unchecked=True)
def _two(xr, xi, yr, yi, cosines, sines, n, stride):
    """A pass of radix 2."""
    m = n // 2
    for j in range(m):
        c, s = cosines[j * stride], sines[j * stride]
        a, b, to = j * stride, (j + m) * stride, 2 * j * stride
        for q in range(stride):
            ar, ai, br, bi = xr[a + q], xi[a + q], xr[b + q], xi[b + q]
            yr[to + q] = ar + br
            yi[to + q] = ai + bi
            dr, di = ar - br, ai - bi
            yr[to + stride + q] = dr * c + di * s
            yi[to + stride + q] = di * c - dr * s


@pyc.jit(unchecked=True)
def _three(xr, xi, yr, yi, cosines, sines, n, stride):
    """A pass of radix 3."""
    m = n // 3
    half = 0.8660254037844386
    for j in range(m):
        c1, s1 = cosines[j * stride], sines[j * stride]
        c2, s2 = cosines[2 * j * stride], sines[2 * j * stride]
        a, b, c, to = j * stride, (j + m) * stride, (j + 2 * m) * stride, 3 * j * stride
        for q in range(stride):
            ar, ai = xr[a + q], xi[a + q]
            pr, pi = xr[b + q] + xr[c + q], xi[b + q] + xi[c + q]
            mr, mi = half * (xr[b + q] - xr[c + q]), half * (xi[b + q] - xi[c + q])
            yr[to + q] = ar + pr
            yi[to + q] = ai + pi
            lr, li = ar - 0.5 * pr, ai - 0.5 * pi
            ur, ui = lr + mi, li - mr
            vr, vi = lr - mi, li + mr
            yr[to + stride + q] = ur * c1 + ui * s1
            yi[to + stride + q] = ui * c1 - ur * s1
            yr[to + 2 * stride + q] = vr * c2 + vi * s2
            yi[to + 2 * stride + q] = vi * c2 - vr * s2


@pyc.jit(unchecked=True)
def _four(xr, xi, yr, yi, cosines, sines, n, stride):
    """A pass of radix 4."""
    m = n // 4
    for j in range(m):
        c1, s1 = cosines[j * stride], sines[j * stride]
        c2, s2 = cosines[2 * j * stride], sines[2 * j * stride]
        c3, s3 = cosines[3 * j * stride], sines[3 * j * stride]
        a, b, c, d = j * stride, (j + m) * stride, (j + 2 * m) * stride, (j + 3 * m) * stride
        to = 4 * j * stride
        for q in range(stride):
            pr, pi = xr[a + q] + xr[c + q], xi[a + q] + xi[c + q]
            mr, mi = xr[a + q] - xr[c + q], xi[a + q] - xi[c + q]
            sr, si = xr[b + q] + xr[d + q], xi[b + q] + xi[d + q]
            dr, di = xr[b + q] - xr[d + q], xi[b + q] - xi[d + q]
            yr[to + q] = pr + sr
            yi[to + q] = pi + si
            ur, ui = mr + di, mi - dr
            vr, vi = pr - sr, pi - si
            wr, wi = mr - di, mi + dr
            yr[to + stride + q] = ur * c1 + ui * s1
            yi[to + stride + q] = ui * c1 - ur * s1
            yr[to + 2 * stride + q] = vr * c2 + vi * s2
            yi[to + 2 * stride + q] = vi * c2 - vr * s2
            yr[to + 3 * stride + q] = wr * c3 + wi * s3
            yi[to + 3 * stride + q] = wi * c3 - wr * s3


@pyc.jit(unchecked=True)
def _any(xr, xi, yr, yi, cosines, sines, n, stride, p):
    """A pass of any radix."""
    m = n // p
    part = cosines.shape[0] // p
    for j in range(m):
        for r in range(p):
            to = (p * j + r) * stride
            for q in range(stride):
                yr[to + q] = xr[j * stride + q]
                yi[to + q] = xi[j * stride + q]
            for t in range(1, p):
                c, s = cosines[t * r % p * part], sines[t * r % p * part]
                a = (j + t * m) * stride
                for q in range(stride):
                    yr[to + q] += xr[a + q] * c + xi[a + q] * s
                    yi[to + q] += xi[a + q] * c - xr[a + q] * s
            c, s = cosines[j * r * stride], sines[j * r * stride]
            for q in range(stride):
                x, y = yr[to + q], yi[to + q]
                yr[to + q] = x * c + y * s
                yi[to + q] = y * c - x * s
