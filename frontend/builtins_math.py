"""The ``math`` module: functions of Python floats, with CPython's exceptions where it raises."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass

from pyc.source import Span

from . import check_operators, tree
from .arguments import Arguments, bound
from .check_python import both, compared, constant, either, is_finite, negation
from .check_subscripts import item_of
from .context import Checker
from .cpython import domain, messages
from .report import closest, fix
from .types import BOOL, FLOAT, INT, ScalarType, TensorType, TupleType


@dataclass(frozen=True)
class MathFunction:
    """A function of one float. ``guard`` says what its argument must be, ``overflows`` that it may leave range."""

    op: str
    guard: str = ""
    outside: float = 0.0
    overflows: bool = False


_UNARY: dict[str, MathFunction] = {
    "sqrt": MathFunction("sqrt", "nonnegative", -1.0),
    "exp": MathFunction("exp", overflows=True),
    "exp2": MathFunction("exp2", overflows=True),
    "expm1": MathFunction("expm1", overflows=True),
    "log": MathFunction("log", "positive", -1.0),
    "log2": MathFunction("log2", "positive", -1.0),
    "log10": MathFunction("log10", "positive", -1.0),
    "log1p": MathFunction("log1p", "above -1", -2.0),
    "sin": MathFunction("sin", "not infinite", math.inf),
    "cos": MathFunction("cos", "not infinite", math.inf),
    "tan": MathFunction("tan", "not infinite", math.inf),
    "tanh": MathFunction("tanh"),
    "erf": MathFunction("erf"),
    "fabs": MathFunction("abs"),
}
_ROUNDING = {"floor": "floor", "ceil": "ceil", "trunc": "trunc"}
_TESTS: dict[str, Callable[[tree.Expression], tree.Expression]] = {
    "isnan": lambda x: compared("ne", x, x),
    "isinf": lambda x: compared("eq", _magnitude(x), constant(math.inf, x.span)),
    "isfinite": is_finite,
}
NAMES = (*_UNARY, *_ROUNDING, *_TESTS, "pow", "fmod", "hypot", "degrees", "radians", "prod")


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """``math.name(...)``.

    Raises:
        Invalid: E115, the function is not supported.
    """
    words = f"math.{name}"
    if name in _UNARY:
        return c.once_only(_float(bound(c, node, words, ["x"]), "x"), lambda x: _unary(name, x, span))
    if name in _ROUNDING:
        x = bound(c, node, words, ["x"]).operand("x")
        if isinstance(x.type, ScalarType) and x.type.weak and x.type.dtype != "f64":
            return c.cast(x.x, "i64", weak=True)
        value = _float(bound(c, node, words, ["x"]), "x")
        rounded = tree.Unary(span=span, type=FLOAT, op=_ROUNDING[name], x=value)
        return to_int(c, rounded, span)
    if name in _TESTS:
        return c.once_only(_float(bound(c, node, words, ["x"]), "x"), _TESTS[name])
    match name:
        case "pow":
            a = bound(c, node, words, ["x", "y"])
            return c.once_only(_float(a, "x"), lambda x: c.once_only(_float(a, "y"), lambda y: _pow(x, y, span)))
        case "hypot":
            a = bound(c, node, words, ["x", "y"])
            return _hypot(_float(a, "x"), _float(a, "y"), span)
        case "prod":
            return _product(c, bound(c, node, words, ["iterable"]), span)
        case "degrees" | "radians":
            x = _float(bound(c, node, words, ["x"]), "x")
            factor = 180.0 / math.pi if name == "degrees" else math.pi / 180.0
            return tree.Binary(span=span, type=FLOAT, op="mul", lhs=x, rhs=constant(factor, span))
    if not hasattr(math, name):
        raise c.error("E115", f"the module math has no name {name}", span, *closest(name, dir(math)))
    notes = closest(name, NAMES) or (fix(f"supported are {', '.join(sorted(NAMES))}"),)
    raise c.error("E115", f"math.{name} is not supported yet", span, *notes)


def _product(c: Checker, a: Arguments, span: Span) -> tree.Expression:
    """``math.prod`` of the items of a tuple, such as a shape."""
    x = a.expression("iterable")
    if not isinstance(x.type, TupleType):
        raise c.error("E202", f"math.prod takes a tuple, and this is a {x.type}", x.span, fix("`np.prod(x)`"))

    def build(v: tree.Expression) -> tree.Expression:
        result = c.runtime(1, span)
        for i in range(len(x.type.items)):  # type: ignore[union-attr]
            item = c.operand(item_of(v, i, span))
            result = item.x if i == 0 else check_operators.binary(c, ast.Mult(), c.operand(result), item, span)
        return result

    return build(x) if isinstance(x, tree.Tuple) else c.once_only(x, build)


def _float(a: Arguments, name: str) -> tree.Expression:
    """An argument as a Python float, as ``math`` takes every number."""
    o = a.operand(name)
    if isinstance(o.type, TensorType):
        short = a.words.removeprefix("math.")
        raise a.c.error(
            "E202", f"{a.words} takes a number, and this is a {o.type}", o.span, fix(f"np.{short} takes arrays")
        )
    return a.c.cast(o.x, "f64", weak=True)


def _magnitude(x: tree.Expression) -> tree.Expression:
    return tree.Unary(span=x.span, type=FLOAT, op="abs", x=x)


def _unary(name: str, x: tree.Expression, span: Span) -> tree.Expression:
    f = _UNARY[name]
    guards: tuple[tree.Guard, ...] = ()
    if f.guard in ("positive", "nonnegative"):
        guards = (tree.Guard(f.guard, "ValueError", domain(name, f.outside)),)  # type: ignore[arg-type]
    value: tree.Expression = tree.Unary(span=span, type=FLOAT, op=f.op, x=x, guards=guards)
    if f.overflows:
        value = _in_range(value, x, span)
    if f.guard == "above -1":
        holds = negation(compared("le", x, constant(-1.0, span)))
        value = _checked(holds, "ValueError", domain(name, f.outside), value)
    if f.guard == "not infinite":
        holds = compared("ne", _magnitude(x), constant(math.inf, span))
        value = _checked(holds, "ValueError", domain(name, f.outside), value)
    return value


def _in_range(value: tree.Expression, x: tree.Expression, span: Span) -> tree.Expression:
    """``value``, unless it is infinite while ``x`` is not."""
    variable = tree.Variable(".result", FLOAT, span)
    result = tree.Local(span=span, type=FLOAT, variable=variable)
    holds = either(compared("ne", _magnitude(result), constant(math.inf, span)), negation(is_finite(x)))
    body = _checked(holds, "OverflowError", messages()["math range"], result)
    return tree.Bind(span=span, type=FLOAT, variable=variable, value=value, body=body)


def _checked(condition: tree.Expression, exception: str, message: str, body: tree.Expression) -> tree.Expression:
    return tree.Checked(
        span=body.span, type=body.type, condition=condition, exception=exception, message=message, body=body
    )


def _pow(x: tree.Expression, y: tree.Expression, span: Span) -> tree.Expression:
    """C's ``pow`` with the exceptions of ``math.pow``."""
    variable = tree.Variable(".result", FLOAT, span)
    result = tree.Local(span=span, type=FLOAT, variable=variable)
    finite = both(is_finite(x), is_finite(y))
    # A NaN from numbers is a domain error, and so is 0 to a negative power; another infinity is out of range.
    pole = both(compared("eq", x, constant(0.0, span)), compared("lt", y, constant(0.0, span)))
    invalid = both(finite, either(compared("ne", result, result), pole))
    overflow = both(finite, compared("eq", _magnitude(result), constant(math.inf, span)))
    body = _checked(negation(overflow), "OverflowError", messages()["math range"], result)
    body = _checked(negation(invalid), "ValueError", domain("pow", -1.0, 0.5), body)
    power = tree.Binary(span=span, type=FLOAT, op="pow", lhs=x, rhs=y)
    return tree.Bind(span=span, type=FLOAT, variable=variable, value=power, body=body)


def _hypot(x: tree.Expression, y: tree.Expression, span: Span) -> tree.Expression:
    def squared(v: tree.Expression) -> tree.Expression:
        local = tree.Variable(".side", FLOAT, span)
        use = tree.Local(span=span, type=FLOAT, variable=local)
        product = tree.Binary(span=span, type=FLOAT, op="mul", lhs=use, rhs=use)
        return tree.Bind(span=span, type=FLOAT, variable=local, value=v, body=product)

    total = tree.Binary(span=span, type=FLOAT, op="add", lhs=squared(x), rhs=squared(y))
    return tree.Unary(span=span, type=FLOAT, op="sqrt", x=total)


def to_int(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    """``int(x)`` of a float: towards zero. NaN, infinities and what leaves 64 bits raise."""

    def convert(v: tree.Expression) -> tree.Expression:
        t = v.type
        assert isinstance(t, ScalarType)
        low, high = (tree.Constant(span=span, type=t, value=s * 2.0**63) for s in (-1, 1))
        inside = tree.ShortCircuit(
            span=span, type=BOOL, op="and", lhs=compared("ge", v, low), rhs=compared("lt", v, high)
        )
        body = _checked(inside, "OverflowError", messages()["int inf"], tree.Cast(span=span, type=INT, x=v))
        return _checked(compared("eq", v, v), "ValueError", messages()["int nan"], body)

    return c.once_only(x, convert)
