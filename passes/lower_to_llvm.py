"""FLAT to LLVM: MLIR's own conversions, after everything that they would get wrong is out of the way."""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import FLAT, LLVM, Level, Pass, PassError, run_upstream
from .cells import make_arrays
from .outline_parallel import CHUNK, DISJOINT

_CONVERSIONS = (
    # Memory first: an axis of memref.dim is recognised as a number only while it is an arith.constant.
    "convert-vector-to-llvm,"
    "finalize-memref-to-llvm{use-generic-functions=1 use-aligned-alloc=1},"
    "convert-complex-to-llvm,convert-math-to-llvm,convert-arith-to-llvm,convert-ub-to-llvm,"
    "convert-cf-to-llvm,convert-func-to-llvm,reconcile-unrealized-casts,canonicalize,cse"
)
#: On the function of a chunk: its parameters that are strides, and what they are of contiguous arrays, in pairs.
STEPS = "pyc.steps"
_DYNAMIC = ir.ShapedType.get_dynamic_stride_or_offset()
_ANNOTATION = "llvm.loop_annotation"


@dataclass(frozen=True)
class LowerToLlvm(Pass):
    """Convert to the LLVM dialect."""

    name: ClassVar[str] = "lower-to-llvm"
    takes: ClassVar[Level] = FLAT
    gives: ClassVar[Level] = LLVM

    def apply(self, module: Any) -> None:
        _refuse_assertions(module)
        make_arrays(module)
        memory = {
            _symbol(op): _pointers(op.operation)
            for op in module.body.operations
            # Besides functions, a module has the tables of constants that they read.
            if op.operation.name == "func.func"
            and op.regions[0].blocks
            and ("pyc.may_overlap" not in op.operation.attributes or DISJOINT in op.operation.attributes)
        }
        for op in module.body.operations:
            if CHUNK in op.operation.attributes:
                with module.context:
                    op.operation.attributes[STEPS] = ir.DenseI64ArrayAttr.get(_steps(op.operation))
        run_upstream(module, _CONVERSIONS)
        with module.context:
            module.operation.walk(_own_annotation)
            for op in module.body.operations:
                if _symbol(op).startswith("_mlir_ciface_"):
                    _disown(op.operation)
                elif memory.get(_symbol(op)):
                    _promise_no_alias(op.operation, memory[_symbol(op)])


def _symbol(op: Any) -> str:
    return ir.StringAttr(op.operation.attributes["sym_name"]).value


def _pointers(function: Any) -> list[int]:
    """At which arguments the converted function has pointers to elements that nothing else points to.

    A memref becomes the allocated and the aligned pointer, an offset, and a size and a stride for each axis.
    """
    found, position = [], 0
    apart = list(ir.DenseI64ArrayAttr(function.attributes[DISJOINT])) if DISJOINT in function.attributes else None
    for i, t in enumerate(ir.TypeAttr(function.attributes["function_type"]).value.inputs):
        if isinstance(t, ir.MemRefType):
            if apart is None or i in apart:
                found.append(position + 1)
            position += 3 + 2 * t.rank
        else:
            position += 1
    return found


def _steps(function: Any) -> list[int]:
    """Pairs: at which arguments the converted function has strides, and what these are where elements lie together.

    From the last axis of an array on, as far as extents are numbers.
    """
    found, position = [], 0
    for t in ir.TypeAttr(function.attributes["function_type"]).value.inputs:
        if not isinstance(t, ir.MemRefType):
            position += 1
            continue
        strides, step = t.get_strides_and_offset()[0], 1
        for axis in reversed(range(t.rank)):
            if strides[axis] == _DYNAMIC:
                found += [position + 3 + t.rank + axis, step]
            if t.is_dynamic_dim(axis):
                break
            step *= t.get_dim_size(axis)
        position += 3 + 2 * t.rank
    return found


def _promise_no_alias(function: Any, pointers: list[int]) -> None:
    """Say that arrays do not overlap: nobody reads what is written, because loaders refuse such arguments."""
    count = len(function.regions[0].blocks[0].arguments) if len(function.regions[0].blocks) else 0
    unit = ir.UnitAttr.get()
    attributes = [ir.DictAttr.get({"llvm.noalias": unit} if i in pointers else {}) for i in range(count)]
    function.attributes["arg_attrs"] = ir.ArrayAttr.get(attributes)


def _own_annotation(operation: Any) -> Any:
    """What is said of a loop comes with its branch backwards, under a name that the translation passes over."""
    if operation.name == "llvm.br" and _ANNOTATION in operation.attributes:
        operation.attributes["loop_annotation"] = operation.attributes[_ANNOTATION]
        del operation.attributes[_ANNOTATION]
    return ir.WalkResult.ADVANCE


def _disown(function: Any) -> None:
    """The wrapper ``_mlir_ciface_f`` is made with the attributes of ``f``: whoever asks for exports wants ``f``."""
    for name in [name for name in function.attributes if name.startswith("pyc.")]:
        del function.attributes[name]


def _refuse_assertions(module: Any) -> None:
    """``cf.assert`` would be converted to a call of ``abort``: a user's error must never end the process."""

    found = [operation.location for operation in nested(module.operation) if operation.name == "cf.assert"]
    if found:
        raise PassError(f"an assertion is left at {found[0]}; asserts-to-returns comes first")
