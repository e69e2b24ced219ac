"""LLVM: the functions through which a program says something call what the loader has put into ``@pyc.teller``.

Before::

    llvm.func @pyc.tell.1(i32, i64) -> i32

After::

    llvm.mlir.global @pyc.teller() : !llvm.ptr          // null until a loader sets it
    llvm.func internal @pyc.tell.1(%number: i32, %value: i64) -> i32 {
      %values = llvm.alloca ...                         // the values, one after the other
      ...
      %failed = llvm.call %teller(%number, %values) : (i32, !llvm.ptr) -> i32
    }

Without a loader nothing is said: a C program that does not set the pointer runs silently.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir

from .base import LLVM, Level, Pass
from .landings import NULL
from .lower_to_linalg.tell import PREFIX

TELLER = "pyc.teller"
#: What is said leaves the hot path alone.
_COLD = 'passthrough = ["cold", "noinline"]'
_GLOBAL = f"""
llvm.mlir.global external @{TELLER}() {{addr_space = 0 : i32}} : !llvm.ptr {{
  %null = llvm.mlir.zero : !llvm.ptr
  llvm.return %null : !llvm.ptr
}}"""


@dataclass(frozen=True)
class DefineTells(Pass):
    """Give the declared functions of ``pyc.tell`` their bodies, and the module its pointer to the loader's function."""

    name: ClassVar[str] = "define-tells"
    takes: ClassVar[Level] = LLVM
    gives: ClassVar[Level] = LLVM

    def apply(self, module: Any) -> None:
        for op in module.body.operations:
            if _symbol(op).startswith(NULL) and not op.operation.regions[0].blocks:
                with module.context, ir.Location.unknown():
                    _give_nothing(op.operation)
        declared = [op.operation for op in module.body.operations if _symbol(op).startswith(PREFIX)]
        if not declared:
            return
        with module.context, ir.Location.unknown(), ir.InsertionPoint(module.body):
            counts: list[int] = []
            for operation in declared:
                counts.append(int(_symbol(operation).removeprefix(PREFIX)))
                operation.erase()
            for op in ir.Module.parse(_GLOBAL + "".join(map(_function, counts))).body.operations:
                op.operation.clone()


def _give_nothing(function: Any) -> None:
    """Make a function return a descriptor that is all zeros."""
    text = str(function.attributes["function_type"])
    t = ir.Type.parse(f"!llvm.{text[text.index('<') + 1 : text.rindex('(')].strip()}")
    with ir.InsertionPoint(function.regions[0].blocks.append()):
        zero = ir.Operation.create("llvm.mlir.zero", [t]).results[0]
        ir.Operation.create("llvm.return", [], [zero])
    function.attributes["linkage"] = ir.Attribute.parse("#llvm.linkage<internal>")
    if "sym_visibility" in function.attributes:
        del function.attributes["sym_visibility"]


def _symbol(op: Any) -> str:
    attributes = op.operation.attributes
    return ir.StringAttr(attributes["sym_name"]).value if "sym_name" in attributes else ""


def _function(count: int) -> str:
    """The function that stores ``count`` values and calls the teller, if there is one."""
    parameters = "".join(f", %v{i}: i64" for i in range(count))
    stores = "".join(
        f"  %p{i} = llvm.getelementptr %values[{i}] : (!llvm.ptr) -> !llvm.ptr, i64\n"
        f"  llvm.store %v{i}, %p{i} : i64, !llvm.ptr\n"
        for i in range(count)
    )
    return f"""
llvm.func internal @{PREFIX}{count}(%number: i32{parameters}) -> i32 attributes {{{_COLD}}} {{
  %zero = llvm.mlir.constant(0 : i32) : i32
  %one = llvm.mlir.constant(1 : i64) : i64
  %null = llvm.mlir.zero : !llvm.ptr
  %values = llvm.alloca %one x !llvm.array<{max(count, 1)} x i64> : (i64) -> !llvm.ptr
{stores}  %at = llvm.mlir.addressof @{TELLER} : !llvm.ptr
  %teller = llvm.load volatile %at : !llvm.ptr -> !llvm.ptr
  %absent = llvm.icmp "eq" %teller, %null : !llvm.ptr
  llvm.cond_br %absent, ^silent, ^call
^silent:
  llvm.return %zero : i32
^call:
  %failed = llvm.call %teller(%number, %values) : !llvm.ptr, (i32, !llvm.ptr) -> i32
  llvm.return %failed : i32
}}"""
