"""Builders: operations from plain Python values, result types inferred from the operands.

Each takes and gives MLIR values, inserts at the current insertion point with the current location, and is named as the
operation is. Shapes of results are as precise as the operands allow: an extent given by ``arith.constant`` is static.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyc.precision import STORED

from . import (
    cells,
    complex_numbers,
    contraction,
    control,
    creation,
    elementwise,
    indexing,
    integer,
    memory,
    selection,
    shape,
    transfer,
)
from .annotation import dictionary
from .mlir import arith, ir
from .types import DYNAMIC, dtype_of, element_of, element_type, is_tensor, memref_of, meta, meta_of, shape_of
from .verify import broadcast as broadcast_shapes

_UNARY = {
    c.OPERATION_NAME.removeprefix("pyc."): c
    for c in vars(elementwise).values()
    if isinstance(c, type) and issubclass(c, elementwise.UnaryOp) and c is not elementwise.UnaryOp
}
_BINARY = {
    c.OPERATION_NAME.removeprefix("pyc."): c
    for c in vars(elementwise).values()
    if isinstance(c, type) and issubclass(c, elementwise.BinaryOp) and c is not elementwise.BinaryOp
}
_EXACT = {
    c.OPERATION_NAME.removeprefix("pyc."): c
    for c in vars(integer).values()
    if isinstance(c, type) and hasattr(c, "OPERATION_NAME") and c.OPERATION_NAME.startswith("pyc.int_")
}
UNARY, BINARY, EXACT = frozenset(_UNARY), frozenset(_BINARY), frozenset(_EXACT)


def i64() -> Any:
    return ir.IntegerType.get_signless(64)


def i1() -> Any:
    return ir.IntegerType.get_signless(1)


def constant(value: Any, dtype: str) -> Any:
    """A scalar constant; an unsigned one is made signless, bit for bit, and cast, as ``arith`` wants it."""
    t = element_type(dtype)
    if isinstance(t, ir.FloatType):
        return arith.constant(t, float(value))
    if isinstance(t, ir.ComplexType):
        number = complex(value)
        return complex_number(*(arith.constant(t.element_type, part) for part in (number.real, number.imag)))
    if dtype in STORED:
        wide = isinstance(t, ir.FloatType)
        return cast(constant(value, "f32" if wide else "i8"), dtype)
    if isinstance(t, ir.IntegerType) and t.is_unsigned:
        bits = t.width
        signless = ir.IntegerType.get_signless(bits)
        wrapped = int(value) & ((1 << bits) - 1)
        signed = wrapped - (1 << bits) if wrapped >> (bits - 1) else wrapped
        return cast(arith.constant(signless, signed), dtype)
    return arith.constant(t, int(value))


def constant_value(v: Any) -> int | None:
    """The number that an integer value is known to be, through ``arith.constant``; else ``None``."""
    owner = v.owner
    if isinstance(owner, ir.Block) or owner.name != "arith.constant":
        return None
    attribute = owner.attributes["value"]
    if isinstance(attribute, ir.BoolAttr):
        return int(attribute.value)
    return ir.IntegerAttr(attribute).value if isinstance(attribute, ir.IntegerAttr) else None


def unary(name: str, x: Any) -> Any:
    """``pyc.<name>`` for a name in :data:`UNARY`."""
    return _UNARY[name](x, x.type).results[0]


def binary(name: str, lhs: Any, rhs: Any) -> Any:
    """``pyc.<name>`` for a name in :data:`BINARY`."""
    return _BINARY[name](lhs, rhs, _joined([lhs, rhs], element_of(lhs.type))).results[0]


def complex_number(re: Any, im: Any) -> Any:
    """``pyc.complex``: numbers of these parts."""
    element = ir.ComplexType.get(element_of(re.type))
    return complex_numbers.ComplexOp(re, im, _of_element(_joined([re, im], element), element)).results[0]


def part(name: str, x: Any) -> Any:
    """``pyc.real`` or ``pyc.imag``."""
    element = ir.ComplexType(element_of(x.type)).element_type
    make = complex_numbers.RealOp if name == "real" else complex_numbers.ImagOp
    return make(x, _of_element(x.type, element)).results[0]


def _of_element(t: Any, element: Any) -> Any:
    """The type of an array like ``t`` with plain elements of another type; of a number, that type."""
    if not is_tensor(t):
        return element
    encoding = meta(dtype_of(element), ir.StringAttr(meta_of(t).target).value)
    return ir.RankedTensorType.get(shape_of(t), element, encoding)


def exact(name: str, *operands: Any) -> Any:
    """``pyc.<name>`` for a name in :data:`EXACT`, on ``i64``; ``int_div`` gives ``f64``."""
    result = element_type("f64") if name == "int_div" else i64()
    return _EXACT[name](*operands, result).results[0]


def compare(predicate: str, lhs: Any, rhs: Any) -> Any:
    return elementwise.CompareOp(lhs, rhs, ir.StringAttr.get(predicate), _joined([lhs, rhs], i1())).results[0]


def select(condition: Any, on_true: Any, on_false: Any) -> Any:
    result = _joined([condition, on_true, on_false], element_of(on_true.type), like=(on_true, on_false, condition))
    return elementwise.SelectOp(condition, on_true, on_false, result).results[0]


def cast(x: Any, dtype: str, precision: object = None) -> Any:
    """``x`` in element type ``dtype``; a tensor's policy becomes ``precision``, or stays."""
    t = element_type(dtype)
    if is_tensor(x.type):
        old = meta_of(x.type)
        encoding = old if precision is None else meta(str(precision), ir.StringAttr(old.target).value)
        t = ir.RankedTensorType.get(shape_of(x.type), t, encoding)
    return elementwise.CastOp(x, t).results[0]


def bitcast(x: Any, dtype: str) -> Any:
    """The bits of ``x`` as elements of ``dtype``, which has the same width."""
    t = element_type(dtype)
    if is_tensor(x.type):
        t = ir.RankedTensorType.get(shape_of(x.type), t, meta(dtype, ir.StringAttr(meta_of(x.type).target).value))
    return elementwise.BitcastOp(x, t).results[0]


def reduce(x: Any, kind: str, axes: Sequence[int], *, keepdims: bool = False, dtype: str | None = None) -> Any:
    """``pyc.reduce``, accumulating in ``dtype`` (default: the operand's element type)."""
    t = element_of(x.type) if dtype is None else element_type(dtype)
    return _reduction("pyc.reduce", x, kind, axes, keepdims, t)


def arg_reduce(x: Any, kind: str, axis: int, *, keepdims: bool = False) -> Any:
    return _reduction("pyc.arg_reduce", x, kind, [axis], keepdims, i64())


def matmul(lhs: Any, rhs: Any, dtype: str | None = None) -> Any:
    """``pyc.matmul``, accumulating in ``dtype`` (default: the operands' element type)."""
    a, b = shape_of(lhs.type), shape_of(rhs.type)
    batch = broadcast_shapes(a[:-2], b[:-2]) or []
    want = [*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else [])]
    t = element_of(lhs.type) if dtype is None else element_type(dtype)
    result = ir.RankedTensorType.get(want, t, meta_of(lhs.type)) if want else t
    return contraction.MatmulOp(lhs, rhs, result).results[0]


def correlate(
    images: Any, filters: Any, sizes: Sequence[Any], strides: Sequence[int], dilations: Sequence[int], dtype: str
) -> Any:
    """``pyc.correlate`` with as many rows and columns of windows as ``sizes`` says, accumulating in ``dtype``."""
    (b, *_), (g, f, *_) = shape_of(images.type), shape_of(filters.type)
    extents = [DYNAMIC if (known := constant_value(s)) is None else known for s in sizes]
    result = ir.RankedTensorType.get([b, g, f, *extents], element_type(dtype), meta_of(images.type))
    operands = [[x] for x in (images, filters, *sizes)]
    attributes = {"strides": _array(strides), "dilations": _array(dilations)}
    return _make("pyc.correlate", operands, attributes, result)


def dim(x: Any, axis: int) -> Any:
    """The extent of an axis: a constant where it is static."""
    extent = shape_of(x.type)[axis]
    if extent != DYNAMIC:
        return constant(extent, "i64")
    return _make("pyc.dim", [[x]], {"axis": ir.IntegerAttr.get(i64(), axis)}, i64())


def transpose(x: Any, permutation: Sequence[int]) -> Any:
    s = shape_of(x.type)
    result = ir.RankedTensorType.get([s[p] for p in permutation], element_of(x.type), meta_of(x.type))
    return _make("pyc.transpose", [[x]], {"permutation": _array(permutation)}, result)


def copy(x: Any) -> Any:
    return shape.CopyOp(x, x.type).results[0]


def reshape(x: Any, sizes: Sequence[Any]) -> Any:
    return shape.ReshapeOp(x, list(sizes), _sized(sizes, element_of(x.type), meta_of(x.type))).results[0]


def broadcast(x: Any, sizes: Sequence[Any]) -> Any:
    return shape.BroadcastOp(x, list(sizes), _sized(sizes, element_of(x.type), meta_of(x.type))).results[0]


def concat(inputs: Sequence[Any], axis: int) -> Any:
    """``pyc.concat``, whose operands have one type: those that differ along ``axis`` forget their extents there."""
    extents = [shape_of(v.type)[axis] for v in inputs]
    element, encoding = element_of(inputs[0].type), meta_of(inputs[0].type)
    common = shape_of(inputs[0].type)
    for v in inputs:
        common = [a if a == b else DYNAMIC for a, b in zip(common, shape_of(v.type), strict=True)]
    t = ir.RankedTensorType.get(common, element, encoding)
    common[axis] = DYNAMIC if DYNAMIC in extents else sum(extents)
    for i, known in enumerate(zip(*[shape_of(v.type) for v in inputs], strict=True)):
        if i != axis:
            common[i] = max(known)
    result = ir.RankedTensorType.get(common, element, encoding)
    same = [v if v.type == t else elementwise.CastOp(v, t).results[0] for v in inputs]
    return _make("pyc.concat", [same], {"axis": ir.IntegerAttr.get(i64(), axis)}, result)


def fill(value: Any, sizes: Sequence[Any], precision: object, target: object) -> Any:
    result = _sized(sizes, value.type, meta(str(precision), str(target)))
    return creation.FillOp(value, list(sizes), result).results[0]


def empty(dtype: str, sizes: Sequence[Any], precision: object, target: object) -> Any:
    return creation.EmptyOp(list(sizes), _sized(sizes, element_type(dtype), meta(str(precision), str(target)))).results[
        0
    ]


def iota(dtype: str, size: Any, precision: object, target: object) -> Any:
    return creation.IotaOp([size], _sized([size], element_type(dtype), meta(str(precision), str(target)))).results[0]


def table(numbers: Sequence[int] | Sequence[float], dtype: str, target: object) -> Any:
    """An array of constants, which is part of the program."""
    text = ", ".join(f"{n:.17e}" if isinstance(n, float) else str(n) for n in numbers)
    t = ir.RankedTensorType.get([len(numbers)], element_type(dtype), meta(dtype, str(target)))
    return arith.constant(t, ir.Attribute.parse(f"dense<[{text}]> : {t}"))


def extract(x: Any, indices: Sequence[Any]) -> Any:
    return indexing.ExtractOp(x, list(indices), element_of(x.type)).results[0]


def insert(value: Any, x: Any, indices: Sequence[Any]) -> Any:
    return indexing.InsertOp(value, x, list(indices), x.type).results[0]


def slice(
    x: Any, offsets: Sequence[Any], sizes: Sequence[Any], strides: Sequence[Any], dropped: Sequence[int] = ()
) -> Any:
    kept = [s for i, s in enumerate(sizes) if i not in dropped]
    result = _sized(kept, element_of(x.type), meta_of(x.type))
    return _make("pyc.slice", [[x], offsets, sizes, strides], {"dropped": _array(dropped)}, result)


def insert_slice(
    value: Any,
    x: Any,
    offsets: Sequence[Any],
    sizes: Sequence[Any],
    strides: Sequence[Any],
    dropped: Sequence[int] = (),
) -> Any:
    groups = [[value], [x], offsets, sizes, strides]
    return _make("pyc.insert_slice", groups, {"dropped": _array(dropped)}, x.type)


def read(m: Any) -> Any:
    """``pyc.read``: the elements of an array in memory, as a tensor of its extents."""
    result = ir.RankedTensorType.get(shape_of(m.type), element_of(m.type), meta_of(m.type))
    return memory.ReadOp(m, result).results[0]


def write(value: Any, m: Any) -> None:
    memory.WriteOp(value, m)


def allocate(value: Any) -> Any:
    """``pyc.allocate``: a new array in memory that holds a tensor."""
    result = memref_of(shape_of(value.type), element_of(value.type), meta_of(value.type))
    return memory.AllocateOp(value, result).results[0]


def load(m: Any, indices: Sequence[Any]) -> Any:
    return memory.LoadOp(m, list(indices), element_of(m.type)).results[0]


def store(value: Any, m: Any, indices: Sequence[Any]) -> None:
    memory.StoreOp(value, m, list(indices))


def view(m: Any, offsets: Sequence[Any], sizes: Sequence[Any], strides: Sequence[Any], axes: Sequence[int]) -> Any:
    """``pyc.view``; ``axes[i]`` is the axis of ``m`` that axis ``i`` of the view goes along, -1 where it is new."""
    known = [constant_value(s) for s in sizes]
    result = memref_of([DYNAMIC if k is None else k for k in known], element_of(m.type), meta_of(m.type))
    return _make("pyc.view", [[m], offsets, sizes, strides], {"axes": _array(axes)}, result)


def reshape_view(m: Any, sizes: Sequence[Any], *, contiguous: bool = False) -> Any:
    """``pyc.reshape_view``; ``contiguous`` makes it a view only of elements that lie one after the other."""
    known = [constant_value(s) for s in sizes]
    result = memref_of([DYNAMIC if k is None else k for k in known], element_of(m.type), meta_of(m.type))
    op = memory.ReshapeViewOp(m, list(sizes), result)
    if contiguous:
        op.operation.attributes["contiguous"] = ir.UnitAttr.get()
    return op.results[0]


def part_view(m: Any, part: str) -> Any:
    """``pyc.part_view``: the ``real`` or ``imag`` parts of an array in memory."""
    element = ir.ComplexType(element_of(m.type)).element_type
    space = meta(dtype_of(element), ir.StringAttr(meta_of(m.type).target).value)
    result = memref_of(shape_of(m.type), element, space)
    return _make("pyc.part_view", [[m]], {"part": ir.StringAttr.get(part)}, result)


def diagonal_view(m: Any) -> Any:
    """``pyc.diagonal_view`` of an array in memory."""
    *outer, rows, columns = shape_of(m.type)
    extent = DYNAMIC if DYNAMIC in (rows, columns) else min(rows, columns)
    return _make("pyc.diagonal_view", [[m]], {}, memref_of([*outer, extent], element_of(m.type), meta_of(m.type)))


def gather(x: Any, indices: Sequence[Any], axes: Sequence[int], position: int) -> Any:
    shape = selection.region(x, indices[0], axes, position)
    result = ir.RankedTensorType.get(shape, element_of(x.type), meta_of(x.type))
    return _make("pyc.gather", [[x], indices], _chosen(axes, position), result)


def scatter(value: Any, x: Any, indices: Sequence[Any], axes: Sequence[int], position: int) -> Any:
    return _make("pyc.scatter", [[value], [x], indices], _chosen(axes, position), x.type)


def _chosen(axes: Sequence[int], position: int) -> dict[str, Any]:
    return {"axes": _array(axes), "position": ir.IntegerAttr.get(i64(), position)}


def nonzero(x: Any) -> Any:
    shape = [len(shape_of(x.type)), DYNAMIC]
    target = ir.StringAttr(meta_of(x.type).target).value
    return selection.NonzeroOp(x, ir.RankedTensorType.get(shape, i64(), meta("i64", target))).results[0]


def reverse(x: Any, axes: Sequence[int], conditions: Sequence[Any]) -> Any:
    return _make("pyc.reverse", [[x], conditions], {"axes": _array(axes)}, x.type)


def with_extents(m: Any, t: Any) -> Any:
    """All of ``m``, an array in memory, as one of type ``t``, which knows more or less of its extents."""
    if m.type == t:
        return m
    rank = len(shape_of(t))
    zero, one = constant(0, "i64"), constant(1, "i64")
    groups = [[m], [zero] * rank, [dim(m, i) for i in range(rank)], [one] * rank]
    return _make("pyc.view", groups, {"axes": _array(range(rank))}, t)


def check(condition: Any, kind: str, message: str, template: str = "", values: Sequence[Any] = ()) -> None:
    """``template`` says where ``values`` stand in the message, or those of a ``tell`` just before."""
    attributes = {"kind": ir.StringAttr.get(kind), "message": ir.StringAttr.get(message)}
    if template:
        attributes["template"] = ir.StringAttr.get(template)
    ir.Operation.create("pyc.check", [], [condition, *values], attributes)


def first_outside(condition: Any, positions: Any, extent: Any) -> Any:
    """``pyc.first_outside``: what a check of ``condition`` says of ``positions``."""
    return _make("pyc.first_outside", [[condition, positions, extent]], {}, i64())


def enter() -> Any:
    return _make("pyc.enter", [], {}, i1())


def caught(region: Any) -> Any:
    return _make("pyc.caught", [[region]], {}, ir.IntegerType.get_signless(32))


def hold(m: Any, cell: int) -> None:
    cells.HoldOp(m, ir.IntegerAttr.get(i64(), cell))


def held(cell: int, t: Any) -> Any:
    return _make("pyc.held", [], {"cell": ir.IntegerAttr.get(i64(), cell)}, t)


def sweep(live: Sequence[Any]) -> None:
    """``pyc.sweep``, which leaves the arrays ``live``."""
    for m in live:
        cells.SpareOp(m)
    cells.SweepOp()


def is_kind(number: Any, kinds: Sequence[str]) -> Any:
    names = ir.ArrayAttr.get([ir.StringAttr.get(k) for k in kinds])
    return _make("pyc.is_kind", [[number]], {"kinds": names}, i1())


def reraise(number: Any) -> None:
    control.ReraiseOp(number)


def tell(values: Sequence[Any], kind: str, message: str, template: str) -> None:
    """``values`` are integers (i64), then floats (f64)."""
    integers = [v for v in values if v.type == i64()]
    floats = [v for v in values if v.type != i64()]
    control.TellOp(integers, floats, *(ir.StringAttr.get(text) for text in (kind, message, template)))


def annotate(x: Any, entries: Mapping[str, Any]) -> None:
    """Say annotations of a value."""
    ir.Operation.create("pyc.annotate", [], [x], attributes={"annotations": dictionary(entries)})


def to(x: Any, target: object) -> Any:
    old = meta_of(x.type)
    encoding = meta(ir.StringAttr(old.precision).value, str(target))
    return transfer.ToOp(x, ir.RankedTensorType.get(shape_of(x.type), element_of(x.type), encoding)).results[0]


def _make(name: str, groups: Sequence[Sequence[Any]], attributes: dict[str, Any], result: Any) -> Any:
    """An operation by name. (The generated constructors take an empty array attribute for a missing one.)"""
    operands = [v for group in groups for v in group]
    if len(groups) > 1:
        attributes["operandSegmentSizes"] = ir.DenseI32ArrayAttr.get([len(group) for group in groups])
    elif name in ("pyc.concat",):
        attributes["operandSegmentSizes"] = ir.DenseI32ArrayAttr.get([len(operands)])
    return ir.Operation.create(name, results=[result], operands=operands, attributes=attributes).results[0]


def _reduction(name: str, x: Any, kind: str, axes: Sequence[int], keepdims: bool, element: Any) -> Any:
    want = [1 if i in axes else s for i, s in enumerate(shape_of(x.type)) if keepdims or i not in axes]
    result = ir.RankedTensorType.get(want, element, meta_of(x.type)) if want else element
    attributes = {"kind": ir.StringAttr.get(kind), "axes": _array(sorted(axes)), "keepdims": ir.BoolAttr.get(keepdims)}
    return _make(name, [[x]], attributes, result)


def _array(values: Sequence[int]) -> Any:
    return ir.ArrayAttr.get([ir.IntegerAttr.get(i64(), v) for v in values])


def _sized(sizes: Sequence[Any], element: Any, encoding: Any) -> Any:
    known = [constant_value(s) for s in sizes]
    return ir.RankedTensorType.get([DYNAMIC if k is None else k for k in known], element, encoding)


def _joined(values: Sequence[Any], element: Any, like: Sequence[Any] | None = None) -> Any:
    """The type of an elementwise result: broadcast shape, the encoding of the first tensor among ``like``."""
    tensors = [v for v in (like or values) if is_tensor(v.type)]
    if not tensors:
        return element
    out: list[int] = []
    for v in values:
        out = broadcast_shapes(out, shape_of(v.type)) or []
    return ir.RankedTensorType.get(out, element, meta_of(tensors[0].type))
