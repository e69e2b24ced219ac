"""A program that a model has become is made a model again: the same one, as long as it says what that said.

The blocks and decorators of the program say which nodes its lines are (``rebuilt.py``). The program is what they say if
import writes exactly it of the model that they make; any other program is compiled like one that was never a model.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from typing import Any

import onnx

from pyc.artifact import Artifact
from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.dialects.signature import Signature, Value
from pyc.source import Source, Span
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.entry import function_entry
from pyc.targets.onnx import carriers, manifest, operators
from pyc.targets.onnx.artifact import facts, files_of

from .calls import NoCall
from .definitions import imported
from .parts import element_name, manifest_of
from .program import identifier, kind_of
from .rebuilt import rebuilt


def model_again(source: Source, options: Options) -> tuple[Artifact | None, Diagnostic | None]:
    """The artifact that a program was read from, written anew; and a warning where it was read from one and changed.

    Raises:
        CompileError: E506, a weight is missing; E608, it is too large.
    """
    given = options.weights or {}
    try:
        found = rebuilt(source.text, given)
    except NoCall as error:
        return None, _changed(str(error))
    if found is None:
        return None, None
    model = found.model
    if options.opset not in (0, operators.DEFAULT, next((i.version for i in model.opset_import if not i.domain), 0)):
        return None, _changed("it asks for the operators of another version")
    try:
        again = imported(model, found.name).text
    except CompileError as error:
        return None, _changed(error.diagnostics[0].message)
    place = _difference(source, again)
    if place is not None:
        return None, _changed("these lines are not what they say that they are", place)
    if found.missing and given:
        raise CompileError([Diagnostic("E506", f"the weights have no '{name}'") for name in found.missing])
    _as_inputs(model, found.missing)
    said = manifest_of(carriers.read_properties(model))
    if said is None or not said.get("functions"):
        ours = facts([entry_of(model, found.name)], options)
        said = {**ours, **(said or {}), "functions": ours["functions"]}
    manifest.unseal(model)
    manifest.seal(model, said)
    entry = said["functions"][0]
    (name, content), *beside = files_of(model, options, options.file or f"{options.name}.onnx", entry["name"]).items()
    label = entry["attribute"] if entry["method"] is None else f"{entry['attribute']}.{entry['method']}"
    return Artifact(Target("onnx"), {name: content}, (label,), said, single=True, beside=dict(beside)), None


def _changed(why: str, place: Span | None = None) -> Diagnostic:
    notes = (
        Note("nodes have other names then. They keep `loc` and `metadata` of the blocks that they are in, and"),
        Note("what `pyc.annotate` says; what else is said of nodes, values and the model is left out"),
    )
    message = f"the program is compiled, as it is not the model any more that it was: {why}"
    return Diagnostic("E625", message, place, notes, severity="warning")


def _difference(source: Source, again: str) -> Span | None:
    """The first statement of a program that another text does not have; ``None`` where they say the same."""
    here, there = ast.parse(source.text).body, ast.parse(again).body
    plain, other = ([s for s in body if not isinstance(s, ast.Import | ast.ImportFrom)] for body in (here, there))
    if _brought(here).items() >= _brought(there).items() and not (_brought(here).keys() - _brought(there)) & _names(
        plain
    ):
        if [ast.dump(s) for s in plain] == [ast.dump(s) for s in other]:
            return None
        node = _first(plain, other)
    else:
        node = here[0]
    if node is None:
        return Span(source, 0, 0)
    lines = source.text.splitlines(keepends=True)
    start = sum(len(line) for line in lines[: node.lineno - 1])
    text = lines[node.lineno - 1]
    column = len(text.encode()[: node.col_offset].decode())
    return Span(source, start + column, start + len(text.rstrip()))


def _brought(body: Sequence[ast.stmt]) -> dict[str, tuple[str, str]]:
    """What names stand for that imports bring, in whichever order."""
    found: dict[str, tuple[str, str]] = {}
    for statement in body:
        if isinstance(statement, ast.Import):
            found |= {a.asname or a.name: (a.name, "") for a in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            found |= {a.asname or a.name: (statement.module or "", a.name) for a in statement.names}
    return found


def _names(body: Sequence[ast.stmt]) -> set[str]:
    return {n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name)}


def _first(here: Sequence[ast.stmt], there: Sequence[ast.stmt]) -> ast.stmt | None:
    """The innermost of the first statements that differ; ``None`` where one list only ends before the other."""
    for k, statement in enumerate(here):
        other = there[k] if k < len(there) else None
        if other is not None and ast.dump(statement) == ast.dump(other):
            continue
        inner, inside = getattr(statement, "body", []), getattr(other, "body", [])
        return _first(inner, inside) or statement
    return None


def _as_inputs(model: onnx.ModelProto, missing: Collection[str]) -> None:
    """Make weights inputs, as those of any program are that are not given."""
    inputs = {v.name for v in model.graph.input}
    for i in reversed(range(len(model.graph.initializer))):
        tensor = model.graph.initializer[i]
        if tensor.name in missing:
            if tensor.name not in inputs:
                info = onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims))
                info.metadata_props.extend(tensor.metadata_props)
                model.graph.input.append(info)
            del model.graph.initializer[i]


def entry_of(model: onnx.ModelProto, name: str) -> dict[str, Any]:
    """What a manifest says of the function that the graph of a model from elsewhere is."""
    held = {t.name for t in model.graph.initializer}
    results = tuple(_described(v, "") for v in model.graph.output)
    signature = Signature(
        symbol=name,
        name=name,
        target="",
        parameters=tuple(_described(v, identifier(v.name)) for v in model.graph.input if v.name not in held),
        results=results,
        returns=tuple(range(len(results))),
        returns_tuple=len(results) > 1,
    )
    return function_entry(signature, symbol=name, attribute=name, method=None, errors=(), assumes=[])


def _described(info: onnx.ValueInfoProto, name: str) -> Value:
    kind = kind_of(info.type)
    if kind is None:
        return Value(name, "", element_name(info.type.tensor_type.elem_type) or "", None, "", "")
    dims = [
        str(d) if isinstance(d, int) else identifier(d or f"{info.name}_{axis}") for axis, d in enumerate(kind.dims)
    ]
    written = f"Tensor[{', '.join([kind.dtype, *dims])}]" if dims else kind.dtype
    return Value(name, written, kind.dtype, tuple(dims) if dims else None, kind.dtype, "")
