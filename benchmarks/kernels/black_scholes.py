"""Prices of options."""

import math

import numpy as np

from pyc import Tensor, f64


def cndf2(x):
    return 0.5 + 0.5 * np.vectorize(math.erf)(x / np.sqrt(2.0))


def black_scholes[N](
    price: Tensor[f64, N], strike: Tensor[f64, N], t: Tensor[f64, N], rate: float, vol: float
) -> tuple[Tensor[f64, N], Tensor[f64, N]]:
    a = np.log(price / strike)
    b = t * -rate
    z = t * vol * vol * 2
    c = 0.25 * z
    y = 1.0 / np.sqrt(z)
    w1 = (a - b + c) * y
    w2 = (a - b - c) * y
    d1 = np.empty_like(w1)
    d2 = np.empty_like(w2)
    for i in range(len(w1)):
        d1[i] = 0.5 + 0.5 * math.erf(w1[i])
        d2[i] = 0.5 + 0.5 * math.erf(w2[i])
    se = np.exp(b) * strike
    call = price * d1 - se * d2
    put = call - price + se
    return call, put


SIZES = {"test": (17,), "small": (10_000,), "medium": (400_000,)}


def arguments(n):
    rng = np.random.default_rng(0)
    return rng.uniform(10.0, 50.0, n), rng.uniform(10.0, 50.0, n), rng.uniform(1.0, 2.0, n), 0.1, 0.2
