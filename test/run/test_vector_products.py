"""Products of matrices and vectors, through kernels: extents around the registers, every order of memory, sums."""

from __future__ import annotations

import numpy as np
import pytest
from language import Twice
from test_contractions import Array, close, orders

EXTENTS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 131)
PROGRAM = """
def f4(x: Tensor[f32, K], b: Tensor[f32, K, N]) -> Tensor[f32, N]:
    return x @ b

def f8(x: Tensor[f64, K], b: Tensor[f64, K, N]) -> Tensor[f64, N]:
    return x @ b

def turned(b: Tensor[f64, N, K], x: Tensor[f64, K]) -> Tensor[f64, N]:
    return b @ x

def both(a: Tensor[f64, M, N], x: Tensor[f64, N]) -> Tensor[f64, N]:
    return (a @ x) @ a

def added(y: Tensor[f64, N], x: Tensor[f64, K], b: Tensor[f64, K, N]) -> None:
    y[1:] += x[1:] @ b[1:, 1:]

def columns(x: Tensor[f64, N, M]) -> Tensor[f64, M, M]:
    made = np.zeros((x.shape[1], x.shape[1]))
    for i in range(x.shape[1]):
        made[i:, i] = made[i, i:] = x[:, i] @ x[:, i:]
    return made

def rows(a: Tensor[f64, M, K], b: Tensor[f64, K, K]) -> None:
    for i in range(a.shape[0]):
        a[i, :] = a[i, :] @ b

def whole(x: Tensor[i64, K], b: Tensor[i64, K, N]) -> Tensor[i64, N]:
    return x @ b

def few(x: Tensor[f64, 3], b: Tensor[f64, 3, 4]) -> Tensor[f64, 4]:
    return x @ b
"""


@pytest.fixture(scope="module")
def products() -> Twice:
    return Twice(PROGRAM, "f4", "f8", "turned", "both", "added", "columns", "rows", "whole", "few")


def vectors(x: Array) -> list[Array]:
    """The same vector, with gaps, and backwards."""
    return [m.ravel() if m.flags.c_contiguous else m[:, 0] for m in orders(x[:, None])]


@pytest.mark.parametrize("name", ["f4", "f8"])
def test_extents_around_the_registers(products: Twice, name: str) -> None:
    rng, function = np.random.default_rng(1), getattr(products.compiled, name)
    eps = float(np.finfo(name).eps)
    for k in EXTENTS:
        for n in EXTENTS:
            x, b = (rng.standard_normal(shape).astype(name) for shape in (k, (k, n)))
            # What is behind the end must not be read into a sum.
            for given in vectors(x):
                for right in orders(b):
                    close(function(given, right), x, b, eps)


@pytest.mark.parametrize(("k", "n"), [(3, 5000), (5000, 3), (257, 4099), (1, 2049), (0, 7), (7, 0)])
def test_large(products: Twice, k: int, n: int) -> None:
    rng, eps = np.random.default_rng(2), float(np.finfo("f8").eps)
    x, b = rng.standard_normal(k), rng.standard_normal((k, n))
    for right in orders(b):
        close(products.compiled.f8(x, right), x, b, eps)
        close(products.compiled.turned(right.T, x), x, b, eps)


def test_infinities_and_nans_stay_where_they_belong(products: Twice) -> None:
    x, b = np.ones(13), np.ones((13, 35))
    b[2, 3], b[7, 1], b[5, 33], x[12] = np.inf, np.nan, -np.inf, 0.0
    b[12, 20] = 5.0
    for right in orders(b)[:2]:
        np.testing.assert_array_equal(products.compiled.f8(x, right), x @ b)
    x[12], b[12, 20] = np.inf, 0.0
    with np.errstate(invalid="ignore"):
        want = x @ b
    for right in orders(b)[:2]:
        np.testing.assert_array_equal(products.compiled.f8(x, right), want)


@pytest.mark.parametrize(("m", "n"), [(0, 3), (1, 1), (5, 9), (40, 33)])
def test_in_programs(products: Twice, m: int, n: int) -> None:
    rng = np.random.default_rng(3)
    a, x, b = rng.standard_normal((m, n)), rng.standard_normal(n), rng.standard_normal((n, n))
    np.testing.assert_allclose(products.compiled.both(a, x), (a @ x) @ a, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(products.compiled.columns(a), a.T @ a, rtol=1e-11, atol=1e-11)
    want, rows = rng.standard_normal(n), rng.standard_normal(m)
    got = want.copy()
    want[1:] += rows[1:] @ a[1:, 1:]
    products.compiled.added(got, rows, a)
    np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-11)
    changed = a.copy()
    products.compiled.rows(changed, b)
    np.testing.assert_allclose(changed, a @ b, rtol=1e-11, atol=1e-11)
    products.agree("whole", *(rng.integers(-(2**63), 2**63 - 1, shape) for shape in (m, (m, n))))
    products.agree("few", np.arange(3.0), np.arange(12.0).reshape(3, 4))
