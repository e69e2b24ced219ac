"""Sorting along an axis: stable, with NaN at the end, as NumPy sorts."""

import math

import numpy as np

import pyc


def sort(a, axis=-1, kind=None, stable=None):
    """The elements in order along an axis, or all of them."""
    if axis is None:
        return sort(np.ravel(a))
    x = np.moveaxis(a, axis, -1)
    done = _sorted(np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1])))
    return np.moveaxis(np.reshape(done, x.shape), -1, axis)


def argsort(a, axis=-1, kind=None, stable=None):
    """The positions that put the elements in order; of equal ones, the first goes first."""
    if axis is None:
        return argsort(np.ravel(a))
    x = np.moveaxis(a, axis, -1)
    done = _order(np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1])))
    return np.moveaxis(np.reshape(done, x.shape), -1, axis)


def partition(a, kth, axis=-1):
    """An order in which the element ``kth`` is where sorting puts it: the sorted one."""
    _check_place(a, kth, axis)
    return sort(a, axis)


def argpartition(a, kth, axis=-1):
    """Positions that give a partition: those that sort."""
    _check_place(a, kth, axis)
    return argsort(a, axis)


def _check_place(a, kth, axis):
    """Refuse a ``kth`` that is no position along the axis."""
    n = a.size if axis is None else a.shape[axis]
    if a.size == 0:
        return
    if isinstance(kth, int):
        if kth >= n or kth < -n:
            raise ValueError(f"kth(={kth if kth >= 0 else kth + n}) out of bounds ({n})")
    else:
        for k in kth:
            if k >= n or k < -n:
                raise ValueError(f"kth(={k if k >= 0 else k + n}) out of bounds ({n})")


def lexsort(keys, axis=-1):
    """The positions that sort by the last key, then by the one before it, and so on."""
    keys = np.asarray(keys)
    if keys.shape[0] == 0:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    n = keys.shape[1]
    order = np.arange(n)
    for k in range(keys.shape[0]):
        row = np.empty(n, keys.dtype)
        for i in range(n):
            row[i] = keys[k, order[i]]
        step = argsort(row)
        moved = np.empty(n, np.int64)
        for i in range(n):
            moved[i] = order[step[i]]
        order[:] = moved
    return order


@pyc.jit(unchecked=True)
def _sorted(lines):
    """Each line in order: runs are merged, longer and longer ones."""
    out = lines.copy()
    work = np.empty(lines.shape[1], lines.dtype)
    n = lines.shape[1]
    for i in range(lines.shape[0]):
        width = 1
        while width < n:
            for low in range(0, n, 2 * width):
                middle = min(low + width, n)
                high = min(low + 2 * width, n)
                left = low
                right = middle
                for k in range(low, high):
                    if left < middle and (right >= high or not _before(out[i, right], out[i, left])):
                        work[k] = out[i, left]
                        left += 1
                    else:
                        work[k] = out[i, right]
                        right += 1
            out[i] = work
            width *= 2
    return out


@pyc.jit(unchecked=True)
def _order(lines):
    """The positions that sort each line."""
    n = lines.shape[1]
    out = np.empty(lines.shape, np.int64)
    work = np.empty(n, np.int64)
    for i in range(lines.shape[0]):
        for k in range(n):
            out[i, k] = k
        width = 1
        while width < n:
            for low in range(0, n, 2 * width):
                middle = min(low + width, n)
                high = min(low + 2 * width, n)
                left = low
                right = middle
                for k in range(low, high):
                    if left < middle and (
                        right >= high or not _before(lines[i, int(out[i, right])], lines[i, int(out[i, left])])
                    ):
                        work[k] = out[i, left]
                        left += 1
                    else:
                        work[k] = out[i, right]
                        right += 1
            out[i] = work
            width *= 2
    return out


def _before(x, y):
    """Whether ``x`` comes before ``y``: numbers by size, NaN last; complex ones by their real parts first."""
    if not np.iscomplexobj(x):
        return _less(x, y)
    a, b = x.real, y.real
    ordered, other = x.imag == x.imag, y.imag == y.imag
    if a < b:
        return bool(ordered) or not other
    if a > b:
        return bool(ordered) and not other
    if a == b or (a != a and b != b):
        return bool(x.imag < y.imag) or (bool(ordered) and not other)
    return bool(b != b)


def _less(x, y):
    """Whether a real number comes before another, NaN last."""
    return x < y or (y != y and x == x)
