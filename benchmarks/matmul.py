"""Products of matrices against OpenBLAS through NumPy.

    python benchmarks/matmul.py [--dtype f32|f64] [--threads 1] [--rounds 9] [--static]

One compiled function takes all sizes; with ``--static`` there is one for each, whose extents are in its types. Both
ways are processes of their own, which take turns: a busy machine disturbs both, and threads of one that wait for more
work do not disturb the other. The columns are 10^9 operations a second, the median and the best of all rounds, and how
many times faster the compiled function is, by both.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Rows, terms and columns: cubes, odd ones, few rows, few columns, few terms, many terms.
SIZES = [
    *((n, n, n) for n in (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)),
    (37, 129, 65), (1000, 777, 513), (1023, 1023, 1023),
    (8, 1024, 1024), (1024, 1024, 8), (4096, 64, 4096), (64, 4096, 64), (100, 1000, 100),
]  # fmt: skip
#: Seconds between the turns: threads of OpenBLAS look for work for some hundredths of a second after a call.
PAUSE = 0.05
#: Seconds for which several threads multiply before a sample: what is measured are calls that follow each other.
AWAKE = 0.02
#: Products of two numbers in a sample, at least; with several threads, samples are to be short: all run at a time.
WORK, SHARED_WORK = 100_000_000, 10_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dtype", choices=["f32", "f64"], default="f32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--static", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bundle = compiled(Path(folder), options.dtype, static=options.static)
        ways = [Way(name, options.dtype, options.threads, bundle) for name in ("OpenBLAS", "compiled")]
        head = "".join(f"{name:>10}{'best':>8}" for name in ("OpenBLAS", "compiled"))
        print(f"{'rows, terms, columns':22}{head}{'faster':>9}{'by best':>9}")
        for size in SIZES:
            times: list[list[float]] = [[], []]
            for _ in range(options.rounds):
                for way, measured in zip(ways, times, strict=True):
                    measured.append(way.sample(size))
                    time.sleep(PAUSE if options.threads > 1 else 0)
            rate = 2e-9 * size[0] * size[1] * size[2]
            medians, bests = ([pick(t) for t in times] for pick in (statistics.median, min))
            row = "".join(f"{rate / m:10.1f}{rate / b:8.1f}" for m, b in zip(medians, bests, strict=True))
            print(
                f"{', '.join(map(str, size)):22}{row}{medians[0] / medians[1]:9.2f}{bests[0] / bests[1]:9.2f}",
                flush=True,
            )
        for way in ways:
            way.end()


def compiled(folder: Path, dtype: str, *, static: bool) -> Path:
    """The bundle with the function of all sizes, or with those of each."""
    text = "from pyc import Tensor, f32, f64\n"
    for name, (m, k, n) in functions(static=static).items():
        generic = "" if static else "[M, K, N]"
        text += f"\ndef {name}{generic}(a: Tensor[{dtype}, {m}, {k}], b: Tensor[{dtype}, {k}, {n}])"
        text += f" -> Tensor[{dtype}, {m}, {n}]:\n    return a @ b\n"
    path = folder / "products.py"
    path.write_text(text, encoding="utf-8")
    bundle = folder / "products_cpu"
    command = [sys.executable, "-m", "pyc", "compile", str(path), "--target=cpu:native", "-o", str(bundle)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return bundle


def functions(*, static: bool) -> dict[str, tuple[Any, Any, Any]]:
    return {name_of(s): s for s in SIZES} if static else {"product": ("M", "K", "N")}


def name_of(size: tuple[int, int, int]) -> str:
    return "product_" + "_".join(map(str, size))


class Way:
    """A process that multiplies in one way."""

    def __init__(self, name: str, dtype: str, threads: int, bundle: Path) -> None:
        # The other's threads are not even started.
        wanted = {"OPENBLAS_NUM_THREADS": 1, "PYC_NUM_THREADS": 1}
        wanted["OPENBLAS_NUM_THREADS" if name == "OpenBLAS" else "PYC_NUM_THREADS"] = threads
        environment = {**os.environ, **{k: str(v) for k, v in wanted.items()}}
        call = f"answer({name!r}, {dtype!r}, {str(bundle)!r}, {threads})"
        command = [sys.executable, "-c", f"from matmul import answer; {call}"]
        self.process = subprocess.Popen(
            command,
            env=environment,
            cwd=Path(__file__).parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def sample(self, size: tuple[int, int, int]) -> float:
        """Seconds of one product, the mean of some; the first of a size is not counted."""
        assert self.process.stdin is not None and self.process.stdout is not None  # noqa: PT018
        print(*size, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def end(self) -> None:
        self.process.communicate()


def answer(name: str, dtype: str, bundle: str, threads: int) -> None:
    """In the process of a way: read sizes, say how long they take."""
    import numpy as np

    import pyc

    program = pyc.load(bundle) if name == "compiled" else None
    now, work = (time.thread_time, WORK) if threads == 1 else (time.perf_counter, SHARED_WORK)
    apart = threads == 1
    rng = np.random.default_rng(0)
    last, call = None, None
    for line in sys.stdin:
        size = tuple(map(int, line.split()))
        m, k, n = size
        if size != last:
            a, b = (rng.random(shape).astype(dtype.replace("f", "float")) for shape in ((m, k), (k, n)))
            call = _call(program, size, a, b)
        # Caches hold what the other way, or another size, left there; and threads that slept take their time to come.
        assert call is not None
        awake = time.perf_counter() + (AWAKE if threads > 1 else 0)
        call()
        while time.perf_counter() < awake:
            call()
        apart = apart or _put_apart(threads)
        repeats = max(1, work // (m * k * n))
        start = now()
        for _ in range(repeats):
            call()
        print((now() - start) / repeats, flush=True)
        last = size


def _put_apart(threads: int) -> bool:
    """Give each thread of this process a processor of its own, if all have started; whether they have."""
    processors = sorted(os.sched_getaffinity(0))
    running = sorted(map(int, os.listdir("/proc/self/task")))
    if len(running) < threads:
        return False
    for thread, processor in zip(running, processors, strict=False):
        os.sched_setaffinity(thread, [processor])
    return True


def _call(program: Any, size: tuple[int, ...], a: Any, b: Any) -> Callable[[], object]:
    if program is None:
        return lambda: a @ b
    function = getattr(program, "product", None) or getattr(program, name_of(size))  # type: ignore[arg-type]
    return lambda: function(a, b)


if __name__ == "__main__":
    main()
