"""NumPy's elementwise functions over element types, with NaN, infinities, zeros of both signs, and numbers."""

from functools import cache

import numpy as np
import pytest
from surface import Surface, words

NUMPY = {"f64": "f8", "f32": "f4", "f16": "f2", "i8": "i1", "i32": "i4", "i64": "i8", "u8": "u1"}
UNARY = words(
    "exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arccosh"
    " arctanh acos asinh fabs abs square sign negative positive rint floor ceil trunc fix isnan isinf isfinite isposinf"
    " isneginf signbit deg2rad rad2deg degrees radians sinc spacing nan_to_num round"
)
BINARY = words(
    "add subtract multiply divide floor_divide remainder mod fmod power float_power arctan2 copysign hypot maximum"
    " minimum fmax fmin heaviside logaddexp logaddexp2 nextafter equal less isclose"
)
INTEGERS = ["gcd", "lcm", "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "fmod", "remainder"]


def floats(dtype: str) -> np.ndarray:
    rng = np.random.default_rng(5)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, -2.5, 3.5, 1e-30, 2.0, 100.0]
    return np.concatenate([special, rng.standard_normal(24) * 3, rng.random(13)]).astype(NUMPY[dtype])


@cache
def unary(dtype: str) -> Surface:
    more = [
        "np.modf(x)",
        "np.frexp(x)",
        "np.round(x, 2)",
        "np.around(x, -1)",
        "x.round(1)",
        "np.nan_to_num(x, nan=7.0)",
    ]
    return Surface(f"x: Tensor[{dtype}, N]", [*(f"np.{f}(x)" for f in UNARY), *more], level=3)


@pytest.mark.parametrize("dtype", ["f64", "f32", "f16"])
def test_functions_of_one_array_of_floats(dtype: str) -> None:
    x = floats(dtype)
    for part in (x, x[:1], x[:0], x[::-3]):
        unary(dtype).agree(part, ulps=6)


@cache
def binary(dtype: str) -> Surface:
    return Surface(
        f"x: Tensor[{dtype}, N, M], y: Tensor[{dtype}, M]",
        [*(f"np.{f}(x, y)" for f in BINARY), "np.divmod(x, y)"],
        level=3,
    )


@pytest.mark.parametrize("dtype", ["f64", "f32"])
def test_functions_of_two_arrays_of_floats(dtype: str) -> None:
    x = floats(dtype)
    rows = np.stack([x, x[::-1], np.roll(x, 7), np.roll(x, 1)])
    for y, z in ((rows, x), (rows[:, ::3], x[::3]), (rows[:1, :1], x[:1]), (rows[:0], x)):
        binary(dtype).agree(y, z, ulps=6)


@cache
def integers(dtype: str) -> Surface:
    ones = [f for f in UNARY if f not in ("arctanh", "spacing", "arccosh", "log", "log2", "log10", "log1p", "arcsin")]
    twos = [f for f in BINARY if f not in ("nextafter", "power", "logaddexp", "logaddexp2", "heaviside", "arctan2")]
    if dtype == "u8":
        ones.remove("negative")
    return Surface(
        f"x: Tensor[{dtype}, N], y: Tensor[{dtype}, N]",
        [*(f"np.{f}(x)" for f in ones), *(f"np.{f}(x, y)" for f in [*twos, *INTEGERS]), "np.round(x, 1)", "~x"],
        level=3,
    )


@pytest.mark.parametrize("dtype", ["i32", "i64", "u8", "i8"])
def test_functions_of_integers(dtype: str) -> None:
    low = 0 if dtype == "u8" else -6
    x = np.arange(low, 7).astype(NUMPY[dtype])
    for y in (np.roll(x, 3), x[::-1].copy(), np.full_like(x, 4)):
        integers(dtype).agree(x, y, ulps=8)


@pytest.mark.parametrize("dtype", ["u8", "i8", "i32", "i64"])
def test_bounds_beyond_an_integer_type_bound_nothing(dtype: str) -> None:
    texts = [
        "np.clip(x, -300, 400)",
        "np.clip(x, n, 100)",
        "x.clip(3, k)",
        "np.clip(x, n, k)",
        "np.clip(x, min=-(2**40))",
    ]
    clipped = Surface(f"x: Tensor[{dtype}, N], n: int, k: int", texts, level=3)
    x = np.arange(0 if dtype == "u8" else -9, 9).astype(NUMPY[dtype])
    for n, k in ((-1000, 1000), (2, 5), (-(2**63), 2**63 - 1), (0, 0)):
        clipped.agree(x, n, k, ulps=0)


def test_numbers() -> None:
    ones = [f"np.{f}({a})" for f in UNARY for a in ("x", "f32(x)") if not f.startswith("nan_to")]
    twos = [f"np.{f}({a})" for f in BINARY for a in ("x, y", "f32(x), y")]
    program = Surface("x: f64, y: f64", [*ones, *twos, "np.gcd(i32(12), i32(18))", "np.allclose(x, y)"], level=3)
    for x, y in [(0.25, 2.0), (0.5, -0.5), (np.nan, 1.0)]:
        program.agree(np.float64(x), np.float64(y), ulps=6)


def test_powers_of_two() -> None:
    program = Surface(
        "x: Tensor[f64, N], n: Tensor[i32, N], y: Tensor[f32, N]", ["np.ldexp(x, n)", "np.ldexp(y, n)"], level=3
    )
    x = np.array([1.0, -3.7, 1e300, 5e-324, 1.5, 1.25, np.inf, np.nan, 0.0, -0.0, 1.9999, 3e-310])
    for n in (0, 1, -1, 1023, -1074, -1080, 2000, -2100, 30, -140, -149):
        with np.errstate(all="ignore"):
            program.agree(x, np.full(x.shape, n, np.int32), x.astype(np.float32), ulps=0)


def test_all_close() -> None:
    program = Surface(
        "x: Tensor[f64, N], y: Tensor[f64, N]",
        ["np.allclose(x, y)", "np.allclose(x, y, equal_nan=True)", "np.isclose(x, y, rtol=0.1)", "np.isclose(x, 1.0)"],
        level=3,
    )
    x = floats("f64")
    program.agree(x, x)
    program.agree(x, x + 1e-9)
    program.agree(x[:0], x[:0])
