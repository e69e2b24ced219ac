"""Parameters that are known at compile time by their annotation: functions, strings, modules; and what may be None.

An instance is made for each value: ``mode: str = "same"`` is a constant of it, ``bias: Tensor[f32, N] | None = None``
an array in one instance and None in another, and ``f: Callable[[f32], f32]`` the function itself.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.source import Span

from . import tree
from .report import closest, fix
from .static import Scope
from .values import (
    Applied,
    Closure,
    Contract,
    Definition,
    Element,
    LibraryName,
    Method,
    ModuleInstance,
    ModulePattern,
    NonePattern,
    Partial,
    Pattern,
    PythonType,
    Value,
    described,
    text,
)

if TYPE_CHECKING:
    from .annotations import Annotations
    from .context import Checker


@dataclass(frozen=True)
class StaticPattern:
    """What a parameter known at compile time may be. ``text`` is its annotation."""

    kind: Literal["string", "literal", "function", "module"]
    text: str
    choices: tuple[Value, ...] = ()
    parameters: tuple[Pattern, ...] | None = None
    result: Pattern | None = None
    module: Applied | None = None


@dataclass(frozen=True)
class Declared:
    """A parameter's annotation: a type of values, or what is known at compile time; ``optional``: or None."""

    pattern: Pattern | None = None
    static: StaticPattern | None = None
    optional: bool = False


def declared(annotations: Annotations, node: ast.expr, scope: Scope) -> Declared:
    """What the annotation of a parameter says.

    Raises:
        Invalid: E207, it is no type.
    """
    words = scope.span(node).text
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = annotations.quoted(node.value, node, scope.span(node))
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            for inner, other in ((left, right), (right, left)):
                if isinstance(other, ast.Constant) and other.value is None:
                    return _optional(declared(annotations, inner, scope))
        case ast.Subscript(value=base, slice=index):
            items = index.elts if isinstance(index, ast.Tuple) else [index]
            match annotations.static.evaluate(base, scope):
                case LibraryName("typing", "Optional") if len(items) == 1:
                    return _optional(declared(annotations, items[0], scope))
                case LibraryName("typing", "Union") if len(items) == 2:
                    union = ast.copy_location(ast.BinOp(items[0], ast.BitOr(), items[1]), node)
                    return declared(annotations, union, scope)
                case LibraryName("typing", "Callable"):
                    return Declared(static=_callable(annotations, items, scope, words))
                case LibraryName("typing" | "pyc", "Literal" | "L"):
                    choices = tuple(annotations.static.evaluate(i, scope) for i in items)
                    return Declared(static=StaticPattern("literal", words, choices))
        case ast.Name() | ast.Attribute():
            match annotations.static.evaluate(node, scope):
                case PythonType("str"):
                    return Declared(static=StaticPattern("string", words))
                case LibraryName("typing", "Callable"):
                    return Declared(static=StaticPattern("function", words))
    pattern = annotations.pattern(node, scope)
    if isinstance(pattern, ModulePattern):
        return Declared(static=StaticPattern("module", words, module=pattern.module))
    return Declared(pattern)


def _optional(inner: Declared) -> Declared:
    return Declared(inner.pattern, inner.static, optional=True)


def _callable(annotations: Annotations, items: list[ast.expr], scope: Scope, words: str) -> StaticPattern:
    """``Callable[[f32, f32], f32]`` or ``Callable[..., f32]``."""
    match items:
        case [ast.List(elts=parameters), result]:
            types = tuple(annotations.pattern(p, scope) for p in parameters)
        case [ast.Constant(value=value), result] if value is ...:
            types = None
        case _:
            message = "Callable takes the types of the parameters and of the result"
            raise annotations.report.error("E207", message, scope.span(items[0]), fix("`Callable[[f32], f32]`"))
    return StaticPattern("function", words, parameters=types, result=annotations.pattern(result, scope))


def fitted(
    c: Checker, name: str, declared_at: Span, pattern: StaticPattern, value: tree.Expression | Value, span: Span
) -> Value:
    """A compile-time argument as its parameter asks for it.

    Raises:
        Invalid: E202, it is something else, or known at run time only.
    """
    if isinstance(value, tree.Constant):
        value = value.value
    found = f"a {value.type} that is known at run time only" if isinstance(value, tree.Expression) else described(value)
    notes = [Note(f"{name} is declared here", declared_at)]
    match pattern.kind, value:
        case "string", str():
            return value
        case "literal", bool() | int() | str() if any(type(value) is type(k) and value == k for k in pattern.choices):
            return value
        case "literal", str():
            notes += closest(value, [k for k in pattern.choices if isinstance(k, str)])
        case "function", Definition() | Closure() | Partial() | Method() | Applied() | LibraryName() | Contract():
            return Contract(value, name, pattern.parameters, pattern.result, declared_at)
        case "function", ModuleInstance() | Element() | PythonType():
            return Contract(value, name, pattern.parameters, pattern.result, declared_at)
        case "module", ModuleInstance(module=module) if pattern.module is not None:
            if pattern.module == module or (not pattern.module.arguments and _derives(c, module, pattern.module)):
                return value
        case _:
            pass
    message = f"the argument {name} is declared as {pattern.text}, and this is {found}"
    raise c.error("E202", message, span, *notes)


def accepts(pattern: StaticPattern, value: Value) -> bool:
    """Whether a string, number or function is what a parameter asks for."""
    match pattern.kind:
        case "string":
            return isinstance(value, str)
        case "literal":
            return any(type(value) is type(k) and value == k for k in pattern.choices)
        case "function":
            return isinstance(value, Definition | Closure | Partial | Method | Applied | LibraryName | Contract)
        case _:
            return False


def _derives(c: Checker, module: Applied, base: Applied) -> bool:
    return base.definition in c.instances.modules.lineage(module.definition)


def call_contract(c: Checker, contract: Contract, node: ast.Call, span: Span) -> tree.Expression | Value:
    """A call of a parameter declared ``Callable[[...], ...]``: arguments and result have the declared types.

    Raises:
        Invalid: E203, there are more or fewer arguments; E202, E204, a type is another.
    """
    from .annotations import resolve
    from .check_calls import call
    from .conform import Place, conform
    from .evaluated import Evaluated

    arguments: list[ast.expr] = list(node.args)
    if contract.parameters is not None:
        if len(arguments) != len(contract.parameters) or node.keywords:
            message = f"{contract.name} is declared to take {len(contract.parameters)} arguments"
            raise c.error("E203", message, span, Note("it is declared here", contract.span))
        for i, p in enumerate(contract.parameters):
            place = Place(
                f"argument {i + 1} of {contract.name}", resolve(p, c.scope.names, c.target), contract.span, "E202"
            )
            arguments[i] = Evaluated(conform(c, c.expression(arguments[i]), place), arguments[i])
    made = ast.Call(func=Evaluated(contract.function, node.func), args=arguments, keywords=node.keywords)
    result = call(c, ast.copy_location(made, node), span)
    if contract.result is None or isinstance(contract.result, NonePattern):
        return result
    want = resolve(contract.result, c.scope.names, c.target)
    place = Place(f"the result of {contract.name} ({text(contract.function)})", want, contract.span)
    return conform(c, c.runtime(result, span), place)
