"""``np.pad``: borders around arrays, one axis after the other, each by a call of the library."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from pyc.source import Span

from . import library_calls, tree
from .arguments import Arguments, bound
from .check_subscripts import integer
from .composites import is_idle, item
from .constant_results import known_value
from .context import Checker
from .evaluated import Evaluated
from .types import ScalarType, TupleType

#: What is asked of each mode beside the widths, by the name of the argument.
_MODES = {
    "constant": "constant_values", "edge": "", "linear_ramp": "end_values", "maximum": "stat_length",
    "mean": "stat_length", "median": "stat_length", "minimum": "stat_length", "reflect": "", "symmetric": "",
    "wrap": "",
}  # fmt: skip
_OPTIONS = ("constant_values", "end_values", "stat_length")


def pad(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``np.pad``: one axis after the other."""
    a = bound(c, node, "np.pad", ["array", "pad_width"], ["mode", *_OPTIONS])
    o = a.array("array")
    mode = c.value(a.nodes["mode"]) if a.given("mode") else "constant"
    if not isinstance(mode, str) or mode not in _MODES:
        raise c.error("E202", f"mode of np.pad is one of {', '.join(_MODES)}", c.span(a.nodes["mode"]))
    option = _MODES[mode]
    for other in _OPTIONS:
        if other != option and a.given(other):
            raise c.error("E202", f"np.pad with mode={mode!r} takes no {other}", c.span(a.nodes[other]))
    rank = len(o.dims)
    widths = _pairs(c, a, "pad_width", rank, lambda n: known_value(c, integer(c, n, "a width of np.pad")))
    given: Sequence[tuple[object, object]] = [(None, None) if option == "stat_length" else (0, 0)] * rank
    if option == "stat_length" and a.given(option):
        given = _pairs(c, a, option, rank, lambda n: integer(c, n, "stat_length of np.pad"))
    elif option and a.given(option):
        given = _pairs(c, a, option, rank, lambda n: c.number_or_array(n).x)
    result: tree.Expression = o.x
    for axis, (ends, values) in enumerate(zip(widths, given, strict=True)):
        if all(isinstance(w, tree.Constant) and w.value == 0 for w in ends):
            continue
        arguments = [result, axis, *map(_plain, ends), mode, *map(_plain, values)]
        result = library_calls.applied(c, "padding", "padded", arguments, node, span)
    return tree.Copy(span=span, type=result.type, x=result) if result is o.x else result


def _plain(x: object) -> object:
    """A number literal as what it is at compile time."""
    return x.value if isinstance(x, tree.Constant) and isinstance(x.type, ScalarType) and x.type.weak else x


def _pairs(
    c: Checker, a: Arguments, name: str, rank: int, read: Callable[[ast.expr], tree.Expression]
) -> list[tuple[tree.Expression, tree.Expression]]:
    """What is given for the front and the end of each axis: a number for all, a pair for all, or a pair for each."""
    node = a.nodes[name]

    def pair(n: ast.expr) -> tuple[tree.Expression, tree.Expression]:
        ends = _items(c, n)
        if ends is None:
            x = read(n)
            return x, x
        if len(ends) in (1, 2):
            return read(ends[0]), read(ends[-1])
        what = "a width" if name == "pad_width" else f"each of {name}"
        raise c.error("E202", f"{what} of np.pad is a number or a pair", c.span(n))

    items = _items(c, node)
    if items is None or all(_items(c, i) is None for i in items):
        return [pair(node)] * rank
    pairs = [pair(i) for i in items]
    if len(pairs) == 1:
        pairs *= rank
    if len(pairs) != rank:
        what = "a width" if name == "pad_width" else name
        raise c.error("E202", f"np.pad needs {what} for each of {rank} axes", c.span(node))
    return pairs


def _items(c: Checker, node: ast.expr) -> list[ast.expr] | None:
    """The items of a tuple or list that is written out, or has a name; ``None`` of what is neither."""
    if isinstance(node, ast.Tuple | ast.List):
        return list(node.elts)
    if isinstance(node, ast.Constant | ast.UnaryOp | ast.BinOp):
        return None
    value = c.value(node)
    if isinstance(value, tuple):
        return [Evaluated(v, node) for v in value]
    if not (isinstance(value, tree.Expression) and isinstance(value.type, TupleType)):
        return None
    if not is_idle(value):
        raise c.error("E202", "the tuple that np.pad is given is written out, or has a name", c.span(node))
    return [Evaluated(item(value, i, c.span(node)), node) for i in range(len(value.type.items))]
