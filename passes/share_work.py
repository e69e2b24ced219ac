"""LLVM: the chunks of a parallel loop are given to threads.

Before::

    llvm.func @f.chunk0(%chunk: i64, %x: !llvm.ptr, ...) -> i32             // 0, or the number of an error
    llvm.func @f.chunks0(%count: i64, %x: !llvm.ptr, ...) -> i32 attributes {pyc.chunks = @f.chunk0} {
      ...                                                                   // one after the other
    }

After::

    llvm.func internal @f.chunk0.of(%all: !llvm.ptr, %chunk: i64) -> i32 {
      %x = llvm.load %all ...
      llvm.call @f.chunk0(%chunk, %x, ...)
    }
    llvm.func @f.chunks0(%count: i64, %x: !llvm.ptr, ...) -> i32 {          // one chunk is called without more ado
      %all = llvm.alloca ...                                                // the parameters
      %run = llvm.load volatile @pyc.pool
      llvm.call %run(@f.chunk0.of, %all, %count)
    }
    llvm.mlir.global @pyc.pool() = @pyc.run

A chunk's function that is not long has a copy for arrays whose elements lie side by side, as entry points have: what is
outside knows strides as numbers of its caller, what is called by threads does not::

    llvm.func internal @f.chunk0.near(%chunk: i64, %x: !llvm.ptr, %step: i64, ...) -> i32 {
      %is_near = llvm.icmp "eq" %step, 1
      llvm.cond_br %is_near, ^near, ^far
    ^near:
      llvm.call @f.chunk0(%chunk, %x, 1, ...) {always_inline}
    ^far:
      llvm.call @f.chunk0(%chunk, %x, %step, ...)
    }

``@pyc.run`` is the library's own pool of threads (``targets/cpu/pool.py``); a loader may put another library's into
``@pyc.pool``, so that a process has one. Either calls the function for each chunk and gives what fails in the first of
those that fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import LLVM, Level, Pass
from .lower_to_llvm import STEPS
from .outline_parallel import CHUNKS

#: The pointer to the function that runs chunks, and this library's own.
POOL, RUN = "pyc.pool", "pyc.run"
_GLOBAL = f"""
llvm.func @{RUN}(!llvm.ptr, !llvm.ptr, i64) -> i32
llvm.mlir.global external @{POOL}() {{addr_space = 0 : i32}} : !llvm.ptr {{
  %run = llvm.mlir.addressof @{RUN} : !llvm.ptr
  llvm.return %run : !llvm.ptr
}}"""


#: What the function that chooses a copy is called, after the name of the chunk's.
NEAR = ".near"
#: A function of more operations is not copied; nor are more than so many of a module.
_LONG, _MOST = 400, 2000


@dataclass(frozen=True)
class ShareWork(Pass):
    """Let a pool of threads run the chunks of parallel loops."""

    name: ClassVar[str] = "share-work"
    takes: ClassVar[Level] = LLVM
    gives: ClassVar[Level] = LLVM

    def apply(self, module: Any) -> None:
        found = [op.operation for op in module.body.operations if CHUNKS in op.operation.attributes]
        if not found:
            return
        with module.context, ir.Location.unknown():
            chunks = {_chunk(op) for op in found}
            steps = _copied([op.operation for op in module.body.operations if _symbol(op) in chunks])
            text = _GLOBAL + "".join(_functions(op, steps.get(_chunk(op), {})) + _declaration(op) for op in found)
            for op in module.body.operations:
                if _symbol(op) in chunks and _symbol(op) not in steps:
                    # It is called from two places: with threads, and without.
                    op.operation.attributes["no_inline"] = ir.UnitAttr.get()
            for op in found:
                op.erase()
            with ir.InsertionPoint(module.body):
                for op in ir.Module.parse(text).body.operations:
                    if ir.StringAttr(op.attributes["sym_name"]).value not in chunks:
                        op.operation.clone()


def _symbol(op: Any) -> str:
    return ir.StringAttr(op.attributes["sym_name"]).value if "sym_name" in op.attributes else ""


def _copied(functions: Sequence[Any]) -> dict[str, dict[int, int]]:
    """Functions that get a copy for contiguous arrays, by name: which parameters are numbers there, and which."""
    found: dict[str, dict[int, int]] = {}
    most = _MOST
    for function in functions:
        pairs = list(ir.DenseI64ArrayAttr(function.attributes[STEPS])) if STEPS in function.attributes else []
        length = sum(1 for _ in nested(function)) if pairs else 0
        if pairs and length <= min(_LONG, most):
            most -= length
            found[_symbol(function)] = dict(zip(pairs[::2], pairs[1::2], strict=True))
    return found


def _parameters(function: Any) -> list[str]:
    """The types of a function's parameters, as text."""
    return [str(a.type) for a in function.regions[0].blocks[0].arguments]


def _chunk(function: Any) -> str:
    return ir.FlatSymbolRefAttr(function.attributes[CHUNKS]).value


def _declaration(function: Any) -> str:
    """The function for one chunk, for text that calls it."""
    return f"\nllvm.func @{_quoted(_chunk(function))}({', '.join(_parameters(function))}) -> i32"


def _quoted(symbol: str) -> str:
    return '"' + symbol.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _near(chunk: str, types: Sequence[str], steps: Mapping[int, int]) -> str:
    """The function that calls one of two copies of a chunk's, as text."""
    parameters = ", ".join(f"%v{i}: {t}" for i, t in enumerate(types))
    tests, condition = "", ""
    for i, step in steps.items():
        tests += f'  %s{i} = llvm.mlir.constant({step} : i64) : i64\n  %is{i} = llvm.icmp "eq" %v{i}, %s{i} : i64\n'
        tests += f"  %all{i} = llvm.and {condition}, %is{i} : i1\n" if condition else ""
        condition = f"%all{i}" if condition else f"%is{i}"
    signature = f"({', '.join(types)}) -> i32"
    near = ", ".join(f"%s{i}" if i in steps else f"%v{i}" for i in range(len(types)))
    far = ", ".join(f"%v{i}" for i in range(len(types)))
    return f"""
llvm.func internal @{_quoted(chunk + NEAR)}({parameters}) -> i32 attributes {{no_inline}} {{
{tests}  llvm.cond_br {condition}, ^near, ^far
^near:
  %near = llvm.call @{_quoted(chunk)}({near}) {{always_inline}} : {signature}
  llvm.return %near : i32
^far:
  %far = llvm.call @{_quoted(chunk)}({far}) : {signature}
  llvm.return %far : i32
}}"""


def _functions(function: Any, steps: Mapping[int, int]) -> str:
    """The function that is called for each chunk, and the new body of the one for all.

    ``steps`` are the parameters that are numbers where arrays are contiguous.
    """
    symbol, chunk = ir.StringAttr(function.attributes["sym_name"]).value, _chunk(function)
    types = _parameters(function)
    _, *given = types
    struct = f"!llvm.struct<({', '.join(given)})>"
    loads = "".join(
        f"  %p{i} = llvm.getelementptr %all[0, {i}] : (!llvm.ptr) -> !llvm.ptr, {struct}\n"
        f"  %v{i} = llvm.load %p{i} : !llvm.ptr -> {t}\n"
        for i, t in enumerate(given)
    )
    stores = "".join(
        f"  %p{i} = llvm.getelementptr %all[0, {i}] : (!llvm.ptr) -> !llvm.ptr, {struct}\n"
        f"  llvm.store %v{i}, %p{i} : {t}, !llvm.ptr\n"
        for i, t in enumerate(given)
    )
    values = "".join(f", %v{i}" for i in range(len(given)))
    parameters = "".join(f", %v{i}: {t}" for i, t in enumerate(given))
    each = _quoted(f"{chunk}.of")
    called = _quoted(chunk + NEAR if steps else chunk)
    copies = _near(chunk, types, steps) if steps else ""
    return f"""{copies}
llvm.func internal @{each}(%all: !llvm.ptr, %chunk: i64) -> i32 {{
{loads}  %code = llvm.call @{called}(%chunk{values}) : ({", ".join(types)}) -> i32
  llvm.return %code : i32
}}
llvm.func @{_quoted(symbol)}(%count: i64{parameters}) -> i32 {{
  %one = llvm.mlir.constant(1 : i64) : i64
  %first = llvm.mlir.constant(0 : i64) : i64
  %is_one = llvm.icmp "eq" %count, %one : i64
  llvm.cond_br %is_one, ^alone, ^shared
^alone:
  %only = llvm.call @{called}(%first{values}) : ({", ".join(types)}) -> i32
  llvm.return %only : i32
^shared:
  %all = llvm.alloca %one x {struct} : (i64) -> !llvm.ptr
{stores}  %at = llvm.mlir.addressof @{POOL} : !llvm.ptr
  %run = llvm.load volatile %at : !llvm.ptr -> !llvm.ptr
  %each = llvm.mlir.addressof @{each} : !llvm.ptr
  %code = llvm.call %run(%each, %all, %count) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, i64) -> i32
  llvm.return %code : i32
}}"""
