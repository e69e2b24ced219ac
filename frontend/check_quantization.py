"""``pyc.Quantization(i8, scale=0.02)`` among annotations: whether it is one, and one of what it is said of."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from pyc import quantization
from pyc.quantization import FIELDS, KEY
from pyc.source import Span

from . import tree
from .report import Report, fix
from .static import Scope, Static
from .types import ScalarType, TensorType, Type
from .values import LibraryName

_WORD = "`pyc.annotate(x, quantization=pyc.Quantization(i8, scale=0.02, zero_point=3))`"


def is_call(static: Static, node: ast.expr, scope: Scope) -> bool:
    """Whether an expression is ``pyc.Quantization(...)``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return False
    return static.evaluate(node.func, scope) == LibraryName("pyc", "Quantization")


def fields(report: Report, name: str, node: ast.expr, scope: Scope) -> dict[str, ast.expr]:
    """The arguments of ``pyc.Quantization(...)`` by field, where it stands under its own name.

    Raises:
        Invalid: E137, it does not, or an argument is none of its own.
    """
    assert isinstance(node, ast.Call)
    if name != KEY:
        raise report.error("E137", f"a quantisation is said under the name {KEY}, not {name}", scope.span(node))
    found = dict(zip(FIELDS, node.args, strict=False))
    for k in node.keywords:
        if k.arg not in FIELDS or k.arg in found:
            message = f"pyc.Quantization takes {', '.join(FIELDS)}, each once, and not {k.arg or '**'}"
            raise report.error("E137", message, scope.span(k), fix(_WORD))
        found[k.arg] = k.value
    if len(node.args) > len(FIELDS) or "dtype" not in found:
        message = "pyc.Quantization takes an element type first, and then what is said of it"
        raise report.error("E137", message, scope.span(node), fix(_WORD))
    return found


def settled(report: Report, said: Mapping[str, Any], span: Span) -> dict[str, Any]:
    """The record of what is said.

    Raises:
        Invalid: E137, it contradicts itself.
    """
    record = quantization.recorded(said)
    found = quantization.problem(record)
    if found:
        raise report.error("E137", found, span, fix(_WORD))
    return record


def checked(report: Report, name: str, said: Any, span: Span) -> Any:
    """An annotation; one that is the record of a quantisation is one.

    Raises:
        Invalid: E137, it is, and contradicts itself.
    """
    return settled(report, said, span) if name == KEY and quantization.is_record(said) else said


def fits(report: Report, said: Mapping[str, Any], t: Type, span: Span) -> None:
    """Check that a tensor can be quantised as is said of it.

    Raises:
        Invalid: E137, it cannot.
    """
    record = said.get(KEY)
    if not quantization.is_record(record) or not isinstance(t, TensorType | ScalarType):
        return
    found = quantization.misfit(record, [d.value for d in t.dims] if isinstance(t, TensorType) else [])
    if found:
        raise report.error("E137", f"this {t} cannot be quantised so: {found}", span, fix(_WORD))


def declared(report: Report, function: tree.Function) -> None:
    """Check what is said of the parameters, weights and results of a function where they are declared.

    Raises:
        Invalid: E137, one of them cannot be quantised as is said of it.
    """
    for v in (*function.parameters, *function.weights):
        fits(report, v.said, v.type, v.span)
    fits(report, function.of_result, function.returned, function.span)
