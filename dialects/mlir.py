"""The one door to MLIR's Python bindings.

``torch-mlir`` from PyPI carries the complete upstream bindings under its own name. Whoever has upstream's package
selects it with ``PYC_MLIR=mlir``; nothing is preferred silently. The bindings have no usable type stubs, so to a type
checker everything that comes through here is ``Any``.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import Any

_TOP = os.environ.get("PYC_MLIR", "torch_mlir")
if _TOP not in ("torch_mlir", "mlir"):
    raise ImportError(f"PYC_MLIR must be 'torch_mlir' or 'mlir', not '{_TOP}'")


def _load(name: str) -> Any:
    return importlib.import_module(f"{_TOP}.{name}")


def _settled(dialect: str) -> None:
    """Keep the bindings from importing their module of a dialect when they meet an operation of it.

    What it makes of operations is not needed here, and importing it takes a while. Whoever imports it gets it.
    """
    name = f"{_TOP}.dialects.{dialect}"
    if name in sys.modules:
        return
    sys.modules[name] = ModuleType(name)
    try:
        _load("_mlir_libs._mlir").globals._check_dialect_module_loaded(dialect)
    finally:
        del sys.modules[name]


# The bindings look in their own package for a module of each dialect that they meet, and where there is none they look
# again at every operation: a third of the time of compiling a long function.
_OWN = f"{_TOP}.dialects.pyc"
sys.modules.setdefault(_OWN, ModuleType(_OWN, "The operations of this dialect are in pyc.dialects."))


ir: Any = _load("ir")
# The module of linalg runs a description of each of its operations, and that of llvm is a megabyte of text.
_settled("linalg")
_settled("llvm")
rewrite: Any = _load("rewrite")
PassManager: Any = _load("passmanager").PassManager
ext: Any = _load("dialects.ext")


class _Lazy:
    """A module of the bindings that is imported when something of it is first asked for.

    Each registers a class for each operation of a dialect, and few processes meet all dialects: who makes the pyc
    dialect of text needs a third of them. Where the bindings meet an operation, they import its module themselves.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        value = getattr(_load(self._name), name)
        setattr(self, name, value)  # not asked for here again
        return value


arith: Any = _Lazy("dialects.arith")
cf: Any = _Lazy("dialects.cf")
func: Any = _Lazy("dialects.func")
linalg: Any = _Lazy("dialects._linalg_ops_gen")
math: Any = _Lazy("dialects.math")
memref: Any = _Lazy("dialects.memref")
scf: Any = _Lazy("dialects.scf")
tensor: Any = _Lazy("dialects.tensor")
vector: Any = _Lazy("dialects.vector")


def load_dialects() -> None:
    """Import what code generation for a CPU meets of the bindings, before processes are forked that do."""
    for name in ("arith", "cf", "func", "_linalg_ops_gen", "math", "memref", "scf", "tensor"):
        _load(f"dialects.{name}")


def translate_to_llvm_ir(operation: Any) -> str:
    """The LLVM IR text of a module that holds llvm and nvvm operations only.

    The translation crashes the process on any other operation: callers check that first.
    """
    return _load("_mlir_libs._mlirDialectsLLVM").translate_module_to_llvmir(operation)


def linalg_fill(value: Any, out: Any) -> Any:
    """``linalg.fill``: the filled tensor, or nothing where ``out`` is in memory."""
    return _with_region(linalg.FillOp, value, out)


def linalg_copy(source: Any, out: Any) -> Any:
    """``linalg.copy``: the tensor that holds the source, or nothing where ``out`` is in memory."""
    return _with_region(linalg.CopyOp, source, out)


def _with_region(cls: Any, value: Any, out: Any) -> Any:
    """The result of an operation whose region its name gives."""
    results = [out.type] if isinstance(out.type, ir.RankedTensorType) else []
    made = cls(results, [value], [out])
    _load("_mlir_libs._mlirDialectsLinalg").fill_builtin_region(made.operation)
    return made.results[0] if results else None
