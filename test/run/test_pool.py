"""The pool of threads: results do not depend on it, several callers and processes have it, and it is not busy idly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pyc.frontend import Request
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.cpu.run import load_object
from pyc.tools.driver import compile_source

PROGRAM = """\
from __future__ import annotations
import numpy as np
from pyc import Tensor, Dim, f32, f64, i64, prange
N = Dim("N")
M = Dim("M")
def work(x: Tensor[f64, N], y: Tensor[f64, N]) -> tuple[float, f64, int]:
    s, m, count = 0.5, x[0], 0
    for i in prange(len(x)):
        t = x[i]
        for k in range(i % 50):
            t = t * 0.75 + x[k]
        y[i] = t
        s += t * t
        m = max(m, x[i])
        count += i
    return s, m, count
def fail(x: Tensor[f64, N], y: Tensor[f64, N], a: int, b: int) -> None:
    for i in prange(len(x)):
        for k in range(200):
            y[i] += x[i] * k
        if i == a:
            raise ValueError("a")
        if i == b:
            raise KeyError("b")
def inner(x: Tensor[f64, N], n: int) -> float:
    if n > 0:
        return inner(x, n - 1)
    s = 0.0
    for i in prange(len(x)):
        s += np.sqrt(x[i] * x[i])
    return s
def outer(x: Tensor[f64, N], y: Tensor[f64, M]) -> float:
    s = 0.0
    for i in prange(len(y)):
        y[i] = inner(x, 2)
        s += y[i]
    return s
"""
HERE = """\
import os, sys, threading, time, signal, zlib
import numpy as np
sys.path.insert(0, sys.argv[1])
import program_cpu as program
assert not any(m == "pyc" or m.startswith("pyc.") for m in sys.modules)
x = np.sin(np.arange(30000.0)) + 1.25
y = np.zeros_like(x)
def threads():
    return len(os.listdir("/proc/self/task"))
before = threads()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    (folder / "program.py").write_text(PROGRAM)
    for name in ("program_cpu", "second_cpu"):
        subprocess.run(
            [sys.executable, "-m", "pyc", "compile", "program.py", "--target=cpu:native", "-o", name],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    return folder


def run(folder: Path, text: str, threads: int | str | None, *, prefix: tuple[str, ...] = ()) -> str:
    """What a program that has loaded the bundle prints."""
    environment = {k: v for k, v in os.environ.items() if k != "PYC_NUM_THREADS"}
    if threads is not None:
        environment["PYC_NUM_THREADS"] = str(threads)
    command = [*prefix, sys.executable, "-c", HERE + text, str(folder)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_results_do_not_depend_on_the_number_of_threads(folder: Path) -> None:
    text = """
for n in (1, 2, 3, 100, 1001, 30000):
    s, m, count = program.work(x[:n], y[:n])
    print(n, s.hex(), float(m).hex(), count, zlib.crc32(y.tobytes()))
"""
    found = {n: run(folder, text, n) for n in (1, 2, 3, 4, 16)}
    assert len(set(found.values())) == 1
    assert found[1].count("\n") == 6


def test_as_many_threads_as_are_asked_for(folder: Path) -> None:
    text = "program.work(x, y); print(threads() - before)"
    assert run(folder, text, 1) == "0\n"
    assert run(folder, text, 3) == "2\n"
    cores = len(os.sched_getaffinity(0))
    for default in (None, "", "0", "many"):
        assert run(folder, text, default) == f"{cores - 1}\n"
    assert run(folder, "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\n" + text, None) == "0\n"


def test_libraries_share_one_pool(folder: Path) -> None:
    text = """
import second_cpu
program.work(x, y); second_cpu.work(x, y); second_cpu.outer(x, y[:100])
print(threads() - before)
"""
    assert run(folder, text, 3) == "2\n"


def test_the_first_error_is_raised(folder: Path) -> None:
    text = """
for a, b in ((5, 3), (3, 5), (29999, -1), (-1, 20000), (10000, 9999), (0, 29999), (29999, 29998)):
    for _ in range(20):
        try:
            program.fail(x, y, a, b)
        except (ValueError, KeyError) as error:
            first = [n for n in (a, b) if n >= 0 and n == min(m for m in (a, b) if m >= 0)]
            assert type(error) is (ValueError if first == [a] else KeyError), (a, b, error)
        else:
            raise AssertionError
program.fail(x, y, -1, -1)
print(program.work(x, y)[2])
"""
    assert run(folder, text, 4) == f"{sum(range(30000))}\n"


def test_loops_in_loops_run_alone(folder: Path) -> None:
    text = """
want = float(np.abs(x).sum())
got = program.outer(x, y[:300])
print(np.allclose(got, 300 * want), np.unique(y[:300]).size)
"""
    assert run(folder, text, 4) == "True 1\n"


def test_several_threads_at_once(folder: Path) -> None:
    text = """
want = program.work(x, y)
failed = []
def call():
    mine = np.zeros_like(x)
    for _ in range(60):
        if program.work(x, mine) != want or not np.array_equal(mine, y):
            failed.append(1)
        try:
            program.fail(x[:500], mine[:500], 7, 9)
            failed.append(2)
        except ValueError:
            pass
workers = [threading.Thread(target=call) for _ in range(6)]
[w.start() for w in workers]
[w.join() for w in workers]
time.sleep(0.2)  # the system still lists a thread that has just ended
print(failed, threads() - before)
"""
    assert run(folder, text, 3) == "[] 2\n"


def test_processes_that_are_forked(folder: Path) -> None:
    text = """
want = program.work(x, y)
for depth in range(3):  # a child of a child of a child, each with calls before and after
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert status == 0, status
        break
    assert threads() == 1
    for _ in range(10):
        assert program.work(x, y) == want
    assert threads() == 3
else:
    os._exit(0)
assert program.work(x, y) == want
if depth:
    os._exit(0)
# While another thread is in a loop.
stop = False
def call():
    while not stop:
        assert program.work(x, np.zeros_like(x)) == want
worker = threading.Thread(target=call)
worker.start()
for _ in range(20):
    child = os.fork()
    if not child:
        os._exit(program.work(x, y) != want)
    assert os.waitpid(child, 0)[1] == 0
stop = True
worker.join()
print("done")
"""
    assert run(folder, text, 3) == "done\n"


def test_nobody_is_busy_when_nothing_is_to_do(folder: Path) -> None:
    text = """
for _ in range(5):
    program.work(x, y)
def woken():  # how often threads of the pool have been given a processor, and whether one is running
    counts, running = [], []
    for task in os.listdir("/proc/self/task"):
        if int(task) != os.getpid():
            lines = open(f"/proc/self/task/{task}/status").read().splitlines()
            fields = dict(line.split(":", 1) for line in lines)
            counts.append(int(fields["voluntary_ctxt_switches"]) + int(fields["nonvoluntary_ctxt_switches"]))
            running.append(fields["State"].split()[0] != "S")
    return counts, any(running)
while woken()[1]:  # until they have gone to sleep
    time.sleep(0.01)
before = woken()
time.sleep(0.5)
assert woken() == before, (before, woken())
assert len(before[0]) >= 3, before
print("idle")
"""
    assert run(folder, text, 4) == "idle\n"


def test_signals_go_to_threads_of_the_program(folder: Path) -> None:
    text = """
program.work(x, y)
caught = []
signal.signal(signal.SIGALRM, lambda *_: caught.append(threading.current_thread() is threading.main_thread()))
signal.setitimer(signal.ITIMER_REAL, 0.01)
while not caught:
    program.work(x, y)
for task in os.listdir("/proc/self/task"):
    if int(task) != os.getpid():
        status = open(f"/proc/self/task/{task}/status").read()
        blocked = int(status.partition("SigBlk:")[2].split()[0], 16)
        names = open(f"/proc/self/task/{task}/comm").read()
        if blocked >> (signal.SIGALRM - 1) & 1 == 0:
            caught.append("open")
print(caught[0], caught.count("open") <= before - 1)
"""
    assert run(folder, text, 4) == "True True\n"


def test_code_that_nobody_gives_a_pool_runs_alone() -> None:
    text = (
        "from pyc import Dim, Tensor, f64, prange\nN = Dim('N')\ndef total(x: Tensor[f64, N]) -> float:\n    s = 0.0\n"
    )
    text += "    for i in prange(len(x)):\n        s += x[i] * x[i]\n    return s\n"
    options = Options(name="program", emit="obj", pool=False, level=1)
    target = Target.parse("cpu:native")
    artifact = compile_source(Source("program.py", text), target, options, Request(target))
    (code,) = artifact.files.values()
    assert artifact.metadata["pool"] is not None
    alone = load_object(code, {**artifact.metadata, "pool": None}).total
    x = np.arange(3e6)
    assert alone(x) == load_object(code, artifact.metadata).total(x)
