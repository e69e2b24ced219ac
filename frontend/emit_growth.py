"""Which functions stay functions, so that a program does not grow with every way that leads to them.

A call is the body of its function, in the end: the compiler sees all of a kernel at once. Where ``f`` calls ``g``
twice, ``g`` calls ``h`` twice, and so on, that would be a program of exponential length. Where it grows by more than
``_MOST`` operations, functions that it has several times stay functions, the small ones first; those that work on
arrays are then in memory form, as functions that call themselves are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields

from pyc.dataclass import dataclass

from . import tree

REASON = "it is called in so many places that it stays a function"
#: By so many operations a program may grow as calls become bodies.
_MOST = 1000
#: A shorter function is never kept.
_SHORTEST = 200


@dataclass(frozen=True)
class _Body:
    """The operations of a function's own, and how often it calls others."""

    length: int
    calls: Mapping[tree.Function, int]


def kept(functions: Sequence[tree.Function]) -> frozenset[tree.Function]:
    """The functions that stay functions, of a program in which callees come before callers."""
    if sum(not f.export or f.called for f in functions) < 2:
        return frozenset()
    bodies = {f: _body(f) for f in functions}
    own = sum(b.length for b in bodies.values())
    stay = {f for f in functions if f.recursive}
    found: set[tree.Function] = set()
    while True:
        lengths = _lengths(functions, bodies, stay)
        if sum(lengths[f] for f in functions if f.export or f in stay) - own <= _MOST:
            return frozenset(found)
        sites: Counter[tree.Function] = Counter()
        for body in bodies.values():
            sites.update(body.calls)
        candidates = [f for f in functions if (not f.export or f.called) and f not in stay and sites[f] > 1]
        candidates = [f for f in candidates if lengths[f] >= _SHORTEST]
        if not candidates:
            return frozenset(found)
        smallest = min(candidates, key=lambda f: lengths[f])
        found.add(smallest)
        stay.add(smallest)


def _lengths(
    functions: Sequence[tree.Function], bodies: Mapping[tree.Function, _Body], stay: set[tree.Function]
) -> dict[tree.Function, int]:
    """How long each function is with the bodies of those that it calls, but of those that stay functions."""
    found: dict[tree.Function, int] = {}
    for f in functions:
        inside = sum(n * found.get(g, 1) for g, n in bodies[f].calls.items() if g not in stay)
        found[f] = bodies[f].length + inside
    return found


def _body(function: tree.Function) -> _Body:
    length, calls = 0, Counter[tree.Function]()
    pending: list[object] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Statement | tree.Expression):
            length += 1
        if isinstance(node, tree.Call):
            calls[node.function] += 1
        for f in fields(node):  # type: ignore[arg-type]
            value = getattr(node, f.name)
            todo = list(value) if isinstance(value, tuple) else [value]
            while todo:
                item = todo.pop()
                if isinstance(item, tuple):
                    todo += item
                elif isinstance(
                    item, tree.Statement | tree.Expression | tree.Handler | tree.Index | tree.Range | tree.Chosen
                ):
                    pending.append(item)
    return _Body(length, calls)
