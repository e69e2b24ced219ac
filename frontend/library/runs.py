"""Sequences that are changed: unwrapped, repeated to a shape; runs of them reduced."""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false, reportIndexIssue=false

import math

import numpy as np


def unwrap(p, discont=None, axis=-1, *, period=6.283185307179586):
    """Angles without jumps: from each to the next, at most half a period."""
    x = np.moveaxis(p, axis, -1)
    steps = np.diff(x, axis=-1)
    whole = np.result_type(steps, period).kind in "iu"
    half = period // 2 if whole else period / 2
    least = period / 2 if discont is None else discont
    near = np.mod(steps + half, period) - half
    if not whole or period % 2 == 0:
        near = np.where((near == -half) & (steps > 0), half, near)
    turns = np.where(np.abs(steps) < least, 0, near - steps)
    out = x.astype(np.result_type(steps, period))
    out[..., 1:] = x[..., 1:] + np.cumsum(turns, axis=-1).astype(out.dtype)
    return np.moveaxis(out, -1, axis)


def resize(a, new_shape):
    """The elements in a new shape, from the beginning again where they end; zeros where there are none."""
    flat = np.ravel(a)
    if isinstance(new_shape, int):
        return _repeated(flat, new_shape)
    return np.reshape(_repeated(flat, math.prod(new_shape)), new_shape)


def _repeated(flat, count):
    """``count`` elements, from the beginning again where they end."""
    if count < 0:
        raise ValueError("all elements of `new_shape` must be non-negative")
    out = np.zeros(count, flat.dtype)
    n = flat.shape[0]
    if n > 0:
        for i in range(count):
            out[i] = flat[i % n]
    return out


def trim_zeros(filt, trim="fb"):
    """A sequence without the zeros at its front, at its back, or at both."""
    first = 0
    last = filt.shape[0]
    if "f" in trim or "F" in trim:
        while first < last and filt[first] == 0:
            first += 1
    if "b" in trim or "B" in trim:
        while last > first and filt[last - 1] == 0:
            last -= 1
    return filt[first:last]


def packbits(a, axis=None, bitorder="big"):
    """Eight truth values in each byte, zeros at the end."""
    if np.result_type(a).kind in "fc":
        raise TypeError("Expected an input array of integer or boolean data type")
    if axis is None:
        return packbits(np.ravel(a), 0, bitorder)
    x = np.moveaxis(a, axis, -1) != 0
    n = x.shape[-1]
    out = np.zeros(x.shape[:-1] + ((n + 7) // 8,), np.uint8)
    for i in range(n):
        place = 7 - i % 8 if bitorder == "big" else i % 8
        out[..., i // 8] = out[..., i // 8] | (x[..., i].astype(np.uint8) << np.uint8(place))
    return np.moveaxis(out, -1, axis)


def unpackbits(a, axis=None, count=None, bitorder="big"):
    """The bits of bytes, each as a byte; the first ``count``, filled up with zeros, or all but the last ones."""
    if np.result_type(a) != np.uint8:
        raise TypeError("Expected an input array of unsigned byte data type")
    if axis is None:
        return unpackbits(np.ravel(a), 0, count, bitorder)
    x = np.moveaxis(np.real(a).astype(np.uint8), axis, -1)
    places = np.arange(8) if bitorder == "little" else np.arange(7, -1, -1)
    bits = (x[..., None] >> places.astype(np.uint8)) & np.uint8(1)
    every = np.reshape(bits, x.shape[:-1] + (x.shape[-1] * 8,))
    if count is None:
        return np.moveaxis(every, -1, axis)
    if count < 0:
        return np.moveaxis(every[..., :count], -1, axis)
    out = np.zeros(x.shape[:-1] + (count,), np.uint8)
    n = min(count, every.shape[-1])
    out[..., :n] = every[..., :n]
    return np.moveaxis(out, -1, axis)


def array_equiv(a1, a2):
    """Whether two arrays hold the same elements once they are broadcast."""
    return bool(np.all(np.asarray(np.equal(a1, a2))))
