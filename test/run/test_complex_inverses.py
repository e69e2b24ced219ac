"""Inverse functions of complex arrays, and functions of complex numbers at infinities, zeros and NaN, against NumPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from language import Twice, outcome

INVERSE = ("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "log1p", "expm1", "exp2")
OTHERS = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "reciprocal")
POWERS = ("z ** 0", "z ** 1", "z ** 2", "z ** 0.5", "z ** -1")
PARTS = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1e-20, 30.0, np.inf, -np.inf, np.nan)


def _cases() -> dict[str, str]:
    functions = {f: f"np.{f}(z)" for f in (*INVERSE, *OTHERS)}
    return functions | {f"power{i}": p for i, p in enumerate(POWERS)}


@pytest.fixture(scope="module")
def program() -> Twice:
    head = "from pyc import c64, c128\n"
    body = "".join(
        f"def {name}_{t}(z: Tensor[{t}, N]):\n    return {e}\n" for name, e in _cases().items() for t in ("c64", "c128")
    )
    body += "".join(f"def {f}_of_one(z: c128):\n    return np.{f}(z)\n" for f in INVERSE)
    names = [f"{n}_{t}" for n in _cases() for t in ("c64", "c128")]
    return Twice(head + body, *names, *(f"{f}_of_one" for f in INVERSE))


def _wrong(actual: np.ndarray, expected: np.ndarray, given: np.ndarray) -> list[str]:
    """Where a part differs by more than some units in the last place of the number.

    Signs of parts that are zero or infinite are compared where all of the argument is a number: C leaves others open.
    """
    eps, tiny = np.finfo(expected.dtype).eps, np.finfo(expected.dtype).tiny
    found = []
    for z, x, y in zip(given, actual, expected, strict=True):
        certain = bool(np.isfinite(z))
        for p, q in ((x.real, y.real), (x.imag, y.imag)):
            near = np.isfinite(p) and np.isfinite(q) and abs(p - q) <= 16 * eps * max(abs(y), tiny)
            exact = (np.isnan(p) and np.isnan(q)) or p == q or (not certain and abs(p) == abs(q))
            if not (near or exact) or (certain and exact and np.signbit(p) != np.signbit(q) and not np.isnan(p)):
                found.append(f"{z}: {x}, not {y}")
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*INVERSE, *OTHERS, *(f"power{i}" for i in range(len(POWERS)))])
def test_every_kind_of_number(program: Twice, name: str) -> None:
    z = np.array([complex(a, b) for a, b in itertools.product(PARTS, PARTS)])
    rng = np.random.default_rng(3)
    z = np.concatenate([z, rng.normal(size=40) * 3 + 1j * rng.normal(size=40)])
    for t, dtype in (("c128", np.complex128), ("c64", np.complex64)):
        given = z.astype(dtype)
        expected = outcome(program.python[f"{name}_{t}"], (given,)).result
        actual = outcome(getattr(program.compiled, f"{name}_{t}"), (given,)).result
        assert isinstance(actual, np.ndarray)
        assert isinstance(expected, np.ndarray)
        assert actual.dtype == expected.dtype
        wrong = _wrong(actual, expected, given)
        assert not wrong, "\n".join(wrong)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", INVERSE)
def test_of_one_number(program: Twice, name: str) -> None:
    for z in (0.3 - 2j, 1 + 0j, -1 - 0j, 1j, -2 + 0j, 0j):
        expected = program.python[f"{name}_of_one"](np.complex128(z))
        actual = getattr(program.compiled, f"{name}_of_one")(z)
        assert not _wrong(np.array([actual]), np.array([expected]), np.array([z])), z
