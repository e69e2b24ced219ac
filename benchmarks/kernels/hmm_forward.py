"""The likelihood of what a hidden Markov model was seen to do, scaled."""

import math

import numpy as np

from pyc import Tensor, f64, i64


def hmm_forward[S, V, T](
    start: Tensor[f64, S], trans: Tensor[f64, S, S], emit: Tensor[f64, S, V], seen: Tensor[i64, T]
) -> float:
    alpha = start * emit[:, seen[0]]
    total = alpha.sum()
    alpha /= total
    likelihood = math.log(total)
    for t in range(1, len(seen)):
        alpha = (alpha @ trans) * emit[:, seen[t]]
        total = alpha.sum()
        alpha /= total
        likelihood += math.log(total)
    return likelihood


SIZES = {"test": (3, 4, 9), "small": (8, 10, 1000), "medium": (64, 20, 4000)}


def arguments(s, v, t):
    rng = np.random.default_rng(0)
    trans = rng.random((s, s))
    return rng.random(s), trans / trans.sum(axis=1, keepdims=True), rng.random((s, v)), rng.integers(0, v, t)
