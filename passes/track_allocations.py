"""LLVM: temporaries hang on a list in the frame of the function, so that a failed check can free them.

Before::

    %p = llvm.call @_mlir_memref_to_llvm_aligned_alloc(%c64, %bytes)
    ...
  ^failed(%number: i32):
    llvm.return {pyc.failure} %number : i32

After::

    %list = llvm.alloca ...
    llvm.call @pyc.open(%list)
    %p = llvm.call @pyc.allocate(%list, %bytes)
    ...
  ^failed(%number: i32):
    llvm.call @pyc.release_all(%list)
    llvm.return %number : i32

Each temporary has a header of 64 bytes with its neighbours in the list, so that freeing one on the way takes four
instructions. The list is circular, its head a node without memory of its own. What is given to the caller leaves the
list by ``pyc.keep``, more than once where several results share it; the library's ``release`` frees it from its header.

Up to eight temporaries of middle size that are freed are kept, with their sizes in their headers, for those to come; at
most four of them have a MiB and more. So are four of 4 to 32 MiB. The C library gives such memory back to the system,
which hands it over page by page, filled with zeros, each time.

New memory overlaps nothing that the function knows, which LLVM is told. The headers of other temporaries change with
the list all the same: what reads and writes them is never inlined.

Temporaries of 4 MiB and more begin at a page of 2 MiB, and Linux is asked to give them such pages, as NumPy does for
its arrays: small pages are handed over one by one, which took longer than what is computed in them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .asserts_to_returns import FAILURE
from .base import LLVM, Level, Pass
from .cells import HELD, HOLD, RUNTIME, SPARE, SWEEP, WHOSE, callee_of, has_cells, is_cell_call
from .deallocate import ADOPT, KEEP
from .landings import MARK, UNWIND

_ALLOCATE = "_mlir_memref_to_llvm_aligned_alloc"
_FREE = "_mlir_memref_to_llvm_free"

_REPLACED = frozenset({_ALLOCATE, _FREE, KEEP, ADOPT, MARK, UNWIND})

#: A node is {next, previous}; the memory that it stands for begins 64 bytes after it, aligned to 64.
_RUNTIME = """
llvm.mlir.global internal @pyc.kept() : !llvm.array<12 x i64> {
  %none = llvm.mlir.zero : !llvm.array<12 x i64>
  llvm.return %none : !llvm.array<12 x i64>
}
llvm.func @c.aligned_alloc(i64, i64) -> !llvm.ptr
llvm.func @c.free(!llvm.ptr)
llvm.func @c.madvise(!llvm.ptr, i64, i32) -> i32
llvm.func internal @pyc.link(%list: !llvm.ptr, %node: !llvm.ptr) {
  %next = llvm.load %list : !llvm.ptr -> !llvm.ptr
  %previous = llvm.getelementptr %node[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
  %back = llvm.getelementptr %next[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
  llvm.store %next, %node : !llvm.ptr, !llvm.ptr
  llvm.store %list, %previous : !llvm.ptr, !llvm.ptr
  llvm.store %node, %list : !llvm.ptr, !llvm.ptr
  llvm.store %node, %back : !llvm.ptr, !llvm.ptr
  llvm.return
}
llvm.func internal @pyc.unlink(%node: !llvm.ptr) {
  %at = llvm.getelementptr %node[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
  %next = llvm.load %node : !llvm.ptr -> !llvm.ptr
  %previous = llvm.load %at : !llvm.ptr -> !llvm.ptr
  %back = llvm.getelementptr %next[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
  llvm.store %next, %previous : !llvm.ptr, !llvm.ptr
  llvm.store %previous, %back : !llvm.ptr, !llvm.ptr
  llvm.return
}
llvm.func internal @pyc.open(%list: !llvm.ptr) {
  llvm.store %list, %list : !llvm.ptr, !llvm.ptr
  %previous = llvm.getelementptr %list[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
  llvm.store %list, %previous : !llvm.ptr, !llvm.ptr
  llvm.return
}
llvm.func internal @pyc.allocate(%list: !llvm.ptr, %bytes: i64) -> (!llvm.ptr {llvm.align = 64 : i64, llvm.noalias})
    attributes {passthrough = ["noinline"]} {
  %header = llvm.mlir.constant(64 : i64) : i64
  %round = llvm.mlir.constant(127 : i64) : i64
  %mask = llvm.mlir.constant(-64 : i64) : i64
  %null = llvm.mlir.zero : !llvm.ptr
  %padded = llvm.add %bytes, %round : i64
  %total = llvm.and %padded, %mask : i64
  %large = llvm.mlir.constant(4194304 : i64) : i64
  %is_large = llvm.icmp "uge" %total, %large : i64
  %middle = llvm.mlir.constant(131072 : i64) : i64
  %is_middle = llvm.icmp "uge" %total, %middle : i64
  llvm.cond_br %is_middle, ^look, ^new
^look:
  %none_kept = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %eight = llvm.mlir.constant(8 : i64) : i64
  %twelve = llvm.mlir.constant(12 : i64) : i64
  %start = llvm.select %is_large, %eight, %none_kept : i1, i64
  %end = llvm.select %is_large, %twelve, %eight : i1, i64
  %all = llvm.mlir.addressof @pyc.kept : !llvm.ptr
  llvm.br ^next(%start : i64)
^next(%number: i64):
  %is_last = llvm.icmp "eq" %number, %end : i64
  llvm.cond_br %is_last, ^other, ^take
^other:
  llvm.cond_br %is_large, ^pages, ^new
^take:
  %following = llvm.add %number, %one : i64
  %place = llvm.getelementptr %all[%number] : (!llvm.ptr, i64) -> !llvm.ptr, i64
  %seen = llvm.load %place atomic monotonic {alignment = 8 : i64} : !llvm.ptr -> i64
  %is_free = llvm.icmp "eq" %seen, %none_kept : i64
  llvm.cond_br %is_free, ^next(%following : i64), ^exchange
^exchange:
  %address = llvm.atomicrmw xchg %place, %none_kept acq_rel : !llvm.ptr, i64
  %is_none = llvm.icmp "eq" %address, %none_kept : i64
  llvm.cond_br %is_none, ^next(%following : i64), ^measure
^measure:
  %kept = llvm.inttoptr %address : i64 to !llvm.ptr
  %size_at = llvm.getelementptr %kept[32] : (!llvm.ptr) -> !llvm.ptr, i8
  %size = llvm.load %size_at : !llvm.ptr -> i64
  %fits = llvm.icmp "uge" %size, %total : i64
  llvm.cond_br %fits, ^link(%kept, %size : !llvm.ptr, i64), ^put_back
^put_back:
  %back = llvm.cmpxchg %place, %none_kept, %address acq_rel monotonic : !llvm.ptr, i64
  %is_back = llvm.extractvalue %back[1] : !llvm.struct<(i64, i1)>
  llvm.cond_br %is_back, ^next(%following : i64), ^drop
^drop:
  llvm.call @c.free(%kept) : (!llvm.ptr) -> ()
  llvm.br ^next(%following : i64)
^new:
  %small = llvm.call @c.aligned_alloc(%header, %total) : (i64, i64) -> !llvm.ptr
  llvm.br ^made(%small, %total : !llvm.ptr, i64)
^pages:
  %page = llvm.mlir.constant(2097152 : i64) : i64
  %less = llvm.mlir.constant(2097151 : i64) : i64
  %outside = llvm.mlir.constant(-2097152 : i64) : i64
  %hugepage = llvm.mlir.constant(14 : i32) : i32
  %more = llvm.add %total, %less : i64
  %whole = llvm.and %more, %outside : i64
  %aligned = llvm.call @c.aligned_alloc(%page, %whole) : (i64, i64) -> !llvm.ptr
  %told = llvm.call @c.madvise(%aligned, %whole, %hugepage) : (!llvm.ptr, i64, i32) -> i32
  llvm.br ^made(%aligned, %whole : !llvm.ptr, i64)
^made(%node: !llvm.ptr, %its_size: i64):
  %failed = llvm.icmp "eq" %node, %null : !llvm.ptr
  llvm.cond_br %failed, ^none, ^link(%node, %its_size : !llvm.ptr, i64)
^none:
  llvm.return %null : !llvm.ptr
^link(%made: !llvm.ptr, %its: i64):
  %its_at = llvm.getelementptr %made[32] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.store %its, %its_at : i64, !llvm.ptr
  llvm.call @pyc.link(%list, %made) : (!llvm.ptr, !llvm.ptr) -> ()
  %memory = llvm.getelementptr %made[64] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.return %memory : !llvm.ptr
}
llvm.func internal @pyc.release(%memory: !llvm.ptr)
    attributes {passthrough = ["noinline"]} {
  %null = llvm.mlir.zero : !llvm.ptr
  %absent = llvm.icmp "eq" %memory, %null : !llvm.ptr
  llvm.cond_br %absent, ^done, ^unlink
^unlink:
  %node = llvm.getelementptr %memory[-64] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @pyc.unlink(%node) : (!llvm.ptr) -> ()
  %size_at = llvm.getelementptr %memory[-32] : (!llvm.ptr) -> !llvm.ptr, i8
  %size = llvm.load %size_at : !llvm.ptr -> i64
  %middle = llvm.mlir.constant(131072 : i64) : i64
  %range = llvm.mlir.constant(33423361 : i64) : i64
  %above = llvm.sub %size, %middle : i64
  %is_middle = llvm.icmp "ult" %above, %range : i64
  llvm.cond_br %is_middle, ^keep, ^free(%node : !llvm.ptr)
^keep:
  %address = llvm.ptrtoint %node : !llvm.ptr to i64
  %none_kept = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %few = llvm.mlir.constant(4 : i64) : i64
  %many = llvm.mlir.constant(8 : i64) : i64
  %mebibyte = llvm.mlir.constant(1048576 : i64) : i64
  %twelve = llvm.mlir.constant(12 : i64) : i64
  %large = llvm.mlir.constant(4194304 : i64) : i64
  %is_small = llvm.icmp "ult" %size, %mebibyte : i64
  %is_large = llvm.icmp "uge" %size, %large : i64
  %places = llvm.select %is_small, %many, %few : i1, i64
  %start = llvm.select %is_large, %many, %none_kept : i1, i64
  %end = llvm.select %is_large, %twelve, %places : i1, i64
  %all = llvm.mlir.addressof @pyc.kept : !llvm.ptr
  llvm.br ^next(%start : i64)
^next(%number: i64):
  %is_full = llvm.icmp "eq" %number, %end : i64
  llvm.cond_br %is_full, ^replace, ^put
^put:
  %following = llvm.add %number, %one : i64
  %place = llvm.getelementptr %all[%number] : (!llvm.ptr, i64) -> !llvm.ptr, i64
  %put = llvm.cmpxchg %place, %none_kept, %address acq_rel monotonic : !llvm.ptr, i64
  %is_put = llvm.extractvalue %put[1] : !llvm.struct<(i64, i1)>
  llvm.cond_br %is_put, ^done, ^next(%following : i64)
^replace:
  %first = llvm.getelementptr %all[%start] : (!llvm.ptr, i64) -> !llvm.ptr, i64
  %old = llvm.atomicrmw xchg %first, %address acq_rel : !llvm.ptr, i64
  %other = llvm.inttoptr %old : i64 to !llvm.ptr
  llvm.br ^free(%other : !llvm.ptr)
^free(%unused: !llvm.ptr):
  llvm.call @c.free(%unused) : (!llvm.ptr) -> ()
  llvm.br ^done
^done:
  llvm.return
}
llvm.func internal @pyc.keep(%block: i64)
    attributes {passthrough = ["noinline"]} {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %absent = llvm.icmp "eq" %block, %zero : i64
  llvm.cond_br %absent, ^done, ^unlink
^unlink:
  %memory = llvm.inttoptr %block : i64 to !llvm.ptr
  %node = llvm.getelementptr %memory[-64] : (!llvm.ptr) -> !llvm.ptr, i8
  %at = llvm.getelementptr %node[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
  llvm.call @pyc.unlink(%node) : (!llvm.ptr) -> ()
  llvm.store %node, %node : !llvm.ptr, !llvm.ptr
  llvm.store %node, %at : !llvm.ptr, !llvm.ptr
  llvm.br ^done
^done:
  llvm.return
}
llvm.func internal @pyc.adopt(%list: !llvm.ptr, %block: i64)
    attributes {passthrough = ["noinline"]} {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %absent = llvm.icmp "eq" %block, %zero : i64
  llvm.cond_br %absent, ^done, ^link
^link:
  %memory = llvm.inttoptr %block : i64 to !llvm.ptr
  %node = llvm.getelementptr %memory[-64] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @pyc.link(%list, %node) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.br ^done
^done:
  llvm.return
}
llvm.func internal @pyc.mark(%list: !llvm.ptr, %address: i64)
    attributes {passthrough = ["noinline"]} {
  %node = llvm.inttoptr %address : i64 to !llvm.ptr
  llvm.call @pyc.link(%list, %node) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.return
}
llvm.func internal @pyc.unwind(%list: !llvm.ptr, %address: i64, %number: i32)
    attributes {passthrough = ["noinline"]} {
  %node = llvm.inttoptr %address : i64 to !llvm.ptr
  %zero = llvm.mlir.constant(0 : i32) : i32
  %fine = llvm.icmp "eq" %number, %zero : i32
  llvm.cond_br %fine, ^unlink, ^check
^check:
  %first = llvm.load %list : !llvm.ptr -> !llvm.ptr
  %reached = llvm.icmp "eq" %first, %node : !llvm.ptr
  llvm.cond_br %reached, ^unlink, ^free
^free:
  %behind = llvm.load %first : !llvm.ptr -> !llvm.ptr
  %its = llvm.getelementptr %behind[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
  llvm.store %behind, %list : !llvm.ptr, !llvm.ptr
  llvm.store %list, %its : !llvm.ptr, !llvm.ptr
  llvm.call @c.free(%first) : (!llvm.ptr) -> ()
  llvm.br ^check
^unlink:
  llvm.call @pyc.unlink(%node) : (!llvm.ptr) -> ()
  llvm.return
}
llvm.func internal @pyc.release_all(%list: !llvm.ptr)
    attributes {passthrough = ["noinline"]} {
  %first = llvm.load %list : !llvm.ptr -> !llvm.ptr
  llvm.br ^check(%first : !llvm.ptr)
^check(%node: !llvm.ptr):
  %empty = llvm.icmp "eq" %node, %list : !llvm.ptr
  llvm.cond_br %empty, ^done, ^free
^free:
  %next = llvm.load %node : !llvm.ptr -> !llvm.ptr
  llvm.call @c.free(%node) : (!llvm.ptr) -> ()
  llvm.br ^check(%next : !llvm.ptr)
^done:
  llvm.return
}
"""


@dataclass(frozen=True)
class TrackAllocations(Pass):
    """Allocate and free through a list of what is still allocated."""

    name: ClassVar[str] = "track-allocations"
    takes: ClassVar[Level] = LLVM
    gives: ClassVar[Level] = LLVM

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            cells = [op for op in _functions(module) if has_cells(op)]
            tracked = [_track(op.operation, op in cells) for op in _functions(module)]
            declared = [op for op in _functions(module) if _symbol(op) in _REPLACED or is_cell_call(_symbol(op))]
            keeps = any(_symbol(op) == KEEP for op in declared)
            for op in declared:
                op.operation.erase()
            if keeps or any(tracked):
                runtime = ir.Module.parse(_RUNTIME + RUNTIME if cells else _RUNTIME)
                with ir.InsertionPoint(module.body):
                    for op in runtime.body.operations:
                        op.operation.clone()


def _functions(module: Any) -> list[Any]:
    return [op for op in module.body.operations if op.operation.name == "llvm.func"]


def _symbol(function: Any) -> str:
    return ir.StringAttr(function.operation.attributes["sym_name"]).value


def _track(function: Any, cells: bool) -> bool:
    """Redirect the allocations of a function, which has ``cells`` or has none; whether it has any."""
    allocations, frees, failures, returns, regions, uses = [], [], [], [], [], []
    for operation in nested(function):
        symbol = callee_of(operation)
        if symbol in (_ALLOCATE, _FREE):
            (allocations if symbol == _ALLOCATE else frees).append(operation)
        elif symbol in (MARK, UNWIND, ADOPT):
            regions.append((operation, symbol))
        elif is_cell_call(symbol):
            uses.append((operation, symbol))
        elif operation.name == "llvm.return":
            (failures if FAILURE in operation.attributes else returns).append(operation)
    counted = "_counted" if cells else ""
    for operation in frees:
        _call(operation, f"pyc.release{counted}", list(operation.operands))
        operation.erase()
    if allocations or cells or any(symbol == ADOPT for _, symbol in regions):
        head = _open(function)
        pointer = ir.Type.parse("!llvm.ptr")
        for operation in allocations:
            memory = _call(operation, f"pyc.allocate{counted}", [head, operation.operands[1]], [pointer])
            operation.results[0].replace_all_uses_with(memory.results[0])
            operation.erase()
        # What cells refer to has no other owner.
        for operation in [*failures, *(returns if cells else ())]:
            _call(operation, "pyc.release_all", [head])
        for operation, symbol in regions:
            _call(operation, symbol + counted, [head, *operation.operands])
        _use_cells(function, head, uses)
    for operation, _ in regions:
        operation.erase()
    return bool(allocations or frees or regions or uses)


def _use_cells(function: Any, head: Any, uses: list[tuple[Any, str]]) -> None:
    """Replace the calls that use cells, which become variables of the function."""
    i64 = ir.IntegerType.get_signless(64)
    words = {_number(symbol): len(op.operands) for op, symbol in uses if symbol.startswith(HOLD)}
    cells = {number: _cell(function, count) for number, count in words.items()}
    for operation, symbol in uses:
        with ir.InsertionPoint(operation), operation.location:
            if symbol.startswith(HOLD):
                cell = cells[_number(symbol)]
                _create_call("pyc.hold", [head, cell, operation.operands[0]], [])
                for i, word in enumerate(operation.operands):
                    ir.Operation.create("llvm.store", [], [word, _word(cell, i)])
            elif symbol.startswith(HELD):
                number, _, i = symbol.removeprefix(HELD).partition(".")
                if i == "0":
                    _create_call("pyc.taken", [cells[number]], [])
                found = ir.Operation.create("llvm.load", [i64], [_word(cells[number], int(i))])
                operation.results[0].replace_all_uses_with(found.results[0])
            elif symbol in (SPARE, WHOSE):
                results = [r.type for r in operation.results]
                new = _create_call(symbol, [head, operation.operands[0]], results)
                if results:
                    operation.results[0].replace_all_uses_with(new.results[0])
            else:
                assert symbol == SWEEP
                _create_call(symbol, [head], [])
        operation.erase()


def _number(symbol: str) -> str:
    """Which cell a ``hold`` is of; its rank follows in the symbol."""
    return symbol.removeprefix(HOLD).partition(".")[0]


def _cell(function: Any, words: int) -> Any:
    """A cell for an array that is described by so many numbers: at first it refers to nothing."""
    pointer, i64 = ir.Type.parse("!llvm.ptr"), ir.IntegerType.get_signless(64)
    with ir.InsertionPoint.at_block_begin(function.regions[0].blocks[0]), function.location:
        one = ir.Operation.create("llvm.mlir.constant", [i64], [], {"value": ir.IntegerAttr.get(i64, 1)}).results[0]
        t = ir.TypeAttr.get(ir.Type.parse(f"!llvm.array<{1 + words} x i64>"))
        cell = ir.Operation.create("llvm.alloca", [pointer], [one], {"elem_type": t}).results[0]
        nothing = ir.Operation.create("llvm.mlir.zero", [pointer]).results[0]
        ir.Operation.create("llvm.store", [], [nothing, cell])
    return cell


def _word(cell: Any, i: int) -> Any:
    """The address of a number in a cell, behind the node."""
    attributes = {
        "rawConstantIndices": ir.DenseI32ArrayAttr.get([1 + i]),
        "elem_type": ir.TypeAttr.get(ir.IntegerType.get_signless(64)),
    }
    return ir.Operation.create("llvm.getelementptr", [ir.Type.parse("!llvm.ptr")], [cell], attributes).results[0]


def _open(function: Any) -> Any:
    """The head of the list: made in the entry block, so that it takes stack once."""
    pointer = ir.Type.parse("!llvm.ptr")
    with ir.InsertionPoint.at_block_begin(function.regions[0].blocks[0]), function.location:
        i64 = ir.IntegerType.get_signless(64)
        one = ir.Operation.create("llvm.mlir.constant", [i64], [], {"value": ir.IntegerAttr.get(i64, 1)}).results[0]
        node = ir.TypeAttr.get(ir.Type.parse("!llvm.array<2 x ptr>"))
        head = ir.Operation.create("llvm.alloca", [pointer], [one], {"elem_type": node}).results[0]
        _create_call("pyc.open", [head], [])
    return head


def _call(before: Any, callee: str, operands: list[Any], results: list[Any] | None = None) -> Any:
    with ir.InsertionPoint(before), before.location:
        return _create_call(callee, operands, results or [])


def _create_call(callee: str, operands: list[Any], results: list[Any]) -> Any:
    attributes = {
        "callee": ir.FlatSymbolRefAttr.get(callee),
        "operandSegmentSizes": ir.DenseI32ArrayAttr.get([len(operands), 0]),
        "op_bundle_sizes": ir.DenseI32ArrayAttr.get([]),
    }
    return ir.Operation.create("llvm.call", results, operands, attributes)
