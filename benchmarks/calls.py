"""What a call costs: functions of small arrays and numbers, just in time and from a bundle, beside NumPy and Python.

    python benchmarks/calls.py [--runs 15]

Each figure is the median, over runs that are measured in turns, of nanoseconds a call. "by keyword" is the way of all
calls that compiled code does not take apart itself.
"""

import argparse
import importlib.util
import statistics
import sys
import tempfile
import timeit
from pathlib import Path
from typing import Any

import numpy as np

import pyc
from pyc.tools.driver import Job, compile_file

PROGRAM = """
import pyc
from pyc import Dim, Tensor, f32, f64
N = Dim("N")
@pyc.jit
def dot(x: Tensor[f64, N], y: Tensor[f64, N]) -> float:
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[i]
    return s
@pyc.jit
def into(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:
    y += x
@pyc.jit
def add(x: Tensor[f64, N], y: Tensor[f64, N]) -> Tensor[f64, N]:
    return x + y
@pyc.jit
def scaled(a: float, n: int, b: bool) -> float:
    return a * n if b else a
@pyc.jit
def six(a: Tensor[f64, N], b: Tensor[f64, N], c: Tensor[f64, N], d: Tensor[f64, N], e: Tensor[f64, N],
        f: Tensor[f64, N]) -> float:
    return a[0] + b[0] + c[0] + d[0] + e[0] + f[0]
"""
#: By the name of a row: the statement that is measured.
ROWS = {
    "an empty lambda of two arguments": "empty(x, y)",
    "np.add(x, y), 8 elements": "np_add(x, y)",
    "two arrays, a number returned": "{}.dot(x, y)",
    "two arrays, one written": "{}.into(x, y)",
    "two arrays, a new one returned": "{}.add(x, y)",
    "two arrays of 10,000 elements": "{}.dot(large, large)",
    "three numbers": "{}.scaled(2.5, 3, True)",
    "six arrays": "{}.six(x, x, x, x, x, x)",
    "two arrays, by keyword": "{}.dot(x=x, y=y)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="how often each row is measured (default 15)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        names = made(Path(folder))
        found = measured(names, runs)
    print(f"{'':36}{'just in time':>14}{'bundle':>12}")
    for row, statement in ROWS.items():
        figures = [found[statement.format(place)] for place in ("jit", "aot")]
        if "{}" in statement:
            print(f"{row:36}{figures[0]:11.0f} ns{figures[1]:9.0f} ns")
        else:
            print(f"{row:36}{figures[0]:11.0f} ns")


def made(folder: Path) -> dict[str, Any]:
    """The names that statements are measured with."""
    path = folder / "calls.py"
    path.write_text(PROGRAM)
    compile_file(Job(str(path), output=str(folder / "calls_cpu")))
    spec = importlib.util.spec_from_file_location("calls", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["calls"] = module
    spec.loader.exec_module(module)
    return {
        "empty": lambda a, b: None,
        "np_add": np.add,
        "x": np.arange(8.0),
        "y": np.ones(8),
        "large": np.zeros(10_000),
        "jit": module,
        "aot": pyc.load(folder / "calls_cpu"),
    }


def measured(names: dict[str, Any], runs: int) -> dict[str, float]:
    """Nanoseconds a call, by statement."""
    statements = [s.format(place) for s in ROWS.values() for place in ("jit", "aot")]
    timers = {s: timeit.Timer(s, globals=names) for s in statements}
    counts = {s: max(100, int(2e-3 / (t.timeit(50) / 50))) for s, t in timers.items()}
    seconds: dict[str, list[float]] = {s: [] for s in timers}
    for _ in range(runs):
        for s, timer in timers.items():
            seconds[s].append(timer.timeit(counts[s]) / counts[s])
    return {s: 1e9 * statistics.median(found) for s, found in seconds.items()}


if __name__ == "__main__":
    main()
