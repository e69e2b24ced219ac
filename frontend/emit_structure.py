"""What loaders are told of a function whose parameters or result are tuples or records (``signature.structure_of``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from . import tree
from .composites import flat
from .types import NoneType, RecordArrayType, RecordType, ScalarType, TensorType, TupleType, Type


def fixed_text(function: tree.Function) -> str:
    """The parameters that the function is compiled for one value of, as ``signature.fixed_of`` reads them."""
    return json.dumps(function.fixed) if function.fixed else ""


def structure_text(function: tree.Function) -> str:
    """How the user's parameters and result are made of the function's, as JSON; empty where they are these."""
    plain = not any(isinstance(v.type, TupleType) for v in function.named)
    if plain and flat(function.returned) == function.returned:
        return ""
    found: dict[str, Any] = {}
    numbers = count()
    parameters = [
        {
            "name": v.name,
            "type": v.annotation or str(v.type),
            "value": _value(v.type, numbers, found),
            "default": v.default,
            "only": v.only,
        }
        for v in function.named
    ]
    result = None if isinstance(function.returned, NoneType) else _value(function.returned, count(), found)
    return json.dumps(
        {"parameters": parameters, "result": result, "type": function.result_annotation, "records": found}
    )


def _value(t: Type, numbers: Iterator[int], found: dict[str, Any]) -> Any:
    match t:
        case RecordType(items=items):
            _describe(t, found)
            return {"record": t.name, "fields": [_value(i, numbers, found) for i in items]}
        case RecordArrayType(items=items, record=record):
            _describe(record, found)
            return {"records": record.name, "fields": [_value(i, numbers, found) for i in items]}
        case TupleType(items=items):
            return {"tuple": [_value(i, numbers, found) for i in items]}
        case NoneType():
            return None
        case _:
            return next(numbers)


def _describe(t: RecordType, found: dict[str, Any]) -> None:
    """Add a record, after those that it holds."""
    fields = [[name, _kind(i, found)] for name, i in zip(t.fields, t.items, strict=True)]
    found[t.name] = {"fields": fields, "layout": t.layout}


def _kind(t: Type, found: dict[str, Any]) -> Any:
    match t:
        case RecordType():
            _describe(t, found)
            return {"record": t.name}
        case TupleType(items=items):
            return {"tuple": [_kind(i, found) for i in items]}
        case TensorType(dtype=dtype, dims=dims):
            return {"array": [dtype, [d.value for d in dims]]}
        case ScalarType():
            return str(t)
        case _:
            raise TypeError(f"no field holds a {t}")


def strided_results(function: tree.Function, returns: tuple[int, ...]) -> set[int]:
    """The results that are fields of arrays of records: their places are parts of such an array."""
    leaves = list(_interleaved(function.returned, inside=False))
    return {k for k, inside in zip(returns, leaves, strict=True) if inside and k >= 0}


def _interleaved(t: Type, *, inside: bool) -> Iterator[bool]:
    match t:
        case RecordArrayType(items=items, record=record):
            for i in items:
                yield from _interleaved(i, inside=record.layout == "aos")
        case TupleType(items=items):
            for i in items:
                yield from _interleaved(i, inside=inside)
        case NoneType():
            pass
        case _:
            yield inside
