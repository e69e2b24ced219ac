"""Functions of NumPy that are written in the language itself: which file of the library holds them, and calls of them.

A library function is compiled for the types of each call, as any function without annotations: arrays have the rank and
element type of the arguments, and arguments that are constants (an axis, ``keepdims``, a ``dtype``) are known in it at
compile time. What it raises, and what is wrong in it, is reported at the user's call.
"""

from __future__ import annotations

import ast

from pyc.source import Span

from . import tree
from .context import Checker
from .report import closest, fix
from .scope import LIBRARY
from .values import Value

#: The public functions of each file of the library, by the module whose names they are.
_FILES: dict[str, dict[str, tuple[str, ...]]] = {
    "numpy": {
        "elementwise": (
            "allclose", "around", "deg2rad", "degrees", "divmod", "float_power", "fmax", "fmin", "fmod", "frexp", "gcd",
            "heaviside", "hypot", "isclose", "isneginf", "isposinf", "lcm", "ldexp", "logaddexp", "logaddexp2", "modf",
            "nan_to_num", "nextafter", "rad2deg", "radians", "round", "signbit", "sinc", "spacing",
        ),
        "sums": ("cumsum", "cumprod", "diff", "trapezoid"),
    },
    "numpy.linalg": {},
    "numpy.random": {},
}  # fmt: skip
#: The file of each function.
WRITTEN: dict[str, dict[str, str]] = {
    module: {name: file for file, names in files.items() for name in names} for module, files in _FILES.items()
}
#: Those that are methods of arrays too, with the array in front.
METHODS = ("cumsum", "cumprod", "round")


def call(c: Checker, module: str, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``np.name(...)`` of a function that the library holds.

    Raises:
        Invalid: E115, it holds none.
    """
    written = WRITTEN[module]
    words = f"{module.replace('numpy', 'np')}.{name}"
    if name not in written:
        notes = closest(name, written) or (fix(f"supported are {', '.join(sorted(written))}"),)
        raise c.error("E115", f"{words} is not supported in compiled code", span, *notes)
    file = c.static.files.load(LIBRARY / f"{written[name]}.py", span)
    return c.instances.call(c, c.static.member(file, name, span), node, span)


def method(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression | Value:
    """``x.name(...)`` as ``np.name(x, ...)``."""
    assert isinstance(node.func, ast.Attribute)
    whole = ast.copy_location(
        ast.Call(func=node.func, args=[node.func.value, *node.args], keywords=node.keywords), node
    )
    return call(c, "numpy", name, whole, span)
