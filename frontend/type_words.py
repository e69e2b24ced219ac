"""Types in messages: the words for two that differ, also where they are written alike, and what to do about it."""

from __future__ import annotations

from pyc.target import Target

from .annotations import spelled
from .types import (
    FLOAT,
    INT,
    NoneType,
    RecordArrayType,
    RecordType,
    ScalarType,
    StaticType,
    TensorType,
    TupleType,
    Type,
    is_plain_tuple,
)
from .values import Applied, Closure, Definition, Partial


def named(t: Type, home: Target) -> str:
    """A type for a message: ``a Tensor[f32, N]``, ``the function gelu``. Types that look alike are told apart."""
    if t == ScalarType("bool"):
        return "a bool of NumPy's"
    if isinstance(t, RecordArrayType) and not t.dims:
        return f"a {spelled(t, home)} in an array"
    return str(t) if isinstance(t, StaticType | NoneType) else f"a {spelled(t, home)}"


def told_apart(one: Type, other: Type, home: Target) -> tuple[str, str]:
    """Words for two types that differ, which differ too."""
    words = named(one, home), named(other, home)
    if words[0] != words[1]:
        return words
    match one, other:
        case RecordType(), RecordType() if _file(one) != _file(other):
            return f"{words[0]} of {_file(one)}", f"{words[1]} of {_file(other)}"
        case TupleType(items=items), TupleType(items=others) if is_plain_tuple(one) and len(items) == len(others):
            at = next(i for i, pair in enumerate(zip(items, others, strict=True)) if pair[0] != pair[1])
            inner = told_apart(items[at], others[at], home)
            return tuple(f"{w} whose item {at} is {i}" for w, i in zip(words, inner, strict=True))  # type: ignore[return-value]
        case TensorType(), TensorType() if one.precision != other.precision:
            return f"{words[0]} in {one.precision}", f"{words[1]} in {other.precision}"
        case TensorType(), TensorType() if one.dims != other.dims:
            return words[0], f"{words[1]} of other extents"
        case _:
            return f"{words[0]} of one kind", f"{words[1]} of another kind"


def _file(t: RecordType) -> str:
    """The file in which the class of a record is."""
    definition = t.key.definition if isinstance(t.key, Applied) else None
    return definition.namespace.path if isinstance(definition, Definition) else ""


def agreement(name: str, one: Type, other: Type) -> str:
    """What to write where a name holds two types on two paths."""
    types = (one, other)
    static = [t.value for t in types if isinstance(t, StaticType)]
    if None in static and len(static) == 1:
        number = next(t for t in types if not isinstance(t, StaticType))
        start = f"{number}(0)" if isinstance(number, ScalarType) and not number.weak else "0"
        return f"begin with a value instead of None (`{name} = {start}`), and keep in a bool whether there is one"
    if len(static) == 2 and all(isinstance(v, str) for v in static):
        return "strings are known at compile time: use numbers for cases, as in `mode = 0`"
    if len(static) == 2 and all(isinstance(v, Closure | Partial | Definition) for v in static):
        return "functions are known at compile time: call each on its own path, and keep the result"
    if {type(t) for t in types} == {RecordType, RecordArrayType}:
        record = next(t for t in types if isinstance(t, RecordType))
        return f"make a {record} of the element: `dataclasses.replace(...)`, with `import dataclasses`"
    if INT in types and FLOAT in types:
        return "`float(...)` makes a float of the int"
    numbers = [t for t in types if isinstance(t, ScalarType)]
    if len(numbers) == 2 and (strong := [t for t in numbers if not t.weak]):
        return f"`{strong[0]}(...)` converts, or use two names"
    return "convert one of them, or use two names"
