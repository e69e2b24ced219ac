"""Constants of a file that take more than arithmetic: comprehensions, strings, tuples, dicts, functions of these."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyc.source import Span

from .scope import Part
from .values import LibraryName, PythonType, Table, Value, described

if TYPE_CHECKING:
    from .static import Scope, Static

#: More items than this are not made.
_LONGEST = 100_000
#: Built-ins that take and give constants, by name: what they are of tuples.
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": len, "sum": sum, "min": min, "max": max, "sorted": lambda *a: tuple(sorted(*a)), "any": any, "all": all,
    "range": lambda *a: _limited(range(*a)), "enumerate": lambda *a: tuple(enumerate(*a)), "divmod": divmod,
    "zip": lambda *a: tuple(zip(*a, strict=False)), "reversed": lambda a: tuple(reversed(a)), "pow": pow, "str": str,
    "tuple": lambda *a: tuple(*a), "list": lambda *a: tuple(*a), "ord": ord, "chr": chr, "abs": abs, "round": round,
    "int": int, "float": float, "bool": bool,
}  # fmt: skip
#: Methods of strings that depend on nothing but their arguments.
_METHODS = (
    "upper", "lower", "strip", "lstrip", "rstrip", "startswith", "endswith", "replace", "split", "join", "title",
    "removeprefix", "removesuffix", "count", "find", "index", "isdigit", "isalpha", "zfill", "capitalize",
)  # fmt: skip


def part(static: Static, node: Part, scope: Scope, use: Span | None) -> Value:
    """An item of a constant that is unpacked at the top level of a file.

    Raises:
        Invalid: E112, the constant has no items, or another number of them.
    """
    whole = static.evaluate(node.whole, scope, use)
    if not isinstance(whole, tuple | str):
        message = f"{described(whole)} cannot be unpacked at compile time"
        raise static.not_static(scope.span(node.whole), use, message)
    if len(whole) != node.count:
        message = f"{len(whole)} values are unpacked into {node.count} names"
        raise static.not_static(scope.span(node.whole), use, message)
    return whole[node.index]


def constant(static: Static, node: ast.expr, scope: Scope, use: Span | None) -> Value:
    """The value of an expression of these kinds.

    Raises:
        Invalid: E112, it is none, or cannot be computed.
    """
    span = scope.span(node)
    try:
        match node:
            case ast.ListComp(elt=elt, generators=generators) | ast.GeneratorExp(elt=elt, generators=generators):
                return tuple(static.evaluate(elt, s, use) for s in _rounds(static, generators, scope, use))
            case ast.JoinedStr(values=parts):
                return "".join(_text(static, p, scope, use) for p in parts)
            case ast.Dict(keys=keys, values=values) if None not in keys:
                pairs = zip((k for k in keys if k is not None), values, strict=True)
                return Table(tuple((static.evaluate(k, scope, use), static.evaluate(v, scope, use)) for k, v in pairs))
    except (ArithmeticError, ValueError, TypeError, IndexError, MemoryError) as error:
        raise static.not_static(span, use, f"this constant cannot be computed: {error}") from None
    raise static.not_static(span, use)


def call(static: Static, callee: Value, node: ast.Call, scope: Scope, use: Span | None) -> Value:
    """A built-in function of constants.

    Raises:
        Invalid: E112, it is none of those that are known here.
    """
    span = scope.span(node)
    name = callee.name if isinstance(callee, PythonType | LibraryName) else ""
    function = _FUNCTIONS.get(name)
    if function is None or node.keywords or (isinstance(callee, LibraryName) and callee.library != "builtins"):
        raise static.not_static(span, use)
    return _computed(static, function, [static.evaluate(a, scope, use) for a in node.args], span, use)


def method(static: Static, text: str, name: str, node: ast.Call, scope: Scope, use: Span | None) -> Value:
    """``text.name(...)``.

    Raises:
        Invalid: E112, strings have no such method here.
    """
    span = scope.span(node)
    if name not in _METHODS or node.keywords:
        raise static.not_static(span, use)
    return _computed(static, getattr(text, name), [static.evaluate(a, scope, use) for a in node.args], span, use)


def _computed(
    static: Static, function: Callable[..., Any], arguments: list[Value], span: Span, use: Span | None
) -> Value:
    if not all(map(_is_plain, arguments)):
        raise static.not_static(span, use)
    try:
        value = function(*arguments)
    except (ArithmeticError, ValueError, TypeError, IndexError, MemoryError) as error:
        raise static.not_static(span, use, f"this constant cannot be computed: {error}") from None
    return tuple(value) if isinstance(value, list) else value


def _is_plain(value: Value) -> bool:
    if isinstance(value, tuple):
        return len(value) <= _LONGEST and all(map(_is_plain, value))
    if isinstance(value, int) and value.bit_length() > 4096:
        return False
    return isinstance(value, bool | int | float | complex | str)


def _limited(numbers: range) -> tuple[int, ...]:
    if len(numbers) > _LONGEST:
        raise ValueError(f"a constant of {len(numbers)} items is too large")
    return tuple(numbers)


def _rounds(static: Static, generators: list[ast.comprehension], scope: Scope, use: Span | None) -> Iterator[Scope]:
    """The scopes of the rounds of a comprehension."""
    if not generators:
        yield scope
        return
    first, *rest = generators
    values = static.evaluate(first.iter, scope, use)
    if isinstance(values, str):
        values = tuple(values)
    if not isinstance(values, tuple) or first.is_async:
        raise static.not_static(scope.span(first.iter), use)
    for value in values:
        inner = replace(scope, names={**scope.names, **_bound(static, first.target, value, scope, use)})
        if all(static.evaluate(test, inner, use) for test in first.ifs):
            yield from _rounds(static, rest, inner, use)


def _bound(static: Static, target: ast.expr, value: Value, scope: Scope, use: Span | None) -> Mapping[str, Value]:
    match target:
        case ast.Name(id=name):
            return {name: value}
        case ast.Tuple(elts=targets) if isinstance(value, tuple) and len(value) == len(targets):
            found: dict[str, Value] = {}
            for t, v in zip(targets, value, strict=True):
                found |= _bound(static, t, v, scope, use)
            return found
        case _:
            raise static.not_static(scope.span(target), use)


def _text(static: Static, part: ast.expr, scope: Scope, use: Span | None) -> str:
    """A piece of an f-string."""
    match part:
        case ast.Constant(value=str(words)):
            return words
        case ast.FormattedValue(value=value, conversion=conversion, format_spec=spec):
            found = static.evaluate(value, scope, use)
            if _is_plain(found):
                shown: Any = {114: repr, 115: str, 97: ascii}.get(conversion, lambda x: x)(found)
                return format(shown, "" if spec is None else str(static.evaluate(spec, scope, use)))
    raise static.not_static(scope.span(part), use)
