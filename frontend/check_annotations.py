"""The user's annotations: ``pyc.annotate`` on values, blocks, functions and types, and those of module classes.

The compiler reads them as constants, keeps them where they stand, and looks at none of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pyc.source import Span
from pyc.user_annotations import name_problem, settled, value_problem

from . import check_quantization, tree
from .dims import Dim
from .report import Report, fix
from .static import Scope, Static
from .types import ScalarType, TensorType
from .values import Element, LibraryName, Table, TypeParameter, Value, described

if TYPE_CHECKING:
    from .annotations import Annotations
    from .context import Checker
    from .modules import Module, Modules, Submodule

_KINDS = "bool, int, float, str, lists and records of them, known at compile time"


# --- what is said ----------------------------------------------------------------------------------------------------


def read(static: Static, report: Report, keywords: Iterable[ast.keyword], scope: Scope, span: Span) -> dict[str, Any]:
    """The annotations that the keywords of ``pyc.annotate(...)`` are.

    Raises:
        Invalid: E135, there are none, or one is no annotation; E112, a value is not known at compile time.
    """
    found: dict[str, Any] = {}
    for k in keywords:
        given = {k.arg: k.value} if k.arg is not None else _written_out(static, report, k.value, scope)
        for name, node in given.items():
            _named(report, name, scope.span(k if k.arg is not None else node))
            found[name] = _value(static, report, name, node, scope)
    if not found:
        raise report.error("E135", "this annotates with nothing", span, fix('`pyc.annotate(x, role="logits")`'))
    return found


def of_dictionary(static: Static, report: Report, node: ast.expr, scope: Scope) -> dict[str, Any]:
    """The annotations that ``annotations={...}`` of a module class are.

    Raises:
        Invalid: E135, it is no dictionary of annotations.
    """
    given = _written_out(static, report, node, scope)
    for name, value in given.items():
        _named(report, name, scope.span(value))
    return {name: _value(static, report, name, value, scope) for name, value in given.items()}


def _written_out(static: Static, report: Report, node: ast.expr, scope: Scope) -> dict[str, ast.expr]:
    """The entries of a dictionary whose names are strings."""
    if not isinstance(node, ast.Dict) or None in node.keys:
        mend = fix('write the dictionary out: `{"kind": "mlp"}`')
        raise report.error("E135", "annotations are a dictionary that is written out", scope.span(node), mend)
    found: dict[str, ast.expr] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        assert key is not None
        name = static.evaluate(key, scope)
        if not isinstance(name, str):
            message = f"the name of an annotation is a string, not {described(name)}"
            raise report.error("E135", message, scope.span(key))
        found[name] = value
    return found


def _named(report: Report, name: str, span: Span) -> None:
    problem = name_problem(name)
    if problem:
        raise report.error("E135", problem, span, fix('`pyc.annotate(x, **{"com.acme.power": 3})`'))


def _value(static: Static, report: Report, name: str, node: ast.expr, scope: Scope) -> Any:
    if check_quantization.is_call(static, node, scope):
        fields = check_quantization.fields(report, name, node, scope)
        read = {field: _dtype(static, report, field, n, scope) for field, n in fields.items()}
        return check_quantization.settled(report, read, scope.span(node))
    found = _plain(static, report, name, node, scope)
    problem = value_problem(found)
    if problem:
        raise report.error("E135", f"the annotation {name}: {problem}", scope.span(node))
    return check_quantization.checked(report, name, settled(found), scope.span(node))


def _dtype(static: Static, report: Report, field: str, node: ast.expr, scope: Scope) -> Any:
    """A field of a quantisation: element types by their names."""
    if field in ("dtype", "scale_dtype"):
        found = static.evaluate(node, scope)
        if isinstance(found, Element):
            return found.dtype
    elif isinstance(node, ast.Constant) and node.value is None:
        return None
    return _plain(static, report, field, node, scope)


def _plain(static: Static, report: Report, name: str, node: ast.expr, scope: Scope) -> Any:
    """A value as Python has it: lists and records are looked into, where they are written out."""
    if isinstance(node, ast.Dict):
        return {n: _plain(static, report, n, v, scope) for n, v in _written_out(static, report, node, scope).items()}
    if isinstance(node, ast.List | ast.Tuple):
        return [_plain(static, report, name, v, scope) for v in node.elts]
    return _constant(report, name, static.evaluate(node, scope), scope.span(node))


def _constant(report: Report, name: str, value: Value, span: Span) -> Any:
    match value:
        case bool() | int() | float() | str():
            return value
        case tuple():
            return [_constant(report, name, v, span) for v in value]
        case Table(items=items):
            return {k: _constant(report, name, v, span) for k, v in items}  # names are looked at with the rest
        case Dim() if value.value is not None:
            return value.value
        case Dim() | TypeParameter():
            message = f"the annotation {name} is {value}, which is known only when the program runs"
            raise report.error("E135", message, span, fix(f"annotations are {_KINDS}"))
        case _:
            message = f"the annotation {name} is {described(value)}"
            raise report.error("E135", message, span, fix(f"annotations are {_KINDS}"))


# --- values and blocks -----------------------------------------------------------------------------------------------


def annotated(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    """``pyc.annotate(value, role="logits")``: the value.

    Raises:
        Invalid: E135, it is no number and no array, or not annotated by keywords.
    """
    if len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
        message = f"pyc.annotate takes one value, and {len(node.args)} are given"
        mend = '`pyc.annotate(x, role="logits")`; without a value it stands in `with`, or before `def`'
        raise c.error("E135", message, span, fix(mend))
    from .builtins_pyc import known_names

    entries: dict[str, Any] = {}
    for k in node.keywords:
        entries |= read(c.static, c.report, [k], known_names(c, k.value, f"annotations are {_KINDS}"), c.span(k))
    if not entries:
        read(c.static, c.report, (), c.scope, span)
    x = c.runtime(c.value(node.args[0]), c.span(node.args[0]))
    if not isinstance(x.type, TensorType | ScalarType):
        message = f"annotations are of numbers and arrays, and this is a {x.type}"
        raise c.error("E135", message, c.span(node.args[0]), fix("annotate its parts"))
    check_quantization.fits(c.report, entries, x.type, span)
    return tree.Annotated(span=span, type=x.type, x=x, checks=(), entries=entries)


def region(c: Checker, node: ast.With) -> None:
    """Note what is said of the operations in ``with pyc.annotate(stage=2):``.

    Raises:
        Invalid: E135, it says nothing, or takes a value.
    """
    call = node.items[0].context_expr
    assert isinstance(call, ast.Call)
    _no_value(c.report, call, c.span(call))
    from .builtins_pyc import known_names

    entries: dict[str, Any] = {}
    for k in call.keywords:
        entries |= read(c.static, c.report, [k], known_names(c, k.value, f"annotations are {_KINDS}"), c.span(k))
    if not entries:
        read(c.static, c.report, (), c.scope, c.span(call))
    c.said.append((c.span(node), entries))


def _no_value(report: Report, call: ast.Call, span: Span) -> None:
    if call.args:
        message = "pyc.annotate of a value is an expression, and annotates no block, function or type"
        raise report.error("E135", message, span, fix('`pyc.annotate(role="logits")`'))


# --- declarations ----------------------------------------------------------------------------------------------------


def of_decorator(static: Static, report: Report, node: ast.expr, scope: Scope) -> dict[str, Any]:
    """What ``@pyc.annotate(owner="vision")`` says of the function below it.

    Raises:
        Invalid: E135, it says nothing, or takes a value.
    """
    span = scope.span(node)
    if not isinstance(node, ast.Call):
        return read(static, report, (), scope, span)
    _no_value(report, node, span)
    return read(static, report, node.keywords, scope, span)


def bare(annotations: Annotations, node: ast.expr, scope: Scope) -> tuple[ast.expr, tuple[ast.Call, ...]]:
    """A type without the ``Annotated[..., pyc.annotate(...)]`` around it, and the calls, the outermost first."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "Annotated" in node.value:
        node = annotations.quoted(node.value, node, scope.span(node))
    found: list[ast.Call] = []
    while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        if not isinstance(node.value, ast.Name | ast.Attribute):
            break
        if annotations.static.evaluate(node.value, scope) != LibraryName("typing", "Annotated"):
            break
        calls = list(calls_in(annotations.static, node, scope))
        if not calls:
            break
        found += calls
        node = node.slice.elts[0]
    return node, tuple(found)


def of_calls(annotations: Annotations, calls: Iterable[ast.Call], scope: Scope) -> dict[str, Any]:
    """What the calls in ``Annotated[...]`` say of a type, the outer ones before the inner.

    Raises:
        Invalid: E135, one says nothing, or takes a value.
    """
    found: dict[str, Any] = {}
    for call in calls:
        found = {**of_decorator(annotations.static, annotations.report, call, scope), **found}
    return found


def refuse(static: Static, report: Report, node: ast.Subscript, scope: Scope) -> None:
    """Refuse what ``Annotated`` says where nothing would carry it.

    Raises:
        Invalid: E135, it says something.
    """
    for call in calls_in(static, node, scope):
        message = "annotations of types stand on parameters, results and weights that are numbers or arrays"
        raise report.error("E135", message, scope.span(call), fix("`y = pyc.annotate(y, ...)` annotates the value"))


def calls_in(static: Static, node: ast.Subscript, scope: Scope) -> Iterator[ast.Call]:
    """The ``pyc.annotate(...)`` among what ``Annotated[...]`` says of a type; the rest is for other tools."""
    items = node.slice.elts[1:] if isinstance(node.slice, ast.Tuple) else []
    for item in items:
        match item:
            case ast.Call(func=ast.Name() | ast.Attribute() as function):
                if static.evaluate(function, scope) == LibraryName("pyc", "annotate"):
                    yield item


def of_module(modules: Modules, module: Module, span: Span) -> dict[str, dict[str, Any]]:
    """By path, what is said of a module (at ``""``) and of its submodules, where anything is."""
    found: dict[str, dict[str, Any]] = {}

    def visit(path: str, inside: Module) -> None:
        if inside.said:
            found[path] = dict(inside.said)
        for name, submodule in inside.submodules.items():
            each(f"{path}.{name}" if path else name, submodule)

    def each(path: str, submodule: Submodule) -> None:
        if isinstance(submodule, tuple):
            for i, item in enumerate(submodule):
                each(f"{path}.{i}", item)
        else:
            visit(path, modules.module(submodule, span))

    visit("", module)
    return found


def of_class(layers: Iterable[tuple[ast.expr | None, Scope]], static: Static, report: Report) -> Mapping[str, Any]:
    """What a class and those that it derives from say, the class itself before them."""
    found: dict[str, Any] = {}
    for node, scope in layers:
        if node is not None:
            found = {**of_dictionary(static, report, node, scope), **found}
    return found
