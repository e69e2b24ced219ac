"""Names of PyTorch's functions that ``pyc.nn`` has not, with what a program writes instead."""

from __future__ import annotations

from collections.abc import Iterable

from pyc.diagnostics import Note

from .report import closest, fix

_VOLUMES = "pyc.nn has lines and images, no volumes: loops, or `np.pad` and slices, say the rest"
_POSITIONS = "pools give what is largest, not where it is"
_IN_PLACE = "write the result to the array: `x[:] = "
_TRAINING = "nothing is dropped when a network is used: `nn.dropout(x)`, or leave it out"
_PRODUCT = "`x @ w`, with the element types as `Mixed[f16, f32]`"

#: What to write in place of a function of torch.nn.functional, by its name.
INSTEAD = {
    "scaled_dot_product_attention": "`nn.attention(query, key, value, causal, mask, scale)`",
    "multi_head_attention_forward": "`nn.linear`, a reshape to heads, and `nn.attention`",
    "bilinear": '`np.einsum("bi,kij,bj->bk", x, weight, y)`',
    "pdist": "`nn.pairwise_distance(x[i], x[j])`, with the numbers of the pairs in i and j",
    "embedding_bag": "`nn.embedding`, and a sum or mean along an axis",
    "gumbel_softmax": "`nn.softmax((x - np.log(-np.log(u))) / tau)`, with uniform numbers u of a generator",
    "rrelu": "`nn.leaky_relu(x, (lower + upper) / 2)`, which it is when a network is used",
    "lp_pool1d": "`np.power(nn.avg_pool1d(np.power(x, p), size) * size, 1 / p)`",
    "lp_pool2d": "`np.power(nn.avg_pool2d(np.power(x, p), size) * count, 1 / p)`, count elements in a window",
    "multi_margin_loss": "`np.maximum` of the differences of scores, and their mean",
    "multilabel_margin_loss": "`np.maximum` of the differences of scores, and their mean",
    "multilabel_soft_margin_loss": '`np.mean(nn.binary_cross_entropy_with_logits(x, target, reduction="none"), -1)`',
    "triplet_margin_with_distance_loss": "`np.maximum(near - far + margin, 0)`, of the distances",
    "linear_cross_entropy": "`nn.cross_entropy(nn.linear(x, weight), target)`",
    "ctc_loss": "a loop over the times: the sums of logarithms by `np.logaddexp`",
    "grid_sample": "`nn.interpolate`, or integer arrays as indices with weights",
    "affine_grid": "arithmetic on `np.linspace`",
    "max_unpool1d": _POSITIONS, "max_unpool2d": _POSITIONS,
    "max_pool1d_with_indices": _POSITIONS, "max_pool2d_with_indices": _POSITIONS,
    "adaptive_max_pool1d_with_indices": _POSITIONS, "adaptive_max_pool2d_with_indices": _POSITIONS,
    "fractional_max_pool2d": "`nn.adaptive_max_pool2d`", "fractional_max_pool2d_with_indices": _POSITIONS,
    "upsample": "`nn.interpolate`", "upsample_nearest": "`nn.interpolate(x, size)`",
    "upsample_bilinear": '`nn.interpolate(x, size, mode="bilinear", align_corners=True)`',
    "conv_tbc": "`nn.conv1d`, of an array with other axes", "native_channel_shuffle": "`nn.channel_shuffle`",
    "grouped_mm": _PRODUCT, "scaled_mm": _PRODUCT, "scaled_grouped_mm": _PRODUCT,
    **dict.fromkeys(("alpha_dropout", "feature_alpha_dropout", "dropout1d", "dropout2d", "dropout3d"), _TRAINING),
    **dict.fromkeys(("conv3d", "conv_transpose3d", "avg_pool3d", "max_pool3d", "lp_pool3d", "adaptive_avg_pool3d",
                     "adaptive_max_pool3d", "adaptive_max_pool3d_with_indices", "max_pool3d_with_indices",
                     "max_unpool3d", "fractional_max_pool3d", "fractional_max_pool3d_with_indices"), _VOLUMES),
    **{f"{n}_": f"{_IN_PLACE}nn.{n}(x)`" for n in ("celu", "elu", "hardtanh", "leaky_relu", "relu", "selu")},
    "threshold_": f"{_IN_PLACE}nn.threshold(x, t, v)`", "rrelu_": f"{_IN_PLACE}nn.leaky_relu(x, slope)`",
}  # fmt: skip


def notes(name: str, known: Iterable[str]) -> tuple[Note, ...]:
    """What to write in place of ``nn.name``: an own word, or what looks like it."""
    return (fix(INSTEAD[name]),) if name in INSTEAD else closest(name, (k for k in known if not k.startswith("_")))
