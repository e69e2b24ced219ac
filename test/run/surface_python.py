"""Functions and constants of ``math`` and ``cmath``: rows of the table."""

from surface_cases import Row, rows

NUMBERS = ("float", "int", "bool", "f64", "f32", "i32", "u8")
FLOATS = ("float", "f32", "int")
WHOLE = ("int", "bool", "i32", "u8")
COMPLEX = ("complex", "float", "int", "c128")
MATH = [
    *rows("math.acos math.acosh math.asin math.asinh math.atan math.atanh math.cos math.cosh math.degrees math.erf"
          " math.erfc math.exp math.exp2 math.expm1 math.gamma math.lgamma math.log10 math.log1p math.log2"
          " math.radians"
          " math.sin math.sinh math.tan math.tanh math.cbrt",
          "math.{f}(s)", elements=NUMBERS, ulps=1),
    *rows("math.log", "math.{f}(s)", "math.{f}(s, 3.0)", "math.{f}(s, t)", elements=NUMBERS, ulps=1),
    *rows("math.trunc", "math.{f}(s)", elements=("float", "int", "bool", "f64")),
    *rows("math.ceil math.floor math.fabs math.sqrt math.isfinite math.isinf math.isnan math.frexp math.modf"
          " math.ulp", "math.{f}(s)", elements=NUMBERS),
    *rows("math.atan2 math.fmod math.pow math.remainder math.copysign math.nextafter", "math.{f}(s, t)",
          "math.{f}(s, 2)",
          elements=NUMBERS, ulps=1),
    *rows("math.hypot", "math.{f}(s, t)", "math.{f}(s)", "math.{f}(s, t, 2.0)", elements=NUMBERS, ulps=1),
    *rows("math.isclose", "math.{f}(s, t)", "math.{f}(s, t, rel_tol=0.5)", "math.{f}(s, s, abs_tol=1.0)",
          elements=NUMBERS),
    *rows("math.ldexp", "math.{f}(s, k)", "math.{f}(s, 3)", elements=NUMBERS),
    *rows("math.dist", "math.{f}((s, t), (t, s))", "math.{f}((s,), (1,))", elements=NUMBERS, ulps=1),
    *rows("math.fsum", "math.{f}((s, t, -s))", "math.{f}((s, 1e16, t, -1e16))", elements=NUMBERS),
    *rows("math.prod", "math.{f}((s, t, 2))", "math.{f}((s, t), start=3)", elements=NUMBERS),
    *rows("math.sumprod", "math.{f}((s, t), (t, 2))", elements=("float", "int")),
    *rows("math.comb math.perm", "math.{f}(s, t)", "math.{f}(s, 2)", elements=WHOLE),
    *rows("math.gcd math.lcm", "math.{f}(s, t)", "math.{f}(s, t, 12)", elements=WHOLE),
    *rows("math.factorial math.isqrt", "math.{f}(s)", elements=WHOLE),
    *rows("math.pi math.e math.tau math.inf math.nan", "math.{f}", elements=("f64",)),
]  # fmt: skip
CMATH = [
    *rows("cmath.acos cmath.acosh cmath.asin cmath.asinh cmath.atan cmath.atanh cmath.cos cmath.cosh cmath.exp"
          " cmath.log"
          " cmath.log10 cmath.sin cmath.sinh cmath.sqrt cmath.tan cmath.tanh cmath.phase cmath.polar",
          "cmath.{f}(s)", elements=COMPLEX, ulps=2),
    *rows("cmath.isfinite cmath.isinf cmath.isnan", "cmath.{f}(s)", elements=COMPLEX),
    *rows("cmath.isclose", "cmath.{f}(s, t)", "cmath.{f}(s, t, rel_tol=0.5)", "cmath.{f}(s, s, abs_tol=1.0)",
          elements=COMPLEX),
    *rows("cmath.rect", "cmath.{f}(f, g)", elements=("f64",), ulps=2),
    *rows("cmath.pi cmath.e cmath.tau cmath.inf cmath.infj cmath.nan cmath.nanj", "cmath.{f}", elements=("f64",)),
]  # fmt: skip
ROWS: list[Row] = [*MATH, *CMATH]
