"""Sets, windows, statistics without NaN, and functions that call functions, against NumPy."""

import numpy as np
import pytest
from language import Twice, interpreted
from surface import Surface

PARAMETERS = (
    "x: Tensor[f64, N], y: Tensor[f64, N], A: Tensor[f64, N, M], B: Tensor[f64, N, M], i: Tensor[i64, N], n: int"
)
STATISTICS = [
    "np.cov(x, y)", "np.cov(A, B)", "np.cov(A, B, ddof=0)", "np.corrcoef(x, y)", "np.nanpercentile(x, 30)",
    "np.nanquantile(A, 0.3, axis=1)", "np.nanpercentile(A, 50, axis=0, keepdims=True)", "np.nanquantile(A, 1.0)",
    "np.percentile(x, 30, method='lower')", "np.quantile(x, 0.3, method='midpoint')",
    "np.quantile(A, 0.65, axis=1, method='higher')", "np.quantile(i, 0.5, method='nearest')",
    "np.quantile(i, 0.3, method='lower')", "np.quantile(x, np.array([0.1, 0.7]), method='higher')",
    "np.nanargmax(x)", "np.nanargmin(A, axis=1)", "np.nanargmax(i)", "np.nancumsum(x)", "np.nancumprod(A, axis=1)",
    "np.ediff1d(A)", "np.diff(x, prepend=0.0)", "np.diff(x, append=y)", "np.diff(A, axis=0, prepend=0.0, append=1.0)",
    "np.diff(i, prepend=i, n=2)", "np.append(x, y)", "np.append(x, 1.0)", "np.append(A, B, axis=1)", "np.append(i, x)",
    "np.union1d(x, y)", "np.intersect1d(i, i)", "np.setdiff1d(x, y)", "np.setxor1d(i, i + 2)", "np.array_equal(x, x)",
    "np.array_equal(x, A)", "np.array_equal(x, y)", "np.array_equal(x, x, equal_nan=True)",
    "np.histogram2d(np.nan_to_num(x), np.nan_to_num(y))", "np.histogram2d(np.nan_to_num(x), np.nan_to_num(y), bins=5)",
    "np.histogram2d(np.nan_to_num(x), np.nan_to_num(y), bins=[3, 4])",
    "np.histogram2d(np.nan_to_num(x), np.nan_to_num(y), bins=np.array([-1.0, 0.0, 2.0]))",
    "np.histogram_bin_edges(i, 5)", "np.diag_indices_from(A[:, : len(x)])", "np.bitwise_left_shift(i, 2)",
    "np.pow(i, 2)", "np.bitwise_invert(i)", "A.mT", "A[None].mT",
]  # fmt: skip
CALLS = [
    "np.apply_along_axis(lambda r: r.sum(), 1, A)", "np.apply_along_axis(np.max, 0, A)",
    "np.apply_along_axis(lambda r: r[::-1] * 2, 0, A)", "np.apply_along_axis(np.cumsum, 1, A)",
    "np.apply_along_axis(lambda r: r.mean(), 0, x)", "np.vectorize(lambda t: t * 2 if t > 0 else 0.0)(x)",
    "np.vectorize(lambda t, r: t * r)(A, B)", "np.vectorize(lambda t, r: max(t, r))(x, 0.5)",
    "np.vectorize(lambda t: t > 0)(A)", "np.fromfunction(lambda p, q: p * 2 + q, (3, 4))",
    "np.fromfunction(lambda p, q: p == q, (n, 4), dtype=int)", "np.fromfunction(lambda p: p / 2, (n,))",
    "np.piecewise(x, [x < 0, x >= 0], [0.5, 1.0])", "np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v])",
    "np.piecewise(x, [x < 0, x > 1], [np.floor, 2, lambda v: v * v])", "np.piecewise(i, [i < 0], [7])",
    "np.piecewise(A, [A < 0], [-1, 1])",
]  # fmt: skip


def values(n: int, m: int) -> tuple[object, ...]:
    rng = np.random.default_rng(n * 10 + m)
    x, y = np.round(rng.standard_normal(n) * 4) / 4, np.round(rng.standard_normal(n) * 4) / 4
    return x, y, rng.standard_normal((n, m)), rng.standard_normal((n, m)), rng.integers(-5, 5, n), n


@pytest.mark.filterwarnings("ignore")
def test_statistics_and_sets() -> None:
    program = Surface(PARAMETERS, STATISTICS)
    for n, m in ((5, 5), (7, 7), (2, 2), (11, 11)):
        program.agree(*values(n, m), ulps=16)
    x, y, a, b, i, n = values(6, 6)
    x[2], a[1, 1], a[3] = np.nan, np.nan, np.nan  # type: ignore[index]
    kept = [k for k, e in enumerate(STATISTICS) if "1d" not in e]
    program.some(kept).agree(x[::-1], y, np.asfortranarray(a), b, i, n, ulps=16)  # type: ignore[index]


def test_functions_that_call_functions() -> None:
    program = Surface(PARAMETERS, CALLS)
    for n, m in ((5, 3), (1, 1), (4, 7)):
        program.agree(*values(n, m), ulps=8)


WINDOWS = [f"np.{w}(n)" for w in ("bartlett", "blackman", "hamming", "hanning")] + ["np.kaiser(n, 8.6)", "np.i0(x)"]


def test_windows() -> None:
    program = Surface("x: Tensor[f64, N], n: int", WINDOWS)
    x = np.concatenate((np.linspace(-40, 40, 161), [0.0, 1e-9, 25.0, 24.999, 300.0, 700.0]))
    for n in (1, 2, 7, 12):
        for k in range(len(WINDOWS)):
            # Each element by itself is close: those of i0 differ in size.
            program.some([k]).agree(x, n, ulps=32)
    found, expected = program.twice.compiled.case5(x, 1), np.i0(x)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


WRITES = """
def writes(x: Tensor[f64, N], y: Tensor[f64, N], A: Tensor[f64, N, M], b: Tensor[bool, N]) -> None:
    np.copyto(x, y, where=b)
    np.fill_diagonal(A, 7.0)
    np.putmask(y, y > 0, x[:2])
    np.copyto(A[0], 3.0)

def places(x: Tensor[f64, N], v: Tensor[f64, M]) -> None:
    np.place(x, x > 0, v)
"""


def test_writes() -> None:
    program = Twice(WRITES, "writes", "places")
    rng = np.random.default_rng(0)
    for n, m in ((5, 3), (2, 7), (3, 3)):
        arguments = (rng.standard_normal(n), rng.standard_normal(n), rng.standard_normal((n, m)), rng.random(n) < 0.5)
        program.agree("writes", *arguments)
        interpreted(program, "writes", arguments)
        program.agree("places", rng.standard_normal(n), rng.standard_normal(m))
    with pytest.raises(ValueError, match="Cannot insert from an empty array!"):
        program.compiled.places(np.ones(2), np.ones(0))
