"""Generators that sum, any and all consume, and the limits of element types."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice

TEXT = """\
def total(x: Tensor[i64, N]) -> int:
    return sum(int(v) for v in x)
def squares(n: int) -> int:
    return sum(i * i for i in range(n) if i % 2 == 1)
def weighted(x: Tensor[f64, N], w: Tensor[f64, N]) -> f64:
    return sum(a * b for a, b in zip(x, w))
def started(x: Tensor[f64, N]) -> float:
    return sum((float(v) for v in x), 10.0)
def pairs(n: int, m: int) -> int:
    return sum(i * j for i in range(n) for j in range(m) if i != j)
def inner(n: int) -> int:
    return sum(j for i in range(n) for j in range(i))
def is_prime(n: int) -> bool:
    return n > 1 and not any(n % d == 0 for d in range(2, n))
def stops(x: Tensor[i64, N]) -> bool:
    return any(10 // int(v) == 5 for v in x)
def rising(x: Tensor[f64, N]) -> bool:
    return all(x[i] < x[i + 1] for i in range(len(x) - 1))
def both(n: int) -> bool:
    return all(i < 3 or j < 3 for i in range(n) for j in range(n))
def shadows(i: int) -> int:
    k = sum(i for i in range(4)) + i
    return k + sum(abs(v) for v in (i, -2, 3))
def limits(n: int) -> int:
    return np.iinfo(np.int64).max - n + np.iinfo(np.int8).min + np.iinfo(np.uint16).bits
def epsilon(x: Tensor[f32, N]) -> f32:
    return np.finfo(x.dtype).eps * 2 + np.finfo(np.float32).max
"""
NAMES = tuple(line.split("(")[0][4:] for line in TEXT.splitlines() if line.startswith("def "))


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, *NAMES)


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_sums(twice, n):
    twice.agree("total", np.arange(n) - 2)
    twice.agree("squares", n)
    twice.agree("started", np.arange(n) * 0.5)
    twice.agree("pairs", n, 3)
    twice.agree("inner", n)
    twice.agree("shadows", n)
    if n:
        twice.agree("weighted", np.arange(n) * 0.5, np.arange(n) * 2.0)


def test_what_leaves_64_bits_is_noticed(twice):
    with pytest.raises(OverflowError):
        twice.compiled.total(np.array([2**62, 2**62]))


@pytest.mark.parametrize("n", [0, 1, 2, 9, 13])
def test_any_and_all(twice, n):
    twice.agree("is_prime", n)
    twice.agree("both", n)
    twice.agree("rising", np.arange(n) * 1.0)
    twice.agree("rising", np.arange(n) % 5 * 1.0)


@pytest.mark.parametrize("values", [[2, 0], [1, 0], [], [3, 2, 0]])
def test_nothing_is_evaluated_behind_the_answer(twice, values):
    twice.agree("stops", np.array(values, np.int64), message=False)


def test_limits(twice):
    twice.agree("limits", 1000)
    twice.agree("epsilon", np.zeros(1, np.float32))
