"""Models of PyTorch, as its exporter writes them, with inputs and what PyTorch computes of them.

Needs PyTorch 2.6 or later, and onnxscript; the files that it writes are here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).parent


class Images(nn.Module):
    """Convolutions, in groups too, normalised and pooled."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.second = nn.Conv2d(8, 8, 3, groups=4, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Linear(8 * 3 * 3, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.silu(self.norm(self.first(x)))
        return self.head(self.pool(functional.hardswish(self.second(x))).flatten(1))


class Texts(nn.Module):
    """A layer of an encoder with attention, and attention that sees what is before it only."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(20, 8)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.0)
        self.mixed = nn.Linear(8, 24)

    def forward(self, numbers: Tensor) -> Tensor:
        x = self.layer(self.words(numbers))
        heads = [part.view(*part.shape[:2], 2, 4).transpose(1, 2) for part in self.mixed(x).chunk(3, -1)]
        return functional.scaled_dot_product_attention(*heads, is_causal=True).transpose(1, 2).flatten(2)


class Series(nn.Module):
    """Layers that go along a series, one of them in both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.GRU(6, 8, batch_first=True)
        self.two = nn.LSTM(8, 5, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.two(self.one(x)[0])[0]


class Arrays(nn.Module):
    """What is computed of arrays: normalised groups, choices, extremes, sums, products, and a branch."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(2, 4)
        self.scale = nn.Parameter(torch.randn(4))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        y = self.norm(x)
        y = torch.where(y > 0, y, y.exp() - 1) * self.scale[:, None]
        z = (y - y.mean(-1, keepdim=True)) / torch.sqrt(y.var(-1, keepdim=True, unbiased=False) + 1e-5)
        both = torch.cat([z, y.abs().log1p()], 1)
        values, places = both.topk(2, -1)
        branch = torch.cond(x.sum() > 0, lambda x: x.sin(), lambda x: x.cos(), (x,))
        return functional.pad(both, (1, 2)), values, places, both.cumsum(1), torch.einsum("bcl,bdl->bcd", y, y), branch


def write(name: str, module: nn.Module, argument: Tensor) -> None:
    """Write a model, without the places of this machine, and beside it an argument and its results."""
    module.eval()
    batch = torch.export.Dim("batch", min=2, max=64)
    shapes = ({0: batch},) if not isinstance(module, Series) else None
    program = torch.onnx.export(module, (argument,), dynamo=True, verbose=False, dynamic_shapes=shapes)
    program.save(HERE / f"{name}.onnx")
    model = onnx.load(HERE / f"{name}.onnx")
    for body in (model.graph, *model.functions):
        without_places(body)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    results = module(argument)
    results = results if isinstance(results, tuple) else (results,)
    given = {f"result_{k}": r.detach().numpy() for k, r in enumerate(results)}
    np.savez_compressed(HERE / f"{name}.npz", argument=argument.numpy(), **given)


def without_places(body: onnx.GraphProto | onnx.FunctionProto) -> None:
    """Take the lines of the source out of the metadata of nodes."""
    for node in body.node:
        for i in reversed(range(len(node.metadata_props))):
            if node.metadata_props[i].key == "pkg.torch.onnx.stack_trace":
                del node.metadata_props[i]
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                without_places(attribute.g)


if __name__ == "__main__":
    torch.manual_seed(0)
    write("images", Images(), torch.randn(3, 3, 12, 12))
    write("texts", Texts(), torch.randint(0, 20, (3, 6)))
    write("series", Series(), torch.randn(3, 5, 6))
    write("arrays", Arrays(), torch.randn(3, 4, 6))
