"""Powers by halves of small whole numbers: products, a square root and a division, in pairs where one rounds too much.

``x ** 3`` and ``x ** -1.5`` of arrays take a tenth of the time of a power of any exponent.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import ir

from .real import Pair, Real, fma, two_product, where

#: The largest magnitude of an exponent.
_LARGEST = 4.0
_INFINITY = float("inf")
#: What is below this, or above its reciprocal, is scaled where there will be a division.
_SMALL, _SCALE = 2.0**-100, 128


def exponent_of(value: Any) -> float | None:
    """The number that an exponent is, if powers of it are products."""
    if isinstance(value.owner, ir.Block) or value.owner.name != "arith.constant":
        return None
    number = ir.FloatAttr(value.owner.attributes["value"]).value
    return number if 0 < abs(number) <= _LARGEST and (2 * number).is_integer() else None


def power(x: Real, exponent: float) -> Real:
    """``x ** exponent`` of f64."""
    whole, is_root = int(abs(exponent)), not exponent.is_integer()
    if is_root:
        # As of magnitudes, but that numbers below zero have none.
        x = where(x.is_equal(-_INFINITY), _INFINITY, x + 0.0)
    if exponent > 0:
        return _rounded(_product(x, whole, x.sqrt() if is_root else None))
    tiny, vast = abs(x) < _SMALL, abs(x) > 1 / _SMALL
    near = where(tiny, x * 2.0**_SCALE, where(vast, x * 2.0**-_SCALE, x))
    there = 2.0 ** (_SCALE * -exponent)
    inverse = _inverse(near, whole, is_root)
    return where(tiny, inverse * there, where(vast, inverse * (1 / there), inverse))


def power_of_single(x: Real, exponent: float) -> Real:
    """``x ** exponent`` in f64 of what was f32, of which no such power is too large."""
    whole, is_root = int(abs(exponent)), not exponent.is_integer()
    if is_root:
        x = where(x.is_equal(-_INFINITY), _INFINITY, x + 0.0)
    total = x.sqrt() if is_root else x
    for _ in range(whole if is_root else whole - 1):
        total = total * x
    return total if exponent > 0 else 1.0 / total


def _product(x: Real, whole: int, root: Real | None) -> Pair:
    """``x ** whole``, or that times the square root, as a pair."""
    if root is None:
        total = Pair(x, x.like(0.0))
        whole -= 1
    else:
        # What the root lacks, by one step of Newton's.
        total = Pair(root, fma(-root, root, x) * (0.5 / root))
    for _ in range(whole):
        product = two_product(total.high, x)
        total = Pair(product.high, fma(total.low, x, product.low))
    return total


def _rounded(total: Pair) -> Real:
    """A pair as one number, where its second part is one."""
    plain = (abs(total.high) > 0.0) & (abs(total.high) < _INFINITY)
    return where(plain, total.high + total.low, total.high)


def _inverse(x: Real, whole: int, is_root: bool) -> Real:
    """One divided by ``x ** whole``, or by that times the square root, by one division."""
    if is_root:
        root = x.sqrt()
        high, low = root, x.like(0.0)
        for _ in range(whole):
            product = two_product(high, x)
            high, low = product.high, fma(low, x, product.low)
        inverse = 1.0 / high
        # Of the root, half of what its square lacks is lost, of the same part of the product.
        lacking = fma(-root, root, x)
        part = lacking * 0.5 * (inverse * _powers(x, whole))
        for _ in range(whole):
            part = part * x
        low = low + part
    else:
        total = _product(x, whole, None)
        high, low, inverse = total.high, total.low, 1.0 / total.high
    wrong = fma(-low, inverse, fma(-high, inverse, 1.0))
    plain = (abs(inverse) > 0.0) & (abs(inverse) < _INFINITY)
    return where(plain, fma(inverse, wrong, inverse), inverse)


def _powers(x: Real, whole: int) -> Real:
    """``x ** whole``, rounded with each product."""
    total = x.like(1.0)
    for _ in range(whole):
        total = total * x
    return total
