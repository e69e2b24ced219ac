"""Convolutions and pools of ONNX in one to three dimensions, written in the language itself.

Extents, steps and edges are triples: depth, rows, columns. Edges have a width before and one behind each axis.
"""

# pyright: reportInvalidTypeForm=false, reportReturnType=false, reportArgumentType=false

import numpy as np

from pyc import static_range

from . import nn

#: Places of a window that are written out, so that all are read in one loop over the windows.
_FEW = 16


def _volume(x):
    """Lines or images as volumes."""
    if x.ndim == 3:
        return x[:, :, None, None, :]
    return x[:, :, None, :, :] if x.ndim == 4 else x


def _alike(y, x):
    """A volume with as many axes as ``x``."""
    if x.ndim == 3:
        return y[:, :, 0, 0, :]
    return y[:, :, 0, :, :] if x.ndim == 4 else y


def _padded(v, before, after, value):
    """A volume with edges of one value."""
    edges = ((0, 0), (0, 0), (before[0], after[0]), (before[1], after[1]), (before[2], after[2]))
    return np.pad(v, edges, constant_values=value)


def _counts(v, size, stride, dilation):
    """How many windows a volume has along each axis."""
    return (
        (v.shape[2] - (size[0] - 1) * dilation[0] - 1) // stride[0] + 1,
        (v.shape[3] - (size[1] - 1) * dilation[1] - 1) // stride[1] + 1,
        (v.shape[4] - (size[2] - 1) * dilation[2] - 1) // stride[2] + 1,
    )


def _seen(v, d, i, j, count, stride, dilation):
    """The element at one place of each window."""
    a, b, c = d * dilation[0], i * dilation[1], j * dilation[2]
    return v[
        :,
        :,
        a : a + (count[0] - 1) * stride[0] + 1 : stride[0],
        b : b + (count[1] - 1) * stride[1] + 1 : stride[1],
        c : c + (count[2] - 1) * stride[2] + 1 : stride[2],
    ]


def _place(v, k, size, count, stride, dilation):
    """The element at the ``k``-th place of each window."""
    return _seen(v, k // (size[1] * size[2]), k // size[2] % size[1], k % size[2], count, stride, dilation)


def conv(x, weight, bias, stride, before, after, dilation, groups):
    """The cross-correlation of ``x`` with filters, over one to three axes."""
    if x.ndim == 3:
        line = conv(x[:, :, None, :], weight[:, :, None, :], bias, stride, before, after, dilation, groups)
        return line[:, :, 0]
    if x.ndim == 4:
        edges = ((0, 0), (0, 0), (before[1], after[1]), (before[2], after[2]))
        return nn.conv2d(
            np.pad(x, edges), weight, bias, stride=stride[1:], padding=0, dilation=dilation[1:], groups=groups
        )
    v, w = _padded(_volume(x), before, after, 0), _volume(weight)
    count = _counts(v, (w.shape[2], w.shape[3], w.shape[4]), stride, dilation)
    out = np.zeros((v.shape[0], w.shape[0], count[0], count[1], count[2]), dtype=x.dtype)
    for d in range(count[0]):
        for k in range(w.shape[2]):
            image = v[:, :, d * stride[0] + k * dilation[0]]
            found = nn.conv2d(
                image, w[:, :, k], stride=(stride[1], stride[2]), dilation=(dilation[1], dilation[2]), groups=groups
            )
            out[:, :, d] += found
    if bias is not None:
        out += bias[:, None, None, None]
    return _alike(out, x)


def conv_transpose(x, weight, bias, stride, before, after, dilation, groups):
    """What ``x`` spreads through filters; ``before`` and ``after`` are cut off, or added where they are negative."""
    v, w = _volume(x), _volume(weight)
    inner, outer = v.shape[1] // groups, w.shape[1]
    whole = (
        (v.shape[2] - 1) * stride[0] + (w.shape[2] - 1) * dilation[0] + 1 + max(-after[0], 0),
        (v.shape[3] - 1) * stride[1] + (w.shape[3] - 1) * dilation[1] + 1 + max(-after[1], 0),
        (v.shape[4] - 1) * stride[2] + (w.shape[4] - 1) * dilation[2] + 1 + max(-after[2], 0),
    )
    out = np.zeros((v.shape[0], outer * groups, whole[0], whole[1], whole[2]), dtype=x.dtype)
    n = v.shape[2] * v.shape[3] * v.shape[4]
    for g in range(groups):
        part = np.reshape(v[:, g * inner : (g + 1) * inner], (v.shape[0], inner, n))
        for d in range(w.shape[2]):
            for i in range(w.shape[3]):
                for j in range(w.shape[4]):
                    taps = np.transpose(w[g * inner : (g + 1) * inner, :, d, i, j])
                    spread = np.reshape(taps @ part, (v.shape[0], outer, v.shape[2], v.shape[3], v.shape[4]))
                    a, b, c = d * dilation[0], i * dilation[1], j * dilation[2]
                    out[
                        :,
                        g * outer : (g + 1) * outer,
                        a : a + (v.shape[2] - 1) * stride[0] + 1 : stride[0],
                        b : b + (v.shape[3] - 1) * stride[1] + 1 : stride[1],
                        c : c + (v.shape[4] - 1) * stride[2] + 1 : stride[2],
                    ] += spread
    cut = out[
        :,
        :,
        before[0] : whole[0] - max(after[0], 0),
        before[1] : whole[1] - max(after[1], 0),
        before[2] : whole[2] - max(after[2], 0),
    ]
    if bias is not None:
        cut = cut + bias[:, None, None, None]
    return _alike(cut, x)


def max_pool(x, size, stride, before, after, dilation, least):
    """The largest element of each window; ``least`` is less than all."""
    v = _padded(_volume(x), before, after, least)
    count = _counts(v, size, stride, dilation)
    if size[0] * size[1] * size[2] <= _FEW:
        best = _seen(v, 0, 0, 0, count, stride, dilation)
        for k in static_range(1, size[0] * size[1] * size[2]):
            best = np.maximum(best, _place(v, k, size, count, stride, dilation))
        return _alike(best, x).copy()
    out = np.full((v.shape[0], v.shape[1], count[0], count[1], count[2]), least, dtype=x.dtype)
    for d in range(size[0]):
        for i in range(size[1]):
            for j in range(size[2]):
                out[:] = np.maximum(out, _seen(v, d, i, j, count, stride, dilation))
    return _alike(out, x)


def max_pool_places(x, size, stride, before, after, dilation, least, by_columns):
    """The largest element of each window, and where it is in all of ``x``; in images it may count by columns."""
    whole = _volume(x)
    places = np.reshape(np.arange(whole.size), whole.shape)
    if by_columns:
        b, c, d, h, w = whole.shape
        places = np.transpose(np.reshape(np.arange(whole.size), (b, c, w, h, d)), (0, 1, 4, 3, 2))
    v, p = _padded(whole, before, after, least), _padded(places, before, after, -1)
    count = _counts(v, size, stride, dilation)
    out = np.full((v.shape[0], v.shape[1], count[0], count[1], count[2]), least, dtype=x.dtype)
    at = np.full(out.shape, -1, dtype=np.int64)
    for d in range(size[0]):
        for i in range(size[1]):
            for j in range(size[2]):
                seen = _seen(v, d, i, j, count, stride, dilation)
                place = _seen(p, d, i, j, count, stride, dilation)
                better = (place >= 0) & ((seen > out) | (at < 0))
                at[:] = np.where(better, place, at)
                out[:] = np.where(better, seen, out)
    return _alike(out, x), _alike(at, x)


def max_unpool(x, places, shape):
    """Zeros but for the elements of ``x`` at their places."""
    n = 1
    for extent in shape:
        n *= extent
    out = np.zeros(n, dtype=x.dtype)
    out[np.reshape(places, (-1,))] = np.reshape(x, (-1,))
    return np.reshape(out, shape)


def average_pool(x, size, stride, before, after, beyond, dilation, with_edges):
    """The mean of each window; the edges count, or do not, and what is ``beyond`` them never does."""
    whole = _volume(x)
    v = _padded(_padded(whole, before, after, 0), (0, 0, 0), beyond, 0)
    ones = np.ones((1, 1, whole.shape[2], whole.shape[3], whole.shape[4]), dtype=x.dtype)
    inside = _padded(_padded(ones, before, after, 1 if with_edges else 0), (0, 0, 0), beyond, 0)
    count = _counts(v, size, stride, dilation)
    if size[0] * size[1] * size[2] <= _FEW:
        total = _seen(v, 0, 0, 0, count, stride, dilation)
        several = _seen(inside, 0, 0, 0, count, stride, dilation)
        for k in static_range(1, size[0] * size[1] * size[2]):
            total = total + _place(v, k, size, count, stride, dilation)
            several = several + _place(inside, k, size, count, stride, dilation)
        return _alike(total / several, x)
    out = np.zeros((v.shape[0], v.shape[1], count[0], count[1], count[2]), dtype=x.dtype)
    number = np.zeros((1, 1, count[0], count[1], count[2]), dtype=x.dtype)
    for d in range(size[0]):
        for i in range(size[1]):
            for j in range(size[2]):
                out += _seen(v, d, i, j, count, stride, dilation)
                number += _seen(inside, d, i, j, count, stride, dilation)
    return _alike(out / number, x)


def lp_pool(x, size, stride, before, after, dilation, p):
    """The p-norm of each window."""
    v = _padded(_volume(x), before, after, 0)
    count = _counts(v, size, stride, dilation)
    out = np.zeros((v.shape[0], v.shape[1], count[0], count[1], count[2]), dtype=x.dtype)
    for d in range(size[0]):
        for i in range(size[1]):
            for j in range(size[2]):
                out += np.power(np.abs(_seen(v, d, i, j, count, stride, dilation)), p)
    return _alike(np.power(out, 1.0 / p), x)


def col2im(x, shape, block, stride, before, after, dilation):
    """The sum of what blocks hold of each element; columns of ``x`` are blocks."""
    b = x.shape[0]
    size = (shape[0] + before[0] + after[0], shape[1] + before[1] + after[1], shape[2] + before[2] + after[2])
    count = (
        (size[0] - (block[0] - 1) * dilation[0] - 1) // stride[0] + 1,
        (size[1] - (block[1] - 1) * dilation[1] - 1) // stride[1] + 1,
        (size[2] - (block[2] - 1) * dilation[2] - 1) // stride[2] + 1,
    )
    c = x.shape[1] // (block[0] * block[1] * block[2])
    parts = np.reshape(x, (b, c, block[0], block[1], block[2], count[0], count[1], count[2]))
    out = np.zeros((b, c, size[0], size[1], size[2]), dtype=x.dtype)
    for d in range(block[0]):
        for i in range(block[1]):
            for j in range(block[2]):
                u, v, w = d * dilation[0], i * dilation[1], j * dilation[2]
                out[
                    :,
                    :,
                    u : u + (count[0] - 1) * stride[0] + 1 : stride[0],
                    v : v + (count[1] - 1) * stride[1] + 1 : stride[1],
                    w : w + (count[2] - 1) * stride[2] + 1 : stride[2],
                ] += parts[:, :, d, i, j]
    return out[:, :, before[0] : size[0] - after[0], before[1] : size[1] - after[1], before[2] : size[2] - after[2]]
