"""BUFFER: what is temporary is freed, and what a function gives to its caller is handed over.

Before::

    func.func @f(..., %out: memref<4xi64>) -> (i32, memref<?xf32, strided<[?], offset: ?>>) {
      %a = memref.alloc(%n) : memref<?xf32>
      %r = scf.if %c -> memref<...> { yield %a } else { yield %x }
      return %zero, %r

After::

    func.func @f(..., %out: memref<4xi64>) -> i32 {
      ...
      scf.if %not_given { memref.dealloc %a }
      memref.store %block, %out[0]        // what the caller frees: that of %a, or 0 for an argument's memory
      memref.store %address, %out[1]      // of the first element; then sizes and strides, in elements
      func.call @pyc.keep(%block)         // it is no temporary any more, which an error would free
      return %zero

Who owns memory is followed by MLIR's ownership-based deallocation, through loops and branches; where paths differ it is
a value at run time.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import signature
from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import arith, func, ir
from pyc.dialects.walk import callee_of, calls_in

from .base import BUFFER, Level, Pass, run_upstream
from .buffers import element_bytes
from .cells import has_cells, whose

#: Takes memory from the list of temporaries (``track-allocations``); 0 is none.
KEEP = "pyc.keep"
#: Puts memory on that list; 0 is none.
ADOPT = "pyc.adopt"
_PRIVATE = "private"
_NE = 1
_OPTIONS = "private-function-dynamic-ownership=1"


@dataclass(frozen=True)
class Deallocate(Pass):
    """Free temporaries, and describe the results that a function allocates to its caller."""

    name: ClassVar[str] = "deallocate"
    takes: ClassVar[Level] = BUFFER
    gives: ClassVar[Level] = BUFFER

    def apply(self, module: Any) -> None:
        with module.context:
            exported = [f for f in signature.functions(module) if signature.is_exported(f)]
            giving = [f for f in exported if len(f.type.results) > 1]
            # Of a private function, deallocation says at run time whether it owns what it returns. Others own all of
            # it: values are never views of arguments, and memory that is not the function's own is copied.
            for function in giving:
                if signature.is_memory_form(function):
                    function.attributes["sym_visibility"] = ir.StringAttr.get(_PRIVATE)
            names = [ir.StringAttr(f.attributes["sym_name"]).value for f in giving]
        run_upstream(module, f"buffer-deallocation-pipeline{{{_OPTIONS}}},convert-bufferization-to-memref")
        with module.context, ir.Location.unknown():
            table = ir.SymbolTable(module.operation)
            for name in names:
                _hand_over(table[name])
            passing = [op for op in module.body.operations if op.operation.name == "func.func" and _passes_memory(op)]
            for function in passing:
                _pass_on(function)
            if passing:
                _adopt_results(module, {ir.StringAttr(f.attributes["sym_name"]).value for f in passing})
            if names or passing:
                with ir.InsertionPoint.at_block_begin(module.body):
                    i64 = ir.IntegerType.get_signless(64)
                    func.FuncOp(KEEP, ([i64], []), visibility=_PRIVATE)


def _passes_memory(function: Any) -> bool:
    """Whether a function is called by others and returns memory, each followed by whether it is the function's own."""
    attributes = function.operation.attributes
    private = "sym_visibility" in attributes and bool(function.regions[0].blocks)
    return private and any(isinstance(t, ir.MemRefType) for t in function.type.results)


def _pass_on(function: Any) -> None:
    """Let memory that a function returns be no temporary of its own any more."""
    cells = has_cells(function)
    for block in function.regions[0].blocks:
        ending = terminator(block)
        if ending.name == "func.return":
            with ir.InsertionPoint(ending), ending.location:
                if cells:
                    _say_whose(function, ending)
                for m, owned in _owned(list(ending.operands)):
                    func.CallOp([], ir.FlatSymbolRefAttr.get(KEEP), [_block(m, owned)])


def _say_whose(function: Any, ending: Any) -> None:
    """Let a function that has cells return whether memory is its own: who owns what a cell refers to, it alone knows.

    Where several results are in the same memory, the first one is said to own it.
    """
    values = list(ending.operands)
    pairs = _owned(values)
    zero, blocks = arith.constant(ir.IntegerType.get_signless(64), 0), list[Any]()
    for i, (m, _) in enumerate(pairs):
        block = whose(function, _address(m))
        owned = arith.cmpi(_NE, block, zero)
        for other in blocks:
            owned = arith.andi(owned, arith.cmpi(_NE, block, other))
        blocks.append(block)
        ending.operands[len(values) - len(pairs) + i] = owned


def _adopt_results(module: Any, symbols: set[str]) -> None:
    """Make memory that calls return a temporary of the caller."""
    for call in [c for c in calls_in(module.operation) if callee_of(c) in symbols]:
        with ir.InsertionPoint.after(call), call.location:
            for m, owned in _owned(list(call.results)):
                func.CallOp([], ir.FlatSymbolRefAttr.get(ADOPT), [_block(m, owned)])
    with ir.InsertionPoint.at_block_begin(module.body):
        func.FuncOp(ADOPT, ([ir.IntegerType.get_signless(64)], []), visibility=_PRIVATE)


def _owned(values: list[Any]) -> list[tuple[Any, Any]]:
    """The arrays among what a function returns, with whether it owns them, which is said at the end."""
    arrays = [v for v in values if isinstance(v.type, ir.MemRefType)]
    return list(zip(arrays, values[len(values) - len(arrays) :], strict=True))


def _block(memory: Any, owned: Any) -> Any:
    """The address of the memory that an array is in, 0 if it is not owned."""
    return arith.select(owned, _address(memory), arith.constant(ir.IntegerType.get_signless(64), 0))


def _address(memory: Any) -> Any:
    """The address of the memory that an array is in."""
    index = ir.IndexType.get()
    start = ir.Operation.create("memref.extract_aligned_pointer_as_index", [index], [memory]).results[0]
    return arith.index_cast(ir.IntegerType.get_signless(64), start)


def _hand_over(function: Any) -> None:
    """Fill the numbers of what a function returns beside its status, and return the status alone."""
    block = function.regions[0].blocks[0]
    ending = terminator(block)
    status, *given = ending.operands
    s = signature.read(function)
    memory, owned = given[: sum(r.allocated for r in s.results)], given[sum(r.allocated for r in s.results) :]
    first = len(block.arguments) - len(s.results)
    places = [block.arguments[first + i] for i, result in enumerate(s.results) if result.allocated]
    with ir.InsertionPoint(ending), ending.location:
        if signature.is_memory_form(function):
            del function.attributes["sym_visibility"]
        else:
            owned = [arith.constant(ir.IntegerType.get_signless(1), 1)] * len(memory)
        if has_cells(function):
            zero = arith.constant(ir.IntegerType.get_signless(64), 0)
            owned = [arith.cmpi(_NE, whose(function, _address(m)), zero) for m in memory]
        for m, owns, place in zip(memory, owned, places, strict=True):
            _describe(m, owns, place)
        func.ReturnOp([status])
    ending.operation.erase()
    t = ir.FunctionType.get([a.type for a in block.arguments], [status.type])
    function.attributes["function_type"] = ir.TypeAttr.get(t)


def _describe(memory: Any, owned: Any, place: Any) -> None:
    t, index, i64 = memory.type, ir.IndexType.get(), ir.IntegerType.get_signless(64)
    base_type = ir.MemRefType.get([], t.element_type, memory_space=t.memory_space)
    kinds = [base_type, *[index] * (1 + 2 * t.rank)]
    base, offset, *shape = ir.Operation.create("memref.extract_strided_metadata", kinds, [memory]).results
    start = ir.Operation.create("memref.extract_aligned_pointer_as_index", [index], [base]).results[0]
    size = arith.constant(index, element_bytes(t.element_type))
    address = arith.addi(start, arith.muli(offset, size))
    block = arith.index_cast(i64, arith.select(owned, start, arith.constant(index, 0)))
    numbers = [block, *(arith.index_cast(i64, n) for n in (address, *shape))]
    for i, number in enumerate(numbers):
        ir.Operation.create("memref.store", [], [number, place, arith.constant(index, i)])
    func.CallOp([], ir.FlatSymbolRefAttr.get(KEEP), [block])
