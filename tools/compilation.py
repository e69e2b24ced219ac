"""One function compiled when it is called, in a process of its own, or taken from the cache."""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import linecache
import os
from dataclasses import replace
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal

from pyc import progress
from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic
from pyc.source import Source
from pyc.target import Target

from .kinds import records_in

if TYPE_CHECKING:
    from .isolation import Job

#: What compilation needs and takes a while to import.
_PRELOADED = (
    "pyc.frontend.check_program",
    "pyc.frontend.emit",
    "pyc.frontend.emit_selection",
    "pyc.dialects.dialect",
    "pyc.dialects.creation",
    "pyc.targets.cpu.pipeline",
    "pyc.targets.cpu.emit",
)
#: A program that leads through most of the compiler.
_FIRST = """
import numpy as np
from pyc import Dim, Tensor, f64
N = Dim("N")
def f(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    while x[0] > k:
        x[1:] = x[:-1] + 1
    return np.exp(x - x.max())
"""


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
                entry = replace(_compile(source, name, arguments, target, options, form, begun), facts=facts)
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

    return forked(_object, source_of(function), name, arguments, target, options, "no")


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


def _compile(
    source: Source,
    name: str,
    arguments: tuple[str, ...] | None,
    target: Target,
    options: JitOptions,
    overlapping: Literal["only", "no"],
    begun: Job | None,
) -> Any:
    from .cache import Entry as Cached
    from .isolation import isolated, may_fork

    if begun is not None:
        artifact, found = begun.result()
    else:
        meanwhile = None
        if may_fork():
            _load()
            meanwhile = _prepare
        artifact, found = isolated(_object, source, name, arguments, target, options, overlapping, meanwhile=meanwhile)
    if artifact is None:
        raise _with_text(CompileError(found))
    (code,) = artifact.files.values()
    remarks = [f"{d.message} ({_line(d)})" for d in found if d.code == "E450"]
    return Cached(artifact.metadata, code, remarks=remarks)


@functools.cache
def _load() -> None:
    """Load the compiler: a process that is forked for a job begins where this one is."""
    collecting = gc.isenabled()
    gc.disable()  # modules are no garbage, and looking through them takes a tenth of the time
    try:
        for module in _PRELOADED:
            import_module(module)
    finally:
        if collecting:
            gc.enable()


@functools.cache
def _prepare() -> None:
    """Use the compiler once, while the first job runs: MLIR and LLVM set much up then, which saves others 0.1 s.

    The pool of threads, which most functions on arrays want when they are loaded, is made as well.
    """
    from pyc.targets.cpu.run import make_pool

    with progress.heard_by(lambda _: None):
        _object(Source("<pyc>", _FIRST), "f", None, Target("cpu", "native"), JitOptions(level=0), "no")
    make_pool()


def _line(d: Diagnostic) -> str:
    return f"{d.span.source.path}, line {d.span.begin[0]}" if d.span is not None else "no line"


def _object(
    source: Source,
    name: str,
    arguments: tuple[str, ...] | None,
    target: Target,
    jit_options: JitOptions,
    overlapping: Literal["only", "no"],
) -> Any:
    """(artifact, findings) of a function, no artifact after an error; runs in the process that generates code."""
    from pyc.frontend import Request
    from pyc.targets.backend import Options

    from .driver import compile_source, fault, identifier
    from .kept import keep

    options = Options(
        name=identifier(source.path),
        emit="obj",
        level=jit_options.level,
        unchecked=jit_options.unchecked,
        pool=False,
        source_path=source.path,
        source_digest=hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest(),
        keep=keep,
    )
    request = Request(
        target=target,
        functions=(name,),
        arguments=arguments,
        overlapping=overlapping,
        fastmath=jit_options.fastmath,
    )
    found: list[Diagnostic] = []
    try:
        return compile_source(source, target, options, request, found.append), tuple(found)
    except CompileError as error:
        return None, error.diagnostics
    except Exception as error:
        return None, (fault(error),)


def _with_text(error: CompileError) -> CompileError:
    """The error with its diagnostics as text: what a traceback then shows has lines and carets."""
    from .render import render

    error.add_note(render(error.diagnostics).rstrip())
    return error
