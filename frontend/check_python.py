"""Operators on Python's own numbers: exact ``int``, ``float`` that raises, ``bool``."""

from __future__ import annotations

import ast
import errno
import math

from pyc.source import Span

from . import complex_numbers, tree
from .context import Checker, Operand
from .cpython import messages
from .dims import Dim
from .report import fix
from .types import BOOL, COMPLEX, FLOAT, INT, ScalarType

EXACT: dict[type[ast.operator], str] = {
    ast.Add: "int_add",
    ast.Sub: "int_sub",
    ast.Mult: "int_mul",
    ast.FloorDiv: "int_floordiv",
    ast.Mod: "int_mod",
    ast.Pow: "int_pow",
    ast.LShift: "int_shl",
    ast.RShift: "int_shr",
}
_FLOAT: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
}
BITWISE: dict[type[ast.operator], str] = {ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor"}
SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.MatMult: "@",
}  # fmt: skip


def python_binary(c: Checker, op: ast.operator, lhs: Operand, rhs: Operand, span: Span) -> tree.Expression:
    """``lhs op rhs`` of Python's own numbers."""
    if COMPLEX in (lhs.type, rhs.type):
        found = complex_numbers.python_binary(c, op, lhs, rhs, span)
        if found is None:
            raise unsupported(c, op, lhs, rhs, span)
        return found
    floats = FLOAT in (lhs.type, rhs.type)
    kind = type(op)
    if kind in BITWISE:
        if floats:
            raise unsupported(c, op, lhs, rhs, span)
        both = lhs.type == rhs.type == BOOL
        t = BOOL if both else INT
        a, b = (c.cast(o.x, t.dtype, weak=True) for o in (lhs, rhs))
        return tree.Binary(span=span, type=t, op=BITWISE[kind], lhs=a, rhs=b)
    if kind is ast.Pow:
        return _power(c, lhs, rhs, span)
    if kind is ast.Div and not floats and not (is_exact_float(c, lhs.x) and is_exact_float(c, rhs.x)):
        a, b = (c.cast(o.x, "i64", weak=True) for o in (lhs, rhs))
        guards = (tree.Guard("rhs_nonzero", "ZeroDivisionError", messages()["int /"]),) if _may_be(b, 0) else ()
        return tree.Binary(span=span, type=FLOAT, op="int_div", lhs=a, rhs=b, guards=guards)
    if floats or kind is ast.Div:
        if kind not in _FLOAT:
            raise unsupported(c, op, lhs, rhs, span)
        return _float(c, kind, lhs, rhs, span, words="float" if floats else "int")
    if kind not in EXACT:
        raise unsupported(c, op, lhs, rhs, span)
    a, b = (c.cast(o.x, "i64", weak=True) for o in (lhs, rhs))
    return _folded(c, tree.Binary(span=span, type=INT, op=EXACT[kind], lhs=a, rhs=b, guards=_exact_guards(kind, b)))


def _exact_guards(kind: type[ast.operator], rhs: tree.Expression) -> tuple[tree.Guard, ...]:
    if kind in (ast.FloorDiv, ast.Mod):
        message = messages()["int //" if kind is ast.FloorDiv else "int %"]
        return (tree.Guard("rhs_nonzero", "ZeroDivisionError", message),) if _may_be(rhs, 0) else ()
    if kind in (ast.LShift, ast.RShift):
        negative = isinstance(rhs, tree.Constant) and rhs.value >= 0
        return () if negative else (tree.Guard("rhs_nonnegative", "ValueError", messages()["shift"]),)
    return ()


#: Up to here every int is a float too.
_EXACT_FLOATS = 2**53


def is_exact_float(c: Checker, x: tree.Expression) -> bool:
    """Whether a number is known to be a float without rounding: a small literal, an extent of an array."""
    if x.type != INT:
        return True
    if isinstance(x, tree.Constant):
        return abs(x.value) <= _EXACT_FLOATS
    dim = c.dim_of(x)
    if dim is None:
        return False
    # An int parameter that names an extent of a result may be any number.
    parameters = {d for v, d in c.dims.items() if v.type == INT and d == Dim.of(v.name)}
    linear = all(len(monomial) <= 1 and abs(factor) < 2**10 for monomial, factor in dim.terms)
    return linear and not any(Dim.of(atom) in parameters for atom in dim.atoms)


def mixed_comparison(predicate: str, x: tree.Expression, y: tree.Expression, span: Span) -> tree.Expression:
    """An ``int`` compared with a ``float`` as numbers, whether or not the int is a float exactly.

    ``x`` is the int; both are used several times. Rounding keeps the order, so that only where the rounded int equals
    the float does the int itself decide, against the float as an int.
    """
    rounded = tree.Cast(span=x.span, type=FLOAT, x=x)
    equal = compared("eq", rounded, y)
    # An int that rounds to 2**63 is smaller than that, and no float so large is an int of 64 bits.
    beyond = compared("ge", y, constant(float(2**63), span))
    # A sized integer: that conversion does not raise where the float has no int, which is decided already.
    whole = tree.Cast(span=y.span, type=ScalarType("i64"), x=y)

    def decided(strict: str, *, when_beyond: bool) -> tree.Expression:
        inside = both(equal, both(negation(beyond), compared(strict, x, whole)))
        return either(inside, both(equal, beyond)) if when_beyond else inside

    match predicate:
        case "eq":
            return decided("eq", when_beyond=False)
        case "ne":
            return negation(decided("eq", when_beyond=False))
        case "lt" | "le":
            return either(compared("lt", rounded, y), decided(predicate, when_beyond=True))
        case _:
            return either(compared("gt", rounded, y), decided(predicate, when_beyond=False))


def literal(node: ast.expr, depth: int = 0) -> int | None:
    """The value of arithmetic on int literals that fits 64 bits, though a part may not: ``-2**63``, ``2**63 - 1``."""
    value = exact_literal(node, depth)
    return value if value is not None and -(2**63) <= value < 2**63 else None


def exact_literal(node: ast.expr, depth: int = 0) -> int | None:
    """The value of arithmetic on int literals, of any size that is not absurd."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand) if depth < 8:
            value = exact_literal(operand, depth + 1)
            return None if value is None else -value
        case ast.BinOp(left=left, op=op, right=right) if depth < 8:
            b = exact_literal(right, depth + 1)
            a = None if b is None else exact_literal(left, depth + 1)
            if a is None or b is None or max(abs(a), abs(b)) >= 2**128:
                return None
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Pow() if 0 <= b <= 128:
                    return a**b
                case ast.LShift() if 0 <= b <= 128:
                    return a << b
    return None


def _may_be(x: tree.Expression, value: int) -> bool:
    return not isinstance(x, tree.Constant) or x.value == value


def _folded(c: Checker, x: tree.Binary) -> tree.Expression:
    """A constant where both operands are and nothing is raised: extents computed from numbers stay numbers."""
    if not (isinstance(x.lhs, tree.Constant) and isinstance(x.rhs, tree.Constant)):
        return x
    a, b = int(x.lhs.value), int(x.rhs.value)
    match x.op:
        case "int_add":
            value = a + b
        case "int_sub":
            value = a - b
        case "int_mul":
            value = a * b
        case "int_floordiv" if b:
            value = a // b
        case "int_mod" if b:
            value = a % b
        case "int_pow" if 0 <= b <= 64 and abs(a) < 2**32:
            value = a**b
        case _:
            return x
    return tree.Constant(span=x.span, type=INT, value=value) if -(2**63) <= value < 2**63 else x


def _float(c: Checker, kind: type[ast.operator], lhs: Operand, rhs: Operand, span: Span, words: str) -> tree.Expression:
    a, b = (c.cast(o.x, "f64", weak=True) for o in (lhs, rhs))
    guards: tuple[tree.Guard, ...] = ()
    if kind in (ast.Div, ast.FloorDiv, ast.Mod) and _may_be(b, 0):
        symbol = {ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%"}[kind]
        guards = (tree.Guard("rhs_nonzero", "ZeroDivisionError", messages()[f"{words} {symbol}"]),)
    return tree.Binary(span=span, type=FLOAT, op=_FLOAT[kind], lhs=a, rhs=b, guards=guards)


def _power(c: Checker, lhs: Operand, rhs: Operand, span: Span) -> tree.Expression:
    exponent = rhs.x
    negative = isinstance(exponent, tree.Constant) and exponent.value < 0
    if FLOAT not in (lhs.type, rhs.type) and not negative:
        a, b = (c.cast(o.x, "i64", weak=True) for o in (lhs, rhs))
        guards: tuple[tree.Guard, ...] = ()
        if not isinstance(b, tree.Constant):
            # The result would be a float for a negative exponent: a type cannot depend on a value.
            message = "int ** int with a negative exponent is a float: write float(x) ** n"
            guards = (tree.Guard("rhs_nonnegative", "ValueError", message),)
        return _folded(c, tree.Binary(span=span, type=INT, op="int_pow", lhs=a, rhs=b, guards=guards))
    a, b = (c.cast(o.x, "f64", weak=True) for o in (lhs, rhs))
    return c.once_only(a, lambda x: c.once_only(b, lambda y: _float_power(x, y, span)))


def _float_power(x: tree.Expression, y: tree.Expression, span: Span) -> tree.Expression:
    """``x ** y`` of floats with Python's exceptions: a zero to a negative power, a result out of range.

    A negative number to a fraction is complex in Python: refused, for a type cannot depend on a value.
    """
    power = tree.Binary(span=span, type=FLOAT, op="pow", lhs=x, rhs=y)
    result = tree.Variable(".power", FLOAT, span)
    value = tree.Local(span=span, type=FLOAT, variable=result)
    in_range = either(is_finite(value), either(negation(is_finite(x)), negation(is_finite(y))))
    body: tree.Expression = tree.Bind(
        span=span,
        type=FLOAT,
        variable=result,
        value=power,
        body=tree.Checked(
            span=span,
            type=FLOAT,
            condition=in_range,
            exception="OverflowError",
            message=messages()["** range"],
            errno=errno.ERANGE,
            body=value,
        ),
    )
    whole = isinstance(y, tree.Constant) and float(y.value).is_integer()
    if not whole:
        rounded = tree.Unary(span=span, type=FLOAT, op="floor", x=y)
        real = either(negation(compared("lt", x, constant(0.0, span))), compared("eq", rounded, y))
        real = either(real, either(negation(is_finite(x)), compared("ne", y, y)))
        message = "a negative number to a fractional power is complex: write complex(x) ** y"
        body = tree.Checked(span=span, type=FLOAT, condition=real, exception="ValueError", message=message, body=body)
    if not (isinstance(y, tree.Constant) and y.value >= 0):
        # 0.0 to minus infinity is infinity.
        infinite = compared("eq", y, constant(-math.inf, span))
        defined = either(compared("ne", x, constant(0.0, span)), negation(compared("lt", y, constant(0.0, span))))
        defined = either(defined, infinite)
        body = tree.Checked(
            span=span,
            type=FLOAT,
            condition=defined,
            exception="ZeroDivisionError",
            message=messages()["0 ** -"],
            body=body,
        )
    return body


# --- small expressions of Python's numbers ----------------------------------------------------------------------------


def constant(value: float, span: Span) -> tree.Constant:
    return tree.Constant(span=span, type=FLOAT, value=value)


def compared(predicate: str, lhs: tree.Expression, rhs: tree.Expression) -> tree.Expression:
    return tree.Compare(span=lhs.span, type=BOOL, predicate=predicate, lhs=lhs, rhs=rhs)


def either(lhs: tree.Expression, rhs: tree.Expression) -> tree.Expression:
    return tree.Binary(span=lhs.span, type=BOOL, op="or", lhs=lhs, rhs=rhs)


def both(lhs: tree.Expression, rhs: tree.Expression) -> tree.Expression:
    return tree.Binary(span=lhs.span, type=BOOL, op="and", lhs=lhs, rhs=rhs)


def negation(x: tree.Expression) -> tree.Expression:
    return tree.Unary(span=x.span, type=BOOL, op="not", x=x)


def is_finite(x: tree.Expression) -> tree.Expression:
    """Whether a float is neither infinite nor NaN."""
    assert isinstance(x.type, ScalarType)
    magnitude = tree.Unary(span=x.span, type=x.type, op="abs", x=x)
    limit = tree.Constant(span=x.span, type=x.type, value=float("inf"))
    return tree.Compare(span=x.span, type=BOOL, predicate="lt", lhs=magnitude, rhs=limit)


def unsupported(c: Checker, op: ast.operator, lhs: Operand, rhs: Operand, span: Span):
    """The error for operand types that an operator does not take."""
    symbol = SYMBOLS[type(op)]
    notes = ()
    if type(op) in BITWISE or isinstance(op, ast.LShift | ast.RShift):
        notes = (fix("bitwise operators take integers and booleans"),)
    if isinstance(op, ast.MatMult):
        notes = (fix("`@` multiplies arrays; `*` multiplies numbers"),)
    return c.error("E201", f"`{symbol}` does not take {lhs.type} and {rhs.type}", span, *notes)
