"""What programs written for NumPy do without a thought, each against CPython."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice

TEXT = """\
def extremes(x: Tensor[i64, N]) -> tuple[int, int]:
    low = 0
    high = 5
    for v in x:
        low = min(low, v)
        high = max(v, high)
    return int(low), int(high)
def chosen(x: Tensor[i32, N]) -> int:
    low = 0
    for i in range(len(x)):
        low = low if x[i] > low else x[i]
    return int(low)
def larger(x: f64) -> float:
    best = 0
    return float(max(best, x))
def of_numbers(x: Tensor[f64, N], n: int) -> tuple[f64, i64, f64, f64, i64, f64, bool]:
    return np.sum(np.sum(x)), np.sum(n), np.mean(n), np.max(x[0]), np.argmax(2.0), np.std(x[0]), bool(np.any(x[0]))
def by_its_class(n: int) -> Tensor[f64, N, N]:
    a = np.ndarray((n, n))
    b = np.ndarray(n, dtype=np.float64)
    b[:] = 2.0
    a[:] = b
    return a
"""


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, "extremes", "chosen", "larger", "of_numbers", "by_its_class")


@pytest.mark.parametrize("x", [[3, -4, 9], [], [7], [-(2**63), 2**63 - 1]])
def test_a_number_that_begins_as_a_literal(twice, x):
    twice.agree("extremes", np.array(x, np.int64))
    twice.agree("chosen", np.array(x, np.int64).astype(np.int32))


@pytest.mark.parametrize("x", [3.0, -3.0, np.nan, np.inf])
def test_the_larger_of_a_literal_and_a_number(twice, x):
    twice.agree("larger", x)


@pytest.mark.parametrize("x", [[3.0, -5.0], [0.0]])
def test_reductions_of_numbers(twice, x):
    twice.agree("of_numbers", np.array(x), 7)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_an_array_by_the_name_of_its_class(twice, n):
    twice.agree("by_its_class", n)
