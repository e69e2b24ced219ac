"""Functions of ``math`` of two sequences of numbers."""

import math

import numpy as np

from .numbers import _product_error, fsum, nextafter


def dist(p, q):
    """The distance of two points, without overflow on the way."""
    if p.shape[0] != q.shape[0]:
        raise ValueError("both points must have the same number of dimensions")
    largest = 0.0
    undefined = False
    for i in range(p.shape[0]):
        gap = abs(float(p[i]) - float(q[i]))
        if gap != gap:
            undefined = True
        elif gap > largest:
            largest = gap
    if largest == math.inf:
        return math.inf
    if undefined:
        return math.nan
    if largest == 0.0:
        return 0.0
    scale = 2.409919865102884e-181 if largest > 1e150 else (4.149515568880993e180 if largest < 1e-150 else 1.0)
    squares = np.zeros(2 * p.shape[0] + 2)
    for i in range(p.shape[0]):
        gap = abs(float(p[i]) - float(q[i])) * scale
        squares[2 * i] = gap * gap
        squares[2 * i + 1] = _product_error(gap, gap, gap * gap)
    root = math.sqrt(fsum(squares))
    # What the square of the root is off corrects it, as in CPython's ``vector_norm``.
    squares[2 * p.shape[0]] = -root * root
    squares[2 * p.shape[0] + 1] = -_product_error(root, root, root * root)
    return (root + fsum(squares) / (2.0 * root)) / scale


def sumprod(p, q):
    """The sum of the products of two sequences: of floats rounded once, of integers exact."""
    if p.shape[0] != q.shape[0]:
        raise ValueError("Inputs are not the same length")
    if np.result_type(p, q).kind != "f":
        total = 0
        for i in range(p.shape[0]):
            total += int(p[i]) * int(q[i])
        return total
    terms = np.empty(2 * p.shape[0])
    for i in range(p.shape[0]):
        a, b = float(p[i]), float(q[i])
        terms[2 * i] = a * b
        regular = 1e-140 < abs(a * b) < 1e300 and abs(a) < 1e150 and abs(b) < 1e150
        terms[2 * i + 1] = _product_error(a, b, a * b) if regular else 0.0
    return fsum(terms)


def nextafter_by(x, y, steps):
    """The float ``steps`` floats from ``x`` in the direction of ``y``, not beyond it."""
    if steps < 0:
        raise ValueError("steps must be a non-negative integer")
    result = x
    for _ in range(steps):
        if result == y or result != result:
            return result
        result = nextafter(result, y)
    return result
