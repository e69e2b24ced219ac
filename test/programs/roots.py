"""Roots and integrals of functions that are passed as arguments."""

import math

from pyc import f64


def bisect(f, low, high, tolerance):
    if f(low) * f(high) > 0:
        raise ValueError("the function has the same sign at both ends")
    while high - low > tolerance:
        middle = (low + high) / 2
        if f(low) * f(middle) <= 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def simpson(f, a, b, n):
    h = (b - a) / n
    total = f(a) + f(b)
    for k in range(1, n):
        total += (4 if k % 2 else 2) * f(a + k * h)
    return total * h / 3


def newton(f, derivative, x, limit):
    for _ in range(limit):
        step = f(x) / derivative(x)
        x -= step
        if abs(step) < 1e-14:
            break
    else:
        raise ArithmeticError("no convergence")
    return x


def square_root(a: f64) -> f64:
    return newton(lambda x: x * x - a, lambda x: 2.0 * x, a, 60)


def kepler(anomaly: f64, e: f64) -> f64:
    return bisect(lambda x: x - e * math.sin(x) - anomaly, 0.0, 2.0 * math.pi, 1e-12)


def bell(a: f64, b: f64, n: int) -> f64:
    return simpson(lambda x: math.exp(-x * x), a, b, n)


def cases():
    yield "square_root", (2.0,)
    yield "square_root", (1e6,)
    yield "kepler", (1.0, 0.3)
    yield "kepler", (9.0, 0.3)
    yield "bell", (-3.0, 3.0, 40)
