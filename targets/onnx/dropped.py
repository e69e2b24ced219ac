"""What PyTorch's export to ONNX has dropped of a program, and how it is carried over into the model.

Annotations of operations (``torch.fx.traceback.annotate``) become those of the user on the nodes that the operations
became, names of dimensions the extents of the model, lines of the source the locations of its nodes. The model is
sealed, so that what is carried over can be verified and restored as what pyc says itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from onnx import ModelProto

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.user_annotations import encoded, problem

from . import carriers, manifest
from .carriers import read_properties
from .exported_program import ExportedProgram, Operation, place
from .external import Elements
from .importing.again import entry_of
from .outline import scopes

#: Where torch's exporter says which operation a node is of, and of which lines.
_OPERATION, _TRACE = "pkg.torch.onnx.fx_node", "pkg.torch.onnx.stack_trace"
_NAME = re.compile(r"%(\w+) ")
#: The annotation that says of a weight which kind of weight it is.
ROLE = "torch.role"
#: What becomes of what has no place in the model.
_AWAY = "to the manifest"


@dataclass(frozen=True)
class Dropped:
    """Something that a program says and the model does not: what, of which parts, and how a program of pyc says it.

    ``carried`` says what became of it; empty where nothing can.
    """

    kind: str
    what: str
    of: tuple[str, ...]
    say: str
    carried: str = ""


@dataclass
class _Work:
    program: ExportedProgram
    model: ModelProto
    #: The nodes of each operation, and initializers by name.
    nodes: Mapping[str, Sequence[Any]]
    tensors: Mapping[str, Any]
    found: list[Dropped] = field(default_factory=list)
    #: What is said of parts of the program that have no place in the model: the manifest keeps it.
    away: dict[str, dict[str, Any]] = field(default_factory=dict)


def carry(
    program: ExportedProgram,
    model: ModelProto,
    names: Mapping[str, str],
    source: Mapping[str, str],
    name: str,
    elements: Elements | None = None,
) -> list[Dropped]:
    """What a model does not say of what the program says that it was exported from; it is carried over where it can be.

    ``names`` are those of extents, by the symbols of the program; ``source`` is the path and the SHA-256 of the
    program; ``name`` is what the model is called where it is loaded; ``elements`` gives those of weights that lie
    beside the model.

    Raises:
        CompileError: E624 the program has no such extent, or the model is not its export.
    """
    nodes: dict[str, list[Any]] = {}
    for _, body in scopes(model):
        for node in body.node:
            named = _NAME.match(read_properties(node).get(_OPERATION, ""))
            if named:
                nodes.setdefault(named[1], []).append(node)
    _check(program, nodes, names)
    work = _Work(program, model, nodes, {t.name: t for t in model.graph.initializer})
    _extents(work, names)
    _annotations(work)
    _modules(work)
    _weights(work)
    _locations(work)
    if manifest.MANIFEST_KEY not in read_properties(model):
        facts = {"name": name, "compiler": f"torch {program.torch}", "functions": [entry_of(model, name)]}
        away = {"dropped": work.away} if work.away else {}
        manifest.seal(model, {**facts, **away, "source": dict(source)}, elements)
    return work.found


def _check(program: ExportedProgram, nodes: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Refuse what cannot belong together.

    Raises:
        CompileError: E624.
    """
    unknown = [s for s in names if s not in program.extents]
    if unknown:
        note = Note(f"its extents are {', '.join(program.extents)}" if program.extents else "it has none")
        raise CompileError([Diagnostic("E624", f"the program has no extent {s}", notes=(note,)) for s in unknown])
    if not any(o.name in nodes for o in program.operations):
        note = Note("both are of one torch.onnx.export(..., dynamo=True): program.save and program.exported_program")
        found = Diagnostic("E624", "the model has no node of the operations of the program", notes=(note,))
        raise CompileError([found])


def _extents(work: _Work, names: Mapping[str, str]) -> None:
    inputs = {v.name: v for v in work.model.graph.input}
    for symbol, (low, high) in work.program.extents.items():
        places = [(v, a) for v, a in work.program.axes.get(symbol, ()) if v in inputs]
        of = tuple(f"axis {axis} of {v}" for v, axis in places)
        dims = [inputs[v].type.tensor_type.shape.dim[axis].dim_param for v, axis in places]
        now = dims[0] if dims else symbol
        name = names.get(symbol, now)
        if now == symbol:
            carried = f"as {name}" if name != symbol else ""
            say = f'--dim {symbol}=NAME; a program says {"NAME" if name == symbol else name} = Dim("...")'
            work.found.append(Dropped("dimension", f"the name of {symbol}", of, say, carried))
        if name != now:
            _renamed(work.model, now, name)
        least = 0 if low is None or low <= 2 else low
        if least or high is not None:
            bounds = f"{f'{low} <= ' if low is not None else ''}{name}{f' <= {high}' if high is not None else ''}"
            limits = {"min": low} if low is not None else {}
            limits |= {"max": high} if high is not None else {}
            for v, _ in places:
                _say(inputs[v], f"bounds.{name}", limits)
            carried = f"to the input, as bounds.{name}" if places and name.isidentifier() else ""
            work.found.append(Dropped("bounds", bounds, of, f"if not {bounds}: raise ValueError(...)", carried))


def _renamed(model: ModelProto, symbol: str, name: str) -> None:
    """Give a symbol another name, in all extents of a model that are computed of it."""
    word = re.compile(rf"\b{re.escape(symbol)}\b")
    for _, body in scopes(model):
        for value in (*body.input, *body.output, *body.value_info):
            for dim in () if isinstance(value, str) else value.type.tensor_type.shape.dim:
                if dim.dim_param:
                    dim.dim_param = word.sub(name, dim.dim_param)


def _annotations(work: _Work) -> None:
    """What is said of operations, in groups of those of which the same is said."""
    groups: dict[tuple[str, str], list[Operation]] = {}
    for operation in work.program.operations:
        for key, value in operation.says.items():
            groups.setdefault((key, json.dumps(value, sort_keys=True)), []).append(operation)
    for (key, text), operations in groups.items():
        value = json.loads(text)
        wrong = problem({key: value})
        there: list[str] = []
        gone: list[str] = []
        for operation in operations:
            parts = [] if wrong else _parts(work, operation)
            for part in parts:
                _say(part, key, value)
            (there if parts else gone).append(_spelled(operation))
            if not parts:
                work.away.setdefault(f"operation {_spelled(operation)}", {})[key] = value
        entry = f"{key}={value!r}" if key.isidentifier() else f"**{{{key!r}: {value!r}}}"
        say = f"with pyc.annotate({entry}):"
        what = f"{key}={value!r}"
        if there:
            work.found.append(Dropped("annotation", what, tuple(there), say, "to the nodes"))
        if gone:
            why = wrong or f"{what}, of operations that the model does not have"
            work.found.append(Dropped("annotation", why, tuple(gone), say, _AWAY))


def _parts(work: _Work, operation: Operation) -> list[Any]:
    """The nodes that an operation became, or the tensor that the exporter has computed beforehand."""
    return [*work.nodes.get(operation.name, ()), *(work.tensors[o] for o in operation.outputs if o in work.tensors)]


def _spelled(operation: Operation) -> str:
    path = operation.modules[-1][0] if operation.modules else ""
    return f"{path}/{operation.name}" if path else operation.name


def _say(part: Any, key: str, value: Any) -> None:
    name = carriers.USER + key
    if name not in read_properties(part):
        part.metadata_props.add(key=name, value=encoded(value))


def _modules(work: _Work) -> None:
    modules = work.program.modules()
    if modules:
        there = {p for o in work.program.operations if _parts(work, o) for p, _ in o.modules}
        of = tuple(f"{path} ({name})" for path, name in modules.items() if path in there)
        gone = tuple(f"{path} ({name})" for path, name in modules.items() if path not in there)
        say = f"class {next(iter(modules.values()))}(pyc.Module), and fields of that type"
        kept = "in texts of the nodes, which pyc inspect reads"
        work.found.append(Dropped("module", "modules as functions", of, say, kept))
        if gone:
            work.away |= {f"module {p}": {"class": n} for p, n in modules.items() if p not in there}
            work.found.append(Dropped("module", "modules that compute nothing", gone, say, _AWAY))


def _weights(work: _Work) -> None:
    gone = tuple(name for name in work.program.weights if name not in work.tensors)
    if gone:
        what = "weights by their names: the exporter has computed with them, or found others that are equal"
        work.away |= {f"weight {name}": {ROLE: work.program.weights[name]} for name in gone}
        say = "w: Tensor[...] in the module; --weights has it by its name"
        work.found.append(Dropped("weight", what, gone, say, _AWAY))
    other = {name: kind for name, kind in work.program.weights.items() if kind != "parameter" and name in work.tensors}
    for name, kind in other.items():
        _say(work.tensors[name], ROLE, kind)
    if other:
        say = f'Annotated[Tensor[...], pyc.annotate(**{{"{ROLE}": "buffer"}})]'
        work.found.append(Dropped("weight", "which weights are no parameters", tuple(other), say, f"as {ROLE} of them"))


def _locations(work: _Work) -> None:
    places = {o.name: o.place for o in work.program.operations}
    count = 0
    for name, nodes in work.nodes.items():
        for node in nodes:
            properties = read_properties(node)
            where = place(properties.get(_TRACE, "")) or places.get(name, "")
            if where and carriers.LOC not in properties:
                node.metadata_props.add(key=carriers.LOC, value=f"{where}:1")
                count += 1
    if count:
        say = "nothing: every operation has its line"
        kept = "to the nodes, as their location"
        work.found.append(Dropped("location", f"lines of the source of {count} nodes, but in texts", (), say, kept))
