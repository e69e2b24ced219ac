"""Names of NumPy that are subscripted, and products of stacks: against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from language import interpreted
from surface import Surface

from pyc.diagnostics import CompileError

SIGNATURE = "x: Tensor[f64, N, M], v: Tensor[f64, N], i: Tensor[i32, N], n: int, s: float"
GRIDS = [
    "np.mgrid[0:3, 0:4]", "np.mgrid[0:n]", "np.mgrid[0:n, 1:5:2]", "np.mgrid[0:1:5j]", "np.mgrid[0:1:3j, 0:2:4j]",
    "np.mgrid[0:3, 0:1:0.25]", "np.mgrid[0:n, 0:s:0.25, 0:2]", "np.mgrid[-2:2:0.5]", "np.mgrid[5:0:-1]",
    "np.mgrid[n:0:-1, 0:2]", "np.mgrid[0:s:1j]", "np.mgrid[:n, :3]", "np.mgrid[0:3, 0:4][1]", "np.ogrid[0:3, 0:4]",
    "np.ogrid[0:n, 0:1:5j]", "np.ogrid[0:n, 0:s:0.5, :3]", "np.mgrid[n:2, 0:2]",
    "np.ogrid[0:n]", "np.ogrid[:n, :n][0] + np.ogrid[:n, :n][1]",
    "np.r_[v, v]", "np.r_[1.0, v, 2]", "np.r_[0:5, v]", "np.r_[0:n, 7]", "np.r_[0:1:5j, v]", "np.r_[x, x]",
    "np.r_[i, 3]", "np.r_[i, v]", "np.r_[n, s]", "np.c_[v, v]", "np.c_[x, v]", "np.c_[v, i]", "np.c_[x, x]",
]  # fmt: skip
PRODUCTS = [
    "np.vecdot(v, v)", "np.vecdot(x, x)", "np.vecdot(x, x, axis=0)", "np.vecdot(x + 1j, x * 1j)", "np.matvec(x, x[0])",
    "np.matvec(x[None], x[:1])", "np.vecmat(v, x)", "np.vecmat(v * 1j, x)", "np.vecmat(x.T[:, None], x)",
    "(x > 0) @ (x > 0).T", "(v > 0) @ (v > 0)", "np.dot(x > 0, (x > 0).T)", "np.matmul(x[None] > 0, x.T > 0)",
    "np.tensordot(v, v, 1)", "np.tensordot(x, x, 2)", "np.tensordot(x, x, axes=([0, 1], [0, 1]))",
    "np.linalg.tensordot(v, v, axes=1)", "np.cumulative_sum(v)", "np.cumulative_sum(x, axis=1, include_initial=True)",
    "np.cumulative_prod(i)", "np.cumulative_prod(x, axis=0, include_initial=True)", "np.tril(v)", "np.triu(v, 1)",
    "np.cov(x.astype(np.float32))", "np.cov(i, ddof=0)",
]  # fmt: skip


def values(n: int, m: int, s: float = 1.0) -> tuple[object, ...]:
    rng = np.random.default_rng(n)
    return rng.standard_normal((n, m)), rng.standard_normal(n), rng.integers(-9, 9, n).astype(np.int32), n, s


@pytest.mark.filterwarnings("ignore")
def test_grids_and_products() -> None:
    program = Surface(SIGNATURE, GRIDS + PRODUCTS)
    for n, m, s in ((5, 3, 1.0), (2, 2, 0.6), (3, 7, -0.5)):
        program.agree(*values(n, m, s), ulps=8)
    program.some(range(len(GRIDS))).agree(*values(1, 2), ulps=8)
    for k, e in enumerate(GRIDS):
        if not e.startswith("np.ogrid"):  # a tuple here, of which the interpreter has lists
            interpreted(program.twice, f"case{k}", values(3, 2))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("np.mgrid[n]", "takes slices with an end"),
        ("np.mgrid[0:, 0:n]", "takes slices with an end"),
        ("np.mgrid[0:1j]", "the ends of a grid are real numbers"),
        ("np.mgrid[0:1:n * 1j]", "the number of points of a grid is a constant"),
        ("np.mgrid[v:3]", "a bound of a grid is a number"),
        ('np.r_["0,2", v]', "takes no directive"),
        ("np.mgrid(3)", "np.mgrid is not supported"),
        ("np.s_[0:3]", "np.s_ is not supported"),
    ],
)
def test_what_is_no_grid_is_said(expression: str, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        Surface(SIGNATURE, [expression])
