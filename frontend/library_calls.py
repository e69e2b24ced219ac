"""Functions of NumPy that are written in the language itself: which file of the library holds them, and calls of them.

A library function is compiled for the types of each call, as any function without annotations: arrays have the rank and
element type of the arguments, and arguments that are constants (an axis, ``keepdims``, a ``dtype``) are known in it at
compile time. What it raises, and what is wrong in it, is reported at the user's call.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc.precision import Precision
from pyc.source import Span

from . import arrays, check_operators, tree, ziggurat
from .arguments import Arguments, as_tuples, bound
from .context import Checker, Operand
from .dims import Dim
from .report import closest, fix
from .scope import LIBRARY
from .types import ScalarType
from .values import Value

#: The public functions of each file of the library, by the module whose names they are.
_FILES: dict[str, dict[str, tuple[str, ...]]] = {
    "numpy": {
        "choosing": (
            "append", "compress", "copyto", "delete", "diag_indices", "extract", "insert", "isin",
            "place", "putmask", "roll", "rot90", "searchsorted", "tril_indices", "tril_indices_from",
            "triu_indices", "triu_indices_from",
        ),
        "elementwise": (
            "allclose", "around", "bitwise_count", "deg2rad", "degrees", "divmod", "float_power", "fmax", "fmin",
            "fmod", "frexp", "gcd",
            "heaviside", "hypot", "isclose", "iscomplex", "isneginf", "isposinf", "isreal",
            "lcm", "ldexp", "logaddexp", "logaddexp2", "modf",
            "nan_to_num", "nextafter", "rad2deg", "radians", "round", "signbit", "sinc", "spacing",
        ),
        "gradients": ("gradient",),
        "matrices": (
            "corrcoef", "cov", "cross", "diag", "diag_indices_from", "diagflat", "diagonal", "eye",
            "fill_diagonal", "identity", "inner", "kron", "matvec", "outer", "trace", "tri", "tril", "triu",
            "vander", "vdot", "vecdot", "vecmat",
        ),
        "polynomials": (
            "poly", "polyadd", "polyder", "polydiv", "polyfit", "polyint", "polymul", "polysub", "polyval", "roots",
        ),
        "sequences": (
            "bincount", "convolve", "correlate", "digitize", "geomspace", "histogram", "histogram2d",
            "histogram_bin_edges", "interp", "linspace", "logspace",
        ),
        "quantiles": ("nanpercentile", "nanquantile", "percentile", "quantile"),
        "runs": ("array_equiv", "packbits", "resize", "trim_zeros", "unpackbits", "unwrap"),
        "sets": (
            "array_equal", "intersect1d", "setdiff1d", "setxor1d", "union1d", "unique", "unique_all", "unique_counts",
            "unique_inverse", "unique_values",
        ),
        "windows": ("bartlett", "blackman", "hamming", "hanning", "i0", "kaiser"),
        "sorting": ("argpartition", "argsort", "lexsort", "partition", "sort"),
        "statistics": (
            "average", "count_nonzero", "median", "nanargmax", "nanargmin", "nanmax", "nanmean",
            "nanmedian", "nanmin", "nanprod", "nanstd", "nansum", "nanvar", "ptp",
        ),
        "sums": (
            "cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "diff", "ediff1d", "nancumprod", "nancumsum",
            "trapezoid",
        ),
    },
    "numpy.fft": {
        "fourier": (
            "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft",
            "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
        ),
    },
    "numpy.linalg": {
        "eigenvalues": ("eig", "eigvals"),
        "linear_systems": (
            "cholesky", "det", "inv", "matrix_power", "slogdet", "solve", "tensorinv", "tensorsolve",
        ),
        "matrix_norms": ("cond", "matrix_norm", "matrix_rank", "norm", "pinv", "vector_norm"),
        "matrix_products": (
            "cross", "diagonal", "matmul", "matrix_transpose", "multi_dot", "outer", "tensordot", "trace", "vecdot",
        ),
        "reflections": ("qr",),
        "singular_values": ("lstsq", "svd", "svdvals"),
        "symmetric": ("eigh", "eigvalsh"),
    },
}  # fmt: skip
#: The file of each function.
WRITTEN: dict[str, dict[str, str]] = {
    module: {name: file for file, names in files.items() for name in names} for module, files in _FILES.items()
}
#: Functions whose arguments are tuples where the user writes lists.
_OF_LISTS = ("np.linalg.multi_dot",)
#: Those that NumPy has for real numbers only.
REAL = (
    "bitwise_count", "deg2rad", "degrees", "divmod", "fmod", "frexp", "gcd", "heaviside", "hypot", "i0", "isneginf",
    "isposinf", "lcm", "ldexp", "logaddexp", "logaddexp2", "modf", "nextafter", "rad2deg", "radians", "signbit",
    "spacing",
)  # fmt: skip
#: And those that it has for whole numbers only.
WHOLE = ("bitwise_count", "gcd", "lcm")
#: Those that are methods of arrays too, with the array in front.
METHODS = ("argpartition", "argsort", "cumprod", "cumsum", "diagonal", "ptp", "round", "searchsorted", "trace")


def call(c: Checker, module: str, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``np.name(...)`` of a function that the library holds.

    Raises:
        Invalid: E115, it holds none.
    """
    from . import numpy_accumulated

    written = WRITTEN[module]
    words = f"{module.replace('numpy', 'np')}.{name}"
    if name not in written:
        known = f"supported are {', '.join(sorted(written))}"
        other = "draw the numbers in a function that is not compiled, and pass them as an array"
        notes = closest(name, written) or (fix(known if written else other),)
        raise c.error("E115", f"{words} is not supported in compiled code", span, *notes)
    if module == "numpy" and name in numpy_accumulated.ARRAYS:
        return numpy_accumulated.accumulated(c, name, node, span)
    return of_library(c, module, name, node, span)


def of_library(c: Checker, module: str, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """A call of the function as the library has it."""
    if f"{module.replace('numpy', 'np')}.{name}" in _OF_LISTS:
        arguments = [as_tuples(n) for n in node.args]
        node = ast.copy_location(ast.Call(func=node.func, args=arguments, keywords=node.keywords), node)
    file = c.static.files.load(LIBRARY / f"{WRITTEN[module][name]}.py", span)
    return c.instances.call(c, c.static.member(file, name, span), node, span)


def method(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``x.name(...)`` as ``np.name(x, ...)``."""
    assert isinstance(node.func, ast.Attribute)
    whole = ast.copy_location(
        ast.Call(func=node.func, args=[node.func.value, *node.args], keywords=node.keywords), node
    )
    return call(c, "numpy", name, whole, span)


def written(c: Checker, file: str, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """A call of a function of the library that a rule names, with the arguments of ``node``."""
    namespace = c.static.files.load(LIBRARY / f"{file}.py", span)
    return c.instances.call(c, c.static.member(namespace, name, span), node, span)


# --- what the library is made of --------------------------------------------------------------------------------------


def applied(c: Checker, file: str, name: str, values: Sequence[object], node: ast.Call, span: Span) -> tree.Expression:
    """A call of a function of the library with arguments that are checked already, or known at compile time."""
    before = c.static_locals
    names = {f".argument {i}": v for i, v in enumerate(values)}
    arguments: list[ast.expr] = [ast.copy_location(ast.Name(id=n, ctx=ast.Load()), node) for n in names]
    call = ast.copy_location(ast.Call(func=node.func, args=arguments, keywords=[]), node)
    namespace = c.static.files.load(LIBRARY / f"{file}.py", span)
    c.static_locals = {**before, **names}  # type: ignore[dict-item]
    try:
        return c.instances.call(c, c.static.member(namespace, name, span), call, span)
    finally:
        c.static_locals = before


def intrinsic(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """A call of a function of one of the files ``library/_*.py`` that the compiler knows by heart."""
    from . import check_quantised

    if name in check_quantised.PARAMETERS:
        return check_quantised.call(c, name, node, span)
    if name == "correlate":
        from .check_correlation import correlate

        return correlate(c, node, span)
    if name == "from_parts":
        from .builtins_complex import from_parts

        return from_parts(c, node, span)
    if name == "main_diagonal":
        return arrays.main_diagonal(c, bound(c, node, name, ["x"]).array("x"), span)
    if name == "ziggurat":
        return _ziggurat(c, bound(c, node, name, ["law", "table", "dtype", "i"]), span)
    if name == "lines":
        a = bound(c, node, name, ["a", "axis"])
        o = a.array("a")
        return _lines(c, o, _axes(a, o), span)
    a = bound(c, node, name, ["result", "a", "axis", "keepdims"])
    o, result = a.array("a"), a.operand("result")
    axes = _axes(a, o)
    if not a.flag("keepdims"):
        return result.x
    one = c.runtime(1, span)
    if isinstance(result.type, ScalarType):
        precision = Precision.plain(result.type.dtype)
        return arrays.filled(c, result.x, [one] * len(o.dims), precision, c.target, span)
    items = [tree.NewAxis() if i in axes else tree.Range() for i in range(len(o.dims))]
    rest = iter(result.dims)
    dims = [Dim.of(1) if i in axes else next(rest) for i in range(len(o.dims))]
    return arrays.with_axes(c, result.x, items, dims, span)


def _ziggurat(c: Checker, a: Arguments, span: Span) -> tree.Expression:
    dtype = a.precision("dtype").storage
    law, table = (str(c.static_text(a.nodes[n])) for n in ("law", "table"))
    numbers = ziggurat.tables(law, dtype)[table]
    element = dtype if isinstance(numbers[0], float) else "i64"
    i = c.cast(a.expression("i"), "i64")
    return tree.Entry(span=span, type=ScalarType(element), table=numbers, index=i, target=c.target)


def _axes(a: Arguments, o: Operand) -> tuple[int, ...]:
    axes = a.axes("axis", len(o.dims))
    return tuple(range(len(o.dims))) if axes is None else tuple(sorted(axes))


def _lines(c: Checker, o: Operand, axes: tuple[int, ...], span: Span) -> tree.Expression:
    kept = [i for i in range(len(o.dims)) if i not in axes]

    def flattened(x: tree.Expression) -> tree.Expression:
        sizes = [arrays.extent(c, x, i, span) for i in kept]
        length = c.runtime(1, span)
        for i in axes:
            length = check_operators.binary(
                c, ast.Mult(), c.operand(length), c.operand(arrays.extent(c, x, i, span)), span
            )
        return arrays.reshaped(c, c.operand(arrays.transposed(x, [*kept, *axes], span)), [*sizes, length], span)

    return arrays.asked(c, o.x, flattened)
