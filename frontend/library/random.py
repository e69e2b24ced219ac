"""NumPy's generator, PCG64, on its state: an array of 64-bit words that the methods of a generator are given first.

The words are the state (high, low), the increment (high, low), the half of a draw that is kept for the next draw of 32
bits, and whether there is one. Every method takes from the stream exactly what NumPy's takes, in the same order.
"""

import numpy as np

import pyc


def default_rng(seed):
    """The state that a seed gives: it is mixed as NumPy's SeedSequence mixes it."""
    if seed < 0:
        raise ValueError("expected non-negative integer")
    return _seeded(_pool(np.int64(seed).astype(np.uint64)))


@pyc.jit(unchecked=True)
def _pool(seed):
    """Four words of 32 bits that every bit of the seed has an effect on."""
    low = np.uint64(0xFFFFFFFF)
    pool = np.zeros(4, np.uint64)
    factor = np.uint64(0x43B0D7E5)
    for i in range(4):
        word = np.uint64(0)
        if i == 0:
            word = seed & low
        elif i == 1:
            word = seed >> np.uint64(32)
        word = word ^ factor
        factor = (factor * np.uint64(0x931E8875)) & low
        word = (word * factor) & low
        pool[i] = word ^ (word >> np.uint64(16))
    for source in range(4):
        for i in range(4):
            if i != source:
                word = pool[source] ^ factor
                factor = (factor * np.uint64(0x931E8875)) & low
                word = (word * factor) & low
                word = word ^ (word >> np.uint64(16))
                mixed = (np.uint64(0xCA01F9DD) * pool[i] - np.uint64(0x4973F715) * word) & low
                pool[i] = mixed ^ (mixed >> np.uint64(16))
    return pool


@pyc.jit(unchecked=True)
def _seeded(pool):
    """The first state of a generator."""
    low = np.uint64(0xFFFFFFFF)
    words = np.zeros(4, np.uint64)
    factor = np.uint64(0x8B51F9DD)
    for i in range(8):
        word = pool[i % 4] ^ factor
        factor = (factor * np.uint64(0x58F38DED)) & low
        word = (word * factor) & low
        word = word ^ (word >> np.uint64(16))
        words[i // 2] = words[i // 2] | (word << np.uint64(32 * (i % 2)))
    state = np.zeros(6, np.uint64)
    state[2] = (words[2] << np.uint64(1)) | (words[3] >> np.uint64(63))
    state[3] = (words[3] << np.uint64(1)) | np.uint64(1)
    _step(state)
    total = state[1] + words[1]
    state[0] = state[0] + words[0] + (np.uint64(1) if total < words[1] else np.uint64(0))
    state[1] = total
    _step(state)
    return state


# --- words of the stream ----------------------------------------------------------------------------------------------


def _high(a, b):
    """The upper half of a product."""
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    a0 = a & low
    a1 = a >> half
    b0 = b & low
    b1 = b >> half
    cross = a0 * b1
    other = a1 * b0
    middle = ((a0 * b0) >> half) + (cross & low) + (other & low)
    return a1 * b1 + (cross >> half) + (other >> half) + (middle >> half)


@pyc.jit(unchecked=True)
def _step(state):
    """The state moved on by one: multiplied and added to, modulo 2**128."""
    upper = np.uint64(0x2360ED051FC65DA4)
    lower = np.uint64(0x4385DF649FCCF645)
    high = state[0]
    low = state[1]
    product = low * lower
    total = product + state[3]
    carry = np.uint64(1) if total < product else np.uint64(0)
    state[0] = _high(low, lower) + high * lower + low * upper + state[2] + carry
    state[1] = total


@pyc.jit(unchecked=True)
def _word(state):
    """The next 64 bits."""
    _step(state)
    high = state[0]
    x = high ^ state[1]
    turn = high >> np.uint64(58)
    return (x >> turn) | (x << ((np.uint64(64) - turn) & np.uint64(63)))


@pyc.jit(unchecked=True)
def _half(state):
    """The next 32 bits: of each word the lower half goes first."""
    if state[5] != np.uint64(0):
        state[5] = np.uint64(0)
        return state[4]
    word = _word(state)
    state[5] = np.uint64(1)
    state[4] = word >> np.uint64(32)
    return word & np.uint64(0xFFFFFFFF)


def _unit(state):
    """The next number from 0 to 1: 53 bits."""
    return float(_word(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


def _unit_single(state):
    """The next number from 0 to 1 in single precision: 24 bits."""
    return (_half(state) >> np.uint64(8)).astype(np.float32) * np.float32(1.0 / 16777216.0)


def _below(state, most):
    """The next number from 0 to ``most`` and with it, by Lemire's method; 32 bits are drawn where they are enough."""
    low = np.uint64(0xFFFFFFFF)
    if most == np.uint64(0):
        return np.uint64(0)
    if most == low:
        return _half(state)
    if most == np.uint64(0xFFFFFFFFFFFFFFFF):
        return _word(state)
    count = most + np.uint64(1)
    if most < low:
        product = _half(state) * count
        if (product & low) < count:
            least = (low - most) % count
            while (product & low) < least:
                product = _half(state) * count
        return product >> np.uint64(32)
    word = _word(state)
    if word * count < count:
        least = (np.uint64(0xFFFFFFFFFFFFFFFF) - most) % count
        while word * count < least:
            word = _word(state)
    return _high(word, count)


def _place(state, most):
    """The next position from 0 to ``most`` and with it, as shuffling draws it: again until it is small enough."""
    mask = 1
    while mask <= most:
        mask *= 2
    while True:
        word = _half(state) if most <= 0xFFFFFFFF else _word(state)
        drawn = int((word & np.int64(mask - 1).astype(np.uint64)).astype(np.int64))
        if drawn <= most:
            return drawn


def _position(state, most):
    """The next number from 0 to ``most`` and with it, as a position."""
    return int(_below(state, np.int64(most).astype(np.uint64)).astype(np.int64))


# --- numbers ----------------------------------------------------------------------------------------------------------


def random(state, size=None, dtype=np.float64):
    """Numbers from 0 to 1."""
    if np.result_type(dtype) == np.float32:
        if size is None:
            return float(_unit_single(state))
        out = np.empty(np.empty(size).size, np.float32)
        for i in range(out.shape[0]):
            out[i] = _unit_single(state)
        return np.reshape(out, size)
    if size is None:
        return _unit(state)
    out = np.empty(np.empty(size).size)
    for i in range(out.shape[0]):
        out[i] = _unit(state)
    return np.reshape(out, size)


def integers(state, low, high=None, size=None, dtype=np.int64, endpoint=False):
    """Whole numbers from ``low`` to ``high``, without it unless ``endpoint`` says so."""
    least = 0 if high is None else int(low)
    end = int(low) if high is None else int(high)
    kind = np.result_type(dtype)
    if kind != np.int64:
        _check_inside(least, end if endpoint else end - 1, dtype)
    if endpoint:
        if least > end:
            raise ValueError("high < 0" if high is None else "low > high")
    elif least >= end:
        raise ValueError("high <= 0" if high is None else "low >= high")
    first = np.int64(least).astype(np.uint64)
    most = np.int64(end).astype(np.uint64) - first
    if not endpoint:
        most = most - np.uint64(1)
    if kind == np.int8 or kind == np.uint8:
        return _parts(state, first, most, size, dtype, np.uint64(8))
    if kind == np.int16 or kind == np.uint16:
        return _parts(state, first, most, size, dtype, np.uint64(16))
    if kind == np.bool_:
        return _bits(state, first, most, size)
    if size is None:
        return (first + _below(state, most)).astype(dtype)
    out = np.empty(np.empty(size).size, dtype)
    for i in range(out.shape[0]):
        out[i] = (first + _below(state, most)).astype(dtype)
    return np.reshape(out, size)


def _check_inside(low, high, dtype):
    """Refuse ends that an element type does not hold."""
    if np.result_type(dtype) == np.bool_:
        if low < 0:
            raise ValueError("low is out of bounds for bool")
        if high > 1:
            raise ValueError("high is out of bounds for bool")
    elif np.result_type(dtype) == np.uint64:
        if low < 0:
            raise ValueError("low is out of bounds for uint64")
    elif np.result_type(dtype).kind == "u":
        if low < 0:
            raise ValueError(f"low is out of bounds for uint{np.iinfo(dtype).bits}")
        if high > np.iinfo(dtype).max:
            raise ValueError(f"high is out of bounds for uint{np.iinfo(dtype).bits}")
    else:
        if low < np.iinfo(dtype).min:
            raise ValueError(f"low is out of bounds for int{np.iinfo(dtype).bits}")
        if high > np.iinfo(dtype).max:
            raise ValueError(f"high is out of bounds for int{np.iinfo(dtype).bits}")


def _parts(state, first, most, size, dtype, width):
    """Whole numbers of 8 or 16 bits: as many from each draw of 32 bits as it has."""
    everything = (np.uint64(1) << width) - np.uint64(1)
    n = 1 if size is None else np.empty(size).size
    out = np.empty(n, dtype)
    kept = np.uint64(0)
    left = np.uint64(0)
    for i in range(n):
        drawn = np.uint64(0)
        if most > np.uint64(0):
            again = True
            while again:
                if left == np.uint64(0):
                    kept = _half(state)
                    left = np.uint64(32) // width
                else:
                    kept = kept >> width
                left = left - np.uint64(1)
                part = kept & everything
                if most == everything:
                    drawn = part
                    again = False
                else:
                    count = most + np.uint64(1)
                    drawn = part * count
                    low = drawn & everything
                    again = low < count and low < (everything - most) % count
                    drawn = drawn >> width
        out[i] = (first + drawn).astype(dtype)
    if size is None:
        return out[0]
    return np.reshape(out, size)


def _bits(state, first, most, size):
    """Truth values: one bit of a draw of 32 for each."""
    n = 1 if size is None else np.empty(size).size
    out = np.empty(n, np.bool_)
    kept = np.uint64(0)
    for i in range(n):
        if most == np.uint64(0):
            out[i] = first != np.uint64(0)
        else:
            kept = _half(state) if i % 32 == 0 else kept >> np.uint64(1)
            out[i] = (kept & np.uint64(1)) != np.uint64(0)
    if size is None:
        return out[0]
    return np.reshape(out, size)


# --- orders -----------------------------------------------------------------------------------------------------------


def shuffle(state, x, axis=0):
    """Put the parts along an axis into another order, in their place."""
    n = x.shape[axis] if x.size > 0 else 0  # of no elements, NumPy draws no places
    for k in range(n - 1):
        i = n - 1 - k
        j = _place(state, i)
        if np.ndim(x) == 1:
            kept = x[i]
            x[i] = x[j]
            x[j] = kept
        elif i != j:
            parts = np.moveaxis(x, axis, 0)
            row = parts[i].copy()
            parts[i] = parts[j]
            parts[j] = row


def permutation(state, x, axis=0):
    """The numbers below ``x``, or the parts of an array, in another order."""
    if np.ndim(x) == 0:
        order = np.arange(int(x))
        shuffle(state, order)
        return order
    order = np.arange(x.shape[axis])
    shuffle(state, order)
    return np.take(x, order, axis=axis)


def permuted(state, x, axis=None):
    """The elements of an array in another order, or those of each line along an axis in one of its own."""
    if axis is None:
        flat = np.ravel(x).copy()
        shuffle(state, flat)
        return np.reshape(flat, x.shape)
    parts = np.moveaxis(x, axis, -1)
    n = parts.shape[-1]
    lines = np.reshape(parts, (parts.size // max(n, 1), n)).copy()
    for k in range(lines.shape[0]):
        line = lines[k].copy()
        shuffle(state, line)
        lines[k] = line
    return np.moveaxis(np.reshape(lines, parts.shape), -1, axis)


def choice(state, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    """Some of the numbers below ``a``, or of the parts of an array."""
    count = int(a) if np.ndim(a) == 0 else a.shape[axis]
    if np.ndim(a) == 0:
        if count <= 0 and (size is None or np.empty(size).size > 0):
            raise ValueError("a must be a positive integer unless no samples are taken")
    elif count == 0 and (size is None or np.empty(size).size > 0):
        raise ValueError("a cannot be empty unless no samples are taken")
    if size is None:
        at = _position(state, count - 1) if p is None else _weighted(state, count, p)
        if np.ndim(a) == 0:
            return at
        return np.take(a, at, axis=axis)
    places = _places(state, count, np.empty(size).size, replace, p, shuffle)
    if np.ndim(a) == 0:
        return np.reshape(places, size)
    return np.take(a, np.reshape(places, size), axis=axis)


def _places(state, count, size, replace, p, shuffled):
    """That many positions below ``count``."""
    out = np.zeros(size, np.int64)
    if p is not None:
        _check_weights(count, p)
        if replace:
            sums = np.cumsum(p.astype(np.float64))
            sums = sums / sums[-1]
            for i in range(size):
                out[i] = np.searchsorted(sums, _unit(state), side="right")
        else:
            _unlike(state, p, out)
    elif replace:
        for i in range(size):
            out[i] = _position(state, count - 1)
    elif size > count:
        raise ValueError("Cannot take a larger sample than population when replace is False")
    elif count > 10000 and size > count // (50 if shuffled else 20):
        order = np.arange(count)
        for k in range(min(size, count - 1)):
            i = count - 1 - k
            j = _position(state, i)
            kept = order[i]
            order[i] = order[j]
            order[j] = kept
        out[:] = order[count - size :]
    else:
        _sample(state, count, out)
        if shuffled:
            for k in range(size - 1):
                i = size - 1 - k
                j = _position(state, i)
                kept = out[i]
                out[i] = out[j]
                out[j] = kept
    return out


def _sample(state, count, out):
    """Fill ``out`` with different numbers below ``count``, by Floyd's method: a table of those taken, by hashing."""
    size = out.shape[0]
    slots = 1
    while slots <= int(1.2 * size):
        slots *= 2
    taken = np.full(slots, -1)
    for i in range(size):
        last = count - size + i
        drawn = _position(state, last)
        at = drawn % slots
        while int(taken[at]) != -1 and int(taken[at]) != drawn:
            at = (at + 1) % slots
        if int(taken[at]) == drawn:
            drawn = last
            at = drawn % slots
            while int(taken[at]) != -1:
                at = (at + 1) % slots
        taken[at] = drawn
        out[i] = drawn


def _unlike(state, p, out):
    """Fill ``out`` with different positions, each with its weight among those that are left."""
    size = out.shape[0]
    if np.count_nonzero(p > 0) < size:
        raise ValueError("Fewer non-zero entries in p than size")
    left = p.astype(np.float64)
    found = 0
    while found < size:
        drawn = np.empty(size - found)
        for k in range(size - found):
            drawn[k] = _unit(state)
        for i in range(found):
            left[int(out[i])] = 0.0
        sums = np.cumsum(left)
        sums = sums / sums[-1]
        start = found
        for k in range(drawn.shape[0]):
            at = np.searchsorted(sums, drawn[k], side="right")
            new = True
            for i in range(start, found):
                if out[i] == at:
                    new = False
            if new:
                out[found] = at
                found += 1


def _weighted(state, count, p):
    """One position by its weight."""
    _check_weights(count, p)
    sums = np.cumsum(p.astype(np.float64))
    sums = sums / sums[-1]
    return int(np.searchsorted(sums, _unit(state), side="right"))


def _check_weights(count, p):
    """Refuse weights that are no probabilities."""
    if p.shape[0] != count:
        raise ValueError("a and p must have same size")
    total = 0.0
    lost = 0.0
    for i in range(count):
        term = float(p[i]) - lost
        new = total + term
        lost = (new - total) - term
        total = new
    if np.isnan(total):
        raise ValueError("Probabilities contain NaN")
    if np.any(p < 0):
        raise ValueError("Probabilities are not non-negative")
    if abs(total - 1.0) > np.sqrt(np.finfo(np.float64).eps if p.dtype == np.float64 else np.finfo(np.float32).eps):
        raise ValueError("Probabilities do not sum to 1. See Notes section of docstring for more information.")
