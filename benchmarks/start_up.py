"""What it costs to begin: importing pyc, compiling a file from the command line, the first call of a function.

    python benchmarks/start_up.py [--runs 9]

Every figure is the median over fresh processes. The rows are measured in turns, so that a busy machine disturbs all of
them alike.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "matmul_gelu.py"
FIRST_CALL = """
import sys, time
import numpy as np
sys.path.insert(0, {examples!r})
import axpy
x = np.ones(8, np.float32)
begin = time.perf_counter()
axpy.axpy(np.float32(2), x, x)
print(time.perf_counter() - begin)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="fresh processes a row (default 9)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), runs)
    numpy = statistics.median(rows["import numpy"])
    print(f"{'':44}{'median':>9}{'best':>9}")
    for name, seconds in rows.items():
        print(f"{name:44}{statistics.median(seconds):8.3f}s{min(seconds):8.3f}s")
    beyond = statistics.median(rows["import numpy, pyc"]) - numpy
    print(f"{'import pyc beyond NumPy':44}{beyond:8.3f}s")


def measured(folder: Path, runs: int) -> dict[str, list[float]]:
    """Seconds of each run, by row."""
    # Installed files have their byte code beside them; here it is made by the first, unmeasured run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    compile_example = [sys.executable, "-m", "pyc", "compile", str(EXAMPLE), "-o"]
    first_call = [sys.executable, "-c", FIRST_CALL.format(examples=str(EXAMPLE.parent))]
    warm = {**os.environ, "PYC_CACHE_DIR": str(folder / "warm")}
    subprocess.run(first_call, env=warm, check=True, capture_output=True)
    for target in ("cpu", "cuda", "onnx"):
        wall([*compile_example, str(folder / f"first.{target}"), f"--target={target}"])
    rows: dict[str, list[float]] = {}
    for run in range(runs):
        cold = {**os.environ, "PYC_CACHE_DIR": str(folder / f"cold{run}")}
        for name, seconds in (
            ("import numpy", wall([sys.executable, "-c", "import numpy"])),
            ("import numpy, pyc", wall([sys.executable, "-c", "import numpy, pyc"])),
            ("pyc --help", wall([sys.executable, "-m", "pyc", "--help"])),
            ("pyc compile matmul_gelu.py --target=cpu", wall([*compile_example, str(folder / f"{run}.cpu")])),
            (
                "pyc compile matmul_gelu.py --target=cuda",
                wall([*compile_example, str(folder / f"{run}.cuda"), "--target=cuda"]),
            ),
            (
                "pyc compile matmul_gelu.py --target=onnx",
                wall([*compile_example, str(folder / f"{run}.onnx"), "--target=onnx"]),
            ),
            ("first call of a jit function, empty cache", printed(first_call, cold)),
            ("first call of a jit function, from the cache", printed(first_call, warm)),
        ):
            rows.setdefault(name, []).append(seconds)
    return rows


def wall(command: list[str]) -> float:
    """Seconds that a process takes as a whole."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def printed(command: list[str], environment: dict[str, str]) -> float:
    """The seconds that a program measured itself and printed."""
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
