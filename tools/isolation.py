"""Jobs in a process of their own: a crash of LLVM or MLIR becomes a diagnostic, not the end of the user's process.

The child is a fork of this process where that is safe, which takes a few milliseconds, and a new interpreter where
other threads run. It says what it is doing, and sends back its result, through a pipe.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import io
import itertools
import os
import pickle
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, BinaryIO, NoReturn, TypeVar

from pyc import progress
from pyc.diagnostics import CompileError, Diagnostic, Note

T = TypeVar("T")

#: Seconds without any word from the child after which it is given up. The longest pass known takes three.
LIMIT = 300.0
#: How many new objects there may be before the collector looks for garbage, and how often it looks at older ones.
_RARELY = (100_000, 20, 20)
#: Set to 0, jobs run in the process itself: for a debugger, or to measure coverage.
SWITCH = "PYC_ISOLATE"

#: In the parent: who is told what a child does, and when it said so (``time.perf_counter_ns``).
Watcher = Callable[[str, int], None]
_DONE = object()
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)
_pipe: BinaryIO | None = None  # in the child: where reports and the result go


def isolated(
    function: Callable[..., T],
    /,
    *arguments: Any,
    limit: float = LIMIT,
    meanwhile: Iterable[object] = (),
) -> T:
    """``function(*arguments)``, computed in another process. What it returns or raises must be picklable.

    The steps of ``meanwhile`` are taken here while the other process computes, as far as they go.

    Raises:
        CompileError: the function raised it; or the process died, fell silent for ``limit`` seconds or ran out of
            memory (E901).
    """
    if is_off():
        return function(*arguments)
    return _begun(_fork if may_fork() else _spawn, function, arguments).result(limit, meanwhile)


def forked(function: Callable[..., Any], /, *arguments: Any) -> Job | None:
    """The job that computes ``function(*arguments)`` in a fork of this process from now on; ``None`` if none may be."""
    return _begun(_fork, function, arguments) if may_fork() and not is_off() else None


def is_off() -> bool:
    """Whether jobs run in this process: it is asked for, or this is the process of a job."""
    return os.environ.get(SWITCH) == "0" or _pipe is not None


class Job:
    """A function that another process computes."""

    def __init__(self, child: _Child, read: int, errors: Any) -> None:
        self._child, self._read, self._errors = child, read, errors

    def result(self, limit: float = LIMIT, meanwhile: Iterable[object] = ()) -> Any:
        """What the function returned, as :func:`isolated` gives it; to be asked for once."""
        child = self._child
        with self._errors as errors:
            try:
                doing, answer = _listen(self._read, child, limit, iter(meanwhile))
            except BaseException:  # this process is being interrupted
                child.give_up()
                raise
            finally:
                os.close(self._read)
                status = child.end()
            errors.seek(0)
            said = errors.read().decode(errors="replace")
        if answer is None:
            raise _crash(status, doing, said, silent_for=limit if child.given_up else None)
        if said:
            sys.stderr.write(said)
        return _answer(answer, doing)

    def give_up(self) -> None:
        """End the process; nobody wants the result."""
        self._child.give_up()
        self._child.end()
        os.close(self._read)
        self._errors.close()


def _begun(start: Callable[..., _Child], function: Callable[..., Any], arguments: tuple[Any, ...]) -> Job:
    errors = _nameless_file()
    read, write = os.pipe()
    try:
        child = start(function, arguments, read, write, errors)
    except BaseException:
        os.close(read)
        errors.close()
        raise
    finally:
        os.close(write)
    return Job(child, read, errors)


def report(activity: str) -> None:
    """Say what this job is doing now, in case that it dies of it; nothing outside of an isolated job."""
    if _pipe is not None:
        _send(("doing", activity, time.perf_counter_ns()))


@contextlib.contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """What children of this thread say is told to ``watcher``."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def follow(passes: Sequence[Any]) -> Callable[[Any, Any], None]:
    """An observer for ``Pipeline.run`` that reports which pass runs next; reports the first one at once."""
    following = {id(step): after for step, after in itertools.pairwise(passes)}
    if passes:
        progress.say(f"pass {passes[0].name}")

    def observe(step: Any, module: Any) -> None:
        after = following.get(id(step))
        progress.say(f"pass {after.name}" if after is not None else "emission")

    return observe


def _nameless_file() -> Any:
    """A file that is gone when it is closed: in memory, where the system can; there may be no folder to write to."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("pyc"), "w+b")
    return tempfile.TemporaryFile()


# --- the parent ----------------------------------------------------------------------------------------------------


class _Child:
    """A running child: its number, and how it is waited for."""

    given_up = False

    def __init__(self, number: int, process: subprocess.Popen[bytes] | None = None) -> None:
        self.number, self._process = number, process

    def give_up(self) -> None:
        self.given_up = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)

    def end(self) -> int:
        """Its exit status, negative for a signal."""
        if self._process is not None:
            return self._process.wait()
        try:
            return os.waitstatus_to_exitcode(os.waitpid(self.number, 0)[1])
        except ChildProcessError:  # the program ignores the ends of its children, or has waited for all of them
            return 0


def may_fork() -> bool:
    """Whether a fork is safe: another Python thread could hold a lock that its copy would wait for forever."""
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _fork(function: Callable[..., Any], arguments: tuple[Any, ...], read: int, write: int, errors: Any) -> _Child:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    with warnings.catch_warnings():
        # Python counts the idle threads of NumPy's BLAS, which look after themselves at a fork.
        warnings.simplefilter("ignore", DeprecationWarning)
        number = os.fork()
    if number:
        return _Child(number)
    try:
        os.close(read)
        os.dup2(errors.fileno(), 2)
        _serve(write, function, arguments)
    finally:
        os._exit(70)


def _spawn(function: Callable[..., Any], arguments: tuple[Any, ...], read: int, write: int, errors: Any) -> _Child:
    job = pickle.dumps((function, arguments))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-c", f"from pyc.tools import isolation; isolation._receive({write})"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=errors.fileno(), pass_fds=[write], env=environment
    )
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin:
        process.stdin.write(job)
    return _Child(process.pid, process)


def _listen(read: int, child: _Child, limit: float, meanwhile: Iterator[object]) -> tuple[str, tuple[Any, ...] | None]:
    """What the child did last, and its answer: ``None`` if it never gave one."""
    doing, received, watcher = "starting", bytearray(), _watcher.get()
    heard, busy = time.monotonic(), True
    while True:
        if busy:
            busy = next(meanwhile, _DONE) is not _DONE
        ready, _, _ = select.select([read], [], [], 0 if busy else max(heard + limit - time.monotonic(), 0))
        if not ready:
            if busy:
                continue
            child.give_up()
            return doing, None
        block = os.read(read, 1 << 20)
        if not block:
            return doing, None
        heard = time.monotonic()
        received += block
        while len(received) >= 8:
            size = int.from_bytes(received[:8], "little")
            if len(received) < 8 + size:
                break
            message = pickle.loads(bytes(received[8 : 8 + size]))
            del received[: 8 + size]
            if message[0] != "doing":
                return doing, message
            doing = message[1]
            if watcher is not None:
                watcher(doing, message[2])


def _answer(message: tuple[Any, ...], doing: str) -> Any:
    """The result that a message holds, or the exception raised."""
    if message[0] == "result":
        return message[1]
    _, error, trace = message
    if isinstance(error, CompileError):
        raise error
    if isinstance(error, MemoryError):
        raise _failure(f"the compiler ran out of memory in {doing}") from error
    error.add_note(f"in {doing}, in a process of its own:\n{trace}")
    raise error


def _crash(status: int, doing: str, said: str, silent_for: float | None) -> CompileError:
    """What is known about a child that died or fell silent."""
    if silent_for is not None:
        what = f"did not end within {silent_for:g} s"
    elif status < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-status).name
            hint = ", often because the system ran out of memory" if name == "SIGKILL" else ""
            return _failure(f"code generation died in {doing} ({name}{hint})", said)
        what = f"died by signal {-status}"
    else:
        what = f"ended with status {status}"
    return _failure(f"code generation {what} in {doing}", said)


def _failure(message: str, said: str = "") -> CompileError:
    notes = [Note("this is a fault of pyc or of LLVM, not of the program")]
    notes.append(Note(f"to reproduce: {SWITCH}=0 {shlex.join(sys.orig_argv)}"))
    notes += [Note(f"its last words: {line}") for line in said.strip().splitlines()[:6]]
    return CompileError([Diagnostic("E901", message, notes=tuple(notes))])


# --- the child -----------------------------------------------------------------------------------------------------


def _receive(write: int) -> NoReturn:
    """Serve the job on standard input; what a spawned interpreter runs."""
    function, arguments = pickle.load(sys.stdin.buffer)
    _serve(write, function, arguments)


def _serve(write: int, function: Callable[..., Any], arguments: tuple[Any, ...]) -> NoReturn:
    """Compute, send the answer, and end without running what the parent registered for its own end."""
    global _pipe
    _pipe = os.fdopen(write, "wb", buffering=0)
    sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb", buffering=0, closefd=False), write_through=True)
    # The process ends soon: what is garbage by then is rarely worth looking for.
    gc.set_threshold(*_RARELY)
    # Interrupting is the parent's business: it ends its child.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable(file=2)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with progress.heard_by(report):
            answer: tuple[Any, ...] = ("result", function(*arguments))
    except BaseException as error:
        answer = ("error", error, traceback.format_exc())
    try:
        _send(answer)
    except BrokenPipeError:
        os._exit(0)  # the parent is gone
    except Exception as error:
        if answer[0] == "result":
            failure: Exception = TypeError(f"the result of {function.__qualname__} cannot be sent: {error}")
        else:
            failure = RuntimeError(f"{type(answer[1]).__name__}: {answer[1]}")
        _send(("error", failure, answer[2] if answer[0] == "error" else ""))
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    os._exit(0)


def _send(message: tuple[Any, ...]) -> None:
    assert _pipe is not None
    content = pickle.dumps(message)
    if message[0] == "error":
        pickle.loads(content)  # some exceptions pickle and do not come back
    view = memoryview(len(content).to_bytes(8, "little") + content)
    while view:
        view = view[_pipe.write(view) :]
