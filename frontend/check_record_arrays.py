"""Arrays of records: elements and slices, which are views, and writes to them; fields of records assigned.

An array of records is one array for each field, so that ``bodies[i].x`` is an element of the array ``bodies.x``, and
``bodies[i]`` is all fields at one position: a view, as in NumPy. It becomes a record of its own where one is declared,
passed or kept in another.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from pyc.source import Span

from . import check_advanced, check_assignments, check_records, tree
from .check_operators import binary
from .check_records import field_of, is_record, operator, own, record_of
from .check_subscripts import Entry, basic_items, entries
from .composites import is_idle, item
from .conform import Place, conform
from .context import Checker
from .dims import Dim
from .report import closest, fix
from .types import INT, RecordArrayType, RecordType, ScalarType, TensorType, TupleType, Type, records


def subscript(
    c: Checker, base: tree.Expression, node: ast.Subscript, span: Span, *, placed: bool = False
) -> tree.Expression:
    """``bodies[i]``, ``bodies[1:]``, ``bodies[mask]`` or ``bodies["x"]``; ``placed`` if it is assigned.

    Raises:
        Invalid: E209, it is one record; E210, E224, the index does not fit.
    """
    t = base.type
    if is_record(t) and (made := check_records.subscript(c, base, node, span)) is not None:
        return made
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return _by_name(c, base, node.slice.value, node, span)
    if not isinstance(t, RecordArrayType) or not t.dims:
        message = f"a {record_of(t)} is indexed by the name of a field, or read as an attribute"
        raise c.error("E209", message, span, fix(f"`{c.span(node.value).text}.{record_of(t).fields[0]}`"))
    if not is_idle(base):
        return c.once_only(base, lambda x: subscript(c, x, node, span, placed=placed))
    parts = entries(c, node.slice)
    if any(e.rank for e in parts):
        if placed:
            message = "records that an array chooses are not assigned"
            raise c.error("E210", message, c.span(node.slice), fix("assign their fields: `bodies.x[mask] = ...`"))
        return _chosen(c, base, parts, span)
    items, dims = basic_items(c, base, parts, c.span(node.slice))
    kept, bound = _bound(c, items)
    result = selected(base, kept, dims, span)
    for variable, value in reversed(bound):
        result = tree.Bind(span=span, type=result.type, variable=variable, value=value, body=result)
    return result


def _chosen(c: Checker, base: tree.Expression, parts: Sequence[Entry], span: Span) -> tree.Expression:
    """``bodies[mask]``, ``bodies[i]``: a copy of the records that an array chooses.

    Raises:
        Invalid: E210, it is not one array along the only axis; E205, a mask has another extent.
    """
    t = base.type
    assert isinstance(t, RecordArrayType)
    part = parts[0]
    if len(parts) != 1 or len(t.dims) != 1 or part.value is None or part.bound is not None:
        message = "an array of records of one axis is indexed by one array, and nothing else"
        raise c.error("E210", message, span, fix('index its fields: `bodies["x"][mask]`'))
    bindings: check_advanced.Bindings = []
    positions = part.value
    if part.is_mask:
        first = check_records.first_array(base)
        assert isinstance(first.type, TensorType)
        mask = check_advanced.masking(c, positions, first, first.type, 0, bindings)
        found = check_advanced.named(c, check_advanced.nonzero(c, mask, span), bindings)
        positions = check_advanced.row(found, 0, span)
    chosen = replace(part, value=check_advanced.named(c, positions, bindings))
    return check_advanced.bound_to(bindings, _gathered(c, base, chosen, span))


def _gathered(c: Checker, x: tree.Expression, chosen: Entry, span: Span) -> tree.Expression:
    t = x.type
    if isinstance(t, TensorType):
        return check_advanced.gathered(c, x, [chosen], span)
    assert isinstance(t, TupleType)
    items = tuple(_gathered(c, item(x, k, x.span), chosen, span) for k in range(len(t.items)))
    if isinstance(t, RecordArrayType):
        assert chosen.value is not None
        assert isinstance(chosen.value.type, TensorType)
        return tree.Tuple(span=span, type=records(t.record, chosen.value.type.dims, t.target), items=items)
    return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)


def _by_name(c: Checker, base: tree.Expression, name: str, node: ast.Subscript, span: Span) -> tree.Expression:
    fields = record_of(base.type).fields
    if isinstance(base.type, RecordArrayType) and name in fields:
        return field_of(c, base, name, span)
    if isinstance(base.type, RecordType):
        message = f"a {base.type} is not indexed: its fields are attributes"
        raise c.error("E209", message, span, fix(f"`{c.span(node.value).text}.{name}`"))
    raise c.error("E217", f"{base.type} has no field {name}", c.span(node.slice), *closest(name, fields))


def _bound(
    c: Checker, items: tuple[tree.Item, ...]
) -> tuple[tuple[tree.Item, ...], list[tuple[tree.Variable, tree.Expression]]]:
    """Index items whose expressions may stand several times, and what is bound to names for that."""
    bound: list[tuple[tree.Variable, tree.Expression]] = []

    def once(x: tree.Expression) -> tree.Expression:
        if is_idle(x):
            return x
        variable = c.temporary(x)
        dim = c.dim_of(x)
        if dim is not None:
            c.dims[variable] = dim
        bound.append((variable, x))
        return tree.Local(span=x.span, type=x.type, variable=variable)

    def kept(i: tree.Item) -> tree.Item:
        changed = {k: once(v) for k, v in vars(i).items() if isinstance(v, tree.Expression)}
        return replace(i, **changed) if changed else i

    return tuple(map(kept, items)), bound


def selected(x: tree.Expression, items: tuple[tree.Item, ...], dims: tuple[Dim, ...], span: Span) -> tree.Expression:
    """What index items select of every field: a view, without axes where it is one record."""
    t = x.type
    if isinstance(t, TensorType):
        taken = sum(not isinstance(i, tree.NewAxis) for i in items)
        more = t.rank - taken
        view = replace(t, dims=(*dims, *t.dims[taken:]))
        return tree.Subscript(span=span, type=view, base=x, items=(*items, *(tree.Range(),) * more))
    assert isinstance(t, TupleType)
    parts = tuple(selected(item(x, k, x.span), items, dims, span) for k in range(len(t.items)))
    if isinstance(t, RecordArrayType):
        return tree.Tuple(span=span, type=records(t.record, dims, t.target), items=parts)
    return tree.Tuple(span=span, type=TupleType(tuple(p.type for p in parts)), items=parts)


# --- writes -----------------------------------------------------------------------------------------------------------


def store(c: Checker, target: ast.Subscript, x: tree.Expression, span: Span, out: list[tree.Statement]) -> bool:
    """``bodies[i] = x``; false where the target is no array of records."""
    base = c.expression(target.value)
    if not isinstance(base.type, RecordType | RecordArrayType):
        return False
    _placed(c, base, target, span)
    base = hoisted(base, span, out)
    place = hoisted(subscript(c, base, target, span, placed=True), span, out)
    _put(c, place, x, span, out)
    return True


def _placed(c: Checker, base: tree.Expression, target: ast.Subscript, span: Span) -> None:
    """Refuse ``v[i] = x`` of one record with methods for it: a method changes no record that its caller has."""
    record = record_of(base.type)
    methods = c.instances.records.of(record).methods
    if is_record(base.type) and ("__getitem__" in methods or "__setitem__" in methods):
        message = f"`{c.span(target).text} = ` would let a method change a {record}, which is a value"
        name = c.span(target.value).text
        raise c.error("E120", message, span, fix(f"assign a field, or `{name} = {name}.with_item(...)` of a method"))


def assign_field(c: Checker, target: ast.Attribute, x: tree.Expression, span: Span, out: list[tree.Statement]) -> None:
    """``b.x = x`` of a record that a local name holds, ``bodies[i].x = x``, ``bodies.x = x``.

    Raises:
        Invalid: E120, there is nothing to be assigned; E212 and others, the value does not fit.
    """
    base = c.value(target.value)
    if not isinstance(base, tree.Expression) or not isinstance(base.type, RecordType | RecordArrayType):
        message = "attributes cannot be assigned in compiled code"
        mend = f"`{c.span(target).text}[...] = ` writes the elements of a buffer; or return the new value"
        raise c.error("E120", message, c.span(target), fix(mend))
    if target.attr not in record_of(base.type).fields:
        message = f"a {record_of(base.type)} has no field {target.attr}"
        raise c.error("E217", message, c.span(target), *closest(target.attr, record_of(base.type).fields))
    if isinstance(base.type, RecordType):
        _update(c, target, x, span, out)
        return
    base = hoisted(base, span, out)
    _put(c, _column(base, target.attr), x, span, out)


def hoisted(x: tree.Expression, span: Span, out: list[tree.Statement]) -> tree.Expression:
    """The inner expression of bindings and checks, which become statements."""
    while isinstance(x, tree.Bind | tree.Checked):
        if isinstance(x, tree.Bind):
            out.append(tree.Assign(span=span, variable=x.variable, value=x.value))
        else:
            nothing = tree.Constant(span=x.span, type=INT, value=0)
            out.append(tree.Evaluate(span=span, value=replace(x, type=INT, body=nothing)))
        x = x.body
    return x


def _put(c: Checker, place: tree.Expression, x: tree.Expression, span: Span, out: list[tree.Statement]) -> None:
    """Write to a part of an array of records: number by number, array by array."""
    if isinstance(place.type, ScalarType) and isinstance(place, tree.Subscript):
        place = place.base  # `bodies[i]["x"] = x`: the number is read from its place, an array without axes
    t = place.type
    if isinstance(t, TensorType):
        check_assignments.put(c, place, (tree.Range(),) * t.rank, t.dims, x, span, out)
        return
    assert isinstance(t, TupleType)
    if not _fits(t, x.type):
        want = record_of(t) if isinstance(t, RecordArrayType) else t
        raise c.error("E212", f"a {want} is assigned here, and this is a {x.type}", x.span)
    if not is_idle(x):
        variable = c.temporary(x)
        out.append(tree.Assign(span=span, variable=variable, value=x))
        x = tree.Local(span=x.span, type=x.type, variable=variable)
    for k in range(len(t.items)):
        _put(c, item(place, k, place.span), item(x, k, x.span), span, out)


def _fits(place: TupleType, t: Type) -> bool:
    if isinstance(place, RecordArrayType):
        return isinstance(t, RecordType | RecordArrayType) and record_of(t) == place.record
    return isinstance(t, TupleType) and len(t.items) == len(place.items)


def _update(c: Checker, target: ast.Attribute, x: tree.Expression, span: Span, out: list[tree.Statement]) -> None:
    """``b.v.x = x``: the name ``b`` holds a record with that field replaced."""
    path: list[str] = []
    node: ast.expr = target
    while isinstance(node, ast.Attribute):
        path.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        message = "the record whose field is assigned here has no name: the assignment would be lost"
        raise c.error("E120", message, c.span(target), fix("bind the record to a name first"))
    root = c.expression(node)
    assert c.env is not None
    slot = c.env[node.id]
    if not is_idle(x):
        variable = c.temporary(x)
        out.append(tree.Assign(span=span, variable=variable, value=x))
        x = tree.Local(span=x.span, type=x.type, variable=variable)
    root = hoisted(root, span, out)
    value = _updated(c, root, path[::-1], x, c.span(target))
    out.append(tree.Assign(span=span, variable=slot.variable, value=value))


def _updated(c: Checker, old: tree.Expression, path: list[str], x: tree.Expression, span: Span) -> tree.Expression:
    t = old.type
    if not path:
        return own(c, conform(c, x, Place(f"the field {span.text}", t, None, "E212")))
    assert isinstance(t, RecordType)
    at = t.fields.index(path[0])
    items = tuple(
        _updated(c, item(old, k, span), path[1:], x, span) if k == at else item(old, k, span)
        for k in range(len(t.items))
    )
    return tree.Updated(span=span, type=t, items=items)


def augmented(c: Checker, node: ast.AugAssign, span: Span, out: list[tree.Statement]) -> bool:
    """``b.x += v``, ``bodies[i].x += v``, ``bodies.x += v``; false where the target is no field of a record.

    Raises:
        Invalid: E217, there is no such field; E201 and others, the operator does not take the operands.
    """
    target = node.target
    assert isinstance(target, ast.Attribute)
    base = c.value(target.value)
    if not isinstance(base, tree.Expression) or not isinstance(base.type, RecordType | RecordArrayType):
        return False
    if target.attr not in record_of(base.type).fields:
        message = f"a {record_of(base.type)} has no field {target.attr}"
        raise c.error("E217", message, c.span(target), *closest(target.attr, record_of(base.type).fields))
    base = hoisted(base, span, out)
    if isinstance(base.type, RecordArrayType) and _in_place(c, node, _column(base, target.attr), span, out):
        return True
    old = field_of(c, base, target.attr, c.span(target))
    right = c.expression(node.value)
    x = operator(c, node.op, old, right, node.target, span)
    if x is None:
        x = binary(c, node.op, c.operand(old), c.operand(right), span)
    if isinstance(base.type, RecordType):
        _update(c, target, x, span, out)
    else:
        _put(c, _column(base, target.attr), x, span, out)
    return True


def augmented_subscript(c: Checker, node: ast.AugAssign, span: Span, out: list[tree.Statement]) -> bool:
    """``bodies["x"] += v``, ``bodies[i] += v``; false where the target is no array of records."""
    target = node.target
    assert isinstance(target, ast.Subscript)
    base = c.expression(target.value)
    if not isinstance(base.type, RecordType | RecordArrayType):
        return False
    _placed(c, base, target, span)
    place = hoisted(subscript(c, hoisted(base, span, out), target, span, placed=True), span, out)
    if _in_place(c, node, place, span, out):
        return True
    x = operator(c, node.op, place, c.expression(node.value), node.target, span)
    if x is None:
        x = binary(c, node.op, c.operand(place), c.operand(c.expression(node.value)), span)
    _put(c, place, x, span, out)
    return True


def _column(base: tree.Expression, name: str) -> tree.Expression:
    """The array of a field."""
    return item(base, record_of(base.type).fields.index(name), base.span)


def _in_place(c: Checker, node: ast.AugAssign, place: tree.Expression, span: Span, out: list[tree.Statement]) -> bool:
    """``place op= value`` where the place is an array with axes; false where it is anything else."""
    t = place.type
    if not (isinstance(t, TensorType) and t.rank):
        return False
    check_assignments.augmented_array(c, node, place, (tree.Range(),) * t.rank, t.dims, span, out)
    return True
