"""Operators that are a small program: boxes that overlap, Fourier's transform, what sorts and counts."""

from __future__ import annotations

from .graphs import Node, Rule, Unsupported
from .text import dtype_text, number


def _non_max_suppression(node: Node) -> str:
    def last(index: int, default: str, convert: str) -> str:
        if not node.has(index):
            return default
        value = node.value(index)
        if value.constant is not None:
            return number(value.constant.ravel()[0])
        return f"{convert}({value.text}[0])" if node.rank(index) else f"{convert}({value.text})"

    most, overlap = last(2, "0", "int"), last(3, "0.0", "float")
    threshold = last(4, "(-math.inf)", "float")
    centers = bool(node.attribute("center_point_box", 0))
    return f"onnx.non_max_suppression({node.text(0)}, {node.text(1)}, {most}, {overlap}, {threshold}, {centers})"


def _dft(node: Node) -> str:
    rank = node.rank(0)
    if node.version < 20:
        axis = node.axis(1, rank)
    else:
        axis = (int(node.constant(2, "the axis").ravel()[0]) if node.has(2) else -2) % rank
    length = str(int(node.constant(1, "the length").ravel()[0])) if node.has(1) else "None"
    inverse, onesided = bool(node.attribute("inverse", 0)), bool(node.attribute("onesided", 0))
    return f"onnx.dft({node.text(0)}, {axis}, {length}, {inverse}, {onesided})"


def _det(node: Node) -> str:
    return f"np.linalg.det({node.text(0)})"


def _bit_cast(node: Node) -> str:
    kind = node.kinds[0]
    if kind is None:
        raise Unsupported("the element type of the result is one that the language does not have")
    if "bool" in (kind.dtype, node.dtype(0)):
        raise Unsupported("whether is no pattern of bits in the language")
    return f"onnx.bit_cast({node.text(0)}, {dtype_text(kind.dtype)})"


def _unique(node: Node) -> str:
    axis = node.attribute("axis")
    where = f", axis={axis % node.rank(0)}" if axis is not None else ""
    if not node.attribute("sorted", 1):
        raise Unsupported("elements in the order in which they come first")
    extra = "".join(
        f", return_{what}=True" for i, what in ((1, "index"), (2, "inverse"), (3, "counts")) if node.wants(i)
    )
    if any(node.outputs[i] and not all(node.wants(k) for k in range(1, i)) for i in range(2, len(node.outputs))):
        raise Unsupported("an output behind one that is left out")
    return f"np.unique({node.text(0)}{extra}{where})"


RULES: dict[str, Rule] = {
    "NonMaxSuppression": _non_max_suppression,
    "DFT": _dft,
    "Det": _det,
    "Unique": _unique,
    "BitCast": _bit_cast,
}
