"""Expressions: each becomes operations at the current place, in Python's order of evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyc.dialects import build
from pyc.dialects.types import is_tensor

from . import emit_annotations as annotations
from . import emit_index as index
from . import emit_liveness as liveness
from . import emit_memory as memory
from . import emit_numbers as numbers
from . import emit_parts as parts
from . import emit_read_only as read_only
from . import emit_reshape as reshape
from . import emit_selection as selection
from . import emit_views as views
from . import tree
from .dims import Dim
from .emit_casts import cast, guard
from .emit_errors import several_extents
from .emit_flow import named, straight
from .emit_frame import Frame, refined
from .emit_layout import is_row_major
from .objects import Ref, Slot, refs
from .tree import DimCheck, Expression
from .types import ScalarType, TensorType, TupleType

#: How the emission of statements is reached for an expression that branches: (frame, condition, branches, type).
Branching = Callable[..., Slot]


def value(frame: Frame, e: Expression) -> Any:
    """The SSA value of a number or an array."""
    if frame.memory is not None and memory.needs_none(e):
        return _unplaced(frame, e)
    slot = reference(frame, e)
    if isinstance(slot, Ref):
        with frame.at(e.span):
            return refined(views.read(frame, slot, e.span), e.type)
    return slot


def reference(frame: Frame, e: Expression) -> Slot:
    """What a name bound to ``e`` would hold: a value, a reference to an array, or a tuple of these."""
    match e:
        case tree.Local():
            if e.variable not in frame.env.slots:
                from .emit_branches import absent

                return absent(frame, e.type, e.span)  # no path gives it a value: a check before this fails
            return frame.env.slots[e.variable]
        case tree.Static():
            return None
        case tree.WeightRef():
            return Ref(frame.weights[e.name], frame.weights[e.name].type)
        case tree.Tuple():
            return tuple(reference(frame, item) for item in e.items)
        case tree.TupleItem():
            return reference(frame, e.x)[e.index]
        case tree.Bind():
            frame.env.slots[e.variable] = reference(frame, e.value)
            return reference(frame, e.body)
        case tree.Named():
            from .emit_cells import keep_old

            slot = reference(frame, e.value)
            for ref in refs(slot):
                ref.object.name = ref.object.name or e.variable.name
            with frame.at(e.span):
                keep_old(frame, e.variable)
                frame.bind(e.variable, slot)
            return reference(frame, e.body)
        case tree.Do():
            return _done(frame, e)
        case tree.Checked():
            _check(frame, e)
            return reference(frame, e.body)
        case tree.Subscript():
            return _subscript(frame, e)
        case tree.Transpose():
            ref = _array(frame, e.x)
            with frame.at(e.span):
                view = views.whole(frame, ref)
            axes = tuple(view.axes[p] for p in e.permutation)
            return Ref(ref.object, _tensor(e), type(view)(axes, view.fixed))
        case tree.Reshape():
            return _reshape(frame, e)
        case tree.BroadcastTo():
            return _broadcast_to(frame, e)
        case tree.Unary(op="real" | "imag") if isinstance(e.type, TensorType):
            return parts.part(frame, e)
        case tree.Diagonal():
            return parts.diagonal(frame, e)
        case tree.Annotated():
            slot = reference(frame, e.x)
            if isinstance(slot, Ref):
                annotations.annotate_array(frame, e, slot)
                return slot
            return annotations.annotate(frame, e, slot)
        case tree.Conform():
            return _conform(frame, e)
        case tree.Call():
            from .emit_calls import call

            return call(frame, e)
        case tree.Conditional():
            from .emit_branches import conditional

            return conditional(frame, e)
        case tree.ShortCircuit():
            return _short_circuit(frame, e)
        case tree.Copy():
            x = value(frame, e.x)
            with frame.at(e.span):
                ref = views.fresh(frame, x if frame.memory is not None else build.copy(x), _tensor(e), e.span)
            ref.object.layout = "row-major" if is_row_major(frame, e) else "guessed"
            return ref
        case _:
            result = _operation(frame, e)
            if not isinstance(e.type, TensorType):
                return result
            ref = views.fresh(frame, result, e.type, e.span)
            ref.object.layout = "row-major" if is_row_major(frame, e) else "guessed"
            ref.object.read_only = e.read_only if isinstance(e, tree.Fill) else ""
            return ref


def _check(frame: Frame, e: tree.Checked) -> None:
    condition, values = value(frame, e.condition), [value(frame, v) for v in e.values]
    with frame.at(e.span):
        pieces = numbers.filled(e.said, lambda k, axis: [values[k]])
        if e.errno:
            pieces = [numbers.Errno(frame.constant(e.errno)), e.message]
        frame.require(condition, e.exception, e.message, pieces)


def _unplaced(frame: Frame, e: Expression) -> Any:
    """The value of an array that nothing refers to, in memory form: it is never in memory."""
    match e:
        case tree.Bind():
            frame.env.slots[e.variable] = reference(frame, e.value)
            return value(frame, e.body)
        case tree.Checked():
            _check(frame, e)
            return value(frame, e.body)
        case tree.Copy():
            return value(frame, e.x)
        case tree.Transpose():
            return _with(frame, e, [e.x], lambda x: build.transpose(x, e.permutation))
        case tree.Reshape():
            x, t = value(frame, e.x), _tensor(e.x)
            asked = [value(frame, s) for s in e.sizes]
            sizes = reshape.sizes(frame, e, asked, lambda: [frame.extent(x, t, i) for i in range(t.rank)])
            with frame.at(e.span):
                return refined(build.reshape(x, sizes), e.type)
        case tree.BroadcastTo():
            x = value(frame, e.x)
            sizes = [value(frame, s) for s in e.sizes]
            with frame.at(e.span):
                return _spread_to(frame, e, x, sizes)
        case tree.Annotated():
            return annotations.annotate(frame, e, value(frame, e.x))
        case tree.Conform():
            x = value(frame, e.x)
            with frame.at(e.span):
                _conforms(frame, e, [frame.extent(x, _tensor(e.x), i) for i in range(_tensor(e.x).rank)])
                return refined(x, e.type)
        case _:
            return _operation(frame, e)


def _done(frame: Frame, e: tree.Do) -> Slot:
    """The value behind statements of its own; for them, all that has a name may be read later."""
    from .emit_statements import block

    body = straight(e.body)
    used = [x.variable for x in liveness.walk(e.value) if isinstance(x, tree.Local)]
    live = liveness.liveness(body, [*frame.env.slots, *used, *named(e)])
    frame.live.after.update(live.after)
    frame.live.head.update(live.head)
    block(frame, body)
    return reference(frame, e.value)


def _operation(frame: Frame, e: Expression) -> Any:
    """The value of an operation that makes a new value from its operands."""
    match e:
        case tree.Constant():
            assert isinstance(e.type, ScalarType)
            return frame.constant(e.value, e.type.dtype)
        case tree.Unary(op="bitcast"):
            return _with(frame, e, [e.x], lambda x: build.bitcast(x, _dtype(e)))
        case tree.Unary(op="real" | "imag"):
            return _with(frame, e, [e.x], lambda x: build.part(e.op, x))
        case tree.Diagonal():
            return _with(frame, e, [e.x], lambda x: parts.of_value(frame, e, x))
        case tree.Unary():
            return _with(
                frame, e, [e.x], lambda x: build.exact(e.op, x) if e.op in build.EXACT else build.unary(e.op, x)
            )
        case tree.Binary(op="complex"):
            return _with(frame, e, [e.lhs, e.rhs], build.complex_number)
        case tree.Binary():
            if e.op in build.EXACT:
                return _with(frame, e, [e.lhs, e.rhs], lambda a, b: _exact(frame, e.op, a, b))
            return _with(frame, e, [e.lhs, e.rhs], lambda a, b: build.binary(e.op, a, b))
        case tree.IsKind():
            with frame.at(e.span):
                return build.is_kind(frame.env.slots[e.number.variable], e.kinds)
        case tree.Compare():
            return _with(frame, e, [e.lhs, e.rhs], lambda a, b: build.compare(e.predicate, a, b))
        case tree.Select():
            return _with(frame, e, [e.condition, e.on_true, e.on_false], build.select)
        case tree.Cast():
            return _with(frame, e, [e.x], lambda x: cast(frame, x, e.x.type, e.type))
        case tree.Transfer():
            return _with(frame, e, [e.x], lambda x: build.to(x, _tensor(e).target))
        case tree.Reduce():
            return _with(
                frame, e, [e.x], lambda x: build.reduce(x, e.kind, e.axes, keepdims=e.keepdims, dtype=_dtype(e))
            )
        case tree.ArgReduce():
            return _with(frame, e, [e.x], lambda x: build.arg_reduce(x, e.kind, e.axis, keepdims=e.keepdims))
        case tree.Matmul():
            return _with(frame, e, [e.lhs, e.rhs], lambda a, b: build.matmul(a, b, _dtype(e)))
        case tree.Correlate():
            steps, dtype = (e.strides, e.dilations), _dtype(e)
            operands = [e.images, e.filters, *e.sizes]
            return _with(frame, e, operands, lambda x, w, *sizes: build.correlate(x, w, sizes, *steps, dtype))
        case tree.Concat():
            return _with(frame, e, e.inputs, lambda *xs: build.concat(xs, e.axis))
        case tree.Gather():
            return selection.gather(frame, e)
        case tree.Nonzero():
            return _with(frame, e, [e.x], build.nonzero)
        case tree.Packed():
            return selection.packed(frame, e)
        case tree.Entry():
            return _with(frame, e, [e.index], lambda i: build.extract(build.table(e.table, _dtype(e), e.target), [i]))
        case tree.Extent():
            return _extent(frame, e)
        case tree.DimValue():
            return frame.dim(e.dim)
        case _:
            return _creation(frame, e)


def _exact(frame: Frame, op: str, a: Any, b: Any) -> Any:
    """An operation of exact ints: of natural numbers, most results are natural, for they cannot overflow unseen."""
    result = build.exact(op, a, b)
    if op not in ("int_sub", "int_shl", "int_div") and index.natural(frame, a) and index.natural(frame, b):
        frame.naturals.add(result)
    return result


def _creation(frame: Frame, e: Expression) -> Any:
    match e:
        case tree.Fill():
            t = _tensor(e)
            return _sized(frame, e, e.sizes, [e.value], lambda v, *s: build.fill(v, s, t.precision, t.target))
        case tree.Empty():
            t = _tensor(e)
            return _sized(frame, e, e.sizes, [], lambda *s: build.empty(t.dtype, s, t.precision, t.target))
        case tree.Iota():
            t = _tensor(e)
            return _sized(frame, e, (e.size,), [], lambda s: build.iota(t.dtype, s, t.precision, t.target))
    raise TypeError(f"no emission for {type(e).__name__}")


def _with(frame: Frame, e: Any, operands: Sequence[Expression], make: Callable[..., Any]) -> Any:
    """``make`` of the operands' values, behind the checks that the expression asks for."""
    values = read_together(frame, operands)
    with frame.at(e.span):
        for g in getattr(e, "guards", ()):
            guard(frame, g, e, values)
        dim_checks(frame, getattr(e, "checks", ()), values, [x.type for x in operands])
        return refined(make(*values), e.type)


def read_together(frame: Frame, operands: Sequence[Expression]) -> list[Any]:
    """The values of operands when all have been evaluated: a later one may be a call that writes an earlier one."""
    if not any(writes(frame, x) for x in operands[1:]):
        return [value(frame, x) for x in operands]
    slots = [reference(frame, x) for x in operands]
    return [value_of(frame, s, x) if isinstance(s, Ref) else s for s, x in zip(slots, operands, strict=True)]


def writes(frame: Frame, e: Expression) -> bool:
    """Whether the evaluation of an expression may write an array that there is: it calls a function that does."""
    calls = [x.function for x in liveness.walk(e) if isinstance(x, tree.Call)]
    return any(f not in frame.emitted or bool(frame.emitted[f].writes) for f in calls)


def dim_checks(frame: Frame, checks: Sequence[DimCheck], values: Sequence[Any], types: Sequence[Any]) -> None:
    """Check extents that have to be equal and could not be proved to be."""
    for c in checks:
        left = frame.extent(values[c.left], types[c.left], c.left_axis)
        right = frame.extent(values[c.right], types[c.right], c.right_axis)
        same = index.compare(frame, "eq", left, right)
        if index.known(same):
            continue

        def extents(k: int, axis: int | None) -> numbers.Pieces:
            t = types[k]
            rank = t.rank if isinstance(t, TensorType) else 0
            if axis is not None:
                return [frame.extent(values[k], t, axis)]
            return numbers.shape([frame.extent(values[k], t, a) for a in range(rank)])

        pieces = numbers.filled(c.said, extents)
        if pieces and c.exception == "ValueError":
            pieces = [*pieces, numbers.Ones((left, right))]
        frame.require(same, c.exception, c.message, pieces)


def _sized(
    frame: Frame, e: Expression, sizes: Sequence[Expression], others: Sequence[Expression], make: Callable[..., Any]
) -> Any:
    operands = [value(frame, x) for x in others]
    extents = [value(frame, s) for s in sizes]
    with frame.at(e.span):
        for expression, size in zip(sizes, extents, strict=True):
            _not_negative(frame, expression, size)
        return refined(make(*operands, *extents), e.type)


def _not_negative(frame: Frame, expression: Expression, size: Any) -> None:
    if not isinstance(expression, tree.DimValue | tree.Extent):
        holds = index.compare(frame, "ge", size, frame.constant(0))
        frame.require(holds, "ValueError", "negative dimensions are not allowed")


def _extent(frame: Frame, e: tree.Extent) -> Any:
    slot = reference(frame, e.x)
    with frame.at(e.span):
        t = _tensor(e.x)
        if frame.knows(t.dims[e.axis]):
            return frame.dim(t.dims[e.axis])
        return views.extents(frame, slot)[e.axis]


# --- views ------------------------------------------------------------------------------------------------------------


def places(frame: Frame, items: Sequence[tree.Item], dims: Sequence[Dim] | None) -> list[views.Place]:
    """Index items evaluated, in order; sizes come from the extents that they leave, where those are known."""
    found: list[views.Place] = []
    axis = 0
    for item in items:
        match item:
            case tree.NewAxis():
                found.append(views.Added())
            case tree.Index():
                found.append(views.Position(value(frame, item.value), item.inside))
                continue
            case tree.Range():
                bounds = [None if b is None else value(frame, b) for b in (item.start, item.stop, item.step)]
                known = dims[axis] if dims is not None else None
                size = frame.dim(known) if known is not None and frame.knows(known) else None
                found.append(views.Stretch(*bounds, size=size))
        axis += 1
    return found


def _subscript(frame: Frame, e: tree.Subscript) -> Slot:
    base = _array(frame, e.base)
    t = e.type if isinstance(e.type, TensorType) else None
    where = places(frame, e.items, None if t is None else t.dims)
    with frame.at(e.span):
        view = views.select(frame, base, where, e.base.span.text)
        if t is None:
            return views.element(frame, base, view, e.span)
    return Ref(base.object, t, view)


def _reshape(frame: Frame, e: tree.Reshape) -> Ref:
    source = _array(frame, e.x)
    x = None if frame.memory is not None else value_of(frame, source, e.x)
    asked = [value(frame, s) for s in e.sizes]
    sizes = reshape.sizes(frame, e, asked, lambda: views.extents(frame, source))
    with frame.at(e.span):
        if x is None:
            ref = memory.reshaped(frame, e, source, sizes, _tensor(e))
        else:
            result = refined(build.reshape(x, sizes), e.type)
            ref = (
                views.snapshot(frame, result, _tensor(e), e.span, source, "reshape")
                if is_shared(e.x)
                else views.fresh(frame, result, _tensor(e), e.span)
            )
    surely = not e.contiguous and read_only.is_surely_view(source.type, _tensor(e))
    read_only.reshaped(frame, ref, source, surely=surely)
    return ref


def _broadcast_to(frame: Frame, e: tree.BroadcastTo) -> Slot:
    slot = reference(frame, e.x)
    sizes = [value(frame, s) for s in e.sizes]
    with frame.at(e.span):
        for expression, size in zip(e.sizes, sizes, strict=True):
            _not_negative(frame, expression, size)
    if not isinstance(slot, Ref):
        with frame.at(e.span):
            t = _tensor(e)
            return views.fresh(frame, build.fill(slot, sizes, t.precision, t.target), t, e.span)
    if frame.memory is not None:
        with frame.at(e.span):
            _broadcasts(frame, e, views.extents(frame, slot), sizes)
            return memory.broadcast(frame, slot, sizes, _tensor(e), e.span)
    x = value_of(frame, slot, e.x)
    with frame.at(e.span):
        result = _spread_to(frame, e, x, sizes)
    ref = views.snapshot(frame, result, _tensor(e), e.span, slot, "broadcast")
    ref.object.read_only = memory.BROADCAST
    return ref


def _spread_to(frame: Frame, e: tree.BroadcastTo, x: Any, sizes: Sequence[Any]) -> Any:
    """The elements of ``x``, an array or a number, stretched to ``sizes``."""
    t = _tensor(e)
    if not is_tensor(x.type):
        return refined(build.fill(x, sizes, t.precision, t.target), t)
    _broadcasts(frame, e, [frame.extent(x, _tensor(e.x), i) for i in range(_tensor(e.x).rank)], sizes)
    return refined(build.broadcast(x, sizes), t)


def _broadcasts(frame: Frame, e: tree.BroadcastTo, extents: Sequence[Any], sizes: Sequence[Any]) -> None:
    """Check the extents that do not stretch, because they are not known to be 1."""
    t = _tensor(e.x)
    for axis, extent in enumerate(extents):
        if t.dims[axis].value != 1:
            same = index.compare(frame, "eq", extent, sizes[len(sizes) - t.rank + axis])
            words = "operands could not be broadcast together with remapped shapes [original->remapped]: "
            asked = ["  and requested shape ", *numbers.shape(sizes), numbers.Ones((extent,))]
            pieces = [words, *numbers.shape(extents), *asked]
            frame.require(same, "ValueError", f"cannot broadcast '{e.x.span.text}' to the shape asked for", pieces)


def _conform(frame: Frame, e: tree.Conform) -> Slot:
    slot = reference(frame, e.x)
    if e.opened and frame.memory is None:
        several_extents(frame.report, e.opened, e.span)
    if isinstance(slot, Ref):
        with frame.at(e.span):
            _conforms(frame, e, views.extents(frame, slot))
        return Ref(slot.object, _tensor(e), slot.view)
    return slot


def _conforms(frame: Frame, e: tree.Conform, extents: Sequence[Any]) -> None:
    """Check the extents of what stands where a type, or a region of an array, says others."""
    for axis, dim, message in e.checks:
        same = index.compare(frame, "eq", extents[axis], frame.dim(dim))
        if index.known(same):
            continue
        shapes = [extents, [frame.dim(d) for d in e.region] if e.said else []]
        pieces = numbers.filled(e.said, lambda k, _, shapes=shapes: numbers.shape(shapes[k]))
        frame.require(same, "ValueError", message, [*pieces, numbers.Ones((extents[axis],))] if pieces else ())


def _array(frame: Frame, e: Expression) -> Ref:
    """The array that an expression refers to, an object of its own where it is a new value."""
    slot = reference(frame, e)
    assert isinstance(slot, Ref), f"{type(e).__name__} is no array"
    return slot


def value_of(frame: Frame, ref: Ref, e: Expression) -> Any:
    with frame.at(e.span):
        return refined(views.read(frame, ref, e.span), e.type)


def is_shared(e: Expression) -> bool:
    """Whether an expression gives an array that something else may refer to as well."""
    match e:
        case tree.Local() | tree.WeightRef() | tree.Subscript() | tree.Transpose() | tree.BroadcastTo():
            return True
        case tree.Call() | tree.Conditional() | tree.Bind() | tree.Named() | tree.TupleItem():
            return True
        case tree.Checked():
            return is_shared(e.body)
        case tree.Reshape() | tree.Conform() | tree.Diagonal():
            return is_shared(e.x)
        case tree.Unary(op="real" | "imag"):
            return is_shared(e.x)
        case _:
            return False


# --- conditions -------------------------------------------------------------------------------------------------------


def _short_circuit(frame: Frame, e: tree.ShortCircuit) -> Any:
    if _is_idle(e.rhs):
        lhs, rhs = value(frame, e.lhs), value(frame, e.rhs)
        with frame.at(e.span):
            return (index.both if e.op == "and" else index.either)(frame, lhs, rhs)
    from .emit_branches import conditional

    decided = tree.Constant(span=e.span, type=e.type, value=e.op == "or")
    on_true, on_false = (e.rhs, decided) if e.op == "and" else (decided, e.rhs)
    return conditional(
        frame, tree.Conditional(span=e.span, type=e.type, condition=e.lhs, on_true=on_true, on_false=on_false)
    )


def _is_idle(e: Expression) -> bool:
    """Whether evaluating an expression can neither fail nor cost much: then it may be evaluated though not needed."""
    if isinstance(e.type, TensorType | TupleType):
        return False
    match e:
        case tree.Constant() | tree.Local() | tree.DimValue():
            return True
        case tree.Compare() | tree.Binary():
            plain = isinstance(e, tree.Compare) or (e.op in ("and", "or", "xor") and not e.guards)
            return plain and not e.checks and _is_idle(e.lhs) and _is_idle(e.rhs)
        case tree.Unary():
            return e.op == "not" and _is_idle(e.x)
        case tree.ShortCircuit():
            return _is_idle(e.lhs) and _is_idle(e.rhs)
        case tree.Bind():
            return _is_idle(e.value) and _is_idle(e.body)
        case _:
            return False


def _tensor(e: Expression) -> TensorType:
    assert isinstance(e.type, TensorType), f"{type(e).__name__} has type {e.type}"
    return e.type


def _dtype(e: Expression) -> str:
    assert isinstance(e.type, ScalarType | TensorType)
    return e.type.dtype


def is_array(v: Any) -> bool:
    return is_tensor(v.type)
