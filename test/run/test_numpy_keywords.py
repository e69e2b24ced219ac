"""The arguments that functions of NumPy share (out, where, dtype, initial), and methods of ufuncs, against NumPy."""

import numpy as np
import pytest
from language import Twice, interpreted
from surface import Surface

EXPRESSIONS = [
    "np.sum(x, where=b)", "np.sum(A, axis=0, where=m)", "np.sum(x, initial=1.5)", "np.max(x, initial=0.0)",
    "np.max(x, initial=-np.inf, where=b)", "np.min(A, axis=1, initial=0.25)", "np.prod(x, initial=2.0)",
    "np.sum(i, initial=3, where=b)", "np.mean(x, dtype=np.float32)", "np.mean(g, dtype=np.float64)",
    "np.mean(i, dtype=np.float32)", "np.std(g, dtype=np.float64)", "np.var(i, axis=0, dtype=f64, ddof=1)",
    "np.mean(x, where=b)", "np.mean(A, axis=1, where=m, keepdims=True)", "np.std(A, axis=0, where=m)",
    "np.var(x, where=b, ddof=1)", "np.any(m, axis=0, where=A > 0)", "np.all(x > -1, where=b)", "x.sum(where=b)",
    "x.max(initial=0.0)", "A.mean(axis=0, dtype=np.float32)", "np.sum(i, dtype=np.float64)", "np.sum(b, dtype=f32)",
    "np.add(x, y, dtype=np.float32)", "np.multiply(i, 2, dtype=f64)", "np.exp(g, dtype=f64)", "np.add(g, 1, dtype=f64)",
    "np.maximum(i, i, dtype=np.int64)", "np.add(x, y, casting='same_kind')", "np.sum(x, where=True)",
    "np.add.reduce(x)", "np.add.reduce(A)", "np.add.reduce(A, axis=1, keepdims=True)", "np.add.reduce(A, axis=None)",
    "np.multiply.reduce(A)", "np.maximum.reduce(A, axis=1)", "np.minimum.reduce(A)", "np.logical_and.reduce(m)",
    "np.logical_or.reduce(m, axis=1)", "np.bitwise_or.reduce(i)", "np.bitwise_xor.reduce(i)", "np.subtract.reduce(x)",
    "np.subtract.reduce(A, axis=1)", "np.fmax.reduce(A, axis=0, keepdims=True)", "np.add.accumulate(x)",
    "np.add.accumulate(A)", "np.add.accumulate(A, axis=1)", "np.multiply.accumulate(x)", "np.maximum.accumulate(x)",
    "np.minimum.accumulate(A, axis=1)", "np.subtract.accumulate(A)", "np.bitwise_or.accumulate(i)",
    "np.add.outer(x, y)", "np.multiply.outer(x, A)", "np.subtract.outer(A, x)", "np.less.outer(x, y)",
    "np.maximum.outer(i, i)", "np.power.outer(x, 2.0)", "np.add.reduce(b)", "np.add.reduce(x, initial=1.0)",
]  # fmt: skip
PARAMETERS = (
    "x: Tensor[f64, N], y: Tensor[f64, N], A: Tensor[f64, N, M], m: Tensor[bool, N, M], b: Tensor[bool, N],"
    " i: Tensor[i64, N], g: Tensor[f32, N]"
)


def values(n: int, m: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(n * 10 + m)
    x, y, a = rng.standard_normal(n), rng.standard_normal(n), rng.standard_normal((n, m))
    mask, b = rng.random((n, m)) < 0.6, rng.random(n) < 0.6
    return x, y, a, mask, b, rng.integers(-9, 9, n), rng.standard_normal(n).astype(np.float32)


@pytest.mark.filterwarnings("ignore")
def test_keywords_and_methods() -> None:
    program = Surface(PARAMETERS, EXPRESSIONS)
    for n, m in ((5, 3), (1, 1), (7, 2), (2, 4)):
        program.agree(*values(n, m), ulps=16)
    x, y, a, mask, b, i, g = values(6, 4)
    x[2], a[1, 1] = np.nan, np.inf
    program.agree(x[::-1], y, np.asfortranarray(a), mask, b, i[::-1], g, ulps=16)


@pytest.mark.filterwarnings("ignore")
def test_of_nothing() -> None:
    names = [
        "np.max(x, initial=0.5)", "np.sum(x, initial=1.0)", "np.maximum.reduce(x)", "np.subtract.reduce(x)",
        "np.add.reduce(x)", "np.bitwise_or.reduce(i)", "np.maximum.accumulate(x)", "np.mean(x, where=b)",
        "np.subtract.reduce(A)", "np.bitwise_and.reduce(i)",
    ]  # fmt: skip
    Surface(PARAMETERS, names).agree(*values(0, 2))


PLACES = """
def ufuncs(x: Tensor[f64, N], y: Tensor[f64, N], b: Tensor[bool, N], out: Tensor[f64, N], g: Tensor[f32, N]):
    np.add(g, g, out=x)
    np.add(x, y, out=out)
    np.multiply(out, 2.0, out)
    np.sqrt(x, out=out, where=b)
    z = np.add(g, 1, out=g)
    z[0] = 3.0
    np.maximum(x[1:], x[:-1], out=x[1:])
    np.negative(y[::-1], out=y)
    np.clip(out, 0.0, 1.5, out=out)
    return z

def reductions(A: Tensor[f64, N, M], B: Tensor[f64, M, N], out: Tensor[f64, M], P: Tensor[f64, N, N]):
    np.sum(A, axis=0, out=out)
    np.matmul(A, B, out=P)
    A.max(axis=0, out=A[0])
    np.cumsum(A, axis=1, out=A)
    np.mean(A, axis=0, out=out)
    return P, out

def wide(x: Tensor[f64, N], P: Tensor[f64, M, N]) -> None:
    np.add(x, 1.0, out=P)

def at(x: Tensor[f64, N], A: Tensor[f64, N, M], i: Tensor[i64, K], j: Tensor[i64, K], v: Tensor[f64, K]) -> None:
    np.add.at(x, i, v)
    np.subtract.at(x, i, 0.5)
    np.multiply.at(x, [0, 0, -1], 2.0)
    np.maximum.at(x, i, v)
    np.add.at(A, (i, j), v)
    np.add.at(A, i, 1.0)

def counts(i: Tensor[i64, K], n: int):
    out = np.zeros(n, dtype=np.int64)
    np.add.at(out, i, 1)
    return out

def converted(x: Tensor[f64, N]):
    y = x.astype(np.float32, copy=False)
    z = x.astype(np.float64, copy=False)
    z[0] = 5.0
    return y, x.astype(f32, casting="same_kind")
"""


@pytest.fixture(scope="module")
def places() -> Twice:
    return Twice(PLACES, "ufuncs", "reductions", "wide", "at", "counts", "converted")


def test_results_in_places(places: Twice) -> None:
    for n, m in ((5, 3), (1, 1), (2, 7)):
        x, y, a, _, b, _, g = values(n, m)
        x = np.fabs(x)
        for name, arguments in (
            ("ufuncs", (x, y, b, np.ones(n), g)),
            ("reductions", (np.round(a * 8), np.round(a.T * 4), np.zeros(m), np.zeros((n, n)))),
            ("wide", (x, np.zeros((m, n)))),
            ("converted", (x,)),
        ):
            places.agree(name, *arguments)
            interpreted(places, name, arguments)


def test_positions_that_repeat(places: Twice) -> None:
    rng = np.random.default_rng(3)
    for n, m, k in ((5, 3, 20), (1, 1, 4), (7, 2, 0)):
        i, j = rng.integers(-n, n, k), rng.integers(0, m, k)
        arguments = (np.round(rng.standard_normal(n) * 8), np.zeros((n, m)), i, j, np.round(rng.standard_normal(k) * 4))
        places.agree("at", *arguments)
        interpreted(places, "at", arguments)
        places.agree("counts", i, n)
    places.agree("counts", np.array([1, 9]), 3, message=False)
