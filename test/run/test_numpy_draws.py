"""Draws from distributions: each number is NumPy's, bit for bit, and so is what is left of the stream."""

import numpy as np
import pytest
from language import Twice, interpreted, outcome

_HEAD = "    rng = np.random.default_rng(seed)\n    return "
STREAMS = {
    "normal": "rng.standard_normal(n), rng.random()",
    "normal_single": "rng.standard_normal(n, np.float32), rng.standard_normal(dtype=np.float32), rng.random()",
    "exponential": "rng.standard_exponential(n), rng.random()",
    "exponential_single": "rng.standard_exponential(n, dtype=np.float32), rng.random()",
    "inverse": "rng.standard_exponential(n, method='inv'), rng.standard_exponential(n, np.float32, 'inv')",
    "uniform_single": "rng.random(n, np.float32), rng.random(dtype=np.float32), rng.random((n, 2), dtype=f32)",
}
PAIRS = ("normal", "lognormal", "gamma", "laplace", "gumbel", "logistic", "beta", "uniform")
SINGLES = ("exponential", "standard_gamma", "chisquare", "standard_t", "rayleigh", "weibull", "pareto")
COUNTS = ("poisson", "geometric")
WHOLE = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool_")
X = "x: Tensor[f64, N]"


def one(name: str, parameters: str, result: str) -> str:
    return f"def {name}(seed: int, n: int, {parameters}):\n{_HEAD}{result}\n"


def agree(program: Twice, name: str, *arguments: object) -> None:
    """Compare the two; an exception by its type and text, for NumPy raises it in code without lines."""
    expected = outcome(program.python[name], arguments)
    if expected.error is None:
        program.agree(name, *arguments)
        return
    actual = outcome(getattr(program.compiled, name), arguments)
    assert actual.error is not None, f"{name}{arguments} should raise {expected.error}, gave {actual.result}"
    assert actual.error[:2] == expected.error[:2], f"{name}{arguments}"


def test_long_streams() -> None:
    text = "".join(f"def {name}(seed: int, n: int):\n{_HEAD}{result}\n" for name, result in STREAMS.items())
    program = Twice(text, *STREAMS, level=1)
    for name in STREAMS:
        agree(program, name, 20251121, 1_000_000)
        for seed in range(20):
            agree(program, name, seed, 500)
        agree(program, name, 3, 0)
        interpreted(program, name, (3, 5))


X0 = np.array([0.5, 1.0, 0.25])
VALUES = (0.0, 0.01, 0.3, 1.0, 2.0, 40.0, -1.0, np.nan)


@pytest.mark.parametrize("names", [PAIRS[:4], PAIRS[4:]])
def test_distributions_with_two_parameters(names: tuple[str, ...]) -> None:
    lines = (one(f, f"a: float, b: float, {X}", f"rng.{f}(a, b, n), rng.{f}(x, b), rng.random()") for f in names)
    program = Twice("".join(lines), *names, level=1)
    for name in names:
        for seed, a in enumerate(VALUES):
            for b in VALUES:
                agree(program, name, seed, 300, a, b, X0 + 7)
        agree(program, name, 1, 3, 1.0, 2.0, -X0)


@pytest.mark.parametrize("names", [SINGLES, COUNTS])
def test_distributions_with_one_parameter(names: tuple[str, ...]) -> None:
    lines = (one(f, f"a: float, {X}", f"rng.{f}(a, n), rng.{f}(x), rng.random()") for f in names)
    program = Twice("".join(lines), *names, level=1)
    for name in names:
        for seed, a in enumerate((*VALUES, 9.99, 10.0, 1e6, 1e-5, 1e19)):
            agree(program, name, seed, 2000, a, X0)
        agree(program, name, 1, 3, 1.0, np.array([0.5, -1.0]))


def test_binomial() -> None:
    program = Twice(
        one("f", f"k: int, a: float, {X}", "rng.binomial(k, a, n), rng.binomial(k, x), rng.random()"), "f", level=1
    )
    for k in (0, 1, 10, 100, 100_000, -1):
        for seed, p in enumerate((0.0, 0.03, 0.1, 0.5, 0.7, 1.0, 1.5, np.nan)):
            agree(program, "f", seed, 700, k, p, X0)


def test_shapes() -> None:
    shapes = "rng.normal(x, y), rng.normal(0, y, (3, 2, len(x))), rng.poisson(4), rng.normal(size=3), rng.normal()"
    program = Twice(one("shapes", f"{X}, y: Tensor[f64, M, 1]", shapes), "shapes", level=1)
    agree(program, "shapes", 3, 4, X0, np.array([[1.0], [2.0]]))
    agree(program, "shapes", 3, 4, X0[::-2], np.array([[1.0], [2.0]])[::-1])
    interpreted(program, "shapes", (3, 4, X0, np.array([[1.0], [2.0]])))


def test_whole_numbers_of_every_type() -> None:
    result = "rng.integers(a, b, n, dtype=np.{0}), rng.integers(a, b, size=(n, 2), dtype=np.{0}, endpoint=True)"
    text = "".join(one(t, "a: int, b: int", result.format(t) + ", rng.random()") for t in WHOLE)
    program = Twice(text, *WHOLE, level=1)
    ends = [(0, 1), (0, 2), (0, 10), (-5, 100), (-128, 127), (-128, 128), (0, 255), (0, 256), (0, 65535), (0, 65536)]
    ends += [(-32768, 32768), (0, 2**32 - 1), (0, 2**32), (-(2**31), 2**31), (5, 5), (9, 3), (0, 37), (0, 200)]
    ends += [(0, 40000), (-(2**63), 2**63 - 1), (3, 4)]
    for t in WHOLE:
        for seed, (a, b) in enumerate(ends):
            agree(program, t, seed, 101, a, b)


def test_permuted() -> None:
    lines = "rng.permuted(x), rng.permuted(x, axis=0), rng.permuted(x, axis=1), rng.permuted(x, axis=-1), rng.random()"
    program = Twice(one("permuted", "x: Tensor[i32, N, M, K]", lines), "permuted", level=1)
    for shape in ((3, 4, 5), (1, 1, 1), (2, 7, 3), (0, 2, 3), (2, 3, 0)):
        agree(program, "permuted", 5, 0, np.arange(np.prod(shape), dtype=np.int32).reshape(shape))
    agree(program, "permuted", 5, 0, np.arange(120, dtype=np.int32).reshape(4, 5, 6)[::-1, ::2, ::3])
