"""Operators that make fewer elements of many, and those that scale by what is reduced."""

from __future__ import annotations

from pyc.precision import DTYPES

from .graphs import Node, Rule, Unsupported
from .shapes import axes_of
from .text import axes, dtype_text

_SUMS = {
    "ReduceSum": "np.sum({x}{how}, dtype={dtype})",
    "ReduceProd": "np.prod({x}{how}, dtype={dtype})",
    "ReduceMean": "np.mean({x}{how}, dtype={dtype})",
    "ReduceL1": "np.sum(np.abs({x}){how}, dtype={dtype})",
    "ReduceL2": "onnx.root(np.sum(np.square({x}){how}, dtype={dtype}))",
    "ReduceSumSquare": "np.sum(np.square({x}){how}, dtype={dtype})",
    "ReduceLogSum": "np.log(np.sum({x}{how}, dtype={dtype}))",
    "ReduceLogSumExp": "onnx.log_sum_exp({x}{how})",
}


def _how(node: Node) -> str | None:
    """Which axes are reduced and whether they stay, as arguments; ``None`` where nothing is reduced."""
    rank = node.rank(0)
    since = 13 if node.op == "ReduceSum" else 18
    chosen = axes_of(node, 1, rank, since)
    keep = ", keepdims=True" if node.attribute("keepdims", 1) else ""
    if not chosen:
        if node.attribute("noop_with_empty_axes", 0):
            return None
        return (", axis=None" if keep else "") + keep
    if len(set(chosen)) == rank and not keep:
        return ""
    return f", axis={axes(sorted(chosen))}{keep}"


def _reduce(node: Node) -> str:
    how, x, dtype = _how(node), node.text(0), node.dtype(0)
    alone = not node.rank(0)
    if how is None or alone:
        nothing = {
            "ReduceL1": "np.abs({x})", "ReduceL2": "np.abs({x})", "ReduceSumSquare": "np.square({x})",
            "ReduceLogSum": "np.log({x})",
        }  # fmt: skip
        return nothing.get(node.op, "{x}").format(x=x)
    return _SUMS[node.op].format(x=x, how=how, dtype=dtype_text(dtype))


def _extreme(node: Node) -> str:
    how, x, dtype = _how(node), node.text(0), node.dtype(0)
    if how is None or not node.rank(0):
        return x
    low = node.op == "ReduceMin"
    if dtype == "bool":
        return f"np.{'all' if low else 'any'}({x}{how})"
    # Nothing has the extreme of the type.
    empty = 0 in node.kind(0).dims
    initial = ""
    if empty:
        kind = DTYPES[dtype]
        bound = (
            ("math.inf" if low else "-math.inf") if kind.is_float else f"np.iinfo({dtype}).{'max' if low else 'min'}"
        )
        initial = f", initial={bound}"
    return f"np.{'min' if low else 'max'}({x}{how}{initial})"


def _arg(node: Node) -> str:
    x, rank = node.text(0), node.rank(0)
    axis = node.axis(0, rank)
    name = "argmax" if node.op == "ArgMax" else "argmin"
    keep = ", keepdims=True" if node.attribute("keepdims", 1) else ""
    if not node.attribute("select_last_index", 0):
        return f"np.{name}({x}, axis={axis}{keep})"
    return f"{x}.shape[{axis}] - 1 - np.{name}(np.flip({x}, {axis}), axis={axis}{keep})"


def _softmax(name: str) -> Rule:
    def rule(node: Node) -> str:
        x, rank = node.text(0), node.rank(0)
        if node.version >= 13:
            return f"{name}({x}, {node.axis(-1, rank)})"
        axis = node.axis(1, rank)
        if axis == rank - 1:
            return f"{name}({x}, {axis})"
        first = " * ".join(f"{x}.shape[{i}]" for i in range(axis)) or "1"
        return f"np.reshape({name}(np.reshape({x}, ({first}, -1)), 1), {x}.shape)"

    return rule


def _top_k(node: Node) -> str:
    rank = node.rank(0)
    if node.version < 10:
        count = str(node.attribute("k"))
    else:
        k = node.value(1)
        count = str(int(k.constant.ravel()[0])) if k.constant is not None else f"int({k.text}[0])"
    largest = bool(node.attribute("largest", 1))
    return f"onnx.top_k({node.text(0)}, {count}, {node.axis(-1, rank)}, largest={largest})"


def _mat_mul(node: Node) -> str:
    if not node.rank(0) or not node.rank(1):
        raise Unsupported("a product of matrices needs at least one axis")
    return f"{node.text(0)} @ {node.text(1)}"


def _gemm(node: Node) -> str:
    a, b = node.text(0), node.text(1)
    a = f"{a}.T" if node.attribute("transA", 0) else a
    b = f"{b}.T" if node.attribute("transB", 0) else b
    alpha, beta = node.attribute("alpha", 1.0), node.attribute("beta", 1.0)
    product = f"{a} @ {b}"
    if alpha != 1:
        product = f"{alpha!r} * ({product})"
    if not node.has(2) or beta == 0:
        return product
    return f"{product} + {node.text(2)}" if beta == 1 else f"{product} + {beta!r} * {node.text(2)}"


def _einsum(node: Node) -> str:
    if len(node.inputs) == 1 and node.rank(0) == 0:
        return node.text(0)  # of an array without axes `einsum` gives one, and this is a number
    return f'np.einsum("{node.attribute("equation")}", {", ".join(node.texts)})'


RULES: dict[str, Rule] = {
    **dict.fromkeys(_SUMS, _reduce),
    "ReduceMax": _extreme,
    "ReduceMin": _extreme,
    "ArgMax": _arg,
    "ArgMin": _arg,
    "Softmax": _softmax("nn.softmax"),
    "LogSoftmax": _softmax("nn.log_softmax"),
    "Hardmax": _softmax("onnx.hardmax"),
    "TopK": _top_k,
    "MatMul": _mat_mul,
    "Gemm": _gemm,
    "Einsum": _einsum,
}
