"""Functions have a copy for contiguous arrays: both copies give what NumPy gives, for any strides."""

from __future__ import annotations

import numpy as np
import pytest
from language import CPU, HEADER, Twice

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend
from pyc.targets.cpu import emit

TEXT = """\
def scaled(x: Tensor[f64, N], y: Tensor[f64, N], s: float) -> Tensor[f64, N]:
    y += x
    return x * s + y
def turned(p: Tensor[f32, N, 3], v: Tensor[f32, N, 3]) -> float:
    total = 0.0
    for i in range(len(p)):
        v[i, 2] += p[i, 0] - p[i, 1]
        total += float(v[i, 0] * p[i, 2])
    return total
def chosen(m: Tensor[i32, N, M], k: int) -> Tensor[i32, K]:
    return m[m > k]
def number(s: float) -> float:
    return s * 2.0
def powers(x: Tensor[i64, N], base: int = 3, s: float = 0.5, least: int = -1) -> float:
    total = 0.0
    for i in range(len(x)):
        if x[i] > least:
            total += float(base ** (int(x[i]) % 5)) * s
    return total
"""


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, "scaled", "turned", "chosen", "number", "powers", overlapping="also")


@pytest.mark.parametrize("n", [0, 1, 2, 37])
@pytest.mark.parametrize("step", [1, 2, -1, -3])
def test_one_axis(twice, n, step):
    x, y = (
        np.arange(3.0 * n)[:: -3 if step < 0 else 3][:n],
        np.arange(100.0)[: abs(step) * n : abs(step)][:: step // abs(step)],
    )
    twice.agree("scaled", x[: len(y)], y[: len(x)], 0.5)
    twice.agree("scaled", np.ascontiguousarray(x[: len(y)]), y[: len(x)], 0.5)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_axes_of_known_extent(twice, n):
    rng = np.random.default_rng(0)
    packed, wide = rng.random((n, 3)).astype(np.float32), rng.random((n, 5)).astype(np.float32)
    columns = rng.random((3, n)).astype(np.float32)
    for p in (packed, wide[:, 1:4], wide[:, ::2], columns.T, packed[::-1], packed[:, ::-1]):
        for v in (packed.copy(), rng.random((n, 4)).astype(np.float32)[:, :3]):
            twice.agree("turned", p, v)


def test_results_that_the_function_allocates(twice):
    m = np.arange(60, dtype=np.int32).reshape(6, 10)
    for a in (m, m.T, m[::2, ::-1], m[:0], np.broadcast_to(m[0], (4, 10))):
        twice.agree("chosen", a, 7)
    twice.agree("number", 3.0)


@pytest.mark.parametrize(("level", "copies"), [(0, 0), (1, 0), (2, 3), (3, 3)])
def test_there_are_two_copies_where_code_is_optimised(level, copies):
    source = Source("copies.py", HEADER + TEXT)
    module, cpu = lower(source, Request(CPU, ("scaled", "turned", "chosen", "number"))).module, backend("cpu")
    options = Options(name="program", emit="llvm", source_path=source.path, level=level)
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        (text,) = cpu.emit(module, CPU, options).files.values()
    assert text.count(b"\ncontiguous:") == copies


@pytest.mark.parametrize(("statements", "copies", "usual"), [(1, 1, 1), (22, 1, 0), (45, 0, 0)])
def test_long_functions_have_fewer_copies(statements, copies, usual):
    lines = "".join(f"    x[k + {i}] = x[k * {i}] / {i + 2}.0\n" for i in range(statements))
    source = Source("long.py", f"{HEADER}def f(x: Tensor[f64, N], k: int = 1) -> None:\n{lines}")
    module, cpu = lower(source, Request(CPU, ("f",))).module, backend("cpu")
    with module.context:
        options = Options(name="program", emit="llvm", source_path=source.path, level=2)
        cpu.pipeline(CPU, options).run(module)
        # Before LLVM has optimised it: what is copied is inlined, and found no more.
        text, _ = emit._text(module, options)
    assert (text.count("\ncontiguous:"), text.count("\nusual:")) == (copies, usual)


def test_arguments_with_a_default(twice):
    for x in (np.arange(9), np.arange(18)[::2], np.arange(0)):
        for rest in ((), (3,), (4,), (3, 0.25), (3, 0.5, 4), (2, 1.0, 4), (3, 0.5, -1), (-3,), (2**12,)):
            twice.agree("powers", x, *rest)
