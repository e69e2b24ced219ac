"""Jobs in a process of their own: what comes back, and what becomes of a death."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pyc.diagnostics import CompileError, Diagnostic
from pyc.tools import isolation
from pyc.tools.isolation import isolated, report


@pytest.fixture(params=["fork", "spawn"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(isolation, "may_fork", lambda: request.param == "fork")
    # Where a spawned interpreter finds this file.
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return request.param


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """For jobs that close over values: these cannot be sent to another interpreter."""
    monkeypatch.setattr(isolation, "may_fork", lambda: True)


def number(value: int) -> tuple[int, int]:
    report("counting")
    return value, os.getpid()


def abort() -> None:
    report("pass one")
    report("pass two")
    os.abort()


def segfault() -> None:
    report("pass crash")
    ctypes.string_at(0)


def kill() -> None:
    os.kill(os.getpid(), 9)


def leave() -> None:
    os._exit(3)


def no_memory() -> None:
    report("pass huge")
    raise MemoryError


def refuse() -> None:
    raise CompileError([Diagnostic("E207", "shapes differ")])


def fail() -> None:
    report("pass odd")
    raise ValueError("odd")


class Stubborn(Exception):
    """An exception that pickles and does not come back."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(f"{a} {b}")


def stubborn() -> None:
    raise Stubborn(1, 2)


def hang() -> None:
    report("pass endless")
    while True:
        time.sleep(60)


def closure() -> Any:
    return lambda: 1


def words() -> int:
    os.write(2, b"from C\n")
    print("from Python", file=sys.stderr)
    return 1


def large(n: int) -> bytes:
    return b"x" * n


def message(function: Callable[[], object], **options: Any) -> str:
    with pytest.raises(CompileError) as caught:
        isolated(function, **options)
    assert caught.value.diagnostics[0].code == "E901"
    assert any("PYC_ISOLATE=0" in note.message for note in caught.value.diagnostics[0].notes)
    return caught.value.diagnostics[0].message


def test_results_come_back(way: str) -> None:
    value, process = isolated(number, 7)
    assert value == 7
    assert process != os.getpid()
    assert len(isolated(large, 10_000_000)) == 10_000_000


def test_deaths_become_diagnostics(way: str) -> None:
    assert message(abort) == "code generation died in pass two (SIGABRT)"
    assert message(segfault) == "code generation died in pass crash (SIGSEGV)"
    assert message(leave) == "code generation ended with status 3 in starting"
    assert "SIGKILL, often because the system ran out of memory" in message(kill)
    assert message(no_memory) == "the compiler ran out of memory in pass huge"


def test_a_job_started_while_an_exception_is_handled() -> None:
    try:
        raise KeyError
    except KeyError:
        assert isolated(number, 1)[0] == 1
        assert message(abort) == "code generation died in pass two (SIGABRT)"


def test_an_interrupt_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []

    def interrupted(read: int, child: Any, limit: float, meanwhile: Any) -> None:
        started.append(child)
        raise KeyboardInterrupt

    monkeypatch.setattr(isolation, "_listen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        isolated(hang)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].number, 0)


def test_the_last_words_are_kept() -> None:
    with pytest.raises(CompileError) as caught:
        isolated(segfault)
    assert any("Segmentation fault" in note.message for note in caught.value.diagnostics[0].notes)


def test_exceptions_come_back(way: str) -> None:
    with pytest.raises(CompileError, match="E207: shapes differ"):
        isolated(refuse)
    with pytest.raises(ValueError, match="odd") as caught:
        isolated(fail)
    assert "in pass odd" in caught.value.__notes__[0]
    assert "in fail" in caught.value.__notes__[0]
    with pytest.raises(RuntimeError, match="Stubborn: 1 2"):
        isolated(stubborn)
    with pytest.raises(TypeError, match="result of closure cannot be sent"):
        isolated(closure)


def test_a_hang_is_ended(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    give_up = isolation._Child.give_up

    def noted(child: Any) -> None:
        ended.append(child.number)
        give_up(child)

    monkeypatch.setattr(isolation._Child, "give_up", noted)
    limit = 0.3 if way == "fork" else 3.0
    assert message(hang, limit=limit) == f"code generation did not end within {limit:g} s in pass endless"
    (number,) = ended
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_word_renews_the_limit(forking: None) -> None:
    def slow() -> int:
        for step in range(5):
            time.sleep(0.1)
            report(f"step {step}")
        return 5

    assert isolated(slow, limit=0.4) == 5


def test_what_the_child_says_is_passed_on(way: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert isolated(words) == 1
    assert capfd.readouterr().err == "from C\nfrom Python\n"


def test_threads_rule_out_a_fork() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not isolation.may_fork()
    finally:
        done.set()
        thread.join()


def test_nested_and_switched_off(forking: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def outer() -> tuple[int, int]:
        return isolated(number, 1)[1], os.getpid()

    inner, own = isolated(outer)
    assert inner == own
    monkeypatch.setenv("PYC_ISOLATE", "0")
    assert isolated(number, 2) == (2, os.getpid())
    report("nothing")


def test_follow_names_the_pass_that_runs(forking: None) -> None:
    class Step:
        def __init__(self, name: str) -> None:
            self.name = name

    steps = [Step("one"), Step("two"), Step("three")]

    def job() -> None:
        observe = isolation.follow(steps)
        observe(steps[0], None)
        os.abort()

    assert message(job) == "code generation died in pass two (SIGABRT)"


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="asks the system for its processes")
def test_nothing_is_left_behind() -> None:
    """No file stays open, and no process unawaited; other tests in this process may have some of their own."""

    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    def children() -> set[str]:
        return {c for task in Path("/proc/self/task").iterdir() for c in (task / "children").read_text().split()}

    isolated(number, 1)  # what is imported on first use is open by now
    files, processes = open_files(), children()
    for _ in range(3):
        isolated(number, 1)
        with pytest.raises(CompileError):
            isolated(abort)
    assert open_files() == files
    assert children() <= processes


def test_exit_handlers_of_the_parent_run_once(tmp_path: Path) -> None:
    code = (
        "import atexit; from pyc.tools.isolation import isolated\n"
        "atexit.register(print, 'bye')\nprint('before')\nprint(isolated(abs, -3))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "before\n3\nbye\n"


def test_no_folder_to_write_to_is_needed(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    assert isolated(abs, -3) == 3


@pytest.mark.parametrize("ignored", [False, True])
def test_a_job_that_goes_on_beside_the_program(ignored):
    """Whether the program ignores the ends of its children or not."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        assert isolated(abs, -3) == 3
        job = isolation.forked(abs, -4)
        assert job is not None
        assert job.result() == 4
        dropped = isolation.forked(time.sleep, 100)
        assert dropped is not None
        dropped.give_up()
    finally:
        signal.signal(signal.SIGCHLD, before)
