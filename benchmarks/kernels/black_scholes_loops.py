"""Prices of options, one by one, with a polynomial for the normal distribution."""

import math

import numpy as np

from pyc import Tensor, f64

A1 = 0.31938153
A2 = -0.356563782
A3 = 1.781477937
A4 = -1.821255978
A5 = 1.330274429
RSQRT2PI = 0.39894228040143267793994605993438


def cnd(d):
    k = 1.0 / (1.0 + 0.2316419 * math.fabs(d))
    ret_val = RSQRT2PI * math.exp(-0.5 * d * d) * (k * (A1 + k * (A2 + k * (A3 + k * (A4 + k * A5)))))
    if d > 0:
        ret_val = 1.0 - ret_val
    return ret_val


def black_scholes_loops[N](
    call: Tensor[f64, N],
    put: Tensor[f64, N],
    price: Tensor[f64, N],
    strike: Tensor[f64, N],
    years: Tensor[f64, N],
    rate: float,
    vol: float,
) -> None:
    for i in range(len(price)):
        root = math.sqrt(years[i])
        d1 = (math.log(price[i] / strike[i]) + (rate + 0.5 * vol * vol) * years[i]) / (vol * root)
        d2 = d1 - vol * root
        cd1 = cnd(d1)
        cd2 = cnd(d2)
        discounted = strike[i] * math.exp((-1.0 * rate) * years[i])
        call[i] = price[i] * cd1 - discounted * cd2
        put[i] = discounted * (1.0 - cd2) - price[i] * (1.0 - cd1)


SIZES = {"test": (17,), "small": (10_000,), "medium": (400_000,)}


def arguments(n):
    rng = np.random.default_rng(0)
    return np.zeros(n), np.zeros(n), rng.uniform(5, 30, n), rng.uniform(1, 100, n), rng.uniform(0.25, 10, n), 0.02, 0.3
