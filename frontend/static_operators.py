"""Operators on compile-time values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from pyc.precision import Precision

from .values import Element, PythonType, Value

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
}


def plain_element(value: Value) -> Any:
    """Element types as their names, so that a plain precision and the element type compare equal."""
    match value:
        case Element(dtype):
            return dtype
        case PythonType(name):
            return {"int": "i64", "float": "f64", "bool": "bool", "complex": "c128"}.get(name, name)
        case Precision() if value.is_plain:
            return value.storage
        case _:
            return value


def is_huge(value: object) -> bool:
    return isinstance(value, int) and value.bit_length() > 4096
