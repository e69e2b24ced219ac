"""The ``math`` module and Python's own functions of numbers: the same bits and exceptions as CPython's."""

import math
from functools import cache

import numpy as np
import pytest
from surface import Surface, words

ONE = words(
    "sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh cbrt erf erfc"
    " fabs floor ceil trunc isnan isinf isfinite degrees radians gamma lgamma modf frexp ulp"
)
TWO = words("pow fmod remainder atan2 copysign hypot nextafter isclose")
MORE = [
    "x.is_integer()", "int(x)", "round(x)", "round(x, 2)", "round(x, -1)", "round(x, 0)", "bool(x)", "divmod(x, y)",
    "math.log(x, y)", "math.hypot(x, y, 1.5)", "math.hypot(x)", "max(x, y, 1.0)", "min(x, y)", "abs(x)",
    "x // y", "x % y",
    "math.isclose(x, y, rel_tol=0.1)", "math.isclose(x, y, abs_tol=1.5)", "-1.0 < x <= y < 7.0", "all((x, y))",
    "any((x == 1.0, y == 2.0))", "sum((x, y, 1.0))", "float(int(math.copysign(1.0, x)))",
]  # fmt: skip
SPECIAL = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 2.5, 3.5, 1e-300, -1e-310, 1e308, -1e308, 5e-324, math.inf,
    -math.inf, math.nan, 0.1, 2.675, 1e16, 1e22, 123456.789, 170.5, 25.0, 171.7, -170.6, 1e-5, 710.0, 1.005, 12.5, 15.0,
]  # fmt: skip


@cache
def floats() -> Surface:
    return Surface("x: float, y: float", [*(f"math.{f}(x)" for f in ONE), *(f"math.{f}(x, y)" for f in TWO), *MORE])


def test_functions_of_floats() -> None:
    program = floats()
    for i, x in enumerate(SPECIAL):
        for y in (SPECIAL[(7 * i + 3) % len(SPECIAL)], SPECIAL[(11 * i + 5) % len(SPECIAL)]):
            program.agree(x, y, ulps=4, messages=True)


def test_rounding_to_digits() -> None:
    program = Surface("x: float, n: int", ["round(x, n)"])
    rng = np.random.default_rng(0)
    some = rng.standard_normal(60) * 10.0 ** rng.integers(-6, 12, 60)
    for x in [*some, 0.285, 1.115, 2.5, 25.0, -1.45, 1e300, 4.35]:
        for n in (0, 1, 2, 3, 7, 15, -1, -2, -5, 22):
            program.agree(float(x), n, ulps=0)
    Surface("x: int, n: int", ["round(x, n)", "round(x)"]).agree(125, -1)


INTEGERS = [
    "math.gcd(a, b)", "math.gcd(a, b, 12)", "math.lcm(a, b)", "math.isqrt(a)", "math.comb(a, b)", "math.perm(a, b)",
    "math.factorial(b)", "math.perm(b)", "a.bit_length()", "a.bit_count()", "round(a, b)", "round(a, -1)",
    "divmod(a, b)",
    "pow(a, b, 97)", "pow(a, 5, b)", "pow(a, -1, 97)", "math.gcd(a)", "math.gcd()", "math.lcm(a, b, 7)", "abs(a)",
    "max(a, b, 3)", "a if a < b else b", "float(a)", "bool(a)", "int(a)", "a ** 2", "a // b", "a % b", "math.sqrt(b)",
    "math.floor(a)", "math.prod((a, b))", "sum((a, b))", "math.ldexp(1.5, b)",
]  # fmt: skip


def test_functions_of_integers() -> None:
    program = Surface("a: int, b: int", INTEGERS)
    for a, b in [(0, 0), (12, 18), (-12, 18), (100, 7), (5, 5), (7, 12), (20, 20), (3, -2), (255, 1), (97, 3), (1, 64)]:
        expected = program.twice.python
        keep = [i for i, e in enumerate(INTEGERS) if _fits(expected[f"case{i}"], a, b)]
        program.some(keep).agree(a, b, messages=True)


def _fits(function: object, a: int, b: int) -> bool:
    """Whether what CPython gives, if it gives anything, is within 64 bits."""
    try:
        result = function(a, b)  # type: ignore[operator]
    except (ArithmeticError, ValueError):
        return True
    parts = result if isinstance(result, tuple) else (result,)
    return all(isinstance(p, float) or -(2**63) <= p < 2**63 for p in parts)


def test_large_integers() -> None:
    names = ["math.isqrt(a)", "a.bit_length()", "a.bit_count()", "math.gcd(a, 6)", "pow(3, 200, a)", "pow(a, 3, 2**62)"]
    program = Surface("a: int", names)
    for a in (2**63 - 1, 2**62, 2**53 + 1, 3037000499**2, 3037000499**2 - 1, 2**61 - 1):
        program.agree(a)
    Surface("a: int", ["math.factorial(a)"]).agree(20)
    with pytest.raises(OverflowError):
        Surface("a: int", ["math.factorial(a)"]).twice.compiled.case0(21)


def test_what_has_no_int() -> None:
    program = Surface("x: float", ["int(x)", "math.floor(x)"])
    for x in (math.inf, -math.inf, math.nan):
        program.agree(x, messages=True)
    with pytest.raises(OverflowError, match="does not fit in 64 bits"):
        program.twice.compiled.case0(1e30)


SEQUENCES = ["math.fsum(x)", "max(x)", "min(x)", "any(x)", "all(x)", "math.prod(x)", "sum(x)", "math.dist(x, x * 2)"]


def test_functions_of_sequences() -> None:
    program = Surface("x: Tensor[f64, N]", SEQUENCES)
    rng = np.random.default_rng(2)
    for x in (
        [0.1] * 10,
        [1e100, 1.0, -1e100],
        [1.0, 2.0**-53, 2.0**-106],
        rng.standard_normal(200),
        [3.0],
        [math.inf],
    ):
        program.agree(np.array(x), ulps=2)
    Surface("x: Tensor[f64, N]", SEQUENCES[:5]).agree(np.array([]), messages=True)
    Surface("x: Tensor[f64, N]", ["math.fsum(x)"]).agree(np.array([math.inf, -math.inf]), messages=True)
