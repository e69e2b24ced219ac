"""Matrix products, through blocked kernels: every shape around the tiles, every order of memory, batches, types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from language import CPU, HEADER, Twice
from numpy.typing import NDArray
from threaded import printed_by_threads

from pyc.frontend import Request
from pyc.source import Source
from pyc.targets.backend import Options
from pyc.tools.driver import compile_source

Array = NDArray[Any]
#: Around tiles of 6 and 12 rows and 8, 16 and 32 columns.
EXTENTS = (0, 1, 2, 3, 5, 6, 7, 11, 12, 13, 16, 17, 24, 31, 32, 33, 47, 64, 65, 97)
#: Blocks of 256 terms and of some hundred rows, operands too large to be read in place, and few rows or columns.
LARGE = [(37, 129, 65), (500, 300, 2100), (1, 1000, 1300), (700, 900, 1), (13, 700, 1033), (481, 513, 1100), (0, 5, 3)]
SHARED = """
def f8(a: Tensor[f64, M, K], b: Tensor[f64, K, N]) -> Tensor[f64, M, N]:
    return a @ b

def batch[B, M, K, N](a: Tensor[f64, B, M, K], b: Tensor[f64, B, K, N]) -> Tensor[f64, B, M, N]:
    return a @ b
"""
#: Loads a bundle, and prints what the bytes of products come to.
THREADED = """
import sys, zlib
import numpy as np
import pyc
program = pyc.load(sys.argv[1])
rng = np.random.default_rng(0)
for m, k, n in ((97, 203, 301), (300, 700, 260), (8, 900, 1030), (1030, 900, 8), (64, 3000, 64), (400, 17, 900)):
    a, b = rng.standard_normal((m, k)), rng.standard_normal((k, n))
    for x in (a, np.asfortranarray(a)):
        for y in (b, np.asfortranarray(b)):
            c = program.f8(x, y)
            assert np.allclose(c, a @ b)
            print(zlib.crc32(np.ascontiguousarray(c).tobytes()))
stacks = rng.standard_normal((5, 70, 60)), rng.standard_normal((5, 60, 90))
for x, y in (stacks, (stacks[0][:2], stacks[1][:2])):
    c = program.batch(x, y)
    assert np.allclose(c, x @ y)
    print(zlib.crc32(np.ascontiguousarray(c).tobytes()))
"""

PROGRAM = """
def f4(a: Tensor[f32, M, K], b: Tensor[f32, K, N]) -> Tensor[f32, M, N]:
    return a @ b

def f8(a: Tensor[f64, M, K], b: Tensor[f64, K, N]) -> Tensor[f64, M, N]:
    return a @ b

def i4(a: Tensor[i32, M, K], b: Tensor[i32, K, N]) -> Tensor[i32, M, N]:
    return a @ b

def i8_(a: Tensor[i64, M, K], b: Tensor[i64, K, N]) -> Tensor[i64, M, N]:
    return a @ b

def u1(a: Tensor[u8, M, K], b: Tensor[u8, K, N]) -> Tensor[u8, M, N]:
    return a @ b
"""
BATCHED = """
from pyc import bf16, f16

def batched(a: Tensor[f64, N, M, K], b: Tensor[f64, N, K, M]) -> Tensor[f64, N, M, M]:
    return a @ b

def shared(a: Tensor[f64, N, 3, M, K], b: Tensor[f64, K, M]) -> Tensor[f64, N, 3, M, M]:
    return a @ b

def stretched(a: Tensor[f64, 1, M, K], b: Tensor[f64, N, K, M]) -> Tensor[f64, N, M, M]:
    return a @ b

def summed(a: Tensor[f64, N, M, K], b: Tensor[f64, N, K, M]) -> Tensor[f64, M, M]:
    return np.einsum("nik,nkj->ij", a, b)

def transposed(a: Tensor[f64, K, M], b: Tensor[f64, N, K]) -> Tensor[f64, M, N]:
    return a.T @ b.T

def turned(a: Tensor[f64, M, K], b: Tensor[f64, K, N]) -> Tensor[f64, N, M]:
    return np.einsum("ik,kj->ji", a, b)

def chain(a: Tensor[f64, M, M], steps: int) -> Tensor[f64, M, M]:
    r = a
    for i in range(steps):
        r = (r @ a) * 0.5 + a
    return r

def into(c: Tensor[f64, M, M], a: Tensor[f64, M, M]) -> None:
    c[...] = c @ a
    c[1:, 1:] += a[1:, 1:] @ a[1:, 1:]

def half(a: Tensor[f16, M, K], b: Tensor[f16, K, N]) -> Tensor[f16, M, N]:
    return a @ b

def brain(a: Tensor[bf16, M, K], b: Tensor[bf16, K, N]) -> Tensor[bf16, M, N]:
    return a @ b

def mixed(a: Tensor[f16, M, K], b: Tensor[f32, K, N]) -> Tensor[f32, M, N]:
    return a @ b

def wide(a: Tensor[i8, M, K], b: Tensor[u8, K, N]) -> Tensor[i32, M, N]:
    return a.astype(np.int32) @ b.astype(np.int32)

def few(a: Tensor[f64, 4, 3], b: Tensor[f64, 3, 5]) -> Tensor[f64, 4, 5]:
    return a @ b
"""


@pytest.fixture(scope="module")
def plain() -> Twice:
    return Twice(PROGRAM, "f4", "f8", "i4", "i8_", "u1")


@pytest.fixture(scope="module")
def batched() -> Twice:
    names = "batched shared stretched summed transposed turned chain into half brain mixed wide few"
    return Twice(BATCHED, *names.split())


def orders(x: Array) -> list[Array]:
    """The same matrix by rows, by columns, and with gaps and backwards along both axes."""
    m, n = x.shape
    wide = np.zeros((2 * m + 1, 3 * n + 1), x.dtype)
    gaps = wide[: 2 * m : 2, : 3 * n : 3]
    gaps[...] = x
    backwards = np.zeros_like(x)[::-1, ::-1]
    backwards[...] = x
    return [np.ascontiguousarray(x), np.asfortranarray(x), gaps, backwards]


def close(got: Array, a: Array, b: Array, eps: float) -> None:
    """Any order of the sums is within the bound of Higham, "Accuracy and Stability of Numerical Algorithms", 3.5."""
    want = a.astype("f8") @ b.astype("f8")
    bound = (a.shape[-1] + 2) * eps * (np.abs(a).astype("f8") @ np.abs(b).astype("f8"))
    assert got.shape == want.shape
    assert np.all(np.abs(got - want) <= bound)


@pytest.mark.parametrize("name", ["f4", "f8"])
def test_extents_around_the_tiles(plain: Twice, name: str) -> None:
    rng, function = np.random.default_rng(1), getattr(plain.compiled, name)
    for _ in range(150):
        m, k, n = rng.choice(EXTENTS, 3)
        a, b = (rng.standard_normal(shape).astype(name) for shape in ((m, k), (k, n)))
        lefts, rights = orders(a), orders(b)
        for x, y in ((0, 0), (0, 1), (1, 0), (2, 2), (3, 3)):
            close(function(lefts[x], rights[y]), a, b, float(np.finfo(name).eps))


@pytest.mark.parametrize("name", ["f4", "f8"])
@pytest.mark.parametrize("extents", LARGE)
def test_blocks(plain: Twice, name: str, extents: tuple[int, int, int]) -> None:
    m, k, n = extents
    rng, function = np.random.default_rng(2), getattr(plain.compiled, name)
    a, b = (rng.standard_normal(shape).astype(name) for shape in ((m, k), (k, n)))
    for x in orders(a)[:3]:
        for y in orders(b)[:3]:
            close(function(x, y), a, b, float(np.finfo(name).eps))


@pytest.mark.parametrize(("name", "dtype"), [("i4", "i4"), ("i8_", "i8"), ("u1", "u1")])
def test_integers_wrap_around(plain: Twice, name: str, dtype: str) -> None:
    rng = np.random.default_rng(3)
    kind = np.iinfo(dtype)
    for m, k, n in [*rng.choice(EXTENTS, (25, 3)), (70, 300, 40), (0, 3, 2), (3, 0, 2)]:
        a, b = (rng.integers(kind.min, kind.max, shape, dtype, endpoint=True) for shape in ((m, k), (k, n)))
        for x, y in zip(orders(a), orders(b)[::-1], strict=True):
            plain.agree(name, x, y)


def test_infinities_and_nans_stay_in_their_rows_and_columns(plain: Twice) -> None:
    a, b = np.ones((13, 40), "f4"), np.ones((40, 35), "f4")
    a[2, 3], a[7, 1], b[5, 33] = np.inf, np.nan, -np.inf
    with np.errstate(invalid="ignore"):
        want = a @ b
    np.testing.assert_array_equal(plain.compiled.f4(a, b), want)
    np.testing.assert_array_equal(plain.compiled.f4(np.asfortranarray(a), np.asfortranarray(b)), want)


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 7, 5), (3, 0, 4), (0, 3, 3), (5, 33, 17), (2, 4, 0), (2, 130, 150)])
def test_batches(batched: Twice, shape: tuple[int, int, int]) -> None:
    n, m, k = shape
    rng, eps = np.random.default_rng(4), float(np.finfo("f8").eps)
    a, b = rng.standard_normal((n, m, k)), rng.standard_normal((n, k, m))
    close(batched.compiled.batched(a, b), a, b, eps)
    close(batched.compiled.batched(a[::-1], b.transpose(0, 2, 1).copy().transpose(0, 2, 1)), a[::-1], b, eps)
    close(batched.compiled.stretched(a[:1], b), a[:1], b, eps) if n else None
    several = rng.standard_normal((n, 3, m, k))
    right = rng.standard_normal((k, m))
    close(batched.compiled.shared(several, right), several, right, eps)
    flat = a.transpose(1, 0, 2).reshape(m, n * k), b.reshape(n * k, m)
    close(batched.compiled.summed(a, b), *flat, eps)


@pytest.mark.parametrize(("m", "k", "n"), [(1, 1, 1), (7, 5, 3), (13, 0, 5), (33, 40, 65), (300, 260, 290)])
def test_transposed(batched: Twice, m: int, k: int, n: int) -> None:
    rng, eps = np.random.default_rng(5), float(np.finfo("f8").eps)
    a, b = rng.standard_normal((m, k)), rng.standard_normal((k, n))
    close(batched.compiled.transposed(np.ascontiguousarray(a.T), np.ascontiguousarray(b.T)), a, b, eps)
    close(batched.compiled.turned(a, b).T, a, b, eps)


@pytest.mark.parametrize("m", [0, 1, 5, 32, 131])
def test_in_larger_programs(batched: Twice, m: int) -> None:
    rng = np.random.default_rng(6)
    a, c = rng.standard_normal((2, m, m)) / max(m, 1)
    np.testing.assert_allclose(batched.compiled.chain(a, 3), batched.python["chain"](a, 3), rtol=1e-11, atol=1e-13)
    mine, want = c.copy(), c.copy()
    batched.compiled.into(mine, a)
    batched.python["into"](want, a)
    np.testing.assert_allclose(mine, want, rtol=1e-11, atol=1e-13)


SMALL = [(1, 1, 1), (5, 70, 9), (33, 300, 40), (13, 41, 4), (30, 600, 70)]


@pytest.mark.parametrize(("name", "left", "right"), [("half", "f2", "f2"), ("brain", "", ""), ("mixed", "f2", "f4")])
def test_half_precision_is_summed_in_single(batched: Twice, name: str, left: str, right: str) -> None:
    rng, function = np.random.default_rng(7), getattr(batched.compiled, name)
    for m, k, n in SMALL:
        a, b = rng.standard_normal((m, k)), rng.standard_normal((k, n))
        # Widening is right for subnormal numbers, too.
        a[0, 0] = 1e-7
        x, y = a.astype(left or ml_dtypes.bfloat16), b.astype(right or ml_dtypes.bfloat16)
        want = x.astype("f8") @ y.astype("f8")
        bound = (k + 2) * 2.0**-24 * (np.abs(x).astype("f8") @ np.abs(y).astype("f8"))
        rounding = {"half": 2.0**-11, "brain": 2.0**-8, "mixed": 0.0}[name]
        for p, q in zip(orders(x), orders(y)[::-1], strict=True):
            for u, v in ((p, q), (x, q), (p, y)):
                got = function(u, v)
                assert got.dtype == np.result_type(x, y)
                assert np.all(np.abs(got.astype("f8") - want) <= bound + rounding * np.abs(want) + 2.0**-24)


def test_bytes_are_summed_exactly(batched: Twice) -> None:
    rng = np.random.default_rng(8)
    for m, k, n in SMALL:
        a, b = rng.integers(-128, 128, (m, k)).astype("i1"), rng.integers(0, 256, (k, n)).astype("u1")
        a[0], b[:, 0] = -128, 255
        for x, y in zip(orders(a), orders(b)[::-1], strict=True):
            for u, v in ((x, y), (a, y), (x, b)):
                batched.agree("wide", u, v)


def test_a_few_known_terms(batched: Twice) -> None:
    rng = np.random.default_rng(8)
    a, b = rng.standard_normal((4, 3)), rng.standard_normal((3, 5))
    close(batched.compiled.few(a, b), a, b, float(np.finfo("f8").eps))


def test_results_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    found = printed_by_threads(HEADER + SHARED, THREADED, tmp_path)
    assert found[0].count("\n") == 26
    assert len(set(found)) == 1


def test_kernels_are_made_once_for_a_machine() -> None:
    made: dict[str, bytes] = {}

    def keep(facts: Mapping[str, str], make: Callable[[], bytes]) -> bytes:
        key = str(sorted(facts.items()))
        if key not in made:
            made[key] = make()
        return made[key]

    def compiled(text: str, emit: str) -> bytes:
        options = Options(name="products", emit=emit, source_path="<products>", keep=keep)
        artifact = compile_source(Source("<products>", HEADER + text), CPU, options, Request(CPU))
        (content,) = artifact.files.values()
        return content

    first = compiled(SHARED, "obj")
    (kernel,) = made.values()
    assert b"contract.f64.f64.f64.rows:" in kernel
    assert compiled(SHARED, "obj") == first
    assert compiled(SHARED.replace("a @ b", "a @ b + 1.0"), "obj") != first
    assert list(made.values()) == [kernel]
    # What LLVM shows has its kernels.
    assert b"contract.f64.f64.f64.rows(" in compiled(SHARED, "llvm")
    assert len(made) == 1
