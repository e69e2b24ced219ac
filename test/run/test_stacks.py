"""How much stack compiled code takes: RecursionError in threads with small stacks too, and no large arrays on it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """\
import numpy as np
import pyc
from pyc import Dim, Tensor, f64, prange

N = Dim("N")
K = Dim("K")


@pyc.jit
def narrow(n: int) -> int:
    if n == 0:
        return 0
    return narrow(n - 1) + 1


@pyc.jit
def wide(n: int, x: Tensor[f64, N]) -> float:
    a = np.zeros(60)
    a[n % 60] = x[0]
    b = a * 2.0 + n
    t = x * 1.5
    if n == 0:
        return b.sum() + t[0]
    p = x[0] + n
    q = p * 2.5
    r = p * q
    return wide(n - 1, x) * 0.5 + p * q + r + b[n % 60] + a[2] + t[1]


@pyc.jit
def in_parallel(x: Tensor[f64, N], n: int) -> float:
    s = 0.0
    for i in prange(len(x)):
        s += wide(n, x)
    return s


@pyc.jit
def again_in_parallel(x: Tensor[f64, N], n: int) -> float:
    if n == 0:
        return 1.0
    s = 0.0
    for i in prange(4):
        if i == n % 4:
            s += again_in_parallel(x, n - 1) + x[i]
    return s


@pyc.jit
def caught(x: Tensor[f64, N], n: int) -> float:
    try:
        return wide(n, x)
    except RecursionError:
        return -1.0


@pyc.jit
def large(x: Tensor[f64, 512, 512], n: int) -> float:
    t = np.zeros((2000, 2000))
    t[n] = 3.0
    u = t + 1.0
    y = x @ x
    z = np.sort(y, axis=0)
    s = u.sum()
    for k in range(3):
        v = np.zeros((512, 512))
        v[k] = x[k] * 2.0
        w = v.T.copy()
        s += w[:, k].sum()
    for k in prange(8):
        v = np.zeros((512, 64))
        v[k] = x[k, :64]
        s += v.sum()
    return s + (z - y).sum()


@pyc.jit
def huge(n: int) -> float:
    t = np.zeros((n, n, n))
    t[0, 0, 0] = 1.0
    return t[n - 1, 0, 0]


@pyc.jit
def huge_but_caught(n: int) -> float:
    try:
        t = np.zeros((n, n, n))
        t[0, 0, 0] = 1.0  # a sum alone would need no array
        return t[n - 1, 0, 0]
    except MemoryError:
        return -1.0


@pyc.jit
def repeated(x: Tensor[f64, N], n: int) -> Tensor[f64, K]:
    return np.repeat(x, n)
"""
#: What is called, where there is little stack and where there is much.
CALLS = """\
import sys, threading
import numpy as np
import deep

x, grid = np.arange(1.0, 9.0), np.arange(512.0 * 512).reshape(512, 512) % 7

def outcome(f, *arguments):
    try:
        return f(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def by_python(n):
    return 0.0 if n < 0 else deep.wide.__wrapped__(n, x)

def calls():
    print(deep.narrow(900), deep.narrow(2900) if much else 2900)
    print(np.isclose(deep.wide(50, x), by_python(50)), np.isclose(deep.in_parallel(x, 50), 8 * by_python(50)))
    print(deep.again_in_parallel(x, 3) == deep.again_in_parallel.__wrapped__(x, 3))
    print(outcome(deep.narrow, 10**6))
    print(outcome(deep.wide, 10**6, x))
    print(outcome(deep.in_parallel, x, 10**6))
    print(outcome(deep.again_in_parallel, x, 10**6))
    print(deep.caught(x, 10**6), deep.caught(x, 3) == deep.wide(3, x))
    y = grid @ grid
    wanted = 2000 * 2000 + 2000 * 3 + 2 * grid[:3].sum() + grid[:8, :64].sum() + (np.sort(y, axis=0) - y).sum()
    print(np.isclose(deep.large(grid, 5), wanted))
    print(outcome(deep.huge, 100_000))
    print(deep.huge_but_caught(100_000))
    print(outcome(deep.repeated, x, 10**13))

def in_a_thread(size):
    threading.stack_size(size)
    thread = threading.Thread(target=calls)
    thread.start()
    thread.join()

much = sys.argv[1] == "main"
calls() if much else in_a_thread(int(sys.argv[1]))
"""
EXPECTED = """\
900 2900
True True
True
RecursionError: maximum recursion depth exceeded
RecursionError: maximum recursion depth exceeded
RecursionError: maximum recursion depth exceeded
RecursionError: maximum recursion depth exceeded
-1.0 True
True
MemoryError: not enough memory for a temporary array
-1.0
MemoryError: not enough memory for a temporary array
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stacks")
    (place / "deep.py").write_text(PROGRAM)
    return place


@pytest.mark.parametrize("where", ["main", str(256 * 1024), str(1 << 20)])
def test_a_stack_is_never_overrun(folder: Path, where: str) -> None:
    """In the main thread, and in threads with little stack; threads of the pool run part of it."""
    environment = {**os.environ, "PYC_CACHE_DIR": str(folder / "cache"), "PYC_NUM_THREADS": "3"}
    done = subprocess.run(
        [sys.executable, "-c", CALLS, where], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, EXPECTED, "")
