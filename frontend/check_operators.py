"""Operators on numbers and arrays: promotion, broadcasting, targets; NumPy's meaning where a sized type takes part."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pyc.diagnostics import Note
from pyc.precision import DTYPES, Precision
from pyc.source import Span
from pyc.target import Target

from . import complex_numbers, shapes, tree
from .check_python import BITWISE, SYMBOLS, is_exact_float, mixed_comparison, python_binary, unsupported
from .context import Checker, Operand
from .promotion import joined, limits, promoted
from .report import fix
from .types import BOOL, INT, ScalarType, TensorType, kind_of
from .values import text

_ELEMENTWISE: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "shl",
    ast.RShift: "shr",
    **BITWISE,
}
PREDICATES: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}
#: ``x lt y`` is ``y gt x``.
_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def binary(c: Checker, op: ast.operator, lhs: Operand, rhs: Operand, span: Span) -> tree.Expression:
    """``lhs op rhs``.

    Raises:
        Invalid: E201, the operator does not take these types; E205 shapes, E301 targets.
    """
    if isinstance(op, ast.MatMult):
        return matmul(c, lhs, rhs, span)
    if _is_python(lhs) and _is_python(rhs):
        return python_binary(c, op, lhs, rhs, span)
    if isinstance(op, ast.Pow):
        return power(c, lhs, rhs, span, "`**`")
    return elementwise(c, _ELEMENTWISE[type(op)], lhs, rhs, span, words=f"`{SYMBOLS[type(op)]}`")


def _is_python(o: Operand) -> bool:
    return isinstance(o.type, ScalarType) and o.type.weak


# --- elementwise ------------------------------------------------------------------------------------------------------


def elementwise(c: Checker, op: str, lhs: Operand, rhs: Operand, span: Span, words: str) -> tree.Expression:
    """A binary operation of the dialect with NumPy's result type. ``words`` is how the user called it."""
    dtype = result_dtype(c, [lhs, rhs], span, words)
    kind = kind_of(dtype)
    if kind == "complex":
        found = complex_numbers.elementwise(c, op, lhs, rhs, dtype, span, words)
        if found is not None:
            return found
    if kind == "bool":
        if op == "sub":
            message = f"{words} does not take booleans"
            raise c.error("E201", message, span, fix("`^` is exclusive or, `!=` compares"))
        op = {"add": "or", "mul": "and", "maximum": "or", "minimum": "and"}.get(op, op)
        if op == "div":
            dtype = "f64"
        elif op in ("floordiv", "mod", "pow", "shl", "shr"):
            dtype = "i8"
    elif op == "div" and kind not in ("float", "complex"):
        dtype = "f64"
    elif op in ("and", "or", "xor", "shl", "shr") and kind == "float":
        message = f"{words} does not take {lhs.type} and {rhs.type}"
        power = fix(f"`{lhs.span.text} ** {rhs.span.text}` is a power")
        raise c.error(
            "E201", message, span, power if op == "xor" else fix("bitwise operators take integers and booleans")
        )
    return _binary(c, op, lhs, rhs, dtype, span)


def _binary(c: Checker, op: str, lhs: Operand, rhs: Operand, dtype: str, span: Span) -> tree.Expression:
    (a, b), t, checks = arranged(c, [lhs, rhs], dtype, span)
    return tree.Binary(span=span, type=t, op=op, lhs=a, rhs=b, checks=checks)


def arranged(
    c: Checker, operands: Sequence[Operand], dtype: str, span: Span
) -> tuple[list[tree.Expression], ScalarType | TensorType, tuple[tree.DimCheck, ...]]:
    """Operands converted to one element type and one policy, the type of an elementwise result, and its checks."""
    operands = [number(c, o) for o in operands]
    dims, checks = shapes.broadcast([shapes.Operand(o.dims, o.span) for o in operands], c.report, span)
    target = one_target(c, operands, span)
    if target is None:
        return [c.cast(o.x, dtype) for o in operands], ScalarType(dtype), ()
    policy = joined_precision(operands, dtype)
    out: list[tree.Expression] = []
    for o in operands:
        if isinstance(o.type, TensorType):
            out.append(with_precision(o.x, dtype, policy))
        else:
            out.append(c.cast(o.x, dtype))
    place = next(o.type.target for o in operands if isinstance(o.type, TensorType))
    return out, TensorType(dtype, dims, policy, place), checks


def number(c: Checker, o: Operand) -> Operand:
    """An array without axes as its element, which NumPy's operations make of it; anything else as it is."""
    t = o.type
    if not isinstance(t, TensorType) or t.rank:
        return o
    x: tree.Expression = tree.Subscript(span=o.span, type=ScalarType(t.dtype), base=o.x, items=())
    if t.dtype == t.precision.storage != t.precision.compute:
        x = tree.Cast(span=o.span, type=ScalarType(t.precision.compute), x=x)
    return c.operand(x)


def result_dtype(c: Checker, operands: Sequence[Operand], span: Span, words: str) -> str:
    """The element type that operands share, arrays of mixed precision as they compute.

    Raises:
        Invalid: E201, NumPy has none.
    """
    found = joined([_element(o) for o in operands])
    if found is None:
        types = " and ".join(str(o.type) for o in operands)
        message = f"{words} of {types}: no element type holds both"
        raise c.error("E201", message, span, fix("convert one of them: `x.to(f32)`"))
    return found[0]


def _element(o: Operand) -> tuple[str, bool]:
    if isinstance(o.type, ScalarType):
        return o.type.dtype, o.type.weak
    t = o.type
    return (t.precision.compute if t.dtype == t.precision.storage else t.dtype), False


def joined_precision(operands: Sequence[Operand], dtype: str) -> Precision:
    """The policy of a result with elements of ``dtype``: storage promotes, and a mixed policy governs a plain one."""
    policies = [o.type.precision for o in operands if isinstance(o.type, TensorType)]
    storage = policies[0].storage
    for p in policies[1:]:
        storage = promoted(storage, p.storage) or dtype
    for p in sorted(policies, key=lambda p: p.is_plain):
        if p.storage == storage and p.compute == dtype:
            return p
    return Precision.plain(dtype)


def with_precision(x: tree.Expression, dtype: str, precision: Precision) -> tree.Expression:
    """An array as elements of ``dtype`` under a policy."""
    assert isinstance(x.type, TensorType)
    want = replace(x.type, dtype=dtype, precision=precision)
    return x if want == x.type else tree.Cast(span=x.span, type=want, x=x)


def plain(x: tree.Expression) -> tree.Expression:
    """An array of booleans or indices, made from an array of another element type, under the policy of its elements."""
    return with_precision(x, x.type.dtype, Precision.plain(x.type.dtype)) if isinstance(x.type, TensorType) else x


def read(x: tree.Expression) -> tree.Expression:
    """An array as arithmetic reads it: a stored mixed one widens to its compute type."""
    t = x.type
    if isinstance(t, TensorType) and t.dtype == t.precision.storage:
        return with_precision(x, t.precision.compute, t.precision)
    return x


def copied(x: tree.Expression, span: Span) -> tree.Expression:
    """What an operation that changes no element gives: a number, or an array of its own."""
    return tree.Copy(span=span, type=x.type, x=x) if isinstance(x.type, TensorType) else x


def one_target(c: Checker, operands: Sequence[Operand], span: Span) -> Target | None:
    """The target on which all arrays among operands live; ``None`` without arrays.

    Raises:
        Invalid: E301, they live on several.
    """
    arrays = [o for o in operands if isinstance(o.type, TensorType)]
    targets = {o.type.target for o in arrays if isinstance(o.type, TensorType)}
    if len(targets) > 1:
        first, other = arrays[0], next(a for a in arrays if a.type.target != arrays[0].type.target)  # type: ignore[union-attr]
        here, there = first.type.target, other.type.target  # type: ignore[union-attr]
        move = other if c.target == here or c.target != there else first
        to = here if move is other else there
        raise c.error(
            "E301",
            f"this combines a value on {text(here)} and one on {text(there)}",
            span,
            *(Note(f"this is on {text(o.type.target)}", o.span) for o in (first, other)),  # type: ignore[union-attr]
            fix(f"`{move.span.text}.to({text(to)})` moves it: transfers are always written"),
        )
    return next(iter(targets), None)


def power(c: Checker, lhs: Operand, rhs: Operand, span: Span, words: str) -> tree.Expression:
    """``lhs ** rhs``, or ``np.power`` of them, where a sized type takes part."""
    dtype = result_dtype(c, [lhs, rhs], span, words)
    kind, exponent = kind_of(dtype), rhs.x
    if kind == "complex" and words == "`**`" and isinstance(exponent, tree.Constant) and lhs.dims:
        # NumPy computes these powers of arrays by other means.
        fast = {0.5: "sqrt", -1: "reciprocal"}.get(exponent.value)
        if fast is not None and kind_of(lhs.type.dtype) == "complex":
            return complex_numbers.function(c, fast, lhs, span)
    if kind == "complex":
        return complex_numbers.power(c, number(c, lhs), number(c, rhs), dtype, span)
    if kind == "float" and words == "`**`" and isinstance(lhs.type, TensorType) and isinstance(exponent, tree.Constant):
        base = Operand(read(lhs.x), lhs.type)
        if kind_of(base.x.type.dtype) == "float":  # type: ignore[union-attr]
            # NumPy computes these powers of arrays by other means, with other bits.
            if exponent.value == 2:
                return c.once_only(base.x, lambda x: _square(c, x, dtype, span))
            if exponent.value == 0.5:
                x = with_precision(base.x, dtype, joined_precision([lhs], dtype))
                return tree.Unary(span=span, type=x.type, op="sqrt", x=x)
    result = elementwise(c, "pow", lhs, rhs, span, words=words)
    if kind_of(dtype) == "int":
        return _nonnegative_exponent(c, result, rhs, span)
    return result


def _square(c: Checker, x: tree.Expression, dtype: str, span: Span) -> tree.Expression:
    o = c.operand(x)
    return _binary(c, "mul", o, o, dtype, span)


def _nonnegative_exponent(c: Checker, power: tree.Expression, rhs: Operand, span: Span) -> tree.Expression:
    """NumPy refuses negative powers of integers."""
    message = "Integers to negative integer powers are not allowed."
    if isinstance(rhs.x, tree.Constant):
        if rhs.x.value < 0:
            raise c.error("E201", "an integer to a negative power is not an integer", span, fix("`x.to(f64) ** n`"))
        return power
    if kind_of(rhs.type.dtype) != "int":
        return power
    if not (isinstance(power, tree.Binary) and isinstance(power.rhs, tree.Expression)):
        return power

    def checked(base: tree.Expression, exponent: tree.Expression) -> tree.Expression:
        assert isinstance(power, tree.Binary)
        zero = tree.Constant(span=span, type=ScalarType(exponent.type.dtype), value=0)  # type: ignore[union-attr]
        holds: tree.Expression = tree.Compare(
            span=span,
            type=replace(exponent.type, dtype="bool") if isinstance(exponent.type, TensorType) else BOOL,
            predicate="ge",
            lhs=exponent,
            rhs=zero,
        )
        if isinstance(exponent.type, TensorType):
            axes = tuple(range(exponent.type.rank))
            holds = tree.Reduce(span=span, type=ScalarType("bool"), kind="all", x=holds, axes=axes, keepdims=False)
        inner = replace(power, lhs=base, rhs=exponent)
        return tree.Checked(
            span=span, type=power.type, condition=holds, exception="ValueError", message=message, body=inner
        )

    if isinstance(power.lhs.type, TensorType):
        return c.once_only(power.rhs, lambda y: checked(power.lhs, y))
    # A number is made one of the result's type first, which may raise.
    return c.once_only(power.lhs, lambda x: c.once_only(power.rhs, lambda y: checked(x, y)))


# --- comparison -------------------------------------------------------------------------------------------------------


def compare(c: Checker, op: ast.cmpop, lhs: Operand, rhs: Operand, span: Span) -> tree.Expression:
    """``lhs op rhs``, a truth value or an array of them.

    Raises:
        Invalid: E121, the comparison is not supported; E201 types, E205 shapes, E301 targets.
    """
    if isinstance(op, ast.In | ast.NotIn) and isinstance(rhs.type, TensorType):
        from .array_methods import contains

        found = contains(c, rhs, lhs, span)
        return found if isinstance(op, ast.In) else tree.Unary(span=span, type=BOOL, op="not", x=found)
    if type(op) not in PREDICATES:
        word = {ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"}[type(op)]
        other = "`==` compares values" if isinstance(op, ast.Is | ast.IsNot) else "compare with each value"
        raise c.error("E121", f"`{word}` is not supported in compiled code", span, fix(other))
    predicate = PREDICATES[type(op)]
    if _is_python(lhs) and _is_python(rhs):
        found = joined([_element(lhs), _element(rhs)])
        assert found is not None
        if found[0] == "c128":
            complex_numbers.ordered(c, predicate, span)
        if found[0] == "f64" and INT in (lhs.type, rhs.type):
            number, other = (lhs.x, rhs.x) if lhs.type == INT else (rhs.x, lhs.x)
            if not is_exact_float(c, number):
                towards = predicate if lhs.type == INT else _MIRRORED[predicate]
                return c.once_only(
                    number, lambda x: c.once_only(other, lambda y: mixed_comparison(towards, x, y, span))
                )
        dtype = "i64" if found[0] == "bool" else found[0]
        a, b = (c.cast(o.x, dtype, weak=True) for o in (lhs, rhs))
        return tree.Compare(span=span, type=BOOL, predicate=predicate, lhs=a, rhs=b)
    return compared(c, predicate, lhs, rhs, span, words="a comparison")


def compared(c: Checker, predicate: str, lhs: Operand, rhs: Operand, span: Span, words: str) -> tree.Expression:
    """A comparison by NumPy's rules."""
    dtype = result_dtype(c, [lhs, rhs], span, words)
    if kind_of(dtype) == "complex" and predicate not in ("eq", "ne"):
        return complex_numbers.compared(c, predicate, lhs, rhs, dtype, span)
    kinds = {kind_of(_element(o)[0]) for o in (lhs, rhs)}
    mirrored = _MIRRORED[predicate]
    if DTYPES[dtype].is_integer:
        for p, x, n in ((predicate, lhs, rhs), (mirrored, rhs, lhs)):
            if _is_beyond(n, dtype):
                # No number of the type is on the other side: what holds for one holds for all.
                holds = (n.x.value < 0) == (p in ("gt", "ge")) and p != "eq"  # type: ignore[union-attr]
                return c.once_only(x.x, partial(_decided, c, span, words, holds=holds or p == "ne"))
    if kinds == {"int", "uint"} and (dtype == "f64" or (dtype == "u64" and any(map(_is_running_int, (lhs, rhs))))):
        if kind_of(_element(lhs)[0]) == "int":
            return _of_signs(c, predicate, lhs, rhs, span, words)
        return _of_signs(c, mirrored, rhs, lhs, span, words)
    if DTYPES[dtype].is_integer and dtype != "u64" and any(_is_running_int(o) for o in (lhs, rhs)):
        dtype = "i64"  # a Python int may be any number: it is compared exactly, not squeezed into the sized type
    (a, b), t, checks = arranged(c, [lhs, rhs], dtype, span)
    result = replace(t, dtype="bool") if isinstance(t, TensorType) else ScalarType("bool")
    return plain(tree.Compare(span=span, type=result, predicate=predicate, lhs=a, rhs=b, checks=checks))


def _decided(c: Checker, span: Span, words: str, x: tree.Expression, *, holds: bool) -> tree.Expression:
    """Truth values of the shape of ``x``, which holds integers, all alike."""
    return compared(c, "eq" if holds else "ne", c.operand(x), c.operand(x), span, words)


def _is_beyond(o: Operand, dtype: str) -> bool:
    """Whether an operand is a literal that an integer type does not hold."""
    if not isinstance(o.x, tree.Constant) or o.type != INT:
        return False
    low, high = limits(dtype)
    return not low <= o.x.value <= high


def _of_signs(c: Checker, predicate: str, signed: Operand, unsigned: Operand, span: Span, words: str):
    """A comparison of a number that may be negative with one of 64 bits that cannot: exact, as NumPy's."""
    below = predicate in ("lt", "le", "ne")

    def decided(x: tree.Expression) -> tree.Expression:
        zero = c.operand(c.runtime(0, span))
        sign = compared(c, "lt" if below else "ge", c.operand(x), zero, span, words)
        if isinstance(x.type, TensorType):
            bits = with_precision(x, "u64", Precision.plain("u64"))
        else:
            bits = tree.Cast(span=x.span, type=ScalarType("u64"), x=x)
        other = unsigned.x
        if isinstance(unsigned.type, TensorType):
            other = with_precision(other, "u64", Precision.plain("u64"))
        test = compared(c, predicate, c.operand(bits), c.operand(c.cast(other, "u64")), span, words)
        return elementwise(c, "or" if below else "and", c.operand(sign), c.operand(test), span, words)

    return c.once_only(signed.x, decided)


def _is_running_int(o: Operand) -> bool:
    return isinstance(o.type, ScalarType) and o.type.weak and not isinstance(o.x, tree.Constant)


# --- unary ------------------------------------------------------------------------------------------------------------


def unary(c: Checker, op: ast.unaryop, x: Operand, span: Span) -> tree.Expression:
    """``op x``."""
    if isinstance(op, ast.Not):
        return tree.Unary(span=span, type=BOOL, op="not", x=c.truth(x.x))
    x = number(c, x)
    if _is_python(x):
        return _python_unary(c, op, x, span)
    kind = kind_of(x.type.dtype)
    match op:
        case ast.UAdd() if kind != "bool":
            return copied(x.x, span)
        case ast.USub() if kind != "bool":
            value = read(x.x)
            return tree.Unary(span=span, type=value.type, op="neg", x=value)
        case ast.Invert() if kind in ("bool", "int", "uint"):
            return tree.Unary(span=span, type=x.type, op="not", x=x.x)
    symbol = {ast.UAdd: "+", ast.USub: "-", ast.Invert: "~"}[type(op)]
    notes = (fix("`~` negates booleans"),) if kind == "bool" else ()
    raise c.error("E201", f"`{symbol}` does not take {x.type}", span, *notes)


def _python_unary(c: Checker, op: ast.unaryop, x: Operand, span: Span) -> tree.Expression:
    if x.type.dtype in ("f64", "c128"):
        if isinstance(op, ast.Invert):
            raise c.error("E201", f"`~` does not take {x.type}", span)
        if isinstance(op, ast.UAdd):
            return x.x
        if isinstance(x.x, tree.Constant):
            return replace(x.x, value=-x.x.value, span=span)
        return tree.Unary(span=span, type=x.type, op="neg", x=x.x)
    value = c.cast(x.x, "i64", weak=True)
    if isinstance(op, ast.UAdd):
        return value
    if isinstance(op, ast.Invert):
        return tree.Unary(span=span, type=value.type, op="not", x=value)
    if isinstance(value, tree.Constant):
        return replace(value, value=-int(value.value), span=span)
    return tree.Unary(span=span, type=value.type, op="int_neg", x=value)


# --- products ---------------------------------------------------------------------------------------------------------


def matmul(c: Checker, lhs: Operand, rhs: Operand, span: Span, accumulate: str | None = None) -> tree.Expression:
    """``lhs @ rhs``. Operands are rounded to storage, products accumulate in the accumulate precision.

    With ``accumulate``, that is the element type of the result; otherwise it is rounded to the operands'.

    Raises:
        Invalid: E201 types, E205 shapes, E301 targets.
    """
    a, b = lhs.type, rhs.type
    if not (isinstance(a, TensorType) and isinstance(b, TensorType) and a.rank and b.rank):
        raise unsupported(c, ast.MatMult(), lhs, rhs, span)
    one_target(c, [lhs, rhs], span)
    storage = promoted(a.precision.storage, b.precision.storage)
    if storage is None:
        message = f"`@` of {a} and {b}: no element type holds both"
        raise c.error("E201", message, span, fix("convert one of them: `x.to(f32)`"))
    if kind_of(storage) == "bool" and accumulate is None:
        return _any_of_both(c, lhs, rhs, span)
    sides = [shapes.Operand(o.dims, o.span) for o in (lhs, rhs)]
    dims, checks = shapes.product_shape(sides[0], sides[1], c.report, span)
    policies = [p for p in (a.precision, b.precision) if p.storage == storage]
    policy = next((p for p in policies if not p.is_plain), Precision.plain(storage))
    inner = accumulate or policy.accumulate
    x, y = (with_precision(o.x, storage, policy) for o in (lhs, rhs))
    t = TensorType(inner, dims, policy, a.target) if dims else ScalarType(inner)
    product: tree.Expression = tree.Matmul(span=span, type=t, lhs=x, rhs=y, checks=checks)
    if accumulate is not None:
        return plain(product)
    return rounded(product, policy)


def _any_of_both(c: Checker, lhs: Operand, rhs: Operand, span: Span) -> tree.Expression:
    """``lhs @ rhs`` of booleans: whether both hold anywhere. A sum of ones, however it rounds, is 0 where none does."""
    x, y = (c.operand(with_precision(o.x, "f32", Precision.plain("f32"))) for o in (lhs, rhs))
    count = c.operand(matmul(c, x, y, span))
    return compared(c, "ne", count, c.operand(c.runtime(0.0, span)), span, "`@`")


def rounded(x: tree.Expression, policy: Precision) -> tree.Expression:
    """An accumulated value rounded to what arithmetic goes on with: the compute type of its policy."""
    if isinstance(x.type, TensorType):
        return with_precision(x, policy.compute, policy)
    if isinstance(x.type, ScalarType) and x.type.dtype != policy.compute:
        return tree.Cast(span=x.span, type=ScalarType(policy.compute), x=x)
    return x
