"""``try``: statements that an error leaves, and what is done with its number.

Before::

    try:
        x = f(a)
    except LookupError:
        x = 0.0
    finally:
        done(a)

After, as a tree (``guarded`` gives the number of the error that left it, 0 if none did)::

    outer = guarded:
        raised = guarded:
            x = f(a)
        if raised == 0: pass
        elif is_kind(raised, LookupError): x = 0.0
        else: reraise(raised)
    done(a)
    if outer != 0: reraise(outer)

What a guarded body assigns and is read afterwards lives in memory, in cells: an error may come between any two
assignments. The cell of a name of an array refers to the array that it is bound to, which stays for it
(``dialects/cells.py``). Writes to arrays that were done before the error stay, as the function is in memory form.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyc.dialects import build
from pyc.source import Span

from . import emit_flow as flow
from . import tree
from .report import fix
from .tree import Statement, Variable
from .types import BOOL, ScalarType

if TYPE_CHECKING:
    from .emit_frame import Frame

_NUMBER = ScalarType("i32")
#: The flags of jumps, as fields of those that `emit_flow` keeps.
_FLAGS: dict[flow.Exit, str] = {"return": "returned", "break": "broke", "continue": "skipped"}


# --- structure --------------------------------------------------------------------------------------------------------


def exits_of(s: tree.Try) -> frozenset[flow.Exit]:
    """How control can leave a ``try``."""
    body = flow.exits(s.body)
    found: frozenset[flow.Exit] = frozenset({"raise", *(way for way in body if way != "fall")})
    if "fall" in body:
        found |= flow.exits(s.otherwise)
    for h in s.handlers:
        found |= flow.exits(h.body)
    final = flow.exits(s.final)
    return found | final if "fall" in final else final


def structured(s: tree.Try, flags: Any) -> tuple[Statement, ...]:
    """A ``try`` without jumps; where it has jumped, the flags say so."""
    raised = Variable(".raised", _NUMBER, s.span)
    body = flow.Guarded(span=s.span, body=flow.block_of(s.body, flags), number=raised)
    chain: tuple[Statement, ...] = (tree.Reraise(span=s.span, number=raised),)
    # An error in a `finally` undoes the jump that it stands in the way of.
    undone = tuple(flow.assigned(f, False, s.span) for f in flags.of(flow.exits(s.body) & flow.JUMPS))
    for h in reversed(s.handlers):
        handled = (*undone, *flow.block_of(h.body, replace(flags, handled=raised)))
        if h.number is not None:
            local = tree.Local(span=s.span, type=_NUMBER, variable=raised)
            handled = (tree.Assign(span=s.span, variable=h.number, value=local), *handled)
        if h.kinds:
            local = tree.Local(span=s.span, type=_NUMBER, variable=raised)
            test = tree.IsKind(span=s.span, type=BOOL, number=local, kinds=h.kinds)
            chain = (tree.If(span=s.span, condition=test, then=handled, otherwise=chain),)
        else:
            chain = handled
    jumps = flags.of(flow.exits(s.body) & flow.JUMPS)
    otherwise = flow.block_of(s.otherwise, flags)
    if otherwise and jumps:
        otherwise = (tree.If(span=s.span, condition=flow.negation(jumps, s.span), then=otherwise),)
    inner = (body, tree.If(span=s.span, condition=_is_none(raised, s.span), then=otherwise, otherwise=chain))
    if not s.final:
        return inner
    pending = Variable(".pending", _NUMBER, s.span)
    again = (tree.Reraise(span=s.span, number=pending),)
    # A jump before `finally` does not skip any of it; one inside does, and takes the place of that before.
    ways = flow.exits(s.final) & flow.JUMPS
    own: dict[flow.Exit, Variable] = {way: Variable(_FLAGS[way], BOOL, s.span) for way in sorted(ways)}
    inside = replace(flags, **{_FLAGS[way]: variable for way, variable in own.items()})
    final = flow.block_of(s.final, inside)
    if ways:
        left = inside.of(ways)
        # Outside of loops there is one flag.
        known = {way: getattr(flags, name) for way, name in _FLAGS.items()}
        before = [w for w, variable in known.items() if w == "return" or variable is not flags.returned]
        over = tuple(_copied(known[w], own[w]) if w in own else flow.assigned(known[w], False, s.span) for w in before)
        final = (*(flow.assigned(variable, False, s.span) for variable in own.values()), *final)
        again = (tree.If(span=s.span, condition=flow.negation(left, s.span), then=again),)
        final = (*final, tree.If(span=s.span, condition=flow.negation(left, s.span), then=(), otherwise=over))
    return (
        flow.Guarded(span=s.span, body=inner, number=pending),
        *final,
        tree.If(span=s.span, condition=_is_none(pending, s.span), then=(), otherwise=again),
    )


def _copied(to: Variable, flag: Variable) -> Statement:
    local = tree.Local(span=flag.span, type=BOOL, variable=flag)
    return tree.Assign(span=flag.span, variable=to, value=local)


def _is_none(number: Variable, span: Span) -> tree.Expression:
    local = tree.Local(span=span, type=_NUMBER, variable=number)
    zero = tree.Constant(span=span, type=_NUMBER, value=0)
    return tree.Compare(span=span, type=BOOL, predicate="eq", lhs=local, rhs=zero)


# --- emission ---------------------------------------------------------------------------------------------------------


def guarded(frame: Frame, s: flow.Guarded, block: Any) -> None:
    """Emit a guarded body, and bind the number of the error that left it.

    Raises:
        NeedsMemory: the function is emitted in value form.
    """
    from . import emit_cells as cells
    from .emit_branches import branch
    from .emit_liveness import assigned
    from .emit_memory import NeedsMemory

    if frame.memory is None and frame.has_memory:
        raise NeedsMemory("it contains `try`")
    if frame.memory is None:
        message = "`try` is not supported in models and kernels: an error ends them"
        frame.report.error("E120", message, s.span, fix("`--target=cpu` compiles it; or test for what would fail"))
        frame.env.slots[s.number] = frame.constant(0, "i32")
        block(frame, s.body)
        return
    after = frame.live.after[s]
    kept = [v for v in assigned(s.body) if v in after and v not in frame.cells and v is not s.number]
    for v in kept:
        frame.cells[v] = cells.made(frame, v.type, frame.env.slots.get(v), s.span)
    in_cells = [v for v in assigned(s.body) if v in frame.cells and v in after]
    with frame.at(s.span):
        region = build.enter()
    branch(frame, s.span, region, (lambda: block(frame, s.body), lambda: None), after - frozenset(in_cells))
    with frame.at(s.span):
        frame.env.slots[s.number] = build.caught(region)
        for v in in_cells:
            frame.env.slots[v] = cells.loaded(frame, v, v.type, frame.cells[v])
        if any(cells.has_array(frame.cells[v]) for v in in_cells):
            cells.sweep(frame, after)
    for v in kept:
        del frame.cells[v]
