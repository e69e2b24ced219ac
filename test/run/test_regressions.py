"""Programs that once were compiled wrongly, or not at all: found at random, made small."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice

TEXT = """\
def two_ways_out(x: Tensor[f64, N], n: int, t: bool) -> Tensor[f64, N]:
    z = x * 2.0
    if t:
        if n == 0:
            pass
        elif t:
            z[n] = 1.0
            return z.copy()
    return z.copy()
def rows(m: Tensor[i64, N, M]) -> int:
    k = 0
    for i in range(len(m[0])):
        k += i
    return k
"""


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, "two_ways_out", "rows")


@pytest.mark.parametrize(("n", "t"), [(0, True), (1, True), (1, False), (9, True)])
def test_two_values_may_become_the_result(twice, n, t):
    twice.agree("two_ways_out", np.arange(4.0), n, t, message=False)


@pytest.mark.parametrize("shape", [(0, 3), (1, 0), (2, 3)])
def test_the_length_of_a_row_asks_for_the_row(twice, shape):
    twice.agree("rows", np.zeros(shape, np.int64), message=False)
