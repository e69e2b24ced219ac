"""Operators of networks: convolutions, pools, normalisations, images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pyc.dataclass import dataclass
from pyc.precision import DTYPES

from .graphs import Node, Rule, Unsupported
from .text import number, shape


@dataclass(frozen=True)
class _Windows:
    """Windows over the spatial axes: their extents, steps, distances, the edges, and what ``ceil_mode`` adds behind."""

    size: list[int]
    stride: list[int]
    dilation: list[int]
    before: list[int]
    after: list[int]
    beyond: list[int]

    def text(self, name: str, fill: int) -> str:
        """Three numbers: those that are missing are what changes nothing."""
        return _triple(getattr(self, name), fill)

    @property
    def behind(self) -> list[int]:
        """The edges behind each axis and what ``ceil_mode`` adds to them."""
        return [a + b for a, b in zip(self.after, self.beyond, strict=True)]


def _triple(values: Sequence[int], fill: int) -> str:
    return shape([fill] * (3 - len(values)) + list(values))


def _spatial(node: Node, index: int = 0) -> list[Any]:
    return list(node.kind(index).dims[2:])


def _windows(node: Node, size: list[int]) -> _Windows:
    count = len(size)
    if count > 3:
        raise Unsupported("windows have at most three axes here")
    stride = list(node.attribute("strides") or [1] * count)
    dilation = list(node.attribute("dilations") or [1] * count)
    pads = list(node.attribute("pads") or [0] * (2 * count))
    before, after, beyond = pads[:count], pads[count:], [0] * count
    auto = node.attribute("auto_pad", "NOTSET")
    extents = _spatial(node)
    for i in range(count):
        covered = (size[i] - 1) * dilation[i] + 1
        if auto.startswith("SAME"):
            extent = _known(extents[i])
            total = max((-(-extent // stride[i]) - 1) * stride[i] + covered - extent, 0)
            less = total // 2
            before[i], after[i] = (less, total - less) if auto == "SAME_UPPER" else (total - less, less)
        elif auto == "VALID":
            before[i] = after[i] = 0
        if node.attribute("ceil_mode", 0):
            extent = _known(extents[i])
            windows = -(-(extent + before[i] + after[i] - covered) // stride[i]) + 1
            if (windows - 1) * stride[i] >= extent + before[i]:
                windows -= 1
            beyond[i] = max((windows - 1) * stride[i] + covered - extent - before[i] - after[i], 0)
    return _Windows(list(size), stride, dilation, before, after, beyond)


def _known(extent: Any) -> int:
    if not isinstance(extent, int):
        raise Unsupported("the padding depends on an extent that is known only when the model runs")
    return extent


def _extents(node: Node, index: int) -> list[int]:
    return [_known(e) for e in _spatial(node, index)]


def convolved(node: Node, x: str, weight: str) -> str:
    """The cross-correlation of two texts, without a bias, whatever their number of axes."""
    w = _windows(node, node.attribute("kernel_shape") or _extents(node, 3 if node.op == "QLinearConv" else 1))
    return (
        f"onnx.conv({x}, {weight}, None, {w.text('stride', 1)}, {w.text('before', 0)}, {w.text('after', 0)}, "
        f"{w.text('dilation', 1)}, {node.attribute('group', 1)})"
    )


def _conv(node: Node) -> str:
    size = node.attribute("kernel_shape") or _extents(node, 1)
    w = _windows(node, size)
    x, weight = node.text(0), node.text(1)
    bias = node.text(2) if node.has(2) else "None"
    groups = node.attribute("group", 1)
    if len(size) == 2 and w.before == w.after:
        more = f", groups={groups}" if groups != 1 else ""
        more = (f", dilation={shape(w.dilation)}" if set(w.dilation) != {1} else "") + more
        more = (f", padding={shape(w.before)}" if any(w.before) else "") + more
        more = (f", stride={shape(w.stride)}" if set(w.stride) != {1} else "") + more
        return f"nn.conv2d({x}, {weight}{f', {bias}' if node.has(2) else ''}{more})"
    return (
        f"onnx.conv({x}, {weight}, {bias}, {w.text('stride', 1)}, {w.text('before', 0)}, {w.text('after', 0)}, "
        f"{w.text('dilation', 1)}, {groups})"
    )


def _conv_transpose(node: Node) -> str:
    size = node.attribute("kernel_shape") or _extents(node, 1)
    count = len(size)
    stride = list(node.attribute("strides") or [1] * count)
    dilation = list(node.attribute("dilations") or [1] * count)
    more = list(node.attribute("output_padding") or [0] * count)
    pads = list(node.attribute("pads") or [0] * (2 * count))
    before, after = pads[:count], pads[count:]
    wanted, auto = node.attribute("output_shape"), node.attribute("auto_pad", "NOTSET")
    if wanted is not None or auto.startswith("SAME"):
        for i, extent in enumerate(_extents(node, 0)):
            whole = (extent - 1) * stride[i] + more[i] + (size[i] - 1) * dilation[i] + 1
            end = wanted[len(wanted) - count + i] if wanted is not None else extent * stride[i]
            total = whole - end
            half = max(total, 0) // 2
            before[i], after[i] = (total - half, half) if auto == "SAME_LOWER" and total > 0 else (half, total - half)
    w = _Windows(size, stride, dilation, before, [a - m for a, m in zip(after, more, strict=True)], [0] * count)
    bias = node.text(2) if node.has(2) else "None"
    return (
        f"onnx.conv_transpose({node.text(0)}, {node.text(1)}, {bias}, {w.text('stride', 1)}, {w.text('before', 0)}, "
        f"{w.text('after', 0)}, {w.text('dilation', 1)}, {node.attribute('group', 1)})"
    )


def _least(dtype: str) -> str:
    if DTYPES[dtype].is_float:
        return "-math.inf"
    return str(-(2 ** (DTYPES[dtype].bits - 1)) if DTYPES[dtype].kind == "int" else 0)


def _max_pool(node: Node) -> str:
    w = _windows(node, node.attribute("kernel_shape"))
    arguments = (
        f"{node.text(0)}, {w.text('size', 1)}, {w.text('stride', 1)}, {w.text('before', 0)}, {w.text('behind', 0)}, "
        f"{w.text('dilation', 1)}, {_least(node.dtype(0))}"
    )
    if not node.wants(1):
        return f"onnx.max_pool({arguments})"
    return f"onnx.max_pool_places({arguments}, {bool(node.attribute('storage_order', 0))})"


def _average_pool(node: Node) -> str:
    w = _windows(node, node.attribute("kernel_shape"))
    return (
        f"onnx.average_pool({node.text(0)}, {w.text('size', 1)}, {w.text('stride', 1)}, {w.text('before', 0)}, "
        f"{w.text('after', 0)}, {w.text('beyond', 0)}, {w.text('dilation', 1)}, "
        f"{bool(node.attribute('count_include_pad', 0))})"
    )


def _lp_pool(node: Node) -> str:
    w = _windows(node, node.attribute("kernel_shape"))
    return (
        f"onnx.lp_pool({node.text(0)}, {w.text('size', 1)}, {w.text('stride', 1)}, {w.text('before', 0)}, "
        f"{w.text('behind', 0)}, {w.text('dilation', 1)}, {node.attribute('p', 2)})"
    )


def _global(function: str) -> Rule:
    def rule(node: Node) -> str:
        return f"np.{function}({node.text(0)}, axis={shape(range(2, node.rank(0)))}, keepdims=True)"

    return rule


def _global_lp_pool(node: Node) -> str:
    p, axes = node.attribute("p", 2), shape(range(2, node.rank(0)))
    return f"np.power(np.sum(np.power(np.abs({node.text(0)}), {p}), axis={axes}, keepdims=True), 1.0 / {p})"


def _max_unpool(node: Node) -> str:
    size = node.attribute("kernel_shape")
    stride = node.attribute("strides") or [1] * len(size)
    pads = node.attribute("pads") or [0] * (2 * len(size))
    spatial = [(e - 1) * stride[i] - pads[i] - pads[i + len(size)] + size[i] for i, e in enumerate(_extents(node, 0))]
    counted = [_known(e) for e in node.kind(0).dims[:2]] + spatial
    made = f"onnx.max_unpool({node.text(0)}, {node.text(1)}, {shape(counted)})"
    wanted = node.numbers(2, "the extents of the result") if node.has(2) else counted
    if wanted == counted:
        return made
    return f"np.pad({made}, {shape(shape((0, w - c)) for w, c in zip(wanted, counted, strict=True))})"


def _along(text: str, rank: int) -> str:
    """Numbers of channels beside elements: the second axis."""
    return f"{text}[:{', None' * (rank - 2)}]" if rank > 2 else text


def _batch_norm(node: Node) -> str:
    eps = number(float(node.attribute("epsilon", 1e-5)))
    if node.attribute("training_mode", 0):
        momentum = number(float(node.attribute("momentum", 0.9)))
        return f"onnx.batch_norm_training({', '.join(node.texts)}, {eps}, {momentum})"
    return f"onnx.batch_norm({', '.join(node.texts)}, {eps})"


def _instance_norm(node: Node) -> str:
    rank = node.rank(0)
    eps = number(float(node.attribute("epsilon", 1e-5)))
    axes = shape(range(2, rank))
    return (
        f"onnx.instance_norm({node.text(0)}, {_along(node.text(1), rank)}, {_along(node.text(2), rank)}, {axes}, {eps})"
    )


def _lrn(node: Node) -> str:
    alpha, beta, bias = (
        number(float(node.attribute(n, d))) for n, d in (("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0))
    )
    return f"onnx.lrn({node.text(0)}, {node.attribute('size')}, {alpha}, {beta}, {bias})"


def _lp_normalization(node: Node) -> str:
    return f"onnx.lp_normalize({node.text(0)}, {node.axis(-1, node.rank(0))}, {node.attribute('p', 2)})"


def _dropout(node: Node) -> str:
    if node.version >= 12 and node.has(2) and bool(node.constant(2, "whether it trains").ravel()[0]):
        ratio = node.constant(1, "the ratio").ravel()[0] if node.has(1) else 0.5
        if ratio:
            raise Unsupported("random elements are dropped")
    x = node.text(0)
    return f"{x}, np.ones_like({x}, dtype=np.bool_)" if node.wants(1) else x


def _resize(node: Node) -> str:
    rank = node.rank(0)
    old = node.version < 11
    roi = None if old or not node.has(1) else node.value(1).constant
    scales = node.value(1 if old else 2).constant if node.has(1 if old else 2) else None
    scales = None if scales is not None and not scales.size else scales
    sizes = None if old or not node.has(3) else node.constant(3, "the extents of the result")
    if node.op == "Upsample" and node.version < 9:
        import numpy as np

        scales = np.asarray(node.attribute("scales"))
    if scales is None and sizes is None:
        raise Unsupported("how much is resized is computed when the model runs")
    axes = [a % rank for a in node.attribute("axes") or range(rank)]
    dims = [node.kind(0).dims[a] for a in axes]
    factors: list[float | None] = [None] * len(axes)
    counts: list[Any] = [None] * len(axes)
    if sizes is not None:
        counts = [int(s) for s in sizes.ravel()]
        policy = node.attribute("keep_aspect_ratio_policy", "stretch")
        if policy != "stretch":
            ratios = [c / _known(d) for c, d in zip(counts, dims, strict=True)]
            ratio = min(ratios) if policy == "not_larger" else max(ratios)
            counts = [math.floor(ratio * _known(d) + 0.5) for d in dims]
            factors = [ratio] * len(axes)
    elif scales is not None:
        factors = [float(s) for s in scales.ravel()]
    where = node.attribute("coordinate_transformation_mode", "asymmetric" if old else "half_pixel")
    mode = {"linear": "linear", "cubic": "cubic", "nearest": "nearest", "bilinear": "linear"}[
        node.attribute("mode", "nearest")
    ]
    text = node.text(0)
    for k, axis in enumerate(axes):
        dim, factor, count = dims[k], factors[k], counts[k]
        crop = roi is not None and roi.size > 0 and where == "tf_crop_and_resize"
        if not crop and (factor == 1 if count is None else count == dim and factor in (None, 1.0)):
            continue
        extent = f"{text}.shape[{axis}]" if not isinstance(dim, int) else str(dim)
        if factor is not None:
            factor_text = repr(factor)
            if count is None:
                count = math.floor(dim * factor) if isinstance(dim, int) else f"int({extent} * {factor!r})"
        else:
            factor_text = (
                repr(count / dim) if isinstance(dim, int) and isinstance(count, int) else f"{count} / {extent}"
            )
        more = ""
        if crop and roi is not None:
            start, end = (float(roi.ravel()[i]) for i in (k, k + len(axes)))
            more += f", start={start!r}, end={end!r}"
            more += f", outside={float(node.attribute('extrapolation_value', 0.0))!r}"
        if mode == "cubic":
            more += f", cubic={float(node.attribute('cubic_coeff_a', -0.75))!r}"
        if mode == "nearest":
            how = node.attribute("nearest_mode", "floor" if old else "round_prefer_floor")
            more += f', nearest="{how}"'
        if node.attribute("exclude_outside", 0):
            more += ", exclude=True"
        if node.attribute("antialias", 0):
            more += ", antialias=True"
        text = f'onnx.resize({text}, {axis}, {count}, {factor_text}, "{mode}", "{where}"{more})'
    return text


def _grid_sample(node: Node) -> str:
    mode = {"bilinear": "linear", "bicubic": "cubic"}.get(
        node.attribute("mode", "linear"), node.attribute("mode", "linear")
    )
    padding = node.attribute("padding_mode", "zeros")
    corners = bool(node.attribute("align_corners", 0))
    return f'onnx.grid_sample({node.text(0)}, {node.text(1)}, "{mode}", "{padding}", {corners})'


def _roi_align(node: Node) -> str:
    usual = "half_pixel" if node.version >= 16 else "output_half_pixel"
    where = node.attribute("coordinate_transformation_mode", usual)
    extents = [
        node.attribute("output_height", 1),
        node.attribute("output_width", 1),
        node.attribute("sampling_ratio", 0),
    ]
    scale = number(float(node.attribute("spatial_scale", 1.0)))
    flags = f"{where == 'half_pixel'}, {node.attribute('mode', 'avg') == 'max'}"
    return f"onnx.roi_align({', '.join(node.texts[:3])}, {', '.join(map(str, extents))}, {scale}, {flags})"


def _deform_conv(node: Node) -> str:
    if node.rank(0) != 4:
        raise Unsupported("windows that are moved have two axes here")
    bias, mask = (node.text(i) if node.has(i) else "None" for i in (3, 4))
    steps, dilations = (shape(node.attribute(name) or [1, 1]) for name in ("strides", "dilations"))
    before = shape((node.attribute("pads") or [0] * 4)[:2])
    groups = f"{node.attribute('group', 1)}, {node.attribute('offset_group', 1)}"
    return f"onnx.deform_conv({', '.join(node.texts[:3])}, {bias}, {mask}, {steps}, {before}, {dilations}, {groups})"


def _col2im(node: Node) -> str:
    image = node.numbers(1, "the extents of the image")
    block = node.numbers(2, "the extents of a block")
    count = len(block)
    if count > 3:
        raise Unsupported("blocks have at most three axes here")
    pads = list(node.attribute("pads") or [0] * (2 * count))
    w = _Windows(
        block,
        list(node.attribute("strides") or [1] * count),
        list(node.attribute("dilations") or [1] * count),
        pads[:count],
        pads[count:],
        [0] * count,
    )
    made = (
        f"onnx.col2im({node.text(0)}, {_triple(image, 1)}, {w.text('size', 1)}, {w.text('stride', 1)}, "
        f"{w.text('before', 0)}, {w.text('after', 0)}, {w.text('dilation', 1)})"
    )
    return made + {1: "[:, :, 0, 0]", 2: "[:, :, 0]", 3: ""}[count]


RULES: dict[str, Rule] = {
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "LpPool": _lp_pool,
    "MaxUnpool": _max_unpool,
    "GlobalAveragePool": _global("mean"),
    "GlobalMaxPool": _global("max"),
    "GlobalLpPool": _global_lp_pool,
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _instance_norm,
    "LRN": _lrn,
    "LpNormalization": _lp_normalization,
    "Dropout": _dropout,
    "Resize": _resize,
    "Upsample": _resize,
    "GridSample": _grid_sample,
    "RoiAlign": _roi_align,
    "DeformConv": _deform_conv,
    "Col2Im": _col2im,
}
