"""Distances of ``pyc.nn``, losses with margins, and those of distributions, written in the language itself.

``reduction`` is as in all losses. PyTorch defines them.
"""

# A pack of dimensions is no type argument to type checkers.
# pyright: reportInvalidTypeForm=false

import math
from typing import TypeVarTuple

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar

from .nn_losses import _reduced

P = TypeVar("P", bound=Precision)
S = TypeVarTuple("S")
B = Dim("B")
N = Dim("N")


def pairwise_distance(x: Tensor[P, *S], y: Tensor[P, *S], p: float = 2.0, eps: float = 1e-6, keepdims=False):
    """The ``p``-norm of ``x - y + eps`` along the last axis."""
    return _distance(x, y, p, eps, keepdims)


def _distance(x, y, p, eps, keepdims):
    """``pairwise_distance``, not rounded."""
    gap = np.abs(x - y + eps)
    if p == 1.0:
        return np.sum(gap, axis=-1, keepdims=keepdims)
    if p == 2.0:
        return np.sqrt(np.sum(gap * gap, axis=-1, keepdims=keepdims))
    return np.power(np.sum(np.power(gap, p), axis=-1, keepdims=keepdims), 1.0 / p)


def margin_ranking_loss(
    x: Tensor[P, *S], y: Tensor[P, *S], target: Tensor[P, *S], margin: float = 0.0, reduction="mean"
):
    """How far ``x`` is from being larger than ``y`` by ``margin``; where ``target`` is -1, ``y`` than ``x``."""
    return _reduced(np.maximum(target * (y - x) + margin, 0), reduction)


def hinge_embedding_loss(x: Tensor[P, *S], target: Tensor[P, *S], margin: float = 1.0, reduction="mean"):
    """``x`` where ``target`` is 1, and where it is -1, how far it is below ``margin``."""
    return _reduced(np.where(target == 1, x, np.maximum(margin - x, 0)), reduction)


def soft_margin_loss(x: Tensor[P, *S], target: Tensor[P, *S], reduction="mean"):
    """``log(1 + exp(-target * x))``, also where ``exp`` would overflow."""
    y = target * x
    return _reduced(np.maximum(-y, 0) + np.log1p(np.exp(-np.abs(y))), reduction)


def triplet_margin_loss(
    anchor: Tensor[P, B, N],
    positive: Tensor[P, B, N],
    negative: Tensor[P, B, N],
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap=False,
    reduction="mean",
):
    """How far the negative is from being farther away than the positive by ``margin``.

    Where ``swap``, the negative's distance is the smaller one of those from the anchor and from the positive.
    """
    near, far = _distance(anchor, positive, p, eps, False), _distance(anchor, negative, p, eps, False)
    if swap:
        far = np.minimum(far, _distance(positive, negative, p, eps, False))
    return _reduced(np.maximum(near - far + margin, 0), reduction)


def cosine_embedding_loss(
    x: Tensor[P, B, N], y: Tensor[P, B, N], target: Tensor[P, B], margin: float = 0.0, reduction="mean"
):
    """One minus the cosine where ``target`` is 1, and where it is -1, how far the cosine is above ``margin``."""
    lengths = np.sqrt((np.sum(x * x, axis=-1) + 1e-12) * (np.sum(y * y, axis=-1) + 1e-12))
    cosine = np.sum(x * y, axis=-1) / lengths
    return _reduced(np.where(target == 1, 1.0 - cosine, np.maximum(cosine - margin, 0)), reduction)


def poisson_nll_loss(
    x: Tensor[P, *S], target: Tensor[P, *S], log_input=True, full=False, eps: float = 1e-8, reduction="mean"
):
    """Minus the logarithm of how likely ``target`` is where ``x`` is expected, or its logarithm is.

    Where ``full``, with Stirling's formula for the factorial of targets above 1, which is left out otherwise.
    """
    losses = np.exp(x) - target * x if log_input else x - target * np.log(x + eps)
    if full:
        # One where it does not count: its logarithm is none.
        t = np.where(target > 1, target, 1)
        losses = losses + np.where(target > 1, t * np.log(t) - t + 0.5 * np.log(t * (2.0 * math.pi)), 0)
    return _reduced(losses, reduction)


def gaussian_nll_loss(
    x: Tensor[P, *S],
    target: Tensor[P, *S],
    variance: Tensor[P, *S],
    full=False,
    eps: float = 1e-6,
    reduction="mean",
):
    """Minus the logarithm of how likely ``target`` is by normal distributions; no variance counts as below ``eps``.

    Where ``full``, with the constant, which is left out otherwise.
    """
    kept = np.maximum(variance, eps)
    gap = x - target
    losses = (np.log(kept) + gap * gap / kept) * 0.5
    return _reduced(losses + 0.5 * math.log(2.0 * math.pi) if full else losses, reduction)
