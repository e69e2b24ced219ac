"""Operators of ONNX that take elements by their positions or write to them, written in the language itself."""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import math

import numpy as np


def gather_elements(x, indices, axis):
    """For each index the element of ``x`` there along an axis; negative indices count from the end.

    The other extents of ``indices`` may be smaller than those of ``x``.
    """
    y = np.moveaxis(x, axis, -1)
    at = np.moveaxis(indices, axis, -1).astype(np.int64)
    lines = np.reshape(_corner(y, at), (-1, y.shape[-1]))
    flat = np.reshape(at, (-1, at.shape[-1]))
    return np.moveaxis(np.reshape(np.take_along_axis(lines, flat, 1), at.shape), -1, axis)


def _corner(y, at):
    """The first lines of ``y``, as many along each axis as ``at`` has."""
    if y.ndim == 1:
        return y
    if y.ndim == 2:
        return y[: at.shape[0]]
    if y.ndim == 3:
        return y[: at.shape[0], : at.shape[1]]
    if y.ndim == 4:
        return y[: at.shape[0], : at.shape[1], : at.shape[2]]
    return y[: at.shape[0], : at.shape[1], : at.shape[2], : at.shape[3]]


def gather_nd(x, indices, batch_dims=0):
    """What rows of indices select, elements or parts of ``x``, within the same batches."""
    count = indices.shape[-1]
    batches = math.prod(x.shape[:batch_dims])
    parts = np.reshape(x, (batches, math.prod(x.shape[batch_dims : batch_dims + count]), -1))
    at = np.reshape(_places(x.shape[batch_dims : batch_dims + count], indices), (batches, -1))
    found = parts[np.arange(batches)[:, None], at]
    return np.reshape(found, indices.shape[:-1] + x.shape[batch_dims + count :])


def _places(extents, indices):
    """The positions of rows of indices in an array of these extents whose elements stand in a line."""
    at = np.zeros(indices.shape[:-1], dtype=np.int64)
    for i in range(len(extents)):
        index = indices[..., i].astype(np.int64)
        if np.any((index < -extents[i]) | (index >= extents[i])):
            raise IndexError("an index is out of bounds")
        at = at * extents[i] + np.where(index < 0, index + extents[i], index)
    return at


def scatter_elements(x, indices, updates, axis, reduction="none"):
    """``x`` with each update where its index says along an axis, added to what is there or as ``reduction`` says."""
    out = np.moveaxis(x, axis, -1).copy()
    at = np.moveaxis(indices, axis, -1).astype(np.int64)
    flat = np.reshape(at, (-1, at.shape[-1]))
    values = np.reshape(np.moveaxis(updates, axis, -1), flat.shape)
    lines = np.reshape(_corner(out, at), (-1, out.shape[-1])).copy()
    for i in range(flat.shape[0]):
        for j in range(flat.shape[1]):
            k = flat[i, j]
            lines[i, k] = _reduced(lines[i, k], values[i, j], reduction)
    _set_corner(out, np.reshape(lines, at.shape[:-1] + out.shape[-1:]))
    return np.moveaxis(out, -1, axis)


def _set_corner(out, lines):
    """Write lines where :func:`_corner` read them."""
    if out.ndim == 1:
        out[:] = lines
    elif out.ndim == 2:
        out[: lines.shape[0]] = lines
    elif out.ndim == 3:
        out[: lines.shape[0], : lines.shape[1]] = lines
    elif out.ndim == 4:
        out[: lines.shape[0], : lines.shape[1], : lines.shape[2]] = lines
    else:
        out[: lines.shape[0], : lines.shape[1], : lines.shape[2], : lines.shape[3]] = lines


def scatter_nd(x, indices, updates, reduction="none"):
    """``x`` with each update where its row of indices says."""
    count = indices.shape[-1]
    parts = np.reshape(x, (math.prod(x.shape[:count]), -1)).copy()
    at = np.reshape(_places(x.shape[:count], indices), (-1,))
    values = np.reshape(updates, (at.shape[0], parts.shape[1]))
    for i in range(at.shape[0]):
        for j in range(parts.shape[1]):
            parts[at[i], j] = _reduced(parts[at[i], j], values[i, j], reduction)
    return np.reshape(parts, x.shape)


def _reduced(old, new, reduction):
    """What an element becomes by an update."""
    if reduction == "add":
        return old + new
    if reduction == "mul":
        return old * new
    if reduction == "max":
        return np.maximum(old, new)
    if reduction == "min":
        return np.minimum(old, new)
    return new


def non_zero(x):
    """The positions of the elements that are not zero: a row for each axis."""
    return np.argwhere(x).T


def one_hot(indices, depth: int, values, axis):
    """``values[1]`` where the new axis has the number that is the index, and ``values[0]`` elsewhere."""
    wrapped = np.where(indices < 0, indices + depth, indices)
    hot = np.expand_dims(wrapped, -1) == np.arange(depth)
    return np.moveaxis(np.where(hot, values[1], values[0]), -1, axis)


def reverse_sequence(x, lengths, time_axis, batch_axis):
    """Each sequence's first elements, as many as it has, in the other order."""
    y = np.moveaxis(x, (batch_axis, time_axis), (0, 1)).copy()
    for b in range(y.shape[0]):
        n = int(lengths[b])
        y[b, :n] = y[b, :n][::-1].copy()
    return np.moveaxis(y, (0, 1), (batch_axis, time_axis))


def top_k(x, count: int, axis, largest=True):
    """The largest, or the least, elements along an axis, sorted, and their positions; the first of equal ones first."""
    y = np.moveaxis(x, axis, -1)
    order = np.argsort(_descending(y) if largest else y, axis=-1, kind="stable")[..., :count]
    return np.moveaxis(np.take_along_axis(y, order, -1), -1, axis), np.moveaxis(order, -1, axis)


def _descending(y):
    """What sorts the other way round."""
    return -y if y.dtype.kind == "f" else ~y


def tensor_scatter(x, updates, starts, axis, circular):
    """``x`` with ``updates`` written into it along an axis, for each part of the first axis from its own start on.

    Starts that are missing are 0; ``circular`` ones go on at the beginning.
    """
    out, new = np.moveaxis(x, axis, 1).copy(), np.moveaxis(updates, axis, 1)
    for n in range(new.shape[0]):
        start = 0 if starts is None else int(starts[n])
        for t in range(new.shape[1]):
            at = (start + t) % out.shape[1] if circular else start + t
            out[n, at] = new[n, t]
    return np.moveaxis(out, 1, axis)
