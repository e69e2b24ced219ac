"""Artifacts for a CPU from a module at the LLVM level: a bundle, or one file of it.

Each exported function gets an entry point with a C signature, ``<artifact>_<symbol>``: descriptors by pointer, scalars
by value (narrow floats as their bits), the number of an error as its result. All else in the library is internal.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyc import __version__, _soa, records, weights
from pyc.artifact import Artifact
from pyc.dialects import errors, signature
from pyc.dialects.mlir import PassManager, ir, translate_to_llvm_ir
from pyc.dialects.signature import Signature
from pyc.dialects.walk import nested
from pyc.passes.base import C_LIBRARY, PassError
from pyc.passes.define_tells import TELLER
from pyc.passes.share_work import POOL
from pyc.target import Target

from .. import link, llvm
from ..backend import Options
from ..entry import function_entry, value_entry
from ..naming import python_name
from ..package import init, record_names
from . import contiguous, header, package, program
from ._values import Dims
from .kernels import WITHOUT_F16C, assembly
from .native_call import NativeCall, described, native_call
from .pool import with_pool, without_pool
from .stack import with_stack
from .versions import declared_elsewhere, dispatcher, versioned
from .wheel import wheel

#: LLVM's names of what ``/proc/cpuinfo`` calls otherwise; a loader refuses a machine without what is listed here.
_CPUINFO = {
    "lzcnt": "abm",
    "avx": "avx",
    "avx2": "avx2",
    "bmi": "bmi1",
    "bmi2": "bmi2",
    "f16c": "f16c",
    "fma": "fma",
    "movbe": "movbe",
    "popcnt": "popcnt",
    "sse4.1": "sse4_1",
    "sse4.2": "sse4_2",
    "ssse3": "ssse3",
    "avx512f": "avx512f",
    "avx512bw": "avx512bw",
    "avx512cd": "avx512cd",
    "avx512dq": "avx512dq",
    "avx512vl": "avx512vl",
    "avx512bf16": "avx512_bf16",
    "avx512fp16": "avx512_fp16",
    "avx512vnni": "avx512_vnni",
    "sve": "sve",
    "sve2": "sve2",
}
_V2 = ("popcnt", "sse4_1", "sse4_2", "ssse3")
_V3 = (*_V2, "abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe")
_V4 = (*_V3, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl")
#: What a chip of that name has; of ``native`` it is asked.
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "x86-64-v2": _V2,
    "x86-64-v3": _V3,
    "x86-64-v4": _V4,
    "neoverse-n1": ("atomics", "asimdhp"),
    "neoverse-v1": ("atomics", "asimdhp", "sve"),
    "neoverse-v2": ("atomics", "asimdhp", "sve", "sve2"),
}
#: Numbers of metadata from here on are not taken by a translated module.
_FREE_METADATA = 1 << 30
#: The names in the description of a function.
_NAMES = re.compile(r'(?<=[nN]ame: ")[^"]*')
#: Makes debug information of the locations in the module.
_DEBUG = "builtin.module(ensure-debug-info-scope-on-llvm-func{emission-kind=Full})"
#: What MLIR calls the variant of a function that takes descriptors by pointer: this, and the function's symbol.
_INTERFACE = "_mlir_ciface_"
#: The artifacts that Python calls.
_CALLED = ("", "bundle", "wheel", "obj")
#: In the ``extra`` of a signature: of which function it is the variant for arguments that overlap.
_VARIANT = "overlapping"
#: LLVM types that C callers do not have: how one is made of what they pass instead.
_CONVERSIONS = {
    "i1": ("icmp ne i8 {}, 0", "i8"),
    "half": ("bitcast i16 {} to half", "i16"),
    "bfloat": ("bitcast i16 {} to bfloat", "i16"),
    "{ float, float }": ("load {{ float, float }}, ptr {}", "ptr"),
    "{ double, double }": ("load {{ double, double }}, ptr {}", "ptr"),
}


@dataclasses.dataclass(frozen=True)
class Export:
    """An exported function: its signature, its symbol in the library, and the errors it can return.

    ``arguments`` are the LLVM types of the parameters of its MLIR entry point. ``may_overlap`` says that it assumes
    nothing about which of its arguments overlap; ``variant_of`` is the symbol, in the module, of the function that
    loaders call it for when they do.
    """

    signature: Signature
    symbol: str
    attribute: str
    method: str | None
    arguments: tuple[str, ...]
    errors: tuple[errors.Error, ...]
    may_overlap: bool = False
    variant_of: str | None = None
    #: Whether its loops go over axes alone: what it does is bounded by the extents of its arguments.
    bounded: bool = False

    @property
    def c_types(self) -> tuple[str, ...]:
        """The LLVM types of the parameters of the entry point that the library has."""
        return tuple(_CONVERSIONS.get(kind, ("", kind))[1] for kind in self.arguments)


def emit(module: Any, target: Target, options: Options, higher: Mapping[Target, Any] | None = None) -> Artifact:
    """The artifact of kind ``options.emit`` for a module of llvm operations.

    ``higher`` are modules of the same program for higher levels of the same architecture: the library then has a
    version of each function for each of them, and chooses when it is loaded.

    Raises:
        CompileError: there is no linker (E512), or it failed (E513).
        PassError: an operation is left that LLVM cannot take, or a function breaks the calling convention.
    """
    chip = target.chip or llvm.default_chip()
    machine = llvm.cpu_machine(chip)
    kernels = assembly(module, machine, options, half=chip in WITHOUT_F16C)
    text, exports = _text(module, options)
    symbols = [e.symbol for e in exports]
    calls = _native_calls(exports) if options.emit in _CALLED else {}
    text += "".join(call.text for call in calls.values())
    symbols += [call.symbol for call in calls.values()]
    release = _release_symbol(exports, options.name)
    if release is not None:
        symbols.append(release)
        text += _release(release, text)
    teller = _teller_symbol(exports, text, options.name)
    if teller is not None:
        text = text.replace(f"@{TELLER}", f"@{teller}")
    pool = _pool_symbol(text, options.name)
    if pool is not None:
        text = text.replace(f"@{POOL}", f"@{pool}")
        text = with_pool(text, machine.triple.partition("-")[0]) if options.pool else without_pool(text)
    manifest = _manifest(exports, Target("cpu", chip), machine, options, calls) | {
        "release": release,
        "teller": teller,
        "pool": pool,
        "levels": None,
    }
    objects: list[bytes] = []
    if higher:
        objects = [_version(m, t, options, exports, teller, pool) for t, m in higher.items()]
        chips, level = [chip, *(t.chip for t in higher)], _c_symbol(f"{options.name}_level", symbols)
        for e in exports:
            text = text.replace(f"define i32 @{e.symbol}(", f"define hidden i32 @{versioned(e.symbol, chip)}(")
        text += dispatcher(exports, chips, level, text)
        symbols += [level, *(versioned(e.symbol, chip) for e in exports)]
        manifest["levels"] = {"symbol": level, "chips": chips}
    code = llvm.optimise(
        text, machine, options.level, keep=symbols, name=options.name, bf16_moves=True, assembly=kernels
    )
    names = _names(exports)

    def single(suffix: str, content: bytes) -> Artifact:
        return Artifact(target, {f"{options.name}{suffix}": content}, names, manifest, single=True)

    match options.emit or "bundle":
        case "llvm":
            return single(".ll", str(code).encode())
        case "asm":
            return single(".s", code.assembly().encode())
        case "obj":
            return single(".o", code.object_code())
    objects.insert(0, code.object_code())
    if options.emit == "exe":
        features, held = manifest["requires"]["features"], program.weights_of(exports[0], options.weights)
        main = program.source(exports[0], options.name, teller, features, held)
        included = {program.WEIGHTS: held.content}
        content = link.executable(objects, main, options.name, machine.triple, included=included, debug=options.debug)
        return Artifact(target, {options.name: content}, names, manifest, single=True, executable=True)
    library = link.shared_library(objects, options.name, machine.triple, debug=options.debug)
    if options.emit == "so":
        return Artifact(target, {f"lib{options.name}.so": library}, names, manifest, single=True)
    bundle = _bundle(library, exports, manifest, Target("cpu", chip), options)
    if options.emit == "wheel":
        return wheel(bundle, options.name, options.version, library, machine.triple.partition("-")[0])
    return bundle


def _text(module: Any, options: Options) -> tuple[str, list[Export]]:
    """LLVM IR of a module with the entry points of its exports."""
    check_translatable(module)
    exports = find_exports(module, options.name)
    if options.debug:
        PassManager.parse(_DEBUG, context=module.context).run(module.operation)
    text = with_stack(translate_to_llvm_ir(module.operation))
    text += "".join(_entry_point(e, text, options.level, *_debug_scope(e, i, text)) for i, e in enumerate(exports))
    return text, exports


def _version(
    module: Any, target: Target, options: Options, lowest: Sequence[Export], teller: str | None, pool: str | None
) -> bytes:
    """The object of a library's functions for a higher level than its lowest, whose variables it uses.

    Raises:
        PassError: its functions are others, or it has a variable that the lowest level has not.
    """
    machine = llvm.cpu_machine(target.chip)
    kernels = assembly(module, machine, options, half=target.chip in WITHOUT_F16C)
    text, exports = _text(module, options)
    if [(e.symbol, e.errors) for e in exports] != [(e.symbol, e.errors) for e in lowest]:
        raise PassError(f"the functions for {target} differ from those of the lowest level")
    for own, shared in ((TELLER, teller), (POOL, pool)):
        if f"\n@{own} =" in text:
            if shared is None:
                raise PassError(f"only the functions for {target} use {own}")
            text = declared_elsewhere(text, own).replace(f"@{own}", f"@{shared}")
    names = {e.symbol: versioned(e.symbol, target.chip) for e in exports}
    for symbol, name in names.items():
        text = text.replace(f"define i32 @{symbol}(", f"define hidden i32 @{name}(")
    code = llvm.optimise(
        text, machine, options.level, keep=names.values(), name=options.name, bf16_moves=True, assembly=kernels
    )
    return code.object_code()


def _native_calls(exports: Sequence[Export]) -> dict[str, NativeCall]:
    """What Python calls directly, by the symbol of the function that is called."""
    found = {
        e.symbol: native_call(e.signature, e.symbol, e.c_types, may_overlap=e.may_overlap, bounded=e.bounded)
        for e in exports
        if e.variant_of is None
    }
    return {symbol: call for symbol, call in found.items() if call is not None}


def _bundle(
    library: bytes, exports: Sequence[Export], manifest: dict[str, Any], target: Target, options: Options
) -> Artifact:
    here = Path(__file__).parent
    files: dict[str, bytes] = {
        f"lib{options.name}.so": library,
        f"{options.name}.h": header.write(
            options.name, str(target), exports, manifest["release"], manifest["teller"], manifest["levels"]
        ).encode(),
        "__init__.py": init(manifest, record_names(manifest)).encode(),
        "__init__.pyi": package.stub(manifest).encode(),
        "py.typed": b"",
        "_runtime.py": (here / "runtime.py").read_bytes(),
        "_called.py": (here / "_called.py").read_bytes(),
        "_bundle.py": (here / "_bundle.py").read_bytes(),
        "_native.py": (here / "_native.py").read_bytes(),
        "_values.py": (here / "_values.py").read_bytes(),
        "_allocated.py": (here / "_allocated.py").read_bytes(),
        "_described.py": (here / "_described.py").read_bytes(),
        "_foreign.py": (here / "_foreign.py").read_bytes(),
        "_pool.py": (here / "_pool.py").read_bytes(),
        "_tell.py": (here / "_tell.py").read_bytes(),
        "_composites.py": (here / "_composites.py").read_bytes(),
        "_records.py": Path(records.__file__).read_bytes(),
        "_soa.py": Path(_soa.__file__).read_bytes(),
        "_weights.py": (here / "_weights.py").read_bytes(),
    }
    manifest["library"] = f"lib{options.name}.so"
    used = {v.weight for e in exports for v in e.signature.parameters if v.weight is not None}
    if options.weights is not None and used:
        files["weights.safetensors"] = weights.dump({name: options.weights[name] for name in sorted(used)})
        manifest["weights"] = "weights.safetensors"
    manifest["files"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    }
    files["manifest.json"] = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    return Artifact(target, files, _names(exports), manifest)


def _names(exports: Sequence[Export]) -> tuple[str, ...]:
    """What the exports are called in Python."""
    return tuple(
        e.attribute if e.method is None else f"{e.attribute}.{e.method}" for e in exports if e.variant_of is None
    )


def check_translatable(module: Any) -> None:
    """Refuse what is not of the llvm dialect: translating it would crash the process.

    Raises:
        PassError: with the operations that are left, and where they come from.
    """
    offenders = [
        f"{operation.name} at {operation.location}"
        for operation in nested(module.operation)
        if operation.name != "builtin.module" and not operation.name.startswith("llvm.")
    ]
    if offenders:
        raise PassError("LLVM IR cannot be made of: " + "; ".join(offenders[:5]))


def find_exports(module: Any, name: str) -> list[Export]:
    """The exported functions of a module at the LLVM level, for an artifact called ``name``.

    Raises:
        PassError: an entry point is missing or does not fit its signature.
    """
    table = errors.read(module)
    functions = {
        ir.StringAttr(op.attributes["sym_name"]).value: op
        for op in module.body.operations
        if op.operation.name == "llvm.func"
    }
    found: list[Export] = []
    # The C interface that MLIR makes of a function carries copies of its attributes.
    exported = [
        op for symbol, op in functions.items() if signature.is_exported(op) and not symbol.startswith(_INTERFACE)
    ]
    signatures = [signature.read(op) for op in exported]
    named = {s.symbol: python_name(s, signatures) for s in signatures if _VARIANT not in s.extra}
    for s in signatures:
        entry = functions.get(_INTERFACE + s.symbol)
        if entry is None:
            raise PassError(f"{s.symbol} has no C interface")
        arguments = _argument_types(entry)
        if len(arguments) != len(s.parameters) + len(s.results):
            raise PassError(
                f"{s.symbol} takes {len(arguments)} arguments,"
                f" for {len(s.parameters)} parameters and {len(s.results)} results"
            )
        _check_dimensions(s)
        returned = _constants(s.symbol, functions)
        variant_of = s.extra.get(_VARIANT)
        attribute, method = named[variant_of or s.symbol]
        found.append(
            Export(
                s,
                _c_symbol(f"{name}_{s.symbol}", {*_own_symbols(name), *(e.symbol for e in found)}),
                attribute,
                method,
                arguments,
                tuple(errors.closure(table, returned)),
                "pyc.may_overlap" in functions[s.symbol].attributes,
                variant_of,
                "pyc.bounded" in functions[s.symbol].attributes,
            )
        )
    return found


def _own_symbols(name: str) -> tuple[str, str, str, str]:
    """What a library and its header define beside the user's functions."""
    return f"{name}_error", f"{name}_release", f"{name}_teller", f"{name}_pool"


def _release_symbol(exports: Sequence[Export], name: str) -> str | None:
    """What frees the memory of results in a library that gives any."""
    if any(r.allocated for e in exports for r in e.signature.results):
        return _c_symbol(_own_symbols(name)[1], ())
    return None


def _teller_symbol(exports: Sequence[Export], text: str, name: str) -> str | None:
    """Where a loader puts what hears the library, in one that says anything."""
    if f"@{TELLER}" in text and any(error.template or error.kind == errors.CALL for e in exports for error in e.errors):
        return _c_symbol(_own_symbols(name)[2], ())
    return None


def _pool_symbol(text: str, name: str) -> str | None:
    """Where a loader puts the pool of threads of the process, in a library that has parallel loops."""
    return _c_symbol(_own_symbols(name)[3], ()) if f"\n@{POOL} =" in text else None


def _release(symbol: str, text: str) -> str:
    """LLVM IR of the function that frees a result: its block is 64 bytes after what was allocated, or nothing."""
    free = f"@{C_LIBRARY}free"
    declaration = "" if f"{free}(" in text else f"declare void {free}(ptr)\n"
    return (
        f"\n{declaration}define void @{symbol}(i64 %block) nounwind {{\n"
        "  %absent = icmp eq i64 %block, 0\n  br i1 %absent, label %done, label %free\nfree:\n"
        "  %address = sub i64 %block, 64\n  %memory = inttoptr i64 %address to ptr\n"
        f"  call void {free}(ptr %memory)\n  br label %done\ndone:\n  ret void\n}}\n"
    )


def _c_symbol(name: str, taken: Collection[str]) -> str:
    """A name that C takes, and that is not taken."""
    symbol = re.sub(r"\W", "_", name, flags=re.ASCII)
    while symbol in taken:
        symbol += "_"
    return symbol


def _llvm_name(symbol: str) -> str:
    """A symbol as LLVM's text has it: in quotes, other bytes than these in hexadecimal, unless it is plain."""
    if re.fullmatch(r"[-\w.$]+", symbol, re.ASCII):
        return f"@{symbol}"
    plain = (chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:02X}" for b in symbol.encode())
    return f'@"{"".join(plain)}"'


def _check_dimensions(s: Signature) -> None:
    """Refuse a signature with extents that a loader could not know.

    Raises:
        PassError: with the names.
    """
    try:
        unbound = Dims([value_entry(v) for v in s.parameters]).unbound(
            [value_entry(v) for v in s.results if not v.allocated]
        )
    except (ValueError, SyntaxError) as error:
        raise PassError(f"{s.symbol}: {error}") from error
    if unbound:
        raise PassError(f"no argument of {s.symbol} says what {', '.join(unbound)} is")


def _argument_types(function: Any) -> tuple[str, ...]:
    """The LLVM types of a function's parameters, of which only complex numbers are aggregates."""
    text = re.sub(r"struct<\((f32|f64), \1\)>", r"complex<\1>", str(function.attributes["function_type"]))
    inner = text[text.index("(") + 1 : text.rindex(")")]
    names = {"f16": "half", "bf16": "bfloat", "f32": "float", "f64": "double"}
    names |= {"complex<f32>": "{ float, float }", "complex<f64>": "{ double, double }"}
    return tuple(names.get(t, t) for t in inner.split(", ")) if inner else ()


def _constants(symbol: str, functions: Mapping[str, Any]) -> set[int]:
    """The ``i32`` constants in a function and those that it calls: the numbers of its errors are among them."""
    found: set[int] = set()
    called = {symbol: functions[symbol]}
    pending = [symbol]

    def follow(name: Any) -> None:
        callee = ir.FlatSymbolRefAttr(name).value
        if callee in functions and callee not in called:
            called[callee] = functions[callee]
            pending.append(callee)

    def visit(operation: Any) -> Any:
        if operation.name == "llvm.call" and "callee" in operation.attributes:
            follow(operation.attributes["callee"])
        elif operation.name == "llvm.mlir.addressof":  # of what threads call
            follow(operation.attributes["global_name"])
        if operation.name == "llvm.mlir.constant" and str(operation.results[0].type) == "i32":
            found.add(ir.IntegerAttr(operation.attributes["value"]).value)
        return ir.WalkResult.ADVANCE

    while pending:
        functions[pending.pop()].operation.walk(visit)
    return found


def _entry_point(export: Export, text: str, level: int, scope: str, place: str, metadata: str) -> str:
    """LLVM IR of a function's entry point: C's types outside, MLIR's inside. The rest is :func:`_debug_scope`'s."""
    outer, inner, body = [], [], []
    for i, kind in enumerate(export.arguments):
        conversion, c_type = _CONVERSIONS.get(kind, ("", kind))
        outer.append(f"{c_type} %{i}")
        inner.append(f"{kind} %a{i}" if conversion else f"{kind} %{i}")
        if conversion:
            body.append(f"  %a{i} = {conversion.format(f'%{i}')}\n")
    body.append(_contiguous(export, inner, place, text) if level > 1 else "")
    return (
        f"\ndefine i32 @{export.symbol}({', '.join(outer)}) nounwind{scope} {{\n{''.join(body)}"
        f"  %code = call i32 {_llvm_name(_INTERFACE + export.signature.symbol)}({', '.join(inner)}){place}\n"
        f"  ret i32 %code{place}\n}}\n{metadata}"
    )


def _contiguous(export: Export, arguments: Sequence[str], place: str, text: str) -> str:
    """LLVM IR of a copy of the function for contiguous arrays, which returns if they are; empty if there is none."""
    function = _llvm_name(export.signature.symbol)
    begin = text.find(f"define i32 {function}(")
    lines = text.count("\n", begin, text.find("\n}\n", begin))
    if begin < 0 or lines > contiguous.LONGEST:
        return ""
    values = (*export.signature.parameters, *export.signature.results)
    given = [a.rpartition(" ")[2] for a in arguments]
    return contiguous.both(values, export.arguments, given, function, place, lines)


def _debug_scope(export: Export, index: int, text: str) -> tuple[str, str, str]:
    """What makes an entry point a function of the debugger's: attachments of it and of its instructions, and metadata.

    It is described as what it calls is; without a description, LLVM drops the lines of all that is inlined into it.
    """
    name = _llvm_name(_INTERFACE + export.signature.symbol)
    attached = re.search(rf"^define i32 {re.escape(name)}\(.*\) !dbg (!\d+) ", text, re.MULTILINE)
    if attached is None:
        return "", "", ""
    described = re.search(rf"^{attached[1]} = (distinct !DISubprogram\(.*\))$", text, re.MULTILINE)
    if described is None:
        raise PassError(f"{name} has the debug information {attached[1]}, which is not there")
    line = re.search(r"\bline: (\d+)", described[1])
    scope = _FREE_METADATA + 2 * index
    metadata = (
        f"!{scope} = {_NAMES.sub(export.symbol, described[1])}\n"
        f"!{scope + 1} = !DILocation(line: {line[1] if line else 0}, scope: !{scope})\n"
    )
    return f" !dbg !{scope}", f", !dbg !{scope + 1}", metadata


def _entry(e: Export) -> dict[str, Any]:
    return function_entry(
        e.signature,
        symbol=e.symbol,
        attribute=e.attribute,
        method=e.method,
        errors=e.errors,
        may_overlap=e.may_overlap,
    )


def _manifest(
    exports: Sequence[Export],
    target: Target,
    machine: llvm.Machine,
    options: Options,
    calls: Mapping[str, NativeCall],
) -> dict[str, Any]:
    """What the artifact says about itself, as plain JSON values."""
    if target.chip == "native":
        features = [_CPUINFO[f[1:]] for f in machine.features.split(",") if f[0] == "+" and f[1:] in _CPUINFO]
    else:
        features = list(_REQUIRED.get(target.chip, ()))
    return {
        "format": "pyc-bundle/1",
        "name": options.name,
        "target": str(target),
        "compiler": f"pyc {__version__}",
        "source": {"path": options.source_path, "sha256": options.source_digest},
        "requires": {"machine": machine.triple.partition("-")[0], "features": sorted(features)},
        "functions": [
            _entry(e)
            | {
                "overlapping": next((_entry(v) for v in exports if v.variant_of == e.signature.symbol), None),
                "call": described(calls.get(e.symbol)),
            }
            for e in exports
            if e.variant_of is None
        ],
        "weights": None,
        "files": {},
    }
