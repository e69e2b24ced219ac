"""Operators on integers that stand for real numbers: each is a scale times the distance from a zero point."""

from __future__ import annotations

import math

from pyc.precision import DTYPES
from pyc.quantization import INTEGERS

from .elementwise import cast
from .graphs import Node, Rule, Unsupported
from .layers import convolved
from .text import dtype_text


def _beside(node: Node) -> tuple[str, str | None, str]:
    """The scale, the zero point if there is one, and what says which elements they are for."""
    kind = node.kind(1)
    single = not kind.rank or (kind.dims == (1,) and not node.attribute("block_size", 0))
    place = "[0]" if single and kind.rank else ""
    scale = node.text(1) + place
    zero = node.text(2) + ("[0]" if single and node.rank(2) else "") if node.has(2) else None
    if single:
        return scale, zero, ""
    block = node.attribute("block_size", 0)
    return scale, zero, f", axis={node.attribute('axis', 1)}" + (f", block={block}" if block else "")


def _target(node: Node) -> str:
    kind = node.kinds[0]
    if kind is None:
        raise Unsupported("the element type of the result is one that the language does not have")
    return kind.dtype


def _quantize(node: Node) -> str:
    dtype = _target(node)
    x = node.text(0)
    if not DTYPES[node.dtype(0)].is_float:
        x = cast(x, node.rank(0), node.dtype(0), "f32")
    scale, zero, where = _beside(node)
    if not DTYPES[node.dtype(1)].is_float:
        scale = cast(scale, node.rank(1) if where else 0, node.dtype(1), "f32")
    if zero is None or DTYPES[dtype].is_float:
        return f"nn.quantize({x}, {scale}, dtype={dtype_text(dtype)}{where})"
    return f"nn.quantize({x}, {scale}, {zero}{where})"


def _dequantize(node: Node) -> str:
    dtype = _target(node)
    scale, zero, where = _beside(node)
    beside = "" if zero is None or DTYPES[node.dtype(0)].is_float else f", {zero}"
    made = f"nn.dequantize({node.text(0)}, {scale}{beside}{where})"
    return cast(made, node.rank(0), node.dtype(1), dtype)


def _shifted(node: Node, index: int, zero: int, dtype: str, behind: int = 0) -> str:
    """Integers as another type without their zero points: one for all, or one for each element of an axis.

    Args:
        node: The node.
        index: The input with the integers.
        zero: That with the zero points.
        dtype: The type, in which differences are exact.
        behind: How many axes are behind that of the zero points.
    """
    x = f"{node.text(index)}.astype({dtype})"
    if not node.has(zero):
        return x
    kind, text = node.kind(zero), node.text(zero)
    if not kind.rank or kind.dims == (1,):
        return f"({x} - {dtype}({text}{'[0]' if kind.rank else ''}))"
    beside = f"[:{', None' * behind}]" if behind and kind.rank == 1 else ""
    return f"({x} - {text}.astype({dtype}){beside})"


def _mat_mul_integer(node: Node) -> str:
    return f"{_shifted(node, 0, 2, 'i32', 1)} @ {_shifted(node, 1, 3, 'i32')}"


def _q_linear_mat_mul(node: Node) -> str:
    dtype = node.dtype(7)
    low, high = INTEGERS[dtype]
    a, b = _shifted(node, 0, 2, "i32", 1), _shifted(node, 3, 5, "i32")

    def single(index: int) -> str:
        text, kind = node.text(index), node.kind(index)
        if kind.dims == (1,):
            text = f"{text}[0]"
        elif kind.rank:
            raise Unsupported("scales of rows and columns")
        return f"f32({text})"

    scale = f"{single(1)} * {single(4)} / {single(6)}"
    return f"np.clip(np.rint(({a} @ {b}).astype(f32) * ({scale})) + {single(7)}, {low}, {high}).astype({dtype})"


def _conv_integer(node: Node) -> str:
    # In f64 the products of a convolution and their sums are exact.
    filters = _shifted(node, 1, 3, "f64", node.rank(1) - 1)
    return f"{convolved(node, _shifted(node, 0, 2, 'f64'), filters)}.astype(i32)"


def _q_linear_conv(node: Node) -> str:
    dtype, rank = node.dtype(7), node.rank(0)
    low, high = INTEGERS[dtype]
    beside = f"[:{', None' * (rank - 2)}]"

    def scale(index: int) -> str:
        kind, text = node.kind(index), node.text(index)
        if kind.dims == (1,) or not kind.rank:
            return f"f32({text}{'[0]' if kind.rank else ''})"
        return f"{text}{beside}"

    # In f64 all sums of products are exact, in f32 those of few.
    terms = [e for e in node.kind(3).dims[1:] if isinstance(e, int)]
    few = len(terms) == rank - 1 and math.prod(terms) * 255 * 255 < 1 << 24
    exact = "f32" if few else "f64"
    sums = convolved(node, _shifted(node, 0, 2, exact), _shifted(node, 3, 5, exact, node.rank(3) - 1))
    if node.has(8):
        sums = f"({sums}.astype(f64) + {node.text(8)}.astype(f64){beside})"
    single = f"{sums}.astype(f32)" if exact == "f64" or node.has(8) else sums
    scaled = f"{single} * ({scale(1)} * {scale(4)} / {scale(6)})"
    zero = node.text(7) + ("[0]" if node.rank(7) else "")
    return f"np.clip(np.rint({scaled}) + f32({zero}), {low}, {high}).astype({dtype})"


RULES: dict[str, Rule] = {
    "QuantizeLinear": _quantize,
    "DequantizeLinear": _dequantize,
    "MatMulInteger": _mat_mul_integer,
    "QLinearMatMul": _q_linear_mat_mul,
    "ConvInteger": _conv_integer,
    "QLinearConv": _q_linear_conv,
}
