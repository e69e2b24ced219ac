"""Moments of the elements for which a condition holds."""

import math

import numpy as np


def mean_where(a, where, axis=None, keepdims=False):
    """The mean of chosen elements; NaN of none."""
    t = np.mean(a)
    mask = np.broadcast_to(where, a.shape)
    total = np.sum(np.where(mask, a, 0).astype(t.dtype), axis=axis, keepdims=keepdims)
    return total / np.sum(mask, axis=axis, keepdims=keepdims).astype(t.dtype)


def var_where(a, where, axis=None, ddof=0, keepdims=False):
    """The variance of chosen elements."""
    t = np.mean(a)
    mask = np.broadcast_to(where, a.shape)
    gap = np.where(mask, a - mean_where(a, where, axis, True), 0).astype(t.dtype)
    count = np.sum(mask, axis=axis, keepdims=keepdims)
    free = np.where(count > ddof, count - ddof, 0).astype(t.dtype)
    total = np.sum(gap * gap, axis=axis, keepdims=keepdims)
    return np.where(free > 0, total / free, math.nan)


def std_where(a, where, axis=None, ddof=0, keepdims=False):
    """The standard deviation of chosen elements."""
    return np.sqrt(var_where(a, where, axis, ddof, keepdims))
