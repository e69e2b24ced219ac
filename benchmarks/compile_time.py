"""How long compilation takes: the first call of a kernel in a running process, whole files, and long functions.

    python benchmarks/compile_time.py [--runs 5] [--before FOLDER]

Every figure is a median over fresh processes, the rows measured in turns. "cold" is with an empty cache, the compiler
loaded by the call of another function before; "from disk" has what another process compiled. The last columns are the
memory that compilation took at its peak, and the size of the code. With a checkout of another version in ``FOLDER``,
that is measured in turns with this one, and the table has its cold calls, too.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HEAD = """
import numpy as np
import pyc
from pyc import Dim, Tensor, f32, f64
N = Dim("N")
M = Dim("M")
"""
#: By the name of a row: the function ``kernel``, and its arguments.
KERNELS = {
    "a sum of products": (
        "def kernel(x: Tensor[f64, N], y: Tensor[f64, N]) -> float:\n    s = 0.0\n    for i in range(len(x)):\n"
        "        s += x[i] * y[i]\n    return s\n",
        "(np.ones(5), np.ones(5))",
    ),
    "softmax of rows": (
        "def kernel(x: Tensor[f32, M, N]) -> Tensor[f32, M, N]:\n    e = np.exp(x - x.max(axis=1, keepdims=True))\n"
        "    return e / e.sum(axis=1, keepdims=True)\n",
        "(np.ones((3, 5), np.float32),)",
    ),
    "jacobi in two dimensions": (
        "def kernel(u: Tensor[f64, M, N], v: Tensor[f64, M, N], steps: int) -> None:\n    for _ in range(steps):\n"
        "        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])\n"
        "        u, v = v, u\n",
        "(np.ones((5, 5)), np.ones((5, 5)), 2)",
    ),
    "floyd-warshall": (
        "def kernel(d: Tensor[f64, N, N]) -> None:\n    for k in range(len(d)):\n        for i in range(len(d)):\n"
        "            for j in range(len(d)):\n                d[i, j] = min(d[i, j], d[i, k] + d[k, j])\n",
        "(np.ones((4, 4)),)",
    ),
    "100 writes at computed indices": (
        "def kernel(x: Tensor[f64, N], k: int) -> None:\n"
        + "".join(f"    x[k + {i}] = x[k * {i}] + {i}.0\n" for i in range(100)),
        "(np.ones(500), 1)",
    ),
    "50 updates of slices": (
        "def kernel(x: Tensor[f64, N], k: int) -> None:\n"
        + "".join(f"    x[{i}:{i} + k] += {i}.0\n" for i in range(50)),
        "(np.ones(100), 3)",
    ),
    "500 updates of slices": (
        "def kernel(x: Tensor[f64, N], k: int) -> None:\n"
        + "".join(f"    x[{i}:{i} + k] += {i}.0\n" for i in range(500)),
        "(np.ones(600), 3)",
    ),
    "a product of matrices": (
        "def kernel(a: Tensor[f64, M, N], b: Tensor[f64, N, M]) -> Tensor[f64, M, M]:\n    return a @ b\n",
        "(np.ones((3, 5)), np.ones((5, 3)))",
    ),
    "singular values": (
        "def kernel(a: Tensor[f64, M, N]):\n    return np.linalg.svd(a)\n",
        "(np.eye(3),)",
    ),
    "eigenvalues": (
        "def kernel(a: Tensor[f64, N, N]):\n    return np.linalg.eig(a)\n",
        "(np.eye(3),)",
    ),
    "Fourier transform of rows and columns": (
        "def kernel(a: Tensor[f64, M, N]):\n    return np.fft.fft2(a)\n",
        "(np.ones((3, 5)),)",
    ),
    "two functions that call each other": (
        "def kernel(n: int) -> bool:\n    return True if n == 0 else odd(n - 1)\n"
        "def odd(n: int) -> bool:\n    return False if n == 0 else kernel(n - 1)\n",
        "(9,)",
    ),
}
CALL = """
import json, resource, sys, time
import numpy as np
sys.path.insert(0, {folder!r})
import other, kernel
other.kernel(np.ones(3))
begin = time.perf_counter()
kernel.kernel(*{arguments})
end = time.perf_counter()
peak = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps([end - begin, peak / 1024]))
"""
OTHER = HEAD + "@pyc.jit\ndef kernel(x: Tensor[f64, N]) -> None:\n    x += 1.0\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="fresh processes a row (default 5)")
    parser.add_argument("--before", default="", help="a checkout of another version, measured in turns with this one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), options.runs, options.before)
    before = f"{'before':>12}{'ratio':>8}" if options.before else ""
    print(f"{'first call of':40}{'cold':>10}{'from disk':>12}{'peak':>10}{'code':>11}{before}")
    for name, found in rows.items():
        cold, warm, peak = (statistics.median(found[k]) for k in ("cold", "warm", "peak"))
        line = f"{name:40}{cold * 1e3:7.0f} ms{warm * 1e3:9.1f} ms{peak:7.0f} MB{found['code'][0] / 1e3:8.1f} kB"
        if options.before:
            ratio = statistics.median(b / a for a, b in zip(found["cold"], found["before"], strict=True))
            line += f"{statistics.median(found['before']) * 1e3:9.0f} ms{ratio:8.2f}"
        print(line)


def measured(folder: Path, runs: int, before: str) -> dict[str, dict[str, list[float]]]:
    """What was measured, by row."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    rows: dict[str, dict[str, list[float]]] = {}
    for run in range(-1, runs):  # the first one makes byte code, and is not counted
        for i, (name, (text, arguments)) in enumerate(KERNELS.items()):
            place = folder / str(i)
            place.mkdir(exist_ok=True)
            (place / "kernel.py").write_text(f"{HEAD}@pyc.jit\n{text}")
            (place / "other.py").write_text(OTHER)
            cache = folder / f"cache{run}.{i}"
            command = [sys.executable, "-c", CALL.format(folder=str(place), arguments=arguments)]
            cold, warm = called(command, cache), called(command, cache)
            other = called(command, folder / f"before{run}.{i}", before)[0] if before else 0.0
            if run >= 0:
                found = rows.setdefault(name, {"cold": [], "warm": [], "peak": [], "code": [], "before": []})
                found["before"].append(other)
                found["cold"].append(cold[0])
                found["warm"].append(warm[0])
                found["peak"].append(cold[1])
                found["code"].append(max(p.stat().st_size for p in cache.glob("*/*.pycc")))
    return rows


def called(command: list[str], cache: Path, checkout: str = "") -> Any:
    """What a program prints of its first call, with the compiler of a checkout, or the one that is installed."""
    environment = {**os.environ, "PYC_CACHE_DIR": str(cache)}
    if checkout:
        environment["PYTHONPATH"] = str(Path(checkout).resolve())
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
