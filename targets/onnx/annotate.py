"""What the user says of a value: metadata of the value that stands for it, and no node."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import onnx_ir as ir

from pyc.dialects import annotation

from . import carriers, extents
from .scope import Scope, describe_value


def value(scope: Scope, operation: Any, named: extents.Named) -> None:
    """Write on a value what a ``pyc.annotate`` says of it.

    One value of a model may stand for several of the program: constants are shared, and what only changes a type is no
    node. Where that would say of one value what is said of another, the value gets an ``Identity`` of its own.
    """
    program = operation.operands[0]
    said = carriers.of_user(annotation.entries_of(operation.attributes["annotations"]))
    found = scope[program]
    producer = found.producer()
    if (producer is not None and producer.op_type == "Constant") or contradicts(found, said):
        found = scope.op("Identity", found)
        scope.bind(program, found)
    if found.shape is None:
        describe_value(found, program.type, named.get(program, ()), carriers.of_value(program))
    _properties(found).update(said)


def contradicts(found: ir.Value, said: Mapping[str, str]) -> bool:
    """Whether a value says something else already than what the user says of it in ``said``."""
    known = _properties(found)
    return any(known.get(key, text) != text for key, text in said.items() if key.startswith(carriers.USER))


def _properties(found: ir.Value) -> MutableMapping[str, str]:
    """The metadata of a value; a weight that the model holds says it where its other annotations are."""
    return found.metadata_props if found.const_value is None else found.const_value.metadata_props
