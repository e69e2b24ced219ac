"""The ``math`` module: functions of Python floats, with CPython's exceptions where it raises."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import replace

from pyc.dataclass import dataclass
from pyc.source import Span

from . import check_lists, check_operators, habits, library_calls, record_protocols, tree
from .arguments import Arguments, bound
from .check_python import both, compared, constant, either, is_finite, negation
from .check_subscripts import integer, item_of
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
    "sinh": MathFunction("sinh", overflows=True),
    "cosh": MathFunction("cosh", overflows=True),
    "asin": MathFunction("asin", "within 1", 2.0),
    "acos": MathFunction("acos", "within 1", 2.0),
    "atan": MathFunction("atan"),
    "asinh": MathFunction("asinh"),
    "acosh": MathFunction("acosh", "from 1", 0.0),
    "atanh": MathFunction("atanh", "inside 1", 1.0),
    "cbrt": MathFunction("cbrt"),
    "erfc": MathFunction("erfc"),
    "erf": MathFunction("erf"),
    "fabs": MathFunction("abs"),
}
_ROUNDING = {"floor": "floor", "ceil": "ceil", "trunc": "trunc"}
_TESTS: dict[str, Callable[[tree.Expression], tree.Expression]] = {
    "isnan": lambda x: compared("ne", x, x),
    "isinf": lambda x: compared("eq", _magnitude(x), constant(math.inf, x.span)),
    "isfinite": is_finite,
}
#: Functions of the library, by the kinds of their arguments: f a float, i an int.
_WRITTEN = {
    "gamma": "f", "lgamma": "f", "remainder": "ff", "modf": "f", "frexp": "f", "ldexp": "fi", "nextafter": "ff",
    "ulp": "f", "isqrt": "i", "factorial": "i", "comb": "ii",
}  # fmt: skip
#: Functions of any number of arguments, and what they are of none.
_FOLDED: dict[str, tuple[str, float | int]] = {"gcd": ("i", 0), "lcm": ("i", 1), "hypot": ("f", 0.0)}
NAMES = (
    *(*_UNARY, *_ROUNDING, *_TESTS, *_WRITTEN, *_FOLDED, "pow", "fmod", "atan2", "copysign", "degrees", "radians"),
    *("prod", "fsum", "perm", "isclose", "dist", "sumprod"),
)
#: Functions of the module that compiled code has not, and what to write instead.
_REFUSED = {"fma": "`x * y + z`, which rounds twice"}


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """``math.name(...)``.

    Raises:
        Invalid: E115, the function is not supported.
    """
    words = f"math.{name}"
    asked = record_protocols.builtin(c, name, node, span) if name in _ROUNDING else node
    if not isinstance(asked, ast.Call):
        return asked
    node = asked
    if name == "log" and len(node.args) == 2:
        return _log(c, bound(c, node, words, ["x", "base"]), span)
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
    if name == "nextafter" and any(k.arg == "steps" for k in node.keywords):
        a = bound(c, node, words, ["x", "y", "steps"])
        steps = integer(c, a.nodes["steps"], f"an argument of {words}")
        return library_calls.applied(
            c, "number_lists", "nextafter_by", [_float(a, "x"), _float(a, "y"), steps], node, span
        )
    if name in _WRITTEN:
        a = bound(c, node, words, ["x", "y"][: len(_WRITTEN[name])])
        values = [_argument(a, n, kind) for n, kind in zip(("x", "y"), _WRITTEN[name], strict=False)]
        return library_calls.applied(c, "numbers", name, values, node, span)
    if name in _FOLDED:
        return _folded(c, name, node, span)
    match name:
        case "pow":
            a = bound(c, node, words, ["x", "y"])
            return c.once_only(_float(a, "x"), lambda x: c.once_only(_float(a, "y"), lambda y: _pow(x, y, span)))
        case "atan2" | "copysign":
            a = bound(c, node, words, ["x", "y"])
            return tree.Binary(span=span, type=FLOAT, op=name, lhs=_float(a, "x"), rhs=_float(a, "y"))
        case "fmod":
            a = bound(c, node, words, ["x", "y"])
            return c.once_only(_float(a, "x"), lambda x: c.once_only(_float(a, "y"), lambda y: _fmod(x, y, span)))
        case "isclose":
            a = bound(c, node, words, ["a", "b"], ["rel_tol", "abs_tol"])
            tolerances = [_float(a, n) if a.given(n) else constant(v, span) for n, v in _TOLERANCES]
            return library_calls.applied(c, "numbers", name, [_float(a, "a"), _float(a, "b"), *tolerances], node, span)
        case "perm":
            a = bound(c, node, words, ["n"], ["k"])
            values = [integer(c, a.nodes[n], f"an argument of {words}") for n in ("n", "k") if a.given(n)]
            return library_calls.applied(c, "numbers", name, values, node, span)
        case "fsum":
            a = bound(c, node, words, ["seq"])
            return library_calls.applied(c, "numbers", name, [_sequence(a, "seq")], node, span)
        case "dist" | "sumprod":
            a = bound(c, node, words, ["p", "q"])
            sequences = [_sequence(a, n) for n in ("p", "q")]
            return library_calls.applied(c, "number_lists", name, sequences, node, span)
        case "prod":
            return _product(c, bound(c, node, words, ["iterable"], ["start"]), node, span)
        case "degrees" | "radians":
            x = _float(bound(c, node, words, ["x"]), "x")
            factor = 180.0 / math.pi if name == "degrees" else math.pi / 180.0
            return tree.Binary(span=span, type=FLOAT, op="mul", lhs=x, rhs=constant(factor, span))
    if name in _REFUSED:
        raise c.error("E115", f"math.{name} is not supported in compiled code", span, fix(_REFUSED[name]))
    if not hasattr(math, name):
        listed = (fix(f"supported are {', '.join(sorted(NAMES))}"),)
        notes = habits.of_function(c.scope.namespace, span) or closest(name, NAMES) or listed
        raise c.error("E115", f"the module math has no name {name}", span, *notes)
    notes = closest(name, NAMES) or (fix(f"supported are {', '.join(sorted(NAMES))}"),)
    raise c.error("E115", f"math.{name} is not supported in compiled code", span, *notes)


def _sequence(a: Arguments, name: str) -> tree.Expression:
    """An array of one axis; also what a list or a tuple of numbers is as an array."""
    node = a.nodes[name]
    x = check_lists.listed(a.c, node) if isinstance(node, ast.List | ast.Tuple) else a.expression(name)
    if isinstance(x.type, TupleType):
        x = check_lists.from_tuple(a.c, x, x.span)
    if not isinstance(x.type, TensorType) or x.type.rank != 1:
        raise a.c.error("E202", f"{a.words} takes an array of one axis, and this is a {x.type}", x.span)
    return x


def _product(c: Checker, a: Arguments, node: ast.Call, span: Span) -> tree.Expression:
    """``math.prod`` of the items of a tuple, such as a shape."""
    given = a.nodes["iterable"]
    written = ast.copy_location(ast.Tuple(given.elts, ast.Load()), given) if isinstance(given, ast.List) else given
    x = c.expression(written)
    if isinstance(x.type, TensorType) and x.type.rank == 1:
        start = a.operand("start").x if a.given("start") else c.runtime(1, span)
        return library_calls.applied(c, "numbers", "prod", [x, start], node, span)
    if not isinstance(x.type, TupleType):
        raise c.error("E202", f"math.prod takes a tuple, and this is a {x.type}", x.span, fix("`np.prod(x)`"))

    def build(v: tree.Expression) -> tree.Expression:
        result = a.operand("start").x if a.given("start") else c.runtime(1, span)
        first = not a.given("start")
        for i in range(len(x.type.items)):  # type: ignore[union-attr]
            item = c.operand(item_of(v, i, span))
            result = (
                item.x if first and i == 0 else check_operators.binary(c, ast.Mult(), c.operand(result), item, span)
            )
        return result

    return build(x) if isinstance(x, tree.Tuple) else c.once_only(x, build)


def _float(a: Arguments, name: str) -> tree.Expression:
    """An argument as a Python float, as ``math`` takes every number."""
    o = a.operand(name)
    if isinstance(o.type, TensorType):
        short = a.words.removeprefix("math.")
        library = "pyc" if short in ("erf", "erfc") else "np"
        raise a.c.error(
            "E202", f"{a.words} takes a number, and this is a {o.type}", o.span, fix(f"{library}.{short} takes arrays")
        )
    return a.c.cast(o.x, "f64", weak=True)


def _magnitude(x: tree.Expression) -> tree.Unary:
    return tree.Unary(span=x.span, type=FLOAT, op="abs", x=x)


def _unary(name: str, x: tree.Expression, span: Span) -> tree.Expression:
    f = _UNARY[name]
    guards: tuple[tree.Guard, ...] = ()
    if f.guard in ("positive", "nonnegative"):
        guards = (tree.Guard(f.guard, "ValueError", domain(name, f.outside)),)  # type: ignore[arg-type]
    value: tree.Expression = tree.Unary(span=span, type=FLOAT, op=f.op, x=x, guards=guards)
    if f.overflows:
        value = _in_range(value, x, span)
    if f.guard in ("within 1", "inside 1"):
        holds = negation(compared("gt" if f.guard == "within 1" else "ge", _magnitude(x), constant(1.0, span)))
        value = _checked(holds, "ValueError", domain(name, f.outside), value)
    if f.guard == "from 1":
        holds = negation(compared("lt", x, constant(1.0, span)))
        value = _checked(holds, "ValueError", domain(name, f.outside), value)
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


def _fmod(x: tree.Expression, y: tree.Expression, span: Span) -> tree.Expression:
    """C's ``fmod``; of an infinity, and by zero, it is a domain error unless the other one is NaN."""
    value = tree.Binary(span=span, type=FLOAT, op="fmod", lhs=x, rhs=y)
    infinite = both(compared("eq", _magnitude(x), constant(math.inf, span)), compared("eq", y, y))
    by_zero = both(compared("eq", y, constant(0.0, span)), compared("eq", x, x))
    return _checked(negation(either(infinite, by_zero)), "ValueError", domain("fmod", 1.0, 0.0), value)


def _log(c: Checker, a: Arguments, span: Span) -> tree.Expression:
    """``math.log(x, base)``: a quotient of logarithms, as Python divides."""
    parts = [c.once_only(_float(a, n), lambda x: _unary("log", x, span)) for n in ("x", "base")]
    return check_operators.binary(c, ast.Div(), c.operand(parts[0]), c.operand(parts[1]), span)


_TOLERANCES = (("rel_tol", 1e-9), ("abs_tol", 0.0))


def _argument(a: Arguments, name: str, kind: str) -> tree.Expression:
    return _float(a, name) if kind == "f" else integer(a.c, a.nodes[name], f"an argument of {a.words}")


def _folded(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """A function of several numbers, two at a time."""
    kind, empty = _FOLDED[name]
    names = [f"x{i}" for i in range(len(node.args))]
    a = bound(c, node, f"math.{name}", names)
    values = [_argument(a, n, kind) for n in names]
    if not values:
        return c.runtime(empty, span)
    if len(values) == 1:
        return replace(_magnitude(values[0]), op="abs" if kind == "f" else "int_abs", type=values[0].type)
    result = values[0]
    for x in values[1:]:
        result = library_calls.applied(c, "numbers", name, [result, x], node, span)
    return result


#: What exact arithmetic says of a result that leaves 64 bits.
TOO_LARGE = "int does not fit in 64 bits"


def to_int(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    """``int(x)`` of a float: towards zero. NaN, infinities and what leaves 64 bits raise."""

    def convert(v: tree.Expression) -> tree.Expression:
        t = v.type
        assert isinstance(t, ScalarType)
        low, high = (tree.Constant(span=span, type=t, value=s * 2.0**63) for s in (-1, 1))
        inside = tree.ShortCircuit(
            span=span, type=BOOL, op="and", lhs=compared("ge", v, low), rhs=compared("lt", v, high)
        )
        body = _checked(inside, "OverflowError", TOO_LARGE, tree.Cast(span=span, type=INT, x=v))
        finite = compared("ne", tree.Unary(span=span, type=t, op="abs", x=v), replace(low, value=math.inf))
        body = _checked(finite, "OverflowError", messages()["int inf"], body)
        return _checked(compared("eq", v, v), "ValueError", messages()["int nan"], body)

    return c.once_only(x, convert)
