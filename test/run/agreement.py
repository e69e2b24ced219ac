"""Programs of the language as models: what exports gives in every runtime what CPython gives, the rest is refused.

``python test/run/agreement.py OUTPUT CALLS FILE...`` runs the tests of these files by CPython, exports what they call,
calls the models with the arguments of at most so many of the calls of each function, and writes to OUTPUT what became
of each function, as JSON.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from language import CPU, outcome
from onnx.reference import ReferenceEvaluator
from recorded_calls import PROGRAMS, Program, spread
from records import plain

from pyc.diagnostics import CompileError, Diagnostic
from pyc.dialects import signature
from pyc.dialects.mlir import ir
from pyc.dialects.walk import callee_of, calls_in
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu._bundle import Bundle
from pyc.targets.cpu.run import load
from pyc.targets.onnx.operators import NEWEST
from pyc.targets.onnx.runtime import Session
from pyc.targets.onnx.session import MANIFEST_KEY, ModelFunction

ONNX = Target("onnx")
#: How far from CPython's a number may be, relative to the largest one: functions of libraries, and sums.
TOLERANCE = {"f": {8: 1e-12, 4: 4e-6, 2: 4e-3}}


#: What is refused in models only.
_OF_MODELS = re.compile("E(120|126|40[1-9]|6..)")


class Reference:
    """ONNX's own evaluator, as a session."""

    def __init__(self, content: bytes) -> None:
        model = onnx.load_from_string(content)
        self._evaluator = ReferenceEvaluator(model)
        self._names = [str(name) for name in self._evaluator.input_names]
        self.metadata = {p.key: p.value for p in model.metadata_props}

    @property
    def input_count(self) -> int:
        """How many inputs the model has."""
        return len(self._names)

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """The outputs for the inputs."""
        return list(self._evaluator.run(None, dict(zip(self._names, arrays, strict=True))))


#: What runs a model.
RUNTIMES = {
    "ONNX Runtime, not optimised": lambda content: Session(content, optimise=False),
    "ONNX Runtime": Session,
    "onnx.reference": Reference,
}


@dataclass(frozen=True)
class Finding:
    """What became of a function: ``how`` is ``exported``, ``unchecked`` (exported so), a code, or ``fault``."""

    test: str
    name: str
    how: str
    why: str = ""
    line: str = ""
    calls: int = 0
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """An exported function: its bytes, and which exceptions are outside of what it says it is for."""

    content: bytes
    excused: frozenset[str]
    unchecked: bool


def exported(text: str, names: Sequence[str], opset: int = 0) -> dict[str, Model | CompileError | Exception]:
    """Each function of a program as a model, or why it is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_text(text)
        source = Source(str(path), text)
        found = _exported(source, names, opset, unchecked=False)
        later = [n for n, m in found.items() if isinstance(m, CompileError) and m.diagnostics[0].code == "E610"]
        if later and not opset:
            found |= _exported(source, later, NEWEST, unchecked=False)
        again = [n for n, m in found.items() if isinstance(m, CompileError) and _is_unchecked(m)]
        if again:
            found |= {
                n: m
                for n, m in _exported(source, again, opset, unchecked=True).items()
                if not isinstance(m, CompileError)
            }
        return found


def _is_unchecked(error: CompileError) -> bool:
    return any(d.code == "E603" and "IndexError" in d.message for d in error.diagnostics)


def _exported(source: Source, names: Sequence[str], opset: int, *, unchecked: bool) -> dict[str, Any]:
    """Together, as long as the frontend refuses none of them; else each alone."""
    try:
        module = lower(source, Request(functions=tuple(names), memory=False, copies=True)).module
    except CompileError as error:
        if len(names) == 1:
            return {names[0]: error}
        refused = {n: CompileError(found) for n in names if (found := _about(error, source, n))}
        rest = [n for n in names if n not in refused]
        parts = [rest] if refused and rest else [] if refused else [[n] for n in names]
        return refused | {n: m for p in parts for n, m in _exported(source, p, opset, unchecked=unchecked).items()}
    except Exception as error:
        return dict.fromkeys(names, error)
    options = Options("program", source_path=source.path, opset=opset, unchecked=unchecked)
    out: dict[str, Any] = {}
    with module.context, ir.Location.unknown():
        try:
            backend("onnx").pipeline(ONNX, options).run(module)
        except Exception as error:
            return dict.fromkeys(names, error)
        for function in signature.functions(module):
            if signature.is_exported(function):
                s = signature.read(function)
                out[s.name] = _model(module, s.symbol, options)
    return {n: out[n] for n in names}


def _about(error: CompileError, source: Source, name: str) -> list[Diagnostic]:
    """The diagnostics that point into a function."""
    found = re.search(rf"^def {name}\b.*\n(?:[ \t)].*\n|\n)*", source.text + "\n", re.MULTILINE)
    if found is None:
        return []
    return [d for d in error.diagnostics if d.span is not None and found.start() <= d.span.start < found.end()]


def _model(module: Any, symbol: str, options: Options) -> Model | Exception:
    """The model of one function, made of a copy of the module that has only this and what it calls."""
    alone = module.operation.clone().opview
    functions = {ir.StringAttr(f.attributes["sym_name"]).value: f for f in signature.functions(alone)}
    kept, pending = {symbol}, [symbol]
    while pending:
        more = {callee_of(c) for c in calls_in(functions[pending.pop()].operation)} - kept
        kept.update(more)
        pending += more
    for name, function in functions.items():
        if name not in kept:
            function.operation.erase()
    try:
        (content,) = backend("onnx").emit(alone, ONNX, options).files.values()
    except Exception as error:
        return error
    entry = json.loads({p.key: p.value for p in onnx.load_from_string(content).metadata_props}[MANIFEST_KEY])[
        "functions"
    ][0]
    excused = {"MemoryError", *(text.partition(":")[0] for text in entry["assumes"])}
    return Model(content, frozenset(excused | ({"IndexError"} if options.unchecked else set())), options.unchecked)


def _entry(session: Any) -> dict[str, Any]:
    (entry,) = json.loads(session.metadata[MANIFEST_KEY])["functions"]
    return {**entry, "attribute": "f", "method": None}


def _called(session: Any, records: Mapping[str, Any]) -> Any:
    """A model as a function that takes records of these types."""
    entry = _entry(session)
    manifest = {"name": "program", "target": "onnx", "functions": [entry]}
    bundle = Bundle(manifest, lambda entry: ModelFunction(entry, session))
    if records:
        bundle.adopt(records)
    return bundle.f


def disagreements(program: Program, name: str, model: Model, calls: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    """What a model gives that CPython does not, nor compiled code where the language has a meaning of its own."""
    found = tuple(problems(model, program.python[name], calls, program.records))
    if found:
        judge = getattr(compiled(program, name), name)
        found = tuple(problems(model, judge, calls, program.records))
    return found


def compiled(program: Program, *names: str) -> Any:
    """Functions of a program on the CPU."""
    cpu = backend("cpu")
    options = Options(name="program", emit="obj", source_path="<program>", level=0, pool=False)
    module = lower(Source("<program>", program.text), Request(CPU, names)).module
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        functions = load(cpu.emit(module, CPU, options))
    functions.adopt(program.records)
    return functions


def problems(model: Model, judge: Any, calls: Sequence[tuple[Any, ...]], records: Mapping[str, Any]) -> Iterator[str]:
    """What a model gives that a function does not, in each runtime."""
    expected = [outcome(judge, arguments) for arguments in calls]
    for runtime, opened in RUNTIMES.items():
        try:
            function = _called(opened(model.content), records)
        except Exception as error:
            yield f"{runtime} does not load it: {type(error).__name__}: {str(error)[:300]}"
            continue
        for arguments, wanted in zip(calls, expected, strict=True):
            if wanted.error is not None and wanted.error[0] in model.excused:
                continue
            if _has_objects(wanted.result):
                continue  # a dimension that is used as a number is one in compiled code alone
            actual = outcome(function, arguments)
            if actual.error is not None and actual.error[0] == "Overlap":
                continue  # who calls a model cannot have two names for one array
            if (wanted.error is None) != (actual.error is None):
                problem = f"{actual.error or actual.result}, not {wanted.error or wanted.result}"
            elif wanted.error is not None and actual.error is not None:
                problem = "" if wanted.error[0] == actual.error[0] else f"{actual.error}, not {wanted.error}"
            else:
                problem = difference(plain(actual.result), plain(wanted.result))
                problem = problem or difference(plain(actual.arguments), plain(wanted.arguments))
            if problem:
                yield f"{runtime}, {shown(arguments)}: {problem}"


def _has_objects(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_has_objects, value))
    return isinstance(value, np.ndarray) and value.dtype == object


def shown(value: Any) -> str:
    """A value in few words."""
    return " ".join(repr(value).split())[:200]


def difference(actual: Any, expected: Any) -> str:
    """How a value is not the one that is wanted; empty where it is."""
    if isinstance(expected, tuple | list):
        if not isinstance(actual, tuple) or len(actual) != len(expected):
            return f"{shown(actual)}, not {shown(expected)}"
        return next((d for a, e in zip(actual, expected, strict=True) if (d := difference(a, e))), "")
    if expected is None or isinstance(expected, str):
        return "" if actual == expected else f"{shown(actual)}, not {shown(expected)}"
    a, e = np.asarray(actual), np.asarray(expected)
    if a.shape != e.shape or (a.dtype != e.dtype and isinstance(expected, np.ndarray)):
        return f"{a.dtype}{a.shape} {shown(actual)}, not {e.dtype}{e.shape} {shown(expected)}"
    if e.dtype.kind == "f" or a.dtype.kind == "f" or e.dtype.name.startswith(("bfloat", "float8")):
        limit = TOLERANCE["f"].get(min(a.dtype.itemsize, e.dtype.itemsize), 0.1)
        a, e = a.astype("f8"), e.astype("f8")
        largest = np.max(np.abs(e), initial=1.0, where=np.isfinite(e))
        same = np.allclose(a, e, limit, limit * largest, equal_nan=True)
    else:
        same = np.array_equal(a, e)
    return "" if same else f"{shown(actual)}, not {shown(expected)}"


def findings(program: Program, most: int) -> list[Finding]:
    """What became of each function of a recorded program: found together, alone where that ends the process."""
    names = [n for n in (program.names or tuple(program.calls)) if n in program.python]
    found = apart(lambda: _findings(program, names, most))
    if found is not None:
        return found
    crashed = [Finding(program.test, n, "fault", "the process crashes") for n in names]
    return [f for c in crashed for f in apart(lambda c=c: _findings(program, [c.name], most)) or [c]]


def _findings(program: Program, names: Sequence[str], most: int) -> list[Finding]:
    models = exported(program.text, names)
    names = [n for n in names if not _is_wrong(program, n, models[n])]
    return [_finding(program, n, models[n], list(spread(program.calls.get(n, []), most))) for n in names]


def _is_wrong(program: Program, name: str, model: Model | Exception) -> bool:
    """Whether a function is refused for every target: a test of what is no program."""
    if not isinstance(model, CompileError) or _OF_MODELS.fullmatch(model.diagnostics[0].code):
        return False
    try:
        lower(Source("<program>", program.text), Request(CPU, (name,)))
    except CompileError:
        return True
    return False


def _finding(program: Program, name: str, model: Model | Exception, calls: Sequence[tuple[Any, ...]]) -> Finding:
    if isinstance(model, Model):
        wrong = disagreements(program, name, model, calls)
        return Finding(program.test, name, "unchecked" if model.unchecked else "exported", "", "", len(calls), wrong)
    if isinstance(model, CompileError):
        first = model.diagnostics[0]
        line = first.span.text.splitlines()[0] if first.span is not None and first.span.text else ""
        unplaced = () if line else ("no place in the source",)
        return Finding(program.test, name, first.code, first.message, line, len(calls), unplaced)
    notes = " ".join(getattr(model, "__notes__", ()))
    return Finding(program.test, name, "fault", f"{type(model).__name__}: {str(model)[:1500]} {notes[:300]}")


def apart(work: Callable[[], list[Finding]]) -> list[Finding] | None:
    """What ``work`` gives in a process of its own, ``None`` where it does not live to say so, as runtimes may crash."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        try:
            with os.fdopen(write, "w") as pipe:
                json.dump([asdict(f) for f in work()], pipe)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return [Finding(**f) for f in json.loads(text)] if text else None


def main(output: str, most: int, paths: Sequence[str]) -> None:
    """Write what became of the functions that the tests in files call."""
    options = ["-p", "no:xdist", "-p", "no:cacheprovider", "-o", "addopts=", "-q", "--tb=line"]
    pytest.main([*options, *paths], [sys.modules[Program.__module__]])
    found = [asdict(f) for p in PROGRAMS.values() for f in findings(p, most)]
    Path(output).write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
