"""Scalar code: exact ints, floats, booleans and conversions mean what CPython means."""

from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from language import Twice

BINARY = {"add": "+", "sub": "-", "mul": "*", "floordiv": "//", "mod": "%", "and_": "&", "or_": "|", "xor": "^"}
SOURCE = "".join(f"def {name}(a: int, b: int) -> int:\n    return a {op} b\n" for name, op in BINARY.items())
SOURCE += "".join(
    f"def f{name}(a: float, b: float) -> float:\n    return a {op} b\n"
    for name, op in {"add": "+", "sub": "-", "mul": "*", "div": "/", "floordiv": "//", "mod": "%"}.items()
)
SOURCE += """
def neg(a: int) -> int:
    return -a
def absolute(a: int) -> int:
    return abs(a)
def invert(a: int) -> int:
    return ~a
def shl(a: int, b: int) -> int:
    return a << b
def shr(a: int, b: int) -> int:
    return a >> b
def power(a: int, b: int) -> int:
    return a ** b
def cube(a: int) -> int:
    return a ** 3
def true_div(a: int, b: int) -> float:
    return a / b
def chain(a: int, b: int, c: int) -> bool:
    return a < b <= c
def logic(a: int, b: int) -> bool:
    return a > 0 and b > 0 or a == b
def guarded(a: int, b: int) -> bool:
    return b != 0 and a // b > 1
def either(a: int, b: int) -> bool:
    return b == 0 or a // b > 1
def choose(a: int, b: int) -> int:
    return a // b if b != 0 else -1
def to_int(a: float) -> int:
    return int(a)
def to_float(a: int) -> float:
    return float(a)
def truth(a: float) -> bool:
    return bool(a)
def negation(a: float) -> bool:
    return not a
def both(a: int, b: int) -> tuple[int, int]:
    return a // b, a % b
def largest(a: int, b: int, c: int) -> int:
    return max(a, min(b, c))
def mixed(a: int, b: float) -> float:
    return a * b + a
def compare(a: float, b: float) -> int:
    return (a < b) + 2 * (a == b) + 4 * (a >= b) + 8 * (a != b)
def order(a: int, b: float) -> int:
    return (a < b) + 2 * (a <= b) + 4 * (a > b) + 8 * (a >= b) + 16 * (a == b) + 32 * (a != b) + 64 * (b < a)
"""
NAMES = [line.split("(")[0][4:] for line in SOURCE.splitlines() if line.startswith("def ")]
INTS = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.integers(-5, 5), st.sampled_from([2**63 - 1, -(2**63), 2**32, -(2**32), 2**31])
)
FLOATS = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, 1.0, -1.5, 2.0, 1e308, 5e-324]))


@cache
def program() -> Twice:
    return Twice(SOURCE, *NAMES)


def exact(name: str, *arguments: int) -> None:
    """As CPython, but OverflowError where the result leaves 64 bits."""
    p = program()
    try:
        expected = p.python[name](*arguments)
    except Exception:
        p.agree(name, *arguments)
        return
    leaves = name in ("both", "either", "guarded") and arguments == (-(2**63), -1)  # on the way to the result
    if leaves or (isinstance(expected, int) and not -(2**63) <= expected < 2**63):
        with pytest.raises(OverflowError):
            getattr(p.compiled, name)(*arguments)
    else:
        p.agree(name, *arguments)


@pytest.mark.parametrize("name", [*BINARY, "true_div", "both", "choose", "guarded", "either", "logic"])
@settings(max_examples=60, deadline=None)
@given(a=INTS, b=INTS)
@example(a=-(2**63), b=-1)
@example(a=1, b=0)
@example(a=2**63 - 1, b=1)
@example(a=-7, b=2)
@example(a=7, b=-2)
def test_int_operators(name: str, a: int, b: int) -> None:
    exact(name, a, b)


@settings(max_examples=300, deadline=None)
@given(a=st.integers(-(2**63), 2**63 - 1), b=st.integers(-(2**63), 2**63 - 1))
@example(a=2**63 - 1, b=3)
@example(a=-(2**63), b=-1)
@example(a=-(2**63), b=2**63 - 1)
@example(a=1, b=-(2**63))
@example(a=0, b=-(2**62))
@example(a=2**53 + 1, b=1)
@example(a=2**53 + 3, b=1)
@example(a=2**54 + 2, b=2)
@example(a=2**53 + 1, b=2**63 - 1)
def test_quotients_of_large_ints_round_once(a: int, b: int) -> None:
    exact("true_div", a, b)


@settings(max_examples=200, deadline=None)
@given(a=INTS, shift=st.integers(-2, 2), b=FLOATS)
@example(a=2**53 + 1, shift=-1, b=0.0)
@example(a=2**63 - 1, shift=0, b=2.0**63)
@example(a=-(2**63), shift=0, b=-(2.0**63))
@example(a=5, shift=0, b=float("nan"))
def test_ints_and_floats_compare_as_numbers(a: int, shift: int, b: float) -> None:
    program().agree("order", a, float(a + shift))
    program().agree("order", a, b)


@pytest.mark.parametrize("name", ["neg", "absolute", "invert", "cube", "to_float"])
@settings(max_examples=40, deadline=None)
@given(a=INTS)
@example(a=-(2**63))
def test_int_functions(name: str, a: int) -> None:
    exact(name, a)


@pytest.mark.parametrize("name", ["shl", "shr"])
@settings(max_examples=40, deadline=None)
@given(a=INTS, b=st.integers(-2, 70))
def test_shifts(name: str, a: int, b: int) -> None:
    exact(name, a, b)


@settings(max_examples=60, deadline=None)
@given(a=st.integers(-12, 12), b=st.integers(0, 70))
def test_power(a: int, b: int) -> None:
    exact("power", a, b)


@pytest.mark.parametrize("name", ["fadd", "fsub", "fmul", "fdiv", "ffloordiv", "fmod", "compare"])
@settings(max_examples=60, deadline=None)
@given(a=FLOATS, b=FLOATS)
@example(a=1.0, b=0.0)
@example(a=-0.0, b=3.0)
@example(a=float("inf"), b=2.0)
@example(a=-1.0, b=float("inf"))
def test_float_operators(name: str, a: float, b: float) -> None:
    program().agree(name, a, b)


@settings(max_examples=60, deadline=None)
@given(a=FLOATS)
@example(a=float("nan"))
@example(a=float("inf"))
@example(a=2.0**63)
@example(a=-(2.0**63))
@example(a=-1.9)
def test_float_to_int(a: float) -> None:
    if abs(a) < float("inf") and not -(2**63) <= int(a) < 2**63:
        with pytest.raises(OverflowError):
            program().compiled.to_int(a)
    else:
        program().agree("to_int", a)
    program().agree("truth", a)
    program().agree("negation", a)


@settings(max_examples=40, deadline=None)
@given(a=INTS, b=INTS, c=INTS)
def test_chains_and_extremes(a: int, b: int, c: int) -> None:
    program().agree("chain", a, b, c)
    program().agree("largest", a, b, c)


@settings(max_examples=40, deadline=None)
@given(a=st.integers(-(2**53), 2**53), b=FLOATS)
def test_mixed(a: int, b: float) -> None:
    program().agree("mixed", a, b)


def test_literals_at_the_edge_of_64_bits() -> None:
    text = """
def edges(n: int) -> tuple[int, int, int, int]:
    low = -9223372036854775808
    for i in range(n):
        low += 1
    return low, -(2**63), 2**63 - 1, -1 << 63
def beyond(n: int) -> int:
    return n + 2**63
"""
    p = Twice(text, "edges", "beyond")
    p.agree("edges", 0)
    p.agree("edges", 3)
    with pytest.raises(OverflowError):
        p.compiled.beyond(-1)
