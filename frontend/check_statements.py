"""Statements: assignments, writes, branches, loops, and the ways out of them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from pyc.diagnostics import Note
from pyc.source import Span
from pyc.structure import BLOCKS

from . import (
    check_annotations,
    check_assignments,
    check_fastmath,
    check_loops,
    check_match,
    check_messages,
    check_structure,
    check_try,
    flow,
    presence,
    tree,
)
from .check_expressions import condition, decided
from .check_records import value_of
from .closures import closure
from .conform import Place, conform, repeated
from .context import Checker, Loop
from .report import Invalid, Unresolved, fix
from .types import BOOL, NoneType, RecordArrayType, StaticType, TensorType, TupleType, is_plain_tuple
from .values import described

#: Statements that are not compiled: what they are called, and what to write instead.
_UNSUPPORTED: dict[type[ast.stmt], tuple[str, str]] = {
    ast.With: (
        "with",
        "only `with pyc.fastmath(...)` and `with pyc.annotate(...)` are; keep it in a function that is not compiled",
    ),
    ast.AsyncWith: ("async with", "keep it in a function that is not compiled"),
    ast.AsyncFor: ("async for", "keep it in a function that is not compiled"),
    ast.AsyncFunctionDef: ("async def", "define it at the top level of the file, without async"),
    ast.ClassDef: ("a class inside a function", "define it at the top level of the file"),
    ast.Import: ("an import inside a function", "import at the top level of the file"),
    ast.ImportFrom: ("an import inside a function", "import at the top level of the file"),
    ast.Global: ("global", "pass the value as an argument and return it"),
    ast.Nonlocal: ("nonlocal", "it stands in a function inside a function"),
}
#: What may stand in `with`, by its name in pyc.
_REGIONS = {
    "fastmath": check_fastmath.region,
    "annotate": check_annotations.region,
    # What a model was, in the program that it has become: it says nothing of what is computed.
    **dict.fromkeys(BLOCKS, lambda c, node: None),
    "node": check_structure.node,
}
if hasattr(ast, "TryStar"):
    _UNSUPPORTED[ast.TryStar] = ("except*", "`except` handles one exception")


def block(c: Checker, nodes: Sequence[ast.stmt], out: list[tree.Statement]) -> None:
    """Check statements in order and append them; each reports its own errors. What cannot be reached is left out."""
    for node in nodes:
        if c.env is None:
            return
        try:
            _statement(c, node, out)
        except Unresolved as call:
            c.unresolved |= call.keys
            c.env = None
        except Invalid:
            assert c.report.count, "a statement was refused without an error"
            _poison(c, node)
        except RecursionError:
            c.instances.too_deep(c.span(node), "this statement")
            _poison(c, node)


def _poison(c: Checker, node: ast.stmt) -> None:
    """After an error, names that the statement assigns have no type: uses of them are not reported again."""
    for name in (*flow.bound_names(node), *_declared(node)):
        c.broken.add(name)
        if c.env is not None:
            c.env.pop(name, None)


def _declared(node: ast.stmt) -> list[str]:
    """The names of ``global``, ``nonlocal`` and of imports."""
    names = getattr(node, "names", ())
    return [n if isinstance(n, str) else n.asname or n.name.partition(".")[0] for n in names]


def _statement(c: Checker, node: ast.stmt, out: list[tree.Statement]) -> None:
    span = c.span(node)
    if isinstance(node, ast.With) and (region := _REGIONS.get(check_fastmath.region_name(c, node))):
        region(c, node)
        block(c, node.body, out)
        return
    match node:
        case ast.Assign(targets=targets, value=value):
            check_assignments.assignment(c, targets, value, span, out)
        case ast.AnnAssign():
            check_assignments.annotated(c, node, span, out)
        case ast.AugAssign():
            check_assignments.augmented(c, node, span, out)
        case ast.Expr():
            _evaluated(c, node, span, out)
        case ast.Return():
            _return(c, node, span, out)
        case ast.If():
            _if(c, node, span, out)
        case ast.While():
            _while(c, node, span, out)
        case ast.For():
            check_loops.loop_over(c, node, span, out)
        case ast.Break() | ast.Continue():
            _leave(c, node, span, out)
        case ast.Raise():
            check_messages.raised(c, node, span, out)
            c.env = None
        case ast.Assert():
            check_messages.asserted(c, node, span, out)
        case ast.Pass():
            pass
        case ast.Try():
            check_try.try_(c, node, span, out)
        case ast.Match():
            check_match.match(c, node, span, out)
        case ast.Delete(targets=targets):
            for target in targets:
                _delete(c, target, out)
        case ast.FunctionDef():
            _define(c, node, span, out)
        case _:
            what, other = _UNSUPPORTED.get(type(node), (type(node).__name__, "write it with numbers and arrays"))
            raise c.error("E120", f"`{what}` is not supported in compiled code", _head(c, node), fix(other))


def _delete(c: Checker, target: ast.expr, out: list[tree.Statement]) -> None:
    """``del name``: the name has no value any more; an array goes when nobody refers to it."""
    match target:
        case ast.Name(id=name):
            value = c.value(ast.copy_location(ast.Name(id=name, ctx=ast.Load()), target))
            if isinstance(value, tree.Checked):
                out.append(tree.Evaluate(span=value.span, value=value))
            assert c.env is not None
            del c.env[name]
            out.append(presence.unbound(c, name, c.span(target)))
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            for t in targets:
                _delete(c, t, out)
        case _:
            message = "`del` of an element or attribute is not supported in compiled code"
            raise c.error("E120", message, c.span(target), fix("arrays keep their length: copy what stays"))


def _head(c: Checker, node: ast.stmt) -> Span:
    """The first line of a statement: the carets of a whole body would say nothing."""
    span = c.span(node)
    line = span.text.split("\n")[0]
    return Span(span.source, span.start, span.start + len(line.rstrip()))


def _define(c: Checker, node: ast.FunctionDef, span: Span, out: list[tree.Statement]) -> None:
    """A function inside the function."""
    if node.decorator_list:
        message = "a decorator on a function inside a function is not supported in compiled code"
        raise c.error("E119", message, c.span(node.decorator_list[0]), fix("leave it out"))
    made = tree.Static(span=span, type=StaticType(closure(c, node, out)))
    check_assignments.bind(c, node.name, made, c.span(node), out, span)


# --- expressions, returns, errors -------------------------------------------------------------------------------------


def _evaluated(c: Checker, node: ast.Expr, span: Span, out: list[tree.Statement]) -> None:
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str | type(...)):
        return
    if isinstance(node.value, ast.Call) and check_messages.is_print(c, node.value):
        check_messages.printed(c, node.value, span, out)
        return
    value = c.value(node.value)
    if isinstance(value, tree.Expression):
        out.append(tree.Evaluate(span=span, value=value))
    elif not isinstance(value, str | bool | int | float | tuple) and value is not None:
        raise c.error("E223", f"{described(value)} does nothing here", span)


def _return(c: Checker, node: ast.Return, span: Span, out: list[tree.Statement]) -> None:
    value = c.value(node.value) if node.value is not None else None
    x = None if value is None or node.value is None else c.runtime(value, c.span(node.value))
    if x is not None and isinstance(x.type, NoneType):
        out.append(tree.Evaluate(span=span, value=x))
        x = None
    if x is not None and c.result is None:
        x = _returned(c, x)
    if c.result is not None:
        if isinstance(c.result, NoneType) and x is not None:
            notes = [Note("its result is declared here", c.result_span)] if c.result_span else []
            raise c.error("E204", f"this function is declared to return None, and this is a {x.type}", x.span, *notes)
        if not isinstance(c.result, NoneType):
            if x is None:
                message = f"this function returns a {c.result}"
                raise c.error("E204", message, span, *([Note("declared here", c.result_span)] if c.result_span else []))
            place = Place("the result", c.result, c.result_span)
            x = repeated(c, conform(c, x, place), place)
    c.returns.append((node, x))
    out.append(tree.Return(span=span, value=x))
    c.env = None


def _returned(c: Checker, x: tree.Expression) -> tree.Expression:
    """A value as an undeclared result: one of mixed precision is rounded where typed functions return it."""
    t = x.type
    if (
        c.stores_result
        and isinstance(t, TensorType)
        and t.dtype == t.precision.compute
        and t.dtype != t.precision.storage
    ):
        return conform(c, x, Place("the result", replace(t, dtype=t.precision.storage), None))
    if isinstance(t, RecordArrayType):
        return value_of(c, x)
    if isinstance(x, tree.Tuple) and is_plain_tuple(t):
        items = tuple(_returned(c, i) for i in x.items)
        return replace(x, items=items, type=TupleType(tuple(i.type for i in items)))
    return x


# --- control flow -----------------------------------------------------------------------------------------------------


def _if(c: Checker, node: ast.If, span: Span, out: list[tree.Statement]) -> None:
    known = c.known_condition(node.test)
    if known is not None:
        block(c, node.body if known else node.orelse, out)
        return
    test = condition(c, node.test)
    if (choice := decided(test)) is not None:
        block(c, node.body if choice else node.orelse, out)
        return
    sides = [
        flow.Side(
            lambda statements, nodes=nodes: block(c, nodes, statements),
            flow.assuming(c, node.test, truth=truth),
            _head(c, nodes[0]) if nodes else span,
        )
        for nodes, truth in ((node.body, True), (node.orelse, False))
    ]
    flow.branch(c, test, sides, span, out)


def _while(c: Checker, node: ast.While, span: Span, out: list[tree.Statement]) -> None:
    known = c.known_condition(node.test)
    if known is False:
        block(c, node.orelse, out)
        return

    def attempt(loop: flow.Attempt) -> None:
        loop.test = c.runtime(value=True, span=c.span(node.test)) if known else condition(c, node.test)
        loop.falls_out = not (known or decided(loop.test))
        loop.tested = flow.assuming(c, node.test, truth=False) if binds else None
        c.env = flow.assuming(c, node.test, truth=True)
        block(c, node.body, loop.body)

    binds = any(isinstance(n, ast.NamedExpr) for n in ast.walk(node.test))
    done = flow.loop(c, node, attempt, out)
    assert done.test is not None
    if not binds:
        out.append(tree.While(span=span, condition=done.test, body=tuple(done.body), otherwise=tuple(done.otherwise)))
        return
    # A condition that binds names is a statement of the body: what it binds is carried as all is that a body binds.
    ended = tree.Variable(".ended", BOOL, span)
    no, yes = (tree.Constant(span=span, type=BOOL, value=v) for v in (False, True))
    goes_on = tree.Unary(span=span, type=BOOL, op="not", x=tree.Local(span=span, type=BOOL, variable=ended))
    ends = tree.Assign(span=span, variable=ended, value=yes)
    body = tree.If(span=span, condition=done.test, then=tuple(done.body), otherwise=(ends,))
    out.append(tree.Assign(span=span, variable=ended, value=no))
    out.append(tree.While(span=span, condition=goes_on, body=(body,), otherwise=tuple(done.otherwise)))


def _leave(c: Checker, node: ast.Break | ast.Continue, span: Span, out: list[tree.Statement]) -> None:
    if not c.loops:
        raise c.error("E101", f"'{'break' if isinstance(node, ast.Break) else 'continue'}' outside loop", span)
    loop: Loop = c.loops[-1]
    assert c.env is not None
    flow.convert(c, node, c.env, out, span)
    if isinstance(node, ast.Break):
        loop.breaks.append((node, dict(c.env)))
        out.append(tree.Break(span=span))
    else:
        loop.continues.append((node, dict(c.env)))
        out.append(tree.Continue(span=span))
    c.env = None
