"""NumPy's reductions that are made of others, over axes of arrays, with NaN, empty and odd extents."""

from functools import cache

import numpy as np
import pytest
from surface import Surface, words

NUMPY = {"f64": "f8", "f32": "f4", "f16": "f2", "i8": "i1", "i32": "i4", "i64": "i8", "u8": "u1"}
AXES = ["", ", axis=0", ", axis=-1", ", axis=(0, 2)", ", axis=1, keepdims=True", ", axis=None, keepdims=True"]
PLAIN = words("ptp count_nonzero average median nansum nanprod nanmean nanvar nanstd nanmax nanmin nanmedian")
CUBE = [f"np.{f}(x{a})" for f in PLAIN for a in AXES if not (f == "nanmedian" and "(" in a)]
MORE = [
    "np.average(x, weights=x * 0 + 2)", "np.average(x, axis=1, weights=w)", "np.average(x, 1, w, keepdims=True)",
    "np.quantile(x, 0.3)", "np.quantile(x, 0.75, axis=1)", "np.percentile(x, 40, axis=(0, 1), keepdims=True)",
    "np.percentile(x, q, axis=1)", "np.quantile(x, q / 100.0)", "np.nanvar(x, ddof=1)", "np.nanstd(x, 0, ddof=1)",
]  # fmt: skip


@cache
def cube(dtype: str) -> Surface:
    some = CUBE if dtype == "f64" else CUBE[1::2]
    return Surface(f"x: Tensor[{dtype}, N, M, K], w: Tensor[f64, M], q: Tensor[f64, 3]", [*some, *MORE], level=3)


@pytest.mark.parametrize("dtype", ["f64", "f32", "i8"])
def test_statistics(dtype: str) -> None:
    rng = np.random.default_rng(0)
    q = np.array([0.0, 37.5, 100.0])
    for shape in [(2, 3, 4), (1, 1, 1), (5, 3, 7), (3, 2, 1)]:
        x = (rng.standard_normal(shape) * 9).astype(NUMPY[dtype])
        cube(dtype).agree(x, rng.random(shape[1]), q, ulps=32)
        cube(dtype).agree(np.repeat(x, 2, 0)[::-2], rng.random(2 * shape[1])[::2], q, ulps=32)


@pytest.mark.filterwarnings("ignore")
def test_statistics_without_numbers() -> None:
    x = np.random.default_rng(1).standard_normal((3, 4, 5))
    x[0] = np.nan
    x[1, 2, 3] = np.nan
    x[2, 0] = [np.inf, -np.inf, 1, 2, 3]
    w, q = np.ones(4), np.array([10.0, 50.0, 90.0])
    program = Surface("x: Tensor[f64, N, M, K], w: Tensor[f64, M], q: Tensor[f64, 3]", CUBE, level=3)
    program.agree(x, w, q, ulps=32)
    program.agree(np.full((2, 2, 2), np.nan), np.ones(2), q)


def test_weights_without_a_sum() -> None:
    program = Surface("x: Tensor[f64, N], w: Tensor[f64, N]", ["np.average(x, weights=w)"], level=3)
    program.agree(np.arange(3.0), np.array([1.0, -1.0, 0.0]), messages=True)


ORDER = [
    *(f"np.{f}(x{a})" for f in ("sort", "argsort") for a in ("", ", axis=0", ", axis=1", ", axis=None")),
    "np.argsort(x, kind='stable')", "x.argsort(0)", "np.sort(x, -1, kind='stable')",
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["f64", "f32", "i64", "u8", "bool"])
def test_sorting(dtype: str) -> None:
    stable = [e if "argsort" not in e or "kind" in e else e[:-1] + ", kind='stable')" for e in ORDER]
    stable = [e.replace("(,", "(") for e in stable]
    program = Surface(f"x: Tensor[{dtype}, N, M, K]", stable, level=3)
    rng = np.random.default_rng(3)
    for shape in [(3, 5, 17), (1, 1, 1), (2, 0, 3), (0, 2, 2), (4, 33, 2)]:
        x = (rng.standard_normal(shape) * 9).astype(NUMPY.get(dtype, "?"))
        if x.dtype.kind == "f" and x.size > 10:
            x[rng.random(shape) > 0.8] = np.nan
            x[0, 0, 0] = -np.inf
        program.agree(x)
        program.agree(x[::-1, :, ::-2])
