"""Results that compiled code allocates: their values, who frees them, and what an error leaves behind."""

from __future__ import annotations

import gc
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from allocations import watched
from compiled import Parameter, build, numpy_dtype

import pyc
from pyc.artifact import Artifact
from pyc.dialects import build as b
from pyc.dialects.dialect import context
from pyc.dialects.mlir import ir
from pyc.dialects.signature import attach, functions, read
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load

CPU = Target("cpu")


def artifact(parameters: Sequence[Parameter], body: Callable[..., Sequence[Any]], emit: str = "obj") -> Artifact:
    """The function ``f`` with its body, all array results allocated by it."""
    cpu, options = backend("cpu"), Options("test", emit)
    with context(), ir.Location.file("program.py", 1, 1):
        module = build(parameters, body)
        (function,) = functions(module)
        s = read(function)
        results = tuple(
            r if r.dims is None else replace(r, dims=("?",) * len(r.dims), allocated=True) for r in s.results
        )
        attach(function, replace(s, results=results, returns_tuple=len(results) > 1))
        cpu.pipeline(CPU, options).run(module)
        return cpu.emit(module, CPU, options)


def double(x: Any) -> list[Any]:
    return [b.binary("add", x, x)]


@pytest.mark.parametrize("dtype", ["bool", "i8", "u8", "i64", "u64", "f16", "f32", "f64", "bf16", "f8e4m3"])
@pytest.mark.parametrize("shape", [(), (0,), (1,), (7,), (3, 5), (2, 0, 3)])
def test_values(dtype: str, shape: tuple[int, ...]) -> None:
    code = _copies(dtype, len(shape))
    x = (np.arange(np.prod(shape, dtype=int)) % 5).reshape(shape).astype(numpy_dtype(dtype))
    y = code.f(x)
    assert y.dtype == x.dtype
    assert y.shape == x.shape
    assert np.array_equal(y.view("u1" if y.ndim else y.dtype), x.view("u1" if x.ndim else x.dtype))
    assert y.flags.writeable
    assert not np.shares_memory(x, y)
    assert repr(y) == repr(x)


_LOADED: dict[tuple[str, int], Any] = {}


def _copies(dtype: str, rank: int) -> Any:
    if (dtype, rank) not in _LOADED:
        _LOADED[dtype, rank] = load(artifact([(dtype, [None] * rank)], lambda x: [b.copy(x)]))
    return _LOADED[dtype, rank]


def test_the_memory_lives_as_long_as_a_view_of_it() -> None:
    code, books = watched(artifact([("f64", [None])], double))
    y = code.f(np.arange(5.0))
    assert len(books.live) == 1
    part = y[1:3]
    del y
    gc.collect()
    assert part.tolist() == [2.0, 4.0]
    assert len(books.live) == 1
    del part
    gc.collect()
    books.clear()


def test_each_result_has_its_own_memory() -> None:
    def both(x: Any) -> list[Any]:
        y = b.binary("add", x, x)
        return [y, b.reduce(y, "sum", [0]), y, b.binary("mul", y, y)]

    code, books = watched(artifact([("f64", [None])], both))
    one, total, two, square = code.f(np.arange(4.0))
    one[:] = -1
    assert total == 12.0
    assert two.tolist() == [0, 2, 4, 6]
    assert square.tolist() == [0, 4, 16, 36]
    del one, two, square
    books.clear()


def test_an_argument_given_back_is_copied() -> None:
    code, books = watched(artifact([("f64", [None])], lambda x: [x]))
    x = np.arange(4.0)
    y = code.f(x)
    assert not np.shares_memory(x, y)
    assert y.tolist() == x.tolist()
    del y
    books.clear()


def _checked(x: Any, i: Any) -> list[Any]:
    y = b.binary("add", x, x)
    total = b.reduce(y, "sum", [0])
    b.check(b.compare("lt", i, b.dim(x, 0)), "IndexError", "too far")
    z = b.binary("mul", y, y)
    b.check(b.compare("lt", total, b.constant(100, "f64")), "ValueError", "too much")
    return [y, z]


def test_an_error_frees_all() -> None:
    code, books = watched(artifact([("f64", [None]), ("i64", None)], _checked))
    with pytest.raises(IndexError, match="too far"):
        code.f(np.ones(50), 50)
    with pytest.raises(ValueError, match="too much"):
        code.f(np.ones(50), 49)
    assert books.allocations
    books.clear()
    y, z = code.f(np.ones(5), 4)
    del y, z
    books.clear()


def test_memory_that_cannot_be_had() -> None:
    code, books = watched(artifact([("f64", [None]), ("i64", None)], _checked))
    code.f(np.ones(5), 4)
    for limit in range(books.allocations):
        books.clear()
        books.limit = limit
        with pytest.raises(MemoryError, match="not enough memory"):
            code.f(np.ones(5), 4)
    books.clear()


def test_ten_thousand_calls_do_not_grow() -> None:
    code, books = watched(artifact([("f64", [None])], double))
    x = np.ones(100)
    for _ in range(10_000):
        code.f(x)
    assert books.allocations == 10_000
    books.clear()


def test_a_bundle_and_its_header(tmp_path: Path) -> None:
    folder = tmp_path / "test.cpu"
    artifact([("f64", [None, None])], double, "bundle").write(folder)
    y = pyc.load(folder).f(np.arange(6.0).reshape(2, 3)[:, ::-1])
    assert y.tolist() == [[4, 2, 0], [10, 8, 6]]
    program = """
        #include <stdio.h>
        #include "test.h"
        int main(void) {
            double data[6] = {0, 1, 2, 3, 4, 5};
            int64_t numbers[6];
            pyc_f64_2d x = pyc_f64_2d_of(data, 2, 3);
            pyc_i64_1d place = pyc_i64_1d_of(numbers, 6);
            int32_t code = test_f(&x, &place);
            const double *y = (const double *)(intptr_t)numbers[1];
            printf("%d", code);
            for (int i = 2; i < 6; i++) printf(" %d", (int)numbers[i]);
            printf(" %g\\n", y[5]);
            test_release(numbers[0]);
            test_release(0);
            return 0;
        }
    """
    (tmp_path / "main.c").write_text(program)
    binary = tmp_path / "main"
    flags = ["-Wall", "-Werror", f"-I{folder}", f"-L{folder}", f"-Wl,-rpath,{folder}"]
    subprocess.run(["cc", *flags, "-o", binary, tmp_path / "main.c", "-ltest"], check=True)
    assert subprocess.run([binary], check=True, capture_output=True, text=True).stdout == "0 2 3 3 1 10\n"
