"""Operators that take elements by their positions, or write to them."""

from __future__ import annotations

from .graphs import Node, Rule


def _gather(node: Node) -> str:
    return f"np.take({node.text(0)}, {node.text(1)}, axis={node.axis(0, node.rank(0))})"


def _gather_elements(node: Node) -> str:
    axis = node.axis(0, node.rank(0))
    return f"onnx.gather_elements({node.text(0)}, {node.text(1)}, {axis})"


def _gather_nd(node: Node) -> str:
    return f"onnx.gather_nd({node.text(0)}, {node.text(1)}, {node.attribute('batch_dims', 0)})"


def _scatter_elements(node: Node) -> str:
    axis = node.axis(0, node.rank(0))
    return f"onnx.scatter_elements({', '.join(node.texts)}, {axis}{_reduced(node)})"


def _scatter_nd(node: Node) -> str:
    return f"onnx.scatter_nd({', '.join(node.texts)}{_reduced(node)})"


def _reduced(node: Node) -> str:
    how = node.attribute("reduction", "none")
    return "" if how == "none" else f', "{how}"'


def _compress(node: Node) -> str:
    axis = node.attribute("axis")
    if axis is None:
        return f"np.compress({node.text(1)}, {node.text(0)})"
    return f"np.compress({node.text(1)}, {node.text(0)}, axis={axis % node.rank(0)})"


def _non_zero(node: Node) -> str:
    return f"onnx.non_zero({node.text(0)})"


RULES: dict[str, Rule] = {
    "Gather": _gather,
    "GatherElements": _gather_elements,
    "GatherND": _gather_nd,
    "Scatter": _scatter_elements,
    "ScatterElements": _scatter_elements,
    "ScatterND": _scatter_nd,
    "Compress": _compress,
    "NonZero": _non_zero,
}
