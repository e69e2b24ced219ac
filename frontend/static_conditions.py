"""Conditions that are decided when the file is compiled: on types, None, strings, and what else is known then."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from pyc.precision import DTYPES
from pyc.source import Span

from . import check_records, tree
from .context import Checker
from .report import fix
from .types import (
    NoneType,
    RecordArrayType,
    RecordType,
    ScalarType,
    StaticType,
    TensorType,
    TupleType,
    Type,
    kind_of,
)
from .values import (
    Applied,
    Closure,
    Definition,
    Element,
    LibraryName,
    Method,
    ModuleInstance,
    Partial,
    PythonType,
    Value,
)

_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
#: NumPy's abstract classes of numbers: the kinds of element types in each.
_ABSTRACT = {
    "generic": ("bool", "int", "uint", "float", "complex"),
    "number": ("int", "uint", "float", "complex"),
    "integer": ("int", "uint"),
    "signedinteger": ("int",),
    "unsignedinteger": ("uint",),
    "inexact": ("float", "complex"),
    "floating": ("float",),
    "complexfloating": ("complex",),
}
#: The classes of Python's own numbers, each with those that it derives from.
_WEAK = {"i64": ("int",), "f64": ("float",), "bool": ("bool", "int"), "c128": ("complex",)}


def truth(value: Value) -> bool:
    """``bool(value)`` of a value that is known at compile time."""
    return bool(value) if value is None or isinstance(value, bool | int | float | complex | str | tuple) else True


def compared(c: Checker, op: ast.cmpop, left: Value, right: Value, span: Span) -> bool:
    """A comparison of two compile-time values.

    Raises:
        Invalid: E112, they cannot be compared.
    """
    if isinstance(op, ast.In | ast.NotIn) and isinstance(right, tuple):
        return any(c.static.same(ast.Eq(), left, r, span) for r in right) == isinstance(op, ast.In)
    if isinstance(op, ast.In | ast.NotIn) and isinstance(right, str) and isinstance(left, str):
        return (left in right) == isinstance(op, ast.In)
    if type(op) in _ORDER and isinstance(left, str) and isinstance(right, str):
        return _ORDER[type(op)](left, right)
    return c.static.same(op, left, right, span)


def member(op: ast.cmpop, left: tree.Expression | Value, right: tree.Expression | Value) -> bool | None:
    """A comparison of what exists at run time with None, a string or a function: they are never equal."""
    for a, b in ((left, right), (right, left)):
        if isinstance(a, tree.Expression) and not isinstance(b, tree.Expression | bool | int | float | complex | tuple):
            if isinstance(a.type, TensorType) and isinstance(op, ast.Eq | ast.NotEq):
                return None  # NumPy compares element by element
            if isinstance(op, ast.Eq | ast.Is):
                return False
            if isinstance(op, ast.NotEq | ast.IsNot):
                return True
    return None


def is_instance(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    """``isinstance(x, classes)``, decided by the type of ``x``.

    Raises:
        Invalid: E203, E202, the arguments make no sense; E122, a class that is not known here.
    """
    if len(node.args) != 2 or node.keywords:
        raise c.error("E203", "isinstance takes a value and a class, or a tuple of classes", span)
    value = c.value(node.args[0])
    t = value.type if isinstance(value, tree.Expression) else StaticType(value)
    return c.runtime(any(_is(c, t, k, node.args[1]) for k in _classes(c, node.args[1])), span)


def is_record_of(record: RecordType, known: Definition | Applied) -> bool:
    """Whether a record is one of a class, or of an instance of a generic class."""
    assert isinstance(record.key, Applied)
    return record.key == known if isinstance(known, Applied) else record.key.definition is known


def _classes(c: Checker, node: ast.expr) -> tuple[Value, ...]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return (*_classes(c, node.left), *_classes(c, node.right))
    value = c.value(node)
    if isinstance(value, tree.Expression):
        raise c.error("E202", "the second argument of isinstance is a class", value.span)
    return value if isinstance(value, tuple) else (value,)


def _is(c: Checker, t: Type, known: Value, node: ast.expr) -> bool:
    match known:
        case None:
            return isinstance(t, NoneType) and not (isinstance(t, StaticType) and t.value is not None)
        case PythonType(name="str"):
            return isinstance(t, StaticType) and isinstance(t.value, str)
        case PythonType(name="tuple"):
            return type(t) is TupleType or (isinstance(t, StaticType) and isinstance(t.value, tuple))
        case PythonType(name="list" | "dict" | "set"):
            return False
        case PythonType(name=name):
            if not isinstance(t, ScalarType):
                return False
            # np.float64 and np.complex128 derive from Python's classes.
            return (
                name in _WEAK.get(t.dtype, ()) if t.weak else name == {"f64": "float", "c128": "complex"}.get(t.dtype)
            )
        case Element(dtype=dtype):
            return isinstance(t, ScalarType) and not t.weak and t.dtype == dtype
        case LibraryName(library="numpy", name="ndarray") | LibraryName(library="pyc", name="Array"):
            return isinstance(t, TensorType)
        case LibraryName(library="numpy", name=name) if name in _ABSTRACT:
            return isinstance(t, ScalarType) and not t.weak and kind_of(t.dtype) in _ABSTRACT[name]
        case LibraryName(library="typing", name="Callable"):
            functions = Definition | Closure | Partial | Method | LibraryName | ModuleInstance
            return isinstance(t, StaticType) and isinstance(t.value, functions)
        case Definition() | Applied():
            definition = known.definition if isinstance(known, Applied) else known
            held = t.value if isinstance(t, StaticType) else None
            if isinstance(held, ModuleInstance):
                return definition in c.instances.modules.lineage(held.module.definition)
            if isinstance(t, RecordType | RecordArrayType):
                return check_records.is_record(t) and is_record_of(check_records.record_of(t), known)
            return getattr(t, "definition", None) is definition
        case _:
            message = f"isinstance with `{c.span(node).text}` is not supported in compiled code"
            kinds = "int, float, bool, str, tuple, np.ndarray, module classes and element types"
            raise c.error("E122", message, c.span(node), fix(f"it knows {kinds} ({', '.join(list(DTYPES)[:3])}, ...)"))
