"""Returns before and in ``finally``, and arrays that a guarded body changes in place."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice

TEXT = """\
def override(x: Tensor[f64, N], n: int, k: int) -> int:
    try:
        if n > 0:
            return 1
        x[k] = 7.0
    finally:
        if n == 2:
            return 2
        x[k] += 1.0
    return 3
def nested(n: int) -> int:
    total = 0
    for i in range(4):
        try:
            try:
                if i == n:
                    return total
                total += 10 // (i - 1)
            finally:
                total += 1
                if i == 3:
                    return -total
        except ZeroDivisionError:
            total += 100
    return total
def in_place(x: Tensor[f64, N], k: int) -> f64:
    y = x * 2.0
    try:
        y += 1.0
        y[k] = 5.0
        y *= 2.0
    except IndexError:
        y -= 3.0
    return y.sum()
"""


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, "override", "nested", "in_place")


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("k", [0, 9])
def test_a_return_does_not_skip_finally(twice, n, k):
    twice.agree("override", np.zeros(3), n, k, message=False)


@pytest.mark.parametrize("n", range(-1, 5))
def test_finally_in_loops(twice, n):
    twice.agree("nested", n)


@pytest.mark.parametrize("k", [0, 9])
def test_arrays_changed_in_place_are_as_they_were_left(twice, k):
    twice.agree("in_place", np.arange(4.0), k)
