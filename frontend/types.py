"""The types of expressions as the checker knows them: element types, symbolic shapes, precision and target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TypeGuard

from pyc.dataclass import dataclass
from pyc.precision import DTYPES, Precision
from pyc.target import Target

from .dims import Dim


@dataclass(frozen=True)
class ScalarType:
    """A number. ``weak`` is Python's own ``int``, ``float``, ``bool`` or ``complex``; otherwise a sized one."""

    dtype: str
    weak: bool = False

    def __str__(self) -> str:
        weak = {"i64": "int", "f64": "float", "bool": "bool", "c128": "complex"}
        return weak[self.dtype] if self.weak else self.dtype


INT, FLOAT, BOOL = ScalarType("i64", weak=True), ScalarType("f64", weak=True), ScalarType("bool", weak=True)
COMPLEX = ScalarType("c128", weak=True)


@dataclass(frozen=True)
class TensorType:
    """An array. ``dtype`` is what the elements are now; ``precision`` is the policy of the value.

    A plain ``f16`` array has dtype ``f16`` and precision ``f16``. A ``Mixed[f16, f32]`` array has dtype ``f16`` where
    it is stored and ``f32`` once it has been read.
    """

    dtype: str
    dims: tuple[Dim, ...]
    precision: Precision
    target: Target

    @property
    def rank(self) -> int:
        return len(self.dims)

    def __str__(self) -> str:
        element = str(self.precision) if self.dtype == self.precision.storage else self.dtype
        return f"Tensor[{', '.join([element, *map(str, self.dims)])}]"


@dataclass(frozen=True)
class GeneratorType(TensorType):
    """A generator of random numbers: the words of its state. Only its methods know that it is an array."""

    def __str__(self) -> str:
        return "Generator"


@dataclass(frozen=True)
class TupleType:
    items: tuple[Type, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True)
class RecordType(TupleType):
    """A record: a tuple of its fields' values. ``key`` tells records of one name apart (the class and its arguments).

    ``bindings`` are the type parameters of the class as this record has them, for its methods.
    """

    name: str
    fields: tuple[str, ...]
    key: object
    bindings: Mapping[str, object] = field(compare=False)
    layout: str = field(default="aos", compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class RecordArrayType(TupleType):
    """An array of records: a tuple of one array for each field, all with the extents ``dims`` first.

    Without dims it is one element of such an array, in the array's memory: NumPy's ``bodies[i]``.
    """

    record: RecordType
    dims: tuple[Dim, ...]
    target: Target

    @property
    def rank(self) -> int:
        return len(self.dims)

    def __str__(self) -> str:
        return f"Tensor[{', '.join([str(self.record), *map(str, self.dims)])}]" if self.dims else str(self.record)


def records(record: RecordType, dims: tuple[Dim, ...], target: Target) -> RecordArrayType:
    """The type of an array of records."""
    return RecordArrayType(tuple(_column(t, dims, target) for t in record.items), record, dims, target)


def _column(t: Type, dims: tuple[Dim, ...], target: Target) -> Type:
    """The type of what an array of records holds for one field."""
    match t:
        case ScalarType(dtype=dtype):
            return TensorType(dtype, dims, Precision.plain(dtype), target)
        case TensorType():
            return TensorType(t.dtype, (*dims, *t.dims), t.precision, target)
        case RecordType():
            return records(t, dims, target)
        case TupleType(items=items):
            return TupleType(tuple(_column(i, dims, target) for i in items))
        case _:
            return t


def with_items(t: TupleType, items: tuple[Type, ...]) -> TupleType:
    """A tuple or record with other types of its items; an array of records has the extents that these have."""
    if isinstance(t, RecordType):
        return RecordType(items, t.name, t.fields, t.key, t.bindings, t.layout)
    if isinstance(t, RecordArrayType):
        first = next(iter(leaves(items)), None)
        dims = first.dims[: t.rank] if isinstance(first, TensorType) else t.dims
        return RecordArrayType(items, t.record, dims, t.target)
    return TupleType(items)


def leaves(items: tuple[Type, ...]) -> Iterator[Type]:
    """The types that are neither tuples nor records, in types and inside of them."""
    for t in items:
        if isinstance(t, TupleType):
            yield from leaves(t.items)
        else:
            yield t


def leaf_types(t: Type) -> tuple[Type, ...]:
    """The types of the values that a type consists of: tuples and records taken apart; none for None."""
    if isinstance(t, TupleType):
        return tuple(leaves(t.items))
    return () if isinstance(t, NoneType) else (t,)


def is_plain_tuple(t: Type) -> TypeGuard[TupleType]:
    """Whether a type is a tuple, and neither a record nor an array of records."""
    return isinstance(t, TupleType) and not isinstance(t, RecordType | RecordArrayType)


def is_array(t: Type) -> TypeGuard[TensorType]:
    """Whether a type is an array of elements that programs see: a generator is none."""
    return isinstance(t, TensorType) and not isinstance(t, GeneratorType)


@dataclass(frozen=True)
class NoneType:
    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True)
class StaticType(NoneType):
    """What is known at compile time: a function, a string, None. Nothing of it exists at run time.

    A name that holds the same value on all paths has the same type on them; another value is another type.
    """

    value: object

    def __str__(self) -> str:
        from .values import described

        return described(self.value)  # type: ignore[arg-type]


Type = ScalarType | TensorType | TupleType | NoneType


def kind_of(dtype: str) -> str:
    """``bool``, ``int``, ``uint``, ``float`` or ``complex``."""
    return DTYPES[dtype].kind


def has_static(t: object) -> bool:
    """Whether a type has parts that exist at compile time only."""
    return isinstance(t, StaticType) or any(has_static(i) for i in getattr(t, "items", ()) if not isinstance(t, dict))
