"""The body of one function instance: its names set up, its statements checked, its result settled."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from pyc.diagnostics import Note
from pyc.source import Span

from . import check_quantization, flow, named_lists, tree
from .annotations import spelled
from .calling import assigned_in
from .check_expressions import expression_of
from .check_sharing import check_sharing
from .check_statements import block
from .composites import flat, opened
from .conform import Place, agreed, conform
from .context import Checker, Slot
from .dims import Dim, Symbol
from .instances import Instances, Wanted
from .nonlocals import Rebound
from .presence import with_flags
from .report import Invalid, Unresolved, fix
from .static import Scope
from .types import FLOAT, INT, GeneratorType, NoneType, StaticType, TensorType, TupleType, Type, leaf_types
from .values import ModuleInstance, Value, text


def check_body(instances: Instances, wanted: Wanted, function: tree.Function, declared: Type | None) -> None:
    """Check a function's body and fill it in.

    Raises:
        Invalid: it has errors.
    """
    signature = wanted.signature
    node, report = signature.node, instances.report
    c = _checker(instances, wanted, function)
    c.result, c.result_span = declared, signature.result_span
    c.stores_result = wanted.export or signature.is_typed
    _enter(c, wanted, function)
    body: list[tree.Statement] = []
    before = report.count
    block(c, _without_docstring(node.body), body)
    if report.count > before:
        raise Invalid(function.name)
    ends = c.env is not None
    if not ends and not c.returns and wanted.at is not None:
        _refuse_raising(c, body, wanted.at)
    if declared is None and c.unresolved and not ends and not c.returns:
        raise Unresolved(c.unresolved)
    if declared is None:
        function.returned = _settled(c, ends=ends)
        function.result = flat(function.returned)
        body = _returning(c, body, function.returned)
    elif ends and not isinstance(declared, NoneType):
        message = f"{signature.definition} can end without returning a {spelled(declared, c.target)}"
        note = Note("its result is declared here", signature.result_span)
        raise report.error(
            "E222", message, signature.definition.span, note, fix("end every path with `return` or `raise`")
        )
    body = with_flags(c, body, {v.name for v in function.named}, signature.definition.span)
    check_sharing(report, function, body)
    function.fast = ((c.span(node), signature.fastmath), *c.fast)
    function.said = tuple(c.said)
    function.operator = c.operator
    check_quantization.declared(report, function)
    unbound = frozenset(v.name for v in function.named) - assigned_in(signature.node)
    function.body = tuple(opened(function, body, unbound))
    _no_composites(c, wanted, function)
    _known_extents(c, wanted, function)


def _refuse_raising(c: Checker, body: list[tree.Statement], call: Span) -> None:
    """Refuse a call of a function of the library that does nothing but raise for the rank of its arguments.

    A rank is a matter of types. Other arguments that it does not take raise when the program runs, as in NumPy.

    Raises:
        Invalid: E202, it does.
    """
    raised = next((s for s in body if isinstance(s, tree.Raise)), None)
    if raised is not None and "dimension" in raised.message and not raised.template and c.scope.namespace.in_library:
        raise c.error("E202", f"{raised.exception}: {raised.message}", call)


def _checker(instances: Instances, wanted: Wanted, function: tree.Function) -> Checker:
    signature = wanted.signature
    node = signature.node
    counts = Counter(flow.bound_names(*node.body))
    parameters = {p.name for p in function.named}
    names: dict[str, Value] = dict(wanted.bindings)
    fixed = dict(wanted.fixed)
    if signature.self_name is not None and wanted.module is not None:
        fixed[signature.self_name] = ModuleInstance(wanted.module.applied, ())
    local = frozenset(counts) | frozenset(parameters)
    return Checker(
        instances=instances,
        report=instances.report,
        static=instances.static,
        scope=Scope(signature.definition.namespace, {**signature.definition.names, **names}, wanted.at),
        target=wanted.target,
        locals=local,
        once=frozenset(n for n, k in counts.items() if k == 1 and n not in parameters),
        parameters=frozenset(parameters - counts.keys()),
        extents=frozenset(n for p in function.parameters for n in _symbols(p.type)),
        stored=frozenset(_stored(node)),
        lists=named_lists.never_changed(node, signature.definition.namespace.bindings),
        expression_of=expression_of,
        owner=signature.definition.owner,
        module=fixed.get(signature.self_name) if signature.self_name else None,  # type: ignore[arg-type]
        static_locals={k: v for k, v in fixed.items() if k not in local},
    )


def _symbols(t: Type) -> Iterator[str]:
    match t:
        case TensorType(dims=dims):
            for d in dims:
                yield from d.symbols
        case TupleType(items=items):
            for i in items:
                yield from _symbols(i)
        case _:
            pass


def _enter(c: Checker, wanted: Wanted, function: tree.Function) -> None:
    """Parameters have their values; an ``int`` that is never assigned is a dimension by its name."""
    assert c.env is not None
    assigned = assigned_in(wanted.signature.node)
    for p in wanted.signature.parameters:
        if p.name in wanted.fixed and p.name in assigned:
            t = StaticType(wanted.fixed[p.name])
            c.hold(p.name, c.variable(p.name, t, p.span), p.span)
    # What the function around bound to a literal becomes another number type as it would there.
    rebound = {a.arg for a in wanted.signature.node.args.kwonlyargs if isinstance(a, Rebound)}
    for v in function.named:
        c.variables[(v.name, v.type)] = v
        c.env[v.name] = Slot(v, v.span, literal=v.type == FLOAT and v.name in rebound)
        if v.type == INT and v.name not in assigned:
            c.dims[v] = Dim.of(Symbol(v.name, signed=v.name not in c.extents))


def _stored(node: ast.FunctionDef) -> Iterator[str]:
    for n in ast.walk(node):
        if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store) and isinstance(n.value, ast.Name):
            yield n.value.id
        if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name):
            yield n.target.id


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


# --- results ----------------------------------------------------------------------------------------------------------


def _settled(c: Checker, *, ends: bool) -> Type:
    """The type of an undeclared result: that of every ``return``.

    Raises:
        Invalid: E208, they differ; E222, one path ends without.
    """
    values = [(node, x) for node, x in c.returns if x is not None]
    if not values:
        return NoneType()
    without = [node for node, x in c.returns if x is None]
    first = values[0][1]
    if ends or without:
        message = "this function returns a value on some paths and nothing on others"
        notes = [Note("it returns a value here", c.span(values[0][0]))]
        at = c.span(without[0]) if without else c.span(values[0][0])
        raise c.error("E222", message, at, *notes, fix("end every path with `return` of a value"))
    for _, x in values[1:]:
        first, _ = agreed(c, first, x, x.span)
    return first.type


def _returning(c: Checker, body: list[tree.Statement], result: Type) -> list[tree.Statement]:
    """A body whose returns have the settled type: literals among them took the others'."""
    place = Place("the result", result, None)

    def settle(s: tree.Statement) -> tree.Statement:
        match s:
            case tree.Return(value=value) if value is not None and value.type != result:
                return tree.Return(span=s.span, value=conform(c, value, place))
            case tree.If(condition=condition, then=then, otherwise=otherwise):
                branches = (tuple(map(settle, then)), tuple(map(settle, otherwise)))
                return tree.If(span=s.span, condition=condition, then=branches[0], otherwise=branches[1])
            case tree.While(condition=condition, body=inner, otherwise=otherwise):
                parts = (tuple(map(settle, inner)), tuple(map(settle, otherwise)))
                return tree.While(span=s.span, condition=condition, body=parts[0], otherwise=parts[1])
            case tree.ForRange():
                return replace(s, body=tuple(map(settle, s.body)), otherwise=tuple(map(settle, s.otherwise)))
            case tree.Try():
                handlers = tuple(replace(h, body=tuple(map(settle, h.body))) for h in s.handlers)
                body, otherwise, final = (tuple(map(settle, b)) for b in (s.body, s.otherwise, s.final))
                return replace(s, body=body, handlers=handlers, otherwise=otherwise, final=final)
            case tree.Rounds():
                rounds = tuple(tuple(map(settle, body)) for body in s.rounds)
                return replace(s, rounds=rounds, otherwise=tuple(map(settle, s.otherwise)))
            case _:
                return s

    return body if all(x is None or x.type == result for _, x in c.returns) else [settle(s) for s in body]


def _no_composites(c: Checker, wanted: Wanted, function: tree.Function) -> None:
    """What is called on a GPU takes and gives numbers and arrays.

    Raises:
        Invalid: E207, the result is a generator; E308, a parameter or the result is a tuple or a record.
    """
    if function.export and any(isinstance(t, GeneratorType) for t in leaf_types(function.returned)):
        message = f"{wanted.signature.definition} returns a generator, which only compiled functions pass on"
        raise c.error("E207", message, wanted.signature.definition.span, fix("return what it draws"))
    if not function.export or function.target.name != "cuda":
        return
    definition, place = wanted.signature.definition, text(function.target)
    for v in function.named:
        if isinstance(v.type, TupleType):
            what = spelled(v.type, function.target)
            message = (
                f"{v.name} of {definition} is a {what}, and functions on {place} are called with numbers and arrays"
            )
            raise c.error("E308", message, v.span, fix("pass its fields one by one"))
    if flat(function.returned) != function.returned:
        what = spelled(function.returned, function.target)
        message = f"{definition} returns a {what}, and functions on {place} return numbers and arrays"
        at = wanted.signature.result_span or definition.span
        raise c.error("E308", message, at, fix("return its fields as a tuple"))


def _known_extents(c: Checker, wanted: Wanted, function: tree.Function) -> None:
    """The results of an exported function are allocated by its caller: their extents come from the parameters.

    Raises:
        Invalid: E220, one does not.
    """
    if not function.export:
        return
    known = {n for p in function.parameters for n in _symbols(p.type)}
    known |= {p.name for p in function.parameters if p.type == INT}
    for t in _leaves(function.result):
        for d in t.dims if isinstance(t, TensorType) else ():
            if not d.is_known and c.target.name == "cpu":
                continue
            if not d.is_known:
                message = f"the result is a {t}, and one of its extents is known only once it has been computed"
            elif not d.symbols <= known:
                message = f"the extent {d} of the result is not known from the parameters"
            else:
                continue
            at = wanted.signature.result_span or wanted.signature.definition.span
            raise c.error("E220", message, at, fix("declare the result with the dimensions of parameters"))


def _leaves(t: Type) -> tuple[Type, ...]:
    return tuple(leaf for item in t.items for leaf in _leaves(item)) if isinstance(t, TupleType) else (t,)
