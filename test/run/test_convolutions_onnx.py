"""Convolutions, pools and clipped indices as models, beside the same program compiled for the CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import pyc
from pyc.tools.driver import Job, compile_file

SOURCE = """\
import numpy as np
import pyc
from pyc import Dim, Tensor, f16, f32, f64, i64, nn, onnx

B = Dim("B")
H = Dim("H")
W = Dim("W")


def plain(x: Tensor[f32, 2, 3, 9, 10], w: Tensor[f32, 4, 3, 3, 2], b: Tensor[f32, 4]):
    return nn.conv2d(x, w, b, stride=(2, 1), padding=(1, 0), dilation=(1, 2))


def grouped(x: Tensor[f32, 2, 4, 9, 10], w: Tensor[f32, 6, 2, 3, 3]):
    return nn.conv2d(x, w, groups=2, stride=2)


def each(x: Tensor[f16, 1, 4, 9, 10], w: Tensor[f16, 4, 1, 3, 3]):
    return nn.conv2d(x, w, groups=4, padding=1)


def double(x: Tensor[f64, 2, 4, 9, 10], w: Tensor[f64, 6, 2, 3, 2], b: Tensor[f64, 6]):
    return nn.conv2d(x, w, b, stride=(2, 3), dilation=(2, 1), groups=2)


def any_extents(x: Tensor[f32, B, 4, H, W], w: Tensor[f32, 6, 4, 3, 3]):
    return nn.conv2d(x, w, stride=(1, 2), padding=1)


def line(x: Tensor[f32, B, 3, W], w: Tensor[f32, 5, 3, 4]):
    return onnx.conv(x, w, None, (1, 1, 2), (0, 0, 1), (0, 0, 2), (1, 1, 1), 1)


def pools(x: Tensor[f32, B, 2, 8, 8]):
    best = onnx.max_pool(x, (1, 3, 3), (1, 2, 2), (0, 1, 1), (0, 0, 0), (1, 1, 1), -np.inf)
    mean = onnx.average_pool(x, (1, 3, 3), (1, 2, 2), (0, 1, 1), (0, 0, 0), (0, 0, 0), (1, 1, 1), False)
    return best, mean


def clipped(x: Tensor[f32, 4, 5], i: Tensor[i64, 3]):
    return np.take(x, np.clip(i, 0, 4), axis=1), x[np.minimum(np.maximum(i, -4), 3)]


def mirrored(x: Tensor[f32, 2, 7]):
    return np.pad(x, ((0, 0), (3, 6)), mode="reflect")
"""
SHAPES: dict[str, list[tuple[str, tuple[int, ...]]]] = {
    "plain": [("f4", (2, 3, 9, 10)), ("f4", (4, 3, 3, 2)), ("f4", (4,))],
    "grouped": [("f4", (2, 4, 9, 10)), ("f4", (6, 2, 3, 3))],
    "each": [("f2", (1, 4, 9, 10)), ("f2", (4, 1, 3, 3))],
    "double": [("f8", (2, 4, 9, 10)), ("f8", (6, 2, 3, 2)), ("f8", (6,))],
    "any_extents": [("f4", (3, 4, 7, 5)), ("f4", (6, 4, 3, 3))],
    "line": [("f4", (2, 3, 11)), ("f4", (5, 3, 4))],
    "pools": [("f4", (3, 2, 8, 8))],
    "clipped": [("f4", (4, 5)), ("i8", (3,))],
    "mirrored": [("f4", (2, 7))],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, Path]:
    folder = tmp_path_factory.mktemp("made")
    (folder / "net.py").write_text(SOURCE)
    compile_file(Job(str(folder / "net.py"), "onnx", output=str(folder / "net.onnx")))
    compile_file(Job(str(folder / "net.py"), output=str(folder / "net.cpu"), level=0))
    return pyc.load(folder / "net.onnx"), pyc.load(folder / "net.cpu"), folder / "net.onnx"


@pytest.mark.parametrize("name", SHAPES)
def test_models_give_what_compiled_code_gives(name: str, made: tuple[Any, Any, Path]) -> None:
    rng = np.random.default_rng(3)
    given = [
        rng.integers(-9, 9, s) if k == "i8" else np.asarray(rng.standard_normal(s)).astype(k) for k, s in SHAPES[name]
    ]
    ours, theirs = (getattr(m, name)(*given) for m in made[:2])
    for a, e in zip(*(r if isinstance(r, tuple) else (r,) for r in (ours, theirs)), strict=True):
        assert (a.dtype, a.shape) == (e.dtype, e.shape)
        tolerance = {"f2": 2e-3, "f4": 1e-5, "f8": 1e-13}[a.dtype.str[1:]]
        np.testing.assert_allclose(a.astype("f8"), e.astype("f8"), tolerance, tolerance)


def test_a_convolution_is_one_node(made: tuple[Any, Any, Path]) -> None:
    (path,) = made[2].glob("*grouped*.onnx")
    model = onnx.load(path)
    nodes = [n.op_type for body in (model.graph, *model.functions) for n in body.node]
    assert nodes.count("Conv") == 1
    assert "Slice" not in nodes
