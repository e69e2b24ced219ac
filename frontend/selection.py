"""Which functions of a file are compiled: what the request names, or all that its types say are the hot path."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pyc.diagnostics import Note
from pyc.source import Source, Span
from pyc.target import Target

from . import tree
from .annotations import fits, narrowed, resolve
from .binding import Match, explicit
from .calling import function_target
from .dims import Dim, Unknown
from .instances import Instances, Wanted
from .modules import Module
from .report import Invalid, closest, fix
from .request import Request
from .scope import Binding, Namespace, namespace_of
from .signatures import Parameter, Signature, mentioned_types
from .static import Scope, library_value, names_of
from .syntax import Parsed, parse
from .types import TensorType, Type
from .values import Applied, Definition, Library, LibraryName, TypeParameter, Value, text


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


def selected(s: Selection) -> tuple[tree.Function, ...]:
    """The exported functions and all that they call, callees first.

    Raises:
        Invalid: E123, there is nothing to compile; and what checking reports.
    """
    exports = list(_named(s) if s.request.functions else _hot(s))
    report = s.instances.report
    s.instances.reserve([e.symbol for e in exports])
    done = 0
    for export in exports:
        try:
            wanted = _wanted(s, export)
            if wanted is not None:
                done += 1
                s.instances.release(export.symbol)
                s.instances.instance(wanted, export.span)
        except Invalid:
            done += 1
    if not done and not report.errors:
        _nothing(s)
    return tuple(s.instances.functions)


def _nothing(s: Selection) -> None:
    notes = s.skipped[:4]
    for name, found in s.namespace.bindings.items():
        if len(notes) < 4 and any(isinstance(b.node, ast.FunctionDef) for b in found) and not s.skipped:
            notes.append(fix(f"`--function {name}` compiles {name}, whatever its types"))
            break
    message = f"there is nothing to compile in {s.namespace.path}: no function mentions a pyc type or carries @pyc.jit"
    if s.skipped:
        message = f"there is nothing to compile in {s.namespace.path} for this request"
    s.instances.report.error("E123", message, Span(s.namespace.parsed.source, 0, 0), *notes)


# --- what the file says -----------------------------------------------------------------------------------------------


def _hot(s: Selection) -> Iterator[Export]:
    """The functions on the hot path, and the instances of generics that the file names."""
    for name, found in s.namespace.bindings.items():
        for b in found:
            span = s.namespace.span(b.node)
            if b.kind == "definition" and isinstance(b.node, ast.FunctionDef):
                definition = _definition(s, name)
                if definition is None or definition.node is not b.node:
                    if definition is None and _mentions(s, Definition(name, b.node, s.namespace)):
                        yield Export(Definition(name, b.node, s.namespace), name, span)
                elif _is_hot(s, definition):
                    yield Export(definition, name, definition.span)
            elif b.kind == "definition" and len(found) == 1:
                yield from _plain_module(s, name)
            elif b.kind == "value" and len(found) == 1:
                yield from _instances_in(s, name, b, span)


def _plain_module(s: Selection, name: str) -> Iterator[Export]:
    """The exports of a module class without type parameters: it is its own instance, unless another module holds it."""
    definition = _definition(s, name)
    if definition is None or not s.instances.declarations.is_module(definition):
        return
    for found in s.namespace.bindings.values():
        for b in found:
            if isinstance(b.node, ast.ClassDef) and b.node is not definition.node:
                annotations = [n.annotation for n in b.node.body if isinstance(n, ast.AnnAssign)]
                if any(isinstance(n, ast.Name) and n.id == name for a in annotations for n in ast.walk(a)):
                    return
    try:
        if s.instances.declarations.module_class(definition).type_parameters:
            return
    except Invalid:
        return
    yield from _of_applied(s, Applied(definition, ()), name, definition.span, named=False)


def _definition(s: Selection, name: str) -> Definition | None:
    value = _quietly(s, name)
    return value if isinstance(value, Definition) else None


def _quietly(s: Selection, name: str) -> Value:
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
    if "python" in kinds:
        return False
    return "jit" in kinds or _mentions(s, definition)


def decorators(s: Selection, definition: Definition) -> Iterator[str]:
    """The names of pyc's decorators on a function."""
    assert isinstance(definition.node, ast.FunctionDef)
    for d in definition.node.decorator_list:
        value = _evaluated(s, d.func if isinstance(d, ast.Call) else d, definition.namespace)
        if isinstance(value, LibraryName) and value.library == "pyc":
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
            return s.instances.declarations.is_module(value)
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
        yield from _of_applied(s, applied, name, span, named=False)


def _of_applied(s: Selection, applied: Applied, symbol: str, span: Span, *, named: bool) -> Iterator[Export]:
    definition = applied.definition
    if isinstance(definition.node, ast.FunctionDef):
        if "python" not in set(decorators(s, definition)):
            yield Export(definition, symbol, span, applied=applied, named=named)
        return
    try:
        methods = s.instances.declarations.module_class(definition).methods
    except Invalid:
        return
    for name, method in methods.items():
        public = name == "__call__" or not name.startswith("_")
        if public and "python" not in set(decorators(s, method)):
            yield Export(
                method, symbol if name == "__call__" else f"{symbol}_{name}", span, module=applied, named=named
            )


# --- what the request says --------------------------------------------------------------------------------------------


def _named(s: Selection) -> Iterator[Export]:
    """The exports that the request names.

    Raises nothing: E124 and others are reported.
    """
    for name in s.request.functions:
        try:
            yield from _of_name(s, name)
        except Invalid:
            continue


def _of_name(s: Selection, name: str) -> Iterator[Export]:
    report, static = s.instances.report, s.instances.static
    top = Span(s.namespace.parsed.source, 0, 0)
    base, _, method = name.partition(".")
    if base.isidentifier() and base in s.namespace.bindings and (not method or method.isidentifier()):
        value = static.member(s.namespace, base, s.namespace.span(s.namespace.bindings[base][0].node))
        match value:
            case Definition(node=ast.FunctionDef()) if not method:
                yield Export(value, name, value.span, named=True)
                return
            case Applied():
                span = s.namespace.span(s.namespace.bindings[base][0].node)
                found = list(_of_applied(s, value, base, span, named=True))
                if method:
                    found = [e for e in found if e.definition.name == method]
                if found:
                    yield from found
                    return
            case Definition(node=ast.ClassDef()) if found := list(_plain_module(s, base)):
                yield from (replace(e, named=True) for e in found if not method or e.definition.name == method)
                return
            case Definition(node=ast.ClassDef()):
                notes = fix(f"name an instance in the file: `Serving = {name}[...]`")
                raise report.error("E125", f"{name} is a class: its instances are compiled", value.span, notes)
            case _:
                pass
    elif "[" in name:
        yield from _of_text(s, name)
        return
    for known in s.namespace.bindings:
        # `Serving_method`, as the artifact calls it.
        if name.startswith(f"{known}_") and isinstance(value := _quietly(s, known), Applied):
            span = s.namespace.span(s.namespace.bindings[known][0].node)
            found = [e for e in _of_applied(s, value, known, span, named=True) if e.symbol == name]
            if found:
                yield from found
                return
    message = f"{s.namespace.path} has no function {name}"
    raise report.error("E124", message, top, *closest(name, s.namespace.bindings))


def _of_text(s: Selection, name: str) -> Iterator[Export]:
    """The exports of ``axpy[f32]``, in which names of pyc need no import."""
    value = _value_of_text(s, name)
    if not isinstance(value, Applied):
        message = f"{name} names no instance of a generic"
        raise s.instances.report.error("E124", message, Span(s.namespace.parsed.source, 0, 0))
    yield from _of_applied(s, value, _identifier(str(value)), value.definition.span, named=True)


def _identifier(name: str) -> str:
    return "_".join("".join(k if k.isalnum() else " " for k in name).split())


def _value_of_text(s: Selection, name: str) -> Value:
    parsed = _parsed(s, name)
    body = parsed.tree.body
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise s.instances.report.error("E124", f"'{name}' is not a name", Span(parsed.source, 0, len(name)))
    return s.instances.static.evaluate(body[0].value, _requested_scope(s, parsed))


def _parsed(s: Selection, words: str) -> Parsed:
    from pyc.diagnostics import CompileError

    source = Source("<request>", words)
    try:
        return parse(source)
    except CompileError:
        raise s.instances.report.error("E124", f"'{words}' is not Python", Span(source, 0, len(words))) from None


def _requested_scope(s: Selection, parsed: Parsed) -> Scope:
    """The names of the file, and those of pyc, for text that stands outside of the file."""
    names: dict[str, Value] = {n: library_value("pyc", n) for n in names_of("pyc")}
    for n in s.namespace.bindings:
        if (value := _quietly(s, n)) is not None:
            names[n] = value
    return Scope(namespace_of(parsed), names)


# --- the instance to be exported --------------------------------------------------------------------------------------


def _wanted(s: Selection, e: Export) -> Wanted | None:
    """The instance that an export is; ``None`` where it is left out, with a remark.

    Raises:
        Invalid: it has errors.
    """
    instances = s.instances
    signature = instances.declarations.signature(e.definition)
    module = instances.modules.module(e.module, e.span) if e.module else None
    found: dict[str, Value] = dict(module.bindings) if module else {}
    if e.applied is not None:
        found |= explicit(signature.type_parameters, e.applied, instances.report, e.span, complete=False)
    arguments = _arguments(s, signature)
    if arguments is not None:
        _infer(s, signature, arguments, found)
    target = _target(s, e, signature, module, found)
    if target is None:
        return None
    if not _bind_rest(s, e, signature, found, target):
        return None
    fixed: dict[str, Value] = {}
    types: dict[str, Type] = {}
    for p in signature.parameters:
        t = _type(s, e, signature, p, found, target, arguments, fixed)
        if t is None and p.name not in fixed:
            return None
        if t is not None:
            types[p.name] = t
    return Wanted(signature, found, types, fixed, target, module, symbol=e.symbol, export=True)


def _target(
    s: Selection, e: Export, signature: Signature, module: Module | None, found: dict[str, Value]
) -> Target | None:
    """Where an export runs; ``None`` where that is not what is asked for."""
    wanted, report = s.request.target, s.instances.report
    target = function_target(signature, module, found, s.instances.target)
    if wanted is None or fits(target, wanted):
        return narrowed(target, s.instances.target)
    message = f"{e.symbol} runs on {text(target)}, not on {text(wanted)}"
    if e.named:
        raise report.error("E304", message, e.span, fix(f"`--target={target}`"))
    s.skipped.append(Note(f"{message}: skipped", e.span))
    report.remark("E304", f"{message}: skipped", e.span)
    return None


def _bind_rest(s: Selection, e: Export, signature: Signature, found: dict[str, Value], target: Target) -> bool:
    """Bind what is still open: targets to the target, dimensions to themselves. Others must have been said."""
    open_ones: list[TypeParameter] = []
    for p in signature.type_parameters:
        if p.name in found:
            continue
        if p.kind == "target":
            found[p.name] = target
        elif p.kind == "dim" and _brought(signature, p.name):
            found[p.name] = Dim.of(p.name)
        else:
            open_ones.append(p)
    if not open_ones:
        return True
    name = e.definition.name
    names = ", ".join(map(str, open_ones))
    message = f"{name} is generic over {names}: it is compiled for instances"
    example = fix(f'`{name}_f32 = {name}[f32]` in the file, or `--function "{name}[f32]"`')
    if e.named:
        raise s.instances.report.error("E125", message, e.span, example)
    s.skipped.append(Note(message, e.span))
    return False


def _brought(signature: Signature, name: str) -> bool:
    """Whether a parameter's type mentions a dimension."""
    from .annotations import dims_in

    return any(name in d.symbols for p in signature.parameters for d in dims_in(p.pattern))


def _type(
    s: Selection,
    e: Export,
    signature: Signature,
    p: Parameter,
    found: dict[str, Value],
    target: Target,
    arguments: Sequence[Type] | None,
    fixed: dict[str, Value],
) -> Type | None:
    """The type of a parameter of an export; one without annotation has that of the argument, or is its default."""
    if p.pattern is not None:
        return resolve(p.pattern, found, target)
    index = [q.name for q in signature.parameters].index(p.name)
    if arguments is not None and index < len(arguments):
        return _own_dims(p.name, arguments[index], target)
    if p.default is not None:
        fixed[p.name] = s.instances.static.evaluate(p.default, Scope(e.definition.namespace))
        return None
    message = f"the parameter {p.name} of {e.definition} has no type"
    if not e.named and "jit" in set(decorators(s, e.definition)) and not mentioned_types(e.definition):
        s.skipped.append(Note(f"{message}: it is compiled when it is called", e.span))
        s.instances.report.remark("E219", f"{message}: it is compiled when it is called", e.span)
        return None
    raise s.instances.report.error("E219", message, p.span, fix(f"`{p.name}: Tensor[f32, N]`"))


# --- the types of the arguments at hand -------------------------------------------------------------------------------


def _arguments(s: Selection, signature: Signature) -> list[Type] | None:
    """The types that a just-in-time request gives; its ``_`` are extents known at run time."""
    if s.request.arguments is None:
        return None
    types: list[Type] = []
    count = 0
    for words in s.request.arguments:
        parsed = _parsed(s, words)
        body = parsed.tree.body
        if len(body) != 1 or not isinstance(body[0], ast.Expr):
            raise s.instances.report.error("E207", f"'{words}' is not a type", Span(parsed.source, 0, len(words)))
        scope = _requested_scope(s, parsed)
        for node in ast.walk(body[0]):
            if isinstance(node, ast.Name) and node.id == "_":
                node.id = f"_{count}"
                count += 1
        names = {**scope.names, **{f"_{i}": Dim.of(Unknown(-1 - i)) for i in range(count)}}
        pattern = s.instances.annotations.pattern(body[0].value, Scope(scope.namespace, names))
        types.append(resolve(pattern, {}, s.instances.target))
    if len(types) > len(signature.parameters):
        message = f"{signature.definition} takes {len(signature.parameters)} arguments, and {len(types)} are given"
        raise s.instances.report.error("E203", message, signature.definition.span)
    return types


def _infer(s: Selection, signature: Signature, arguments: Sequence[Type], found: dict[str, Value]) -> None:
    """Bind type parameters, but not dimensions, to what the arguments at hand say."""
    match = Match({p.name: p for p in signature.type_parameters}, s.instances.report, found)
    pairs = [(p, t) for p, t in zip(signature.parameters, arguments, strict=False) if p.pattern is not None]
    for p, t in pairs:
        assert p.pattern is not None
        match.element(p.pattern, t, p.span)
    for p, t in pairs:
        assert p.pattern is not None
        match.weak(p.pattern, t, p.span)
    for name, value in list(found.items()):
        if isinstance(value, tuple):
            found[name] = tuple(
                d if d.value is not None else Dim.of(f"{name}{i}") for i, d in enumerate(value) if isinstance(d, Dim)
            )


def _own_dims(name: str, t: Type, target: Target) -> Type:
    """The type of an argument as that of a parameter without annotation: its extents are named after it."""
    if not isinstance(t, TensorType):
        return t
    dims = tuple(d if d.value is not None else Dim.of(f"{name}{axis}") for axis, d in enumerate(t.dims))
    return TensorType(t.dtype, dims, t.precision, target)
