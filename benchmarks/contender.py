"""One way to run the kernels, in a process of its own: benchmarks/kernels.py asks for samples, and this answers.

    python benchmarks/contender.py pyc|numpy|numba|pythran|jax|torch|c FOLDER

Requests and answers are pickles on standard input and output. ``FOLDER`` is where compiled peers are kept. Only the way
that was asked for is imported: the process need not have the others.
"""

import copy
import ctypes
import hashlib
import os
import pickle
import subprocess
import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

#: Seconds that a sample takes at least; bytes of the copies of what is written, all calls of a sample together.
SAMPLE, COPIES = 0.005, 1 << 26
C_FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-ffp-contract=off", "-shared", "-fPIC")


@dataclass(frozen=True)
class Kernel:
    """What is asked for: ``plain`` is the file without annotations, ``own`` the peer's own spelling of it, if any.

    ``made`` says of which types and shapes the results are, for peers that are given the places of results.
    """

    name: str
    path: str
    plain: str
    own: str | None
    size: str
    made: tuple[tuple[str, tuple[int, ...]], ...]


def module_of(text: str, name: str) -> dict[str, Any]:
    made = types.ModuleType(f"kernel_{name}")
    sys.modules[made.__name__] = made
    exec(compile(text, f"{name}.py", "exec"), made.__dict__)
    return made.__dict__


def arguments_of(kernel: Kernel) -> tuple[Any, ...]:
    names = module_of(kernel.plain, kernel.name)
    return tuple(names["arguments"](*names["SIZES"][kernel.size]))


# --- the ways ---------------------------------------------------------------------------------------------------------


def compiled_by_pyc(kernel: Kernel, folder: Path) -> Callable[..., Any]:
    from pyc.target import Target
    from pyc.targets.cpu.run import load_object
    from pyc.tools.driver import Job, compiled_object

    job = Job(kernel.path, "cpu", Target.parse("cpu:native"), emit="obj", functions=(kernel.name,))
    _, artifact = compiled_object(job)
    (code,) = artifact.files.values()
    return getattr(load_object(code, artifact.metadata), kernel.name)


def run_by_numpy(kernel: Kernel, folder: Path) -> Callable[..., Any]:
    return module_of(kernel.plain, kernel.name)[kernel.name]


def compiled_by_numba(kernel: Kernel, folder: Path) -> Callable[..., Any]:
    import numba

    # Every function of the file is compiled; the file itself does not know of Numba.
    names = module_of(kernel.own or kernel.plain, kernel.name)
    for name, value in list(names.items()):
        if isinstance(value, types.FunctionType) and value.__module__ == names["__name__"] and name != "arguments":
            names[name] = numba.njit(error_model="numpy")(value)
    return names[kernel.name]


def compiled_by_pythran(kernel: Kernel, folder: Path) -> Callable[..., Any]:
    import importlib.util

    exported = ", ".join(_pythran_type(a) for a in arguments_of(kernel))
    text = f"#pythran export {kernel.name}({exported})\n{kernel.own or _without_arguments(kernel.plain)}"
    module = f"{kernel.name}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    library, failure = folder / f"{module}.so", folder / f"{module}.failed"
    if failure.exists():
        raise RuntimeError(failure.read_text(encoding="utf-8"))
    if not library.exists():
        source = folder / f"{module}.py"
        source.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pythran.run", "-O3", "-march=native", "-DUSE_XSIMD", str(source)]
        done = subprocess.run([*command, "-o", str(library)], capture_output=True, text=True)
        if done.returncode:
            failure.write_text((done.stderr.strip() or "Pythran failed").splitlines()[-1], encoding="utf-8")
            raise RuntimeError(failure.read_text(encoding="utf-8"))
    spec = importlib.util.spec_from_file_location(module, library)
    assert spec is not None and spec.loader is not None  # noqa: PT018
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return getattr(loaded, kernel.name)


def _pythran_type(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{'[' + ','.join(':' * value.ndim) + ']'}"
    return value.dtype.name if isinstance(value, np.generic) else type(value).__name__


def _without_arguments(text: str) -> str:
    import ast

    tree = ast.parse(text)
    left_out = ("SIZES", "arguments")
    tree.body = [
        s
        for s in tree.body
        if not (isinstance(s, ast.FunctionDef) and s.name in left_out)
        and not (isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name) and s.targets[0].id in left_out)
    ]
    return ast.unparse(tree)


def compiled_by_jax(kernel: Kernel, folder: Path) -> Callable[..., Any]:
    """JAX gives new arrays: its kernels return their results and then the arrays that the kernel writes."""
    import jax

    jax.config.update("jax_enable_x64", True)
    assert kernel.own is not None
    given = arguments_of(kernel)
    constant = tuple(i for i, a in enumerate(given) if isinstance(a, int))
    compiled = jax.jit(module_of(kernel.own, kernel.name)[kernel.name], static_argnums=constant)
    placed = [jax.numpy.asarray(a) if isinstance(a, np.ndarray) else a for a in given]
    return lambda: jax.block_until_ready(compiled(*placed))


def compiled_by_torch(kernel: Kernel, folder: Path) -> Callable[..., Any]:
    """What ``torch.compile`` makes of a kernel for these shapes; it gives new tensors, as JAX does."""
    import torch

    assert kernel.own is not None
    torch.set_num_threads(1)
    # Inductor reads the source of what it compiles.
    source = folder / f"{kernel.name}_{hashlib.sha256(kernel.own.encode()).hexdigest()[:12]}_torch.py"
    source.write_text(kernel.own, encoding="utf-8")
    names: dict[str, Any] = {"__name__": source.stem}
    exec(compile(kernel.own, str(source), "exec"), names)
    compiled = torch.compile(names[kernel.name], dynamic=False, fullgraph=True)
    given = [a.item() if isinstance(a, np.generic) else a for a in arguments_of(kernel)]
    placed = [torch.from_numpy(a.copy()) if isinstance(a, np.ndarray) else a for a in given]

    def call() -> Any:
        with torch.inference_mode():
            return compiled(*placed)

    return call


def compiled_by_c(kernel: Kernel, folder: Path) -> Callable[..., Any]:
    """C takes each array as a pointer followed by its extents, scalars by value, and last the places of results."""
    assert kernel.own is not None
    digest = hashlib.sha256(kernel.own.encode()).hexdigest()[:12]
    library = folder / f"{kernel.name}_{digest}_c.so"
    if not library.exists():
        source = folder / f"{kernel.name}_{digest}.c"
        source.write_text(kernel.own, encoding="utf-8")
        subprocess.run(["cc", *C_FLAGS, str(source), "-o", str(library), "-lm"], check=True)
    function = getattr(ctypes.CDLL(str(library)), kernel.name)
    function.restype = None

    def call(*arguments: Any) -> Any:
        results = [np.empty(shape, dtype) for dtype, shape in kernel.made]
        passed: list[Any] = []
        for a in (*arguments, *results):
            if isinstance(a, np.ndarray):
                passed += [ctypes.c_void_p(a.ctypes.data), *(ctypes.c_int64(n) for n in a.shape)]
            else:
                passed.append(ctypes.c_double(a) if isinstance(a, float) else ctypes.c_int64(int(a)))
        function(*passed)
        found = tuple(r if r.ndim else r[()] for r in results)
        return found[0] if len(found) == 1 else found or None

    return call


WAYS: dict[str, Callable[[Kernel, Path], Callable[..., Any]]] = {
    "pyc": compiled_by_pyc,
    "numpy": run_by_numpy,
    "numba": compiled_by_numba,
    "pythran": compiled_by_pythran,
    "jax": compiled_by_jax,
    "torch": compiled_by_torch,
    "c": compiled_by_c,
}

# --- samples ----------------------------------------------------------------------------------------------------------


class Prepared:
    """A compiled kernel with its arguments, which may be called many times."""

    def __init__(self, way: str, kernel: Kernel, folder: Path, clock: Callable[[], float], most: int = 1 << 18) -> None:
        begin = time.perf_counter()
        self.function = WAYS[way](kernel, folder)
        self.arguments = arguments_of(kernel)
        after = copy.deepcopy(self.arguments)
        self.functional = way in ("jax", "torch")
        result = self._call(after)
        self.first = time.perf_counter() - begin
        self.clock, self.count = clock, 1
        self.written = not self.functional and any(
            isinstance(a, np.ndarray) and not np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
            for a, b in zip(self.arguments, after, strict=True)
        )
        self.outcome = self._outcome(result, after)
        self._settle(most)

    def _call(self, arguments: tuple[Any, ...]) -> Any:
        with np.errstate(all="ignore"):
            return self.function() if self.functional else self.function(*arguments)

    def _outcome(self, result: Any, after: tuple[Any, ...]) -> list[Any]:
        """The results, and then the arrays that were written."""
        results = [] if result is None else list(result) if isinstance(result, tuple | list) else [result]
        if self.functional:
            return [np.asarray(r) for r in results]
        pairs = zip(self.arguments, after, strict=True)
        return [np.asarray(r) for r in results] + [
            b
            for a, b in pairs
            if isinstance(a, np.ndarray) and not np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        ]

    def sample(self) -> float:
        """Seconds of one call, the mean of several; each finds its arguments as they were."""
        if self.functional:
            return self._timed([()] * self.count, self.function)
        given = [copy.deepcopy(self.arguments) if self.written else self.arguments for _ in range(self.count)]
        return self._timed(given, self.function)

    def _timed(self, given: list[tuple[Any, ...]], function: Callable[..., Any]) -> float:
        with np.errstate(all="ignore"):
            begin = self.clock()
            for arguments in given:
                function(*arguments)
            return (self.clock() - begin) / len(given)

    def _settle(self, most: int) -> None:
        """Find how many calls a sample has, at most ``most``."""
        size = sum(a.nbytes for a in self.arguments if isinstance(a, np.ndarray))
        most = min(max(COPIES // max(size, 1), 1), most) if self.written else most
        while (seconds := self.sample()) * self.count < SAMPLE and self.count < most:
            self.count = min(max(int(SAMPLE / max(seconds, 1e-9)) + 1, 2 * self.count), most)


def main() -> None:
    way, folder, clock = sys.argv[1], Path(sys.argv[2]), getattr(time, sys.argv[3])
    # What is printed by what runs here must not disturb the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    prepared: dict[str, Prepared] = {}
    while True:
        try:
            what, label, kernel = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            if what == "prepare":
                prepared[label] = Prepared(way, kernel, folder, clock)
                answer: Any = prepared[label].first, prepared[label].outcome
            elif what == "sample":
                answer = prepared[label].sample()
            else:
                answer = prepared.clear()
        except Exception as error:
            answer = f"{type(error).__name__}: {str(error).strip() or 'no message'}"
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    main()
