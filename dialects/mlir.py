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


# The bindings look in their own package for a module of each dialect that they meet, and where there is none they look
# again at every operation: a third of the time of compiling a long function.
_OWN = f"{_TOP}.dialects.pyc"
sys.modules.setdefault(_OWN, ModuleType(_OWN, "The operations of this dialect are in pyc.dialects."))


ir: Any = _load("ir")
rewrite: Any = _load("rewrite")
PassManager: Any = _load("passmanager").PassManager
ext: Any = _load("dialects.ext")
arith: Any = _load("dialects.arith")
cf: Any = _load("dialects.cf")
func: Any = _load("dialects.func")
linalg: Any = _load("dialects.linalg")
math: Any = _load("dialects.math")
memref: Any = _load("dialects.memref")
scf: Any = _load("dialects.scf")
tensor: Any = _load("dialects.tensor")
vector: Any = _load("dialects.vector")


def translate_to_llvm_ir(operation: Any) -> str:
    """The LLVM IR text of a module that holds llvm and nvvm operations only.

    The translation crashes the process on any other operation: callers check that first.
    """
    return _load("dialects.llvm").translate_module_to_llvmir(operation)
