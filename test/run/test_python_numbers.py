"""Every operator on every pair of classes of numbers, at the edges: bit for bit what CPython gives, or its exception.

The one difference that the language permits: where an exact integer leaves 64 bits, ``OverflowError``.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from language import Twice, same

INTS = (
    0, 1, -1, 2, -2, 3, 7, -7, 10, 62, 63, 64, -64, 255, 2**31 - 1, -(2**31), 2**32, 2**53 - 1, 2**53 + 1, -(2**53) - 1,
    2**62, -(2**62), 2**63 - 1, -(2**63), -(2**63) + 1, 3037000500, -3037000500,
)  # fmt: skip
FLOATS = (
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, 0.1, 1e-5, 7.3, -7.3, 1e16, 2.0**53, 2.0**53 + 2, 2.0**63,
    -(2.0**63), 1e300, -1e300, 1.7976931348623157e308, 5e-324, -5e-324, 2.2250738585072014e-308,
    float("inf"), float("-inf"), float("nan"),
)  # fmt: skip
VALUES: dict[str, tuple[Any, ...]] = {"int": INTS, "float": FLOATS, "bool": (False, True)}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt,
    ">=": operator.ge, "&": operator.and_, "|": operator.or_, "^": operator.xor, "<<": operator.lshift,
    ">>": operator.rshift,
}  # fmt: skip
UNARY = {
    "-x": ("int", "float", "bool"), "+x": ("int", "float", "bool"), "~x": ("int",), "not x": ("int", "float", "bool"),
    "abs(x)": ("int", "float", "bool"), "int(x)": ("int", "float", "bool"), "float(x)": ("int", "float", "bool"),
    "bool(x)": ("int", "float", "bool"), "round(x)": ("int", "float"), "math.floor(x)": ("int", "float"),
    "math.ceil(x)": ("int", "float"), "math.trunc(x)": ("int", "float"), "x ** 2": ("int", "float"),
    "x ** 3": ("int", "float"), "x ** 0": ("int", "float"), "round(x, 1)": ("float",), "round(x, 0)": ("float",),
    "round(x, -2)": ("float", "int"), "x if x else -x": ("int", "float"), "divmod(x, 7)": ("int", "float"),
    "divmod(x, -3)": ("int", "float"), "-7 // x": ("int", "float"), "-7 % x": ("int", "float"),
    "x.bit_length()": ("int",), "x.bit_count()": ("int",), "x.is_integer()": ("float",), "1 < x <= 7": ("int", "float"),
    "x == x": ("float",), "min(x, 3)": ("int",), "max(x, -1, 2)": ("int",), "max(x, 0.5)": ("float",),
    "math.isqrt(x)": ("int",), "math.gcd(x, 12)": ("int",), "math.sqrt(x)": ("int", "float"),
    "math.copysign(3.0, x)": ("float",), "math.fmod(x, 3.0)": ("float",), "math.isnan(x)": ("float",),
}  # fmt: skip


def _expected(function: Callable[..., Any], *values: Any) -> tuple[Any, str | None]:
    try:
        result = function(*values)
    except Exception as error:
        return None, type(error).__name__
    for part in result if isinstance(result, tuple) else (result,):
        if type(part) is int and not -(1 << 63) <= part < 1 << 63:
            return None, "OverflowError"
    return result, None


def _check(compiled: Callable[..., Any], python: Callable[..., Any], what: str, *values: Any) -> None:
    expected, error = _expected(python, *values)
    found, raised = _expected(compiled, *values)
    assert raised == error, f"{what} of {values}: {raised or found}, not {error or expected}"
    if error is None:
        assert type(found) is type(expected), f"{what} of {values} is a {type(found)}, not a {type(expected)}"
        same(found, expected, f"{what} of {values}")


def _result(function: Callable[..., Any], classes: tuple[str, ...]) -> str | None:
    """The class of the result, ``None`` where Python has no such operation."""
    samples = {"int": 3, "float": 3.0, "bool": True}
    try:
        return type(function(*(samples[c] for c in classes))).__name__
    except TypeError:
        return None


@pytest.mark.parametrize("right", ["int", "float", "bool"])
@pytest.mark.parametrize("left", ["int", "float", "bool"])
def test_binary_operators(left, right):
    wanted = {op: kind for op, f in BINARY.items() if (kind := _result(f, (left, right))) is not None}
    text = "".join(
        f"def f{i}(a: {left}, b: {right}) -> {kind}:\n    return a {op} b\n"
        for i, (op, kind) in enumerate(wanted.items())
    )
    twice = Twice(text, *(f"f{i}" for i in range(len(wanted))))
    for i, op in enumerate(wanted):
        compiled = getattr(twice.compiled, f"f{i}")
        for a, b in itertools.product(VALUES[left], VALUES[right]):
            if op == "<<" and b > 200:
                continue
            _check(compiled, BINARY[op], op, a, b)


@pytest.mark.parametrize("kind", ["int", "float", "bool"])
def test_unary_operators_and_functions(kind):
    import math

    wanted = [e for e, kinds in UNARY.items() if kind in kinds]
    lambdas = [eval(f"lambda x: {e}", {"math": math}) for e in wanted]
    sample = {"int": 3, "float": 3.0, "bool": True}[kind]
    text = ""
    for i, (e, f) in enumerate(zip(wanted, lambdas, strict=True)):
        result = f(sample)
        name = type(result).__name__
        if isinstance(result, tuple):
            name = f"tuple[{', '.join(type(r).__name__ for r in result)}]"
        text += f"def f{i}(x: {kind}) -> {name}:\n    return {e}\n"
    twice = Twice(text, *(f"f{i}" for i in range(len(wanted))))
    for i, (e, f) in enumerate(zip(wanted, lambdas, strict=True)):
        for x in VALUES[kind]:
            _check(getattr(twice.compiled, f"f{i}"), f, e, x)


def test_powers():
    text = (
        "def ii(a: int, b: int) -> int:\n    return a ** b\n"
        "def ff(a: float, b: float) -> float:\n    return a ** b\n"
        "def fi(a: float, b: int) -> float:\n    return a ** b\n"
        "def iif(a: int, b: float) -> float:\n    return a ** b\n"
        "def mod(a: int, b: int, c: int) -> int:\n    return pow(a, b, c)\n"
    )
    twice = Twice(text, "ii", "ff", "fi", "iif", "mod")
    compiled = twice.compiled
    for a, b in itertools.product(INTS, (0, 1, 2, 3, 5, 10, 31, 62, 63, 64)):
        _check(compiled.ii, operator.pow, "**", a, b)
    for a, b in itertools.product(FLOATS, FLOATS):
        if not (a < 0 and b == b and abs(b) != float("inf") and b != int(b)):  # Python's result is complex
            _check(compiled.ff, operator.pow, "**", a, b)
    for a, b in itertools.product(FLOATS, (0, 1, 2, -1, -2, 3, 10, -3)):
        _check(compiled.fi, operator.pow, "**", a, b)
    for a, b in itertools.product((0, 1, 2, 10, 2**53 + 1), FLOATS):
        _check(compiled.iif, operator.pow, "**", a, b)
    for a, b, c in itertools.product((0, 1, 2, -3, 7, 2**62), (0, 1, 2, 10, 63), (1, 2, 7, -5, 0, 2**31 - 1)):
        _check(compiled.mod, pow, "pow", a, b, c)
    for a, b, c in itertools.product((1, 3, -3, 5), (-1, -2, -(2**63) + 1, -(2**63)), (1, 2, 7, -5, 2**31 - 1)):
        _check(compiled.mod, pow, "pow", a, b, c)


def test_comparisons_of_ints_and_floats_are_exact():
    text = "".join(
        f"def {name}(a: int, b: float) -> bool:\n    return a {op} b\n"
        for name, op in (("lt", "<"), ("le", "<="), ("eq", "=="), ("ne", "!="), ("gt", ">"), ("ge", ">="))
    )
    twice = Twice(text, "lt", "le", "eq", "ne", "gt", "ge")
    near = [
        n + d for n in (2**53, 2**62, 2**63 - 1024, -(2**53), -(2**63)) for d in (-1, 0, 1) if -(2**63) <= n + d < 2**63
    ]
    for a, b in itertools.product(near, near):
        for name in ("lt", "le", "eq", "ne", "gt", "ge"):
            _check(getattr(twice.compiled, name), getattr(operator, name), name, a, float(b))


@pytest.mark.parametrize("dtype", ["i8", "u8", "i32", "i64", "u64"])
def test_sized_integers_wrap_as_numpys(dtype):
    numpy = np.dtype({"i": "int", "u": "uint"}[dtype[0]] + dtype[1:])
    limits = np.iinfo(numpy)
    values = [
        numpy.type(v) for v in {limits.min, limits.min + 1, 0, 1, 2, 3, 7, limits.max // 2, limits.max - 1, limits.max}
    ]
    header = f"from pyc import {dtype}\n" if dtype not in ("i8", "u8", "i32", "i64") else ""
    ops = ("+", "-", "*", "&", "|", "^", "<", "==", ">=")
    text = header + "".join(
        f"def f{i}(a: {dtype}, b: {dtype}) -> {'bool' if op in ('<', '==', '>=') else dtype}:\n    return a {op} b\n"
        for i, op in enumerate(ops)
    )
    twice = Twice(text, *(f"f{i}" for i in range(len(ops))))
    for i, op in enumerate(ops):
        for a, b in itertools.product(values, values):
            with np.errstate(all="ignore"):
                expected = BINARY[op](a, b)
            found = getattr(twice.compiled, f"f{i}")(a, b)
            assert found == expected, f"{a!r} {op} {b!r}: {found!r}, not {expected!r}"


def test_rounding_to_many_decimals_is_exact():
    twice = Twice("def r(x: float, n: int) -> float:\n    return round(x, n)\n", "r")
    smallest = 5e-324
    for n in (23, 30, 62, 200, 308, 322, 323, 324):
        for x in (smallest, 3 * smallest, 7 * smallest, 2.2250738585072014e-308, 5e-324 * 2**51, 1e-7, 4.5e-7, -1e-23):
            _check(twice.compiled.r, round, "round", x, n)
        for digits in (1.5, 2.5, 12.345, 0.5, 0.4999999999999999, 999999999999999.5, 99999999999999995.0):
            for x in (digits * 10.0**-n, -digits * 10.0 ** (1 - n)):
                _check(twice.compiled.r, round, "round", x, n)
    for x in (
        0.49999999999999994,
        -485936.44880471245,
        0.056595195819788904,
        1.9363844800531782e20,
        9.295043679355205e24,
    ):
        for n in (-22, -19, -5, -4, -1, 0, 1, 9, 10, 15, 16, 17, 18, 22):
            _check(twice.compiled.r, round, "round", x, n)


def test_exceptions_of_powers():
    text = (
        "def ff(a: float, b: float) -> float:\n    return a ** b\n"
        "def fi(a: float, b: int) -> float:\n    return a ** b\n"
        "def caught(a: float, b: float) -> float:\n"
        "    try:\n        return a ** b\n    except OverflowError as e:\n        raise ValueError(f'no: {e}') from e\n"
    )
    twice = Twice(text, "ff", "fi", "caught")
    for name, a, b in (
        ("ff", 10.0, 400.0),
        ("ff", -1e200, 3.0),
        ("fi", 1e-200, -2),
        ("ff", 0.0, -1.0),
        ("fi", 0.0, -2),
    ):
        expected = twice.agree(name, a, b).error
        assert expected is not None
        with pytest.raises(ArithmeticError) as raised:
            getattr(twice.compiled, name)(a, b)
        with pytest.raises(ArithmeticError) as python:
            twice.python[name](a, b)
        assert raised.value.args == python.value.args
    twice.agree("caught", 1e300, 2.0)
    for a, b in ((-2.0, 0.5), (-1e300, 1.5), (-5e-324, 0.1)):
        with pytest.raises(ValueError, match="a negative number to a fractional power is complex: write complex"):
            twice.compiled.ff(a, b)
