"""VECTOR: a value that is put into several places is computed in memory of its own.

Before::

    %e = tensor.empty(%n)
    %0 = linalg.generic ins(%x) outs(%e)
    %1 = tensor.insert %a into %0[%i]
    bufferization.materialize_in_destination %0 in restrict writable %p
    bufferization.materialize_in_destination %1 in restrict writable %q

After::

    %e = bufferization.alloc_tensor(%n)
    ...

``eliminate-empty-tensors`` would compute ``%0`` in ``%p``, or in ``%q``: wrong for the other, which then is read after
what came to stand there. Common subexpression elimination makes such values of two that the program computes apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import VECTOR, Level, Pass

_PUT = "bufferization.materialize_in_destination"
#: Operations after which a value is in memory that somebody else knows.
_PUTS = frozenset({_PUT, "bufferization.to_buffer"})
#: Operations that give an operand back, changed or in part, and which operand that is.
_FOLLOWED = {
    "tensor.insert": 1, "tensor.insert_slice": 1, "tensor.cast": 0, "tensor.extract_slice": 0,
    "tensor.expand_shape": 0, "tensor.collapse_shape": 0, _PUT: 1,
}  # fmt: skip


@dataclass(frozen=True)
class KeepSharedValues(Pass):
    """Give values that end up in several places memory of their own."""

    name: ClassVar[str] = "keep-shared-values"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation) if operation.name == "tensor.empty"]
        for empty in found:
            if _places(empty.results[0]) > 1:
                allocate(empty)


def _places(value: Any) -> int:
    """Into how many places go updates of a tensor."""
    seen, waiting, puts = {value}, [value], 0
    while waiting:
        for use in waiting.pop().uses:
            user, number = use.owner.operation, use.operand_number
            puts += user.name in _PUTS and number == 0 and not (user.name == _PUT and len(user.results))
            fresh = [v for v in _updates(user, number) if v not in seen]
            seen.update(fresh)
            waiting += fresh
    return puts


def _updates(user: Any, number: int) -> Iterator[Any]:
    """The values that an operation may keep where its operand with that number is."""
    is_chosen = user.name == "arith.select" and number > 0
    if is_chosen or (_FOLLOWED.get(user.name) == number and len(user.results)):
        yield user.results[0]
    elif user.name.startswith("linalg."):
        inputs = len(user.operands) - len(user.results)
        if number >= inputs and len(user.results):
            yield user.results[number - inputs]
    elif user.name == "scf.for" and number >= 3:
        yield user.results[number - 3]
        yield user.regions[0].blocks[0].arguments[number - 2]
    elif user.name == "scf.while":
        yield user.regions[0].blocks[0].arguments[number]
    elif user.name == "scf.condition" and number >= 1:
        yield user.parent.results[number - 1]
        yield user.parent.regions[1].blocks[0].arguments[number - 1]
    elif user.name == "scf.yield":
        parent = user.parent
        if parent.name == "scf.while":
            yield parent.regions[0].blocks[0].arguments[number]
            return
        yield parent.results[number]
        if parent.name == "scf.for":
            yield parent.regions[0].blocks[0].arguments[number + 1]


def allocate(empty: Any) -> None:
    """Make an empty tensor memory that nothing else is computed in."""
    attributes = {"operandSegmentSizes": ir.DenseI32ArrayAttr.get([len(empty.operands), 0, 0])}
    with ir.InsertionPoint(empty), empty.location:
        own = ir.Operation.create(
            "bufferization.alloc_tensor", [empty.results[0].type], list(empty.operands), attributes
        )
    empty.results[0].replace_all_uses_with(own.results[0])
    empty.erase()
