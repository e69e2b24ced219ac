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
from .types import GeneratorType, ScalarType, TensorType, is_array, kind_of
from .values import Element, LibraryName, PythonType

#: What a generator can be asked for.
METHODS = ("choice", "integers", "permutation", "random", "shuffle", "uniform")
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
        other = fix("make a generator, `rng = np.random.default_rng(seed)`, and draw from it: `rng.random(n)`")
        raise c.error("E115", message, span, other)
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
    for k in node.keywords:
        if k.arg == "dtype" and c.value(k.value) not in (Element("i64"), PythonType("int")):
            message = f"{name} draws its own element type in compiled code"
            raise c.error("E115", message, c.span(k.value), fix("convert what it gives: `.astype(...)`"))
    keywords = [k for k in node.keywords if k.arg != "dtype"]
    if name == "uniform":
        _numbers(c, [*node.args[:2], *(k.value for k in keywords if k.arg in ("low", "high"))])
    return _library(c, name, [Evaluated(_typed(x, TensorType), node.func), *node.args], keywords, node, span)


def _numbers(c: Checker, nodes: list[ast.expr]) -> None:
    """Refuse arrays as the ends of an interval.

    Raises:
        Invalid: E115, one is an array.
    """
    for node in nodes:
        value = c.value(node)
        if isinstance(value, tree.Expression) and is_array(value.type):
            message = "uniform between the elements of arrays is not supported in compiled code"
            raise c.error(
                "E115", message, c.span(node), fix("`low + (high - low) * rng.random(low.shape)` is the same")
            )


def _library(
    c: Checker, name: str, arguments: list[ast.expr], keywords: list[ast.keyword], node: ast.Call, span: Span
) -> tree.Expression:
    call = ast.copy_location(ast.Call(node.func, arguments, keywords), node)
    file = c.static.files.load(LIBRARY / "random.py", span)
    return c.instances.call(c, c.static.member(file, name, span), call, span)
