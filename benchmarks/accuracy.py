"""The error of compiled functions of arrays, in units of the last place, as docs/accuracy.md lists it.

    python benchmarks/accuracy.py [--all] [NAME...]

Functions of one f32 are measured on every 64th number, with ``--all`` on all 2^32 of them; functions of f64, and of
two numbers, on ten million spread over all magnitudes and the places that matter. References are of f64, and of x87
extended precision for f64: run it on x86-64.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import pyc

#: By name: the expression, NumPy's function, and the places that matter beside all magnitudes.
ONE: dict[str, tuple[str, Callable[..., Any], list[tuple[float, float]]]] = {
    "exp": ("np.exp(x)", np.exp, [(-746, 710), (-1, 1)]),
    "exp2": ("np.exp2(x)", np.exp2, [(-1080, 1025), (-1, 1)]),
    "expm1": ("np.expm1(x)", np.expm1, [(-50, 710), (-1, 1)]),
    "log": ("np.log(x)", np.log, [(0.5, 2)]),
    "log2": ("np.log2(x)", np.log2, [(0.5, 2)]),
    "log10": ("np.log10(x)", np.log10, [(0.5, 2)]),
    "log1p": ("np.log1p(x)", np.log1p, [(-1, 2)]),
    "sin": ("np.sin(x)", np.sin, [(-10, 10), (-1e5, 1e5)]),
    "cos": ("np.cos(x)", np.cos, [(-10, 10), (-1e5, 1e5)]),
    "tan": ("np.tan(x)", np.tan, [(-10, 10), (-1e5, 1e5)]),
    "arcsin": ("np.arcsin(x)", np.arcsin, [(-1, 1)]),
    "arccos": ("np.arccos(x)", np.arccos, [(-1, 1)]),
    "arctan": ("np.arctan(x)", np.arctan, [(-3, 3), (-100, 100)]),
    "sinh": ("np.sinh(x)", np.sinh, [(-711, 711), (-2, 2)]),
    "cosh": ("np.cosh(x)", np.cosh, [(-711, 711), (-2, 2)]),
    "tanh": ("np.tanh(x)", np.tanh, [(-25, 25), (-1, 1)]),
}
TWO: dict[str, tuple[str, Callable[..., Any]]] = {
    "power": ("np.power(x, y)", np.power),
    "arctan2": ("np.arctan2(x, y)", np.arctan2),
}
CHUNK = 1 << 22
SAMPLES = 10_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every f32 there is")
    parser.add_argument("names", nargs="*", metavar="NAME", help="functions, all unless told")
    options = parser.parse_args()
    names = options.names or [*ONE, *TWO]
    functions = compiled(names)
    print(f"| function | f32 | f64 |\n|{'---|' * 3}", flush=True)
    for name in names:
        if name in ONE:
            _, reference, places = ONE[name]
            single = worst(getattr(functions, f"{name}_f32"), reference, np.float64, every(1 if options.all else 64))
            double = worst(getattr(functions, f"{name}_f64"), reference, np.longdouble, spread(places, np.float64))
        else:
            _, reference = TWO[name]
            single = worst(getattr(functions, f"{name}_f32"), reference, np.float64, pairs(np.float32))
            double = worst(getattr(functions, f"{name}_f64"), reference, np.longdouble, pairs(np.float64))
        print(f"| `{name}` | {single:.3f} | {double:.3f} |", flush=True)


def compiled(names: list[str]) -> Any:
    text = "import numpy as np\nfrom pyc import Tensor, f32, f64\n"
    for name in names:
        for dtype in ("f32", "f64"):
            arrays = ", ".join(f"{v}: Tensor[{dtype}, N]" for v in ("x" if name in ONE else "xy"))
            expression = ONE[name][0] if name in ONE else TWO[name][0]
            text += f"def {name}_{dtype}[N]({arrays}) -> Tensor[{dtype}, N]:\n    return {expression}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "functions.py"
        path.write_text(text, encoding="utf-8")
        bundle = Path(folder) / "functions_cpu"
        command = [sys.executable, "-m", "pyc", "compile", str(path), "--target=cpu:native", "-o", str(bundle)]
        subprocess.run(command, check=True)
        return pyc.load(str(bundle))


def every(step: int) -> Iterator[tuple[np.ndarray, ...]]:
    """Each ``step``-th number of f32, but NaNs."""
    for start in range(0, 1 << 32, CHUNK * step):
        bits = np.arange(start, min(start + CHUNK * step, 1 << 32), step, dtype=np.uint64).astype(np.uint32)
        x = bits.view(np.float32)
        yield (x[~np.isnan(x)],)


def spread(places: list[tuple[float, float]], dtype: Any) -> Iterator[tuple[np.ndarray, ...]]:
    rng = np.random.default_rng(0)
    for _ in range(SAMPLES // 1_000_000):
        yield (magnitudes(rng, 1_000_000, dtype),)
        for low, high in places:
            yield (rng.uniform(low, high, 1_000_000).astype(dtype),)


def pairs(dtype: Any) -> Iterator[tuple[np.ndarray, ...]]:
    rng = np.random.default_rng(0)
    for _ in range(SAMPLES // 1_000_000):
        yield magnitudes(rng, 1_000_000, dtype), magnitudes(rng, 1_000_000, dtype)
        yield np.exp(rng.uniform(-10, 10, 1_000_000)).astype(dtype), rng.uniform(-80, 80, 1_000_000).astype(dtype)
        yield rng.uniform(0.5, 2, 1_000_000).astype(dtype), rng.uniform(-2000, 2000, 1_000_000).astype(dtype)


def magnitudes(rng: np.random.Generator, count: int, dtype: Any) -> np.ndarray:
    """Numbers of all magnitudes and both signs."""
    top = math.log(float(np.finfo(dtype).max))
    return (np.exp(rng.uniform(-top, top, count)) * rng.choice([-1, 1], count)).astype(dtype)


def worst(function: Any, reference: Any, wide: Any, arguments: Iterator[tuple[np.ndarray, ...]]) -> float:
    """The largest error where the exact value is a finite number; elsewhere it must be the same."""
    largest = 0.0
    with np.errstate(all="ignore"):
        for chunk in arguments:
            got = function(*chunk)
            exact = reference(*(x.astype(wide) for x in chunk))
            want = exact.astype(got.dtype)
            same = (got == want) | (np.isnan(got) & np.isnan(want))
            finite = np.isfinite(want) & np.isfinite(got)
            if not np.all(same | finite):
                at = np.flatnonzero(~(same | finite))[0]
                raise SystemExit(f"{function}: {[x[at] for x in chunk]} gives {got[at]}, not {want[at]}")
            error = np.abs(got[finite].astype(wide) - exact[finite]) / np.spacing(np.abs(want[finite])).astype(wide)
            largest = max(largest, float(np.max(error, initial=0.0)))
    return largest


if __name__ == "__main__":
    main()
