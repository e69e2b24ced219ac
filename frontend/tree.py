"""The checked program: what the checker gives and the emitter takes.

Every expression has its type; every conversion stands as a :class:`Cast`; generics are instantiated, names resolved,
compile-time branches chosen. Control flow is still Python's (``break``, early ``return``), and arrays still have
reference semantics: turning both into values is the emitter's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pyc.diagnostics import Diagnostic
from pyc.source import Source, Span
from pyc.target import Target

from .dims import Dim
from .types import NoneType, TensorType, Type


@dataclass(frozen=True, eq=False)
class Variable:
    """A name with one type. Rebinding a name to another type makes a new variable; identity is what counts.

    ``annotation`` is the type as the user wrote it, for a parameter. ``default`` is what artifacts pass for it where
    callers say nothing, as Python writes it; ``only`` is ``positional`` or ``keyword`` where it is passed in no other
    way.
    """

    name: str
    type: Type
    span: Span
    annotation: str = ""
    default: str | None = None
    only: str = ""


@dataclass(frozen=True)
class Weight:
    """A weight of a module. ``name`` is dotted, relative to the module (``block.up``); ``annotation`` as written.

    ``buffer`` says that methods may write it.
    """

    name: str
    type: TensorType
    span: Span
    annotation: str
    buffer: bool = False


@dataclass(eq=False)
class Function:
    """One instance of a function or method: all type parameters but dimensions are fixed.

    ``name`` is what users read (``axpy[f32]``, ``MLP[784, 10].__call__``), ``symbol`` an identifier unique in the
    program. ``weights`` are all those of the module that a method belongs to, in order of declaration, nested ones with
    their path; a call of a submodule's method passes the caller's weights under ``path``. ``constants`` are dimension
    names that the instance fixes to numbers. ``unchecked`` says that its indices are not checked.

    ``parameters`` and ``result`` are flat: tuples and records in them are taken apart (``composites.py``). ``named``
    and ``returned`` are what the user declared; ``fresh`` says that nothing else has the records that it returns.
    """

    name: str
    symbol: str
    span: Span
    parameters: tuple[Variable, ...]
    weights: tuple[Weight, ...]
    result: Type
    result_annotation: str
    target: Target
    export: bool
    module: str | None = None
    constants: Mapping[str, int] = field(default_factory=dict)
    body: tuple[Statement, ...] = ()
    generic: Mapping[str, str] = field(default_factory=dict)
    unchecked: bool = False
    #: Whether it calls itself, directly or not: then it stays a function of its own.
    recursive: bool = False
    named: tuple[Variable, ...] = ()
    returned: Type = field(default_factory=NoneType)
    fresh: bool = False

    def __post_init__(self) -> None:
        """A function that is described flat takes and gives what it says."""
        self.named = self.named or self.parameters
        if isinstance(self.returned, NoneType):
            self.returned = self.result

    @property
    def inputs(self) -> tuple[Variable | Weight, ...]:
        """All that it takes: parameters, then weights. What it writes is said by the index in this."""
        return (*self.parameters, *self.weights)


@dataclass(frozen=True)
class Program:
    """Functions in an order in which callees come before callers, and what was noted about skipped ones."""

    source: Source
    functions: tuple[Function, ...]
    remarks: tuple[Diagnostic, ...] = ()


# --- expressions ------------------------------------------------------------------------------------------------------


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
    operation; otherwise it raises ``exception(message)``.
    """

    left: int
    left_axis: int
    right: int
    right_axis: int
    message: str
    exception: str = "ValueError"


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
    """``op`` names an operation of ``build.UNARY``, or is ``int_neg`` or ``int_abs`` of exact ints, or ``bitcast``."""

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
    """``body`` where ``condition`` (a scalar boolean, evaluated first) holds, else ``exception(message)`` is raised."""

    condition: Expression
    exception: str
    message: str
    body: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Cast(Expression):
    """To the dtype and precision policy of ``type``; between numbers, also scalars."""

    x: Expression
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Conform(Expression):
    """``x`` where a type was declared: each (axis, dim, message) is checked at run time, raising ``ValueError``.

    ``opened`` is the name that holds it where control flow joins, and arrays of other extents on other ways there.
    """

    x: Expression
    checks: tuple[tuple[int, Dim, str], ...]
    opened: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Transfer(Expression):
    """To the target of ``type``."""

    x: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Copy(Expression):
    """A fresh array with the same elements: ``x.copy()``, ``np.array(x)``.

    ``row_major`` says that it is in that order, as the method has it; the functions keep the order of ``x``.
    """

    x: Expression
    row_major: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Reduce(Expression):
    """``kind`` of ``build.reduce``; accumulates in the dtype of ``type`` (a rounding :class:`Cast` follows outside)."""

    kind: str
    x: Expression
    axes: tuple[int, ...]
    keepdims: bool
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class ArgReduce(Expression):
    kind: Literal["max", "min"]
    x: Expression
    axis: int
    keepdims: bool
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Matmul(Expression):
    """Accumulates in the dtype of ``type``."""

    lhs: Expression
    rhs: Expression
    checks: tuple[DimCheck, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Transpose(Expression):
    """A view of ``x``."""

    x: Expression
    permutation: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Reshape(Expression):
    """``sizes`` are int expressions; ``checked`` says that the number of elements must be compared at run time.

    ``contiguous`` says that it is a copy unless the elements lie one after the other, as NumPy's ``ravel`` has it.
    """

    x: Expression
    sizes: tuple[Expression, ...]
    checked: bool
    contiguous: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class BroadcastTo(Expression):
    x: Expression
    sizes: tuple[Expression, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Concat(Expression):
    inputs: tuple[Expression, ...]
    axis: int
    checks: tuple[DimCheck, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Fill(Expression):
    """``value`` has the element type; negative sizes raise ``ValueError``.

    ``like`` says that NumPy lays it out as some other array is.
    """

    value: Expression
    sizes: tuple[Expression, ...]
    like: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Empty(Expression):
    """``like`` as in :class:`Fill`."""

    sizes: tuple[Expression, ...]
    like: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Iota(Expression):
    """0, 1, 2, ..., ``size`` of them, as the dtype of ``type``."""

    size: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Extent(Expression):
    """``x.shape[axis]``, an int. (Where the dimension is a number, a :class:`Constant` instead.)"""

    x: Expression
    axis: int


@dataclass(frozen=True, eq=False, kw_only=True)
class DimValue(Expression):
    """The value of a symbolic dimension (``N`` used as a number in the body)."""

    dim: Dim


@dataclass(frozen=True)
class Index:
    """One element along an axis; negative counts from the end; out of bounds is IndexError. Drops the axis.

    ``inside`` says that the value is known to be a position of the axis, as where a loop runs over an array.
    """

    value: Expression
    inside: bool = False


@dataclass(frozen=True)
class Range:
    """``start:stop:step`` along an axis, clamped as Python does. A full slice has no bounds."""

    start: Expression | None = None
    stop: Expression | None = None
    step: Expression | None = None


@dataclass(frozen=True)
class NewAxis:
    """An axis of extent 1 that is not in the base."""


Item = Index | Range | NewAxis


@dataclass(frozen=True, eq=False, kw_only=True)
class Subscript(Expression):
    """``base[items]``: a scalar where every axis has an :class:`Index`, else a view. ``...`` has been expanded."""

    base: Expression
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Chosen:
    """Elements that arrays of positions choose, as ``pyc.gather`` says: ``indices`` are ``i64``, one for each axis.

    They count from the end where they are negative, and are checked; those of axes in ``inside`` are neither.
    ``checks`` relate their extents.
    """

    indices: tuple[Expression, ...]
    axes: tuple[int, ...]
    position: int
    inside: frozenset[int] = frozenset()
    checks: tuple[DimCheck, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Gather(Expression):
    """A copy of the elements of ``base`` that are chosen."""

    base: Expression
    chosen: Chosen


@dataclass(frozen=True, eq=False, kw_only=True)
class Nonzero(Expression):
    """The positions of the true elements of ``x``, a row for each of its axes."""

    x: Expression


@dataclass(frozen=True, eq=False, kw_only=True)
class Packed(Expression):
    """An array of ``items``, numbers of its element type in row-major order; its extents are constants."""

    items: tuple[Expression, ...]


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
class TupleItem(Expression):
    x: Expression
    index: int


# --- statements -------------------------------------------------------------------------------------------------------


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
    """``for variable in range(start, stop, step)``; bounds are exact ints, evaluated once; a zero step is checked."""

    variable: Variable
    start: Expression
    stop: Expression
    step: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


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
class IsKind(Expression):
    """Whether the error whose number a variable holds is an exception of one of ``kinds``."""

    number: Local
    kinds: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Assert(Statement):
    condition: Expression
    message: str
