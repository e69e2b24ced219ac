"""Where a mixed precision rounds: each rule of the language, compiled and interpreted, against NumPy in f32 and f16."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pyc
from pyc import Mixed, f16, f32
from pyc.targets.interpreter import typed
from pyc.tools.declared_locals import converting

PROGRAM = """\
from __future__ import annotations
import numpy as np
import pyc
from pyc import Dim, Mixed, Tensor, f16, f32, f64, u8

N = Dim("N")
M = Dim("M")
K = Dim("K")
P = Mixed[f16, f32]

@pyc.jit
def names_keep(x: Tensor[P, N], y: Tensor[P, N]) -> Tensor[P, N]:
    t = x * y
    u = t + x
    return u * u - t * t

@pyc.jit
def a_store_rounds(x: Tensor[P, N], y: Tensor[P, N]) -> Tensor[P, N]:
    z = x.copy()
    z[:] = x * y
    return z * 1.7

@pyc.jit
def a_declared_name_rounds(x: Tensor[P, N]) -> Tensor[P, N]:
    t: Tensor[P, N] = x * 1.003
    return t * 1.7

@pyc.jit
def given(a: Tensor[P, N]) -> Tensor[P, N]:
    return a * 1.003

@pyc.jit
def an_argument_rounds(x: Tensor[P, N]) -> Tensor[P, N]:
    return given(x * 1.003) * 1.7

def same(a):
    return a

def scaled(a):
    return a * 1.003, a

@pyc.jit
def one_more_name_keeps(x: Tensor[P, N]) -> Tensor[P, N]:
    a, b = scaled(x * 1.1)
    return same(a) * same(b)

@pyc.jit
def lambdas_keep(x: Tensor[P, N]) -> Tensor[P, N]:
    g = lambda a: a * 1.003
    return g(g(x)) * 1.7

@pyc.jit
def products_round_operands(x: Tensor[P, M, K], w: Tensor[P, K, N]) -> Tensor[P, M, N]:
    return ((x * 1.1) @ (w + 0.3)) * 1.7

@pyc.jit
def undeclared(x: Tensor[P, N]):
    return x * 1.003

@pyc.jit
def the_dtype_is_of_the_storage(x: Tensor[P, N]) -> Tensor[P, N]:
    return (np.ones_like(x) * (np.ones(1, x.dtype) / 3)).astype(x.dtype)

def fill(a):
    a[0] = 7.001
    a += 1.0001

@pyc.jit
def writes_reach_what_is_computed(x: Tensor[P, N]) -> Tensor[P, N]:
    t = x * 1.003
    fill(t)
    return t * 1.7

@pyc.jit
def overwrite(a: Tensor[P, N]) -> None:
    a[0] = 7.0

@pyc.jit
def would_be_lost(x: Tensor[P, N]) -> Tensor[P, N]:
    t = x * 1.003
    overwrite(t)
    return t

@pyc.jit
def two_types(x: Tensor[P, N]) -> Tensor[f32, N]:
    return x * 1.1

@pyc.jit
def local_types(x: float, n: int) -> tuple[f32, int, float]:
    s: f32 = 0.1
    k: u8 = 250
    k += 10
    total: float = 0
    for i in range(n):
        total += i
    return s * x, int(k), total

@pyc.jit
def widened(x: Tensor[f32, N]) -> Tensor[f64, N]:
    y: "Tensor[f64, N]" = x
    return y / 3
"""
H, S = np.float16, np.float32
Array = np.ndarray[Any, Any]
EXPECTED: dict[str, Callable[[Array, Array], Array]] = {
    "names_keep": lambda x, y: (x * y + x) * (x * y + x) - x * y * (x * y),
    "a_store_rounds": lambda x, y: (x * y).astype(H).astype(S) * S(1.7),
    "a_declared_name_rounds": lambda x, y: (x * S(1.003)).astype(H).astype(S) * S(1.7),
    "an_argument_rounds": lambda x, y: ((x * S(1.003)).astype(H).astype(S) * S(1.003)).astype(H).astype(S) * S(1.7),
    "one_more_name_keeps": lambda x, y: x * S(1.1) * S(1.003) * (x * S(1.1)),
    "lambdas_keep": lambda x, y: x * S(1.003) * S(1.003) * S(1.7),
    "undeclared": lambda x, y: x * S(1.003),
    "the_dtype_is_of_the_storage": lambda x, y: (np.ones_like(x) * S(H(1) / H(3))).astype(H),
    "writes_reach_what_is_computed": lambda x, y: (np.append(S(7.001), x[1:] * S(1.003)) + S(1.0001)) * S(1.7),
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "mixed_program.py").write_text(PROGRAM)
    spec = importlib.util.spec_from_file_location("mixed_program", folder / "mixed_program.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mixed_program"] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYC_CACHE_DIR", str(folder / "cache"))
        spec.loader.exec_module(module)
        yield module


def interpreted(program: Any) -> Any:
    """The program with every call of a typed function interpreted."""
    functions = {n: f.__wrapped__ for n, f in vars(program).items() if hasattr(f, "__wrapped__")}
    for name, function in functions.items():
        function.__globals__[name] = typed(converting(function))
    return program


@pytest.fixture(scope="module")
def outcomes(program: Any) -> dict[str, tuple[Array, Array]]:
    random = np.random.default_rng(0)
    cases = {}
    for n in (1, 2, 7, 33):
        x, y = (random.standard_normal(n).astype(H) for _ in range(2))
        for name in EXPECTED:
            arguments = (x, y) if name in ("names_keep", "a_store_rounds") else (x,)
            cases[name, n] = (x, y, arguments, getattr(program, name)(*arguments))
    refused = {}
    for name in ("would_be_lost", "two_types"):
        with pytest.raises(pyc.CompileError) as found:
            getattr(program, name)(np.ones(3, H))
        refused[name] = [d.code for d in found.value.diagnostics]
    assert refused == {"would_be_lost": ["E202"], "two_types": ["E212"]}
    others = (program.local_types(3.0, 4), program.widened(np.ones(2, S)))
    products = [(a := random.standard_normal((3, k)).astype(H), b := random.standard_normal((k, 2)).astype(H),
                 program.products_round_operands(a, b)) for k in (0, 1, 5)]  # fmt: skip
    meant = interpreted(program)
    found = {}
    for (name, n), (x, y, arguments, compiled) in cases.items():
        wrapped = [pyc.array(a, Mixed[f16, f32]) for a in arguments]
        found[f"{name} {n}"] = (x, y, compiled, np.asarray(getattr(meant, name)(*wrapped)))
    for result in (others[0], meant.local_types(3.0, 4)):
        assert result == (S(0.1) * S(3.0), 4, 6.0)
        assert [type(v) for v in result] == [S, int, float]
    for result in (others[1], meant.widened(pyc.array(np.ones(2, S)))):
        assert np.asarray(result).tolist() == [1 / 3, 1 / 3]
    for a, b, compiled in products:
        expected = (
            (a.astype(S) * S(1.1)).astype(H).astype(S) @ (b.astype(S) + S(0.3)).astype(H).astype(S) * S(1.7)
        ).astype(H)
        np.testing.assert_allclose(compiled.astype(S), expected.astype(S), rtol=1e-3)
        again = meant.products_round_operands(pyc.array(a, Mixed[f16, f32]), pyc.array(b, Mixed[f16, f32]))
        np.testing.assert_allclose(np.asarray(again).astype(S), expected.astype(S), rtol=1e-3)
    for call, match in ((meant.would_be_lost, "read-only"), (meant.two_types, r"write .to\(f32\)")):
        with pytest.raises((ValueError, TypeError), match=match):
            call(pyc.array(np.ones(3, H), Mixed[f16, f32]))
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_rounding(outcomes, name):
    for n in (1, 2, 7, 33):
        x, y, compiled, interpreted = outcomes[f"{name} {n}"]
        expected = EXPECTED[name](x.astype(S), y.astype(S)).astype(H)
        for found in (compiled, interpreted):
            assert found.dtype == H
            assert np.array_equal(found, expected), (name, n)


def test_local_types_convert_in_a_program_that_is_interpreted(tmp_path):
    """`pyc run --interpret`, plain Python under PYC_INTERPRET, and compiled: one answer."""
    text = (
        PROGRAM + "print(local_types(3.0, 4), a_declared_name_rounds(pyc.array(np.ones(3, np.float16), P)).tolist())\n"
    )
    (tmp_path / "program.py").write_text(text)
    cases = [
        ([sys.executable, "-m", "pyc", "run", "program.py"], {}),
        ([sys.executable, "-m", "pyc", "run", "--interpret", "program.py"], {}),
        ([sys.executable, "program.py"], {"PYC_INTERPRET": "1"}),
    ]
    said = set()
    for command, more in cases:
        run = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **more}, check=True
        )
        said.add(run.stdout)
    assert len(said) == 1, said
