"""A network for an accelerator, with what the accelerator has to know of it: no custom operators, no JSON beside it.

python examples/accelerator.py
pyc run examples/accelerator.py
pyc compile examples/accelerator.py --target=onnx --function Deployed     # Deployed.onnx says all of it
pyc inspect accelerator.onnx                                              # module by module
pyc inspect accelerator.onnx --verify                                     # whether a tool has lost any of it
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import numpy as np

import pyc
from pyc import Dim, Mixed, Precision, Target, Tensor, cpu, f8e4m3, f16, f32
from pyc.nn import relu

#: The accelerator: what it can hold. A value of another type on it is an error at the line that makes it.
npu = Target("npu.x1", dtypes={f8e4m3, f16, f32})

B = Dim("B")
In = Dim("In")
Out = Dim("Out")
Hidden = Dim("Hidden")
P = TypeVar("P", bound=Precision)
On = TypeVar("On", bound=Target)


class Dense(pyc.Module[In, Out, P, On], annotations={"unit": "mac", "columns": Out}):
    """A layer on the multiply-accumulate unit. Said of the module: the unit, and how many columns of it are used.

    Parameters: weights are one byte each, whatever ``P`` computes with; the bias is f32, and in another memory.
    """

    weight: Annotated[Tensor[f8e4m3, In, Out, On], pyc.annotate(memory="sram", bank=0)]
    bias: Annotated[Tensor[f32, Out, On], pyc.annotate(memory="registers")]

    def __call__(self, x: Tensor[P, B, In, On]) -> Tensor[P, B, Out, On]:
        # Of operations: the accumulator is f32 by type; how the unit leaves it is the accelerator's own.
        with pyc.annotate(rounding="stochastic", saturate=True):
            product = x @ self.weight.to(f16)
        return (product + self.bias).to(f16)


class Net(pyc.Module[In, Hidden, Out, On], annotations={"owner": "speech", "budget": {"cycles": 12_000, "mw": 3.5}}):
    """Two layers on the accelerator, whatever ``On`` is, and the last decision on the host, in f32."""

    up: Dense[In, Hidden, Mixed[f16, f32], On]
    down: Dense[Hidden, Out, Mixed[f16, f32], On]

    def __call__(self, x: Tensor[Mixed[f16, f32], B, In, On]) -> Tensor[f32, B, Out, cpu]:
        with pyc.annotate(stage=0):
            hidden = relu(self.up(x))
        # Of tensors: what calibration has found of them.
        hidden = pyc.annotate(hidden, range=[0.0, 6.0], sparsity=0.7)
        with pyc.annotate(stage=1):
            scores = pyc.annotate(self.down(hidden), role="logits")
        host = scores.to(cpu).to(f32)
        powers = np.exp(host - np.max(host, axis=1, keepdims=True))
        return powers / np.sum(powers, axis=1, keepdims=True)


# The same network where it can be tried, and where it is deployed: no code is made for the accelerator; its compiler
# gets the model.
Reference = Net[8, 16, 4, cpu]
Deployed = Net[8, 16, 4, npu]


def main() -> None:
    draw = np.random.default_rng(0)
    layers = {"up": (8, 16), "down": (16, 4)}
    weights = {}
    for name, (rows, columns) in layers.items():
        weights[f"{name}.weight"] = draw.standard_normal((rows, columns)).astype(f8e4m3.dtype)
        weights[f"{name}.bias"] = draw.standard_normal(columns).astype(np.float32)
    x = draw.standard_normal((5, 8)).astype(np.float16)
    result = np.asarray(Reference(**weights)(x))
    hidden = np.maximum(x @ weights["up.weight"].astype(np.float32) + weights["up.bias"], 0)
    scores = hidden @ weights["down.weight"].astype(np.float32) + weights["down.bias"]
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    stored = sum(w.nbytes for w in weights.values())
    print(
        f"{result.shape[0]} results, furthest from f32 {np.abs(result - expected).max():.1e}; {stored} bytes of weights"
    )
    np.testing.assert_allclose(result, expected, atol=5e-3)


if __name__ == "__main__":
    main()
