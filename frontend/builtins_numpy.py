"""NumPy by its own names: one row a function, each with NumPy's result types."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import replace

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, check_operators, reductions, shapes, tree
from .arguments import Arguments, bound, constant_ints
from .builtins_python import absolute
from .check_operators import compared, elementwise, read, with_precision
from .context import Checker, Operand
from .dims import Dim
from .promotion import floating
from .report import closest, fix
from .types import INT, ScalarType, TensorType, TupleType, kind_of
from .values import Value

Handler = Callable[[Checker, ast.Call, Span, str], "tree.Expression | Value"]

#: Functions of one array computed in floating point: integers are converted first.
_FLOATING = {
    name: name
    for name in (
        "exp",
        "exp2",
        "expm1",
        "log",
        "log2",
        "log10",
        "log1p",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "tanh",
        "erf",
        "rint",
    )
}
#: Functions of one array that leave integers as they are.
_ROUNDING = {"floor": "floor", "ceil": "ceil", "trunc": "trunc", "fix": "trunc"}
_BINARY = {
    "add": "add", "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div",
    "floor_divide": "floordiv",
    "mod": "mod", "remainder": "mod", "power": "pow", "maximum": "maximum", "minimum": "minimum",
    "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor", "left_shift": "shl", "right_shift": "shr",
}  # fmt: skip
_COMPARE = {
    "equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge",
}  # fmt: skip
_LOGICAL = {"logical_and": "and", "logical_or": "or", "logical_xor": "xor"}
_REDUCTIONS = {"sum": "sum", "prod": "prod", "any": "any", "all": "all"}
_EXTREMES = {"max": "max", "min": "min", "amax": "max", "amin": "min"}


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``np.name(...)``.

    Raises:
        Invalid: E115, the function is not supported.
    """
    handler = _FUNCTIONS.get(name)
    if handler is None:
        notes = closest(name, _FUNCTIONS) or (fix("`pyc explain E115` lists the functions that are supported"),)
        raise c.error("E115", f"np.{name} is not supported in compiled code", span, *notes)
    return handler(c, node, span, name)


# --- elementwise ------------------------------------------------------------------------------------------------------


def floating_unary(c: Checker, op: str, o: Operand, span: Span) -> tree.Expression:
    """A function computed in floating point, of a number or an array."""
    dtype = floating(o.type.dtype)
    if kind_of(o.type.dtype) == "float":
        x = read(c.cast(o.x, o.type.dtype) if isinstance(o.type, ScalarType) else o.x)
    elif isinstance(o.type, TensorType):
        x = with_precision(o.x, dtype, Precision.plain(dtype))
    else:
        x = c.cast(o.x, dtype)
    return tree.Unary(span=span, type=x.type, op=op, x=x)


def _float_function(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    return floating_unary(c, _FLOATING[name], _one(c, node, name), span)


def _one(c: Checker, node: ast.Call, name: str) -> Operand:
    return bound(c, node, f"np.{name}", ["x"]).operand("x")


def _rounding(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    o = _one(c, node, name)
    if kind_of(o.type.dtype) != "float":
        return _strong(c, o)
    return floating_unary(c, _ROUNDING[name], o, span)


def _strong(c: Checker, o: Operand) -> tree.Expression:
    """A number as NumPy's, no longer Python's."""
    return c.cast(o.x, o.type.dtype) if isinstance(o.type, ScalarType) else o.x


def _binary(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["x1", "x2"])
    x, y = _sized(c, a.operand("x1"), a.operand("x2"))
    if name == "power":
        return check_operators.power(c, x, y, span, f"np.{name}")
    return elementwise(c, _BINARY[name], x, y, span, words=f"np.{name}")


def _sized(c: Checker, x: Operand, y: Operand) -> tuple[Operand, Operand]:
    """Two operands of which one is NumPy's: two Python numbers become NumPy's."""
    if all(isinstance(o.type, ScalarType) and o.type.weak for o in (x, y)):
        return c.operand(_strong(c, x)), c.operand(_strong(c, y))
    return x, y


def _compare(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["x1", "x2"])
    x, y = _sized(c, a.operand("x1"), a.operand("x2"))
    return compared(c, _COMPARE[name], x, y, span, words=f"np.{name}")


def _logical(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["x1", "x2"])
    x, y = (_truth(c, a.operand(n)) for n in ("x1", "x2"))
    return elementwise(c, _LOGICAL[name], x, y, span, words=f"np.{name}")


def _truth(c: Checker, o: Operand) -> Operand:
    if o.type.dtype == "bool":
        return c.operand(c.cast(o.x, "bool"))
    return c.operand(arrays.truth_of_elements(c, o))


def _logical_not(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    x = _truth(c, _one(c, node, name)).x
    return tree.Unary(span=span, type=x.type, op="not", x=x)


def _invert(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    return check_operators.unary(c, ast.Invert(), c.operand(_strong(c, _one(c, node, name))), span)


def _negative(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    op = ast.USub() if name == "negative" else ast.UAdd()
    return check_operators.unary(c, op, c.operand(_strong(c, _one(c, node, name))), span)


def _absolute(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    return absolute(c, c.operand(_strong(c, _one(c, node, name))), span)


def _square(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    x = _strong(c, _one(c, node, name))
    return c.once_only(x, lambda v: elementwise(c, "mul", c.operand(v), c.operand(v), span, words="np.square"))


def _reciprocal(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    o = c.operand(_strong(c, _one(c, node, name)))
    if kind_of(o.type.dtype) != "float":
        raise c.error("E201", f"np.reciprocal does not take {o.type}", o.span, fix("`1 / x` gives floats"))
    one = c.operand(tree.Constant(span=span, type=ScalarType(read(o.x).type.dtype), value=1.0))  # type: ignore[union-attr]
    return elementwise(c, "div", one, o, span, words="np.reciprocal")


def _sign(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    o = c.operand(_strong(c, _one(c, node, name)))
    if o.type.dtype == "bool":
        raise c.error("E201", f"np.sign does not take {o.type}", o.span)

    def signs(v: tree.Expression) -> tree.Expression:
        x = c.operand(v)
        zero, one, less = (c.operand(c.runtime(n, span)) for n in (0, 1, -1))
        low = elementwise(c, "mul", x, zero, span, words="np.sign")  # zeros of the type; NaN stays NaN
        up = arrays.selected(c, c.operand(compared(c, "gt", x, zero, span, "np.sign")), one, c.operand(low), span)
        if kind_of(o.type.dtype) == "uint":
            return up
        return arrays.selected(c, c.operand(compared(c, "lt", x, zero, span, "np.sign")), less, c.operand(up), span)

    finite = kind_of(o.type.dtype) != "float"
    return c.once_only(read(o.x), signs) if finite else c.once_only(read(o.x), lambda v: _float_sign(c, v, span))


def _float_sign(c: Checker, v: tree.Expression, span: Span) -> tree.Expression:
    x = c.operand(v)
    dtype = x.type.dtype
    zero, one, less = (c.operand(c.cast(c.runtime(n, span), dtype)) for n in (0.0, 1.0, -1.0))
    nan = c.operand(compared(c, "ne", x, x, span, "np.sign"))
    up = arrays.selected(c, c.operand(compared(c, "gt", x, zero, span, "np.sign")), one, zero, span)
    both = arrays.selected(c, c.operand(compared(c, "lt", x, zero, span, "np.sign")), less, c.operand(up), span)
    return arrays.selected(c, nan, x, c.operand(both), span)


def _test(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``isnan``, ``isinf``, ``isfinite``: comparisons that say it of floats; of integers it is known."""
    o = c.operand(_strong(c, _one(c, node, name)))
    infinity = c.operand(c.runtime(math.inf, span))

    def test(v: tree.Expression) -> tree.Expression:
        x = c.operand(v)
        if name == "isnan":
            return compared(c, "ne", x, x, span, "np.isnan")
        if kind_of(o.type.dtype) != "float":
            return compared(c, "ne" if name == "isinf" else "eq", x, x, span, f"np.{name}")
        magnitude = c.operand(absolute(c, x, span))
        return compared(c, "eq" if name == "isinf" else "lt", magnitude, infinity, span, f"np.{name}")

    return c.once_only(read(o.x), test)


def _where(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.where", ["condition"], ["x", "y"])
    if not (a.given("x") and a.given("y")):
        raise c.error("E115", "np.where with one argument is not supported yet", span, fix("np.where(condition, a, b)"))
    x, y = _sized(c, a.operand("x"), a.operand("y"))
    return arrays.selected(c, a.operand("condition"), x, y, span)


def _clip(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.clip", ["a"], ["a_min", "a_max", "min", "max"])
    return clipped(c, a, a.operand("a"), [n for n in ("a_min", "min") if a.given(n)], span)


def clipped(c: Checker, a: Arguments, x: Operand, low: list[str], span: Span) -> tree.Expression:
    """``minimum(maximum(x, low), high)``."""
    high = [n for n in ("a_max", "max") if a.given(n)]
    result = c.operand(_strong(c, x))
    for names, op in ((low, "maximum"), (high, "minimum")):
        for n in names:
            result = c.operand(elementwise(c, op, result, a.operand(n), span, words=a.words))
    return result.x


# --- reductions -------------------------------------------------------------------------------------------------------


def _reduction(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    optional = ["axis", "dtype", "out", "keepdims"] if name in ("sum", "prod") else ["axis", "out", "keepdims"]
    a = _no_out(bound(c, node, f"np.{name}", ["a"], optional))
    return reduction(c, a, a.operand("a"), name, span)


def _no_out(a: Arguments) -> Arguments:
    if a.given("out"):
        raise a.c.error(
            "E203", f"{a.words} takes no argument out in compiled code", a.span, fix("assign: `x[:] = ...`")
        )
    return a


def reduction(c: Checker, a: Arguments, o: Operand, name: str, span: Span) -> tree.Expression:
    """A reduction by its NumPy name, of arguments ``axis``, ``keepdims``, ``dtype``, ``ddof``."""
    if not isinstance(o.type, TensorType):
        raise c.error("E202", f"{a.words} takes an array, and this is a {o.type}", o.span)
    axes = a.axes("axis", o.type.rank, several=not name.startswith("arg"))
    keepdims = a.flag("keepdims")
    if name in _EXTREMES:
        return reductions.extreme(c, _EXTREMES[name], o, axes, span, keepdims=keepdims)
    if name in ("argmax", "argmin"):
        return reductions.arg_extreme(c, name, o, axes, span, keepdims=keepdims)
    if name == "mean":
        return reductions.mean(c, o, axes, span, keepdims=keepdims)
    if name in ("var", "std"):
        ddof = constant_ints(c.value(a.nodes["ddof"])) if a.given("ddof") else [0]
        if not ddof:
            raise c.error("E202", f"ddof of {a.words} is a constant int", span)
        return reductions.variance(c, o, axes, span, keepdims=keepdims, ddof=ddof[0], root=name == "std")
    dtype = a.dtype("dtype")
    return reductions.reduced(
        c, _REDUCTIONS[name], o, axes, span, keepdims=keepdims, dtype=dtype.storage if dtype else None
    )


def _statistic(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    optional = {"mean": ["axis", "dtype", "out", "keepdims"], "argmax": ["axis", "out", "keepdims"]}
    optional["argmin"] = optional["argmax"]
    a = _no_out(bound(c, node, f"np.{name}", ["a"], optional.get(name, ["axis", "dtype", "out", "ddof", "keepdims"])))
    if a.given("dtype"):
        raise c.error(
            "E203", f"{a.words} takes no argument dtype in compiled code", span, fix("convert first: `x.to(f64)`")
        )
    return reduction(c, a, a.operand("a"), name, span)


# --- creation ---------------------------------------------------------------------------------------------------------


def _constant_array(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["shape"], ["dtype"])
    precision, sizes = a.dtype("dtype", "f64"), a.shape("shape")
    assert precision is not None
    if name == "empty":
        t = TensorType(precision.storage, tuple(c.extent(s) for s in sizes), precision, c.target)
        return tree.Empty(span=span, type=t, sizes=sizes)
    return arrays.filled(c, _number(c, name == "ones", precision.storage, span), sizes, precision, c.target, span)


def _number(c: Checker, one: object, dtype: str, span: Span) -> tree.Expression:
    return c.cast(c.runtime(1 if one else 0, span), dtype)


def _full(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.full", ["shape", "fill_value"], ["dtype"])
    value = a.operand("fill_value")
    precision = a.dtype("dtype", value.type.dtype)
    assert precision is not None
    return arrays.filled(c, _filling(c, value, precision), a.shape("shape"), precision, c.target, span)


def _filling(c: Checker, value: Operand, precision: Precision) -> tree.Expression:
    if isinstance(value.type, TensorType):
        raise c.error("E202", "np.full fills with a number", value.span, fix("np.broadcast_to repeats an array"))
    return c.cast(value.x, precision.storage)


def _like(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    required = ["a", "fill_value"] if name == "full_like" else ["a"]
    a = bound(c, node, f"np.{name}", required, ["dtype"])
    o = a.array("a")
    t = o.type
    assert isinstance(t, TensorType)
    precision = a.dtype("dtype") or (
        t.precision if t.dtype in (t.precision.storage, t.precision.compute) else Precision.plain(t.dtype)
    )

    def build(x: tree.Expression) -> tree.Expression:
        sizes = tuple(arrays.extent(c, x, axis, span) for axis in range(t.rank))
        result = TensorType(precision.storage, t.dims, precision, t.target)
        if name == "empty_like":
            return tree.Empty(span=span, type=result, sizes=sizes)
        value = a.operand("fill_value") if name == "full_like" else None
        number = _filling(c, value, precision) if value else _number(c, name == "ones_like", precision.storage, span)
        return tree.Fill(span=span, type=result, value=number, sizes=sizes)

    return arrays.asked(c, o.x, build)


def _arange(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.arange", ["start"], ["stop", "step", "dtype"])
    values = [a.operand(n) for n in ("start", "stop", "step") if a.given(n)]
    if not all(isinstance(v.type, ScalarType) and kind_of(v.type.dtype) in ("int", "uint") for v in values):
        raise c.error("E202", "np.arange of integers is supported only", span, fix("`np.arange(n) * step + start`"))
    start, stop, step = _bounds(c, a)
    size = _length(c, start, stop, step, span)
    precision = a.dtype("dtype", "i64")
    assert precision is not None
    counted = TensorType("i64", (c.extent(size),), Precision.plain("i64"), c.target)
    iota: tree.Expression = tree.Iota(span=span, type=counted, size=size)
    for op, number in (("mul", step), ("add", start)):
        identity = 1 if op == "mul" else 0
        if not (isinstance(number, tree.Constant) and number.value == identity):
            iota = elementwise(c, op, c.operand(iota), c.operand(number), span, words="np.arange")
    return iota if precision.storage == "i64" else with_precision(iota, precision.storage, precision)


def _bounds(c: Checker, a: Arguments) -> tuple[tree.Expression, tree.Expression, tree.Expression]:
    from .check_subscripts import integer

    first = integer(c, a.nodes["start"], "a bound of np.arange")
    zero, one = c.runtime(0, a.span), c.runtime(1, a.span)
    if not a.given("stop"):
        return zero, first, one
    step = integer(c, a.nodes["step"], "the step of np.arange") if a.given("step") else one
    if not isinstance(step, tree.Constant) or step.value == 0:
        raise c.error("E202", "the step of np.arange is a constant, and not 0", step.span)
    return first, integer(c, a.nodes["stop"], "a bound of np.arange"), step


def _length(
    c: Checker, start: tree.Expression, stop: tree.Expression, step: tree.Expression, span: Span
) -> tree.Expression:
    """``max((stop - start + step - 1) // step, 0)``."""
    assert isinstance(step, tree.Constant)
    if isinstance(start, tree.Constant) and isinstance(stop, tree.Constant):
        return c.runtime(len(range(int(start.value), int(stop.value), int(step.value))), span)
    minus, slash, plus = ast.Sub(), ast.FloorDiv(), ast.Add()
    gap: tree.Expression = stop
    if not (isinstance(start, tree.Constant) and start.value == 0):
        gap = check_operators.binary(c, minus, c.operand(stop), c.operand(start), span)
    if step.value != 1:
        more = c.runtime(int(step.value) + (-1 if step.value > 0 else 1), span)
        gap = check_operators.binary(c, plus, c.operand(gap), c.operand(more), span)
        gap = check_operators.binary(c, slash, c.operand(gap), c.operand(step), span)
    dim = c.dim_of(gap)
    if dim is not None and dim.at_least_zero() == dim and dim.symbols <= c.extents:
        return gap
    zero = c.runtime(0, span)
    return tree.Binary(span=span, type=INT, op="maximum", lhs=gap, rhs=zero)


# --- shapes -----------------------------------------------------------------------------------------------------------


def _transpose(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.transpose", ["a"], ["axes"])
    o = a.array("a")
    assert isinstance(o.type, TensorType)
    return permuted(c, o, a.axes("axes", o.type.rank), span)


def permuted(c: Checker, o: Operand, axes: tuple[int, ...] | None, span: Span) -> tree.Expression:
    """``x.transpose(axes)``.

    Raises:
        Invalid: E213, the axes are not all of the array's.
    """
    assert isinstance(o.type, TensorType)
    order = axes if axes is not None else tuple(reversed(range(o.type.rank)))
    if sorted(order) != list(range(o.type.rank)):
        raise c.error("E213", f"axes {order} do not name each of {o.type.rank} axes once", span)
    return arrays.transposed(o.x, order, span)


def _swapaxes(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.swapaxes", ["a", "axis1", "axis2"])
    o = a.array("a")
    assert isinstance(o.type, TensorType)
    i, j = (a.axes(n, o.type.rank, several=False) for n in ("axis1", "axis2"))
    order = list(range(o.type.rank))
    if i and j:
        order[i[0]], order[j[0]] = order[j[0]], order[i[0]]
    return arrays.transposed(o.x, order, span)


def _reshape(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.reshape", ["a", "shape"])
    return arrays.reshaped(c, a.array("a"), a.shape("shape"), span)


def _ravel(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    return arrays.reshaped(c, bound(c, node, "np.ravel", ["a"]).array("a"), [c.runtime(-1, span)], span)


def _broadcast_to(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.broadcast_to", ["array", "shape"])
    o, sizes = a.operand("array"), a.shape("shape")
    if isinstance(o.type, ScalarType):
        precision = Precision.plain(o.type.dtype)
        return arrays.filled(c, _strong(c, o), sizes, precision, c.target, span)
    dims = tuple(c.extent(s) for s in sizes)
    if len(dims) < o.type.rank:
        message = f"an array of {o.type.rank} axes does not broadcast to {shapes.shape_text(dims)}"
        raise c.error("E205", message, span)
    for have, want in zip(o.type.dims, dims[len(dims) - o.type.rank :], strict=True):
        if have.value != 1 and have != want:
            message = (
                f"an array of shape {shapes.shape_text(o.type.dims)} does not broadcast to {shapes.shape_text(dims)}"
            )
            if shapes.differ(have, want):
                raise c.error("E205", message, span)
            raise c.error("E205", f"{message} provably", span, fix("use the names of the dimensions, or x.shape"))
    return tree.BroadcastTo(span=span, type=replace(o.type, dims=dims), x=o.x, sizes=sizes)


def _several(c: Checker, a: Arguments) -> list[Operand]:
    node = a.nodes["arrays"]
    if not isinstance(node, ast.Tuple | ast.List) or not node.elts:
        raise c.error(
            "E202", f"{a.words} takes a tuple of arrays, written out", c.span(node), fix(f"`{a.words}((a, b))`")
        )
    found = [c.number_or_array(n) for n in node.elts]
    for o in found:
        if not isinstance(o.type, TensorType):
            raise c.error("E202", f"{a.words} takes arrays, and this is a {o.type}", o.span)
    return found


def _concatenate(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["arrays"], ["axis"])
    found = _several(c, a)
    t = found[0].type
    assert isinstance(t, TensorType)
    if t.rank == 0:
        raise c.error("E202", "zero-dimensional arrays cannot be concatenated", span, fix("np.stack joins them"))
    axis = (a.axes("axis", t.rank, several=False) or (0,))[0]
    return arrays.joined_arrays(c, found, axis, span, a.words)


def _stack(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.stack", ["arrays"], ["axis"])
    found = _several(c, a)
    t = found[0].type
    assert isinstance(t, TensorType)
    axis = (a.axes("axis", t.rank + 1, several=False) or (0,))[0]
    widened = [c.operand(_expanded(c, o, (axis,), span)) for o in found]
    return arrays.joined_arrays(c, widened, axis, span, a.words)


def _expand_dims(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.expand_dims", ["a", "axis"])
    o = a.array("a")
    assert isinstance(o.type, TensorType)
    count = len(constant_ints(c.value(a.nodes["axis"])) or [0])
    return _expanded(c, o, a.axes("axis", o.type.rank + count) or (0,), span)


def _expanded(c: Checker, o: Operand, axes: tuple[int, ...], span: Span) -> tree.Expression:
    t = o.type
    assert isinstance(t, TensorType)
    items: list[tree.Item] = []
    dims: list[Dim] = []
    rest = iter(t.dims)
    for axis in range(t.rank + len(axes)):
        items.append(tree.NewAxis() if axis in axes else tree.Range())
        dims.append(Dim.of(1) if axis in axes else next(rest))
    return arrays.with_axes(c, o.x, items, dims, span)


def _squeeze(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.squeeze", ["a"], ["axis"])
    return squeezed(c, a, a.array("a"), span)


def squeezed(c: Checker, a: Arguments, o: Operand, span: Span) -> tree.Expression:
    """``x.squeeze(axis)``: without axes whose extent is statically 1.

    Raises:
        Invalid: E214, an axis is named that is not.
    """
    t = o.type
    assert isinstance(t, TensorType)
    axes = a.axes("axis", t.rank)
    for axis in axes or ():
        if t.dims[axis].value != 1:
            message = f"cannot squeeze axis {axis}: its extent is {t.dims[axis]}, not 1"
            raise c.error("E214", message, span)
    drop = axes if axes is not None else tuple(i for i, d in enumerate(t.dims) if d.value == 1)
    zero = c.runtime(0, span)
    items: list[tree.Item] = [tree.Index(zero) if i in drop else tree.Range() for i in range(t.rank)]
    dims = [d for i, d in enumerate(t.dims) if i not in drop]
    if not dims:
        return arrays.reshaped(c, o, [], span)
    return arrays.with_axes(c, o.x, items, dims, span)


# --- products and the rest --------------------------------------------------------------------------------------------


def _matmul(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["a", "b"])
    return product(c, a, a.operand("a"), a.operand("b"), span, name)


def product(c: Checker, a: Arguments, x: Operand, y: Operand, span: Span, name: str) -> tree.Expression:
    """``np.dot`` and ``np.matmul``, which are one on vectors and matrices."""
    if name == "dot" and any(o.dims == () for o in (x, y)):
        lhs, rhs = _sized(c, x, y)
        return elementwise(c, "mul", lhs, rhs, span, words="np.dot")
    if name == "dot" and any(len(o.dims) > 2 for o in (x, y)):
        raise c.error("E115", f"{a.words} of stacks of matrices is not supported", span, fix("`@` multiplies stacks"))
    return check_operators.matmul(c, x, y, span)


def _array(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["object"], ["dtype"])
    value = c.value(a.nodes["object"]) if not isinstance(a.nodes["object"], ast.List) else None
    if value is None or isinstance(value, tuple) or isinstance(getattr(value, "type", None), TupleType):
        message = f"np.{name} of a list is not supported yet"
        raise c.error("E115", message, span, fix("np.empty(n, dtype) makes an array to be filled"))
    o = a.operand("object")
    precision = a.dtype("dtype")
    if isinstance(o.type, ScalarType):
        p = precision or Precision.plain(o.type.dtype)
        return arrays.filled(c, c.cast(o.x, p.storage), [], p, c.target, span)
    if precision is None or precision == o.type.precision:
        return tree.Copy(span=span, type=o.type, x=o.x) if name in ("array", "copy") else o.x
    return arrays.converted(c, o, precision, span)


def _row(names: object, handler: Handler) -> dict[str, Handler]:
    return dict.fromkeys(names, handler)  # type: ignore[call-overload]


_FUNCTIONS: dict[str, Handler] = {
    **_row(_FLOATING, _float_function),
    **_row(_ROUNDING, _rounding),
    **_row(_BINARY, _binary),
    **_row(_COMPARE, _compare),
    **_row(_LOGICAL, _logical),
    **_row(_REDUCTIONS, _reduction),
    **_row([*_EXTREMES, "mean", "var", "std", "argmax", "argmin"], _statistic),
    **_row(["zeros", "ones", "empty"], _constant_array),
    **_row(["zeros_like", "ones_like", "empty_like", "full_like"], _like),
    **_row(["isnan", "isinf", "isfinite"], _test),
    **_row(["abs", "absolute", "fabs"], _absolute),
    **_row(["negative", "positive"], _negative),
    **_row(["invert", "bitwise_not"], _invert),
    **_row(["matmul", "dot"], _matmul),
    **_row(["array", "asarray", "ascontiguousarray", "copy"], _array),
    **_row(["concatenate", "concat"], _concatenate),
    **_row(["transpose", "permute_dims"], _transpose),
    "logical_not": _logical_not,
    "square": _square,
    "reciprocal": _reciprocal,
    "sign": _sign,
    "where": _where,
    "clip": _clip,
    "full": _full,
    "arange": _arange,
    "swapaxes": _swapaxes,
    "reshape": _reshape,
    "ravel": _ravel,
    "broadcast_to": _broadcast_to,
    "stack": _stack,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
}
del _FUNCTIONS["erf"]  # NumPy has none: it is pyc.erf
NAMES = tuple(sorted(_FUNCTIONS))
