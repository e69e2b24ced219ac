"""Models as Python functions on NumPy arrays, run by ONNX Runtime: what ``pyc.load`` gives for them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.precision import DTYPES
from pyc.targets.cpu._bundle import Bundle
from pyc.targets.cpu._called import Described
from pyc.targets.naming import python_name

#: Where export writes what a bundle has in its manifest.json.
MANIFEST_KEY = "org.pyc.manifest"
#: ONNX Runtime's names of element types.
_ELEMENTS = {
    "tensor(bool)": "bool",
    "tensor(int4)": "i4",
    "tensor(uint4)": "u4",
    "tensor(int8)": "i8",
    "tensor(int16)": "i16",
    "tensor(int32)": "i32",
    "tensor(int64)": "i64",
    "tensor(uint8)": "u8",
    "tensor(uint16)": "u16",
    "tensor(uint32)": "u32",
    "tensor(uint64)": "u64",
    "tensor(float8e4m3fn)": "f8e4m3",
    "tensor(float8e5m2)": "f8e5m2",
    "tensor(bfloat16)": "bf16",
    "tensor(float16)": "f16",
    "tensor(float)": "f32",
    "tensor(double)": "f64",
}


class ModelFunction(Described):
    """A model as a function: arguments are checked as those of compiled code are; ONNX Runtime may copy them."""

    def __init__(self, entry: Mapping[str, Any], session: Any) -> None:
        # Weights are either all in the model, or inputs after the parameters.
        held = session.input_count < len(entry["parameters"])
        values = [v for v in entry["parameters"] if v["weight"] is None or not held]
        super().__init__({**entry, "parameters": values})
        self._session = session

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        if named or len(arguments) != self._plain:
            arguments = self._bind(arguments, named)
        arguments, seen, _, _ = self._take(arguments)
        given = [
            a if v["dims"] is not None else np.asarray(a, DTYPES[v["dtype"]].dtype)
            for v, a in zip(self._description["parameters"], seen, strict=True)
        ]
        outputs = self._session.run(given)
        declared = self._description["results"]
        results = [_scalar(v, o) if v["dims"] is None else o for v, o in zip(declared, outputs, strict=False)]
        # After them come arguments that the function returns as they are.
        for index, final in zip(self._description["writes"], outputs[len(declared) :], strict=False):
            seen[index][...] = final
        return self._give(results, arguments)


def _scalar(value: Mapping[str, Any], output: Any) -> Any:
    """A scalar result as Python's for ``int``, ``float`` and ``bool``, else as NumPy's."""
    return output.item() if value["type"] in ("int", "float", "bool") else output[()]


def open_models(paths: Sequence[Path]) -> Bundle:
    """The functions of models, each the graph of one.

    Raises:
        CompileError: one is missing or damaged (E509), or ONNX Runtime is not installed (E514).
    """
    if find_spec("onnxruntime") is None:
        note = Note("pip install 'pyc[onnx]'", fix=True)
        message = f"running {paths[0]} needs onnxruntime, which is not installed"
        raise CompileError([Diagnostic("E514", message, notes=(note,))])
    found = [_open(path) for path in paths]
    entries = [entry for _, entry in found]
    for entry in entries:
        entry["attribute"], entry["method"] = python_name(_Named.of(entry), [_Named.of(e) for e in entries])
    sessions = {entry["symbol"]: session for session, entry in found}
    name = paths[0].stem if len(paths) == 1 else paths[0].parent.stem  # several stand in a folder
    manifest = {"name": name, "target": "onnx", "functions": entries}
    return Bundle(manifest, lambda entry: ModelFunction(entry, sessions[entry["symbol"]]))


@dataclass(frozen=True)
class _Named:
    """What a description says of its function's name."""

    symbol: str
    name: str
    module: str | None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> _Named:
        return cls(entry["symbol"], entry["name"], entry["module"])


def _open(path: Path) -> tuple[Any, dict[str, Any]]:
    """A model in ONNX Runtime, and the description of its function."""
    from .runtime import Session

    if not path.is_file():
        raise CompileError([Diagnostic("E509", f"cannot load {path}: there is no such file")])
    try:
        session = Session(os.fspath(path))
        manifest = session.metadata.get(MANIFEST_KEY)
        entry = json.loads(manifest)["functions"][0] if manifest else _described(path, session)
    # ONNX Runtime's exceptions have no base of their own.
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise CompileError([Diagnostic("E509", f"cannot load {path}: {reason[0]}")]) from error
    return session, entry


def _described(path: Path, session: Any) -> dict[str, Any]:
    """The description of a model that pyc did not write, from its inputs and outputs."""

    def value(name: str, kind: str, shape: Sequence[int | str | None]) -> dict[str, Any]:
        plain = re.sub(r"\W", "_", name)
        if kind not in _ELEMENTS:
            raise ValueError(f"'{name}' is a {kind}, which has no counterpart")
        dims = [
            str(d) if isinstance(d, int) else d if d and d.isidentifier() else f"{plain}_{axis}"
            for axis, d in enumerate(shape)
        ]
        dtype = _ELEMENTS[kind]
        label = f"Tensor[{', '.join([dtype, *dims])}]"
        facts = {"precision": dtype, "target": "", "written": False, "weight": None}
        return {"name": plain, "type": label, "dtype": dtype, "dims": dims, **facts}

    name = re.sub(r"\W", "_", path.stem)
    results = [value(*o) for o in session.outputs]
    return {
        "name": name,
        "symbol": name,
        "module": None,
        "target": "onnx",
        "parameters": [value(*i) for i in session.inputs],
        "results": results,
        "returns": list(range(len(results))),
        "returns_tuple": len(results) != 1,
        "writes": [],
        "errors": [],
    }
