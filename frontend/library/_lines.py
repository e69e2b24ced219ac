"""What reductions of the library are made of: an array as lines along some of its axes, and results back in its shape.

The compiler knows these functions by heart, because which axes there are decides the types in them; this is what they
mean, for NumPy's arrays.
"""

import math
from typing import Any

import numpy as np


def lines(a: Any, axis: Any) -> Any:
    """``a`` with the axes ``axis`` (a number, several, or None for all) flattened into one, which comes last."""
    axes = _axes(a, axis)
    kept = [i for i in range(a.ndim) if i not in axes]
    sizes = [a.shape[i] for i in kept]
    return np.reshape(np.transpose(a, [*kept, *axes]), (*sizes, math.prod(a.shape[i] for i in axes)))


def restored(result: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    """A reduction of ``lines(a, axis)``: as it is, or with axes of extent 1 where the reduced ones were."""
    return np.expand_dims(result, _axes(a, axis)) if keepdims else result


def _axes(a: Any, axis: Any) -> tuple[int, ...]:
    """The axes as numbers from the front, in order."""
    if axis is None:
        return tuple(range(a.ndim))
    return tuple(sorted(i % a.ndim for i in ((axis,) if isinstance(axis, int) else axis)))
