"""Arguments of calls of library functions: matched to names, and read at compile time where they must be known."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pyc.dataclass import dataclass
from pyc.precision import Precision
from pyc.source import Span

from . import check_unpacking, habits, tree
from .check_subscripts import integer
from .composites import is_idle, item
from .conform import static_dtype
from .context import Checker, Operand
from .report import closest, counted, fix
from .types import INT, ScalarType, TensorType, TupleType, is_plain_tuple
from .values import described


def _is_asked(x: tree.Expression) -> bool:
    """Whether an expression only asks for what is there already."""
    if isinstance(x, tree.Bind):
        return _is_asked(x.value) and _is_asked(x.body)
    return is_idle(x) or (isinstance(x, tree.Extent) and is_idle(x.x))


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call by name. ``words`` is how the user called the function."""

    c: Checker
    words: str
    span: Span
    nodes: Mapping[str, ast.expr]

    def given(self, name: str) -> bool:
        """Whether an argument is there and is not ``None``."""
        node = self.nodes.get(name)
        if isinstance(node, ast.Name) and node.id in self.c.static_locals:
            return self.c.static_locals[node.id] is not None
        return node is not None and not (isinstance(node, ast.Constant) and node.value is None)

    def expression(self, name: str) -> tree.Expression:
        return self.c.expression(self.nodes[name])

    def operand(self, name: str) -> Operand:
        """A number or an array."""
        return self.c.number_or_array(self.nodes[name])

    def array(self, name: str) -> Operand:
        """An array.

        Raises:
            Invalid: E202, it is something else.
        """
        o = self.operand(name)
        if not isinstance(o.type, TensorType):
            raise self.c.error("E202", f"{self.words} takes an array, and this is a {o.type}", o.span)
        return o

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A truth value that is known at compile time."""
        if not self.given(name):
            return default
        value = self.c.value(self.nodes[name])
        if isinstance(value, tree.Constant) and isinstance(value.value, bool):
            return value.value
        raise self.c.error("E202", f"{name} of {self.words} is True or False", self.c.span(self.nodes[name]))

    def axes(self, name: str, rank: int, *, several: bool = True) -> tuple[int, ...] | None:
        """Axes, not negative, sorted, each once; ``None`` where none are given.

        Raises:
            Invalid: E213, one is out of range; E202, they are not known at compile time.
        """
        if not self.given(name):
            return None
        node = self.nodes[name]
        value, span = self.c.value(node), self.c.span(node)
        numbers = constant_ints(value)
        if numbers is None or (not several and isinstance(value, tree.Tuple)):
            message = f"{name} of {self.words} is a constant{' or a tuple of constants' if several else ''}"
            raise self.c.error("E202", message, span, *habits.of_two(self.span))
        for n in numbers:
            if not -rank <= n < rank:
                message = f"axis {n} is out of bounds for array of dimension {rank}"
                raise self.c.error("E213", message, span)
        wrapped = [n % rank for n in numbers]
        if len(set(wrapped)) < len(wrapped):
            raise self.c.error("E213", "an axis is named twice", span)
        return tuple(wrapped)

    def dtype(self, name: str, default: str | None = None) -> Precision | None:
        """An element type or precision that is known at compile time."""
        if not self.given(name):
            return None if default is None else Precision.plain(default)
        return self.precision(name)

    def precision(self, name: str) -> Precision:
        node = self.nodes[name]
        value = self.c.value(node)
        found = static_dtype(value)
        if found is None:
            what = "a value computed at run time" if isinstance(value, tree.Expression) else described(value)
            message = f"{name} of {self.words} is an element type, not {what}"
            notes = habits.of_function(self.c.scope.namespace, self.c.span(node)) or (fix("`np.float32` or `f32`"),)
            first = next(iter(self.nodes), "")
            if first == "shape" and "fill_value" not in self.nodes and (whole := habits.as_tuple(self.span)):
                notes = (fix(f"the extents are one argument: `{whole}`"),)
            raise self.c.error("E202", message, self.c.span(node), *notes)
        return found if isinstance(found, Precision) else Precision.plain(found.dtype)

    def shape(self, name: str) -> tuple[tree.Expression, ...]:
        """Extents: an integer or a tuple of integers."""
        node = self.nodes[name]
        if isinstance(node, ast.Tuple | ast.List):
            return tuple(integer(self.c, e, "an extent") for e in check_unpacking.listed(self.c, node.elts))
        value = self.c.value(node)
        if isinstance(value, tree.Tuple):
            return value.items
        x = self.c.runtime(value, self.c.span(node))
        if isinstance(x, tree.Tuple):
            return x.items
        if isinstance(x, tree.Bind) and _is_asked(x.value) and isinstance(x.body, tree.Tuple):
            # Extents of an array that is there: nobody can tell how often they are asked for.
            return tuple(replace(x, type=i.type, body=i) for i in x.body.items)
        if is_plain_tuple(x.type) and is_idle(x) and all(t == INT for t in x.type.items):
            return tuple(item(x, i, x.span) for i in range(len(x.type.items)))
        if isinstance(x.type, TupleType):
            raise self.c.error("E202", "the shape is a tuple written out, or x.shape", x.span)
        return (integer(self.c, node, "an extent"),)


def bound(c: Checker, node: ast.Call, words: str, required: Sequence[str], optional: Sequence[str] = ()) -> Arguments:
    """The arguments of a call, matched to parameter names in order.

    Raises:
        Invalid: E203, there are too many or too few, or one has an unknown name.
    """
    names, span = [*required, *optional], c.span(node)
    if len(node.args) > len(names):
        message = f"{words} takes at most {counted(len(names), 'argument')}, and {len(node.args)} are given"
        joins = bool(names) and names[0] in ("arrays", "object", "shape")
        whole = habits.as_tuple(span) if joins else None
        raise c.error("E203", message, span, *((fix(f"`{whole}`"),) if whole else ()))
    found = dict(zip(names, node.args, strict=False))
    for k in node.keywords:
        if k.arg is None:
            raise c.error(
                "E121", "unpacking with `**` is not supported in compiled code", span, fix("write the arguments out")
            )
        if k.arg not in names:
            notes = habits.of_keyword(k.arg, names) or closest(k.arg, names)
            if not notes and names:
                notes = (fix(f"it takes {', '.join(f'`{n}`' for n in names[:8])}"),)
            raise c.error("E203", f"{words} takes no argument {k.arg} in compiled code", c.span(k), *notes)
        if k.arg in found:
            raise c.error("E203", f"the argument {k.arg} of {words} is given twice", c.span(k))
        found[k.arg] = k.value
    missing = [r for r in required if r not in found]
    if missing:
        raise c.error("E203", f"{words} needs its argument {' and '.join(missing)}", span)
    return Arguments(c, words, span, found)


def as_tuples(node: ast.expr) -> ast.expr:
    """An argument whose lists are tuples, for functions that read both alike."""
    if not isinstance(node, ast.List | ast.Tuple):
        return node
    return ast.copy_location(ast.Tuple(elts=[as_tuples(e) for e in node.elts], ctx=ast.Load()), node)


def constant_ints(value: object) -> list[int] | None:
    """The numbers that a constant, or a tuple of constants, is."""
    match value:
        case tree.Constant(value=bool()):
            return None
        case tree.Constant(value=int() as number):
            return [number]
        case tree.Tuple(items=items):
            parts = [constant_ints(i) for i in items]
        case tuple():
            return list(value) if all(isinstance(v, int) and not isinstance(v, bool) for v in value) else None
        case _:
            return None
    return [p[0] for p in parts if p] if all(p and len(p) == 1 for p in parts) else None


def scalar(o: Operand) -> bool:
    return isinstance(o.type, ScalarType)
