"""VECTOR to BUFFER: tensors become memory, updated in place.

An update of a tensor whose old value is not read again writes to the same memory; otherwise a copy is needed, and is
reported: ``pyc.remarks`` on the module lists each with the line that asked for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import remarks, signature
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from . import dropped_axes
from .base import BUFFER, VECTOR, Level, Pass, run_upstream
from .buffers import root
from .chain_insertions import chain
from .keep_writes import from_insertions

_OPTIONS = "allow-return-allocs-from-loops=1 buffer-alignment=64"
#: Equal views become one value, and only then is the copy of one onto the other seen to be idle.
_TO_MEMORY = f"one-shot-bufferize{{{_OPTIONS}}},func.func(canonicalize,cse,canonicalize)"


@dataclass(frozen=True)
class Bufferize(Pass):
    """Put tensors into memory, and report copies."""

    name: ClassVar[str] = "bufferize"
    takes: ClassVar[Level] = VECTOR
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        dropped_axes.say(module)
        # After it: a part of fewer axes may be all of an array.
        from_insertions(module)
        _begin_early(module)
        spare = module.operation.clone()
        try:
            # Empty tensors that end up in a destination are computed there: this is what removes most copies.
            _to_memory(module, "eliminate-empty-tensors")
        except ir.MLIRError:
            # Two values that live at the same time may end up there, on different ways: then they are copied to it.
            _restore(module, spare)
            _to_memory(module)
        report_copies(module)


def _begin_early(module: Any) -> None:
    """Let an array that parts are put into be there before these are computed, as they are computed in it then."""
    found = [op for op in nested(module.operation) if op.name == "tensor.insert_slice"]
    for insertion in found:
        empty = insertion.operands[1].owner
        if isinstance(empty, ir.Block) or empty.name != "tensor.empty":
            continue
        sizes = [v.owner.operation for v in empty.operands if not isinstance(v.owner, ir.Block)]
        inside = [op for op in sizes if op.block == empty.operation.block]
        last = None
        for op in inside:
            last = op if last is None or last.is_before_in_block(op) else last
        if last is not None:
            empty.move_after(last)
        else:
            empty.move_before(empty.operation.block.operations[0])


def _to_memory(module: Any, *before: str) -> None:
    run_upstream(module, ",".join([*before, "func.func(empty-tensor-to-alloc-tensor)"]))
    # That folds a slice that is written again.
    chain(module)
    run_upstream(module, _TO_MEMORY)


def _restore(module: Any, spare: Any) -> None:
    """Make a module what its copy is."""
    for op in list(module.body.operations):
        op.operation.erase()
    for op in list(spare.regions[0].blocks[0].operations):
        module.body.append(op.operation.detach_from_parent())


def _was_asked_for(copy: Any) -> bool:
    """Whether a copy is one that the program spells: ``x.copy()``, or an assignment to a slice."""
    target = copy.operands[1].owner
    source = root(copy.operands[0]).owner
    computed = not isinstance(source, ir.Block) and source.name == "memref.alloc"
    stores = not isinstance(target, ir.Block) and target.name == "memref.subview" and not computed
    return stores or remarks.is_wanted(copy.location)


def report_copies(module: Any) -> None:
    """Add a remark for every copy of an array: whether the program asked for it or not.

    The form of a function that is there beside it for arguments that overlap says nothing: it copies what the function
    itself, which is called for all others, need not.
    """
    found: dict[remarks.Remark, int] = {}
    beside = {f.name.value for f in signature.functions(module) if signature.is_variant(f)}
    for function in module.body.operations:
        if function.operation.name == "func.func" and function.name.value in beside:
            continue
        for operation in nested(function.operation):
            if operation.name == "memref.copy":
                code = "E454" if _was_asked_for(operation) else "E450"
                remark = remarks.remark(code, _extents(operation.operands[0].type), operation.location)
                found[remark] = found.get(remark, 0) + 1
    remarks.attach(module, [replace(r, message=_COPIES[r.code](r.message, count)) for r, count in found.items()])


def _extents(t: Any) -> str:
    return ", ".join("?" if t.is_dynamic_dim(i) else str(t.get_dim_size(i)) for i in range(t.rank))


def _copied(extents: str, count: int) -> str:
    many = f"{count} arrays of shape [{extents}] are" if count > 1 else f"an array of shape [{extents}] is"
    return f"{many} copied here"


_COPIES = {"E450": _copied, "E454": lambda extents, count: f"{_copied(extents, count)}, as the program says"}
#: The codes of remarks on copies.
COPIES = tuple(_COPIES)
