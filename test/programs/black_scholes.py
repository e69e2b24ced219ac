"""Prices of options: by the formula, and by a binomial tree."""

import math

import numpy as np

from pyc import Tensor, f64


def cumulative(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def call(price: float, strike: float, t: float, rate: float, volatility: float) -> float:
    d1 = (math.log(price / strike) + (rate + 0.5 * volatility**2) * t) / (volatility * math.sqrt(t))
    d2 = d1 - volatility * math.sqrt(t)
    return price * cumulative(d1) - strike * math.exp(-rate * t) * cumulative(d2)


def prices[N](
    price: Tensor[f64, N], strike: Tensor[f64, N], t: Tensor[f64, N], rate: float, volatility: float
) -> Tensor[f64, N]:
    out = np.empty_like(price)
    for i, (p, s, y) in enumerate(zip(price, strike, t)):
        out[i] = call(p, s, y, rate, volatility)
    return out


def tree(price: float, strike: float, t: float, rate: float, volatility: float, steps: int) -> float:
    dt = t / steps
    up = math.exp(volatility * math.sqrt(dt))
    down = 1.0 / up
    p = (math.exp(rate * dt) - down) / (up - down)
    values = np.empty(steps + 1)
    for i in range(steps + 1):
        values[i] = max(price * up ** (steps - i) * down**i - strike, 0.0)
    for k in range(steps, 0, -1):
        values[:k] = math.exp(-rate * dt) * (p * values[:k] + (1.0 - p) * values[1 : k + 1])
    return float(values[0])


def cases():
    rng = np.random.default_rng(29)
    n = 9
    yield "prices", (rng.random(n) * 50 + 50, rng.random(n) * 50 + 50, rng.random(n) + 0.1, 0.03, 0.2)
    yield "tree", (100.0, 95.0, 1.0, 0.03, 0.2, 30)
    yield "tree", (100.0, 95.0, 1.0, 0.03, 0.2, 0)
