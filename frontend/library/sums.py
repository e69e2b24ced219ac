"""Running sums and products, differences, and integrals along an axis."""

import math

import numpy as np


def cumsum(a, axis=None, dtype=None):
    """The sums of the first elements: ``out[i] = a[0] + ... + a[i]``."""
    return _running(a, axis, np.sum(a, dtype=dtype).dtype, lambda x, y: x + y)


def cumprod(a, axis=None, dtype=None):
    """The products of the first elements: ``out[i] = a[0] * ... * a[i]``."""
    return _running(a, axis, np.prod(a, dtype=dtype).dtype, lambda x, y: x * y)


def _running(a, axis, dtype, join):
    """What ``join`` makes of the first elements along an axis, in ``dtype``."""
    if axis is None:
        return _running(np.ravel(a), 0, dtype, join)
    if -a.ndim <= axis < a.ndim and axis % a.ndim < a.ndim - 1:
        # Rows are joined to rows.
        at = axis % a.ndim
        blocks = np.reshape(a, (math.prod(a.shape[:at]), a.shape[at], math.prod(a.shape[at + 1 :])))
        return np.reshape(_joined(blocks, dtype, join), a.shape)
    x = np.moveaxis(a, axis, -1)
    lines = np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))
    return np.moveaxis(np.reshape(_joined(lines, dtype, join), x.shape), -1, axis)


def _joined(x, dtype, join):
    """Elements, or rows, each joined to the result before it along the second axis."""
    out = np.empty(x.shape, dtype)
    for i in range(x.shape[0]):
        if x.shape[1] > 0:
            out[i, 0] = x[i, 0].astype(dtype)
        for j in range(1, x.shape[1]):
            out[i, j] = join(out[i, j - 1], x[i, j].astype(dtype))
    return out


def cumulative_sum(x, /, *, axis=None, dtype=None, include_initial=False):
    """The sums of the first elements along an axis, after a zero if that is wanted."""
    if axis is None and x.ndim > 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    found = np.cumsum(x, 0 if axis is None else axis, dtype)
    return _after(found, 0, 0 if axis is None else axis) if include_initial else found


def cumulative_prod(x, /, *, axis=None, dtype=None, include_initial=False):
    """The products of the first elements along an axis, after a one if that is wanted."""
    if axis is None and x.ndim > 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    found = np.cumprod(x, 0 if axis is None else axis, dtype)
    return _after(found, 1, 0 if axis is None else axis) if include_initial else found


def _after(found, first, axis):
    """Running results along an axis after what they begin with."""
    x = np.moveaxis(found, axis, 0)
    start = np.full((1,) + x.shape[1:], first, x.dtype)
    return np.moveaxis(np.concatenate((start, x)), 0, axis)


def diff(a, n=1, axis=-1, prepend=None, append=None):
    """The differences of neighbours along an axis, ``n`` times over, of what is put before and behind them too."""
    if prepend is not None:
        return diff(np.concatenate((_side(a, prepend, axis), a), axis=axis), n, axis, None, append)
    if append is not None:
        return diff(np.concatenate((a, _side(a, append, axis)), axis=axis), n, axis)
    if n < 0:
        raise ValueError("order must be non-negative")
    if n == 0:
        return a
    x = np.moveaxis(a, axis, -1)
    if a.dtype == np.bool_:
        once = x[..., 1:] != x[..., :-1]
    else:
        once = x[..., 1:] - x[..., :-1]
    if n > 1:
        return diff(np.moveaxis(once, -1, axis), n - 1, axis)
    return np.moveaxis(once, -1, axis)


def _side(a, x, axis):
    """What is put beside an array: an array, or a number in the place of one part."""
    if np.ndim(x) > 0:
        return x
    parts = np.moveaxis(a, axis, 0)
    one = np.empty((1,) + parts.shape[1:], np.result_type(a, x))
    one[...] = x
    return np.moveaxis(one, 0, axis)


def ediff1d(ary, to_end=None, to_begin=None):
    """The differences of neighbours in the flat array, between what is put before and behind them."""
    flat = np.ravel(ary)
    steps = flat[1:] - flat[:-1]
    if to_end is not None:
        steps = np.concatenate((steps, np.ravel(to_end).astype(flat.dtype)))
    if to_begin is not None:
        steps = np.concatenate((np.ravel(to_begin).astype(flat.dtype), steps))
    return steps


def nancumsum(a, axis=None, dtype=None):
    """The sums of the first elements, where NaN counts as zero."""
    return np.cumsum(np.where(np.isnan(a), 0, a).astype(np.result_type(a)), axis, dtype)


def nancumprod(a, axis=None, dtype=None):
    """The products of the first elements, where NaN counts as one."""
    return np.cumprod(np.where(np.isnan(a), 1, a).astype(np.result_type(a)), axis, dtype)


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral of samples along an axis by the trapezoidal rule."""
    s = np.moveaxis(y, axis, -1)
    if x is None:
        return np.sum(dx * (s[..., 1:] + s[..., :-1]) / 2.0, axis=-1)
    steps = diff(x) if x.ndim == 1 else np.moveaxis(diff(x, 1, axis), axis, -1)
    return np.sum(steps * (s[..., 1:] + s[..., :-1]) / 2.0, axis=-1)
