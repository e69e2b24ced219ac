"""LINALG: a slice of an array that has just been written elsewhere is one of the array before.

Before (``c[:, k] = a; d = c[:, k - 1] * b``)::

    %1 = tensor.insert_slice %a into %c[0, %k] [%n, 1] [1, 1]
    %d = tensor.extract_slice %1[0, %k_1] [%n, 1] [1, 1]      // %k_1 is %k - 1

After::

    %1 = tensor.insert_slice %a into %c[0, %k] [%n, 1] [1, 1]
    %d = tensor.extract_slice %c[0, %k_1] [%n, 1] [1, 1]

What was written may then be written over before anyone reads it, and need not be; and an operation that reads the slice
no longer stands between two that may become one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.build import constant_value
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import LINALG, Level, Pass


@dataclass(frozen=True)
class ReadPastWrites(Pass):
    """Read slices of what an array was before another part of it was written."""

    name: ClassVar[str] = "read-past-writes"
    takes: ClassVar[Level] = LINALG
    gives: ClassVar[Level] = LINALG

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation) if operation.name == "tensor.extract_slice"]
        for read in found:
            while (before := _before(read)) is not None:
                read.operands[0] = before


def _before(read: Any) -> Any | None:
    """What the array of a slice was before it was written elsewhere; ``None`` where it was not."""
    owner = read.operands[0].owner
    if isinstance(owner, ir.Block) or owner.name != "tensor.insert_slice":
        return None
    (_, whole), written = list(owner.operands)[:2], owner.operation
    pairs = zip(_places(read, 1), _places(written, 2), strict=True)
    return whole if any(_apart(a, b) for a, b in pairs) else None


@dataclass(frozen=True)
class _Place:
    """Where a slice is along an axis: it begins ``factor * base + begin`` elements from the first, and has ``size``.

    Where it begins at a number, the factor is 0.
    """

    base: Any
    factor: int
    begin: int
    size: int | None


def _places(slice_: Any, arrays: int) -> list[_Place]:
    """Where a slice is along each axis; ``arrays`` are its first operands that are no numbers."""
    offsets, sizes, strides = (
        list(ir.DenseI64ArrayAttr(slice_.attributes[f"static_{name}"])) for name in ("offsets", "sizes", "strides")
    )
    given = iter(list(slice_.operands)[arrays:])
    found = []
    for offset, size, stride in zip(offsets, sizes, strides, strict=True):
        base, factor, begin = _linear(next(given)) if _is_unknown(offset) else (None, 0, offset)
        known = not _is_unknown(size) and (stride == 1 or size == 1)
        found.append(_Place(base, factor, begin, size if known else None))
    return found


def _is_unknown(number: int) -> bool:
    return number == ir.ShapedType.get_dynamic_size()


def _apart(a: _Place, b: _Place) -> bool:
    """Whether two slices have no position of an axis in common."""
    if a.factor != b.factor or (a.factor and a.base != b.base):
        return False
    first, second = (a, b) if a.begin <= b.begin else (b, a)
    return first.size is not None and first.begin + first.size <= second.begin


def _linear(value: Any) -> tuple[Any, int, int]:
    """``value`` as a scalar times 1 or -1, and a number that is added."""
    factor, number = 1, 0
    while not isinstance(value.owner, ir.Block):
        operands: Sequence[Any] = list(value.owner.operands)
        name = value.owner.name
        if name == "arith.index_cast" and str(operands[0].type) == "i64":
            value = operands[0]
            continue
        if name not in ("arith.addi", "arith.subi", "arith.xori"):
            break
        known = [constant_value(v) for v in operands]
        if name == "arith.xori" and known[1] == -1:
            value, factor, number = operands[0], -factor, number - factor
        elif name != "arith.xori" and known[1] is not None:
            value, number = operands[0], number + factor * (known[1] if name == "arith.addi" else -known[1])
        else:
            break
    return value, factor, number
