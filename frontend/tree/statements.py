"""Statements."""

from __future__ import annotations

from pyc.dataclass import dataclass
from pyc.source import Span

from ..dims import Dim
from .arrays import Chosen, Item
from .expressions import Expression
from .program import Variable


@dataclass(frozen=True, eq=False, kw_only=True)
class Statement:
    span: Span


@dataclass(frozen=True, eq=False, kw_only=True)
class Assign(Statement):
    """Binds a name: to a number, a fresh array, or (where ``value`` is a name or a view) to an existing array."""

    variable: Variable
    value: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Store(Statement):
    """``base[items] = value``. ``value`` has the base's dtype; it is a scalar or broadcasts to the region.

    ``u += v`` on an array is a store to all of ``u``; index expressions that occur twice were bound to names before.
    ``dims`` are the extents of the region, where the checker knows them: what they prove is not checked at run time.
    With ``chosen``, only those elements of the region are written, in order: of several writes to one the last counts.
    """

    base: Expression
    items: tuple[Item, ...]
    value: Expression
    dims: tuple[Dim, ...] | None = None
    chosen: Chosen | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluate(Statement):
    """An expression for its effects (a call)."""

    value: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class If(Statement):
    condition: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class While(Statement):
    condition: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class ForRange(Statement):
    """``for variable in range(start, stop, step)``; bounds are exact ints, evaluated once; a zero step is checked.

    ``parallel`` says that it runs over ``prange``.
    """

    variable: Variable
    start: Expression
    stop: Expression
    step: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()
    parallel: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Rounds(Statement):
    """A loop written out: each of ``rounds`` once, in order, then ``otherwise`` unless a ``break`` has left it."""

    rounds: tuple[tuple[Statement, ...], ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Break(Statement): ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Continue(Statement): ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Return(Statement):
    """``value`` has the function's result type; ``None`` returns None."""

    value: Expression | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Raise(Statement):
    """``raise exception(message)``; ``template`` is that of the :class:`Tell` before it, if one gives values."""

    exception: str
    message: str
    template: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tell(Statement):
    """Hand numbers to Python: to print them, or for the exception that is raised next.

    ``kind`` is the exception, ``print``, or ``element``; ``template`` says how the values stand in what is said, and
    ``message`` is that for readers.
    """

    kind: str
    message: str
    template: str
    values: tuple[Expression, ...]


@dataclass(frozen=True)
class Handler:
    """``except kinds:``; every exception where ``kinds`` is empty. ``number`` is the error's, if it has a name."""

    kinds: tuple[str, ...]
    body: tuple[Statement, ...]
    number: Variable | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Try(Statement):
    body: tuple[Statement, ...]
    handlers: tuple[Handler, ...]
    otherwise: tuple[Statement, ...] = ()
    final: tuple[Statement, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Reraise(Statement):
    """Raise the error whose number a variable holds again; in a handler, the one that it handles."""

    number: Variable | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Assert(Statement):
    condition: Expression
    message: str
