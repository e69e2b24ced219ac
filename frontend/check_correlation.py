"""Products of filters with windows of images, which are one operation where a target has one for them."""

from __future__ import annotations

import ast

from pyc.precision import DTYPES
from pyc.source import Span

from . import library_calls, tree
from .arguments import Arguments, bound, constant_ints
from .check_operators import rounded, with_precision
from .context import Checker, Operand
from .types import TensorType

_NAMES = ("images", "filters", "height", "width", "stride", "dilation")


def correlate(c: Checker, node: ast.Call, span: Span) -> tree.Expression:
    """``correlate(images, filters, height, width, stride, dilation)`` of the library.

    Windows are multiplied where they lie on a CPU, if they hold floats and their steps are known at compile time.
    Otherwise they are gathered, by what the library says in the language.
    """
    a = bound(c, node, "correlate", _NAMES)
    x, w = a.array("images"), a.array("filters")
    stride, dilation = (constant_ints(c.value(a.nodes[n])) for n in ("stride", "dilation"))
    if stride is None or dilation is None or min(*stride, *dilation) < 1 or not _is_direct(x, w):
        found = library_calls.written(c, "nn_correlations", "gathered", node, span)
        assert isinstance(found, tree.Expression)
        return found
    return _operation(c, a, x, w, (stride[0], stride[1]), (dilation[0], dilation[1]), span)


def _is_direct(x: Operand, w: Operand) -> bool:
    first, second = x.type, w.type
    if not isinstance(first, TensorType) or not isinstance(second, TensorType) or first.precision != second.precision:
        return False
    is_float = DTYPES[first.precision.storage].is_float and DTYPES[first.precision.storage].bits > 8
    return is_float and first.target == second.target and first.target.name == "cpu"


def _operation(
    c: Checker, a: Arguments, x: Operand, w: Operand, strides: tuple[int, int], dilations: tuple[int, int], span: Span
) -> tree.Expression:
    """Operands are rounded to storage, products accumulate in the accumulate precision, as those of matrices do."""
    images, filters = x.type, w.type
    assert isinstance(images, TensorType) and isinstance(filters, TensorType)  # noqa: PT018
    policy = images.precision
    height, width = (c.cast(a.expression(n), "i64", weak=True) for n in ("height", "width"))
    sizes = (c.extent(height), c.extent(width))
    t = TensorType(policy.accumulate, (*images.dims[:1], *filters.dims[:2], *sizes), policy, images.target)
    product = tree.Correlate(
        span=span,
        type=t,
        images=with_precision(x.x, policy.storage, policy),
        filters=with_precision(w.x, policy.storage, policy),
        sizes=(height, width),
        strides=strides,
        dilations=dilations,
    )
    return rounded(product, policy)
