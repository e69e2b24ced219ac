"""Functions that return a function: at compile time, what they return is known where they are called.

``make(3.0)`` of ``def make(a): return lambda x: x * a`` is the lambda, in which ``a`` is 3.0. Such a function consists
of functions, of branches on what is known, and of their ``return``.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pyc.source import Span

from . import tree
from .closures import default_of, free_names, is_named
from .lambdas import function_of
from .report import Invalid, fix
from .static import Scope
from .values import Captured, Closure, Definition, Recursive, Value

if TYPE_CHECKING:
    from .context import Checker
    from .static import Static

_Inner = ast.FunctionDef | ast.Lambda


def is_factory(node: ast.FunctionDef) -> bool:
    """Whether a function does nothing but return functions that are defined in it."""
    inner = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
    return not node.decorator_list and _only_returns(node.body, inner)


def _only_returns(body: Sequence[ast.stmt], inner: set[str]) -> bool:
    ends = False
    for s in body:
        match s:
            case ast.FunctionDef(decorator_list=[]) | ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.Return(value=ast.Lambda()):
                ends = True
            case ast.Return(value=ast.Name(id=name)) if name in inner:
                ends = True
            case ast.If(body=then, orelse=otherwise):
                if not _only_returns(then, inner) or (otherwise and not _only_returns(otherwise, inner)):
                    return False
                ends = True
            case _:
                return False
    return ends


def made(c: Checker, callee: Value, node: ast.Call) -> Closure | None:
    """The function that a call of a factory gives; ``None`` for a call of any other function.

    Raises:
        Invalid: E121, an argument is computed; and what matching the arguments reports.
    """
    definition = callee.definition if isinstance(callee, Closure) else callee
    if not isinstance(definition, Definition) or not isinstance(definition.node, ast.FunctionDef):
        return None
    if not is_factory(definition.node):
        return None
    signature = c.instances.declarations.signature(definition)
    outer = dict(callee.captured) if isinstance(callee, Closure) else {}
    given = c.instances.matched(c, node, signature)
    names: dict[str, Value] = {}
    for p in signature.parameters:
        argument = given.get(p.name)
        if argument is not None:
            names[p.name] = _kept(c, argument)
        elif default_of(p.name) in outer:
            names[p.name] = outer[default_of(p.name)]
        else:
            assert p.default is not None
            names[p.name] = c.static.evaluate(p.default, Scope(definition.namespace))
    env = {**{n: v for n, v in outer.items() if not n.startswith("=")}, **names}
    chosen = _chosen(c.static, signature.node.body, Scope(definition.namespace, {**definition.names, **env}))
    return None if chosen is None else _Made(c, node, definition, signature.node, env).closure(chosen)


def _kept(c: Checker, node: ast.expr) -> Value:
    value = c.value(node)
    if isinstance(value, tree.Constant):
        return value.value
    if not isinstance(value, tree.Expression):
        return value
    if isinstance(node, ast.Name) and is_named(c, node):
        return Captured(node.id)
    message = "what a returned function keeps is a constant, or a name that is assigned once"
    raise c.error("E121", message, value.span, fix("give it a name before"))


def _chosen(static: Static, body: Sequence[ast.stmt], scope: Scope) -> _Inner | None:
    """The function that statements return, where their branches are known; ``None`` where one is not."""
    inner: dict[str, ast.FunctionDef] = {}
    pending = list(body)
    while pending:
        match pending.pop(0):
            case ast.FunctionDef() as n:
                inner[n.name] = n
            case ast.Return(value=ast.Lambda() as n):
                return n
            case ast.Return(value=ast.Name(id=name)):
                return inner.get(name)
            case ast.If(test=test, body=then, orelse=otherwise):
                before = static.report.mark()
                try:
                    known = static.evaluate(test, scope)
                except Invalid:
                    static.report.rewind(before)
                    return None
                if isinstance(known, Captured):
                    return None
                pending[:0] = then if known else otherwise
            case _:
                pass
    return None


class _Made:
    """The functions inside one call of a factory, by name."""

    def __init__(
        self, c: Checker, call: ast.Call, definition: Definition, node: ast.FunctionDef, env: Mapping[str, Value]
    ) -> None:
        self.c, self.call, self.definition, self.env = c, call, definition, env
        self.inner = {n.name: n for n in node.body if isinstance(n, ast.FunctionDef)}
        self.active: list[_Inner] = []

    def closure(self, node: _Inner) -> Closure:
        definition = self._definition(node)
        self.active.append(node)
        names: dict[str, Value] = {}
        for name in free_names(node):
            if (value := self._name(name)) is not None:
                names[name] = value[0]
        a = node.args
        listed = [*a.posonlyargs, *a.args]
        pairs = [*zip(listed[len(listed) - len(a.defaults) :], a.defaults, strict=True)]
        pairs += [(k, d) for k, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None]
        for p, default in pairs:
            known = self._name(default.id) if isinstance(default, ast.Name) else None
            scope = Scope(self.definition.namespace, {**self.definition.names, **self.env})
            names[default_of(p.arg)] = known[0] if known is not None else self.c.static.evaluate(default, scope)
        self.active.pop()
        return Closure(definition, tuple(names.items()))

    def _name(self, name: str) -> tuple[Value] | None:
        """What a name of the factory is, in a tuple; ``None`` for one of the file."""
        if (n := self.inner.get(name)) is not None:
            return (Recursive(self._definition(n)) if n in self.active else self.closure(n),)
        return (self.env[name],) if name in self.env else None

    def _definition(self, node: _Inner) -> Definition:
        known = self.c.made.get((self.call, node))
        if known is None:
            outer = self.definition
            function = node if isinstance(node, ast.FunctionDef) else function_of(node)
            place = None if isinstance(node, ast.FunctionDef) else outer.namespace.span(node)
            known = Definition(function.name, function, outer.namespace, None, outer.names, place)
            self.c.made[self.call, node] = known
        return known


def constant(static: Static, factory: Definition, node: ast.Call, scope: Scope, use: Span | None) -> Definition | None:
    """``TRIPLE = make(3.0)`` at the top level of a file; ``None`` where ``make`` is no factory."""
    function = factory.node
    if not isinstance(function, ast.FunctionDef) or not is_factory(function):
        return None
    a = function.args
    listed = [*a.posonlyargs, *a.args]
    if a.vararg or a.kwarg or len(node.args) > len(listed) or any(isinstance(n, ast.Starred) for n in node.args):
        return None
    own = Scope(factory.namespace)
    names = {
        p.arg: static.evaluate(d, own) for p, d in zip(listed[len(listed) - len(a.defaults) :], a.defaults, strict=True)
    }
    names |= {p.arg: static.evaluate(d, own) for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None}
    names |= {p.arg: static.evaluate(n, scope, use) for p, n in zip(listed, node.args, strict=False)}
    names |= {str(k.arg): static.evaluate(k.value, scope, use) for k in node.keywords}
    if set(names) != {p.arg for p in (*listed, *a.kwonlyargs)}:
        return None
    chosen = _chosen(static, function.body, Scope(factory.namespace, {**factory.names, **names}))
    if chosen is None:
        return None
    known = {**factory.names, **names}
    for n in function.body:
        if isinstance(n, ast.FunctionDef):
            known[n.name] = Definition(n.name, n, factory.namespace, None, known)
    if isinstance(chosen, ast.FunctionDef):
        found = known[chosen.name]
        assert isinstance(found, Definition)
        return found
    place = factory.namespace.span(chosen)
    return Definition("lambda", function_of(chosen), factory.namespace, None, known, place)
