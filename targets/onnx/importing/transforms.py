"""Operators that are a small program: boxes that overlap, Fourier's transform, what sorts and counts."""

from __future__ import annotations

from .graphs import Node, Rule, Unsupported
from .text import dtype_text, number


def _one(node: Node, index: int, default: str, convert: str) -> str:
    """An input that is one number, with or without an axis."""
    if not node.has(index):
        return default
    value = node.value(index)
    if value.constant is not None:
        return number(value.constant.ravel()[0])
    return f"{convert}({value.text}[0])" if node.rank(index) else f"{convert}({value.text})"


def _non_max_suppression(node: Node) -> str:
    most, overlap = _one(node, 2, "0", "int"), _one(node, 3, "0.0", "float")
    threshold = _one(node, 4, "(-math.inf)", "float")
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


def _integer(node: Node, index: int, what: str) -> int:
    return int(node.constant(index, what).ravel()[0])


def _stft(node: Node) -> str:
    step = _integer(node, 1, "the distance of frames")
    length = node.kind(2).dims[0] if node.has(2) else None
    if node.has(3):
        length = _integer(node, 3, "the length of frames")
    if not isinstance(length, int):
        raise Unsupported("the length of frames is known only when the model runs")
    window, is_half = node.text(2) if node.has(2) else "None", bool(node.attribute("onesided", 1))
    said = node.kinds[0].dims[2] if node.kinds[0] is not None else length
    if isinstance(said, int) and said != (length // 2 + 1 if is_half else length):
        # onnx's own inference takes a missing 'onesided' for 0.
        raise Unsupported(f"its result is said to have {said} frequencies, which it has not: say 'onesided'")
    return f"onnx.stft({node.text(0)}, {step}, {window}, {length}, {is_half})"


def _mel_weights(node: Node) -> str:
    counts = [_integer(node, i, what) for i, what in enumerate(("the number of bands", "the length", "the rate"))]
    kind = node.kinds[0]
    if kind is None:
        raise Unsupported("the element type of the result is one that the language does not have")
    edges = ", ".join(_one(node, i, "", "float") for i in (3, 4))
    return f"onnx.mel_weights({', '.join(map(str, counts))}, {edges}, {dtype_text(kind.dtype)})"


def _tensor_scatter(node: Node) -> str:
    starts = node.text(2) if node.has(2) else "None"
    axis, is_circular = node.axis(-2, node.rank(0)), node.attribute("mode", "linear") == "circular"
    return f"onnx.tensor_scatter({node.text(0)}, {node.text(1)}, {starts}, {axis}, {is_circular})"


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
    "STFT": _stft,
    "MelWeightMatrix": _mel_weights,
    "TensorScatter": _tensor_scatter,
    "Det": _det,
    "Unique": _unique,
    "BitCast": _bit_cast,
}
