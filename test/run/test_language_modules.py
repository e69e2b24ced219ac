"""Modules: nested, in stacks and tuples, derived, with buffers and properties; interpreted, compiled, and as ONNX."""

from __future__ import annotations

import copy
import sys
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import pyc
from pyc import weights as files
from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.hook import portable_code
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load
from pyc.tools.driver import Job, compile_file

CPU = Target.parse("cpu:native")
SOURCE = """
from __future__ import annotations
import numpy as np
import pyc
from pyc import Buffer, Float, Stack, Tensor, f32, f64, i64
from pyc.nn import relu

def half(x):
    return x * 0.5

class Dense[In, Out, T: Float = f32](pyc.Module):
    weight: Tensor[T, In, Out]
    bias: Tensor[T, Out]
    def __call__[B](self, x: Tensor[T, B, In]) -> Tensor[T, B, Out]:
        return x @ self.weight + self.bias

class Block[N](pyc.Module):
    inner: Dense[N, N]
    scale: Tensor[f32, N]
    act = half
    steps = 2
    def __call__[B](self, x: Tensor[f32, B, N]) -> Tensor[f32, B, N]:
        for i in range(self.steps):
            x = self.residual(x, self.inner)
        return self.act(x) * self.scale
    def residual(self, x, f):
        return x + f(x)
    @property
    def mean_scale(self) -> f32:
        return self.scale.mean()
    @staticmethod
    def twice(x):
        return x + x

class Net[In, N, K: int = 3](pyc.Module):
    first: Dense[In, N]
    blocks: Stack[Block[N], K]
    heads: tuple[Dense[N, 1], Dense[N, 2]]
    @property
    def last(self):
        return self.blocks[-1]
    @property
    def embedding(self):
        return self.first.weight
    def __call__[B](self, x: Tensor[f32, B, In]) -> tuple[Tensor[f32, B, 1], Tensor[f32, B, 2]]:
        x = relu(self.first(x))
        for i, block in enumerate(self.blocks):
            x = block(x) + i
        x = self.blocks[1](x) + self.blocks[0].twice(x)
        return self.heads[0](x), self.heads[1](x)
    def tied[B](self, x: Tensor[f32, B, In]) -> Tensor[f32, B, In]:
        return (x @ self.embedding) @ self.embedding.T
    def odd(self, x: Tensor[f32, 2, N]) -> Tensor[f32, 2, N]:
        f = self.last
        scales = f.mean_scale + sum((b.scale[0] for b in self.blocks)) if False else f.mean_scale
        return self.apply(lambda v: f(v) * scales, x) + len(self.blocks)
    def apply(self, f, x):
        return f(x)

class Base[N](pyc.Module):
    w: Tensor[f64, N]
    gain = 2.0
    def __call__(self, x: Tensor[f64, N]) -> Tensor[f64, N]:
        return self.shape(x * self.w) * self.gain
    def shape(self, x):
        return x

class Derived[M](Base[2 * M]):
    v: Tensor[f64, M]
    gain = 3.0
    def shape(self, x):
        return np.concatenate((self.v, x[:len(self.v)]))
    def both(self, x: Tensor[f64, 2 * M]) -> Tensor[f64, 2 * M]:
        return self(x) + self.w

class Counter[N](pyc.Module):
    seen: Buffer[i64, 1]
    total: Buffer[f64, N]
    def __call__(self, x: Tensor[f64, N]) -> Tensor[f64, N]:
        self.seen[0] += 1
        self.total += x
        return self.total / self.seen[0]
    def reset(self) -> None:
        self.seen[:] = 0
        for i in range(len(self.total)):
            self.total[i] = 0.0
    def count(self) -> int:
        return int(self.seen[0])

class Outer(pyc.Module):
    inner: Counter[3]
    w: Tensor[f64, 3]
    def __call__(self, x: Tensor[f64, 3], n: int) -> Tensor[f64, 3]:
        y = x * 1.0
        for i in range(n):
            y = self.inner(y) * self.w
        if n > 3:
            self.inner.reset()
        return y

Serving = Net[5, 4, 3]
Small = Derived[3]
Count = Counter[4]
"""
CLASSES = ("Serving", "Small", "Count", "Outer")


@cache
def python() -> dict[str, Any]:
    """The classes, interpreted."""
    source = Source("<modules>", SOURCE)
    code, names = portable_code(source)
    module = ModuleType("modules_under_test")
    vars(module).update(names)
    sys.modules["modules_under_test"] = module
    exec(code, vars(module))
    return vars(module)


@cache
def compiled() -> Any:
    lowered = lower(Source("<modules>", SOURCE), Request(CPU, CLASSES))
    options = Options(name="program", emit="obj", source_path="<modules>")
    with lowered.module.context:
        backend("cpu").pipeline(CPU, options).run(lowered.module)
        return load(backend("cpu").emit(lowered.module, CPU, options))


def weights(name: str) -> dict[str, np.ndarray[Any, Any]]:
    from pyc.module import weight_types

    random = np.random.default_rng(1)
    found = {}
    for t in weight_types(python()[name]):
        dtype = np.dtype({"f32": np.float32, "f64": np.float64, "i64": np.int64}[t.precision.storage])
        found[t.name] = (random.standard_normal(t.shape) * (dtype.kind == "f")).astype(dtype)
    return found


def pair(name: str) -> tuple[Any, Any]:
    """The module interpreted and compiled, with equal weights of their own."""
    given = weights(name)
    exported = getattr(compiled(), name)
    exported.bind(copy.deepcopy(given))
    return python()[name](copy.deepcopy(given)), exported


def close(actual: Any, expected: Any) -> None:
    if isinstance(expected, tuple):
        for a, e in zip(actual, expected, strict=True):
            close(a, e)
    else:
        np.testing.assert_allclose(np.asarray(actual), np.asarray(expected), rtol=1e-5, atol=1e-6)


def test_weights_are_named_by_their_path():
    names = list(weights("Serving"))
    assert names[:6] == [
        "first.weight",
        "first.bias",
        "blocks.0.inner.weight",
        "blocks.0.inner.bias",
        "blocks.0.scale",
        "blocks.1.inner.weight",
    ]
    assert names[-4:] == ["heads.0.weight", "heads.0.bias", "heads.1.weight", "heads.1.bias"]
    assert list(weights("Small")) == ["w", "v"]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_stacks_tuples_and_methods(rows):
    a, b = pair("Serving")
    x = np.random.default_rng(rows).standard_normal((rows, 5)).astype(np.float32)
    close(b(x), a(x))
    close(b.tied(x), a.tied(x))
    y = x[:2, :4] if rows > 1 else np.ones((2, 4), np.float32)
    close(b.odd(y), a.odd(y))


def test_derived_classes():
    a, b = pair("Small")
    x = np.arange(6.0)
    close(b(x), a(x))
    close(b.both(x), a.both(x))


def test_all_weights_that_do_not_fit_are_said_at_once():
    exported = compiled().Serving
    given = weights("Serving")
    absent, short, wide, *_ = given
    bad = {**given, short: given[short][..., :-1], wide: given[wide].astype(np.float16)}
    del bad[absent]
    with pytest.raises(ValueError, match=r"the mapping does not fit Net\[5, 4, 3\]\.__call__") as caught:
        exported.bind(bad)
    _, *lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert f"no weight {absent};" in lines[0]
    assert f"of {short} is " in lines[1]
    assert f"{wide} holds f16" in lines[2]
    with pytest.raises(TypeError, match="holds f16"):
        exported.bind({**given, wide: bad[wide]})


def test_what_a_call_writes_to_a_buffer_the_next_one_reads():
    a, b = pair("Count")
    for i in range(3):
        x = np.arange(4.0) + i
        close(b(x), a(x))
        assert b.count() == a.count() == i + 1
    assert a.reset() is b.reset() is None
    assert b.count() == a.count() == 0
    close(b(np.ones(4)), np.ones(4))


def test_buffers_of_submodules_in_loops():
    a, b = pair("Outer")
    x = np.array([1.0, -2.0, 0.5])
    for n in (0, 1, 3, 4, 2):
        close(b(x, n), a(x, n))


def test_a_bundle_keeps_the_state_of_each_load(tmp_path):
    (tmp_path / "counting.py").write_text(SOURCE)
    files.save(tmp_path / "w.safetensors", weights("Count"))
    job = Job(
        str(tmp_path / "counting.py"),
        output=str(tmp_path / "counting.cpu"),
        functions=("Count",),
        weights=str(tmp_path / "w.safetensors"),
    )
    compile_file(job)
    one, other = (pyc.load(tmp_path / "counting.cpu").Count for _ in range(2))
    one(np.ones(4))
    one(np.ones(4))
    assert (one.count(), other.count()) == (2, 0)
    assert files.load(tmp_path / "w.safetensors")["seen"][0] == 0


def test_weights_come_from_several_files_and_under_a_prefix(tmp_path):
    given = {f"model.{n}": a for n, a in weights("Small").items()}
    files.save(tmp_path / "a.safetensors", {"model.w": given["model.w"]})
    files.save(tmp_path / "b.npz", {"model.v": given["model.v"], "other": np.zeros(1)})
    made = python()["Small"].load(tmp_path / "a.safetensors", tmp_path / "b.npz", prefix="model.")
    close(made.arrays()["v"], given["model.v"])
    with pytest.raises(CompileError) as found:
        python()["Small"].load(tmp_path / "a.safetensors")
    assert [d.code for d in found.value.diagnostics] == ["E506", "E506"]
    assert "prefix='model.'" in found.value.diagnostics[0].notes[0].message
    with pytest.raises(CompileError, match=r"E505: the weight 'model\.w' is in"):
        python()["Small"].load(tmp_path / "a.safetensors", tmp_path / "a.safetensors")


ONNX = """
from __future__ import annotations
import numpy as np
import pyc
from pyc import Stack, Tensor, f32
class Dense[In, Out](pyc.Module):
    weight: Tensor[f32, In, Out]
    def __call__[B](self, x: Tensor[f32, B, In]) -> Tensor[f32, B, Out]:
        return x @ self.weight
class Block[N](pyc.Module):
    inner: Dense[N, N]
    def __call__[B](self, x: Tensor[f32, B, N]) -> Tensor[f32, B, N]:
        return self.apply(lambda v: self.inner(v) + x, x)
    def apply(self, f, x):
        return f(x)
class Net[N](pyc.Module):
    blocks: Stack[Block[N], 2]
    def __call__[B](self, x: Tensor[f32, B, N]) -> Tensor[f32, B, N]:
        for block in self.blocks:
            x = block(x)
        return x
Serving = Net[4]
"""


def test_onnx_keeps_the_hierarchy_of_stacks(tmp_path):
    onnx = pytest.importorskip("onnx")
    (tmp_path / "net.py").write_text(ONNX)
    given = {f"blocks.{i}.inner.weight": np.eye(4, dtype=np.float32) * (i + 2) for i in range(2)}
    files.save(tmp_path / "w.safetensors", given)
    job = Job(
        str(tmp_path / "net.py"),
        format="onnx",
        output=str(tmp_path / "net.onnx"),
        weights=str(tmp_path / "w.safetensors"),
    )
    compile_file(job)
    x = np.arange(8.0, dtype=np.float32).reshape(2, 4)
    close(pyc.load(tmp_path / "net.onnx").Serving(x), x * 3 * 4)
    model = onnx.load(tmp_path / "net.onnx")
    assert sorted(i.name for i in model.graph.initializer) == sorted(given)
    assert {"Net[4].__call__", "Block[4].__call__", "Dense[4, 4].__call__"} & {f.name for f in model.functions} or (
        len(model.functions) >= 2
    )
