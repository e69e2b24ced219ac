"""Convolutions of ``pyc.nn``, written in the language itself, as PyTorch defines them.

``size``, ``stride``, ``padding`` and ``dilation`` of images are one number, or one for rows and one for columns.
"""

# pyright: reportInvalidTypeForm=false

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar

from ._correlations import correlate
from ._nn_windows import framed, pair, seen, steps

P = TypeVar("P", bound=Precision)
B = Dim("B")
C = Dim("C")
F = Dim("F")
H = Dim("H")
K = Dim("K")
N = Dim("N")
Q = Dim("Q")
R = Dim("R")
W = Dim("W")


def conv1d(
    x: Tensor[P, B, C, N],
    weight: Tensor[P, F, K, R],
    bias: Tensor[P, F] | None = None,
    stride=1,
    padding=0,
    dilation=1,
    groups=1,
):
    """The cross-correlation of ``x`` along its last axis with each of ``F`` filters."""
    edges = padding if isinstance(padding, str) else (0, padding)
    return _conv(x[:, :, None, :], weight[:, :, None, :], bias, (1, stride), edges, (1, dilation), groups)[:, :, 0, :]


def conv2d(
    x: Tensor[P, B, C, H, W],
    weight: Tensor[P, F, K, R, Q],
    bias: Tensor[P, F] | None = None,
    stride=1,
    padding=0,
    dilation=1,
    groups=1,
):
    """The cross-correlation of images with each of ``F`` filters, as products of matrices for some rows of an image.

    ``padding`` may be ``"valid"``, which is none, or ``"same"``, as much as keeps the extents.
    """
    edges = padding if isinstance(padding, str) else pair(padding)
    return _conv(x, weight, bias, pair(stride), edges, pair(dilation), groups)


def _conv(x, weight, bias, stride, padding, dilation, groups):
    """The cross-correlation of images with filters; steps, edges and distances are pairs, ``padding`` may be a name."""
    if weight.shape[1] * groups != x.shape[1] or weight.shape[0] % groups != 0:
        raise ValueError("the channels are groups times those of a filter, and the filters a multiple of groups")
    filters, channels, rows, columns = weight.shape
    y = _extended(x, padding, rows, columns, stride, dilation)
    height, width = steps(y, (rows, columns), stride, dilation)
    if groups == 1:
        out = correlate(y[:, None], weight[None], height, width, stride, dilation)[:, 0]
    else:
        images = np.reshape(y, (y.shape[0], groups, channels, y.shape[2], y.shape[3]))
        own = np.reshape(weight, (groups, filters // groups, channels, rows, columns))
        found = correlate(images, own, height, width, stride, dilation)
        out = np.reshape(found, (y.shape[0], filters, height, width))
    return out if bias is None else out + bias[:, None, None]


def _patches(y, size, count, stride, dilation):
    """What each window looks at: images, channels, rows and columns of a window, rows and columns of windows."""
    patches = np.empty_like(y, shape=(y.shape[0], y.shape[1], size[0], size[1], count[0], count[1]))
    for i in range(size[0]):
        for j in range(size[1]):
            patches[:, :, i, j, :, :] = seen(y, i * dilation[0], j * dilation[1], count, stride)
    return patches


def unfold(x: Tensor[P, B, C, H, W], size, dilation=1, padding=0, stride=1):
    """What each window of an image looks at, one below the other: a column for each window."""
    window, far, step = pair(size), pair(dilation), pair(stride)
    y = _extended(x, pair(padding), window[0], window[1], step, far)
    count = steps(y, window, step, far)
    inner = x.shape[1] * window[0] * window[1]
    return np.reshape(_patches(y, window, count, step, far), (x.shape[0], inner, count[0] * count[1]))


def _extended(x, padding, rows, columns, stride, dilation):
    """Images with the zeros around them that ``padding`` asks for."""
    if not isinstance(padding, str):
        return framed(x, (padding[0], padding[0]), (padding[1], padding[1]), 0)
    if padding == "valid":
        return x
    if padding != "same":
        raise ValueError("padding is a number, 'same' or 'valid'")
    if stride[0] != 1 or stride[1] != 1:
        raise ValueError("padding='same' has a stride of 1")
    high, wide = (rows - 1) * dilation[0], (columns - 1) * dilation[1]
    return framed(x, (high // 2, high - high // 2), (wide // 2, wide - wide // 2), 0)


def conv_transpose1d(
    x: Tensor[P, B, C, N],
    weight: Tensor[P, C, F, R],
    bias=None,
    stride=1,
    padding=0,
    output_padding=0,
    groups=1,
    dilation=1,
):
    """What ``conv1d`` with the same arguments takes gradients to: each element of ``x`` spreads its filters."""
    y, filters = x[:, :, None, :], weight[:, :, None, :]
    out = _spread(y, filters, bias, (1, stride), (0, padding), (0, output_padding), (1, dilation), groups)
    return out[:, :, 0, :]


def conv_transpose2d(
    x: Tensor[P, B, C, H, W],
    weight: Tensor[P, C, F, R, Q],
    bias=None,
    stride=1,
    padding=0,
    output_padding=0,
    groups=1,
    dilation=1,
):
    """What ``conv2d`` with the same arguments takes gradients to: each element of ``x`` spreads its filters."""
    more = pair(output_padding)
    return _spread(x, weight, bias, pair(stride), pair(padding), more, pair(dilation), groups)


def _spread(x, weight, bias, stride, padding, more, dilation, groups):
    """What each pixel adds to the window that it came from: the transposed convolution, with pairs as ``_conv`` has."""
    images, channels, height, width = x.shape
    if channels % groups != 0:
        raise ValueError("the number of channels is a multiple of groups")
    each, rows, columns = weight.shape[1], weight.shape[2], weight.shape[3]
    own = np.swapaxes(np.reshape(weight, (groups, channels // groups, each * rows * columns)), 1, 2)
    flat = own @ np.reshape(x, (images, groups, channels // groups, height * width))
    parts = np.reshape(flat, (images, groups * each, rows, columns, height, width))
    high = (height - 1) * stride[0] + (rows - 1) * dilation[0] + 1 + more[0]
    wide = (width - 1) * stride[1] + (columns - 1) * dilation[1] + 1 + more[1]
    if high <= 2 * padding[0] or wide <= 2 * padding[1]:
        raise ValueError("the padding takes all of the result")
    inside = _assembled(parts, (high, wide), stride, padding, dilation)
    return inside if bias is None else inside + bias[:, None, None]


def fold(x: Tensor[P, B, K, N], output_size, size, dilation=1, padding=0, stride=1):
    """Images of ``output_size`` that are the sums of the windows that ``unfold`` would make of them."""
    window, far, edges, step, extents = pair(size), pair(dilation), pair(padding), pair(stride), pair(output_size)
    high, wide = extents[0] + 2 * edges[0], extents[1] + 2 * edges[1]
    height = (high - (window[0] - 1) * far[0] - 1) // step[0] + 1
    width = (wide - (window[1] - 1) * far[1] - 1) // step[1] + 1
    each = window[0] * window[1]
    if x.shape[1] % each != 0 or x.shape[2] != height * width:
        raise ValueError("there is a row for each element of a window, and a column for each window")
    parts = np.reshape(x, (x.shape[0], x.shape[1] // each, window[0], window[1], height, width))
    return _assembled(parts, (high, wide), step, edges, far)


def _assembled(parts, extents, stride, padding, dilation):
    """The sums of windows, as ``_patches`` has them, in images of these extents, without the padding."""
    count = (parts.shape[4], parts.shape[5])
    out = np.zeros_like(parts, shape=(parts.shape[0], parts.shape[1], extents[0], extents[1]))
    for i in range(parts.shape[2]):
        for j in range(parts.shape[3]):
            reached = seen(out, i * dilation[0], j * dilation[1], count, stride)
            reached += parts[:, :, i, j, :, :]
    return out[:, :, padding[0] : extents[0] - padding[0], padding[1] : extents[1] - padding[1]]
