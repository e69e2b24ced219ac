"""Arithmetic of indices and extents: constants fold, so that ``A[1:-1]`` of ten elements is statically eight.

Everything is ``i64`` and stays far from its ends, or wraps where that is right (the counts of a ``range``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyc.dialects import build
from pyc.dialects.elementwise import PREDICATES
from pyc.dialects.mlir import ir

if TYPE_CHECKING:
    from .emit_frame import Frame


def known(x: Any) -> int | None:
    """The number that an integer or a condition is known to be."""
    owner = x.owner
    if (
        not isinstance(owner, ir.Block)
        and owner.name == "arith.constant"
        and isinstance(owner.attributes["value"], ir.BoolAttr)
    ):
        return int(ir.BoolAttr(owner.attributes["value"]).value)
    return build.constant_value(x)


def natural(frame: Frame, x: Any) -> bool:
    """Whether a number is known not to be negative."""
    k = known(x)
    return x in frame.naturals if k is None else k >= 0


def _made(frame: Frame, name: str, a: Any, b: Any) -> Any:
    """An operation; at the top of the function, once for all of it, where the operands are there."""
    make = build.compare if name in PREDICATES else build.binary
    if a not in frame.invariant or b not in frame.invariant:
        return make(name, a, b)
    key = (name, a, b)
    if key not in frame.made:
        with frame.prologue():
            frame.made[key] = make(name, a, b)
            frame.invariant.add(frame.made[key])
    return frame.made[key]


def add(frame: Frame, a: Any, b: Any) -> Any:
    x, y = known(a), known(b)
    if x is not None and y is not None:
        return frame.constant(x + y)
    if x == 0:
        return b
    return a if y == 0 else _made(frame, "add", a, b)


def sub(frame: Frame, a: Any, b: Any) -> Any:
    x, y = known(a), known(b)
    if x is not None and y is not None:
        return frame.constant(x - y)
    if y == 0:
        return a
    return frame.constant(0) if a == b else _made(frame, "sub", a, b)


def mul(frame: Frame, a: Any, b: Any) -> Any:
    x, y = known(a), known(b)
    if x is not None and y is not None:
        return frame.constant(x * y)
    if 0 in (x, y):
        return frame.constant(0)
    if x == 1:
        return b
    return a if y == 1 else _made(frame, "mul", a, b)


def floordiv(frame: Frame, a: Any, b: Any) -> Any:
    x, y = known(a), known(b)
    if x is not None and y:
        return frame.constant(x // y)
    return a if y == 1 else _made(frame, "floordiv", a, b)


def maximum(frame: Frame, a: Any, b: Any) -> Any:
    x, y = known(a), known(b)
    if x is not None and y is not None:
        return frame.constant(max(x, y))
    return a if a == b else _made(frame, "maximum", a, b)


def minimum(frame: Frame, a: Any, b: Any) -> Any:
    x, y = known(a), known(b)
    if x is not None and y is not None:
        return frame.constant(min(x, y))
    return a if a == b else _made(frame, "minimum", a, b)


def compare(frame: Frame, predicate: str, a: Any, b: Any) -> Any:
    x, y = known(a), known(b)
    if x is not None and y is not None:
        holds = {"eq": x == y, "ne": x != y, "lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y}
        return frame.constant(holds[predicate], "bool")
    if a == b:
        return frame.constant(predicate in ("eq", "le", "ge"), "bool")
    return _made(frame, predicate, a, b)


def both(frame: Frame, a: Any, b: Any) -> Any:
    """``a and b`` of two conditions."""
    for x, y in ((a, b), (b, a)):
        if (k := known(x)) is not None:
            return y if k else frame.constant(False, "bool")
    return _made(frame, "and", a, b)


def either(frame: Frame, a: Any, b: Any) -> Any:
    """``a or b`` of two conditions."""
    for x, y in ((a, b), (b, a)):
        if (k := known(x)) is not None:
            return frame.constant(True, "bool") if k else y
    return _made(frame, "or", a, b)


def select(frame: Frame, condition: Any, a: Any, b: Any) -> Any:
    k = known(condition)
    if k is not None:
        return a if k else b
    return build.select(condition, a, b)


def product(frame: Frame, sizes: list[Any]) -> Any:
    total = frame.constant(1)
    for s in sizes:
        total = mul(frame, total, s)
    return total


def wrapped(frame: Frame, i: Any, extent: Any) -> Any:
    """A Python index counted from the start: negative ones count from the end. Not checked."""
    k = known(i)
    if k is not None:
        return i if k >= 0 else add(frame, extent, i)
    if natural(frame, i):
        return i
    negative = compare(frame, "lt", i, frame.constant(0))
    return build.select(negative, add(frame, i, extent), i)


def inside(frame: Frame, i: Any, extent: Any) -> Any:
    """Whether a wrapped index is one of ``extent`` positions."""
    low = frame.constant(True, "bool") if natural(frame, i) else compare(frame, "le", frame.constant(0), i)
    high = frame.constant(True, "bool") if below(frame, i, extent) else compare(frame, "lt", i, extent)
    return both(frame, low, high)


def below(frame: Frame, i: Any, extent: Any) -> bool:
    """Whether an index is known to be less than ``extent``: the counter of a loop that ends there."""
    if i not in frame.bounds:
        return False
    bound = frame.bounds[i]
    k, n = known(bound), known(extent)
    return bound == extent or (k is not None and n is not None and k <= n)


def clamped(frame: Frame, bound: Any, extent: Any) -> Any:
    """A bound of a slice as Python takes it: negative counts from the end, then clamped to the extent."""
    k = known(bound)
    if k == 0:
        return bound
    if k is not None and k > 0:
        return minimum(frame, bound, extent)
    if k is not None:
        return maximum(frame, add(frame, extent, bound), frame.constant(0))
    if natural(frame, bound):
        return minimum(frame, bound, extent)
    w = wrapped(frame, bound, extent)
    return minimum(frame, maximum(frame, w, frame.constant(0)), extent)


def slice_bounds(frame: Frame, start: Any, stop: Any, step: Any, extent: Any) -> tuple[Any, Any]:
    """Where ``start:stop:step`` of ``extent`` positions begins and ends, as Python's ``slice.indices`` has it.

    Absent bounds are ``None``. A slice that runs backwards ends at -1 or above.
    """
    zero, one = frame.constant(0), frame.constant(1)
    forwards = known(compare(frame, "gt", step, zero))
    if forwards == 1:
        first = zero if start is None else clamped(frame, start, extent)
        return first, extent if stop is None else clamped(frame, stop, extent)
    backwards = compare(frame, "lt", step, zero)
    low = select(frame, backwards, frame.constant(-1), zero)
    high = select(frame, backwards, sub(frame, extent, one), extent)

    def bounded(bound: Any) -> Any:
        return minimum(frame, maximum(frame, wrapped(frame, bound, extent), low), high)

    first = select(frame, backwards, high, low) if start is None else bounded(start)
    return first, select(frame, backwards, low, high) if stop is None else bounded(stop)


def length(frame: Frame, start: Any, stop: Any, step: Any) -> Any:
    """How many positions ``start:stop:step`` has, for clamped bounds."""
    zero, one = frame.constant(0), frame.constant(1)
    if known(step) == 1:
        return maximum(frame, sub(frame, stop, start), zero)
    k = known(step)
    if k is not None and 0 < k < 2**31:
        span = maximum(frame, sub(frame, stop, start), zero)
        return floordiv(frame, add(frame, span, sub(frame, step, one)), step)
    backwards = compare(frame, "lt", step, zero)
    span = select(frame, backwards, sub(frame, start, stop), sub(frame, stop, start))
    magnitude = select(frame, backwards, sub(frame, zero, maximum(frame, step, frame.constant(1 - 2**63))), step)
    # Of nothing, (0 - 1) // step + 1 is 0; adding first could leave 64 bits.
    last = floordiv(frame, sub(frame, maximum(frame, span, zero), one), magnitude)
    return add(frame, last, one)
