"""Operators on integers that stand for real numbers: each is a scale times the distance from a zero point."""

from __future__ import annotations

from pyc.precision import DTYPES

from .elementwise import LARGEST, cast
from .graphs import Node, Rule, Unsupported
from .layers import convolved
from .text import dtype_text, shape


def _beside(node: Node, index: int, what: str) -> str:
    """A scale or zero point beside the elements that it is for: all, those of an axis, or those of a block."""
    kind, rank = node.kind(index), node.rank(0)
    text = node.text(index)
    if not kind.rank or kind.dims == (1,):
        return text if not kind.rank else f"{text}[0]"
    axis = node.attribute("axis", 1) % rank
    block = node.attribute("block_size", 0)
    if block:
        extent = node.kind(0).dims[axis]
        if not isinstance(extent, int):
            raise Unsupported(f"the {what} of blocks needs a known extent")
        before = ":, " * axis
        return f"np.repeat({text}, {block}, axis={axis})[{before}:{extent}]"
    return f"np.reshape({text}, {shape([-1 if i == axis else 1 for i in range(rank)])})"


def _target(node: Node) -> str:
    kind = node.kinds[0]
    if kind is None:
        raise Unsupported("the element type of the result is one that the language does not have")
    return kind.dtype


def bounds(dtype: str) -> tuple[str, str]:
    """The least and the largest number of a type."""
    if dtype in LARGEST:
        return str(-LARGEST[dtype]), str(LARGEST[dtype])
    bits, signed = DTYPES[dtype].bits, DTYPES[dtype].kind == "int"
    return (str(-(2 ** (bits - 1))), str(2 ** (bits - 1) - 1)) if signed else ("0", str(2**bits - 1))


def _zero(node: Node) -> str:
    """The zero point beside the elements that it is for, as f32."""
    zero = _beside(node, 2, "zero point")
    return f"f32({zero})" if not node.rank(2) or node.kind(2).dims == (1,) else f"({zero}).astype(f32)"


def _quantize(node: Node) -> str:
    dtype = _target(node)
    x = cast(node.text(0), node.rank(0), node.dtype(0), "f32") if node.dtype(0) != "f32" else node.text(0)
    scale = _beside(node, 1, "scale")
    if node.dtype(1) != "f32":
        scale = f"{scale}.astype(f32)" if node.rank(1) else f"f32({scale})"
    low, high = bounds(dtype)
    scaled = f"{x} / {scale}"
    if not DTYPES[dtype].is_float:
        scaled = f"np.rint({scaled})"
    if node.has(2):
        scaled = f"{scaled} + {_zero(node)}"
    return f"np.clip({scaled}, {low}, {high}).astype({dtype_text(dtype)})"


def _dequantize(node: Node) -> str:
    dtype = _target(node)
    scale = _beside(node, 1, "scale")
    x = f"{node.text(0)}.astype(f32)" if node.rank(0) else f"f32({node.text(0)})"
    if node.has(2):
        x = f"({x} - {_zero(node)})"
    if node.dtype(1) != "f32":
        scale = f"({scale}).astype(f32)" if node.rank(1) and node.kind(1).dims != (1,) else f"f32({scale})"
    made = f"{x} * {scale}"
    return made if dtype == "f32" else f"({made}).astype({dtype_text(dtype)})"


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
    low, high = bounds(dtype)
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
    low, high = bounds(dtype)
    beside = f"[:{', None' * (rank - 2)}]"

    def scale(index: int) -> str:
        kind, text = node.kind(index), node.text(index)
        if kind.dims == (1,) or not kind.rank:
            return f"f64({text}{'[0]' if kind.rank else ''})"
        return f"{text}.astype(f64){beside}"

    sums = convolved(node, _shifted(node, 0, 2, "f64"), _shifted(node, 3, 5, "f64", node.rank(3) - 1))
    if node.has(8):
        sums = f"({sums} + {node.text(8)}.astype(f64){beside})"
    scaled = f"{sums} * ({scale(1)} * {scale(4)} / {scale(6)})"
    zero = node.text(7) + ("[0]" if node.rank(7) else "")
    return f"np.clip(np.rint({scaled}) + f64({zero}), {low}, {high}).astype({dtype})"


RULES: dict[str, Rule] = {
    "QuantizeLinear": _quantize,
    "DequantizeLinear": _dequantize,
    "MatMulInteger": _mat_mul_integer,
    "QLinearMatMul": _q_linear_mat_mul,
    "ConvInteger": _conv_integer,
    "QLinearConv": _q_linear_conv,
}
