"""Images made larger or smaller in ``pyc.nn``, written in the language itself, as PyTorch defines it."""

# A pack of dimensions is no type argument to type checkers.
# Type checkers do not know that a branch on None is decided with the arguments.
# pyright: reportInvalidTypeForm=false, reportReturnType=false, reportArgumentType=false, reportOptionalOperand=false

from typing import TypeVarTuple

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar

from ._nn_windows import pair
from .nn_pools import adaptive_avg_pool2d
from .padding import padded

P = TypeVar("P", bound=Precision)
S = TypeVarTuple("S")
B = Dim("B")
C = Dim("C")
H = Dim("H")
W = Dim("W")


def interpolate(x: Tensor[P, B, C, H, W], size=None, scale_factor=None, mode="nearest", align_corners=False):
    """Images of another ``size``, or ``scale_factor`` times as large.

    ``mode`` says how an element comes from those around its place: ``"nearest"`` (the one before),
    ``"nearest-exact"``, ``"bilinear"``, ``"bicubic"``, or ``"area"``, the mean of what it covers. Where
    ``align_corners``, the centres of the elements at the corners stay where they are, not the outer edges of these.
    """
    if (size is None) == (scale_factor is None):
        raise ValueError("either size or scale_factor is given")
    if scale_factor is None:
        high, wide = pair(size)
        down, right = x.shape[2] / high, x.shape[3] / wide
    else:
        factor = pair(scale_factor)
        high, wide = int(x.shape[2] * factor[0]), int(x.shape[3] * factor[1])
        down, right = 1.0 / factor[0], 1.0 / factor[1]
    if mode == "area":
        return adaptive_avg_pool2d(x, (high, wide))
    if mode == "nearest" or mode == "nearest-exact":
        if align_corners:
            raise ValueError("align_corners is of the modes 'bilinear' and 'bicubic'")
        before = 0.5 if mode == "nearest-exact" else 0.0
        return _nearest(_nearest(x, 3, wide, right, before), 2, high, down, before)
    if mode != "bilinear" and mode != "bicubic":
        raise ValueError("mode is 'nearest', 'nearest-exact', 'bilinear', 'bicubic' or 'area'")
    if align_corners:
        down = (x.shape[2] - 1) / max(high - 1, 1)
        right = (x.shape[3] - 1) / max(wide - 1, 1)
    offset = 0.0 if align_corners else 0.5
    if mode == "bilinear":
        return _linear(_linear(x, 3, wide, right, offset, x.dtype), 2, high, down, offset, x.dtype)
    return _cubic(_cubic(x, 3, wide, right, offset, x.dtype), 2, high, down, offset, x.dtype)


def _nearest(x, axis, count, step, before):
    """``count`` elements of an axis, ``step`` apart."""
    return np.take(x, np.minimum(((np.arange(count) + before) * step).astype(np.int64), x.shape[axis] - 1), axis=axis)


def _linear(x, axis, count, step, offset, dtype):
    """``count`` elements of an axis, ``step`` apart, each a mean of its two neighbours, with weights in ``dtype``."""
    places = np.maximum((np.arange(count) + offset) * step - offset, 0)
    low = np.minimum(places.astype(np.int64), x.shape[axis] - 1)
    weights = _along(places - low, axis).astype(dtype)
    high = np.minimum(low + 1, x.shape[axis] - 1)
    return np.take(x, low, axis=axis) * (1 - weights) + np.take(x, high, axis=axis) * weights


def _cubic(x, axis, count, step, offset, dtype):
    """``count`` elements of an axis, ``step`` apart, each on the cubic through its four neighbours."""
    places = (np.arange(count) + offset) * step - offset
    low = np.floor(places).astype(np.int64)
    t = places - low
    out = _tap(x, axis, low - 1, _far(1 + t).astype(dtype)) + _tap(x, axis, low, _near(t).astype(dtype))
    out = out + _tap(x, axis, low + 1, _near(1 - t).astype(dtype))
    return out + _tap(x, axis, low + 2, _far(2 - t).astype(dtype))


def _near(t):
    """The weight of an element that is ``t`` away, at most 1, by Keys' cubic with -0.75."""
    return (1.25 * t - 2.25) * t * t + 1


def _far(t):
    """The same of an element that is between 1 and 2 away."""
    return ((-0.75 * t + 3.75) * t - 6) * t + 3


def _tap(x, axis, at, weights):
    """The elements of an axis at these places, of which those outside are those at its ends, times their weights."""
    inside = np.minimum(np.maximum(at, 0), x.shape[axis] - 1)
    return np.take(x, inside, axis=axis) * _along(weights, axis)


def _along(numbers, axis):
    """Numbers along an axis of images."""
    return numbers[:, None] if axis == 2 else numbers


def pixel_shuffle(x: Tensor[P, B, C, H, W], upscale_factor):
    """Images enlarged by a whole number: each block of pixels is made of as many channels."""
    r = upscale_factor
    if x.shape[1] % (r * r) != 0:
        raise ValueError("the number of channels is a multiple of upscale_factor squared")
    blocks = np.reshape(x, (x.shape[0], x.shape[1] // (r * r), r, r, x.shape[2], x.shape[3]))
    shape = (x.shape[0], x.shape[1] // (r * r), x.shape[2] * r, x.shape[3] * r)
    return np.reshape(np.transpose(blocks, (0, 1, 4, 2, 5, 3)), shape)


def pixel_unshuffle(x: Tensor[P, B, C, H, W], downscale_factor):
    """What ``pixel_shuffle`` undoes: each block of pixels becomes as many channels."""
    r = downscale_factor
    if x.shape[2] % r != 0 or x.shape[3] % r != 0:
        raise ValueError("the extents of the images are multiples of downscale_factor")
    blocks = np.reshape(x, (x.shape[0], x.shape[1], x.shape[2] // r, r, x.shape[3] // r, r))
    shape = (x.shape[0], x.shape[1] * r * r, x.shape[2] // r, x.shape[3] // r)
    return np.reshape(np.transpose(blocks, (0, 1, 3, 5, 2, 4)), shape)


def channel_shuffle(x: Tensor[P, B, C, *S], groups) -> Tensor[P, B, C, *S]:
    """The first channels of all groups, then the second ones, and so on."""
    if x.shape[1] % groups != 0:
        raise ValueError("the number of channels is a multiple of groups")
    parts = np.reshape(x, (x.shape[0], groups, x.shape[1] // groups) + x.shape[2:])
    return np.reshape(np.swapaxes(parts, 1, 2), x.shape)


def pad(x: Tensor[P, *S], padding, mode="constant", value=0.0):
    """``x`` with more before and behind the last axis, or the last two: ``(left, right, top, bottom)``.

    There is ``value``; with the ``mode`` ``"reflect"`` what a mirror shows, with ``"replicate"`` the nearest element,
    with ``"circular"`` what comes from the other end.
    """
    if mode == "reflect":
        return _beside(x, padding, "reflect", 0)
    if mode == "replicate":
        return _beside(x, padding, "edge", 0)
    if mode == "circular":
        return _beside(x, padding, "wrap", 0)
    if mode != "constant":
        raise ValueError("mode is 'constant', 'reflect', 'replicate' or 'circular'")
    return _beside(x, padding, "constant", value)


def _beside(x, padding, mode, value):
    """``x`` with borders as NumPy makes them, along the last axis, and the one before it if there are four numbers."""
    wide = padded(x, x.ndim - 1, padding[0], padding[1], mode, value, value)
    if len(padding) == 4:
        return padded(wide, x.ndim - 2, padding[2], padding[3], mode, value, value)
    return wide
