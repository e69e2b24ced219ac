"""``x.flat``, repeats by counts, rolls along several axes, and comprehensions whose loops depend on each other."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from language import Twice, interpreted

from pyc.diagnostics import CompileError

FLAT = """
from pyc import c128
def one(x: Tensor[f64, M, N], i: int) -> float:
    return x.flat[i] + x.T.flat[i]
def some(x: Tensor[f64, M, N], a: int, b: int, s: int):
    y = x.flat[a:b:s]
    z = x.flat[:]
    x[...] = -1.0
    return y, z
def chosen(x: Tensor[f64, M, N], i: Tensor[i64, K]):
    return x.flat[i], x.T.flat[x.flat[:] > 2]
def put(x: Tensor[f64, M, N], i: int, v: float) -> None:
    x.flat[i] = v
    x.T.flat[i] += v
    x[::-1].flat[-1] *= 2.0
def put_some(x: Tensor[f64, M, N], i: Tensor[i64, K], v: Tensor[f64, K]) -> None:
    x.flat[i] = v
    x.flat[::3] = 0.5
    x[:, ::-1].flat[:2] = 7.0
def filled(x: Tensor[f64, M, N]) -> None:
    x[1:].flat = 3.0
def over(x: Tensor[f64, M, N]) -> float:
    s = 0.0
    for v in x.flat:
        s = s * 0.5 + v
    for i, (v, w) in enumerate(zip(x.T.flat, x.flat)):
        s = s * 0.5 + v * w * i
    return s
def live(x: Tensor[f64, M, N]) -> float:
    s = 0.0
    for v in x.T.flat:
        x[-1, -1] += v
        s += v
    return s
def deep(x: Tensor[i32, 2, N, 3], y: Tensor[i64]) -> int:
    s = 0
    for k in range(x.size):
        s = s * 3 % 1000003 + x.flat[k]
    y.flat[0] += 1
    return int(s + y.flat[-1])
def comprehended(x: Tensor[f64, M, N]):
    return np.array([v * 2 for v in x.flat if v > 1]), np.array([v for row in x for v in row])
def given(x: Tensor[f64, M, N]):
    a = np.sum(x.flat) + np.mean(x.T.flat) + len(x.flat) + len(x[1:].flat)
    return a, np.sort(x.T.flat), np.array(x.flat), np.concatenate((x.flat, x.T.flat)), np.dot(x.flat, x.T.flat)
def element(x: Tensor[f64]) -> float:
    return x[()]
def truths(x: Tensor[f64, M, N], y: Tensor[f64]):
    a, b, c = x[True], x[False], y[True]
    x[0] = 9.0
    return a, b, c, y[False]
"""

REPEATS = """
def repeated(x: Tensor[f64, M, N], c: Tensor[i64, K]):
    return x.repeat(c, axis=0), np.repeat(x[0], [2]), np.repeat(x, 2, axis=1)
def repeated_flat(x: Tensor[f64, M, N], c: Tensor[i32, K]):
    return x.repeat(c)
def rolled(x: Tensor[f64, M, N], s: int):
    return np.roll(x, (s, 2), axis=(0, 1)), np.roll(x, s, axis=(0, 1)), np.roll(x, (1, s), axis=(1, 1))
def rolled_flat(x: Tensor[f64, M, N], s: int):
    return np.roll(x, (s, 1)), np.roll(x, s), np.roll(x, [s, -1], axis=-1)
def pairs(n: int):
    return np.array([i * 10 + j for i in range(n) for j in range(i)])
def triples(n: int, x: Tensor[f64, N]):
    return np.array([x[i] + j - k for i in range(len(x)) for j in range(i, n) if j % 2 for k in range(j - i) if k != 1])
def guarded(n: int):
    return np.array([10 // i + j for i in range(-n, n) if i > 0 for j in range(10 // i)])
def triangle(m: Tensor[f64, N, N]):
    return np.array([m[i, j] for i in range(len(m)) for j in range(i, len(m))])
def ragged(n: int, m: Tensor[i64, M, N]):
    return np.array([[i, v] for i in range(n) for v in m[i]])
"""


@cache
def twice(text: str) -> Twice:
    return Twice(text, *(line[4:].partition("(")[0] for line in text.splitlines() if line.startswith("def ")))


def agree(text: str, name: str, *arguments: Any) -> None:
    twice(text).agree(name, *arguments)
    interpreted(twice(text), name, arguments)


@pytest.mark.parametrize("shape", [(3, 4), (1, 5), (5, 1), (2, 2)])
def test_flat(shape: tuple[int, int]) -> None:
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    for y in (x, np.asfortranarray(x), x[::-1, ::-1], np.repeat(x, 2, axis=1)[:, ::2]):
        for i in (0, 3, -1, -x.size, x.size - 1, x.size, -x.size - 1):
            agree(FLAT, "one", y, i)
            agree(FLAT, "put", y, i, 0.5)
        for a, b, s in ((0, 4, 1), (1, 99, 2), (-1, 0, -2), (3, 1, 1)):
            agree(FLAT, "some", y, a, b, s)
        for name in ("over", "live", "filled", "comprehended", "given"):
            agree(FLAT, name, y)
        agree(FLAT, "chosen", y, np.array([0, -1, 1, 1]))
        agree(FLAT, "put_some", y, np.array([0, -1]), np.array([8.0, 9.0]))
    twice(FLAT).agree("chosen", x, np.array([0, 99]), message=False)


def test_flat_of_other_ranks() -> None:
    agree(FLAT, "deep", np.arange(18, dtype=np.int32).reshape(2, 3, 3), np.array(4))
    twice(FLAT).agree("element", np.array(2.5))
    twice(FLAT).agree("truths", np.arange(6.0).reshape(2, 3), np.array(2.5))
    agree(FLAT, "over", np.ones((0, 3)))
    agree(FLAT, "one", np.ones((3, 0)), 0)


@pytest.mark.parametrize("body", ["return x.flat", "f = x.flat\n    return f[0]", "return x.flat * 2", "x.flat = x[0]"])
def test_flat_is_no_array(body: str) -> None:
    with pytest.raises(CompileError, match=r"E217: `x\.flat` is"):
        Twice(f"def f(x: Tensor[f64, 3, 3]):\n    {body}\n", "f")


def test_repeats_and_rolls() -> None:
    x = np.arange(6.0).reshape(2, 3)
    for c in ([1, 0], [3, 2], [0, 0], [2], [1, 2, 3], [1, -1]):
        agree(REPEATS, "repeated", x, np.array(c))
    for c in ([1, 0, 2, 0, 1, 1], [2], [1, 1]):
        agree(REPEATS, "repeated_flat", x, np.array(c, np.int32))
    for s in (0, 1, -1, 7, -20):
        agree(REPEATS, "rolled", x, s)
        agree(REPEATS, "rolled_flat", x, s)
        agree(REPEATS, "rolled", x[:, :0], s)


def test_loops_of_comprehensions_that_depend_on_each_other() -> None:
    for n in (0, 1, 2, 7):
        if n > 1:
            agree(REPEATS, "pairs", n)
            agree(REPEATS, "guarded", n)
        agree(REPEATS, "triangle", np.arange(9.0).reshape(3, 3))
        twice(REPEATS).agree("triples", 6, np.arange(4.0))
    agree(REPEATS, "ragged", 2, np.arange(6).reshape(3, 2))
    agree(REPEATS, "ragged", 4, np.arange(6).reshape(3, 2))


def test_what_numpy_copies_is_copied() -> None:
    code = Twice(
        """
def conjugates(x: Tensor[f64, N]):
    a, b = np.conj(x), x.conj()
    x[0] = 7.0
    return a, b
def cleaned(x: Tensor[f64, N]):
    y = np.nan_to_num(x, copy=False)
    y[0] = 7.0
    return x, y
""",
        "conjugates",
        "cleaned",
    )
    code.agree("conjugates", np.arange(3.0))
    code.agree("cleaned", np.array([1, np.nan, -np.inf]))
    with pytest.raises(CompileError, match=r"E203: np\.meshgrid gives copies in compiled code"):
        Twice("def f(x: Tensor[f64, N]):\n    return np.meshgrid(x, x, copy=False)\n", "f")
