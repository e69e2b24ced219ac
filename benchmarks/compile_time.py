"""How long compilation takes: the first call of a kernel in a running process, whole files, and long functions.

    python benchmarks/compile_time.py [--runs 5]

Every figure is a median over fresh processes, the rows measured in turns. "cold" is with an empty cache, the compiler
loaded by the call of another function before; "from disk" has what another process compiled. The last columns are the
memory that compilation took at its peak, and the size of the code.
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
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), runs)
    print(f"{'first call of':36}{'cold':>10}{'from disk':>12}{'peak':>10}{'code':>10}")
    for name, found in rows.items():
        cold, warm, peak = (statistics.median(found[k]) for k in ("cold", "warm", "peak"))
        print(f"{name:36}{cold * 1e3:7.0f} ms{warm * 1e3:9.1f} ms{peak:7.0f} MB{found['code'][0] / 1e3:7.1f} kB")


def measured(folder: Path, runs: int) -> dict[str, dict[str, list[float]]]:
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
            if run >= 0:
                found = rows.setdefault(name, {"cold": [], "warm": [], "peak": [], "code": []})
                found["cold"].append(cold[0])
                found["warm"].append(warm[0])
                found["peak"].append(cold[1])
                found["code"].append(max(p.stat().st_size for p in cache.glob("*/*.pycc")))
    return rows


def called(command: list[str], cache: Path) -> Any:
    """What a program prints of its first call."""
    environment = {**os.environ, "PYC_CACHE_DIR": str(cache)}
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
