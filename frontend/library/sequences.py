"""Sequences of NumPy: evenly spaced numbers, filters, interpolation, histograms, polynomials."""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false, reportIndexIssue=false

import math

import numpy as np

from ._parts import from_parts
from ._stacks import conjugate as _conjugate


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """``num`` numbers, evenly from ``start`` to ``stop``; of arrays, along a new axis."""
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    parts = num - 1 if endpoint else num
    if retstep:
        gap = stop * 1.0 - start * 1.0
        step = gap / parts if parts > 0 else gap * math.nan
        return linspace(start, stop, num, endpoint, False, dtype, axis), step
    if np.ndim(start) > 0 or np.ndim(stop) > 0:
        first, last = np.broadcast_arrays(np.asarray(start * 1.0), np.asarray(stop * 1.0))
        lines = np.empty((num,) + first.shape, np.result_type(first, last))
        for i in range(num):
            lines[i] = i * ((last - first) / max(parts, 1)) + first
        if endpoint and num > 1:
            lines[num - 1] = last
        moved = np.moveaxis(lines, 0, axis)
        return moved if dtype is None else _as_type(moved, dtype)
    low, high = start * 1.0, stop * 1.0
    count = np.arange(np.empty(num).shape[0]).astype(np.asarray(low + high).dtype)
    step = (high - low) / max(parts, 1)
    values = count * step + low if parts > 0 else count * (high - low) + low
    if endpoint and num > 1:
        values[num - 1] = high
    return values if dtype is None else _as_type(values, dtype)


def _as_type(values, dtype):
    """Numbers of another type, towards minus infinity where that is whole."""
    kind = np.result_type(dtype).kind
    if kind != "f" and kind != "c":
        return np.floor(values).astype(dtype)
    return values.astype(dtype)


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None):
    """``num`` powers of ``base``, from ``base**start`` to ``base**stop``."""
    values = np.power(base, linspace(start, stop, num, endpoint))
    return values if dtype is None else values.astype(dtype)


def geomspace(start, stop, num=50, endpoint=True, dtype=None):
    """``num`` numbers with one ratio between neighbours."""
    if start == 0 or stop == 0:
        raise ValueError("Geometric sequence cannot include zero")
    sign = -1.0 if start < 0 and stop < 0 else 1.0
    low, high = sign * start, sign * stop
    values = np.power(10.0, linspace(np.log10(low * 1.0), np.log10(high * 1.0), num, endpoint))
    if num > 0:
        values[0] = low * 1.0
    if endpoint and num > 1:
        values[num - 1] = high * 1.0
    values = values * sign
    return values if dtype is None else values.astype(dtype)


def convolve(a, v, mode="full"):
    """The discrete convolution of two sequences."""
    if a.shape[0] == 0:
        raise ValueError("a cannot be empty")
    if v.shape[0] == 0:
        raise ValueError("v cannot be empty")
    n, m = a.shape[0], v.shape[0]
    whole = np.zeros(n + m - 1, np.result_type(a, v))
    for i in range(n):
        for j in range(m):
            whole[i + j] = whole[i + j] + a[i] * v[j]
    return _middle(whole, min(n, m), max(n, m), (min(n, m) - 1) // 2, mode)


def correlate(a, v, mode="valid"):
    """The cross-correlation of two sequences."""
    turned = np.empty(v.shape, v.dtype)
    for i in range(v.shape[0]):
        turned[i] = _conjugate(v[v.shape[0] - 1 - i])
    short, long = min(a.shape[0], v.shape[0]), max(a.shape[0], v.shape[0])
    # NumPy correlates with the longer sequence first, and turns the result round where that is the second.
    start = (short - 1) // 2 if a.shape[0] >= v.shape[0] else short // 2
    return _middle(convolve(a, turned), short, long, start, mode)


def _middle(whole, short, long, start, mode):
    """The part of a full convolution that a mode asks for; ``start`` is where ``same`` begins."""
    if mode == "full":
        return whole
    if mode == "same":
        return whole[start : start + long].copy()
    return whole[short - 1 : long].copy()


def interp(x, xp, fp, left=None, right=None, period=None):
    """Values at ``x`` on the line through the points (``xp``, ``fp``), which repeat after a period."""
    if period is not None:
        return _periodic(x, xp, fp, period)
    if xp.shape[0] == 0:
        raise ValueError("array of sample points is empty")
    if np.iscomplexobj(fp):
        return from_parts(interp(x, xp, fp.real), interp(x, xp, fp.imag))
    if np.ndim(x) == 0:
        return _interpolated(float(x), xp, fp, left, right)
    flat = np.ravel(x)
    out = np.empty(flat.shape[0], np.float64)
    for i in range(flat.shape[0]):
        out[i] = _interpolated(float(flat[i]), xp, fp, left, right)
    return np.reshape(out, x.shape)


def _periodic(x, xp, fp, period):
    """Values on the line through points that repeat."""
    if period == 0:
        raise ValueError("period must be a non-zero value")
    if xp.shape[0] != fp.shape[0]:
        raise ValueError("fp and xp are not of the same length")
    size = abs(period) * 1.0
    places = np.mod(xp * 1.0, size)
    order = np.argsort(places)
    at, values = places[order], fp[order] * 1.0
    at = np.concatenate((at[-1:] - size, at, at[:1] + size))
    return interp(np.mod(x * 1.0, size), at, np.concatenate((values[-1:], values, values[:1])))


def _interpolated(x, xp, fp, left, right):
    """The value at one number."""
    n = xp.shape[0]
    low = np.float64(fp[0]) if left is None else np.float64(left)
    high = np.float64(fp[n - 1]) if right is None else np.float64(right)
    if x != x:
        return np.float64(x)
    if x < xp[0]:
        return low
    if x > xp[n - 1]:
        return high
    if x == xp[n - 1]:
        return np.float64(fp[n - 1])
    first, last = 0, n
    while last - first > 1:
        middle = (first + last) // 2
        if x >= xp[middle]:
            first = middle
        else:
            last = middle
    slope = (np.float64(fp[first + 1]) - np.float64(fp[first])) / (np.float64(xp[first + 1]) - np.float64(xp[first]))
    return slope * (np.float64(x) - np.float64(xp[first])) + np.float64(fp[first])


def bincount(x, weights=None, minlength=0):
    """How often each number occurs; or the sum of its weights."""
    if np.result_type(x).kind in "fc":
        raise TypeError("Cannot cast array data to dtype('int64') according to the rule 'safe'")
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    n = minlength
    places = np.real(x).astype(np.int64)
    for i in range(x.shape[0]):
        if places[i] < 0:
            raise ValueError("'list' argument must have no negative elements")
        n = max(n, int(places[i]) + 1)
    out = np.zeros(n, np.int64 if weights is None else np.float64)
    for i in range(x.shape[0]):
        k = int(places[i])
        if weights is None:
            out[k] += 1
        else:
            out[k] += weights[i]
    return out


def digitize(x, bins, right=False):
    """The number of the bin that each element is in, of increasing or decreasing edges."""
    flat = np.ravel(x)
    n = bins.shape[0]
    falling = n > 1 and bins[0] > bins[n - 1]
    for i in range(1, n):
        if (bins[i] > bins[i - 1]) if falling else (bins[i] < bins[i - 1]):
            raise ValueError("bins must be monotonically increasing or decreasing")
    out = np.empty(flat.shape[0], np.int64)
    for i in range(flat.shape[0]):
        first, last = 0, n
        while first < last:
            middle = (first + last) // 2
            edge = bins[n - 1 - middle] if falling else bins[middle]
            after = flat[i] > edge or flat[i] != flat[i] or (flat[i] == edge and not right)
            if after:
                first = middle + 1
            else:
                last = middle
        out[i] = n - first if falling else first
    return np.reshape(out, x.shape)


def histogram(a, bins=10, range=None, density=False, weights=None):
    """How many elements are in each of the bins, and their edges."""
    x = np.ravel(a)
    edges = _edges(x, bins, range)
    n = max(edges.shape[0] - 1, 0)
    count = np.zeros(n, np.int64 if weights is None else weights.dtype)
    i = 0
    while i < x.shape[0]:
        if n > 0 and edges[0] <= x[i] and x[i] <= edges[n]:
            first, last = 0, n
            while last - first > 1:
                middle = (first + last) // 2
                if x[i] >= edges[middle]:
                    first = middle
                else:
                    last = middle
            if weights is None:
                count[first] += 1
            else:
                count[first] += np.ravel(weights)[i]
        i += 1
    if density:
        return count / np.diff(edges) / np.sum(count), edges
    return count, edges


def _edges(x, bins, limits):
    """The edges of a histogram: as given, or of so many bins evenly over a range."""
    if np.ndim(bins) == 1:
        return bins
    if bins < 1:
        raise ValueError("`bins` must be positive, when an integer")
    if x.dtype.kind != "f":
        return _even_edges(x * np.float64(1), bins, limits)
    return _even_edges(x, bins, limits)


def _even_edges(x, bins, limits):
    """So many bins evenly over a range, computed in the type of the elements."""
    one = x.dtype.type(1)
    if limits is not None:
        low, high = limits[0] * one, limits[1] * one
    elif x.shape[0] == 0:
        low, high = 0 * one, one
    else:
        low, high = np.min(x), np.max(x)
    if low > high:
        raise ValueError("max must be larger than min in range parameter.")
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("autodetected range of [nan, nan] is not finite")
    if low == high:
        low, high = low - 0.5 * one, high + 0.5 * one
    return linspace(low, high, bins + 1)


def _float_range(start, stop, step, dtype):
    """``np.arange`` of floats: ``start + i * d``, where ``d`` is how far the second number is from the first."""
    if step == 0:
        raise ZeroDivisionError("float division by zero")
    if not math.isfinite((stop - start) / step):
        raise ValueError("Maximum allowed size exceeded")
    size = max(math.ceil((stop - start) / step), 0)
    first = start * 1.0
    values = np.arange(size) * ((first + step) - first) + first
    return values if dtype is None else values.astype(dtype)


def histogram_bin_edges(a, bins=10, range=None):
    """The edges of the bins of a histogram."""
    return _edges(np.ravel(a), bins, range)


def histogram2d(x, y, bins=10, range=None):
    """How many pairs are in each of the cells, and the edges along both axes."""
    across = _edges_of_axis(x, bins, 0, None if range is None else _of_axis(range, 0))
    along = _edges_of_axis(y, bins, 1, None if range is None else _of_axis(range, 1))
    n, m = across.shape[0] - 1, along.shape[0] - 1
    count = np.zeros((n, m))
    for i in np.arange(x.shape[0]):
        if across[0] <= x[i] <= across[n] and along[0] <= y[i] <= along[m]:
            row = min(int(np.searchsorted(across, x[i], side="right")) - 1, n - 1)
            column = min(int(np.searchsorted(along, y[i], side="right")) - 1, m - 1)
            count[row, column] += 1.0
    return count, across, along


def _edges_of_axis(x, bins, axis, limits):
    """The edges along an axis, of which two numbers are how many bins there are, one for each."""
    if not isinstance(bins, tuple) and np.ndim(bins) == 1:
        if bins.shape[0] == 2:
            return _edges(_measured(x, limits), int(bins[axis]), limits)
        return bins.copy()
    return _edges(_measured(x, limits), _of_axis(bins, axis), limits)


def _measured(x, limits):
    """Numbers in the type of the edges: their own where these are floats that lie between two of them."""
    return x if x.dtype.kind == "f" and limits is None else x.astype(np.float64)


def _of_axis(given, axis):
    """What is given for an axis: the one of two, or one for both."""
    if isinstance(given, tuple):
        return given[axis]
    if np.ndim(given) == 2:
        return given[axis]
    return given
