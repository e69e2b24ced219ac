"""From a file to an artifact: what ``pyc compile`` and ``pyc check`` do, without a word printed.

:func:`compile_source` is the compiler, in this process. :func:`compile_file` adds what a command line needs: it reads
the file, runs the compiler in a process of its own (a crash of it is then a diagnostic), and writes the artifact as a
whole or not at all. That process alone imports MLIR and LLVM: the one that the user waits for stays small.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import os
import sys
import tempfile
import tokenize
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pyc.artifact import Artifact
from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.precision import DTYPES
from pyc.source import Source
from pyc.target import Target

from . import executables, isolation, model_places, models
from .output import check_output, failure, identifier, reason, write
from .places import place_of
from .wheels import version_of, wheel_path

if TYPE_CHECKING:
    from pyc.frontend import Request
    from pyc.passes.base import Pipeline
    from pyc.targets.backend import Options

T = TypeVar("T")
Report = Callable[[Diagnostic], None]

#: ``--emit`` kinds that every target has: the IR when the passes of that level are done.
LEVELS = ("pyc", "linalg", "vector", "gpu")
#: What a target's default artifact is called, after the stem of the source file.
SUFFIXES = {"cpu": ".cpu", "cuda": ".cuda", "onnx": ".onnx"}


@dataclass(frozen=True)
class Job:
    """One ``pyc compile``: what the user asked for, as values that another process can be given.

    ``format`` is the backend (``cpu``, ``cuda``, ``onnx``); ``target`` binds open target parameters, which ``onnx``
    alone leaves open. An empty ``emit`` is the target's default. ``also`` are chips of a CPU for which the functions
    are compiled besides; the library chooses where it is loaded. ``opset`` is the version of ONNX's operators, 0 for
    the usual one. Weights of a model of at least ``external`` bytes lie in a file beside it, with ``None`` where it
    could not hold them.
    """

    path: str
    format: str = "cpu"
    target: Target | None = None
    output: str = ""
    emit: str = ""
    functions: tuple[str, ...] = ()
    weights: str = ""
    level: int = 3
    debug: bool = False
    unchecked: bool = False
    also: tuple[str, ...] = ()
    opset: int = 0
    external: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a job: where the artifact was written, or its text where that goes to standard output."""

    artifact: Artifact
    path: Path | None
    diagnostics: tuple[Diagnostic, ...] = ()


def parse_target(text: str) -> tuple[str, Target | None]:
    """The backend and the target that ``--target`` spells: ``cpu``, ``cuda:sm_90a``, ``onnx``, ``onnx:cuda:sm_90a``.

    Raises:
        ValueError: an unknown target or chip; the message lists the known ones.
    """
    name, _, rest = text.partition(":")
    if name == "onnx":
        return "onnx", Target.parse(rest) if rest else None
    try:
        return name, Target.parse(text)
    except ValueError as error:
        message = str(error).replace("known targets are ", "known targets are onnx, ")
        other = {"gpu": "cuda", "nvidia": "cuda", "ptx": "cuda", "x86": "cpu", "native": "cpu", "arm": "cpu"}
        near = [other[name]] if name in other else difflib.get_close_matches(name, ("cpu", "cuda", "onnx"), n=1)
        raise ValueError(f"{message}; did you mean {near[0]}?" if near and near[0] != name else message) from None


def read_source(path: str) -> Source:
    """The source at a path, or of standard input for ``-``, its line breaks made ``\\n`` as Python does.

    Raises:
        CompileError: E501 it cannot be read, E502 it is not text.
    """
    return decode(read_content(path), label_of(path))


def read_content(path: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``.

    Raises:
        CompileError: E501 it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        named = f"{path}.py"
        notes = (Note(f"did you mean `{named}`?", fix=True),) if Path(named).is_file() else ()
        raise failure("E501", f"cannot read {label_of(path)}: {reason(error)}", *notes) from None


def label_of(path: str) -> str:
    """What messages call a file."""
    return "<stdin>" if path == "-" else path


def decode(content: bytes, label: str) -> Source:
    """The source that the bytes of a file are, in UTF-8 or in the encoding that the file declares.

    Raises:
        CompileError: E502 the bytes are not text in that encoding.
    """
    try:
        encoding = _encoding(content)
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mend = Note("save it as UTF-8, or name its encoding in the first line: `# -*- coding: latin-1 -*-`", fix=True)
        raise failure("E502", f"line {line} of {label} is not {error.encoding}: {error.reason}", mend) from None
    except (SyntaxError, LookupError) as error:
        raise failure("E502", f"{label}: {error}") from None
    return Source(label, text.replace("\r\n", "\n").replace("\r", "\n"))


def _encoding(content: bytes) -> str:
    """The encoding of a Python file, declared or not."""
    try:
        return tokenize.detect_encoding(io.BytesIO(content).readline)[0]
    except SyntaxError as error:
        # Bytes that are not UTF-8 in the first two lines: decoding says where they are, this exception does not.
        if "missing encoding" in str(error):
            return "utf-8"
        raise


def check_file(
    path: str, target: Target | None = None, functions: tuple[str, ...] = (), format: str = ""
) -> tuple[Diagnostic, ...]:
    """Every finding about a file, without generating code; ``format`` is the backend, if one is meant."""
    try:
        source = read_source(path)
        return isolation.isolated(_answered, _check, source, target, functions, format)[1]
    except CompileError as error:
        return error.diagnostics


def compile_source(
    source: Source, target: Target, options: Options, request: Request, report: Report = lambda _: None
) -> Artifact:
    """The artifact of a source for one target, compiled in this process; ``report`` is given warnings and remarks.

    ``target.name`` names the backend. With ``options.emit`` one of :data:`LEVELS` the artifact is the IR text.

    Raises:
        CompileError: the program is wrong, or cannot be emitted for the target.
    """
    return compile_lowered(lowered(source, target, options, request, report), source, target, options, report)


def compile_lowered(module: Any, source: Source, target: Target, options: Options, report: Report) -> Artifact:
    """The artifact of a module of the pyc dialect, made by :func:`lowered` with the same options.

    Raises:
        CompileError: it cannot be emitted for the target.
    """
    from pyc.dialects.mlir import ir
    from pyc.targets.backend import backend

    chosen = backend(target.name)
    with module.context, ir.Location.unknown(module.context):
        pipeline = chosen.pipeline(target, options)
        if options.emit in LEVELS:
            return _level_text(module, pipeline, target, options)
        if options.emit and options.emit not in chosen.emits:
            known = ", ".join((*chosen.emits, *_levels_of(pipeline)))
            message = f"target {target.name} has no output '{options.emit}'; it has {known}"
            near = difflib.get_close_matches(options.emit, known.split(", "), n=1)
            notes = tuple(Note(f"did you mean --emit={name}?", fix=True) for name in near)
            raise CompileError([Diagnostic("E511", message, notes=notes)])
        _run(module, pipeline, source, report)
        return chosen.emit(module, target, options)


def lowered(source: Source, target: Target, options: Options, request: Request, report: Report) -> Any:
    """The module of a source that the target's passes take.

    Raises:
        CompileError: the program is wrong.
    """
    from pyc import frontend
    from pyc.dialects.mlir import ir

    if options.emit == "exe" and target.name == "cpu":
        request = executables.requested(source, request)
    # A model and a kernel are made of values; only a CPU's program keeps arrays in memory that two names share.
    memory, is_model = request.memory and target.name == "cpu", target.name == "onnx"
    program = frontend.lower(source, replace(request, memory=memory, copies=is_model, nodes=is_model))
    for diagnostic in program.diagnostics:
        report(diagnostic)
    module = program.module
    with module.context, ir.Location.unknown(module.context):
        if options.emit == "exe" and target.name == "cpu":
            executables.check(module, source, weighted=options.weights is not None)
        _check_weights(module, source, options.weights, report)
        if target.name != "onnx" and options.emit != "pyc":
            _check_transfers(module, target, source)
    return module


def _run(module: Any, pipeline: Pipeline, source: Source, report: Report) -> None:
    """Run a target's passes, and report what they remark."""
    from pyc.dialects import remarks

    pipeline.run(module, isolation.follow(pipeline.passes))
    for remark in remarks.read(module):
        report(remark.diagnostic(source))


def compile_file(job: Job) -> Outcome:
    """The outcome of a job, its artifact written.

    Raises:
        CompileError: anything that keeps the artifact from being made; nothing was written then.
    """
    if job.output and job.output != "-" and job.emit != "wheel":
        check_output(Path(job.output), job.path, weights=job.weights)
    _, artifact, diagnostics = _made(job)
    path = _output_path(job, artifact)
    if path is not None:
        check_output(path, job.path, artifact.single, job.weights)
        for name in artifact.beside:
            check_output(path.with_name(name), job.path, True, job.weights)
        write(artifact, path)
    return Outcome(artifact, path, diagnostics)


def compiled_object(job: Job) -> tuple[Source, Artifact]:
    """The source of a job and its artifact, which is not written.

    Raises:
        CompileError: anything that keeps the artifact from being made.
    """
    source, artifact, _ = _made(job)
    return source, artifact


def _made(job: Job) -> tuple[Source, Artifact, tuple[Diagnostic, ...]]:
    """The source, the artifact and what was reported on the way."""
    content = read_content(job.path)
    weights: Mapping[str, Any] = {}
    told: tuple[Diagnostic, ...] = ()
    if models.is_model(job.path):
        program = models.program_of(job.path)
        told = models.unplaced(program) if job.format == "onnx" else ()
        source, weights = Source(label_of(job.path), program.text), program.weights
    else:
        source = decode(content, label_of(job.path))
    digest = hashlib.sha256(content).hexdigest()
    artifact, found = isolation.isolated(_answered, _compile, job, source, digest, weights)
    diagnostics = (*told, *model_places.placed(found, source))
    if artifact is None:
        raise CompileError(diagnostics)
    return source, artifact, diagnostics


def _answered(work: Callable[..., T], *arguments: Any) -> tuple[T | None, tuple[Diagnostic, ...]]:
    """What ``work`` gives, and what it reported; after an error nothing, with the error among the reports.

    It runs in the process that generates code: exceptions end here, because their tracebacks cannot leave it.
    """
    found: list[Diagnostic] = []
    try:
        return work(found.append, *arguments), tuple(found)
    except CompileError as error:
        return None, (*found, *error.diagnostics)
    except MemoryError:
        raise  # the parent process says so: there is no room for more here
    except Exception as error:
        if os.environ.get("PYC_TRACEBACK"):
            traceback.print_exc()
        return None, (*found, fault(error))


def _check(report: Report, source: Source, target: Target | None, functions: tuple[str, ...], format: str) -> None:
    from pyc import frontend

    is_model = format == "onnx"
    request = frontend.Request(target, functions, memory=not is_model, copies=is_model, nodes=is_model)
    for diagnostic in frontend.check(source, request):
        report(diagnostic)


def _compile(report: Report, job: Job, source: Source, digest: str, weights: Mapping[str, Any]) -> Artifact:
    from pyc.frontend import Request
    from pyc.targets.backend import Options

    from .kept import keep

    options = Options(
        name=identifier(job.path),
        emit=job.emit,
        level=job.level,
        debug=job.debug,
        unchecked=job.unchecked,
        weights={**weights, **load_weights(job.weights)} if job.weights else weights or None,
        version=version_of(source) if job.emit == "wheel" else "",
        source_path=source.path,
        source_digest=digest,
        keep=keep,
        opset=job.opset,
        external=job.external,
        file=_default_name(job) if job.output in ("", "-") else Path(job.output).name,
    )
    if job.format == "onnx" and not job.functions and job.emit in ("", "onnx", "flat"):
        again = models.again(source, options, report)
        if isinstance(again, Artifact):
            return again
        options = again
    request = Request(target=job.target, functions=job.functions, overlapping="also")
    target = job.target if job.target is not None and job.target.name == job.format else Target(job.format)
    if job.also:
        return _compile_for_levels(source, target, job.also, options, request, report)
    return compile_source(source, target, options, request, report)


def _compile_for_levels(
    source: Source, target: Target, also: Sequence[str], options: Options, request: Request, report: Report
) -> Artifact:
    """The artifact of a source for a CPU and, besides, for higher levels of it, of which nothing is reported again."""
    from pyc.dialects.mlir import ir
    from pyc.targets.cpu import CpuBackend

    cpu, modules = CpuBackend(), {}
    for level in (target, *(Target("cpu", chip) for chip in also)):
        say: Report = report if level is target else lambda _: None
        modules[level] = module = lowered(source, level, options, request, say)
        with module.context, ir.Location.unknown(module.context):
            _run(module, cpu.pipeline(level, options), source, say)
    lowest = modules.pop(target)
    with lowest.context, ir.Location.unknown(lowest.context):
        return cpu.emit(lowest, target, options, modules)


def fault(error: BaseException) -> Diagnostic:
    """The diagnostic of an exception that no program should cause, its traceback kept in a file."""
    from importlib.metadata import version

    handle, name = tempfile.mkstemp(prefix="pyc-fault-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as out:
        print(f"pyc {version('pyc')}, Python {sys.version}\n{sys.argv}\n", file=out)
        traceback.print_exception(error, file=out)
    first = str(error).strip().split("\n")[0]
    return Diagnostic(
        "E902",
        f"{type(error).__name__}: {first[:300]}" if first else type(error).__name__,
        notes=(
            Note("this is a fault of pyc, not of the program"),
            Note(f"the traceback is in {name}; please report it together with the program"),
        ),
    )


# --- what is written -----------------------------------------------------------------------------------------------


def _output_path(job: Job, artifact: Artifact) -> Path | None:
    """Where an artifact goes; nowhere (to standard output) for IR text and for ``-o -``."""
    if job.output == "-" and not artifact.single:
        raise CompileError([Diagnostic("E503", "a bundle is a folder and cannot be written to standard output")])
    if job.output == "-" and artifact.beside:
        message = "the weights lie in a file beside the model, and there is none beside standard output"
        raise CompileError([Diagnostic("E503", message)])
    if job.output == "-" or (not job.output and job.emit in LEVELS):
        return None
    if artifact.single and job.emit == "wheel":
        return wheel_path(job.output, next(iter(artifact.files)))
    if job.output:
        return Path(job.output)
    if job.emit == "exe" and job.path != "-":
        return Path(Path(job.path).stem)
    if artifact.single and job.format != "onnx":
        return Path(next(iter(artifact.files)))
    return Path(_default_name(job))


def _default_name(job: Job) -> str:
    """What an artifact is called where nothing is said."""
    return ("stdin" if job.path == "-" else Path(job.path).stem) + SUFFIXES[job.format]


def _level_text(module: Any, pipeline: Any, target: Target, options: Options) -> Artifact:
    """The IR after the last pass that gives the level ``options.emit``, as the one file of an artifact."""
    from pyc.passes.base import Pipeline

    wanted = options.emit.upper()
    if wanted != "PYC":
        stops = [i for i, step in enumerate(pipeline.passes) if step.gives.name == wanted]
        if not stops:
            known = ", ".join(_levels_of(pipeline))
            raise CompileError(
                [Diagnostic("E511", f"target {target.name} has no level '{options.emit}'; it has {known}")]
            )
        steps = pipeline.passes[: stops[-1] + 1]
        Pipeline(steps).run(module, isolation.follow(steps))
    text = module.operation.get_asm(enable_debug_info=options.debug, assume_verified=True)
    return Artifact(target, {f"{options.name}.{options.emit}.mlir": text.encode() + b"\n"}, (), single=True)


def _levels_of(pipeline: Any) -> list[str]:
    """The ``--emit`` names of the levels that a pipeline passes through."""
    found = {"PYC", *(step.gives.name for step in pipeline.passes)}
    return [level for level in LEVELS if level.upper() in found]


# --- weights -------------------------------------------------------------------------------------------------------


def load_weights(path: str) -> Mapping[str, Any]:
    """The arrays of a weights file by dotted name.

    Raises:
        CompileError: E505 the file cannot be read.
    """
    from pyc import weights

    return weights.load(path)


def _check_weights(module: Any, source: Source, weights: Mapping[str, Any] | None, report: Report) -> None:
    """Hold the weights against the types that the exported functions declare for them.

    Raises:
        CompileError: E506 a weight is missing, E507 it has another type; all of them at once.
    """
    from pyc.weights import adjustment, stored

    if weights is None:
        return
    errors: dict[str, Diagnostic] = {}
    declared: set[str] = set()
    for name, value, declaration in _weight_parameters(module):
        declared.add(name)
        if name not in weights:
            errors.setdefault(
                name,
                Diagnostic(
                    "E506",
                    f"the weights file has no '{name}', declared as {value.type}",
                    place_of(declaration, source),
                    (_nearest(name, weights),),
                ),
            )
            continue
        array = stored(weights[name], value.dtype)
        found = f"{_dtype_name(array)}[{', '.join(map(str, array.shape))}]"
        expected = f"{value.dtype}[{', '.join(value.dims or ())}]"
        if found != expected:
            message = f"weight '{name}' is {expected} in the program and {found} in the weights file"
            notes = adjustment(value.dtype, [int(d) for d in value.dims or () if d.isdigit()], array)
            errors.setdefault(name, Diagnostic("E507", message, place_of(declaration, source), notes))
    # A name that is taken for a misspelt one is said there.
    meant = {n for d in errors.values() for note in d.notes if note.fix for n in weights if repr(n) in note.message}
    for name in sorted(set(weights) - declared - meant):
        report(Diagnostic("E508", f"no exported module declares the weight '{name}'", severity="warning"))
    if errors:
        raise CompileError(tuple(errors.values()))


def _nearest(name: str, weights: Mapping[str, Any]) -> Note:
    """What to say of a weight that is missing: the names that look like it, or those that are there."""
    close = difflib.get_close_matches(name, list(weights), n=3, cutoff=0.6)
    if close:
        return Note(f"did you mean {' or '.join(repr(n) for n in close)}?", fix=True)
    return Note(f"the file holds {', '.join(sorted(weights)[:8]) or 'nothing'}")


def _weight_parameters(module: Any) -> Iterator[tuple[str, Any, Any]]:
    from pyc.dialects import signature

    for function in signature.functions(module):
        if signature.is_exported(function):
            parameters = signature.read(function).parameters
            for value, argument in zip(parameters, function.arguments, strict=False):
                if value.weight is not None:
                    yield value.weight, value, argument


def _dtype_name(array: Any) -> str:
    """The language's name of an array's element type, or NumPy's where the language has none."""
    return next((d.name for d in DTYPES.values() if d.numpy == array.dtype.name), array.dtype.name)


def _check_transfers(module: Any, target: Target, source: Source) -> None:
    """Refuse functions that move arrays between targets: code runs on one, and nothing is silently moved.

    Raises:
        CompileError: E305, all of them at once.
    """
    from pyc.dialects import signature
    from pyc.dialects.types import target_of
    from pyc.dialects.walk import nested

    found: list[Diagnostic] = []
    for operation in (o for function in signature.functions(module) for o in nested(function.operation)):
        if operation.name == "pyc.to":
            values = (operation.operands[0], operation.results[0])
            a, b = ((target_of(v.type) or "").partition(":")[0] for v in values)
            if a != b:
                message = f"a move from {a} to {b} is not compiled for {target.name}"
                notes = (
                    Note("one function for each target, called with arrays that are there, moves nothing", fix=True),
                    Note("--target=onnx and --emit=pyc keep the move"),
                )
                found.append(Diagnostic("E305", message, place_of(operation, source), notes))
    if found:
        raise CompileError(found)
