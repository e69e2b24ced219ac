"""Complex numbers: Python's own as CPython has them; c64, c128 and arrays as NumPy's."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from language import Twice, interpreted, outcome

SCALARS = """
from pyc import c64, c128
UNIT = 1j

def add(a: complex, b: complex) -> complex:
    return a + b

def sub(a: complex, b: complex) -> complex:
    return a - b

def mul(a: complex, b: complex) -> complex:
    return a * b

def div(a: complex, b: complex) -> complex:
    return a / b

def mixed(a: complex, n: int, x: float) -> complex:
    return (n + a * x - n) / 2 + x * 1j - (True + a)

def power(a: complex, b: complex) -> complex:
    return a ** b

def square(a: complex) -> complex:
    return a ** 2

def cube(a: complex) -> complex:
    return a ** 3.0

def inverse(a: complex) -> complex:
    return a ** -2

def none(a: complex) -> complex:
    return a ** 0

def negated(a: complex) -> complex:
    return +(-a)

def parts(a: complex) -> tuple[float, float, float]:
    return a.real, a.imag, (a * UNIT).real

def conjugated(a: complex) -> complex:
    return a.conjugate()

def size(a: complex) -> float:
    return abs(a)

def same(a: complex, b: complex) -> tuple[bool, bool, bool, bool]:
    return a == b, a != b, a == b.real, bool(a)

def made(x: float, y: float, n: int) -> complex:
    return complex(x, y) + complex(n) + complex(n, imag=2) + complex() + 0j

def nested(a: complex, b: complex) -> complex:
    return complex(a, b)

def branch(a: complex, flag: bool) -> complex:
    z = 0j
    if flag:
        z = a
    w = 1.5
    for _ in range(3):
        w = w * a + z
    return w if flag and a else z

def of_int(n: int, x: float) -> tuple[float, float, int, int]:
    return x.real, x.imag, n.real, n.imag

def several(a: complex, b: c64, c: c128) -> tuple[complex, c64, c128]:
    return a + 1, b + 1, c + b + a

def default(a: complex = 1 + 2j) -> complex:
    return a

def chosen(a: complex) -> tuple[complex, bool]:
    t = (a, 2j)
    return t[1] * t[0], a in (2j, 1.0)
"""
NUMBERS = [0j, complex(-0.0, 0.0), 1 + 0j, 2j, -1.5 + 2.25j, 3e200 - 1e200j, 1e-300 + 1e-310j, 1e308 + 1e308j]
STRANGE = [complex(p, q) for p, q in itertools.product((math.inf, -math.inf, math.nan, 0.0, 2.0), repeat=2)]


@pytest.fixture(scope="module")
def scalars() -> Twice:
    names = [line.split("(")[0][4:] for line in SCALARS.split("\n") if line.startswith("def ")]
    return Twice(SCALARS, *names)


def agree(twice: Twice, name: str, *arguments: Any, exact: bool = True) -> None:
    expected, actual = outcome(twice.python[name], arguments), outcome(getattr(twice.compiled, name), arguments)
    where = f"{name}{arguments}"
    assert (actual.error and actual.error[:2]) == (expected.error and expected.error[:2]), where
    alike(actual.result, expected.result, where, exact=exact)
    alike(actual.arguments, expected.arguments, where, exact=exact)


def alike(actual: Any, expected: Any, where: str, *, exact: bool) -> None:
    if isinstance(expected, tuple):
        assert len(actual) == len(expected)
        for a, e in zip(actual, expected, strict=True):
            alike(a, e, where, exact=exact)
        return
    if expected is None:
        assert actual is None
        return
    assert isinstance(expected, type(actual)), f"{where}: {actual!r}, not {expected!r}"
    a: Any = np.asarray(actual)
    e: Any = np.asarray(expected)
    assert (a.dtype, a.shape) == (e.dtype, e.shape), where
    if a.dtype.kind != "c":
        pairs = [(a, e)]
    else:
        pairs = [(a.real, e.real), (a.imag, e.imag)]
    for p, q in pairs:
        if exact:
            np.testing.assert_array_equal(p, q, err_msg=where)
            assert np.array_equal(np.signbit(p[p == 0]), np.signbit(q[q == 0])), (
                f"{where}: {actual!r}, not {expected!r}"
            )
        else:
            tolerance = 1e-5 if a.dtype in (np.complex64, np.float32) else 1e-12
            np.testing.assert_allclose(p, q, rtol=tolerance, atol=tolerance, err_msg=where)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "same", "nested"])
def test_operators_are_cpythons(scalars: Twice, name: str) -> None:
    for a, b in itertools.product(NUMBERS + STRANGE, repeat=2):
        agree(scalars, name, a, b)


@pytest.mark.parametrize("name", ["square", "cube", "inverse", "none", "negated", "parts", "conjugated"])
def test_of_one_number(scalars: Twice, name: str) -> None:
    for a in NUMBERS + STRANGE:
        agree(scalars, name, a)


def test_magnitudes(scalars: Twice) -> None:
    for a in [*NUMBERS, *STRANGE, 1.7e308 * (1 + 1j), 3 + 4j, 5e-324j]:
        agree(scalars, "size", a, exact=False)


def test_powers(scalars: Twice) -> None:
    for a, b in itertools.product(
        [0j, 1j, -2 + 0.5j, 1e200 + 0j, 0.3 - 7j], [0j, 2, -3, 0.5, 1j, -1 + 0.25j, 200, 7 + 0j]
    ):
        agree(scalars, "power", a, b, exact=False)


def test_numbers_meet(scalars: Twice) -> None:
    for a in NUMBERS:
        agree(scalars, "mixed", a, 3, -0.25)
        for flag in (False, True):
            agree(scalars, "branch", a, flag)
        agree(scalars, "several", a, np.complex64(1 - 2j), np.complex128(0.1j))
        agree(scalars, "chosen", a)
    agree(scalars, "made", -0.0, math.inf, 7)
    agree(scalars, "of_int", 7, -2.5)
    agree(scalars, "default")


def test_what_is_no_complex_number(scalars: Twice) -> None:
    f = scalars.compiled
    assert [f.negated(x) for x in (2, True, np.float32(1.5))] == [-2, -1, -1.5]
    with pytest.raises(TypeError, match="a is a str, and complex is wanted"):
        f.negated("1j")
    with pytest.raises(TypeError, match="b is c128, and c64 would round it"):
        f.several(1j, np.complex128(1j), 1j)


ARRAYS = """
from pyc import c64, c128

def arithmetic(x: Tensor[T, N], y: Tensor[T, N]) -> tuple[Tensor[T, N], Tensor[T, N], Tensor[T, N], Tensor[T, N]]:
    return x + y, x - y * 2, x * y, -x / y

def weak(x: Tensor[T, N], z: complex) -> tuple[Tensor[T, N], Tensor[T, N]]:
    return x * z + 1j, 2 / (x + 1.5)

def functions(x: Tensor[T, N]) -> tuple[Tensor[T, N], Tensor[T, N], Tensor[T, N], Tensor[T, N], Tensor[T, N]]:
    return np.exp(x), np.log(x), np.sqrt(x), np.sin(x), np.cos(x)

def hyperbolic(x: Tensor[T, N]) -> tuple[Tensor[T, N], Tensor[T, N], Tensor[T, N], Tensor[T, N]]:
    return np.sinh(x), np.cosh(x), np.tanh(x), np.tan(x)

def powers(x: Tensor[T, N]) -> tuple[Tensor[T, N], Tensor[T, N], Tensor[T, N], Tensor[T, N], Tensor[T, N]]:
    return x ** 2, x ** -1, x ** 5, x ** 0.5, x ** (0.5 + 1j)

def real(x: Tensor[T, N]) -> tuple[Tensor[R, N], Tensor[R, N], Tensor[R, N], Tensor[R, N], Tensor[T, N]]:
    return np.abs(x), np.angle(x), x.real.copy(), np.imag(x), np.conj(x)

Truth = Tensor[bool, N]

def tests(x: Tensor[T, N], y: Tensor[T, N]) -> tuple[Truth, Truth, Truth, Truth, Truth]:
    return x == y, x != y, np.isnan(x), np.isinf(x), np.isfinite(x)

def reductions(x: Tensor[T, M, N]) -> tuple[T, T, Tensor[T, N], Tensor[T, M], Tensor[T, M]]:
    return x.sum(), np.prod(x), x.sum(axis=0), np.prod(x, axis=1), x.mean(axis=1)

def products(x: Tensor[T, M, N], y: Tensor[T, N]) -> tuple[Tensor[T, M], T, Tensor[T, M, M], Tensor[T, N, N]]:
    return x @ y, np.dot(y, y), x @ x.conj().T, np.outer(y, y)

def shapes(x: Tensor[T, M, N]) -> tuple[Tensor[T, N, M], Tensor[T, M, N], Tensor[T, 2 * M, N]]:
    return x.T.copy(), np.where(np.abs(x) > 0.5, x, 0), np.concatenate((x, x[::-1]))

def loops(x: Tensor[T, N]) -> T:
    total = x.dtype.type(0)
    for v in x:
        total = total + v * v.conjugate()
    for i in range(len(x)):
        total += x[i] * 1j
    return total

def writes(x: Tensor[T, N], z: complex) -> None:
    for i in range(len(x) // 2):
        x[i], x[len(x) - 1 - i] = x[len(x) - 1 - i] * 2, x[i]
    x[::2] = z
    x[1:] += x[1:].conj()

def exchange(x: Tensor[T, N], y: Tensor[T, N]) -> Tensor[T, N]:
    u, v = x, y
    for _ in range(3):
        u[:] = u + v * 0.5
        u, v = v, u
    return u

def casts(x: Tensor[T, N], r: Tensor[R, N]) -> tuple[Tensor[c64, N], Tensor[c128, N], Tensor[c128, N], Tensor[bool, N]]:
    return x.astype(np.complex64), x.astype(c128), r.astype(complex), x.astype(bool)

def promoted(r: Tensor[R, N], n: Tensor[i64, N]) -> tuple[Tensor[T, N], Tensor[c128, N], Tensor[T, N]]:
    return r + 1j, n * (1 + 2j), r * np.complex64(2j)
"""
NEW = """
from pyc import c64, c128

def created(n: int) -> tuple[Tensor[c128, n], Tensor[c64, n], Tensor[c128, n], Tensor[c128, 3]]:
    e = np.empty(n, np.complex128)
    e[:] = 1j
    return np.zeros(n, dtype=complex) + e, np.ones(n, np.complex64), np.full(n, 2 - 1j), np.array([1, 2.5, 3j])

def ordered(x: Tensor[c128, 6]) -> tuple[Tensor[c128, 6], Tensor[i64, 6], c128, Tensor[c128, 6]]:
    return np.sort(x), np.argsort(x), np.vdot(x, x * 1j), np.round(x, 1)

def likes(x: Tensor[c64, N]) -> tuple[Tensor[c64, N], Tensor[c64, N], Tensor[c128, N], bool, bool]:
    return np.zeros_like(x), np.full_like(x, 1j), x.astype(c128), np.iscomplexobj(x), np.isrealobj(x.real)

def numbers(a: c64, b: c128, x: float, f: f32) -> tuple[c64, c128, c128, c64, f32, c64]:
    return a * a, a * b, b / x, a + x, np.abs(a), f * 1j

def spectrum(x: Tensor[f64, N]) -> Tensor[c128, N]:
    n = np.arange(len(x))
    return np.exp(-2j * np.pi * np.outer(n, n) / len(x)) @ x

def argument(z: c128) -> tuple[f64, c128, c128, c64]:
    return np.angle(z), np.sqrt(z), np.exp(z), c64(z)
"""
KINDS = {"c64": "f32", "c128": "f64"}


@pytest.fixture(scope="module", params=sorted(KINDS))
def arrays(request: pytest.FixtureRequest) -> tuple[Twice, str]:
    text = f"from pyc import c64, c128\nT = {request.param}\nR = {KINDS[request.param]}\n{ARRAYS}"
    names = [line.split("(")[0][4:] for line in ARRAYS.split("\n") if line.startswith("def ")]
    return Twice(text, *names), request.param


def values(shape: int | tuple[int, ...], kind: str, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    found = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return found.astype(np.complex64 if kind == "c64" else np.complex128)


@pytest.mark.parametrize("n", [0, 1, 7, 31])
def test_arrays(arrays: tuple[Twice, str], n: int) -> None:
    twice, kind = arrays
    wide = values((2 * n, 3), kind)
    for x in (values(n, kind, 1), wide[::2, 1], values(n, kind)[::-1]):
        y = values(n, kind, 2)
        agree(twice, "arithmetic", x, y, exact=False)
        agree(twice, "weak", x, 0.5 - 2j, exact=False)
        for name in ("functions", "hyperbolic", "powers", "real", "loops"):
            agree(twice, name, x, exact=False)
        agree(twice, "tests", x, np.where(np.arange(n) % 2 == 0, x, y))
        agree(twice, "writes", x, 1 - 1j, exact=False)
        agree(twice, "exchange", x, y, exact=False)
        agree(twice, "casts", x, x.real.copy())
        agree(twice, "promoted", x.real.copy(), np.arange(n))


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (7, 2), (2, 13)])
def test_matrices(arrays: tuple[Twice, str], shape: tuple[int, int]) -> None:
    twice, kind = arrays
    for x in (values(shape, kind), values(shape[::-1], kind).T, values(shape, kind)[::-1, ::-1]):
        agree(twice, "reductions", x, exact=False)
        agree(twice, "products", x, values(shape[1], kind, 3), exact=False)
        agree(twice, "shapes", x)


def test_arrays_of_the_language(arrays: tuple[Twice, str]) -> None:
    twice, kind = arrays
    x = values(7, kind)
    for name in ("functions", "powers", "real", "loops"):
        interpreted(twice, name, (x,))
    for name in ("arithmetic", "tests", "exchange"):
        interpreted(twice, name, (x, values(7, kind, 4)))
    for name in ("reductions", "shapes"):
        interpreted(twice, name, (values((3, 5), kind),))


def test_strange_numbers_in_arrays(arrays: tuple[Twice, str]) -> None:
    twice, kind = arrays
    x = np.array([a for a in NUMBERS[:5] + STRANGE for _ in STRANGE]).astype(np.complex64 if kind == "c64" else complex)
    y = np.array([b for _ in NUMBERS[:5] + STRANGE for b in STRANGE]).astype(x.dtype)
    agree(twice, "tests", x, y)
    for name in ("exp", "sqrt"):
        own = Twice(
            f"from pyc import {kind}\ndef f(x: Tensor[{kind}, N]) -> Tensor[{kind}, N]:\n    return np.{name}(x)\n", "f"
        )
        finite = np.array([0, -0.0, 1, -1, 4j, -4j, complex(-0.0, -0.0), 1e-310, -1e300j, 700 + 1j, -800 - 3j], x.dtype)
        agree(own, "f", finite, exact=False)


def test_new_arrays_and_numbers() -> None:
    twice = Twice(NEW, "created", "ordered", "likes", "numbers", "spectrum", "argument")
    for n in (0, 1, 5):
        agree(twice, "created", n)
        agree(twice, "likes", values(n, "c64"))
    x = values(6, "c128")
    x[3:5] = x[0].real + 2j, complex(math.nan, 1)
    agree(twice, "ordered", x, exact=False)
    agree(twice, "numbers", np.complex64(1 - 2j), np.complex128(0.25j), 3.0, np.float32(0.5), exact=False)
    agree(twice, "spectrum", np.random.default_rng(3).normal(size=11), exact=False)
    for z in (1 + 1j, -2.0 + 0j, -1 - 1e-9j, 0j):
        agree(twice, "argument", np.complex128(z), exact=False)
