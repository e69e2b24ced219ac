"""``pyc run``: a file as Python runs it, its typed functions compiled, or interpreted, when they are called.

What is typed is found in the text: definitions whose annotations mention a name that comes from pyc. The rest is
Python's: ``sys.argv``, ``__main__``, exit statuses and tracebacks are those of ``python FILE``.
"""

from __future__ import annotations

import ast
import builtins
import functools
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, TracebackType
from typing import Any

import pyc
from pyc.diagnostics import CompileError
from pyc.hook import Finder, portable_code
from pyc.source import Source

from .declared_locals import DECLARED, convert_locals, declared
from .typed_definitions import typed_definitions

#: The name under which a program finds the decorator of its typed functions.
_TYPED = "__pyc_typed__"
_INTERPRET = "PYC_INTERPRET"
#: Frames of these folders between the user's are not the user's business.
_PACKAGE = Path(pyc.__file__).parent
_OURS = tuple(
    str(p) + os.sep for p in (_PACKAGE, *(q.resolve() for q in _PACKAGE.iterdir() if q.is_dir() and q.is_symlink()))
)


def run(path: str, arguments: Sequence[str], *, interpret: bool, trace: str = "") -> int:
    """The exit status of the program in a file (``-`` is standard input), run with these arguments.

    ``trace`` is where a timeline of the run is written, however it ends.

    Raises:
        CompileError: the file cannot be read, or is not Python (E101, E501, E502); the timeline's cannot be written
            (E503).
    """
    if not trace:
        return _run(path, arguments, interpret, _Compiler(interpret=interpret))
    from . import trace as tracing
    from .output import failure, reason

    compiler = _Compiler(interpret=interpret)
    recorder = tracing.Recorder(compiler.files.__contains__)
    try:
        # Opened before the program runs, so that a place that cannot be written is found then.
        out = open(trace, "w", encoding="utf-8")  # noqa: SIM115 (closed below)
    except (OSError, ValueError) as error:
        raise failure("E503", f"cannot write {trace}: {reason(error)}") from None
    try:
        with tracing.recorded(recorder):
            return _run(path, arguments, interpret, compiler)
    finally:
        try:
            with out:
                recorder.write(out, path)
        except OSError as error:
            raise failure("E503", f"cannot write {trace}: {reason(error)}") from None


def _run(path: str, arguments: Sequence[str], interpret: bool, compiler: _Compiler) -> int:
    from . import trace
    from .driver import read_source

    source = read_source(path)
    if interpret:
        os.environ[_INTERPRET] = "1"  # for @pyc.jit, here and in processes that the program starts
    with trace.span(f"read {path}", "compile"):
        code, names = compiler(source)
    main = _main_module(source, path, names)
    finder = Finder(compiler)
    sys.argv[:] = [path, *arguments]
    sys.path.insert(0, "" if path == "-" else os.path.dirname(os.path.abspath(path)))
    sys.meta_path.insert(0, finder)
    sys.modules["__main__"] = main
    return _status(lambda: exec(code, vars(main)))


def _main_module(source: Source, path: str, names: dict[str, Any]) -> ModuleType:
    main = ModuleType("__main__")
    vars(main).update(names, __builtins__=builtins, __loader__=None, __spec__=None)
    if path == "-":
        linecache.cache[source.path] = (len(source.text), None, source.text.splitlines(keepends=True), source.path)
    else:
        main.__file__ = path
    return main


# --- the decorator of what is typed --------------------------------------------------------------------------------


class _Compiler:
    """Makes code of a source whose typed definitions pass through a decorator."""

    def __init__(self, *, interpret: bool) -> None:
        self._decorate = _interpreted if interpret else _compiled
        self._interpret = interpret
        #: The user's files that were compiled.
        self.files: set[str] = set()

    def __call__(self, source: Source) -> tuple[CodeType, dict[str, Any]]:
        self.files.add(source.path)
        code, names = portable_code(source, lambda tree: self._mark(tree, Path(source.path).parent))
        return code, {**names, _TYPED: self._decorate, DECLARED: declared}

    def _mark(self, tree: ast.Module, folder: Path) -> None:
        if self._interpret:
            convert_locals(tree, folder)
        for definition in typed_definitions(tree, folder, methods=not self._interpret):
            mark = ast.copy_location(ast.Name(_TYPED, ast.Load()), definition)
            mark.end_lineno, mark.end_col_offset = mark.lineno, mark.col_offset
            # Outermost: what other decorators made of the function is left as it is.
            definition.decorator_list.insert(0, mark)


def _interpreted(function: Any) -> Any:
    from pyc.targets.interpreter import typed

    return typed(function)


def _compiled(function: Any) -> Any:
    from pyc.module import PYTHON_ONLY

    from .jit import compile_on_call

    if not isinstance(function, FunctionType) or getattr(function, PYTHON_ONLY, False):
        return function  # under @pyc.jit or another decorator of the user's, or kept out by @pyc.python
    return compile_on_call(function)


# --- how it ends ---------------------------------------------------------------------------------------------------


def _status(program: Callable[[], None]) -> int:
    """The exit status of a program, its exception reported as Python does."""
    try:
        program()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException as error:
        return report(error)
    finally:
        sys.stdout.flush()
    return 0


def report(error: BaseException) -> int:
    """Print an exception with the user's frames only; gives the status with which Python would end."""
    from . import trace

    trace.moment(trace.said(error), "exception", line=_last_line(error))
    chain: BaseException | None = error
    seen: set[int] = set()
    while chain is not None and id(chain) not in seen:
        seen.add(id(chain))
        chain.__traceback__ = without_our_frames(chain.__traceback__)
        chain = chain.__cause__ or chain.__context__
    if isinstance(error, CompileError):
        from .render import render, style_of

        traceback.print_tb(error.__traceback__)
        print(render(error.diagnostics, style_of(sys.stderr)), end="", file=sys.stderr)
        return 1
    sys.excepthook(type(error), error, error.__traceback__)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _last_line(error: BaseException) -> str:
    """Where an exception was raised: a file and a line."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else ""


def without_our_frames(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of pyc itself; whole where it has no others."""
    frames: list[TracebackType] = []
    here, inside = trace, False
    while here is not None:
        filename = here.tb_frame.f_code.co_filename
        # A cached property or an annotation that pyc evaluates is pyc's business too.
        inside = _is_ours(filename) or (inside and filename in (functools.__file__, "<annotation>"))
        if not inside:
            frames.append(here)
        here = here.tb_next
    if not frames:
        return trace
    linked: TracebackType | None = None
    for t in reversed(frames):
        linked = TracebackType(linked, t.tb_frame, t.tb_lasti, t.tb_lineno)
    return linked


def _is_ours(filename: str) -> bool:
    return os.path.realpath(filename).startswith(_OURS) or filename.startswith(_OURS)
