"""Losses of ``pyc.nn``, written in the language itself, as PyTorch defines them.

``reduction`` says what becomes of the losses of the elements: their ``"mean"``, their ``"sum"``, or with ``"none"``
nothing.
"""

# A pack of dimensions is no type argument to type checkers.
# pyright: reportInvalidTypeForm=false

from typing import TypeVarTuple

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar, i64

P = TypeVar("P", bound=Precision)
S = TypeVarTuple("S")
B = Dim("B")
C = Dim("C")


def cross_entropy(
    logits: Tensor[P, B, C, *S],
    target: Tensor[i64, B, *S],
    weight: Tensor[P, C] | None = None,
    ignore_index=-100,
    reduction="mean",
    label_smoothing: float = 0.0,
):
    """Minus the logarithm of the softmax at the right class, as ``nll_loss`` weighs it.

    ``label_smoothing`` is the part of the right answer that is spread over all classes.
    """
    last = np.moveaxis(logits, 1, -1)
    shifted = last - np.max(last, axis=-1, keepdims=True)
    chances = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return _of_classes(chances, target, weight, ignore_index, reduction, label_smoothing)


def nll_loss(
    log_probabilities: Tensor[P, B, C, *S],
    target: Tensor[i64, B, *S],
    weight: Tensor[P, C] | None = None,
    ignore_index=-100,
    reduction="mean",
):
    """Minus the logarithm of the probability of the right class, times the ``weight`` of the class.

    Elements whose target is ``ignore_index`` do not count. The mean is over the weights of those that do.
    """
    return _of_classes(np.moveaxis(log_probabilities, 1, -1), target, weight, ignore_index, reduction, 0.0)


def _of_classes(chances, target, weight, ignore_index, reduction, label_smoothing):
    """Losses of logarithms of chances, the classes along the last axis; a target that is ignored has none."""
    kept = target != ignore_index
    classes = chances.shape[-1]
    if np.any(kept & ((target < 0) | (target >= classes))):
        raise IndexError("a target is out of bounds")
    chosen = kept[..., None] & (target[..., None] == np.arange(classes))
    weighed = chances if weight is None else chances * weight
    # What is not chosen may be minus infinity.
    losses = -np.sum(np.where(chosen, weighed, 0), axis=-1)
    spread = -np.sum(np.where(kept[..., None], weighed, 0), axis=-1) * (label_smoothing / classes)
    losses = losses * (1.0 - label_smoothing) + np.where(label_smoothing > 0.0, spread, 0)
    if reduction != "mean":
        return _reduced(losses, reduction)
    counted = kept.astype(chances.dtype)
    if weight is not None:
        counted = np.sum(np.where(chosen, weight, 0), axis=-1)
    # Of both the means: the sums of many may be out of range.
    return np.mean(losses) / np.mean(counted)


def mse_loss(x: Tensor[P, *S], target: Tensor[P, *S], reduction="mean"):
    """The squared differences."""
    gap = x - target
    return _reduced(gap * gap, reduction)


def l1_loss(x: Tensor[P, *S], target: Tensor[P, *S], reduction="mean"):
    """The magnitudes of the differences."""
    return _reduced(np.abs(x - target), reduction)


def smooth_l1_loss(x: Tensor[P, *S], target: Tensor[P, *S], reduction="mean", beta: float = 1.0):
    """The magnitudes of the differences, less ``beta / 2``; below ``beta``, half the square over ``beta``."""
    gap = np.abs(x - target)
    return _reduced(np.where(gap < beta, gap * gap * 0.5 / beta, gap - 0.5 * beta), reduction)


def huber_loss(x: Tensor[P, *S], target: Tensor[P, *S], reduction="mean", delta: float = 1.0):
    """Half the squared differences; beyond ``delta``, the line that goes on from there."""
    gap = np.abs(x - target)
    return _reduced(np.where(gap < delta, gap * gap * 0.5, (gap - 0.5 * delta) * delta), reduction)


def binary_cross_entropy(
    x: Tensor[P, *S], target: Tensor[P, *S], weight: Tensor[P, *S] | None = None, reduction="mean"
):
    """``-(target * log(x) + (1 - target) * log(1 - x))``; no logarithm counts as less than -100."""
    losses = (target - 1.0) * np.maximum(np.log1p(-x), -100) - target * np.maximum(np.log(x), -100)
    return _reduced(losses if weight is None else losses * weight, reduction)


def binary_cross_entropy_with_logits(
    x: Tensor[P, *S],
    target: Tensor[P, *S],
    weight: Tensor[P, *S] | None = None,
    reduction="mean",
    pos_weight: float = 1.0,
):
    """The same of ``sigmoid(x)``, also where that is 0 or 1. ``pos_weight`` is the weight of what is there."""
    rest = np.log1p(np.exp(-np.abs(x))) + np.maximum(-x, 0)
    losses = (1.0 - target) * x + (1.0 + (pos_weight - 1.0) * target) * rest
    return _reduced(losses if weight is None else losses * weight, reduction)


def kl_div(x: Tensor[P, *S], target: Tensor[P, *S], reduction="mean", log_target=False):
    """How far the logarithms of probabilities ``x`` are from ``target``; ``"batchmean"`` is the sum for each row."""
    if log_target:
        losses = np.exp(target) * (target - x)
    else:
        losses = np.where(target > 0, target * np.log(np.where(target > 0, target, 1)), target) - target * x
    if reduction == "batchmean":
        return np.sum(losses) / x.shape[0]
    return _reduced(losses, reduction)


def _reduced(losses, reduction):
    """Losses, or their mean or sum."""
    if reduction == "mean":
        return np.mean(losses)
    if reduction == "sum":
        return np.sum(losses)
    if reduction != "none":
        raise ValueError("reduction is 'mean', 'sum' or 'none'")
    return losses
