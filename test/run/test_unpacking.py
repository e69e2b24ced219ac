"""Arrays unpacked into names, tuples and lists stored in arrays, and the literals of unsigned numbers."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice

TEXT = """\
from pyc import u64
def elements(x: Tensor[f64, N]) -> f64:
    p, q, r = x
    return p * 100 + q * 10 + r
def rows(x: Tensor[f64, N, M]) -> f64:
    u, v = x
    u[0] = 7.0
    return u[0] + v[0]
def exchange(x: Tensor[f64, 2]) -> f64:
    u, v = x
    x[0], x[1] = v, u
    return u
def store(x: Tensor[i64, N, 2], i: int) -> None:
    x[0] = (i, 2)
    x[1, :] = [5, i + 1]
    p = i, 9
    x[2] = p
    x[:, 1] += [1, 2, 3]
def mixed(h: u64) -> u64:
    return (h ^ u64(0xCBF29CE484222325)) * u64(2**64 - 1)
"""


@pytest.fixture(scope="module")
def twice() -> Twice:
    return Twice(TEXT, "elements", "rows", "exchange", "store", "mixed")


@pytest.mark.parametrize("n", range(6))
def test_elements(twice, n):
    twice.agree("elements", np.arange(n) * 1.5)


@pytest.mark.parametrize("shape", [(2, 3), (2, 1), (1, 3), (3, 2), (0, 2)])
def test_rows(twice, shape):
    twice.agree("rows", np.ones(shape))


def test_what_is_unpacked_is_read_before_anything_is_written(twice):
    twice.agree("exchange", np.array([1.0, 2.0]))


def test_tuples_and_lists_are_stored(twice):
    twice.agree("store", np.zeros((3, 2), np.int64), 7)
    twice.agree("store", np.zeros((6, 2), np.int64)[::2], -7)


def test_unsigned_literals(twice):
    twice.agree("mixed", np.uint64(12345678901234567890))
