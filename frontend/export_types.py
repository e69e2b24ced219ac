"""The instance that an export is: its target, its type parameters, the types of its parameters."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc.diagnostics import Note
from pyc.source import Span
from pyc.target import Target

from .annotations import dims_in, fits, narrowed, resolve
from .binding import Match, default, explicit
from .calling import function_target, in_result
from .definitions import mentioned_types
from .dims import Dim, Unknown
from .exports import Export, Selection, decorators
from .instances import Wanted
from .modules import Module
from .report import Invalid, fix
from .requested import parsed, requested_scope
from .signatures import Parameter, Signature
from .static import Scope
from .static_parameters import accepts
from .types import StaticType, TensorType, Type, leaf_types
from .values import Contract, Definition, GeneratorPattern, Library, LibraryName, TypeParameter, Value, described, text

_SEED = "pass the seed, an `int`, and make the generator in the function: `rng = np.random.default_rng(seed)`"


def wanted(s: Selection, e: Export) -> Wanted | None:
    """The instance that an export is; ``None`` where it is left out, with a remark.

    Raises:
        Invalid: it has errors.
    """
    instances = s.instances
    signature = instances.declarations.signature(e.definition)
    for p in signature.parameters:
        if p.variadic:
            message = f"the parameter *{p.name} is for functions that compiled code calls, and {e.symbol} is exported"
            mend = "write the parameters out, or leave pyc's types and decorators out: calls compile it then"
            raise instances.report.error("E118", message, p.span, fix(mend))
    module = instances.modules.module(e.module, e.span) if e.module else None
    found: dict[str, Value] = module.bound(e.definition) if module else {}
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
    refused: Invalid | None = None
    for p in signature.parameters:
        try:
            t = _type(s, e, signature, p, found, target, arguments, fixed)
        except Invalid as error:  # every parameter without a type is said
            refused = error
            continue
        if t is None and p.name not in fixed:
            return None
        if t is not None:
            types[p.name] = t
            _not_negative(s, p, t)
    if refused is not None:
        raise refused
    return Wanted(signature, found, types, fixed, target, module, symbol=e.symbol, export=True)


def _not_negative(s: Selection, p: Parameter, t: Type) -> None:
    """Report an extent that the instance makes negative."""
    for leaf in leaf_types(t):
        if isinstance(leaf, TensorType):
            for d in leaf.dims:
                if d.value is not None and d.value < 0:
                    raise s.instances.report.error("E207", f"an extent of {p.name} is {d}: it is {p.text}", p.span)


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
        elif p.default is not None and not (p.kind == "dim" and _brought(signature, p.name)):
            found[p.name] = default(p, found)
        elif p.kind == "dim" and _brought(signature, p.name):
            found[p.name] = Dim.of(p.name)
        elif p.kind == "dim" and in_result(signature, p.name):
            found[p.name] = Dim.of(Unknown(s.instances.fresh_number()))
        else:
            open_ones.append(p)
    if not open_ones:
        return True
    name = e.definition.name
    names = ", ".join(map(str, open_ones))
    message = f"{name} is generic over {names}: it is compiled for instances"
    value = "4" if all(p.kind in ("dim", "int") for p in open_ones) else "f32"
    example = fix(f'`{name}_{value} = {name}[{value}]` in the file, or `--function "{name}[{value}]"`')
    if e.named:
        raise s.instances.report.error("E125", message, e.span, example)
    s.skipped.append(Note(message, e.span))
    return False


def _brought(signature: Signature, name: str) -> bool:
    """Whether a parameter's type gives a dimension its value: as ``N``, or as ``2*N + 1``."""
    given = [d.solvable for p in signature.parameters for d in dims_in(p.pattern)]
    return any(g is not None and g[0] == name for g in given)


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
    index = [q.name for q in signature.parameters].index(p.name)
    given = arguments[index] if arguments is not None and index < len(arguments) else None
    if isinstance(given, StaticType):
        fixed[p.name] = _static(s, p, given)
        return None
    if isinstance(p.pattern, GeneratorPattern):
        message = f"the parameter {p.name} of {e.definition} is a generator, which only compiled functions pass on"
        if e.named:
            raise s.instances.report.error("E207", message, p.span, fix(_SEED))
        s.skipped.append(Note(message, e.span))
        return None
    if p.pattern is not None and not (p.optional and given is None and _is_none(p.default)):
        return resolve(p.pattern, found, target)
    if given is not None:
        return _own_dims(p.name, given, target)
    if p.default is not None:
        fixed[p.name] = s.instances.static.evaluate(p.default, Scope(e.definition.namespace))
        if p.optional or p.static is not None:
            message = f"{e.symbol} is compiled for {p.name} = {text(fixed[p.name])}, its default"
            s.instances.report.remark("E131", message, p.span, severity="remark")
        return None
    if p.static is not None or _is_called(signature, p.name):
        message = f"{p.name} of {e.definition} is known at compile time: it is compiled for each call"
        of_class = p.static.module.definition if p.static is not None and p.static.module is not None else None
        if of_class is not None and not s.instances.declarations.is_module(of_class):
            message = f"{p.name} of {e.definition} is a {of_class}, which is no record: `@pyc.record` makes it one"
        if e.named:
            raise s.instances.report.error("E131", message, p.span, fix("give the parameter a default"))
        s.skipped.append(Note(message, e.span))
        return None
    message = f"the parameter {p.name} of {e.definition} has no type"
    if not e.named and "jit" in set(decorators(s, e.definition)) and not mentioned_types(e.definition):
        s.skipped.append(Note(f"{message}: it is compiled when it is called", e.span))
        s.instances.report.remark("E219", f"{message}: it is compiled when it is called", e.span)
        return None
    raise s.instances.report.error("E219", message, p.span, fix(f"`{p.name}: Tensor[f32, N]`"))


def _static(s: Selection, p: Parameter, given: StaticType) -> Value:
    """An argument at hand that is known at compile time."""
    value: Value = given.value  # type: ignore[assignment]
    if value is None and p.optional:
        return None
    if p.pattern is not None or (p.static is not None and not accepts(p.static, value)):
        message = f"the argument {p.name} is declared as {p.text}, and this is {described(value)}"
        raise s.instances.report.error("E202", message, p.span)
    if p.static is not None and p.static.kind == "function":
        return Contract(value, p.name, p.static.parameters, p.static.result, p.span)
    return value


def _is_none(default: ast.expr | None) -> bool:
    return isinstance(default, ast.Constant) and default.value is None


def _is_called(signature: Signature, name: str) -> bool:
    """Whether a function calls one of its parameters: that is a function, then."""
    return any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name for n in ast.walk(signature.node)
    )


# --- the types of the arguments at hand -------------------------------------------------------------------------------


def _arguments(s: Selection, signature: Signature) -> list[Type] | None:
    """The types that a just-in-time request gives; its ``_`` are extents known at run time."""
    if s.request.arguments is None:
        return None
    types: list[Type] = []
    count = 0
    for words in s.request.arguments:
        given = parsed(s, words)
        body = given.tree.body
        if len(body) != 1 or not isinstance(body[0], ast.Expr):
            raise s.instances.report.error("E207", f"'{words}' is not a type", Span(given.source, 0, len(words)))
        scope = requested_scope(s, given)
        for node in ast.walk(body[0]):
            if isinstance(node, ast.Name) and node.id == "_":
                node.id = f"_{count}"
                count += 1
        libraries = {n: Library(n) for n in ("numpy", "math") if n not in scope.names}
        names = {**scope.names, **libraries, **{f"_{i}": Dim.of(Unknown(-1 - i)) for i in range(count)}}
        if (value := _known(s, body[0].value, Scope(scope.namespace, names))) is not None:
            types.append(value)
            continue
        pattern = s.instances.annotations.pattern(body[0].value, Scope(scope.namespace, names))
        types.append(resolve(pattern, {}, s.instances.target))
    if len(types) > len(signature.parameters):
        message = f"{signature.definition} takes {len(signature.parameters)} arguments, and {len(types)} are given"
        raise s.instances.report.error("E203", message, signature.definition.span)
    return types


def _known(s: Selection, node: ast.expr, scope: Scope) -> StaticType | None:
    """An argument at hand that is no value at run time: None, ``L['same']``, a function."""
    match node:
        case ast.Constant(value=None):
            return StaticType(None)
        case ast.Subscript(value=ast.Name(id="L")) | ast.Name() | ast.Attribute():
            value = s.instances.static.evaluate(node, scope)
            static = str | Definition | LibraryName
            return StaticType(value) if isinstance(value, static) and not _is_type(value) else None
        case _:
            return None


def _is_type(value: Value) -> bool:
    return isinstance(value, Definition) and isinstance(value.node, ast.ClassDef)


def _infer(s: Selection, signature: Signature, arguments: Sequence[Type], found: dict[str, Value]) -> None:
    """Bind type parameters, but not dimensions, to what the arguments at hand say."""
    match = Match({p.name: p for p in signature.type_parameters}, s.instances.report, found)
    pairs = [
        (p, t)
        for p, t in zip(signature.parameters, arguments, strict=False)
        if p.pattern is not None and not isinstance(t, StaticType)
    ]
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
