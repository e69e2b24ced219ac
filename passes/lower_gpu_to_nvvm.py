"""GPU to NVVM: kernels become LLVM functions, the host's side stays as it is, flattened to arithmetic and launches.

Before::

    gpu.module @kernels { gpu.func @f_1_map(%x: memref<?xf32>) kernel { %t = gpu.thread_id x ... } }
    %view = memref.subview %x[%a] [%n] [1] ...

After::

    gpu.module @kernels { llvm.func @f_1_map(%p: !llvm.ptr, ...) {nvvm.kernel} { nvvm.read.ptx.sreg.tid.x ... } }
    %view = memref.reinterpret_cast ...

Elementary functions become calls of libdevice, 16-bit ones through f32.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import GPU, NVVM, Level, Pass, PassError, run_upstream

_HOST = "func.func(expand-strided-metadata),lower-affine,canonicalize,cse,func.func(canonicalize,cse)"
_DEVICE = (
    "gpu.module("
    # libdevice knows f32 and f64 only; the result is rounded once.
    "math-extend-to-supported-types{target-type=f32 extra-types=f64},"
    "convert-scf-to-cf,convert-gpu-to-nvvm,"
    # What is not in libdevice: trunc.
    "convert-math-to-llvm,canonicalize,cse,reconcile-unrealized-casts)"
)
#: Functions of libdevice (for f32 with an ``f``) that are one instruction, as LLVM's intrinsics. Who uses only these
#: needs no libdevice; and its square root is not even rounded correctly unless it is told to.
_INSTRUCTIONS = {
    "__nv_sqrt": "llvm.intr.sqrt",
    "__nv_floor": "llvm.intr.floor",
    "__nv_ceil": "llvm.intr.ceil",
    "__nv_rint": "llvm.intr.rint",
    "__nv_fabs": "llvm.intr.fabs",
    "__nv_fma": "llvm.intr.fma",
}


@dataclass(frozen=True)
class LowerGpuToNvvm(Pass):
    """Lower kernels to the llvm and nvvm dialects."""

    name: ClassVar[str] = "lower-gpu-to-nvvm"
    takes: ClassVar[Level] = GPU
    gives: ClassVar[Level] = NVVM

    def apply(self, module: Any) -> None:
        run_upstream(module, _HOST)
        run_upstream(module, _DEVICE)
        with module.context:
            _use_instructions(module)
            _promise_no_alias(module)
        left = [name for name in operations_of_kernels(module) if not name.startswith(("llvm.", "nvvm."))]
        if left:
            # Translating these to LLVM IR would crash the process.
            raise PassError(f"kernels still hold {', '.join(sorted(set(left))[:5])}")


def _use_instructions(module: Any) -> None:
    """Replace calls of libdevice that are one instruction by LLVM's intrinsics for them."""
    for operation in _inside_kernels(module):
        if operation.name not in ("llvm.call", "llvm.func"):
            continue
        name = operation.attributes["callee" if operation.name == "llvm.call" else "sym_name"]
        symbol = str(name).strip('@"')
        intrinsic = _INSTRUCTIONS.get(symbol) or _INSTRUCTIONS.get(symbol.removesuffix("f"))
        if intrinsic is None:
            continue
        if operation.name == "llvm.call":
            with ir.InsertionPoint(operation), operation.location:
                types = [operation.results[0].type]
                made = ir.Operation.create(intrinsic, results=types, operands=list(operation.operands))
            operation.results[0].replace_all_uses_with(made.result)
        operation.erase()


def _promise_no_alias(module: Any) -> None:
    """Say of memory that a kernel only reads that it is not written through another pointer either.

    The conversion carries over the one attribute and not the other. Together they make loads of them cached ones.
    """
    for unit in module.body.operations:
        if unit.operation.name != "gpu.module":
            continue
        for function in unit.regions[0].blocks[0].operations:
            if "nvvm.kernel" in function.attributes and "arg_attrs" in function.attributes:
                read = [ir.DictAttr(a) for a in function.attributes["arg_attrs"]]
                both = ir.DictAttr.get({"llvm.noalias": ir.UnitAttr.get(), "llvm.readonly": ir.UnitAttr.get()})
                kept = [both if "llvm.readonly" in a else a for a in read]
                function.attributes["arg_attrs"] = ir.ArrayAttr.get(kept)


def operations_of_kernels(module: Any) -> list[str]:
    """The names of all operations inside device modules."""
    return [operation.name for operation in _inside_kernels(module)]


def _inside_kernels(module: Any) -> list[Any]:
    units = [unit for unit in module.body.operations if unit.operation.name == "gpu.module"]
    tops = [top for unit in units for top in unit.regions[0].blocks[0].operations]
    return [operation for top in tops for operation in nested(top.operation)]
