"""Conversions between numbers, and the checks that guard an operand, with Python's own errors."""

from __future__ import annotations

import math
from typing import Any

from pyc.dialects import build
from pyc.dialects.types import is_tensor
from pyc.precision import DTYPES

from . import emit_index as index
from .emit_frame import Frame
from .emit_numbers import Pieces
from .tree import Expression, Guard
from .types import ScalarType, TensorType, Type, kind_of

#: As the arithmetic of exact ints says it (``passes/lower_to_linalg/integer.py``).
_TOO_LARGE = "int does not fit in 64 bits"


def cast(frame: Frame, x: Any, source: Type, to: Type) -> Any:
    """``x`` in the dtype and precision of ``to``; into an exact ``int`` only what 64 bits hold."""
    if isinstance(to, TensorType):
        if is_tensor(x.type):
            assert isinstance(source, TensorType)
            same = source.dtype == to.dtype and source.precision == to.precision
            return x if same else build.cast(x, to.dtype, to.precision)
        return build.cast(x, to.dtype)
    assert isinstance(to, ScalarType)
    assert isinstance(source, ScalarType | TensorType)
    if source.dtype == to.dtype:
        return x
    if to.weak and to.dtype == "i64":
        _fits(frame, x, source.dtype)
    return build.cast(x, to.dtype)


def _fits(frame: Frame, x: Any, dtype: str) -> None:
    """Check that a number has a value among the 64-bit integers."""
    if dtype == "u64":
        top = frame.constant((1 << 63) - 1, dtype)
        frame.require(build.compare("le", x, top), "OverflowError", _TOO_LARGE)
    elif kind_of(dtype) == "float":
        if dtype in ("f16", "f8e4m3", "f8e5m2"):
            return  # their largest numbers are small; infinities were refused before
        low, high = frame.constant(-(2.0**63), dtype), frame.constant(2.0**63, dtype)
        inside = build.binary("and", build.compare("ge", x, low), build.compare("lt", x, high))
        frame.require(inside, "OverflowError", _TOO_LARGE)


def guard(frame: Frame, g: Guard, e: Expression, operands: list[Any]) -> None:
    """Emit the check that a guard asks for."""
    holds = _holds(frame, g, e, operands)
    if holds is not None:
        frame.require(holds, g.exception, g.message, _said(g, operands[0]))


def _said(g: Guard, x: Any) -> Pieces:
    """The message of a guard with the number that it refuses, where NumPy says it."""
    if g.kind != "fits":
        return ()
    what, _, where = g.message.partition(" out of bounds")
    return (f"{what} ", x, f" out of bounds{where}")


def _holds(frame: Frame, g: Guard, e: Expression, operands: list[Any]) -> Any:
    x = operands[0]
    match g.kind:
        case "rhs_nonzero":
            return _compare(frame, "ne", operands[1], 0)
        case "rhs_nonnegative":
            return _compare(frame, "ge", operands[1], 0)
        case "nonnegative":
            return _unless(_compare(frame, "lt", x, 0))
        case "positive":
            return _unless(_compare(frame, "le", x, 0))
        case "finite":
            # NaN is the only number that is not equal to itself; the infinities are the only ones with that magnitude.
            size = build.unary("abs", x)
            return build.compare("lt", size, frame.constant(math.inf, _dtype(x)))
        case "fits":
            return _within(frame, x, e.type)
        case "nonempty":
            return _nonempty(frame, e, x)


def _within(frame: Frame, x: Any, t: Type) -> Any:
    """Whether an exact int is a value of a sized integer type."""
    assert isinstance(t, ScalarType)
    bits, signed = DTYPES[t.dtype].bits, kind_of(t.dtype) == "int"
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    inside = index.compare(frame, "ge", x, frame.constant(low))
    return inside if bits == 64 else index.both(frame, inside, index.compare(frame, "le", x, frame.constant(high)))


def _compare(frame: Frame, predicate: str, x: Any, number: int) -> Any:
    bound = frame.constant(number, _dtype(x))
    known = index.known(x)
    if known is not None and not is_tensor(x.type):
        return index.compare(frame, predicate, x, bound)
    holds = build.compare(predicate, x, bound)
    if is_tensor(holds.type):
        # A guard of an array holds if it holds of every element.
        return build.reduce(holds, "all", list(range(holds.type.rank))) if holds.type.rank else build.extract(holds, [])
    return holds


def _unless(condition: Any) -> Any:
    return build.unary("not", condition)


def _nonempty(frame: Frame, e: Any, x: Any) -> Any:
    """Something is reduced: NumPy refuses an empty axis also where the result is empty."""
    t = e.x.type
    full = frame.constant(True, "bool")
    for axis in e.axes if hasattr(e, "axes") else (e.axis,):
        empty = index.compare(frame, "eq", frame.extent(x, t, axis), frame.constant(0))
        full = index.both(frame, full, _negated(frame, empty))
    return full


def _negated(frame: Frame, condition: Any) -> Any:
    k = index.known(condition)
    return build.unary("not", condition) if k is None else frame.constant(not k, "bool")


def _dtype(x: Any) -> str:
    from pyc.dialects.types import dtype_of, element_of

    return dtype_of(element_of(x.type))
