"""Small vectors of integers that say extents: which of their elements are known, and where the others come from.

Models compute extents with operators, element by element: the shape of a value, a part of it, joined with a constant.
What such a vector holds is known long before the model runs, as numbers, or as an extent of a value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pyc.dataclass import dataclass

from .graphs import Extent, Kind, Node, Value

#: Vectors of at most so many elements are looked at.
_MOST = 16


@dataclass(frozen=True)
class Size:
    """An extent that is known when the program runs: its text, and the name that the model has for it, if any."""

    text: str
    name: str = ""


#: One element of a vector.
Element = int | Size
Elements = tuple[Element, ...]


def of_constant(array: np.ndarray[Any, Any] | None) -> Elements | None:
    """The elements of a constant vector or number; ``None`` for what says no extents."""
    if array is None or array.ndim > 1 or array.size > _MOST or array.dtype.kind not in "iu":
        return None
    return tuple(int(n) for n in array.ravel())


def of_shape(value: Value, kind: Kind) -> Elements:
    """The extents of a value."""
    return tuple(
        e if isinstance(e, int) else Size(f"{value.text}.shape[{i}]", e or "") for i, e in enumerate(kind.dims)
    )


def learnt(op: str, attributes: Mapping[str, Any], inputs: Sequence[Value | None]) -> Elements | None:
    """The elements that a node gives, as far as they follow from those of its inputs."""
    given = [None if v is None else v.elements for v in inputs]
    if op == "Shape" and inputs[0] is not None and inputs[0].kind is not None:
        return of_shape(inputs[0], inputs[0].kind)[attributes.get("start", 0) : attributes.get("end")]
    if op in _SAME:
        return given[0]
    if op == "Concat":
        return None if any(g is None for g in given) else tuple(e for g in given if g is not None for e in g)
    if not given or given[0] is None or any(g is None for g in given[1:]):
        return None
    if op == "Gather":
        return _gathered(given[0], given[1])
    if op == "Slice" and len(inputs) > 2:
        return _sliced(given)
    if op in _COMPUTED and given[1] is not None:
        return _computed(_COMPUTED[op], *_alike(given[0], given[1]))
    if op == "ReduceProd":
        numbers = [e for e in given[0] if isinstance(e, int)]
        return (math.prod(numbers),) if len(numbers) == len(given[0]) else None
    return None


_SAME = frozenset({"Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape", "Flatten"})
_COMPUTED: dict[str, Callable[[int, int], int]] = {
    "Add": lambda a, b: a + b,
    "Sub": lambda a, b: a - b,
    "Mul": lambda a, b: a * b,
    "Max": max,
    "Min": min,
}


def _gathered(elements: Elements, indices: Elements | None) -> Elements | None:
    numbers = [i for i in indices or () if isinstance(i, int)]
    if indices is None or len(numbers) != len(indices) or any(not -len(elements) <= i < len(elements) for i in numbers):
        return None
    return tuple(elements[i] for i in numbers)


def _sliced(given: Sequence[Elements | None]) -> Elements | None:
    starts, ends, steps = given[1], given[2], given[4] if len(given) > 4 else (1,)
    if not (starts and ends and steps) or len(starts) != 1 or given[0] is None:
        return None
    start, end, step = starts[0], ends[0], steps[0]
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(step, int) and step):
        return None
    # An end that is far below zero is one before the first element.
    return given[0][slice(start, None if step < 0 and end < -len(given[0]) else end, step)]


def _alike(a: Elements, b: Elements) -> tuple[Elements, Elements]:
    return (a * len(b) if len(a) == 1 else a), (b * len(a) if len(b) == 1 else b)


def _computed(function: Callable[[int, int], int], a: Elements, b: Elements) -> Elements | None:
    if len(a) != len(b) or not all(isinstance(e, int) for e in (*a, *b)):
        return None
    return tuple(function(x, y) for x, y in zip(a, b, strict=True) if isinstance(x, int) and isinstance(y, int))


def of_result(node: Node) -> tuple[Extent, ...] | None:
    """The extents of what ``Reshape`` or ``Expand`` gives, as far as they are known; ``None`` for other nodes."""
    if node.op not in ("Reshape", "Expand") or not node.has(1) or node.value(1).elements is None:
        return None
    wanted: Elements = node.value(1).elements or ()
    own = node.kind(0)
    if node.op == "Expand":
        return tuple(_extent(e) for e in _repeated(node.value(0), own, wanted))
    dims: list[Extent] = []
    for i, e in enumerate(wanted):
        copied = e == 0 and not node.attribute("allowzero", 0) and i < own.rank
        dims.append(own.dims[i] if copied else _extent(e))
    if -1 in dims:
        at = dims.index(-1)
        dims[at] = _rest(own.dims, dims[:at] + dims[at + 1 :])
    return tuple(dims)


def _extent(element: Element) -> Extent:
    return element if isinstance(element, int) else element.name or None


def _rest(own: Sequence[Extent], others: Sequence[Extent]) -> Extent:
    """The extent that is left when all others have their part of an array's elements; ``None`` where it has no name."""
    names = [e for e in own if isinstance(e, str)]
    for name in (e for e in others if isinstance(e, str)):
        if name not in names:
            return None
        names.remove(name)
    whole = math.prod(e for e in own if isinstance(e, int))
    part = math.prod(e for e in others if isinstance(e, int))
    if None in own or None in others or not part or whole % part:
        return None
    if not names:
        return whole // part
    return names[0] if len(names) == 1 and whole == part else None


def texts(elements: Elements) -> list[str]:
    """Elements as a program spells them."""
    return [str(e) if isinstance(e, int) else e.text for e in elements]


def expanded(value: Value, kind: Kind, wanted: Elements) -> list[str]:
    """The extents of a value that is repeated to ``wanted`` ones."""
    return texts(_repeated(value, kind, wanted))


def _repeated(value: Value, kind: Kind, wanted: Elements) -> Elements:
    """Where an extent depends on which of two is 1, the program decides; the other extents are known all the same."""
    rank = max(kind.rank, len(wanted))
    own: list[Element] = [1] * (rank - kind.rank) + list(of_shape(value, kind))
    asked: list[Element] = [1] * (rank - len(wanted)) + list(wanted)
    found: list[Element] = []
    for a, b in zip(own, asked, strict=True):
        if a == 1 or a == b or (isinstance(b, int) and b != 1):
            found.append(b)
        elif b == 1 or isinstance(a, int) or (isinstance(b, Size) and a.name and a.name == b.name):
            found.append(a)
        else:
            first, second = texts((a, b))
            found.append(Size(f"{first} if {second} == 1 else {second}"))
    return tuple(found)
