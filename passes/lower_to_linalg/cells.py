"""Cells of arrays: calls that keep the numbers of a descriptor, and ask for them.

Before::

    pyc.hold(%m) {cell = 0}
    %1 = pyc.held() {cell = 0}
    pyc.spare(%1)
    pyc.sweep()

After::

    %base, %offset, %size, %stride = memref.extract_strided_metadata %m
    call @pyc.hold.0.1(%address, %offset, %size, %stride) : (i64, i64, i64, i64) -> ()
    %address1 = call @pyc.held.0.0() : () -> i64
    ...
    %base1 = builtin.unrealized_conversion_cast %address1 : i64 to memref<f64>
    %1 = memref.reinterpret_cast %base1 to offset: [%offset1], sizes: [%size1], strides: [%stride1]
    call @pyc.spare(%address1)
    call @pyc.sweep()

No pass knows what they do, so that none moves anything across them. ``track-allocations`` replaces them.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import func, ir
from pyc.dialects.types import element_of, meta_of

from ..cells import HELD, HOLD, SPARE, SWEEP
from ..declarations import declared
from .memory import cast_to, metadata
from .site import Rule, Site
from .structured import to_i64, to_index


def _call(site: Site, symbol: str, operands: list[Any], results: list[Any]) -> list[Any]:
    reference = declared(site.op.operation, symbol, [v.type for v in operands], results)
    return list(func.CallOp(results, reference, operands).results)


def _cell(site: Site) -> int:
    return ir.IntegerAttr(site.op.operation.attributes["cell"]).value


def _address(m: Any) -> Any:
    index = ir.IndexType.get()
    return to_i64(ir.Operation.create("memref.extract_aligned_pointer_as_index", [index], [m]).results[0])


def _hold(site: Site) -> None:
    (m,) = site.operands
    _, start, sizes, strides = metadata(m)
    _call(site, f"{HOLD}{_cell(site)}.{m.type.rank}", [_address(m), *map(to_i64, (start, *sizes, *strides))], [])


def _held(site: Site) -> Any:
    want, i64 = site.result_type, ir.IntegerType.get_signless(64)
    words = [_call(site, f"{HELD}{_cell(site)}.{i}", [], [i64])[0] for i in range(2 + 2 * want.rank)]
    single = ir.MemRefType.get([], element_of(want), memory_space=meta_of(want))
    base = ir.Operation.create("builtin.unrealized_conversion_cast", [single], [words[0]]).results[0]
    start, *rest = map(to_index, words[1:])
    return cast_to(base, start, rest[: want.rank], rest[want.rank :], want)


def _spare(site: Site) -> None:
    (m,) = site.operands
    _call(site, SPARE, [_address(m)], [])


def _sweep(site: Site) -> None:
    _call(site, SWEEP, [], [])


RULES: dict[str, Rule] = {"pyc.hold": _hold, "pyc.held": _held, "pyc.spare": _spare, "pyc.sweep": _sweep}
