"""The ``cmath`` module: functions of Python's complex numbers, which are written in the language."""

from __future__ import annotations

import ast

from pyc.source import Span

from . import library_calls, tree
from .arguments import Arguments, bound
from .context import Checker
from .report import closest, fix
from .types import COMPLEX, FLOAT, ScalarType

_UNARY = (
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "isfinite", "isinf", "isnan", "log",
    "log10", "phase", "polar", "sin", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip
NAMES = (*_UNARY, "isclose", "rect")
_TOLERANCES = (("rel_tol", 1e-9), ("abs_tol", 0.0))


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """``cmath.name(...)``.

    Raises:
        Invalid: E115, there is no such function.
    """
    words = f"cmath.{name}"
    if name == "rect":
        a = bound(c, node, words, ["r", "phi"])
        return _written(c, name, [_number(a, n, FLOAT) for n in ("r", "phi")], node, span)
    if name == "isclose":
        a = bound(c, node, words, ["a", "b"], ["rel_tol", "abs_tol"])
        tolerances = [_number(a, n, FLOAT) if a.given(n) else c.runtime(v, span) for n, v in _TOLERANCES]
        return _written(c, name, [*(_number(a, n, COMPLEX) for n in ("a", "b")), *tolerances], node, span)
    if name == "log" and len(node.args) == 2:
        a = bound(c, node, words, ["z", "base"])
        return _written(c, name, [_number(a, n, COMPLEX) for n in ("z", "base")], node, span)
    if name not in _UNARY:
        notes = closest(name, NAMES) or (fix(f"supported are {', '.join(sorted(NAMES))}"),)
        raise c.error("E115", f"{words} is not supported in compiled code", span, *notes)
    z = _number(bound(c, node, words, ["z"]), "z", COMPLEX)
    return _written(c, "natural_log" if name == "log" else name, [z], node, span)


def _written(c: Checker, name: str, values: list[tree.Expression], node: ast.Call, span: Span) -> tree.Expression:
    return library_calls.applied(c, "python_cmath", name, values, node, span)


def _number(a: Arguments, name: str, want: ScalarType) -> tree.Expression:
    """An argument as Python's own number, as the functions of C take it.

    Raises:
        Invalid: E202, it is no number, or a complex one where a float is wanted.
    """
    o = a.operand(name)
    if not isinstance(o.type, ScalarType) or (want == FLOAT and o.type.dtype in ("c64", "c128")):
        raise a.c.error("E202", f"{a.words} takes numbers, and this is a {o.type}", o.span)
    return a.c.cast(o.x, want.dtype, weak=True, span=o.span)
