"""Operators of ONNX Runtime's own domain that its quantiser writes: each works on the numbers that integers stand for.

Source: ONNX Runtime, docs/ContribOperators.md.
"""

from __future__ import annotations

from collections.abc import Callable

from pyc.precision import DTYPES

from .graphs import Kind, Node, Rule, Unsupported
from .shapes import broadcast

DOMAIN = "com.microsoft"
#: The type of a node's output as far as those of its inputs say it.
KindRule = Callable[[Node], Kind]


def _meant(node: Node, x: int, scale: int, zero: int) -> str:
    """The numbers that integers stand for."""
    beside = f", {_single(node, zero)}" if node.has(zero) else ""
    return f"nn.dequantize({node.text(x)}, {_single(node, scale)}{beside})"


def _single(node: Node, index: int) -> str:
    """The only element of a scale or a zero point."""
    kind = node.kind(index)
    if any(d != 1 for d in kind.dims):
        raise Unsupported("there are several scales or zero points")
    return f"{node.text(index)}{'[0]' if kind.rank else ''}"


def _as_integers(node: Node, x: str, scale: int, zero: int, dtype: str) -> str:
    beside = _single(node, zero) if node.has(zero) else f"dtype={dtype}"
    return f"nn.quantize({x}, {_single(node, scale)}, {beside})"


def _function(template: str) -> Rule:
    """An operator of one array: x, its scale and zero point, those of the result."""

    def rule(node: Node) -> str:
        return _as_integers(node, template.format(_meant(node, 0, 1, 2)), 3, 4, node.dtype(0))

    return rule


def _binary(template: str) -> Rule:
    """An operator of two arrays, each with its scale and zero point."""

    def rule(node: Node) -> str:
        both = template.format(_meant(node, 0, 1, 2), _meant(node, 3, 4, 5))
        return _as_integers(node, both, 6, 7, node.dtype(0))

    return rule


def _leaky_relu(node: Node) -> str:
    x, alpha = _meant(node, 0, 1, 2), float(node.attribute("alpha", 0.01))
    return _as_integers(node, f"np.where({x} >= 0, {x}, {alpha!r} * {x})", 3, 4, node.dtype(0))


def _global_average_pool(node: Node) -> str:
    if node.attribute("channels_last", 0):
        raise Unsupported("channels are the last axis")
    axes = ", ".join(map(str, range(2, node.rank(0))))
    mean = f"np.mean({_meant(node, 0, 1, 2)}, axis=({axes},), keepdims=True)"
    return _as_integers(node, mean, 3, 4, node.dtype(0))


def _concat(node: Node) -> str:
    parts = [_meant(node, i, i + 1, i + 2) for i in range(2, len(node.inputs), 3)]
    joined = f"np.concatenate(({', '.join(parts)},), axis={node.axis(1, node.rank(2))})"
    return _as_integers(node, joined, 0, 1, node.dtype(1))


def _same(node: Node) -> Kind:
    return node.kind(0)


def _broadcast(node: Node) -> Kind:
    a, b = node.kind(0), node.kind(3)
    return Kind(a.dtype, broadcast(a.dims, b.dims))


def _pooled(node: Node) -> Kind:
    kind = node.kind(0)
    return Kind(kind.dtype, (*kind.dims[:2], *(1 for _ in kind.dims[2:])))


def _joined(node: Node) -> Kind:
    kinds = [node.kind(i) for i in range(2, len(node.inputs), 3)]
    axis = node.axis(1, kinds[0].rank)
    extents = [k.dims[axis] for k in kinds]
    total = sum(e for e in extents if isinstance(e, int)) if all(isinstance(e, int) for e in extents) else None
    return Kind(node.dtype(1), (*kinds[0].dims[:axis], total, *kinds[0].dims[axis + 1 :]))


def _mat_mul_integer_to_float(node: Node) -> str:
    def part(x: int, zero: int) -> str:
        text = f"{node.text(x)}.astype(i32)"
        return f"({text} - i32({_single(node, zero)}))" if node.has(zero) else text

    scale = node.text(3) + ("[0]" if node.rank(3) and node.kind(3).dims == (1,) else "")
    made = f"({part(0, 4)} @ {part(1, 5)}).astype(f32) * ({_single(node, 2)} * {scale})"
    return f"{made} + {node.text(6)}" if node.has(6) else made


def _product(node: Node) -> Kind:
    a, b = node.kind(0), node.kind(1)
    if a.rank < 2 or b.rank != 2 or not DTYPES[node.dtype(2)].is_float:
        raise Unsupported("a product of stacks of matrices")
    return Kind(node.dtype(2), (*a.dims[:-1], b.dims[1]))


RULES: dict[str, tuple[Rule, KindRule]] = {
    "QLinearAdd": (_binary("{} + {}"), _broadcast),
    "QLinearMul": (_binary("{} * {}"), _broadcast),
    "QLinearSigmoid": (_function("nn.sigmoid({})"), _same),
    "QLinearLeakyRelu": (_leaky_relu, _same),
    "QLinearGlobalAveragePool": (_global_average_pool, _pooled),
    "QLinearConcat": (_concat, _joined),
    "MatMulIntegerToFloat": (_mat_mul_integer_to_float, _product),
}
