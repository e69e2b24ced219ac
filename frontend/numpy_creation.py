"""NumPy functions that make arrays: from nothing, like others, from numbers."""

from __future__ import annotations

import ast

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, check_operators, check_records, library_calls, memory_order, tree
from .arguments import Arguments, bound, constant_ints
from .check_comprehensions import comprehension
from .check_lists import from_tuple, listed
from .check_operators import elementwise, with_precision
from .check_subscripts import integer
from .context import Checker, Operand
from .dims import Dim
from .numpy_records import filled as records_filled
from .numpy_table import Handler, row
from .report import fix
from .types import INT, ScalarType, TensorType, TupleType, kind_of


def _constant_array(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, f"np.{name}", ["shape"], ["dtype", "order"])
    if a.given("dtype") and (record := check_records.named(c, c.value(a.nodes["dtype"]), span)) is not None:
        return records_filled(c, name, record, a.shape("shape"), span)
    precision, sizes = a.dtype("dtype", "f64"), a.shape("shape")
    assert precision is not None
    if name in ("empty", "ndarray"):
        t = TensorType(precision.storage, tuple(c.extent(s) for s in sizes), precision, c.target)
        return memory_order.of_memory(a, tree.Empty(span=span, type=t, sizes=sizes))
    number = _number(c, name == "ones", precision.storage, span)
    return memory_order.of_memory(a, arrays.filled(c, number, sizes, precision, c.target, span))


def _number(c: Checker, one: object, dtype: str, span: Span) -> tree.Expression:
    return c.cast(c.runtime(1 if one else 0, span), dtype)


def _full(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.full", ["shape", "fill_value"], ["dtype", "order"])
    value = a.operand("fill_value")
    precision = a.dtype("dtype", value.type.dtype)
    assert precision is not None
    number = _filling(c, value, precision.storage)
    return memory_order.of_memory(a, arrays.filled(c, number, a.shape("shape"), precision, c.target, span))


def _filling(c: Checker, value: Operand, dtype: str) -> tree.Expression:
    if isinstance(value.type, TensorType):
        raise c.error("E202", "np.full fills with a number", value.span, fix("np.broadcast_to repeats an array"))
    return c.cast(value.x, dtype)


def _like(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    required = ["a", "fill_value"] if name == "full_like" else ["a"]
    a = bound(c, node, f"np.{name}", required, ["dtype", "order", "shape"])
    o = a.array("a")
    t = o.type
    assert isinstance(t, TensorType)
    precision = a.dtype("dtype") or (
        t.precision if t.dtype in (t.precision.storage, t.precision.compute) else Precision.plain(t.dtype)
    )

    def build(x: tree.Expression) -> tree.Expression:
        sizes, dims = tuple(arrays.extent(c, x, axis, span) for axis in range(t.rank)), t.dims
        if a.given("shape"):
            sizes = a.shape("shape")
            dims = tuple(c.extent(s) for s in sizes)
        # Of as many axes, NumPy keeps the order in memory, whatever the extents are.
        like = len(sizes) == t.rank
        dtype = precision.storage if a.given("dtype") else t.dtype
        result = TensorType(dtype, dims, precision, t.target)
        if name == "empty_like":
            return memory_order.of_memory(a, tree.Empty(span=span, type=result, sizes=sizes, like=like))
        value = a.operand("fill_value") if name == "full_like" else None
        number = _filling(c, value, dtype) if value else _number(c, name == "ones_like", dtype, span)
        return memory_order.of_memory(a, tree.Fill(span=span, type=result, value=number, sizes=sizes, like=like))

    return arrays.asked(c, o.x, build)


def _arange(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.arange", ["start"], ["stop", "step", "dtype"])
    values = [a.operand(n) for n in ("start", "stop", "step") if a.given(n)]
    for v in values:
        if not isinstance(v.type, ScalarType):
            raise c.error("E202", f"np.arange takes numbers, and this is a {v.type}", v.span)
    if any(kind_of(v.type.dtype) == "float" for v in values):
        return _float_arange(c, a, [v.x for v in values], node, span)
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


def _float_arange(
    c: Checker, a: Arguments, values: list[tree.Expression], node: ast.Call, span: Span
) -> tree.Expression:
    if not a.given("stop"):
        values.insert(0, c.runtime(0.0, span))
    if not a.given("step"):
        values.append(c.runtime(1.0, span))
    dtype = a.dtype("dtype")
    return library_calls.applied(c, "sequences", "_float_range", [*values, dtype], node, span)


def _bounds(c: Checker, a: Arguments) -> tuple[tree.Expression, tree.Expression, tree.Expression]:
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
    if dim is not None and dim.not_negative:
        return gap
    zero = c.runtime(0, span)
    return tree.Binary(span=span, type=INT, op="maximum", lhs=gap, rhs=zero)


def _array(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    if name == "array" and any(k.arg in ("copy", "ndmin") for k in node.keywords):
        return _array_with(c, node, span)
    if name in ("array", "copy") and (
        (len(node.args) == 2 and name == "copy") or any(k.arg == "order" for k in node.keywords)
    ):
        return _in_order(c, node, span, name)
    a = bound(c, node, f"np.{name}", ["object"], ["dtype"])
    listing = a.nodes["object"]
    if isinstance(listing, ast.List | ast.Tuple):
        return listed(c, listing, precision=a.dtype("dtype"))
    if isinstance(listing, ast.ListComp):
        return comprehension(c, listing, a.dtype("dtype"))
    value = c.value(listing)
    if isinstance(value, tuple) or isinstance(getattr(value, "type", None), TupleType):
        return from_tuple(c, c.runtime(value, c.span(listing)), span, a.dtype("dtype"))
    o = a.operand("object")
    precision = a.dtype("dtype")
    if isinstance(o.type, ScalarType):
        p = precision or Precision.plain(o.type.dtype)
        return arrays.filled(c, c.cast(o.x, p.storage), [], p, c.target, span)
    if precision is None or precision == o.type.precision:
        if name == "ascontiguousarray":
            sizes = [arrays.extent(c, o.x, i, span) for i in range(o.type.rank)]
            return tree.Reshape(span=span, type=o.type, x=o.x, sizes=tuple(sizes), checked=False, contiguous=True)
        return tree.Copy(span=span, type=o.type, x=o.x) if name in ("array", "copy") else o.x
    return arrays.converted(c, o, precision, span)


def _in_order(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    """``np.array(x, order="F")``, ``np.copy(x, "F")``."""
    first, others = ("a", ["order"]) if name == "copy" else ("object", ["dtype", "order"])
    a = bound(c, node, f"np.{name}", [first], others)
    plain = ast.Call(
        node.func, [a.nodes[first]], [ast.keyword("dtype", a.nodes["dtype"])] if "dtype" in a.nodes else []
    )
    return memory_order.of_memory(a, _array(c, ast.copy_location(plain, node), span, "array"))


def _array_with(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    """``np.array(x, copy=, ndmin=)``: of more axes, in front."""
    a = bound(c, node, "np.array", ["object"], ["dtype", "copy", "ndmin"])
    plain = ast.Call(node.func, node.args, [k for k in node.keywords if k.arg not in ("copy", "ndmin")])
    copied = "copy" not in a.nodes or (a.given("copy") and a.flag("copy"))
    made = c.operand(_array(c, ast.copy_location(plain, node), span, "array" if copied else "asarray"))
    least = constant_ints(c.value(a.nodes["ndmin"])) if a.given("ndmin") else [0]
    if not least:
        raise c.error("E202", "ndmin of np.array is a constant", c.span(a.nodes["ndmin"]))
    more = least[0] - len(made.dims)
    if more <= 0:
        return made.x
    items = [*[tree.NewAxis()] * more, *[tree.Range() for _ in made.dims]]
    return arrays.with_axes(c, made.x, items, [*[Dim.of(1)] * more, *made.dims], span)


def _fromiter(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.fromiter", ["iter", "dtype"])
    values = a.nodes["iter"]
    if not isinstance(values, ast.GeneratorExp | ast.ListComp):
        notes = fix("`np.fromiter((f(i) for i in range(n)), f64)`")
        raise c.error("E202", "np.fromiter takes a generator expression", c.span(values), notes)
    return comprehension(c, values, a.precision("dtype"))


CREATION: dict[str, Handler] = {
    **row(["zeros", "ones", "empty", "ndarray"], _constant_array),
    **row(["zeros_like", "ones_like", "empty_like", "full_like"], _like),
    **row(["array", "asarray", "ascontiguousarray", "copy"], _array),
    "fromiter": _fromiter,
    "full": _full,
    "arange": _arange,
}
