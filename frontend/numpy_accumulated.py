"""Sums and products of the library: they accumulate as reductions do, and each element is rounded once.

Before, of an array of f16::

    np.cumsum(x)

After, as a tree::

    np.cumsum(x.to(f32)).to(f16)
"""

from __future__ import annotations

import ast

from pyc.precision import Precision
from pyc.source import Span

from . import library_calls, tree
from .check_operators import joined_precision, result_dtype, with_precision
from .context import Checker, Operand
from .evaluated import Evaluated
from .types import TensorType, kind_of
from .values import Value

#: The functions that add up or multiply, and how many arrays they do it with: their first arguments.
ARRAYS = {
    **dict.fromkeys(("cumsum", "cumprod", "nancumsum", "nancumprod", "nanmean", "nanstd", "nanvar"), 1),
    **dict.fromkeys(("nansum", "nanprod"), 1),
    **dict.fromkeys(("convolve", "correlate"), 2),
}  # fmt: skip


def accumulated(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """A call of one of these functions of NumPy."""
    count = ARRAYS[name]
    dtype = [*node.args[count + 1 :], *(k.value for k in node.keywords if k.arg == "dtype")] if count == 1 else []
    said = any(_given(c, n) for n in dtype)
    if said or len(node.args) < count or any(isinstance(a, ast.Starred) for a in node.args):
        return library_calls.of_library(c, "numpy", name, node, span)
    operands = [c.number_or_array(a) for a in node.args[:count]]
    given = [Evaluated(o.x, a) for o, a in zip(operands, node.args, strict=False)]
    policy = _policy(c, operands, span, f"np.{name}")
    if policy is not None and policy.accumulate != policy.compute:
        wide = Precision.plain(policy.accumulate)
        widened = [with_precision(o.x, wide.storage, wide) for o in operands]
        given = [Evaluated(x, a) for x, a in zip(widened, node.args, strict=False)]
    again = ast.copy_location(ast.Call(node.func, [*given, *node.args[count:]], node.keywords), node)
    result = library_calls.of_library(c, "numpy", name, again, span)
    if policy is None or policy.accumulate == policy.compute:
        return result
    assert isinstance(result, tree.Expression)
    if isinstance(result.type, TensorType):
        return with_precision(result, policy.compute, policy)
    return c.cast(result, policy.compute)


def _given(c: Checker, node: ast.expr) -> bool:
    """Whether an argument is not None, as far as is known at compile time."""
    if isinstance(node, ast.Name) and node.id in c.static_locals:
        return c.static_locals[node.id] is not None
    return not (isinstance(node, ast.Constant) and node.value is None)


def _policy(c: Checker, operands: list[Operand], span: Span, words: str) -> Precision | None:
    """How the result is computed and accumulated; None where the operands are not arrays of floats."""
    if any(not isinstance(o.type, TensorType) or kind_of(o.type.dtype) != "float" for o in operands):
        return None
    return joined_precision(operands, result_dtype(c, operands, span, words))
