"""Expressions: numbers, names, operators, calls, tuples. Those of arrays are in `arrays.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from pyc.dataclass import dataclass
from pyc.source import Span

from ..dims import Dim
from ..types import Type
from .program import Function, Variable

if TYPE_CHECKING:
    from .statements import Statement


@dataclass(frozen=True, eq=False, kw_only=True)
class Expression:
    span: Span
    type: Type


@dataclass(frozen=True)
class Guard:
    """What must hold of an operand, or ``exception(message)`` is raised.

    ``rhs_nonzero``, ``rhs_nonnegative`` (second operand), ``nonnegative``, ``positive`` (only operand; NaN passes),
    ``finite`` (before a float becomes an exact int: NaN and infinities refused with ``message``), ``nonempty`` (the
    reduced extent is not 0), ``fits`` (on a :class:`Cast` of an exact int: the value is within the sized integer type
    that it becomes). What no kind says is a :class:`Checked`.
    """

    kind: Literal["rhs_nonzero", "rhs_nonnegative", "nonnegative", "positive", "finite", "nonempty", "fits"]
    exception: str
    message: str


@dataclass(frozen=True)
class DimCheck:
    """Two extents that could not be proved equal.

    ``operands[left].shape[left_axis] == operands[right].shape[right_axis]`` is checked at run time, before the
    operation; otherwise it raises ``exception(message)``. ``said`` is the message with numbers, where they can be said:
    ``{0}`` is the shape of operand 0, ``{0[1]}`` its extent along axis 1.
    """

    left: int
    left_axis: int
    right: int
    right_axis: int
    message: str
    exception: str = "ValueError"
    said: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Constant(Expression):
    value: Any  # int, float, bool or complex, as the type says


@dataclass(frozen=True, eq=False, kw_only=True)
class Static(Expression):
    """A value that is known at compile time, beside others that are not: its type says all. Nothing is emitted."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Local(Expression):
    variable: Variable


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightRef(Expression):
    """A weight of the method's module, by its dotted name. ``buffer`` says that it may be written."""

    name: str
    buffer: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Unary(Expression):
    """``op`` names an operation of ``build.UNARY``, or is ``int_neg`` or ``int_abs`` of exact ints, or ``bitcast``.

    ``real`` and ``imag`` of an array are views of it.
    """

    op: str
    x: Expression
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Binary(Expression):
    """``op`` names an operation of ``build.BINARY`` or, for exact ints, of ``build.EXACT``. Operands have one dtype.

    ``int_div`` of ints is a float.
    """

    op: str
    lhs: Expression
    rhs: Expression
    guards: tuple[Guard, ...] = ()
    checks: tuple[DimCheck, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Compare(Expression):
    """``predicate`` is one of eq, ne, lt, le, gt, ge. Operands have one dtype. (Chains are :class:`ShortCircuit`.)"""

    predicate: str
    lhs: Expression
    rhs: Expression
    checks: tuple[DimCheck, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class ShortCircuit(Expression):
    """``lhs and rhs`` or ``lhs or rhs`` of scalar booleans; ``rhs`` is evaluated only where needed."""

    op: Literal["and", "or"]
    lhs: Expression
    rhs: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Conditional(Expression):
    """``on_true if condition else on_false``: evaluates one branch."""

    condition: Expression
    on_true: Expression
    on_false: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Select(Expression):
    """``where(condition, on_true, on_false)``: elementwise, evaluates both. Operands 0, 1, 2 in ``checks``."""

    condition: Expression
    on_true: Expression
    on_false: Expression
    checks: tuple[DimCheck, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Bind(Expression):
    """``variable := value``, then ``body``: one evaluation for several uses (comparison chains, ``divmod``)."""

    variable: Variable
    value: Expression
    body: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Named(Expression):
    """``variable := value``, then ``body``, which is mostly the variable: the function sees the variable from here on.

    A :class:`Bind` binds a variable that only its body can see.
    """

    variable: Variable
    value: Expression
    body: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Do(Expression):
    """``value`` after the statements of ``body``, which do not jump and bind names of their own: a comprehension."""

    body: tuple[Statement, ...]
    value: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Checked(Expression):
    """``body`` where ``condition`` (a scalar boolean, evaluated first) holds, else ``exception(message)`` is raised.

    ``said`` is the message with numbers, where they can be said: texts, and one of ``values`` (ints) at each ``{0}``.
    ``errno``: the exception is ``exception(errno, message)``.
    """

    condition: Expression
    exception: str
    message: str
    body: Expression
    errno: int = 0
    said: str = ""
    values: tuple[Expression, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Cast(Expression):
    """To the dtype and precision policy of ``type``; between numbers, also scalars."""

    x: Expression
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Conform(Expression):
    """``x`` where a type was declared: each (axis, dim, message) is checked at run time, raising ``ValueError``.

    ``opened`` is the name that holds it where control flow joins, and arrays of other extents on other ways there.
    ``said`` is the message with numbers, where they can be said: ``{0}`` is the shape of ``x``, ``{1}`` is ``region``.
    """

    x: Expression
    checks: tuple[tuple[int, Dim, str], ...]
    opened: str = ""
    said: str = ""
    region: tuple[Dim, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Annotated(Conform):
    """``x`` itself, of which the user says ``entries``."""

    entries: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, kw_only=True)
class Transfer(Expression):
    """To the target of ``type``."""

    x: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Call(Expression):
    """A call of another function of the program; arguments are in the parameters' order and have their types.

    ``path`` is the attribute path of the submodule whose method is called; empty for the module's own, for functions.
    ``checks`` relate dimensions of different arguments that the callee's signature makes equal. ``modules`` says of
    modules whose methods are passed as arguments what their paths are in the called function, and in the caller.
    """

    function: Function
    arguments: tuple[Expression, ...]
    path: str = ""
    modules: tuple[tuple[str, str], ...] = ()
    checks: tuple[DimCheck, ...] = ()

    def weight(self, name: str) -> str:
        """What the caller calls a weight of the called function."""
        path = self.path
        for own, theirs in self.modules:
            if name.startswith(f"{own}."):
                path, name = theirs, name.removeprefix(f"{own}.")
                break
        return f"{path}.{name}" if path else name


@dataclass(frozen=True, eq=False, kw_only=True)
class Tuple(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Updated(Tuple):
    """A record of which one field has been assigned; in Python it is still the same record."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Together(Tuple):
    """What a call of ``function`` returns, put together from its flat result."""

    function: Function


@dataclass(frozen=True, eq=False, kw_only=True)
class FromArray(Tuple):
    """A record that is a copy of an element of an array."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TupleItem(Expression):
    x: Expression
    index: int


@dataclass(frozen=True, eq=False, kw_only=True)
class IsKind(Expression):
    """Whether the error whose number a variable holds is an exception of one of ``kinds``."""

    number: Local
    kinds: tuple[str, ...]
