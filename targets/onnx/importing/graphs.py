"""What rules are given of a graph: a node, its attributes, and what is known of the values that it reads and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx

from pyc.dataclass import dataclass
from pyc.targets.onnx.types import TYPES

#: An extent that is known, one that has a name in the model, or one of which nothing is known.
Extent = int | str | None


class Unsupported(Exception):
    """A node that the language has no words for; the text says why."""


@dataclass(frozen=True)
class Kind:
    """The type of a value: its element type, and its extents as far as they are known."""

    dtype: str
    dims: tuple[Extent, ...]

    @property
    def rank(self) -> int:
        """The number of its axes."""
        return len(self.dims)


@dataclass(frozen=True)
class Value:
    """An input of a node: its text in the program, which never needs parentheses, and what is known of it."""

    text: str
    kind: Kind | None
    constant: np.ndarray[Any, Any] | None = None
    #: What a small vector of integers holds (see extents.py), if that is known.
    elements: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Node:
    """A node as rules see it. Inputs that are left out are ``None``."""

    op: str
    version: int
    inputs: Sequence[Value | None]
    outputs: Sequence[str]
    kinds: Sequence[Kind | None]
    attributes: Mapping[str, Any]

    def has(self, index: int) -> bool:
        """Whether an input is there."""
        return index < len(self.inputs) and self.inputs[index] is not None

    def wants(self, index: int) -> bool:
        """Whether an output is used."""
        return index < len(self.outputs) and bool(self.outputs[index])

    def value(self, index: int) -> Value:
        """An input.

        Raises:
            Unsupported: it is missing.
        """
        found = self.inputs[index] if index < len(self.inputs) else None
        if found is None:
            raise Unsupported(f"input {index} is missing")
        return found

    def text(self, index: int) -> str:
        """The text of an input."""
        return self.value(index).text

    @property
    def texts(self) -> list[str]:
        """The texts of the inputs that are there."""
        return [v.text for v in self.inputs if v is not None]

    def kind(self, index: int) -> Kind:
        """The type of an input.

        Raises:
            Unsupported: the model does not say how many axes it has.
        """
        found = self.value(index).kind
        if found is None:
            raise Unsupported(f"the number of axes of '{self.text(index)}' is not known")
        return found

    def rank(self, index: int) -> int:
        """The number of axes of an input."""
        return self.kind(index).rank

    def dtype(self, index: int) -> str:
        """The element type of an input."""
        return self.kind(index).dtype

    def constant(self, index: int, what: str) -> np.ndarray[Any, Any]:
        """The elements of an input that the program is made with.

        Raises:
            Unsupported: they are known only when the program runs.
        """
        found = self.value(index).constant
        if found is None:
            raise Unsupported(f"{what} is computed when the model runs")
        return found

    def numbers(self, index: int, what: str) -> list[int]:
        """The integers of a constant input."""
        return [int(n) for n in self.constant(index, what).ravel()]

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute, or what it is if it is not given."""
        return self.attributes.get(name, default)

    def axis(self, default: int, rank: int) -> int:
        """The attribute ``axis``, counted from the first axis."""
        return self.attribute("axis", default) % max(rank, 1)


#: What says a node in the program: one expression, for several outputs a tuple of them.
Rule = Callable[[Node], str]


def typed(name: str, kind: Kind | None) -> onnx.ValueInfoProto:
    """A value of a model, with its type where that is known."""
    if kind is None:
        return onnx.helper.make_value_info(name, onnx.TypeProto())
    return onnx.helper.make_tensor_value_info(name, int(TYPES[kind.dtype]), list(kind.dims))


def attributes_of(node: onnx.NodeProto) -> dict[str, Any]:
    """The attributes of a node as values of Python: text instead of bytes, arrays instead of tensors."""
    found: dict[str, Any] = {}
    for attribute in node.attribute:
        value = onnx.helper.get_attribute_value(attribute)
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        elif isinstance(value, onnx.TensorProto):
            value = onnx.numpy_helper.to_array(value)
        elif isinstance(value, list | tuple) and value and isinstance(value[0], bytes):
            value = [v.decode(errors="replace") for v in value]
        elif attribute.type in (onnx.AttributeProto.INTS, onnx.AttributeProto.FLOATS):
            value = list(value)
        found[attribute.name] = value
    return found
