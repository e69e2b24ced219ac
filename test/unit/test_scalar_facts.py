"""Ranges of scalars before the program runs, held against the numbers themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from pyc.dialects import build as b
from pyc.dialects.dialect import context
from pyc.dialects.mlir import func, ir
from pyc.dialects.types import tensor_type
from pyc.passes.scalar_facts import Fact, Facts


def fact(body: Callable[..., Any], *arguments: str) -> Fact:
    """What is known of the scalar that ``body`` makes of scalars, and of the extent of a tensor (``tensor``)."""
    with context(), ir.Location.unknown():
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            tensors = {"tensor": 1, "tensor<?x?x?xf32>": 3}
            types = [
                tensor_type("f32", [None] * tensors[a], "f32", "cpu") if a in tensors else ir.Type.parse(a)
                for a in arguments
            ]
            block = func.FuncOp("f", (types, [])).add_entry_block()
            with ir.InsertionPoint(block):
                result = body(*block.arguments)
                func.ReturnOp([])
        return Facts().of(result)


def number(value: int) -> Any:
    return b.constant(value, "i64")


PYTHON: dict[str, Callable[[int, int], int]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "floordiv": lambda x, y: x // y,
    "mod": lambda x, y: x % y,
    "pow": lambda x, y: x**y,
    "shl": lambda x, y: x << y,
    "shr": lambda x, y: x >> y,
}


def ranged(x: Any, low: int, high: int) -> Any:
    """``x``, known to lie between two numbers."""
    return b.binary("minimum", b.binary("maximum", x, number(low)), number(high))


@pytest.mark.parametrize("name", PYTHON)
def test_ranges_hold_every_result(name: str) -> None:
    """Of all pairs in two small ranges, for every sign of both."""
    spans = [(-5, -2), (-3, 4), (0, 3), (2, 6), (1, 1)]
    for left, right in itertools.product(spans, spans):
        found = fact(
            lambda x, y, s=(left, right): b.exact(f"int_{name}", ranged(x, *s[0]), ranged(y, *s[1])), "i64", "i64"
        )
        for x, y in itertools.product(range(left[0], left[1] + 1), range(right[0], right[1] + 1)):
            defined = y != 0 if name in ("floordiv", "mod") else y >= 0 if name in ("pow", "shl", "shr") else True
            if defined:
                assert found.low <= PYTHON[name](x, y) <= found.high, (name, left, right, x, y)


def test_constants_are_computed() -> None:
    assert fact(lambda: b.exact("int_add", number(2), number(3))).number == 5
    assert fact(lambda: b.exact("int_neg", number(2))).number == -2
    assert fact(lambda: b.unary("abs", number(-2))).number == 2
    assert fact(lambda: b.constant(True, "bool")).number == 1


@pytest.mark.parametrize(
    ("name", "value", "overflows"),
    [
        ("add", 1, True), ("add", 0, False), ("sub", 1, True), ("mul", 1, False), ("mul", 2, True),
        ("mod", 7, False), ("floordiv", 2, False), ("floordiv", -1, True), ("shl", 1, True), ("shr", 1, False),
        ("pow", 2, True),
    ],
)  # fmt: skip
def test_overflow_of_an_unknown_number(name: str, value: int, overflows: bool) -> None:
    assert fact(lambda n: b.exact(f"int_{name}", n, number(value)), "i64").overflows == overflows


def test_the_smallest_number_has_no_opposite() -> None:
    assert fact(lambda n: b.exact("int_neg", n), "i64").overflows
    assert fact(lambda n: b.exact("int_abs", n), "i64").overflows
    assert not fact(lambda n: b.exact("int_neg", ranged(n, -9, 9)), "i64").overflows


def test_what_wraps_is_anywhere() -> None:
    found = fact(lambda n: b.binary("add", n, number(1)), "i64")
    assert (found.low, found.high, found.overflows) == (-(1 << 63), (1 << 63) - 1, False)


def test_a_number_of_elements_fits() -> None:
    def product(*axes: int) -> Callable[..., Any]:
        def body(x: Any, y: Any) -> Any:
            sizes = [b.dim(x, a) if a >= 0 else b.dim(y, 0) for a in axes]
            out = number(1)
            for size in sizes:
                out = b.exact("int_mul", out, size)
            return out

        return body

    def overflows(*axes: int) -> bool:
        return fact(product(*axes), "tensor<?x?x?xf32>", "tensor").overflows

    assert not overflows(0, 1)
    assert not overflows(2, 0, 1)
    assert overflows(0, 0)
    assert overflows(0, 1, 1)
    # Of two tensors.
    assert overflows(0, 1, -1)
    assert overflows(0, -1)


def test_extents() -> None:
    found = fact(lambda x: b.exact("int_sub", b.dim(x, 0), number(2)), "tensor")
    assert (found.low, found.from_extents, found.overflows) == (-2, True, False)
    assert fact(lambda x: b.exact("int_mul", b.dim(x, 0), b.dim(x, 0)), "tensor").overflows
    assert not fact(lambda x, n: b.exact("int_mul", b.dim(x, 0), n), "tensor", "i64").from_extents
    assert not fact(lambda x: b.cast(b.extract(x, [number(0)]), "i64"), "tensor").from_extents


@pytest.mark.parametrize(
    ("predicate", "low", "high", "truth"),
    [
        ("lt", 0, 4, 1), ("lt", 5, 9, 0), ("lt", 0, 5, None), ("le", 0, 5, 1), ("gt", 6, 9, 1), ("ge", 5, 9, 1),
        ("ge", 0, 4, 0), ("eq", 6, 7, 0), ("eq", 5, 5, 1), ("ne", 6, 7, 1), ("ne", 5, 5, 0), ("eq", 4, 6, None),
    ],
)  # fmt: skip
def test_comparisons_with_5(predicate: str, low: int, high: int, truth: int | None) -> None:
    assert fact(lambda n: b.compare(predicate, ranged(n, low, high), number(5)), "i64").number == truth


def test_a_value_is_equal_to_itself() -> None:
    for predicate, truth in (("eq", 1), ("le", 1), ("ge", 1), ("ne", 0), ("lt", 0), ("gt", 0)):
        assert fact(lambda n, p=predicate: b.compare(p, n, n), "i64").number == truth


def test_choices_and_logic() -> None:
    assert fact(lambda c: b.select(c, number(2), number(3)), "i1").high == 3
    assert fact(lambda n: b.select(b.compare("eq", n, n), number(2), n), "i64").number == 2
    true, false = (lambda n: b.compare("eq", n, n)), (lambda n: b.compare("ne", n, n))
    assert fact(lambda n, c: b.binary("or", true(n), c), "i64", "i1").number == 1
    assert fact(lambda n, c: b.binary("and", false(n), c), "i64", "i1").number == 0
    assert fact(lambda n, c: b.binary("and", true(n), c), "i64", "i1").number is None
    assert fact(lambda n: b.unary("not", false(n)), "i64").number == 1


def test_floats_are_not_followed() -> None:
    assert fact(lambda x: b.binary("add", x, x), "f64").number is None
    assert fact(lambda x: b.compare("lt", x, x), "f64").number is None


def test_extents_that_became_floats() -> None:
    def positive(t: Any) -> Any:
        return b.compare("ge", b.cast(b.dim(t, 0), "f64"), b.constant(0.0, "f64"))

    def divisor(t: Any) -> Any:
        return b.compare("ne", b.cast(b.dim(t, 0), "f64"), b.constant(0.0, "f64"))

    def argument(n: Any) -> Any:
        return b.compare("ne", b.cast(n, "f64"), b.constant(0.0, "f64"))

    assert fact(positive, "tensor") == Fact(1, 1, from_extents=True)
    assert fact(divisor, "tensor") == Fact(0, 1, from_extents=True)
    assert fact(argument, "i64") == Fact(0, 1)
