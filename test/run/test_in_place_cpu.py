"""Writes to parameters: right in every constellation, without copies where none is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from compiled import Compiled, Parameter
from numpy.typing import NDArray

from pyc.dialects import build as b
from pyc.dialects.mlir import ir, scf

Array = NDArray[Any]
MATRIX: Parameter = ("f32", [None, None])
VECTOR: Parameter = ("f32", [None])


def index(value: int) -> Any:
    return b.constant(value, "i64")


def one() -> Any:
    return b.constant(1, "f32")


def incremented(x: Any) -> Any:
    return b.binary("add", x, one())


def whole(x: Any) -> tuple[list[Any], list[Any], list[Any]]:
    rank = x.type.rank
    return [index(0)] * rank, [b.dim(x, i) for i in range(rank)], [index(1)] * rank


def squares(x: Any, n: Any) -> list[Any]:
    loop = scf.ForOp(index(0), n, index(1), [x])
    with ir.InsertionPoint(loop.body):
        old = b.extract(loop.inner_iter_args[0], [loop.induction_variable])
        new = b.insert(b.binary("mul", old, old), loop.inner_iter_args[0], [loop.induction_variable])
        scf.YieldOp([new])
    return [loop.results[0]]


def smooth(source: Any, destination: Any) -> Any:
    inner = b.binary("sub", b.dim(source, 0), index(2))
    left, middle, right = (b.slice(source, [index(i)], [inner], [index(1)]) for i in range(3))
    total = b.binary("add", b.binary("add", left, middle), right)
    return b.insert_slice(b.binary("mul", total, b.constant(0.5, "f32")), destination, [index(1)], [inner], [index(1)])


def jacobi(u: Any, v: Any, n: Any) -> list[Any]:
    loop = scf.ForOp(index(0), n, index(1), [u, v])
    with ir.InsertionPoint(loop.body):
        u, v = loop.inner_iter_args
        v = smooth(u, v)
        scf.YieldOp([smooth(v, u), v])
    return list(loop.results)


def exchange(u: Any, v: Any, n: Any) -> list[Any]:
    """A loop that exchanges its arrays: the one case that needs copies in each iteration."""
    loop = scf.ForOp(index(0), n, index(1), [u, v])
    with ir.InsertionPoint(loop.body):
        u, v = loop.inner_iter_args
        scf.YieldOp([smooth(u, v), u])
    return list(loop.results)


def halve_until_small(x: Any) -> list[Any]:
    loop = scf.WhileOp([x.type], [x])
    before, after = (region.blocks.append(x.type) for region in loop.regions)
    with ir.InsertionPoint(before):
        (x,) = before.arguments
        scf.ConditionOp(b.compare("gt", b.extract(x, [index(0)]), one()), [x])
    with ir.InsertionPoint(after):
        (x,) = after.arguments
        scf.YieldOp([b.binary("mul", x, b.constant(0.5, "f32"))])
    return [loop.results[0]]


def one_way_or_the_other(x: Any, flag: Any) -> list[Any]:
    choice = scf.IfOp(flag, [x.type], has_else=True)
    with ir.InsertionPoint(choice.then_block):
        scf.YieldOp([b.insert(one(), x, [index(0)])])
    with ir.InsertionPoint(choice.else_block):
        scf.YieldOp([b.binary("add", x, one())])
    return [choice.results[0]]


def numpy_smooth(u: Array, v: Array) -> None:
    v[1:-1] = (u[:-2] + u[1:-1] + u[2:]) * np.float32(0.5)


def numpy_exchange(u: Array, v: Array, n: int) -> None:
    a, c = u.copy(), v.copy()
    for _ in range(n):
        numpy_smooth(a, c)
        a, c = c, a
    u[:], v[:] = a, c


def numpy_jacobi(u: Array, v: Array, n: int) -> None:
    for _ in range(n):
        numpy_smooth(u, v)
        numpy_smooth(v, u)


def numpy_halve(x: Array) -> None:
    while x[0] > 1:
        x *= np.float32(0.5)


def numpy_choose(x: Array, flag: bool) -> None:
    if flag:
        x[0] = 1
    else:
        x += 1


def assign(x: Array, value: Array) -> None:
    x[...] = value


def multiply(x: Array, w: Array) -> None:
    x[...] = x @ w


def increment_both(x: Array, y: Array) -> None:
    x += 1
    y[...] = x


def swap(x: Array, y: Array) -> None:
    x[...], y[...] = y.copy(), x.copy()


Case = tuple[str, Sequence[Parameter], Callable[..., Sequence[Any]], list[int], Callable[..., None], int]
#: name, parameters, body, which are written, NumPy's version, how many copies are known to be needed
CASES: list[Case] = [
    ("product", [MATRIX] * 2, lambda x, w: [b.matmul(x, w)], [0], multiply, 1),
    ("slice", [MATRIX] * 2, lambda x, w: [b.insert_slice(b.matmul(x, w), x, *whole(x))], [0], multiply, 1),
    ("transpose", [MATRIX], lambda x: [b.transpose(x, [1, 0])], [0], lambda x: assign(x, x.T.copy()), 1),
    ("elementwise", [MATRIX], lambda x: [b.binary("mul", incremented(x), x)], [0], lambda x: assign(x, (x + 1) * x), 0),
    ("from another", [MATRIX] * 2, lambda x, y: [b.binary("add", y, one())], [0], lambda x, y: assign(x, y + 1), 0),
    ("a plain copy", [MATRIX] * 2, lambda x, y: [y], [0], assign, 1),
    ("unchanged", [MATRIX], lambda x: [x], [0], lambda x: None, 0),
    ("both alike", [MATRIX] * 2, lambda x, y: [incremented(x)] * 2, [0, 1], increment_both, 1),
    ("swap", [MATRIX] * 2, lambda x, y: [y, x], [0, 1], swap, 3),
    ("loop", [VECTOR, ("i64", None)], squares, [0], lambda x, n: assign(x[:n], x[:n] ** 2), 0),
    ("while", [VECTOR], halve_until_small, [0], numpy_halve, 0),
    ("if", [VECTOR, ("bool", None)], one_way_or_the_other, [0], numpy_choose, 0),
    ("jacobi", [VECTOR] * 2 + [("i64", None)], jacobi, [0, 1], numpy_jacobi, 0),
    ("exchange", [VECTOR] * 2 + [("i64", None)], exchange, [0, 1], numpy_exchange, 4),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
def test_written_parameters(case: Case) -> None:
    _, parameters, body, writes, reference, copies = case
    rng = np.random.default_rng(7)
    f = Compiled(parameters, body, writes=writes)
    assert len(f.remarks) <= copies
    for strided in (False, True):
        arguments: list[Any] = []
        for dtype, shape in parameters:
            if shape is None:
                arguments.append(dtype == "bool" or 3)
            else:
                wide = (rng.random((10,) * len(shape)) * 9 + 1).astype("f4")
                arguments.append(wide[(slice(None, None, -2),) * len(shape)] if strided else wide)
        expected = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
        f(arguments, [])
        reference(*expected)
        for got, want in zip(arguments, expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-5)
