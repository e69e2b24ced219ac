"""Matrix products. ONNX's ``MatMul`` has no accumulator type: its operands are widened to the one that accumulates."""

from __future__ import annotations

from typing import Any

import onnx_ir as ir

from pyc.dialects.types import shape_of

from .elementwise import convert
from .rule import Rule
from .scope import Scope, dtype_name, program_dtype
from .types import arithmetic_type, working_type


def _matmul(scope: Scope, op: Any) -> ir.Value:
    """Products of narrower floats are exact in the accumulator's type; integers wrap in any type wide enough."""
    result = program_dtype(op.results[0])
    work = working_type("MatMul", arithmetic_type(result))
    a, b = (_widened(scope, scope[v], work) for v in (op.lhs, op.rhs))
    # Vectors as matrices: ONNX Runtime's product of a transposed matrix and a vector is wrong.
    row, column = (len(shape_of(v.type)) == 1 for v in (op.lhs, op.rhs))
    a = scope.op("Unsqueeze", a, scope.constant([0], "i64")) if row else a
    b = scope.op("Unsqueeze", b, scope.constant([1], "i64")) if column else b
    out = scope.op("MatMul", a, b)
    dropped = [*([-2] if row else []), *([-1] if column else [])]
    out = scope.op("Squeeze", out, scope.constant(dropped, "i64")) if dropped else out
    return scope.cast(out, result)


def _widened(scope: Scope, x: ir.Value, dtype: str) -> ir.Value:
    return x if dtype_name(x) == dtype else convert(scope, x, dtype)


RULES: dict[str, Rule] = {"pyc.matmul": _matmul}
