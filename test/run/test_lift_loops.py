"""Loops over the elements of rows, whose sums along columns are computed for all rounds at once, against NumPy."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from language import Twice

PROGRAM = """
def lu(a: Tensor[f64, N, N]) -> None:
    for i in range(a.shape[0]):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, a.shape[0]):
            a[i, j] -= a[i, :i] @ a[:i, j]

def below(alpha: float, a: Tensor[f64, M, M], b: Tensor[f64, M, N]) -> None:
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            b[i, j] += alpha * np.dot(a[i + 1 :, i], b[i + 1 :, j])

def own_row(b: Tensor[f64, M, M]) -> None:
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            b[i, j] = b[i, :] @ b[:, j]

def other_row(b: Tensor[f64, M, M], p: int) -> None:
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            b[i, j] = b[p, :] @ b[:, j]

def into(a: Tensor[i64, M, N], x: Tensor[i64, M], low: int, high: int) -> Tensor[i64, 2, N]:
    made = np.ones((2, a.shape[1]), dtype=np.int64)
    for j in range(low, min(high, a.shape[1])):
        made[1, j] = (x @ a[:, j]) * made[0, j] + made[1, j] * 3
    return made

def twice(a: Tensor[f64, M, N], x: Tensor[f64, M], y: Tensor[f64, N]) -> Tensor[f64, N]:
    made = np.zeros(a.shape[1])
    for j in range(a.shape[1]):
        made[j] = (x @ a[:, j]) / (1.0 + np.sum(a[:, j])) + y[j]
    return made

def raises(a: Tensor[f64, M, N], x: Tensor[f64, M]) -> Tensor[f64, 3]:
    made = np.zeros(3)
    for j in range(a.shape[1]):
        made[j] = x @ a[:, j]
    return made

def written(a: Tensor[f64, M, N], x: Tensor[f64, M], made: Tensor[f64, 3]) -> None:
    for j in range(a.shape[1]):
        made[j] = x @ a[:, j]
"""


@pytest.fixture(scope="module")
def loops() -> Twice:
    names = ("lu", "below", "own_row", "other_row", "into", "twice", "raises", "written")
    return Twice(PROGRAM, *names)


def near(loops: Twice, name: str, *arguments: object) -> None:
    """Both give the same but for the order of additions, which is free in a product."""
    want, got = arguments, copy.deepcopy(arguments)
    results = [loops.python[name](*want), getattr(loops.compiled, name)(*got)]
    for a, b in zip((*want, results[0]), (*got, results[1]), strict=True):
        if a is not None:
            np.testing.assert_allclose(np.asarray(b), np.asarray(a), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 20, 33])
def test_matrices(loops: Twice, n: int) -> None:
    rng = np.random.default_rng(n)
    a = rng.standard_normal((n, n)) + 2 * n * np.eye(n)
    for order in (a, np.asfortranarray(a), a[::-1, ::-1]):
        near(loops, "lu", order.copy(order="K"))
    near(loops, "own_row", a / max(n, 1) ** 2)
    for p in range(min(n, 3)):
        near(loops, "other_row", a / max(n, 1) ** 2, p)
    loops.agree("other_row", a, n)


@pytest.mark.parametrize(("m", "n"), [(0, 0), (0, 3), (3, 0), (1, 1), (5, 9), (9, 5), (20, 70)])
def test_rectangles(loops: Twice, m: int, n: int) -> None:
    rng = np.random.default_rng(m)
    a, x, y = rng.random((m, n)), rng.random(m), rng.random(n)
    near(loops, "below", 1.5, rng.random((m, m)), a.copy())
    near(loops, "twice", a, x, y)
    near(loops, "twice", a.T.copy().T, x[::-1], y)
    whole = rng.integers(-(2**62), 2**62, (m, n))
    for low, high in ((0, n), (0, 0), (2, 1), (1, n - 1), (-1, n), (0, n + 5)):
        loops.agree("into", whole, rng.integers(-5, 5, m), low, high)


def test_errors_come_at_their_round(loops: Twice) -> None:
    a, x = np.arange(12.0).reshape(3, 4), np.ones(3)
    loops.agree("raises", a[:, :3], x)
    loops.agree("raises", a, x)
    loops.agree("written", a, x, np.zeros(3))
