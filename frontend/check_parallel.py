"""What a loop over ``prange`` cannot have: jumps out of it, and company.

Its rounds may run at the same time, so that there is no round which the loop could end after. Whether they are
independent of each other is found out when the loop is emitted (``emit_parallel``).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyc.source import Span

from . import tree
from .context import Checker
from .report import Invalid, fix

_FIX = "`range` makes a loop that can be left"


def refuse_jumps(c: Checker, body: Sequence[tree.Statement]) -> None:
    """Report each ``break`` and ``return`` that leaves the loop with this body."""
    _refuse(c, body, own=True)


def _refuse(c: Checker, body: Sequence[tree.Statement], *, own: bool) -> None:
    """``own`` says that a ``break`` here is one of the parallel loop."""
    for s in body:
        match s:
            case tree.Break() if own:
                c.error("E132", "'break' leaves a loop over prange, whose rounds may run at once", s.span, fix(_FIX))
            case tree.Return():
                c.error("E132", "'return' leaves a loop over prange, whose rounds may run at once", s.span, fix(_FIX))
            case tree.If():
                _refuse(c, (*s.then, *s.otherwise), own=own)
            case tree.While() | tree.ForRange():
                _refuse(c, s.body, own=False)
                _refuse(c, s.otherwise, own=own)
            case tree.Rounds():
                _refuse(c, [b for r in s.rounds for b in r], own=False)
                _refuse(c, s.otherwise, own=own)
            case tree.Try():
                _refuse(c, (*s.body, *s.otherwise, *s.final), own=own)
                for handler in s.handlers:
                    _refuse(c, handler.body, own=own)
            case _:
                pass


def not_alone(c: Checker, span: Span) -> Invalid:
    """The error for a ``prange`` that is not what a ``for`` loop runs over itself."""
    return c.error("E133", "prange stands alone in a `for` loop", span, fix("`for i in prange(n):`, or `range` here"))
