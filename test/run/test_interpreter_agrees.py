"""The interpreter and compiled code agree: bit for bit where the language promises it, within an ulp elsewhere."""

import importlib.util
import sys

import numpy as np
import pytest

import pyc
from pyc import Mixed, bf16, f8e4m3, f8e5m2, f16, f32, f64
from pyc.targets.interpreter import typed

PROGRAM = """\
import numpy as np
import pyc
from pyc import Dim, Mixed, Precision, Tensor, TypeVar, dot, f32, f64
from pyc.nn import gelu, layer_norm, relu, softmax

M = Dim("M")
N = Dim("N")
K = Dim("K")
P = TypeVar("P", bound=Precision)


@pyc.jit
def exact(
    x: Tensor[P, M, N], y: Tensor[P, M, N], w: Tensor[P, N, K]
) -> tuple[Tensor[P, M, N], Tensor[P, M, K], Tensor[f64, M, K], Tensor[P, N, M], Tensor[P, M, N], Tensor[bool, M, N]]:
    z = (x * y - x / (y + 3)) * np.sqrt(np.abs(x)) + 0.1
    product = x @ w
    chosen = np.where(x > y, np.maximum(x, 0.5), -y)
    return z, product + 1, dot(x, w, acc=f64), relu(z).T * 2, chosen, x * 2 <= y


@pyc.jit
def reduced(x: Tensor[P, M, N]) -> tuple[Tensor[P, M], Tensor[P, N], Tensor[P, M, 1]]:
    return np.sum(x, axis=1), np.mean(x, axis=0), np.max(x, axis=1, keepdims=True)


@pyc.jit
def close(
    x: Tensor[P, M, N], w: Tensor[P, N], b: Tensor[P, N]
) -> tuple[Tensor[P, M, N], Tensor[P, M, N], Tensor[P, M, N], Tensor[P, M, N]]:
    return gelu(x), softmax(x), softmax(x, axis=0), layer_norm(x, w, b)


@pyc.jit
def stores(x: Tensor[P, N], y: Tensor[P, N]) -> None:
    x[1:] = x[:-1] * 3 + y[1:]
    x += y / 3
    for i in range(2, len(x)):
        x[i] = x[i - 1] + x[i - 2] / 7


@pyc.jit
def in_memory(x: Tensor[P, N], y: Tensor[P, N], n: int) -> tuple[Tensor[P, N], Tensor[P, N]]:
    z = x if n % 2 == 0 else y[::-1]
    for i in range(n):
        y[1:] = x[:-1] * 0.75 + y[1:]
        x, y = y, x
        z += x / 3
    return x, z
"""
PRECISIONS = [f64, f32, f16, bf16, f8e4m3, f8e5m2, Mixed[f16, f32], Mixed[bf16, f32], Mixed[f16, f16, f16]]
SHAPES = [(5, 7, 3), (1, 1, 1), (2, 13, 4), (0, 3, 2)]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("agree")
    (folder / "agree.py").write_text(PROGRAM)
    spec = importlib.util.spec_from_file_location("agree", folder / "agree.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["agree"] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYC_CACHE_DIR", str(folder / "cache"))
        spec.loader.exec_module(module)
        yield module
    del sys.modules["agree"]


def sample(precision, *shape):
    return pyc.array(np.random.default_rng(sum(shape)).uniform(-2, 2, shape), precision)


def both(function, *arguments):
    """(compiled, interpreted) results, in pairs."""
    compiled = function(*arguments)
    with np.errstate(all="ignore"):
        interpreted = typed(function.__wrapped__)(*arguments)
    assert len(compiled) == len(interpreted)
    for a, b in zip(compiled, interpreted, strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        yield a, b.plain()


@pytest.mark.parametrize("precision", PRECISIONS, ids=str)
def test_arithmetic_and_products(program, precision):
    """Products too: their sums are of few terms, added in the same order."""
    for m, n, k in SHAPES:
        for a, b in both(program.exact, sample(precision, m, n), sample(precision, m, n), sample(precision, n, k)):
            np.testing.assert_allclose(a.astype(float), b.astype(float), rtol=4 * ulp(a.dtype), atol=4 * ulp(a.dtype))
            if n == 1:
                np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("precision", PRECISIONS, ids=str)
def test_reductions(program, precision):
    for m, n, _ in SHAPES[:3]:
        for a, b in both(program.reduced, sample(precision, m, n)):
            np.testing.assert_allclose(a.astype(float), b.astype(float), rtol=2 * ulp(a.dtype), atol=2 * ulp(a.dtype))


@pytest.mark.parametrize("precision", [f64, f32, f16, bf16, Mixed[f16, f32]], ids=str)
def test_the_library(program, precision):
    for m, n, _ in SHAPES[:3]:
        arguments = sample(precision, m, n), sample(precision, n), sample(precision, n)
        for a, b in both(program.close, *arguments):
            np.testing.assert_allclose(a.astype(float), b.astype(float), rtol=8 * ulp(a.dtype), atol=8 * ulp(a.dtype))


@pytest.mark.parametrize("precision", PRECISIONS, ids=str)
def test_stores(program, precision):
    for n in (3, 1, 17):
        x, y = sample(precision, n), sample(precision, n)
        again = x.copy()
        program.stores(x, y)
        with np.errstate(all="ignore"):
            typed(program.stores.__wrapped__)(again, y)
        np.testing.assert_array_equal(x.plain(), again.plain())


@pytest.mark.parametrize("precision", PRECISIONS, ids=str)
def test_memory(program, precision):
    for n in (3, 1, 17):
        for rounds in (0, 1, 4):
            x, y = sample(precision, n), sample(precision, n) * 2
            x, y = pyc.array(x, precision), pyc.array(y, precision)
            one, two = x.copy(), y.copy()
            compiled = program.in_memory(x, y, rounds)
            with np.errstate(all="ignore"):
                interpreted = typed(program.in_memory.__wrapped__)(one, two, rounds)
            for a, b in zip((*compiled, x, y), (*interpreted, one, two), strict=True):
                np.testing.assert_array_equal(pyc.array(a, precision).plain(), b.plain())
            for r, i in zip(compiled, interpreted, strict=True):
                assert np.shares_memory(r, x) == np.shares_memory(i, one)
                assert np.shares_memory(r, y) == np.shares_memory(i, two)


def ulp(dtype):
    import ml_dtypes

    return float(ml_dtypes.finfo(dtype).eps) if dtype.kind != "b" else 0.0
