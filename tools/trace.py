"""``pyc run --trace``: one timeline of a program and of the compiler, as Chrome's and Perfetto's viewers read it.

On it are, for each thread: the Python functions of the user's files, calls of compiled functions with the types of
their arguments, and what happens at the first of them: the cache asked, the compiler's steps, the code loaded.

Python tells of each call of a function while a trace is recorded (``sys.setprofile``); without one, nothing is.
"""

from __future__ import annotations

import itertools
import json
import opcode
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from types import CodeType, FrameType
from typing import Any, TextIO

import numpy as np

from pyc import progress
from pyc.dataclass import dataclass

from . import isolation

#: Calls of Python functions beyond these are counted, not drawn: a viewer could not show them.
MOST = 500_000
_LEAVING = {
    opcode.opmap[n] for n in ("RETURN_VALUE", "RETURN_CONST", "YIELD_VALUE", "RETURN_GENERATOR") if n in opcode.opmap
}
#: Files of the loader of CPU bundles, here and in bundles: ``Function.run`` in them is a call of compiled code.
_LOADERS = ("runtime.py", "_runtime.py", "_called.py")


@dataclass
class _Open:
    """A call that has not returned yet."""

    frame: FrameType
    start: int
    name: str
    category: str
    arguments: dict[str, Any]


@dataclass
class _Thread:
    """What is open in a thread, innermost last."""

    number: int
    name: str
    frames: list[_Open] = field(default_factory=list)


class Recorder:
    """Collects what happens in this process, from all its threads."""

    def __init__(self, is_users: Callable[[str], bool]) -> None:
        """``is_users`` says of a file whether its functions are drawn."""
        self._is_users = is_users
        self._events: list[dict[str, Any]] = []
        self._kinds: dict[CodeType, str] = {}
        self._start = time.perf_counter_ns()
        self._process = os.getpid()
        self._local = threading.local()
        self._threads: list[_Thread] = []
        self._drawn = self._left_out = 0
        self._closed = False

    # --- what is recorded ---------------------------------------------------------------------------------------------

    @contextmanager
    def span(self, name: str, category: str, arguments: dict[str, Any]) -> Iterator[None]:
        """What runs inside, with what the compiler says of its steps, and the exception that it ends with."""
        thread, start, steps = self._thread(), time.perf_counter_ns(), []

        def hear(activity: str, when: int | None = None) -> None:
            steps.append((activity, time.perf_counter_ns() if when is None else when))

        try:
            with isolation.watched_by(hear), progress.heard_by(hear):
                yield
        except BaseException as error:
            arguments["exception"] = said(error)
            raise
        finally:
            end = time.perf_counter_ns()
            self._add(thread, name, category, start, end, arguments)
            for (activity, begin), (_, stop) in itertools.pairwise([*steps, ("", end)]):
                self._add(thread, activity, category, max(begin, start), max(stop, start), {})

    def moment(self, name: str, category: str, arguments: Mapping[str, Any]) -> None:
        """Something without duration."""
        thread, now = self._thread(), time.perf_counter_ns()
        self._events.append({**self._place(thread, name, category, now), "ph": "i", "s": "t", "args": dict(arguments)})

    def _add(
        self, thread: _Thread, name: str, category: str, start: int, end: int, arguments: Mapping[str, Any]
    ) -> None:
        place = self._place(thread, name, category, start)
        self._events.append({**place, "ph": "X", "dur": (end - start) / 1000, "args": dict(arguments)})

    def _place(self, thread: _Thread, name: str, category: str, when: int) -> dict[str, Any]:
        stamp = (when - self._start) / 1000
        return {"name": name, "cat": category, "ts": stamp, "pid": self._process, "tid": thread.number}

    def _thread(self) -> _Thread:
        found: _Thread | None = getattr(self._local, "thread", None)
        if found is None:
            found = self._local.thread = _Thread(threading.get_native_id(), threading.current_thread().name)
            self._threads.append(found)
        return found

    # --- calls of Python functions ------------------------------------------------------------------------------------

    def profile(self, frame: FrameType, event: str, value: Any) -> None:
        """What ``sys.setprofile`` calls, in threads that outlive the timeline too."""
        if self._closed:
            return
        if event == "call":
            code = frame.f_code
            kind = self._kinds.get(code)
            if kind is None:
                kind = self._kinds[code] = self._kind(code)
            if kind:
                self._enter(frame, kind)
        elif event == "return":
            thread: _Thread | None = getattr(self._local, "thread", None)
            if thread is not None and thread.frames:
                self._leave(thread, frame, value)

    def _kind(self, code: CodeType) -> str:
        """What a call of a function is on the timeline; empty for nothing."""
        if self._is_users(code.co_filename):
            return "python"
        if os.path.basename(code.co_filename) in _LOADERS:
            return {"Function.run": "call", "Described._failure": "failure"}.get(code.co_qualname, "")
        return ""

    def _enter(self, frame: FrameType, kind: str) -> None:
        thread = self._thread()
        if thread.frames and thread.frames[-1].category == "failure":
            return  # what puts the user's line into a traceback
        if self._drawn >= MOST:
            self._left_out += 1
            return
        self._drawn += 1
        code, arguments = frame.f_code, {}
        if kind == "python":
            name = f"module {os.path.basename(code.co_filename)}" if code.co_name == "<module>" else code.co_qualname
            arguments = {"file": code.co_filename, "line": code.co_firstlineno}
        elif kind == "call":
            function = frame.f_locals["self"]
            name = f"call {function.__name__}"
            arguments = {"arguments": ", ".join(map(typed, frame.f_locals["arguments"])), **self._site(frame)}
        else:
            name = ""
        thread.frames.append(_Open(frame, time.perf_counter_ns(), name, kind, arguments))

    def _site(self, frame: FrameType) -> dict[str, Any]:
        """The user's line from which a compiled function is called."""
        caller = frame.f_back
        while caller is not None and not self._is_users(caller.f_code.co_filename):
            caller = caller.f_back
        return {} if caller is None else {"file": caller.f_code.co_filename, "line": caller.f_lineno}

    def _leave(self, thread: _Thread, frame: FrameType, value: Any) -> None:
        top = thread.frames[-1]
        if top.frame is not frame:
            return
        thread.frames.pop()
        if top.category == "failure":
            if thread.frames:
                thread.frames[-1].arguments["exception"] = said(value)
            return
        if value is None and frame.f_code.co_code[frame.f_lasti] not in _LEAVING:
            top.arguments.setdefault("exception", "raised, or passed on")
        self._add(thread, top.name, top.category, top.start, time.perf_counter_ns(), top.arguments)

    # --- the file -----------------------------------------------------------------------------------------------------

    def write(self, out: TextIO, program: str) -> None:
        """Write the timeline; what is still open ends now."""
        self._closed, now = True, time.perf_counter_ns()
        for thread in tuple(self._threads):
            for top in reversed(tuple(thread.frames)):
                if top.category != "failure":
                    self._add(thread, top.name, top.category, top.start, now, top.arguments)
        events: list[dict[str, Any]] = [self._named("process_name", 0, f"pyc run {program}")]
        events += [self._named("thread_name", thread.number, thread.name) for thread in self._threads]
        events += sorted(self._events, key=lambda e: (e["ts"], -e.get("dur", 0)))
        more = {"program": program, "calls left out": self._left_out}
        json.dump({"traceEvents": events, "displayTimeUnit": "ms", "otherData": more}, out, allow_nan=False)
        out.write("\n")

    def _named(self, what: str, thread: int, name: str) -> dict[str, Any]:
        return {"name": what, "ph": "M", "pid": self._process, "tid": thread, "ts": 0, "args": {"name": name}}


_active: Recorder | None = None


@contextmanager
def recorded(recorder: Recorder) -> Iterator[None]:
    """What runs inside is on the recorder's timeline, in all threads that start inside."""
    global _active
    _active = recorder
    threading.setprofile(recorder.profile)
    sys.setprofile(recorder.profile)
    try:
        yield
    finally:
        _stop()


def _stop() -> None:
    global _active
    if _active is not None:
        sys.setprofile(None)
        threading.setprofile(None)
        _active = None


# A forked child has a timeline of its own, which nobody writes.
os.register_at_fork(after_in_child=_stop)


@contextmanager
def span(name: str, category: str, **arguments: Any) -> Iterator[None]:
    """What runs inside, on the timeline if one is recorded."""
    if _active is None:
        yield
        return
    with _active.span(name, category, arguments):
        yield


def moment(name: str, category: str, **arguments: Any) -> None:
    """Something without duration, on the timeline if one is recorded."""
    if _active is not None:
        _active.moment(name, category, arguments)


def typed(value: Any) -> str:
    """The type of an argument with the extents of an array: ``float32[3, 4]``."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}[{', '.join(map(str, value.shape))}]"
    return type(value).__name__


def said(error: object) -> str:
    """An exception as the last line of its traceback has it, at most a line long."""
    text = str(error).partition("\n")[0][:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
