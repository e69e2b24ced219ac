"""Expressions: from syntax to typed trees, or to what they are at compile time."""

from __future__ import annotations

import ast
import itertools
import operator
from collections.abc import Callable, Sequence

from pyc.source import Span

from . import (
    advice,
    array_methods,
    arrays,
    check_calls,
    check_flat,
    check_inheritance,
    check_operators,
    check_records,
    check_subscripts,
    check_unpacking,
    closures,
    complex_numbers,
    flow,
    habits,
    number_limits,
    record_protocols,
    static_conditions,
    tree,
)
from .builtins_pyc import METHODS
from .check_python import literal
from .composites import item
from .conform import agreed
from .context import Checker, Operand, Slot
from .dims import Dim
from .evaluated import Evaluated
from .numpy_missing import notes_of_arrays
from .report import Invalid, Unresolved, closest, fix
from .static_conditions import truth
from .types import (
    BOOL,
    INT,
    NoneType,
    RecordArrayType,
    RecordType,
    ScalarType,
    StaticType,
    TensorType,
    TupleType,
    Type,
    is_array,
    is_plain_tuple,
)
from .values import Element, Limits, ModuleInstance, Parent, TypeParameter, Value

#: Constructs that are not compiled: what they are called, and what to write instead.
_UNSUPPORTED: dict[type[ast.expr], tuple[str, str]] = {
    ast.ListComp: ("a list", "make it an array: `np.array([...])`"),
    ast.SetComp: ("a set comprehension", "fill an array in a `for` loop"),
    ast.DictComp: ("a dict comprehension", "fill arrays in a `for` loop"),
    ast.GeneratorExp: ("a generator expression", "give it to sum, any, all, max or min, or loop"),
    ast.Dict: ("a dict", "use separate variables, or a tuple"),
    ast.Set: ("a set", "use a tuple or an array"),
    ast.List: ("a list", "make it an array, `np.array([...])`, or use a tuple"),
    ast.Await: ("await", "keep asynchronous code in functions that are not compiled"),
    ast.Yield: ("yield", "return an array instead of generating values"),
    ast.YieldFrom: ("yield from", "return an array instead of generating values"),
    ast.JoinedStr: ("an f-string", "strings are compiled in `print`, `raise` and `assert` only"),
    ast.Starred: ("unpacking with `*`", "write the arguments out"),
}


def expression_of(c: Checker, node: ast.expr) -> tree.Expression | Value:
    """A checked expression, or the compile-time value that it is.

    Raises:
        Invalid: it has an error, which is in the report.
    """
    result = _dispatch(c, node)
    if isinstance(result, tree.Expression):
        if isinstance(result.type, StaticType):
            return result.type.value  # type: ignore[return-value]
        supported(c, result.type, result.span)
    return result


def supported(c: Checker, t: Type, span: Span) -> None:
    """Refuse element types that the target lacks, at the line that makes them."""
    match t:
        case TensorType(dtype=dtype, target=target):
            pass
        case ScalarType(dtype=dtype, weak=False):
            target = c.target
        case _:
            return
    if dtype != "bool" and not target.supports(dtype):
        raise c.instances.unsupported_dtype(dtype, target, span)


def _dispatch(c: Checker, node: ast.expr) -> tree.Expression | Value:
    span = c.span(node)
    match node:
        case ast.Constant(value=bool() | int() | float() | complex() as value):
            return c.runtime(value, span)
        case ast.Constant(value=str() | None as value):
            return value
        case ast.Name():
            return _name(c, node, span)
        case ast.Attribute():
            return attribute(c, node, span)
        case ast.UnaryOp() | ast.BinOp() if (number := literal(node)) is not None:
            return c.runtime(number, span)
        case ast.BinOp(left=left, op=ast.Add(), right=right) if joined := _joined_tuple(c, left, right, span):
            return joined
        case ast.BinOp() if (other := advice.of_text(node)) is not None and c.static_text(node) is None:
            raise c.error("E121", "strings are not put together in compiled code", span, fix(other))
        case ast.BinOp(left=left, op=op, right=right):
            lhs, rhs = _both(c, left, right)
            found = check_records.operator(c, op, lhs, rhs, node, span)
            return found or check_operators.binary(c, op, c.operand(lhs), c.operand(rhs), span)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _negated(condition(c, operand), span)
        case ast.UnaryOp(op=op, operand=operand):
            x = c.expression(operand)
            if isinstance(x.type, RecordType | RecordArrayType):
                return check_records.unary(c, op, x, node, span)
            return check_operators.unary(c, op, c.operand(x), span)
        case ast.Compare():
            return _comparison(c, node, span)
        case ast.BoolOp():
            return _and_or(c, node, span)
        case ast.IfExp():
            return _conditional(c, node, span)
        case Evaluated():
            return node.value
        case ast.Lambda():
            return closures.closure(c, node)
        case ast.Call():
            return check_calls.call(c, node, span)
        case ast.Subscript():
            return check_subscripts.subscript(c, node, span)
        case ast.Tuple(elts=elements):
            return _tuple(c, elements, span)
        case ast.NamedExpr(target=target, value=value):
            return _named(c, target, value, span)
        case ast.Constant(value=bytes()):
            raise c.error("E121", "bytes are not supported in compiled code", span)
    what, other = _UNSUPPORTED.get(type(node), (f"`{type(node).__name__}`", "write it with numbers and arrays"))
    raise c.error("E121", f"{what} is not supported in compiled code", span, fix(advice.of_list(node) or other))


def _joined_tuple(c: Checker, left: ast.expr, right: ast.expr, span: Span) -> tree.Expression | None:
    """``x.shape[:-1] + (n,)``: one tuple after the other, where both look like tuples and the first is one."""
    if not all(
        isinstance(n, ast.Tuple | ast.Subscript | ast.Attribute | ast.Name | ast.BinOp | ast.Call)
        for n in (left, right)
    ):
        return None
    if not any(isinstance(n, ast.Tuple) or _names_a_shape(n) for n in (left, right)):
        return None
    sides = [c.expression(n) for n in (left, right)]
    if not all(is_plain_tuple(x.type) for x in sides):
        return None
    a, b = sides

    def build(x: tree.Expression, y: tree.Expression) -> tree.Expression:
        items = tuple(
            check_subscripts.item_of(t, i, span)
            for t in (x, y)
            for i in range(len(t.type.items))  # type: ignore[union-attr]
        )
        return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)

    outer = build if isinstance(a, tree.Tuple) else lambda x, y: c.once_only(x, lambda v: build(v, y))
    return outer(a, b) if isinstance(b, tree.Tuple) else c.once_only(b, lambda y: outer(a, y))


def _names_a_shape(node: ast.expr) -> bool:
    inner = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(inner, ast.BinOp):
        return isinstance(inner.op, ast.Add) and any(map(_names_a_shape, (inner.left, inner.right)))
    return isinstance(inner, ast.Tuple) or (isinstance(inner, ast.Attribute) and inner.attr == "shape")


def _tuple(c: Checker, elements: Sequence[ast.expr], span: Span) -> tree.Expression | Value:
    """``(a, *t, b)``: what is known at compile time as a whole stays a compile-time value."""
    items = [c.value(e) for e in check_unpacking.listed(c, elements)]
    if all(not isinstance(i, tree.Expression) for i in items):
        return tuple(i for i in items if not isinstance(i, tree.Expression))
    built = tuple(c.item(i, span) for i in items)
    return tree.Tuple(span=span, type=TupleType(tuple(b.type for b in built)), items=built)


def _named(c: Checker, target: ast.Name, node: ast.expr, span: Span) -> tree.Expression:
    """``name := value``."""
    x = c.expression(node)
    if isinstance(x.type, NoneType):
        raise c.error("E201", "this call returns nothing", x.span)
    assert c.env is not None
    name, at = target.id, c.span(target)
    variable = c.variable(name, x.type, at)
    c.env[name] = c.named[name] = Slot(variable, at)
    dim = c.dim_of(x) if name in c.once and x.type == INT else None
    if dim is not None and dim.is_known:
        c.dims[variable] = dim
    local = tree.Local(span=span, type=x.type, variable=variable)
    return tree.Named(span=span, type=x.type, variable=variable, value=x, body=local)


def _both(c: Checker, left: ast.expr, right: ast.expr) -> tuple[tree.Expression, tree.Expression]:
    """Two operands; the errors of both are reported."""
    try:
        lhs = c.expression(left)
    except Invalid:
        c.expression(right)
        raise
    return lhs, c.expression(right)


# --- names and attributes ---------------------------------------------------------------------------------------------


def _name(c: Checker, node: ast.Name, span: Span) -> tree.Expression | Value:
    name = node.id
    if name in c.locals:
        slot = c.env.get(name) if c.env is not None else None
        if slot is None:
            if name in c.broken:
                raise Invalid(name)  # its assignment had an error: what uses it has nothing to add
            if flow.may_come(c, name):
                raise Unresolved(frozenset())
            message = f"the variable {name} has no value here"
            meant = closest(name, [n for n in (c.env or {}) if not n.startswith(".")])
            raise c.error("E111", message, span, *meant, fix(f"assign {name} before this line"))
        if slot.unbound is not None and name in c.broken:
            raise Invalid(name)
        return c.slot_value(name, slot, span)
    if name in c.static_locals:
        return _compile_time(c, c.static_locals[name], span)
    notes = fix(f"`self.{name}`") if name in _members(c) else None
    return _compile_time(c, c.static.name(name, c.scope, span, local_names=c.locals, instead=notes), span)


def _members(c: Checker) -> set[str]:
    """The names that the class of a method declares."""
    body = c.owner.node.body if c.owner is not None else []
    declared = {n.target.id for n in body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
    return declared | {n.name for n in body if isinstance(n, ast.FunctionDef)}


def _compile_time(c: Checker, value: Value, span: Span) -> tree.Expression | Value:
    """A compile-time value; numbers become constants of the program at once."""
    if isinstance(value, bool | int | float | complex | Dim):
        return c.runtime(value, span)
    if isinstance(value, TypeParameter):
        raise c.error("E216", f"{value.name} is not a type parameter of this function", span)
    return value


def attribute(c: Checker, node: ast.Attribute, span: Span) -> tree.Expression | Value:
    """``base.name``: of a module, an array, or a library."""
    base = c.value(node.value)
    if not isinstance(base, tree.Expression):
        if isinstance(base, ModuleInstance):
            return c.instances.member(c, base, node.attr, span)
        if isinstance(base, Parent):
            return check_inheritance.member(c, base, node.attr, span)
        if isinstance(base, Limits):
            return number_limits.member(c, base, node.attr, span)
        if (found := check_records.of_class(c, base, node.attr, span)) is not None:
            return found
        return _compile_time(c, c.static.attribute(base, node.attr, span), span)
    if is_array(base.type):
        return _of_array(c, base, base.type, node.attr, span)
    if isinstance(base.type, RecordType | RecordArrayType):
        return check_records.attribute(c, base, node.attr, node, span)
    if isinstance(base.type, ScalarType) and node.attr in ("real", "imag"):
        return complex_numbers.attribute(c, base, node.attr, span)
    if isinstance(base.type, ScalarType) and node.attr in ("dtype", "itemsize", "bit_length"):
        if node.attr == "dtype" and not base.type.weak:
            return Element(base.type.dtype)
        raise c.error("E217", f"the attribute {node.attr} of numbers is not supported", span)
    raise c.error("E217", f"a {base.type} has no attribute {node.attr}", span)


def _of_array(c: Checker, x: tree.Expression, t: TensorType, name: str, span: Span) -> tree.Expression | Value:
    match name:
        case "shape":
            return arrays.shape_of(c, x, span)
        case "ndim":
            return arrays.behind(c, x, c.runtime(t.rank, span), span)
        case "size":
            return arrays.element_count(c, x, span)
        case "mT":
            if t.rank < 2:
                raise c.error("E213", "matrix transpose with ndim < 2 is undefined", span)
            return arrays.transposed(x, (*range(t.rank - 2), t.rank - 1, t.rank - 2), span)
        case "T":
            if t.rank < 2:
                return x
            order = tuple(reversed(range(t.rank)))
            return arrays.transposed(x, order, span)
        case "dtype":
            # As NumPy's does, it says how elements are stored. Functions of the library hand on what is computed in.
            mixed = t.dtype == t.precision.storage and not t.precision.is_plain
            return t.precision if mixed and c.scope.namespace.in_library else Element(t.dtype)
        case "itemsize" | "nbytes":
            return arrays.asked(c, x, lambda y: array_methods.byte_count(c, y, name, span))
        case "real" | "imag":
            return complex_numbers.attribute(c, x, name, span)
        case "flat":
            raise check_flat.refused(c, span)
        case "base" | "strides" | "data" | "flags":
            notes = notes_of_arrays(name, METHODS)
            raise c.error("E217", f"the array attribute {name} is not supported in compiled code", span, *notes)
    known = ("shape", "ndim", "size", "T", "dtype", *METHODS)
    if name in METHODS:
        message = f"the method {name} must be called"
        raise c.error("E217", message, span, fix(f"`{node_text(span)}()`"))
    meant = habits.of_array(c.scope.namespace, span)
    raise c.error("E217", f"arrays have no attribute {name}", span, *notes_of_arrays(name, known, meant))


def node_text(span: Span) -> str:
    line = span.text.split("\n")[0]
    return line if len(line) <= 60 else line[:57] + "..."


# --- logic ------------------------------------------------------------------------------------------------------------


def condition(c: Checker, node: ast.expr) -> tree.Expression:
    """An expression as ``if`` takes it: a truth value."""
    span = c.span(node)
    match node:
        case ast.BoolOp(op=op, values=values):
            return _chained(
                c, "and" if isinstance(op, ast.And) else "or", [lambda v=v: condition(c, v) for v in values], span
            )
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _negated(condition(c, operand), span)
        case _:
            value = c.value(node)
            if not isinstance(value, tree.Expression):
                return c.runtime(static_conditions.truth(value), span)
            return check_records.truth(c, value, node)


def _negated(x: tree.Expression, span: Span) -> tree.Expression:
    known = decided(x)
    if known is not None:
        return tree.Constant(span=span, type=BOOL, value=not known)
    return tree.Unary(span=span, type=BOOL, op="not", x=x)


def decided(test: tree.Expression) -> bool | None:
    """What a condition is if it compares constants alone: then only one branch is compiled."""
    match test:
        case tree.Constant(value=value):
            return bool(value)
        case tree.Compare(predicate=predicate, lhs=tree.Constant(value=a), rhs=tree.Constant(value=b)):
            return bool(getattr(operator, predicate)(a, b))
        case tree.Unary(op="not", x=x):
            inner = decided(x)
            return None if inner is None else not inner
        case tree.ShortCircuit(op=op, lhs=lhs, rhs=rhs):
            first = decided(lhs)
            if first is not None:
                return decided(rhs) if first == (op == "and") else first
            return None
        case _:
            return None


def _chained(c: Checker, op: str, parts: Sequence[Callable[[], tree.Expression]], span: Span) -> tree.Expression:
    """Conditions joined; what a condition decides at compile time is not compiled, and neither is what it shuts out."""
    result: tree.Expression | None = None
    x: tree.Expression | None = None
    for part in parts:
        found = part() if result is None else flow.resolved(c, lambda part=part: flow.maybe(c, part, span))
        if found is None:
            break
        x = found
        known = decided(x)
        if known is not None and known == (op == "and"):
            continue
        if result is None:
            result = x
        else:
            word = "and" if op == "and" else "or"
            result = tree.ShortCircuit(span=span, type=BOOL, op=word, lhs=result, rhs=x)
        if known is not None:
            break
    assert x is not None
    return x if result is None else result


def _and_or(c: Checker, node: ast.BoolOp, span: Span) -> tree.Expression | Value:
    """``and``, ``or`` as values: of truth values, or of numbers of one type, of which one is the result."""
    word = "and" if isinstance(node.op, ast.And) else "or"
    first, *others = node.values
    head = c.value(first)
    known = (decided(head) if head.type == BOOL else None) if isinstance(head, tree.Expression) else truth(head)
    if known is not None:
        if known == (word == "or"):
            return head
        rest = others[0] if len(others) == 1 else ast.copy_location(ast.BoolOp(node.op, others), node)
        return c.value(rest)
    if isinstance(head, tree.Expression) and check_records.is_record(head.type):
        rest = (flow.resolved(c, lambda v=v: flow.maybe(c, lambda: c.expression(v), span)) for v in others)
        every = [head, *itertools.takewhile(lambda x: x is not None, rest)]
        return record_protocols.chosen(c, word, [x for x in every if x is not None], node.values, span)
    values = [c.operand(c.runtime(head, c.span(first)))]
    for v in others:
        found = flow.resolved(c, lambda v=v: flow.maybe(c, lambda: c.number_or_array(v), span))
        if found is None:
            break
        values.append(found)
    for o in values:
        if isinstance(o.type, TensorType) and o.type.rank:
            message = f"`{word}` of arrays: the truth value of an array with several elements is ambiguous"
            raise c.error("E218", message, span, fix(advice.of_truth(node)))
    if all(o.type.dtype == "bool" for o in values):
        return _chained(c, word, [lambda o=o: c.truth(o.x) for o in values], span)
    result = values[-1].x
    for o in reversed(values[:-1]):
        a, b = agreed(c, o.x, result, span)
        result = c.once_only(a, lambda x, b=b: _choice(c, word, x, b, span))
    return result


def _choice(c: Checker, word: str, x: tree.Expression, other: tree.Expression, span: Span) -> tree.Expression:
    on_true, on_false = (other, x) if word == "and" else (x, other)
    return tree.Conditional(span=span, type=x.type, condition=c.truth(x), on_true=on_true, on_false=on_false)


def _comparison(c: Checker, node: ast.Compare, span: Span) -> tree.Expression:
    if len(node.ops) == 1:
        op, left, right = node.ops[0], c.value(node.left), c.value(node.comparators[0])
        if not isinstance(left, tree.Expression) and not isinstance(right, tree.Expression):
            return c.runtime(static_conditions.compared(c, op, left, right, span), span)
        if (known := static_conditions.member(op, left, right)) is not None:
            return c.runtime(known, span)
        x = c.runtime(left, c.span(node.left))
        right = _integers(right)
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, tuple | tree.Tuple):
            record_protocols.refuse_search(c, x, span)
            return _among(c, c.operand(x), c.runtime(right, c.span(node.comparators[0])), op, span)
        y = c.runtime(right, c.span(node.comparators[0]))
        if (found := check_records.operator(c, op, x, y, node, span)) is not None:
            return found
        return check_operators.compare(c, op, c.operand(x), c.operand(y), span)
    return _comparison_chain(c, c.expression(node.left), node.ops, node.comparators, span)


def _integers(x: tree.Expression | Value) -> tree.Expression | Value:
    """A tuple of integers that a name holds, written out: of floats, ``in`` also asks which object each is."""
    if not isinstance(x, tree.Local) or not is_plain_tuple(x.type) or any(t != INT for t in x.type.items):
        return x
    return tree.Tuple(span=x.span, type=x.type, items=tuple(item(x, k, x.span) for k in range(len(x.type.items))))


def _among(c: Checker, x: Operand, items: tree.Expression, op: ast.cmpop, span: Span) -> tree.Expression:
    """``x in (a, b)``: whether it equals one of them."""

    def tested(v: tree.Expression) -> tree.Expression:
        return c.each_once(items, lambda t: equal(v, t))

    def equal(v: tree.Expression, t: tree.Expression) -> tree.Expression:
        assert isinstance(t, tree.Tuple)
        found: tree.Expression = tree.Constant(span=span, type=BOOL, value=False)
        for one in reversed(t.items):
            same = c.truth(check_operators.compare(c, ast.Eq(), c.operand(v), c.operand(one), span))
            found = tree.ShortCircuit(span=span, type=BOOL, op="or", lhs=same, rhs=found)
        return found

    result = c.once_only(x.x, tested)
    return result if isinstance(op, ast.In) else tree.Unary(span=span, type=BOOL, op="not", x=result)


def _comparison_chain(
    c: Checker, first: tree.Expression, ops: Sequence[ast.cmpop], nodes: Sequence[ast.expr], span: Span
) -> tree.Expression:
    """``a < b < c``: every operand is evaluated once, and only as far as needed."""
    second = c.expression(nodes[0])
    if len(ops) == 1:
        return _link(c, ops[0], first, second, nodes[0], span)

    def rest(x: tree.Expression) -> tree.Expression:
        test = _link(c, ops[0], first, x, nodes[0], span)
        more = flow.maybe(c, lambda: _comparison_chain(c, x, ops[1:], nodes[1:], span), span)
        return tree.ShortCircuit(span=span, type=BOOL, op="and", lhs=test, rhs=more)

    if isinstance(first, tree.Local | tree.Constant):
        return c.once_only(second, rest)
    # The first operand is evaluated before the second is bound.
    variable = c.temporary(first)
    value, first = first, tree.Local(span=first.span, type=first.type, variable=variable)
    body = c.once_only(second, rest)
    return tree.Bind(span=span, type=body.type, variable=variable, value=value, body=body)


def _link(
    c: Checker, op: ast.cmpop, x: tree.Expression, y: tree.Expression, node: ast.expr, span: Span
) -> tree.Expression:
    """One comparison of a chain, as a truth value."""
    found = check_records.operator(c, op, x, y, node, span)
    return c.truth(check_operators.compare(c, op, c.operand(x), c.operand(y), span) if found is None else found)


def _conditional(c: Checker, node: ast.IfExp, span: Span) -> tree.Expression | Value:
    known = c.known_condition(node.test)
    if known is not None:
        return c.value(node.body if known else node.orelse)
    test = condition(c, node.test)
    if (choice := decided(test)) is not None:
        return c.value(node.body if choice else node.orelse)
    env, otherwise = (flow.assuming(c, node.test, truth=truth) for truth in (True, False))
    c.env = env
    first = flow.resolved(c, lambda: c.expression(node.body))
    env, c.env = c.env, otherwise
    if first is None:
        return c.expression(node.orelse)
    second = flow.resolved(c, lambda: c.expression(node.orelse))
    if second is None:
        c.env = env
        return first
    assert env is not None
    assert c.env is not None
    c.env = flow.merged(env, c.env, span)
    on_true, on_false = agreed(c, first, second, span)
    return tree.Conditional(span=span, type=on_true.type, condition=test, on_true=on_true, on_false=on_false)
