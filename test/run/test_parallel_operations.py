"""Operations on large arrays, which threads share: as NumPy's."""

from functools import cache

import numpy as np
import pytest
from language import Twice, interpreted

OPERATIONS = """
def elementwise(x: Tensor[f64, N], y: Tensor[f64, N]) -> Tensor[f64, N]:
    return np.sqrt(x * x + y) - 1.0 / (y + 3.0)
def places(x: Tensor[i64, N]) -> Tensor[i64, N]:
    return np.arange(len(x)) * 3 - x
def grid(x: Tensor[f32, N, M], y: Tensor[f32, M]) -> Tensor[f32, N, M]:
    return np.where(x > y, x - y, y * f32(0.5))
def turned(x: Tensor[f64, N, M]) -> Tensor[f64, M, N]:
    return x.T * 2.0 + 1.0
def stencil(u: Tensor[f64, N, M], n: int) -> None:
    for _ in range(n):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
def shifted(u: Tensor[f64, N]) -> None:
    u[1:] = u[:-1] + 1.0
def numbers(x: Tensor[i64, N]) -> tuple[i64, i64, i64, bool, bool]:
    return x.sum(), x.min(), x.max(), bool((x > -50).all()), bool((x > 1000).any())
def extremes(x: Tensor[f64, N]) -> tuple[f64, f64, int, int]:
    return x.min(), x.max(), int(np.argmin(x)), int(np.argmax(x))
def rows(x: Tensor[i32, N, M]) -> tuple[Tensor[i64, N], Tensor[i32, M], Tensor[i64, M]]:
    return x.sum(axis=1, dtype=np.int64), x.max(axis=0), np.argmax(x, axis=0)
def product(x: Tensor[i64, N, M], y: Tensor[i64, M, K]) -> Tensor[i64, N, K]:
    return x @ y
def whole(x: Tensor[i64, N, M]) -> tuple[i64, i64]:
    return (x * x).sum(), x.prod()
def checked(x: Tensor[i64, N], y: Tensor[i64, N]) -> Tensor[i64, N]:
    return x // y
"""
FLOATS = """
def sums(x: Tensor[f64, K], y: Tensor[f32, N, M]) -> tuple[f64, f32, f64, f64]:
    return x.sum(), y.sum(), (x * x).mean(), np.prod(x * 0.0 + 1.0)
def softmax(x: Tensor[f64, N, M]) -> Tensor[f64, N, M]:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
def product(x: Tensor[f64, N, M], y: Tensor[f64, M, K]) -> Tensor[f64, N, K]:
    return x @ y
def vector(x: Tensor[f64, N, M], y: Tensor[f64, M]) -> Tensor[f64, N]:
    return x @ y
"""
#: Numbers of elements about the ends of chunks, and far beyond.
SIZES = (0, 1, 5, 6553, 6554, 6555, 13107, 13109, 100_003, 1_000_000)
SHAPES = ((0, 5), (1, 1), (3, 100_000), (17, 4001), (1000, 333), (70_001, 2), (100_000, 1))


@cache
def operations() -> Twice:
    names = [line.split("(")[0].removeprefix("def ") for line in OPERATIONS.splitlines() if line.startswith("def ")]
    return Twice(OPERATIONS, *names)


@cache
def floats() -> Twice:
    return Twice(FLOATS, "sums", "softmax", "product", "vector")


@pytest.mark.parametrize("n", SIZES)
def test_along_one_axis(n: int) -> None:
    r = np.random.default_rng(n)
    x, y, k = r.normal(size=n), r.random(n), r.integers(-100, 100, n)
    operations().agree("elementwise", x, y)
    operations().agree("elementwise", x[::-1], np.repeat(y, 2)[::2])
    operations().agree("places", k)
    if n:
        operations().agree("numbers", k)
        operations().agree("extremes", x)
        x[n // 2] = np.nan
        operations().agree("extremes", x)
    operations().agree("shifted", y)


@pytest.mark.parametrize("shape", SHAPES)
def test_along_two_axes(shape: tuple[int, int]) -> None:
    r = np.random.default_rng(shape)
    x, k = r.normal(size=shape), r.integers(-100, 100, shape)
    operations().agree("grid", x.astype(np.float32), r.normal(size=shape[1]).astype(np.float32))
    operations().agree("turned", x)
    operations().agree("turned", np.asfortranarray(x))
    operations().agree("stencil", x[::-1], 3)
    operations().agree("whole", k)
    if 0 not in shape:
        operations().agree("rows", k.astype(np.int32))
    operations().agree("product", k, r.integers(-9, 9, (shape[1], 3)))
    got = floats().compiled.sums(x.ravel(), x.astype(np.float32))
    if x.size:
        assert np.allclose(got, (x.sum(), x.sum(), (x * x).mean(), 1.0), rtol=1e-4, atol=1e-2)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        assert np.allclose(floats().compiled.softmax(x), e / e.sum(axis=1, keepdims=True), rtol=1e-12)
    y = r.normal(size=(shape[1], 37))
    assert np.allclose(floats().compiled.product(x, y), x @ y, rtol=1e-9, atol=1e-9)
    assert np.allclose(floats().compiled.vector(x, y[:, 0]), x @ y[:, 0], rtol=1e-9, atol=1e-9)


def test_division_of_integers() -> None:
    x = np.arange(200_000)
    operations().agree("checked", x, np.ones_like(x))
    operations().agree("checked", x, (x % 7) - 3)


def test_interpreted() -> None:
    x = np.random.default_rng(0).normal(size=100_003)
    interpreted(operations(), "elementwise", (x, x * x))
