"""Arrays from arrays and from nothing: extents, rearrangements, creation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pyc.precision import DTYPES, Precision
from pyc.source import Span
from pyc.target import Target

from . import shapes, tree
from .check_operators import arranged, number, one_target, read, result_dtype, with_precision
from .context import Checker, Operand
from .dims import Dim
from .emit_liveness import walk
from .report import fix
from .types import INT, ScalarType, TensorType, TupleType, kind_of


def extent(c: Checker, x: tree.Expression, axis: int, span: Span) -> tree.Expression:
    """``x.shape[axis]``: a constant, a name, or asked of the array."""
    t = x.type
    assert isinstance(t, TensorType)
    dim = t.dims[axis]
    if not dim.is_known:
        return tree.Extent(span=span, type=INT, x=x, axis=axis)
    return behind(c, x, _known(dim, span), span)


def _known(dim: Dim, span: Span) -> tree.Expression:
    """An extent that has a name or is a number."""
    if dim.value is not None:
        return tree.Constant(span=span, type=INT, value=dim.value)
    return tree.DimValue(span=span, type=INT, dim=dim)


def _is_idle(x: tree.Expression) -> bool:
    """Whether nobody can tell if an array is evaluated: ``len(x[0])`` raises where ``x`` has no rows."""
    return all(map(_is_silent, walk(x)))


def _is_silent(x: tree.Expression) -> bool:
    """Whether an expression, its parts aside, raises and changes nothing."""
    if getattr(x, "guards", ()) or getattr(x, "checks", ()):
        return False
    match x:
        case tree.Call() | tree.Checked() | tree.Do() | tree.Named() | tree.Gather() | tree.Entry():
            return False
        case tree.Subscript(items=items):
            return all(i.inside for i in items if isinstance(i, tree.Index))
        case tree.Reshape(checked=checked):
            return not checked
        case tree.Fill(sizes=sizes) | tree.Empty(sizes=sizes) | tree.BroadcastTo(sizes=sizes):
            return all(map(_is_size, sizes))
        case tree.Iota(size=size):
            return _is_size(size)
        case tree.Unary(op=op) | tree.Binary(op=op):
            return not op.startswith("int_")
        case _:
            return True


def _is_size(x: tree.Expression) -> bool:
    """Whether a number is the extent of something, or otherwise known not to be negative."""
    return isinstance(x, tree.DimValue | tree.Extent) or (isinstance(x, tree.Constant) and x.value >= 0)


def behind(c: Checker, x: tree.Expression, known: tree.Expression, span: Span) -> tree.Expression:
    """A number that is known of an array or a tuple, behind its evaluation where that can be told."""
    return known if _is_idle(x) else replace(c.each_once(x, lambda _: known), span=span)


def asked(c: Checker, x: tree.Expression, body: Callable[[tree.Expression], tree.Expression]) -> tree.Expression:
    """``body(x)`` where ``body`` may ask ``x`` for extents besides using it: then ``x`` is evaluated once."""
    if isinstance(x.type, TensorType) and all(d.is_known for d in x.type.dims) and _is_idle(x):
        return body(x)
    return c.once_only(x, body)


def shape_of(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    """``x.shape``: a tuple written out, but where its items would evaluate ``x`` several times."""
    t = x.type
    assert isinstance(t, TensorType)
    if _is_idle(x):
        sizes = [extent(c, x, axis, span) for axis in range(t.rank)]
    elif all(d.is_known for d in t.dims):
        sizes = [_known(d, span) for d in t.dims]
        sizes[:1] = [behind(c, x, size, span) for size in sizes[:1]]
    else:
        return c.once_only(x, lambda y: shape_of(c, y, span))
    return tree.Tuple(span=span, type=TupleType((INT,) * len(sizes)), items=tuple(sizes))


def element_count(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    """``x.size``."""
    return asked(c, x, lambda y: _product_of_extents(c, y, span))


def _product_of_extents(c: Checker, x: tree.Expression, span: Span) -> tree.Expression:
    assert isinstance(x.type, TensorType)
    result: tree.Expression = tree.Constant(span=span, type=INT, value=1)
    for axis, dim in enumerate(x.type.dims):
        size = extent(c, x, axis, span)
        if isinstance(result, tree.Constant) and isinstance(size, tree.Constant):
            result = replace(result, value=result.value * size.value)
        elif isinstance(result, tree.Constant) and result.value == 1:
            result = size
        elif dim.value != 1:
            result = tree.Binary(span=span, type=INT, op="int_mul", lhs=result, rhs=size)
    return result


def transposed(x: tree.Expression, permutation: Sequence[int], span: Span) -> tree.Expression:
    """A view of ``x`` with its axes in another order."""
    t = x.type
    assert isinstance(t, TensorType)
    view = replace(t, dims=tuple(t.dims[p] for p in permutation))
    return tree.Transpose(span=span, type=view, x=x, permutation=tuple(permutation))


def main_diagonal(c: Checker, o: Operand, span: Span) -> tree.Expression:
    """A view of the elements whose positions along the last two axes are equal."""
    t = o.type
    assert isinstance(t, TensorType)
    *outer, rows, columns = t.dims
    if rows == columns:
        extent = rows
    elif rows.value is not None and columns.value is not None:
        extent = Dim.of(min(rows.value, columns.value))
    else:
        extent = c.fresh_dim()
    return tree.Diagonal(span=span, type=replace(t, dims=(*outer, extent)), x=o.x)


def reshaped(
    c: Checker, o: Operand, sizes: Sequence[tree.Expression], span: Span, *, order: str = "C"
) -> tree.Expression:
    """``x`` in other extents; one of them may be -1. In the order ``F`` the first index changes fastest.

    Raises:
        Invalid: E214, the number of elements provably differs.
    """
    if order == "F":
        back = tuple(reversed(range(len(sizes))))
        turned = transposed(o.x, tuple(reversed(range(len(o.dims)))), span)
        made = asked(c, turned, lambda x: _reshaped(c, x, sizes[::-1], span, backwards=True))
        return transposed(made, back, span) if len(back) > 1 else made
    return asked(c, o.x, lambda x: _reshaped(c, x, sizes, span))


def _reshaped(
    c: Checker, x: tree.Expression, sizes: Sequence[tree.Expression], span: Span, *, backwards: bool = False
) -> tree.Expression:
    t = x.type
    assert isinstance(t, TensorType)
    total, way = _product(t.dims), -1 if backwards else 1
    open_axes = [i for i, s in enumerate(sizes) if isinstance(s, tree.Constant) and s.value == -1]
    if len(open_axes) > 1:
        raise c.error("E214", "reshape can infer one extent: one -1", span)
    dims = [_asked_extent(c, s) if i not in open_axes else Dim.of(1) for i, s in enumerate(sizes)]
    out = list(sizes)
    checked = False
    if open_axes:
        axis = open_axes[0]
        dims[axis], checked = _inferred(c, t, dims, span)
        if dims[axis].is_known:
            out[axis] = c.dim_value(dims[axis], span)
    elif (gap := (_product(dims) - total).value) is None:
        checked = True
    elif gap:
        message = (
            f"cannot reshape array of shape {shapes.shape_text(t.dims[::way])}"
            f" into shape {shapes.shape_text(dims[::way])}:"
            f" {total} elements are not {_product(dims)}"
        )
        raise c.error("E214", message, span)
    result = replace(t, dims=tuple(dims))
    inferred = open_axes[0] if open_axes else None
    return tree.Reshape(
        span=span, type=result, x=x, sizes=tuple(out), checked=checked, inferred=inferred, backwards=backwards
    )


def _asked_extent(c: Checker, x: tree.Expression) -> Dim:
    """The extent that is asked for; unknown where it may turn out to be -1, and another number then."""
    dim = c.extent(x)
    return dim if dim.symbols <= c.extents else c.fresh_dim()


def _inferred(c: Checker, t: TensorType, dims: Sequence[Dim], span: Span) -> tuple[Dim, bool]:
    """The extent that -1 stands for, and whether that must be checked."""
    total, rest = _product(t.dims), _product(dims)
    if (quotient := _divided(total, t.dims, dims)) is not None:
        return quotient, False
    if rest.value is not None and rest.value > 0:
        if total.value is not None:
            message = f"cannot reshape array of size {total} into a multiple of {rest}"
            raise c.error("E214", message, span)
        return total // rest.value, True
    return c.fresh_dim(), True


def _divided(total: Dim, have: Sequence[Dim], want: Sequence[Dim]) -> Dim | None:
    """``total`` divided by the product of ``want``, where it provably divides."""
    left = list(have)
    number = 1
    for d in want:
        if d in left:
            left.remove(d)
        elif d.value is not None and d.value > 0:
            number *= d.value
        else:
            return None
    rest = _product(left)
    if all(k % number == 0 for _, k in rest.terms):
        return rest // number
    return None


def _product(dims: Sequence[Dim]) -> Dim:
    total = Dim.of(1)
    for d in dims:
        total = total * d
    return total


def raveled(c: Checker, o: Operand, span: Span, *, order: str = "C") -> tree.Expression:
    """``x.ravel()``: along one axis; a view only of elements that lie one after the other."""
    flat = reshaped(c, o, [c.runtime(-1, span)], span, order=order)
    if isinstance(flat, tree.Bind) and isinstance(flat.body, tree.Reshape):
        return replace(flat, body=replace(flat.body, contiguous=True))
    return replace(flat, contiguous=True) if isinstance(flat, tree.Reshape) else flat


def with_axes(
    c: Checker, x: tree.Expression, items: Sequence[tree.Item], dims: Sequence[Dim], span: Span
) -> tree.Expression:
    """A view with axes of extent 1 added or removed."""
    t = x.type
    assert isinstance(t, TensorType)
    return tree.Subscript(span=span, type=replace(t, dims=tuple(dims)), base=x, items=tuple(items))


def filled(
    c: Checker,
    value: tree.Expression,
    sizes: Sequence[tree.Expression],
    precision: Precision,
    target: Target,
    span: Span,
) -> tree.Expression:
    """An array whose elements are all ``value``."""
    dims = tuple(c.extent(s) for s in sizes)
    t = TensorType(precision.storage, dims, precision, target)
    if isinstance(value.type, ScalarType):
        value = c.cast(value, precision.storage)
    return tree.Fill(span=span, type=t, value=value, sizes=tuple(sizes))


def of_number(c: Checker, o: Operand) -> Operand:
    """A number as an array without axes, which is what functions of arrays take it for."""
    assert isinstance(o.type, ScalarType)
    precision = Precision.plain(o.type.dtype)
    return c.operand(filled(c, c.cast(o.x, o.type.dtype), [], precision, c.target, o.span))


def joined_arrays(c: Checker, operands: Sequence[Operand], axis: int, span: Span, words: str) -> tree.Expression:
    """Arrays one after the other along an axis.

    Raises:
        Invalid: E205, their other extents provably differ; E201, E301.
    """
    first = operands[0].type
    assert isinstance(first, TensorType)
    one_target(c, operands, span)
    dtype = result_dtype(c, operands, span, words)
    dims = list(first.dims)
    checks: list[tree.DimCheck] = []
    for i, o in enumerate(operands[1:], 1):
        assert isinstance(o.type, TensorType)
        if o.type.rank != first.rank:
            message = f"{words} joins arrays of {first.rank} axes, and this has {o.type.rank}"
            raise c.error("E205", message, o.span)
        for a, (d, e) in enumerate(zip(first.dims, o.type.dims, strict=True)):
            if a == axis:
                dims[a] = dims[a] + e
            elif shapes.differ(d, e):
                message = f"{words} joins along axis {axis}, and axis {a} is {d} in the first array and {e} here"
                raise c.error("E205", message, o.span)
            elif d != e:
                said = (
                    "all the input array dimensions except for the concatenation axis must match exactly, but along"
                    f" dimension {a}, the array at index 0 has size {{0[{a}]}} and the array at index {i} has size"
                    f" {{{i}[{a}]}}"
                )
                message = f"{words}: axis {a} is {d} in the first array and {e} in another"
                checks.append(tree.DimCheck(0, a, i, a, message, said=said))
    policies = {o.type.precision for o in operands if isinstance(o.type, TensorType)}
    policy = policies.pop() if len(policies) == 1 else Precision.plain(dtype)
    inputs = tuple(with_precision(o.x, dtype, policy) for o in operands)
    t = TensorType(dtype, tuple(dims), policy, first.target)
    return tree.Concat(span=span, type=t, inputs=inputs, axis=axis, checks=tuple(checks))


def selected(c: Checker, condition: Operand, on_true: Operand, on_false: Operand, span: Span) -> tree.Expression:
    """``where(condition, on_true, on_false)``."""
    condition, on_true, on_false = (number(c, o) for o in (condition, on_true, on_false))
    dtype = result_dtype(c, [on_true, on_false], span, "np.where")
    test = condition.x
    if condition.type.dtype != "bool":
        test = truth_of_elements(c, condition)
    operands = [c.operand(test), on_true, on_false]
    one_target(c, operands, span)
    dims, checks = shapes.broadcast([shapes.Operand(o.dims, o.span) for o in operands], c.report, span)
    if not any(isinstance(o.type, TensorType) for o in operands):
        a, b = c.cast(on_true.x, dtype), c.cast(on_false.x, dtype)
        return tree.Select(span=span, type=ScalarType(dtype), condition=test, on_true=a, on_false=b)
    place = next(o.type.target for o in operands if isinstance(o.type, TensorType))
    if any(isinstance(o.type, TensorType) for o in (on_true, on_false)):
        (a, b), t, _ = arranged(c, [on_true, on_false], dtype, span)
        assert isinstance(t, TensorType)
        policy = t.precision
    else:
        a, b, policy = c.cast(on_true.x, dtype), c.cast(on_false.x, dtype), Precision.plain(dtype)
        test = with_precision(test, "bool", policy)  # the result takes its policy from the one array there is
    t = TensorType(dtype, dims, policy, place)
    return tree.Select(span=span, type=t, condition=test, on_true=a, on_false=b, checks=checks)


def wrapping(c: Checker, operands: Sequence[Operand], span: Span) -> list[Operand]:
    """Choices of which Python's ints are in the range of the sized integers beside them, as ``np.where`` wraps them."""
    dtype = result_dtype(c, operands, span, "np.where")
    if dtype == "i64" or not DTYPES[dtype].is_integer:
        return list(operands)
    return [c.operand(tree.Cast(span=o.span, type=ScalarType(dtype), x=o.x)) if o.type == INT else o for o in operands]


def truth_of_elements(c: Checker, o: Operand) -> tree.Expression:
    """``x != 0``, element by element."""
    x = read(o.x)
    if isinstance(x.type, TensorType):
        return tree.Cast(span=x.span, type=replace(x.type, dtype="bool", precision=Precision.plain("bool")), x=x)
    return c.truth(x)


def converted(c: Checker, o: Operand, precision: Precision, span: Span) -> tree.Expression:
    """``x.to(precision)`` of a number or an array: always a new value."""
    if isinstance(o.type, ScalarType):
        return _converted_number(c, o, precision.storage, span)
    t = replace(o.type, dtype=precision.storage, precision=precision)
    if t == o.type:
        return tree.Copy(span=span, type=t, x=o.x)
    return tree.Cast(span=span, type=t, x=o.x)


def _converted_number(c: Checker, o: Operand, dtype: str, span: Span) -> tree.Expression:
    if isinstance(o.x, tree.Constant) and kind_of(dtype) in ("int", "uint") and isinstance(o.x.value, float):
        return tree.Cast(span=span, type=ScalarType(dtype), x=o.x)
    return replace_span(c.cast(o.x, dtype, span=span), span)


def replace_span(x: tree.Expression, span: Span) -> tree.Expression:
    return replace(x, span=span) if isinstance(x, tree.Constant) else x


def moved(c: Checker, o: Operand, target: Target, span: Span) -> tree.Expression:
    """``x.to(target)``: a transfer, or ``x`` itself if it is there."""
    t = o.type
    if not isinstance(t, TensorType):
        raise c.error("E201", f"a {t} has no target: numbers go wherever they are used", span, fix("leave out `.to`"))
    if target.accepts(t.target):
        return o.x
    if target.accepts(c.target):
        target = c.target
    return tree.Transfer(span=span, type=replace(t, target=target), x=o.x)
