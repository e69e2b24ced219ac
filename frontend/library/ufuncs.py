"""Methods of ufuncs that no function is: the ufunc is given first."""

import numpy as np


def reduce(f, a, axis, keepdims, empty):
    """The parts along an axis put together by ``f``, from the first to the last."""
    parts = np.moveaxis(a, axis, 0)
    n = parts.shape[0]
    if np.ndim(a) == 1:
        if n == 0:
            if empty is None:
                raise ValueError("zero-size array to reduction operation which has no identity")
            return _kept(_empty_number(a, empty), a, keepdims)
        total = parts[0]
        for i in range(1, n):
            total = f(total, parts[i])
        return _kept(total, a, keepdims)
    out = np.empty(parts.shape[1:], f(a[..., :0], a[..., :0]).dtype)
    if n == 0:
        if empty is None:
            raise ValueError("zero-size array to reduction operation which has no identity")
        out[...] = out.dtype.type(0 if empty is None else empty)
    else:
        out[...] = parts[0]
        for i in range(1, n):
            out[...] = f(out, parts[i])
    return np.expand_dims(out, axis) if keepdims else out


def _empty_number(a, empty):
    """What a ufunc is of nothing, as an element."""
    return a.dtype.type(0 if empty is None else empty)


def _kept(total, a, keepdims):
    """A number, or an array of one axis that holds it."""
    if keepdims:
        out = np.empty(1, a.dtype)
        out[0] = total
        return out
    return total


def accumulate(f, a, axis):
    """The parts along an axis, each put together with those before it."""
    parts = np.moveaxis(a, axis, 0)
    out = np.empty(parts.shape, a.dtype)
    for i in range(parts.shape[0]):
        if i == 0:
            out[i] = parts[i]
        else:
            out[i] = f(out[i - 1], parts[i])
    return np.moveaxis(out, 0, axis)


def _check(places, axis, size):
    """Raise IndexError if one of ``places`` is not a position of an axis."""
    for k in range(places.shape[0]):
        i = int(places[k])
        if i < -size or i >= size:
            raise IndexError(f"index {i} is out of bounds for axis {axis} with size {size}")


def at_1(f, a, i, b):
    """``a[i] = f(a[i], b)`` for each position; all are checked first."""
    places = np.ravel(np.asarray(i))
    _check(places, 0, a.shape[0])
    if np.ndim(a) == 1:
        if np.ndim(b) == 0:
            for k in range(places.shape[0]):
                a[places[k]] = f(a[places[k]], b).astype(a.dtype)
        else:
            values = np.ravel(np.broadcast_to(b, np.shape(np.asarray(i))))
            for k in range(places.shape[0]):
                a[places[k]] = f(a[places[k]], values[k]).astype(a.dtype)
    elif np.ndim(b) == 0:
        for k in range(places.shape[0]):
            a[places[k]] = f(a[places[k]], b).astype(a.dtype)
    else:
        rows = np.broadcast_to(b, np.shape(np.asarray(i)) + a.shape[1:])
        flat = np.reshape(rows, (places.shape[0],) + a.shape[1:])
        for k in range(places.shape[0]):
            a[places[k]] = f(a[places[k]], flat[k]).astype(a.dtype)


def at_2(f, a, i, j, b):
    """``a[i, j] = f(a[i, j], b)`` for each pair of positions; all are checked first."""
    x, y = np.broadcast_arrays(np.asarray(i), np.asarray(j))
    rows, columns = np.ravel(x), np.ravel(y)
    _check(rows, 0, a.shape[0])
    _check(columns, 1, a.shape[1])
    if np.ndim(b) == 0:
        for k in range(rows.shape[0]):
            a[rows[k], columns[k]] = f(a[rows[k], columns[k]], b).astype(a.dtype)
    else:
        values = np.ravel(np.broadcast_to(b, x.shape))
        for k in range(rows.shape[0]):
            a[rows[k], columns[k]] = f(a[rows[k], columns[k]], values[k]).astype(a.dtype)


def reduceat(f, a, indices, axis):
    """Each run from one position to the next put together by ``f``; of a run that is none, its first part."""
    parts = np.moveaxis(a, axis, 0)
    places = np.asarray(indices)
    n, m = parts.shape[0], places.shape[0]
    out = np.empty((m,) + parts.shape[1:], f(a[..., :0], a[..., :0]).dtype)
    for k in range(m):
        i = int(places[k])
        if i < 0 or i >= n:
            raise IndexError(f"index {i} out-of-bounds in ufunc.reduceat [0, {n})")
        stop = n
        if k + 1 < m:
            stop = int(places[k + 1])
        out[k] = parts[i]
        for j in range(i + 1, stop):
            out[k] = f(out[k], parts[j])
    return np.moveaxis(out, 0, axis)
