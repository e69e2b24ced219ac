"""``np.random`` with an explicit generator: an array of words, and its methods functions of the library.

Before::

    rng = np.random.default_rng(seed)
    x = rng.random(n)

After, as a tree::

    rng = library.random.default_rng(seed)      # six 64-bit words
    x = library.random.random(rng, n)           # writes to them
"""

from __future__ import annotations

import ast
from dataclasses import replace

import numpy

from pyc.source import Span

from . import tree
from .arguments import bound
from .context import Checker
from .evaluated import Evaluated
from .report import closest, fix
from .scope import LIBRARY
from .types import GeneratorType, ScalarType, TensorType, kind_of
from .values import LibraryName

#: What a generator can be asked for.
_FILES = {
    "random": ("choice", "integers", "permutation", "permuted", "random", "shuffle"),
    "draws": (
        "beta", "chisquare", "exponential", "gamma", "gumbel", "laplace", "logistic", "lognormal", "normal", "pareto",
        "rayleigh", "standard_exponential", "standard_gamma", "standard_normal", "standard_t", "uniform", "weibull",
    ),
    "counts": ("binomial", "geometric", "poisson"),
}  # fmt: skip
METHODS = tuple(sorted(name for names in _FILES.values() for name in names))
#: What draws from the state that all programs share have become.
_LEGACY = {
    "rand": "rng.random(n)", "random_sample": "rng.random(n)", "ranf": "rng.random(n)", "sample": "rng.random(n)",
    "randn": "rng.standard_normal(n)", "randint": "rng.integers(low, high, n)",
    "random_integers": "rng.integers(low, high, n, endpoint=True)",
    **{name: f"rng.{name}(...)" for name in METHODS if name != "random"},
}  # fmt: skip
#: How a generator is made.
MAKERS = ("Generator", "default_rng")
_DRAW_OUTSIDE = "draw the numbers in a function that is not compiled, and pass them as an array"


def made(c: Checker, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """``np.random.default_rng(seed)``, ``np.random.Generator(np.random.PCG64(seed))``.

    Raises:
        Invalid: E115, it is another function, or there is no seed; E202, the seed is no whole number.
    """
    words = f"np.random.{name}"
    if name == "Generator":
        inner = bound(c, node, words, ["bit_generator"]).nodes["bit_generator"]
        if not isinstance(inner, ast.Call) or c.value(inner.func) != LibraryName("numpy.random", "PCG64"):
            message = "np.random.Generator takes np.random.PCG64 of a seed in compiled code"
            raise c.error("E115", message, c.span(inner), fix("`np.random.Generator(np.random.PCG64(seed))`"))
        node, words = inner, "np.random.PCG64"
    elif name == "PCG64":
        message = "np.random.PCG64 is not supported in compiled code but in a generator"
        raise c.error("E115", message, span, fix("`np.random.Generator(np.random.PCG64(seed))`"))
    elif name != "default_rng":
        message = f"{words} is not supported in compiled code"
        instead = f" and draw from it: `{_LEGACY.get(name, 'rng.random(n)')}`" if name != "seed" else ""
        note = fix(f"make a generator, `rng = np.random.default_rng(seed)`,{instead}".rstrip(","))
        raise c.error("E115", message, span, note)
    given = bound(c, node, words, [], ["seed"]).nodes.get("seed")
    seed = None if given is None else c.value(given)
    if given is None or seed is None:
        message = f"{words} without a seed is not supported in compiled code"
        raise c.error("E115", message, span, fix("make the seed a parameter, and pass a number of your choice"))
    x = c.runtime(seed, c.span(given))
    if isinstance(x.type, GeneratorType) and name == "default_rng":
        return x
    if not isinstance(x.type, ScalarType) or kind_of(x.type.dtype) not in ("int", "uint"):
        raise c.error("E202", f"a seed is an int in compiled code, and this is a {x.type}", x.span)
    return _typed(_library(c, "default_rng", [Evaluated(x, given)], [], node, span), GeneratorType)


def _typed(x: tree.Expression, kind: type[TensorType]) -> tree.Expression:
    """The words of a generator as an array, as the library sees them, or as a generator."""
    t = x.type
    assert isinstance(t, TensorType)
    made = kind(t.dtype, t.dims, t.precision, t.target)
    return replace(x, type=made, body=_typed(x.body, kind)) if isinstance(x, tree.Bind) else replace(x, type=made)


def method(c: Checker, x: tree.Expression, name: str, node: ast.Call, span: Span) -> tree.Expression:
    """``rng.name(...)``.

    Raises:
        Invalid: E115, generators have no such method in compiled code.
    """
    if name not in METHODS:
        misspelt = () if hasattr(numpy.random.Generator, name) else closest(name, METHODS)
        notes = misspelt or (fix(f"supported are {', '.join(METHODS)}; {_DRAW_OUTSIDE}"),)
        raise c.error("E115", f"the method {name} of generators is not supported in compiled code", span, *notes)
    _check_dtype(c, name, node)
    return _library(c, name, [Evaluated(_typed(x, TensorType), node.func), *node.args], node.keywords, node, span)


def _check_dtype(c: Checker, name: str, node: ast.Call) -> None:
    """Refuse element types that NumPy draws none of.

    Raises:
        Invalid: E202, it is one.
    """
    position = {"random": 1, "standard_normal": 1, "standard_exponential": 1, "integers": 3}.get(name)
    if position is None:
        return
    found = [k.value for k in node.keywords if k.arg == "dtype"] or node.args[position : position + 1]
    for given in found:
        precision = bound(c, ast.copy_location(ast.Call(node.func, [given], []), node), name, ["dtype"]).precision(
            "dtype"
        )
        dtype = precision.storage
        if (kind_of(dtype) in ("int", "uint", "bool")) if name == "integers" else (dtype in ("f32", "f64")):
            continue
        what = "whole numbers" if name == "integers" else "numbers of f64 or f32"
        raise c.error("E202", f"{name} draws {what}, not {dtype}", c.span(given), fix("convert: `.astype(...)`"))


def _library(
    c: Checker, name: str, arguments: list[ast.expr], keywords: list[ast.keyword], node: ast.Call, span: Span
) -> tree.Expression:
    call = ast.copy_location(ast.Call(node.func, arguments, keywords), node)
    written = next((file for file, names in _FILES.items() if name in names), "random")
    file = c.static.files.load(LIBRARY / f"{written}.py", span)
    return c.instances.call(c, c.static.member(file, name, span), call, span)
