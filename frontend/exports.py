"""What a file exports: the functions of its hot path, and the instances that it names."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import field

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.source import Span

from .check_definitions import refuse_coroutine
from .definitions import mentioned_types, method_kind
from .instances import Instances
from .libraries import names_of
from .report import Invalid
from .request import Request
from .scope import Binding, Namespace
from .static import Scope
from .values import Applied, Definition, Library, LibraryName, TypeParameter, Value


@dataclass(frozen=True)
class Export:
    """A function to be exported. ``named`` says that the request asks for it by name."""

    definition: Definition
    symbol: str
    span: Span
    applied: Applied | None = None
    module: Applied | None = None
    named: bool = False


@dataclass(eq=False)
class Selection:
    """What is selected from a file, and why."""

    request: Request
    namespace: Namespace
    instances: Instances
    skipped: list[Note] = field(default_factory=list)


def hot(s: Selection) -> Iterator[Export]:
    """The functions on the hot path, and the instances of generics that the file names."""
    for name, found in s.namespace.bindings.items():
        for b in found:
            span = s.namespace.span(b.node)
            if isinstance(b.node, ast.AsyncFunctionDef):
                if _is_hot(s, Definition(name, b.node, s.namespace)):
                    refuse_coroutine(s.instances.report, b.node, s.namespace.parsed)
            elif b.kind == "definition" and isinstance(b.node, ast.FunctionDef):
                definition = _definition(s, name)
                if definition is None or definition.node is not b.node:
                    if definition is None and _mentions(s, Definition(name, b.node, s.namespace)):
                        if sum(isinstance(other.node, ast.FunctionDef) for other in found) > 1:
                            _bound_again(s, name)
                            break
                        yield Export(Definition(name, b.node, s.namespace), name, span)
                elif _is_hot(s, definition):
                    yield Export(definition, name, definition.span)
            elif b.kind == "definition" and len(found) == 1:
                yield from plain_module(s, name)
            elif b.kind == "value" and len(found) == 1:
                yield from _instances_in(s, name, b, span)


def plain_module(s: Selection, name: str, *, named: bool = False) -> Iterator[Export]:
    """The exports of a module class without type parameters: it is its own instance.

    Where the request does not name it, one that another module holds or derives from is exported with that alone.
    """
    definition = _definition(s, name)
    if definition is None or not s.instances.declarations.is_module(definition):
        return
    if not named and _is_part(s, definition, name):
        return
    try:
        if s.instances.declarations.module_class(definition).type_parameters:
            return
    except Invalid:
        return
    yield from of_applied(s, Applied(definition, ()), name, definition.span, named=named)


def _is_part(s: Selection, definition: Definition, name: str) -> bool:
    """Whether another class of the file holds modules of a class, or derives from it."""
    for found in s.namespace.bindings.values():
        for b in found:
            if isinstance(b.node, ast.ClassDef) and b.node is not definition.node:
                annotations = [n.annotation for n in b.node.body if isinstance(n, ast.AnnAssign)]
                annotations += b.node.bases
                if any(isinstance(n, ast.Name) and n.id == name for a in annotations for n in ast.walk(a)):
                    return True
    return False


def _bound_again(s: Selection, name: str) -> None:
    """Report E113: several functions of a file have one name, and which of them it is the compiler does not decide."""
    again = s.namespace.bindings[name][-1]
    with contextlib.suppress(Invalid):
        s.instances.static.member(s.namespace, name, s.namespace.span(again.node))


def _definition(s: Selection, name: str) -> Definition | None:
    value = quietly(s, name)
    return value if isinstance(value, Definition) else None


def quietly(s: Selection, name: str) -> Value:
    """What a module-level name is, if anything; errors are reported where it is used."""
    report = s.instances.report
    before = report.mark()
    try:
        return s.instances.static.member(s.namespace, name, Span(s.namespace.parsed.source, 0, 0))
    except Invalid:
        report.rewind(before)
        return None


def _is_hot(s: Selection, definition: Definition) -> bool:
    kinds = set(decorators(s, definition))
    if "python" in kinds or "function" in kinds:
        return False  # `@onnx.function` is part of a model
    return "jit" in kinds or _mentions(s, definition)


def decorators(s: Selection, definition: Definition) -> Iterator[str]:
    """The names of pyc's decorators on a function."""
    for d in definition.node.decorator_list:
        value = _evaluated(s, d.func if isinstance(d, ast.Call) else d, definition.namespace)
        if isinstance(value, LibraryName) and value.library in ("pyc", "pyc.structure"):
            yield value.name


def _mentions(s: Selection, definition: Definition) -> bool:
    """Whether a signature mentions a type of pyc."""
    if s.namespace.parsed.type_parameters(definition.node):
        names = {p.name for p in s.namespace.parsed.type_parameters(definition.node)}
    else:
        names = set()
    for annotation in mentioned_types(definition):
        for node in _type_names(annotation):
            if isinstance(node, ast.Name) and node.id in names:
                continue
            if _is_pyc(_evaluated(s, node, definition.namespace), node, s):
                return True
    return False


def _type_names(annotation: ast.expr) -> Iterator[ast.expr]:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    for node in ast.walk(annotation):
        if isinstance(node, ast.Attribute | ast.Name):
            yield node


def _is_pyc(value: Value, node: ast.expr, s: Selection) -> bool:
    match value:
        case LibraryName("pyc", _):
            return True
        case TypeParameter() | Applied():
            return True
        case Definition(node=ast.ClassDef()):
            declarations = s.instances.declarations
            return declarations.is_module(value) or declarations.record_layout(value) is not None
        case None | Library() | LibraryName():
            return False
        case _:
            # f32 is pyc's, np.float32 is NumPy's.
            return type(value).__name__ in (
                "Element",
                "Precision",
                "Target",
                "TensorPattern",
                "ScalarPattern",
                "RecordPattern",
            ) and not (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.attr not in names_of("pyc")
            )


def _evaluated(s: Selection, node: ast.expr, namespace: Namespace) -> Value:
    report = s.instances.report
    before = report.mark()
    try:
        return s.instances.static.evaluate(node, Scope(namespace))
    except Invalid:
        report.rewind(before)
        return None


def _instances_in(s: Selection, name: str, b: Binding, span: Span) -> Iterator[Export]:
    """The exports of ``name = generic[...]``."""
    assert b.value is not None
    if not isinstance(b.value, ast.Subscript):
        return
    base = _evaluated(s, b.value.value, s.namespace)
    if not isinstance(base, Definition):
        return
    if isinstance(base.node, ast.ClassDef) and not s.instances.declarations.is_module(base):
        return
    try:
        applied = s.instances.static.member(s.namespace, name, span)
    except Invalid:
        return
    if isinstance(applied, Applied):
        yield from of_applied(s, applied, name, span, named=False)


def of_applied(s: Selection, applied: Applied, symbol: str, span: Span, *, named: bool) -> Iterator[Export]:
    definition = applied.definition
    if isinstance(definition.node, ast.FunctionDef):
        if "python" not in set(decorators(s, definition)):
            yield Export(definition, symbol, span, applied=applied, named=named)
        return
    methods: dict[str, Definition] = {}
    try:
        for d in s.instances.declarations.lineage(definition):
            methods = {**s.instances.declarations.module_class(d).methods, **methods}
    except Invalid:
        return
    for name, method in methods.items():
        public = name == "__call__" or (not name.startswith("_") and _is_typed(method))
        if public and not method_kind(method) and "python" not in set(decorators(s, method)):
            yield Export(
                method,
                symbol if name == "__call__" else f"{symbol}_{name}",
                span,
                module=applied,
                named=named and (name == "__call__" or "__call__" not in methods),
            )


def _is_typed(method: Definition) -> bool:
    """Whether all parameters of a method have types or defaults: others are compiled with what calls them."""
    assert isinstance(method.node, ast.FunctionDef)
    a = method.node.args
    listed = [*a.posonlyargs, *a.args][1:]
    needed = listed[: len(listed) - len(a.defaults)] if a.defaults else listed
    needed += [k for k, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is None]
    return all(p.annotation is not None for p in needed)
