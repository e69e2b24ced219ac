"""Differences of neighbours as derivatives: ``np.gradient``."""

# Parameters without annotations are generic here; to a type checker they have the types of their defaults.
# pyright: reportAttributeAccessIssue=false

import numpy as np


def gradient(f, spacing=1.0, second=None, third=None, axis=None, edge_order=1):
    """Central differences inside, and differences of two or three neighbours at both ends, along each axis."""
    if axis is None:
        if f.ndim == 1:
            return _along(f, spacing, 0, edge_order)
        if f.ndim == 2:
            return _along_each(f, spacing, second, third, (0, 1), edge_order)
        if f.ndim == 3:
            return _along_each(f, spacing, second, third, (0, 1, 2), edge_order)
        raise ValueError("np.gradient in compiled code takes the axes of arrays with more than 3 of them")
    if isinstance(axis, int):
        return _along(f, spacing, axis, edge_order)
    return _along_each(f, spacing, second, third, axis, edge_order)


def _along_each(f, spacing, second, third, axes, edge_order):
    """A derivative for each of the axes."""
    first = _along(f, spacing, axes[0], edge_order)
    if len(axes) == 1:
        return (first,)
    step = spacing if second is None else second
    return (first,) + _along_each(f, step, step if third is None else third, third, axes[1:], edge_order)


def _along(f, spacing, axis, edge_order):
    """The derivative along an axis, whose points are evenly apart, or at the places given."""
    x = np.moveaxis(f, axis, -1)
    n = x.shape[-1]
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    if n < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, "
            "at least (edge_order + 1) elements are required."
        )
    if np.result_type(f).kind == "b":
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported")
    y = x * np.mean(f).dtype.type(1)
    if np.ndim(spacing) == 0:
        inside = (y[..., 2:] - y[..., :-2]) / (2.0 * spacing)
        if edge_order == 1:
            low = (y[..., 1:2] - y[..., 0:1]) / spacing
            high = (y[..., n - 1 : n] - y[..., n - 2 : n - 1]) / spacing
        else:
            low = (-1.5 * y[..., 0:1] + 2.0 * y[..., 1:2] - 0.5 * y[..., 2:3]) / spacing
            high = (0.5 * y[..., n - 3 : n - 2] - 2.0 * y[..., n - 2 : n - 1] + 1.5 * y[..., n - 1 : n]) / spacing
        return np.moveaxis(np.concatenate((low, inside, high), axis=-1), -1, axis)
    if spacing.shape[0] != n:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    d = np.diff(spacing)
    p, q = d[:-1], d[1:]
    inside = -(q) / (p * (p + q)) * y[..., :-2] + (q - p) / (p * q) * y[..., 1:-1] + p / (q * (p + q)) * y[..., 2:]
    if edge_order == 1:
        low = (y[..., 1:2] - y[..., 0:1]) / d[0]
        high = (y[..., n - 1 : n] - y[..., n - 2 : n - 1]) / d[n - 2]
    else:
        a, b = d[0], d[1]
        low = (
            -(2.0 * a + b) / (a * (a + b)) * y[..., 0:1]
            + (a + b) / (a * b) * y[..., 1:2]
            - a / (b * (a + b)) * y[..., 2:3]
        )
        a, b = d[n - 3], d[n - 2]
        high = (
            b / (a * (a + b)) * y[..., n - 3 : n - 2]
            - (b + a) / (a * b) * y[..., n - 2 : n - 1]
            + (2.0 * b + a) / (b * (a + b)) * y[..., n - 1 : n]
        )
    return np.moveaxis(np.concatenate((low, inside, high), axis=-1), -1, axis)
