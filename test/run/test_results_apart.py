"""Results that begin with the same value, each in memory of its own."""

import numpy as np
from language import Twice

TEXT = """
def zeros(n: int):
    x = np.zeros(n)
    y = np.zeros(n)
    for i in range(n):
        x[i] = i
    for i in range(n):
        y[i] = 2 * i
    return x, y

def doubled(a: Tensor[f64, N]):
    x = a * 2
    for i in range(len(a)):
        x[i] += i
    y = a * 2
    for i in range(len(a)):
        y[i] -= i
    return x, y, x + y

def copied(a: Tensor[f64, N]):
    t = a * 2
    x = t.copy()
    for i in range(len(a)):
        x[i] += i
    y = t.copy()
    for i in range(len(a)):
        y[i] -= i
    return x, y

def chosen(a: Tensor[f64, N], first: bool):
    x = np.zeros(len(a))
    y = np.zeros(len(a))
    i = 0
    while i < len(a):
        x[i] = a[i]
        i += 1
    if first:
        for i in range(len(a)):
            y[i] = -a[i]
    return x, y, np.zeros(len(a))

def counted(a: Tensor[f64, N]):
    x = np.zeros(len(a))
    y = np.zeros(len(a))
    for i in range(len(a)):
        x[i] = i
    for i in range(len(a)):
        y[i] = 2 * i
        a[i] += 1
    return x, y.sum(), y
"""


def test_results_that_begin_alike() -> None:
    program = Twice(TEXT, "zeros", "doubled", "copied", "chosen", "counted")
    for n in (0, 1, 2, 7):
        a = np.arange(float(n)) - 2.5
        program.agree("zeros", n)
        for name in ("doubled", "copied", "counted"):
            program.agree(name, a)
        program.agree("chosen", a, True)
        program.agree("chosen", a, False)


CHOSEN = """
def early(x: Tensor[f64, N], w: Tensor[f64, N], k: int):
    h = np.ones(len(w))
    h -= x
    if k != 0:
        if k == 3:
            return h, np.ones(len(w))
        w[...] = w * 0.5
    else:
        h[3:k] = 0.5
    return h, np.ones(len(w))
"""


def test_results_that_begin_alike_where_a_function_returns_early() -> None:
    twice = Twice(CHOSEN, "early")
    for n in (0, 1, 4):
        for k in (0, 1, 3):
            twice.agree("early", np.arange(n) + 2.0, np.ones(n), k)
