"""Programs of the language, exported to ONNX: ONNX Runtime gives what compiled code gives on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyc
from pyc import weights as weights_files
from pyc.diagnostics import CompileError
from pyc.frontend import Request
from pyc.precision import DTYPES
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.onnx.inspect import verify_model
from pyc.tools import driver

#: One worker compiles the programs for all tests.
pytestmark = pytest.mark.xdist_group("language-onnx")
HEADER = """\
from __future__ import annotations
import numpy as np
import pyc
from pyc import Dim, Mixed, Precision, Target, Tensor, TypeVar, bf16, bool_, cpu, f16, f32, f64, i8, i32, i64, u8
from pyc.nn import attention, gelu, layer_norm, relu, softmax
M, K, N = Dim("M"), Dim("K"), Dim("N")
"""
SOURCE = """
def backwards(x: Tensor[f32, M, N]) -> Tensor[f32, M, N]:
    return x[::-1, ::-1] * 2
@pyc.jit(unchecked=True)
def picked(x: Tensor[f32, M, N], i: Tensor[i64, K]) -> tuple[Tensor[f32, M, K], Tensor[f32, K, N], Tensor[f32, K]]:
    return x[:, i], x[i], x[i, i - 1] + 1
def masked(x: Tensor[f64, N]) -> Tensor[f64, N]:
    y = x * 2
    y[y > 0] = -1.0
    y[x < -1] += 3.0
    return y
def affine(x: Tensor[f32, M, N], a: f32, b: Tensor[f32, N]) -> Tensor[f32, M, N]:
    return a * x - b / 3
def integers(x: Tensor[i32, N], y: Tensor[i32, N]) -> tuple[Tensor[i32, N], Tensor[i32, N], Tensor[i32, N]]:
    return x // y, x % y, (x ^ y) << 3
def small(x: Tensor[u8, N], y: Tensor[i8, N]) -> tuple[Tensor[u8, N], Tensor[i8, N]]:
    return x * 3 + 1, -y // 5
def halves(x: Tensor[f16, N], y: Tensor[f16, N]) -> Tensor[f16, N]:
    return x * y + x - y / 3
def brain(x: Tensor[bf16, N], y: Tensor[bf16, N]) -> Tensor[bf16, N]:
    return x * y - x
def mixed(x: Tensor[Mixed[f16, f32], N]) -> Tensor[Mixed[f16, f32], N]:
    return x * x + x - 0.1
def choose(x: Tensor[f64, M, N]) -> Tensor[f64, M, N]:
    return np.where(x > 0.5, np.sqrt(np.abs(x)), np.minimum(x, -1.0))
def norm(x: Tensor[f64, N]) -> f64:
    return np.sqrt((x * x).sum())
def statistics(x: Tensor[f32, M, 5]) -> tuple[Tensor[f32, M], Tensor[f32, M], Tensor[i64, M], f32]:
    return x.max(axis=1), x.min(axis=1), x.argmax(axis=1), np.mean(x)
def product(x: Tensor[f16, M, K], w: Tensor[f16, K, N], b: Tensor[f32, N]) -> Tensor[f16, M, N]:
    return np.tanh(pyc.dot(x, w, acc=f32) + b).to(f16)
def turned(x: Tensor[f32, M, N]) -> Tensor[f32, N, M]:
    return x.T + np.ones((N, M), f32)
def views(x: Tensor[f32, M, N]):
    return x.T, x.reshape(-1), x[0], x[:, ::-1], np.diag(x), x
def inner(x: Tensor[f32, N]) -> Tensor[f32, N - 2]:
    return x[1:-1] - x[:-2] + x[2:]
def every_other(x: Tensor[f32, 9, N]) -> Tensor[f32, 3, N]:
    return x[1:8:3] + x[0]
def halo(u: Tensor[f64, N], s: f64) -> None:
    u[1:-1] = u[1:-1] * s
    u[0] = 0.5
def joined(x: Tensor[f32, N], y: Tensor[f32, N]) -> Tensor[f32, 2, N]:
    return np.stack([x, y])
def counted(n: int, x: Tensor[f64, N]) -> Tensor[f64, N]:
    return x + np.arange(N) * 2.0
def itself(x: Tensor[f32, N], y: Tensor[f32, N]) -> tuple[Tensor[f32, N], Tensor[f32, N]]:
    return x, x + y
def layers(x: Tensor[f32, M, 8], w: Tensor[f32, 8], b: Tensor[f32, 8]) -> Tensor[f32, M, 8]:
    return softmax(relu(layer_norm(gelu(x), w, b)))
def attended(x: Tensor[f32, 4, 6], n: int) -> Tensor[f32, 4, 6]:
    return attention(x * n, x, x, causal=True)
"""


def compiled(text: str, target: Target, folder: Path, functions: tuple[str, ...] = (), weights: Any = None) -> Any:
    """The functions of a program, loaded from its artifact."""
    path = folder / "program.py"
    path.write_text(text)
    options = Options("program", weights=weights, source_path=str(path))
    made = driver.compile_source(Source(str(path), text), target, options, Request(functions=functions))
    return pyc.load(made.write(folder / f"program.{target.name}"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """(the CPU's bundle, the models), of all functions above."""
    folder = tmp_path_factory.mktemp("language")
    models = compiled(HEADER + SOURCE, Target("onnx"), folder)
    assert verify_model(folder / "program.onnx") == []
    return compiled(HEADER + SOURCE, Target("cpu"), folder), models


def random(dtype: str, *shape: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(sum(shape))
    return (rng.standard_normal(shape) * 2).astype(DTYPES[dtype].dtype)


def whole(dtype: str, *shape: int) -> np.ndarray[Any, Any]:
    kind = np.dtype(dtype)
    return np.random.default_rng(7).integers(np.iinfo(kind).min, np.iinfo(kind).max, shape, kind, endpoint=True)


def exact(got: Any, want: Any) -> None:
    np.testing.assert_array_equal(got, want)


def close(rtol: float) -> Callable[[Any, Any], None]:
    return lambda got, want: np.testing.assert_allclose(
        np.asarray(got, "f8"), np.asarray(want, "f8"), rtol=rtol, atol=rtol
    )


SIZES = [0, 1, 2, 7, 64]
Case = tuple[str, Callable[[int], tuple[Any, ...]], Callable[[Any, Any], None]]
CASES: list[Case] = [
    ("backwards", lambda n: (random("f32", 3, n),), exact),
    ("attended", lambda n: (random("f32", 4, 6), n), close(1e-5)),
    ("picked", lambda n: (random("f32", n + 2, n + 2), np.array([1, -1, 0])), exact),
    ("masked", lambda n: (random("f64", n),), exact),
    ("affine", lambda n: (random("f32", 3, n), 0.3, random("f32", n)), exact),
    ("integers", lambda n: (whole("i4", n), whole("i4", n)[::-1]), exact),
    ("small", lambda n: (whole("u1", n), whole("i1", n)), exact),
    ("halves", lambda n: (random("f16", n), random("f16", n)[::-1]), exact),
    ("brain", lambda n: (random("bf16", n), random("bf16", n)[::-1]), exact),
    ("mixed", lambda n: (random("f16", n),), exact),
    ("choose", lambda n: (random("f64", 3, n),), exact),
    ("norm", lambda n: (random("f64", n),), close(1e-14)),
    ("statistics", lambda n: (random("f32", n + 1, 5),), close(1e-6)),
    ("product", lambda n: (random("f16", n, 5), random("f16", 5, 3), random("f32", 3)), close(2e-3)),
    ("turned", lambda n: (random("f32", 3, n),), exact),
    ("views", lambda n: (random("f32", 3, n),), exact),
    ("inner", lambda n: (random("f32", n + 2),), exact),
    ("every_other", lambda n: (random("f32", 9, n),), exact),
    ("halo", lambda n: (random("f64", n + 1), 2.5), exact),
    ("joined", lambda n: (random("f32", n), random("f32", n)[::-1]), exact),
    ("counted", lambda n: (n, random("f64", n)), exact),
    ("itself", lambda n: (random("f32", n), random("f32", n)), exact),
    ("layers", lambda n: (random("f32", n, 8), random("f32", 8), random("f32", 8)), close(2e-6)),
]


@pytest.mark.parametrize(("name", "arguments", "agree"), CASES, ids=[c[0] for c in CASES])
def test_onnx_gives_what_the_cpu_gives(both: tuple[Any, Any], name: str, arguments: Any, agree: Any) -> None:
    cpu, models = both
    for n in SIZES:
        ours = [np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments(n)]
        theirs = [np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments(n)]
        with np.errstate(all="ignore"):
            want, got = getattr(cpu, name)(*ours), getattr(models, name)(*theirs)
        pairs = zip(want, got, strict=True) if isinstance(want, tuple) else [(want, got)]
        for w, g in (*pairs, *zip(ours, theirs, strict=True)):
            if w is not None:
                assert np.shape(g) == np.shape(w)
                agree(g, w)


MODULES = """
class Dense[In, Out, P: Precision](pyc.Module):
    weight: Tensor[P, In, Out]
    bias: Tensor[P, Out]
    def __call__[B](self, x: Tensor[P, B, In]) -> Tensor[P, B, Out]:
        return x @ self.weight + self.bias
class Net[P: Precision](pyc.Module):
    first: Dense[8, 16, P]
    second: Dense[16, 4, P]
    def __call__[B](self, x: Tensor[P, B, 8]) -> Tensor[P, B, 4]:
        return softmax(self.second(self.hidden(x)))
    def hidden[B](self, x: Tensor[P, B, 8]) -> Tensor[P, B, 16]:
        return relu(self.first(x))
Serving = Net[Mixed[f16, f32]]
"""


def test_modules_with_their_weights(tmp_path: Path) -> None:
    shapes = {"first.weight": (8, 16), "first.bias": (16,), "second.weight": (16, 4), "second.bias": (4,)}
    given = {name: random("f16", *shape) for name, shape in shapes.items()}
    weights_file = tmp_path / "w.safetensors"
    weights_file.write_bytes(weights_files.dump(given))
    models = compiled(HEADER + MODULES, Target("onnx"), tmp_path, weights=given)
    cpu = compiled(HEADER + MODULES, Target("cpu"), tmp_path, weights=given)
    x = random("f16", 7, 8)
    for ours, theirs in ((cpu.Serving, models.Serving), (cpu.Serving.hidden, models.Serving.hidden)):
        np.testing.assert_allclose(theirs(x).astype("f4"), ours(x).astype("f4"), rtol=2e-3)
    apart = compiled(HEADER + MODULES, Target("onnx"), tmp_path)
    exact(apart.Serving.load(weights_file)(x), models.Serving(x))


INDEX = """def f(x: Tensor[f32, N], i: int) -> f32:
    return x[i]
"""
EXACT = """def f(x: Tensor[i64, N], n: int) -> Tensor[i64, N]:
    return x + (n + 1)
"""


NOTHING = """def f(x: Tensor[f32, N]) -> None:
    y = x * 2
"""


@pytest.mark.parametrize(
    ("text", "code", "caret"),
    [(NOTHING, "E609", "f"), (INDEX, "E603", "x[i]"), (EXACT, "E604", "n + 1")],
    ids=["nothing", "index", "int"],
)
def test_what_onnx_cannot_say(tmp_path: Path, text: str, code: str, caret: str) -> None:
    with pytest.raises(CompileError) as caught:
        compiled(HEADER + text, Target("onnx"), tmp_path)
    first = caught.value.diagnostics[0]
    assert first.code == code
    assert first.span is not None
    assert first.span.text.startswith(caret)
