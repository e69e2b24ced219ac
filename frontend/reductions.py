"""Reductions over axes of arrays: in which type they accumulate, and what they give."""

from __future__ import annotations

from dataclasses import replace

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, complex_numbers, tree
from .check_operators import copied, elementwise, plain, read, rounded, with_precision
from .context import Checker, Operand
from .dims import Dim
from .promotion import accumulator, summed
from .types import INT, ScalarType, TensorType, kind_of

#: What NumPy says of an empty maximum.
_EMPTY = {
    "max": "zero-size array to reduction operation maximum which has no identity",
    "min": "zero-size array to reduction operation minimum which has no identity",
    "argmax": "attempt to get argmax of an empty sequence",
    "argmin": "attempt to get argmin of an empty sequence",
}


def reduced(
    c: Checker,
    kind: str,
    o: Operand,
    axes: tuple[int, ...] | None,
    span: Span,
    *,
    keepdims: bool,
    dtype: str | None = None,
) -> tree.Expression:
    """``sum``, ``prod``, ``max``, ``min``, ``any`` or ``all`` over axes; ``dtype`` is what a sum adds up in."""
    x, policy = _prepared(c, kind, o, dtype)
    t = x.type
    assert isinstance(t, TensorType)
    over = tuple(range(t.rank)) if axes is None else tuple(sorted(axes))
    if not over:
        if kind == "sum" and kind_of(t.dtype) == "float":
            # A sum begins with 0: that of -0.0 is 0.0.
            zero = c.operand(c.cast(c.runtime(0.0, span), t.dtype))
            x = elementwise(c, "add", c.operand(x), zero, span, words="a sum")
        return _untouched(x, policy, span)
    inner = _accumulated(kind, t, policy)
    dims = _kept(t.dims, over, keepdims=keepdims)
    result = replace(t, dtype=inner, dims=dims) if dims or keepdims else ScalarType(inner)
    guards = _nonempty(kind, t, over)
    value = tree.Reduce(span=span, type=result, kind=kind, x=x, axes=over, keepdims=keepdims, guards=guards)
    return rounded(value, policy)


def _untouched(x: tree.Expression, policy: Precision, span: Span) -> tree.Expression:
    """An array reduced over none of its axes: a copy, and of an array without axes, its one element."""
    x = rounded(x, policy)
    if isinstance(x.type, TensorType) and not x.type.rank:
        return tree.Subscript(span=span, type=ScalarType(x.type.dtype), base=x, items=())
    return copied(x, span)


def _prepared(c: Checker, kind: str, o: Operand, dtype: str | None) -> tuple[tree.Expression, Precision]:
    """The array as it is reduced, and the policy whose compute type the result is rounded to."""
    t = o.type
    assert isinstance(t, TensorType)
    if kind in ("any", "all"):
        test = o.x if t.dtype == "bool" else arrays.truth_of_elements(c, o)
        return plain(test), Precision.plain("bool")
    if kind in ("sum", "prod"):
        wide = dtype or (summed(t.dtype) if t.dtype == t.precision.storage else t.dtype)
        if wide != t.dtype and (dtype is not None or kind_of(t.dtype) != "float"):
            policy = Precision.plain(wide)
            return with_precision(o.x, wide, policy), policy
        return read(o.x), t.precision
    if t.dtype == "bool":
        # The maximum of truth values is whether any holds; there is no other reduction of them.
        return o.x, Precision.plain("bool")
    return read(o.x), t.precision


def _accumulated(kind: str, t: TensorType, policy: Precision) -> str:
    if kind not in ("sum", "prod") or kind_of(t.dtype) != "float":
        return t.dtype
    if policy.is_plain or t.dtype != policy.compute:
        return accumulator(t.dtype)
    return policy.accumulate


def _kept(dims: tuple[Dim, ...], over: tuple[int, ...], *, keepdims: bool) -> tuple[Dim, ...]:
    return tuple(Dim.of(1) if i in over else d for i, d in enumerate(dims) if keepdims or i not in over)


def _nonempty(kind: str, t: TensorType, over: tuple[int, ...]) -> tuple[tree.Guard, ...]:
    if kind not in _EMPTY or all((v := t.dims[a].value) is not None and v > 0 for a in over):
        return ()
    return (tree.Guard("nonempty", "ValueError", _EMPTY[kind]),)


def extreme(
    c: Checker, kind: str, o: Operand, axes: tuple[int, ...] | None, span: Span, *, keepdims: bool
) -> tree.Expression:
    """``max`` or ``min`` over axes; of booleans, whether any or all hold."""
    if complex_numbers.is_complex(o):
        return complex_numbers.extreme(c, kind, o, axes, span, keepdims=keepdims)
    if o.type.dtype == "bool":
        value = reduced(c, "any" if kind == "max" else "all", o, axes, span, keepdims=keepdims)
        assert isinstance(o.type, TensorType)
        over = tuple(range(o.type.rank)) if axes is None else axes
        return replace(value, guards=_nonempty(kind, o.type, over)) if isinstance(value, tree.Reduce) else value
    return reduced(c, kind, o, axes, span, keepdims=keepdims)


def mean(
    c: Checker, o: Operand, axes: tuple[int, ...] | None, span: Span, *, keepdims: bool, ddof: int = 0
) -> tree.Expression:
    """The sum in the accumulate precision divided by the number of elements, rounded once; of integers, in ``f64``."""
    t = o.type
    assert isinstance(t, TensorType)
    policy = t.precision
    if kind_of(t.dtype) not in ("float", "complex"):
        policy = Precision.plain("f64")
        o = c.operand(with_precision(o.x, "f64", policy))
    return arrays.asked(c, read(o.x), lambda x: _mean(c, x, policy, axes, span, keepdims=keepdims, ddof=ddof))


def _mean(
    c: Checker,
    x: tree.Expression,
    policy: Precision,
    axes: tuple[int, ...] | None,
    span: Span,
    *,
    keepdims: bool,
    ddof: int,
) -> tree.Expression:
    t = x.type
    assert isinstance(t, TensorType)
    wide = _accumulated("sum", t, policy)
    over = tuple(range(t.rank)) if axes is None else tuple(sorted(axes))
    dims = _kept(t.dims, over, keepdims=keepdims)
    result = replace(t, dtype=wide, dims=dims) if dims or keepdims else ScalarType(wide)
    if not over:
        return _untouched(x, policy, span)
    total = tree.Reduce(span=span, type=result, kind="sum", x=x, axes=over, keepdims=keepdims)
    # In the accumulate type, so that a count beyond 65504 does not overflow f16.
    number = c.operand(_count(c, x, over, wide, span, ddof))
    divided = elementwise(c, "div", Operand(total, result), number, span, "np.mean")
    if isinstance(divided.type, TensorType):
        return with_precision(_under(divided, policy), policy.compute, policy)
    return rounded(divided, policy)


def _under(x: tree.Expression, policy: Precision) -> tree.Expression:
    assert isinstance(x.type, TensorType)
    return with_precision(x, x.type.dtype, policy)


def _count(c: Checker, x: tree.Expression, over: tuple[int, ...], dtype: str, span: Span, ddof: int) -> tree.Expression:
    """The number of elements reduced into each result, in ``dtype``."""
    number: tree.Expression = tree.Constant(span=span, type=INT, value=1)
    for axis in over:
        size = arrays.extent(c, x, axis, span)
        if isinstance(number, tree.Constant) and isinstance(size, tree.Constant):
            number = replace(number, value=number.value * size.value)
        else:
            number = tree.Binary(span=span, type=INT, op="int_mul", lhs=number, rhs=size)
    if ddof:
        less = tree.Constant(span=span, type=INT, value=ddof)
        if isinstance(number, tree.Constant):
            number = replace(number, value=max(int(number.value) - ddof, 0))
        else:
            number = tree.Binary(span=span, type=INT, op="int_sub", lhs=number, rhs=less)
    if isinstance(number, tree.Constant):
        return tree.Constant(span=span, type=ScalarType(dtype), value=float(number.value))
    count = tree.Cast(span=span, type=ScalarType(dtype), x=number)
    if not ddof:
        return count
    none = tree.Constant(span=span, type=ScalarType(dtype), value=0.0)
    return tree.Binary(span=span, type=ScalarType(dtype), op="maximum", lhs=count, rhs=none)


def variance(
    c: Checker, o: Operand, axes: tuple[int, ...] | None, span: Span, *, keepdims: bool, ddof: int, root: bool
) -> tree.Expression:
    """``var`` or ``std``: the mean of squared distances from the mean, in the accumulate precision."""
    t = o.type
    assert isinstance(t, TensorType)
    if not t.rank:
        # Of one element, along an axis that it is given.
        t = replace(t, dims=(Dim.of(1),))
        line = tree.Subscript(span=span, type=t, base=o.x, items=(tree.NewAxis(),))
        return variance(c, c.operand(line), (0,), span, keepdims=False, ddof=ddof, root=root)
    of_complex = complex_numbers.is_complex(o)
    policy = t.precision if kind_of(t.dtype) == "float" else Precision.plain("f64")
    wide = policy.accumulate if kind_of(t.dtype) == "float" else "f64"
    if of_complex:
        policy, wide = Precision.plain(complex_numbers.PART[t.dtype]), t.dtype
    plain_policy = Precision.plain(wide)

    def spread(x: tree.Expression) -> tree.Expression:
        base = Operand(x, x.type)  # type: ignore[arg-type]
        centre = mean(c, base, axes, span, keepdims=True)
        gap = elementwise(c, "sub", base, c.operand(centre), span, "np.var")
        if of_complex:
            return mean(
                c,
                c.operand(complex_numbers.squared_magnitude(c, gap, span)),
                axes,
                span,
                keepdims=keepdims,
                ddof=ddof,
            )
        squares = c.once_only(gap, lambda g: elementwise(c, "mul", c.operand(g), c.operand(g), span, "np.var"))
        return mean(c, c.operand(squares), axes, span, keepdims=keepdims, ddof=ddof)

    value = c.once_only(with_precision(o.x, wide, plain_policy), spread)
    if root:
        value = tree.Unary(span=span, type=value.type, op="sqrt", x=value)
    if isinstance(value.type, TensorType):
        return with_precision(value, policy.compute, policy)
    return rounded(value, policy)


def arg_extreme(
    c: Checker, kind: str, o: Operand, axes: tuple[int, ...] | None, span: Span, *, keepdims: bool
) -> tree.Expression:
    """``argmax`` or ``argmin`` along an axis, or of the flattened array."""
    if complex_numbers.is_complex(o):
        return complex_numbers.extreme(c, kind, o, axes, span, keepdims=keepdims)
    t = o.type
    assert isinstance(t, TensorType)
    x = o.x
    if t.dtype == "bool":
        x = with_precision(x, "u8", Precision.plain("u8"))
    if axes is None and t.rank != 1:
        flat = arrays.reshaped(c, c.operand(x), [tree.Constant(span=span, type=INT, value=-1)], span)
        found = arg_extreme(c, kind, c.operand(flat), (0,), span, keepdims=keepdims and t.rank > 0)
        ones = [tree.Constant(span=span, type=INT, value=1)] * t.rank
        return arrays.reshaped(c, c.operand(found), ones, span) if keepdims and ones else found
    if axes is None:
        axis = 0
    else:
        axis = axes[0]
    t = x.type
    assert isinstance(t, TensorType)
    dims = _kept(t.dims, (axis,), keepdims=keepdims)
    result = replace(t, dtype="i64", dims=dims) if dims or keepdims else ScalarType("i64")
    word = "max" if kind == "argmax" else "min"
    guards = _nonempty(kind, t, (axis,))
    return plain(tree.ArgReduce(span=span, type=result, kind=word, x=x, axis=axis, keepdims=keepdims, guards=guards))


def python_sum(c: Checker, o: Operand, span: Span) -> tree.Expression:
    """The built-in ``sum`` of an array of one axis: elements added in their own type, starting from the int 0."""
    t = o.type
    assert isinstance(t, TensorType)
    if t.dtype == "bool":
        total = reduced(c, "sum", o, None, span, keepdims=False)
        return tree.Cast(span=span, type=INT, x=total)
    x = read(o.x)
    assert isinstance(x.type, TensorType)
    inner = _accumulated("sum", x.type, t.precision)
    value = tree.Reduce(span=span, type=ScalarType(inner), kind="sum", x=x, axes=(0,), keepdims=False)
    return rounded(value, t.precision)
