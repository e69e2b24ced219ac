"""Programs from their text to kernels in the emulator, against the same programs on the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load
from pyc.targets.emulator import emulate

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
HEADER = """\
from __future__ import annotations
import math
import numpy as np
import pyc
from pyc import Tensor, Dim, Mixed, bf16, f16, f32, f64, i32, i64
from pyc import nn
from pyc.nn import gelu, layer_norm, softmax
N = Dim("N")
M = Dim("M")
K = Dim("K")
"""


def on_gpu(source: Source, order: str = "forwards", weights: str | None = None) -> Any:
    """The functions of a program, in the emulator."""
    target = Target.parse("cuda")
    module = lower(source, Request(target)).module
    with module.context:
        backend("cuda").pipeline(target, Options("program")).run(module)
        return emulate(module, order, weights=weights)


def on_cpu(source: Source) -> Any:
    """The same, on this processor."""
    target = Target.parse("cpu")
    module, options = lower(source, Request(target)).module, Options("program", emit="obj")
    with module.context:
        backend("cpu").pipeline(target, options).run(module)
        return load(backend("cpu").emit(module, target, options))


def numbers(*shape: int, dtype: str = "f4", seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


PROGRAMS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "softmax": (
        "def f(x: Tensor[f32, M, N]) -> Tensor[f32, M, N]:\n    return softmax(x)",
        (numbers(5, 300),),
    ),
    "layer norm": (
        "def f(x: Tensor[f32, M, N], w: Tensor[f32, N], b: Tensor[f32, N]) -> Tensor[f32, M, N]:\n"
        "    return layer_norm(x, w, b)",
        (numbers(7, 65), numbers(65, seed=1), numbers(65, seed=2)),
    ),
    "attention": (
        "def f(q: Tensor[f32, M, K], k: Tensor[f32, N, K], v: Tensor[f32, N, K]) -> Tensor[f32, M, K]:\n"
        "    return softmax(q @ k.T / math.sqrt(16.0)) @ v",
        (numbers(9, 16), numbers(21, 16, seed=1), numbers(21, 16, seed=2)),
    ),
    "stencil": (
        "def f(u: Tensor[f32, M, N]) -> Tensor[f32, M, N]:\n"
        "    v = u.copy()\n"
        "    v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])\n"
        "    return v",
        (numbers(33, 70),),
    ),
    "slices with steps": (
        "def f(x: Tensor[f32, N], k: int) -> Tensor[f32, N]:\n"
        "    y = np.zeros_like(x)\n"
        "    y[k::2] = x[k::2] * 2.0\n"
        "    y[0] = x[-1]\n"
        "    return y",
        (numbers(41), 3),
    ),
    "mean and variance": (
        "def f(x: Tensor[f64, M, N]) -> tuple[Tensor[f64, N], f64, Tensor[f64, M]]:\n"
        "    return x.mean(axis=0), x.var(), np.std(x, axis=1)",
        (numbers(19, 23, dtype="f8"),),
    ),
    "where and argmax": (
        "def f(x: Tensor[f32, M, N]) -> tuple[Tensor[f32, M, N], Tensor[i64, M], Tensor[i64, N]]:\n"
        "    return np.where(x > 0, x, np.exp(x) - 1), x.argmax(axis=1), x.argmin(axis=0)",
        (numbers(11, 130),),
    ),
    "integers": (
        "def f(x: Tensor[i32, M, K], y: Tensor[i32, K, N], s: i32) -> Tensor[i32, M, N]:\n"
        "    return (x @ y) // s + (x @ y) % s",
        (
            np.arange(35, dtype="i4").reshape(5, 7) - 17,
            np.arange(63, dtype="i4").reshape(7, 9) * 3,
            np.int32(-7),
        ),
    ),
    "mixed precision": (
        "def f(x: Tensor[Mixed[f16, f32], M, K], w: Tensor[Mixed[f16, f32], K, N]) -> Tensor[Mixed[f16, f32], M, N]:\n"
        "    return gelu(x @ w)",
        (numbers(12, 40, dtype="f2"), numbers(40, 20, dtype="f2", seed=1)),
    ),
    "scalars of arrays": (
        "def f(x: Tensor[f32, N], s: f32) -> Tensor[f32, N]:\n"
        "    y = (x - x.min()) / (x.max() - x.min()) * np.exp(s)\n"
        "    return y - y[0]",
        (numbers(257), np.float32(0.5)),
    ),
    "overlapping slices": (
        "def f(x: Tensor[f32, N]) -> Tensor[f32, N]:\n"
        "    y = x * 2.0\n"
        "    y[1:] = y[:-1]\n"
        "    y[:-1] = y[1:] + y[:-1]\n"
        "    y[::2] = y[::-1][::2] if False else y[::2] * y[0]\n"
        "    return y",
        (numbers(601),),
    ),
    "chains of products": (
        "def f(x: Tensor[f32, M, N], v: Tensor[f32, N]) -> tuple[Tensor[f32, N, M], Tensor[f32, M], f32]:\n"
        "    return (x @ x.T @ x).T * x.sum(), x @ v, v @ v",
        (numbers(13, 34), numbers(34, seed=1)),
    ),
    "elementary functions": (
        "def f(x: Tensor[f64, N], b: bool) -> Tensor[f64, N]:\n"
        "    y = np.sin(x) + np.tan(x) + np.log1p(x * x) + np.expm1(x) + np.floor(x) + np.rint(x) + np.trunc(x)\n"
        "    return np.where(b, y, -y)",
        (numbers(100, dtype="f8"), False),
    ),
    "functions that libdevice lacks": (
        "def f(x: Tensor[f32, N], y: Tensor[f64, N], s: float) -> tuple[Tensor[f32, N], Tensor[f64, N], float]:\n"
        "    z = nn.sigmoid(x) + gelu(x) + gelu(x, 'tanh') + pyc.rsqrt(np.abs(x))\n"
        "    w = nn.sigmoid(y) + gelu(y) + gelu(y, 'tanh') + pyc.rsqrt(np.abs(y)) * pyc.sigmoid(s)\n"
        "    return z, w, pyc.gelu(s) + pyc.gelu_tanh(s) + pyc.rsqrt(s)",
        (numbers(301) * 9, numbers(301, dtype="f8") * 9, 0.7),
    ),
    "concatenation and iota": (
        "def f(x: Tensor[f32, M, N]) -> Tensor[f32, M, 2 * N]:\n    return np.concatenate([x, x * 2.0], axis=1)\n"
        "def g(n: int) -> Tensor[f32, n]:\n    return np.arange(n).astype(f32) + np.ones(n, dtype=f32)",
        (numbers(6, 5),),
    ),
}


def agree(got: Any, want: Any, tolerance: float = 1e-5) -> None:
    """Compare the results of a call on the GPU with those of the CPU."""
    wanted = want if isinstance(want, tuple) else (want,)
    for g, w in zip(got if isinstance(got, tuple) else (got,), map(np.asarray, wanted), strict=True):
        assert (g.dtype, g.shape) == (w.dtype, w.shape)
        if g.dtype.kind == "f":
            np.testing.assert_allclose(g, w, rtol=5e-3 if g.itemsize == 2 else tolerance, atol=1e-5)
        else:
            np.testing.assert_array_equal(g, w)


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_a_program_gives_what_it_gives_on_the_cpu(name: str) -> None:
    text, arguments = PROGRAMS[name]
    source = Source("program.py", HEADER + text)
    want = on_cpu(source).f(*arguments)
    for order in ("forwards", "last ahead", "random"):
        agree(on_gpu(source, order).f(*arguments), want)


def test_writes_reach_the_callers_array() -> None:
    source = Source(
        "program.py",
        HEADER + "def f(x: Tensor[f32, M, N], y: Tensor[f32, N]) -> None:\n    x[1:, :] += y\n    x[0, :] = 0.0\n",
    )
    x, y = numbers(5, 9), numbers(9, seed=1)
    want = x.copy()
    want[1:, :] += y
    want[0, :] = 0
    program = on_gpu(source)
    assert program.f(x, y) is None
    np.testing.assert_array_equal(x, want)
    with pytest.raises(ValueError, match="x and y overlap"):
        program.f(x, x[0])
    with pytest.raises(ValueError, match="N is 9 in x and 8 in y"):
        program.f(x, y[:-1])


def test_a_check_that_fails_raises_at_the_users_line(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(HEADER + "def f(x: Tensor[f32, N], k: int) -> f32:\n    return x[k]\n")
    program = on_gpu(Source(str(path), path.read_text()))
    assert program.f(numbers(4), -1) == numbers(4)[-1]
    with pytest.raises(IndexError) as caught:
        program.f(numbers(4), 4)
    assert caught.traceback[-1].path == path
    assert str(caught.traceback[-1].statement).strip() == "return x[k]"


def test_the_digits_are_read_as_on_a_cpu() -> None:
    from sklearn.datasets import load_digits

    digits: Any = load_digits()
    path = EXAMPLES / "digits" / "model.py"
    program = on_gpu(Source(str(path), path.read_text()), weights=str(path.with_name("weights.safetensors")))
    images = digits.data[::3].astype(np.float16)
    found = program.DigitsOnGpu(images).argmax(axis=1)
    assert (found == digits.target[::3]).mean() > 0.97
