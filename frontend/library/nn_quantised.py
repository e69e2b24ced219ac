"""Numbers that stand for others, written in the language itself: ``(stored - zero_point) * scale``, as ONNX defines it.

In a model, a call of one of these is one node.
"""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import numpy as np

from pyc import static_range

from ._quantised import dequantizes, even, largest, least, quantizes, stored, whole


def quantize(x, scale, zero_point=None, dtype=None, axis=None, block=None):
    """The nearest numbers of ``dtype``, or of the type of ``zero_point``, that stand for ``x``; even ones of two.

    There is one scale, one for each place on an ``axis``, or one for each ``block`` of elements along it. What is
    beyond the type is its least or largest number.
    """
    given = quantizes(x, scale, zero_point, dtype, axis, block)
    y = _parted(_wide(given), axis, block) / _beside(given, _wide(scale), axis, block)
    if whole(zero_point, dtype):
        y = np.rint(y)
    if zero_point is not None:
        y = y + _beside(given, _wide(zero_point), axis, block)
    y = np.clip(y, least(zero_point, dtype), largest(zero_point, dtype))
    return stored(_joined(y, given, axis, block), zero_point, dtype)


def dequantize(x, scale, zero_point=None, axis=None, block=None):
    """The numbers that ``x`` stands for, in the type of ``scale``; in f32 where that is a number of Python."""
    given = dequantizes(x, scale, zero_point, axis, block)
    y = _parted(given, axis, block)
    if zero_point is not None:
        y = y - _beside(given, _wide(zero_point), axis, block)
    y = y * _beside(given, _wide(scale), axis, block)
    return stored(_joined(y, given, axis, block), scale, None)


def _wide(x):
    """A number or an array in f32, or in f64 where it is that."""
    if np.ndim(x) == 0:
        return np.float32(x)
    return x if x.dtype.itemsize == 8 else x.astype(np.float32)


def _parted(x, axis, block):
    """An array with an axis of blocks and one of their elements for the axis, where that is blocks and no rest."""
    if not even(x, axis, block):
        return x
    k = axis % np.ndim(x)
    return np.reshape(x, x.shape[:k] + (x.shape[k] // block, block) + x.shape[k + 1 :])


def _joined(y, x, axis, block):
    """An array as :func:`_parted` was given one."""
    return np.reshape(y, x.shape) if even(x, axis, block) else y


def _beside(x, y, axis, block):
    """Scales or zero points as they broadcast to the elements that they are of."""
    if axis is None:
        return y
    k = axis % np.ndim(x)
    if block is None:
        for _ in static_range(np.ndim(x) - 1 - k):
            y = y[..., None]
        return y
    if even(x, axis, block):
        return np.expand_dims(y, k + 1)
    return np.take(y, np.arange(x.shape[k]) // block, axis=k)
