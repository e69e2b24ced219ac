"""One function compiled when it is called, in a process of its own, or taken from the cache."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import linecache
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic
from pyc.source import Source
from pyc.target import Target

from .kinds import records_in

if TYPE_CHECKING:
    from pyc.artifact import Artifact
    from pyc.frontend import Request
    from pyc.targets.backend import Options

    from .isolation import Job

T = TypeVar("T")


@dataclass(frozen=True)
class JitOptions:
    """The options of ``@pyc.jit``. Without a target it is the one that the types fix, or this machine's processor.

    Code is optimised at ``level``, 0 to 3. With ``background`` the first call has code that is made quickly, and one of
    the next calls that of ``level``, which a thread waits for meanwhile. ``fastmath`` are flags of its arithmetic.
    """

    target: Target | None = None
    unchecked: bool = False
    level: int = 3
    background: bool = False
    fastmath: frozenset[str] = frozenset()


def compiled(
    function: FunctionType,
    name: str,
    arguments: tuple[str, ...] | None,
    target: Target,
    options: JitOptions,
    *,
    overlapping: bool = False,
    begun: Job | None = None,
) -> Any:
    """The bundle with one function or module of the file that ``function`` is in, from the cache or compiled now.

    Its functions are those for arguments that do not overlap, and compile the others when they are called so;
    ``overlapping`` asks for the others. ``begun`` is what :func:`begin` gave for the same.

    Raises:
        CompileError: the function cannot be compiled.
    """
    from pyc.targets.cpu._bundle import functions_of
    from pyc.targets.cpu.run import load_object
    from pyc.targets.cpu.runtime import may_be_called_with_overlap
    from pyc.targets.llvm import LlvmError

    from . import cache, trace

    if target.name != "cpu":
        raise TypeError(f"pyc.jit runs functions on the CPU; {name} is for {target}: compile it with pyc compile")
    source = source_of(function)
    form: Literal["only", "no"] = "only" if overlapping else "no"
    said = "" if arguments is None else f"({', '.join(arguments)})"
    place = {"file": source.path, "line": function.__code__.co_firstlineno}
    with trace.span(f"compile {name}", "compile", function=f"{name}{said}", **place, target=str(target)):
        with trace.span("cache lookup", "cache"):
            facts = _facts(source, name, arguments, target, options, form)
            key = cache.key(facts)
            entry = cache.read(key)
        trace.moment("cache miss" if entry is None else "cache hit", "cache", key=key)
        bundle = None
        if entry is not None:
            with trace.span("load", "compile"), contextlib.suppress(LlvmError):
                bundle = load_object(entry.code, entry.manifest)
        if bundle is not None and begun is not None:
            begun.give_up()  # another process was faster
        if entry is None or bundle is None:
            # What does not load is as good as not there.
            with trace.span("compiler", "compile"):
                task = _Task(source, name, arguments, target, options, form)
                entry = replace(_compile(task, begun), facts=facts)
            cache.write(key, entry)
            with trace.span("load", "compile"):
                bundle = load_object(entry.code, entry.manifest)
        for remark in entry.remarks:
            trace.moment("copy", "copy", remark=remark)
    if not overlapping:

        @functools.cache
        def other() -> dict[str, Any]:
            made = compiled(function, name, arguments, target, options, overlapping=True)
            return {f._description["symbol"]: f for f in functions_of(made)}

        for f in functions_of(bundle):
            if may_be_called_with_overlap(f._description):
                f.call_for_overlap(functools.partial(lambda symbol: other()[symbol], f._description["symbol"]))
    bundle.adopt(records_in(function))
    return bundle


def begin(
    function: FunctionType, name: str, arguments: tuple[str, ...] | None, target: Target, options: JitOptions
) -> Job | None:
    """The job that compiles a function from now on, where this process may be forked; a thread can wait for it."""
    from .isolation import forked

    return forked(_object, _Task(source_of(function), name, arguments, target, options, "no"))


def is_cached(
    function: FunctionType, name: str, arguments: tuple[str, ...] | None, target: Target, options: JitOptions
) -> bool:
    """Whether the cache has what :func:`compiled` would compile."""
    from . import cache

    return cache.read(cache.key(_facts(source_of(function), name, arguments, target, options, "no"))) is not None


def _facts(
    source: Source, name: str, arguments: tuple[str, ...] | None, target: Target, options: JitOptions, overlapping: str
) -> dict[str, Any]:
    from . import cache

    return cache.facts(
        source,
        function=name,
        arguments=arguments,
        target=str(target),
        unchecked=options.unchecked,
        overlapping=overlapping,
        level=options.level,
        fastmath=sorted(options.fastmath),
    )


def source_of(function: FunctionType) -> Source:
    """The source of the file, or of the notebook cell, in which a function is defined.

    Raises:
        TypeError: there is none: it was typed into an interpreter that keeps no text.
        CompileError: E501, E502 the file cannot be read.
    """
    from .driver import read_source

    path = function.__code__.co_filename
    if os.path.isfile(path):
        return read_source(path)
    lines = linecache.getlines(path, function.__globals__)
    if not lines:
        raise TypeError(
            f"pyc.jit reads functions from their file, and the source of {function.__name__} is not to be had"
        )
    return Source(path, "".join(lines))


@dataclass(frozen=True)
class _Task:
    """What is compiled: a function or module of a file."""

    source: Source
    name: str
    arguments: tuple[str, ...] | None
    target: Target
    options: JitOptions
    overlapping: Literal["only", "no"]


def _compile(task: _Task, begun: Job | None) -> Any:
    from .cache import Entry as Cached

    artifact, found = _isolated(task) if begun is None else begun.result()
    if artifact is None:
        raise _with_text(CompileError(found))
    (code,) = artifact.files.values()
    remarks = [f"{d.message} ({_line(d)})" for d in found if d.code == "E450"]
    return Cached(artifact.metadata, code, remarks=remarks)


def _isolated(task: _Task) -> Any:
    """What :func:`_object` gives, of another process."""
    from . import warming
    from .isolation import isolated, may_fork

    if not may_fork():
        return isolated(_object, task)
    handed: bytes | None = b""
    if not warming.is_loaded() and _processors() > 1:
        handed, found = _handed_over(task)
        if handed is None:
            return None, found
        if handed:
            return isolated(_finished, handed, found, task, meanwhile=warming.preparation())
    warming.load()
    return isolated(_object, task, meanwhile=warming.preparation())


def _handed_over(task: _Task) -> tuple[bytes | None, tuple[Diagnostic, ...]]:
    """What :func:`_front` gives, of another process, while this one loads what comes after."""
    from . import warming
    from .isolation import forked

    job = forked(_front, task)
    if job is None:
        return b"", ()
    loading = warming.load_back()
    handed, found = job.result(meanwhile=loading)
    if handed:
        for _ in loading:
            pass
    return handed, found


def _processors() -> int:
    """How many processes may run at a time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _line(d: Diagnostic) -> str:
    return f"{d.span.source.path}, line {d.span.begin[0]}" if d.span is not None else "no line"


def _object(task: _Task) -> tuple[Artifact | None, tuple[Diagnostic, ...]]:
    """The artifact of a task, and findings; no artifact after an error. It runs in the process that generates code."""
    from .driver import compile_source

    found: list[Diagnostic] = []
    return _answered(
        lambda: compile_source(task.source, task.target, _options(task), _request(task), found.append), found
    )


def _front(task: _Task) -> tuple[bytes | None, tuple[Diagnostic, ...]]:
    """The first half of :func:`_object`: a module of the pyc dialect, nothing after an error.

    It is empty if it is nested too deeply to be handed over.
    """
    from . import warming

    warming.load_front()
    from pyc.dialects.nesting import is_deep

    from .driver import lowered

    found: list[Diagnostic] = []

    def work() -> bytes:
        module = lowered(task.source, task.target, _options(task), _request(task), found.append)
        content = io.BytesIO()
        if not is_deep(module):
            with module.context:
                module.operation.write_bytecode(content)
        return content.getvalue()

    return _answered(work, found)


def _finished(
    handed: bytes, before: tuple[Diagnostic, ...], task: _Task
) -> tuple[Artifact | None, tuple[Diagnostic, ...]]:
    """The second half of :func:`_object`, of what the first one gave."""
    from pyc.dialects.dialect import kept_context
    from pyc.dialects.mlir import ir

    from .driver import compile_lowered

    found = list(before)

    def work() -> Artifact:
        context = kept_context()
        with context:  # verifiers ask for it
            module = ir.Module.parse(handed)
        return compile_lowered(module, task.source, task.target, _options(task), found.append)

    return _answered(work, found)


def _answered(work: Callable[[], T], found: Sequence[Diagnostic]) -> tuple[T | None, tuple[Diagnostic, ...]]:
    """What ``work`` gives, with what it has ``found`` by then; nothing after an error, with what that says."""
    from .driver import fault

    try:
        return work(), tuple(found)
    except CompileError as error:
        return None, error.diagnostics
    except Exception as error:
        return None, (fault(error),)


def _options(task: _Task) -> Options:
    from pyc.targets.backend import Options

    from .driver import identifier
    from .kept import keep

    return Options(
        name=identifier(task.source.path),
        emit="obj",
        level=task.options.level,
        unchecked=task.options.unchecked,
        pool=False,
        source_path=task.source.path,
        source_digest=hashlib.sha256(task.source.text.encode("utf-8", "surrogatepass")).hexdigest(),
        keep=keep,
    )


def _request(task: _Task) -> Request:
    from pyc.frontend import Request

    return Request(
        target=task.target,
        functions=(task.name,),
        arguments=task.arguments,
        overlapping=task.overlapping,
        fastmath=task.options.fastmath,
    )


def _with_text(error: CompileError) -> CompileError:
    """The error with its diagnostics as text: what a traceback then shows has lines and carets."""
    from .render import render

    error.add_note(render(error.diagnostics).rstrip())
    return error
