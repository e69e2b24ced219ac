"""The error of compiled functions of arrays, in units of the last place, as docs/accuracy.md lists it.

    python benchmarks/accuracy.py [--all] [--target=TARGET] [NAME...]

Functions of one f32 are measured on every 64th number, with ``--all`` on all 2^32 of them; functions of f64, and of
two numbers, on ten million spread over all magnitudes and the places that matter; of f16 and bf16, all numbers, and in
the columns "fast" the functions are compiled with ``fastmath=True``. References are of f64, and of
x87 extended precision for f64, the C library's where NumPy has none: run it on x86-64, with a C compiler.
"""

from __future__ import annotations

import argparse
import ctypes
import functools
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

import pyc

#: References that NumPy has not, of f64 and of extended precision.
IN_C = """
#include <math.h>
static double sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static long double sigmoidl(long double x) { return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x)); }
static double gelu(double x) {
    return x < -100 ? -0.0 : x * (double)(erfcl(-x * 0.707106781186547524400844362104849L) / 2);
}
static long double gelul(long double x) {
    /* the argument of erfc in two parts: what its rounding leaves is multiplied by 2 x^2 in the result */
    const long double high = 0.707106781186547524400844L;
    if (x < -100) return -0.0L;
    long double t = -x * high, rest = fmal(-x, high, -t) + -x * 1.895032558893257e-20L;
    return x * (erfcl(t) - 1.12837916709551257390L * expl(-t * t) * rest) / 2;
}
static double gelu_tanh(double x) {
    return x < -100 ? -0.0 : x * sigmoid(1.5957691216057307117597842397376 * (x + 0.044715 * x * x * x));
}
static long double gelu_tanhl(long double x) {
    /* the argument in two parts as well: a small part of it is as much of the result */
    const __float128 slope = 1.5957691216057307117597842397376Q;
    if (x < -100) return -0.0L;
    __float128 v = slope * (x + 0.044715Q * x * x * x);
    long double high = v, rest = v - high, s = sigmoidl(high);
    return x > 100 ? x : x * (s + s * (1 - s) * rest);
}
#define EACH(name, type, function) \
    void name(const type *x, type *y, long n) { for (long i = 0; i < n; i++) y[i] = function(x[i]); }
EACH(erf_64, double, erf) EACH(erfc_64, double, erfc) EACH(sigmoid_64, double, sigmoid) EACH(gelu_64, double, gelu)
EACH(erf_80, long double, erfl) EACH(erfc_80, long double, erfcl) EACH(sigmoid_80, long double, sigmoidl)
EACH(gelu_80, long double, gelul) EACH(gelu_tanh_64, double, gelu_tanh) EACH(gelu_tanh_80, long double, gelu_tanhl)
"""


def in_c(name: str) -> Callable[..., Any]:
    """A reference that is written in C, as a function of arrays."""

    def function(x: np.ndarray) -> np.ndarray:
        x = np.ascontiguousarray(x)
        result = np.empty_like(x)
        entry = getattr(references(), f"{name}_{64 if x.dtype == np.float64 else 80}")
        entry(ctypes.c_void_p(x.ctypes.data), ctypes.c_void_p(result.ctypes.data), ctypes.c_long(x.size))
        return result

    return function


@functools.cache
def references() -> ctypes.CDLL:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "references.so"
        command = ["cc", "-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", str(library), "-lm"]
        subprocess.run(command, input=IN_C, text=True, check=True)
        return ctypes.CDLL(str(library))


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
    "arcsinh": ("np.arcsinh(x)", np.arcsinh, [(-10, 10), (-1, 1)]),
    "arccosh": ("np.arccosh(x)", np.arccosh, [(1, 2), (1, 100)]),
    "arctanh": ("np.arctanh(x)", np.arctanh, [(-1, 1)]),
    "sqrt": ("np.sqrt(x)", np.sqrt, [(0, 4)]),
    "rsqrt": ("rsqrt(x)", lambda x: 1 / np.sqrt(x), [(0.25, 4)]),
    "quotient": ("1.0 / np.sqrt(x)", lambda x: 1 / np.sqrt(x), [(0.25, 4)]),
    "cbrt": ("np.cbrt(x)", np.cbrt, [(-8, 8)]),
    "erf": ("erf(x)", in_c("erf"), [(-6, 6), (-1, 1)]),
    "erfc": ("erfc(x)", in_c("erfc"), [(-6, 28), (-1, 1)]),
    "sigmoid": ("sigmoid(x)", in_c("sigmoid"), [(-746, 40), (-4, 4)]),
    "gelu": ("gelu(x)", in_c("gelu"), [(-39, 9), (-1, 1)]),
    "gelu_tanh": ("gelu(x, 'tanh')", in_c("gelu_tanh"), [(-23, 9), (-1, 1)]),
}
TWO: dict[str, tuple[str, Callable[..., Any]]] = {
    "power": ("np.power(x, y)", np.power),
    "arctan2": ("np.arctan2(x, y)", np.arctan2),
}
DTYPES: dict[str, Any] = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
CHUNK = 1 << 22
SAMPLES = 10_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every f32 there is")
    parser.add_argument("--target", default="cpu:native", help="what to compile for (default: %(default)s)")
    parser.add_argument("names", nargs="*", metavar="NAME", help="functions, all unless told")
    options = parser.parse_args()
    names = options.names or [*ONE, *TWO]
    functions = compiled(names, options.target)
    columns = [f"{dtype}{fast}" for fast in ("", " fast") for dtype in (DTYPES if not fast else ("f32", "f64"))]
    print(f"| function | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}", flush=True)
    for name in names:
        reference = ONE[name][1] if name in ONE else TWO[name][1]
        errors: list[float] = []
        for column in columns:
            dtype, _, fast = column.partition(" ")
            step = 1 if options.all and not fast else 64
            function = getattr(functions, f"{name}_{dtype}" + ("_fast" if fast else ""))
            errors.append(worst(function, reference, arguments(name, dtype, step), bool(fast)))
        print(f"| `{name}` | {' | '.join(f'{e:.3f}' for e in errors)} |", flush=True)


def arguments(name: str, dtype: str, step: int) -> Iterator[tuple[np.ndarray, ...]]:
    """What a function is measured on; of f32, every ``step``-th number where it has one argument."""
    if name in TWO:
        return pairs(DTYPES[dtype])
    if dtype == "f64":
        return spread(ONE[name][2], np.float64)
    return every(step) if dtype == "f32" else iter([(of_16_bits(DTYPES[dtype]),)])


def compiled(names: list[str], target: str) -> Any:
    text = "import pyc\nimport numpy as np\nfrom pyc import Tensor, bf16, erf, erfc, f16, f32, f64, rsqrt\n"
    text += "from pyc.nn import gelu, sigmoid\n"
    for name in names:
        expression = ONE[name][0] if name in ONE else TWO[name][0]
        for dtype in DTYPES:
            arrays = ", ".join(f"{v}: Tensor[{dtype}, N]" for v in ("x" if name in ONE else "xy"))
            head = f"[N]({arrays}) -> Tensor[{dtype}, N]:\n    return {expression}\n"
            text += f"def {name}_{dtype}{head}"
            if dtype in ("f32", "f64"):
                text += f"@pyc.jit(fastmath=True)\ndef {name}_{dtype}_fast{head}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "functions.py"
        path.write_text(text, encoding="utf-8")
        bundle = Path(folder) / "functions_cpu"
        command = [sys.executable, "-m", "pyc", "compile", str(path), f"--target={target}", "-o", str(bundle)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return pyc.load(str(bundle))


def of_16_bits(dtype: Any) -> np.ndarray:
    """All numbers of a type of 16 bits, but NaNs."""
    x = np.arange(1 << 16, dtype=np.uint16).view(dtype)
    with np.errstate(invalid="ignore"):
        return x[~np.isnan(x)]


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
    top = math.log(float(ml_dtypes.finfo(dtype).max))
    return (np.exp(rng.uniform(-top, top, count)) * rng.choice([-1, 1], count)).astype(dtype)


def worst(function: Any, reference: Any, arguments: Iterator[tuple[np.ndarray, ...]], fast: bool) -> float:
    """The largest error where the exact value is a finite number; elsewhere it must be the same, but for ``fast``."""
    largest = 0.0
    with np.errstate(all="ignore"):
        for chunk in arguments:
            got = function(*chunk)
            wide = np.longdouble if got.dtype == np.float64 else np.float64
            exact = reference(*(x.astype(wide) for x in chunk))
            want = exact.astype(got.dtype)
            same = (got == want) | (np.isnan(got) & np.isnan(want))
            finite = np.isfinite(want) & np.isfinite(got)
            if not (fast or np.all(same | finite)):
                at = np.flatnonzero(~(same | finite))[0]
                raise SystemExit(f"{function}: {[x[at] for x in chunk]} gives {got[at]}, not {want[at]}")
            error = np.abs(got[finite].astype(wide) - exact[finite]) / places_of(want[finite]).astype(wide)
            largest = max(largest, float(np.max(error, initial=0.0)))
    return largest


def places_of(x: np.ndarray) -> np.ndarray:
    """The distance of numbers to the next ones of their type."""
    if x.dtype.type is not ml_dtypes.bfloat16:
        return np.spacing(np.abs(x))
    _, exponents = np.frexp(x.astype(np.float64))
    return np.ldexp(1.0, np.maximum(exponents - 8, -133))


if __name__ == "__main__":
    main()
