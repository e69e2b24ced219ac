"""Functions inside functions, lambdas, and functions that are passed on: what they use from where they were defined.

A closure exists at compile time only. Whoever calls one passes what it uses as additional arguments; a function that is
given one has additional parameters for that, and passes them on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field, replace
from typing import TYPE_CHECKING

from pyc.dataclass import dataclass
from pyc.source import Span

from . import tree
from .dims import Dim
from .evaluated import Evaluated
from .lambdas import function_of
from .report import fix
from .types import has_static
from .values import Captured, Closure, Contract, Definition, Method, ModuleInstance, Partial, Recursive, Value

if TYPE_CHECKING:
    from .context import Checker

#: A module among the arguments: its path in the called function, and what it is for the caller.
Passed = tuple[str, ModuleInstance]


def closure(c: Checker, node: ast.FunctionDef | ast.Lambda, out: list[tree.Statement] | None = None) -> Closure:
    """What a function inside the function that is checked is, where it is defined.

    Defaults are evaluated here: what they compute goes to ``out``, which a lambda does not have.

    Raises:
        Invalid: E121, the default of a lambda is computed.
    """
    definition = _definition(c, node)
    names: dict[str, Value] = {}
    for name in free_names(node):
        if name in c.locals:
            names[name] = Captured(name)
        elif name in c.static_locals:
            names[name] = c.static_locals[name]
        elif name in c.scope.names:
            names[name] = c.scope.names[name]
    arguments = node.args
    listed = [*arguments.posonlyargs, *arguments.args]
    given = listed[len(listed) - len(arguments.defaults) :]
    pairs = [
        *zip(given, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for a, default in pairs:
        if default is not None:
            names[default_of(a.arg)] = _default(c, default, out)
    return Closure(definition, tuple(names.items()))


def default_of(parameter: str) -> str:
    """The name under which a closure keeps the default of a parameter."""
    return f"={parameter}"


def _definition(c: Checker, node: ast.FunctionDef | ast.Lambda) -> Definition:
    """One definition for each piece of syntax and instance of the function around it."""
    known = c.closures.get(node)
    if known is None:
        names = {**c.scope.names, **{k: v for k, v in c.static_locals.items() if not isinstance(v, ModuleInstance)}}
        function, place = (node, None) if isinstance(node, ast.FunctionDef) else (function_of(node), c.span(node))
        known = c.closures[node] = Definition(function.name, function, c.scope.namespace, None, names, place)
    return known


def _default(c: Checker, node: ast.expr, out: list[tree.Statement] | None) -> Value:
    value = c.value(node)
    if isinstance(value, tree.Constant):
        return value.value
    if not isinstance(value, tree.Expression):
        return value
    if isinstance(value, tree.Local) and isinstance(node, ast.Name) and (node.id in c.once or node.id in c.parameters):
        return Captured(node.id)
    if out is None:
        message = "the default of a lambda that is computed at run time is not supported"
        raise c.error("E121", message, value.span, fix("give the value a name before"))
    variable = c.temporary(value)
    out.append(tree.Assign(span=value.span, variable=variable, value=value))
    assert c.env is not None
    c.hold(variable.name, variable, value.span)
    return Captured(variable.name)


def partial(c: Checker, node: ast.Call, span: Span) -> Partial:
    """``functools.partial(function, ...)``; values that exist at run time are variables.

    Raises:
        Invalid: E121, an argument is computed.
    """

    def kept(n: ast.expr) -> Value:
        value = c.value(n)
        if isinstance(value, tree.Constant):
            return value.value
        if not isinstance(value, tree.Expression):
            return value
        if is_named(c, n):
            assert isinstance(n, ast.Name)
            return Captured(n.id)
        message = "an argument of partial is a constant, or a name that is assigned once"
        raise c.error("E121", message, value.span, fix("give it a name before, or write a lambda"))

    if not node.args or any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise c.error("E203", "partial takes a function and its first arguments", span)
    function, *arguments = map(kept, node.args)
    return Partial(function, tuple(arguments), tuple((str(k.arg), kept(k.value)) for k in node.keywords))


def is_named(c: Checker, node: ast.expr) -> bool:
    """Whether an expression is a name that holds one value in all of the function."""
    return isinstance(node, ast.Name) and (node.id in c.once or node.id in c.parameters)


def with_partial(c: Checker, partial: Partial, node: ast.Call) -> ast.Call:
    """A call of ``functools.partial(...)`` as one of the function in it."""

    def known(value: Value) -> ast.expr:
        found = c.held(value, c.span(node)) if isinstance(value, Captured) else value
        return Evaluated(
            c.runtime(found, c.span(node)) if isinstance(found, bool | int | float | complex) else found, node.func
        )

    given = {k.arg for k in node.keywords}
    keywords = [ast.keyword(arg=n, value=known(v)) for n, v in partial.keywords if n not in given]
    made = ast.Call(
        func=Evaluated(partial.function, node.func),
        args=[*map(known, partial.arguments), *node.args],
        keywords=[*(ast.copy_location(k, node.func) for k in keywords), *node.keywords],
    )
    return ast.copy_location(made, node)


def free_names(node: ast.FunctionDef | ast.Lambda) -> list[str]:
    """The names that a function uses and does not bind, in order."""
    loaded: dict[str, None] = {}
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    bound = {a.arg for a in every if a is not None}
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    annotations = [a.annotation for a in every if a is not None and a.annotation is not None]
    if isinstance(node, ast.FunctionDef) and node.returns is not None:
        annotations.append(node.returns)
    for n in _inside([*body, *annotations]):
        match n:
            case ast.FunctionDef(name=name):
                bound.add(name)
                loaded.update(dict.fromkeys(free_names(n)))
            case ast.Lambda():
                loaded.update(dict.fromkeys(free_names(n)))
            case ast.Name(id=name, ctx=ast.Load()):
                loaded[name] = None
            case ast.Name(id=name):
                bound.add(name)
    return [n for n in loaded if n not in bound]


def _inside(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """Every node but the bodies of inner functions; of those, the defaults, which belong to the function around."""
    todo = list(reversed(nodes))
    while todo:
        n = todo.pop()
        yield n
        if isinstance(n, ast.FunctionDef | ast.Lambda):
            todo += [d for d in (*n.args.defaults, *n.args.kw_defaults) if d is not None]
        else:
            todo += reversed(list(ast.iter_child_nodes(n)))


# --- what a call passes on --------------------------------------------------------------------------------------------


@dataclass
class Carried:
    """What the closures and modules among the arguments of a call need: additional arguments, by name in the callee."""

    c: Checker
    span: Span
    values: dict[str, tree.Expression] = field(default_factory=dict)
    modules: list[Passed] = field(default_factory=list)
    _of: dict[tree.Variable, str] = field(default_factory=dict)
    _active: list[Definition] = field(default_factory=list)

    def closure(self, closure: Closure) -> dict[str, Value]:
        """The compile-time values of the names that a closure uses, for its own body; others become arguments."""
        names: dict[str, Value] = {}
        itself: list[str] = []
        passed: list[tuple[str, Value]] = []
        self._active.append(closure.definition)
        for name, value in closure.captured:
            found = self._read(value)
            if isinstance(found, Closure | Recursive) and found.definition == closure.definition:
                itself.append(name)
            elif isinstance(found, tree.Expression):
                passed.append((name, Captured(self._argument(name, found))))
            elif not isinstance(found, Dim):
                names[name] = self.value(found, name)
                passed.append((name, names[name]))
            else:
                passed.append((name, found))
        self._active.pop()
        return names | {name: Recursive(closure.definition, tuple(passed)) for name in itself}

    def value(self, value: Value, path: str) -> Value:
        """A compile-time argument as the callee knows it."""
        match value:
            case Closure(definition=definition, captured=captured):
                if definition in self._active:
                    message = f"{definition.name} calls itself, and is defined inside a function"
                    mend = fix("define it at the top level of the file, and pass it what it uses")
                    raise self.c.error("E126", message, self.span, mend)
                self._active.append(definition)
                moved = tuple((n, self._moved(v, f"{path}.{n}")) for n, v in captured)
                self._active.pop()
                return Closure(definition, moved)
            case Partial(function=function, arguments=arguments, keywords=keywords):
                return Partial(
                    self.value(function, f"{path}.function"),
                    tuple(self._moved(v, f"{path}.{i}") for i, v in enumerate(arguments)),
                    tuple((n, self._moved(v, f"{path}.{n}")) for n, v in keywords),
                )
            case Contract(function=function):
                return replace(value, function=self.value(function, path))
            case ModuleInstance():
                known = next((p for p, m in self.modules if m == value and m.path == value.path), None)
                if known is None:
                    known = path
                    self.modules.append((path, value))
                return replace(value, path=known)
            case Method(module=module):
                moved = self.value(module, path)
                assert isinstance(moved, ModuleInstance)
                return replace(value, module=moved)
            case tuple():
                return tuple(self.value(v, f"{path}.{i}") for i, v in enumerate(value))
            case _:
                return value

    def _read(self, value: Value) -> tree.Expression | Value:
        return self.c.held(value, self.span) if isinstance(value, Captured) else value

    def _moved(self, value: Value, path: str) -> Value:
        found = self._read(value)
        if isinstance(found, tree.Expression):
            return Captured(self._argument(path, found))
        return self.value(found, path)

    def _argument(self, name: str, x: tree.Expression) -> str:
        """The name in the callee of what a variable holds; one for all closures that use it."""
        if has_static(x.type):
            message = f"{name.split('.')[-1]} holds functions, which cannot be captured in a tuple with other values"
            raise self.c.error("E223", message, x.span, fix("give the function a name of its own"))
        variable = x.variable if isinstance(x, tree.Local) else None
        known = self._of.get(variable) if variable is not None else None
        if known is not None and ("." in name):
            return known
        if variable is not None:
            self._of[variable] = name
        self.values[name] = x
        return name
