"""The user's annotations in the pyc dialect: an operation says those of a value, an attribute those of an operation.

Before::

    with pyc.annotate(stage=2):
        y = pyc.annotate(x * 2, role="doubled")

After::

    %0 = "pyc.mul"(%x, %two) {pyc.annotations = {stage = 2 : i64}} : ...
    "pyc.annotate"(%0) {annotations = {role = "doubled"}} : ...

An operation is where its location says, as with ``fastmath``. What is said of a value is said of the value that the
name has there: what is written to the array afterwards makes another value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyc.dialects import annotation, build, errors
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested
from pyc.source import Span

from . import emit_memory as memory
from . import emit_views as views
from . import tree
from .emit_frame import Frame, refined
from .objects import Ref
from .report import Note, fix

#: What computes nothing of its own: constants are shared by all that use them, checks raise, terminators pass on.
_UNSAID = frozenset(
    {"arith.constant", "pyc.annotate", "pyc.check", "pyc.tell", "func.func", "func.return", "scf.yield"}
    | {"scf.condition", "builtin.module"}
)

_Said = Sequence[tuple[Span, Mapping[str, Any]]]


def annotate(frame: Frame, e: tree.Annotated, value: Any) -> Any:
    """``value``, of which is said what ``e`` says: a constant as one of its own, because equal ones are shared."""
    owner = value.owner
    with frame.at(e.span):
        if not isinstance(owner, ir.Block) and owner.operation.name == "arith.constant":
            value = ir.Operation.create(
                "arith.constant", [value.type], attributes={"value": owner.operation.attributes["value"]}
            ).results[0]
        elif frame.memory is None:
            _agrees(frame, e, value)
        build.annotate(value, e.entries)
    return value


def annotate_array(frame: Frame, e: tree.Annotated, ref: Ref) -> None:
    """Say what ``e`` says of an array that is referred to: of its value, or of its place in memory form."""
    with frame.at(e.span):
        found = memory.place(frame, ref) if frame.memory is not None else views.read(frame, ref, e.span)
    annotate(frame, e, found if frame.memory is not None else refined(found, e.type))


def _agrees(frame: Frame, e: tree.Annotated, value: Any) -> None:
    """Report what is said of a value twice, and differs."""
    for other in annotation.said_of(value):
        known = annotation.entries_of(other.attributes["annotations"])
        for name, said in e.entries.items():
            if name in known and not annotation.same(known[name], said):
                line = errors.position(other.location)[1]
                message = f"this value has another annotation '{name}' already: {known[name]!r}, and here {said!r}"
                frame.report.error("E136", message, e.span, Note(f"it is given in line {line}"), fix("say it once"))


def mark(module: Any, program: tree.Program, *, nodes: bool = False) -> None:
    """Give operations what is said of the blocks that they are written in, and note that anything is said.

    ``nodes`` says that this includes what is said of nodes of a model.
    """
    said = {f.symbol: [e for e in f.said if nodes or annotation.NODE not in e[1]] for f in program.functions}
    others = [entry for entries in said.values() for entry in entries]
    found = False
    if others:
        for function in module.body.operations:
            found |= _mark(function.operation, said, others)
    if found or any(_has_values(f.operation) for f in module.body.operations if _says(program)):
        annotation.mark_annotated(module)


def _mark(function: Any, said: Mapping[str, _Said], others: _Said) -> bool:
    """Give the operations of a function what is said of their places: its own blocks, those of others emitted in it."""
    symbol = ir.StringAttr(function.attributes["sym_name"]).value
    own = said.get(symbol, ())
    spans = {span for span, _ in own}
    blocks: dict[int, list[tuple[Span, Mapping[str, Any]]]] = {}
    for entry in (*(entry for entry in others if entry[0] not in spans), *own):
        for line in range(entry[0].begin[0], entry[0].stop[0] + 1):
            blocks.setdefault(line, []).append(entry)
    found = False
    for operation in nested(function):
        if operation.name not in _UNSAID and (entries := _of_place(operation.location, blocks)):
            annotation.annotate_operation(operation, entries)
            found = True
    return found


def _of_place(location: Any, blocks: Mapping[int, _Said]) -> dict[str, Any]:
    """What the blocks around a place say, an inner one before an outer one; ``blocks`` are those of each line."""
    file, line, column = errors.position(location)
    around = [
        (span, said)
        for span, said in blocks.get(line, ())
        if span.source.path == file and span.begin <= (line, column) < span.stop
    ]
    found: dict[str, Any] = {}
    for _, said in sorted(around, key=lambda entry: entry[0].begin):
        found |= said
    return found


def _says(program: tree.Program) -> bool:
    """Whether the sources of a program name ``annotate`` at all: nothing is looked for where they do not."""
    return any("annotate" in text for text in {f.span.source.text for f in program.functions})


def _has_values(function: Any) -> bool:
    return any(operation.name == "pyc.annotate" for operation in nested(function))
