"""BUFFER: temporaries are freed where they are used for the last time in their block, and not at its end.

Before::

    %a = memref.alloc() : memref<1024x1024xf32>
    linalg.generic ... outs(%a)
    linalg.generic ins(%a) outs(%b)
    linalg.generic ins(%b) outs(%c)
    memref.dealloc %a

After::

    %a = memref.alloc() : memref<1024x1024xf32>
    linalg.generic ... outs(%a)
    linalg.generic ins(%a) outs(%b)
    memref.dealloc %a
    linalg.generic ins(%b) outs(%c)

A network of fifty layers so has the memory of a few of them at a time, which is still in a cache when the next layer is
given it. All that is made of a temporary counts as it: views, addresses, results of operations and of regions that have
seen it. What leaves the block with one of them, or keeps one, leaves it where it is.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested, within

from .base import BUFFER, Level, Pass
from .cells import has_cells

#: What gives elements or extents of an array, and not the array.
_ELEMENTS = frozenset({"memref.load", "memref.dim"})
_ENDS = frozenset({"func.return", "scf.yield", "scf.condition", "cf.br", "cf.cond_br", "scf.reduce.return"})


@dataclass(frozen=True)
class FreeEarly(Pass):
    """Free temporaries behind their last use."""

    name: ClassVar[str] = "free-early"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context:
            for function in signature.functions(module):
                if has_cells(function):
                    continue  # memory is counted there, and freed when nothing refers to it
                for operation in nested(function.operation):
                    if operation.name == "memref.dealloc":
                        _free(operation)


def _free(release: Any) -> None:
    value = release.operands[0]
    block = release.block
    if isinstance(value.owner, ir.Block) or value.owner.name != "memref.alloc" or value.owner.operation.block != block:
        return
    last = _last_use(value, release, block)
    if last is not None and last.is_before_in_block(release):
        release.move_after(last)


def _last_use(value: Any, release: Any, block: Any) -> Any | None:
    """The last operation of a block that may access what a temporary stands for; ``None`` where that is not known."""
    last, seen, pending = value.owner.operation, {value}, [value]
    while pending:
        for use in pending.pop().uses:
            user = use.owner.operation
            if user == release:
                continue
            at = within(user, block)
            if at is None or (user.name in _ENDS and user.block == block) or user.name == "memref.dealloc":
                return None
            if last.is_before_in_block(at):
                last = at
            # What ends a region gives it to the operation that the region is of.
            giving = user.parent.operation if user.name in _ENDS else user
            found = [] if user.name in _ELEMENTS else list(giving.results)
            if user.name == "memref.extract_strided_metadata":
                found = found[:1]  # the others are extents and strides
            if giving.regions and giving.name.startswith("scf."):
                found += [a for region in giving.regions for inner in region.blocks for a in inner.arguments]
            for result in found:
                if result not in seen and _may_refer(result.type):
                    seen.add(result)
                    pending.append(result)
    return last


def _may_refer(t: Any) -> bool:
    """Whether a value of a type can stand for memory: an array, or an address as a number or as a pointer."""
    return not isinstance(t, ir.F16Type | ir.BF16Type | ir.F32Type | ir.F64Type)
