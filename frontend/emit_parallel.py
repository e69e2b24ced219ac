"""Loops over ``prange``: which of their names are reductions, and what makes their rounds depend on each other.

Before::

    for i in prange(n):
        t = x[i] * x[i]
        s += t
        out[i] = t

After, in memory form::

    %s = scf.for %i = 0 to %n iter_args(%a = %s0) {
      ...
    } {pyc.parallel = ["add"]}

A name that each round binds before it reads it is the round's own (``t``). A name that every statement only adds to
(multiplies, ...) is a reduction (``s``). What else goes from round to round is an error, as are rounds that provably
write the same elements of an array, or elements that another round reads. What cannot be decided either way (elements
at computed positions, writes by called functions) is what the user says: independent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir

from . import emit_liveness as liveness
from . import tree
from .emit_flow import Guarded, Loop, parts
from .emit_frame import Frame
from .report import fix
from .tree import Expression, Statement, Variable
from .types import ScalarType

#: On a loop whose rounds may run at the same time: how each number that it carries is combined.
PARALLEL = "pyc.parallel"
#: By operation: the reduction that it belongs to, and whether the accumulated number may also stand on its right.
_BINARY = {
    "int_add": ("int_add", True),
    "int_sub": ("int_add", False),
    "int_mul": ("int_mul", True),
    "add": ("add", True),
    "sub": ("add", False),
    "mul": ("mul", True),
    "and": ("and", True),
    "or": ("or", True),
    "xor": ("xor", True),
    "minimum": ("minimum", True),
    "maximum": ("maximum", True),
}
_SELECTED = {"lt": "min", "gt": "max"}


def check(frame: Frame, s: Loop) -> dict[Variable, str]:
    """The reductions of a loop over ``prange``, by variable; what its rounds cannot do at the same time is reported."""
    assert isinstance(s.loop, tree.ForRange)
    found: dict[Variable, str] = {}
    bound = liveness.assigned(s.body)
    read_first, after = liveness.read_first(s.body), frame.live.after[s]
    for v in bound:
        if v in read_first:
            kind = _reduction(v, s.body)
            if kind is None:
                _carried(frame, v, s)
            else:
                found[v] = kind
        elif v in after:
            _read_after(frame, v)
    if s.loop.variable in after:
        _read_after(frame, s.loop.variable)
    _check_arrays(frame, s, frozenset(bound))
    return found


def mark(frame: Frame, op: Any, carried: Sequence[Variable], reductions: dict[Variable, str]) -> None:
    """Say on a loop in memory form that its rounds may run at the same time."""
    if frame.memory is not None and all(v in reductions for v in carried):
        op.attributes[PARALLEL] = ir.ArrayAttr.get([ir.StringAttr.get(reductions[v]) for v in carried])


@contextmanager
def own_cells(frame: Frame, s: Loop, reductions: dict[Variable, str] | None) -> Iterator[None]:
    """What a round of a parallel loop, emitted inside, binds is not seen from a guarded body around the loop.

    Where an error leaves the loop, a reduction has what it had before; else it has its value afterwards.
    """
    if reductions is None:
        yield
        return
    outside = {v: frame.cells.pop(v) for v in liveness.assigned(s.body) if v in frame.cells}
    yield
    frame.cells |= outside
    with frame.at(s.span):
        for v in reductions:
            frame.bind(v, frame.env.slots[v])


def is_used(body: Sequence[Statement]) -> bool:
    """Whether statements have a loop over ``prange``."""
    return any(
        isinstance(s, Loop) and isinstance(s.loop, tree.ForRange) and s.loop.parallel for s in liveness.statements(body)
    )


def _carried(frame: Frame, v: Variable, s: Loop) -> None:
    place = next(
        (t.span for t in liveness.statements(s.body) if isinstance(t, tree.Assign) and t.variable is v), s.span
    )
    frame.report.error(
        "E411",
        f"a round of this loop over prange needs the '{v.name}' of the round before",
        place,
        fix(f"`{v.name} += ...` (or *=, min, max, and, or) alone is a reduction; `range` keeps the order"),
    )


def _read_after(frame: Frame, v: Variable) -> None:
    frame.report.error(
        "E411",
        f"'{v.name}' is read after a loop over prange, each round of which has its own",
        v.span,
        fix("keep it in an element of an array, or use `range`"),
    )


# --- reductions -------------------------------------------------------------------------------------------------------


def _reduction(v: Variable, body: Sequence[Statement]) -> str | None:
    """How all statements of a body combine what ``v`` holds with other numbers, if they do nothing else with it."""
    if not isinstance(v.type, ScalarType):
        return None
    kinds: set[str | None] = set()
    for s in liveness.statements(body):
        if isinstance(s, tree.Assign) and s.variable is v:
            kinds.add(_kind(s.value, v))
        elif any(_reads(e, v) for e in liveness.own(s)):
            return None
    return kinds.pop() if len(kinds) == 1 else None


def _reads(e: Expression, v: Variable) -> bool:
    return any(
        (isinstance(x, tree.Local | tree.Named) and x.variable is v) or (isinstance(x, tree.Do) and _in_body(x, v))
        for x in liveness.walk(e)
    )


def _in_body(e: tree.Do, v: Variable) -> bool:
    return any(isinstance(s, tree.Assign) and s.variable is v for s in e.body)


def _kind(e: Expression, v: Variable) -> str | None:
    """How an expression combines what ``v`` holds, read once, with what does not depend on it."""
    match e:
        case tree.Bind() if _reads(e.value, v):
            outer = _kind(e.body, e.variable)
            return outer if outer == _kind(e.value, v) and not _reads(e.body, v) else None
        case tree.Bind():
            return _kind(e.body, v)
        case tree.Binary() if e.op in _BINARY and not e.guards:
            kind, commutes = _BINARY[e.op]
            if not _reads(e.rhs, v):
                return kind if _is(e.lhs, v) or _kind(e.lhs, v) == kind else None
            return kind if commutes and not _reads(e.lhs, v) and _is(e.rhs, v) else None
        case tree.ShortCircuit():
            one, other = (e.rhs, e.lhs) if _reads(e.rhs, v) else (e.lhs, e.rhs)
            return e.op if (_is(one, v) or _kind(one, v) == e.op) and not _reads(other, v) else None
        case tree.Select(condition=tree.Compare() as test) if test.predicate in _SELECTED:
            # Of equal numbers, Python gives the one that is named first.
            first, kind = _is(test.rhs, v), _SELECTED[test.predicate]
            one, other = (test.rhs, test.lhs) if first else (test.lhs, test.rhs)
            same = _same(test.lhs, e.on_true) and _same(test.rhs, e.on_false)
            return (kind if first else f"{kind}_last") if same and _is(one, v) and not _reads(other, v) else None
        case _:
            return None


def _is(e: Expression, v: Variable) -> bool:
    return isinstance(e, tree.Local) and e.variable is v


def _same(a: Expression, b: Expression) -> bool:
    return a is b or (isinstance(a, tree.Local) and isinstance(b, tree.Local) and a.variable is b.variable)


# --- elements of arrays -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Access:
    """What each round does to the array that a name from outside holds: the items of its index."""

    array: Variable
    items: tuple[tree.Item, ...]
    span: Any
    writes: bool


def _check_arrays(frame: Frame, s: Loop, bound: frozenset[Variable]) -> None:
    assert isinstance(s.loop, tree.ForRange)
    varying = _varying(s.loop.variable, s.body)
    accesses = [a for a in _accesses(s.body) if a.array not in bound]
    for a in accesses:
        if a.writes and not any(_depends(x, varying) for item in a.items for x in parts(item)):
            frame.report.error(
                "E412",
                f"all rounds of this loop over prange write the same elements of '{a.array.name}'",
                a.span,
                fix("write elements that the loop's variable selects, or add up numbers: `s += ...`"),
            )
            return
    step = s.loop.step.value if isinstance(s.loop.step, tree.Constant) else 1
    for a in accesses:
        for b in accesses:
            if a.writes and a.array is b.array and _meet(a, b, s.loop.variable, varying, int(step)):
                does = "write" if b.writes else "read"
                frame.report.error(
                    "E412",
                    f"rounds of this loop over prange write elements of '{a.array.name}' that others {does}:"
                    f" {b.span.text}",
                    a.span,
                    fix("write to another array than is read, or use `range`"),
                )
                return


def _varying(variable: Variable, body: Sequence[Statement]) -> frozenset[Variable]:
    """The variables that may hold something else in each round."""
    found = {variable}
    while True:
        before = len(found)
        _mark_varying(body, found, within=False)
        if len(found) == before:
            return frozenset(found)


def _mark_varying(body: Sequence[Statement], found: set[Variable], *, within: bool) -> None:
    for s in body:
        if isinstance(s, tree.Assign) and (within or _depends(s.value, found)):
            found.add(s.variable)
        for e in liveness.own(s):
            found |= {x.variable for x in liveness.walk(e) if isinstance(x, tree.Named | tree.Bind)}
        match s:
            case tree.If():
                inner = within or _depends(s.condition, found)
                _mark_varying((*s.then, *s.otherwise), found, within=inner)
            case Loop():
                inner = within or any(_depends(e, found) for e in liveness.own(s)) or bool(s.stops)
                if isinstance(s.loop, tree.ForRange) and inner:
                    found.add(s.loop.variable)
                _mark_varying(s.body, found, within=inner or isinstance(s.loop, tree.While))
            case Guarded():
                found.add(s.number)
                _mark_varying(s.body, found, within=True)
            case _:
                pass


def _depends(e: Expression, varying: set[Variable] | frozenset[Variable]) -> bool:
    """Whether an expression may be something else in each round: elements and what calls give may."""
    known = tree.Constant | tree.DimValue | tree.Extent | tree.Binary | tree.Unary | tree.Local | tree.Cast
    return any(not isinstance(x, known) or (isinstance(x, tree.Local) and x.variable in varying) for x in _within(e))


def _within(e: Expression) -> Iterator[Expression]:
    """An expression and its parts, but not the array that an extent is of."""
    yield e
    if not isinstance(e, tree.Extent):
        for part in parts(e):
            yield from _within(part)


def _accesses(body: Sequence[Statement]) -> Iterator[_Access]:
    """What every round accesses, whatever the data are; of loops inside, what their rounds do."""
    for s in body:
        if isinstance(s, tree.Store) and isinstance(s.base, tree.Local) and s.chosen is None:
            yield _Access(s.base.variable, s.items, s.span, writes=True)
        if not isinstance(s, tree.While | Guarded):
            for e in liveness.own(s):
                yield from _reads_of(e)
        if isinstance(s, Loop) and isinstance(s.loop, tree.ForRange) and not s.stops:
            yield from _accesses(s.body)


def _reads_of(e: Expression) -> Iterator[_Access]:
    if isinstance(e, tree.Subscript) and isinstance(e.base, tree.Local):
        yield _Access(e.base.variable, e.items, e.span, writes=False)
    inner = parts(e)
    if isinstance(e, tree.ShortCircuit):
        inner = (e.lhs,)
    elif isinstance(e, tree.Conditional):
        inner = (e.condition,)
    for part in inner:
        yield from _reads_of(part)


def _meet(a: _Access, b: _Access, variable: Variable, varying: frozenset[Variable], step: int) -> bool:
    """Whether one round accesses by ``b`` what another one does by ``a``: by positions that differ by a number."""
    if len(a.items) != len(b.items):
        return False
    distances: set[int] = set()
    for x, y in zip(a.items, b.items, strict=True):
        one, other = _offset(x, variable), _offset(y, variable)
        if one is not None and other is not None:
            distances.add(other - one)
        elif not _equal_items(x, y, varying):
            return False
    return len(distances) == 1 and 0 not in distances and next(iter(distances)) % step == 0


def _offset(item: tree.Item, variable: Variable) -> int | None:
    """The ``c`` of a position ``variable + c``."""
    if not isinstance(item, tree.Index):
        return None
    e = item.value
    if _is(e, variable):
        return 0
    if isinstance(e, tree.Binary) and e.op in ("int_add", "int_sub", "add", "sub"):
        sign = -1 if e.op in ("int_sub", "sub") else 1
        if _is(e.lhs, variable) and isinstance(e.rhs, tree.Constant):
            return sign * int(e.rhs.value)
        if sign == 1 and _is(e.rhs, variable) and isinstance(e.lhs, tree.Constant):
            return int(e.lhs.value)
    return None


def _equal_items(x: tree.Item, y: tree.Item, varying: frozenset[Variable]) -> bool:
    """Whether two items select the same positions, the same ones in each round."""
    if isinstance(x, tree.Range) and isinstance(y, tree.Range):
        return not any((x.start, x.stop, x.step, y.start, y.stop, y.step))
    if not (isinstance(x, tree.Index) and isinstance(y, tree.Index)):
        return False
    a, b = x.value, y.value
    if isinstance(a, tree.Constant) and isinstance(b, tree.Constant):
        return a.value == b.value
    return isinstance(a, tree.Local) and _same(a, b) and a.variable not in varying
