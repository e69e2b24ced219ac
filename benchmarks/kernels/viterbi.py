"""The most likely states of a hidden Markov model."""

import numpy as np

from pyc import Tensor, f64, i64


def viterbi[S, V, T](
    start: Tensor[f64, S], trans: Tensor[f64, S, S], emit: Tensor[f64, S, V], seen: Tensor[i64, T]
) -> Tensor[i64, T]:
    steps = len(seen)
    states = len(start)
    delta = np.zeros((steps, states))
    psi = np.zeros((steps, states), dtype=np.int64)
    delta[0] = np.log(start) + np.log(emit[:, seen[0]])
    for t in range(1, steps):
        for j in range(states):
            best, arg = -np.inf, 0
            for i in range(states):
                p = delta[t - 1, i] + trans[i, j]
                if p > best:
                    best, arg = p, i
            delta[t, j] = best + emit[j, seen[t]]
            psi[t, j] = arg
    path = np.empty(steps, dtype=np.int64)
    path[-1] = np.argmax(delta[-1])
    for t in range(steps - 2, -1, -1):
        path[t] = psi[t + 1, path[t + 1]]
    return path


SIZES = {"test": (3, 4, 9), "small": (8, 10, 500), "medium": (32, 20, 2000)}


def arguments(s, v, t):
    rng = np.random.default_rng(0)
    return rng.random(s), np.log(rng.random((s, s))), rng.random((s, v)), rng.integers(0, v, t)
