"""Tuples of what is written out: ``tuple(t)``, ``list(t)``, ``sorted(t, key=f)``; and ``map`` and ``filter``.

How many items there are is known at compile time. ``sorted`` exchanges neighbours until they are in order, each where
the later one is less: equal items stay in their order, as in Python. A list of known length is a tuple here.
"""

from __future__ import annotations

import ast

from pyc.source import Span

from . import tree
from .check_assignments import assign
from .check_comprehensions import Comprehension, renamed
from .check_loops import Counted, rounds_of
from .composites import is_idle
from .context import Checker
from .evaluated import Evaluated
from .report import Invalid, fix
from .type_words import told_apart
from .types import INT, TupleType
from .values import LibraryName, Value

NAMES = ("list", "sorted", "tuple")
#: More items than this are not ordered one by one.
_LONGEST = 16
#: What an array is given to instead.
_OTHERS = {"sorted": "`np.sort(x)` sorts an array", "tuple": "unpack it: `a, b = x`", "list": "use the array itself"}


def made(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``tuple(...)``, ``list(...)`` or ``sorted(...)``.

    Raises:
        Invalid: E122, how many items there are is known only at run time; E203, E208.
    """
    if name != "sorted" and not node.args and not node.keywords:
        return ()
    options = {k.arg: k.value for k in node.keywords}
    if len(node.args) != 1 or not set(options) <= ({"key", "reverse"} if name == "sorted" else set()):
        takes = "an iterable, key= and reverse=" if name == "sorted" else "one iterable"
        raise c.error("E203", f"{name} takes {takes}", span)
    assert c.env is not None
    env, outer, body = dict(c.env), c.locals, list[tree.Statement]()
    try:
        items = _items(c, name, node.args[0], body, span)
        if name == "sorted":
            items = _ordered(c, items, options, body, node)
    finally:
        c.env, c.locals = env, outer
    whole = tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)
    return tree.Do(span=span, type=whole.type, body=tuple(body), value=whole) if body else whole


def _items(
    c: Checker, name: str, node: ast.expr, body: list[tree.Statement], span: Span
) -> tuple[tree.Expression, ...]:
    """The items of what is iterated over, evaluated in ``body``."""
    node = generator_of(c, node) or node
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return _generated(c, name, node, body, span)
    found = rounds_of(c, node, body)
    if not isinstance(found, Counted):
        return found
    count = c.dim_of(found.rounds)
    if count is None or count.value is None:
        message = f"the built-in {name} is not supported for so many items as are known only at run time"
        raise c.error("E122", message, span, fix(_OTHERS[name]))
    number = (tree.Constant(span=span, type=INT, value=k) for k in range(count.value))
    return tuple(_kept(c, found.item(k), body) for k in number)


def _generated(
    c: Checker, name: str, node: Comprehension, body: list[tree.Statement], span: Span
) -> tuple[tree.Expression, ...]:
    """The elements of a comprehension without conditions."""
    if len(node.generators) > 1 or node.generators[0].ifs:
        message = f"the built-in {name} is not supported for so many items as are known only at run time"
        raise c.error("E122", message, span, fix("`np.array([... for ... if ...])` makes an array"))
    fresh, names = renamed(node)
    c.locals = c.locals | names
    generator = fresh.generators[0]
    elements: list[tree.Expression] = []
    for item in _items(c, name, generator.iter, body, span):
        assign(c, generator.target, item, c.span(generator.iter), body)
        elements.append(_kept(c, c.expression(fresh.elt), body, always=True))
    return tuple(elements)


def _kept(c: Checker, x: tree.Expression, body: list[tree.Statement], *, always: bool = False) -> tree.Expression:
    if isinstance(x, tree.Constant | tree.Static) or (is_idle(x) and not always):
        return x
    variable = c.temporary(x)
    body.append(tree.Assign(span=x.span, variable=variable, value=x))
    return tree.Local(span=x.span, type=x.type, variable=variable)


def _ordered(
    c: Checker,
    items: tuple[tree.Expression, ...],
    options: dict[str | None, ast.expr],
    body: list[tree.Statement],
    node: ast.Call,
) -> tuple[tree.Expression, ...]:
    """The items in order, by their keys.

    Raises:
        Invalid: E122, there are too many; E203, whether it is reversed is known only at run time; E208, types differ.
    """
    from .check_statements import block

    span, reverse = c.span(node), False
    if "reverse" in options:
        value = c.value(options["reverse"])
        if not (isinstance(value, tree.Constant) and isinstance(value.value, bool | int)):
            raise c.error("E203", "reverse of sorted is True or False", c.span(options["reverse"]))
        reverse = bool(value.value)
    if len(items) > _LONGEST:
        message = f"sorted takes at most {_LONGEST} items in compiled code, and these are {len(items)}"
        raise c.error("E122", message, span, fix("`np.sort(np.array(t))` sorts an array"))
    for i in items[1:]:
        if i.type != items[0].type:
            one, other = told_apart(items[0].type, i.type, c.target)
            message = f"sorted takes items of one type, and these are {one} and {other}"
            raise c.error("E208", message, span, fix("convert one of them"))
    c.temporaries += 1
    names = [f".sorted{c.temporaries} {k}" for k in range(len(items))]
    key = options.get("key")
    key = None if isinstance(key, ast.Constant) and key.value is None else key
    keys = names if key is None else [f"{n} key" for n in names]
    c.locals = c.locals | {*names, *keys}
    statements: list[ast.stmt] = [
        ast.Assign([_name(n, store=True)], Evaluated(i, node)) for n, i in zip(names, items, strict=True)
    ]
    if key is not None:
        pairs = zip(keys, names, strict=True)
        statements += [ast.Assign([_name(k, store=True)], ast.Call(key, [_name(n)], [])) for k, n in pairs]
    for last in range(1, len(items)):
        for k in range(last, 0, -1):
            later, earlier = _name(keys[k]), _name(keys[k - 1])
            test = ast.Compare(earlier if reverse else later, [ast.Lt()], [later if reverse else earlier])
            exchanged = dict.fromkeys((keys[k], names[k], keys[k - 1], names[k - 1]))
            swapped = {keys[k]: keys[k - 1], names[k]: names[k - 1], keys[k - 1]: keys[k], names[k - 1]: names[k]}
            to = ast.Tuple([_name(n, store=True) for n in exchanged], ast.Store())
            values = ast.Tuple([_name(swapped[n]) for n in exchanged], ast.Load())
            statements.append(ast.If(test, [ast.Assign([to], values)], []))
    for s in statements:
        for n in ast.walk(s):
            if "lineno" in n._attributes and not hasattr(n, "lineno"):
                ast.copy_location(n, node)
    reported = c.report.mark()
    block(c, statements, body)
    if c.report.mark() != reported:
        raise Invalid("sorted")
    return tuple(c.expression(ast.copy_location(_name(n), node)) for n in names)


def _name(name: str, *, store: bool = False) -> ast.Name:
    return ast.Name(name, ast.Store() if store else ast.Load())


# --- map and filter ---------------------------------------------------------------------------------------------------


def generator_of(c: Checker, node: ast.expr) -> ast.GeneratorExp | None:
    """``map(f, x)`` and ``filter(f, x)`` as the generators that they are; ``None`` for anything else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id in c.locals:
        return None
    if node.func.id not in ("map", "filter") or node.keywords or len(node.args) < 2:
        return None
    if c.value(node.func) != LibraryName("builtins", node.func.id):
        return None
    if node not in c.generators:
        function, *over = node.args
        names = [f".{node.func.id} {k}" for k in range(len(over))]
        target: ast.expr = ast.Tuple([_name(n, store=True) for n in names], ast.Store())
        iterable: ast.expr = ast.Call(ast.Name("zip", ast.Load()), over, [])
        if len(over) == 1:
            target, iterable = _name(names[0], store=True), over[0]
        applied: ast.expr = ast.Call(function, [_name(n) for n in names], [])
        if node.func.id == "filter":
            if isinstance(function, ast.Constant) and function.value is None:
                applied = _name(names[0])
            made = ast.GeneratorExp(_name(names[0]), [ast.comprehension(target, iterable, [applied], 0)])
        else:
            made = ast.GeneratorExp(applied, [ast.comprehension(target, iterable, [], 0)])
        ast.copy_location(made, node)
        for n in ast.walk(made):
            if "lineno" in n._attributes and not hasattr(n, "lineno"):
                ast.copy_location(n, node)
        c.generators[node] = made
    return c.generators[node]
