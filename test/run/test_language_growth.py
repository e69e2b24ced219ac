"""Functions that call others twice, which do the same: programs do not grow with every way through them."""

import numpy as np
import pytest
from language import CPU, HEADER, Twice, interpreted

from pyc.frontend import Request, emit_growth, lower
from pyc.source import Source
from pyc.targets.backend import Options, backend

CHAINS = {
    "memory": (
        "def g0(x: Tensor[f64, N], y: Tensor[f64, N], i: int) -> None:\n    u, v = x, y\n    for k in range(i % 3):\n"
        "        u[k % len(x)] += v[0]\n        u, v = v, u\n",
        "def g{d}(x: Tensor[f64, N], y: Tensor[f64, N], i: int) -> None:\n"
        "    g{c}(x, y, i + 1)\n    g{c}(y, x, i - 1)\n",
        (np.ones(3), np.full(3, 0.5), 1),
    ),
    "value": (
        "def g0(x: Tensor[f64, N], i: int) -> Tensor[f64, N]:\n    return x * 0.5 + i\n",
        "def g{d}(x: Tensor[f64, N], i: int) -> Tensor[f64, N]:\n    y = g{c}(x, i + 1)\n    return g{c}(y, i - 1)\n",
        (np.ones(3), 1),
    ),
    "number": (
        "def g0(x: int) -> int:\n    s = 0\n    while x > 0:\n        s += x % 3\n        x //= 2\n    return s\n",
        "def g{d}(x: int) -> int:\n    return g{c}(x + 1) + g{c}(x - 1)\n",
        (17,),
    ),
}


def chain(kind: str, depth: int) -> str:
    first, link, _ = CHAINS[kind]
    return first + "".join(link.format(d=d, c=d - 1) for d in range(1, depth + 1))


def size(kind: str, depth: int, *, whole: bool = False) -> int:
    """The bytes of the last function's code, or of that of all functions of the file."""
    cpu, options = backend("cpu"), Options(name="program", emit="obj", source_path="<chain>")
    functions = () if whole else (f"g{depth}",)
    module = lower(Source("<chain>", HEADER + chain(kind, depth)), Request(CPU, functions)).module
    with module.context:
        cpu.pipeline(CPU, options).run(module)
        (code,) = cpu.emit(module, CPU, options).files.values()
    return len(code)


@pytest.mark.parametrize("kind", CHAINS)
def test_a_chain_of_calls_is_as_cpython(kind):
    Twice(chain(kind, 12), "g12").agree("g12", *CHAINS[kind][2])


def test_code_grows_with_the_program(monkeypatch):
    monkeypatch.setattr(emit_growth, "_MOST", 300)
    monkeypatch.setattr(emit_growth, "_SHORTEST", 40)
    short, long = (size("memory", depth) for depth in (12, 24))
    assert long < 3 * short


@pytest.mark.parametrize("kind", ["memory", "value"])
def test_code_of_a_file_grows_with_the_file(monkeypatch, kind):
    """Functions that are exported are called by others, which are exported, too."""
    monkeypatch.setattr(emit_growth, "_MOST", 300)
    monkeypatch.setattr(emit_growth, "_SHORTEST", 40)
    short, long = (size(kind, depth, whole=True) for depth in (6, 12))
    assert long < 4 * short


MIXED = """
def centred(x: Tensor[f64, N]) -> Tensor[f64, N]:
    return x - x.mean() if len(x) else x
def scaled(x: Tensor[f64, N], by: float) -> None:
    x *= by
    x[0] /= by
def first(x: Tensor[f64, N], k: int) -> Tensor[f64, M]:
    return x[:k]
def both(x: Tensor[f64, N], y: Tensor[f64, N]) -> tuple[Tensor[f64, N], float, Tensor[f64, N]]:
    scaled(x, 2.0)
    return x, float(y[0]), centred(y)
def mixed(x: Tensor[f64, N], y: Tensor[f64, N], k: int) -> tuple[float, Tensor[f64, N]]:
    a, b, c = both(x, y)
    d, e, f = both(y, x)
    g = first(a, k)
    g += 1.0
    scaled(first(d, 2), 3.0)
    try:
        scaled(first(c, 0), b)
    except IndexError:
        a[-1] += e
    return b + e + g.sum(), centred(c) + f + a
"""


def test_any_function_may_stay_one(monkeypatch):
    monkeypatch.setattr(emit_growth, "kept", lambda functions: [f for f in functions if not f.export])
    twice = Twice(MIXED, "mixed")
    for x in (np.arange(5.0), np.arange(12.0)[::-2], np.ones(1), np.ones(0)):
        for k in (0, 2, 9):
            twice.agree("mixed", x, x * 3.0 + 1.0, k, message=False)
    interpreted(twice, "mixed", (np.arange(5.0), np.ones(5), 3))
