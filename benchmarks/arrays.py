"""Array expressions in f32 and f64, beside NumPy, Numba, JAX and torch.compile and the bandwidth of a copy.

    python benchmarks/arrays.py [NAME...] [--types f32,f64] [--peers numpy,numba,jax,torch] [--seconds 0.5]
                                [--threads 1] [--environment .venv-peers/bin/python]

Each row is an expression over arrays, compiled for ``cpu:native``. Numba gets the same text and, where there is one,
a loop as its users write it; the faster counts. PyTorch compiles the NumPy text as well. Every way has a process of its
own and samples are taken in turns, so that a busy machine disturbs all alike; figures are medians. The last column says
how much of the bandwidth of a measured copy a row reaches, counting each array that it must read or write once.
"""

import argparse
import math
import os
import pickle
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

COPY = "copy 10M"
VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "PYC_NUM_THREADS")
ROUNDS, SAMPLE = 40, 0.004


@dataclass(frozen=True)
class Row:
    """An expression. ``text`` defines ``f`` with types (``T`` is the element type); ``loops`` is Numba's own spelling.

    ``made`` gives the arguments by code. ``moved`` counts the elements that must be read and written.
    """

    name: str
    text: str
    made: str
    moved: float
    loops: str = ""
    peers: str = "numpy numba jax torch"


def _big(name: str, expression: str, arrays: str = "x", **more: Any) -> Row:
    """A row of long arrays of one axis and one that is written."""
    names, count = arrays.split(), 10_000_000
    typed = ", ".join(f"{n}: Tensor[T, N]" for n in [*names, "out"])
    text = f"def f[N]({typed}) -> None:\n    out[:] = {expression}\n"
    made = f"({', '.join([f'uniform({count})'] * len(names))}, zeros({count}))"
    return Row(name, text, made, (len(names) + 1) * count, **more)


def _over(name: str, expression: str, shape: str, moved: float, result: str, **more: Any) -> Row:
    """A row of an array of two axes that gives a new array or a number."""
    text = f"def f[M, N](x: Tensor[T, M, N]) -> {result}:\n    return {expression}\n"
    return Row(name, text, f"(uniform{shape},)", moved, **more)


SUM_AXIS_0 = """def f(x):
    out = np.zeros(x.shape[1], x.dtype)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[j] += x[i, j]
    return out
"""
SUM_AXIS_1 = """def f(x):
    out = np.zeros(x.shape[0], x.dtype)
    for i in range(x.shape[0]):
        s = x.dtype.type(0)
        for j in range(x.shape[1]):
            s += x[i, j]
        out[i] = s
    return out
"""
SOFTMAX = """def f(x, out):
    for i in range(x.shape[0]):
        m = x[i, 0]
        for j in range(x.shape[1]):
            m = max(m, x[i, j])
        s = x.dtype.type(0)
        for j in range(x.shape[1]):
            e = math.exp(x[i, j] - m)
            out[i, j] = e
            s += e
        for j in range(x.shape[1]):
            out[i, j] /= s
"""
JACOBI = """def f(a, out):
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            out[i, j] = a.dtype.type(0.2) * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i + 1, j] + a[i - 1, j])
"""
_FIVE = ", ".join(f"{n}: Tensor[T, N]" for n in ("s", "k", "t", "call", "put"))
BLACK_SCHOLES = f"""def f[N]({_FIVE}) -> None:
    root = np.sqrt(t)
    a = (np.log(s / k) + (0.02 + 0.3 * 0.3 / 2) * t) / (0.3 * root)
    b = a - 0.3 * root
    discounted = k * np.exp(-0.02 * t)
    below_a = 0.5 * (1 + ERF(a * 0.7071067811865476))
    below_b = 0.5 * (1 + ERF(b * 0.7071067811865476))
    call[:] = s * below_a - discounted * below_b
    put[:] = discounted * (1 - below_b) - s * (1 - below_a)
"""
BLACK_SCHOLES_LOOP = """def f(s, k, t, call, put):
    for i in range(len(s)):
        root = math.sqrt(t[i])
        a = (math.log(s[i] / k[i]) + (0.02 + 0.3 * 0.3 / 2) * t[i]) / (0.3 * root)
        b = a - 0.3 * root
        discounted = k[i] * math.exp(-0.02 * t[i])
        below_a = 0.5 * (1 + math.erf(a * 0.7071067811865476))
        below_b = 0.5 * (1 + math.erf(b * 0.7071067811865476))
        call[i] = s[i] * below_a - discounted * below_b
        put[i] = discounted * (1 - below_b) - s[i] * (1 - below_a)
"""
SQUARE, ROWS_OF = "(2000, 2000)", "uniform((4096, 1000)), zeros((4096, 1000))"
NORMS = "uniform((2000, 1024)), uniform(1024), uniform(1024), zeros((2000, 1024))"
GELU = """def f[N](x: Tensor[T, N], out: Tensor[T, N]) -> None:
    u = x * 1.5 + 0.25
    out[:] = u * 0.5 * (1 + ERF(u * 0.7071067811865476))
"""
GELU_LOOP = """def f(x, out):
    for i in range(len(x)):
        u = x[i] * 1.5 + 0.25
        out[i] = u * 0.5 * (1 + math.erf(u * 0.7071067811865476))
"""
CHAIN = """def f[N](x: Tensor[T, N], y: Tensor[T, N], out: Tensor[T, N]) -> None:
    a = 2 * x + 3 * y
    b = a * a - y
    c = np.maximum(b, x) + a
    out[:] = c * 0.5 - b
"""
TABLE = [
    _big(COPY, "x", peers="numpy numba jax"),
    _big("x + y 10M", "x + y", "x y"),
    Row("gelu(x*w+b) 10M", GELU, "(uniform(10000000), zeros(10000000))", 2e7, GELU_LOOP, "numba jax torch"),
    Row("chain of statements 1M", CHAIN, "(uniform(1000000), uniform(1000000), zeros(1000000))", 3e6),
    Row(
        "softmax 4096x1000",
        "def f[M, N](x: Tensor[T, M, N], out: Tensor[T, M, N]) -> None:\n"
        "    e = np.exp(x - np.max(x, axis=1, keepdims=True))\n    out[:] = e / np.sum(e, axis=1, keepdims=True)\n",
        f"({ROWS_OF})",
        2 * 4096e3,
        SOFTMAX,
    ),
    Row(
        "log_softmax 4096x1000",
        "def f[M, N](x: Tensor[T, M, N], out: Tensor[T, M, N]) -> None:\n"
        "    e = x - np.max(x, axis=1, keepdims=True)\n"
        "    out[:] = e - np.log(np.sum(np.exp(e), axis=1, keepdims=True))\n",
        f"({ROWS_OF})",
        2 * 4096e3,
        peers="numpy jax torch",
    ),
    Row(
        "layer_norm 2000x1024",
        "def f[M, N](x: Tensor[T, M, N], w: Tensor[T, N], b: Tensor[T, N], out: Tensor[T, M, N]) -> None:\n"
        "    c = x - np.mean(x, axis=1, keepdims=True)\n    v = np.mean(c * c, axis=1, keepdims=True)\n"
        "    out[:] = c / np.sqrt(v + 1e-5) * w + b\n",
        f"({NORMS})",
        2 * 2048e3,
        peers="numpy jax torch",
    ),
    Row(
        "rms_norm 2000x1024",
        "def f[M, N](x: Tensor[T, M, N], w: Tensor[T, N], b: Tensor[T, N], out: Tensor[T, M, N]) -> None:\n"
        "    out[:] = x / np.sqrt(np.mean(x * x, axis=1, keepdims=True) + 1e-6) * w\n",
        f"({NORMS})",
        2 * 2048e3,
        peers="numpy jax torch",
    ),
    Row(
        "black-scholes 1M",
        BLACK_SCHOLES,
        "(*[uniform(1000000) * 50 + 75] * 2, uniform(1000000) + 1, zeros(1000000), zeros(1000000))",
        5e6,
        BLACK_SCHOLES_LOOP,
        "numba jax torch",
    ),
    *(
        _over(f"{name} axis {axis} 2000x2000", f"{spelled}(x, axis={axis})", f"({SQUARE})", 4e6, result, **more)
        for name, spelled, result, more in (
            ("sum", "np.sum", "Tensor[T, ...]", {}),
            ("mean", "np.mean", "Tensor[T, ...]", {"peers": "numpy jax torch"}),
            ("max", "np.max", "Tensor[T, ...]", {"peers": "numpy jax torch"}),
            ("argmax", "np.argmax", "Tensor[pyc.i64, ...]", {}),
            ("var", "np.var", "Tensor[T, ...]", {"peers": "numpy jax torch"}),
        )
        for axis in (0, 1)
    ),
    _over("sum whole 2000x2000", "np.sum(x)", f"({SQUARE})", 4e6, "T"),
    _over("mean whole 2000x2000", "np.mean(x)", f"({SQUARE})", 4e6, "T"),
    _over("max whole 2000x2000", "np.max(x)", f"({SQUARE})", 4e6, "T"),
    _over("argmax whole 2000x2000", "int(np.argmax(x))", f"({SQUARE})", 4e6, "int", peers="numpy numba"),
    _over("var whole 2000x2000", "np.var(x)", f"({SQUARE})", 4e6, "T"),
    _over("sum strided [::2, ::2]", "np.sum(x[::2, ::2])", f"({SQUARE})", 2e6, "T", peers="numpy jax torch"),
    _over("sum transposed axis 1", "np.sum(x.T, axis=1)", f"({SQUARE})", 4e6, "Tensor[T, N]"),
    _over("sum(exp(x)) 2000x2000", "np.sum(np.exp(x))", f"({SQUARE})", 4e6, "T"),
    _over("where(x > 0, x, 0).sum()", "np.where(x > 0, x, 0).sum()", f"({SQUARE})", 4e6, "T"),
    _over("x[x > 0].sum()", "x[x > 0].sum()", f"({SQUARE})", 4e6, "T", peers="numpy"),
    Row(
        "jacobi 2d 2000x2000",
        "def f[M, N](a: Tensor[T, M, N], out: Tensor[T, M, N]) -> None:\n"
        "    out[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])\n",
        f"(uniform({SQUARE}), zeros({SQUARE}))",
        8e6,
        JACOBI,
    ),
    Row(
        "jacobi 1d 10M",
        "def f[N](a: Tensor[T, N], out: Tensor[T, N]) -> None:\n    out[1:-1] = 0.33333 * (a[:-2] + a[1:-1] + a[2:])\n",
        "(uniform(10000000), zeros(10000000))",
        2e7,
    ),
    _over("min and max 2000x2000", "np.min(x), np.max(x)", f"({SQUARE})", 4e6, "tuple[T, T]"),
    _over("mean and std 2000x2000", "np.mean(x), np.std(x)", f"({SQUARE})", 4e6, "tuple[T, T]"),
    Row(
        "outer product + 1, 2000x2000",
        "def f[M, N](x: Tensor[T, M], y: Tensor[T, N], out: Tensor[T, M, N]) -> None:\n"
        "    out[:] = x[:, None] * y + 1\n",
        f"(uniform(2000), uniform(2000), zeros({SQUARE}))",
        4e6,
    ),
    Row(
        "x * column + row 2000x2000",
        "def f[M, N](x: Tensor[T, M, N], a: Tensor[T, M], b: Tensor[T, N], out: Tensor[T, M, N]) -> None:\n"
        "    out[:] = x * a[:, None] + b\n",
        f"(uniform({SQUARE}), uniform(2000), uniform(2000), zeros({SQUARE}))",
        8e6,
    ),
    Row(
        "standardise columns 2000x2000",
        "def f[M, N](x: Tensor[T, M, N], out: Tensor[T, M, N]) -> None:\n"
        "    out[:] = (x - np.mean(x, axis=0)) / np.std(x, axis=0)\n",
        f"(uniform({SQUARE}), zeros({SQUARE}))",
        8e6,
        peers="numpy jax torch",
    ),
    Row(
        "2*x + 3*y, every other of 2M",
        "def f[N](x: Tensor[T, N], y: Tensor[T, N], out: Tensor[T, N]) -> None:\n    out[:] = 2 * x + 3 * y\n",
        "(uniform(2000000)[::2], uniform(2000000)[::2], zeros(2000000)[::2])",
        6e6,
    ),
]


def arguments_of(row: Row, kind: str) -> tuple[Any, ...]:
    random = np.random.default_rng(0)
    dtype = {"f32": np.float32, "f64": np.float64}[kind]

    def uniform(shape: Any) -> Any:
        return (random.random(shape) - 0.25).astype(dtype)

    return eval(row.made, {"uniform": uniform, "zeros": lambda shape: np.zeros(shape, dtype)})


def plain(row: Row) -> str:
    """The text without types, as NumPy's users write it."""
    head, _, body = row.text.partition("\n")
    parameters = re.sub(r": Tensor\[[^]]*\]", "", head.partition("(")[2]).rpartition(") -> ")[0]
    return f"def f({parameters}):\n{body}"


# --- ways -------------------------------------------------------------------------------------------------------------


def compiled_by_pyc(text: str, kind: str, given: tuple[Any, ...]) -> Callable[..., Any]:
    from pyc.target import Target
    from pyc.targets.cpu.run import load_object
    from pyc.tools.driver import Job, compiled_object

    text = text.replace("...", "N" if "axis=0" in text else "M").replace("ERF", "pyc.erf")
    text = re.sub(r"(?<!\.)\bT\b", kind, text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "row.py"
        path.write_text(f"import numpy as np\nimport pyc\nfrom pyc import Tensor, f32, f64\n{text}", encoding="utf-8")
        job = Job(str(path), "cpu", Target.parse("cpu:native"), emit="obj", functions=("f",))
        _, artifact = compiled_object(job)
    (code,) = artifact.files.values()
    return load_object(code, artifact.metadata).f


def _module(text: str, **names: Any) -> Any:
    names |= {"np": np, "math": math}
    exec(text, names)
    return names["f"]


def run_by_numpy(text: str, kind: str, given: tuple[Any, ...]) -> Callable[..., Any]:
    return _module(text)


def compiled_by_numba(text: str, kind: str, given: tuple[Any, ...]) -> Callable[..., Any]:
    import numba

    return numba.njit(error_model="numpy")(_module(text, ERF=math.erf))


def returning(text: str) -> str:
    """The text with results that are returned, for ways that write into no array."""
    text = text.replace("out[:] =", "return").replace("out[1:-1, 1:-1] =", "return").replace("out[1:-1] =", "return")
    text = text.replace("call[:] =", "call =").replace("put[:] =", "return call,")
    return text.replace("int(np.argmax(x))", "np.argmax(x)")


def compiled_by_torch(text: str, kind: str, given: tuple[Any, ...]) -> Callable[..., Any]:
    """PyTorch reads NumPy's names; what is assigned to an array is returned."""
    import torch

    def erf(x: Any) -> Any:
        return torch.erf(torch.from_numpy(x)).numpy()

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
        file.write(returning(text))
    names: dict[str, Any] = {"np": np, "math": math, "ERF": erf}
    exec(compile(returning(text), file.name, "exec"), names)
    compiled = torch.compile(names["f"])
    return lambda *_: compiled(*given)


def compiled_by_jax(text: str, kind: str, given: tuple[Any, ...]) -> Callable[..., Any]:
    """JAX writes into no array: what is assigned to one is returned."""
    import jax
    import jax.numpy
    from jax.scipy.special import erf

    jax.config.update("jax_enable_x64", True)
    text = returning(text)
    compiled = jax.jit(_module(text.replace("np.", "jnp."), jnp=jax.numpy, ERF=erf))
    placed = [jax.numpy.asarray(a) for a in given]
    return lambda *_: jax.block_until_ready(compiled(*placed))


WAYS: dict[str, Callable[..., Callable[..., Any]]] = {
    "pyc": compiled_by_pyc,
    "numpy": run_by_numpy,
    "numba": compiled_by_numba,
    "jax": compiled_by_jax,
    "torch": compiled_by_torch,
}


def answer(way: str) -> None:
    """Take requests from standard input: prepare a row, or take a sample of what is prepared."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    function, given, count = None, (), 1
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            if request is None:
                begin = time.perf_counter()
                for _ in range(count):
                    function(*given)
                found: Any = (time.perf_counter() - begin) / count
            else:
                row, kind, text = request
                given, count = arguments_of(row, kind), 1
                places = [i for i, a in enumerate(given) if not np.any(a)]
                function = WAYS[way](text, kind, given)
                with np.errstate(all="ignore"):
                    first = function(*given)
                written = [np.copy(given[i]) for i in places]
                found = [] if way in ("jax", "torch") else written or [np.asarray(first)]
                begin = time.perf_counter()
                function(*given)
                count = max(1, min(1000, int(SAMPLE / (time.perf_counter() - begin))))
        except Exception as error:
            found = f"{type(error).__name__}: {str(error).strip()[:300]}"
        pickle.dump(found, answers)
        answers.flush()


class Process:
    """A way's process."""

    def __init__(self, way: str, python: str, threads: int) -> None:
        command = [python, str(Path(__file__).resolve()), "--answer", way]
        pipe, environment = subprocess.PIPE, {**os.environ, "JAX_PLATFORMS": "cpu"}
        environment |= dict.fromkeys(VARIABLES, str(threads))
        if threads == 1:
            environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet, env=environment)
        # XLA computes with several threads whatever its flags say: no way gets more processors than it may use.
        os.sched_setaffinity(self._process.pid, sorted(os.sched_getaffinity(0))[-threads:])

    def ask(self, request: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump(request, self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def measured(row: Row, kind: str, processes: dict[str, Process], seconds: float) -> dict[str, float | str]:
    """The median seconds of each way of a row, or what went wrong."""
    found: dict[str, float | str] = {}
    expected = None
    for way, process in processes.items():
        if way != "pyc" and way.partition(" ")[0] not in row.peers:
            continue
        if way == "numba loop" and not row.loops:
            continue
        text = row.text if way == "pyc" else row.loops if way == "numba loop" else plain(row)
        result = process.ask((row, kind, text))
        if isinstance(result, str):
            found[way] = result
        elif expected is None:
            expected = result
        elif result and not all(np.allclose(a, b, 1e-3, 1e-3) for a, b in zip(result, expected, strict=True)):
            found[way] = "differs"
    samples: dict[str, list[float]] = {}
    ready = [w for w in processes if w not in found and (w == "pyc" or w.partition(" ")[0] in row.peers)]
    ready = [w for w in ready if w != "numba loop" or row.loops]
    begin = time.perf_counter()
    for round in range(ROUNDS):
        for way in ready:
            samples.setdefault(way, []).append(processes[way].ask(None))
        if round >= 4 and time.perf_counter() - begin > seconds * len(ready):
            break
    return found | {way: statistics.median(times[1:]) for way, times in samples.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows with this in their name; all by default")
    parser.add_argument("--types", default="f32,f64")
    parser.add_argument("--peers", default="numpy,numba,jax,torch")
    parser.add_argument("--threads", type=int, default=1, help="how many threads every way may use")
    parser.add_argument("--environment", default=".venv-peers/bin/python", help="the Python that has the peers")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long samples are taken of each way of a row")
    parser.add_argument("--answer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        answer(options.answer)
        return
    peers = [p for p in options.peers.split(",") if p]
    processes = {"pyc": Process("pyc", sys.executable, options.threads)}
    for peer in peers:
        processes[peer] = Process(peer, sys.executable if peer == "numpy" else options.environment, options.threads)
        if peer == "numba":
            processes["numba loop"] = Process("numba", options.environment, options.threads)
    print(f"{'ms':40}{'pyc':>9}" + "".join(f"{p:>9}" for p in peers) + f"{'best / pyc':>12}{'of a copy':>11}")
    for kind in options.types.split(","):
        width, rate = (4 if kind == "f32" else 8), 0.0
        for row in TABLE:
            if row.name == COPY or not options.names or any(n in row.name for n in options.names):
                times = measured(row, kind, processes, options.seconds)
                if row.name == COPY and isinstance(times["numpy"], float):
                    rate = row.moved * width / times["numpy"]
                print(line(f"{kind} {row.name}", times, peers, row.moved * width / rate), flush=True)
    for process in processes.values():
        process.end()


def line(name: str, times: dict[str, float | str], peers: list[str], limit: float) -> str:
    """A line of the table; ``limit`` is how long copying as much takes."""
    ours = times["pyc"]
    if isinstance(ours, str):
        return f"{name:40}{ours}"
    text, best = f"{name:40}{ours * 1e3:9.3f}", []
    for peer in peers:
        timed = [t for w in (peer, f"{peer} loop") if isinstance(t := times.get(w), float)]
        text += f"{min(timed) * 1e3:9.3f}" if timed else f"{'fails' if peer in times else '-':>9}"
        best += timed
    ratio = f"{min(best) / ours:11.2f}x" if best else f"{'-':>12}"
    return f"{text}{ratio}{limit / ours:11.0%}"


if __name__ == "__main__":
    main()
