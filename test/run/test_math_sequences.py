"""Functions of ``math`` of sequences: arrays, tuples and lists, against CPython and against exact arithmetic."""

import math
from fractions import Fraction

import numpy as np
import pytest
from language import Twice, interpreted

TEXT = """
def arrays(x: Tensor[f64, N], y: Tensor[f64, M]):
    return math.dist(x, y), math.fsum(x)

def product(x: Tensor[f64, N]) -> float:
    return math.prod(x, start=2.0)

def written(s: float, n: int):
    return (
        math.fsum((s, 0.1, 1e100, -1e100)), math.fsum([s, n]), math.prod([n, 2]), math.prod((n, 3), start=s),
        math.dist((s, 1.0), (2.0, 3.0)), math.dist([s], [n]), math.dist((n, 4), (1, 1)),
    )

def products(x: Tensor[f64, N], y: Tensor[f64, M]) -> float:
    return math.sumprod(x, y)

def whole(n: int) -> int:
    return math.sumprod((n, 3), (n, 4))

def steps(x: float, y: float, n: int) -> float:
    return math.nextafter(x, y, steps=n)
"""
POINTS = (
    ([3.0], [7.0]), ([1e200, 2e200], [0.0, -1e200]), ([1e-200, 1e-190], [0.0, 0.0]), ([math.inf, 1.0], [0.0, math.nan]),
    ([math.nan], [1.0]), ([], []), ([1.0, 2.0], [1.0]), ([0.1] * 10, [0.7] * 10),
)  # fmt: skip


@pytest.fixture(scope="module")
def program() -> Twice:
    return Twice(TEXT, "arrays", "product", "written", "products", "whole", "steps")


def test_sequences(program: Twice) -> None:
    for x, y in POINTS:
        program.agree("arrays", np.array(x), np.array(y))
    rng = np.random.default_rng(0)
    for n in (2, 5, 100):
        program.agree("arrays", rng.standard_normal(n), rng.standard_normal(n))
        program.agree("product", rng.standard_normal(n))
    for s, n in ((0.5, 3), (-2.25, 0), (1e300, -7)):
        program.agree("written", s, n)
        interpreted(program, "written", (s, n))


def test_sums_of_products_are_rounded_once(program: Twice) -> None:
    rng = np.random.default_rng(1)
    for n in (0, 1, 2, 17, 300):
        x, y = rng.standard_normal(n) * 10.0 ** rng.integers(-8, 8, n), rng.standard_normal(n)
        exact = sum((Fraction(a) * Fraction(b) for a, b in zip(x, y, strict=True)), Fraction(0))
        assert program.compiled.products(x, y) == float(exact)
    assert program.compiled.products(np.array([math.inf, 1.0]), np.ones(2)) == math.inf
    assert program.compiled.whole(5) == 37
    with pytest.raises(ValueError, match="Inputs are not the same length"):
        program.compiled.products(np.ones(2), np.ones(3))


def test_steps_of_nextafter(program: Twice) -> None:
    for x, y in ((1.0, 2.0), (0.0, -1.0), (1.0, 1.0), (math.nan, 1.0), (5e-324, -1.0), (1.7e308, math.inf)):
        expected = x
        for n in range(6):
            found = program.compiled.steps(x, y, n)
            assert found == expected or (math.isnan(found) and math.isnan(expected))
            expected = math.nextafter(expected, y)
    with pytest.raises(ValueError, match="steps must be a non-negative integer"):
        program.compiled.steps(1.0, 2.0, -1)
