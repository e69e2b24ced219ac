"""What compilation is worth: programs of test/programs at sizes that matter, against CPython with NumPy.

    python benchmarks/language.py [--seconds 2] [NAME...]

Each row is one call, compiled for this machine and run by CPython in turns, so that a busy machine disturbs both. The
columns are medians, and how many times faster the compiled function is. Results are compared before they are timed.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pyc.target import Target
from pyc.tools.bench import Row, bench

PROGRAMS = Path(__file__).resolve().parent.parent / "test" / "programs"
rng = np.random.default_rng(0)

#: By the name of a row: the program, its function, and what makes the arguments.
ROWS: dict[str, tuple[str, str, Callable[[], tuple[Any, ...]]]] = {
    "jacobi, arrays change places": ("jacobi_1d", "relax", lambda: (*np.tile(rng.random(100_000), (2, 1)), 100)),
    "jacobi, two dimensions": ("jacobi_2d", "relax", lambda: (rng.random((500, 500)), 0.0, 20)),
    "floyd-warshall, by elements": ("floyd_warshall", "by_elements", lambda: (graph(100),)),
    "floyd-warshall, by rows": ("floyd_warshall", "by_rows", lambda: (graph(300).astype(np.float64),)),
    "levenshtein, two rows": ("levenshtein", "two_rows", lambda: (letters(500), letters(500))),
    "smith-waterman": ("smith_waterman", "align", lambda: (bases(400), bases(400), 3, -3, -2)),
    "n-body, by pairs": (
        "nbody",
        "advance",
        lambda: (rng.random((100, 3)), rng.random((100, 3)), rng.random(100), 1e-6, 4),
    ),
    "n-body, by arrays": ("nbody", "accelerations", lambda: (rng.random((500, 3)), rng.random(500), 0.1)),
    "mandelbrot": ("mandelbrot", "mandelbrot", lambda: (np.zeros((200, 300), np.int64), -2.0, 0.5, -1.2, 1.2, 100)),
    "histogram, by a loop": ("histograms", "by_loop", lambda: (rng.random(500_000) * 12 - 1, 100, 0.0, 10.0)),
    "sort, by merging": ("sorting", "merge", lambda: (rng.integers(-(10**6), 10**6, 50_000),)),
    "mask": ("run_lengths", "positive", lambda: (rng.standard_normal(1_000_000),)),
    "sieve": ("primes", "sieve", lambda: (np.zeros(1_000_000, bool),)),
}


def graph(n: int) -> np.ndarray:
    return rng.integers(1, 1000, (n, n), np.int32)


def letters(n: int) -> np.ndarray:
    return rng.integers(97, 123, n, np.uint8)


def bases(n: int) -> np.ndarray:
    return rng.integers(0, 4, n, np.int8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long for each row (default 2)")
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows with this in their name")
    options = parser.parse_args()
    print(f"{'':32}{'arguments':44}{'compiled':>12}{'NumPy':>12}{'faster':>9}")
    for name in ROWS:
        if not options.names or any(n in name for n in options.names):
            print(line(name, measured(name, options.seconds)), flush=True)


def measured(name: str, seconds: float) -> Row:
    """What ``pyc bench`` says of the row's call, which takes the place of the program's own cases."""
    program, function, arguments = ROWS[name]
    text = (PROGRAMS / f"{program}.py").read_text(encoding="utf-8").partition("\ndef cases():")[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{program}.py"
        np.savez(path.with_suffix(".npz"), *arguments())
        path.write_text(text + CASES.format(function=function, path=str(path.with_suffix(".npz"))), encoding="utf-8")
        (row,) = bench(str(path), Target.parse("cpu:native"), (function,), {}, seconds)
    return row


CASES = """

def cases():
    given = np.load({path!r})
    yield {function!r}, tuple(given[k] if given[k].ndim else given[k].item() for k in given.files)
"""


def line(name: str, row: Row) -> str:
    """A line of the table."""
    if row.compiled is None or row.python is None or row.note:
        return f"{name:32}{row.note}"
    faster = f"{row.python / row.compiled:.1f}x"
    return f"{name:32}{row.arguments:44}{row.compiled * 1e3:9.3f} ms{row.python * 1e3:9.3f} ms{faster:>9}"


if __name__ == "__main__":
    main()
