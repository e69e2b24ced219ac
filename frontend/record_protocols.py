"""What Python asks of a record by special methods: conversions, membership, chains, choices, iteration, extremes.

``int(v)`` is ``V.__int__(v)``, ``k in v`` is ``V.__contains__(v, k)``, and so on, where the class of the record has the
method. ``__iter__`` is a generator of ``yield`` statements: a loop over the record has a round for each of them.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc.diagnostics import Note
from pyc.source import Span

from . import check_records, tree
from .conform import agreed
from .context import Checker
from .evaluated import Evaluated
from .report import fix
from .types import BOOL, INT, ScalarType, TupleType, Type, kind_of
from .values import Definition, RecordMethod

#: The methods that a conversion asks for, the first one that there is.
_CONVERSIONS: dict[str, tuple[str, ...]] = {
    "int": ("int",),
    "float": ("float",),
    "complex": ("complex", "float"),
}
_DTYPES = {"int": "i64", "float": "f64", "complex": "c128"}
#: What a method must give.
_GIVES = {"int": "int", "len": "int", "float": "float", "complex": "complex", "bool": "bool"}
#: They take one iterable.
_CONSUMERS = frozenset({"sum", "any", "all", "max", "min"})
_WITHOUT_RECORDS = frozenset({"isinstance", "len", "abs", "bool", "sum", "any", "all", "print"})


#: A value, and what it is compared by.
_Ranked = tuple[tree.Expression, tree.Expression]


def known(c: Checker) -> bool:
    """Whether the program has records."""
    return c.instances.records.any_declared


# --- built-in functions -----------------------------------------------------------------------------------------------


def builtin(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | ast.Call:
    """A built-in function, or one of ``math``, of a record; of anything else, the call with what was evaluated for it.

    Raises:
        Invalid: E201, the record has no method for it.
    """
    keys = {k.arg: k.value for k in node.keywords} if name in ("min", "max") and len(node.args) > 1 else {}
    plain = len(keys) == len(node.keywords) and keys.keys() <= {"key"}
    if any(isinstance(a, ast.Starred | ast.GeneratorExp) for a in node.args):
        plain = False
    if name in _CONSUMERS and len(node.args) == 1 and plain and known(c):
        return _iterated(c, name, node, span)
    if name in _WITHOUT_RECORDS or not plain or not node.args or not known(c):
        return node
    values = [c.value(a) for a in node.args]
    given: list[ast.expr] = [Evaluated(v, a) for v, a in zip(values, node.args, strict=True)]
    call = ast.copy_location(ast.Call(node.func, given, node.keywords), node)
    if not any(isinstance(v, tree.Expression) and check_records.is_record(v.type) for v in values):
        return call
    records = [check_records.value_of(c, c.runtime(v, c.span(a))) for v, a in zip(values, node.args, strict=True)]
    if name in ("min", "max") and len(values) > 1:
        elements = [c.runtime(v, s.span) for v, s in zip(values, records, strict=True)]
        return _extreme(c, name, elements, call, span, keys.get("key"))
    found = _applied(c, name, records, call, span)
    if found is None:
        x = next(r for r in records if check_records.is_record(r.type))
        wanted = _CONVERSIONS.get(name, (name,))[0]
        mend = fix(f"the method `__{wanted}__` of {x.type} would say what it is, or take a field of it")
        raise c.error("E201", f"{name} does not take a {x.type}", x.span, mend)
    return found


def _applied(
    c: Checker, name: str, values: Sequence[tree.Expression], node: ast.Call, span: Span
) -> tree.Expression | None:
    x = values[0]
    match name, len(values):
        case (("int" | "float" | "complex"), 1):
            return converted(c, x, name, node, span)
        case "divmod", 2:
            return _either(c, "divmod", values, node, span)
        case "pow", 2:
            return check_records.operator(c, ast.Pow(), values[0], values[1], node, span)
        case "round", (1 | 2):
            found = check_records.method_named(c, x, "__round__")
            return None if found is None else check_records.called_with(c, found, values, node, span)
        case (("floor" | "ceil" | "trunc"), 1):
            found = check_records.method_named(c, x, f"__{name}__")
            return None if found is None else check_records.called_with(c, found, values, node, span)
        case _:
            return None


def converted(c: Checker, x: tree.Expression, to: str, node: ast.expr, span: Span) -> tree.Expression | None:
    """``int(x)``, ``float(x)`` or ``complex(x)`` of a record; ``None`` where it has no method for it.

    Raises:
        Invalid: E201, the method gives something else, for which Python raises TypeError.
    """
    for name in _CONVERSIONS[to]:
        found = check_records.method_named(c, x, f"__{name}__")
        if found is not None:
            given = check_records.called_with(c, found, [x], node, span)
            return c.cast(exactly(c, given, x.type, name), _DTYPES[to], weak=True)
    return None


def exactly(c: Checker, given: tree.Expression, record: Type, name: str) -> tree.Expression:
    """What the method ``__name__`` of a record gave, which has the type that Python wants of it.

    Raises:
        Invalid: E201, it has another.
    """
    t, want = given.type, _GIVES[name]
    kind = kind_of(t.dtype) if isinstance(t, ScalarType) else ""
    if kind == want or (want == "int" and kind == "uint"):
        return given
    if want == "int" and t == BOOL:
        return c.cast(given, "i64", weak=True)
    message = f"the method `__{name}__` of {record} gives a {t}, and Python wants a {want}"
    raise c.error("E201", message, given.span, fix(f"`def __{name}__(self) -> {want}:`, and return one"))


def _either(
    c: Checker, name: str, values: Sequence[tree.Expression], node: ast.expr, span: Span
) -> tree.Expression | None:
    """``x.__name__(y)``, or ``y.__rname__(x)`` where ``x`` has no such method."""
    x, y = values
    if (found := check_records.method_named(c, x, f"__{name}__")) is not None:
        return check_records.called_with(c, found, [x, y], node, span)
    if (found := check_records.method_named(c, y, f"__r{name}__")) is not None and x.type != y.type:
        return c.once_only(x, lambda first: check_records.called_with(c, found, [y, first], node, span))
    return None


def _extreme(
    c: Checker, name: str, values: Sequence[tree.Expression], node: ast.expr, span: Span, key: ast.expr | None = None
) -> tree.Expression:
    """``min`` and ``max`` of records: the first one than which no other is less, or greater, itself or by its key.

    Raises:
        Invalid: E208, the values have several types; E201, they are not compared.
    """
    from .check_operators import compare

    op = ast.Gt() if name == "max" else ast.Lt()

    def rank(x: tree.Expression) -> tree.Expression:
        if key is None:
            return x
        return c.expression(ast.copy_location(ast.Call(key, [Evaluated(x, node)], []), node))

    def better(best: _Ranked, other: _Ranked, done: Sequence[tree.Expression]) -> tree.Expression:
        a, b = other[1], best[1]
        test = check_records.operator(c, op, a, b, node, span)
        if test is None:
            test = compare(c, op, c.operand(a), c.operand(b), span)
        return c.once_only(c.truth(test), lambda t: taken(t, best, other, done))

    def taken(test: tree.Expression, best: _Ranked, other: _Ranked, done: Sequence[tree.Expression]) -> tree.Expression:
        x, y = agreed(c, best[0], other[0], span)
        chosen = tree.Conditional(span=span, type=x.type, condition=test, on_true=y, on_false=x)
        if not done:
            return chosen
        if key is None:
            return c.once_only(chosen, lambda v: fold((v, v), done))
        a, b = agreed(c, other[1], best[1], span)
        ranks = tree.Conditional(span=span, type=a.type, condition=test, on_true=a, on_false=b)
        return c.once_only(ranks, lambda r: c.once_only(chosen, lambda v: fold((v, r), done)))

    def fold(best: _Ranked, others: Sequence[tree.Expression]) -> tree.Expression:
        first, *more = others
        if key is None:
            return better(best, (first, first), more)
        return c.once_only(rank(first), lambda r: better(best, (first, r), more))

    def bound(done: list[tree.Expression], pending: Sequence[tree.Expression]) -> tree.Expression:
        if not pending:
            first, *others = done
            return c.once_only(rank(first), lambda r: fold((first, r), others))
        return c.once_only(pending[0], lambda v: bound([*done, v], pending[1:]))

    return bound([], values)


def _iterated(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | ast.Call:
    """``sum(v)`` of a record with ``__iter__``: what a loop over it does."""
    from .check_generators import consumed

    if not isinstance(node.args[0], ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        return node
    value = c.value(node.args[0])
    over = Evaluated(value, node.args[0])
    if not (isinstance(value, tree.Expression) and check_records.is_record(value.type)):
        return ast.copy_location(ast.Call(node.func, [over], []), node)
    v = f".{name} of"
    each = ast.comprehension(ast.Name(v, ast.Store()), over, [], 0)
    made = ast.GeneratorExp(ast.Name(v, ast.Load()), [each])
    for n in ast.walk(made):
        if "lineno" in n._attributes and not hasattr(n, "lineno"):
            ast.copy_location(n, node)
    call = ast.copy_location(ast.Call(node.func, [made], []), node)
    return consumed(c, name, call, span)


# --- comparisons and choices ------------------------------------------------------------------------------------------


def compared(
    c: Checker, op: ast.cmpop, x: tree.Expression, y: tree.Expression, node: ast.expr, span: Span
) -> tree.Expression | None:
    """``x in y``, ``x is y`` where one of them is a record; ``None`` for other operators, and of other values.

    Raises:
        Invalid: E121, a record has no method for it, or identity is asked for.
    """
    if isinstance(op, ast.Is | ast.IsNot) and (check_records.is_record(x.type) or check_records.is_record(y.type)):
        word = "==" if isinstance(op, ast.Is) else "!="
        message = "`is` asks which object this is, and a record is a value in compiled code"
        raise c.error("E121", message, span, fix(f"`{word}` compares what they hold"))
    if not isinstance(op, ast.In | ast.NotIn):
        return None
    if check_records.is_record(y.type):
        y = check_records.value_of(c, y)
        found = check_records.method_named(c, y, "__contains__")
        if found is None:
            message = f"`in` looks into a {y.type}, which has no method `__contains__`"
            raise c.error("E121", message, span, fix("the method `__contains__` would say what it holds"))
        first = check_records.value_of(c, x)
        held = c.once_only(
            first, lambda v: c.once_only(y, lambda w: check_records.called_with(c, found, [w, v], node, span))
        )
        result = c.truth(held)
        return result if isinstance(op, ast.In) else tree.Unary(span=span, type=BOOL, op="not", x=result)
    refuse_search(c, x, span)
    return None


def refuse_search(c: Checker, x: tree.Expression, span: Span) -> None:
    """Refuse ``x in (a, b)`` of a record.

    Raises:
        Invalid: E121, it is one.
    """
    if check_records.is_record(x.type):
        message = "`in` asks first whether a record is the same object, and a record is a value in compiled code"
        raise c.error("E121", message, span, fix("`==` compares records: `b == first or b == second`"))


def chosen(
    c: Checker, word: str, values: Sequence[tree.Expression], nodes: Sequence[ast.expr], span: Span
) -> tree.Expression:
    """``a and b``, ``a or b`` of records: one of them.

    Raises:
        Invalid: E208, the values have several types.
    """
    result = values[-1]  # an element of an array stays one, as in CPython
    for v, node in reversed(list(zip(values[:-1], nodes, strict=False))):
        first, other = agreed(c, v, result, span)

        def choice(x: tree.Expression, other: tree.Expression = other, node: ast.expr = node) -> tree.Expression:
            on_true, on_false = (other, x) if word == "and" else (x, other)
            test = check_records.truth(c, x, node)
            return tree.Conditional(span=span, type=x.type, condition=test, on_true=on_true, on_false=on_false)

        result = c.once_only(first, choice)
    return result


# --- iteration --------------------------------------------------------------------------------------------------------


def yielded(c: Checker, x: tree.Expression, node: ast.expr, span: Span) -> tuple[tree.Expression, ...] | None:
    """What ``__iter__`` of a record yields, each to be evaluated when its round begins; ``None`` where it has none.

    ``x`` is a name that nothing else assigns.

    Raises:
        Invalid: E120, the method is more than ``yield`` statements.
    """
    found = check_records.method_named(c, x, "__iter__")
    if found is None:
        return None
    nodes = _yields(found.definition)
    if nodes is None:
        message = f"the method `__iter__` of {x.type} is more than a sequence of `yield` statements"
        mend = fix("`yield self.x`, one statement for each value; or a method that returns a tuple")
        note = Note("it is defined here", found.definition.span)
        raise c.error("E120", message, span, note, mend)
    return tuple(_value(c, found, n, x, node, span) for n in nodes)


def _value(
    c: Checker, found: RecordMethod, value: ast.expr, x: tree.Expression, node: ast.expr, span: Span
) -> tree.Expression:
    definition = found.definition
    made = c.instances.records.returning(definition, value)
    return check_records.called_with(c, RecordMethod(found.record, made), [x], node, span)


def _yields(definition: Definition) -> list[ast.expr] | None:
    """The expressions that a generator yields, one statement each; ``None`` where it does anything else."""
    assert isinstance(definition.node, ast.FunctionDef)
    found: list[ast.expr] = []
    for s in definition.node.body:
        match s:
            case ast.Expr(value=ast.Yield(value=ast.expr() as value)):
                found.append(value)
            case ast.Expr(value=ast.YieldFrom(value=ast.Tuple(elts=elts))):
                found += elts
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.Return(value=ast.Call(func=ast.Name(id="iter"), args=[ast.Tuple(elts=elts)])):
                found += elts
                return found
            case _:
                return None
    return found


def unpacked(c: Checker, x: tree.Expression, node: ast.expr, span: Span) -> tree.Expression | None:
    """``(*v,)``: what ``__iter__`` of a record yields, as a tuple; ``None`` where it has no such method."""
    if not check_records.is_record(x.type):
        return None
    x = check_records.value_of(c, x)
    if check_records.method_named(c, x, "__iter__") is None:
        return None

    def build(v: tree.Expression) -> tree.Expression:
        items = yielded(c, v, node, span)
        assert items is not None
        return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)

    return c.once_only(x, build)


def length(c: Checker, x: tree.Expression, given: tree.Expression) -> tree.Expression:
    """What ``__len__`` of a record gave, an int that is not negative.

    Raises:
        Invalid: E201, it is no int.
    """
    given = c.cast(exactly(c, given, x.type, "len"), "i64", weak=True)

    def checked(n: tree.Expression) -> tree.Expression:
        zero = tree.Constant(span=n.span, type=INT, value=0)
        enough = tree.Compare(span=n.span, type=BOOL, predicate="ge", lhs=n, rhs=zero)
        message = "__len__() should return >= 0"
        return tree.Checked(span=n.span, type=INT, condition=enough, exception="ValueError", message=message, body=n)

    return c.once_only(given, checked)
