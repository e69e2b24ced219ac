"""Versions of ONNX's operator set: which operators each has, for which element types."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import onnx
from onnx import helper

from .types import TYPES

#: The versions that ONNX Runtime runs of those that can say enough of the language; 24 is what it runs best.
OLDEST, DEFAULT, NEWEST = 17, 24, 26
#: What models need in any case: metadata of nodes, and device configurations, are said from this version on.
_IR_VERSION = 12


def ir_version(opset: int) -> int:
    """The version of the format of a model with an operator set."""
    return max(_IR_VERSION, *(row[1] for row in helper.VERSION_TABLE if row[2] == opset))


@cache
def missing(
    op_type: str, dtypes: Sequence[str], attributes: Collection[str], opset: int, gives: Sequence[str] = ()
) -> str:
    """Why an operator set has no such operator, or not one that takes and ``gives`` these element types; else empty."""
    schema = _schema(op_type, opset)
    if schema is None:
        return f"{op_type}, which ONNX has from opset {_first(op_type)} on"
    for attribute in attributes:
        if attribute not in schema.attributes:
            return f"'{attribute}' of {op_type}, which opset {opset} does not have"
    for listed, known, word in ((dtypes, schema.inputs, "of"), (gives, schema.outputs, "to")):
        for index, dtype in enumerate(listed):
            parameter = known[min(index, len(known) - 1)]
            if f"tensor({TYPES[dtype].name.lower()})" not in parameter.types:
                return f"{op_type} {word} {dtype}, which opset {opset} does not have"
    return ""


@cache
def _schema(op_type: str, opset: int) -> Any:
    try:
        return onnx.defs.get_schema(op_type, opset, "")
    except onnx.defs.SchemaError:
        return None


def _first(op_type: str) -> int:
    return min(s.since_version for s in onnx.defs.get_all_schemas_with_history() if s.name == op_type and not s.domain)
