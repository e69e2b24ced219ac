"""Every operation on the CPU against NumPy, over element types and awkward shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from compiled import Compiled, Failed, numpy_dtype
from numpy.typing import NDArray

from pyc.dialects import build as b

INTEGERS = ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64")
FLOATS = ("f16", "f32", "f64")
SMALL = ("bf16", "f8e4m3", "f8e5m2")
Array = NDArray[Any]


def index(value: int) -> Any:
    return b.constant(value, "i64")


def dims(x: Any) -> list[Any]:
    return [b.dim(x, i) for i in range(x.type.rank)]


def same(got: Array, want: Array) -> None:
    assert got.shape == want.shape
    np.testing.assert_array_equal(got, want)


def integers(dtype: str) -> tuple[Array, Array]:
    """Every pair of interesting values."""
    info = np.iinfo(numpy_dtype(dtype))
    values = [0, 1, 2, 3, 7, 8, 15, 31, 63, 64, info.max, info.max - 1, info.max // 2, info.min, info.min + 1]
    values += [-1, -2, -3, -7] if info.min else [255]
    values = np.array([v for v in values if info.min <= v <= info.max], numpy_dtype(dtype))
    left, right = np.meshgrid(values, values)
    return left.ravel().copy(), right.ravel().copy()


def floats(dtype: str) -> tuple[Array, Array]:
    values = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 7.25, 1e-3, -100.0, 3e4, float("inf"), float("-inf"), float("nan")]
    with np.errstate(all="ignore"):
        array = np.array(values).astype(numpy_dtype(dtype))
    left, right = np.meshgrid(array, array)
    return left.ravel().copy(), right.ravel().copy()


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "floordiv": np.floor_divide, "mod": np.remainder,
    "maximum": np.maximum, "minimum": np.minimum,
}  # fmt: skip
BITWISE: dict[str, Callable[[Any, Any], Any]] = {
    "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "shl": np.left_shift, "shr": np.right_shift,
}  # fmt: skip
PREDICATES: dict[str, Callable[[Any, Any], Any]] = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_wrap_as_numpys_do(dtype: str) -> None:
    x, y = integers(dtype)
    names = {**BINARY, **BITWISE}
    f = Compiled(
        [(dtype, [None]), (dtype, [None])],
        lambda x, y: [
            *[b.binary(n, x, y) for n in names],
            *[b.compare(p, x, y) for p in PREDICATES],
            *[b.unary(n, x) for n in ("neg", "abs", "not")],
            b.binary("pow", x, b.select(b.compare("lt", y, b.constant(0, dtype)), b.constant(5, dtype), y)),
        ],
    )
    n = len(x)
    kinds = [dtype] * len(names) + ["bool"] * len(PREDICATES) + [dtype] * 4
    got = f([x, y], [(k, (n,)) for k in kinds])
    with np.errstate(all="ignore"):
        exponent = np.where(y < 0, np.array(5, y.dtype), y)
        want = [
            *[op(x, y) for op in names.values()],
            *[op(x, y) for op in PREDICATES.values()],
            np.negative(x),
            np.abs(x),
            np.invert(x),
            np.power(x, exponent),
        ]
    for g, w in zip(got, want, strict=True):
        same(g, w)


@pytest.mark.parametrize("dtype", [*FLOATS, *SMALL])
def test_floats_round_once(dtype: str) -> None:
    x, y = floats(dtype)
    names = {**BINARY, "div": np.divide}
    f = Compiled(
        [(dtype, [None]), (dtype, [None])],
        lambda x, y: [
            *[b.binary(n, x, y) for n in names],
            *[b.compare(p, x, y) for p in PREDICATES],
            *[b.unary(n, x) for n in ("neg", "abs", "sqrt", "floor", "ceil", "rint", "trunc")],
        ],
    )
    n = len(x)
    kinds = [dtype] * len(names) + ["bool"] * len(PREDICATES) + [dtype] * 7
    got = f([x, y], [(k, (n,)) for k in kinds])
    # NumPy has its own f16; for smaller ones the definition is f32 arithmetic and one rounding.
    wide = x.dtype if dtype in FLOATS else np.dtype("f4")
    a, c = x.astype(wide), y.astype(wide)
    with np.errstate(all="ignore"):
        want = [
            *[op(a, c).astype(x.dtype) for op in names.values()],
            *[op(a, c) for op in PREDICATES.values()],
            *[op(a).astype(x.dtype) for op in (np.negative, np.abs, np.sqrt, np.floor, np.ceil, np.rint, np.trunc)],
        ]
    for name, g, w in zip([*names, *PREDICATES, *"nasfcrt"], got, want, strict=True):
        np.testing.assert_array_equal(g.astype("f8"), w.astype("f8"), err_msg=name)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2, "log10": np.log10,
    "log1p": np.log1p, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh,
    "sinh": np.sinh, "cosh": np.cosh, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh, "cbrt": np.cbrt,
}  # fmt: skip


#: How far functions may be from NumPy's, relative to these.
CLOSE = {"f16": 1e-3, "bf16": 8e-3, "f32": 4e-7, "f64": 1e-15}


@pytest.mark.parametrize("dtype", ["f16", "f32", "f64", "bf16"])
def test_functions(dtype: str) -> None:
    x = np.concatenate([np.linspace(-8, 8, 97), [0.0, -0.0, 1e-7, -1e-7, np.inf, -np.inf, np.nan, 20.0]])
    x = x.astype(numpy_dtype(dtype))
    f = Compiled([(dtype, [None])], lambda x: [*[b.unary(n, x) for n in FUNCTIONS], b.unary("erf", x)])
    got = f([x], [(dtype, x.shape)] * (len(FUNCTIONS) + 1))
    tolerance = CLOSE[dtype]
    tiny = 6e-8 if dtype == "f16" else 1e-300
    with np.errstate(all="ignore"):
        for (name, op), g in zip(FUNCTIONS.items(), got, strict=False):
            want = op(x.astype("f8")).astype(x.dtype)
            np.testing.assert_allclose(g.astype("f8"), want.astype("f8"), rtol=tolerance, atol=tiny, err_msg=name)
    import math

    want = np.array([math.erf(v) for v in x.astype("f8")])
    np.testing.assert_allclose(got[-1].astype("f8"), want, rtol=max(tolerance, 1e-7), atol=tiny)


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_functions_of_two_floats(dtype: str) -> None:
    x, y = (v.ravel() for v in np.meshgrid(*2 * [[0.0, -0.0, 1.0, -1.0, 2.5, -7.0, np.inf, -np.inf, np.nan, 1e-8]]))
    x, y = x.astype(numpy_dtype(dtype)), y.astype(numpy_dtype(dtype))
    names = {"atan2": np.arctan2, "copysign": np.copysign, "fmod": np.fmod}
    f = Compiled([(dtype, [None]), (dtype, [None])], lambda x, y: [b.binary(n, x, y) for n in names])
    got = f([x, y], [(dtype, x.shape)] * 3)
    tolerance = {"f32": 4e-7, "f64": 1e-15}[dtype]
    with np.errstate(all="ignore"):
        for (name, op), g in zip(names.items(), got, strict=True):
            want = op(x, y)
            np.testing.assert_allclose(g, want, rtol=tolerance, err_msg=name)
            numbers = ~np.isnan(want)
            np.testing.assert_array_equal(np.signbit(g)[numbers], np.signbit(want)[numbers], err_msg=name)


def test_python_floats_divide_as_cpython() -> None:
    f = Compiled([("f64", None), ("f64", None)], lambda x, y: [b.binary(n, x, y) for n in ("floordiv", "mod", "pow")])
    for x, y in [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-0.0, 3.0), (1.0, 0.1), (1e300, 1e-10), (2.0, float("inf"))]:
        quotient, remainder, power = f([x, y], [("f64", ())] * 3)
        assert (float(quotient), float(remainder)) == (x // y, x % y)
        assert np.copysign(1, remainder) == np.copysign(1, x % y)
        if x > 0 and y < 100:
            assert float(power) == x**y


ALL = ("bool", *INTEGERS, *FLOATS, *SMALL)


@pytest.mark.parametrize("source", ALL)
def test_casts(source: str) -> None:
    """To every element type, from values that fit, wrap, overflow and are not numbers."""
    if source == "bool":
        x = np.array([True, False])
    elif source in INTEGERS:
        x = integers(source)[0]
    else:
        x = floats(source)[0]
        x = np.concatenate([x, np.array([127.9, -128.9, 300.0, -1.5, 255.5, 40000.0], "f8").astype(x.dtype)])
    f = Compiled([(source, [None])], lambda x: [b.cast(x, to) for to in ALL])
    got = f([x], [(to, x.shape) for to in ALL])
    for to, g in zip(ALL, got, strict=True):
        with np.errstate(all="ignore"):
            wide = x.astype("f4") if to in SMALL and source in INTEGERS else x
            want = wide.astype(numpy_dtype(to))
        if source in SMALL and to in INTEGERS:
            want = x.astype("f4")
            want = want.astype(numpy_dtype(to))
        if source in (*FLOATS, *SMALL) and to in INTEGERS:
            # What does not fit is not defined by NumPy.
            info = np.iinfo(numpy_dtype(to))
            inside = np.isfinite(x.astype("f8")) & (x.astype("f8") >= info.min) & (x.astype("f8") <= info.max)
            g, want = g[inside], want[inside]
        np.testing.assert_array_equal(g.astype("f8"), want.astype("f8"), err_msg=f"{source} to {to}")


@pytest.mark.parametrize("dtype", ["f16", *SMALL])
def test_every_small_float(dtype: str) -> None:
    """All bit patterns widen exactly; f32 and f64 beside every midpoint round to nearest even."""
    t = numpy_dtype(dtype)
    every = np.arange(1 << (8 * t.itemsize), dtype=f"u{t.itemsize}").view(t)
    f = Compiled([(dtype, [None])], lambda x: [b.cast(x, "f32"), b.cast(x, "f64")])
    single, double = f([every], [("f32", every.shape), ("f64", every.shape)])
    same(single, every.astype("f4"))
    same(double, every.astype("f8"))

    finite = np.unique(every.astype("f8")[np.isfinite(every.astype("f8"))])
    middle = (finite[1:] + finite[:-1]) / 2
    near = np.concatenate([middle, np.nextafter(middle, np.inf), np.nextafter(middle, -np.inf), finite * 1.5])
    g = Compiled([("f64", [None]), ("f32", [None])], lambda x, y: [b.cast(x, dtype), b.cast(y, dtype)])
    with np.errstate(all="ignore"):
        singles = np.concatenate([near.astype("f4"), np.array([np.inf, -np.inf, np.nan, 1e30, -1e30], "f4")])
        from_double, from_single = g([near, singles], [(dtype, near.shape), (dtype, singles.shape)])
        same(from_single.astype("f4"), singles.astype(t).astype("f4"))
        same(from_double.astype("f8"), _rounded(near, finite, t))


def _rounded(x: Array, finite: Array, t: np.dtype[Any]) -> Array:
    """Correct rounding by looking at both neighbours: ml_dtypes goes through f32 and rounds twice."""
    position = np.searchsorted(finite, x)
    low, high = finite[np.maximum(position - 1, 0)], finite[np.minimum(position, len(finite) - 1)]
    # np.searchsorted found high >= x > low.
    even = (high.astype(t).view(f"u{t.itemsize}") & 1) == 0
    middle = (low + high) / 2
    out = np.where((x > middle) | ((x == middle) & even), high, low)
    out = np.where(np.abs(x) <= np.abs(finite).max(), out, x)
    beyond = np.abs(x) > np.abs(finite).max()
    with np.errstate(all="ignore"):
        return np.where(beyond, x.astype("f4").astype(t).astype("f8"), out)


SHAPES = [(0,), (1,), (7,), (1000,), (0, 3), (3, 0), (1, 1), (5, 7), (13, 64), (2, 3, 5)]


@pytest.mark.parametrize("kind", ["sum", "prod", "max", "min"])
@pytest.mark.parametrize("dtype", ["f32", "f16", "i32", "u8"])
def test_reductions(kind: str, dtype: str) -> None:
    rng = np.random.default_rng(1)
    op = getattr(np, kind)
    for rank in (1, 2, 3):
        axes = [[i for i in range(rank) if mask >> i & 1] for mask in range(1, 1 << rank)]
        f = Compiled(
            [(dtype, [None] * rank)],
            lambda x, axes=axes: [b.reduce(x, kind, a, keepdims=k) for a in axes for k in (False, True)],
        )
        for shape in [s for s in SHAPES if len(s) == rank]:
            if 0 in shape and kind in ("max", "min"):
                continue
            x = (rng.integers(1, 4, shape) / (2 if dtype[0] == "f" else 1)).astype(numpy_dtype(dtype))
            kept = {"dtype": x.dtype} if kind in ("sum", "prod") else {}
            want = [op(x, axis=tuple(a), keepdims=k, **kept) for a in axes for k in (False, True)]
            got = f([x], [(dtype, w.shape) for w in want])
            for g, w in zip(got, want, strict=True):
                np.testing.assert_allclose(g.astype("f8"), w.astype("f8"), rtol=2e-2 if dtype == "f16" else 1e-5)


def test_reductions_accumulate_in_their_result_type() -> None:
    x = np.full((3, 5000), 1.5, "f2")
    f = Compiled([("f16", [None, None])], lambda x: [b.reduce(x, "sum", [1], dtype="f32")])
    same(f([x], [("f32", (3,))])[0], np.full(3, 7500.0, "f4"))


def test_max_and_min_propagate_nan() -> None:
    x = np.array([[1, np.nan, 3], [-np.inf, -np.inf, -np.inf], [4, 5, 6]], "f4")
    f = Compiled([("f32", [None, None])], lambda x: [b.reduce(x, "max", [1]), b.reduce(x, "min", [1])])
    high, low = f([x], [("f32", (3,))] * 2)
    same(high, x.max(1))
    same(low, x.min(1))


def test_any_and_all() -> None:
    x = np.array([[True, False], [True, True], [False, False]])
    f = Compiled([("bool", [None, None])], lambda x: [b.reduce(x, k, [1]) for k in ("any", "all")])
    got = f([x], [("bool", (3,))] * 2)
    same(got[0], np.asarray(x.any(1)))
    same(got[1], np.asarray(x.all(1)))
    empty = np.zeros((2, 0), bool)
    got = f([empty], [("bool", (2,))] * 2)
    same(got[0], np.asarray(empty.any(1)))
    same(got[1], np.asarray(empty.all(1)))


@pytest.mark.parametrize("dtype", ["f32", "f16", "i32", "u8", "bool"])
def test_arg_reductions(dtype: str) -> None:
    rng = np.random.default_rng(2)
    x = rng.integers(0, 2 if dtype == "bool" else 4, (6, 11)).astype(numpy_dtype(dtype))
    if dtype == "f32":
        x[2, 5] = x[2, 7] = np.nan
        x[3] = -np.inf
        x[4] = np.inf
    f = Compiled(
        [(dtype, [None, None])],
        lambda x: [b.arg_reduce(x, k, a, keepdims=d) for k in ("max", "min") for a in (0, 1) for d in (False, True)],
    )
    want = [
        getattr(np, f"arg{k}")(x, axis=a, keepdims=d) for k in ("max", "min") for a in (0, 1) for d in (False, True)
    ]
    for g, w in zip(f([x], [("i64", w.shape) for w in want]), want, strict=True):
        same(g, w)


MATMULS = [
    ((5,), (5,)), ((3, 5), (5,)), ((5,), (5, 4)), ((3, 5), (5, 4)), ((1, 1), (1, 1)), ((0, 3), (3, 4)),
    ((3, 0), (0, 4)),
    ((2, 3, 5), (5, 4)), ((2, 3, 5), (2, 5, 4)), ((3, 5), (2, 5, 4)), ((7, 1, 3, 5), (2, 5, 4)), ((2, 3, 5), (5,)),
    ((5,), (2, 5, 4)), ((37, 29), (29, 65)),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), MATMULS)
def test_matmul(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    x, y = rng.integers(-4, 5, left).astype("f4"), rng.integers(-4, 5, right).astype("f4")
    # Batch axes of extent 1 are static, because only those stretch.
    known = [1 if i < len(left) - 2 and s == 1 else None for i, s in enumerate(left)]
    f = Compiled([("f32", known), ("f32", [None] * len(right))], lambda x, y: [b.matmul(x, y)])
    want = np.matmul(x, y)
    same(f([x, y], [("f32", want.shape)])[0], want)
    same(f([x[..., ::-1], y[::-1] if y.ndim == 1 else y[..., ::-1, :]], [("f32", want.shape)])[0], want)


@pytest.mark.parametrize(
    ("dtype", "result"), [("f16", "f32"), ("bf16", "f32"), ("f8e4m3", "f32"), ("i8", "i8"), ("f64", "f64")]
)
def test_matmul_accumulates_in_its_result_type(dtype: str, result: str) -> None:
    rng = np.random.default_rng(4)
    x, y = (rng.integers(-4, 5, (17, 17)).astype(numpy_dtype(dtype)) for _ in range(2))
    f = Compiled([(dtype, [None, None])] * 2, lambda x, y: [b.matmul(x, y, result)])
    want = np.matmul(x.astype(numpy_dtype(result)), y.astype(numpy_dtype(result)))
    same(f([x, y], [(result, want.shape)])[0], want)


def test_broadcasting() -> None:
    f = Compiled(
        [("f32", [None, 1, None]), ("f32", [None, 1]), ("f32", None)],
        lambda x, y, s: [b.binary("sub", b.binary("add", x, y), s), b.select(b.compare("lt", x, y), s, x)],
    )
    for m, n, k in [(3, 5, 2), (0, 4, 1), (1, 1, 7)]:
        x, y = np.random.rand(m, 1, k).astype("f4"), np.random.rand(n, 1).astype("f4")
        want = (x + y) - np.float32(2.5)
        got = f([x, y, 2.5], [("f32", want.shape)] * 2)
        same(got[0], want)
        same(got[1], np.where(x < y, np.float32(2.5), x))


def test_a_row_is_subtracted_from_columns() -> None:
    """Softmax: what a reduction gives is read again along the axis that it lost."""

    def softmax(x: Any) -> list[Any]:
        high = b.reduce(x, "max", [1])
        high = b.reshape(high, [b.dim(high, 0), index(1)])
        e = b.unary("exp", b.binary("sub", x, high))
        total = b.reduce(e, "sum", [1], keepdims=True)
        return [b.binary("div", e, total)]

    f = Compiled([("f32", [None, None])], softmax)
    x = np.random.default_rng(5).normal(size=(13, 31)).astype("f4")
    e = np.exp(x - x.max(1, keepdims=True))
    np.testing.assert_allclose(f([x], [("f32", x.shape)])[0], e / e.sum(1, keepdims=True), rtol=1e-6)
    assert f.remarks == []


def test_shapes() -> None:
    def body(x: Any) -> list[Any]:
        m, n = dims(x)
        return [
            b.transpose(x, [1, 0]),
            b.reshape(x, [b.exact("int_mul", m, n)]),
            b.reshape(x, [n, m]),
            b.reshape(x, [m, index(1), n]),
            b.reshape(b.reshape(x, [index(1), m, n, index(1)]), [m, n]),
            b.broadcast(x, [index(2), m, n]),
            b.concat([x, x, b.binary("add", x, b.constant(1, "f32"))], 0),
            b.concat([x, x], 1),
            b.fill(b.constant(3, "f32"), [n, m, index(2)], "f32", "cpu"),
            b.iota("i32", n, "i32", "cpu"),
            b.iota("f16", n, "f16", "cpu"),
        ]

    f = Compiled([("f32", [None, None])], body)
    for m, n in [(3, 5), (1, 1), (0, 4), (7, 1)]:
        x = np.random.rand(2 * m, 3 * n).astype("f4")[::-2, ::3]
        want = [
            x.T, x.reshape(-1), x.reshape(n, m), x.reshape(m, 1, n), x, np.broadcast_to(x, (2, m, n)),
            np.concatenate([x, x, x + np.float32(1)], 0), np.concatenate([x, x], 1), np.full((n, m, 2), 3, "f4"),
            np.arange(n, dtype="i4"), np.arange(n, dtype="f2"),
        ]  # fmt: skip
        kinds = ["f32"] * 9 + ["i32", "f16"]
        for g, w in zip(f([x], [(k, w.shape) for k, w in zip(kinds, want, strict=True)]), want, strict=True):
            same(g, w)


def test_static_shapes() -> None:
    def body(x: Any) -> list[Any]:
        ones = [index(1)] * 2
        row = b.slice(x, [index(1), index(0)], [index(1), index(6)], ones)
        one = b.reshape(x, [index(24)])
        cube = b.reshape(x, [index(2), index(3), index(4)])
        scalar = b.reshape(b.reduce(x, "sum", [0, 1], keepdims=True), [])
        return [
            one,
            cube,
            b.reduce(cube, "sum", [1]),
            scalar,
            b.reshape(scalar, [index(1), index(1)]),
            b.matmul(x, b.transpose(x, [1, 0])),
            b.concat([x, row, x], 0),
        ]

    f = Compiled([("f32", [4, 6])], body)
    x = np.arange(24, dtype="f4").reshape(4, 6)
    total = np.array(x.sum())
    want = [x.reshape(24), x.reshape(2, 3, 4), x.reshape(2, 3, 4).sum(1), total, total.reshape(1, 1), x @ x.T]
    want.append(np.concatenate([x, x[1:2], x]))
    for g, w in zip(f([x], [("f32", w.shape) for w in want]), want, strict=True):
        same(g, w)


def test_slices_and_elements() -> None:
    def body(x: Any, i: Any) -> list[Any]:
        m, n = dims(x)
        zero, one, two = index(0), index(1), index(2)
        half = b.exact("int_floordiv", b.exact("int_add", n, one), two)
        return [
            b.slice(x, [zero, zero], [m, half], [one, two]),
            b.slice(x, [i, zero], [one, n], [one, one], dropped=[0]),
            b.slice(x, [zero, i], [m, one], [one, one], dropped=[1]),
            b.slice(x, [i, i], [one, one], [one, one], dropped=[0, 1]),
            b.extract(x, [i, i]),
        ]

    f = Compiled([("f64", [None, None]), ("i64", None)], body)
    for x in (np.random.rand(4, 5), np.random.rand(10, 14)[::-3, ::-3], np.random.rand(3, 4).T):
        i = 2
        want = [x[:, ::2], x[i], x[:, i], x[i, i], x[i, i]]
        for g, w in zip(f([x, i], [("f64", np.shape(w)) for w in want]), want, strict=True):
            same(g, np.asarray(w))


def test_writes_are_in_place() -> None:
    def body(x: Any, y: Any) -> list[Any]:
        (n,) = dims(x)
        one = index(1)
        inner = b.exact("int_sub", n, index(2))
        left, right = (b.slice(x, [o], [inner], [one]) for o in (index(0), index(2)))
        middle = b.binary("mul", b.binary("add", left, right), b.constant(0.5, "f32"))
        y = b.insert_slice(middle, y, [one], [inner], [one])
        y = b.insert(b.constant(9, "f32"), y, [index(0)])
        return [y]

    f = Compiled([("f32", [None]), ("f32", [None])], body, writes=[1])
    assert f.remarks == []
    x, y = np.random.rand(9).astype("f4"), np.zeros(18, "f4")
    f([x, y[::-2]], [])
    want = np.zeros(9, "f4")
    want[1:-1] = (x[:-2] + x[2:]) * np.float32(0.5)
    want[0] = 9
    same(y[::-2], want)
    same(y[0::2], np.zeros(9, "f4"))


def test_an_update_that_reads_its_own_old_value_copies_and_says_so() -> None:
    def body(x: Any) -> list[Any]:
        (n,) = dims(x)
        one = index(1)
        shorter = b.exact("int_sub", n, one)
        return [b.insert_slice(b.slice(x, [index(0)], [shorter], [one]), x, [one], [shorter], [one])]

    f = Compiled([("f32", [None])], body, writes=[0])
    x = np.arange(6, dtype="f4")
    f([x], [])
    same(x, np.array([0, 0, 1, 2, 3, 4], "f4"))
    assert [r.line for r in f.remarks] == [1]


EXTREMES = [
    0,
    1,
    -1,
    2,
    3,
    -3,
    7,
    62,
    63,
    64,
    65,
    2**31,
    3037000500,
    -(2**62),
    2**62,
    2**63 - 1,
    -(2**63),
    -(2**63) + 1,
]
PYTHON: dict[str, Callable[[int, int], int]] = {
    "int_add": lambda a, c: a + c, "int_sub": lambda a, c: a - c, "int_mul": lambda a, c: a * c,
    "int_floordiv": lambda a, c: a // c, "int_mod": lambda a, c: a % c, "int_pow": lambda a, c: a**c,
    "int_shl": lambda a, c: a << c, "int_shr": lambda a, c: a >> c,
}  # fmt: skip


def _python(name: str, x: int, y: int) -> int | None:
    """What Python computes, or nothing where it would take minutes to compute what does not fit."""
    if name == "int_pow" and y > 100:
        return (x if y % 2 else abs(x)) if abs(x) <= 1 else None
    if name == "int_shl" and y > 100:
        return 0 if x == 0 else None
    return PYTHON[name](x, y)


@pytest.mark.parametrize("name", PYTHON)
def test_exact_integers(name: str) -> None:
    f = Compiled([("i64", None)] * 2, lambda x, y: [b.exact(name, x, y)])
    for x in EXTREMES:
        for y in EXTREMES:
            if (name in ("int_floordiv", "int_mod") and y == 0) or (
                name in ("int_pow", "int_shl", "int_shr") and y < 0
            ):
                continue
            want = _python(name, x, y)
            if want is None or not -(2**63) <= want < 2**63:
                with pytest.raises(Failed, match="OverflowError"):
                    f([x, y], [("i64", ())])
            else:
                assert int(f([x, y], [("i64", ())])[0]) == want, (x, y)


def test_exact_negation_and_absolute_value() -> None:
    f = Compiled([("i64", None)], lambda x: [b.exact("int_neg", x), b.exact("int_abs", x)])
    for x in EXTREMES[:-2] + EXTREMES[-1:]:
        assert [int(v) for v in f([x], [("i64", ())] * 2)] == [-x, abs(x)]
    with pytest.raises(Failed, match="OverflowError"):
        f([-(2**63)], [("i64", ())] * 2)


def test_a_check_keeps_the_writes_before_it() -> None:
    def body(x: Any, i: Any) -> list[Any]:
        x = b.insert(b.constant(1, "f32"), x, [index(0)])
        b.check(b.compare("lt", i, b.dim(x, 0)), "IndexError", "index out of bounds")
        return [b.insert(b.constant(2, "f32"), x, [i])]

    f = Compiled([("f32", [None]), ("i64", None)], body, writes=[0])
    x = np.zeros(4, "f4")
    f([x, 3], [])
    same(x, np.array([1, 0, 0, 2], "f4"))
    x[:] = 0
    with pytest.raises(Failed, match="IndexError: index out of bounds") as failed:
        f([x, 4], [])
    assert (failed.value.error.file, failed.value.error.line) == ("program.py", 1)
    same(x, np.array([1, 0, 0, 0], "f4"))


def test_memory_that_cannot_be_had_is_an_error() -> None:
    def body(n: Any) -> list[Any]:
        x = b.fill(b.constant(1, "f32"), [n], "f32", "cpu")
        x = b.insert(b.constant(2, "f32"), x, [index(0)])
        return [b.extract(x, [b.exact("int_sub", n, index(1))]), b.reduce(x, "max", [0])]

    f = Compiled([("i64", None)], body)
    assert [float(v) for v in f([5], [("f32", ())] * 2)] == [1.0, 2.0]
    for n in (2**62, 2**45, -5):
        with pytest.raises(Failed, match="MemoryError"):
            f([n], [("f32", ())] * 2)
