"""Names that have a value on some paths only: a flag says whether they have one, and is looked at where they are read.

Before::

    for i in range(n):
        pass
    return i

After, as a tree::

    .has i = False
    for i in range(n):
        .has i = True
    return checked(.has i, UnboundLocalError, i)

A function has flags for the names alone whose value is in doubt where they are read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from pyc.source import Span

from . import tree
from .emit_flow import parts
from .types import BOOL

if TYPE_CHECKING:
    from .context import Checker


def flag(c: Checker, name: str, span: Span) -> tree.Variable:
    """The variable that says whether a name has a value."""
    return c.presence.setdefault(name, tree.Variable(f".has {name}", BOOL, span))


def checked(c: Checker, name: str, x: tree.Expression, span: Span) -> tree.Expression:
    """``x``, which a name holds that may have no value here; then CPython's exception is raised."""
    c.doubted.add(name)
    return tree.Checked(
        span=span,
        type=x.type,
        condition=tree.Local(span=span, type=BOOL, variable=flag(c, name, span)),
        exception="UnboundLocalError",
        message=f"cannot access local variable '{name}' where it is not associated with a value",
        body=x,
    )


def unbound(c: Checker, name: str, span: Span) -> tree.Statement:
    """From here on, a name has no value."""
    return _set(flag(c, name, span), span, value=False)


def with_flags(
    c: Checker, body: Sequence[tree.Statement], parameters: Collection[str], span: Span
) -> list[tree.Statement]:
    """A body that keeps the flags which it reads."""
    if not c.doubted:
        return list(body)
    flags = {v: c.presence[v.name] for v in c.variables.values() if v.name in c.doubted}
    start = [_set(c.presence[name], span, value=name in parameters) for name in sorted(c.doubted)]
    return [*start, *_statements(body, flags)]


def _set(variable: tree.Variable, span: Span, *, value: bool) -> tree.Statement:
    return tree.Assign(span=span, variable=variable, value=tree.Constant(span=span, type=BOOL, value=value))


_Flags = Mapping[tree.Variable, tree.Variable]


def _statements(block: Sequence[tree.Statement], flags: _Flags) -> tuple[tree.Statement, ...]:
    out: list[tree.Statement] = []
    for s in block:
        s = _rebuilt(s, flags)
        out.append(s)
        if isinstance(s, tree.Assign) and s.variable in flags and not _converts(s):
            out.append(_set(flags[s.variable], s.span, value=True))
    return tuple(out)


def _converts(s: tree.Assign) -> bool:
    """Whether an assignment gives a name another type: it then has a value afterwards if it had one before."""
    x = s.value.x if isinstance(s.value, tree.Cast | tree.Conform) else s.value
    return isinstance(x, tree.Local) and x.variable.name == s.variable.name


def _rebuilt(node: Any, flags: _Flags) -> Any:
    """A statement, handler or expression in which every binding of a name sets its flag."""
    if isinstance(node, tree.Expression) and not _names(node, flags):
        return node
    changed: dict[str, Any] = {}
    for f in fields(node):
        old = getattr(node, f.name)
        new = _field(old, flags)
        if new is not old:
            changed[f.name] = new
    if isinstance(node, tree.ForRange) and node.variable in flags:
        changed["body"] = (
            _set(flags[node.variable], node.variable.span, value=True),
            *changed.get("body", node.body),
        )
    if isinstance(node, tree.Named) and node.variable in flags:
        body = changed.get("body", node.body)
        yes = tree.Constant(span=node.span, type=BOOL, value=True)
        changed["body"] = tree.Named(
            span=node.span, type=body.type, variable=flags[node.variable], value=yes, body=body
        )
    return replace(node, **changed) if changed else node


def _field(value: Any, flags: _Flags) -> Any:
    if isinstance(value, tuple):
        if value and all(isinstance(v, tree.Statement) for v in value):
            return _statements(value, flags)
        items = tuple(_field(v, flags) for v in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if isinstance(value, tree.Statement | tree.Expression | tree.Handler | tree.Index | tree.Range | tree.Chosen):
        return _rebuilt(value, flags)
    return value


def _names(x: tree.Expression, flags: _Flags) -> bool:
    """Whether an expression binds a name that has a flag."""
    pending: list[object] = [x]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Named) and node.variable in flags:
            return True
        pending += parts(node)
    return False
