"""Parts of arrays that no indexing gives: those of complex numbers, and diagonals.

Before::

    r = z.real
    z[0] = 2.0j
    return r[0]

After, in memory form::

    %r = pyc.part_view %z {part = "real"}
    pyc.store %two_j, %z[0]
    %0 = pyc.load %r[0]

In value form they are values that may share memory with the array: what would be different there is found as it is for
reshapes, and the function is emitted in memory form.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects import build

from . import emit_expressions as expressions
from . import emit_index as index
from . import emit_memory as memory
from . import emit_views as views
from . import tree
from .emit_frame import Frame, refined
from .objects import Ref
from .types import TensorType

#: What NumPy calls the view that it does not write.
DIAGONAL = "np.diagonal"


def part(frame: Frame, e: tree.Unary) -> Ref:
    """The real or imaginary parts of an array, a view of it."""
    return _view(frame, e, e.x, "part", lambda m: build.part_view(m, e.op), lambda x: build.part(e.op, x))


def diagonal(frame: Frame, e: tree.Diagonal) -> Ref:
    """A diagonal of an array, a view of it that is not written."""
    ref = _view(frame, e, e.x, "diagonal", build.diagonal_view, lambda x: of_value(frame, e, x))
    ref.object.read_only = DIAGONAL
    return ref


def of_value(frame: Frame, e: tree.Diagonal, x: Any) -> Any:
    """The elements on the diagonal of a value."""
    t = e.x.type
    assert isinstance(t, TensorType)
    rows, columns = (frame.extent(x, t, axis) for axis in (t.rank - 2, t.rank - 1))
    positions = build.iota("i64", index.minimum(frame, rows, columns), "i64", t.target)
    found = build.gather(x, [positions, positions], [t.rank - 2, t.rank - 1], t.rank - 2)
    return refined(found, e.type)


def _view(frame: Frame, e: tree.Expression, x: tree.Expression, reason: str, in_memory: Any, of_values: Any) -> Ref:
    t = e.type
    assert isinstance(t, TensorType)
    source = expressions.reference(frame, x)
    assert isinstance(source, Ref)
    if frame.memory is not None:
        with frame.at(e.span):
            m = build.with_extents(in_memory(memory.place(frame, source)), memory.carried_type(frame, t))
            ref = memory.bound(frame, m, t, e.span, "", [source.object], reason)
        ref.object.read_only = source.object.read_only
        return ref
    value = expressions.value_of(frame, source, x)
    with frame.at(e.span):
        result = refined(of_values(value), t)
        if expressions.is_shared(x):
            ref = views.snapshot(frame, result, t, e.span, source, reason)
        else:
            ref = views.fresh(frame, result, t, e.span)
    ref.object.read_only = source.object.read_only
    return ref
