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

from . import check_advanced, check_assignments, check_records, numpy_records, tree
from .check_operators import binary
from .check_records import field_of, is_record, operator, own, record_of
from .check_subscripts import Entry, basic_items, entries
from .composites import is_idle, item
from .conform import Place, conform
from .context import Checker
from .dims import Dim
from .evaluated import Evaluated
from .report import closest, fix
from .types import INT, RecordArrayType, RecordType, ScalarType, TensorType, TupleType, Type, is_plain_tuple, records

_A_COPY = "what arrays choose is a copy: to write to it would change nothing that anybody sees"


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
            message = "records that arrays choose are not changed in place"
            array, index = c.span(node.value).text, c.span(node.slice).text
            raise c.error("E210", message, span, fix(f'change a field of the array: `{array}["..."][{index}] += ...`'))
        return _chosen(c, base, parts, span)
    items, dims = basic_items(c, base, parts, c.span(node.slice))
    kept, bound = _bound(c, items)
    result = selected(base, kept, dims, span)
    for variable, value in reversed(bound):
        result = tree.Bind(span=span, type=result.type, variable=variable, value=value, body=result)
    return result


def _chosen(c: Checker, base: tree.Expression, parts: Sequence[Entry], span: Span) -> tree.Expression:
    """``bodies[mask]``, ``bodies[i, 1:]``: a copy of the records that arrays choose.

    Raises:
        Invalid: E209, too many indices; E205, a mask has another extent; E224, an index is provably out of bounds.
    """
    t = base.type
    assert isinstance(t, RecordArrayType)
    bindings: check_advanced.Bindings = []
    kept = _kept_parts(c, parts, bindings)
    first = check_records.without_more(check_records.first_array(base), t.rank)
    assert isinstance(first.type, TensorType)
    consumed = sum(e.width for e in kept)
    if consumed > t.rank:
        basic_items(c, base, kept, span)  # which says so
    placed: list[Entry] = []
    own = 0
    for e in kept:
        if e.is_mask:
            assert e.value is not None
            mask = check_advanced.masking(c, e.value, first, first.type, own, bindings)
            found = check_advanced.named(c, check_advanced.nonzero(c, mask, span), bindings)
            rows = [check_advanced.row(found, i, span) for i in range(e.width)]
            placed += [replace(e, value=check_advanced.named(c, r, bindings)) for r in rows]
        else:
            placed.append(e)
        own += t.rank - consumed if e.kind == "rest" else e.width
    dims = check_advanced.advanced(c, first, placed, span).dims
    chosen = numpy_records.by_field(c, base, dims, lambda x: check_advanced.gathered(c, x, placed, span))
    return check_advanced.bound_to(bindings, chosen)


def _kept_parts(c: Checker, parts: Sequence[Entry], bindings: check_advanced.Bindings) -> list[Entry]:
    """The parts of a subscript with what they evaluate under names, since each field is indexed by them."""
    bindings += [e.bound for e in parts if e.bound is not None]
    out: list[Entry] = []
    for e in parts:
        value = e.value
        if value is not None and not isinstance(value, tree.Constant):
            value = check_advanced.named(c, value, bindings)
        node = e.node
        if isinstance(node, ast.Slice):
            bounds = [_kept_bound(c, n, bindings) for n in (node.lower, node.upper, node.step)]
            node = ast.copy_location(ast.Slice(*bounds), node)
        out.append(replace(e, value=value, bound=None, node=node))
    return out


def _kept_bound(c: Checker, node: ast.expr | None, bindings: check_advanced.Bindings) -> ast.expr | None:
    value = None if node is None or isinstance(node, ast.Constant) else c.value(node)
    if node is None or not isinstance(value, tree.Expression) or is_idle(value):
        return node
    kept = check_advanced.named(c, value, bindings)
    if isinstance(kept, tree.Local) and (dim := c.dim_of(value)) is not None:
        c.dims[kept.variable] = dim
    return Evaluated(kept, node)


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
    _refuse_copy(c, base, target.value, out)
    if isinstance(base.type, RecordArrayType) and base.type.dims:
        named = isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str)
        parts = [] if named else entries(c, target.slice)
        if any(e.rank for e in parts):
            _put_chosen(c, base, parts, _under_a_name(c, x, span, out), span, out)
            return True
    place = hoisted(subscript(c, base, target, span, placed=True), span, out)
    _put(c, place, x, span, out)
    return True


def _refuse_copy(c: Checker, base: tree.Expression, node: ast.expr, out: Sequence[tree.Statement]) -> None:
    """Refuse a write to the copy that ``bodies[mask]`` is, under no name: nobody could see it.

    Raises:
        Invalid: E120, it is such a copy.
    """
    leaf = base
    while not isinstance(leaf, tree.Gather):
        match leaf:
            case tree.Tuple(items=(first, *_)):
                leaf = first
            case tree.Bind(body=inner) | tree.Subscript(base=inner) | tree.TupleItem(x=inner):
                leaf = inner
            case tree.Local(variable=v) if v.name.startswith("."):
                found = [s.value for s in out if isinstance(s, tree.Assign) and s.variable == v]
                if not found:
                    return
                leaf = found[-1]
            case _:
                return
    path, inner = "", node
    while isinstance(inner, ast.Attribute):
        path, inner = f".{inner.attr}{path}", inner.value
    notes = fix("give the copy a name, or assign the records: `bodies[mask] = ...`")
    if isinstance(inner, ast.Subscript):
        array, index = c.span(inner.value).text, c.span(inner.slice).text
        notes = fix(f"`{array}{path or '.field'}[{index}] = ...` writes to the array, or give the copy a name")
    raise c.error("E120", _A_COPY, c.span(node), notes)


def _under_a_name(c: Checker, x: tree.Expression, span: Span, out: list[tree.Statement]) -> tree.Expression:
    if is_idle(x):
        return x
    variable = c.temporary(x)
    out.append(tree.Assign(span=span, variable=variable, value=x))
    return tree.Local(span=x.span, type=x.type, variable=variable)


def _put_chosen(
    c: Checker,
    base: tree.Expression,
    parts: Sequence[Entry],
    x: tree.Expression,
    span: Span,
    out: list[tree.Statement],
) -> None:
    """``bodies[mask] = x``, ``bodies[i] = x``: a record, or an array of them; number by number, array by array."""
    t = base.type
    assert isinstance(t, RecordArrayType)
    _check_fits(t, x, c)
    bindings: check_advanced.Bindings = []
    # A field may be what chooses, `b[b.alive] = x`, and is written before others are.
    kept = _kept_parts(c, [replace(e, value=_apart(e.value)) for e in parts], bindings)
    out += [tree.Assign(span=span, variable=v, value=value) for v, value in bindings]

    def put(place: tree.Expression, value: tree.Expression) -> None:
        if isinstance(place.type, TensorType):
            check_assignments.store_elements(c, place, kept, value, span, out)
            return
        assert isinstance(place.type, TupleType)
        for k in range(len(place.type.items)):
            put(item(place, k, place.span), item(value, k, value.span))

    put(base, x)


def _apart(x: tree.Expression | None) -> tree.Expression | None:
    """What chooses, in memory of its own."""
    if x is None or not isinstance(x.type, TensorType) or isinstance(x, tree.Compare | tree.Binary | tree.Unary):
        return x
    return tree.Copy(span=x.span, type=x.type, x=x)


def _check_fits(place: TupleType, x: tree.Expression, c: Checker) -> None:
    if _fits(place, x.type):
        return
    want = record_of(place) if isinstance(place, RecordArrayType) else place
    notes = ()
    if isinstance(place, RecordArrayType) and is_plain_tuple(x.type):
        notes = (fix(f"`{want}(...)` makes a record"),)
    raise c.error("E212", f"a {want} is assigned here, and this is a {x.type}", x.span, *notes)


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
        if isinstance(base, tree.Expression):
            message = f"a {base.type} has no attributes to assign"
            mend = "fields belong to a class with `@pyc.record`; a name of its own holds the value"
        raise c.error("E120", message, c.span(target), fix(mend))
    if target.attr not in record_of(base.type).fields:
        message = f"a {record_of(base.type)} has no field {target.attr}"
        raise c.error("E217", message, c.span(target), *closest(target.attr, record_of(base.type).fields))
    if isinstance(base.type, RecordType):
        _update(c, target, x, span, out)
        return
    base = hoisted(base, span, out)
    _refuse_copy(c, base, target, out)
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
    _check_fits(t, x, c)
    x = _under_a_name(c, x, span, out)
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
    _refuse_copy(c, base, target, out)
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
    base = hoisted(base, span, out)
    _refuse_copy(c, base, target.value, out)
    place = hoisted(subscript(c, base, target, span, placed=True), span, out)
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
