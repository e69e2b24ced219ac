"""Arrays as the emitter knows them: which object a name refers to, through which view, and what it holds now.

Reference semantics become values by keeping the references here, at compile time: a name maps to an :class:`Object` and
a :class:`View` of it, and an :class:`Environment` maps each object to the tensor value that it holds at a point of the
program. A write makes a new value of the object; every name that refers to the object sees it.

Where control flow joins and a name may refer to one of several objects, it refers to a new object whose ``origins`` are
the ones it may share memory with. Such an object can be read as long as none of its origins has been written since, and
cannot be written itself: then a value cannot say what memory would.
"""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, Set
from dataclasses import field
from typing import Any, Literal

from pyc.dataclass import dataclass
from pyc.source import Span

from .tree import Variable
from .types import TensorType


@dataclass(eq=False)
class Object:
    """An array. Identity is what counts.

    ``origins`` are objects that it may share memory with, each with the version it had when this one was made;
    ``reason`` says why, for messages. ``parameter`` is the index of the parameter that it came in through; ``weight``
    marks a weight. ``written`` is where it was first written. ``layout`` says of a new array in memory form whether
    NumPy would have it in row-major order as it is here, or that may depend on the arrays that it is made of.
    ``read_only`` is what has made an array that NumPy does not write, in the user's words; ``surely_view`` says of a
    reshape that it is a view whatever the strides are.
    """

    name: str
    type: TensorType
    span: Span
    parameter: int | None = None
    weight: bool = False
    origins: dict[Object, int] = field(default_factory=dict)
    reason: str = ""
    written: Span | None = None
    layout: Literal["", "row-major", "guessed"] = ""
    read_only: str = ""
    surely_view: bool = False


@dataclass(frozen=True, eq=False)
class ViewAxis:
    """An axis of a view: ``offset + i * stride`` along ``base``, for ``i < size``; ``base`` is ``None`` for a new axis.

    ``whole`` says that it is all of the base's axis, in order.
    """

    base: int | None
    offset: Any
    size: Any
    stride: Any
    whole: bool = False


@dataclass(frozen=True, eq=False)
class View:
    """A rectangle of an object's elements: ``axes`` in the view's order, and the position on each axis dropped."""

    axes: tuple[ViewAxis, ...]
    fixed: Mapping[int, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it is the object itself."""
        return not self.fixed and all(a.whole and a.base == i for i, a in enumerate(self.axes))


@dataclass(frozen=True, eq=False)
class Ref:
    """What a name of an array is bound to: an object, all of it where ``view`` is ``None``. ``type`` is the view's."""

    object: Object
    type: TensorType
    view: View | None = None

    def same(self, other: Ref) -> bool:
        return self.object is other.object and self.view is other.view


#: What a variable holds: a scalar value, an array reference, a tuple of slots, or None.
Slot = Any


def refs(slot: Slot) -> Iterator[Ref]:
    """The array references in a slot."""
    if isinstance(slot, Ref):
        yield slot
    elif isinstance(slot, tuple):
        for item in slot:
            yield from refs(item)


@dataclass
class Environment:
    """The state at a point of the program: slots of variables, values and versions of objects.

    ``alive`` is false behind a ``raise``: what is emitted there is never run.
    """

    slots: dict[Variable, Slot] = field(default_factory=dict)
    values: dict[Object, Any] = field(default_factory=dict)
    versions: dict[Object, int] = field(default_factory=dict)
    alive: bool = True

    def fork(self) -> Environment:
        return Environment(dict(self.slots), dict(self.values), dict(self.versions), self.alive)

    def reachable(self, ref: Ref) -> KeysView[Object]:
        """The objects whose memory a reference may be in, in the order in which they came."""
        return {ref.object: 0, **ref.object.origins}.keys()

    def sharers(self, found: Object, live: Set[Variable], but: Variable | None) -> bool:
        """Whether the caller, or a live variable other than ``but``, may see the memory of an object."""
        if found.parameter is not None or found.weight:
            return True
        for variable, slot in self.slots.items():
            if variable is not but and variable in live:
                for ref in refs(slot):
                    if found in self.reachable(ref):
                        return True
        return False
