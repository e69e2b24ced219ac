"""Programs whose models carry every kind of annotation, and their models."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnx

from pyc.frontend import Request
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.onnx.flat import flattened
from pyc.tools import driver

#: Layers of layers in a loop, with weights.
NETWORK = """
from __future__ import annotations
from typing import Annotated
import pyc
from pyc import Dim, Mixed, Quantization, Tensor, f16, f32, i8, i64
from pyc.nn import relu, softmax
In, Out, B = Dim("In"), Dim("Out"), Dim("B")
class Dense(pyc.Module[In, Out], annotations={"kind": "dense", "width": Out}):
    w: Annotated[Tensor[Mixed[f16, f32], In, Out], pyc.annotate(bits=8)]
    b: Annotated[Tensor[Mixed[f16, f32], Out], pyc.annotate(quantization=Quantization(i8, scale=0.1))]
    def __call__(self, x: Tensor[Mixed[f16, f32], B, In]) -> Tensor[Mixed[f16, f32], B, Out]:
        pyc.annotate(self.b, role="bias")
        with pyc.annotate(stage=1):
            y = x @ self.w
        return pyc.annotate(relu(y + self.b), role="out")
class Block(pyc.Module[In]):
    first: Dense[In, In]
    second: Dense[In, In]
    def __call__(self, x: Tensor[Mixed[f16, f32], B, In]) -> Tensor[Mixed[f16, f32], B, In]:
        return pyc.annotate(x + self.second(self.first(x)), role="residual")
class Net(pyc.Module, annotations={"owner": "vision"}):
    one: Block[4]
    two: Block[4]
    @pyc.annotate(entry=True)
    def __call__(self, x: Tensor[Mixed[f16, f32], B, 4], n: i64) -> Tensor[Mixed[f16, f32], B, 4]:
        for i in range(n):
            with pyc.annotate(round=True):
                x = pyc.annotate(self.one(x), role="carried")
            if i > 1:
                x = softmax(x, axis=-1)
        return self.two(x)
"""

#: What a network of layers has no use for: writes, transfers between targets, flags, assumptions, quantised values.
MOVES = """
from __future__ import annotations
import pyc
from pyc import Dim, Tensor, cpu, cuda, f32, i8
N, M = Dim("N"), Dim("M")
@pyc.annotate(owner="signal")
def joined(x: Tensor[f32, N, cpu], y: Tensor[f32, M, cpu]) -> Tensor[f32, N, cpu]:
    return pyc.annotate(x + y, role="sum")
def moves(x: Tensor[f32, N, cpu], y: Tensor[f32, M, cpu]) -> Tensor[f32, N, cuda]:
    with pyc.fastmath("reassoc"):
        z = pyc.annotate(joined(x, y) * 2 + y, quantization=pyc.Quantization(i8, scale=0.5, zero_point=3))
    x[0:2] = 1
    return joined(z, y).to(cuda)
"""


def weights() -> dict[str, np.ndarray]:
    """The weights of :data:`NETWORK`."""
    draw = np.random.default_rng(7)
    shapes = {"w": (4, 4), "b": (4,)}
    return {
        f"{block}.{layer}.{name}": draw.standard_normal(shape).astype("f2")
        for block in ("one", "two")
        for layer in ("first", "second")
        for name, shape in shapes.items()
    }


@cache
def network() -> bytes:
    """The model of :data:`NETWORK`."""
    return _model(NETWORK, weights(), None)


@cache
def moves() -> bytes:
    """The model of :data:`MOVES`."""
    return _model(MOVES, None, "moves")


@cache
def flat() -> bytes:
    """The model of :data:`NETWORK` without functions."""
    return flattened(onnx.load_from_string(network())).SerializeToString(deterministic=True)


def _model(text: str, values: dict[str, np.ndarray] | None, function: str | None) -> bytes:
    options = Options("program", source_path="program.py", weights=values)
    request = Request(memory=False, functions=(function,) if function else ())
    artifact = driver.compile_source(Source("program.py", text), Target("onnx"), options, request)
    (found,) = artifact.files.values()
    return found
