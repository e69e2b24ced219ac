"""Loops and branches around kernels, in the emulator: what the host decides, and what one thread of the GPU does."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_imported_nodes as nodes
from test_cuda_language import HEADER, agree, numbers, on_cpu, on_gpu

from pyc.diagnostics import CompileError
from pyc.source import Source

V = "Tensor[f32, N]"
PROGRAMS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a loop over an array": (
        f"def f(x: {V}, n: int) -> {V}:\n"
        "    y = x * 1.0\n"
        "    for _ in range(n):\n"
        "        y = y * 0.5 + x\n"
        "    return y",
        (numbers(37), 5),
    ),
    "no round": (
        f"def f(x: {V}, n: int) -> {V}:\n"
        "    y = x * 1.0\n"
        "    for _ in range(n):\n"
        "        y = y * 0.5 + x\n"
        "    return y",
        (numbers(37), 0),
    ),
    "arrays that change places": (
        f"def f(x: {V}, n: int) -> tuple[{V}, {V}]:\n"
        "    a, b = x * 2.0, x + 1.0\n"
        "    for i in range(n):\n"
        "        a, b = b * 0.5, a + b\n"
        "    return a, b",
        (numbers(19), 7),
    ),
    "numbers that change places": (
        f"def f(x: {V}, n: int) -> tuple[f32, f32]:\n"
        "    a, b = f32(0), f32(1)\n"
        "    for _ in range(n):\n"
        "        a, b = b, a + b + x.max()\n"
        "    return a, b",
        (numbers(11), 6),
    ),
    "a sum of prefixes": (
        f"def f(x: {V}) -> {V}:\n"
        "    y = x.copy()\n"
        "    s = f32(0)\n"
        "    for i in range(len(x)):\n"
        "        s = s + x[i]\n"
        "        y[i] = s\n"
        "    return y",
        (numbers(41),),
    ),
    "what an element decides": (
        f"def f(x: {V}) -> tuple[int, f32]:\n"
        "    count, least = 0, x[0]\n"
        "    for v in x:\n"
        "        if v > 0:\n"
        "            count += 1\n"
        "        elif v < least:\n"
        "            least = v\n"
        "    return count, least",
        (numbers(83),),
    ),
    "until an element says so": (
        f"def f(x: {V}, s: f32) -> {V}:\n"
        "    y = x * 1.0\n"
        "    while s * s > 1.5:\n"
        "        s = s * f32(0.75)\n"
        "    return y * s",
        (numbers(9), np.float32(30)),
    ),
    "a branch of the host": (
        f"def f(x: {V}, n: int) -> {V}:\n"
        "    if n > 2:\n        y = x * 2.0\n"
        "    elif n == 0:\n        y = x - x.mean()\n"
        "    else:\n        y = x + 1.0\n"
        "    return y",
        (numbers(23), 0),
    ),
    "a branch that gives a number": (
        f"def f(x: {V}, n: int) -> {V}:\n"
        "    s = x.sum() if n > 2 else x.max()\n"
        "    if n > 3:\n        s = s * x[0]\n"
        "    return x * s",
        (numbers(23), 4),
    ),
    "a loop while an integer lasts": (
        f"def f(x: {V}, n: int) -> tuple[{V}, int]:\n"
        "    y, rounds = x * 2.0, 0\n"
        "    while n > 0:\n"
        "        y[n] += x.sum()\n"
        "        n, rounds = n - 2, rounds + n\n"
        "    return y, rounds",
        (numbers(37), 9),
    ),
    "loops in loops": (
        "def f(x: Tensor[f32, M, N]) -> Tensor[f32, M, N]:\n"
        "    y = np.zeros_like(x)\n"
        "    for i in range(x.shape[0]):\n"
        "        total = f32(0)\n"
        "        for j in range(i + 1):\n"
        "            if j % 2 == 0:\n"
        "                y[i] += x[j] * 0.5\n"
        "            total = total + x[j, 0]\n"
        "        y[i] *= total\n"
        "    return y",
        (numbers(7, 12),),
    ),
    "leaving and skipping": (
        f"def f(x: {V}, n: int) -> {V}:\n"
        "    y = x * 1.0\n"
        "    for i in range(100):\n"
        "        if i % 3 == 1:\n            continue\n"
        "        if i > n:\n            break\n"
        "        y = y + x * i\n"
        "    return y",
        (numbers(5), 10),
    ),
    "temporaries of every round": (
        "def f(x: Tensor[f32, M, M], n: int) -> Tensor[f32, M, M]:\n"
        "    y = x\n"
        "    for i in range(n):\n"
        "        y = softmax(y @ x) @ y.T - y.mean(axis=0)\n"
        "    return y * 1.0",
        (numbers(6, 6), 4),
    ),
    "in the caller's array": (
        f"def f(x: {V}, n: int) -> {V}:\n"
        "    y = np.zeros(len(x), f32)\n"
        "    for i in range(n):\n"
        "        y[i:] += x[: len(x) - i]\n"
        "        y[1:] = y[:-1] * 0.5\n"
        "    return y",
        (numbers(31), 5),
    ),
}


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_control_flow_gives_what_it_gives_on_the_cpu(name: str) -> None:
    text, arguments = PROGRAMS[name]
    source = Source("program.py", HEADER + text)
    want = on_cpu(source).f(*arguments)
    for order in ("forwards", "random"):
        program = on_gpu(source, order)
        agree(program.f(*arguments), want, 1e-4)
        assert left_over(program) == (len(want) if isinstance(want, tuple) else 1)


def test_integers_without_a_sign_are_passed_by_their_bits() -> None:
    text = "def f(x: Tensor[pyc.u8, N], s: pyc.u8, t: pyc.u64) -> tuple[Tensor[pyc.u8, N], Tensor[pyc.u64, N]]:\n"
    source = Source("program.py", HEADER + text + "    return x // s, x.astype(pyc.u64) + t // pyc.u64(3)\n")
    arguments = np.arange(0, 255, 7, dtype="u1"), np.uint8(200), np.uint64(2**64 - 5)
    for g, w in zip(on_gpu(source).f(*arguments), on_cpu(source).f(*arguments), strict=True):
        np.testing.assert_array_equal(g, w)


def test_a_convolution_of_channels_beside_axes_of_one_element() -> None:
    text = (
        "def f(x: Tensor[f32, 1, 8, 5, 5], w: Tensor[f32, 8, 8, 1, 1]) -> Tensor[f32, 1, 8, 5, 5]:\n"
        "    return nn.conv2d(x, w)\n"
    )
    source, arguments = Source("program.py", HEADER + text), (numbers(1, 8, 5, 5), numbers(8, 8, 1, 1, seed=1))
    np.testing.assert_allclose(on_gpu(source).f(*arguments), on_cpu(source).f(*arguments), rtol=1e-4, atol=1e-5)


def left_over(program: Any) -> int:
    """How much memory the emulator has not got back: that of the results."""
    gc.collect()
    return len(program.f._memory._memory)


def test_a_check_in_a_loop_stops_it_and_gives_memory_back(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(
        HEADER + "def f(x: Tensor[f32, N], y: Tensor[f32, N], n: int) -> None:\n"
        "    for i in range(n):\n"
        "        z = x @ np.outer(y, x)\n"
        "        y[i] = z.sum() - z.sum()\n"
    )
    program = on_gpu(Source(str(path), path.read_text()))
    x, y = numbers(4), numbers(4, seed=1)
    with pytest.raises(IndexError) as caught:
        program.f(x, y, 6)
    assert str(caught.traceback[-1].statement).strip() == "y[i] = z.sum() - z.sum()"
    assert not y.any(), "the rounds before it are done"
    assert left_over(program) == 0


def test_what_only_the_gpu_knows_decides_nothing_over_arrays() -> None:
    text = HEADER + f"def f(x: {V}) -> {V}:\n    while x.sum() > 1.0:\n        x = x * 0.5\n    return x * 1.0\n"
    with pytest.raises(CompileError, match="a loop with array operations or checks that depends on a value only the"):
        on_gpu(Source("program.py", text))


#: What the GPU has no form for among the operators' cases: by code, with what it is about.
REFUSED = {
    "E220": "extents that only the elements tell",
    "E303": "complex numbers",
    "E320": "indices and values that are checked where they are known, on the GPU",
    "E321": "branches on elements around such checks",
    "E322": "extents that only the elements tell, of what is computed on the way",
    "E406": "functions of the library that write to one of several arrays",
}


@pytest.mark.parametrize("group", range(6))
def test_operators_of_models_run_on_the_gpu(group: int) -> None:
    """Every twelfth case of the standard, as a program for CUDA."""
    mine = [c for c in nodes.cases() if not nodes.reason(c.name)][::12][group::6]
    failed, ran = {}, 0
    for case in mine:
        text, arguments = nodes.program(case)
        try:
            program = on_gpu(Source("<nodes>", nodes.HEAD + text))
        except CompileError as error:
            if {d.code for d in error.diagnostics} - set(REFUSED):
                failed[case.name] = str(error)
            continue
        found = getattr(program, case.name)(*(a.item() if a.ndim == 0 else a for a in map(np.array, arguments)))
        ran += 1
        for actual, expected in zip(found if isinstance(found, tuple) else (found,), case.data_sets[0][1], strict=True):
            try:
                nodes.same(actual, nodes.array(expected), max(case.rtol, 1e-3))
            except AssertionError as error:
                failed[case.name] = str(error)[:300]
    assert not failed
    assert ran >= len(mine) // 2
