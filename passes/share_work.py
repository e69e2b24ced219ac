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

``@pyc.run`` is the library's own pool of threads (``targets/cpu/pool.py``); a loader may put another library's into
``@pyc.pool``, so that a process has one. Either calls the function for each chunk and gives what fails in the first of
those that fail.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir

from .base import LLVM, Level, Pass
from .outline_parallel import CHUNKS

#: The pointer to the function that runs chunks, and this library's own.
POOL, RUN = "pyc.pool", "pyc.run"
_GLOBAL = f"""
llvm.func @{RUN}(!llvm.ptr, !llvm.ptr, i64) -> i32
llvm.mlir.global external @{POOL}() {{addr_space = 0 : i32}} : !llvm.ptr {{
  %run = llvm.mlir.addressof @{RUN} : !llvm.ptr
  llvm.return %run : !llvm.ptr
}}"""


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
            text = _GLOBAL + "".join(_functions(op) + _declaration(op) for op in found)
            chunks = {_chunk(op) for op in found}
            for op in module.body.operations:
                if "sym_name" in op.attributes and ir.StringAttr(op.attributes["sym_name"]).value in chunks:
                    # It is called from two places: with threads, and without.
                    op.operation.attributes["no_inline"] = ir.UnitAttr.get()
            for op in found:
                op.erase()
            with ir.InsertionPoint(module.body):
                for op in ir.Module.parse(text).body.operations:
                    if ir.StringAttr(op.attributes["sym_name"]).value not in chunks:
                        op.operation.clone()


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


def _functions(function: Any) -> str:
    """The function that is called for each chunk, and the new body of the one for all."""
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
    return f"""
llvm.func internal @{each}(%all: !llvm.ptr, %chunk: i64) -> i32 {{
{loads}  %code = llvm.call @{_quoted(chunk)}(%chunk{values}) : ({", ".join(types)}) -> i32
  llvm.return %code : i32
}}
llvm.func @{_quoted(symbol)}(%count: i64{parameters}) -> i32 {{
  %one = llvm.mlir.constant(1 : i64) : i64
  %first = llvm.mlir.constant(0 : i64) : i64
  %is_one = llvm.icmp "eq" %count, %one : i64
  llvm.cond_br %is_one, ^alone, ^shared
^alone:
  %only = llvm.call @{_quoted(chunk)}(%first{values}) : ({", ".join(types)}) -> i32
  llvm.return %only : i32
^shared:
  %all = llvm.alloca %one x {struct} : (i64) -> !llvm.ptr
{stores}  %at = llvm.mlir.addressof @{POOL} : !llvm.ptr
  %run = llvm.load volatile %at : !llvm.ptr -> !llvm.ptr
  %each = llvm.mlir.addressof @{each} : !llvm.ptr
  %code = llvm.call %run(%each, %all, %count) : !llvm.ptr, (!llvm.ptr, !llvm.ptr, i64) -> i32
  llvm.return %code : i32
}}"""
