"""Images and arrays made larger or smaller in ``pyc.nn``, written in the language itself, as PyTorch defines it."""

# A pack of dimensions is no type argument to type checkers.
# pyright: reportInvalidTypeForm=false

from typing import TypeVarTuple

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar

P = TypeVar("P", bound=Precision)
S = TypeVarTuple("S")
B = Dim("B")
C = Dim("C")
H = Dim("H")
W = Dim("W")


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


def pad(x: Tensor[P, *S], padding, value=0.0):
    """``x`` with ``value`` before and behind the last axis, or the last two: ``(left, right, top, bottom)``."""
    wide = _beside(x, padding[0], padding[1], value, -1)
    if len(padding) == 4:
        return _beside(wide, padding[2], padding[3], value, -2)
    return wide


def _beside(x, before, behind, value, axis):
    """``x`` with ``value`` before and behind one axis."""
    parts = np.moveaxis(x, axis, 0)
    out = np.full_like(parts, value, shape=(before + parts.shape[0] + behind,) + parts.shape[1:])
    out[before : before + parts.shape[0]] = parts
    return np.moveaxis(out, 0, axis)
