"""What the arguments of a call say about the function that is compiled for it: their types, and its constants."""

from __future__ import annotations

import builtins
import math
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import numpy as np

from pyc.annotations import OptionalSpec, OtherSpec, ScalarSpec, Spec, TupleSpec, spell
from pyc.records import Record, RecordType, SoA
from pyc.target import Target
from pyc.targets.cpu._foreign import article, seen
from pyc.targets.interpreter import Array
from pyc.targets.interpreter.rounding import dtype_of


def kind(name: str, value: Any, declared: Spec) -> str:
    """The type of an argument as an annotation; extents stay open."""
    if (record := record_named(value)) is not None:
        return record
    if isinstance(value, np.generic):
        return dtype_of(value.dtype).name
    if type(value) in (bool, int, float, complex):
        return type(value).__name__
    if isinstance(value, tuple):
        items = declared.items if isinstance(declared, TupleSpec) else [OtherSpec(None)] * len(value)
        return f"tuple[{', '.join(kind(name, v, s) for v, s in zip(value, items, strict=False))}]"
    if not isinstance(value, np.ndarray):
        if isinstance(value, str) or not _is_array(value):
            raise TypeError(f"{name} is {article(value)}, which compiled functions do not take")
        value = seen(name, "the function", value)
    element = str(value.precision) if isinstance(value, Array) else dtype_of(value.dtype).name
    if isinstance(declared, ScalarSpec) and not value.ndim:
        return element
    place = [spelled(value.target)] if isinstance(value, Array) and value.target.name != "cpu" else []
    return f"Tensor[{', '.join([element, *'_' * value.ndim, *place])}]"


def is_constant(value: Any, declared: Spec) -> bool:
    """Whether an argument is a constant of the instance that is compiled, where its annotation lets it be one."""
    if isinstance(declared, OptionalSpec):
        return value is None
    return isinstance(declared, OtherSpec) and _may_be_constant(value)


def _may_be_constant(value: Any) -> bool:
    """Whether a value is None, a string, or a function."""
    return value is None or isinstance(value, str) or (callable(value) and not isinstance(value, type | np.generic))


def static_kind(name: str, value: Any, names: Mapping[str, Any]) -> str:
    """An argument that is known at compile time, as the compiler finds it: by its name in the file, or in a library.

    Raises:
        TypeError: it has none.
    """
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"L[{value!r}]"
    for library in (np, math, builtins):
        word = getattr(value, "__name__", "")
        if getattr(library, word, None) is value:
            return word if library is builtins else f"{library.__name__}.{word}"
    for word, known in names.items():
        if known is value and word.isidentifier():
            return word
    raise TypeError(f"{name} is a function that has no name in its file: define it there with `def`")


def _is_array(value: Any) -> bool:
    """Whether a value is an array of another library, or a buffer."""
    if any(hasattr(value, a) for a in ("__dlpack__", "__array_interface__", "__array__")):
        return not isinstance(value, type)
    try:
        memoryview(value)
    except TypeError:
        return False
    return True


def spelled(value: Any) -> str:
    if isinstance(value, Target) and value.chip:
        return f'{value.name}("{value.chip}")'
    return spell(value)


def key(value: Any) -> object:
    """What an argument adds to the choice of an entry; cheaper than its type's spelling."""
    if isinstance(value, Array):
        return value.precision, value.ndim, value.target
    if isinstance(value, SoA):
        return value._record, value.ndim
    if isinstance(value, np.ndarray):
        return value.dtype, value.dtype.type, value.ndim
    if isinstance(value, tuple):
        return tuple(map(key, value))
    if _may_be_constant(value):
        return value
    if isinstance(value, (int, float, complex, str, np.generic)) or not _is_array(value):
        return type(value)
    try:
        found = seen("", "", value)
    except (TypeError, ValueError):
        return type(value)  # refused by name where its type is spelled, or by what is called
    return found.dtype, found.ndim


def record_named(value: Any) -> str | None:
    """The type of a record, or of an array of records, as an annotation; ``None`` for anything else."""
    if isinstance(value, Record):
        return value._record.__name__
    if isinstance(value, SoA):
        return f"Tensor[{', '.join([value._record.__name__, *'_' * value.ndim])}]"
    if isinstance(value, np.ndarray) and issubclass(value.dtype.type, Record):
        return f"Tensor[{', '.join([value.dtype.type._record.__name__, *'_' * value.ndim])}]"
    return None


def records_in(function: FunctionType) -> dict[str, Any]:
    """The record classes that a function's file has, by the names that signatures give them."""
    found: dict[str, Any] = {}
    for value in function.__globals__.values():
        if isinstance(value, RecordType):
            found[value.__name__] = value
            found |= {c.__name__: c for c in value.instances()}
    return found
