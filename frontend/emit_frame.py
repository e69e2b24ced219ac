"""What the emission of one function keeps track of: places, constants, dimensions, the environment, and its errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from itertools import count
from typing import Any, Literal

from pyc.dataclass import dataclass
from pyc.dialects import build, errors
from pyc.dialects.mlir import ir
from pyc.dialects.types import DYNAMIC, element_type, is_tensor, shape_of, tensor_type
from pyc.source import Span

from . import emit_index as index
from .dims import AtLeastZero, Atom, Dim, FloorDiv, Symbol
from .emit_liveness import Liveness
from .emit_numbers import Pieces, template
from .objects import Environment, Object, Ref, Slot
from .report import Report
from .tree import Function, Variable
from .types import ScalarType, TensorType, Type


@dataclass(frozen=True)
class Event:
    """Something that was emitted for an array in memory form, in order of ``number``; ``repeated`` if in a loop."""

    object: Object
    span: Span
    number: int
    repeated: bool


@dataclass
class Memory:
    """Of a function in memory form: why it is in it, which arrays it writes, and which are reshapes.

    ``loops`` is how many loops what is emitted now is in; ``cells`` numbers the cells of arrays.
    """

    reason: str
    written: list[Event] = field(default_factory=list)
    reshapes: list[Event] = field(default_factory=list)
    loops: int = 0
    cells: Iterator[int] = field(default_factory=count)

    def event(self, obj: Object, span: Span) -> Event:
        """What happens to an array now."""
        return Event(obj, span, len(self.written) + len(self.reshapes), self.loops > 0)


@dataclass(frozen=True)
class Emitted:
    """A function that has been emitted, as its callers need to know it.

    ``results`` are the types of its IR results but the final values of written parameters, ``returns`` what its
    ``return`` gives, leaf by leaf: k >= 0 the result k, k < 0 the argument -(k + 1). ``writes`` are the written
    parameters; ``shares`` says for a result which parameters it may share memory with, ``read_only`` for one that NumPy
    makes read-only what gives it, and ``modes`` how it is. ``memory`` says why the function has no value form, if it
    has none.
    """

    function: Function
    results: tuple[Type, ...]
    returns: tuple[int, ...]
    writes: tuple[int, ...]
    shares: Mapping[int, frozenset[int]]
    memory: str | None = None
    read_only: Mapping[int, str] = field(default_factory=dict)
    modes: Mapping[int, Literal["", "always", "shared"]] = field(default_factory=dict)


@dataclass
class Frame:
    """The state of emitting one function. ``versions`` numbers the writes; ``result`` is the variable that holds
    what the function returns, and ``shares`` says of each value in it which parameters it may share memory with;
    ``weights`` are objects by dotted name.

    ``symbols`` says for the name of a dimension which argument gives it, and on which axis (``None``: the number).
    ``solved`` says it for a name that occurs only as ``2*N + 1``: the argument, the axis (``None``: the extent itself
    is given), and the two numbers.

    ``cells`` are those of variables that a guarded body assigns (``emit_try``).

    ``marker`` is an operation of the entry block: constants and dimensions of parameters go before it, once each, so
    that they can be used everywhere in the function. ``naturals`` are values that are not negative, as most indices;
    ``bounds`` says what some are less than; ``invariant`` are those that the whole function can use, and ``made`` is
    index arithmetic on them. ``memory`` is there in memory form (see ``emit_memory``); ``has_memory`` says that the
    function can be emitted in it, where value form does not do, and ``copies`` that results may be copies where
    Python's are views of arguments. ``within`` is the name of a function that is emitted in the body of another;
    ``outer`` are the arrays that the latter refers to there.
    """

    function: Function
    emitted: Mapping[Function, Emitted]
    report: Report
    env: Environment
    live: Liveness
    result: Variable
    marker: Any
    memory: Memory | None = None
    has_memory: bool = False
    copies: bool = False
    within: str = ""
    call: Any = None
    weights: dict[str, Object] = field(default_factory=dict)
    shares: dict[int, set[int]] = field(default_factory=dict)
    symbols: dict[str, tuple[Any, int | None]] = field(default_factory=dict)
    solved: dict[str, tuple[Any, int | None, int, int]] = field(default_factory=dict)
    naturals: set[Any] = field(default_factory=set)
    bounds: dict[Any, Any] = field(default_factory=dict)
    invariant: set[Any] = field(default_factory=set)
    made: dict[tuple[str, Any, Any], Any] = field(default_factory=dict)
    cells: dict[Variable, Any] = field(default_factory=dict)
    outer: tuple[Ref, ...] = ()
    versions: Iterator[int] = field(default_factory=lambda: count(1))
    _constants: dict[tuple[str, str], Any] = field(default_factory=dict)
    _dims: dict[Dim, Any] = field(default_factory=dict)

    @contextmanager
    def at(self, span: Span) -> Iterator[None]:
        """Operations made inside get this place."""
        with location(span) if not self.within else errors.within(self.within, location(span), self.call):
            yield

    def call_at(self, span: Span) -> Any:
        """The location of a call of a function that is emitted in its place."""
        return errors.within(self.within or self.function.name, location(span), self.call)

    @contextmanager
    def prologue(self) -> Iterator[None]:
        """Operations made inside go where all of the function sees them."""
        with ir.InsertionPoint(self.marker):
            yield

    def constant(self, value: int | float | bool, dtype: str = "i64") -> Any:
        """A scalar constant, one operation for all of its uses."""
        key = (repr(value), dtype)
        if key not in self._constants:
            with self.prologue():
                self._constants[key] = build.constant(value, dtype)
            self.invariant.add(self._constants[key])
        return self._constants[key]

    def dim(self, dim: Dim) -> Any:
        """The value of a dimension over names and numbers.

        Raises:
            KeyError: a name that no parameter gives a value to.
        """
        if dim not in self._dims:
            if len(dim.terms) == 1 and dim.terms[0][1] == 1 and len(dim.terms[0][0]) == 1:
                with self.prologue(), self.at(self.function.span):
                    self._dims[dim] = self._atom(dim.terms[0][0][0])
                self.invariant.add(self._dims[dim])
                if self._is_natural(dim.terms[0][0][0]):
                    self.naturals.add(self._dims[dim])
                return self._dims[dim]
            with self.prologue(), self.at(self.function.span):
                total = self.constant(0)
                for monomial, c in dim.terms:
                    product = self.constant(c)
                    for atom in monomial:
                        product = index.mul(self, product, self.dim(Dim.of(atom)))
                    total = index.add(self, total, product)
                self._dims[dim] = total
        return self._dims[dim]

    def _atom(self, atom: Atom) -> Any:
        match atom:
            case Symbol(name):
                if name in self.function.constants:
                    return self.constant(self.function.constants[name])
                if name in self.symbols:
                    source, axis = self.symbols[name]
                    return source if axis is None else self._extent(source, axis)
                source, axis, factor, rest = self.solved[name]
                given = source if axis is None else self._extent(source, axis)
                multiple = index.sub(self, given, self.constant(rest))
                return index.floordiv(self, multiple, self.constant(factor))
            case AtLeastZero(dim):
                return index.maximum(self, self.dim(dim), self.constant(0))
            case FloorDiv(dim, divisor):
                return index.floordiv(self, self.dim(dim), self.constant(divisor))
            case _:
                raise KeyError(str(atom))

    def _is_natural(self, atom: Atom) -> bool:
        """Whether an atom cannot be negative: an extent or a maximum with 0, not an ``int`` parameter."""
        if isinstance(atom, Symbol):
            return atom.name in self.symbols and self.symbols[atom.name][1] is not None
        return isinstance(atom, AtLeastZero)

    def _extent(self, source: Any, axis: int) -> Any:
        known = shape_of(source.type)[axis]
        return self.constant(known) if known >= 0 else build.dim(source, axis)

    def knows(self, dim: Dim) -> bool:
        """Whether :meth:`dim` has a value for a dimension."""
        given = (self.symbols, self.solved, self.function.constants)
        return dim.is_known and all(any(s in names for names in given) for s in dim.symbols)

    def extent(self, x: Any, t: TensorType, axis: int) -> Any:
        """The extent of an axis of ``x``, whose type is ``t``: from names where they say it, else read from ``x``."""
        known = t.dims[axis].value
        if known is not None:
            return self.constant(known)
        if shape_of(x.type)[axis] >= 0:
            return self.constant(shape_of(x.type)[axis])
        if self.knows(t.dims[axis]):
            return self.dim(t.dims[axis])
        return build.dim(x, axis)

    def require(self, condition: Any, kind: str, message: str, pieces: Pieces = ()) -> None:
        """A check, unless it is known to hold; ``pieces`` are its message with numbers, where they can be said."""
        if kind == "IndexError" and self.memory is not None and self.function.unchecked:
            return  # the attribute that says so would hold for the callees, too, that are emitted in place
        if not index.known(condition):
            format_, values = template(pieces) if pieces else ("", [])
            build.check(condition, kind, message, format_, values)

    def bind(self, variable: Variable, slot: Slot) -> None:
        """``variable`` holds ``slot`` from now on, also for who comes here by an error that is caught."""
        from .emit_cells import keep

        self.env.slots[variable] = slot
        if variable in self.cells:
            keep(self, self.cells[variable], slot)

    def bump(self, obj: Object) -> None:
        """The object has changed: what was read of it before is old."""
        self.env.versions[obj] = next(self.versions)


def location(span: Span) -> Any:
    """The range of a span as a location, to be entered."""
    (line, column), (end_line, end_column) = span.begin, span.stop
    return ir.Location.file(span.source.path, line, column, end_line, end_column)


def mlir_type(t: Type) -> Any:
    """The MLIR type of a number or an array; static where the dimension is a number."""
    if isinstance(t, TensorType):
        return tensor_type(t.dtype, [d.value for d in t.dims], t.precision, t.target)
    if isinstance(t, ScalarType):
        return element_type(t.dtype)
    raise TypeError(f"{t} is not one value")


def retyped(value: Any, want: Any) -> Any:
    """``value`` with the static extents of ``want``: the same elements, another knowledge of their number."""
    if value.type == want:
        return value
    return ir.Operation.create("pyc.cast", [want], [value]).results[0]


def refined(value: Any, t: Type) -> Any:
    """A tensor at least as static as its type in the tree says: only an extent known to be 1 stretches."""
    if not isinstance(t, TensorType) or not is_tensor(value.type):
        return value
    have, want = shape_of(value.type), [d.value for d in t.dims]
    if all(w is None or h == w for h, w in zip(have, want, strict=True)):
        return value
    shape: Sequence[int | None] = [h if w is None and h >= 0 else w for h, w in zip(have, want, strict=True)]
    old = value.type
    return retyped(
        value, ir.RankedTensorType.get([DYNAMIC if s is None else s for s in shape], old.element_type, old.encoding)
    )
