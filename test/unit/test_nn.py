"""pyc.nn, interpreted, against formulas in f64."""

import math

import numpy as np
import pytest

import pyc
from pyc import Mixed, bf16, f16, f32, f64, nn

SHAPES = [(), (1,), (7,), (3, 5), (2, 3, 11)]


def sample(shape, dtype):
    return pyc.array(np.random.default_rng(3).uniform(-4, 4, shape), dtype)


def exact(x):
    return np.asarray(x.to(f64).plain())


TOLERANCE = {f64: 1e-15, f32: 1e-6, f16: 5e-3, bf16: 4e-2}


@pytest.mark.parametrize("dtype", [f64, f32, f16, bf16])
@pytest.mark.parametrize("shape", SHAPES)
def test_relu_and_gelu(shape, dtype):
    x = sample(shape, dtype)
    np.testing.assert_array_equal(exact(nn.relu(x)), np.maximum(exact(x), 0))
    phi = 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(exact(x) / math.sqrt(2)))
    np.testing.assert_allclose(exact(nn.gelu(x)), exact(x) * phi, atol=4 * TOLERANCE[dtype], rtol=4 * TOLERANCE[dtype])
    assert nn.gelu(x).dtype == x.dtype


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize("dtype", [f64, f32, f16])
def test_softmax(axis, dtype):
    x = sample((5, 7), dtype)
    e = np.exp(exact(x) - exact(x).max(axis=axis, keepdims=True))
    expected = e / e.sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(exact(nn.softmax(x, axis=axis)), expected, atol=TOLERANCE[dtype], rtol=TOLERANCE[dtype])


def test_softmax_does_not_overflow():
    x = pyc.array([[60000, 60000, -5000]], f16)
    assert nn.softmax(x).tolist() == [[0.5, 0.5, 0.0]]


def test_mixed_rounds_once():
    x = sample((4, 33), f16)
    mixed = nn.softmax(pyc.array(x, Mixed[f16, f32]))
    in_f32 = nn.softmax(x.to(f32)).to(f16)
    assert mixed.dtype == np.float16
    np.testing.assert_array_equal(mixed.plain(), in_f32.plain())


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 11), (0, 4)])
def test_layer_norm(shape):
    x, w, b = sample(shape, f32), sample(shape[-1:], f32), sample(shape[-1:], f32)
    z = exact(x)
    expected = (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-5) * exact(w) + exact(b)
    np.testing.assert_allclose(exact(nn.layer_norm(x, w, b)), expected, atol=1e-5)
    np.testing.assert_allclose(exact(nn.layer_norm(x, w, b, eps=1e-5)), expected, atol=1e-5)


def test_nan_and_infinity():
    assert math.isnan(nn.relu(pyc.array([np.nan], f32))[0])
    assert nn.gelu(pyc.array([np.inf, 0.0], f32)).tolist() == [np.inf, 0.0]


def test_shapes_and_types_are_checked():
    with pytest.raises(ValueError, match="N is 3 in x and 4 in weight"):
        nn.layer_norm(sample((2, 3), f32), sample((4,), f32), sample((3,), f32))
    with pytest.raises(TypeError, match=r"bias is .* with elements of f32 and was given f64"):
        nn.layer_norm(sample((2, 3), f32), sample((3,), f32), sample((3,), f64))


def test_plain_numpy_arrays_will_do():
    assert nn.relu(np.array([-1.0, 2.0])).tolist() == [0.0, 2.0]
