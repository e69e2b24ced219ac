"""Signatures of functions in memory form, and the builders of its operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyc.dialects import build, signature
from pyc.dialects.dialect import context
from pyc.dialects.mlir import ir
from pyc.dialects.types import memref_type, shape_of

ARRAY = 'memref<?x4xf32, strided<[?, ?], offset: ?>, #pyc.meta<"f32", "cpu">>'
TENSOR = 'tensor<?x4xf32, #pyc.meta<"f32", "cpu">>'
VALUE = signature.Value("x", "Tensor[f32, N, 4]", "f32", ("N", "4"), "f32", "cpu", written=True)
RESULT = signature.Value("", "Tensor[f32, M, 4]", "f32", (signature.UNKNOWN, "4"), "f32", "cpu", allocated=True)


@pytest.fixture
def here() -> Iterator[None]:
    with context(), ir.Location.unknown():
        yield


def function(array: str, *, memory: bool, results: str) -> tuple[Any, Any]:
    text = f"func.func private @f({array}) -> {results}"
    module = ir.Module.parse(text)
    found = module.body.operations[0]
    signature.attach(found, signature.Signature("f", "f", "cpu", (VALUE,), (RESULT,), (0,), writes=(0,)))
    if memory:
        found.attributes["pyc.memory"] = ir.StringAttr.get("'u, v = v, u' exchanges arrays in a loop, line 7")
    return module, found


@pytest.mark.usefixtures("here")
def test_who_allocates_a_result_is_read_back():
    _, found = function(ARRAY, memory=True, results=ARRAY)
    read = signature.read(found)
    assert read.results == (RESULT,)
    assert not read.parameters[0].allocated
    assert signature.is_memory_form(found)


@pytest.mark.usefixtures("here")
def test_functions_in_memory_form_take_memory_and_return_no_final_values():
    _, found = function(ARRAY, memory=True, results=ARRAY)
    assert signature.mismatches(found) == []
    _, found = function(TENSOR, memory=False, results=f"({TENSOR}, {TENSOR})")
    assert signature.mismatches(found) == []
    _, found = function(TENSOR, memory=True, results=TENSOR)
    assert len(signature.mismatches(found)) == 2
    _, found = function(ARRAY, memory=True, results=f"({ARRAY}, {ARRAY})")
    assert signature.mismatches(found) == ["2 results for 1 and 0 writes"]


@pytest.mark.usefixtures("here")
def test_builders_know_static_extents():
    module = ir.Module.create()
    with ir.InsertionPoint(module.body):
        zero, one, two = (build.constant(k, "i64") for k in range(3))
        x = build.allocate(build.empty("f64", [two, two], "f64", "cpu"))
        assert x.type == memref_type("f64", [2, 2], "f64", "cpu")
        row = build.view(x, [one, zero], [two], [one], [1])
        assert shape_of(row.type) == [2]
        four = build.constant(4, "i64")
        assert shape_of(build.reshape_view(x, [four]).type) == [4]
        build.store(build.load(row, [zero]), row, [one])
        build.write(build.read(x), x)
    assert module.operation.verify()
