"""Complex numbers in functions of NumPy: their order, what is made of it, and what is made of magnitudes."""

import math
from typing import Any

import numpy as np
import pytest
from language import Twice
from surface import Surface, differences

import pyc

PARAMETERS = (
    "x: Tensor[c128, N], y: Tensor[c128, N], A: Tensor[c128, N, M], r: Tensor[f64, N], f: Tensor[c64, N],"
    " z: complex, w: c128"
)
ORDERED = [
    "np.max(x)", "np.min(x)", "x.max()", "np.max(A, axis=0)", "np.min(A, axis=1, keepdims=True)", "np.argmax(x)",
    "np.argmin(A, axis=1)", "x.argmax()", "A.argmin(axis=0)", "np.argmax(A)", "np.amax(f)", "np.maximum(x, y)",
    "np.minimum(x, y)", "np.maximum(x, r)", "np.minimum(x, 0.5)", "np.maximum(f, 1j)", "np.fmax(x, y)",
    "np.fmin(x, y)", "np.clip(x, -0.5, 0.5 + 1j)", "x.clip(0, 1)", "np.sort(x)", "np.sort(A, axis=0)",
    "np.argsort(A, axis=0)", "x.argsort()", "np.unique(x)", "np.ptp(x)", "np.median(x)", "np.nanmax(x)", "np.nanmin(A)",
    "x < y", "x <= y", "x > r", "x >= 0.5", "w < 2", "np.less(x, y)", "np.searchsorted(np.sort(x), y)",
    "np.max(x, initial=0)", "max(x)",
]  # fmt: skip
SIZES = [
    "np.var(x)", "np.std(x)", "np.var(A, axis=0, ddof=1)", "A.std(axis=1, keepdims=True)", "np.std(f)", "f.var()",
    "np.var(w)", "np.sign(x)", "np.sign(f)", "np.sign(w)", "np.angle(x)", "np.angle(x, deg=True)",
    "np.angle(r, deg=True)", "np.angle(f, True)", "np.isreal(x)", "np.iscomplex(x)", "np.isreal(r)", "np.iscomplex(r)",
    "np.isreal(z)", "np.linalg.norm(x)", "np.linalg.norm(A)", "np.linalg.norm(A, axis=0)", "np.linalg.norm(x, 1)",
    "np.linalg.norm(x, np.inf)", "np.linalg.norm(x, 3)", "np.linalg.norm(f)", "np.isclose(x, y)",
    "np.allclose(x, x, equal_nan=True)", "np.nan_to_num(x)", "np.reciprocal(x)", "np.correlate(x, y)",
]  # fmt: skip


def values(n: int, m: int, *, strange: bool = False) -> tuple[object, ...]:
    rng = np.random.default_rng(n * 7 + m)

    def numbers(*shape: int) -> np.ndarray:
        return np.round(rng.normal(size=shape) * 2) / 2 + 1j * np.round(rng.normal(size=shape) * 2) / 2

    x, y, a = numbers(n), numbers(n), numbers(n, m)
    if strange:
        x[1:4] = complex(math.nan, 1), complex(1, math.nan), complex(math.nan, -5)
        y[[0, -1, -2]] = complex(math.inf, math.nan), complex(0.0, -math.inf), complex(-math.inf, math.inf)
        a[2, -1], a[0, 0] = complex(math.nan, math.nan), math.inf
    return x, y, a, rng.normal(size=n), numbers(n).astype(np.complex64), 1 + 2j, np.complex128(3 - 4j)


@pytest.fixture(scope="module")
def program() -> Surface:
    return Surface(PARAMETERS, ORDERED + SIZES, "from pyc import c64, c128\n")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("n", "m", "strange"), [(5, 3, False), (1, 1, False), (7, 4, True), (11, 1, True)])
def test_order_and_magnitudes(program: Surface, n: int, m: int, strange: bool) -> None:
    given = values(n, m, strange=strange)
    program.agree(*given, ulps=16)
    x, y, a, r, f, z, w = given
    program.agree(x[::-1], y, np.asfortranarray(a), r, f, z, w, ulps=16)  # type: ignore[index, call-overload]


def test_of_nothing(program: Surface) -> None:
    kept = [i for i, e in enumerate(ORDERED) if e.startswith(("np.max(", "np.min(", "np.arg", "x.arg"))]
    kept.remove(ORDERED.index("np.max(x, initial=0)"))
    program.some(kept).agree(*values(0, 3), messages=True)


@pytest.mark.filterwarnings("ignore")
def test_arrays_of_the_language() -> None:
    names: dict[str, Any] = dict(zip(("x", "y", "A", "r", "f", "z", "w"), values(7, 4, strange=True), strict=True))
    ours = {k: pyc.array(v) if isinstance(v, np.ndarray) else v for k, v in names.items()}
    wrong = []
    for e in ORDERED + SIZES:
        expected, actual = (np.asarray(eval(e, {"np": np}, found)) for found in (names, ours))
        wrong += [f"{e}: {problem}" for problem in differences(actual, expected, 16)]
    assert not wrong, "\n".join(wrong)


def test_signs_of_infinite_numbers() -> None:
    text = "from pyc import c128\ndef f(x: Tensor[c128, N]) -> Tensor[c128, N]:\n    return np.sign(x)\n"
    parts = (math.inf, -math.inf, math.nan, 0.0, -2.0)
    program = Twice(text, "f")
    x = np.array([complex(p, q) for p in parts for q in parts])
    np.testing.assert_array_equal(program.compiled.f(x), np.sign(x))


def test_covariances() -> None:
    rng = np.random.default_rng(3)
    found = Surface(
        "A: Tensor[c128, 3, N]",
        ["np.cov(A)", "np.cov(A, ddof=0)", "np.corrcoef(A)", "np.cov(A, A)"],
        "from pyc import c128\n",
    )
    found.agree(rng.standard_normal((3, 7)) + 1j * rng.standard_normal((3, 7)), ulps=64)
