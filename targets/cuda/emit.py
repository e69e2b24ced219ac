"""Artifacts for NVIDIA GPUs from a module at the NVVM level: a bundle, or one file of it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pyc import _soa, records, weights
from pyc.artifact import Artifact
from pyc.dialects import errors, signature
from pyc.dialects.mlir import ir, translate_to_llvm_ir
from pyc.dialects.signature import Signature
from pyc.dialects.walk import nested
from pyc.passes.base import PassError
from pyc.target import Target

from .. import llvm
from ..backend import Options
from ..entry import function_entry
from ..naming import python_name
from ..package import init
from . import header, package
from .host_program import checks_of, host_program
from .ptxas import CHIPS, PORTABLE, Chip, assemble, find_ptxas, libdevice

_TRIPLE = "nvptx64-nvidia-cuda"
#: Codes of the ``struct`` module for kernel parameters that are no memory.
_CODES = {
    "i1": "B",
    "i8": "b",
    "i16": "h",
    "i32": "i",
    "i64": "q",
    "index": "q",
    "f16": "H",
    "bf16": "H",
    "f32": "f",
    "f64": "d",
}
#: What ptxas says of a kernel's use of the chip.
_FUNCTION = re.compile(r"Compiling entry function '(\w+)'.*?(\d+) bytes spill stores.*?Used (\d+) registers", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Kernels:
    """Device code: LLVM IR text (of MLIR's LLVM), and by name of kernel the kinds of its parameters."""

    text: str
    parameters: Mapping[str, tuple[str, ...]]


def emit(module: Any, target: Target, options: Options) -> Artifact:
    """The artifact of kind ``options.emit`` for a module at level NVVM.

    Raises:
        CompileError: libdevice (E520) or, for a cubin, ptxas (E521) is needed and not installed, or failed (E522).
        PassError: something is left that has no form in device code or in the host program.
    """
    kernels = find_kernels(module)
    functions = [f for f in signature.functions(module) if signature.is_exported(f)]
    chip = CHIPS[target.chip] if target.chip else PORTABLE
    name = options.name

    def single(suffix: str, content: bytes) -> Artifact:
        return Artifact(target, {f"{name}{suffix}": content}, _names(manifest), manifest, single=True)

    manifest = describe(module, functions, kernels, Target("cuda", target.chip), options)
    match options.emit or "bundle":
        case "llvm":
            return single(".ll", str(optimised(kernels, chip, options)).encode())
        case "ptx":
            return single(".ptx", generate_ptx(kernels, chip, options).encode())
        case "cubin":
            return single(f".{chip.name}.cubin", assemble(generate_ptx(kernels, chip, options), chip.name)[0])
    return _bundle(manifest, kernels, chip, target, options)


def _bundle(manifest: dict[str, Any], kernels: Kernels, chip: Chip, target: Target, options: Options) -> Artifact:
    here, name = Path(__file__).parent, options.name
    portable = generate_ptx(kernels, PORTABLE, options)
    own = portable if chip == PORTABLE else generate_ptx(kernels, chip, options)
    files: dict[str, bytes] = {f"{name}.ptx": portable.encode()}
    manifest["ptx"], manifest["cubins"] = f"{name}.ptx", {}
    if find_ptxas() is not None:
        cubin, report = assemble(own, chip.name)
        files[f"{name}.{chip.name}.cubin"] = cubin
        manifest["cubins"][chip.name] = f"{name}.{chip.name}.cubin"
        for kernel, spilled, registers in _FUNCTION.findall(report):
            manifest["kernels"][kernel][chip.name] = {"registers": int(registers), "spilled bytes": int(spilled)}
    used = {v["weight"] for f in manifest["functions"] for v in f["parameters"] if v["weight"] is not None}
    if options.weights is not None and used:
        files["weights.safetensors"] = weights.dump({n: options.weights[n] for n in sorted(used)})
        manifest["weights"] = "weights.safetensors"
    files[f"{name}.h"] = header.write(manifest).encode()
    files["__init__.py"] = init(manifest, package.more_names(manifest)).encode()
    files["__init__.pyi"] = package.stub(manifest).encode()
    files["py.typed"] = b""
    for file, source in package.RUNTIME.items():
        files[file] = (here / source).read_bytes()
    files["_records.py"] = Path(records.__file__).read_bytes()
    files["_soa.py"] = Path(_soa.__file__).read_bytes()
    manifest["files"] = {
        n: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for n, content in sorted(files.items())
    }
    files["manifest.json"] = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    return Artifact(target, files, _names(manifest), manifest)


def _names(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    entries = manifest["functions"]
    return tuple(e["attribute"] if e["method"] is None else f"{e['attribute']}.{e['method']}" for e in entries)


def find_kernels(module: Any) -> Kernels:
    """The device code of a module at level NVVM.

    Raises:
        PassError: there is no device module.
    """
    for unit in module.body.operations:
        if unit.operation.name == "gpu.module":
            launches = _launched(module)
            return Kernels(translate_to_llvm_ir(unit.operation), launches)
    raise PassError("the module has no device code")


def _launched(module: Any) -> dict[str, tuple[str, ...]]:
    """By kernel: the kinds of its parameters, as ``_program.py`` packs them."""
    found: dict[str, tuple[str, ...]] = {}
    for operation in nested(module.operation):
        if operation.name == "gpu.launch_func":
            kernel = str(operation.attributes["kernel"]).rpartition("@")[2]
            found[kernel] = tuple(_kind(v.type) for v in list(operation.operands)[6:])
    return found


def _kind(t: Any) -> str:
    return f"view:{t.rank}" if isinstance(t, ir.MemRefType) else _CODES[str(t)]


def optimised(kernels: Kernels, chip: Chip, options: Options) -> llvm.Module:
    """Optimised device code for a chip."""
    called = sorted(set(re.findall(r"@(__nv_\w+)\(", kernels.text)))
    libraries = [libdevice(", ".join(called[:3]))] if called else []
    machine = llvm.Machine(_TRIPLE, chip.name, f"+ptx{chip.ptx}")
    keep = list(kernels.parameters)
    return llvm.optimise(kernels.text, machine, options.level, keep=keep, name=options.name, libraries=libraries)


def generate_ptx(kernels: Kernels, chip: Chip, options: Options) -> str:
    """PTX for a chip."""
    return optimised(kernels, chip, options).assembly()


def describe(
    module: Any, functions: Sequence[Any], kernels: Kernels, target: Target, options: Options
) -> dict[str, Any]:
    """What the artifact says about itself, as plain JSON values."""
    signatures = [signature.read(f) for f in functions]
    table = errors.read(module)
    return {
        "format": "pyc-bundle/1",
        "name": options.name,
        "target": str(target),
        "compiler": f"pyc {version('pyc')}",
        "source": {"path": options.source_path, "sha256": options.source_digest},
        "functions": [
            _function(s, signatures, host_program(f), table) for s, f in zip(signatures, functions, strict=True)
        ],
        "kernels": {name: {"parameters": list(kinds)} for name, kinds in kernels.parameters.items()},
        "weights": None,
        "files": {},
    }


def _function(
    s: Signature, signatures: Sequence[Signature], host: dict[str, Any], table: Sequence[errors.Error]
) -> dict[str, Any]:
    attribute, method = python_name(s, signatures)
    checked = set(checks_of(host["steps"]))
    raised = errors.closure(table, checked)
    return function_entry(s, symbol=s.symbol, attribute=attribute, method=method, errors=raised, host=host)
