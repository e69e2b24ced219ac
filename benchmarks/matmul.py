"""Products of matrices against OpenBLAS through NumPy, on one thread.

    python benchmarks/matmul.py [--dtype f32|f64] [--rounds 9]

One compiled function takes all sizes. Both are called in turns, so that a busy machine disturbs both; the columns are
medians, in 10^9 operations a second, and how many times faster the compiled function is.
"""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "PYC_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402

import pyc  # noqa: E402

PROGRAM = """
from pyc import Tensor, f32, f64

def f32_product[M, K, N](a: Tensor[f32, M, K], b: Tensor[f32, K, N]) -> Tensor[f32, M, N]:
    return a @ b

def f64_product[M, K, N](a: Tensor[f64, M, K], b: Tensor[f64, K, N]) -> Tensor[f64, M, N]:
    return a @ b
"""
#: Rows, terms and columns: cubes, odd ones, few rows, few columns, few terms, many terms.
SIZES = [
    *((n, n, n) for n in (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)),
    (37, 129, 65), (1000, 777, 513), (1023, 1023, 1023),
    (8, 1024, 1024), (1024, 1024, 8), (4096, 64, 4096), (64, 4096, 64), (100, 1000, 100),
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dtype", choices=["f32", "f64"], default="f32")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    product = getattr(compiled(), f"{options.dtype}_product")
    print(f"{'rows, terms, columns':24}{'OpenBLAS':>10}{'compiled':>10}{'faster':>9}")
    rng = np.random.default_rng(0)
    for m, k, n in SIZES:
        a, b = (rng.random(shape).astype(options.dtype.replace("f", "float")) for shape in ((m, k), (k, n)))
        theirs, ours = alternating([lambda a=a, b=b: a @ b, lambda a=a, b=b: product(a, b)], m * k * n, options.rounds)
        rate = 2e-9 * m * k * n
        print(f"{f'{m}, {k}, {n}':24}{rate / theirs:10.1f}{rate / ours:10.1f}{theirs / ours:9.2f}", flush=True)


def compiled() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "products.py"
        path.write_text(PROGRAM, encoding="utf-8")
        bundle = Path(folder) / "products_cpu"
        subprocess.run(["pyc", "compile", str(path), "--target=cpu:native", "-o", str(bundle)], check=True)
        return pyc.load(str(bundle))


def alternating(calls: list[Callable[[], object]], work: int, rounds: int) -> list[float]:
    """The median time of each call, in seconds; small ones are repeated until they can be timed."""
    repeats = max(1, 20_000_000 // work)
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds + 1):
        for call, measured in zip(calls, times, strict=True):
            start = time.perf_counter()
            for _ in range(repeats):
                call()
            measured.append((time.perf_counter() - start) / repeats)
    return [statistics.median(t[1:]) for t in times]


if __name__ == "__main__":
    main()
