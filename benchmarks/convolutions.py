"""Convolutions of images against PyTorch, in f32.

    python benchmarks/convolutions.py [NAME...] [--threads 1] [--rounds 9] [--environment .venv-peers/bin/python]

Each row is a function with the extents of its filters in its types, compiled when it is first called. Both ways are
processes of their own, which take turns: a busy machine disturbs both. With one thread the processor's time of it
counts, otherwise the clock. The columns are 10^9 operations a second, the median and the best of all rounds, and how
many times faster the compiled function is, by both.
"""

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """Images of ``channels``, ``rows`` by ``columns``; filters of ``size`` by ``size``."""

    images: int
    channels: int
    rows: int
    columns: int
    filters: int
    size: int = 3
    stride: int = 1
    padding: int = 1
    groups: int = 1

    @property
    def work(self) -> int:
        """How many operations the definition takes."""
        steps = [(n + 2 * self.padding - self.size) // self.stride + 1 for n in (self.rows, self.columns)]
        return 2 * self.images * steps[0] * steps[1] * self.filters * self.channels // self.groups * self.size**2


ROWS = {
    "3 by 3": Row(1, 64, 56, 56, 64),
    "3 by 3, eight images": Row(8, 64, 56, 56, 64),
    "3 by 3, colours": Row(1, 3, 224, 224, 32),
    "3 by 3, small": Row(1, 256, 14, 14, 256),
    "3 by 3, smaller": Row(1, 512, 7, 7, 512),
    "3 by 3, few channels": Row(4, 16, 28, 28, 32),
    "3 by 3, groups": Row(1, 128, 28, 28, 128, groups=8),
    "3 by 3, by two": Row(1, 64, 56, 56, 128, stride=2),
    "7 by 7, by two, colours": Row(1, 3, 224, 224, 64, size=7, stride=2, padding=3),
    "1 by 1": Row(1, 256, 28, 28, 128, size=1, padding=0),
    "1 by 1, by two": Row(1, 256, 28, 28, 256, size=1, stride=2, padding=0),
    "each channel": Row(1, 128, 56, 56, 128, groups=128),
    "each channel, by two": Row(1, 128, 56, 56, 128, stride=2, groups=128),
    "each channel, 5 by 5": Row(1, 128, 28, 28, 128, size=5, padding=2, groups=128),
}
TEXT = """import pyc
from pyc import Dim, Tensor, f32
B = Dim("B")
C = Dim("C")
H = Dim("H")
W = Dim("W")
F = Dim("F")


@pyc.jit
def convolved(x: Tensor[f32, B, C, H, W], w: Tensor[f32, F, {own}, {size}, {size}]):
    return pyc.nn.conv2d(x, w, stride={stride}, padding={padding}, groups={groups})
"""
#: Seconds that a sample takes at least, and for which both ways work before it.
SAMPLE, AWAKE = 0.01, 0.02
#: Seconds between the turns of several threads: those of a peer look for work for a while.
PAUSE = 0.05


def compiled(row: Row, folder: str) -> Callable[[Any, Any], Any]:
    own = row.channels // row.groups
    path = Path(folder) / "convolved.py"
    path.write_text(
        TEXT.format(own=own, size=row.size, stride=row.stride, padding=row.padding, groups=row.groups),
        encoding="utf-8",
    )
    spec = importlib.util.spec_from_file_location("convolved", path)
    assert spec is not None and spec.loader is not None  # noqa: PT018
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.convolved


def of_torch(row: Row, threads: int) -> Callable[[Any, Any], Any]:
    import torch

    torch.set_num_threads(threads)

    def call(x: Any, w: Any) -> Any:
        given = torch.from_numpy(x), torch.from_numpy(w)
        found = torch.nn.functional.conv2d(*given, stride=row.stride, padding=row.padding, groups=row.groups)
        return found.numpy()

    return call


def answer(way: str, threads: int) -> None:
    """In the process of a way: read names of rows; say what the result comes to, then how long a call takes."""
    import numpy as np

    now = time.thread_time if threads == 1 else time.perf_counter
    with tempfile.TemporaryDirectory() as folder:
        last, call = "", None
        for line in sys.stdin:
            name = line.strip()
            row = ROWS[name]
            if name != last:
                rng = np.random.default_rng(0)
                x = rng.random((row.images, row.channels, row.rows, row.columns), np.float32) - np.float32(0.5)
                shape = (row.filters, row.channels // row.groups, row.size, row.size)
                w = rng.random(shape, np.float32) - np.float32(0.5)
                call = compiled(row, folder) if way == "compiled" else of_torch(row, threads)
                print(float(np.abs(call(x, w)).sum()), flush=True)
                last = name
                continue
            assert call is not None
            until, count = time.perf_counter() + AWAKE, 0
            begin = time.perf_counter()
            while time.perf_counter() < until:
                call(x, w)
                count += 1
            repeats = max(1, int(SAMPLE / ((time.perf_counter() - begin) / count)))
            begin = now()
            for _ in range(repeats):
                call(x, w)
            print((now() - begin) / repeats, flush=True)


def asked(process: subprocess.Popen[str], name: str) -> float:
    assert process.stdin is not None and process.stdout is not None  # noqa: PT018
    print(name, file=process.stdin, flush=True)
    return float(process.stdout.readline())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows with this in their name; all by default")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--environment", default=".venv-peers/bin/python", help="the Python that has PyTorch")
    parser.add_argument("--answer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        answer(options.answer, options.threads)
        return
    number = str(options.threads)
    environment = {**os.environ, "OMP_NUM_THREADS": number, "PYC_NUM_THREADS": number}
    ways = {"PyTorch": options.environment, "compiled": sys.executable}
    processes = [
        subprocess.Popen(
            [python, __file__, "--answer", way, "--threads", number],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for way, python in ways.items()
    ]
    print(f"{'':26}" + "".join(f"{way:>10}{'best':>8}" for way in ways) + f"{'faster':>9}{'by best':>9}")
    for name in (n for n in ROWS if not options.names or any(part in n for part in options.names)):
        sums = [asked(process, name) for process in processes]
        assert abs(sums[0] - sums[1]) <= 1e-3 * sums[0], f"{name}: {sums}"
        times: list[list[float]] = [[] for _ in processes]
        for _ in range(options.rounds):
            for process, measured in zip(processes, times, strict=True):
                measured.append(asked(process, name))
                time.sleep(PAUSE if options.threads > 1 else 0)
        rate = 1e-9 * ROWS[name].work
        medians, bests = ([pick(t) for t in times] for pick in (statistics.median, min))
        columns = "".join(f"{rate / m:10.1f}{rate / b:8.1f}" for m, b in zip(medians, bests, strict=True))
        print(f"{name:26}{columns}{medians[0] / medians[1]:9.2f}{bests[0] / bests[1]:9.2f}", flush=True)
    for process in processes:
        process.communicate()


if __name__ == "__main__":
    main()
