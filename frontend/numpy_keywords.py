"""Arguments that functions of NumPy share: ``out``, ``where``, ``dtype``, ``initial`` and ``casting``.

Before::

    np.add(x, y, out=z, where=m)
    np.sum(x, axis=0, where=m, initial=1.0)

After, as a tree::

    z[...] = np.where(m, np.add(x, y), z); z
    np.sum(np.where(m, x, 0), axis=0) + 1.0
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy

from pyc.dataclass import dataclass
from pyc.precision import DTYPES, Precision
from pyc.source import Span

from . import arrays, check_advanced, tree
from .arguments import bound
from .check_assignments import put
from .check_operators import elementwise
from .check_subscripts import full
from .context import Checker, Operand
from .evaluated import Evaluated
from .report import fix
from .types import ScalarType, TensorType, kind_of
from .ufuncs import INPUTS, REDUCTIONS
from .values import Value

Plain = Callable[[ast.Call], "tree.Expression | Value"]

#: Functions that are no ufuncs and have ``out``.
_WITH_OUT = (
    "clip", "dot", "matmul", "cumsum", "cumprod", "round", "around", "take", "concatenate", "stack", "median",
    "argmax", "argmin", "outer", "ptp", "compress", "choose", "trace", "inner",
)  # fmt: skip
#: What a place that ``where`` leaves out counts as.
_NEUTRAL = {"sum": 0, "prod": 1, "any": False, "all": True}
_EXTREMES = {"max": "maximum", "amax": "maximum", "min": "minimum", "amin": "minimum"}
_MOMENTS = ("mean", "std", "var")


@dataclass(frozen=True)
class _Call:
    """A call without the arguments that are dealt with here, which are in ``more``."""

    c: Checker
    words: str
    node: ast.Call
    more: dict[str, ast.expr]
    span: Span

    def again(self, *arguments: ast.expr, without: int = 0) -> ast.Call:
        """The call with other arguments in front."""
        call = ast.Call(self.node.func, [*arguments, *self.node.args[without:]], self.node.keywords)
        return ast.copy_location(call, self.node)


def call(c: Checker, name: str, node: ast.Call, span: Span, plain: Plain) -> tree.Expression | Value:
    """``np.name(...)`` where ``plain`` is the call without the arguments of this file."""
    kinds = _arguments(name)
    found = {k.arg: k.value for k in node.keywords if k.arg in kinds and not _is_idle(c, k.arg, k.value)}
    arguments = list(node.args)
    inputs = INPUTS.get(name)
    if inputs is not None and len(arguments) == inputs + 1 and "out" not in found:
        found["out"] = arguments.pop()
    if not found and not any(k.arg in kinds for k in node.keywords):
        return plain(node)
    rest = ast.Call(node.func, arguments, [k for k in node.keywords if k.arg not in kinds])
    made = _Call(c, f"np.{name}", ast.copy_location(rest, node), found, span)
    _check_casting(made)
    if inputs is not None:
        return _elementwise(made, plain)
    if name in REDUCTIONS:
        return _stored(made, _reduced(made, name, plain))
    return _stored(made, _expression(c, plain(made.node), span))


def has(name: str, node: ast.Call) -> bool:
    """Whether a call has arguments of this file."""
    kinds = _arguments(name)
    return any(k.arg in kinds for k in node.keywords)


def _arguments(name: str) -> tuple[str, ...]:
    if name in INPUTS:
        return ("out", "where", "dtype", "casting", "order", "subok")
    if name in _MOMENTS:
        return ("out", "where", "dtype")
    if name in REDUCTIONS:
        return ("out", "where", "initial")
    return ("out",) if name in _WITH_OUT else ()


def _is_idle(c: Checker, name: str, node: ast.expr) -> bool:
    """Whether an argument says what holds without it."""
    if isinstance(node, ast.Constant):
        if name == "where":
            return node.value is True
        return node.value is None or name == "subok" or (name == "order" and node.value == "K")
    return isinstance(node, ast.Name) and node.id in c.static_locals and c.static_locals[node.id] is None


def _expression(c: Checker, value: tree.Expression | Value, span: Span) -> tree.Expression:
    return value if isinstance(value, tree.Expression) else c.runtime(value, span)


def _check_casting(a: _Call) -> None:
    for name in ("casting", "order", "subok"):
        node = a.more.get(name)
        if node is not None and (name != "casting" or a.c.static_text(node) != "same_kind"):
            raise a.c.error(
                "E203",
                f"{a.words} takes no argument {name} in compiled code",
                a.c.span(node),
                fix("convert before: `x.astype(...)`"),
            )


# --- ufuncs -----------------------------------------------------------------------------------------------------------


def _elementwise(a: _Call, plain: Plain) -> tree.Expression:
    node = a.node
    if "dtype" in a.more:
        precision = bound(a.c, _only(a.node, a.more["dtype"]), a.words, ["dtype"]).precision("dtype")
        operands = [_converted(a, n, precision) for n in node.args]
        node = a.again(*operands, without=len(operands))
        result = _expression(a.c, plain(node), a.span)
        if a.c.operand(result).type.dtype != precision.storage:
            message = f"{a.words} of {precision.storage} gives no {precision.storage}"
            raise a.c.error("E202", message, a.c.span(a.more["dtype"]), fix("convert the result: `.astype(...)`"))
    else:
        result = _expression(a.c, plain(node), a.span)
    if "where" in a.more and "out" not in a.more:
        message = f"{a.words} with where and without out leaves elements unset"
        help_ = fix(f"`np.where(condition, {a.words}(...), 0)`, or give out")
        raise a.c.error("E203", message, a.c.span(a.more["where"]), help_)
    return _stored(a, result)


def _only(node: ast.Call, argument: ast.expr) -> ast.Call:
    return ast.copy_location(ast.Call(node.func, [argument], []), node)


def _converted(a: _Call, node: ast.expr, precision: Precision) -> ast.expr:
    """An argument with elements of another type, into which NumPy converts those of its own."""
    o = a.c.number_or_array(node)
    weak = isinstance(o.type, ScalarType) and o.type.weak
    if o.type.dtype == precision.storage and not weak:
        return Evaluated(o.x, node)
    if not can_cast(o.type.dtype, precision.storage):
        message = f"{a.words} does not convert {o.type} to {precision.storage}"
        raise a.c.error("E201", message, o.span, fix("convert it: `x.astype(...)`"))
    return Evaluated(arrays.converted(a.c, o, precision, o.span), node)


def can_cast(source: str, target: str, rule: Literal["same_kind", "safe"] = "same_kind") -> bool:
    """Whether NumPy converts elements of a type to another by a rule."""
    names = [DTYPES[d].numpy for d in (source, target)]
    if all(hasattr(numpy, n) for n in names):
        return numpy.can_cast(*names, casting=rule)
    return source == target or (rule == "same_kind" and kind_of(target) == "float")


# --- reductions -------------------------------------------------------------------------------------------------------


def _reduced(a: _Call, name: str, plain: Plain) -> tree.Expression:
    c, span = a.c, a.span
    if not a.node.args:
        return _expression(c, plain(a.node), span)
    first = a.node.args[0]
    o = c.number_or_array(first)
    if name in _MOMENTS:
        if "dtype" in a.more:
            precision = bound(c, _only(a.node, a.more["dtype"]), a.words, ["dtype"]).precision("dtype")
            rule = "same_kind" if name == "mean" else "safe"
            known = kind_of(precision.storage) in ("float", "complex")
            if not known or not can_cast(o.type.dtype, precision.storage, rule):
                message = f"{a.words} of {o.type} is not computed in {precision.storage}"
                raise c.error("E202", message, c.span(a.more["dtype"]))
            if o.type.dtype != precision.storage:
                o = c.operand(arrays.converted(c, o, precision, span))
        if "where" in a.more:
            return _moment_where(a, name, o)
        return _expression(c, plain(a.again(Evaluated(o.x, first), without=1)), span)
    if "where" in a.more:
        if name in _EXTREMES and "initial" not in a.more:
            message = f"{a.words} with where takes initial: what there is where nothing is chosen"
            raise c.error("E203", message, c.span(a.more["where"]))
        mask = c.number_or_array(a.more["where"])
        neutral = (
            c.number_or_array(a.more["initial"]) if name in _EXTREMES else c.operand(c.runtime(_NEUTRAL[name], span))
        )
        if name in ("any", "all") and o.type.dtype != "bool":
            o = c.operand(arrays.truth_of_elements(c, o))
        o = c.operand(arrays.selected(c, mask, o, neutral, span))
    result = _expression(c, plain(a.again(Evaluated(o.x, first), without=1)), span)
    if "initial" not in a.more:
        return result
    if name in ("any", "all"):
        raise c.error("E203", f"{a.words} takes no argument initial", c.span(a.more["initial"]))
    op = {"sum": "add", "prod": "mul"}.get(name) or _EXTREMES[name]
    start = c.number_or_array(a.more["initial"])
    bare = c.operand(_unguarded(result) if name in _EXTREMES else result)
    if not isinstance(start.type, ScalarType):
        raise c.error("E202", f"initial of {a.words} is a number", start.span)
    same = c.operand(arrays.converted(c, start, Precision.plain(bare.type.dtype), span))
    return elementwise(c, op, bare, same, span, words=a.words)


def _unguarded(x: tree.Expression) -> tree.Expression:
    """A reduction that has a value of nothing."""
    if isinstance(x, tree.Reduce):
        return replace(x, guards=())
    if isinstance(x, tree.Cast):
        return replace(x, x=_unguarded(x.x))
    if isinstance(x, tree.Bind):
        return replace(x, body=_unguarded(x.body))
    return x


def _moment_where(a: _Call, name: str, o: Operand) -> tree.Expression:
    """``np.mean``, ``np.std`` or ``np.var`` of chosen elements: a function of the library."""
    from . import library_calls

    where = Evaluated(a.c.number_or_array(a.more["where"]).x, a.more["where"])
    node = a.again(Evaluated(o.x, a.node.args[0]), where, without=1)
    return _expression(a.c, library_calls.written(a.c, "chosen", f"{name}_where", node, a.span), a.span)


# --- results ----------------------------------------------------------------------------------------------------------


def _stored(a: _Call, result: tree.Expression) -> tree.Expression:
    """``result``, or the array ``out`` that holds it."""
    if "out" not in a.more:
        return result
    c, span, at = a.c, a.span, a.c.span(a.more["out"])
    given = c.expression(a.more["out"])
    if not isinstance(given.type, TensorType):
        raise c.error("E202", f"out of {a.words} is an array, and this is a {given.type}", at)
    bindings: check_advanced.Bindings = []
    out = check_advanced.named(c, given, bindings)
    t, value = out.type, c.operand(result)
    assert isinstance(t, TensorType)
    if "where" in a.more and a.words.removeprefix("np.") in INPUTS:
        value = c.operand(arrays.selected(c, c.number_or_array(a.more["where"]), value, c.operand(out), span))
    body: list[tree.Statement] = [tree.Assign(span=span, variable=v, value=x) for v, x in bindings]
    put(c, out, full(t), t.dims, value.x, span, body)
    return tree.Do(span=span, type=out.type, body=tuple(body), value=out)
