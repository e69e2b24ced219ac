"""VECTOR: what control flow carries on is computed into the tensor that it replaces.

Before::

    scf.for ... iter_args(%x = %x0) {
      %e = tensor.empty(%n)
      %y = linalg.generic ins(%x) outs(%e) { mul }
      scf.yield %y

After::

    scf.for ... iter_args(%x = %x0) {
      %y = linalg.generic ins(%x) outs(%x) { mul }
      scf.yield %y

The destination's contents are not read, so the meaning is the same; but bufferisation can now keep one array for the
whole loop. Where the old value is still needed, it makes a new one, as it would have without this pass. Both branches
of an ``scf.if`` compute what they give into one array.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir
from pyc.dialects.types import is_tensor

from .base import VECTOR, Level, Pass
from .in_place import root


@dataclass(frozen=True)
class ReuseDestinations(Pass):
    """Compute the values that loops and branches carry into those that they replace."""

    name: ClassVar[str] = "reuse-destinations"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        module.operation.walk(_visit, ir.WalkOrder.POST_ORDER)


def _visit(operation: Any) -> Any:
    match operation.name:
        case "scf.for":
            body = operation.regions[0].blocks[0]
            for value, carried in zip(_yielded(body), list(body.arguments)[1:], strict=True):
                _reuse(value, carried, body)
        case "scf.while":
            before, after = (region.blocks[0] for region in operation.regions)
            passed = _yielded(before)[1:]
            for value, argument in zip(_yielded(after), before.arguments, strict=True):
                for p, carried in zip(passed, after.arguments, strict=True):
                    if p == argument:
                        _reuse(value, carried, after)
        case "scf.if" if len(operation.results):
            one, other = (region.blocks[0] for region in operation.regions)
            for a, b in zip(_yielded(one), _yielded(other), strict=True):
                _reuse_outer(a, b, other)
                _reuse_outer(b, a, one)
                _share(a, b, operation)
    return ir.WalkResult.ADVANCE


def _yielded(block: Any) -> list[Any]:
    return list(terminator(block).operands)


def _reuse_outer(kept: Any, value: Any, block: Any) -> None:
    """If one branch updates a tensor from outside, the other computes into that tensor."""
    origin = root(kept) if is_tensor(kept.type) else None
    if origin is not None and not _is_empty(origin) and not _inside(origin, block.owner):
        _reuse(value, origin, block)


def _share(a: Any, b: Any, choice: Any) -> None:
    """Let both branches compute what they give into the same empty tensor: only one of them runs."""
    first, second = (root(v) if is_tensor(v.type) else None for v in (a, b))
    if first is None or second is None or first == second or not (_is_empty(first) and _is_empty(second)):
        return
    sizes = list(first.owner.operands)
    if first.type != second.type or sizes != list(second.owner.operands):
        return
    outer = next((v for v in (first, second) if not _inside(v, choice)), None)
    if outer is None:
        if any(_inside(v, choice) for v in sizes):
            return
        with ir.InsertionPoint(choice):
            outer = first.owner.clone().results[0]
    for origin in (first, second):
        if origin != outer and _inside(origin, choice):
            origin.replace_all_uses_with(outer)


def _reuse(value: Any, destination: Any, block: Any) -> None:
    """Replace the empty tensor that ``value`` is computed into, if it is made inside ``block``."""
    if not is_tensor(value.type):
        return
    origin = root(value)
    if origin is not None and _is_empty(origin) and origin.type == destination.type and _inside(origin, block.owner):
        origin.replace_all_uses_with(destination)


def _is_empty(value: Any) -> bool:
    return not isinstance(value.owner, ir.Block) and value.owner.name == "tensor.empty"


def _inside(value: Any, operation: Any) -> bool:
    """Whether a value is defined in a region of an operation."""
    parent = value.owner.owner if isinstance(value.owner, ir.Block) else value.owner.parent
    while parent is not None:
        if parent.operation == operation.operation:
            return True
        parent = parent.operation.parent
    return False
