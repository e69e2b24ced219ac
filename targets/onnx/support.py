"""What ONNX cannot say of a program, as diagnostics at the user's lines. After this, emission does not fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyc.diagnostics import Diagnostic, Note
from pyc.dialects import errors, signature
from pyc.dialects.mlir import ir
from pyc.dialects.types import dtype_of, element_of
from pyc.dialects.walk import callee_of, calls_in
from pyc.precision import DTYPES
from pyc.source import Source, Span

from . import carriers, quantised
from .control import CONTROL
from .rules import RULES

_STRUCTURE = frozenset(
    {"func.func", "func.return", "func.call", "arith.constant", "scf.yield", "scf.condition", "pyc.annotate"}
)
#: What is there for a check alone, of which there is word already.
_CHECKED = frozenset({"pyc.first_outside"})
#: Protocol buffers, which models are, may be nested 100 deep, and a branch is three of them.
_DEEPEST = 30
_EXACT = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "floordiv": "//", "mod": "%", "pow": "**", "shl": "<<", "shr": ">>",
    "neg": "-", "abs": "abs",
}  # fmt: skip


class Sources:
    """Files of the program by path, read when a diagnostic needs them."""

    def __init__(self) -> None:
        self._read: dict[str, Source | None] = {}

    def span(self, location: Any) -> Span | None:
        """The span that an MLIR location names; ``None`` where the file cannot be read."""
        while isinstance(location, ir.NameLoc):
            location = location.child_loc
        file, line, column = errors.position(location)
        source = self._source(file) if file else None
        if source is None:
            return None
        start = end = source.offset(line, column)
        if isinstance(location, ir.FileLineColLoc):
            end = max(start, source.offset(location.end_line, location.end_col))
        return Span(source, start, end)

    def _source(self, path: str) -> Source | None:
        if path not in self._read:
            try:
                self._read[path] = Source(path, Path(path).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                self._read[path] = None
        return self._read[path]


def unsupported(module: Any) -> list[Diagnostic]:
    """Every construct of a module that has no counterpart in ONNX, in program order; one diagnostic for each place."""
    sources = Sources()
    found: dict[tuple[str, str, str], Diagnostic] = {}
    for code, message, location, notes in (*_annotations(module), *_operations(module)):
        key = (code, message, str(location))
        if key not in found:
            found[key] = Diagnostic(code, _placed(message, location, sources), sources.span(location), notes)
    return list(found.values())


def _placed(message: str, location: Any, sources: Sources) -> str:
    """The message, with the position in it where there will be no caret to show it."""
    file, line, _ = errors.position(location)
    return message if not file or sources.span(location) is not None else f"{message} ({file}:{line})"


def _too_deep(operation: Any, depth: int = 0) -> Any | None:
    """The first operation that is in too many others."""
    if depth > _DEEPEST:
        return operation
    inner = (op.operation for region in operation.regions for block in region.blocks for op in block.operations)
    return next((d for op in inner if len(op.regions) and (d := _too_deep(op, depth + 1)) is not None), None)


_Finding = tuple[str, str, Any, tuple[Note, ...]]


def _annotations(module: Any) -> Iterator[_Finding]:
    for name, location in carriers.without_carrier(module):
        if name in ("pyc.memory", "pyc.may_overlap"):
            continue  # what is said of the function itself
        yield "E606", f"the annotation {name} has no place in an ONNX model", location, ()


def _operations(module: Any) -> Iterator[_Finding]:
    for function in _written_out(module):
        if "pyc.memory" in function.attributes:
            why = ir.StringAttr(function.attributes["pyc.memory"]).value
            name = ir.StringAttr(function.attributes["sym_name"]).value
            yield "E602", f"'{name}' cannot be exported to ONNX, where arrays are values: {why}", function.location, ()
            continue
        found: list[_Finding] = []

        def visit(operation: Any, found: list[_Finding] = found) -> Any:
            finding = _problem(operation)
            if finding is not None:
                found.append(finding)
            return ir.WalkResult.ADVANCE

        if (deep := _too_deep(function)) is not None:
            message = f"branches and loops are in one another more than {_DEEPEST} deep here, which no model can hold"
            yield "E602", message, deep.location, ()
            continue
        function.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
        yield from found
        yield from _complex_parameters(function)
        s = signature.read(function)
        if s.export and not (s.results or s.writes or s.returns):
            yield (
                "E609",
                f"'{s.name}' gives nothing and writes nothing: its model would be empty",
                function.location,
                (),
            )
    yield from _recursion(module)


def _written_out(module: Any) -> list[Any]:
    """The functions of a module whose bodies a model has: all but those that are an operator, and what these call."""
    functions = {ir.StringAttr(f.attributes["sym_name"]).value: f for f in signature.functions(module)}
    called = {symbol for f in functions.values() for symbol in called_symbols(f)}
    found = {symbol: None for symbol in functions if symbol not in called}
    pending = list(found)
    while pending:
        for symbol in called_symbols(functions[pending.pop()]):
            if symbol not in found and not quantised.is_native(functions[symbol]):
                found[symbol] = None
                pending.append(symbol)
    return [f for symbol, f in functions.items() if symbol in found]


def _problem(operation: Any) -> _Finding | None:
    name, location = operation.name, operation.location
    if name == "pyc.check":
        kind, message = (ir.StringAttr(operation.attributes[k]).value for k in ("kind", "message"))
        fix = Note("--unchecked and @pyc.jit(unchecked=True) take indices for granted", fix=True)
        notes = (fix,) if kind == "IndexError" else ()
        return "E603", f"ONNX cannot raise {kind} ('{message}'), and this check depends on data", location, notes
    if name == "pyc.tell":
        return "E603", "ONNX cannot print, nor put run-time values into messages", location, ()
    if name.startswith("pyc.int_"):
        sign = _EXACT[name.removeprefix("pyc.int_")]
        if name == "pyc.int_div":
            fix = Note("convert first, float(a) / float(b): numbers beyond 2**53 are then rounded twice", fix=True)
            return "E604", "ONNX cannot divide int by int with one rounding", location, (fix,)
        fix = Note("a sized integer (i64) wraps and can be exported", fix=True)
        return (
            "E604",
            f"the int result of '{sign}' may leave 64 bits, and ONNX cannot raise OverflowError",
            location,
            (fix,),
        )
    if (found := _complex(operation)) is not None:
        return found
    if not (name in RULES or name in CONTROL or name in _STRUCTURE or name in _CHECKED):
        return "E602", f"{name} has no counterpart in ONNX", location, ()
    return None


def _recursion(module: Any) -> Iterator[_Finding]:
    """Functions that call themselves, directly or not."""
    functions = {ir.StringAttr(f.attributes["sym_name"]).value: f for f in signature.functions(module)}
    calls = {symbol: called_symbols(f) for symbol, f in functions.items()}
    for symbol, function in functions.items():
        seen, pending = set[str](), list(calls[symbol])
        while pending:
            callee = pending.pop()
            if callee not in seen:
                seen.add(callee)
                pending += calls.get(callee, ())
        if symbol in seen:
            name = signature.read(function).name
            yield "E602", f"'{name}' calls itself: recursion cannot be exported to ONNX", function.location, ()


def called_symbols(function: Any) -> list[str]:
    """The symbols of the functions that a function calls for what they give, in program order.

    What gives nothing has been there to check something.
    """
    return [callee_of(call) for call in calls_in(function.operation) if len(call.results)]


def _complex(operation: Any) -> _Finding | None:
    for value in (*operation.operands, *operation.results):
        dtype = dtype_of(element_of(value.type)) if operation.name.startswith("pyc.") else ""
        if dtype and DTYPES[dtype].kind == "complex":
            return "E605", f"ONNX has no operations on {dtype}", operation.location, ()
    return None


def _complex_parameters(function: Any) -> Iterator[_Finding]:
    for v in (*signature.read(function).parameters, *signature.read(function).results):
        if DTYPES[v.dtype].kind == "complex":
            yield "E605", f"ONNX has no operations on {v.dtype}", function.location, ()
