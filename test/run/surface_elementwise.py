"""NumPy's functions of elements: rows of the table (see ``surface_cases``)."""

from surface_cases import COMPLEX, ELEMENTS, FLOATS, REAL, Row, rows

BF16 = (*ELEMENTS, "bf16")

ONE = [
    *rows(
        "np.exp np.exp2 np.expm1 np.log np.log2 np.log10 np.log1p np.cbrt np.sin np.cos np.tan np.sinh np.cosh"
          " np.tanh"
        " np.arcsin np.arccos np.arctan np.arcsinh np.arccosh np.arctanh np.asin np.acos np.atan np.asinh np.acosh"
        " np.atanh", "np.{f}({x})", ranks="20s", values="reals", ulps=4, complex_ulps=8, elements=BF16,
    ),
    *rows(
        "np.deg2rad np.rad2deg np.degrees np.radians np.sinc", "np.{f}({x})", ranks="20s", values="reals", ulps=4,
        complex_ulps=8,
    ),
    *rows("np.i0", "np.{f}({x})", ranks="21", values="reals", ulps=16),
    *rows("np.angle", "np.{f}({x})", "np.{f}({x}, deg=True)", ranks="20s", values="reals", ulps=4,
          leaves=("extreme",)),
    *rows("np.sqrt", "np.{f}({x})", ranks="20s", values="reals", complex_ulps=4, elements=BF16),
    *rows("np.abs np.absolute", "np.{f}({x})", ranks="20s", complex_ulps=2, elements=BF16),
    *rows("np.square", "np.{f}({x})", ranks="20s", complex_ulps=4, elements=BF16),
    *rows("np.sign", "np.{f}({x})", ranks="20s", complex_ulps=4),
    *rows("np.reciprocal", "np.{f}({x})", ranks="20s", complex_ulps=4, elements=BF16,
          refused=dict.fromkeys(REAL[:9], "of integers it is 0 but for 1 and -1, and of 0 what the machine"
          " makes of it")),
    *rows(
        "np.rint", "np.{f}({x})", ranks="20s", elements=BF16,
        refused=dict.fromkeys(COMPLEX, "np.round takes complex numbers"),
    ),
    *rows(
        "np.fabs np.negative np.positive np.floor np.ceil np.trunc np.isnan np.isinf np.isfinite"
        " np.signbit np.logical_not",
        "np.{f}({x})", ranks="20s", elements=BF16,
    ),
    *rows(
        "np.fix np.isposinf np.isneginf np.spacing np.conj np.conjugate np.real np.iscomplex np.isreal"
        " np.iscomplexobj np.isrealobj np.invert np.bitwise_not np.bitwise_invert np.bitwise_count np.modf np.frexp",
        "np.{f}({x})", ranks="20s",
    ),
    *rows("np.imag", "np.{f}({x})", ranks="20"),
    *rows("np.nan_to_num", "np.{f}({x})", "np.{f}({x}, nan=7.0)", "np.{f}({x}, True, 1.0, 2.0, -2.0)", ranks="20s"),
    *rows(
        "np.round np.around", "np.{f}({x})", "np.{f}({x}, 1)", "np.{f}({x}, decimals=-1)", ranks="20s",
          values="reals",
        ulps=1,
    ),
]  # fmt: skip
_TWICE = ("np.{f}({x}, {y})", "np.{f}(x2, w1)", "np.{f}(x1, t)")
TWO = [
    *rows(
        "np.add np.subtract np.multiply", *_TWICE, "np.{f}(x1, 2)", "np.{f}(x1, y1, out=x1)", ranks="20s",
        complex_ulps=4, elements=BF16,
    ),
    *rows("np.divide np.true_divide", *_TWICE, "np.{f}(x1, 2)", ranks="20s", complex_ulps=6, elements=BF16),
    *rows("np.floor_divide np.mod np.remainder np.fmod np.divmod", *_TWICE, "np.{f}(x1, 3)", ranks="20s"),
    *rows(
        "np.power np.pow", *_TWICE, "np.{f}(x1, 2)", ranks="20s", ulps=4, complex_ulps=32, elements=BF16,
        leaves=("empty",), complex_leaves=("special", "extreme"),
    ),
    *rows("np.float_power", *_TWICE, ranks="20s", ulps=4, complex_ulps=32, complex_leaves=("special", "extreme")),
    *rows("np.arctan2 np.atan2 np.hypot", *_TWICE, ranks="20s", values="reals", ulps=4, elements=BF16),
    *rows("np.logaddexp np.logaddexp2", *_TWICE, ranks="20s", values="reals", ulps=4),
    *rows(
        "np.copysign np.nextafter", *_TWICE, ranks="20s",
    ),
    *rows("np.maximum np.minimum np.fmax np.fmin", *_TWICE, ranks="20s", largest=True),
    *rows("np.heaviside", *_TWICE, ranks="20"),
    *rows(
        "np.equal np.not_equal np.less np.less_equal np.greater np.greater_equal", *_TWICE, "np.{f}(x1, 2)",
        "np.{f}(x1, -1)", ranks="20s", elements=BF16,
    ),
    *rows("np.logical_and np.logical_or np.logical_xor", *_TWICE, ranks="20s"),
    *rows("np.gcd np.lcm", *_TWICE, "np.{f}(x1, 6)", ranks="20s",
          refused={("bool", "6"): "no divisors of truth values"}),
    *rows("np.bitwise_and np.bitwise_or np.bitwise_xor", *_TWICE, "np.{f}(x1, 6)", ranks="20s"),
    *rows(
        "np.left_shift np.right_shift np.bitwise_left_shift np.bitwise_right_shift", *_TWICE, "np.{f}(x1, 3)",
        ranks="20s", values="places",
    ),
    *rows("np.ldexp", "np.{f}({x}, 3)", "np.{f}(x1, c1.astype(np.int32))", "np.{f}(x1, -1)", ranks="20s"),
    *rows(
        "np.isclose", *_TWICE, "np.{f}(x1, x1, equal_nan=True)", "np.{f}(x1, y1, rtol=0.5, atol=1.0)", ranks="20s"
    ),
    *rows(
        "np.allclose", "np.{f}({x}, {y})", "np.{f}(x1, x1, equal_nan=True)", "np.{f}(x2, x2)", ranks="20s"
    ),
    *rows(
        "np.array_equal", "np.{f}({x}, {y})", "np.{f}(x2, x2)", "np.{f}(x1, x1[1:])",
          "np.{f}(x1, x1, equal_nan=True)",
        ranks="20",
    ),
    *rows("np.array_equiv", "np.{f}({x}, {y})", "np.{f}(x2, x2)", ranks="20"),
    *rows(
        "np.clip", "np.{f}({x}, 1, 3)", "np.{f}(x1, y1, None)", "np.{f}(x1, None, t)", "np.{f}(x1, s, t)",
        "np.{f}(x2, min=-1)", "np.{f}(x1, 2, 1)", ranks="20s",
    ),
    *rows(
        "np.where", "np.{f}(b2, x2, y2)", "np.{f}(b1, x1, t)", "np.{f}(b2, x2, w1)", "np.{f}(x2)",
          "np.{f}(b1, x1, 0)",
        "np.{f}(x2, x2, 1)", "np.{f}(b1, x1, 0.5)",
    ),
    *rows(
        "np.select", "np.{f}([b1, x1 != 0], [x1, y1])", "np.{f}([b1], [x1], 2)", "np.{f}([b2, b2], [x2, y2], x2)"
    ),
    *rows(
        "np.piecewise", "np.{f}(x1, [b1, ~b1], [1, 2])", "np.{f}(x1, [b1], [lambda v: v + v, 3])",
        "np.{f}(x2, [b2, x2 == 0], [lambda v: v * v, 1])", complex_ulps=4,
    ),
    *rows("np.vectorize", "np.{f}(lambda v: v + v)(x2)", "np.{f}(lambda v, w: v + w)(x1, y1)",
         leaves=("extreme",)),
    *rows(
        "np.choose", "np.{f}(c1 % 2, [x1, y1])", "np.{f}(c1, (x1, y1), mode='clip')",
        "np.{f}(i1, (x1, y1), mode='wrap')", "np.{f}(i1, (x1, y1))", "np.{f}(c1 % 2, [x1, 1])",
    ),
    *rows("np.promote_types np.result_type", "x1.astype(np.{f}({T}, np.int32))",
          "x1.astype(np.{f}({T}, np.float16))"),
    *rows("np.finfo", "np.{f}({T}).eps * x1, np.{f}({T}).max, np.{f}({T}).tiny", elements=FLOATS),
    *rows("np.iinfo", "x1 + np.{f}({T}).max, np.{f}({T}).min", elements=REAL[1:8]),
]  # fmt: skip
ROWS: list[Row] = [*ONE, *TWO]
