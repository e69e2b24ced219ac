"""Convolutions through kernels that gather windows while they multiply: every layout, step, group and element type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from language import HEADER, Twice
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from threaded import printed_by_threads

Array = NDArray[Any]
KINDS = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
#: Relative to the sum of the terms' magnitudes.
EXACT = {"f32": 1e-6, "f64": 1e-14, "f16": 1e-3, "bf16": 8e-3}
#: Strides, dilations and the padding of both axes, with which there are functions.
WAYS = [((1, 1), (1, 1), (0, 0)), ((2, 2), (1, 1), (1, 1)), ((3, 1), (1, 2), (2, 0)), ((1, 3), (2, 1), (0, 3))]
#: Images, groups, channels and filters of each, rows and columns of images and of filters.
SHAPES = [
    (1, 1, 3, 5, 9, 11, 3, 3), (2, 1, 1, 1, 7, 8, 1, 1), (1, 1, 40, 13, 8, 37, 2, 3), (3, 2, 3, 4, 9, 10, 3, 2),
    (1, 5, 1, 1, 11, 40, 3, 3), (2, 3, 1, 2, 9, 9, 5, 3), (0, 1, 2, 3, 9, 9, 3, 3), (1, 1, 0, 3, 9, 9, 3, 3),
    (2, 1, 2, 0, 9, 9, 1, 1), (1, 1, 70, 25, 17, 19, 3, 3), (2, 5, 1, 1, 3, 3, 3, 3), (1, 5, 1, 2, 4, 19, 3, 3),
]  # fmt: skip
#: Ways and groups with which there are functions, by element type.
MADE = {
    "f32": [(0, 1), (1, 1), (2, 1), (3, 1), (0, 3), (1, 2), (1, 5)],
    "f64": [(0, 1), (1, 5)], "f16": [(1, 1), (0, 2)], "bf16": [(1, 1), (0, 5)],
}  # fmt: skip
CALL = "pyc.nn.conv2d(x, w, None, {}, {}, {}, {})"
FUNCTION = """
def {name}(x: Tensor[{kind}, B, C, H, W], w: Tensor[{kind}, F, K, R, Q]) -> Tensor[{kind}, B, F, U, V]:
    return {call}
"""
MORE = """
def into(x: Tensor[f32, B, C, H, W], w: Tensor[f32, F, C, R, Q], out: Tensor[f32, B, F, U, V]) -> None:
    out[:, :, 1:-1, ::2] = pyc.nn.conv2d(x, w)

def turned(x: Tensor[f32, B, H, W, C], w: Tensor[f32, R, Q, C, F], b: Tensor[f32, F]):
    y = pyc.nn.conv2d(np.transpose(x, (0, 3, 1, 2)), np.transpose(w, (3, 2, 0, 1)), b, 1, 1)
    return np.maximum(np.transpose(y, (0, 2, 3, 1)), 0)

def steps(x: Tensor[f32, B, C, H, W], w: Tensor[f32, F, C, R, Q], s: int, d: int):
    return pyc.nn.conv2d(x, w, None, s, 1, d)

def alone(x: Tensor[i8, B, C, H, W], w: Tensor[i8, F, 1, R, Q]):
    return pyc.nn.conv2d(x, w, None, 1, 1, 1, 3)

def channels(x: Tensor[f32, B, C, H, W], w: Tensor[f32, F, 1, 3, 3]):
    return pyc.nn.conv2d(x, w, None, 1, 1, 1, x.shape[1])
"""
DIMS = "".join(f'{name} = Dim("{name}")\n' for name in "BCFHQRUVW")
#: Loads a bundle, and prints what the bytes of convolutions come to.
THREADED = """
import sys, zlib
import numpy as np
import pyc
program = pyc.load(sys.argv[1])
rng = np.random.default_rng(0)
for b, c, n, f in ((1, 30, 40, 70), (20, 8, 15, 9), (3, 64, 30, 64), (1, 3, 100, 32)):
    x, w = rng.standard_normal((b, c, n, n)), rng.standard_normal((f, c, 3, 3))
    own = rng.standard_normal((c, 1, 3, 3))
    for y in (program.dense(x.astype("f4"), w.astype("f4")), program.each(x.astype("f4"), own.astype("f4"))):
        print(zlib.crc32(np.ascontiguousarray(y).tobytes()))
"""
SHARED = """
def dense(x: Tensor[f32, B, C, H, W], w: Tensor[f32, F, C, R, Q]):
    return pyc.nn.conv2d(x, w, None, 1, 1)

def each(x: Tensor[f32, B, C, H, W], w: Tensor[f32, C, 1, R, Q]):
    return pyc.nn.conv2d(x, w, None, 2, 1, 1, C)
"""


def head() -> str:
    return f"import pyc\nimport pyc.nn\nfrom pyc import bf16, f16\n{DIMS}"


def name_of(kind: str, way: int, groups: int) -> str:
    return f"f_{kind}_{way}_{groups}"


def program() -> str:
    text = head() + MORE
    for kind, made in MADE.items():
        for way, groups in made:
            stride, dilation, padding = WAYS[way]
            call = CALL.format(stride, padding, dilation, groups)
            text += FUNCTION.format(name=name_of(kind, way, groups), kind=kind, call=call)
    return text


@pytest.fixture(scope="module")
def twice() -> Twice:
    text = program()
    # Kernels are the same however much is optimised around them.
    return Twice(text, *(line.split("(")[0][4:] for line in text.splitlines() if line.startswith("def ")), level=1)


def reference(
    x: Array, w: Array, stride: tuple[int, int], padding: tuple[int, int], dilation: tuple[int, int], groups: int
) -> Array:
    """The definition, in the element type of its operands."""
    x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    taps = np.zeros((*w.shape[:2], *((n - 1) * d + 1 for n, d in zip(w.shape[2:], dilation, strict=True))), w.dtype)
    taps[:, :, :: dilation[0], :: dilation[1]] = w
    parts = []
    for one, own in zip(np.split(x, groups, 1), np.split(taps, groups), strict=True):
        windows = sliding_window_view(one, taps.shape[2:], (2, 3))[:, :, :: stride[0], :: stride[1]]
        parts.append(np.einsum("bchwij,ocij->bohw", windows, own))
    return np.concatenate(parts, 1)


def layouts(x: Array) -> list[Array]:
    """The same array by rows, with the axes in another order, and backwards with gaps."""
    turned = np.ascontiguousarray(x.transpose(2, 3, 1, 0)).transpose(3, 2, 0, 1)
    gaps = np.zeros([2 * s + 1 for s in x.shape], x.dtype)[tuple(slice(0, 2 * s, 2) for s in x.shape)]
    gaps = gaps[(slice(None, None, -1),) * x.ndim]
    gaps[...] = x
    return [np.ascontiguousarray(x), turned, gaps]


def close(got: Array, x: Array, w: Array, kind: str, how: tuple[Any, ...]) -> None:
    u, v = x.astype(np.float64), w.astype(np.float64)
    want, size = reference(u, v, *how), reference(np.abs(u), np.abs(v), *how)
    assert got.shape == want.shape
    assert np.all(np.abs(got.astype(np.float64) - want) <= EXACT[kind] * (size + 1e-30))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_layouts_and_steps(twice: Twice, kind: str, shape: tuple[int, ...]) -> None:
    b, groups, c, f, h, w, r, q = shape
    rng = np.random.default_rng(1)
    x, filters = rng.standard_normal((b, groups * c, h, w)), rng.standard_normal((groups * f, c, r, q))
    x, filters = x.astype(KINDS[kind]), filters.astype(KINDS[kind])
    for i in [way for way, g in MADE[kind] if g == groups]:
        stride, dilation, padding = WAYS[i]
        function = getattr(twice.compiled, name_of(kind, i, groups))
        how = (stride, padding, dilation, groups)
        for given, own in zip(layouts(x), layouts(filters)[::-1], strict=True):
            close(function(given, own), x, filters, kind, how)
        close(function(layouts(x)[0], layouts(filters)[0]), x, filters, kind, how)


@pytest.mark.parametrize("shape", [(1, 2, 9, 12, 3, 3, 3), (2, 5, 20, 21, 40, 1, 4), (1, 1, 4, 5, 1, 4, 5)])
def test_results_in_parts_of_arrays(twice: Twice, shape: tuple[int, ...]) -> None:
    b, c, h, w, f, r, q = shape
    rng = np.random.default_rng(2)
    x, filters = (rng.standard_normal(s).astype("f4") for s in ((b, c, h, w), (f, c, r, q)))
    y = reference(x, filters, (1, 1), (0, 0), (1, 1), 1)
    for own in layouts(filters):
        out = np.full((b, f, y.shape[2] + 2, 2 * y.shape[3]), 7, "f4")
        twice.compiled.into(x, own, out)
        np.testing.assert_allclose(out[:, :, 1:-1, ::2], y, rtol=1e-5, atol=1e-5)
        assert np.all(out[:, :, 0] == 7)
        assert np.all(out[:, :, :, 1::2] == 7)
    last = [np.ascontiguousarray(a) for a in (x.transpose(0, 2, 3, 1), filters.transpose(2, 3, 1, 0))]
    if h + 2 >= r and w + 2 >= q:
        bias = rng.standard_normal(f).astype("f4")
        want = np.maximum(reference(x, filters, (1, 1), (1, 1), (1, 1), 1).transpose(0, 2, 3, 1) + bias, 0)
        np.testing.assert_allclose(twice.compiled.turned(*last, bias), want, rtol=1e-5, atol=1e-5)


def test_what_windows_are_gathered_for(twice: Twice) -> None:
    """Steps that are not known at compile time, and integers."""
    rng = np.random.default_rng(3)
    x, filters = (rng.standard_normal(s).astype("f4") for s in ((2, 3, 9, 10), (4, 3, 3, 2)))
    for s in (1, 2):
        for d in (1, 2):
            want = reference(x, filters, (s, s), (1, 1), (d, d), 1)
            np.testing.assert_allclose(twice.compiled.steps(x, filters, s, d), want, rtol=1e-5, atol=1e-5)
    narrow, each = (
        rng.integers(-128, 128, (2, 3, 9, 10)).astype("i1"),
        rng.integers(-128, 128, (3, 1, 3, 3)).astype("i1"),
    )
    np.testing.assert_array_equal(
        twice.compiled.alone(narrow, each), reference(narrow, each, (1, 1), (1, 1), (1, 1), 3)
    )
    for f in (3, 6):
        each = rng.standard_normal((f, 1, 3, 3)).astype("f4")
        want = reference(x, each, (1, 1), (1, 1), (1, 1), 3)
        np.testing.assert_allclose(twice.compiled.channels(x, each), want, rtol=1e-5, atol=1e-5)


def test_special_numbers(twice: Twice) -> None:
    """Only windows that look at a number have it in their sums."""
    x, filters = np.ones((1, 3, 9, 40), "f4"), np.ones((2, 3, 3, 3), "f4")
    for number in (np.nan, np.inf, np.float32(3e38)):
        x[0, 1, 4, 17] = number
        with np.errstate(over="ignore"):
            want = reference(x, filters, (1, 1), (0, 0), (1, 1), 1)
        np.testing.assert_array_equal(twice.compiled.f_f32_0_1(x, filters), want)
        each = np.ones((3, 1, 3, 3), "f4")
        with np.errstate(over="ignore"):
            want = reference(x, each, (1, 1), (1, 1), (1, 1), 3)
        np.testing.assert_array_equal(twice.compiled.channels(x, each), want)


def test_what_does_not_fit(twice: Twice) -> None:
    x, filters = np.ones((1, 3, 2, 9), "f4"), np.ones((2, 3, 3, 3), "f4")
    with pytest.raises(ValueError, match="the window is larger than the padded input"):
        twice.compiled.f_f32_0_1(x, filters)
    for channels in (2, 4):
        with pytest.raises(ValueError, match="the channels are groups times those of a filter"):
            twice.compiled.f_f32_0_1(np.ones((1, channels, 5, 9), "f4"), filters)


def test_results_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    found = printed_by_threads(HEADER + head() + SHARED, THREADED, tmp_path)
    assert found[0].count("\n") == 8
    assert len(set(found)) == 1
