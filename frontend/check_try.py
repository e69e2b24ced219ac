"""``try``: what names hold where an error may have come in between, and which exceptions are handled."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

from pyc.source import Span

from . import flow, presence, tree
from .check_messages import arguments_of, exception_name, shown
from .conform import literal_fits
from .context import Checker, Env, Slot
from .report import fix
from .scope import single_binding
from .types import FLOAT, INT, ScalarType, Type


def try_(c: Checker, node: ast.Try, span: Span, out: list[tree.Statement]) -> None:
    """Check ``try``.

    Raises:
        Invalid: E121, no exception that compiled code handles; E120, a way out of ``finally`` that is not supported.
    """
    assert c.env is not None
    entry, at = dict(c.env), _first_line(span)
    outer, errors, returns, broken = dict(c.forced), c.report.mark(), len(c.returns), set(c.broken)
    while True:
        before: list[tree.Statement] = []
        c.env = dict(entry)
        for name, t in c.forced.items():
            slot = c.env.get(name)
            if (
                slot is not None
                and slot.variable.type != t
                and (
                    (slot.literal and literal_fits(slot.variable.type, t))
                    or flow.differ_in_extents(slot.variable.type, t)
                )
            ):
                before.append(flow.conversion(c, name, slot, t, at))
                c.env[name] = replace(slot, variable=c.variable(name, t, slot.span))
        known, attempt = dict(c.forced), dict(c.env)
        done = _look(c, node, span, at, attempt)
        c.forced |= _forced(c, attempt, done, node)
        if c.forced == known:
            break
        c.report.rewind(errors)
        del c.returns[returns:]
        c.broken = set(broken)
    c.forced = outer
    out += [*before, done]


def _forced(c: Checker, entry: Env, done: tree.Try, node: ast.Try) -> dict[str, Type]:
    """The types that number literals take where a name is bound to another number in the same ``try``, and arrays take
    where it is bound to one of other extents.

    An error may come between any two assignments: what is read then is one variable.
    """
    found: dict[str, Type] = {}
    types: dict[str, set[Type]] = {}
    for v in _variables((done,)):
        types.setdefault(v.name, set()).add(v.type)
    for name in flow.bound_names(node):
        slot = entry.get(name)
        own = types.get(name, set()) | ({slot.variable.type} if slot is not None else set())
        fixed = own - {INT, FLOAT} or ({FLOAT} if own == {INT, FLOAT} else set())
        if len(own) > 1 and len(common := flow.of_any_extent(c, name, sorted(own, key=str), node)) == 1:
            found[name] = common[0]
        elif len(own) > 1 and len(fixed) == 1:
            (t,) = fixed
            if all(o == t or literal_fits(o, t) for o in own):
                found[name] = t
    return found


def _look(c: Checker, node: ast.Try, span: Span, at: Span, entry: dict[str, Slot]) -> tree.Try:
    """One look at a ``try``."""
    from .check_statements import block

    body: list[tree.Statement] = []
    otherwise: list[tree.Statement] = []
    ways: list[flow.Way] = []
    block(c, node.body, body)
    if c.env is not None and node.orelse:
        block(c, node.orelse, otherwise)
    if c.env is not None:
        ways.append(flow.Way(c.env, otherwise if node.orelse else body, at))
    between = _between(c, entry, body, node.body, at)
    handlers: list[tuple[tuple[str, ...], list[tree.Statement], tree.Variable | None]] = []
    for h in node.handlers:
        kinds = _kinds(c, h)
        _no_value(c, h)
        c.env = dict(between)
        statements: list[tree.Statement] = []
        number, others = None, dict(c.caught)
        if h.name is not None:
            number = c.caught[h.name] = tree.Variable(f".{h.name}", ScalarType("i32"), c.span(h.body[0]))
            # Python unbinds the name behind the handler, and nothing in it uses what the name held before.
            c.env.pop(h.name, None)
            statements.append(presence.unbound(c, h.name, c.span(h.body[0])))
        c.handling += 1
        block(c, h.body, statements)
        c.handling -= 1
        c.caught = others
        if c.env is not None:
            ways.append(flow.Way(c.env, statements, c.span(h.body[0])))
        handlers.append((kinds, statements, number))
    c.env = flow.join(c, ways, at) if ways else None
    final = _final(c, node, between, [body, otherwise, *(s for _, s, _ in handlers)], at)
    return tree.Try(
        span=span,
        body=tuple(body),
        handlers=tuple(tree.Handler(kinds, tuple(statements), number) for kinds, statements, number in handlers),
        otherwise=tuple(otherwise),
        final=tuple(final),
    )


def _final(
    c: Checker, node: ast.Try, between: Env, blocks: Sequence[list[tree.Statement]], at: Span
) -> list[tree.Statement]:
    """The statements of ``finally``; afterwards names are what they were, but for those that it binds."""
    from .check_statements import block

    final: list[tree.Statement] = []
    if not node.finalbody:
        return final
    normal = c.env
    every = [s for b in blocks for s in b]
    c.env = _between(c, dict(between), every, [*node.body, *node.handlers, *node.orelse], at)
    block(c, node.finalbody, final)
    if c.env is None or normal is None:
        c.env = None
        return final
    bound = set(flow.bound_names(*node.finalbody))
    after = {name: slot for name, slot in normal.items() if name not in bound}
    c.env = {**after, **{name: slot for name, slot in c.env.items() if name in bound}}
    return final


def _between(
    c: Checker, entry: Env, body: Sequence[tree.Statement], nodes: Sequence[ast.stmt | ast.ExceptHandler], at: Span
) -> dict[str, Slot]:
    """The names where an error has left statements, after any of them.

    What keeps its type has the value that it had then. A name that they bind to another type can be used only where
    they came to their end.
    """
    found: dict[str, Slot] = dict(entry)
    ends: set[str] = set()
    for n in (n for s in nodes for n in ast.walk(s)):
        if isinstance(n, ast.ExceptHandler) and n.name is not None:
            ends.add(n.name)
        elif isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del):
            ends.add(n.id)
    variables: dict[str, set[tree.Variable]] = {}
    for v in _variables(body):
        variables.setdefault(v.name, set()).add(v)
    for name in dict.fromkeys(flow.bound_names(*nodes)):
        slot = entry.get(name)
        bound = variables.get(name, set())  # `x += 1` of an array binds nothing
        if slot is None and not bound:
            continue
        if slot is None:
            # It has a value if the error came after it was assigned.
            first = min(bound, key=lambda v: v.span.start)
            slot = found[name] = Slot(first, first.span, unbound=at)
        other = next((v for v in bound if v.type != slot.variable.type), None)
        if other is not None:
            # What it holds depends on how far the statements came.
            found[name] = replace(slot, literal=False, conflict=slot.conflict or Slot(other, other.span))
        else:
            # An error may come behind `del`, or behind a handler that has unbound the name.
            found[name] = replace(slot, literal=False, unbound=slot.unbound or (at if name in ends else None))
    return found


#: What may have statements or expressions inside.
_PARTS = (tree.Statement, tree.Expression, tree.Handler, tree.Index, tree.Range, tree.Chosen)


def _variables(statements: Sequence[tree.Statement]) -> set[tree.Variable]:
    """The variables that statements bind, those inside them included."""
    found: set[tree.Variable] = set()
    pending: list[object] = list(statements)
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Assign | tree.ForRange | tree.Named):
            found.add(node.variable)
        for f in fields(node):  # type: ignore[arg-type]
            value = getattr(node, f.name)
            for item in value if isinstance(value, tuple) else (value,):
                pending += [i for i in (item if isinstance(item, tuple) else (item,)) if isinstance(i, _PARTS)]
    return found


def _kinds(c: Checker, h: ast.ExceptHandler) -> tuple[str, ...]:
    """The exceptions that a handler takes; none for all."""
    if h.type is None:
        return ()
    return tuple(exception_name(c, n, raised=False) for n in _listed(c, h.type))


def _listed(c: Checker, node: ast.expr) -> list[ast.expr]:
    """The exceptions that a handler lists: itself, or in a tuple of the file that it names."""
    if isinstance(node, ast.Tuple):
        return [n for e in node.elts for n in (_listed(c, e.value) if isinstance(e, ast.Starred) else [e])]
    if isinstance(node, ast.Name) and node.id not in c.locals and node.id in c.scope.namespace.bindings:
        binding = single_binding(c.scope.namespace, node.id, c.report, c.span(node))
        if isinstance(binding.value, ast.Tuple):
            return _listed(c, binding.value)
    return [node]


def _no_value(c: Checker, h: ast.ExceptHandler) -> None:
    """Refuse a handler that uses the exception as a value, but to say it: in ``print``, f-strings and exceptions."""
    if h.name is None:
        return
    said: set[ast.expr] = set()
    for n in ast.walk(ast.Module(h.body, [])):
        if isinstance(n, ast.Raise) and n.cause is not None:
            said.add(n.cause)  # `from` has a message of its own
        match n:
            case ast.Call(func=ast.Name(id="print"), args=args) | ast.Raise(exc=ast.Call(args=args)):
                said.update(_named(piece) for a in args for piece in _pieces(a))
            case ast.Raise(exc=ast.Name() as again):
                said.add(again)
            case ast.FormattedValue(value=value):
                said.update(map(_named, _pieces(value)))
            case ast.ExceptHandler(name=name) if name == h.name:
                message = f"the name {name} is bound by two handlers, one in the other, and unbound by the inner one"
                raise c.error("E121", message, c.span(n), fix("give one of the exceptions another name"))
    for n in ast.walk(ast.Module(h.body, [])):
        if isinstance(n, ast.Name) and n.id == h.name and n not in said:
            message = f"the exception {h.name} is not a value in compiled code"
            mend = fix(f"`print({h.name})`, f-strings in `print` and `raise` say it; `raise` alone raises it again")
            raise c.error("E121", message, c.span(n), mend)


def _pieces(node: ast.expr) -> Iterator[ast.expr]:
    """What a string is put together of: ``a``, ``b`` and ``c`` of ``a + "%s %s" % (b, c)``."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            yield from (*_pieces(left), *_pieces(right))
        case ast.Tuple(elts=parts):
            yield from (piece for part in parts for piece in _pieces(part))
        case ast.Call(func=ast.Attribute(attr="format"), args=args, keywords=keywords):
            yield from (piece for part in (*args, *(k.value for k in keywords)) for piece in _pieces(part))
        case _:
            yield node


def _named(node: ast.expr) -> ast.expr:
    """The name in ``str(e)``, ``repr(e)``, ``e.args`` and ``e.args[0]``; any other expression itself."""
    found = arguments_of(node)
    return shown(node) if found is None else found[0]


def _first_line(span: Span) -> Span:
    line = span.text.split("\n")[0]
    return Span(span.source, span.start, span.start + len(line.rstrip()))
