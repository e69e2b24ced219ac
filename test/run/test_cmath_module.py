"""``cmath`` against CPython's: special values, signs of zeros, overflow and domain errors."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from language import Twice, outcome

UNARY = [
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "isfinite", "isinf", "isnan", "log",
    "log10", "phase", "polar", "sin", "sinh", "sqrt", "tan", "tanh",
]  # fmt: skip
MORE = """
import cmath
def rect_(r: float, phi: float):
    return cmath.rect(r, phi)

def base(z: complex, b: complex):
    return cmath.log(z, b)

def close(a: complex, b: complex, t: float):
    return cmath.isclose(a, b), cmath.isclose(a, b, rel_tol=t), cmath.isclose(a, b, abs_tol=t)

def constants(x: float):
    return cmath.pi, cmath.e, cmath.tau, cmath.inf, cmath.nan, cmath.infj * x, cmath.nanj, cmath.sqrt(x), cmath.exp(1)
"""
PARTS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.25,
    1e-310,
    -1e-310,
    1e200,
    -1e308,
    709.5,
    -709.5,
    1e3,
    math.inf,
    -math.inf,
    math.nan,
]


def agree(twice: Twice, name: str, *arguments: Any) -> None:
    expected, actual = outcome(twice.python[name], arguments), outcome(getattr(twice.compiled, name), arguments)
    where = f"{name}{arguments}: {actual.result} {actual.error}, not {expected.result} {expected.error}"
    assert (actual.error and actual.error[:2]) == (expected.error and expected.error[:2]), where
    assert alike(actual.result, expected.result), where


def alike(a: Any, e: Any) -> bool:
    if isinstance(e, tuple):
        return isinstance(a, tuple) and len(a) == len(e) and all(map(alike, a, e))
    if type(a) is not type(e):
        return False
    if isinstance(e, complex):
        return part(a.real, e.real, abs(e)) and part(a.imag, e.imag, abs(e))
    return part(a, e, abs(e)) if isinstance(e, float) else a == e


def part(a: float, e: float, size: float) -> bool:
    """Equal, zeros by their sign, up to 4 units in the last place of the whole number."""
    if math.isnan(e):
        return math.isnan(a)
    if e == 0 or math.isinf(e):
        return a == e and math.copysign(1, a) == math.copysign(1, e)
    return abs(a - e) <= 4 * math.ulp(e) or (math.isfinite(size) and abs(a - e) <= 2 * math.ulp(size))


@pytest.mark.parametrize("name", UNARY)
def test_of_one_number(name: str) -> None:
    twice = Twice(f"import cmath\ndef f(z: complex):\n    return cmath.{name}(z)\n", "f")
    for re, im in itertools.product(PARTS, repeat=2):
        # Where the angle is less than the smallest float, Python 3.11 calls it an overflow.
        if name != "phase" or abs(re) != 1e200 or abs(im) != 1e-310:
            agree(twice, "f", complex(re, im))


def test_of_several() -> None:
    twice = Twice(MORE, "rect_", "base", "close", "constants")
    for r, phi in itertools.product(PARTS, repeat=2):
        agree(twice, "rect_", r, phi)
    for z, b in itertools.product([1 + 2j, -3.5 + 0j, 0j, 1e300j], [2 + 0j, 10j, 1 + 0j, 0j]):
        agree(twice, "base", z, b)
    for a, b in itertools.product([1 + 1j, 1 + 1.0000000001j, math.inf + 0j, complex(math.nan, 0), 2j], repeat=2):
        for t in (0.0, 1e-3, 2.0, -1.0):
            agree(twice, "close", a, b, t)
    agree(twice, "constants", -2.0)
