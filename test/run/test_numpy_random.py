"""Generators of random numbers with a seed: every draw is NumPy's, bit for bit."""

import numpy as np
import pytest
from language import Twice, interpreted, outcome

TEXT = """
def one(seed: int):
    rng = np.random.default_rng(seed)
    return rng.random()

def numbers(seed: int, n: int, m: int):
    rng = np.random.default_rng(seed)
    x = rng.random(n)
    y = rng.random((n, m))
    z = rng.uniform(-1.5, 2, size=(m, n))
    return x, y, z, rng.uniform(), rng.uniform(1, 1), rng.random(()), rng.random(size=3)

def between(seed: int, low: float, high: float):
    rng = np.random.default_rng(seed)
    return rng.uniform(low, high, 3), rng.uniform(low, high)

def whole(seed: int, low: int, high: int, n: int):
    rng = np.random.default_rng(seed)
    x = rng.integers(low, high, n)
    y = rng.random()
    z = rng.integers(low, high, size=(n, 2), endpoint=True)
    return x, y, z, rng.integers(low, high, dtype=np.int64)

def below(seed: int, high: int):
    rng = np.random.default_rng(seed)
    return rng.integers(high), rng.integers(high, size=5), rng.random(), rng.integers(high, endpoint=True)

def orders(seed: int, n: int, x: Tensor[f64, N, M]):
    rng = np.random.Generator(np.random.PCG64(seed))
    return rng.permutation(n), rng.permutation(x), rng.permutation(x, axis=1), rng.permutation(x[0]), rng.random()

def shuffled(seed: int, x: Tensor[f64, N], y: Tensor[i32, N, M]) -> None:
    rng = np.random.default_rng(seed)
    rng.shuffle(x)
    rng.shuffle(y)
    rng.shuffle(y, axis=1)

def chosen(seed: int, n: int, m: int):
    rng = np.random.default_rng(seed)
    a = rng.choice(n)
    b = rng.choice(n, m)
    c = rng.choice(n, m, replace=False)
    d = rng.choice(n, (m, 2))
    e = rng.choice(n, m, replace=False, shuffle=False)
    return a, b, c, d, e, rng.random()

def parts(seed: int, x: Tensor[f64, N, M], m: int):
    rng = np.random.default_rng(seed)
    return rng.choice(x, m), rng.choice(x[0], (m, 2)), rng.choice(x, 2, replace=False, axis=1), rng.choice(x[:, 0])

def weighted(seed: int, p: Tensor[f64, N], m: int):
    rng = np.random.default_rng(seed)
    n = len(p)
    return rng.choice(n, p=p), rng.choice(n, m, p=p), rng.choice(n, 2, replace=False, p=p), rng.random()

def drawn(rng, n):
    return rng.uniform(-1, 2, n)

def made(seed: int):
    return np.random.default_rng(seed)

def passed(rng: np.random.Generator, n: int):
    if n > 2:
        return rng.random() + rng.integers(n)
    return 0.5

def helped(seed: int, n: int):
    rng = made(seed)
    other = np.random.default_rng(rng)
    total = 0.0
    for i in range(n):
        total += drawn(rng, 3)[1] + other.random() + passed(rng, i)
        while rng.integers(4) > 0:
            total -= rng.random()
    return float(total), rng.random()

def two(seed: int, first: bool):
    a = np.random.default_rng(seed)
    b = np.random.default_rng(seed + 1)
    rng = a
    if first:
        rng = b
    return rng.random(), a.random(), b.random()

def mixed(seed: int, n: int):
    rng = np.random.default_rng(seed)
    out = np.empty(n)
    for i in range(n):
        k = i % 5
        if k == 0:
            out[i] = rng.random()
        elif k == 1:
            out[i] = rng.integers(0, 1000)
        elif k == 2:
            out[i] = rng.integers(0, 2**40)
        elif k == 3:
            out[i] = rng.choice(17)
        else:
            out[i] = rng.permutation(6)[2]
    return out
"""
NAMES = (
    "one", "numbers", "between", "whole", "below", "orders", "shuffled", "chosen", "parts", "weighted", "helped",
    "two", "mixed",
)  # fmt: skip
SEEDS = (0, 1, 42, 2**32 - 1, 2**32, 2**63 - 1)


@pytest.fixture(scope="module")
def program() -> Twice:
    return Twice(TEXT, *NAMES)


def agree(program: Twice, name: str, *arguments: object) -> None:
    """Compare the two; an exception by its type and text, for NumPy raises it in code without lines."""
    expected = outcome(program.python[name], arguments)
    if expected.error is None:
        program.agree(name, *arguments)
        return
    actual = outcome(getattr(program.compiled, name), arguments)
    assert actual.error is not None, f"{name}{arguments} should raise {expected.error}, gave {actual.result}"
    assert actual.error[:2] == expected.error[:2], f"{name}{arguments}"
    assert "rng" in actual.error[2]


def test_numbers(program: Twice) -> None:
    for seed in (*SEEDS, *range(100, 200)):
        agree(program, "one", seed)
    for seed in SEEDS:
        for n, m in ((3, 2), (0, 1), (1, 7)):
            agree(program, "numbers", seed, n, m)
    agree(program, "one", -1)
    for low, high in ((0.0, 1e300), (1.0, 0.0), (-1e308, 1e308), (0.0, np.inf), (np.nan, 1.0), (-0.0, 0.0)):
        agree(program, "between", 5, low, high)


def test_whole_numbers(program: Twice) -> None:
    ends = [(0, 7), (0, 1), (-5, 2**32 - 6), (-5, 2**32 - 5), (0, 2**32), (0, 2**32 + 1), (-(2**62), 2**62)]
    ends += [(0, 3 * 2**30), (0, 3 * 2**61), (-(2**63), 2**63 - 1), (5, 5), (6, 5), (1, 2**32 - 1)]
    for seed in SEEDS:
        for low, high in ends:
            agree(program, "whole", seed, low, high, 9)
        for high in (1, 2, 100, 2**33, 2**63 - 1, 0, -4):
            agree(program, "below", seed, high)


def test_orders(program: Twice) -> None:
    for seed in SEEDS:
        for n, m in ((7, 3), (1, 1), (2, 5), (33, 2)):
            x = np.arange(n * m, dtype=np.float64).reshape(n, m)
            agree(program, "orders", seed, n * m, x)
            agree(program, "shuffled", seed, x[:, 0].copy(), x.astype(np.int32))
    agree(program, "orders", 1, 0, np.ones((2, 0)))
    agree(program, "orders", 1, 5, np.arange(24.0).reshape(4, 6)[::-2, ::3])


def test_choices(program: Twice) -> None:
    for seed in SEEDS:
        for n, m in ((20, 7), (1, 1), (5, 5), (20000, 350), (20000, 700), (20000, 20), (10001, 10001)):
            agree(program, "chosen", seed, n, m)
        agree(program, "parts", seed, np.arange(15.0).reshape(5, 3), 4)
        for p in ([0.1, 0.2, 0.3, 0.4], [0.5, 0.0, 0.5], [0.999, 0.0005, 0.0005]):
            agree(program, "weighted", seed, np.array(p), 40)
    for n, m in ((0, 1), (-3, 2), (4, 5)):
        agree(program, "chosen", 1, n, m)
    for p in ([0.5, 0.4], [1.5, -0.5], [np.nan, 0.5], [1.0, 0.0]):
        agree(program, "weighted", 1, np.array(p), 3)


def test_programs(program: Twice) -> None:
    for seed in SEEDS:
        for n in (0, 1, 10, 50):
            agree(program, "helped", seed, n)
        agree(program, "two", seed // 2, True)
        agree(program, "two", seed // 2, False)
    agree(program, "mixed", 12345, 100_000)


def test_in_the_interpreter(program: Twice) -> None:
    x = np.arange(12.0).reshape(4, 3)
    interpreted(program, "orders", (3, 5, x))
    interpreted(program, "parts", (3, x, 4))
    interpreted(program, "weighted", (3, np.array([0.25, 0.75]), 4))
    interpreted(program, "shuffled", (3, np.arange(4.0), np.arange(8, dtype=np.int32).reshape(4, 2)))
