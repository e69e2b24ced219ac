"""Arithmetic on single complex numbers, from their parts: ``complex.create``, ``re`` and ``im``, and floats.

Nothing here raises. Quotients are NumPy's, by Smith's method; Python's own are made of real operations in the frontend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyc.dialects.mlir import arith, ir, math
from pyc.precision import DTYPES

#: The element types of the parts.
PART = {"c64": "f32", "c128": "f64"}
_EQUAL, _NOT_EQUAL, _GREATER_OR_EQUAL = 1, 13, 3


def made(re: Any, im: Any) -> Any:
    """The number of two parts."""
    return ir.Operation.create("complex.create", [ir.ComplexType.get(re.type)], [re, im]).results[0]


def parts(x: Any) -> tuple[Any, Any]:
    """The real and the imaginary part."""
    t = ir.ComplexType(x.type).element_type
    re, im = (ir.Operation.create(f"complex.{name}", [t], [x]).results[0] for name in ("re", "im"))
    return re, im


def constant(value: complex, dtype: str) -> Any:
    t = ir.Type.parse(DTYPES[PART[dtype]].mlir)
    number = complex(value)
    return made(arith.constant(t, number.real), arith.constant(t, number.imag))


def unary(name: str, x: Any) -> Any:
    """``pyc.<name>`` of one number.

    Raises:
        ValueError: it is no operation of complex numbers.
    """
    if name != "neg":
        raise ValueError(f"pyc.{name} of a complex number")
    re, im = parts(x)
    return made(arith.negf(re), arith.negf(im))


def binary(name: str, lhs: Any, rhs: Any, flags: Any = None) -> Any:
    """``pyc.<name>`` of two numbers; ``flags`` are what may be done to the arithmetic of the parts.

    Raises:
        ValueError: it is no operation of complex numbers.
    """
    a, b = parts(lhs), parts(rhs)
    options = {} if flags is None else {"fastmath": flags}
    match name:
        case "add" | "sub":
            make = arith.addf if name == "add" else arith.subf
            return made(*(make(x, y, **options) for x, y in zip(a, b, strict=True)))
        case "mul":
            re = arith.subf(arith.mulf(a[0], b[0], **options), arith.mulf(a[1], b[1], **options), **options)
            im = arith.addf(arith.mulf(a[0], b[1], **options), arith.mulf(a[1], b[0], **options), **options)
            return made(re, im)
        case "div":
            return _quotient(a, b)
    raise ValueError(f"pyc.{name} of complex numbers")


def _quotient(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """NumPy's quotient: both parts of the divisor divided by the larger; by zero, the parts of ``a`` divided by it."""
    zero, one = (arith.constant(b[0].type, v) for v in (0.0, 1.0))
    sizes = [math.absf(p) for p in b]
    real = arith.cmpf(_GREATER_OR_EQUAL, sizes[0], sizes[1])
    large, small = arith.select(real, b[0], b[1]), arith.select(real, b[1], b[0])
    ratio = arith.divf(small, large)
    scale = arith.divf(one, arith.addf(large, arith.mulf(small, ratio)))
    re = arith.select(real, arith.addf(a[0], arith.mulf(a[1], ratio)), arith.addf(arith.mulf(a[0], ratio), a[1]))
    im = arith.select(real, arith.subf(a[1], arith.mulf(a[0], ratio)), arith.subf(arith.mulf(a[1], ratio), a[0]))
    nothing = arith.andi(arith.cmpf(_EQUAL, sizes[0], zero), arith.cmpf(_EQUAL, sizes[1], zero))
    whole = [arith.mulf(p, scale) for p in (re, im)]
    return made(*(arith.select(nothing, arith.divf(p, sizes[0]), q) for p, q in zip(a, whole, strict=True)))


def compare(predicate: str, lhs: Any, rhs: Any) -> Any:
    """Whether two numbers are equal, or are not.

    Raises:
        ValueError: complex numbers have no order.
    """
    if predicate not in ("eq", "ne"):
        raise ValueError(f"'{predicate}' of complex numbers")
    code = _EQUAL if predicate == "eq" else _NOT_EQUAL
    re, im = (arith.cmpf(code, x, y) for x, y in zip(parts(lhs), parts(rhs), strict=True))
    return (arith.andi if predicate == "eq" else arith.ori)(re, im)
