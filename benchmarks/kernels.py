"""The kernels of benchmarks/kernels, compiled by pyc and by its peers: medians, and how the best peer compares.

    python benchmarks/kernels.py [NAME...] [--size small|medium] [--peers numba,pythran,jax,torch,c,numpy]
                                 [--environment .venv-peers/bin/python] [--seconds 1] [--clock wall|cpu]

Each kernel is typed only in its signature. Peers get the same file without its types; where they have a better spelling
of their own, it stands in benchmarks/peers, and the faster of both counts. They live in an environment of their own
(benchmarks/requirements.txt). Every way runs in a process of its own, on one thread, and samples are taken in turns, so
that a busy machine disturbs all alike; ``--clock cpu`` counts a process's own time, which neighbours change less.
Results are compared before they are timed: a peer that gives something else does not count.
"""

import argparse
import ast
import math
import os
import pickle
import select
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from contender import Kernel

from pyc.frontend.syntax import runnable_tree
from pyc.source import Source

HERE = Path(__file__).resolve().parent
KERNELS = {p.stem: p for p in sorted((HERE / "kernels").glob("*.py"))}
SUFFIX = {
    **{way: f"{way}/{{}}.py" for way in ("numba", "pythran", "jax", "torch")},
    "c": "c/{}.c",
}
#: Peers that have no way to take the file as it is.
ONLY_OWN = ("jax", "torch", "c")
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "PYC_NUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}
ROUNDS = 25


@dataclass
class Process:
    """A contender's process; one that does not answer in time is ended, and begun anew when it is next asked."""

    way: str
    python: str
    folder: str
    clock: str
    limit: float
    _process: subprocess.Popen[bytes] | None = None

    def ask(self, what: str, label: str = "", kernel: Kernel | None = None) -> Any:
        if self._process is None:
            command = [self.python, str(HERE / "contender.py"), self.way, self.folder, self.clock]
            errors = subprocess.DEVNULL
            environment = {**os.environ, **ONE_THREAD}
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, env=environment)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump((what, label, kernel), self._process.stdin)
            self._process.stdin.flush()
            if select.select([self._process.stdout], [], [], self.limit)[0]:
                return pickle.load(self._process.stdout)
            message = f"no answer in {self.limit:g} s"
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            message = "its process ended"
        self.end()
        return message

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass
class Entry:
    """One way to run one kernel: its seconds, or what went wrong."""

    process: Process
    label: str
    note: str = ""
    first: float = 0.0
    outcome: list[Any] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="kernels with this in their name; all by default")
    parser.add_argument("--size", default="medium", choices=("test", "small", "medium"))
    parser.add_argument("--peers", default="numba,pythran,jax,torch,c")
    parser.add_argument("--environment", default=".venv-peers/bin/python", help="the Python that has the peers")
    parser.add_argument("--folder", default=str(Path(tempfile.gettempdir()) / "pyc-peers"), help="for compiled peers")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long samples of a kernel are taken (default 1)")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds that a peer has to compile and run once")
    parser.add_argument("--clock", default="wall", choices=("wall", "cpu"))
    options = parser.parse_args()
    Path(options.folder).mkdir(parents=True, exist_ok=True)
    clock = "perf_counter" if options.clock == "wall" else "process_time"
    names = [n for n in KERNELS if not options.names or any(part in n for part in options.names)]
    peers = [p for p in options.peers.split(",") if p]
    processes = {
        way: Process(way, sys.executable if way in ("pyc", "c") else options.environment, options.folder, clock, limit)
        for way, limit in [("pyc", 600.0), *((p, options.limit) for p in peers)]
    }
    print(f"{'':24}{'pyc':>11}" + "".join(f"{p:>11}" for p in peers) + f"{'best peer / pyc':>17}")
    ratios: dict[str, float] = {}
    try:
        for name in names:
            entries = measured(name, options.size, processes, options.seconds)
            print(line(name, entries, peers, ratios), flush=True)
    finally:
        for process in processes.values():
            process.end()
    print(summary(ratios))


def measured(name: str, size: str, processes: dict[str, Process], seconds: float) -> list[Entry]:
    """The ways of a kernel, pyc's first, with their samples."""
    plain = plain_text(KERNELS[name])
    ours = Entry(processes["pyc"], "pyc")
    entries = [ours]
    _prepare(ours, Kernel(name, str(KERNELS[name]), plain, None, size, ()), None)
    made = tuple((str(r.dtype), r.shape) for r in ours.outcome)
    for way, process in processes.items():
        if way == "pyc" or ours.note:
            continue
        own = HERE / "peers" / SUFFIX[way].format(name) if way in SUFFIX else None
        spellings = [] if way in ONLY_OWN else [None]
        if own is not None and own.exists():
            spellings.append(own.read_text(encoding="utf-8"))
        for spelling in spellings:
            entry = Entry(process, f"{way}{' own' if spelling else ''}")
            results = made[: _results(name)] if way == "c" else made
            _prepare(entry, Kernel(name, str(KERNELS[name]), plain, spelling, size, results), ours.outcome)
            entries.append(entry)
    ready = [e for e in entries if not e.note]
    _sample(ready, seconds)
    for process in {id(e.process): e.process for e in entries}.values():
        process.ask("forget")
    return entries


def _results(name: str) -> int:
    """How many results a kernel has by its annotation; what else is in an outcome was written."""
    for node in runnable_tree(_source(KERNELS[name])).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            match node.returns:
                case None | ast.Constant(value=None):
                    return 0
                case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=items)):
                    return len(items)
    return 1


def _prepare(entry: Entry, kernel: Kernel, expected: list[Any] | None) -> None:
    answer = entry.process.ask("prepare", entry.label, kernel)
    if isinstance(answer, str):
        entry.note = answer
        return
    entry.first, entry.outcome = answer
    if expected is not None and not _agree(entry.outcome, expected):
        entry.note = "differs"


def _agree(found: list[Any], expected: list[Any]) -> bool:
    """Whether results are equal but for the order of additions and the last digits of functions."""
    if len(found) != len(expected):
        return False
    for a, b in zip(found, expected, strict=True):
        if a.shape != b.shape:
            return False
        single = "f4" in (a.dtype.str[1:], b.dtype.str[1:])
        scale = float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b))) if b.dtype.kind in "fc" else 1.0
        tolerance = 1e-3 if single else 1e-7
        if not np.allclose(a, b, rtol=tolerance, atol=tolerance * scale, equal_nan=True):
            return False
    return True


def _sample(entries: list[Entry], seconds: float) -> None:
    """Samples of each in turns; the first is not kept."""
    spent = 0.0
    for round in range(ROUNDS):
        for entry in entries:
            answer = entry.process.ask("sample", entry.label)
            if isinstance(answer, str):
                entry.note = entry.note or answer
            elif round:
                entry.seconds.append(answer)
                spent += max(answer, 0.005)
        if round >= 3 and spent > seconds * max(len(entries), 1):
            break


def line(name: str, entries: list[Entry], peers: list[str], ratios: dict[str, float]) -> str:
    """A line of the table; the ratio is kept."""
    ours, *others = entries
    if not ours.seconds:
        return f"{name:24}{ours.note}"
    text = f"{name:24}{time_text(ours.median)}"
    best: float | None = None
    for peer in peers:
        own = [e for e in others if e.process.way == peer]
        timed = [e.median for e in own if e.seconds and not e.note]
        text += time_text(min(timed)) if timed else f"{_short(own):>11}"
        if timed and peer not in ("c", "numpy"):
            best = min(timed) if best is None else min(best, *timed)
    if best is None:
        return text + f"{'-':>17}"
    ratios[name] = best / ours.median
    return text + f"{ratios[name]:16.2f}x"


def _short(entries: list[Entry]) -> str:
    if not entries:
        return "-"
    return "differs" if any(e.note == "differs" for e in entries) else "fails"


def time_text(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):  # noqa: B007
        if seconds >= scale:
            break
    return f"{seconds / scale:8.2f} {unit:2}"


def summary(ratios: dict[str, float]) -> str:
    if not ratios:
        return "no kernel has a peer to compare with"
    mean = math.exp(statistics.fmean(math.log(r) for r in ratios.values()))
    worst = sorted(ratios, key=lambda n: ratios[n])
    below = [n for n in worst if ratios[n] < 0.7]
    return (
        f"\n{len(ratios)} kernels, best of Numba, Pythran, JAX and torch.compile / pyc: geometric mean {mean:.2f}x,"
        f" least {ratios[worst[0]]:.2f}x ({worst[0]}), below 0.7x: {len(below)}"
        f"\nslowest: {', '.join(f'{n} {ratios[n]:.2f}x' for n in worst[:8])}"
    )


def _source(path: Path) -> Source:
    return Source(str(path), path.read_text(encoding="utf-8"))


def plain_text(path: Path) -> str:
    """A kernel's file without types and without pyc, as any compiler of Python takes it."""
    tree = runnable_tree(_source(path))
    tree.body = [s for s in tree.body if not _of_pyc(s)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list, node.returns = [], None
            for a in node.args.args:
                a.annotation = None
    return ast.unparse(tree)


def _of_pyc(node: ast.stmt) -> bool:
    match node:
        case ast.Import(names=names):
            return any(n.name == "pyc" for n in names)
        case ast.ImportFrom(module=module):
            return module == "pyc"
        case _:
            return False


if __name__ == "__main__":
    main()
