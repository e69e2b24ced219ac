"""``pyc.Array`` rounds as the language says: against a reference that computes exactly and rounds by definition."""

# Wrong programs are the point of many tests here.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false
# pyright: reportInvalidTypeForm=false, reportReturnType=false, reportCallIssue=false, reportIndexIssue=false

import math
import operator
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pyc
from pyc import Array, Mixed, bf16, cpu, cuda, f8e4m3, f8e5m2, f16, f32, f64, i8, i32, u8
from pyc.frontend.promotion import promoted
from pyc.precision import DTYPES, Precision
from pyc.targets.interpreter.rounding import promote, rounded

# --- the reference: a float format by its definition, in exact arithmetic -------------------------------------------

#: Of each float type: bits of precision, smallest exponent of a normal number, largest finite number.
FORMATS = {
    "f16": (11, -14, Fraction(65504)),
    "bf16": (8, -126, Fraction(2**128 - 2**120)),
    "f32": (24, -126, Fraction(2**128 - 2**104)),
    "f8e5m2": (3, -14, Fraction(57344)),
    "f8e4m3": (4, -6, Fraction(448)),
}


def to_nearest(x: Fraction, name: str) -> float:
    """The number of a format that is nearest to ``x``, ties to even; infinity (NaN in f8e4m3) past the largest."""
    precision, smallest, largest = FORMATS[name]
    if x == 0:
        return 0.0
    exponent = max(_exponent(abs(x)), smallest)
    unit = Fraction(2) ** (exponent - precision + 1)
    result = round(x / unit) * unit  # Python rounds ties to even
    if abs(result) > largest:
        return math.nan if name == "f8e4m3" else math.copysign(math.inf, x)
    return float(result)


def _exponent(x: Fraction) -> int:
    e = x.numerator.bit_length() - x.denominator.bit_length()
    return e if x >= Fraction(2) ** e else e - 1


def values(array) -> list[float]:
    return [float(v) for v in np.asarray(array).ravel()]


def same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


finite = st.floats(allow_nan=False, allow_infinity=False)
NARROW = {"f16": f16, "bf16": bf16, "f8e4m3": f8e4m3, "f8e5m2": f8e5m2, "f32": f32}


@given(finite, st.sampled_from(sorted(FORMATS)))
def test_conversion_rounds_once(x, name):
    assert same(values(rounded(np.array([x]), name))[0], to_nearest(Fraction(x), name))


@given(st.integers(0, 2**16), st.integers(-140, 130), st.integers(-2, 2), st.sampled_from(sorted(FORMATS)))
def test_conversion_near_ties_rounds_once(mantissa, exponent, nudge, name):
    """Halfway points, and numbers one unit of f64 beside them: where rounding twice would show."""
    x = math.ldexp(2 * mantissa + 1, exponent - 17)
    for _ in range(abs(nudge)):
        x = math.nextafter(x, math.inf if nudge > 0 else -math.inf)
    for value in (x, -x):
        assert same(values(rounded(np.array([value]), name))[0], to_nearest(Fraction(value), name))


OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


@given(finite, finite, st.sampled_from(sorted(OPERATIONS)), st.sampled_from(sorted(FORMATS)))
def test_plain_arithmetic_rounds_each_result_once(x, y, sign, name):
    dtype = NARROW[name]
    with np.errstate(all="ignore"):
        a, b = pyc.array([x], dtype), pyc.array([y], dtype)
        c = OPERATIONS[sign](a, b)
    p, q = values(a)[0], values(b)[0]
    if not math.isfinite(p) or not math.isfinite(q) or (sign == "/" and q == 0):
        return
    assert c.precision == Precision.plain(name)
    assert same(values(c)[0], to_nearest(OPERATIONS[sign](Fraction(p), Fraction(q)), name))


@given(st.lists(finite, min_size=1, max_size=6), st.sampled_from(["f16", "bf16"]))
def test_mixed_arithmetic_rounds_when_it_is_stored(numbers, name):
    """``x * x + 1`` of Mixed[f16, f32]: two roundings to f32, one to f16 at the store."""
    x = pyc.array(numbers, Mixed[NARROW[name], f32])
    with np.errstate(all="ignore"):
        y = x * x + 1
        x[:] = y
    assert y.dtype == np.float32
    assert y.precision == Mixed[NARROW[name], f32]
    for number, held, stored in zip(numbers, values(y), values(x), strict=True):
        p = to_nearest(Fraction(number), name)
        if not math.isfinite(p):
            continue
        square = to_nearest(Fraction(p) ** 2, "f32")
        if not math.isfinite(square):
            continue
        expected = to_nearest(Fraction(square) + 1, "f32")
        assert same(held, expected)
        assert same(stored, to_nearest(Fraction(expected), name))


small = st.lists(st.integers(-64, 64), min_size=1, max_size=40)


@given(small, st.sampled_from(["f16", "bf16", "f8e5m2", "f8e4m3"]))
def test_reductions_accumulate_in_f32_and_round_once(numbers, name):
    x = pyc.array(numbers, NARROW[name])
    elements = [Fraction(v) for v in values(x)]
    # Sums of that many small integers are exact in f32: what remains is the rounding at the end.
    assert same(float(x.sum()), to_nearest(sum(elements), name))
    assert same(float(np.sum(x)), to_nearest(sum(elements), name))
    assert same(values(np.sum(x.reshape(1, -1), axis=1))[0], to_nearest(sum(elements), name))
    mean = to_nearest(sum(elements) / len(elements), "f32")
    assert same(float(x.mean()), to_nearest(Fraction(mean), name))
    assert x.sum().dtype == x.dtype


@given(small, st.sampled_from(["f16", "bf16", "f8e5m2"]))
def test_contractions_accumulate_in_f32_and_round_once(numbers, name):
    x = pyc.array(numbers, NARROW[name])
    elements = [Fraction(v) for v in values(x)]
    exact = sum(e * e for e in elements)
    for product in (x @ x, np.dot(x, x), x.dot(x), np.inner(x, x), np.einsum("i,i", x, x), np.vdot(x, x)):
        assert same(float(product), to_nearest(exact, name))
    assert float(pyc.dot(x, x, acc=f32)) == float(exact)
    assert pyc.dot(x, x, acc=f32).dtype == np.float32
    mixed = x.to(Mixed[NARROW[name], f32])
    assert float(mixed @ mixed) == float(exact)


def test_an_accumulator_is_as_wide_as_the_operands():
    with pytest.raises(TypeError, match="acc=f32 cannot hold products of f64"):
        pyc.dot(np.ones(2), np.ones(2), acc=f32)
    assert pyc.dot(np.ones((2, 2)), np.ones(2), acc=f64).tolist() == [2, 2]


def test_contractions_round_mixed_operands_to_storage():
    x = pyc.array([[1.0]], Mixed[f16, f32]) + 2**-13  # f32 holds it, f16 does not
    assert x[0, 0] > 1
    assert (x @ x)[0, 0] == 1
    assert (x * x)[0, 0] > 1


def test_mixed_governs_where_its_storage_wins():
    mixed, half, single = (pyc.array([1.0], p) for p in (Mixed[f16, f32], f16, f32))
    assert (mixed + half).precision == (half + mixed).precision == Mixed[f16, f32]
    assert (mixed + single).precision == Precision.plain("f32")
    assert (mixed + np.float32(1)).precision == Mixed[f16, f32]
    assert (mixed + np.float64(1)).precision == Precision.plain("f64")
    x = pyc.array([[1.0]], f32)
    assert (mixed @ x).precision == Precision.plain("f32")
    assert (half @ mixed.reshape(1, 1)).precision == Mixed[f16, f32]


def test_sums_longer_than_the_element_type_counts():
    ones = pyc.array(np.ones(4096), f16)
    assert ones.sum() == 4096
    assert np.cumsum(ones)[-1] == 4096
    assert pyc.array(np.ones(300), bf16).sum() == 300
    assert pyc.array(np.ones(1000), u8).sum() == 1000


# --- what values are ------------------------------------------------------------------------------------------------


def test_promotion_is_the_compilers():
    for a in DTYPES:
        for b in DTYPES:
            try:
                ours = promote(a, b)
            except TypeError:
                ours = None
            assert ours == promoted(a, b), (a, b)


@pytest.mark.parametrize("dtype", [bf16, f8e4m3, f8e5m2, f16])
def test_python_numbers_are_weak(dtype):
    x = pyc.array([1, 2], dtype)
    for y in (x + 1, 1 + x, x * 1.5, 2 - x, x / 2, x**2, np.maximum(x, 0), np.where(x > 1, x, 0.0), np.clip(x, 0, 1)):
        assert y.dtype == x.dtype
        assert isinstance(y, Array)
    assert (pyc.array([1, 2], i32) + 1.5).dtype == np.float64
    assert (x + np.float64(1)).dtype == np.float64


def test_types_without_a_common_one():
    with pytest.raises(TypeError, match="bf16 and f16 have no common element type"):
        _ = pyc.array([1], bf16) + pyc.array([1], f16)


def test_comparisons_are_bool_and_keep_the_target():
    x = pyc.array([1, 2], Mixed[f16, f32], cuda)
    y = x > 1
    assert y.dtype == bool
    assert (y.precision, y.target) == (Precision.plain("bool"), cuda)
    assert np.where(y, x, 0).precision == x.precision


def test_reading_widens_and_views_do_not():
    x = pyc.array([[1, 2], [3, 4]], Mixed[f16, f32])
    assert x[0, 0].dtype == np.float32
    assert [v.dtype for v in x[0]] == [np.float32, np.float32]
    for view in (x[0], x.T, x[::-1, 1:], x.reshape(4), np.transpose(x), np.concatenate([x, x]), np.stack([x, x])):
        assert view.dtype == np.float16
        assert view.precision == x.precision
    assert np.exp(x).dtype == np.float32
    assert np.max(x).dtype == np.float32
    assert x.sum(axis=0).dtype == np.float32
    assert (-x).dtype == np.float32


def test_views_share_memory_with_the_callers_array():
    x = pyc.array(np.arange(6), f32)
    x[1::2] = 0
    x[::2] += 10
    assert x.tolist() == [10, 0, 12, 0, 14, 0]
    x[1:] = x[:-1] + 0  # what is read is read before
    assert x.tolist() == [10, 10, 0, 12, 0, 14]
    with pytest.raises(IndexError):
        x[6]


@pytest.mark.parametrize(
    ("precision", "value", "message"),
    [
        (f16, np.float32(1), r"f32 does not fit in an array of f16: write \.to\(f16\)"),
        (f32, np.ones(2), r"f64 does not fit in an array of f32"),
        (i8, 1.5, "a float does not fit in an array of i8"),
        (i8, np.int32(1), "i32 does not fit"),
        (f32, 1j, None),
        (Mixed[f16, f32], np.float64(1), "f64 does not fit"),
        (u8, 300, None),
    ],
)
def test_stores_do_not_narrow(precision, value, message):
    x = pyc.array([1, 2], precision)
    with pytest.raises((TypeError, OverflowError), match=message):
        x[:] = value
    assert x.tolist() == [1, 2]


def test_stores_widen_and_round_what_is_mixed():
    x = pyc.array([0, 0], f32)
    x[:] = pyc.array([1, 2], f16)
    x[0] = np.float16(3)
    x[1] = 0.1
    assert x.tolist() == [3, np.float32(0.1)]
    half = pyc.array([0], f16)
    for value in (pyc.array([1], Mixed[f16, f32]), pyc.array([1], Mixed[f16, f32]) / 3):
        with pytest.raises(TypeError, match=r"Mixed\[f16, f32\] is stored as it is only where that is declared"):
            half[:] = value
    half[:] = (pyc.array([1], Mixed[f16, f32]) / 3).to(f16)
    assert half[0] == np.float16(1 / 3)
    mixed = pyc.array([1], Mixed[f16, f32])
    mixed[:] = half
    mixed[0] = mixed[0] / 3  # a number of the compute type
    assert mixed.plain()[0] == np.float16(np.float32(np.float16(1 / 3)) / 3)
    with pytest.raises(TypeError, match="f64 does not fit"):
        x += np.ones(2)
    plain = np.zeros(2, np.float32)
    plain += x
    assert plain.tolist() == x.tolist()


def test_integers_wrap():
    x = pyc.array([127, -128], i8)
    assert (x + np.int8(1)).tolist() == [-128, -127]
    assert (x + 1).dtype == np.int8
    assert (pyc.array([250], u8) + np.uint8(10)).tolist() == [4]


def test_to():
    x = pyc.array([1.1, 70000], f32)
    assert x.to(f16).tolist() == [np.float16(1.1), np.inf]
    assert x.to(Mixed[f16, f32]).precision == Mixed[f16, f32]
    assert x.to(cuda).target == cuda
    assert not np.shares_memory(x.to(cuda), x)
    assert x.to(i32).tolist() == [1, 70000]
    assert x.to(bool).dtype == bool
    assert pyc.array([2.0], Mixed[f16, f32]).astype(f16).precision == Precision.plain("f16")
    with pytest.raises(TypeError, match="element type, a Mixed"):
        x.to("f16")


@pytest.mark.parametrize("combine", [operator.add, operator.matmul, operator.lt, np.maximum, np.dot])
def test_two_targets_do_not_meet(combine):
    x, y = pyc.array([1.0], f32, cuda), pyc.array([1.0], f32, cpu)
    with pytest.raises(TypeError, match=r"one array is on cuda, another on cpu: write \.to\(cpu\) on the first"):
        combine(x, y)
    assert not isinstance(combine(x, y.to(cuda)), np.ndarray) or combine(x, y.to(cuda)).target == cuda
    with pytest.raises(TypeError, match="one array is on"):
        x[:] = y


def test_a_chip_meets_its_target():
    x, y = pyc.array([1.0], f32, cuda("sm_90a")), pyc.array([1.0], f32, cuda)
    assert (x + y).target == (y + x).target == cuda("sm_90a")
    with pytest.raises(TypeError, match="cuda:sm_90a"):
        _ = x + y.to(cuda("sm_80"))


@pytest.mark.parametrize(
    "function",
    [
        np.sum,
        np.mean,
        np.prod,
        np.var,
        np.std,
        np.max,
        np.min,
        np.any,
        np.argmax,
        np.ptp,
        np.median,
        np.cumsum,
        np.cumprod,
    ],
)
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_numpys_reductions_are_numpys_in_f64(function, axis):
    plain = np.random.default_rng(1).standard_normal((3, 5))
    x = pyc.array(plain)
    np.testing.assert_allclose(np.asarray(function(x, axis=axis)), function(plain, axis=axis), rtol=1e-15)
    if axis is not None and function not in (np.cumsum, np.cumprod):
        assert isinstance(function(x, axis=axis, keepdims=True), Array)
        assert function(x, axis=axis, keepdims=True).ndim == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.where(x > 0, x, -x),
        lambda x: np.linalg.norm(x),
        lambda x: np.einsum("ij,kj->ik", x, x),
        lambda x: np.tensordot(x, x, axes=([1], [1])),
        lambda x: np.outer(x[0], x[1]),
        lambda x: np.pad(x, 1),
        lambda x: np.sort(x, axis=0),
        lambda x: np.take(x, [0, 2], axis=1),
        lambda x: np.divmod(x, 2)[1],
        lambda x: np.add.outer(x[0], x[1]),
        lambda x: np.clip(x, -0.5, 0.5),
        lambda x: x.clip(-0.5, 0.5),
        lambda x: x.trace(),
        lambda x: np.array_split(x, 2)[1],
        lambda x: x.max(axis=0) - x.min(axis=0),
        lambda x: np.linspace(0, 1, 4) * x[0, 0],
        lambda x: x[x > 0],
        lambda x: x[[2, 0]],
        lambda x: np.zeros_like(x),
        lambda x: np.interp(x, [-1, 1], [0, 1]),
    ],
)
def test_numpys_functions_are_numpys_in_f64(call):
    plain = np.random.default_rng(2).standard_normal((3, 5))
    np.testing.assert_allclose(np.asarray(call(pyc.array(plain))), call(plain), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (0, 3), (7, 11), (2, 1, 3)])
@pytest.mark.parametrize("precision", [f16, bf16, f32, Mixed[f16, f32]])
def test_shapes(shape, precision):
    x = pyc.array(np.zeros(shape), precision)
    for y in (x + x, np.exp(x), x > 0, x.sum(axis=-1, keepdims=True) if shape else x, x.T, -x[...]):
        assert isinstance(y, Array)
    assert (x + x).shape == shape


def test_integer_arrays_sum_in_64_bits():
    assert pyc.array([100, 100], i8).sum() == 200
    assert np.cumsum(pyc.array([100, 100], i8)).dtype == np.int64
    assert pyc.array([1, 2], i32).mean() == 1.5


def test_at_and_out():
    x = pyc.array([0, 0, 0], f32)
    np.add.at(x, [0, 0, 2], 1)
    assert x.tolist() == [2, 0, 1]
    np.multiply(x, 2, out=x)
    assert x.tolist() == [4, 0, 2]
    np.copyto(x, pyc.array([1, 2, 3], f16))
    assert x.tolist() == [1, 2, 3]


def test_erf():
    x = pyc.array([-3.0, -0.5, 0.0, 0.5, np.inf], f64)
    np.testing.assert_array_equal(pyc.erf(x), [math.erf(v) for v in x])
    assert pyc.erf(0.5) == math.erf(0.5)
    assert pyc.erf(np.float32(0.5)).dtype == np.float32
    assert pyc.erf(pyc.array([0.5], Mixed[f16, f32])).dtype == np.float32
    assert pyc.erf(pyc.array([1], i32)).dtype == np.float64
    with pytest.raises(TypeError, match="real numbers"):
        pyc.erf(np.array([1j]))


def test_arrays_of_other_things_are_refused():
    with pytest.raises(TypeError, match="are not arrays of the language"):
        pyc.array(["a"])
    with pytest.raises(TypeError, match="are not arrays of the language"):
        pyc.array([None], f32)


def test_repr():
    assert repr(pyc.array([1.0], Mixed[f16, f32], cuda)) == "array([1.], Mixed[f16, f32], cuda)"
    assert repr(pyc.array([1, 2])) == "array([1, 2], i64)"
    assert str(pyc.array([1, 2])) == "[1 2]"


def test_plain_bf16_arrays_of_numpy_meet_ours():
    x = pyc.array([1, 2], bf16) + np.array([1, 2], ml_dtypes.bfloat16)
    assert x.tolist() == [2, 4]
