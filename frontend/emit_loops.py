"""Loops: ``scf.for`` where every round is run, ``scf.while`` where the number of rounds is not known before.

Before::

    for i in range(n):
        if u[i] < 0.0: break
        s += u[i]

After::

    %r:3 = scf.while (%i = 0, %broke = false, %s = 0.0) {
      %more = i < n and not broke
      scf.condition(%more) %i, %broke, %s
    } do {
      ...
    }

A loop carries the variables that its body binds and that are read in a later round or afterwards, and the arrays that
it may write. An array that a body binds anew is carried as a value; that this is what memory would do is checked when
the body has been emitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects import build
from pyc.dialects.mlir import ir

from . import emit_expressions as expressions
from . import emit_flow as flow
from . import emit_index as index
from . import emit_liveness as liveness
from . import emit_memory as memory
from . import emit_parallel as parallel
from . import emit_read_only as read_only
from . import tree
from .emit_aliases import Carried, check_rounds, outcome, written
from .emit_branches import slot_value
from .emit_flow import Loop
from .emit_frame import Frame, retyped
from .objects import Environment, Object, Ref, Slot
from .tree import Variable
from .types import NoneType, TensorType, TupleType, Type

Block = Callable[[Frame, Sequence[tree.Statement]], None]


@dataclass(frozen=True)
class _Counter:
    """Counts from ``low`` to below ``high``, and the number that the body sees for it, ``natural`` if never below 0."""

    low: Any
    high: Any
    number: Callable[[Any], Any]
    natural: bool


def loop(frame: Frame, s: Loop, block: Block) -> None:
    """Emit a loop."""
    if isinstance(s.loop, tree.ForRange):
        counter = _counter(frame, s.loop)
        reductions = parallel.check(frame, s) if s.loop.parallel else None
        state = _enter(frame, s, (s.loop.variable,))
        if s.stops:
            _counting_while(frame, s, s.loop, counter, state, block)
        else:
            with parallel.own_cells(frame, s, reductions):
                op = _for(frame, s, s.loop, counter, state, block)
            if reductions is not None:
                parallel.mark(frame, op, [leaf.variable for leaf in state.leaves], reductions)
    else:
        _while(frame, s, s.loop, _enter(frame, s, ()), block)


# --- what is carried --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _State:
    """What a loop carries: ``variables`` leaf by leaf, then ``objects``; ``values`` are the initial ones.

    ``places`` are, in memory form, the objects that the carried arrays are in every round and after the loop.
    """

    before: Environment
    variables: tuple[Variable, ...]
    leaves: tuple[Carried, ...]
    objects: tuple[Object, ...]
    values: tuple[Any, ...]
    places: tuple[Object | None, ...]

    @property
    def types(self) -> list[Any]:
        return [v.type for v in self.values]


def _enter(frame: Frame, s: Loop, bound: tuple[Variable, ...]) -> _State:
    """What the loop carries, with the values at its entry."""
    live, env = frame.live.head[s], frame.env
    variables = tuple(v for v in dict.fromkeys((*bound, *liveness.assigned(s.body))) if v in live)
    leaves: list[Carried] = []
    values: list[Any] = []
    with frame.at(s.span):
        for v in variables:
            for t, slot in _leaves(v.type, env.slots.get(v)):
                values.append(slot_value(frame, slot, t, s.span))
                leaves.append(Carried(v, t, slot))
        if frame.memory is None:
            read_only.carried(frame, [leaf.entry for leaf in leaves], s.span)
        objects = tuple(o for o in env.values if o in written(frame, s))
        values += [env.values[o] for o in objects]
    places = tuple(
        memory.head(leaf.type, leaf.variable.name, leaf.variable.span, leaf.entry)
        if isinstance(leaf.type, TensorType)
        else None
        for leaf in leaves
    )
    return _State(env, variables, tuple(leaves), objects, tuple(values), places)


def _leaves(t: Type, slot: Slot) -> list[tuple[Type, Slot]]:
    """The values that a variable consists of, tuples taken apart."""
    if isinstance(t, TupleType):
        items = slot if slot is not None else (None,) * len(t.items)
        return [leaf for item, s in zip(t.items, items, strict=True) for leaf in _leaves(item, s)]
    return [] if isinstance(t, NoneType) else [(t, slot)]


def _rebuilt(t: Type, leaves: list[Slot]) -> Slot:
    """A slot of type ``t`` from its leaves, which are taken from the front."""
    if isinstance(t, TupleType):
        return tuple(_rebuilt(item, leaves) for item in t.items)
    return None if isinstance(t, NoneType) else leaves.pop(0)


def _bind(frame: Frame, s: Loop, state: _State, arguments: Sequence[Any]) -> list[Object | None]:
    """Make the environment that of a round: what is carried is ``arguments``. Gives the objects of carried arrays."""
    live = frame.live.head[s]
    env = state.before.fork()
    frame.env = env
    for obj, value in zip(state.objects, arguments[len(state.leaves) :], strict=True):
        env.values[obj] = value
        frame.bump(obj)
    slots: list[Slot] = []
    heads: list[Object | None] = []
    for leaf, place, value in zip(state.leaves, state.places, arguments, strict=False):
        if isinstance(leaf.type, TensorType) and frame.memory is not None:
            assert place is not None
            env.values[place] = value
            frame.bump(place)
            slots.append(Ref(place, leaf.type))
            heads.append(place)
        elif isinstance(leaf.type, TensorType):
            head = Object(leaf.variable.name, leaf.type, leaf.variable.span, reason="join")
            if isinstance(leaf.entry, Ref):
                found = state.before.reachable(leaf.entry)
                origins = {o for o in found if state.before.sharers(o, set(live), leaf.variable)}
                head.origins = {o: env.versions.get(o, 0) for o in origins}
            env.values[head] = value
            frame.bump(head)
            slots.append(Ref(head, leaf.type))
            heads.append(head)
        else:
            slots.append(value)
            heads.append(None)
    for v in state.variables:
        env.slots[v] = _rebuilt(v.type, slots)
    return heads


def _round(frame: Frame, s: Loop, state: _State, heads: Sequence[Object | None], block: Block) -> list[Any]:
    """Emit the body; gives what it carries to the next round."""
    at_head = dict(frame.env.versions)
    arguments = _current(frame, s, state)
    if frame.memory is not None:
        frame.memory.loops += 1
    block(frame, s.body)
    if frame.memory is not None:
        frame.memory.loops -= 1
    if not frame.env.alive:
        return _left_behind(frame, s, state, arguments)
    if frame.memory is None:
        read_only.carried(frame, _ends(frame, state), s.span)
    check_rounds(frame, s, state.leaves, heads, _ends(frame, state), at_head)
    return _current(frame, s, state)


def _left_behind(frame: Frame, s: Loop, state: _State, arguments: Sequence[Any]) -> list[Any]:
    """What a round carries that ends with an exception: the caller's arrays as they are then."""
    first = len(state.leaves)
    with frame.at(s.span):
        ends = [
            retyped(frame.env.values[o], value.type) if o.parameter is not None else value
            for o, value in zip(state.objects, arguments[first:], strict=True)
        ]
    return [*arguments[:first], *ends]


def _ends(frame: Frame, state: _State) -> list[Slot]:
    """What the carried variables hold now, leaf by leaf."""
    return [slot for v in state.variables for _, slot in _leaves(v.type, frame.env.slots.get(v))]


def _current(frame: Frame, s: Loop, state: _State) -> list[Any]:
    """The values of all that is carried, now."""
    with frame.at(s.span):
        ends = _ends(frame, state)
        values = [slot_value(frame, slot, leaf.type, s.span) for leaf, slot in zip(state.leaves, ends, strict=True)]
        first = [
            retyped(frame.env.values[o], v.type)
            for o, v in zip(state.objects, state.values[len(values) :], strict=True)
        ]
        return [*values, *first]


def _leave(frame: Frame, s: Loop, state: _State, end: Environment, results: Sequence[Any]) -> None:
    """Make the environment that after the loop."""
    live = frame.live.after[s]
    env = state.before.fork()
    frame.env = env
    for obj, value in zip(state.objects, results[len(state.leaves) :], strict=True):
        env.values[obj] = value
        frame.bump(obj)
    frame.env = end
    ends = _ends(frame, state) if end.alive else [leaf.entry for leaf in state.leaves]
    frame.env = env
    slots = outcome(frame, state.before, end, state.leaves, state.places, ends, results, live)
    for v in liveness.assigned(s.body):
        env.slots.pop(v, None)
    for v in state.variables:
        env.slots[v] = _rebuilt(v.type, slots)


# --- the three forms --------------------------------------------------------------------------------------------------


def _for(frame: Frame, s: Loop, range_: tree.ForRange, counter: _Counter, state: _State, block: Block) -> Any:
    with frame.at(s.span):
        operands = [counter.low, counter.high, frame.constant(1), *state.values]
        op = ir.Operation.create("scf.for", operands=operands, results=state.types, regions=1)
        body = op.regions[0].blocks.append(build.i64(), *state.types)
    with ir.InsertionPoint(body):
        heads = _bind(frame, s, state, list(body.arguments)[1:])
        with frame.at(range_.variable.span):
            _number(frame, range_.variable, counter, body.arguments[0])
        values = _round(frame, s, state, heads, block)
        with frame.at(s.span):
            ir.Operation.create("scf.yield", operands=values)
    _leave(frame, s, state, frame.env, list(op.results))
    return op


def _while(frame: Frame, s: Loop, while_: tree.While, state: _State, block: Block) -> None:
    condition = while_.condition
    if s.stops:
        go_on = flow.negation(s.stops, s.span)
        condition = tree.ShortCircuit(span=s.span, type=condition.type, op="and", lhs=go_on, rhs=condition)
    with frame.at(s.span):
        op = ir.Operation.create("scf.while", operands=list(state.values), results=state.types, regions=2)
        before = op.regions[0].blocks.append(*state.types)
        after = op.regions[1].blocks.append(*state.types)
    with ir.InsertionPoint(before):
        _bind(frame, s, state, list(before.arguments))
        more = expressions.value(frame, condition)
        values = _current(frame, s, state)
        with frame.at(s.span):
            ir.Operation.create("scf.condition", operands=[more, *values])
    with ir.InsertionPoint(after):
        heads = _bind(frame, s, state, list(after.arguments))
        values = _round(frame, s, state, heads, block)
        with frame.at(s.span):
            ir.Operation.create("scf.yield", operands=values)
    _leave(frame, s, state, frame.env, list(op.results))


def _counting_while(
    frame: Frame, s: Loop, range_: tree.ForRange, counter: _Counter, state: _State, block: Block
) -> None:
    """A ``for`` that may end early: the counter is carried first."""
    types = [build.i64(), *state.types]
    with frame.at(s.span):
        op = ir.Operation.create("scf.while", operands=[counter.low, *state.values], results=types, regions=2)
        before = op.regions[0].blocks.append(*types)
        after = op.regions[1].blocks.append(*types)
    with ir.InsertionPoint(before):
        _bind(frame, s, state, list(before.arguments)[1:])
        go_on = expressions.value(frame, flow.negation(s.stops, s.span))
        with frame.at(s.span):
            more = index.both(frame, index.compare(frame, "lt", before.arguments[0], counter.high), go_on)
            ir.Operation.create("scf.condition", operands=[more, *before.arguments])
    with ir.InsertionPoint(after):
        heads = _bind(frame, s, state, list(after.arguments)[1:])
        with frame.at(range_.variable.span):
            _number(frame, range_.variable, counter, after.arguments[0])
        values = _round(frame, s, state, heads, block)
        with frame.at(s.span):
            following = build.binary("add", after.arguments[0], frame.constant(1))
            ir.Operation.create("scf.yield", operands=[following, *values])
    _leave(frame, s, state, frame.env, list(op.results)[1:])


def _counter(frame: Frame, s: tree.ForRange) -> _Counter:
    """How to count through a ``range`` by steps of one, so that the counter never leaves 64 bits."""
    start, stop, step = (expressions.value(frame, e) for e in (s.start, s.stop, s.step))
    known = index.known(step)
    with frame.at(s.span):
        if known == 1:
            return _Counter(start, stop, lambda k: k, index.natural(frame, start))
        if known == -1:
            # ~i rises as i falls, and -x would not do: -2**63 has no negative.
            begin, end = _inverted(frame, start), _inverted(frame, stop)
            return _Counter(begin, end, lambda k: build.unary("not", k), _is_low(stop))
        nonzero = index.compare(frame, "ne", step, frame.constant(0))
        frame.require(nonzero, "ValueError", "range() arg 3 must not be zero")
        count = _rounds(frame, start, stop, step)
        natural = known is not None and (index.natural(frame, start) if known > 0 else _is_low(stop))
        return _Counter(frame.constant(0), count, lambda k: index.add(frame, start, index.mul(frame, k, step)), natural)


def _number(frame: Frame, variable: Variable, counter: _Counter, k: Any) -> None:
    """Bind the loop's variable to its number in round ``k``."""
    number = counter.number(k)
    if counter.natural:
        frame.naturals.add(number)
    if number == k:
        frame.bounds[number] = counter.high
    frame.bind(variable, number)


def _inverted(frame: Frame, x: Any) -> Any:
    known = index.known(x)
    return build.unary("not", x) if known is None else frame.constant(~known)


def _rounds(frame: Frame, start: Any, stop: Any, step: Any) -> Any:
    """``len(range(start, stop, step))``, at most 2**63 - 1: nobody has the time for more.

    Distances between 64-bit numbers need 64 bits without a sign.
    """
    known = [index.known(x) for x in (start, stop, step)]
    if None not in known and known[2] != 0:
        return frame.constant(min(len_range(*known), (1 << 63) - 1))  # type: ignore[arg-type]
    if index.natural(frame, start) and known[2] is not None and known[2] > 0:
        # The distance has no sign here, and floor division makes no round of an empty one: (0 - 1) // step + 1 is 0.
        distance = index.sub(frame, index.maximum(frame, stop, start), start)
        last = index.floordiv(frame, index.sub(frame, distance, frame.constant(1)), step)
        return index.add(frame, last, frame.constant(1))
    if known[2] is not None and -(1 << 63) < known[2] < 0 and _is_low(stop):
        # start - stop - 1, which fits beside such a stop; -1 where there is no round.
        distance = index.add(frame, start, build.unary("not", index.minimum(frame, start, stop)))
        last = index.floordiv(frame, distance, frame.constant(-known[2]))
        return index.add(frame, last, frame.constant(1))
    zero, one = frame.constant(0), frame.constant(1, "u64")
    unsigned = partial(_unsigned, frame)
    rising = index.compare(frame, "gt", step, zero)
    low, high = index.select(frame, rising, start, stop), index.select(frame, rising, stop, start)
    span = build.binary("sub", unsigned(high), unsigned(low))
    falling = frame.constant(-known[2], "u64") if known[2] else build.binary("sub", unsigned(zero), unsigned(step))
    stride = index.select(frame, rising, unsigned(step), falling)
    count = build.binary("add", build.binary("floordiv", build.binary("sub", span, one), stride), one)
    count = build.cast(build.binary("minimum", count, frame.constant((1 << 63) - 1, "u64")), "i64")
    return index.select(frame, index.compare(frame, "lt", low, high), count, zero)


def _is_low(stop: Any) -> bool:
    """Whether no number of a range that falls to ``stop`` is negative: it is known, and -1 or more."""
    known = index.known(stop)
    return known is not None and known >= -1


def _unsigned(frame: Frame, x: Any) -> Any:
    known = index.known(x)
    return build.cast(x, "u64") if known is None else frame.constant(known, "u64")


def len_range(start: int, stop: int, step: int) -> int:
    """``len(range(...))`` of any numbers; Python's own refuses those beyond ``sys.maxsize``."""
    return max(0, (stop - start + step - (1 if step > 0 else -1)) // step)
