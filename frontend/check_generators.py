"""Generators that ``sum``, ``any``, ``all``, ``max`` and ``min`` consume: ``sum(x[i] for i in range(n) if x[i] > 0)``.

They are checked as the loop that they stand for::

    .total = 0
    for i in range(n):
        if x[i] > 0:
            .total = .total + x[i]

``any`` and ``all`` stop where the answer is known; ``max`` and ``min`` know whether there was an element.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from pyc.source import Span

from . import tree
from .check_comprehensions import Comprehension, renamed
from .context import Checker
from .cpython import messages
from .flow import named_in
from .report import Invalid, Unresolved, fix
from .type_words import told_apart

CONSUMERS = ("sum", "any", "all", "max", "min")
#: ``max`` and ``min`` replace what they have found by an element that compares so.
_BETTER: dict[str, type[ast.cmpop]] = {"max": ast.Gt, "min": ast.Lt}


def consumed(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """``name(... for ... in ...)``.

    Raises:
        Invalid: E203, there are other arguments than those of the function; and what the loop reports.
    """
    from .check_statements import block

    generator = node.args[0]
    assert isinstance(generator, ast.GeneratorExp)
    if len(node.args) > (2 if name == "sum" else 1) or (node.keywords and name not in _BETTER):
        raise c.error("E203", f"{name} takes a generator{' and a start' if name == 'sum' else ''}", span)
    assert c.env is not None
    env, outer = dict(c.env), c.locals
    # What a loop around has found out of these loops, it knows by their syntax.
    if generator not in c.generated:
        c.generated[generator] = _stood_for(c, name, node, generator)
    result, names, statements = c.generated[generator]
    c.locals = outer | names
    try:
        body: list[tree.Statement] = []
        reported = c.report.mark()
        block(c, statements, body)
        if c.report.mark() != reported:
            raise Invalid(name)
        if c.env is None:
            raise Unresolved(c.unresolved)
        slot = c.env[result]
        if slot.conflict is not None:
            one, other = told_apart(slot.variable.type, slot.conflict.variable.type, c.target)
            message = f"{name} gives an element or its default, and they differ in type: {one} and {other}"
            raise c.error("E208", message, span, fix("convert one of them"))
        value = c.expression(ast.copy_location(ast.Name(result, ast.Load()), node))
        env |= {n: c.env[n] for n in named_in(generator) if n in c.env}
        return tree.Do(span=span, type=value.type, body=tuple(body), value=value)
    finally:
        c.env, c.locals = env, outer


def _stood_for(
    c: Checker, name: str, node: ast.Call, generator: ast.GeneratorExp
) -> tuple[str, frozenset[str], list[ast.stmt]]:
    """The loops that a call stands for: the name of their result, the names that they bind, and their statements."""
    chosen = _chosen(c, name, node)
    fresh, names = renamed(generator)
    c.temporaries += 1
    result = f".{name}{c.temporaries}"
    start = node.args[1] if len(node.args) == 2 else ast.Constant(name == "all" if name in ("any", "all") else 0)
    start = chosen.get("default", start)
    statements = [_assigned(result, start), *_loops(name, result, fresh, fresh.generators, chosen)]
    if name in _BETTER:
        statements = [_assigned(f"{result} found", ast.Constant(False)), *statements]
    if chosen:
        statements = [_assigned(f"{result} best", ast.Constant(0)), *statements]
    if name in _BETTER and "default" not in chosen:
        statements.append(_empty(name, result))
    for statement in statements:
        for n in ast.walk(statement):
            if "lineno" in n._attributes and not hasattr(n, "lineno"):
                ast.copy_location(n, node)
    return result, names | {f"{result}{part}" for part in ("", " found", " item", " key", " best")}, statements


def extreme(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """``max`` and ``min`` with ``key=`` or ``default=``, of one iterable or of several arguments.

    Raises:
        Invalid: E203, there is nothing to compare; and what the loop reports.
    """
    if not node.args or any(isinstance(a, ast.Starred) for a in node.args):
        raise c.error("E203", f"{name} takes numbers, an array, or what is written out, by position", span)
    if len(node.args) > 1 and any(k.arg == "default" for k in node.keywords):
        message = f"{name} takes a default for one iterable, not for several arguments"
        raise c.error("E203", message, span, fix("leave it out"))
    match node.args[0]:
        case ast.GeneratorExp() as made:
            pass
        case ast.ListComp(elt=elt, generators=generators) as listing:
            made = c.generators.setdefault(listing, ast.GeneratorExp(elt, generators))
        case _:
            over = node.args[0] if len(node.args) == 1 else ast.Tuple(node.args, ast.Load())
            v = f".{name} of"
            made = ast.GeneratorExp(ast.Name(v, ast.Load()), [ast.comprehension(ast.Name(v, ast.Store()), over, [], 0)])
    for n in ast.walk(made):
        if "lineno" in n._attributes and not hasattr(n, "lineno"):
            ast.copy_location(n, node)
    call = ast.Call(node.func, [made], node.keywords)
    return consumed(c, name, ast.copy_location(call, node), span)


def _chosen(c: Checker, name: str, node: ast.Call) -> dict[str, ast.expr]:
    """The keyword arguments of ``max`` and ``min``; ``key=None`` is none.

    Raises:
        Invalid: E203, there is another.
    """
    found: dict[str, ast.expr] = {}
    for k in node.keywords:
        if k.arg not in ("key", "default"):
            raise c.error("E203", f"{name} takes key= and default=", c.span(k.value))
        if not (k.arg == "key" and isinstance(k.value, ast.Constant) and k.value.value is None):
            found[k.arg] = k.value
    return found


def _loops(
    name: str,
    result: str,
    node: Comprehension,
    levels: Sequence[ast.comprehension],
    chosen: Mapping[str, ast.expr],
) -> list[ast.stmt]:
    """The loops over ``levels``, the innermost of which uses an element."""
    level, inner = levels[0], levels[1:]
    if inner:
        body: list[ast.stmt] = _loops(name, result, node, inner, chosen)
        if name in ("any", "all"):
            done: ast.expr = ast.Name(result, ast.Load())
            body.append(ast.If(done if name == "any" else ast.UnaryOp(ast.Not(), done), [ast.Break()], []))
    elif name == "sum":
        body = [_assigned(result, ast.BinOp(ast.Name(result, ast.Load()), ast.Add(), node.elt))]
    elif name in _BETTER:
        item, best, found = (ast.Name(n, ast.Load()) for n in (f"{result} item", result, f"{result} found"))
        body = [_assigned(f"{result} item", node.elt)]
        taken = [_assigned(result, item), _assigned(f"{result} found", ast.Constant(True))]
        rank: ast.expr = item
        if chosen:
            rank, best = (ast.Name(f"{result} {part}", ast.Load()) for part in ("key", "best"))
            body.append(_assigned(f"{result} key", ast.Call(chosen["key"], [item], []) if "key" in chosen else item))
            taken.append(_assigned(f"{result} best", rank))
        better = ast.Compare(rank, [_BETTER[name]()], [best])
        first = ast.UnaryOp(ast.Not(), found)
        body.append(ast.If(ast.BoolOp(ast.Or(), [first, better]), taken, []))
    else:
        found = node.elt if name == "any" else ast.UnaryOp(ast.Not(), node.elt)
        body = [ast.If(found, [_assigned(result, ast.Constant(name == "any")), ast.Break()], [])]
    for condition in reversed(level.ifs):
        body = [ast.If(condition, body, [])]
    return [ast.For(level.target, level.iter, body, [], lineno=node.lineno, col_offset=node.col_offset)]


def _empty(name: str, result: str) -> ast.stmt:
    """What ``max`` and ``min`` raise where there is no element."""
    message = ast.Constant(messages()[name])
    error = ast.Call(ast.Name("ValueError", ast.Load()), [message], [])
    return ast.If(ast.UnaryOp(ast.Not(), ast.Name(f"{result} found", ast.Load())), [ast.Raise(error, None)], [])


def _assigned(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)
