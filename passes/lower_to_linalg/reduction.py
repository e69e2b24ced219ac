"""Reductions: an initial tensor and a ``linalg.generic`` with reduction iterators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyc.dialects.mlir import arith, ir
from pyc.dialects.types import element_of, is_tensor, meta_of, shape_of
from pyc.dialects.verify import int_array
from pyc.precision import DTYPES

from . import complex_math, scalar
from .shape import beside, expand
from .site import Rule, Site
from .structured import Iterator, dim, filled, generic, identity, iteration_index, projection, to_i64

#: Sums and products of tensors may be taken in any order, as NumPy's are: without it they would not be vectorised.
_ANY_ORDER = "#arith.fastmath<reassoc>"
#: Of equal elements, any is the largest, also of zeros with different signs: which it is follows from the order.
_ANY_ZERO = "#arith.fastmath<nsz>"


def _identity(kind: str, dtype: str) -> float:
    match kind:
        case "sum" | "any":
            return 0
        case "prod" | "all":
            return 1
        case "max":
            return scalar.lowest(dtype)
    return scalar.highest(dtype)


def _combine(kind: str, dtype: str) -> Callable[[Any, Any], Any]:
    """One step of a reduction, on values of the accumulator's element type."""
    match kind:
        case "any":
            return arith.ori
        case "all":
            return arith.andi
        case "max" | "min":
            return lambda x, acc: _extreme(kind, dtype, x, acc)
    name = "add" if kind == "sum" else "mul"
    if dtype in complex_math.PART:
        return lambda x, acc: complex_math.binary(name, x, acc, ir.Attribute.parse(_ANY_ORDER))
    if not DTYPES[dtype].is_float:
        return lambda x, acc: scalar.binary(name, dtype, x, acc)

    def reassociated(x: Any, acc: Any) -> Any:
        wide = scalar.compute_dtype(dtype)
        flags = ir.Attribute.parse(_ANY_ORDER)
        make = arith.addf if name == "add" else arith.mulf
        total = make(scalar.convert(x, dtype, wide), scalar.convert(acc, dtype, wide), fastmath=flags)
        return scalar.convert(total, wide, dtype)

    return reassociated


def _extreme(kind: str, dtype: str, x: Any, acc: Any) -> Any:
    better = scalar.binary(f"{kind}imum", dtype, x, acc)
    maker = better.owner
    if maker.name in ("arith.maximumf", "arith.minimumf"):
        maker.attributes["fastmath"] = ir.Attribute.parse(_ANY_ZERO)
    return better


def _spaces(site: Site, element: Any) -> tuple[Any, list[int], list[Iterator], Any, Any]:
    """(operand, kept axes, iterators, map of the output, type of the output) of a reduction."""
    x = site.operands[0]
    rank = len(shape_of(x.type))
    reduced = int_array(site.op.attributes["axes"])
    kept = [i for i in range(rank) if i not in reduced]
    iterators: list[Iterator] = ["reduction" if i in reduced else "parallel" for i in range(rank)]
    out = ir.RankedTensorType.get([shape_of(x.type)[i] for i in kept], element, meta_of(x.type))
    return x, kept, iterators, projection(rank, kept), out


def _delivered(site: Site, value: Any, kept: Sequence[int]) -> Any:
    """A reduced tensor as the result type wants it: a scalar, with its reduced axes, or plain."""
    want = site.result_type
    if not is_tensor(want):
        return ir.Operation.create("tensor.extract", [element_of(want)], [value]).results[0]
    return expand(value, want, beside(kept, len(shape_of(want))))


def _reduce(site: Site) -> Any:
    kind = ir.StringAttr(site.op.attributes["kind"]).value
    element = element_of(site.result_type)
    x, kept, iterators, out_map, out = _spaces(site, element)
    start = scalar.constant(_identity(kind, site.result), site.result)
    initial = filled(start, out, lambda axis: dim(x, kept[axis]))
    combine = _combine(kind, site.result)

    def step(value: Any, acc: Any) -> Sequence[Any]:
        return [combine(scalar.convert(value, site.dtypes[0], site.result), acc)]

    reduced = generic([x], [identity(len(iterators))], [initial], [out_map], iterators, step).results[0]
    return _delivered(site, reduced, kept)


def _arg_reduce(site: Site) -> Any:
    """Carries the best value and its index. A later element replaces them only if it is strictly better."""
    kind = ir.StringAttr(site.op.attributes["kind"]).value
    dtype = site.dtypes[0]
    x, kept, iterators, out_map, out = _spaces(site, element_of(site.result_type))
    (axis,) = int_array(site.op.attributes["axes"])
    best_type = ir.RankedTensorType.get(shape_of(out), element_of(x.type), meta_of(x.type))
    start = scalar.constant(scalar.lowest(dtype) if kind == "max" else scalar.highest(dtype), dtype)
    best = filled(start, best_type, lambda a: dim(x, kept[a]))
    index = filled(scalar.constant(0, "i64"), out, lambda a: dim(x, kept[a]))

    def step(value: Any, best: Any, index: Any) -> Sequence[Any]:
        better = scalar.compare("gt" if kind == "max" else "lt", dtype, value, best)
        nan = scalar.is_nan(dtype, value)
        if nan is not None:
            first_nan = arith.andi(nan, scalar.compare("eq", dtype, best, best))
            better = arith.ori(better, first_nan)
        position = to_i64(iteration_index(axis))
        return [arith.select(better, value, best), arith.select(better, position, index)]

    maps = [identity(len(iterators))]
    found = generic([x], maps, [best, index], [out_map, out_map], iterators, step).results[1]
    return _delivered(site, found, kept)


RULES: dict[str, Rule] = {"pyc.reduce": _reduce, "pyc.arg_reduce": _arg_reduce}
