"""Sorting along an axis: stable, with NaN at the end, as NumPy sorts."""

import math

import numpy as np

import pyc

from .elementwise import _bits

#: Fewer numbers than this are inserted one by one, and not put in order by their digits.
_MANY = 80
#: The highest bit of a key, and the low bits of an entry, in which its position stands.
_HIGHEST, _POSITION = -(1 << 63), (1 << 40) - 1


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
    """Each line in order."""
    out = np.empty(lines.shape, lines.dtype)
    order = _order(lines)
    for i in range(lines.shape[0]):
        for k in range(lines.shape[1]):
            out[i, k] = lines[i, order[i, k]]
    return out


@pyc.jit(unchecked=True)
def _order(lines):
    """The positions that sort each line."""
    n = lines.shape[1]
    out = np.empty(lines.shape, np.int64)
    if np.iscomplexobj(lines):
        for i in range(lines.shape[0]):
            _merge(lines[i], out[i])
        return out
    keys = np.empty(n, np.int64)
    entries = np.empty((2, n), np.int64)
    for i in range(lines.shape[0]):
        side = _by_digits(lines[i], keys, entries)
        for k in range(n):
            out[i, k] = entries[side, k] & _POSITION
    return out


def _key(x):
    """A real number as bits that are in the order of the numbers, read without a sign: zeros are equal, NaN is last."""
    width = 8 * x.dtype.itemsize
    sign = -1 << (width - 1)
    every = (1 << width) - 1 if width < 64 else -1
    if x.dtype.kind != "f":
        return (x.astype(np.int64) ^ (0 if x.dtype.kind in "bu" else sign)) & every
    bits = _bits(x + x.dtype.type(0)).astype(np.int64)
    return np.int64(every) if x != x else (~bits if bits < 0 else bits ^ sign) & every


@pyc.jit(unchecked=True)
def _by_digits(line, keys, entries):
    """Which of the two rows of ``entries`` has the positions that sort a line, in its low bits.

    Positions go with the 24 highest bits in which numbers differ, or with all bits in rounds of 24, the lowest first.
    In a round they are put in the order of the last eight bits, then of the eight before these, and so on; what has the
    same eight keeps its order. Where numbers are few, or do not often have the highest bits in common, what then is not
    in its place is inserted there; else all rounds are made.
    """
    n = len(line)
    some, every = np.int64(0), np.int64(-1)
    for k in range(n):
        key = _key(line[k])
        some |= key
        every &= key
        keys[k] = key
        entries[0, k] = k
    rounds = np.int64(0 if n < _MANY else 1 if n < 1 << 14 else 2)
    bits = np.int64(64)
    if rounds > 0:
        step = np.int64(32)
        while step > 0:
            if (some ^ every) >> (bits - step) == 0:
                bits -= step
            step >>= 1
    counts = np.empty((3, 256), np.int64)
    side = np.int64(0)
    while True:
        for r in range(int(rounds) - 1, -1, -1):
            above = np.int64(24) * r
            counts[:] = 0
            for k in range(n):
                position = entries[side, k] & _POSITION
                part = (keys[position] << (64 - bits) << above) >> 40
                entries[side, k] = (part << 40) | position
                for d in range(3):
                    counts[d, (part >> 8 * d) & 255] += 1
            for d in range(max(3 - int(min(bits - above + 7, 24)) // 8, 0), 3):
                first = np.int64(0)
                for v in range(256):
                    count = counts[d, v]
                    counts[d, v] = first
                    first += count
                for k in range(n):
                    entry = entries[side, k]
                    digit = (entry >> (40 + 8 * d)) & 255
                    place = counts[d, digit]
                    counts[d, digit] = place + 1
                    entries[1 - side, place] = entry
                side = 1 - side
        if 24 * rounds >= bits:
            return side
        moves = np.int64(4 * n if n >= _MANY else n * n)
        for k in range(1, n):
            entry = entries[side, k]
            key = keys[entry & _POSITION] ^ _HIGHEST
            j = np.int64(k)
            while j > 0 and keys[entries[side, j - 1] & _POSITION] ^ _HIGHEST > key:
                entries[side, j] = entries[side, j - 1]
                j -= 1
            entries[side, j] = entry
            moves -= k - j
            if moves < 0:
                break
        if moves >= 0:
            return side
        rounds = (bits + 23) // 24
        for k in range(n):
            entries[side, k] = k


@pyc.jit(unchecked=True)
def _merge(line, out):
    """Write the positions that sort a line: runs are merged, longer and longer ones."""
    n = line.shape[0]
    work = np.empty(n, np.int64)
    for k in range(n):
        out[k] = k
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            middle = min(low + width, n)
            high = min(low + 2 * width, n)
            left = low
            right = middle
            for k in range(low, high):
                if left < middle and (right >= high or not _before(line[out[right]], line[out[left]])):
                    work[k] = out[left]
                    left += 1
                else:
                    work[k] = out[right]
                    right += 1
        out[:] = work
        width *= 2


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
