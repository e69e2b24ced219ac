"""Elements chosen by conditions, positions and values; elements moved, removed and put in."""

import numpy as np

from .sorting import _before


def compress(condition, a, axis=None):
    """The parts of an array, along an axis, for which a condition holds."""
    if axis is None:
        return compress(condition, np.ravel(a), 0)
    positions = np.flatnonzero(condition)
    if np.any(positions >= a.shape[axis]):
        raise IndexError("index is out of bounds for the axis that is compressed")
    return np.take(a, positions, axis=axis)


def extract(condition, arr):
    """The elements for which a condition of as many elements holds."""
    return compress(np.ravel(condition), np.ravel(arr), 0)


def roll(a, shift, axis=None):
    """The elements moved along an axis; those that leave at its end come in at its beginning."""
    if axis is None:
        return np.reshape(roll(np.ravel(a), shift, 0), a.shape)
    x = np.moveaxis(a, axis, 0)
    n = x.shape[0]
    k = shift % max(n, 1)
    out = np.empty_like(x)
    out[k:] = x[: n - k]
    out[:k] = x[n - k :]
    return np.moveaxis(out, 0, axis)


def rot90(m, k=1, axes=(0, 1)):
    """The array turned by ``k`` quarters in a plane of two axes, from the first towards the second."""
    if k % 4 == 0:
        return m[...]
    if k % 4 == 2:
        return np.flip(np.flip(m, axes[0]), axes[1])
    if k % 4 == 1:
        return np.swapaxes(np.flip(m, axes[1]), axes[0], axes[1])
    return np.flip(np.swapaxes(m, axes[0], axes[1]), axes[1])


def _delete_slice(arr, start, stop, step, axis=None):
    """The array without the parts of a slice along an axis."""
    if axis is None:
        return _delete_slice(np.ravel(arr), start, stop, step, 0)
    keep = np.ones(arr.shape[axis], np.bool_)
    keep[start:stop:step] = False
    return np.take(arr, np.flatnonzero(keep), axis=axis)


def delete(arr, obj, axis=None):
    """The array without the parts at a position, or at several, along an axis."""
    if axis is None:
        return delete(np.ravel(arr), obj, 0)
    keep = np.ones(arr.shape[axis], np.bool_)
    keep[obj] = False
    return np.take(arr, np.flatnonzero(keep), axis=axis)


def insert(arr, obj, values, axis=None):
    """The array with values put in before a position along an axis."""
    if axis is None:
        return insert(np.ravel(arr), obj, np.ravel(values) if np.ndim(values) > 0 else values, 0)
    x = np.moveaxis(arr, axis, 0)
    n = x.shape[0]
    if np.ndim(obj) == 1:
        return _inserted(x, np.asarray(obj), values, axis)
    if obj < -n or obj > n:
        raise IndexError(f"index {obj} is out of bounds for axis {axis} with size {n}")
    at = obj + n if obj < 0 else obj
    if np.ndim(values) == np.ndim(arr):
        new = np.empty((values.shape[0],) + x.shape[1:], arr.dtype)
    else:
        new = np.empty((1,) + x.shape[1:], arr.dtype)
    new[...] = np.asarray(values).astype(arr.dtype)
    return np.moveaxis(np.concatenate((x[:at], new, x[at:])), 0, axis)


def _inserted(x, places, values, axis):
    """The parts with one before each of several positions of the array as it was."""
    n, m = x.shape[0], places.shape[0]
    for k in range(m):
        if places[k] < -n or places[k] > n:
            raise IndexError("index is out of bounds for the axis that is inserted into")
    wrapped = np.where(places < 0, places + n, places)
    order = np.argsort(wrapped)
    at = np.empty(m, np.int64)
    at[order] = wrapped[order] + np.arange(m)
    out = np.empty((n + m,) + x.shape[1:], x.dtype)
    old = np.ones(n + m, np.bool_)
    old[at] = False
    out[np.flatnonzero(old)] = x
    given = np.asarray(values).astype(x.dtype)
    if np.ndim(values) == np.ndim(x):
        out[at] = np.moveaxis(given, axis, 0)
    else:
        out[at] = given
    return np.moveaxis(out, 0, axis)


def searchsorted(a, v, side="left", sorter=None):
    """Where values belong in an array that is sorted, or that ``sorter`` sorts: before their equals, or behind them."""
    if sorter is not None:
        if sorter.shape[0] != a.shape[0]:
            raise ValueError("sorter.size must equal array.size")
        return searchsorted(a[sorter], v, side)
    if np.ndim(v) == 0:
        return _place(a, v, side)
    flat = np.ravel(v)
    out = np.empty(flat.shape[0], np.int64)
    for i in range(flat.shape[0]):
        out[i] = _place(a, flat[i], side)
    return np.reshape(out, v.shape)


def _place(a, v, side):
    """Where a value belongs in a sorted array, by halving."""
    low = 0
    high = a.shape[0]
    while low < high:
        middle = (low + high) // 2
        x = a[middle]
        if np.iscomplexobj(x) or np.iscomplexobj(v):
            before = _before(x, v) if side == "left" else not _before(v, x)
        elif side == "left":
            before = x < v or (v != v and x == x)
        else:
            before = x <= v or v != v
        if before:
            low = middle + 1
        else:
            high = middle
    return np.int64(low)


def isin(element, test_elements, invert=False):
    """Whether each element is among others."""
    found = np.any(np.expand_dims(element, -1) == np.ravel(test_elements), axis=-1)
    return ~found if invert else found


def tril_indices(n, k=0, m=None):
    """The positions of the lower triangle of a matrix."""
    return np.nonzero(np.tri(n, m, k, np.bool_))


def triu_indices(n, k=0, m=None):
    """The positions of the upper triangle of a matrix."""
    return np.nonzero(~np.tri(n, m, k - 1, np.bool_))


def tril_indices_from(arr, k=0):
    """The positions of the lower triangle of an array."""
    return tril_indices(arr.shape[0], k, arr.shape[1])


def triu_indices_from(arr, k=0):
    """The positions of the upper triangle of an array."""
    return triu_indices(arr.shape[0], k, arr.shape[1])


def diag_indices(n, ndim=2):
    """The positions of the main diagonal."""
    return _times(np.arange(max(n, 0)), ndim)


def _times(x, count):
    """A tuple of the same array several times."""
    if count == 1:
        return (x,)
    return (x,) + _times(x, count - 1)


def _positions_repeated(counts, n):
    """The positions of ``n`` parts, each as often as its count says; one count is for all of them."""
    if counts.shape[0] != n and counts.shape[0] != 1:
        raise ValueError(f"operands could not be broadcast together with shape ({n},) ({counts.shape[0]},)")
    total = 0
    for i in range(n):
        count = counts[i] if counts.shape[0] == n else counts[0]
        if count < 0:
            raise ValueError("repeats may not contain negative values.")
        total += int(count)
    positions = np.empty(total, np.int64)
    k = 0
    for i in range(n):
        for _ in range(counts[i] if counts.shape[0] == n else counts[0]):
            positions[k] = i
            k += 1
    return positions


def append(arr, values, axis=None):
    """An array with values behind its own; both flat, unless an axis is said."""
    if axis is None:
        return np.concatenate((np.ravel(arr), np.ravel(np.asarray(values))))
    return np.concatenate((arr, values), axis=axis)


def putmask(a, mask, values):
    """Put values where a mask holds: each from the place of its own, beginning again where they end."""
    flat = np.ravel(np.asarray(values))
    places = np.flatnonzero(mask)
    kept = np.ravel(a).copy()
    if flat.shape[0] > 0:
        for k in range(places.shape[0]):
            kept[places[k]] = flat[int(places[k]) % flat.shape[0]]
    a[...] = np.reshape(kept, a.shape)


def place(arr, mask, vals):
    """Put the first values where a mask holds, beginning again where they end."""
    flat = np.ravel(np.asarray(vals)).astype(arr.dtype)
    places = np.flatnonzero(mask)
    if flat.shape[0] == 0 and places.shape[0] > 0:
        raise ValueError("Cannot insert from an empty array!")
    kept = np.ravel(arr).copy()
    for k in range(places.shape[0]):
        kept[places[k]] = flat[k % flat.shape[0]]
    arr[...] = np.reshape(kept, arr.shape)


def copyto(dst, src, where=True):
    """Put elements into an array, where a condition holds."""
    dst[...] = np.where(where, src, dst)
