"""Branches: ``scf.if`` whose results are the variables and arrays that differ between its sides.

Before::

    if c:
        x = x * 2.0
        u[0] = x

After::

    %x1, %u1 = scf.if %c -> (f64, tensor<?xf64>) {
      %0 = pyc.mul %x, 2.0
      %1 = pyc.insert %0 into %u[0]
      scf.yield %0, %1
    } else {
      scf.yield %x, %u
    }
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import field
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects import build
from pyc.dialects.mlir import ir
from pyc.source import Span

from . import emit_expressions as expressions
from . import emit_flow as flow
from . import emit_index as index
from . import emit_memory as memory
from . import emit_read_only as read_only
from . import emit_views as views
from . import tree
from .emit_frame import Frame, mlir_type, retyped
from .emit_memory import carried_type
from .objects import Environment, Object, Ref, Slot, refs
from .tree import Variable
from .types import NoneType, StaticType, TensorType, TupleType, Type


@dataclass(frozen=True)
class Side:
    """One side of a branch after its body: the block it fills, and the state at its end."""

    block: Any
    env: Environment


@dataclass
class _Join:
    """What a branch gives: by position, the value of each side and the type, and who takes the result."""

    sides: Sequence[Side]
    live: Set[Variable]
    types: list[Any] = field(default_factory=list)
    yields: tuple[list[Any], list[Any]] = field(default_factory=lambda: ([], []))

    def add(self, t: Any, values: Sequence[Any]) -> int:
        """The position of a new result."""
        self.types.append(t)
        for to, v in zip(self.yields, values, strict=True):
            to.append(v)
        return len(self.types) - 1


#: What a merged slot is once the results exist.
Pending = Callable[[Sequence[Any]], Slot]


def branch(frame: Frame, span: Span, condition: Any, bodies: Sequence[Callable[[], None]], live: Set[Variable]) -> None:
    """Emit two alternatives; afterwards the environment holds what the ``live`` variables and the arrays are then."""
    known = index.known(condition)
    if known is not None:
        bodies[0 if known else 1]()
        return
    before = frame.env
    with frame.at(span):
        draft = ir.Operation.create("scf.if", operands=[condition], regions=2)
    sides = []
    for region, body in zip(draft.regions, bodies, strict=True):
        block = region.blocks.append()
        frame.env = before.fork()
        with ir.InsertionPoint(block):
            body()
        sides.append(Side(block, frame.env))
    join = _Join(sides, live)
    with frame.at(span):
        slots = _merge_slots(frame, join, span)
        objects = _merge_objects(join, before, slots)
        for side, values in zip(sides, join.yields, strict=True):
            with ir.InsertionPoint(side.block):
                ir.Operation.create("scf.yield", operands=values)
        # The types of the results are known only now: the blocks move into an operation that has them.
        op = ir.Operation.create("scf.if", operands=[condition], results=join.types, regions=2)
        for region, side in zip(op.regions, sides, strict=True):
            if join.types or region == op.regions[0] or len(list(side.block.operations)) > 1:
                side.block.append_to(region)
        draft.erase()
    frame.env = _after(frame, before, sides, objects, list(op.results))
    for variable, slot in slots.items():
        frame.env.slots[variable] = slot(list(op.results))


def conditional(frame: Frame, e: tree.Conditional) -> Slot:
    """``on_true if condition else on_false``."""
    chosen = Variable("", e.type, e.span)
    condition = expressions.value(frame, e.condition)

    def side(value: tree.Expression) -> Callable[[], None]:
        def emit() -> None:
            frame.env.slots[chosen] = expressions.reference(frame, value)

        return emit

    live = {*frame.env.slots, chosen, *flow.named(e.on_true, e.on_false)}
    branch(frame, e.span, condition, (side(e.on_true), side(e.on_false)), live)
    return frame.env.slots.pop(chosen)


def placeholder(frame: Frame, t: Type) -> Any:
    """A value of a type where none is ever read."""
    if isinstance(t, TensorType) and frame.memory is not None:
        return memory.placeholder(frame, t)
    if isinstance(t, TensorType):
        sizes = [frame.dim(d) if frame.knows(d) else frame.constant(0) for d in t.dims]
        return retyped(build.empty(t.dtype, sizes, t.precision, t.target), mlir_type(t))
    assert not isinstance(t, TupleType | NoneType)
    return frame.constant(0, t.dtype)


def absent(frame: Frame, t: Type, span: Span) -> Slot:
    """What a name of type ``t`` holds that has no value: something that is never read."""
    if isinstance(t, TupleType):
        return tuple(absent(frame, item, span) for item in t.items)
    if isinstance(t, NoneType | StaticType):
        return None
    with frame.at(span):
        value = placeholder(frame, t)
        if not isinstance(t, TensorType):
            return value
        if frame.memory is not None:
            return memory.bound(frame, value, t, span, "", [], "absent")
        return views.fresh(frame, value, t, span)


def slot_value(frame: Frame, slot: Slot, t: Type, span: Span) -> Any:
    """The value to carry for a slot of type ``t`` that is no tuple: read now, of the type's own MLIR type."""
    if slot is None:
        return placeholder(frame, t)
    if isinstance(slot, Ref) and frame.memory is not None:
        assert isinstance(t, TensorType)
        return memory.carried(frame, slot, t)
    if isinstance(slot, Ref):
        return retyped(views.read(frame, slot, span), mlir_type(t))
    return slot


def same(a: Slot, b: Slot) -> bool:
    """Whether two slots hold the same thing."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Ref) and isinstance(b, Ref):
        return a.same(b)
    return a is b or (a is not None and not isinstance(a, tuple | Ref) and type(a) is type(b) and bool(a == b))


def _merge_slots(frame: Frame, join: _Join, span: Span) -> dict[Variable, Pending]:
    """The slots of live variables after the branch, waiting for its results."""
    names = dict.fromkeys(v for side in join.sides for v in side.env.slots if v in join.live)
    return {v: _merge(frame, join, v, v.type, [s.env.slots.get(v) for s in join.sides], span) for v in names}


def _merge(frame: Frame, join: _Join, variable: Variable, t: Type, slots: Sequence[Slot], span: Span) -> Pending:
    if same(*slots) or isinstance(t, NoneType):
        return lambda _: slots[0]
    if isinstance(t, TupleType):
        items = [
            _merge(frame, join, variable, item, [None if s is None else s[i] for s in slots], span)
            for i, item in enumerate(t.items)
        ]
        return lambda results: tuple(item(results) for item in items)
    values = []
    for side, slot in zip(join.sides, slots, strict=True):
        frame.env = side.env
        with ir.InsertionPoint(side.block):
            values.append(slot_value(frame, slot if side.env.alive else None, t, span))
    position = join.add(carried_type(frame, t), values)
    if not isinstance(t, TensorType):
        return lambda results: results[position]
    origins = shared(frame, join.sides, variable, slots, join.live)
    held = [s for side, s in zip(join.sides, slots, strict=True) if side.env.alive]
    only = "" if frame.memory is not None else read_only.joined(frame, held, variable.name, span)

    def made(results: Sequence[Any]) -> Ref:
        ref = merged(frame, results[position], t, variable, span, origins)
        ref.object.read_only = only
        return ref

    return made


def shared(
    frame: Frame, sides: Sequence[Side], variable: Variable, slots: Sequence[Slot], live: Set[Variable]
) -> Set[Object]:
    """The objects whose memory ``variable`` may be in and that somebody else may see; in memory form, all of them."""
    if frame.memory is not None:
        return {slot.object: 0 for slot in slots if isinstance(slot, Ref)}.keys()
    found: dict[Object, int] = {}
    for side, slot in zip(sides, slots, strict=True):
        if isinstance(slot, Ref) and side.env.alive:
            found |= {o: 0 for o in side.env.reachable(slot) if side.env.sharers(o, live, variable)}
    return found.keys()


def merged(frame: Frame, value: Any, t: TensorType, variable: Variable, span: Span, origins: Set[Object]) -> Ref:
    """A reference to the array that a variable holds where control flow has joined."""
    if frame.memory is not None:
        return memory.bound(frame, value, t, variable.span if variable.name else span, variable.name, origins, "join")
    ref = views.fresh(frame, value, t, variable.span if variable.name else span, variable.name)
    ref.object.origins = {o: frame.env.versions.get(o, 0) for o in origins}
    ref.object.reason = "join"
    return ref


def _merge_objects(join: _Join, before: Environment, slots: dict[Variable, Pending]) -> dict[Object, int]:
    """The positions of the results that are arrays which a side has written."""
    kept = {r.object for side in join.sides for v, s in side.env.slots.items() if v in slots for r in refs(s)}
    found: dict[Object, int] = {}
    for obj, old in before.values.items():
        # A side that raises leaves the caller's arrays as they are then.
        counts = [side.env.alive or obj.parameter is not None for side in join.sides]
        values = [side.env.values.get(obj, old) if c else old for side, c in zip(join.sides, counts, strict=True)]
        if values[0] != values[1] and (obj.parameter is not None or obj in kept):
            for i, side in enumerate(join.sides):
                with ir.InsertionPoint(side.block):
                    values[i] = retyped(values[i], old.type)
            found[obj] = join.add(old.type, values)
    return found


def _after(
    frame: Frame, before: Environment, sides: Sequence[Side], objects: dict[Object, int], results: Sequence[Any]
) -> Environment:
    """The environment after a branch, without the slots of its variables."""
    env = before.fork()
    env.alive = any(s.env.alive for s in sides)
    frame.env = env
    for obj, position in objects.items():
        env.values[obj] = results[position]
    for obj, version in before.versions.items():
        if any(s.env.alive and s.env.versions.get(obj) != version for s in sides):
            frame.bump(obj)
            if obj not in objects:
                env.values.pop(obj, None)
    changed = {
        v for side in sides for v, s in side.env.slots.items() if v not in before.slots or not same(s, before.slots[v])
    }
    for v in changed:
        env.slots.pop(v, None)
    return env
