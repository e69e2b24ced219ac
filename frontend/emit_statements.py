"""Statements of a body without jumps (see ``emit_flow``)."""

from __future__ import annotations

from collections.abc import Sequence

from pyc.dialects import build

from . import emit_expressions as expressions
from . import emit_index as index
from . import emit_liveness as liveness
from . import emit_selection as selection
from . import emit_views as views
from . import tree
from .emit_branches import branch
from .emit_flow import Guarded, Loop
from .emit_frame import Frame
from .emit_loops import loop
from .emit_returns import settled
from .emit_try import guarded
from .objects import Ref, refs
from .types import TensorType


def block(frame: Frame, statements: Sequence[tree.Statement]) -> None:
    """Emit statements in order; behind a ``raise`` nothing runs, and nothing more is emitted."""
    for s in statements:
        if not frame.env.alive:
            return
        _statement(frame, s)


def _statement(frame: Frame, s: tree.Statement) -> None:
    match s:
        case tree.Assign():
            _assign(frame, s)
        case tree.Store():
            _store(frame, s)
        case tree.Evaluate():
            expressions.reference(frame, s.value)
        case tree.If():
            _if(frame, s)
        case Loop():
            loop(frame, s, block)
        case Guarded():
            guarded(frame, s, block)
        case tree.Reraise():
            assert s.number is not None
            with frame.at(s.span):
                build.reraise(frame.env.slots[s.number])
            frame.env.alive = False
        case tree.Raise():
            with frame.at(s.span):
                build.check(frame.constant(False, "bool"), s.exception, s.message, s.template)
            frame.env.alive = False
        case tree.Tell():
            values = [expressions.value(frame, v) for v in s.values]
            with frame.at(s.span):
                build.tell(values, s.kind, s.message, s.template)
        case tree.Assert():
            condition = expressions.value(frame, s.condition)
            with frame.at(s.span):
                frame.require(condition, "AssertionError", s.message)
        case _:
            raise TypeError(f"no emission for {type(s).__name__}")


def _assign(frame: Frame, s: tree.Assign) -> None:
    if s.variable not in frame.live.after[s] and isinstance(s.value, tree.Constant):
        return
    slot = expressions.reference(frame, s.value)
    if s.variable is frame.result:
        slot = settled(frame, slot, s.span)
    else:
        for ref in refs(slot):
            ref.object.name = ref.object.name or s.variable.name
    with frame.at(s.span):
        frame.bind(s.variable, slot)


def _store(frame: Frame, s: tree.Store) -> None:
    # The array is read when it is stored, and the index may be a call that writes it.
    late = any(expressions.writes(frame, e) for e in liveness.own(s)[1:])
    value = expressions.reference(frame, s.value) if late else expressions.value(frame, s.value)
    base = expressions.reference(frame, s.base)
    assert isinstance(base, Ref)
    assert isinstance(s.base.type, TensorType)
    where = expressions.places(frame, s.items, s.dims)
    with frame.at(s.span):
        view = views.select(frame, base, where, s.base.span.text)
        if isinstance(value, Ref):
            value = expressions.value_of(frame, value, s.value)
        if s.chosen is not None:
            selection.scatter(frame, s, base, view, value)
            return
        t = s.value.type if isinstance(s.value.type, TensorType) else None
        views.write(frame, base, view, value, t, s.span)


def _if(frame: Frame, s: tree.If) -> None:
    condition = expressions.value(frame, s.condition)
    for raising, other, wanted in ((s.then, s.otherwise, False), (s.otherwise, s.then, True)):
        if len(raising) == 1 and isinstance(raising[0], tree.Raise):
            # A branch that only raises needs no branch: what follows it runs if the check holds.
            with frame.at(raising[0].span):
                holds = condition if wanted else _negated(frame, condition)
                build.check(holds, raising[0].exception, raising[0].message)
            block(frame, other)
            return
    bodies = (lambda: block(frame, s.then), lambda: block(frame, s.otherwise))
    branch(frame, s.span, condition, bodies, frame.live.after[s])


def _negated(frame: Frame, condition: object) -> object:
    known = index.known(condition)
    return build.unary("not", condition) if known is None else frame.constant(not known, "bool")
