"""Where a value meets a declared type: arguments, results, annotated names, elements; and two values each other."""

from __future__ import annotations

import ast
from dataclasses import replace

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.precision import DTYPES
from pyc.source import Span

from . import shapes, tree
from .annotations import spelled
from .check_operators import with_precision
from .composites import is_idle
from .context import Checker
from .dims import Dim
from .promotion import promoted
from .report import fix
from .type_words import told_apart
from .types import (
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    GeneratorType,
    RecordArrayType,
    RecordType,
    ScalarType,
    TensorType,
    TupleType,
    Type,
    is_plain_tuple,
    kind_of,
    with_items,
)
from .values import Element, Precision, PythonType, Value, text


@dataclass(frozen=True)
class Place:
    """A declared place. ``what`` is how messages call it (``the result``); ``span`` is where its type is written."""

    what: str
    type: Type
    span: Span | None
    code: str = "E204"
    #: Whether elements may widen on the way, into a new array.
    widens: bool = True

    @property
    def notes(self) -> tuple[Note, ...]:
        return (Note(f"{self.what} is declared here", self.span),) if self.span is not None else ()


def conform(c: Checker, x: tree.Expression, place: Place) -> tree.Expression:
    """``x`` as the type of a declared place.

    Raises:
        Invalid: the place's code, its type is another; E212, it would be narrowed; E205, its shape; E301, its target.
    """
    from .check_records import value_of

    if isinstance(place.type, GeneratorType) or isinstance(x.type, GeneratorType):
        if isinstance(place.type, GeneratorType) and isinstance(x.type, GeneratorType):
            return x
        raise _mismatch(c, x, place)
    if isinstance(place.type, ScalarType) and isinstance(x.type, ScalarType):
        return _scalar(c, x, x.type, place.type, place)
    if isinstance(place.type, TensorType) and isinstance(x.type, TensorType):
        return _tensor(c, x, x.type, place.type, place)
    if isinstance(place.type, TensorType) and not place.type.rank and isinstance(x.type, ScalarType):
        # What NumPy's operations make of an array without axes: here it is declared to be one again.
        value = _scalar(c, x, x.type, ScalarType(place.type.dtype), place)
        return tree.Fill(span=x.span, type=place.type, value=value, sizes=())
    if isinstance(place.type, RecordType):
        x = value_of(c, x)
    if isinstance(place.type, TupleType) and isinstance(x.type, TupleType) and _one_kind(x.type, place.type):
        return _tuple(c, x, x.type, place.type, place)
    if x.type == place.type:
        return x
    raise _mismatch(c, x, place)


def _one_kind(a: TupleType, b: TupleType) -> bool:
    """Whether both are tuples, or one record, or arrays of one record."""
    if isinstance(a, RecordArrayType) and isinstance(b, RecordArrayType):
        return a.record == b.record and a.rank == b.rank
    return a == b or (is_plain_tuple(a) and is_plain_tuple(b))


def _mismatch(c: Checker, x: tree.Expression, place: Place, *notes: Note):
    found, want = spelled(x.type, c.target), spelled(place.type, c.target)
    return c.error(place.code, f"{place.what} is a {want}, and this is a {found}", x.span, *place.notes, *notes)


def _scalar(c: Checker, x: tree.Expression, t: ScalarType, want: ScalarType, place: Place) -> tree.Expression:
    if t == want:
        return x
    if want.weak:
        if t.weak and (want == COMPLEX or (want == FLOAT and t != COMPLEX) or (want == INT and t == BOOL)):
            return c.cast(x, want.dtype, weak=True)
        value_kept = t.dtype == want.dtype or (promoted(t.dtype, want.dtype) == want.dtype and t.dtype != "u64")
        if value_kept and (
            kind_of(t.dtype) == kind_of(want.dtype) or want in (FLOAT, COMPLEX) or DTYPES[t.dtype].kind == "uint"
        ):
            return c.cast(x, want.dtype, weak=True)
        to = str(want)
        raise _mismatch(c, x, place, fix(f"`{to}(...)` converts"))
    if t.weak:
        order = ("bool", "int", "uint", "float", "complex")
        if order.index(kind_of(t.dtype)) <= order.index(kind_of(want.dtype)) and want.dtype != "bool":
            return c.cast(x, want.dtype)
        if t == BOOL and want.dtype == "bool":
            return c.cast(x, "bool")
    elif promoted(t.dtype, want.dtype) == want.dtype:
        return c.cast(x, want.dtype)
    if kind_of(t.dtype) == kind_of(want.dtype) or not t.weak:
        raise _narrowing(c, x, place, f"{want.dtype}({_text(x)})")
    raise _mismatch(c, x, place, fix(f"`{want.dtype}(...)` converts"))


def _narrowing(c: Checker, x: tree.Expression, place: Place, conversion: str):
    found, want = spelled(x.type, c.target), spelled(place.type, c.target)
    if isinstance(x.type, TensorType) and not x.type.precision.is_plain and x.type.dtype != x.type.precision.storage:
        stored = spelled(replace(x.type, dtype=x.type.precision.storage), c.target)
        message = f"{place.what} is a {want}, and this is a {stored}, which is computed in {x.type.dtype}"
        return c.error("E212", message, x.span, *place.notes, fix(f"a change of precision is written: `{conversion}`"))
    message = f"{place.what} is a {want}, and this is a {found}: it would lose precision or range"
    return c.error("E212", message, x.span, *place.notes, fix(f"narrowing is always written: `{conversion}`"))


def _text(x: tree.Expression) -> str:
    line = x.span.text.split("\n")[0]
    return line if len(line) <= 40 else "..."


def _receiver(x: tree.Expression) -> str:
    """An expression as it is written before ``.to(...)``."""
    line = _text(x)
    try:
        node = ast.parse(line, mode="eval").body
    except SyntaxError:  # `u /= 2` is a statement: its value has no text
        return "(...)"
    return line if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript) else f"({line})"


def _tensor(c: Checker, x: tree.Expression, t: TensorType, want: TensorType, place: Place) -> tree.Expression:
    if t.rank != want.rank:
        raise _mismatch(c, x, place)
    if not (t.target == want.target or want.target.accepts(t.target)):
        message = f"{place.what} is on {text(want.target)}, and this is on {text(t.target)}"
        notes = fix(f"`{_receiver(x)}.to({text(want.target)})` moves it")
        raise c.error("E301", message, x.span, *place.notes, notes)
    x = elements(c, x, t, want, place)
    return extents(c, x, want, place)


def elements(c: Checker, x: tree.Expression, t: TensorType, want: TensorType, place: Place) -> tree.Expression:
    """An array's elements under the precision of a place: rounded to storage, or widened where that is allowed."""
    if t.precision == want.precision:
        return with_precision(x, want.dtype, want.precision)
    same_storage = t.precision.storage == want.precision.storage and t.dtype == want.precision.storage
    if same_storage and t.precision.is_plain:
        return with_precision(x, want.dtype, want.precision)
    wider = t.dtype == t.precision.storage and promoted(t.dtype, want.precision.storage) == want.precision.storage
    if wider and place.widens and not same_storage:
        return with_precision(x, want.dtype, want.precision)
    conversion = f"{_receiver(x)}.to({want.precision})"
    if wider or same_storage:
        raise _mismatch(c, x, place, fix(f"`{conversion}` converts"))
    raise _narrowing(c, x, place, conversion)


def extents(c: Checker, x: tree.Expression, want: TensorType, place: Place) -> tree.Expression:
    """An array with the declared extents: proved, refused, or checked at run time."""
    t = x.type
    assert isinstance(t, TensorType)
    checks: list[tuple[int, object, str]] = []
    for axis, (found, declared) in enumerate(zip(t.dims, want.dims, strict=True)):
        if found == declared or not declared.is_known:
            continue  # what is known only at run time is what it is
        if shapes.differ(found, declared):
            message = (
                f"{place.what} has shape {shapes.shape_text(want.dims)},"
                f" and this has shape {shapes.shape_text(t.dims)}: axis {axis} is {found}, not {declared}"
            )
            raise c.error("E205", message, x.span, *place.notes)
        said = f"{found}" if found.is_known else f"the length of axis {axis}"
        checks.append(
            (axis, declared, f"{place.what} has shape {shapes.shape_text(want.dims)}: {said} is not {declared}")
        )
    if t.dims == want.dims:
        return x
    t = TensorType(t.dtype, want.dims, t.precision, t.target)
    return tree.Conform(span=x.span, type=t, x=x, checks=tuple(checks))  # type: ignore[arg-type]


def _tuple(c: Checker, x: tree.Expression, t: TupleType, want: TupleType, place: Place) -> tree.Expression:
    if len(t.items) != len(want.items):
        raise _mismatch(c, x, place)
    if t == want:
        return x

    def build(v: tree.Expression) -> tree.Expression:
        parts = v.items if isinstance(v, tree.Tuple) else None
        items = tuple(
            conform(
                c,
                parts[i] if parts else tree.TupleItem(span=v.span, type=t.items[i], x=v, index=i),
                Place(_part(place, want, i), w, place.span, place.code, place.widens),
            )
            for i, w in enumerate(want.items)
        )
        return tree.Tuple(span=x.span, type=with_items(want, tuple(i.type for i in items)), items=items)

    return build(x) if isinstance(x, tree.Tuple) or is_idle(x) else c.once_only(x, build)


def _part(place: Place, t: TupleType, index: int) -> str:
    """How messages call an item of a place: fields of an array of records are no places of their own."""
    return f"item {index} of {place.what}" if is_plain_tuple(t) else place.what


def repeated(c: Checker, x: tree.Expression, place: Place) -> tree.Expression:
    """A value whose declared type names an extent known only at run time several times: they are compared there."""
    found: dict[Dim, list[tuple[int | None, int]]] = {}
    parts = place.type.items if isinstance(place.type, TupleType) else (place.type,)
    for i, t in enumerate(parts):
        for axis, d in enumerate(t.dims if isinstance(t, TensorType) else ()):
            if not d.is_known:
                found.setdefault(d, []).append((i if isinstance(place.type, TupleType) else None, axis))
    groups = [g for g in found.values() if len(g) > 1]
    if not groups:
        return x

    def extent(value: tree.Expression, item: int | None, axis: int) -> tree.Expression:
        if item is not None:
            value = tree.TupleItem(span=value.span, type=parts[item], x=value, index=item)
        return tree.Extent(span=value.span, type=INT, x=value, axis=axis)

    def checked(value: tree.Expression) -> tree.Expression:
        body = value
        for first, *others in groups:
            for other in others:
                sides = (extent(value, *first), extent(value, *other))
                same = tree.Compare(span=x.span, type=BOOL, predicate="eq", lhs=sides[0], rhs=sides[1])
                message = f"{place.what} is declared with equal extents, and they differ"
                body = tree.Checked(
                    span=x.span, type=body.type, condition=same, exception="ValueError", message=message, body=body
                )
        return body

    return c.once_only(x, checked)


# --- two values -------------------------------------------------------------------------------------------------------


def agreed(c: Checker, a: tree.Expression, b: tree.Expression, span: Span) -> tuple[tree.Expression, tree.Expression]:
    """Two expressions of which one is the result, in one type: a number literal takes the other's.

    Raises:
        Invalid: E208, their types differ.
    """
    if a.type == b.type:
        return a, b
    if (x := literal_as(c, a, b.type)) is not None or (x := _held_literal_as(c, a, b.type)) is not None:
        return x, b
    if (x := literal_as(c, b, a.type)) is not None or (x := _held_literal_as(c, b, a.type)) is not None:
        return a, x
    if (both := _opened(c, a, b)) is not None:
        return both
    mend = fix("convert one of them, for both ways to have one type")
    if {a.type, b.type} == {INT, FLOAT}:
        whole = a if a.type == INT else b
        mend = fix(
            f"CPython gives an int on one way and a float on the other, and compiled code has one type for both:"
            f" `float({whole.span.text})`"
        )
    one, other = told_apart(a.type, b.type, c.target)
    raise c.error(
        "E208", f"this is {one} or {other}", span, Note(f"{one} here", a.span), Note(f"{other} here", b.span), mend
    )


def _opened(c: Checker, a: tree.Expression, b: tree.Expression) -> tuple[tree.Expression, tree.Expression] | None:
    """Arrays that differ in extents, as ones whose extents are found at run time."""
    s, t = a.type, b.type
    if not (isinstance(s, TensorType) and isinstance(t, TensorType)) or c.target.name != "cpu":
        return None
    if s.rank != t.rank or replace(s, dims=t.dims) != t:
        return None
    dims = tuple(d if d == e else c.fresh_dim() for d, e in zip(s.dims, t.dims, strict=True))
    wide = replace(s, dims=dims)
    first, other = (tree.Conform(span=x.span, type=wide, x=x, checks=(), opened="the expression") for x in (a, b))
    return first, other


def literal_as(c: Checker, x: tree.Expression, t: Type) -> tree.Expression | None:
    """A number literal as another number type; ``None`` where ``x`` is none or would lose its value."""
    if isinstance(x, tree.Constant) and isinstance(x.type, ScalarType) and literal_fits(x.type, t):
        assert isinstance(t, ScalarType)
        return c.cast(x, t.dtype, weak=t.weak)
    return None


def _held_literal_as(c: Checker, x: tree.Expression, t: Type) -> tree.Expression | None:
    """The name of a number literal as another number type: ``low = 0`` in ``low = min(low, x[i])``."""
    if not isinstance(x, tree.Local) or c.env is None:
        return None
    slot = c.env.get(x.variable.name)
    if slot is None or slot.variable is not x.variable or not slot.literal or not literal_fits(x.type, t):
        return None
    assert isinstance(t, ScalarType)
    return c.cast(x, t.dtype, weak=t.weak)


def literal_fits(literal: Type, t: Type) -> bool:
    """Whether a literal ``int``, ``float`` or ``complex`` may become a number of type ``t``."""
    if literal not in (INT, FLOAT, COMPLEX) or not isinstance(t, ScalarType) or t.dtype == "bool":
        return False
    kind = kind_of(t.dtype)
    return literal == INT or kind == "complex" or (literal == FLOAT and kind == "float")


def static_dtype(value: tree.Expression | Value) -> Element | Precision | None:
    """The element type or precision that a compile-time value names: ``f32``, ``np.float32``, ``x.dtype``."""
    match value:
        case Element() | Precision():
            return value
        case PythonType("int"):
            return Element("i64")
        case PythonType("float"):
            return Element("f64")
        case PythonType("bool"):
            return Element("bool")
        case PythonType("complex"):
            return Element("c128")
        case str():
            return next((Element(n) for n, d in DTYPES.items() if d.numpy == value), None)
        case _:
            return None
