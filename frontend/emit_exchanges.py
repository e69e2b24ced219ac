"""Which functions in value form have loops that hand an array on under another name: ``a, b = b, a + b``.

That is correct, but costs a copy in each iteration, where memory form exchanges references.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyc.dialects.blocks import terminator
from pyc.dialects.mlir import ir
from pyc.dialects.types import is_tensor
from pyc.dialects.walk import nested


def exchanges(function: Any) -> bool:
    """Whether a loop of a ``func.func`` carries an array on in another place than it came in."""
    loops = [operation for operation in nested(function.operation) if operation.name in ("scf.for", "scf.while")]
    return any(is_tensor(v.type) and number != to for loop in loops for v, number, to in _handed_on(loop))


def _handed_on(loop: Any) -> Iterator[tuple[Any, int, int]]:
    """Values that a loop gives to its next iteration as they came: the value, where it came in, where it goes."""
    last = loop.regions[len(loop.regions) - 1].blocks[0]
    skipped = 1 if loop.name == "scf.for" else 0
    for to, value in enumerate(terminator(last).operands):
        came = _argument(value, last)
        if came is not None and loop.name == "scf.while":
            first = loop.regions[0].blocks[0]
            came = _argument(terminator(first).operands[came + 1], first)
        if came is not None:
            yield value, came - skipped, to


def _argument(value: Any, block: Any) -> int | None:
    """Which argument of a block a value is."""
    if isinstance(value.owner, ir.Block) and value.owner == block:
        return ir.BlockArgument(value).arg_number
    return None
