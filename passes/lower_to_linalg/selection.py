"""Elements at computed positions: what is read is one structured operation, what is written a nest of loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyc.dialects.build import constant_value
from pyc.dialects.mlir import arith, ir
from pyc.dialects.types import element_of, is_tensor, meta_of, shape_of
from pyc.dialects.verify import int_array

from .indexing import extract_slice
from .site import Rule, Site
from .structured import (
    Iterator,
    dim,
    empty,
    filled,
    generic,
    identity,
    index_constant,
    iteration_index,
    parallel,
    projection,
    to_i64,
    to_index,
)

Body = Callable[[Sequence[Any], Sequence[Any]], Sequence[Any]]


class _Region:
    """What a gather reads and a scatter writes: its axes are those that ``x`` keeps, around those of the indices."""

    def __init__(self, op: Any) -> None:
        self.x, self.indices = op.x, list(op.indices)
        self.chosen = int_array(op.attributes["axes"])
        self.position = ir.IntegerAttr(op.attributes["position"]).value
        self.common = len(shape_of(self.indices[0].type))
        kept = [a for a in range(len(shape_of(self.x.type))) if a not in self.chosen]
        #: Of each axis of the region: the axis of ``x`` that it is, or ``None`` for one of the indices.
        self.sources = [*kept[: self.position], *[None] * self.common, *kept[self.position :]]

    @property
    def rank(self) -> int:
        return len(self.sources)

    @property
    def index_axes(self) -> range:
        """The axes of the region that are those of the indices."""
        return range(self.position, self.position + self.common)

    def extent(self, axis: int) -> Any:
        source = self.sources[axis]
        return dim(self.indices[0], axis - self.position) if source is None else dim(self.x, source)

    def place(self, numbers: Sequence[Any], at: Callable[[int], Any]) -> list[Any]:
        """Where in ``x`` an element lies, from the numbers that the indices say and its place in the region."""
        found = {source: at(axis) for axis, source in enumerate(self.sources) if source is not None}
        for axis, number in zip(self.chosen, numbers, strict=True):
            found[axis] = arith.index_cast(ir.IndexType.get(), number)
        return [found[axis] for axis in sorted(found)]


def _gather(site: Site) -> Any:
    region = _Region(site.op)
    index_map = projection(region.rank, list(region.index_axes))
    return generic(
        region.indices,
        [index_map] * len(region.indices),
        [empty(site.result_type, region.extent)],
        [identity(region.rank)],
        parallel(region.rank),
        lambda *numbers: [_extract(region.x, region.place(numbers[:-1], iteration_index))],
    ).results[0]


def _scatter(site: Site) -> Any:
    """In the order of the region's elements, so that of several writes to one element the last one stays."""
    region, value = _Region(site.op), site.op.value
    shape = shape_of(value.type)
    stretched = [None if s == 1 else region.rank - len(shape) + i for i, s in enumerate(shape)]

    def body(at: Sequence[Any], carried: Sequence[Any]) -> Sequence[Any]:
        numbers = [_at(i, list(region.index_axes), at) for i in region.indices]
        element = _at(value, stretched, at) if is_tensor(value.type) else value
        place = region.place(numbers, lambda axis: at[axis])
        return [ir.Operation.create("tensor.insert", [carried[0].type], [element, carried[0], *place]).results[0]]

    return _nest([region.extent(axis) for axis in range(region.rank)], [region.x], body)[0]


def _nonzero(site: Site) -> Any:
    (x,) = site.operands
    rank = len(shape_of(x.type))
    i64 = ir.IntegerType.get_signless(64)
    reduced: list[Iterator] = ["reduction"] * rank
    zero = arith.constant(i64, 0)
    one_number = ir.RankedTensorType.get([], i64, meta_of(site.result_type))
    count = generic(
        [x],
        [identity(rank)],
        [filled(zero, one_number, lambda axis: None)],
        [projection(rank, [])],
        reduced,
        lambda e, total: [arith.addi(total, arith.extui(i64, e))],
    ).results[0]
    size = to_index(_extract(count, []))
    # Each position is written, over the last one if nothing is there: no processor guesses what is. One more has room.
    unknown = ir.ShapedType.get_dynamic_size()
    t = ir.RankedTensorType.get([rank, unknown], i64, meta_of(site.result_type))
    out = empty(t, lambda axis: arith.addi(size, index_constant(1)))

    def body(at: Sequence[Any], carried: Sequence[Any]) -> Sequence[Any]:
        place, found = carried
        is_there = _extract(x, at)
        for axis, i in enumerate(at):
            operands = [to_i64(i), found, index_constant(axis), place]
            found = ir.Operation.create("tensor.insert", [found.type], operands).results[0]
        return [arith.addi(place, to_index(arith.extui(i64, is_there))), found]

    found = _nest([dim(x, axis) for axis in range(rank)], [index_constant(0), out], body)[1]
    start, step = [index_constant(0)] * 2, [index_constant(1)] * 2
    return extract_slice(found, site.result_type, start, [index_constant(rank), size], step, [])


def _reverse(site: Site) -> Any:
    x, *conditions = site.operands
    rank = len(shape_of(x.type))
    by_axis = dict(zip(int_array(site.op.attributes["axes"]), conditions, strict=True))
    # Outside of the body, which asks for nothing but elements.
    last = {a: arith.subi(dim(x, a), index_constant(1)) for a in by_axis}

    def position(axis: int) -> Any:
        i = iteration_index(axis)
        if axis not in by_axis:
            return i
        backwards = arith.subi(last[axis], i)
        return backwards if constant_value(by_axis[axis]) else arith.select(by_axis[axis], backwards, i)

    return generic(
        [],
        [],
        [empty(site.result_type, lambda axis: dim(x, axis))],
        [identity(rank)],
        parallel(rank),
        lambda _: [_extract(x, [position(axis) for axis in range(rank)])],
    ).results[0]


def _nest(extents: Sequence[Any], carried: Sequence[Any], body: Body) -> list[Any]:
    """Loops over positions in row-major order: ``body(position, carried)`` gives what is carried on."""

    def level(done: Sequence[Any], values: Sequence[Any]) -> list[Any]:
        if len(done) == len(extents):
            return list(body(done, values))
        operands = [index_constant(0), extents[len(done)], index_constant(1), *values]
        op = ir.Operation.create("scf.for", [v.type for v in values], operands, regions=1)
        block = op.regions[0].blocks.append(ir.IndexType.get(), *[v.type for v in values])
        with ir.InsertionPoint(block):
            counter, *inside = block.arguments
            ir.Operation.create("scf.yield", operands=level([*done, counter], inside))
        return list(op.results)

    return level([], carried)


def _at(x: Any, axes: Sequence[int | None], at: Sequence[Any]) -> Any:
    """The element of a broadcast tensor at a position; ``axes`` says which number of it each axis takes."""
    return _extract(x, [index_constant(0) if a is None else at[a] for a in axes])


def _extract(x: Any, at: Sequence[Any]) -> Any:
    return ir.Operation.create("tensor.extract", [element_of(x.type)], [x, *at]).results[0]


RULES: dict[str, Rule] = {
    "pyc.gather": _gather,
    "pyc.scatter": _scatter,
    "pyc.nonzero": _nonzero,
    "pyc.reverse": _reverse,
}
