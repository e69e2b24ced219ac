"""Which arrays a loop may write, and whether arrays that it binds anew may share memory with others.

A loop carries arrays as values. That is what memory would do as long as no array that continues under a name in the
next round is also seen through another name while one of the two is written: what cannot be said in values is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from pyc.dataclass import dataclass
from pyc.diagnostics import Note

from . import emit_liveness as liveness
from . import emit_memory as memory
from . import emit_views as views
from . import tree
from .emit_flow import Loop, straight
from .emit_frame import Frame
from .objects import Environment, Object, Ref, Slot, refs
from .report import fix
from .tree import Expression, Variable
from .types import TensorType, Type


@dataclass(frozen=True)
class Carried:
    """A value of a variable (or of a tuple in it) that a loop carries; ``entry`` is what it is before the loop."""

    variable: Variable
    type: Type
    entry: Slot


def written(frame: Frame, s: Loop) -> set[Object]:
    """The arrays that exist before a loop and whose values it may change; in memory form there are none."""
    if frame.memory is not None:
        return set()
    edges: dict[Variable, set[Variable]] = {}
    targets: set[Variable] = set()
    buffers: set[Object] = set()
    inside: list[tree.Statement] = [s, *liveness.statements(s.body)]
    for statement in inside:
        if isinstance(statement, tree.Store):
            targets |= _roots(frame, statement.base)
        elif isinstance(statement, tree.Assign):
            edges.setdefault(statement.variable, set()).update(_roots(frame, statement.value))
        for e in liveness.walk(*liveness.own(statement)):
            if isinstance(e, tree.WeightRef) and e.buffer:
                buffers.add(frame.weights[e.name])
            elif isinstance(e, tree.Call):
                for i in frame.emitted[e.function].writes:
                    if i < len(e.arguments):
                        targets |= _roots(frame, e.arguments[i])
                    else:
                        buffers.add(frame.weights[e.weight(e.function.inputs[i].name)])
            elif isinstance(e, tree.Bind):
                edges.setdefault(e.variable, set()).update(_roots(frame, e.value))
            elif isinstance(e, tree.Do):
                inside += liveness.statements(straight(e.body))
    pending, seen = list(targets), set(targets)
    while pending:
        for root in edges.get(pending.pop(), ()):
            if root not in seen:
                seen.add(root)
                pending.append(root)
    return buffers | {ref.object for v in seen for ref in refs(frame.env.slots.get(v))}


def _roots(frame: Frame, e: Expression) -> set[Variable]:
    """The variables whose arrays an expression may give, or a view of."""
    match e:
        case tree.Local():
            return {e.variable}
        case tree.Subscript():
            return _roots(frame, e.base)
        case tree.Transpose() | tree.Reshape() | tree.Conform() | tree.BroadcastTo() | tree.TupleItem():
            return _roots(frame, e.x)
        case tree.Diagonal() | tree.Unary(op="real" | "imag"):
            return _roots(frame, e.x)
        case tree.Tuple():
            return {v for item in e.items for v in _roots(frame, item)}
        case tree.Conditional():
            return _roots(frame, e.on_true) | _roots(frame, e.on_false)
        case tree.Bind() | tree.Checked():
            return _roots(frame, e.body)
        case tree.Do():
            return _roots(frame, e.value)
        case tree.Call():
            callee = frame.emitted[e.function]
            given = {-(k + 1) for k in callee.returns if k < 0}.union(*callee.shares.values())
            return {v for i in given if i < len(e.arguments) for v in _roots(frame, e.arguments[i])}
        case _:
            return set()


def check_rounds(
    frame: Frame,
    s: Loop,
    leaves: Sequence[Carried],
    heads: Sequence[Object | None],
    ends: Sequence[Slot],
    at_head: Mapping[Object, int],
) -> None:
    """Report arrays that continue as one that something else sees, where one of them is written.

    ``heads`` are the objects of the carried arrays at the begin of a round and ``at_head`` the versions of all objects
    there; ``ends`` are what the variables hold at its end.
    """
    if frame.memory is not None:
        return  # memory is what it is
    live, env = frame.live.head[s], frame.env

    def changed(o: Object) -> bool:
        return o in at_head and env.versions.get(o) != at_head[o]

    private: dict[Object, tuple[Carried, Object]] = {}
    for leaf, head, end in zip(leaves, heads, ends, strict=True):
        if head is None or not isinstance(end, Ref) or end.object is head:
            continue
        if end.object in heads and (changed(head) or changed(end.object)):
            _permutes(frame, s, leaf, end.object, head if changed(head) else end.object)
            return
        others = {o for o in env.reachable(end) if o is not head and env.sharers(o, live, leaf.variable)}
        for o in others:
            if o in at_head and o not in head.origins and (changed(head) or changed(o)):
                _shares(frame, s, leaf, o, head if changed(head) else o)
            elif o not in at_head and o in private and (changed(head) or changed(private[o][1])):
                _shares(frame, s, leaf, private[o][1], head if changed(head) else private[o][1])
            private.setdefault(o, (leaf, head))


def _permutes(frame: Frame, s: Loop, leaf: Carried, other: Object, changed: Object) -> None:
    name, twin = leaf.variable.name, other.name
    message = f"the loop exchanges arrays: after each round '{name}' is what '{twin}' was, and one of them is written"
    mend = fix(f"copy the elements (`{name}[:] = {twin}`), or write two rounds in the body, one in each direction")
    frame.report.error("E403", message, s.span, *_written_at(changed), mend)


def _shares(frame: Frame, s: Loop, leaf: Carried, other: Object, changed: Object) -> None:
    name = leaf.variable.name
    message = f"'{name}' may be the array '{other.name}' in the next round of the loop, and one of them is written"
    mend = fix(f"give '{name}' an array of its own: `.copy()`")
    frame.report.error("E401", message, s.span, *_written_at(changed), mend)


def _written_at(o: Object) -> list[Note]:
    return [Note(f"'{o.name}' is written here", o.written)] if o.written else []


def outcome(
    frame: Frame,
    before: Environment,
    end: Environment,
    leaves: Sequence[Carried],
    heads: Sequence[Object | None],
    ends: Sequence[Slot],
    results: Sequence[Any],
    live: Set[Variable],
) -> list[Slot]:
    """What the carried variables hold after the loop, leaf by leaf; ``frame.env`` is the environment there."""
    if frame.memory is not None:
        return memory.outcome(frame, leaves, heads, ends, results)
    slots: list[Slot] = []
    made: dict[Object, list[Object]] = {}
    for leaf, last, value in zip(leaves, ends, results, strict=False):
        if not isinstance(leaf.type, TensorType):
            slots.append(value)
            continue
        ref = views.fresh(frame, value, leaf.type, leaf.variable.span, leaf.variable.name)
        ref.object.reason = "join"
        for env, slot in ((before, leaf.entry), (end, last)):
            for o in env.reachable(slot) if isinstance(slot, Ref) else ():
                if not env.sharers(o, live, leaf.variable):
                    continue
                if o in before.versions:
                    ref.object.origins[o] = frame.env.versions.get(o, 0)
                else:
                    made.setdefault(o, []).append(ref.object)
        slots.append(ref)
    # Results that share an array made inside the loop share it with each other.
    for group in made.values():
        for a in group:
            a.origins |= {b: frame.env.versions[b] for b in group if b is not a}
    return slots
