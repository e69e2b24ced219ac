"""Constants of classes that are neither modules nor records: ``class Mode: ADD = 1``, used as ``Mode.ADD``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pyc.diagnostics import Note
from pyc.source import Span

from .report import closest, fix
from .values import Definition, Value

if TYPE_CHECKING:
    from .static import Static


def member(static: Static, definition: Definition, name: str, span: Span) -> Value:
    """What ``Class.name`` is: an expression that the class assigns once, of constants before it or of the file.

    Raises:
        Invalid: E217, the class has no such constant; E112, it is not known at compile time.
    """
    from .static import Scope

    node, namespace = definition.node, definition.namespace
    assert isinstance(node, ast.ClassDef)
    if node.bases or node.keywords or node.decorator_list:
        message = f"the class {definition.name} has no attribute {name} that compiled code knows"
        mend = fix("constants of a class without bases and decorators are known; for an enum, write its numbers there")
        raise static.report.error("E217", message, span, mend)
    for n in ast.walk(namespace.parsed.tree):
        match n:
            case ast.Attribute(value=ast.Name(id=of), attr=attr, ctx=ast.Store() | ast.Del()):
                if (of, attr) == (definition.name, name):
                    message = f"{definition.name}.{name} is not a constant of the file: it is bound again"
                    raise static.report.error("E113", message, span, Note("bound here", namespace.span(n)))
    values: dict[str, ast.expr] = {}
    for s in node.body:
        match s:
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                pass
            case _:
                continue
        if target in values:
            message = f"{definition.name}.{target} is bound more than once"
            raise static.report.error("E113", message, span, fix("bind it once in the class"))
        values[target] = value
    if name not in values:
        message = f"the class {definition.name} has no attribute {name}"
        raise static.report.error("E217", message, span, *closest(name, values))
    names: dict[str, Value] = dict(definition.names)
    for target, value in values.items():
        if target == name:
            break
        if _uses(node, target):
            names[target] = static.evaluate(value, Scope(namespace, names), span)
    return static.evaluate(values[name], Scope(namespace, names), span)


def _uses(node: ast.ClassDef, name: str) -> bool:
    """Whether another constant of a class is computed from one."""
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(node))
