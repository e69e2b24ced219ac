"""Reductions of NumPy that are made of others, over an axis, several, or all."""

import math

import numpy as np

from ._lines import lines, restored
from .sorting import sort


def ptp(a, axis=None, keepdims=False):
    """The distance from the smallest to the largest element."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def count_nonzero(a, axis=None, keepdims=False):
    """How many elements are not zero."""
    return np.sum(a != 0, axis=axis, keepdims=keepdims)


def average(a, axis=None, weights=None, returned=False, keepdims=False):
    """The mean, or the mean weighted by ``weights``, which have the shape of ``a`` or of its axis."""
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        if np.size(mean) == 0:
            raise ZeroDivisionError("division by zero")
        return (mean, mean * 0 + mean.dtype.type(np.size(a) // np.size(mean))) if returned else mean
    t = np.mean(a) + weights.dtype.type(0)
    if axis is not None and np.ndim(weights) < np.ndim(a):
        shares = np.moveaxis(_on_last(weights, a), -1, axis)
    else:
        shares = weights
    total = np.sum(shares.astype(t.dtype), axis=axis, keepdims=keepdims)
    if np.any(np.asarray(total == 0)):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    mean = np.sum((a * shares).astype(t.dtype), axis=axis, keepdims=keepdims) / total
    if returned:
        return mean, total
    return mean


def _on_last(weights, a):
    """Weights of one axis with axes of extent 1 before, as many as ``a`` has besides it."""
    if np.ndim(weights) < np.ndim(a):
        return _on_last(weights[None], a)
    return weights


def median(a, axis=None, keepdims=False):
    """The middle element in order, or the mean of the middle two; NaN where there is one, or nothing."""
    x = sort(lines(a, axis))
    n = x.shape[-1]
    t = np.mean(a)
    if n == 0:
        return restored(np.mean(lines(a, axis), axis=-1), a, axis, keepdims)
    # Times 1: of one line, a number and no array without axes, whichever it is.
    one = t.dtype.type(1)
    low, high = x[..., (n - 1) // 2].astype(t.dtype) * one, x[..., n // 2].astype(t.dtype) * one
    last = x[..., n - 1].astype(t.dtype)
    middle = low if n % 2 == 1 else (low + high) / t.dtype.type(2)
    return restored(np.where(np.isnan(last), last, middle), a, axis, keepdims)


def nansum(a, axis=None, dtype=None, keepdims=False):
    """The sum of what is not NaN."""
    return np.sum(np.where(np.isnan(a), 0, a).astype(np.result_type(a)), axis=axis, dtype=dtype, keepdims=keepdims)


def nanprod(a, axis=None, dtype=None, keepdims=False):
    """The product of what is not NaN."""
    return np.prod(np.where(np.isnan(a), 1, a).astype(np.result_type(a)), axis=axis, dtype=dtype, keepdims=keepdims)


def nanmean(a, axis=None, keepdims=False):
    """The mean of what is not NaN."""
    t = np.mean(a)
    total = np.sum(np.where(np.isnan(a), 0, a).astype(t.dtype), axis=axis, keepdims=keepdims)
    return total / np.sum(~np.isnan(a), axis=axis, keepdims=keepdims).astype(t.dtype)


def nanvar(a, axis=None, ddof=0, keepdims=False):
    """The variance of what is not NaN."""
    t = np.mean(a)
    gap = np.where(np.isnan(a), 0, a - nanmean(a, axis, True)).astype(t.dtype)
    count = np.sum(~np.isnan(a), axis=axis, keepdims=keepdims)
    free = np.where(count > ddof, count - ddof, 0).astype(np.real(t).dtype)
    square = np.real(gap * np.conjugate(gap)) if np.iscomplexobj(a) else gap * gap
    total = np.sum(square, axis=axis, keepdims=keepdims)
    return np.where(free > 0, total / free, math.nan)


def nanstd(a, axis=None, ddof=0, keepdims=False):
    """The standard deviation of what is not NaN."""
    return np.sqrt(nanvar(a, axis, ddof, keepdims))


def nanmax(a, axis=None, keepdims=False):
    """The largest element that is not NaN; NaN where there is none."""
    if np.iscomplexobj(a):
        kept = np.where(np.isnan(a), complex(-math.inf, -math.inf), a)
        return np.where(
            np.all(np.isnan(a), axis=axis, keepdims=keepdims), math.nan, np.max(kept, axis=axis, keepdims=keepdims)
        )
    if np.result_type(a).kind != "f":
        return np.max(a, axis=axis, keepdims=keepdims)
    found = np.max(np.where(np.isnan(a), -math.inf, a), axis=axis, keepdims=keepdims)
    return np.where(np.all(np.isnan(a), axis=axis, keepdims=keepdims), math.nan, found)


def nanmin(a, axis=None, keepdims=False):
    """The smallest element that is not NaN; NaN where there is none."""
    if np.iscomplexobj(a):
        kept = np.where(np.isnan(a), complex(math.inf, math.inf), a)
        return np.where(
            np.all(np.isnan(a), axis=axis, keepdims=keepdims), math.nan, np.min(kept, axis=axis, keepdims=keepdims)
        )
    if np.result_type(a).kind != "f":
        return np.min(a, axis=axis, keepdims=keepdims)
    found = np.min(np.where(np.isnan(a), math.inf, a), axis=axis, keepdims=keepdims)
    return np.where(np.all(np.isnan(a), axis=axis, keepdims=keepdims), math.nan, found)


def nanmedian(a, axis=None, keepdims=False):
    """The median of what is not NaN."""
    x = lines(a, axis)
    count = np.sum(~np.isnan(x), axis=-1)
    rows = np.reshape(sort(x), (math.prod(x.shape[:-1]), x.shape[-1]))
    found = np.empty(rows.shape[0], np.mean(a).dtype)
    counts = np.reshape(np.asarray(count), (rows.shape[0],))
    for i in range(rows.shape[0]):
        n = int(counts[i])
        if n == 0:
            found[i] = complex(math.nan, math.nan) if np.iscomplexobj(a) else math.nan
        else:
            found[i] = (rows[i, (n - 1) // 2] + rows[i, n // 2]) / found.dtype.type(2)
    if np.ndim(x) == 1:
        return restored(found[0], a, axis, keepdims)
    return restored(np.reshape(found, x.shape[:-1]), a, axis, keepdims)


def nanargmax(a, axis=None, *, keepdims=False):
    """The position of the largest element that is not NaN."""
    if np.any(np.asarray(np.all(np.isnan(a), axis=axis))):
        raise ValueError("All-NaN slice encountered")
    if np.result_type(a).kind not in "fc":
        return np.argmax(a, axis=axis, keepdims=keepdims)
    return np.argmax(np.where(np.isnan(a), -math.inf, a), axis=axis, keepdims=keepdims)


def nanargmin(a, axis=None, *, keepdims=False):
    """The position of the smallest element that is not NaN."""
    if np.any(np.asarray(np.all(np.isnan(a), axis=axis))):
        raise ValueError("All-NaN slice encountered")
    if np.result_type(a).kind not in "fc":
        return np.argmin(a, axis=axis, keepdims=keepdims)
    return np.argmin(np.where(np.isnan(a), math.inf, a), axis=axis, keepdims=keepdims)
