"""Images that ONNX makes larger, smaller or samples at places, written in the language itself."""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import math

import numpy as np


def resize(
    x, axis, count: int, scale: float, mode, where, start=0.0, end=1.0, cubic=-0.75, exclude=False, antialias=False,
    nearest="round_prefer_floor", outside=None,
):  # fmt: skip
    """``count`` elements along an axis, each computed from those near its place in ``x``.

    Args:
        x: The elements.
        axis: The axis that is resized.
        count: How many elements it has then.
        scale: How much larger it becomes.
        mode: ``nearest``, ``linear`` or ``cubic``.
        where: Which place of ``x`` an element is computed for: ONNX's ``coordinate_transformation_mode``.
        start: Where a crop begins, as part of the axis.
        end: Where it ends.
        cubic: The coefficient of cubic interpolation.
        exclude: Whether elements beyond the ends have no weight; else the ends are repeated.
        antialias: Whether all elements count that a smaller one covers.
        nearest: Which of two neighbours is the nearest: ONNX's ``nearest_mode``.
        outside: What a crop has beyond the ends; ``None`` where it is computed.
    """
    n = x.shape[axis]
    at = _places(n, count, scale, where, start, end)
    if mode == "nearest":
        found = np.take(x, np.clip(_nearest(at, nearest), 0, n - 1), axis=axis)
    else:
        found = _weighed(x, axis, count, scale, at, mode, cubic, exclude, antialias)
    if outside is None:
        return found
    inside = (at >= 0) & (at <= n - 1)
    return np.moveaxis(np.where(inside, np.moveaxis(found, axis, -1), outside), -1, axis).astype(x.dtype)


def _places(n, count, scale, where, start, end):
    """The places in ``n`` elements that ``count`` elements are computed for."""
    i = np.arange(count).astype(np.float64)
    if where == "align_corners":
        return i * ((n - 1) / (n * scale - 1)) if n * scale > 1 else i * 0.0
    if where == "asymmetric":
        return i / scale
    if where == "pytorch_half_pixel" and count == 1:
        return i * 0.0
    if where == "tf_crop_and_resize":
        if count == 1:
            return i + 0.5 * (start + end) * (n - 1)
        return start * (n - 1) + i * ((end - start) * (n - 1) / (count - 1))
    half = (i + 0.5) / scale - 0.5
    if where == "half_pixel_symmetric":
        return n / 2 * (1 - count / (scale * n)) + half
    return half


def _nearest(at, how):
    """The element that is nearest to each place."""
    if how == "floor":
        return np.floor(at).astype(np.int64)
    if how == "ceil":
        return np.ceil(at).astype(np.int64)
    if how == "round_prefer_ceil":
        return np.floor(at + 0.5).astype(np.int64)
    return np.ceil(at - 0.5).astype(np.int64)


def _weighed(x, axis, count, scale, at, mode, cubic, exclude, antialias):
    """Sums of the elements around each place, each with the weight of its distance."""
    n = x.shape[axis]
    narrow = min(scale, 1.0) if antialias else 1.0
    radius = (2 if mode == "cubic" else 1) / narrow
    taps = 2 * math.ceil(radius)
    first = np.floor(at - radius).astype(np.int64) + 1 if not antialias else np.ceil(at - radius).astype(np.int64)
    weights = np.zeros((taps, count))
    for t in range(taps):
        distance = np.abs(first + t - at) * narrow
        weights[t] = _cubic(distance, cubic) if mode == "cubic" else np.maximum(1 - distance, 0)
        if exclude:
            weights[t] = np.where((first + t < 0) | (first + t >= n), 0.0, weights[t])
    if exclude or antialias:
        weights = weights / np.sum(weights, axis=0)
    y = np.moveaxis(x, axis, -1)
    total = np.zeros(y.shape[:-1] + (count,), dtype=np.float64)
    for t in range(taps):
        total += np.take(y, np.clip(first + t, 0, n - 1), axis=-1) * weights[t]
    return np.moveaxis(total, -1, axis).astype(x.dtype)


def _cubic(s, a):
    """The weight of elements at a distance."""
    near = ((a + 2) * s - (a + 3)) * s * s + 1
    far = ((a * s - 5 * a) * s + 8 * a) * s - 4 * a
    return np.where(s <= 1, near, np.where(s < 2, far, 0.0))


def grid_sample(x, grid, mode="linear", padding="zeros", align_corners=False):
    """Elements of images or volumes at places from -1 to 1; the last axis of ``grid`` has columns, rows and depth."""
    if x.ndim == 5:
        return _sampled_volume(x, grid, mode, padding, align_corners)
    b, c, h, w = x.shape
    out = np.zeros((b, c, grid.shape[1], grid.shape[2]), dtype=x.dtype)
    reach = 4 if mode == "cubic" else 2 if mode == "linear" else 1
    for n in range(b):
        for i in range(grid.shape[1]):
            for j in range(grid.shape[2]):
                u = _coordinate(float(grid[n, i, j, 0]), w, padding, align_corners)
                v = _coordinate(float(grid[n, i, j, 1]), h, padding, align_corners)
                left, top = _first(u, mode), _first(v, mode)
                for k in range(c):
                    total = 0.0
                    for s in range(reach):
                        for t in range(reach):
                            row, column = (
                                _within(top + s, h, padding, align_corners),
                                _within(left + t, w, padding, align_corners),
                            )
                            if 0 <= row < h and 0 <= column < w:
                                weight = _weight(v - (top + s), mode) * _weight(u - (left + t), mode)
                                total += weight * float(x[n, k, row, column])
                    out[n, k, i, j] = total
    return out


def _sampled_volume(x, grid, mode, padding, align_corners):
    """Elements of volumes at places from -1 to 1."""
    b, c, d, h, w = x.shape
    out = np.zeros((b, c, grid.shape[1], grid.shape[2], grid.shape[3]), dtype=x.dtype)
    reach = 2 if mode == "linear" else 1
    for n in range(b):
        for a in range(grid.shape[1]):
            for i in range(grid.shape[2]):
                for j in range(grid.shape[3]):
                    u = _coordinate(float(grid[n, a, i, j, 0]), w, padding, align_corners)
                    v = _coordinate(float(grid[n, a, i, j, 1]), h, padding, align_corners)
                    z = _coordinate(float(grid[n, a, i, j, 2]), d, padding, align_corners)
                    left, top, front = _first(u, mode), _first(v, mode), _first(z, mode)
                    for k in range(c):
                        total = 0.0
                        for r in range(reach):
                            for s in range(reach):
                                for t in range(reach):
                                    depth = _within(front + r, d, padding, align_corners)
                                    row = _within(top + s, h, padding, align_corners)
                                    column = _within(left + t, w, padding, align_corners)
                                    if 0 <= depth < d and 0 <= row < h and 0 <= column < w:
                                        weight = (
                                            _weight(z - (front + r), mode)
                                            * _weight(v - (top + s), mode)
                                            * _weight(u - (left + t), mode)
                                        )
                                        total += weight * float(x[n, k, depth, row, column])
                        out[n, k, a, i, j] = total
    return out


def _coordinate(place: float, n: int, padding, align_corners) -> float:
    """The coordinate of a place from -1 to 1 among ``n`` elements."""
    at = (place + 1) / 2 * (n - 1) if align_corners else ((place + 1) * n - 1) / 2
    if padding == "border":
        return min(max(at, 0.0), n - 1.0)
    if padding == "reflection":
        low, high = (0.0, n - 1.0) if align_corners else (-0.5, n - 0.5)
        return _reflected(at, low, high)
    return at


def _reflected(at: float, low: float, high: float) -> float:
    """A coordinate that is thrown back at both ends."""
    length = high - low
    if length <= 0:
        return 0.0
    away = abs(at - low) % (2 * length)
    return low + (away if away <= length else 2 * length - away)


def _within(i: int, n: int, padding, align_corners) -> int:
    """The element that stands for one beyond the ends."""
    if padding == "border":
        return min(max(i, 0), n - 1)
    if padding == "reflection":
        low, high = (0.0, n - 1.0) if align_corners else (-0.5, n - 0.5)
        return int(_reflected(float(i), low, high))
    return i


def _first(at: float, mode) -> int:
    """The first element that counts for a coordinate."""
    if mode == "nearest":
        return round(at)
    return math.floor(at) - (1 if mode == "cubic" else 0)


def _weight(distance: float, mode) -> float:
    """The weight of an element at a distance."""
    s = abs(distance)
    if mode == "nearest":
        return 1.0
    if mode == "linear":
        return max(1 - s, 0.0)
    if s <= 1:
        return (1.25 * s - 2.25) * s * s + 1
    return ((-0.75 * s + 3.75) * s - 6) * s + 3 if s < 2 else 0.0
