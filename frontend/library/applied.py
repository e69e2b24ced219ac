"""Functions of NumPy that call a function for elements, lines or positions."""

import math

import numpy as np


def apply_along_axis(func1d, axis, arr):
    """What a function gives for each line along an axis: a number, or a line that takes its place."""
    x = np.moveaxis(arr, axis, -1)
    lines = np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))
    if lines.shape[0] == 0:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    first = func1d(lines[0])
    if np.ndim(first) == 0:
        out = np.empty(lines.shape[0], np.result_type(first))
        for i in range(lines.shape[0]):
            out[i] = func1d(lines[i])
        return np.reshape(out, x.shape[:-1])
    rows = np.empty((lines.shape[0],) + np.shape(first), np.result_type(first))
    for i in range(lines.shape[0]):
        rows[i] = func1d(lines[i])
    return np.moveaxis(np.reshape(rows, x.shape[:-1] + np.shape(first)), -1, axis)


def fromfunction(function, shape, dtype=np.float64):
    """What a function gives of the positions of an array along each axis, which are arrays."""
    places = np.indices(shape, dtype=dtype)
    if np.ndim(places) == 2:
        return function(places[0])
    if np.ndim(places) == 3:
        return function(places[0], places[1])
    return function(places[0], places[1], places[2])


def vectorized_1(f, x):
    """``f`` of each element."""
    flat = np.ravel(x)
    if flat.shape[0] == 0:
        raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
    out = np.empty(flat.shape[0], np.result_type(f(flat[0])))
    for i in range(flat.shape[0]):
        out[i] = f(flat[i])
    return np.reshape(out, x.shape)


def vectorized_2(f, x, y):
    """``f`` of each pair of elements."""
    u, v = np.broadcast_arrays(np.asarray(x), np.asarray(y))
    a, b = np.ravel(u), np.ravel(v)
    if a.shape[0] == 0:
        raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
    out = np.empty(a.shape[0], np.result_type(f(a[0], b[0])))
    for i in range(a.shape[0]):
        out[i] = f(a[i], b[i])
    return np.reshape(out, u.shape)
