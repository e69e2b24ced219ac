"""Operators that move elements: other extents, other orders, parts and joins."""

from __future__ import annotations

import math
from collections.abc import Sequence

from . import extents
from .elementwise import cast
from .graphs import Extent, Node, Rule, Unsupported
from .text import axes as axes_text
from .text import dtype_text, scalar, shape


def axes_of(node: Node, index: int, rank: int, since: int = 13) -> list[int] | None:
    """Axes that are an attribute, or from some version on an input; ``None`` where they are not given."""
    # The definitions of the standard keep attributes that later versions do not have.
    if node.version < since or "axes" in node.attributes:
        found = node.attribute("axes")
    else:
        found = node.numbers(index, "which axes there are") if node.has(index) else None
    return None if found is None else [a % rank for a in found]


def _reshape(node: Node) -> str:
    x = node.value(0)
    if node.version < 5:
        wanted: list[int] | None = list(node.attribute("shape"))
    else:
        target = node.value(1)
        wanted = None if target.constant is None else [int(n) for n in target.constant.ravel()]
    if wanted is None:
        kind = node.kind(1)
        if not kind.dims or not isinstance(kind.dims[0], int):
            raise Unsupported("how many axes the result has is computed when the model runs")
        sizes = extents_of(node, 1, kind.dims[0])
        if not node.attribute("allowzero", 0):
            sizes = [_copied(node, i, size) for i, size in enumerate(sizes)]
        return f"np.reshape({x.text}, {shape(sizes)})"
    copied = not node.attribute("allowzero", 0)
    known = node.kind(0).dims if copied and 0 in wanted else ()
    if copied and 0 in wanted and len(known) < max(i for i, n in enumerate(wanted) if n == 0) + 1:
        raise Unsupported("an extent is copied that the operand does not have")
    sizes = [f"{x.text}.shape[{i}]" if n == 0 and copied else str(n) for i, n in enumerate(wanted)]
    if not node.rank(0):
        return f"np.full({shape(s.replace('-1', '1') for s in sizes)}, {x.text})"
    return f"np.reshape({x.text}, {shape(sizes)})" if sizes else f"np.reshape({x.text}, ())"


def broadcast(a: Sequence[Extent], b: Sequence[Extent]) -> tuple[Extent, ...]:
    """The extents of two operands beside each other, as NumPy has it; one that is known goes before a name."""
    rank = max(len(a), len(b))
    one, two = [1] * (rank - len(a)) + list(a), [1] * (rank - len(b)) + list(b)
    return tuple(y if x == 1 or (isinstance(y, int) and y != 1) else x for x, y in zip(one, two, strict=True))


def extents_of(node: Node, index: int, count: int) -> list[str]:
    """The elements of a vector of extents, as texts."""
    found = node.value(index)
    if found.elements is not None and len(found.elements) == count:
        return extents.texts(found.elements)
    return [f"int({found.text}[{i}])" for i in range(count)]


def _copied(node: Node, axis: int, size: str) -> str:
    """An extent that is the operand's own where it is 0.

    One that is taken from an array is not asked: it is 0 where there are no elements, and nothing is copied then.
    """
    own = node.kind(0)
    if axis >= own.rank or (size.lstrip("-").isdecimal() and size != "0"):
        return size
    elements = node.value(1).elements
    wanted = elements[axis] if elements else None
    if size == "0":
        return f"{node.text(0)}.shape[{axis}]"
    if isinstance(wanted, extents.Size):
        return size
    return f"onnx.extent({size}, {node.text(0)}.shape[{axis}])"


def _flatten(node: Node) -> str:
    x, rank = node.text(0), node.rank(0)
    axis = node.attribute("axis", 1)
    axis = axis + rank if axis < 0 else axis
    extents = node.kind(0).dims

    def product(some: range) -> str:
        known = [extents[i] for i in some]
        if all(isinstance(e, int) for e in known):
            return str(math.prod(e for e in known if isinstance(e, int)))
        return " * ".join(f"{x}.shape[{i}]" for i in some)

    if not rank:
        return f"np.full((1, 1), {x})"
    return f"np.reshape({x}, ({product(range(axis))}, {product(range(axis, rank))}))"


def _transpose(node: Node) -> str:
    order = node.attribute("perm") or list(reversed(range(node.rank(0))))
    return f"np.transpose({node.text(0)}, {shape(order)})" if order else node.text(0)


def _squeeze(node: Node) -> str:
    kind = node.kind(0)
    chosen = axes_of(node, 1, kind.rank)
    if chosen is None:
        if not all(isinstance(e, int) for e in kind.dims):
            raise Unsupported("which axes have one element is known only when the model runs")
        chosen = [i for i, e in enumerate(kind.dims) if e == 1]
    return _without(node.text(0), chosen, kind.rank)


def _without(x: str, chosen: list[int], rank: int) -> str:
    if not chosen:
        return x
    if len(set(chosen)) == rank:
        return f"{x}[{', '.join('0' * rank)}]"
    return f"np.squeeze({x}, {axes_text(sorted(chosen))})"


def _unsqueeze(node: Node) -> str:
    rank = node.rank(0)
    if node.version < 13 or "axes" in node.attributes:
        given = node.attribute("axes")
    else:
        given = node.numbers(1, "which axes there are")
    chosen = sorted(a % (rank + len(given)) for a in given)
    if not rank:
        return f"np.full({shape([1] * len(chosen))}, {node.text(0)})" if chosen else node.text(0)
    places = ["None" if i in chosen else ":" for i in range(rank + len(chosen))]
    return f"{node.text(0)}[{', '.join(places)}]"


def _concat(node: Node) -> str:
    axis = node.axis(1, node.rank(0))
    return node.texts[0] if len(node.texts) == 1 else f"np.concatenate({shape(node.texts)}, axis={axis})"


def _split(node: Node) -> str:
    kind, count = node.kind(0), len(node.outputs)
    axis = node.axis(0, kind.rank)
    if node.version < 13 or "split" in node.attributes:
        sizes = node.attribute("split")
    else:
        sizes = node.numbers(1, "how much each part has") if node.has(1) else None
    if sizes is None:
        extent = kind.dims[axis]
        if not isinstance(extent, int):
            raise Unsupported("the extent that is split is known only when the model runs")
        size = -(-extent // count)
        sizes = [min(size, extent - size * i) for i in range(count)]
    ends = [sum(sizes[: i + 1]) for i in range(count)]
    before = ":, " * axis
    return ", ".join(f"{node.text(0)}[{before}{e - s}:{e}]" for s, e in zip(sizes, ends, strict=True))


def _slice(node: Node) -> str:
    x, kind = node.text(0), node.kind(0)
    if node.version < 10:
        starts, ends = node.attribute("starts"), node.attribute("ends")
        chosen, steps = node.attribute("axes") or list(range(len(starts))), [1] * len(starts)
    else:
        count = _count(node, 1)
        starts, ends = _bounds(node, 1, count), _bounds(node, 2, count)
        chosen = node.numbers(3, "which axes are sliced") if node.has(3) else list(range(count))
        steps = node.numbers(4, "the step of a slice") if node.has(4) else [1] * count
    parts = [":"] * kind.rank
    for axis, start, end, step in zip(chosen, starts, ends, steps, strict=True):
        parts[axis % kind.rank] = _bounded(start, end, step)
    while parts and parts[-1] == ":":
        parts.pop()
    return f"{x}[{', '.join(parts)}]" if parts else x


def _count(node: Node, index: int) -> int:
    value = node.value(index)
    extent = value.constant.size if value.constant is not None else node.kind(index).dims[0]
    if not isinstance(extent, int):
        raise Unsupported("how many axes are sliced is known only when the model runs")
    return extent


def _bounds(node: Node, index: int, count: int) -> list[int | str]:
    value = node.value(index)
    if value.constant is not None:
        return [int(n) for n in value.constant.ravel()]
    return [*extents_of(node, index, count)]


#: From here on a bound means "to the end".
_FAR = 2**31 - 1


def _bounded(start: int | str, end: int | str, step: int) -> str:
    first = "" if start == 0 and step > 0 else str(start)
    last = str(end)
    if isinstance(end, int) and (end >= _FAR if step > 0 else end <= -_FAR):
        last = ""
    if isinstance(start, int) and start >= _FAR and step < 0:
        first = ""
    return f"{first}:{last}" + (f":{step}" if step != 1 else "")


def _expand(node: Node) -> str:
    target = node.value(1)
    if target.constant is None:
        count = node.kind(1).dims[0]
        if not isinstance(count, int):
            raise Unsupported("how many axes the result has is computed when the model runs")
        sizes = extents_of(node, 1, count)
    else:
        sizes = [str(n) for n in node.numbers(1, "")]
    if not node.rank(0):
        return f"np.full({shape(sizes)}, {node.text(0)})" if sizes else node.text(0)
    found = node.kinds[0]
    if found is not None and all(isinstance(e, int) for e in found.dims):
        return f"np.broadcast_to({node.text(0)}, {shape(found.dims)})"
    if target.elements is not None:
        whole = extents.expanded(node.value(0), node.kind(0), target.elements)
        return f"np.broadcast_to({node.text(0)}, {shape(whole)})"
    return f"onnx.expand({node.text(0)}, {shape(sizes)})" if sizes else node.text(0)


def _tile(node: Node) -> str:
    if node.value(1).constant is not None:
        return f"np.tile({node.text(0)}, {shape(node.numbers(1, ''))})"
    counts = extents_of(node, 1, node.rank(0))
    return f"np.tile({node.text(0)}, {shape(counts)})"


def _shape(node: Node) -> str:
    rank = node.rank(0)
    start, end = node.attribute("start", 0), node.attribute("end", rank)
    first = min(max(start + rank if start < 0 else start, 0), rank)
    last = min(max(end + rank if end < 0 else end, 0), rank)
    extents = [f"{node.text(0)}.shape[{i}]" for i in range(first, max(first, last))]
    return f"np.array([{', '.join(extents)}], i64)" if extents else "np.zeros(0, i64)"


def _size(node: Node) -> str:
    return f"i64({node.text(0)}.size)" if node.rank(0) else "i64(1)"


def _constant_of_shape(node: Node) -> str:
    value = node.attribute("value")
    kind = node.kinds[0]
    dtype = kind.dtype if kind else "f32"
    element = "0.0" if value is None else value.ravel()[0]
    target = node.value(0)
    if target.constant is not None:
        sizes = [str(int(n)) for n in target.constant.ravel()]
    else:
        count = node.kind(0).dims[0]
        if not isinstance(count, int):
            raise Unsupported("how many axes the result has is computed when the model runs")
        sizes = extents_of(node, 0, count)
    filled = scalar(element, dtype)
    return f"np.full({shape(sizes)}, {filled})" if sizes else filled


def _range(node: Node) -> str:
    start, stop, step = node.texts
    if node.value(2).constant is None or node.dtype(0) in ("f16", "bf16"):
        return f"onnx.arange({start}, {stop}, {step})"
    return f"np.arange({start}, {stop}, {step}, dtype={dtype_text(node.dtype(0))})"


def _eye_like(node: Node) -> str:
    kind = node.kinds[0]
    x = node.text(0)
    dtype = dtype_text(kind.dtype if kind else node.dtype(0))
    return f"np.eye({x}.shape[0], {x}.shape[1], {node.attribute('k', 0)}, dtype={dtype})"


def _trilu(node: Node) -> str:
    name = "triu" if node.attribute("upper", 1) else "tril"
    k = f", int({node.text(1)})" if node.has(1) else ""
    if node.has(1) and node.value(1).constant is not None:
        k = f", {int(node.constant(1, '').ravel()[0])}"
    return f"np.{name}({node.text(0)}{k})"


def _depth_to_space(node: Node) -> str:
    x, b = node.text(0), node.attribute("blocksize")
    mode = "" if node.attribute("mode", "DCR") == "DCR" else ", rows_first=False"
    return f"onnx.depth_to_space({x}, {b}{mode})"


def _space_to_depth(node: Node) -> str:
    mode = "" if node.attribute("mode", "DCR") == "DCR" else ", rows_first=False"
    return f"onnx.space_to_depth({node.text(0)}, {node.attribute('blocksize')}{mode})"


def _pad(node: Node) -> str:
    x, rank = node.text(0), node.rank(0)
    if node.version < 11:
        pads, value = node.attribute("pads"), str(node.attribute("value", 0.0))
        chosen = list(range(rank))
    else:
        pads = node.numbers(1, "how much is padded")
        value = node.text(2) if node.has(2) else scalar(0, node.dtype(0))
        chosen = [a % rank for a in node.numbers(3, "which axes are padded")] if node.has(3) else list(range(rank))
    mode = node.attribute("mode", "constant")
    count = len(chosen)
    widths = [(0, 0)] * rank
    for i, axis in enumerate(chosen):
        widths[axis] = (pads[i], pads[i + count])
    if any(w < 0 for pair in widths for w in pair):
        cut = [f"{max(-a, 0)}:{x}.shape[{i}] - {max(-b, 0)}" for i, (a, b) in enumerate(widths)]
        x = f"{x}[{', '.join(cut)}]"
        widths = [(max(a, 0), max(b, 0)) for a, b in widths]
    pairs = shape(shape(w) for w in widths)
    if mode == "constant":
        return f"np.pad({x}, {pairs}, constant_values={value})"
    return f'np.pad({x}, {pairs}, mode="{mode}")'


def _cum_sum(node: Node) -> str:
    function = "cumsum" if node.op == "CumSum" else "cumprod"
    axis = int(node.constant(1, "the axis").ravel()[0]) % node.rank(0)
    dtype = dtype_text(node.dtype(0))
    exclusive, reverse = node.attribute("exclusive", 0), node.attribute("reverse", 0)
    if not exclusive and not reverse:
        return f"np.{function}({node.text(0)}, axis={axis}, dtype={dtype})"
    return f"onnx.{function}({node.text(0)}, {axis}, exclusive={bool(exclusive)}, reverse={bool(reverse)})"


def _reverse_sequence(node: Node) -> str:
    return (
        f"onnx.reverse_sequence({node.text(0)}, {node.text(1)}, time_axis={node.attribute('time_axis', 0)}, "
        f"batch_axis={node.attribute('batch_axis', 1)})"
    )


def _center_crop_pad(node: Node) -> str:
    kind = node.kind(0)
    sizes = node.numbers(1, "the extents of the result")
    chosen = [a % kind.rank for a in node.attribute("axes") or range(kind.rank)]
    parts, widths = [":"] * kind.rank, ["(0, 0)"] * kind.rank
    for axis, size in zip(chosen, sizes, strict=True):
        extent = kind.dims[axis]
        if not isinstance(extent, int):
            raise Unsupported("an extent is known only when the model runs")
        if extent >= size:
            first = (extent - size) // 2
            parts[axis] = f"{first}:{first + size}"
        else:
            before = (size - extent) // 2
            widths[axis] = shape((before, size - extent - before))
    x = f"{node.text(0)}[{', '.join(parts)}]"
    return x if set(widths) == {"(0, 0)"} else f"np.pad({x}, {shape(widths)})"


def _one_hot(node: Node) -> str:
    kind = node.kinds[0]
    indices, values = node.text(0), node.text(2)
    depth = node.value(1)
    count = (
        str(int(depth.constant.ravel()[0]))
        if depth.constant is not None
        else f"int({depth.text})"
        if not node.rank(1)
        else f"int({depth.text}[0])"
    )
    rank = node.rank(0)
    axis = node.attribute("axis", -1) % (rank + 1)
    if kind is None:
        raise Unsupported("the element type of the result is not known")
    whole = cast(indices, rank, node.dtype(0), "i64")
    return f"onnx.one_hot({whole}, {count}, {values}, axis={axis})"


RULES: dict[str, Rule] = {
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "Expand": _expand,
    "Tile": _tile,
    "Shape": _shape,
    "Size": _size,
    "ConstantOfShape": _constant_of_shape,
    "Range": _range,
    "EyeLike": _eye_like,
    "Trilu": _trilu,
    "DepthToSpace": _depth_to_space,
    "SpaceToDepth": _space_to_depth,
    "Pad": _pad,
    "CumSum": _cum_sum,
    "CumProd": _cum_sum,
    "ReverseSequence": _reverse_sequence,
    "CenterCropPad": _center_crop_pad,
    "OneHot": _one_hot,
}
