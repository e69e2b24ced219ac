"""NumPy's functions that make matrices, join and split arrays, add borders, and sum products over axes."""

import numpy as np
import pytest
from language import Twice
from surface import Surface


def copies(expression: str, count: int) -> str:
    """Copies of parts: views that are returned are another subject."""
    return ", ".join(f"{expression}[{i}] + 0" for i in range(count))


JOINED = [
    "np.vstack((x, y))", "np.hstack((x, y))", "np.dstack((x, y))", "np.column_stack((x, y))", "np.vstack((v, v))",
    "np.hstack([v, v, v])", "np.column_stack((v, w))", "np.dstack((v, v))", "np.block([[x, y], [y, x]])",
    "np.block([v, w])", "-np.atleast_1d(a)", "-np.atleast_2d(v)", "-np.atleast_3d(v)", "-np.atleast_3d(x)",
    copies("np.broadcast_arrays(x, v)", 2), "np.moveaxis(x, 0, 1) + 0", "np.hstack((a, a))",
    copies("np.array_split(v, 3)", 3),
    copies("np.array_split(x, 2, axis=0)", 2), copies("np.split(x, (1, 3), axis=1)", 3),
    copies("np.hsplit(v, [2])", 2), copies("np.vsplit(x, [1, 1])", 3),
]  # fmt: skip


def test_arrays_joined_and_split() -> None:
    program = Surface(
        "x: Tensor[f64, N, M], y: Tensor[f64, N, M], v: Tensor[f64, M], w: Tensor[f64, M], a: f64",
        JOINED,
    )
    for n, m in [(2, 4), (1, 1), (3, 7), (0, 2), (2, 0)]:
        x = np.arange(float(n * m)).reshape(n, m)
        program.agree(x, -x, x.sum(axis=0), np.ones(m), np.float64(2.0))


def test_equal_parts() -> None:
    program = Surface("x: Tensor[f64, N, 4]", [copies("np.split(x, 2)", 2), copies("np.split(x, 2, axis=1)", 2)])
    for n in (2, 4, 3, 0):
        program.agree(np.arange(n * 4.0).reshape(n, 4))


PADDED = [
    *(f"np.pad(x, 2, mode='{m}')" for m in ("edge", "reflect", "symmetric", "wrap")),
    *(f"np.pad(x, ((0, 1), (3, 2)), '{m}')" for m in ("edge", "reflect", "symmetric", "wrap")),
    "np.pad(x, 1)", "np.pad(x, (1, 2))", "np.pad(x, ((0, 0), (2, 1)), constant_values=7)", "np.pad(x, 0)",
    "np.pad(x[0], k)", "np.pad(x[0], (0, k), constant_values=-1.5)", "np.pad(x, w)", "np.pad(x, w[1], 'edge')",
    "np.pad(x, W, constant_values=((1, 2), (3, k)))", "np.pad(x, 1, constant_values=(k, -1))",
    *(f"np.pad(x, ((0, 3), (1, k)), '{m}')" for m in ("mean", "median", "maximum", "minimum", "linear_ramp")),
    *(f"np.pad(y, 2, '{m}')" for m in ("mean", "median", "maximum", "minimum", "linear_ramp")),
    *(f"np.pad(x, 1, '{m}', stat_length=((1, 2), (3, k)))" for m in ("mean", "median", "maximum", "minimum")),
    "np.pad(x, 3, 'linear_ramp', end_values=((k, 1), (-2.5, 0)))", "np.pad(y, 3, 'linear_ramp', end_values=-7)",
    "np.pad(y, 1, 'mean', stat_length=2)",
]  # fmt: skip


def test_borders() -> None:
    parameters = "x: Tensor[f64, N, M], k: int, w: tuple[tuple[int, int], tuple[int, int]], y: Tensor[i32, N, M]"
    program = Surface(parameters, PADDED, "W = ((0, 1), (2, 0))\n")
    for n, m in [(3, 4), (1, 1), (2, 5), (4, 2)]:
        x = np.sin(np.arange(float(n * m)).reshape(n, m))
        program.agree(x, 2, ((0, 1), (2, 3)), (x * 9).astype(np.int32))
    program.agree(np.ones((2, 2)), -1, ((0, 0), (0, 0)), np.ones((2, 2), np.int32))
    program.agree(np.ones((2, 0)), 1, ((0, 0), (0, 0)), np.ones((2, 0), np.int32))


def test_an_extent_that_must_be_1_is_checked_when_it_runs() -> None:
    head = "def put(x: Tensor[f64, N], k: int) -> Tensor[f64, 1]:\n"
    program = Twice(head + "    out = np.zeros(1)\n    out[:] = x[k:]\n    return out\n", "put")
    for k in range(3):
        program.agree("put", np.arange(3.0), k, message=k == 0)


MATRICES = [
    "np.eye(3)", "np.eye(n)", "np.eye(n, 4, 1, dtype=f32)", "np.eye(n, k=-1)", "np.identity(n, i32)", "np.tri(n, 3, 1)",
    "np.tril(x)", "np.triu(x, 1)", "np.tril(x, -1)", "np.triu(c)", "np.diag(x)", "np.diag(v)", "np.diag(v, 2)",
    "np.diag(v, -1)", "np.diag(x, 1)", "np.diag(x, -5)", "np.diagflat(x, 1)", "np.diagonal(c)", "np.trace(x)",
    "np.diagonal(c, 1, 1, 2)", "np.diagonal(c, -1, 2, 0)", "np.trace(c, 1, 0, 2)", "x.trace()", "np.vander(v, 3)",
    "np.vander(v, n, increasing=True)", "np.outer(v, x)", "np.vdot(x, x)", "np.inner(x, x)", "np.inner(v, v)",
    "np.inner(c, x)", "np.kron(x, x)", "np.kron(v, v)", "np.cross(t, 2 * t[::-1])", "np.cov(x)", "np.cov(x, ddof=0)",
    "np.cov(v)", "np.corrcoef(x)", "np.cov(x, rowvar=False)", "np.full_like(x, 3)",
    "np.full_like(x, 3, shape=(n, 2))", "np.zeros_like(v, shape=n)", "np.ones_like(x, np.int32, shape=(2, n, 2))",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_matrices() -> None:
    program = Surface(
        "n: int, x: Tensor[f64, N, M], v: Tensor[f64, M], c: Tensor[f64, K, N, M], t: Tensor[f64, K, 3]", MATRICES
    )
    rng = np.random.default_rng(0)
    for n, m, k in [(3, 4, 2), (2, 2, 1), (4, 2, 5), (3, 3, 3)]:
        x, v, c = (rng.standard_normal(s) for s in ((n, m), m, (k, n, m)))
        program.agree(n, x, v, c, rng.random((k, 3)), ulps=32)


def test_matrices_of_integers() -> None:
    program = Surface(
        "x: Tensor[i32, N, M], v: Tensor[i32, M]",
        [
            "np.tril(x)",
            "np.diag(v)",
            "np.trace(x)",
            "np.outer(v, v)",
            "np.kron(x, x)",
            "np.vander(v)",
            "np.inner(x, x)",
        ],
    )
    program.agree(np.arange(12, dtype="i4").reshape(3, 4), np.arange(4, dtype="i4"))


SUMS = [
    "ij,jk->ik", "ij,jk", "ij,kj->ik", "ij,ij->", "ij,ij->ij", "ij,ij", "ij,kl->ijkl", "ij,ij->i", "ji,ji->j",
]  # fmt: skip


def test_sums_of_products() -> None:
    products = [
        *(f"np.einsum('{s}', x, {'x.T' if s.endswith(('jk', 'ik')) and 'kj' not in s else 'x'})" for s in SUMS),
        "np.einsum('ii->i', q)", "np.einsum('ii', q)", "np.einsum('ij->ji', x) + 0", "np.einsum('ij->j', x)",
        "np.einsum('ij->', x)", "np.einsum('bij,bjk->bik', c, c.transpose(0, 2, 1))",
        "np.einsum('...ij,kj->...ik', c, x)", "np.einsum('ij,->ij', x, a)",
        "np.einsum('...ij,...ij->...', c, c)", "np.einsum('ij,jk,kl->il', x, x.T, x)", "np.einsum('i,i', v, v)",
        "np.einsum('i,j->ij', v, v)", "np.einsum('bij,bij,ij->b', c, c, x)", "np.einsum('iij->j', d)",
        "np.tensordot(c, x, ((1, 2), (0, 1)))", "np.tensordot(x, x.T, 1)", "np.tensordot(c, c, (0, 0))",
        "np.tensordot(v, v, 0)", "np.dot(c, x.T)", "np.dot(x, v)", "np.dot(c, c.transpose(0, 2, 1))",
    ]  # fmt: skip
    program = Surface(
        "x: Tensor[f64, N, M], c: Tensor[f64, K, N, M], v: Tensor[f64, M], q: Tensor[f64, N, N],"
        " d: Tensor[f64, N, N, M], a: f64",
        products,
    )
    rng = np.random.default_rng(0)
    for n, m, k in [(3, 4, 2), (1, 1, 1), (5, 2, 3), (2, 0, 3)]:
        shapes = ((n, m), (k, n, m), (m,), (n, n), (n, n, m))
        program.agree(*(rng.standard_normal(s) for s in shapes), np.float64(2.5), ulps=32)


ASKED = """\
def bumped(v):
    v += 1
    return v * 2
def like(x: Tensor[i64, N], y: Tensor[i64, M]) -> Tensor[i64, N]:
    return np.ones_like(x | 7 // int(np.sum(y)))
def length(x: Tensor[i64, N], y: Tensor[i64, M]) -> int:
    return len(x + 7 // len(y)) + len(np.where(x > y[0], x, y[1]))
def dimensions(x: Tensor[i64, N], y: Tensor[i64, M]) -> int:
    return (x + y[2]).ndim + np.ndim(bumped(y))
def sizes(x: Tensor[i64, N], y: Tensor[i64, M]) -> tuple[int, int, int]:
    n, m = bumped(y)[:, None].shape
    return n, m, np.size(bumped(y)) + (x * y[1])[::-1].size
def items(x: Tensor[i64, N], y: Tensor[i64, M]) -> int:
    return len(np.shape(bumped(y))) + len((bumped(y), 2)) + len((x, bumped(x)))
def made(x: Tensor[i64, N], y: Tensor[i64, M]) -> Tensor[f64, N]:
    return np.zeros(np.shape(np.minimum(x, y[1]))) + np.zeros(len(x + 3 // len(y)))
def times(x: Tensor[i64, N], y: Tensor[i64, M]) -> int:
    grid = bumped(y.reshape(1, -1)).shape
    return grid[0] * 10 + grid[1]
"""


def test_an_array_that_is_only_asked_for_its_extents_is_evaluated_once():
    names = ("like", "length", "dimensions", "sizes", "items", "made", "times")
    twice = Twice(ASKED, *names)
    for name in names:
        for n, m in ((0, 0), (1, 0), (3, 1), (2, 2), (3, 4)):
            twice.agree(name, np.arange(n), np.arange(m))
