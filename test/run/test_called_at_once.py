"""Compiled functions in several processes and threads: first calls at the same time, children, pickles that travel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """\
import numpy as np
import pyc
from pyc import Dim, Tensor, TypeVar, f32, f64, prange

N = Dim("N")
T = TypeVar("T", f32, f64)


@pyc.jit
def scale(x: Tensor[f64, N], k: float) -> Tensor[f64, N]:
    return x * k


@pyc.jit
def axpy(a: T, x: Tensor[T, N]) -> Tensor[T, N]:
    return a * x + x


@pyc.jit
def total(x: Tensor[f64, N]) -> float:
    s = 0.0
    for i in prange(len(x)):
        s += x[i] * 0.5
    return s
"""
#: A process that calls a function from eight threads as soon as it is told to.
CALLER = """\
import sys, threading
import numpy as np
from pyc.tools import compilation

compiled, make = [], compilation._compile
compilation._compile = lambda task, begun: compiled.append(task.name) or make(task, begun)
import shared

results, barrier = [], threading.Barrier(8)
def work(i):
    barrier.wait()
    results.append((shared.scale(np.arange(5.0), float(i)) == np.arange(5.0) * i).all())

print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
print(len(results), all(results), compiled in ([], ["scale"]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("at_once")
    (place / "shared.py").write_text(PROGRAM)
    return place


def environment(folder: Path, cache: str = "cache") -> dict[str, str]:
    return {**os.environ, "PYC_CACHE_DIR": str(folder / cache), "PYC_NUM_THREADS": "3"}


def test_processes_and_threads_that_call_first_at_the_same_time(folder: Path) -> None:
    callers = [
        subprocess.Popen(
            [sys.executable, "-c", CALLER],
            cwd=folder,
            env=environment(folder, "empty"),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for caller in callers:
        assert caller.stdout is not None
        assert caller.stdout.readline() == "ready\n"
    for caller in callers:
        assert caller.stdin is not None
        caller.stdin.write("go\n")
        caller.stdin.flush()
    assert [caller.communicate() for caller in callers] == [("8 True True\n", "")] * 4
    (left,) = [path for path in (folder / "empty").rglob("*") if path.is_file()]
    assert left.suffix == ".pycc"


def run(folder: Path, text: str) -> str:
    """What a program prints that stands next to ``shared.py``; it may be imported by its children."""
    path = folder / "main.py"
    path.write_text(text)
    # Python 3.12 warns of every fork of a process that has threads.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", str(path)]
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_pickles_between_processes(folder: Path) -> None:
    """Functions, instances of generic ones and partial calls, compiled before and not, to children of both kinds."""
    text = """
import functools, multiprocessing, pickle, sys
import numpy as np
import shared
from pyc import f32, f64

def call(f, *arguments):
    return f(*arguments).tolist()

def work():
    x = np.arange(3.0)
    shared.scale(x, 1.0)
    jobs = [
        (shared.scale, x, 2.0), (shared.axpy, 2.0, x), (shared.axpy[f64], 2.0, x),
        (functools.partial(shared.scale, k=3.0), x), (functools.partial(shared.axpy[f64], 1.0), x),
    ]
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(pool.starmap(call, jobs))

if __name__ == "__main__":
    work()
"""
    line = "[[0.0, 2.0, 4.0], [0.0, 3.0, 6.0], [0.0, 3.0, 6.0], [0.0, 3.0, 6.0], [0.0, 2.0, 4.0]]\n"
    assert run(folder, text) == line * 2


def test_children_of_a_process_whose_pool_has_worked(folder: Path) -> None:
    """The threads of the pool stay with the parent: a child, and its child, have their own."""
    text = """
import os
import numpy as np
import shared
x = np.arange(100_000.0)
want = shared.total(x)
assert want == x.sum() / 2
def child(depth):
    there = os.fork()
    if there:
        return os.waitpid(there, 0)[1]
    right = shared.total(x) == want and shared.scale(x, 2.0)[3] == 6
    os._exit(not right or (depth and child(depth - 1)))
print([child(depth) for depth in (0, 1, 2)], shared.total(x) == want)
"""
    assert run(folder, text) == "[0, 0, 0] True\n"
