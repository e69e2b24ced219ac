"""Convolutions and pools of ``pyc.nn``, written in the language itself, as PyTorch defines them.

``size``, ``stride``, ``padding`` and ``dilation`` of images are one number, or one for rows and one for columns.
"""

# pyright: reportInvalidTypeForm=false

import math

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar

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


def conv1d(x: Tensor[P, B, C, N], weight: Tensor[P, F, K, R], bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The cross-correlation of ``x`` along its last axis with each of ``F`` filters."""
    edges = padding if isinstance(padding, str) else (0, padding)
    return _conv(x[:, :, None, :], weight[:, :, None, :], bias, (1, stride), edges, (1, dilation), groups)[:, :, 0, :]


def conv2d(
    x: Tensor[P, B, C, H, W], weight: Tensor[P, F, K, R, Q], bias=None, stride=1, padding=0, dilation=1, groups=1
):
    """The cross-correlation of images with each of ``F`` filters, as one product of matrices for each image and group.

    ``padding`` may be ``"valid"``, which is none, or ``"same"``, as much as keeps the extents.
    """
    return _conv(
        x,
        weight,
        bias,
        (stride if isinstance(stride, tuple) else (stride, stride)),
        padding if isinstance(padding, str | tuple) else (padding, padding),
        (dilation if isinstance(dilation, tuple) else (dilation, dilation)),
        groups,
    )


def _conv(x, weight, bias, stride, padding, dilation, groups):
    """The cross-correlation of images with filters; steps, edges and distances are pairs, ``padding`` may be a name."""
    if weight.shape[1] * groups != x.shape[1] or weight.shape[0] % groups != 0:
        raise ValueError("the channels are groups times those of a filter, and the filters a multiple of groups")
    rows, columns = weight.shape[2], weight.shape[3]
    y = _extended(x, padding, rows, columns, stride, dilation)
    height = (y.shape[2] - (rows - 1) * dilation[0] - 1) // stride[0] + 1
    width = (y.shape[3] - (columns - 1) * dilation[1] - 1) // stride[1] + 1
    if height < 1 or width < 1:
        raise ValueError("the filter is larger than the padded input")
    patches = np.empty((y.shape[0], y.shape[1], rows, columns, height, width), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * dilation[0], j * dilation[1]
            patches[:, :, i, j, :, :] = y[
                :,
                :,
                top : top + (height - 1) * stride[0] + 1 : stride[0],
                left : left + (width - 1) * stride[1] + 1 : stride[1],
            ]
    filters, inner = weight.shape[0], weight.shape[1] * rows * columns
    if groups == 1:
        flat = np.reshape(weight, (filters, inner)) @ np.reshape(patches, (y.shape[0], inner, height * width))
    else:
        own = np.reshape(weight, (groups, filters // groups, inner))
        flat = own @ np.reshape(patches, (y.shape[0], groups, inner, height * width))
    out = np.reshape(flat, (y.shape[0], filters, height, width))
    return out if bias is None else out + bias[:, None, None]


def _extended(x, padding, rows, columns, stride, dilation):
    """Images with the zeros around them that ``padding`` asks for."""
    if not isinstance(padding, str):
        return np.pad(x, ((0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])))
    if padding == "valid":
        return x
    if padding != "same":
        raise ValueError("padding is a number, 'same' or 'valid'")
    if stride[0] != 1 or stride[1] != 1:
        raise ValueError("padding='same' has a stride of 1")
    high, wide = (rows - 1) * dilation[0], (columns - 1) * dilation[1]
    return np.pad(x, ((0, 0), (0, 0), (high // 2, high - high // 2), (wide // 2, wide - wide // 2)))


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
    return _spread(
        x,
        weight,
        bias,
        (stride if isinstance(stride, tuple) else (stride, stride)),
        (padding if isinstance(padding, tuple) else (padding, padding)),
        (output_padding if isinstance(output_padding, tuple) else (output_padding, output_padding)),
        (dilation if isinstance(dilation, tuple) else (dilation, dilation)),
        groups,
    )


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
    out = np.zeros((images, groups * each, high, wide), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * dilation[0], j * dilation[1]
            out[
                :,
                :,
                top : top + (height - 1) * stride[0] + 1 : stride[0],
                left : left + (width - 1) * stride[1] + 1 : stride[1],
            ] += parts[:, :, i, j, :, :]
    inside = out[:, :, padding[0] : high - padding[0], padding[1] : wide - padding[1]]
    return inside if bias is None else inside + bias[:, None, None]


def max_pool1d(x: Tensor[P, B, C, N], size=2, stride=None, padding=0, dilation=1):
    """The largest of each ``size`` elements along the last axis; ``stride`` is ``size`` if it is not given."""
    step = size if stride is None else stride
    return _max_pool(x[:, :, None, :], (1, size), (1, step), (0, padding), (1, dilation))[:, :, 0, :]


def max_pool2d(x: Tensor[P, B, C, H, W], size=2, stride=None, padding=0, dilation=1):
    """The largest element of each window; ``stride`` is ``size`` if it is not given."""
    step = size if stride is None else stride
    return _max_pool(
        x,
        (size if isinstance(size, tuple) else (size, size)),
        (step if isinstance(step, tuple) else (step, step)),
        (padding if isinstance(padding, tuple) else (padding, padding)),
        (dilation if isinstance(dilation, tuple) else (dilation, dilation)),
    )


def _max_pool(x, size, stride, padding, dilation):
    """The largest element of each window; all but ``x`` are pairs."""
    if padding[0] * 2 > size[0] or padding[1] * 2 > size[1]:
        raise ValueError("the padding is at most half of the window")
    edges = ((0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1]))
    y = np.pad(x, edges, constant_values=-math.inf)
    height = (y.shape[2] - (size[0] - 1) * dilation[0] - 1) // stride[0] + 1
    width = (y.shape[3] - (size[1] - 1) * dilation[1] - 1) // stride[1] + 1
    if height < 1 or width < 1:
        raise ValueError("the window is larger than the padded input")
    out = np.full((y.shape[0], y.shape[1], height, width), -math.inf, x.dtype)
    for i in range(size[0]):
        for j in range(size[1]):
            top, left = i * dilation[0], j * dilation[1]
            part = y[
                :,
                :,
                top : top + (height - 1) * stride[0] + 1 : stride[0],
                left : left + (width - 1) * stride[1] + 1 : stride[1],
            ]
            out[:, :, :, :] = np.maximum(out, part)
    return out


def avg_pool1d(x: Tensor[P, B, C, N], size=2, stride=None, padding=0, count_include_pad=True):
    """The mean of each ``size`` elements along the last axis; ``stride`` is ``size`` if it is not given."""
    step = size if stride is None else stride
    return _avg_pool(x[:, :, None, :], (1, size), (1, step), (0, padding), count_include_pad)[:, :, 0, :]


def avg_pool2d(x: Tensor[P, B, C, H, W], size=2, stride=None, padding=0, count_include_pad=True):
    """The mean of each window; ``stride`` is ``size`` if it is not given. The padding's zeros count, or do not."""
    step = size if stride is None else stride
    return _avg_pool(
        x,
        (size if isinstance(size, tuple) else (size, size)),
        (step if isinstance(step, tuple) else (step, step)),
        (padding if isinstance(padding, tuple) else (padding, padding)),
        count_include_pad,
    )


def _avg_pool(x, size, stride, padding, count_include_pad):
    """The mean of each window; all but ``x`` are pairs. Without the padding, it counts what is in the image alone."""
    if padding[0] * 2 > size[0] or padding[1] * 2 > size[1]:
        raise ValueError("the padding is at most half of the window")
    means = _window_means(x, size, stride, padding)
    if count_include_pad:
        return means
    return means / _window_means(np.ones((1, 1, x.shape[2], x.shape[3]), x.dtype), size, stride, padding)


def _window_means(x, size, stride, padding):
    """The means of windows over a padded image."""
    y = np.pad(x, ((0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])))
    height, width = (y.shape[2] - size[0]) // stride[0] + 1, (y.shape[3] - size[1]) // stride[1] + 1
    if height < 1 or width < 1:
        raise ValueError("the window is larger than the padded input")
    windows = np.empty((size[0] * size[1], y.shape[0], y.shape[1], height, width), x.dtype)
    for i in range(size[0]):
        for j in range(size[1]):
            windows[i * size[1] + j] = y[
                :, :, i : i + (height - 1) * stride[0] + 1 : stride[0], j : j + (width - 1) * stride[1] + 1 : stride[1]
            ]
    return np.mean(windows, axis=0)


def adaptive_avg_pool2d(x: Tensor[P, B, C, H, W], size=1):
    """The means of windows that divide each image into as many as ``size`` says."""
    return _divided(x, size, np.mean)


def adaptive_max_pool2d(x: Tensor[P, B, C, H, W], size=1):
    """The largest elements of windows that divide each image into as many as ``size`` says."""
    return _divided(x, size, np.max)


def _divided(x, size, statistic):
    """A statistic of windows that divide each image into as many as ``size`` says."""
    rows, columns = size if isinstance(size, tuple) else (size, size)
    out = np.empty((x.shape[0], x.shape[1], rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, bottom = i * x.shape[2] // rows, -(-(i + 1) * x.shape[2] // rows)
            left, right = j * x.shape[3] // columns, -(-(j + 1) * x.shape[3] // columns)
            out[:, :, i, j] = statistic(x[:, :, top:bottom, left:right], axis=(2, 3)).astype(x.dtype)
    return out


def interpolate(x: Tensor[P, B, C, H, W], scale_factor=2):
    """Images enlarged by a whole number: each element is repeated."""
    return np.repeat(np.repeat(x, scale_factor, axis=2), scale_factor, axis=3)


def pixel_shuffle(x: Tensor[P, B, C, H, W], upscale_factor):
    """Images enlarged by a whole number: each block of pixels is made of as many channels."""
    r = upscale_factor
    if x.shape[1] % (r * r) != 0:
        raise ValueError("the number of channels is a multiple of upscale_factor squared")
    blocks = np.reshape(x, (x.shape[0], x.shape[1] // (r * r), r, r, x.shape[2], x.shape[3]))
    shape = (x.shape[0], x.shape[1] // (r * r), x.shape[2] * r, x.shape[3] * r)
    return np.reshape(np.transpose(blocks, (0, 1, 4, 2, 5, 3)), shape)


def pad(x, padding, value=0.0):
    """``x`` with ``value`` before and behind the last axis, or the last two: ``(left, right, top, bottom)``."""
    wide = _beside(x, padding[0], padding[1], value, -1)
    if len(padding) == 4:
        return _beside(wide, padding[2], padding[3], value, -2)
    return wide


def _beside(x, before, behind, value, axis):
    """``x`` with ``value`` before and behind one axis."""
    parts = np.moveaxis(x, axis, 0)
    out = np.full((before + parts.shape[0] + behind,) + parts.shape[1:], value, x.dtype)
    out[before : before + parts.shape[0]] = parts
    return np.moveaxis(out, 0, axis)
