"""NumPy's ufuncs: which functions are, how many arrays they take, and which functions their methods are."""

from __future__ import annotations

_UNARY = (
    "abs", "absolute", "acos", "acosh", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "asin",
    "asinh", "atan", "atanh", "bitwise_count", "bitwise_invert", "bitwise_not", "cbrt", "ceil", "conj", "conjugate",
    "cos", "cosh", "deg2rad", "degrees", "exp", "exp2", "expm1", "fabs", "floor", "invert", "isfinite", "isinf",
    "isnan", "log", "log10", "log1p", "log2", "logical_not", "negative", "positive", "rad2deg", "radians",
    "reciprocal", "rint", "sign", "signbit", "sin", "sinh", "spacing", "sqrt", "square", "tan", "tanh", "trunc",
)  # fmt: skip
_BINARY = (
    "add", "arctan2", "atan2", "bitwise_and", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift",
    "bitwise_xor", "copysign", "divide", "equal", "float_power", "floor_divide", "fmax", "fmin", "fmod", "gcd",
    "greater", "greater_equal", "heaviside", "hypot", "lcm", "ldexp", "left_shift", "less", "less_equal", "logaddexp",
    "logaddexp2", "logical_and", "logical_or", "logical_xor", "maximum", "minimum", "mod", "multiply", "nextafter",
    "not_equal", "pow", "power", "remainder", "right_shift", "subtract", "true_divide",
)  # fmt: skip
#: How many arrays a ufunc takes.
INPUTS = {**dict.fromkeys(_UNARY, 1), **dict.fromkeys(_BINARY, 2)}
#: Functions that reduce, besides the methods of ufuncs.
REDUCTIONS = ("all", "amax", "amin", "any", "max", "mean", "min", "prod", "std", "sum", "var")
#: Ufuncs whose reduction is a function of its own.
REDUCED = {
    "add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logical_and": "all", "logical_or": "any",
}  # fmt: skip
ACCUMULATED = {"add": "cumsum", "multiply": "cumprod"}
#: Other ufuncs whose results can be their arguments again, and what they are of nothing.
FOLDED = {
    "subtract": None, "divide": None, "true_divide": None, "fmax": None, "fmin": None, "bitwise_and": -1,
    "bitwise_or": 0, "bitwise_xor": 0, "maximum": None, "minimum": None, "hypot": 0, "logaddexp": None, "gcd": 0,
    "lcm": None, "floor_divide": None, "power": None, "mod": None, "remainder": None, "add": 0, "multiply": 1,
}  # fmt: skip
METHODS = ("reduce", "accumulate", "outer", "at", "reduceat")


def is_method(name: str) -> bool:
    """Whether ``name`` is ``ufunc.method``, of a ufunc of two arrays."""
    ufunc, dot, method = name.partition(".")
    return bool(dot) and INPUTS.get(ufunc) == 2 and method in METHODS
