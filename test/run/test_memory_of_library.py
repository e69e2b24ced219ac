"""Functions of NumPy in compiled code free what they allocate: when all goes well, when the program raises behind them,
and when any one of their allocations fails, which is MemoryError."""

from __future__ import annotations

import gc
from functools import cache
from typing import Any

import numpy as np
import pytest
from allocations import Books, watched
from language import CPU, HEADER

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend

#: What is bound to a name before the program may raise; ``x`` has one axis, ``y`` two, ``m`` holds truth values.
EXPRESSIONS = (
    "np.sort(x)", "np.argsort(x, kind='stable')", "np.cumsum(y, axis=1)", "x[m]", "x[np.argsort(x)]", "np.unique(x)",
    "np.concatenate((x, x * 2.0))", "np.stack((x, x[::-1]))", "np.tile(x, 3)", "np.repeat(x, 2)",
    "np.roll(y, 1, axis=0)",
    "np.pad(x, 2)", "np.outer(x, x)", "y @ y", "y.T @ x", "np.linalg.solve(y, x)", "np.linalg.inv(y)",
    "np.linalg.cholesky(y)", "np.linalg.qr(y)", "np.linalg.det(y) * x", "np.histogram(x, 4)[0]",
    "np.bincount(np.arange(len(x)))", "np.interp(x, np.sort(x), x)", "np.convolve(x, x[:2])", "np.median(y, axis=0)",
    "np.percentile(x, 30.0) + x", "np.searchsorted(np.sort(x), x)", "np.diff(x)", "np.gradient(x)", "np.flip(y)",
    "np.where(m, x, -x)", "np.nonzero(m)[0]", "np.fft.fft(x)", "np.random.default_rng(3).random(len(x))",
    "np.random.default_rng(3).permutation(x)", "np.array([v * 2.0 for v in x])", "y.reshape(-1).copy()", "np.tril(y)",
    "np.einsum('ij,j->i', y, x)", "np.cov(y)", "np.trapezoid(x) + x", "np.take(x, [0, 1])", "np.delete(x, 1)",
    "np.insert(x, 1, 0.5)", "np.split(x, 2)[0]", "np.cross(x[:3], x[1:])", "np.kron(x, x)", "np.polyval(x, x)",
    "np.partition(x, 1)", "np.std(y, axis=1)", "np.meshgrid(x, x)[0]",
)  # fmt: skip
FORM = """
def case{k}(x: Tensor[f64, 4], y: Tensor[f64, 4, 4], m: Tensor[bool, 4], i: int):
    h = {expression}
    for j in range(i):
        x[j] = x[j] + 1.0
    return h
"""


@cache
def library() -> tuple[Any, Books]:
    text = HEADER + "".join(FORM.format(k=k, expression=e) for k, e in enumerate(EXPRESSIONS))
    cpu = backend("cpu")
    options = Options(name="program", emit="obj", source_path="<library>", pool=False, level=0)
    names = tuple(f"case{k}" for k in range(len(EXPRESSIONS)))
    module = lower(Source("<library>", text), Request(CPU, names)).module
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        return watched(cpu.emit(module, CPU, options))


def given() -> tuple[Any, Any, Any]:
    y = np.arange(16.0).reshape(4, 4)
    return np.array([3.0, 1.0, 2.0, 4.0]), y + y.T + 40 * np.eye(4), np.array([True, False, True, True])


@pytest.mark.parametrize("k", range(len(EXPRESSIONS)), ids=lambda k: EXPRESSIONS[k])
def test_what_is_allocated_is_freed(k: int) -> None:
    code, books = library()
    function = getattr(code, f"case{k}")
    function(*given(), 2)
    gc.collect()
    needed = books.allocations
    books.clear()
    with pytest.raises(IndexError):
        function(*given(), 9)
    books.clear()
    for limit in range(needed):
        books.limit = limit
        with pytest.raises(MemoryError):
            function(*given(), 2)
        books.clear()
