"""Kernels in the emulator against NumPy, where their shape decides: warps, blocks, parts, tiles, orders of threads."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiled import Failed, numpy_dtype
from emulated import Emulated
from numpy.typing import NDArray

from pyc.diagnostics import CompileError
from pyc.dialects import build as b
from pyc.passes.gpu_schedule import MatmulTile
from pyc.targets.cuda.schedule import DEFAULT
from pyc.targets.emulator import ORDERS, EmulationError

#: Small blocks and parts, so that small arrays take the long ways.
SMALL = dataclasses.replace(
    DEFAULT,
    maps=((8, 4),),
    rows=((8, 8), (64, 2), (128, 1)),
    columns=(8, 4),
    split_after=64,
    max_splits=16,
    matmul=MatmulTile(rows=8, columns=16, depth=4, per_thread=2),
)
EXTENTS = (0, 1, 2, 31, 32, 33, 127, 257)
NUMPY: dict[str, Callable[..., Any]] = {
    "sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min, "any": np.any, "all": np.all,
}  # fmt: skip


def i64(value: int) -> Any:
    return b.constant(value, "i64")


def numbers(shape: tuple[int, ...], dtype: str, seed: int = 0) -> NDArray[Any]:
    """Small numbers, exact in every format, sums and products of a few of them too."""
    random = np.random.default_rng(seed)
    if dtype == "bool":
        return random.random(shape) < 0.9
    return random.integers(-3, 4, shape).astype(numpy_dtype(dtype))


@pytest.mark.parametrize("schedule", [DEFAULT, SMALL], ids=["default", "small"])
def test_an_elementwise_kernel_of_every_rank(schedule: Any) -> None:
    f = Emulated(
        [("f32", [None] * 3), ("f32", [None, None]), ("f32", [None, 1]), ("f32", [None]), ("f32", [])],
        lambda c, m, column, v, s: [
            b.binary("add", b.binary("mul", c, m), column), b.binary("mul", v, s), b.binary("add", s, s)
        ],
        schedule=schedule,
    )  # fmt: skip
    for shape in [(3, 5, 7), (1, 1, 1), (0, 4, 2), (4, 0, 2), (2, 3, 0), (2, 300, 3), (2, 3, 300)]:
        c, m, column = numbers(shape, "f32"), numbers(shape[1:], "f32", 1), numbers((shape[1], 1), "f32", 2)
        v, s = numbers(shape[2:], "f32", 3)[::-1], np.array(2.5, "f4")
        c = np.asfortranarray(c)
        want = [c * m + column, v * s, s + s]
        for got, w in zip(f([c, m, column, v, s], [("f32", x.shape) for x in want]), want, strict=True):
            np.testing.assert_array_equal(got, w)


def test_more_rows_than_a_grid_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyc.passes.map_elementwise.MAX_GRID_Y", 2)
    monkeypatch.setattr("pyc.passes.map_matmul.MAX_GRID_Y", 2)
    f = Emulated([("f32", [None] * 3)] * 2, lambda x, y: [b.binary("add", x, x), b.matmul(x, y)], schedule=SMALL)
    x, y = numbers((7, 9, 5), "f32"), numbers((7, 5, 3), "f32", 1)
    doubled, multiplied = f([x, y], [("f32", x.shape), ("f32", (7, 9, 3))])
    np.testing.assert_array_equal(doubled, 2 * x)
    np.testing.assert_array_equal(multiplied, x @ y)


@pytest.mark.parametrize("kind", list(NUMPY))
def test_a_reduction_of_every_length(kind: str) -> None:
    dtype = "bool" if kind in ("any", "all") else "f32"
    f = Emulated([(dtype, [None, None])], lambda x: [b.reduce(x, kind, axes) for axes in ([0], [1], [0, 1])])
    small = Emulated(
        [(dtype, [None, None])], lambda x: [b.reduce(x, kind, axes) for axes in ([0], [1], [0, 1])], schedule=SMALL
    )
    for n in EXTENTS[1:] if kind in ("max", "min") else EXTENTS:
        for shape in [(n, 3), (3, n)]:
            x = numbers(shape, dtype)
            if kind == "prod":
                x = np.where(np.abs(x) > 1, 1, x).astype(x.dtype)
            wanted = [NUMPY[kind](x, axis=axis) for axis in (0, 1, None)]
            for g in (f, small):
                for got, want in zip(g([x], [(dtype, np.shape(w)) for w in wanted]), wanted, strict=True):
                    np.testing.assert_array_equal(got, want)


def test_reductions_of_known_length_are_one_kernel() -> None:
    def body(x: Any) -> list[Any]:
        return [b.reduce(x, "sum", [1]), b.reduce(x, "max", [0]), b.arg_reduce(x, "min", 1), b.reduce(x, "sum", [0, 1])]

    f = Emulated([("f32", [40, 50])], body)
    assert "_parts" not in f.text
    x = numbers((40, 50), "f32")
    want = [x.sum(1), x.max(0), x.argmin(1), x.sum()]
    kinds = ["f32", "f32", "i64", "f32"]
    for got, w in zip(f([x], [(k, np.shape(w)) for k, w in zip(kinds, want, strict=True)]), want, strict=True):
        np.testing.assert_array_equal(got, w)


@pytest.mark.parametrize("dtype", ["i8", "u16", "i64", "f64", "f16", "bf16"])
def test_values_of_every_width_are_shuffled(dtype: str) -> None:
    f = Emulated([(dtype, [None])], lambda x: [b.reduce(x, "max", [0]), b.arg_reduce(x, "min", 0)], schedule=SMALL)
    for n in (1, 33, 200):
        x = numbers((n,), dtype)
        highest, first = f([x], [(dtype, ()), ("i64", ())])
        assert highest == x.max()
        assert first == x.argmin()


def test_the_first_of_equals_wins_over_parts_and_warps() -> None:
    f = Emulated(
        [("f32", [None, None])],
        lambda x: [b.arg_reduce(x, k, a) for k in ("max", "min") for a in (0, 1)],
        schedule=SMALL,
    )
    for shape in [(257, 3), (3, 257), (1, 1), (64, 64)]:
        x = numbers(shape, "f32")
        for special in (x, np.where(x == 3, np.float32("nan"), x), np.full(shape, -np.inf, "f4")):
            wanted = [g(special, axis=a) for g in (np.argmax, np.argmin) for a in (0, 1)]
            for got, want in zip(f([special], [("i64", w.shape) for w in wanted]), wanted, strict=True):
                np.testing.assert_array_equal(got, want)


def test_nan_is_kept_by_max_and_min() -> None:
    f = Emulated([("f32", [None])], lambda x: [b.reduce(x, "max", [0]), b.reduce(x, "min", [0])])
    x = numbers((100,), "f32")
    x[71] = np.nan
    assert all(np.isnan(r) for r in f([x], [("f32", ()), ("f32", ())]))


@pytest.mark.parametrize("dtype", ["f32", "f64", "i32", "u8", "f16", "bf16"])
@pytest.mark.parametrize("schedule", [DEFAULT, SMALL], ids=["default", "small"])
def test_a_product_of_every_size(dtype: str, schedule: Any) -> None:
    accumulate = "f32" if dtype in ("f16", "bf16") else dtype
    f = Emulated([(dtype, [None, None])] * 2, lambda x, y: [b.matmul(x, y, accumulate)], schedule=schedule)
    for m, k, n in [(1, 1, 1), (3, 5, 7), (0, 3, 2), (3, 0, 2), (17, 33, 65), (70, 4, 3), (8, 4, 16), (9, 17, 1)]:
        x, y = numbers((m, k), dtype), numbers((k, n), dtype, 1)
        wide = numpy_dtype(accumulate)
        for left, right in [(x, y), (np.asfortranarray(x), y[:, ::-1])]:
            (got,) = f([left, right], [(accumulate, (m, n))])
            np.testing.assert_array_equal(got, left.astype(wide) @ right.astype(wide))


def test_batches_and_transposed_factors() -> None:
    def body(x: Any, y: Any) -> list[Any]:
        return [b.matmul(x, y), b.matmul(b.transpose(y, [0, 2, 1]), b.transpose(x, [0, 2, 1]))]

    f = Emulated([("f32", [None] * 3)] * 2, body, schedule=SMALL)
    for batch, m, k, n in [(2, 9, 5, 17), (1, 3, 3, 3), (0, 2, 2, 2), (5, 1, 7, 2)]:
        x, y = numbers((batch, m, k), "f32"), numbers((batch, k, n), "f32", 1)
        want = x @ y
        first, second = f([x, y], [("f32", want.shape), ("f32", (batch, n, m))])
        np.testing.assert_array_equal(first, want)
        np.testing.assert_array_equal(second, want.transpose(0, 2, 1))


def softmax(x: Any) -> list[Any]:
    m = b.dim(x, 0)
    highest = b.reshape(b.reduce(x, "max", [1]), [m, i64(1)])
    e = b.unary("exp", b.binary("sub", x, highest))
    total = b.reshape(b.reduce(e, "sum", [1]), [m, i64(1)])
    return [b.binary("div", e, total)]


@pytest.mark.parametrize("order", list(ORDERS))
def test_no_order_of_threads_changes_anything(order: str) -> None:
    def body(x: Any) -> list[Any]:
        return [*softmax(x), b.matmul(x, b.transpose(x, [1, 0])), b.reduce(x, "sum", [0]), b.arg_reduce(x, "max", 1)]

    f = Emulated([("f32", [None, None])], body, order=order, schedule=SMALL)
    x = numbers((19, 130), "f32")
    e = np.exp(x - x.max(1, keepdims=True))
    want = [e / e.sum(1, keepdims=True), x @ x.T, x.sum(0), x.argmax(1)]
    results = f([x], [("f32", (19, 130)), ("f32", (19, 19)), ("f32", (130,)), ("i64", (19,))])
    np.testing.assert_allclose(results[0], want[0], rtol=1e-5)
    for got, w in zip(results[1:], want[1:], strict=True):
        np.testing.assert_array_equal(got, w)


def without_barrier(number: int) -> Callable[[str], str]:
    """Drops the barrier of that number from a program's text."""

    def edit(text: str) -> str:
        places = [m.span() for m in re.finditer(r"nvvm\.barrier( id = .*)?(?=\n)", text)]
        start, end = places[number]
        return text[:start] + text[end:]

    return edit


@pytest.mark.parametrize(
    ("kind", "barriers"), [("matmul", 2), ("rows", 1), ("columns", 1)]
)  # fmt: skip
def test_a_removed_barrier_is_caught(kind: str, barriers: int) -> None:
    bodies: dict[str, Callable[..., Any]] = {
        "matmul": lambda x: [b.matmul(x, b.transpose(x, [1, 0]))],
        "rows": lambda x: [b.reduce(x, "sum", [1])],
        "columns": lambda x: [b.reduce(x, "sum", [0])],
    }
    schedule = dataclasses.replace(
        SMALL, rows=((128, 1),), columns=(8, 16), matmul=MatmulTile(16, 32, 4, 2), split_after=1 << 20
    )
    x = numbers((35, 100), "f32")
    shape = {"matmul": (35, 35), "rows": (35,), "columns": (100,)}[kind]
    want = {"matmul": x @ x.T, "rows": x.sum(1), "columns": x.sum(0)}[kind]
    for number in range(barriers):
        caught = []
        for order in ORDERS:
            f = Emulated(
                [("f32", [None, None])], bodies[kind], order=order, schedule=schedule, edit=without_barrier(number)
            )
            caught.append(not np.array_equal(f([x], [("f32", shape)])[0], want))
        assert any(caught), f"barrier {number} of {kind} was not missed"


def test_a_barrier_that_not_all_reach_is_reported() -> None:
    def edit(text: str) -> str:
        # Threads of odd number end at once.
        start = text.index("nvvm.barrier")
        early = """%early_x = nvvm.read.ptx.sreg.tid.x : i32
      %early_one = llvm.mlir.constant(1 : i32) : i32
      %early_bit = llvm.and %early_x, %early_one : i32
      %early = llvm.trunc %early_bit : i32 to i1
      llvm.cond_br %early, ^early_end, ^early_rest
    ^early_end:
      llvm.return
    ^early_rest:
      """
        return text[:start] + early + text[start:]

    f = Emulated([("f32", [None, None])], lambda x: [b.reduce(x, "sum", [0])], schedule=SMALL, edit=edit)
    with pytest.raises(EmulationError, match="wait at a barrier"):
        f([numbers((40, 9), "f32")], [("f32", (9,))])


def test_scalars_stay_on_the_device() -> None:
    def body(x: Any, s: Any) -> list[Any]:
        scaled = b.binary("mul", x, b.binary("add", s, b.unary("exp", s)))
        return [b.binary("sub", scaled, b.reduce(scaled, "max", [0])), b.binary("mul", s, b.reduce(x, "sum", [0]))]

    f = Emulated([("f32", [None]), ("f32", None)], body)
    x, s = numbers((37,), "f32"), np.float32(0.0)
    first, second = f([x, s], [("f32", (37,)), ("f32", ())])
    np.testing.assert_array_equal(first, x - x.max())
    assert second == 0


@pytest.mark.parametrize("order", ["forwards", "last ahead"])
def test_an_element_that_is_overwritten_by_its_own_reader_is_put_aside(order: str) -> None:
    def body(x: Any) -> list[Any]:
        return [b.binary("add", x, b.extract(x, [i64(0)]))]

    f = Emulated([("f32", [None])], body, writes=[0], order=order)
    x = numbers((70,), "f32") + 1
    want = x + x[0]
    f([x], [])
    np.testing.assert_array_equal(x, want)


def test_writes_to_elements_and_slices_reach_the_argument() -> None:
    def body(x: Any) -> list[Any]:
        n = b.dim(x, 0)
        inner = b.slice(x, [i64(1)], [b.exact("int_sub", n, i64(2))], [i64(1)])
        y = b.insert_slice(b.unary("neg", inner), x, [i64(1)], [b.exact("int_sub", n, i64(2))], [i64(1)])
        return [b.insert(b.constant(9, "f32"), y, [i64(0)])]

    f = Emulated([("f32", [None])], body, writes=[0])
    x = numbers((50,), "f32")
    want = np.concatenate([[9], -x[1:-1], x[-1:]]).astype("f4")
    buffer = np.zeros(100, "f4")[::-2]
    buffer[:] = x
    f([buffer], [])
    np.testing.assert_array_equal(buffer, want)


def test_checks_of_extents_are_made_on_the_host() -> None:
    def body(x: Any) -> list[Any]:
        b.check(b.compare("gt", b.dim(x, 0), i64(0)), "ValueError", "max of nothing")
        return [b.reduce(x, "max", [0])]

    f = Emulated([("f32", [None])], body)
    assert f([np.array([1, 3, 2], "f4")], [("f32", ())])[0] == 3
    with pytest.raises(Failed, match="ValueError: max of nothing"):
        f([np.zeros(0, "f4")], [("f32", ())])


def test_checks_of_elements_are_a_diagnostic() -> None:
    def body(x: Any) -> list[Any]:
        b.check(b.compare("gt", b.extract(x, [i64(0)]), b.constant(0, "f32")), "ValueError", "not positive")
        return [b.unary("sqrt", x)]

    with pytest.raises(CompileError, match="E320"):
        Emulated([("f32", [None])], body)


def test_a_write_outside_of_an_array_is_reported() -> None:
    f = Emulated(
        [("f32", [None])], lambda x: [b.unary("neg", x)], edit=lambda text: text.replace('icmp "ult"', 'icmp "ne"')
    )
    with pytest.raises(EmulationError, match="outside of an array"):
        f([numbers((250,), "f32")], [("f32", (250,))])
