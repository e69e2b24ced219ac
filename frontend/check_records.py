"""Records in expressions: made from their fields, read, compared, and calculated with by their methods."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from pyc.diagnostics import Note
from pyc.source import Span

from . import record_protocols, tree
from .arguments import bound
from .closures import is_named
from .composites import is_idle, item
from .conform import Place, conform
from .context import Checker
from .definitions import method_kind
from .evaluated import Evaluated
from .report import closest, fix
from .static import Scope
from .types import (
    BOOL,
    INT,
    RecordArrayType,
    RecordType,
    ScalarType,
    TensorType,
    TupleType,
    Type,
    is_plain_tuple,
    records,
)
from .values import Applied, Captured, Definition, Element, Partial, RecordMethod, RecordPattern, Value

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitAnd: "and",
    ast.BitOr: "or", ast.BitXor: "xor", ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert",
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
}  # fmt: skip
#: ``a < b`` asks ``b`` for ``b > a`` where ``a`` has no answer.
_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_SYMBOLS: dict[str, str] = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^", "neg": "-", "pos": "+", "invert": "~",
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip


def is_record(t: Type) -> bool:
    """Whether a value of a type is one record, also one in an array."""
    return isinstance(t, RecordType) or (isinstance(t, RecordArrayType) and not t.dims)


def record_of(t: Type) -> RecordType:
    """The record that a value is, or that an array consists of."""
    if isinstance(t, RecordArrayType):
        return t.record
    assert isinstance(t, RecordType)
    return t


def element(declared: Type, like: RecordArrayType) -> Type:
    """The type of an element of an array of records where ``declared`` is the record."""
    return records(declared, (), like.target) if isinstance(declared, RecordType) else declared


# --- made -------------------------------------------------------------------------------------------------------------


def constructed(c: Checker, callee: Applied | Definition, node: ast.Call, span: Span) -> tree.Expression | None:
    """``Body(x, mass=2.0)``; ``None`` where the class is no record.

    Raises:
        Invalid: E203, fields are missing or unknown; E202, E212, a value does not fit its field.
    """
    definition = callee.definition if isinstance(callee, Applied) else callee
    if c.instances.declarations.record_layout(definition) is None:
        return None
    declared = c.instances.records.declared(definition)
    required = [f.name for f in declared.fields.values() if f.default is None]
    optional = [f.name for f in declared.fields.values() if f.default is not None]
    a = bound(c, node, str(callee), required, optional)
    given = {name: c.runtime(c.value(n), c.span(n)) for name, n in a.nodes.items()}
    t = _made_type(c, callee, given, span)
    values: dict[str, tree.Expression] = {}
    for name, want in zip(t.fields, t.items, strict=True):
        f = declared.fields[name]
        x = given.get(name)
        if x is None:
            assert f.default is not None
            x = _default(c, f.default, definition, span)
        values[name] = own(c, conform(c, x, Place(f"the field {name} of {t}", want, f.span, "E202")))
    order = [n for n in given if not is_idle(values[n])]
    if order == [n for n in t.fields if n in order]:
        return tree.Tuple(span=span, type=t, items=tuple(values[n] for n in t.fields))
    # Arguments are evaluated as they are written, and that is not the order of the fields.
    temporaries = {n: c.temporary(values[n]) for n in order}
    items = tuple(
        tree.Local(span=values[n].span, type=values[n].type, variable=temporaries[n]) if n in temporaries else values[n]
        for n in t.fields
    )
    result: tree.Expression = tree.Tuple(span=span, type=t, items=items)
    for n in reversed(order):
        result = tree.Bind(span=span, type=t, variable=temporaries[n], value=values[n], body=result)
    return result


def _made_type(c: Checker, callee: Applied | Definition, given: dict[str, tree.Expression], span: Span) -> RecordType:
    """The record that a call makes: type arguments that are not given follow from the values."""
    from .annotations import resolve
    from .binding import Match

    classes, report = c.instances.records, c.report
    if isinstance(callee, Definition):
        declared = classes.declared(callee)
        parameters = {p.name: p for p in declared.type_parameters}
        match = Match(parameters, report, {})
        scope = Scope(callee.namespace, dict(parameters))
        annotations = c.instances.annotations
        pairs = [
            (annotations.pattern(f.node, scope), given[f.name]) for f in declared.fields.values() if f.name in given
        ]
        for step in (match.element, match.weak):
            for pattern, x in pairs if parameters else ():
                step(pattern, x.type, x.span)
        for p in parameters.values():
            if p.name not in match.found:
                message = f"{p.name} of {callee} cannot be found from the values"
                raise c.error("E215", message, span, fix(f"`{callee.name}[f64](...)` says it"))
        callee = Applied(callee, tuple(match.found[n] for n in parameters))
    pattern = classes.pattern(callee, span)
    assert isinstance(pattern, RecordPattern)
    t = resolve(pattern, c.scope.names, c.target)
    assert isinstance(t, RecordType)
    return t


def named(c: Checker, value: tree.Expression | Value, span: Span) -> RecordType | None:
    """The record that a compile-time value names, for ``dtype=``; ``None`` where it names none."""
    from .annotations import resolve

    if isinstance(value, Definition) and isinstance(value.node, ast.ClassDef):
        value = Applied(value, ())
    if not (isinstance(value, Applied) and isinstance(value.definition.node, ast.ClassDef)):
        return None
    pattern = c.instances.records.pattern(value, span)
    if pattern is None:
        return None
    t = resolve(pattern, c.scope.names, c.target)
    return t if isinstance(t, RecordType) else None


def of_class(c: Checker, base: Value, name: str, span: Span) -> RecordMethod | Partial | None:
    """``Vec.unit``: a method by its class; ``None`` where ``base`` is no record or has no such method."""
    if name == "dtype" or not isinstance(base, Definition | Applied):
        return None
    record = named(c, base, span)
    if record is None:
        return None
    definition = c.instances.records.of(record).methods.get(name)
    if definition is None:
        return None
    method = RecordMethod(record, definition)
    return Partial(method, (class_of(record),), ()) if _decorated(definition, "classmethod") else method


def class_of(record: RecordType) -> Applied:
    """What a class method is called on."""
    assert isinstance(record.key, Applied)
    return record.key


def _default(c: Checker, node: ast.expr, definition: Definition, span: Span) -> tree.Expression:
    """A default of a field: a constant, or a record or tuple of constants."""
    scope = Scope(definition.namespace)
    if isinstance(node, ast.Call):
        callee = c.static.evaluate(node.func, scope)
        if isinstance(callee, Element) and len(node.args) == 1 and not node.keywords:
            return c.cast(_default(c, node.args[0], definition, span), callee.dtype)
        if isinstance(callee, Definition | Applied) and not node.keywords:
            arguments: list[ast.expr] = [Evaluated(_default(c, n, definition, span), node) for n in node.args]
            made = constructed(c, callee, ast.copy_location(ast.Call(node.func, arguments, []), node), span)
            if made is not None:
                return made
    if isinstance(node, ast.Tuple):
        items = tuple(_default(c, n, definition, span) for n in node.elts)
        return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)
    return c.runtime(c.static.evaluate(node, scope), span)


def own(c: Checker, x: tree.Expression) -> tree.Expression:
    """A value as a field keeps it: arrays in it are copied, because a record is a value."""
    t = x.type
    if isinstance(t, TensorType):
        return x if _is_fresh(x) else tree.Copy(span=x.span, type=t, x=x)
    if isinstance(t, TupleType) and _holds_arrays(t):

        def build(v: tree.Expression) -> tree.Expression:
            items = tuple(own(c, item(v, i, v.span)) for i in range(len(t.items)))
            return tree.Tuple(span=v.span, type=t, items=items)

        return build(x) if is_idle(x) or isinstance(x, tree.Tuple) else c.once_only(x, build)
    return x


def _is_fresh(x: tree.Expression) -> bool:
    """Whether an expression gives a new array."""
    return isinstance(
        x, tree.Copy | tree.Fill | tree.Empty | tree.Iota | tree.Binary | tree.Unary | tree.Select | tree.Concat
    )


def _holds_arrays(t: Type) -> bool:
    return isinstance(t, TensorType) or (isinstance(t, TupleType) and any(map(_holds_arrays, t.items)))


def replaced(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    """``dataclasses.replace(record, field=value)``: a new record.

    Raises:
        Invalid: E202, it is no record; E203, a field is unknown.
    """
    if len(node.args) != 1:
        raise c.error("E203", "replace takes a record, and fields by name", span)
    x = value_of(c, c.expression(node.args[0]))
    if not isinstance(x.type, RecordType):
        raise c.error("E202", f"replace takes a record, and this is a {x.type}", x.span)
    t = x.type
    changed = ast.copy_location(ast.Call(node.func, [], node.keywords), node)
    a = bound(c, changed, "replace", [], t.fields)

    def build(v: tree.Expression) -> tree.Expression:
        items = []
        for i, (name, want) in enumerate(zip(t.fields, t.items, strict=True)):
            new = c.expression(a.nodes[name]) if name in a.nodes else item(v, i, span)
            items.append(own(c, conform(c, new, Place(f"the field {name} of {t}", want, None, "E202"))))
        return tree.Tuple(span=span, type=t, items=tuple(items))

    return c.once_only(x, build)


def value_of(c: Checker, x: tree.Expression) -> tree.Expression:
    """An element of an array of records as a record of its own: what it holds now."""
    t = x.type
    if not (isinstance(t, RecordArrayType) and not t.dims):
        return x
    record = t.record

    def build(v: tree.Expression) -> tree.Expression:
        items = tuple(_read(item(v, i, v.span), t) for i, t in enumerate(record.items))
        return tree.FromArray(span=v.span, type=record, items=items)

    return build(x) if is_idle(x) else c.once_only(x, build)


def is_element(x: tree.Expression) -> bool:
    """Whether a value is an element of an array of records, or a copy that was made of one for a call."""
    while isinstance(x, tree.Bind):
        x = x.body
    return isinstance(x, tree.FromArray) or (isinstance(x.type, RecordArrayType) and not x.type.dims)


def holds_records(t: Type) -> bool:
    """Whether a value of a type is a record, or a tuple with one."""
    return isinstance(t, RecordType) or (is_plain_tuple(t) and any(map(holds_records, t.items)))


def _read(x: tree.Expression, want: Type) -> tree.Expression:
    """What ``x``, arrays for fields, holds as a value of type ``want``."""
    match want:
        case ScalarType(dtype=dtype):
            number = tree.Subscript(span=x.span, type=ScalarType(dtype), base=x, items=())
            return number if number.type == want else tree.Cast(span=x.span, type=want, x=number)
        case TensorType():
            return tree.Copy(span=x.span, type=want, x=x)
        case TupleType(items=items):
            parts = tuple(_read(item(x, i, x.span), t) for i, t in enumerate(items))
            return tree.Tuple(span=x.span, type=want, items=parts)
        case _:
            return x


# --- read -------------------------------------------------------------------------------------------------------------


def attribute(c: Checker, x: tree.Expression, name: str, node: ast.expr, span: Span) -> tree.Expression | Value:
    """``x.name`` of a record or an array of records: a field, a property or a method.

    Raises:
        Invalid: E217, it has no such attribute.
    """
    record = record_of(x.type)
    if isinstance(x.type, RecordArrayType) and x.type.dims:
        from . import numpy_records

        if (found := numpy_records.attribute(c, x, name, span)) is not None:
            return found
    if name in record.fields:
        return field_of(c, x, name, span)
    methods = c.instances.records.of(record).methods
    if name in methods and is_record(x.type):
        method = RecordMethod(record, methods[name])
        if _is_property(methods[name]):
            call = ast.copy_location(ast.Call(node, [Evaluated(value_of(c, x), node)], []), node)
            return c.instances.call(c, method, call, span)
        if isinstance(node, ast.Attribute) and is_named(c, node.value):
            assert isinstance(node.value, ast.Name)
            bound_to: tuple[Value, ...] = (Captured(node.value.id),)
            if method_kind(methods[name]) in ("staticmethod", "classmethod"):
                bound_to = () if method_kind(methods[name]) == "staticmethod" else (class_of(record),)
            return Partial(method, bound_to, ())
        notes = fix(f"`{span.text}()`, or a method of a name that is assigned once")
        raise c.error("E217", f"the method {name} must be called", span, notes)
    if isinstance(x.type, RecordArrayType) and x.type.dims:
        message = f"an array of {record} has no attribute {name}"
        known = [*record.fields, "shape", "ndim", "size", "dtype", "T", "copy", "reshape"]
    else:
        message, known = f"a {record} has no attribute {name}", [*record.fields, *methods]
    listed = (fix(f"it has {', '.join(f'`{k}`' for k in known[:8])}"),)
    raise c.error("E217", message, span, *(closest(name, known) or listed))


def without_more(x: tree.Expression, rank: int) -> tree.Expression:
    """An array of which only the first axes are those of the array of records."""
    t = x.type
    assert isinstance(t, TensorType)
    if t.rank == rank:
        return x
    zero = tree.Constant(span=x.span, type=ScalarType("i64", weak=True), value=0)
    items = (*(tree.Range(),) * rank, *(tree.Index(zero),) * (t.rank - rank))
    return tree.Subscript(span=x.span, type=replace(t, dims=t.dims[:rank]), base=x, items=items)


def first_array(x: tree.Expression) -> tree.Expression:
    """An array whose first extents are those of an array of records."""
    while isinstance(x.type, TupleType):
        x = item(x, 0, x.span)
    return x


def field_of(c: Checker, x: tree.Expression, name: str, span: Span) -> tree.Expression:
    """A field of a record: its value; of an array of records: the array of that field."""
    t = x.type
    assert isinstance(t, RecordType | RecordArrayType)
    index = record_of(t).fields.index(name)
    found = item(x, index, span)
    if isinstance(t, RecordArrayType) and not t.dims and isinstance(t.record.items[index], ScalarType):
        return _element(found, span)
    return found


def _element(x: tree.Expression, span: Span) -> tree.Expression:
    """The number in an array without axes."""
    if isinstance(x, tree.Bind):
        body = _element(x.body, span)
        return replace(x, type=body.type, body=body)
    assert isinstance(x.type, TensorType)
    return tree.Subscript(span=span, type=ScalarType(x.type.dtype), base=x, items=())


def _is_property(definition: Definition) -> bool:
    return _decorated(definition, "property")


def _decorated(definition: Definition, name: str) -> bool:
    assert isinstance(definition.node, ast.FunctionDef)
    return any(isinstance(d, ast.Name) and d.id == name for d in definition.node.decorator_list)


# --- methods and operators --------------------------------------------------------------------------------------------


def method(c: Checker, x: tree.Expression, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """``x.name(...)`` of a record, or of an array of records.

    Raises:
        Invalid: E217, it has no such method.
    """
    if isinstance(x.type, RecordArrayType) and x.type.dims:
        from . import numpy_records

        if (made := numpy_records.method(c, x, name, node, span)) is not None:
            return made
    elif isinstance(x.type, RecordArrayType) and name == "copy":
        bound(c, node, "copy", [])
        return copied(c, x)
    record = record_of(x.type)
    methods = c.instances.records.of(record).methods
    if name not in methods or not is_record(x.type):
        what = f"an array of {record}" if isinstance(x.type, RecordArrayType) and x.type.dims else f"a {record}"
        known = [
            *methods,
            *(["copy", "reshape", "transpose", "flatten"] if isinstance(x.type, RecordArrayType) else []),
        ]
        notes = closest(name, known)
        if name in record.fields:
            notes = (fix(f"`{name}` is a field: it is read without parentheses"),)
        raise c.error("E217", f"{what} has no method {name}", span, *notes)
    given: tuple[ast.expr, ...] = (Evaluated(value_of(c, x), node.func),)
    if _decorated(methods[name], "staticmethod"):
        given = ()
    elif _decorated(methods[name], "classmethod"):
        given = (Evaluated(class_of(record), node.func),)
    call = ast.copy_location(ast.Call(node.func, [*given, *node.args], node.keywords), node)
    return c.instances.call(c, RecordMethod(record, methods[name]), call, span)


def copied(c: Checker, x: tree.Expression) -> tree.Expression:
    """An array of records with elements of its own."""
    t = x.type
    if isinstance(t, TensorType):
        return tree.Copy(span=x.span, type=t, x=x)
    assert isinstance(t, TupleType)

    def build(v: tree.Expression) -> tree.Expression:
        items = tuple(copied(c, item(v, i, v.span)) for i in range(len(t.items)))
        return tree.Tuple(span=v.span, type=t, items=items)

    return build(x) if is_idle(x) else c.once_only(x, build)


def operator(
    c: Checker, op: ast.AST, lhs: tree.Expression, rhs: tree.Expression, node: ast.expr, span: Span
) -> tree.Expression | None:
    """``lhs op rhs`` where one of them is a record; ``None`` where none is.

    Raises:
        Invalid: E201, neither has a method for it.
    """
    if not (isinstance(lhs.type, RecordType | RecordArrayType) or isinstance(rhs.type, RecordType | RecordArrayType)):
        return None
    if isinstance(op, ast.cmpop) and (found := record_protocols.compared(c, op, lhs, rhs, node, span)) is not None:
        return found
    from . import numpy_records

    if (elements := numpy_records.compared(c, op, lhs, rhs, span)) is not None:
        return elements
    name = _OPERATORS.get(type(op))
    if name is None:
        raise c.error("E121", "this operator does not take records in compiled code", span)
    lhs, rhs = value_of(c, lhs), value_of(c, rhs)
    compares = isinstance(op, ast.cmpop)
    mirrored = f"__{_MIRRORED[name]}__" if compares else f"__r{name}__"
    for x, y, wanted in ((lhs, rhs, f"__{name}__"), (rhs, lhs, mirrored)):
        found = method_named(c, x, wanted)
        if found is not None and not (x is rhs and lhs.type == rhs.type and not compares):
            return _called(c, found, x, y, node, span, swapped=x is rhs)
    if name == "ne" and (found := method_named(c, lhs, "__eq__")) is not None:
        return tree.Unary(span=span, type=BOOL, op="not", x=c.truth(_called(c, found, lhs, rhs, node, span)))
    if name in ("eq", "ne") and lhs.type == rhs.type and isinstance(lhs.type, RecordType):
        equal = c.once_only(lhs, lambda x: c.once_only(rhs, lambda y: _equal(c, x, y, span)))
        return equal if name == "eq" else tree.Unary(span=span, type=BOOL, op="not", x=equal)
    message = f"`{_SYMBOLS[name]}` does not take {_described(lhs.type)} and {_described(rhs.type)}"
    raise c.error("E201", message, span, *_notes(lhs, rhs, name))


def _notes(lhs: tree.Expression, rhs: tree.Expression, name: str) -> tuple[Note, ...]:
    for x in (lhs, rhs):
        if isinstance(x.type, RecordType):
            return (fix(f"the method __{name}__ of {x.type} would say what it means"),)
    return (fix("arrays of records are calculated with field by field: `bodies.x + 1.0`"),)


def _described(t: Type) -> str:
    return f"an array of {t.record}" if isinstance(t, RecordArrayType) else f"a {t}"


def unary(c: Checker, op: ast.unaryop, x: tree.Expression, node: ast.expr, span: Span) -> tree.Expression:
    """``op x`` of a record."""
    name, x = _OPERATORS[type(op)], value_of(c, x)
    found = method_named(c, x, f"__{name}__")
    if found is None:
        raise c.error("E201", f"`{_SYMBOLS[name]}` does not take {_described(x.type)}", span, *_notes(x, x, name))
    return _called(c, found, x, None, node, span)


def special(c: Checker, x: tree.Expression, name: str, node: ast.expr, span: Span) -> tree.Expression | None:
    """What a record's method ``__name__`` gives (for ``abs``, ``len``, ``float``); ``None`` where there is none."""
    if not is_record(x.type):
        return None
    x = value_of(c, x)
    found = method_named(c, x, f"__{name}__")
    if found is None:
        return None
    given = _called(c, found, x, None, node, span)
    return record_protocols.length(c, x, given) if name == "len" else given


def truth(c: Checker, x: tree.Expression, node: ast.expr) -> tree.Expression:
    """``bool(x)``: of a record it is what its method ``__bool__`` gives.

    Raises:
        Invalid: E218, it has no truth value.
    """
    if not is_record(x.type):
        return c.truth(x)
    found = special(c, x, "bool", node, x.span)
    if found is None and (count := special(c, x, "len", node, x.span)) is not None:
        zero = tree.Constant(span=x.span, type=INT, value=0)
        return tree.Compare(span=x.span, type=BOOL, predicate="ne", lhs=count, rhs=zero)
    if found is None:
        yes = tree.Constant(span=x.span, type=BOOL, value=True)
        if is_idle(x):
            return yes
        return tree.Bind(span=x.span, type=BOOL, variable=c.temporary(x), value=x, body=yes)
    if found.type not in (BOOL, ScalarType("bool")):
        record = record_of(x.type)
        notes = fix(f"the method `__bool__` of {record} would say what it is, as a bool")
        raise c.error("E218", f"the method `__bool__` of {record} gives a {found.type}", x.span, notes)
    return c.truth(found)


def called(c: Checker, x: tree.Expression, node: ast.Call, span: Span) -> tree.Expression | None:
    """``x(...)`` of a record with a method ``__call__``; ``None`` of anything else."""
    if not is_record(x.type):
        return None
    x = value_of(c, x)
    found = method_named(c, x, "__call__")
    if found is None:
        return None
    call = ast.copy_location(ast.Call(node.func, [Evaluated(x, node.func), *node.args], node.keywords), node)
    return c.instances.call(c, found, call, span)


def subscript(c: Checker, x: tree.Expression, node: ast.Subscript, span: Span) -> tree.Expression | None:
    """``x[index]`` of a record with a method ``__getitem__``; ``None`` of one that has none."""
    x = value_of(c, x)
    found = method_named(c, x, "__getitem__")
    if found is None:
        return None
    call = ast.copy_location(ast.Call(node.value, [Evaluated(x, node.value), node.slice], []), node)
    return c.instances.call(c, found, call, span)


def method_named(c: Checker, x: tree.Expression, name: str) -> RecordMethod | None:
    """The method of that name, of a record."""
    if not isinstance(x.type, RecordType):
        return None
    definition = c.instances.records.of(x.type).methods.get(name)
    return None if definition is None else RecordMethod(x.type, definition)


def _called(
    c: Checker,
    found: RecordMethod,
    x: tree.Expression,
    y: tree.Expression | None,
    node: ast.expr,
    span: Span,
    *,
    swapped: bool = False,
) -> tree.Expression:
    """The method on ``x`` with the argument ``y``; where they are swapped, ``y`` is evaluated first all the same."""
    if swapped and y is not None and not (is_idle(x) and is_idle(y)):
        return c.once_only(y, lambda first: _called(c, found, x, first, node, span))
    return called_with(c, found, [v for v in (x, y) if v is not None], node, span)


def called_with(
    c: Checker, found: RecordMethod, values: Sequence[tree.Expression], node: ast.expr, span: Span
) -> tree.Expression:
    """A method of a record on values, of which the first one is the record."""
    arguments: list[ast.expr] = [Evaluated(v, node) for v in values]
    return c.instances.call(c, found, ast.copy_location(ast.Call(node, arguments, []), node), span)


def _equal(c: Checker, x: tree.Expression, y: tree.Expression, span: Span) -> tree.Expression:
    """Whether two values of one type are equal, field by field."""
    from .check_operators import compare

    t = x.type
    if isinstance(t, TensorType):
        same = compare(c, ast.Eq(), c.operand(x), c.operand(y), span)
        axes = tuple(range(t.rank))
        return tree.Reduce(span=span, type=ScalarType("bool"), kind="all", x=same, axes=axes, keepdims=False)
    if isinstance(t, TupleType):
        if isinstance(t, RecordType) and (found := method_named(c, x, "__eq__")) is not None:
            like = ast.copy_location(ast.Constant(None), c.instances.records.of(t).definition.node)
            return c.truth(_called(c, found, x, y, like, span))
        parts = [_equal(c, item(x, i, span), item(y, i, span), span) for i in range(len(t.items))]
        return _all(parts, span)
    return c.truth(compare(c, ast.Eq(), c.operand(x), c.operand(y), span))


def _all(parts: Sequence[tree.Expression], span: Span) -> tree.Expression:
    result = parts[0]
    for p in parts[1:]:
        result = tree.ShortCircuit(span=span, type=BOOL, op="and", lhs=result, rhs=p)
    return result
