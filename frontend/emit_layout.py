"""Whether an array is in row-major order where NumPy would have it so, which decides what a reshape of it is.

NumPy lays out the result of an elementwise operation as its operands are: of a transposed matrix it is column-major,
and a reshape of it then is a copy. In memory form here, every new array is row-major. That can be told apart only by a
write through such a reshape, or to its source: where it can, the program is refused.
"""

from __future__ import annotations

from . import emit_memory as memory
from . import tree
from .emit_frame import Frame
from .objects import Object, Ref
from .report import Note, fix
from .tree import Expression
from .types import TensorType


def is_row_major(frame: Frame, e: Expression) -> bool:
    """Whether NumPy would have a new array in row-major order, whatever its arguments are."""
    if not isinstance(e.type, TensorType) or e.type.rank < 2:
        return True
    match e:
        case tree.Fill() | tree.Empty():
            return not e.like
        case tree.Copy():
            return e.row_major or (not e.column_major and _has(frame, e.x))
        case tree.Packed() | tree.Correlate():
            return True
        case tree.Matmul():
            return e.type.rank == 2
        case tree.Unary() | tree.Cast() | tree.Transfer():
            return _has(frame, e.x)
        case tree.Binary() | tree.Compare():
            return _has(frame, e.lhs) and _has(frame, e.rhs)
        case tree.Select():
            return all(_has(frame, x) for x in (e.condition, e.on_true, e.on_false))
        case _:
            return False


def _has(frame: Frame, e: Expression) -> bool:
    """Whether an operand is in row-major order, or does not matter for the order of the result."""
    match e:
        case tree.Local():
            slot = frame.env.slots.get(e.variable)
            if isinstance(slot, Ref) and slot.type.rank >= 2:
                return slot.object.layout == "row-major" and (slot.view is None or slot.view.is_whole)
            return True
        case tree.Conform():
            return _has(frame, e.x)
        case tree.Bind() | tree.Checked():
            return _has(frame, e.body)
        case _:
            return is_row_major(frame, e)


def check_reshapes(frame: Frame) -> None:
    """Report reshapes that NumPy might copy where here they are views, and a write that would tell."""
    assert frame.memory is not None
    for made in frame.memory.reshapes:
        family = memory.reachable([made.object])
        guessed = next((o for o in family if o.layout == "guessed"), None)
        if guessed is None:
            continue
        for write in frame.memory.written:
            later = made.repeated or write.number > made.number
            if later and memory.reachable([write.object]) & family:
                _refuse(frame, made.object, guessed)
                break


def _refuse(frame: Frame, made: Object, guessed: Object) -> None:
    name = f"'{guessed.name}'" if guessed.name and not guessed.name.startswith(".") else "the array"
    message = f"whether this reshape is a view depends on how NumPy lays out {name}, and one of the two is written"
    mend = fix("make the array row-major first, or the reshape a copy: `.copy()`")
    frame.report.error("E404", message, made.span, Note(f"{name} gets its value here", guessed.span), mend)
