"""Arrays of mixed precision in NumPy's functions of the library, which know elements of one type.

A function gets what arithmetic would read, and what it makes in the compute type is under the policy of its arguments
again: nothing is rounded on the way. Functions that only move elements get and give what is stored as it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pyc.precision import Precision

from . import tree
from .check_operators import joined_precision, with_precision
from .context import Checker, Operand
from .types import TensorType, TupleType

#: Functions that move elements without computing.
_MOVES = frozenset(
    (
        *("append", "compress", "delete", "diag", "diagflat", "extract", "insert", "padded", "partition", "roll"),
        *("sort", "take_along_axis", "tril", "triu", "unique"),
    )
)
#: Functions that give views, write to their argument, or contract: they get arrays with their policy.
_WITH_POLICY = frozenset(
    (
        *("copyto", "diagonal", "fill_diagonal", "inner", "matmul", "matrix_transpose", "matvec", "multi_dot"),
        *("place", "putmask", "rot90", "tensordot", "trace", "vdot", "vecdot", "vecmat"),
    )
)
#: How the names of files begin whose functions follow the rules of the language for mixed precision by themselves.
_OWN_RULES = ("nn", "_nn", "onnx")


def policies(name: str, path: str, given: Sequence[tree.Expression]) -> list[Operand]:
    """The arrays that say under which policy a library function's results are; none where it keeps their policy."""
    arrays = [Operand(x, x.type) for x in given if isinstance(x.type, TensorType)]
    mixed = any(not o.type.precision.is_plain for o in arrays if isinstance(o.type, TensorType))
    return arrays if mixed and name not in _WITH_POLICY and not Path(path).stem.startswith(_OWN_RULES) else []


def passed(name: str, x: tree.Expression, arrays: Sequence[Operand]) -> tree.Expression:
    """An argument as a library function takes it."""
    t = x.type
    if not arrays or not isinstance(t, TensorType) or t.precision.is_plain:
        return x
    alike = {(o.type.dtype, o.type.precision) for o in arrays if isinstance(o.type, TensorType)}
    if t.dtype == t.precision.storage and name in _MOVES and len(alike) == 1:
        return x
    dtype = t.precision.compute if t.dtype in (t.precision.storage, t.precision.compute) else t.dtype
    return with_precision(x, dtype, Precision.plain(dtype))


def given_back(c: Checker, x: tree.Expression, arrays: Sequence[Operand]) -> tree.Expression:
    """The result of a library function: what it has in the compute type of a mixed argument is under its policy."""
    t = x.type
    if not arrays:
        return x
    if isinstance(t, TensorType):
        policy = joined_precision(arrays, t.dtype) if t.precision.is_plain else t.precision
        return with_precision(x, t.dtype, policy)
    if type(t) is not TupleType or not any(isinstance(i, TensorType) for i in t.items):
        return x

    def items(whole: tree.Expression) -> tree.Expression:
        parts = [
            given_back(c, tree.TupleItem(span=x.span, type=i, x=whole, index=k), arrays) for k, i in enumerate(t.items)
        ]
        return tree.Tuple(span=x.span, type=replace(t, items=tuple(p.type for p in parts)), items=tuple(parts))

    return c.once_only(x, items)
