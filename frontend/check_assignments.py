"""Assignments: names, tuples, elements and slices of arrays, in place or new."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from pyc.precision import Precision
from pyc.source import Span

from . import (
    check_advanced,
    check_flat,
    check_lists,
    check_record_arrays,
    check_records,
    complex_numbers,
    flow,
    named_lists,
    record_protocols,
    tree,
)
from .annotations import resolve
from .check_operators import binary
from .check_subscripts import Entry, basic_items, entries, full, selected
from .conform import Place, conform, literal_as
from .constant_results import is_constant, known_value
from .context import Checker, Operand, Slot
from .dims import AtLeastZero, Dim
from .report import fix
from .shapes import Operand as Shape
from .shapes import broadcast, shape_text
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
    is_array,
    is_plain_tuple,
)

#: What NumPy says where an array does not fit: into a slice, and into elements that arrays choose.
_PLACED = "could not broadcast input array from shape {0} into shape {1}"
_CHOSEN = "shape mismatch: value array of shape {0} could not be broadcast to indexing result of shape {1}"


def assignment(c: Checker, targets: Sequence[ast.expr], value: ast.expr, span: Span, out: list[tree.Statement]) -> None:
    value = named_lists.as_tuple(c.lists, targets, value)
    if len(targets) == 1:
        assign(c, targets[0], _written_out(c, targets[0], value) or _value(c, value), span, out)
        return
    x = _value(c, value)
    if isinstance(x, tree.Static):
        for target in targets:
            assign(c, target, x, span, out)
        return
    if not isinstance(x, tree.Constant | tree.Local):
        variable = c.temporary(x)
        out.append(tree.Assign(span=span, variable=variable, value=x))
        x = tree.Local(span=x.span, type=x.type, variable=variable)
    for target in targets:
        assign(c, target, x, span, out)


def _written_out(c: Checker, target: ast.expr, value: ast.expr) -> tree.Expression | None:
    """The array of a list that is written where elements of an array go: ``x[0] = [i, j]``."""
    if not isinstance(target, ast.Subscript) or not isinstance(value, ast.List):
        return None
    base = c.value(target.value)
    if not isinstance(base, tree.Expression) or not isinstance(base.type, TensorType):
        return None
    return check_lists.listed(c, value, precision=Precision.plain(base.type.dtype))


def _value(c: Checker, node: ast.expr) -> tree.Expression:
    x = c.item(c.value(node), c.span(node))
    if isinstance(x.type, NoneType) and not isinstance(x.type, StaticType):
        raise c.error("E201", "this call returns nothing", x.span)
    return x


def assign(c: Checker, target: ast.expr, x: tree.Expression, span: Span, out: list[tree.Statement]) -> None:
    """``target = x``."""
    match target:
        case ast.Name(id=name):
            bind(c, name, x, c.span(target), out, span)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            _unpack(c, targets, x, span, out)
        case ast.Subscript():
            _store(c, target, x, span, out)
        case ast.Attribute() if (part := _part(c, target)) is not None:
            assert isinstance(part.type, TensorType)
            put(c, part, full(part.type), part.type.dims, x, span, out)
        case ast.Attribute() if check_flat.assigned(c, target, x, span, out):
            return
        case ast.Attribute():
            check_record_arrays.assign_field(c, target, x, span, out)
        case ast.Starred(value=name):
            assign(c, name, x, span, out)
        case _:
            raise c.error("E120", "this cannot be assigned to in compiled code", c.span(target))


def _part(c: Checker, node: ast.Attribute) -> tree.Expression | None:
    """``x.real`` or ``x.imag`` of an array, which is written in place; ``None`` where that is not what stands there."""
    base = c.value(node.value) if node.attr in ("real", "imag") else None
    if not isinstance(base, tree.Expression) or not isinstance(base.type, TensorType):
        return None
    return complex_numbers.attribute(c, base, node.attr, c.span(node))


def bind(c: Checker, name: str, x: tree.Expression, at: Span, out: list[tree.Statement], span: Span) -> tree.Variable:
    """``name = x``."""
    assert c.env is not None
    if name in c.forced:
        t = c.forced[name]
        if flow.differ_in_extents(x.type, t):
            x = tree.Conform(span=x.span, type=t, x=x, checks=(), opened=f"'{name}'")
        else:
            x = literal_as(c, x, t) or x
    variable = c.variable(name, x.type, at)
    if isinstance(x.type, StaticType):
        c.hold(name, variable, at)
        return variable
    out.append(tree.Assign(span=span, variable=variable, value=x))
    literal = isinstance(x, tree.Constant) and x.type != BOOL and isinstance(x.type, ScalarType) and x.type.weak
    c.env[name] = Slot(variable, at, literal)
    if name in c.once and x.type == INT:
        dim = c.dim_of(x)
        if dim is not None and dim.is_known:
            c.dims[variable] = dim
    if name in c.once and isinstance(whole := known_value(c, x), tree.Tuple) and is_constant(whole):
        c.constants[variable] = whole
    return variable


def _unpack(c: Checker, targets: Sequence[ast.expr], x: tree.Expression, span: Span, out: list[tree.Statement]) -> None:
    if is_array(x.type) and x.type.rank:
        x = _array_items(c, targets, x, span, out)
    if (made := record_protocols.unpacked(c, x, targets[0], span)) is not None:
        x = made
    if not is_plain_tuple(x.type):
        raise c.error("E210", f"a {x.type} cannot be unpacked", x.span, fix("give it one name"))
    star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
    if star is None and len(targets) != len(x.type.items):
        message = f"{len(x.type.items)} values are unpacked into {len(targets)} names"
        raise c.error("E203", message, span)
    if len(x.type.items) < len(targets) - 1:
        message = f"{len(x.type.items)} values are unpacked into at least {len(targets) - 1} names"
        raise c.error("E203", message, span)
    if isinstance(x, tree.Tuple):
        parts = _kept(c, x, targets, span, out)
    else:
        variable = c.temporary(x)
        out.append(tree.Assign(span=span, variable=variable, value=x))
        whole = tree.Local(span=x.span, type=x.type, variable=variable)
        parts = [tree.TupleItem(span=x.span, type=t, x=whole, index=i) for i, t in enumerate(x.type.items)]
    if star is not None:
        count = len(parts) - (len(targets) - 1)
        middle = tuple(parts[star : star + count])
        rest = tree.Tuple(span=x.span, type=TupleType(tuple(p.type for p in middle)), items=middle)
        parts = [*parts[:star], rest, *parts[star + count :]]
    for target, part in zip(targets, parts, strict=True):
        assign(c, target, part, span, out)


def _array_items(
    c: Checker, targets: Sequence[ast.expr], x: tree.Expression, span: Span, out: list[tree.Statement]
) -> tree.Tuple:
    """The elements or rows of an array, as many as there are names.

    Raises:
        Invalid: E203, there are known to be more or fewer; E210, a name takes the rest.
    """
    t = x.type
    assert isinstance(t, TensorType)
    if any(isinstance(target, ast.Starred) for target in targets):
        raise c.error("E210", "the rest of an array cannot be unpacked into a name", span, fix("slice it: `x[1:]`"))
    count, known = len(targets), t.dims[0].value
    if known is not None and known != count:
        raise c.error("E203", f"{known} values are unpacked into {count} names", span)
    if not isinstance(x, tree.Local):
        variable = c.temporary(x)
        out.append(tree.Assign(span=span, variable=variable, value=x))
        x = tree.Local(span=x.span, type=t, variable=variable)
    if known is None:
        _check_count(c, x, count, span, out)
    items = [selected(c, x, _first(t, k, span), t.dims[1:], x.span) for k in range(count)]
    return tree.Tuple(span=x.span, type=TupleType(tuple(i.type for i in items)), items=tuple(items))


def _first(t: TensorType, k: int, span: Span) -> tuple[tree.Item, ...]:
    number = tree.Constant(span=span, type=INT, value=k)
    return (tree.Index(number, inside=True), *(tree.Range() for _ in t.dims[1:]))


def _check_count(c: Checker, x: tree.Expression, count: int, span: Span, out: list[tree.Statement]) -> None:
    """Raise what Python raises where an array has not ``count`` elements: it names the number found, if too few."""
    extent = tree.Extent(span=span, type=INT, x=x, axis=0)

    def require(predicate: str, n: int, message: str) -> None:
        number = tree.Constant(span=span, type=INT, value=n)
        holds = tree.Compare(span=span, type=BOOL, predicate=predicate, lhs=extent, rhs=number)
        value = tree.Checked(span=span, type=INT, condition=holds, exception="ValueError", message=message, body=number)
        out.append(tree.Evaluate(span=span, value=value))

    for n in range(count):
        require("ne", n, f"not enough values to unpack (expected {count}, got {n})")
    require("le", count, f"too many values to unpack (expected {count})")


def _kept(
    c: Checker, x: tree.Tuple, targets: Sequence[ast.expr], span: Span, out: list[tree.Statement]
) -> list[tree.Expression]:
    """The items, all evaluated before the first name is assigned: ``a, b = b, a`` exchanges."""
    if len(targets) == 1 or all(isinstance(i, tree.Constant) for i in x.items):
        return list(x.items)
    parts: list[tree.Expression] = []
    for item in x.items:
        if isinstance(item, tree.Constant | tree.Static):
            parts.append(item)
            continue
        variable = c.temporary(item)
        out.append(tree.Assign(span=span, variable=variable, value=item))
        local = tree.Local(span=item.span, type=item.type, variable=variable)
        dim = c.dim_of(item)
        if dim is not None:
            c.dims[variable] = dim
        parts.append(local)
    return parts


def annotated(c: Checker, node: ast.AnnAssign, span: Span, out: list[tree.Statement]) -> None:
    pattern = c.instances.annotations.pattern(node.annotation, c.static_scope())
    declared = resolve(pattern, c.scope.names, c.target)
    if node.value is None:
        return
    what = c.span(node.target).text
    x = _value(c, node.value)
    if not (isinstance(x.type, RecordArrayType) and x.type == check_records.element(declared, x.type)):
        # (An element of an array of records is a view under this name too.)
        x = conform(c, x, Place(what, declared, c.span(node.annotation), "E221"))
    assign(c, node.target, x, span, out)


def augmented(c: Checker, node: ast.AugAssign, span: Span, out: list[tree.Statement]) -> None:
    match node.target:
        case ast.Name(id=name):
            loaded = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node.target)
            held = c.expression(loaded)
            if isinstance(held.type, RecordType | RecordArrayType):
                x = check_records.operator(c, node.op, held, c.expression(node.value), node.target, span)
                assert x is not None
                bind(c, name, x, c.span(node.target), out, span)
                return
            old = c.operand(held)
            if isinstance(old.type, TensorType):
                augmented_array(c, node, old.x, full(old.type), old.type.dims, span, out)
                return
            x = binary(c, node.op, old, _addend(c, node.value), span)
            bind(c, name, x, c.span(node.target), out, span)
        case ast.Subscript() if check_flat.augmented(c, node, span, out):
            return
        case ast.Subscript() if check_record_arrays.augmented_subscript(c, node, span, out):
            return
        case ast.Subscript(value=base_node, slice=index):
            base = _target_array(c, base_node)
            parts = entries(c, index)
            if any(e.rank for e in parts):
                _augmented_elements(c, node, base, parts, span, out)
                return
            items, dims = basic_items(c, base, parts, c.span(index))
            kept = tuple(_once(c, i, span, out) for i in items)
            augmented_array(c, node, base, kept, dims, span, out)
        case ast.Attribute() if not check_record_arrays.augmented(c, node, span, out):
            _augmented_buffer(c, node, node.target, span, out)


def _augmented_buffer(
    c: Checker, node: ast.AugAssign, target: ast.Attribute, span: Span, out: list[tree.Statement]
) -> None:
    """``self.count += 1`` of a buffer, ``z.real += 1``: in place, as an array's."""
    part = _part(c, target)
    if part is not None:
        assert isinstance(part.type, TensorType)
        augmented_array(c, node, part, full(part.type), part.type.dims, span, out)
        return
    base = c.value(target)
    if isinstance(base, tree.Expression) and isinstance(base.type, TensorType):
        if not (isinstance(base, tree.WeightRef) and base.buffer):
            message = "weights cannot be written in compiled code"
            raise c.error("E227", message, base.span, fix("declare it `Buffer[...]`"))
        augmented_array(c, node, base, full(base.type), base.type.dims, span, out)
        return
    raise c.error("E120", "attributes cannot be assigned in compiled code", c.span(target))


def augmented_array(
    c: Checker,
    node: ast.AugAssign,
    base: tree.Expression,
    items: tuple[tree.Item, ...],
    dims: tuple,
    span: Span,
    out: list[tree.Statement],
) -> None:
    """``u[items] op= value``: in place, in the array's own element type."""
    old = selected(c, base, items, dims, c.span(node.target))
    x = binary(c, node.op, c.operand(old), _addend(c, node.value), span)
    if isinstance(x, tree.Binary):
        # NumPy names the array that takes the result, too.
        x = replace(x, checks=tuple(replace(k, said=k.said + "{0} ") for k in x.checks))
    put(c, base, items, dims, x, span, out)


def _addend(c: Checker, node: ast.expr) -> Operand:
    """The right side of ``x += node``; a list is an array."""
    return c.operand(check_lists.listed(c, node)) if isinstance(node, ast.List) else c.number_or_array(node)


def _once(c: Checker, item: tree.Item, span: Span, out: list[tree.Statement]) -> tree.Item:
    """An index whose expressions were evaluated before, because it is used twice."""

    def kept(x: tree.Expression | None) -> tree.Expression | None:
        if x is None or isinstance(x, tree.Constant | tree.DimValue | tree.Local):
            return x
        variable = c.temporary(x)
        dim = c.dim_of(x)
        if dim is not None:
            c.dims[variable] = dim
        out.append(tree.Assign(span=span, variable=variable, value=x))
        return tree.Local(span=x.span, type=x.type, variable=variable)

    match item:
        case tree.Index(value=value):
            return tree.Index(kept(value) or value)
        case tree.Range(start=start, stop=stop, step=step):
            return tree.Range(kept(start), kept(stop), step)
        case _:
            return item


def _target_array(c: Checker, node: ast.expr) -> tree.Expression:
    """The array that a subscript writes to."""
    base = c.expression(node)
    if not is_array(base.type):
        raise c.error("E209", f"a {base.type} has no elements to assign", base.span)
    if _is_weight(base):
        raise c.error(
            "E227",
            "weights cannot be written in compiled code",
            base.span,
            fix("copy it: `w = self.w.copy()`, or declare it `Buffer[...]`"),
        )
    return base


def _is_weight(x: tree.Expression) -> bool:
    while isinstance(x, tree.Subscript | tree.Transpose | tree.Reshape):
        x = x.base if isinstance(x, tree.Subscript) else x.x
    return isinstance(x, tree.WeightRef) and not x.buffer


def _store(c: Checker, target: ast.Subscript, x: tree.Expression, span: Span, out: list[tree.Statement]) -> None:
    if check_flat.store(c, target, x, span, out) or check_record_arrays.store(c, target, x, span, out):
        return
    base = _target_array(c, target.value)
    parts = entries(c, target.slice)
    if any(e.rank for e in parts):
        store_elements(c, base, parts, x, span, out)
        return
    items, dims = basic_items(c, base, parts, c.span(target.slice))
    put(c, base, items, dims, x, span, out)


def store_elements(
    c: Checker, base: tree.Expression, parts: Sequence[Entry], x: tree.Expression, span: Span, out: list[tree.Statement]
) -> None:
    """``base[mask] = x``, ``base[i] = x``. The value is evaluated before the index."""
    found = check_advanced.advanced(c, base, parts, span)
    if found.bindings and not isinstance(x, tree.Constant | tree.Local):
        variable = c.temporary(x)
        out.append(tree.Assign(span=span, variable=variable, value=x))
        x = tree.Local(span=x.span, type=x.type, variable=variable)
    out += [tree.Assign(span=span, variable=v, value=value) for v, value in found.bindings]
    put_elements(c, found, x, span, out)


def put_elements(
    c: Checker, found: check_advanced.Advanced, x: tree.Expression, span: Span, out: list[tree.Statement]
) -> None:
    """Put ``x`` where an advanced subscript says, behind what it binds."""
    t = found.base.type
    assert isinstance(t, TensorType)
    value = _fitting(c, found.base, found.dims, check_advanced.scalar_of(x))
    chosen = check_advanced.masked(c, found, value, span)
    if chosen is not None:
        out.append(tree.Store(span=span, base=found.base, items=full(t), value=chosen, dims=t.dims))
        return
    if isinstance(value.type, TensorType):
        value = _into(c, value, Shape(found.dims, span), span, _CHOSEN)
    out.append(
        tree.Store(span=span, base=found.base, items=found.items, value=value, dims=found.view, chosen=found.chosen)
    )


def _augmented_elements(
    c: Checker,
    node: ast.AugAssign,
    base: tree.Expression,
    parts: Sequence[Entry],
    span: Span,
    out: list[tree.Statement],
) -> None:
    """``base[i] op= x``: what is there is read once, before any of it is written."""
    found = check_advanced.advanced(c, base, parts, span)
    check_advanced.evaluated_once(c, found)
    out += [tree.Assign(span=span, variable=v, value=value) for v, value in found.bindings]
    x = _addend(c, node.value)
    x = c.operand(check_advanced.scalar_of(x.x))
    t = found.base.type
    assert isinstance(t, TensorType)
    trailing = t.rank - (found.mask.type.rank if found.mask is not None else 0)  # type: ignore[union-attr]
    if found.mask is not None and len(x.dims) <= trailing and (trailing < t.rank or not x.dims):
        # Each element on its own: the others are computed too, and not taken.
        new = binary(c, node.op, c.operand(found.base), x, span)
        value = _fitting(c, found.base, t.dims, new)
        chosen = tree.Select(
            span=span,
            type=t,
            condition=check_advanced.over(c, found.mask, t),
            on_true=value,
            on_false=found.base,
        )
        out.append(tree.Store(span=span, base=found.base, items=full(t), value=chosen, dims=t.dims))
        return
    old = check_advanced.elements(c, found, c.span(node.target))
    put_elements(c, found, binary(c, node.op, c.operand(old), x, span), span, out)


def put(
    c: Checker,
    base: tree.Expression,
    items: tuple[tree.Item, ...],
    dims: tuple,
    x: tree.Expression,
    span: Span,
    out: list[tree.Statement],
) -> None:
    """``base[items] = x``: elements become the array's, extents broadcast to the region's.

    Raises:
        Invalid: E212, elements would be narrowed; E205, the shapes do not fit; E301, the targets.
    """
    value = _fitting(c, base, dims, x)
    if isinstance(value.type, TensorType):
        value = _into(c, value, Shape(dims, span), span, _PLACED)
    out.append(tree.Store(span=span, base=base, items=items, value=value, dims=dims))


def _fitting(c: Checker, base: tree.Expression, dims: tuple, x: tree.Expression) -> tree.Expression:
    """``x`` with elements as those of an array, and not more axes than the extents of a region of it.

    Raises:
        Invalid: E212, elements would be narrowed; E205, there are too many axes; E301, the targets.
    """
    t = base.type
    assert isinstance(t, TensorType)
    element = ScalarType(t.dtype)
    where = f"an element of {base.span.text}" if len(base.span.text) < 40 else "an element of the array"
    if isinstance(x.type, ScalarType):
        return _element(c, x, t, Place(where, element, None, "E212"))
    if isinstance(x.type, TupleType):
        x = check_lists.from_tuple(c, x, x.span, Precision.plain(t.dtype))
    if not isinstance(x.type, TensorType):
        words = str(x.type) if str(x.type).startswith("the ") else f"a {x.type}"
        raise c.error("E212", f"{words} cannot be stored in an array", x.span)
    if x.type.rank > len(dims):
        message = f"could not broadcast an array of shape {shape_text(x.type.dims)} into shape {shape_text(dims)}"
        raise c.error("E205", message, x.span)
    return conform(c, x, Place(where, TensorType(t.dtype, x.type.dims, t.precision, t.target), None, "E212"))


def _element(c: Checker, x: tree.Expression, t: TensorType, place: Place) -> tree.Expression:
    """A number as an element; one in the compute type of a mixed array is rounded to storage."""
    policy = t.precision
    if isinstance(x.type, ScalarType) and not x.type.weak and not policy.is_plain and x.type.dtype == policy.compute:
        return c.cast(x, t.dtype)
    return conform(c, x, place)


def _into(c: Checker, value: tree.Expression, region: Shape, span: Span, said: str) -> tree.Expression:
    """An array that fits a region: extents that cannot be proved equal are checked at run time."""
    value = _ones(value, region, said)
    assert isinstance(value.type, TensorType)
    here = Shape(value.type.dims, value.span)
    dims, checks = broadcast([region, here], c.report, span)
    if any(d.value != r.value and r.value == 1 for d, r in zip(dims, region.dims, strict=True)):
        message = f"could not broadcast an array of shape {here.shape} into shape {shape_text(region.dims)}"
        raise c.error("E205", message, value.span)
    if not checks:
        return value
    conformed = []
    want = list(value.type.dims)
    for k in checks:
        axis, region_axis = k.right_axis, k.left_axis
        dim = region.dims[region_axis]
        if not dim.is_known:
            continue  # the emitter compares the region with the value
        message = f"could not broadcast input array into shape {shape_text(region.dims)}"
        conformed.append((axis, dim, message))
        want[axis] = dim
    if not conformed:
        return value
    t = replace(value.type, dims=tuple(want))
    said = said if all(d.is_known for d in region.dims) else ""
    return tree.Conform(span=value.span, type=t, x=value, checks=tuple(conformed), said=said, region=region.dims)


def _ones(value: tree.Expression, region: Shape, said: str) -> tree.Expression:
    """The array, with the extents checked that are found when it runs and must be 1 for it to fit a region."""
    assert isinstance(value.type, TensorType)
    want, missing = list(value.type.dims), len(region.dims) - value.type.rank
    checks = []
    for axis, dim in enumerate(want):
        # Of a slice, `max(N - 1, 0) - max(N - 2, 0)`: it is 1 but for small N.
        is_open = not dim.is_known or any(isinstance(a, AtLeastZero) for a in dim.atoms)
        if region.dims[axis + missing].value == 1 and is_open:
            want[axis] = Dim.of(1)
            checks.append((axis, want[axis], f"could not broadcast input array into shape {shape_text(region.dims)}"))
    if not checks:
        return value
    t = replace(value.type, dims=tuple(want))
    said = said if all(d.is_known for d in region.dims) else ""
    return tree.Conform(span=value.span, type=t, x=value, checks=tuple(checks), said=said, region=region.dims)
