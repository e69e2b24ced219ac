"""What an ONNX model was, in the program that it has become: its nodes, graphs and functions, and all that they say.

``pyc onnx import`` writes it, and ``pyc compile --target=onnx`` reads it to make the same model again::

    @onnx.function("net", "Dense", inputs=["x", "w"], outputs=["y"], loc="net.py:10:9")
    def Dense(x: Tensor[f32, B, 4], w: Tensor[f32, 4, 8]):
        with onnx.node("MatMul", "product", ["x", "w"], ["y"], loc="net.py:12:16", target="cpu"):
            y = x @ w
        return y

``node`` stands around the lines that say in the language what the node says, ``graph`` around those of a graph inside a
node, ``function``, ``model`` and its ``graph`` before a definition. The others are arguments of these.
Keywords that are no parts of a node are its metadata: ``loc`` is ``org.pyc.loc``; ``metadata`` holds keys of others.

None of it does anything when the program runs: it is read as it is written. Of a program that was changed, the compiler
gives operations the ``loc`` and the ``metadata`` of the node whose lines they are in.
"""

from __future__ import annotations

from typing import Any, TypeVar

_T = TypeVar("_T")

#: What stands in ``with``.
BLOCKS = ("node", "graph")
NAMES = (*BLOCKS, "function", "model", "value", "tensor", "attribute")


class _Part:
    """What stands in ``with`` and before ``def``: the definition itself."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None

    def __call__(self, definition: _T) -> _T:
        return definition


def node(*arguments: Any, **said: Any) -> _Part:
    """A node around its lines: its operator, its name, the names of what it reads and gives, and what is said of it."""
    return _Part()


def graph(*arguments: Any, **said: Any) -> _Part:
    """A graph: that of a model before its definition, or that of a node, its ``attribute``, around its lines."""
    return _Part()


def function(*arguments: Any, **said: Any) -> _Part:
    """A function of a model: its domain, its name, its inputs and outputs, and what is said of it."""
    return _Part()


def model(*arguments: Any, **said: Any) -> _Part:
    """A model, before the definition that its graph has become: its versions, and what is said of it."""
    return _Part()


def value(*arguments: Any, **said: Any) -> None:
    """A value: its name, its element type, its extents, and what is said of it."""


def tensor(*arguments: Any, **said: Any) -> None:
    """A tensor: its name, its element type, its extents and its elements, or ``weight``: which weight it is."""


def attribute(*arguments: Any, **said: Any) -> None:
    """An attribute whose value does not tell its kind: the kind, and the value."""


__all__ = ["BLOCKS", "attribute", "function", "graph", "model", "node", "tensor", "value"]
