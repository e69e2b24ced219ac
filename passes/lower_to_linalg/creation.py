"""Tensors from nothing, copies, and moves between targets."""

from __future__ import annotations

from typing import Any

from pyc.dialects import remarks
from pyc.dialects.mlir import ir
from pyc.dialects.types import target_of

from . import scalar
from .site import Rule, Site
from .structured import dim, empty, generic, identity, iteration_index, parallel, retyped, to_i64, to_index


def _fill(site: Site) -> Any:
    """As a ``generic``, not ``linalg.fill``: it then fuses into whatever reads it."""
    value, *sizes = site.operands
    rank = len(sizes)
    destination = empty(site.result_type, lambda axis: to_index(sizes[axis]))
    return generic([], [], [destination], [identity(rank)], parallel(rank), lambda _: [value]).results[0]


def _empty(site: Site) -> Any:
    sizes = site.operands
    return empty(site.result_type, lambda axis: to_index(sizes[axis]))


def _iota(site: Site) -> Any:
    sizes = site.operands
    destination = empty(site.result_type, lambda axis: to_index(sizes[axis]))
    # Small floats count in f32; integers wrap.
    return generic(
        [],
        [],
        [destination],
        [identity(1)],
        parallel(1),
        lambda _: [scalar.convert(to_i64(iteration_index(0)), "i64", site.result)],
    ).results[0]


def _copy(site: Site) -> Any:
    """Under the name by which bufferisation knows the copies that the program asked for."""
    (x,) = site.operands
    with ir.Location.name(remarks.WANTED, site.op.location):
        return _moved(x, site.result_type)


def _moved(x: Any, t: Any) -> Any:
    """A copy into a tensor of type ``t``, as an operation that nothing folds or fuses."""
    destination = empty(t, lambda axis: dim(x, axis))
    name = "bufferization.materialize_in_destination"
    return ir.Operation.create(name, [t], [x, destination]).results[0]


def _to(site: Site) -> Any:
    """A copy into a tensor of the other target.

    Between ``cpu`` and ``cpu:x86-64-v3`` nothing moves: only the type changes.
    """
    (x,) = site.operands
    ours, theirs = target_of(x.type) or "", target_of(site.result_type) or ""
    if ours.partition(":")[0] == theirs.partition(":")[0]:
        return retyped(x, site.result_type)
    return _moved(x, site.result_type)


RULES: dict[str, Rule] = {
    "pyc.fill": _fill,
    "pyc.empty": _empty,
    "pyc.iota": _iota,
    "pyc.copy": _copy,
    "pyc.to": _to,
}
