"""Type parameters bound: by explicit arguments, and by matching declared types with those of arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.precision import Precision
from pyc.source import Span
from pyc.target import Target

from . import tree
from .annotations import fits, numbers_in
from .dims import Dim, Symbol
from .report import Invalid, Report, counted, fix
from .shapes import differ
from .types import RecordArrayType, RecordType, ScalarType, TensorType, TupleType, Type
from .values import (
    Applied,
    Element,
    Pattern,
    RecordPattern,
    ScalarPattern,
    TensorPattern,
    TuplePattern,
    TypeParameter,
    Value,
    described,
    text,
)


def explicit(
    parameters: Sequence[TypeParameter], applied: Applied, report: Report, span: Span, *, complete: bool
) -> dict[str, Value]:
    """Type parameters bound to the arguments between brackets, in order.

    Raises:
        Invalid: E215, there are too many or (where ``complete``) too few; E117, one is not of its kind.
    """
    arguments = applied.arguments
    needed = [p for p in parameters if p.default is None]
    if len(arguments) > len(parameters) or (complete and len(arguments) < len(needed)):
        names = f" [{', '.join(map(str, parameters))}]" if parameters else ""
        message = f"{applied.definition} takes {counted(len(parameters), 'type argument')}{names}, not {len(arguments)}"
        raise report.error("E215", message, span, Note("it is declared here", applied.definition.span))
    spans = applied.spans or (span,) * len(arguments)
    asked = parameters if complete else _asked(parameters, arguments)
    found = {p.name: argument(p, a, report, s) for p, a, s in zip(asked, arguments, spans, strict=False)}
    if complete:
        for p in parameters:
            if p.name not in found:
                found[p.name] = default(p, found)
    return found


def _asked(parameters: Sequence[TypeParameter], arguments: Sequence[Value]) -> list[TypeParameter]:
    """The parameters that arguments are for: where some are left out, a type is none for a dimension."""
    found: list[TypeParameter] = []
    rest, spare = iter(parameters), len(parameters) - len(arguments)
    for a in arguments:
        p = next(rest)
        while spare and p.kind == "dim" and isinstance(a, Element | Precision | Target):
            p, spare = next(rest), spare - 1
        found.append(p)
    return found


def default(p: TypeParameter, found: Mapping[str, Value]) -> Value:
    """What a type parameter is by default, where those before it are bound."""
    match p.default:
        case TypeParameter(name=name):
            return found.get(name)
        case Dim() as dim:
            value = dim.substitute(numbers_in(found))
            return value if value.value is None else value.value
        case value:
            return value


def argument(p: TypeParameter, value: Value, report: Report, span: Span) -> Value:
    """A type argument as what its parameter asks for.

    Raises:
        Invalid: E117, it is of another kind; E215, it is outside the parameter's bound.
    """
    match p.kind, value:
        case kind, TypeParameter() if kind == value.kind:
            return value  # a type parameter of what mentions it, which is bound in its turn
        case "dim" | "int", bool():
            pass
        case "dim", int() if value < 0:
            raise report.error("E215", f"the dimension {p.name} cannot be {value}", span)
        case "dim" | "int", int() | Dim():
            return value
        case "dtype", Element(dtype):
            return _within(p, dtype, report, span)
        case "dtype", Precision() if value.is_plain:
            return _within(p, value.storage, report, span)
        case "dtype", Precision():
            message = f"{p.name} is an element type, and {value} is a precision"
            raise report.error("E215", message, span, fix(f"declare `{p.name}: Precision` to take both"))
        case "precision", Element(dtype):
            return Precision.plain(dtype)
        case "precision", Precision():
            return value
        case ("target", Target()) | ("bool", bool()) | ("str", str()):
            return value
    kinds = {
        "dim": "a dimension", "int": "an int", "dtype": "an element type", "precision": "a precision",
        "target": "a target", "pack": "a shape pack", "bool": "a bool", "str": "a string",
    }  # fmt: skip
    declared = (Note(f"{p.name} is declared here", p.span),) if p.span is not None else ()
    raise report.error("E117", f"{p.name} is {kinds[p.kind]}, and {described(value)} is not", span, *declared)


def _within(p: TypeParameter, dtype: str, report: Report, span: Span) -> Element:
    if p.dtypes and dtype not in p.dtypes:
        declared = (Note(f"{p.name} is declared here", p.span),) if p.span is not None else ()
        raise report.error("E215", f"{p.name} is bounded by {p.bound}, and {dtype} is not one of it", span, *declared)
    return Element(dtype)


@dataclass
class Match:
    """Matching declared types with those of arguments, at one call.

    ``found`` holds what type parameters are bound to, dimensions in the caller's terms; ``first`` where a dimension was
    bound: (argument, axis).
    """

    parameters: Mapping[str, TypeParameter]
    report: Report
    found: dict[str, Value]
    first: dict[str, tuple[int, int]] = field(default_factory=dict)

    def element(self, pattern: Pattern, t: Type, span: Span) -> None:
        """Bind the element types, precisions, targets and packs of a pattern."""
        match pattern, t:
            case ScalarPattern(element=TypeParameter() as p), ScalarType():
                # A Python number adapts to what other arguments bind; it decides only where nothing else does.
                if not t.weak:
                    self._bind(p, Element(t.dtype), span)
            case RecordPattern(record=applied), RecordType():
                self._arguments(applied, t, span)
            case RecordPattern(), RecordArrayType(dims=()):
                self.element(pattern, t.record, span)
            case TensorPattern(element=RecordPattern() as record), RecordArrayType():
                self.element(record, t.record, span)
                if isinstance(pattern.target, TypeParameter):
                    self._bind(pattern.target, t.target, span)
                self._pack(pattern, t, span)
            case TensorPattern(), TensorType():
                if isinstance(pattern.element, TypeParameter):
                    wanted: Value = t.precision if pattern.element.kind == "precision" else self._plain(t)
                    self._bind(pattern.element, wanted, span)
                if isinstance(pattern.target, TypeParameter):
                    self._bind(pattern.target, t.target, span)
                self._pack(pattern, t, span)
            case TuplePattern(items=items), TupleType(items=types):
                for i, x in zip(items, types, strict=False):
                    self.element(i, x, span)

    def _arguments(self, applied: Applied, t: RecordType, span: Span) -> None:
        """Bind the type arguments of a record, if it is of the class."""
        if not isinstance(t.key, Applied) or t.key.definition is not applied.definition:
            return
        for wanted, have in zip(applied.arguments, t.key.arguments, strict=False):
            if isinstance(wanted, TypeParameter):
                self._bind(wanted, have, span)

    @staticmethod
    def _plain(t: TensorType) -> Value:
        return Element(t.precision.storage) if t.precision.is_plain else t.precision

    def weak(self, pattern: Pattern, t: Type, span: Span) -> None:
        """Bind what is still open to the element type that a Python number has in NumPy."""
        if (
            isinstance(pattern, ScalarPattern)
            and isinstance(pattern.element, TypeParameter)
            and isinstance(t, ScalarType)
        ):
            p = pattern.element
            if p.name not in self.found:
                self._bind(p, Element(t.dtype), span)

    def _bind(self, p: TypeParameter, value: Value, span: Span) -> None:
        bound = argument(p, value, self.report, span)
        old = self.found.setdefault(p.name, bound)
        if isinstance(old, Target) and isinstance(bound, Target) and fits(old, bound):
            return
        if old != bound:
            message = f"{p.name} is {text(old)} and {text(bound)} in one call"
            raise self.report.error("E215", message, span, fix("convert one of the arguments"))

    def _pack(self, pattern: TensorPattern, t: TensorType | RecordArrayType, span: Span) -> None:
        at = pattern.pack
        if at is None:
            return
        p = pattern.dims[at]
        assert isinstance(p, TypeParameter)
        length = t.rank - (len(pattern.dims) - 1)
        if length < 0:
            axes = counted(t.rank, "dimension")
            message = f"a {t} has {axes}, and {pattern} has at least {len(pattern.dims) - 1}"
            raise self.report.error("E202", message, span)
        if p.name not in self.found:
            self.found[p.name] = t.dims[at : at + length]

    def extents(self, pattern: Pattern, t: Type, index: int, span: Span) -> None:
        """Bind dimension names that stand alone; a number is preferred to a name, a name to an unknown extent."""
        match pattern, t:
            case TensorPattern(), TensorType() | RecordArrayType():
                for axis, (declared, have) in enumerate(self.aligned(pattern, t)):
                    name = _alone(declared)
                    if name is None or name not in self.parameters:
                        continue
                    old = self.found.get(name)
                    if old is None or (isinstance(old, Dim) and name in self.first and _rank(have) < _rank(old)):
                        self.found[name] = have
                        self.first[name] = (index, axis)
            case TuplePattern(items=items), TupleType(items=types):
                for i, x in zip(items, types, strict=False):
                    self.extents(i, x, index, span)

    def compound(self, pattern: Pattern, t: Type) -> None:
        """Solve ``N + 2`` for a name that no dimension binds alone."""
        if not (isinstance(pattern, TensorPattern) and isinstance(t, TensorType | RecordArrayType)):
            return
        for declared, have in self.aligned(pattern, t):
            numbers = numbers_in(self.found)
            open_names = [n for n in declared.symbols if n not in numbers and n in self.parameters]
            if len(open_names) != 1:
                continue
            name = open_names[0]
            factor = dict(declared.terms).get((Symbol(name),), 0)
            rest = declared.substitute(numbers) - Dim.of(name) * factor
            gap = have - rest
            if factor > 0 and name not in rest.symbols and all(k % factor == 0 for _, k in gap.terms):
                self.found[name] = gap // factor

    def aligned(self, pattern: TensorPattern, t: TensorType | RecordArrayType) -> list[tuple[Dim, Dim]]:
        """Declared and actual extents, axis by axis; empty where the ranks differ.

        An extent in a pack has a name that nobody can declare: what it is bound to is the caller's, whose names may be
        those of the signature by chance.
        """
        declared: list[Dim] = []
        for d in pattern.dims:
            if isinstance(d, TypeParameter):
                pack = self.found.get(d.name, ())
                declared += [Dim.of(f"{d}[{i}]") for i, _ in enumerate(pack)] if isinstance(pack, tuple) else []
            else:
                declared.append(d)
        return list(zip(declared, t.dims, strict=True)) if len(declared) == t.rank else []


def _alone(dim: Dim) -> str | None:
    """The name that a dimension is, if it is one."""
    if len(dim.terms) == 1 and dim.terms[0][1] == 1 and len(dim.terms[0][0]) == 1:
        atom = dim.terms[0][0][0]
        return atom.name if isinstance(atom, Symbol) else None
    return None


def _rank(dim: Dim) -> int:
    return 0 if dim.value is not None else 1 if dim.is_known else 2


def relate(
    match: Match,
    patterns: Sequence[Pattern | None],
    arguments: Sequence[tree.Expression],
    names: Sequence[str],
    report: Report,
) -> tuple[tree.DimCheck, ...]:
    """What must be checked between arguments, for a dimension that several of them have to be one number.

    Raises:
        Invalid: E206, it provably is not.
    """
    checks: list[tree.DimCheck] = []
    failed: Invalid | None = None
    for index, (pattern, x) in enumerate(zip(patterns, arguments, strict=True)):
        if not (isinstance(pattern, TensorPattern) and isinstance(x.type, TensorType | RecordArrayType)):
            continue
        for axis, (declared, have) in enumerate(match.aligned(pattern, x.type)):
            name = _alone(declared)
            if name is None or name not in match.first:
                continue
            want = match.found[name]
            at, other_axis = match.first[name]
            assert isinstance(want, Dim)
            if have == want or (at == index and other_axis == axis):
                continue
            said = f"{name} is {want} in {names[at]} and {have} in {names[index]}"
            if differ(have, want):
                failed = report.error("E206", said, x.span, Note(f"{name} is {want} here", arguments[at].span))
            elif not (want.is_known and have.is_known):
                message = f"{name} is not one number in {names[at]} and {names[index]}"
                checks.append(tree.DimCheck(at, other_axis, index, axis, message))
    if failed is not None:
        raise failed
    return tuple(checks)
