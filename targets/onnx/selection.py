"""Elements at computed positions: gathers, the positions of true elements, and axes that are read backwards.

Writes to computed positions have no counterpart: of two writes to one element, ``ScatterND`` does not say which counts.
"""

from __future__ import annotations

from typing import Any

import onnx_ir as ir

from pyc.dialects.types import shape_of
from pyc.dialects.verify import int_array

from .rule import Rule
from .scope import Scope

_LOWEST = -(2**63)


def _gather(scope: Scope, op: Any) -> ir.Value:
    x, indices = scope[op.x], [scope[i] for i in op.indices]
    axes, position = int_array(op.axes), op.position.value
    rank, common = len(shape_of(op.x.type)), len(shape_of(next(iter(op.indices)).type))
    if len(axes) == 1 and axes[0] == position:
        return scope.moved("Gather", [x], indices[0], axis=axes[0])
    kept = [a for a in range(rank) if a not in axes]
    if [*axes, *kept] != list(range(rank)):
        x = scope.moved("Transpose", [x], perm=[*axes, *kept])
    last = scope.constant([common], "i64")
    columns = [scope.op("Unsqueeze", i, last) for i in indices]
    place = columns[0] if len(columns) == 1 else scope.op("Concat", *columns, axis=common)
    found = scope.moved("GatherND", [x], place)
    behind = range(common, common + len(kept))
    order = [*behind[:position], *range(common), *behind[position:]]
    return found if order == sorted(order) else scope.moved("Transpose", [found], perm=order)


def _nonzero(scope: Scope, op: Any) -> ir.Value:
    return scope.op("NonZero", scope[op.x])


def _reverse(scope: Scope, op: Any) -> ir.Value:
    """From the last element down to before the first; the conditions are known to hold."""
    axes = int_array(op.axes)
    starts, ends = (scope.constant([n] * len(axes), "i64") for n in (-1, _LOWEST))
    steps = scope.constant([-1] * len(axes), "i64")
    return scope.moved("Slice", [scope[op.x]], starts, ends, scope.constant(axes, "i64"), steps)


RULES: dict[str, Rule] = {"pyc.gather": _gather, "pyc.nonzero": _nonzero, "pyc.reverse": _reverse}
