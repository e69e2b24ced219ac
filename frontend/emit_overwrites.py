"""Which functions in value form would lose a write: ``b[:] = x``, then what may raise, then ``b[:] = y``.

As values, the second write makes the first one idle, and MLIR drops it. After an exception, the caller's array has to
hold what was written before; in memory form, it does.

A call that writes an argument is a write as well. What it writes of a view that is no slice (``f(b[::-1])``) is written
to a copy first, which an exception in it leaves behind.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects import signature
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir
from pyc.dialects.walk import callee_of, nested, within

#: Parts of a sum, and how many times each is in it.
Sum = frozenset[tuple[Any, int]]

_WRITE, _CALL = "pyc.insert_slice", "func.call"
#: What ends a function with an exception, or may, besides exact arithmetic.
_RAISES = frozenset({"pyc.check", "pyc.reraise"})
#: Views that are computed as copies.
_COPIES = frozenset({"pyc.reverse", "pyc.transpose", "pyc.reshape"})


def loses_writes(function: Any) -> bool:
    """Whether part of an argument of a ``func.func`` is written, and again behind something that may raise."""
    callees = _Callees(function)
    for operation in nested(function.operation):
        if operation.name == _WRITE:
            state = operation.operands[1]
            if callees.is_left_behind(operation.operands[0]) and _is_argument(state, function, callees):
                return True
            states = [state]
        elif operation.name == _CALL:
            written = callees.written(operation) if callees.writes_slices(operation) else ()
            states = [operation.operands[p] for p in written]
        else:
            continue
        for state in states:
            earlier = state.owner
            if isinstance(earlier, ir.Block):
                continue
            base = callees.before(state)
            if (
                base is not None
                and _may_be_same_part(earlier, operation)
                and _is_argument(base, function, callees)
                and _may_raise_between(earlier, operation, callees)
            ):
                return True
    return False


class _Callees:
    """What the functions that a function calls do to their arguments."""

    def __init__(self, function: Any) -> None:
        self._module = function.operation.parent
        self._functions: dict[str, Any] | None = None
        self._raises: dict[str, bool] = {}

    def written(self, call: Any) -> tuple[int, ...]:
        """The parameters that a call writes."""
        function = self._function(call)
        return () if function is None else signature.read(function).writes

    def before(self, state: Any) -> Any | None:
        """An array before the write that gives ``state``; ``None`` if that is no write, or one of single elements."""
        owner = state.owner
        if owner.name == _WRITE:
            return owner.operands[1]
        parameter = self._parameter(state)
        return None if parameter is None or not self.writes_slices(owner) else owner.operands[parameter]

    def writes_slices(self, call: Any) -> bool:
        """Whether a call may write more than single elements of its arguments."""
        function = self._function(call)
        return function is not None and any(
            inner.name == _WRITE or (inner.name == _CALL and self.written(inner))
            for inner in nested(function.operation)
        )

    def is_left_behind(self, value: Any) -> bool:
        """Whether a value is what a call has written to a copy, which may not be written back after an exception."""
        copied = False
        while not isinstance(value.owner, ir.Block) and value.owner.name in _COPIES:
            copied, value = True, value.owner.operands[0]
        return copied and self._parameter(value) is not None and self.may_raise(value.owner)

    def may_raise(self, operation: Any) -> bool:
        """Whether an operation may end the function with an exception."""
        for inner in nested(operation):
            if self._calls_what_raises(inner) if inner.name == _CALL else _raises(inner):
                return True
        return False

    def _calls_what_raises(self, call: Any) -> bool:
        symbol, function = callee_of(call), self._function(call)
        if symbol not in self._raises:
            self._raises[symbol] = True  # what calls itself may find that the stack ends
            self._raises[symbol] = function is None or self.may_raise(function.operation)
        return self._raises[symbol]

    def _parameter(self, value: Any) -> int | None:
        """Which parameter of a call it is whose final value this is."""
        owner = value.owner
        if isinstance(owner, ir.Block) or owner.name != _CALL:
            return None
        written = self.written(owner)
        position = ir.OpResult(value).result_number - (len(owner.results) - len(written))
        return written[position] if position >= 0 else None

    def _function(self, call: Any) -> Any | None:
        """The called function; ``None`` for one that is not emitted yet, which calls itself and writes no array."""
        if self._functions is None:
            blocks = [block for region in self._module.regions for block in region.blocks]
            functions = [op for block in blocks for op in block.operations if op.operation.name == "func.func"]
            self._functions = {ir.StringAttr(f.attributes["sym_name"]).value: f for f in functions}
        return self._functions.get(callee_of(call))


def _raises(operation: Any) -> bool:
    return operation.name in _RAISES or operation.name.startswith("pyc.int_")


def _may_be_same_part(one: Any, two: Any) -> bool:
    """Whether two writes may be to the same part of an array; the first operands are what is written, and to what."""
    if one.name == _CALL or two.name == _CALL:
        return True
    places = zip(list(one.operands)[2:], list(two.operands)[2:], strict=False)
    return len(one.operands) == len(two.operands) and all(_sum_of(a) == _sum_of(b) for a, b in places)


def _sum_of(value: Any) -> Sum:
    """A number as a sum of 1, extents and other parts, each so many times: equal numbers of a place are equal sums."""
    owner = value.owner
    if isinstance(owner, ir.Block):
        return frozenset({(value, 1)})
    if owner.name == "arith.constant":
        number = ir.IntegerAttr(owner.attributes["value"]).value
        return frozenset({(1, number)} if number else ())
    if owner.name == "pyc.dim":
        return frozenset({(("extent", ir.IntegerAttr(owner.attributes["axis"]).value), 1)})
    name = owner.name.removeprefix("pyc.")
    if name not in ("add", "sub", "mul", "select", "maximum", "minimum"):
        return frozenset({(value, 1)})
    parts = [_sum_of(v) for v in list(owner.operands)[-2:]]
    if name in ("add", "sub"):
        return _added(parts[0], parts[1], 1 if name == "add" else -1)
    if name == "mul":
        for factor, other in (parts, reversed(parts)):
            if all(key == 1 for key, _ in factor):
                return _added(frozenset(), other, sum(times for _, times in factor))
    elif parts[0] == parts[1]:
        return parts[0]
    elif name != "select":
        # An extent is not negative.
        for one, other in (parts, reversed(parts)):
            if all(times > 0 and _is_natural(key) for key, times in one) and all(
                key == 1 and times < 0 for key, times in other
            ):
                return one if name == "maximum" else other
        parts.sort(key=str)
    chosen = (owner.operands[0],) if name == "select" else ()
    return frozenset({((name, *chosen, *parts), 1)})


def _is_natural(key: Any) -> bool:
    return key == 1 or (isinstance(key, tuple) and key[0] == "extent")


def _added(one: Sum, other: Sum, times: int) -> Sum:
    total = dict(one)
    for key, count in other:
        total[key] = total.get(key, 0) + count * times
    return frozenset((key, count) for key, count in total.items() if count)


def _is_argument(value: Any, function: Any, callees: _Callees) -> bool:
    """Whether an array is an argument of the function, with or without what was written to it."""
    entry = function.operation.regions[0].blocks[0]
    while value is not None and value.owner != entry:
        value = _carried(value) if isinstance(value.owner, ir.Block) else _unwritten(value, callees)
    return value is not None


def _unwritten(value: Any, callees: _Callees) -> Any | None:
    """What an array was before the write, the branch or the loop that gives it; ``None`` for a new one."""
    operation = value.owner
    if operation.name in (_WRITE, "pyc.insert"):
        return operation.operands[1]
    if operation.name == _CALL:
        return callees.before(value)
    number = ir.OpResult(value).result_number
    if operation.name == "scf.for":
        return operation.operands[len(operation.operands) - len(operation.results) + number]
    if operation.name == "scf.while":
        return terminator(operation.regions[0].blocks[0]).operands[1 + number]
    return terminator(operation.regions[0].blocks[0]).operands[number] if operation.name == "scf.if" else None


def _carried(argument: Any) -> Any | None:
    """What a loop begins with in the place of an argument of its rounds."""
    loop, number = argument.owner.owner.operation, argument.arg_number
    if loop.name == "scf.for":
        return loop.operands[2 + number]
    if loop.name != "scf.while":
        return None
    before = loop.regions[0].blocks[0]
    return loop.operands[number] if argument.owner == before else terminator(before).operands[1 + number]


def _may_raise_between(earlier: Any, later: Any, callees: _Callees) -> bool:
    block = earlier.operation.block
    last: Any = within(later, block)
    behind = False
    for operation in block.operations:
        if operation.operation == earlier.operation:
            behind = True
        elif operation.operation == last and not last.regions and last.name != _CALL:
            return False
        elif behind and callees.may_raise(operation.operation):
            return True
        if operation.operation == last:
            return False
    return False
