"""Programs as ``torch.export.save`` writes them (``.pt2``), read without PyTorch: their text, and no pickle.

Only what the export to ONNX may drop is read: annotations of operations, modules, weights, extents and their bounds.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic, Note

#: Bytes of text that a program may have.
_LARGEST = 1 << 28
#: Files of PyTorch itself.
_TORCH = re.compile(r"(?:^|-packages/)torch/")
_FRAME = re.compile(r'File "([^"]+)", line (\d+), in ')
#: An extent that is a symbol and no expression of several.
_SYMBOL = re.compile(r"Symbol\('(\w+)'[^()]*\)|([A-Za-z_]\w*)")
_WEIGHTS = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}


@dataclass(frozen=True)
class Operation:
    """An operation of a program: the modules it is in, outermost first, and what the user says of it.

    ``place`` is the line of the user's that it is from; empty where the program does not say it.
    """

    name: str
    modules: tuple[tuple[str, str], ...]
    says: Mapping[str, Any]
    outputs: tuple[str, ...]
    place: str


@dataclass(frozen=True)
class ExportedProgram:
    """What a program says: ``weights`` are kinds by dotted name; ``extents`` bounds by symbol, and ``axes`` where the
    inputs have them."""

    torch: str
    operations: tuple[Operation, ...]
    weights: Mapping[str, str]
    extents: Mapping[str, tuple[int | None, int | None]]
    axes: Mapping[str, tuple[tuple[str, int], ...]]

    def modules(self) -> dict[str, str]:
        """The class of each submodule by its path, in the order of use."""
        return {path: name for o in self.operations for path, name in o.modules if path}


def read(path: Path) -> ExportedProgram:
    """The program in a file.

    Raises:
        CompileError: E623 there is none, or it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [i for i in archive.infolist() if PurePath(i.filename).match("*/models/*.json")]
            if len(names) != 1:
                raise _refused(path, f"it has {len(names)} programs" if names else "it has no program")
            if names[0].file_size > _LARGEST:
                raise _refused(path, f"its program is longer than {_LARGEST >> 20} MiB")
            with archive.open(names[0]) as file:
                text = file.read(_LARGEST + 1)
    except OSError as error:
        raise _refused(path, (error.strerror or str(error)).lower()) from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError):
        raise _refused(path, "it is no file of torch.export.save, or a damaged one") from None
    try:
        return _program(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _refused(path, "its program is not one that PyTorch 2.6 to 2.13 writes") from None


def _refused(path: Path, why: str) -> CompileError:
    note = Note(
        "torch.export.save(program.exported_program, 'net.pt2') writes one, program being what torch.onnx.export gives"
    )
    return CompileError([Diagnostic("E623", f"the exported program {path.name} cannot be read: {why}", notes=(note,))])


def _program(tree: Mapping[str, Any]) -> ExportedProgram:
    module = tree["graph_module"]
    graph, signature = module["graph"], module["signature"]
    weights: dict[str, str] = {}
    inputs: list[str] = []
    for entry in signature["input_specs"]:
        ((kind, spec),) = entry.items()
        if kind in _WEIGHTS:
            weights[str(spec[_WEIGHTS[kind]])] = kind.replace("_", " ")
        elif kind == "user_input" and "as_tensor" in spec["arg"]:
            inputs.append(str(spec["arg"]["as_tensor"]["name"]))
    axes: dict[str, list[tuple[str, int]]] = {}
    for name in inputs:
        for axis, size in enumerate(graph["tensor_values"][name]["sizes"]):
            symbol = _SYMBOL.fullmatch(size.get("as_expr", {}).get("expr_str", ""))
            if symbol:
                axes.setdefault(symbol[1] or symbol[2], []).append((name, axis))
    return ExportedProgram(
        str(tree["torch_version"]),
        tuple(_operation(node) for node in graph["nodes"]),
        weights,
        {str(s): (_bound(b["min_val"]), _bound(b["max_val"])) for s, b in tree["range_constraints"].items()},
        {symbol: tuple(places) for symbol, places in axes.items()},
    )


def _bound(value: Any) -> int | None:
    return None if value is None else int(value)


def _operation(node: Mapping[str, Any]) -> Operation:
    metadata = node["metadata"]
    custom = json.loads(metadata.get("custom") or "{}")
    return Operation(
        str(node["name"]),
        tuple(_modules(metadata.get("nn_module_stack") or "")),
        # What torch notes for itself begins with an underscore.
        {str(k): v for k, v in custom.items() if not str(k).startswith("_")},
        tuple(_outputs(node["outputs"])),
        place(metadata.get("stack_trace") or ""),
    )


def _modules(text: str) -> Iterator[tuple[str, str]]:
    """(path, class) of ``key,path,class;...``."""
    for entry in text.split(";") if text else ():
        _, path, name = entry.split(",", 2)
        yield path, name.rpartition(".")[2]


def _outputs(outputs: Any) -> Iterator[str]:
    for output in outputs:
        if "as_tensor" in output:
            yield str(output["as_tensor"]["name"])
        yield from (str(t["name"]) for t in output.get("as_tensors", ()))


def place(trace: str) -> str:
    """``file:line`` of the innermost frame of a traceback that is not in PyTorch."""
    frames = [(file, line) for file, line in _FRAME.findall(trace) if not _TORCH.search(file.replace("\\", "/"))]
    return f"{frames[-1][0]}:{frames[-1][1]}" if frames else ""
