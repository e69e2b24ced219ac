"""A network of modules: a stack of blocks with weights given as arrays."""

import numpy as np

from pyc import Tensor, f64


def dense(x, w, b, activation):
    return activation(x @ w + b)


def relu(x):
    return np.maximum(x, 0.0)


def network[B, I, H, O](
    x: Tensor[f64, B, I], w1: Tensor[f64, I, H], b1: Tensor[f64, H], w2: Tensor[f64, H, O], b2: Tensor[f64, O]
) -> Tensor[f64, B, O]:
    hidden = dense(x, w1, b1, relu)
    hidden = dense(hidden, np.eye(w1.shape[1]), b1, np.tanh)
    return dense(hidden, w2, b2, lambda v: v / (1.0 + np.abs(v)))


def cases():
    r = np.random.default_rng(40).random
    yield "network", (r((4, 3)), r((3, 5)), r(5), r((5, 2)), r(2))
