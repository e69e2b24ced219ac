"""Python's built-in functions."""

from __future__ import annotations

import ast
from collections.abc import Callable

from pyc.source import Span

from . import (
    arrays,
    check_flat,
    check_generators,
    check_operators,
    check_ordered,
    check_records,
    complex_numbers,
    library_calls,
    record_protocols,
    reductions,
    static_conditions,
    tree,
)
from .arguments import bound
from .builtins_complex import constructed
from .builtins_math import to_int
from .check_subscripts import exact, integer
from .composites import is_idle, item
from .conform import agreed, literal_as
from .context import Checker, Operand
from .cpython import messages
from .report import fix
from .types import (
    BOOL,
    FLOAT,
    INT,
    RecordArrayType,
    ScalarType,
    TensorType,
    TupleType,
    is_array,
    is_plain_tuple,
    kind_of,
)
from .values import Value

_ELSEWHERE = {
    "print": "`print(...)` is a statement of its own",
    "range": "range is supported in `for i in range(n)` only",
    "enumerate": "enumerate is supported in `for i, v in enumerate(x)` only",
    "slice": "slices are written where they are used: `x[1:-1]`",
    "zip": "zip is supported in `for v, w in zip(x, y)` only",
    "map": "`sum`, `any`, `all`, `max`, `min`, `sorted` and `tuple` take map(...); else write `[f(v) for v in x]`",
    "filter": "`sum`, `any`, `all`, `max` and `min` take filter(...); else write `[v for v in x if f(v)]`",
    "reversed": "reversed is supported in `for v in reversed(x)` only",
    "dict": "use separate variables",
    "set": "use arrays",
    "type": "`isinstance(v, Body)` asks for a class",
    "id": "compare values: `a == b`",
    "input": "ask in a function that is not compiled, and pass the answer",
    "open": "read and write files in a function that is not compiled, and pass the arrays",
    "eval": "write the expression itself; what is read at run time is for a function that is not compiled",
    "exec": "write the statements themselves",
    "hash": "write a function that computes the number",
    "str": "strings are compiled in `print`, `raise` and `assert` only",
    "getattr": "read the attribute: `v.x`",
    "hasattr": "`isinstance(v, Body)` asks for a class, and its fields are known",
}


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """A call of a built-in.

    Raises:
        Invalid: E122, it is not supported.
    """
    if name == "isinstance":
        return static_conditions.is_instance(c, node, span)
    if name in check_ordered.NAMES:
        return _FUNCTIONS[name](c, node, span)
    if name in check_generators.CONSUMERS and len(node.args) == 1:
        generator = check_ordered.generator_of(c, node.args[0])
        if generator is not None:
            node = ast.copy_location(ast.Call(node.func, [generator], node.keywords), node)
    if name in check_generators.CONSUMERS and node.args and isinstance(node.args[0], ast.GeneratorExp):
        return check_generators.consumed(c, name, node, span)
    handler = _FUNCTIONS.get(name)
    asked = node if handler is None else record_protocols.builtin(c, name, node, span)
    if not isinstance(asked, ast.Call):
        return asked
    node = asked
    if handler is None:
        notes = fix(_ELSEWHERE.get(name, f"supported built-ins are {', '.join(sorted([*_FUNCTIONS, 'range']))}"))
        raise c.error("E122", f"the built-in {name} is not supported in compiled code", span, notes)
    return handler(c, node, span)


def _len(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "len", ["x"])
    if (flat := check_flat.array_of(c, a.nodes["x"])) is not None:
        return arrays.element_count(c, flat, span)
    value = c.value(a.nodes["x"])
    if isinstance(value, tuple | str):
        return c.runtime(len(value), span)
    x = c.runtime(value, c.span(a.nodes["x"]))
    if (found := check_records.special(c, x, "len", node, span)) is not None:
        return found
    if isinstance(x.type, RecordArrayType) and x.type.dims:
        return arrays.extent(c, check_records.first_array(x), 0, span)
    if is_plain_tuple(x.type):
        return arrays.behind(c, x, c.runtime(len(x.type.items), span), span)
    if is_array(x.type) and x.type.rank:
        return arrays.extent(c, x, 0, span)
    notes = [fix(f"the method `__len__` of {x.type} would say it")] if check_records.is_record(x.type) else []
    raise c.error("E202", f"len takes an array or a tuple, and this is a {x.type}", x.span, *notes)


def _abs(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    x = bound(c, node, "abs", ["x"]).expression("x")
    found = check_records.special(c, x, "abs", node, span)
    return absolute(c, c.operand(x), span) if found is None else found


def absolute(c: Checker, o: Operand, span: Span) -> tree.Expression:
    """``abs(x)`` of a number or an array."""
    o = check_operators.number(c, o)
    if complex_numbers.is_complex(o):
        return complex_numbers.absolute(c, o.x, span)
    if isinstance(o.type, ScalarType) and o.type.weak and o.type.dtype != "f64":
        x = c.cast(o.x, "i64", weak=True)
        return tree.Unary(span=span, type=INT, op="int_abs", x=x)
    if o.type.dtype == "bool":
        return check_operators.copied(o.x, span)
    x = check_operators.read(o.x)
    if kind_of(o.type.dtype) == "uint":
        return check_operators.copied(x, span)
    return tree.Unary(span=span, type=x.type, op="abs", x=x)


def _extreme(predicate: str, name: str) -> Callable[[Checker, ast.Call, Span], tree.Expression]:
    def handler(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
        if node.keywords:
            return check_generators.extreme(c, name, node, span)
        values = _several(c, node, name, span)
        if len(values) == 1 and isinstance(values[0].type, TensorType):
            word = "largest" if name == "max" else "smallest"
            return c.once_only(values[0].x, lambda x: _of_some(c, x, name, word, node, span))
        result = values[0].x
        for o in values[1:]:
            result = _larger(c, predicate, result, o.x, span)
        return result

    return handler


def _of_some(c: Checker, x: tree.Expression, name: str, word: str, node: ast.Call, span: Span) -> tree.Expression:
    """``max(x)`` or ``min(x)`` of an array, which raises where it has no elements."""
    count = arrays.extent(c, x, 0, span)
    some = tree.Compare(
        span=span, type=BOOL, predicate="ne", lhs=count, rhs=tree.Constant(span=span, type=INT, value=0)
    )
    body = library_calls.applied(c, "numbers", word, [x], node, span)
    return tree.Checked(
        span=span, type=body.type, condition=some, exception="ValueError", message=messages()[name], body=body
    )


def _several(c: Checker, node: ast.Call, name: str, span: Span) -> list[Operand]:
    """The numbers that ``max`` and ``min`` compare: arguments, or the items of one tuple."""
    if len(node.args) == 1:
        x = c.expression(node.args[0])
        if isinstance(x, tree.Tuple) and x.items:
            return [c.operand(i) for i in x.items]
        if is_plain_tuple(x.type) and x.type.items and is_idle(x):
            return [c.operand(item(x, k, x.span)) for k in range(len(x.type.items))]
        o = c.operand(x) if isinstance(x.type, TensorType) else None
        if o is not None and len(o.dims) == 1:
            return [o]
        message = f"{name} of one argument takes a tuple written out, and this is a {x.type}"
        raise c.error("E202", message, x.span, fix(f"`np.{name}(x)` or `x.{name}()` reduces an array"))
    if not node.args:
        raise c.error("E203", f"{name} needs an argument", span)
    values = [c.number_or_array(a) for a in node.args]
    for o in values:
        if isinstance(o.type, TensorType):
            other = "maximum" if name == "max" else "minimum"
            message = f"{name} compares numbers, and this is a {o.type}"
            written = ", ".join(v.span.text for v in values) if len(values) == 2 else "a, b"
            raise c.error("E218", message, o.span, fix(f"`np.{other}({written})` works element by element"))
    return values


def _larger(c: Checker, predicate: str, a: tree.Expression, b: tree.Expression, span: Span) -> tree.Expression:
    """``b if b > a else a``: what Python's ``max`` does, also with NaN."""
    if a.type != b.type:
        a, b = _one_number_type(c, a, b, span)

    def choose(x: tree.Expression, y: tree.Expression) -> tree.Expression:
        test: tree.Expression = tree.Compare(span=span, type=BOOL, predicate=predicate, lhs=y, rhs=x)
        if complex_numbers.is_complex(o := c.operand(x)):
            assert isinstance(x.type, ScalarType)
            if x.type.weak:
                complex_numbers.ordered(c, predicate, span)
            test = complex_numbers.compared(c, predicate, c.operand(y), o, x.type.dtype, span)
        return tree.Select(span=span, type=x.type, condition=test, on_true=y, on_false=x)

    return c.once_only(a, lambda x: c.once_only(b, lambda y: choose(x, y)))


def _one_number_type(
    c: Checker, a: tree.Expression, b: tree.Expression, span: Span
) -> tuple[tree.Expression, tree.Expression]:
    """A literal, or a weak number beside a sized one of its kind, takes the other's type."""
    for x, y, swap in ((a, b, False), (b, a, True)):
        if literal_as(c, x, y.type) is not None:
            z = literal_as(c, x, y.type)
            assert z is not None
            return (y, z) if swap else (z, y)
    return agreed(c, a, b, span)


def _round(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "round", ["number"], ["ndigits"])
    o = a.operand("number")
    if not isinstance(o.type, ScalarType):
        raise c.error("E202", f"round takes a number, and this is a {o.type}", o.span, fix("`np.round(x)`"))
    if a.given("ndigits"):
        digits = integer(c, a.nodes["ndigits"], "ndigits of round")
        if not o.type.weak:
            return library_calls.applied(c, "elementwise", "round", [o.x, digits], node, span)
        name = "round_float" if o.type == FLOAT else "round_integer"
        number = o.x if o.type == FLOAT else c.cast(o.x, "i64", weak=True)
        return library_calls.applied(c, "numbers", name, [number, digits], node, span)
    if kind_of(o.type.dtype) != "float":
        return exact(c, c.cast(o.x, "i64", weak=True) if o.type.dtype == "bool" else o.x)
    return to_int(c, tree.Unary(span=span, type=o.type, op="rint", x=o.x), span)


def _int(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    if not node.args and not node.keywords:
        return c.runtime(0, span)
    o = _number(c, node, "int")
    assert isinstance(o.type, ScalarType)
    if kind_of(o.type.dtype) == "float":
        return to_int(c, o.x, span)
    return exact(c, c.cast(o.x, "i64", weak=True) if o.type.dtype == "bool" else o.x)


def _float(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    if not node.args and not node.keywords:
        return c.runtime(0.0, span)
    value = c.value(node.args[0]) if len(node.args) == 1 else None
    if isinstance(value, str):
        try:
            return c.runtime(float(value), span)
        except ValueError as error:
            raise c.error("E202", str(error), span) from None
    return c.cast(_number(c, node, "float").x, "f64", weak=True, span=span)


def _bool(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    if not node.args and not node.keywords:
        return c.runtime(value=False, span=span)
    a = bound(c, node, "bool", ["x"])
    x = check_records.truth(c, a.expression("x"), a.nodes["x"])
    return c.cast(x, "bool", weak=True)


def _number(c: Checker, node: ast.Call, name: str) -> Operand:
    """The one real number that a conversion takes; an array of no axes is one."""
    o = bound(c, node, name, ["x"]).operand("x")
    if complex_numbers.is_complex(o):
        raise c.error("E202", f"{name} takes a real number, and this is a {o.type}", o.span, fix("`z.real`"))
    if isinstance(o.type, TensorType):
        if o.type.rank:
            message = f"{name} takes a number, and this is a {o.type}"
            raise c.error("E202", message, o.span, fix("`x.astype(np.float32)` converts the elements of an array"))
        x = tree.Subscript(span=o.span, type=ScalarType(o.type.dtype), base=o.x, items=())
        return c.operand(x)
    return o


def _sum(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "sum", ["iterable"])
    x = a.expression("iterable")
    if is_plain_tuple(x.type):
        return _with_items(c, x, lambda t: _added(c, t, span))
    o = c.operand(x)
    if not isinstance(o.type, TensorType) or o.type.rank != 1:
        message = f"sum takes an array of one axis, and this is a {o.type}"
        raise c.error("E202", message, o.span, fix("`np.sum(x)` adds up all elements, `np.sum(x, axis=0)` rows"))
    return reductions.python_sum(c, o, span)


def _added(c: Checker, x: tree.Tuple, span: Span) -> tree.Expression:
    result: tree.Expression = c.runtime(0, span)
    for i in x.items:
        result = check_operators.binary(c, ast.Add(), c.operand(result), c.operand(i), span)
    return result


def _with_items(c: Checker, x: tree.Expression, body: Callable[[tree.Tuple], tree.Expression]) -> tree.Expression:
    """``body`` of a tuple that is written out, whose items have been evaluated."""

    def written(y: tree.Expression) -> tree.Expression:
        if isinstance(y, tree.Tuple):
            return body(y)
        assert isinstance(y.type, TupleType)
        items = tuple(item(y, k, y.span) for k in range(len(y.type.items)))
        return body(tree.Tuple(span=y.span, type=y.type, items=items))

    return c.each_once(x, written)


def _divmod(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "divmod", ["x", "y"])
    x, y = a.operand("x"), a.operand("y")

    def pair(p: tree.Expression, q: tree.Expression) -> tree.Expression:
        lhs, rhs = c.operand(p), c.operand(q)
        quotient = check_operators.binary(c, ast.FloorDiv(), lhs, rhs, span)
        remainder = check_operators.binary(c, ast.Mod(), lhs, rhs, span)
        if isinstance(quotient, tree.Binary) and quotient.guards:
            word = "float" if FLOAT in (lhs.type, rhs.type) else "int"
            guard = tree.Guard("rhs_nonzero", "ZeroDivisionError", messages()[f"{word} divmod"])
            quotient = _guarded(quotient, (guard,))
        items = (quotient, remainder)
        return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)

    return c.once_only(x.x, lambda p: c.once_only(y.x, lambda q: pair(p, q)))


def _guarded(x: tree.Binary, guards: tuple[tree.Guard, ...]) -> tree.Expression:
    return tree.Binary(span=x.span, type=x.type, op=x.op, lhs=x.lhs, rhs=x.rhs, guards=guards, checks=x.checks)


def _pow(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    a = bound(c, node, "pow", ["base", "exp"], ["mod"])
    if a.given("mod"):
        values = [integer(c, a.nodes[n], "an argument of pow") for n in ("base", "exp", "mod")]
        return library_calls.applied(c, "numbers", "power_modulo", values, node, span)
    return check_operators.binary(c, ast.Pow(), a.operand("base"), a.operand("exp"), span)


def _items(c: Checker, word: str, x: tree.Tuple, span: Span) -> tree.Expression:
    """``any`` and ``all`` of the items of a tuple, which have been evaluated."""
    result = c.runtime(word == "all", span)
    for i in reversed(x.items):
        op = "and" if word == "all" else "or"
        result = tree.ShortCircuit(span=span, type=BOOL, op=op, lhs=c.truth(i), rhs=result)
    return result


def _quantified(word: str) -> Callable[[Checker, ast.Call, Span], tree.Expression]:
    """``any`` and ``all`` of the items of a tuple or of an array of one axis."""

    def handler(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
        x = bound(c, node, word, ["iterable"]).expression("iterable")
        if is_plain_tuple(x.type):
            return _with_items(c, x, lambda t: _items(c, word, t, span))
        o = c.operand(x)
        if not isinstance(o.type, TensorType) or o.type.rank != 1:
            message = f"{word} takes a tuple written out or an array of one axis, and this is a {o.type}"
            raise c.error("E202", message, o.span, fix(f"`np.{word}(x)` takes arrays of any rank"))
        found = reductions.reduced(c, word, o, None, span, keepdims=False)
        return c.cast(found, "bool", weak=True)

    return handler


def _made(name: str) -> Callable[[Checker, ast.Call, Span], tree.Expression | Value]:
    """A tuple of what is written out: of arguments that are iterated over, and need not be values."""
    return lambda c, node, span: check_ordered.made(c, name, node, span)


_FUNCTIONS: dict[str, Callable[[Checker, ast.Call, Span], tree.Expression | Value]] = {
    "len": _len,
    "abs": _abs,
    "min": _extreme("lt", "min"),
    "max": _extreme("gt", "max"),
    "round": _round,
    "int": _int,
    "float": _float,
    "complex": constructed,
    "bool": _bool,
    "sum": _sum,
    "divmod": _divmod,
    "pow": _pow,
    "any": _quantified("any"),
    "all": _quantified("all"),
    **{name: _made(name) for name in check_ordered.NAMES},
}
