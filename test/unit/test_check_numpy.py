"""Types of NumPy expressions: the checker gives the element type and shape that NumPy computes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from check_facts import checked, found, result_of

from pyc.dialects.signature import evaluate
from pyc.frontend.promotion import floating, joined, promoted
from pyc.frontend.types import TensorType
from pyc.precision import DTYPES, STORED

PLAIN = {n: d.numpy for n, d in DTYPES.items() if not n.startswith(("f8", "bf", "c")) and n not in STORED}
NUMPY_NAMES = {v: k for k, v in PLAIN.items()}


@pytest.mark.parametrize(("a", "b"), list(itertools.product(PLAIN, repeat=2)))
def test_sized_types_promote_as_numpys(a, b):
    assert promoted(a, b) == NUMPY_NAMES[np.promote_types(PLAIN[a], PLAIN[b]).name]


@pytest.mark.parametrize("a", PLAIN)
@pytest.mark.parametrize(("weak", "value"), [("i64", 1), ("f64", 1.0), ("bool", True)])
def test_python_numbers_promote_as_numpys(a, weak, value):
    want = NUMPY_NAMES[np.result_type(np.ones(2, PLAIN[a]), value).name]
    assert joined([(a, False), (weak, True)]) == (want, False)


def test_narrow_floats_have_no_common_type():
    assert promoted("bf16", "f16") is None
    assert promoted("bf16", "f32") == "f32"
    assert joined([("bf16", False), ("f64", True)]) == ("bf16", False)


@pytest.mark.parametrize("a", PLAIN)
def test_functions_computed_in_floating_point(a):
    assert floating(a) == NUMPY_NAMES[np.exp(np.ones(1, PLAIN[a])).dtype.name]


ELEMENTWISE = [
    "x + y", "x * y", "x / y", "x < y", "x == y", "np.where(x > y, x, y)", "np.maximum(x, y)", "np.exp(x)",
    "np.sqrt(x)",
    "np.log1p(x)", "np.sin(x)", "x + 1", "x * 2.5", "x.astype(np.float32)", "np.logical_and(x, y)", "np.isnan(x)",
    "np.logical_not(x)", "np.zeros_like(x)", "np.full_like(x, 1)", "x.T", "x[1:]", "x[:-1]", "x[::2]", "x[1:4]",
    "x[-2:]",
    "x[None, :]", "x[..., None]", "np.concatenate((x, y))", "np.stack((x, y))", "x.reshape(-1, 1)", "x.copy()",
]  # fmt: skip
ARITHMETIC = ["x - y", "-x", "np.abs(x)", "x // y", "x % y", "x ** 2", "np.square(x)", "np.clip(x, 1, 3)", "np.sign(x)"]
BITWISE = ["x & y", "x | y", "x ^ y", "~x"]
REDUCTIONS = [
    "x.sum()", "x.sum(axis=0)", "x.sum(axis=1, keepdims=True)", "x.prod()", "x.max()", "x.max(axis=-1)", "x.mean()",
    "np.min(x, axis=0, keepdims=True)", "np.mean(x, axis=1)", "x.any()", "np.all(x, axis=1)", "np.argmax(x)",
    "np.var(x)",
    "x.argmin(axis=1)", "np.std(x, axis=(0, 1))", "x[0, -1]", "x[1]", "x[:, 0]", "x[:, None, :]", "x.T",
    "x.reshape(-1)",
    "x.ravel()", "x.reshape(x.shape[1], x.shape[0])", "np.transpose(x)", "np.swapaxes(x, 0, 1)", "np.expand_dims(x, 0)",
    "np.broadcast_to(x[0], x.shape)", "np.sum(x > 1)", "np.concatenate((x, x), axis=1)", "np.sum(x, axis=())",
]  # fmt: skip
PRODUCTS = ["x @ x.T", "x @ x[0]", "x[0] @ x", "x[0] @ x[1]", "np.dot(x, x.T)", "np.matmul(x, x.T)"]
KINDS = ("bool", "i8", "i32", "i64", "u8", "u64", "f16", "f32", "f64")


def _agrees(expression: str, dtype: str, shape: tuple[int, ...], dims: str) -> None:
    if dims == "M, N" and "x[0] @ x" in expression and expression != "x[0] @ x[1]":
        shape, dims = (4, 4), "4, 4"
    element = "bool" if dtype == "bool" else dtype
    x = np.ones(shape, PLAIN[dtype])
    want = eval(expression, {"np": np, "x": x, "y": x})
    names = [d for d in ("M", "N") if d in dims]
    head = f"def f[{', '.join(names)}]" if names else "def f"
    t = f"Tensor[{element}, {dims}]"
    result = checked(f"{head}(x: {t}, y: {t}):\n    return {expression}\n")["f"].result
    assert PLAIN[result.dtype] == np.asarray(want).dtype.name  # type: ignore[union-attr]
    extents = result.dims if isinstance(result, TensorType) else ()
    assert tuple(evaluate(d.expression(), {"M": shape[0], "N": shape[-1]}) for d in extents) == np.shape(want)


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("expression", ELEMENTWISE)
def test_elementwise(expression, dtype):
    _agrees(expression, dtype, (5,), "N")


@pytest.mark.parametrize("dtype", [k for k in KINDS if k != "bool"])
@pytest.mark.parametrize("expression", ARITHMETIC)
def test_arithmetic(expression, dtype):
    _agrees(expression, dtype, (5,), "N")


@pytest.mark.parametrize("dtype", [k for k in KINDS if k[0] != "f"])
@pytest.mark.parametrize("expression", BITWISE)
def test_bitwise(expression, dtype):
    _agrees(expression, dtype, (5,), "N")


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("expression", REDUCTIONS)
def test_reductions_and_shapes(expression, dtype):
    _agrees(expression, dtype, (3, 5), "M, N")


@pytest.mark.parametrize("dtype", [k for k in KINDS if k != "bool"])
@pytest.mark.parametrize("expression", PRODUCTS)
def test_products(expression, dtype):
    _agrees(expression, dtype, (3, 5), "M, N")


@pytest.mark.parametrize("step", ["", "1", "2", "3"])
@pytest.mark.parametrize("start", ["", "0", "1", "3", "-1", "-2", "-5"])
def test_lengths_of_slices(start, step):
    for stop in ("", "0", "1", "3", "-1", "-2", "-5", "9"):
        f = checked(f"def f[N](x: Tensor[f32, N]) -> None:\n    y = x[{start}:{stop}:{step}]\n    y[:] = 1\n")["f"]
        (dim,) = f.body[0].variable.type.dims  # type: ignore[union-attr]
        if not dim.is_known:
            assert start.startswith("-") != stop.startswith("-")
            continue
        for length in (0, 1, 2, 3, 7):
            want = len(range(length)[slice(*(int(v) if v else None for v in (start, stop, step)))])
            assert evaluate(dim.expression(), {"N": length}) == want


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        ("np.zeros((2, n))", "Tensor[f64, 2, n]"),
        ("np.ones(3, dtype=np.float32)", "Tensor[f32, 3]"),
        ("np.full(n, 7)", "Tensor[i64, n]"),
        ("np.full(n, True)", "Tensor[bool, n]"),
        ("np.empty((n, n + 1), f16)", "Tensor[f16, n, n + 1]"),
        ("np.arange(5)", "Tensor[i64, 5]"),
        ("np.arange(2, 11, 3)", "Tensor[i64, 3]"),
        ("np.arange(5, dtype=np.float32)", "Tensor[f32, 5]"),
    ],
)
def test_creation(expression, want):
    assert result_of(expression, n="int") == want


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        ("1 / 2", "float"),
        ("n // 2", "int"),
        ("n ** 2", "int"),
        ("n ** -1", "float"),
        ("n + True", "int"),
        ("x + n", "float"),
        ("s + 1.5", "f32"),
        ("s + x", "f32"),
        ("s + n", "f32"),
        ("i + 1", "i32"),
        ("i + 1.0", "f64"),
        ("i / 2", "f64"),
        ("s < 1", "bool"),
        ("n < 1", "bool"),
        ("math.sqrt(s)", "float"),
        ("np.sqrt(x)", "f64"),
        ("float(s)", "float"),
        ("int(s)", "int"),
        ("f16(x)", "f16"),
        ("divmod(n, 3)", "tuple[int, int]"),
        ("max(n, 3)", "int"),
        ("max(0, x)", "float"),
        ("min(s, 1)", "f32"),
        ("abs(-n)", "int"),
        ("round(x)", "int"),
        ("n and 3", "int"),
        ("x if n else 0", "float"),
    ],
)
def test_scalars(expression, want):
    assert result_of(expression, n="int", x="float", s="f32", i="i32") == want


def test_mixed_precision_stays_in_compute_and_is_stored_rounded():
    f = checked(
        "def f[N](x: Tensor[Mixed[f16, f32], N]) -> Tensor[Mixed[f16, f32], N]:\n    y = x * 2\n    return y\n"
    )["f"]
    assert f.body[0].variable.type.dtype == "f32"  # type: ignore[union-attr]
    assert f.result.dtype == "f16"  # type: ignore[union-attr]


def test_a_number_that_does_not_fit():
    assert found("def f[N](x: Tensor[u8, N]) -> Tensor[u8, N]:\n    return x + 256\n") == ["E211: 256"]
