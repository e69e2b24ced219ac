"""Pools of ``pyc.nn``, written in the language itself, as PyTorch defines them.

``size``, ``stride``, ``padding`` and ``dilation`` of images are one number, or one for rows and one for columns.
"""

# pyright: reportInvalidTypeForm=false

import math

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar

from ._nn_windows import framed, pair, seen, steps

P = TypeVar("P", bound=Precision)
B = Dim("B")
C = Dim("C")
H = Dim("H")
N = Dim("N")
W = Dim("W")


def max_pool1d(x: Tensor[P, B, C, N], size=2, stride=None, padding=0, dilation=1):
    """The largest of each ``size`` elements along the last axis; ``stride`` is ``size`` if it is not given."""
    step = size if stride is None else stride
    return _max_pool(x[:, :, None, :], (1, size), (1, step), (0, padding), (1, dilation))[:, :, 0, :]


def max_pool2d(x: Tensor[P, B, C, H, W], size=2, stride=None, padding=0, dilation=1):
    """The largest element of each window; ``stride`` is ``size`` if it is not given."""
    step = size if stride is None else stride
    return _max_pool(x, pair(size), pair(step), pair(padding), pair(dilation))


def _max_pool(x, size, stride, padding, dilation):
    """The largest element of each window; all but ``x`` are pairs."""
    y = _bordered(x, size, padding, -math.inf)
    count = steps(y, size, stride, dilation)
    out = np.full_like(x, -math.inf, shape=(x.shape[0], x.shape[1], count[0], count[1]))
    for i in range(size[0]):
        for j in range(size[1]):
            out[:, :, :, :] = np.maximum(out, seen(y, i * dilation[0], j * dilation[1], count, stride))
    return out


def avg_pool1d(x: Tensor[P, B, C, N], size=2, stride=None, padding=0, count_include_pad=True):
    """The mean of each ``size`` elements along the last axis; ``stride`` is ``size`` if it is not given."""
    step = size if stride is None else stride
    return _avg_pool(x[:, :, None, :], (1, size), (1, step), (0, padding), count_include_pad)[:, :, 0, :]


def avg_pool2d(x: Tensor[P, B, C, H, W], size=2, stride=None, padding=0, count_include_pad=True):
    """The mean of each window; ``stride`` is ``size`` if it is not given. The padding's zeros count, or do not."""
    step = size if stride is None else stride
    return _avg_pool(x, pair(size), pair(step), pair(padding), count_include_pad)


def _avg_pool(x, size, stride, padding, count_include_pad):
    """The mean of each window; all but ``x`` are pairs. Without the padding, it counts what is in the image alone."""
    means = _window_means(x, size, stride, padding)
    if count_include_pad:
        return means
    return means / _window_means(np.ones_like(x, shape=(1, 1, x.shape[2], x.shape[3])), size, stride, padding)


def _window_means(x, size, stride, padding):
    """The means of windows over a padded image."""
    y = _bordered(x, size, padding, 0)
    count = steps(y, size, stride, (1, 1))
    windows = np.empty_like(x, shape=(size[0] * size[1], x.shape[0], x.shape[1], count[0], count[1]))
    for i in range(size[0]):
        for j in range(size[1]):
            windows[i * size[1] + j] = seen(y, i, j, count, stride)
    return np.mean(windows, axis=0)


def _bordered(x, size, padding, value):
    """Images with ``value`` around them."""
    if padding[0] * 2 > size[0] or padding[1] * 2 > size[1]:
        raise ValueError("the padding is at most half of the window")
    return framed(x, (padding[0], padding[0]), (padding[1], padding[1]), value)


def adaptive_avg_pool1d(x: Tensor[P, B, C, N], size=1):
    """The means of as many parts of the last axis as ``size`` says."""
    return _divided(x[:, :, None, :], (1, size), np.mean)[:, :, 0, :]


def adaptive_avg_pool2d(x: Tensor[P, B, C, H, W], size=1):
    """The means of windows that divide each image into as many as ``size`` says."""
    return _divided(x, pair(size), np.mean)


def adaptive_max_pool1d(x: Tensor[P, B, C, N], size=1):
    """The largest elements of as many parts of the last axis as ``size`` says."""
    return _divided(x[:, :, None, :], (1, size), np.max)[:, :, 0, :]


def adaptive_max_pool2d(x: Tensor[P, B, C, H, W], size=1):
    """The largest elements of windows that divide each image into as many as ``size`` says."""
    return _divided(x, pair(size), np.max)


def _divided(x, size, statistic):
    """A statistic of windows that divide each image into as many as the pair ``size`` says."""
    out = np.empty_like(x, shape=(x.shape[0], x.shape[1], size[0], size[1]))
    for i in range(size[0]):
        for j in range(size[1]):
            top, bottom = i * x.shape[2] // size[0], -(-(i + 1) * x.shape[2] // size[0])
            left, right = j * x.shape[3] // size[1], -(-(j + 1) * x.shape[3] // size[1])
            out[:, :, i, j] = statistic(x[:, :, top:bottom, left:right], axis=(2, 3))
    return out
