"""The state of checking one function: what its names are now, and how expressions and statements are looked at."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.precision import DTYPES
from pyc.source import Span
from pyc.target import Target

from . import advice, habits, tree
from .composites import is_idle
from .dims import AtLeastZero, Dim, Unknown
from .libraries import is_there
from .presence import checked
from .promotion import limits
from .report import Invalid, Report, fix
from .static import Scope, Static
from .types import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    GeneratorType,
    NoneType,
    RecordType,
    ScalarType,
    StaticType,
    TensorType,
    TupleType,
    Type,
    has_static,
    kind_of,
)
from .values import Captured, Closure, Definition, LibraryName, ModuleInstance, Partial, Value, described

if TYPE_CHECKING:
    from .instances import Instances


@dataclass(frozen=True)
class Slot:
    """What a name holds at a point of a function.

    ``span`` is where it was assigned. ``literal`` says that it holds a number literal, which may become another number
    type where control flow joins. ``unbound`` is where a path comes from on which it has no value. ``conflict`` is what
    it holds on another path, with a type that does not agree.
    """

    variable: tree.Variable
    span: Span
    literal: bool = False
    unbound: Span | None = None
    conflict: Slot | None = None


Env = Mapping[str, Slot]


@dataclass(eq=False)
class Loop:
    """The ways out of the body of a loop that is being checked: name tables at each ``break`` and ``continue``."""

    node: ast.For | ast.While
    breaks: list[tuple[ast.stmt, Env]] = field(default_factory=list)
    continues: list[tuple[ast.stmt, Env]] = field(default_factory=list)
    #: Names that had no value where they were read: a round before may have given them one.
    missing: set[str] = field(default_factory=set)
    #: Those of which no round gives them one.
    absent: frozenset[str] = frozenset()
    #: What names hold where a round begins.
    start: Env = field(default_factory=dict)


@dataclass(eq=False)
class Checker:
    """The checker of one function instance."""

    instances: Instances
    report: Report
    static: Static
    scope: Scope
    target: Target
    #: Names assigned anywhere in the function: they are local everywhere in it.
    locals: frozenset[str]
    #: Names assigned exactly once, and never a parameter: what they hold can be known symbolically.
    once: frozenset[str]
    #: Parameters that are never assigned.
    parameters: frozenset[str]
    #: Names in dimensions that cannot be negative: those of extents, not of ``int`` parameters.
    extents: frozenset[str]
    #: Names whose elements are written.
    stored: frozenset[str]
    #: Names of lists that are never changed: they are held as tuples.
    lists: frozenset[str]
    expression_of: Callable[[Checker, ast.expr], tree.Expression | Value]
    module: ModuleInstance | None = None
    #: The class in which the function is a method.
    owner: Definition | None = None
    result: Type | None = None
    result_span: Span | None = None
    #: Whether an undeclared result is stored, as the results of typed functions are; others give what they computed.
    stores_result: bool = True
    returns: list[tuple[ast.Return, tree.Expression | None]] = field(default_factory=list)
    env: dict[str, Slot] | None = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    #: The bodies of ``with pyc.fastmath(...)``, and their flags.
    fast: list[tuple[Span, frozenset[str]]] = field(default_factory=list)
    #: The bodies of ``with pyc.annotate(...)``, and what is said of the operations in them.
    said: list[tuple[Span, Mapping[str, Any]]] = field(default_factory=list)
    #: What the instance is in the words of formats that have an operator for it.
    operator: Mapping[str, Any] = field(default_factory=dict)
    dims: dict[tree.Variable, Dim] = field(default_factory=dict)
    #: Tuples of numbers that are known at compile time, by the names that hold nothing else.
    constants: dict[tree.Variable, tree.Tuple] = field(default_factory=dict)
    #: Conversions of literals that a join asked for: on the way out at a statement, a name to a type.
    conversions: dict[tuple[ast.stmt, str], Type] = field(default_factory=dict)
    #: The extents of names in which arrays of several extents meet: by place, name and axis.
    open_extents: dict[tuple[object, str, int], Dim] = field(default_factory=dict)
    #: Parameters that this instance fixes at compile time: an axis, a function.
    static_locals: Mapping[str, Value] = field(default_factory=dict)
    #: Inside `try`, the types that number literals take when they are bound to names.
    forced: dict[str, Type] = field(default_factory=dict)
    #: How many `except` blocks are around what is being checked.
    handling: int = 0
    #: The numbers of the errors that handlers around here have bound to names.
    caught: dict[str, tree.Variable] = field(default_factory=dict)
    #: What names held where an assignment expression bound them last.
    named: dict[str, Slot] = field(default_factory=dict)
    #: Names whose assignment had an error: uses of them add nothing.
    broken: set[str] = field(default_factory=set)
    #: Names with the ``try`` that may be left before or after it assigns them.
    #: Instances whose results are not known yet, and were needed.
    unresolved: frozenset[object] = frozenset()
    variables: dict[tuple[str, Type], tree.Variable] = field(default_factory=dict)
    #: The variables that say whether names have a value, and the names of which that is in doubt where they are read.
    presence: dict[str, tree.Variable] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)
    temporaries: int = 0
    #: The functions and lambdas inside the function, by their syntax.
    closures: dict[ast.AST, Definition] = field(default_factory=dict)
    #: Those that calls have returned, by the call too: one may be given another.
    made: dict[tuple[ast.Call, ast.AST], Definition] = field(default_factory=dict)
    #: The generators that other expressions stand for.
    generators: dict[ast.expr, ast.GeneratorExp] = field(default_factory=dict)
    #: The loops that calls of generators stand for, each with the name of its result and the names that it binds.
    generated: dict[ast.AST, tuple[str, frozenset[str], list[ast.stmt]]] = field(default_factory=dict)

    # --- looking at syntax --------------------------------------------------------------------------------------------

    def span(self, node: ast.AST) -> Span:
        return self.scope.span(node)

    def value(self, node: ast.expr) -> tree.Expression | Value:
        """An expression of the program, or what it is at compile time.

        Raises:
            Invalid: it has an error.
        """
        try:
            return self.expression_of(self, node)
        except RecursionError:
            raise self.instances.too_deep(self.span(node), "this expression") from None

    def expression(self, node: ast.expr) -> tree.Expression:
        """An expression that has a value at run time."""
        return self.runtime(self.value(node), self.span(node))

    def number_or_array(self, node: ast.expr) -> Operand:
        """An expression whose value is a number or an array; ``x.flat`` is the array of its elements."""
        from . import check_flat

        if (x := check_flat.array_of(self, node)) is not None:
            return self.operand(check_flat.elements(self, x, self.span(node)))
        return self.operand(self.expression(node))

    def operand(self, x: tree.Expression) -> Operand:
        if not isinstance(x.type, ScalarType | TensorType):
            found = "nothing (the call returns None)" if isinstance(x.type, NoneType) else f"a {x.type}"
            record = isinstance(x.type, RecordType)
            notes = [fix("take a field of the record, or a method of it")] if record else []
            raise self.error("E201", f"expected a number or an array, found {found}", x.span, *notes)
        if isinstance(x.type, GeneratorType):
            notes = fix("draw from it: `rng.random()`")
            raise self.error("E201", "expected a number or an array, found a generator", x.span, notes)
        return Operand(x, x.type)

    def runtime(self, value: tree.Expression | Value, span: Span) -> tree.Expression:
        """A value as an expression of the program; numbers known at compile time become constants."""
        match value:
            case tree.Expression():
                return value
            case bool():
                return tree.Constant(span=span, type=BOOL, value=value)
            case int():
                if not -(2**63) <= value < 2**63:
                    raise self.error(
                        "E211", f"{value if abs(value) < 10**40 else 'this number'} does not fit 64 bits", span
                    )
                return tree.Constant(span=span, type=INT, value=value)
            case float():
                return tree.Constant(span=span, type=FLOAT, value=value)
            case complex():
                return tree.Constant(span=span, type=COMPLEX, value=value)
            case Dim():
                return self.dim_value(value, span)
            case tuple():
                items = tuple(self.item(v, span) for v in value)
                return tree.Tuple(span=span, type=TupleType(tuple(i.type for i in items)), items=items)
            case _:
                notes = ()
                if isinstance(value, Closure | Partial | Definition):
                    notes = (fix("functions are known at compile time: pass it as an argument to where it is called"),)
                if isinstance(value, LibraryName) and not is_there(value):
                    words = f"the module {value.library} has no name {value.name}"
                    raise self.error("E115", words, span, *habits.of_function(self.scope.namespace, span))
                if isinstance(value, LibraryName) and value.library in ("numpy", "math"):
                    notes = (fix(f"call it: `{str(value).replace('numpy', 'np')}(x)`"),)
                raise self.error("E223", f"{described(value)} is not a value at run time", span, *notes)

    def item(self, value: tree.Expression | Value, span: Span) -> tree.Expression:
        """A value as an item of a tuple: one that does not exist at run time keeps its place."""
        if isinstance(value, tree.Expression | bool | int | float | complex | Dim | tuple):
            return self.runtime(value, span)
        return tree.Static(span=span, type=StaticType(value))

    def held(self, value: Captured, span: Span) -> tree.Expression | Value:
        """What a closure's name means where the closure is used.

        Raises:
            Invalid: E111, it has no value there.
        """
        slot = self.env.get(value.name) if self.env is not None else None
        name = value.name.split(".")[-1]
        if slot is None:
            if name in self.broken:
                raise Invalid(name)
            message = f"the variable {name}, which a function inside this one uses, has no value here"
            raise self.error("E111", message, span, fix(f"assign {name} before this line"))
        return self.slot_value(name, slot, span, captured=True)

    def slot_value(self, name: str, slot: Slot, span: Span, *, captured: bool = False) -> tree.Expression | Value:
        """What a name holds; where it may have no value, that is checked.

        Raises:
            Invalid: E111, it may have no value, and a function inside uses it, or it exists at compile time only; E208,
                it has different types on different paths.
        """
        doubted = slot.unbound is not None
        if slot.unbound is not None and (captured or isinstance(slot.variable.type, StaticType)):
            raise self.error(
                "E111",
                f"the variable {name} may have no value here",
                span,
                Note("it gets a value here", slot.span),
                Note("but not on every path through this", slot.unbound),
                fix(f"assign {name} before"),
            )
        if slot.conflict is not None:
            from .type_words import agreement, told_apart

            one, other = told_apart(slot.variable.type, slot.conflict.variable.type, self.target)
            raise self.error(
                "E208",
                f"{name} is {one} on one path to this line and {other} on another",
                span,
                Note(f"{one} here", slot.span),
                Note(f"{other} here", slot.conflict.span),
                fix(agreement(name, slot.variable.type, slot.conflict.variable.type)),
            )
        t = slot.variable.type
        if isinstance(t, StaticType):
            return t.value  # type: ignore[return-value]
        if doubted:
            return checked(self, name, tree.Local(span=span, type=t, variable=slot.variable), span)
        dim = self.dims.get(slot.variable)
        if dim is not None and dim.value is not None and t != BOOL:
            return self.dim_value(dim, span)
        return tree.Local(span=span, type=t, variable=slot.variable)

    def hold(self, name: str, variable: tree.Variable, span: Span) -> None:
        """From here on, ``name`` is this variable."""
        assert self.env is not None
        self.env[name] = Slot(variable, span)

    def dim_value(self, dim: Dim, span: Span) -> tree.Expression:
        if dim.value is not None:
            return tree.Constant(span=span, type=INT, value=dim.value)
        if not dim.is_known:
            message = "this extent of the result is known only when the function returns"
            raise self.error("E112", message, span, fix("ask the array for it: `x.shape[0]`"))
        return tree.DimValue(span=span, type=INT, dim=dim)

    def error(self, code: str, message: str, span: Span, *notes: Note) -> Invalid:
        if self.scope.at is not None and self.scope.namespace.in_library:
            return self._refused_by_library(code, message, span, notes)
        return self.report.error(code, message, span, *notes)

    def _refused_by_library(self, code: str, message: str, span: Span, notes: Sequence[Note]) -> Invalid:
        """An error inside a function of the library: the user's call is refused once, for the first of its reasons."""
        if any(d.span == span for d in self.report.errors):
            self.report.count += 1
            return Invalid(message)
        called = span.text.partition("(")[0]
        if code.startswith("E2") and called not in message and called.replace(".", "").replace("_", "").isalnum():
            message = f"{called} does not take these arguments: {message}"
        return self.report.error(code, message, span, *(n for n in notes if not n.fix))

    # --- names and dimensions -----------------------------------------------------------------------------------------

    def variable(self, name: str, t: Type, span: Span) -> tree.Variable:
        """The variable that a name of this function is when it holds a type: one for each type."""
        return self.variables.setdefault((name, t), tree.Variable(name, t, span))

    def temporary(self, value: tree.Expression) -> tree.Variable:
        """A new variable for an intermediate value."""
        self.temporaries += 1
        return tree.Variable(f".{self.temporaries}", value.type, value.span)

    def fresh_dim(self) -> Dim:
        """An extent that is known only at run time."""
        return Dim.of(Unknown(self.instances.fresh_number()))

    def dim_of(self, x: tree.Expression) -> Dim | None:
        """The value of an ``int`` expression as a dimension, where it is one at every point of the function."""
        match x:
            case tree.Constant(value=int() as value) if x.type == INT:
                return Dim.of(value)
            case tree.DimValue(dim=dim):
                return dim
            case tree.Extent(x=array, axis=axis) if isinstance(array.type, TensorType):
                return array.type.dims[axis]
            case tree.Local(variable=variable):
                return self.dims.get(variable)
            case tree.TupleItem(x=tree.Local(variable=variable), index=index) if variable in self.constants:
                return self.dim_of(self.constants[variable].items[index])
            case tree.Bind(body=body):
                return self.dim_of(body)
            case tree.Binary(op="int_add" | "int_sub" | "int_mul" | "int_floordiv" as op, lhs=lhs, rhs=rhs):
                return self._computed_dim(op, lhs, rhs)
            case tree.Binary(op="maximum", lhs=lhs, rhs=tree.Constant(value=0)) if x.type == INT:
                dim = self.dim_of(lhs)
                return None if dim is None else Dim.of(AtLeastZero(dim))
            case tree.Unary(op="int_neg", x=inner):
                dim = self.dim_of(inner)
                return None if dim is None else -dim
            case _:
                return None

    def _computed_dim(self, op: str, lhs: tree.Expression, rhs: tree.Expression) -> Dim | None:
        a, b = self.dim_of(lhs), self.dim_of(rhs)
        if a is None or b is None:
            return None
        match op:
            case "int_add":
                return a + b
            case "int_sub":
                return a - b
            case "int_mul":
                return a * b
            case _:
                return a // b.value if b.value is not None and b.value > 0 else None

    def extent(self, x: tree.Expression) -> Dim:
        """The extent that an ``int`` expression asks for: symbolic where possible, otherwise known at run time."""
        dim = self.dim_of(x)
        if dim is None:
            return self.fresh_dim()
        if dim.value is not None and dim.value < 0:
            raise self.error("E213", f"an extent cannot be negative, and this is {dim}", x.span)
        return dim.as_extent()

    # --- what is known at compile time --------------------------------------------------------------------------------

    def static_scope(self) -> Scope:
        """The scope of compile-time expressions inside the function: its locals are none."""
        return replace(self.scope, names={**self.scope.names, **self.static_locals})

    def known_condition(self, node: ast.expr) -> bool | None:
        """The truth of a condition on compile-time names alone (type parameters, constants); ``None`` for others."""
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        if names & self.locals or (not names and not isinstance(node, ast.Constant)):
            return None
        before = self.report.mark()
        try:
            value = self.static.evaluate(node, self.static_scope())
        except Invalid:
            self.report.rewind(before)
            return None
        return bool(value) if isinstance(value, bool | int | float | complex | str | tuple) or value is None else None

    def static_text(self, node: ast.expr) -> str | None:
        """The string that an expression is at compile time, if it is one."""
        before = self.report.mark()
        try:
            value = self.static.evaluate(node, self.static_scope())
        except Invalid:
            self.report.rewind(before)
            return None
        return value if isinstance(value, str) else None

    def type_argument(self, node: ast.expr) -> Value:
        """A type argument inside a function: a compile-time value, or a dimension of this function."""
        if {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & self.locals:
            dim = self.dim_of(self.expression(node))
            if dim is None:
                message = "a type argument is known at compile time"
                raise self.error("E112", message, self.span(node))
            return dim if dim.value is None else dim.value
        if isinstance(node, ast.BinOp):
            value = self.instances.annotations.dim(node, self.static_scope())
            return value if value.value is None else value.value
        return self.static.evaluate(node, self.static_scope())

    # --- conversions --------------------------------------------------------------------------------------------------

    def cast(self, x: tree.Expression, dtype: str, *, weak: bool = False, span: Span | None = None) -> tree.Expression:
        """``x`` in another element type, as arithmetic needs it; an array keeps its precision policy."""
        t = x.type
        assert isinstance(t, ScalarType | TensorType)
        span = span or x.span
        if isinstance(t, TensorType):
            if t.dtype == dtype:
                return x
            return tree.Cast(span=span, type=replace(t, dtype=dtype), x=x)
        want = ScalarType(dtype, weak)
        if t == want:
            return x
        if isinstance(x, tree.Constant):
            return self._constant(x, want, span)
        if t.dtype == dtype:
            return tree.Cast(span=span, type=want, x=x)
        return tree.Cast(span=span, type=want, x=x, guards=self._fits(t, dtype))

    def _constant(self, x: tree.Constant, want: ScalarType, span: Span) -> tree.Expression:
        assert isinstance(x.type, ScalarType)
        kind, value = kind_of(want.dtype), x.value
        if kind == "complex":
            return tree.Constant(span=span, type=want, value=complex(value))
        if isinstance(value, complex):
            return tree.Cast(span=span, type=want, x=x)
        if kind in ("int", "uint"):
            if isinstance(value, float):
                return tree.Cast(span=span, type=want, x=x)
            low, high = limits(want.dtype)
            if not low <= value <= high:
                message = f"{value} does not fit {want.dtype}, which holds {low} to {high}"
                raise self.error("E211", message, span)
            return tree.Constant(span=span, type=want, value=int(value))
        if kind == "float":
            return tree.Constant(span=span, type=want, value=float(value))
        if kind == "bool":
            return tree.Constant(span=span, type=want, value=bool(value))
        return tree.Cast(span=span, type=want, x=x)

    @staticmethod
    def _fits(t: ScalarType, dtype: str) -> tuple[tree.Guard, ...]:
        """What NumPy checks when a Python ``int`` joins a sized integer that may not hold it."""
        if t.weak and t.dtype == "i64" and DTYPES[dtype].is_integer and dtype != "i64":
            return (tree.Guard("fits", "OverflowError", f"Python integer out of bounds for {DTYPES[dtype].numpy}"),)
        return ()

    def truth(self, x: tree.Expression) -> tree.Expression:
        """``bool(x)`` of a number, as ``if`` and ``while`` take it.

        Raises:
            Invalid: E218, an array has no truth value.
        """
        t = x.type
        if isinstance(t, TensorType) and t.rank > 0:
            notes = fix(advice.of_truth_text(x.span.text))
            raise self.error("E218", "the truth value of an array with several elements is ambiguous", x.span, notes)
        if isinstance(t, TensorType):
            x = tree.Subscript(span=x.span, type=ScalarType(t.dtype), base=x, items=())
            t = x.type
        if not isinstance(t, ScalarType):
            of_assert = isinstance(x, tree.Tuple) and len(x.items) == 2 and isinstance(x.items[1], tree.Static)
            notes = (fix("without parentheses: `assert condition, message`"),) if of_assert else ()
            raise self.error("E218", f"a {t} has no truth value here", x.span, *notes)
        if t.dtype == "bool":
            return x
        zero = tree.Constant(span=x.span, type=t, value=_ZEROS.get(kind_of(t.dtype), 0))
        return tree.Compare(span=x.span, type=BOOL, predicate="ne", lhs=x, rhs=zero)

    def once_only(self, x: tree.Expression, body: Callable[[tree.Expression], tree.Expression]) -> tree.Expression:
        """``body(x)`` where ``body`` uses its argument several times: ``x`` is evaluated once."""
        if isinstance(x, tree.Constant | tree.Local | tree.DimValue):
            return body(x)
        variable = self.temporary(x)
        inner = body(tree.Local(span=x.span, type=x.type, variable=variable))
        return tree.Bind(span=inner.span, type=inner.type, variable=variable, value=x, body=inner)

    def each_once(
        self, x: tree.Expression, body: Callable[[tree.Expression], tree.Expression], *, used: int | None = None
    ) -> tree.Expression:
        """``body(x)`` of a tuple whose items are all evaluated first, once and in their order, whichever it uses.

        ``used`` is the only item that it uses, if that is known.
        """
        if not isinstance(x, tree.Tuple):
            return self.once_only(x, body)
        if all(is_idle(i) for k, i in enumerate(x.items) if k != used):
            return body(x)
        bound: list[tuple[tree.Variable, tree.Expression]] = []
        items: list[tree.Expression] = []
        for i in x.items:
            if isinstance(i, tree.Constant | tree.Static) or has_static(i.type):
                items.append(i)
                continue
            bound.append((self.temporary(i), i))
            items.append(tree.Local(span=i.span, type=i.type, variable=bound[-1][0]))
        result = body(replace(x, items=tuple(items)))
        for variable, value in reversed(bound):
            result = tree.Bind(span=result.span, type=result.type, variable=variable, value=value, body=result)
        return result


#: Zeros that are no ints.
_ZEROS: dict[str, float | complex] = {"float": 0.0, "complex": 0j}


@dataclass(frozen=True)
class Operand:
    """A number or an array, with its type at hand."""

    x: tree.Expression
    type: ScalarType | TensorType

    @property
    def dims(self) -> tuple[Dim, ...]:
        return self.type.dims if isinstance(self.type, TensorType) else ()

    @property
    def span(self) -> Span:
        return self.x.span
