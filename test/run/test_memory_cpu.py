"""Functions in memory form on the CPU: what NumPy does with references, views and loops that exchange arrays."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
from in_memory import InMemory
from language import Twice

from pyc.dialects import build as b
from pyc.dialects.mlir import ir, scf

VECTOR = ("f64", [None])
MATRIX = ("f64", [None, None])
INT = ("i64", None)


def number(n: int) -> Any:
    return b.constant(n, "i64")


def part(m: Any, start: int, size: Any, step: int = 1) -> Any:
    return b.view(m, [number(start)], [size], [number(step)], [0])


def looped(count: Any, carried: list[Any], body: Any) -> list[Any]:
    """``for _ in range(count): carried = body(*carried)``; gives what is carried at the end."""
    loop = scf.ForOp(number(0), count, number(1), carried)
    with ir.InsertionPoint(loop.body):
        scf.YieldOp(list(body(*loop.inner_iter_args)))
    return list(loop.results)


def test_a_value_is_what_was_read_then() -> None:
    def shifted(u: Any) -> list[Any]:
        n = b.binary("sub", b.dim(u, 0), number(1))
        old = b.read(part(u, 0, n))
        b.store(b.constant(-1, "f64"), u, [number(0)])
        b.write(old, part(u, 1, n))
        return []

    code = InMemory([VECTOR], shifted)
    for n in (1, 2, 7):
        u = np.arange(1.0, n + 1)
        expected = u.copy()
        expected[1:], expected[0] = u[:-1], -1
        code.f(u)
        assert u.tolist() == expected.tolist()
    code.books.clear()


def test_a_write_through_a_view_is_seen_by_its_base() -> None:
    def written(m: Any) -> list[Any]:
        n, k = b.dim(m, 0), b.dim(m, 1)
        turned = b.view(m, [number(0), number(0)], [k, n], [number(1), number(1)], [1, 0])
        last = b.binary("sub", k, number(1))
        column = b.view(turned, [last, number(0)], [n], [number(1)], [1])
        b.write(b.fill(b.constant(7, "f64"), [n], "f64", "cpu"), column)
        first = b.load(m, [number(0), last])
        b.store(b.binary("add", first, b.constant(1, "f64")), m, [number(0), number(0)])
        return []

    code = InMemory([MATRIX], written)
    for base in (np.zeros((3, 4)), np.zeros((6, 8))[::2, ::-2], np.zeros((4, 3)).T):
        expected = base.copy()
        expected.T[-1, :] = 7
        expected[0, 0] = 8
        code.f(base)
        assert base.tolist() == expected.tolist()


def _view(offsets: list[int], sizes: list[int], strides: list[int], axes: list[int]) -> Any:
    def body(m: Any) -> list[Any]:
        return [b.view(m, [*map(number, offsets)], [*map(number, sizes)], [*map(number, strides)], axes)]

    return body


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (([1, 2], [2, 2], [1, 2], [0, 1]), lambda m: m[1:3, 2:6:2]),
        (([3, 5], [4, 6], [-1, -1], [0, 1]), lambda m: m[::-1, ::-1]),
        (([0, 0], [6, 4], [1, 1], [1, 0]), lambda m: m.T),
        (([0, 0], [1, 4, 1, 6], [0, 1, 0, 1], [-1, 0, -1, 1]), lambda m: m[None, :, None, :]),
        (([2, 0], [6], [1], [1]), lambda m: m[2]),
        (([2, 3], [], [], []), lambda m: m[2, 3, ...]),
        (([4, 0], [0, 6], [1, 1], [0, 1]), lambda m: m[4:]),
    ],
)
def test_views_are_views_of_the_argument(numbers: Any, expected: Any) -> None:
    code = InMemory([MATRIX], _view(*numbers))
    for m in (np.arange(24.0).reshape(4, 6), np.arange(96.0).reshape(8, 12)[::-2, ::2]):
        result = code.f(m)
        assert result.shape == expected(m).shape
        assert result.tolist() == expected(m).tolist()
        if result.size:
            assert np.shares_memory(result, m)
            result[...] = -3.0
            assert (expected(m) == -3).all()
    code.books.clear()


def test_a_view_keeps_its_argument_and_its_protection() -> None:
    code = InMemory([MATRIX], _view([1, 0], [6], [1], [1]))
    m = np.arange(24.0).reshape(4, 6)
    row = code.f(m)
    del m
    gc.collect()
    assert row.tolist() == [6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize("dtype", ["bf16", "f8e4m3", "f16", "bool", "u8"])
def test_views_of_small_elements(dtype: str) -> None:
    from compiled import numpy_dtype

    code = InMemory([(dtype, [None])], lambda m: [part(m, 1, number(3), 2)])
    m = np.array([0, 1, 1, 0, 1, 1, 0]).astype(numpy_dtype(dtype))
    result = code.f(m)
    assert result.dtype == m.dtype
    assert result.tolist() == m[1:7:2].tolist()
    result[:] = 0
    assert not m[1:7:2].any()


RESHAPES = [
    ((12,), (3, 4)), ((3, 4), (12,)), ((3, 4), (4, 3)), ((2, 3, 4), (6, 4)), ((2, 3, 4), (2, 12)), ((6, 4), (2, 3, 4)),
    ((1, 12), (12, 1)), ((4, 1, 3), (4, 3)), ((2, 6), (2, 1, 3, 2)), ((0, 4), (2, 0)), ((1,), (1, 1)), ((4, 4), (2, 8)),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), RESHAPES)
def test_reshapes_are_views_where_numpy_makes_views(old: tuple[int, ...], new: tuple[int, ...]) -> None:
    code = InMemory([("f64", [None] * len(old)), *[INT] * len(new)], lambda m, *sizes: [b.reshape_view(m, list(sizes))])
    grown = np.arange(float(np.prod([2 * n for n in old]))).reshape([2 * n for n in old])
    forms = [
        np.arange(float(np.prod(old))).reshape(old),
        grown[tuple(slice(None, None, 2) for _ in old)],
        grown[tuple(slice(0, n) for n in old)],
        grown[(slice(None, None, -2), *[slice(0, n) for n in old[1:]])],
        grown[(*[slice(0, n) for n in old[:-1]], slice(None, None, 2))],
        np.arange(float(np.prod(old))).reshape(old[::-1]).T,
        np.broadcast_to(np.arange(float(old[-1])), old).copy()[..., ::-1],
    ]
    for m in forms:
        expected = m.reshape(new)
        result = code.f(m, *new)
        assert result.shape == new
        assert result.tolist() == expected.tolist()
        assert np.shares_memory(result, m) == np.shares_memory(expected, m), (m.shape, m.strides, new)
        del result
    code.books.clear()


def test_exchange_in_a_loop() -> None:
    def jacobi(u: Any, v: Any, steps: Any) -> list[Any]:
        n = b.binary("sub", b.dim(u, 0), number(2))

        def step(u: Any, v: Any) -> list[Any]:
            total = b.binary("add", b.read(part(u, 0, n)), b.read(part(u, 2, n)))
            b.write(b.binary("mul", total, b.constant(0.5, "f64")), part(v, 1, n))
            return [v, u]

        return looped(steps, [u, v], step)[:1]

    code = InMemory([VECTOR, VECTOR, INT], jacobi)
    for steps in range(4):
        u, v = np.arange(9.0) ** 2, np.ones(9)
        a, z = u.copy(), v.copy()
        x, y = a, z
        for _ in range(steps):
            y[1:-1] = (x[:-2] + x[2:]) * 0.5
            x, y = y, x
        result = code.f(u, v, steps)
        assert u.tolist() == a.tolist()
        assert v.tolist() == z.tolist()
        assert result.tolist() == x.tolist()
        assert np.shares_memory(result, u) == np.shares_memory(x, a)
    code.books.clear()


def test_new_arrays_in_a_loop_do_not_grow_memory() -> None:
    def repeated(u: Any, steps: Any) -> list[Any]:
        return looped(steps, [u], lambda u: [b.allocate(b.binary("add", b.read(u), b.constant(1, "f64")))])

    code = InMemory([VECTOR, INT], repeated)
    u = np.zeros(100)
    assert np.shares_memory(code.f(u, 0), u)
    result = code.f(u, 10_000)
    assert (result == 10_000).all()
    assert not u.any()
    assert len(code.books.live) == 1
    assert code.books.peak < 6 * 1000
    del result
    code.books.clear()


def test_what_a_branch_gives() -> None:
    def either(u: Any, v: Any, k: Any) -> list[Any]:
        first = scf.IfOp(b.compare("eq", k, number(0)), [u.type], has_else=True)
        with ir.InsertionPoint(first.then_block):
            scf.YieldOp([u])
        with ir.InsertionPoint(first.else_block):
            second = scf.IfOp(b.compare("eq", k, number(1)), [u.type], has_else=True)
            with ir.InsertionPoint(second.then_block):
                scf.YieldOp([v])
            with ir.InsertionPoint(second.else_block):
                scf.YieldOp([b.allocate(b.binary("add", b.read(u), b.read(v)))])
            scf.YieldOp([second.results[0]])
        m = first.results[0]
        b.store(b.constant(5, "f64"), m, [number(0)])
        return [m, b.load(u, [number(0)])]

    code = InMemory([VECTOR, VECTOR, INT], either)
    for k in range(3):
        u, v = np.zeros(3), np.ones(3)
        m, first = code.f(u, v, k)
        assert (np.shares_memory(m, u), np.shares_memory(m, v)) == (k == 0, k == 1)
        assert m[0] == 5
        assert first == (5 if k == 0 else 0)
        del m
    code.books.clear()


def test_results_that_share_memory() -> None:
    def both(u: Any) -> list[Any]:
        m = b.allocate(b.read(u))
        return [m, part(m, 1, number(2))]

    code = InMemory([VECTOR], both)
    m, rest = code.f(np.arange(4.0))
    assert np.shares_memory(m, rest)
    del m
    gc.collect()
    assert rest.tolist() == [1, 2]
    assert len(code.books.live) == 1
    del rest
    code.books.clear()


def test_errors_in_loops_free_everything() -> None:
    def failing(u: Any, v: Any, steps: Any) -> list[Any]:
        def step(u: Any, v: Any) -> list[Any]:
            new = b.allocate(b.binary("add", b.read(u), b.read(v)))
            b.check(b.compare("lt", b.load(new, [number(0)]), b.constant(100, "f64")), "ValueError", "too much")
            return [v, new]

        return looped(steps, [u, v], step)

    code = InMemory([VECTOR, VECTOR, INT], failing)
    with pytest.raises(ValueError, match="too much"):
        code.f(np.ones(5), np.ones(5), 50)
    assert code.books.allocations
    code.books.clear()
    u, v = code.f(np.ones(5), np.ones(5), 5)
    assert (u[0], v[0]) == (8, 13)
    del u, v
    total = code.books.allocations
    for limit in range(total):
        code.books.clear()
        code.books.limit = limit
        with pytest.raises(MemoryError):
            code.f(np.ones(5), np.ones(5), 5)
    code.books.clear()


ENORMOUS = """
def known(x: Tensor[f64, N], i: int) -> float:
    a = np.zeros((1099511627776, 1099511627776))
    a[i, 0] = x[0]
    return a[0, i]

def unknown(n: int, m: int, x: Tensor[f64, N]) -> float:
    a = np.zeros((n, m))
    a[0:1, 0:1] = x[0]
    return a[0, 0]

def framed(x: Tensor[f64, N], n: int) -> float:
    total = 0.0
    for i in range(n):
        a = np.zeros(100)
        a[i % 100] = x[0]
        total += np.sum(a)
    return total
"""


def test_extents_beyond_all_memory() -> None:
    code = Twice(ENORMOUS, "known", "unknown", "framed").compiled
    x = np.ones(2)
    with pytest.raises(MemoryError):
        code.known(x, 1)
    for n, m in ((2**40, 2**40), (2**32, 2**32), (2**62, 4), (2**63 - 1, 1)):
        with pytest.raises(MemoryError):
            code.unknown(n, m, x)
    assert code.unknown(1, 1, x) == 1.0


def test_iterations_share_their_temporaries() -> None:
    code = Twice(ENORMOUS, "framed").compiled
    assert code.framed(np.ones(1), 300_000) == 300_000
