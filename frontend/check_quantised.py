"""What ``nn.quantize`` and ``nn.dequantize`` are made of: whether scales fit, and what types store.

Both are functions of the library. What a call of them is in other words, for formats that have a word for it, is noted
on the instance: the operator, and what is known of it when the program is compiled.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc import quantization
from pyc.precision import DTYPES, Precision
from pyc.source import Span

from . import arrays, tree
from .arguments import Arguments, bound
from .context import Checker, Operand
from .report import fix
from .types import ScalarType, TensorType

#: The intrinsics of ``library/_quantised.py``, and their parameters.
PARAMETERS = {
    "quantizes": ("x", "scale", "zero_point", "dtype", "axis", "block"),
    "dequantizes": ("x", "scale", "zero_point", "axis", "block"),
    "even": ("x", "axis", "block"),
    "least": ("zero_point", "dtype"),
    "largest": ("zero_point", "dtype"),
    "whole": ("zero_point", "dtype"),
    "stored": ("x", "like", "dtype"),
}
_WORD = "`nn.quantize(x, scale, dtype=i8)`, `nn.quantize(x, scales, zero_points, axis=0)`"


def call(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """A call of an intrinsic.

    Raises:
        Invalid: E137, the numbers cannot be quantised so.
    """
    words = {"quantizes": "nn.quantize", "dequantizes": "nn.dequantize"}.get(name, name)
    a = bound(c, node, words, PARAMETERS[name])
    match name:
        case "quantizes":
            return _quantizes(c, a, span)
        case "dequantizes":
            return _dequantizes(c, a, span)
        case "even":
            return c.runtime(_is_even(c, a), span)
        case "stored":
            return arrays.converted(c, a.operand("x"), _precision(c, a, "like", "dtype", "f32"), span)
    dtype = _precision(c, a, "zero_point", "dtype", "f32").storage
    if name == "whole":
        return c.runtime(dtype in quantization.INTEGERS, span)
    return c.runtime(quantization.limits(dtype)[name == "largest"], span)


def _quantizes(c: Checker, a: Arguments, span: Span) -> tree.Expression:
    x = a.operand("x")
    if not DTYPES[x.type.dtype].is_float:
        raise _refused(c, f"what is quantised is a float, and this is a {x.type}", span)
    known = _known(c, a, "zero_point")
    given = a.dtype("dtype")
    if given is None and (known is not None or not a.given("zero_point")):
        raise _refused(c, quantization.NO_TYPE, span)
    dtype = _precision(c, a, "zero_point", "dtype", "i64").storage
    if known is None and a.given("zero_point") and (own := a.operand("zero_point").type.dtype) != dtype:
        raise _refused(c, f"the zero point is a {own}, and it is quantised to {dtype}", span)
    _check(c, a, x, dtype, span)
    _note(c, a, "QuantizeLinear", dtype)
    return x.x


def _dequantizes(c: Checker, a: Arguments, span: Span) -> tree.Expression:
    x = a.operand("x")
    if a.given("zero_point") and _known(c, a, "zero_point") is None:
        own = a.operand("zero_point").type.dtype
        if own != x.type.dtype:
            raise _refused(c, f"the zero point is a {own}, and what is stored are {x.type.dtype}", span)
    _check(c, a, x, x.type.dtype, span)
    _note(c, a, "DequantizeLinear", x.type.dtype)
    wide = _known(c, a, "scale") is None and a.operand("scale").type.dtype == "f64" and not _weak(a.operand("scale"))
    return arrays.converted(c, x, Precision.plain("f64" if wide else "f32"), span)


def _check(c: Checker, a: Arguments, x: Operand, dtype: str, span: Span) -> None:
    """Refuse what contradicts itself, or the extents.

    Raises:
        Invalid: E137.
    """
    scale = _known(c, a, "scale")
    if scale is None:
        t = a.operand("scale").type
        if not DTYPES[t.dtype].is_float:
            raise _refused(c, f"a scale is a float, and this is a {t}", span)
    elif scale <= 0:
        raise _refused(c, f"a scale is a number above zero, not {scale}", span)
    axis, block, zero = _known(c, a, "axis"), _known(c, a, "block"), _known(c, a, "zero_point")
    for name, value in (("axis", axis), ("block", block), ("zero point", zero)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise _refused(c, f"the {name} is an int, not {value!r}", span)
    assert not isinstance(axis, float)
    assert not isinstance(block, float)
    assert not isinstance(zero, float)
    for name, value in (("axis", axis), ("block", block)):
        if value is None and a.given(name):
            raise _refused(c, f"the {name} is known only when the program runs", span)
    of_zero = _extents(c, a, "zero_point") if a.given("zero_point") else None
    found = quantization.call_problem(dtype, _extents(c, a, "scale"), of_zero, zero, axis, block, _dims(x))
    if found:
        raise _refused(c, found, span)


def _is_even(c: Checker, a: Arguments) -> bool:
    """Whether an axis is blocks and no rest, as far as is known."""
    block, axis = _known(c, a, "block"), _known(c, a, "axis")
    if block is None:
        return False
    assert isinstance(axis, int)
    extent = a.operand("x").dims[axis].value
    return extent is not None and extent % block == 0


def _refused(c: Checker, why: str, span: Span) -> Exception:
    return c.error("E137", f"these numbers cannot be quantised so: {why}", span, fix(_WORD))


def _known(c: Checker, a: Arguments, name: str) -> int | float | None:
    """A number that is known when the program is compiled."""
    if not a.given(name):
        return None
    value = c.value(a.nodes[name])
    if isinstance(value, tree.Constant) and isinstance(value.type, ScalarType) and value.type.weak:
        value = value.value
    return value if isinstance(value, int | float) else None


def _weak(o: Operand) -> bool:
    return isinstance(o.type, ScalarType) and o.type.weak


def _precision(c: Checker, a: Arguments, like: str, dtype: str, default: str) -> Precision:
    """The type that is given, or that of another argument; the default where that is a number of Python."""
    given = a.dtype(dtype)
    if given is not None:
        return given
    if not a.given(like) or _known(c, a, like) is not None:
        return Precision.plain(default)
    o = a.operand(like)
    if o.type.dtype == "f8e8m0":
        return Precision.plain(default)  # powers of two, which scale other numbers
    if isinstance(o.type, TensorType):
        return o.type.precision
    return Precision.plain(default if o.type.weak else o.type.dtype)


def _extents(c: Checker, a: Arguments, name: str) -> Sequence[int | None]:
    return () if _known(c, a, name) is not None else _dims(a.operand(name))


def _dims(o: Operand) -> Sequence[int | None]:
    return [d.value for d in o.dims]


def _note(c: Checker, a: Arguments, operator: str, dtype: str) -> None:
    """Note on the instance what it is in other words."""
    known = {name: _known(c, a, name) for name in ("axis", "block", "scale", "zero_point")}
    c.operator = {"operator": operator, "dtype": dtype, **{k: v for k, v in known.items() if v is not None}}
