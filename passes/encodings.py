"""Encodings that upstream patterns leave out of the types that they infer.

Before::

    %0 = tensor.cast %x : tensor<3x?xf64, #pyc.meta<"f64", "cpu">> to tensor<?x?xf64, #pyc.meta<"f64", "cpu">>
    %1 = tensor.collapse_shape %0 [[0, 1]] : ... into tensor<?xf64, #pyc.meta<"f64", "cpu">>

After upstream's canonicalisation, where ``restore`` gives ``%1`` the encoding of ``%x``::

    %1 = tensor.collapse_shape %x [[0, 1]] : ... into tensor<?xf64>
    %2 = tensor.cast %1 : tensor<?xf64> to tensor<?xf64, #pyc.meta<"f64", "cpu">>
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import ir
from pyc.dialects.types import dtype_of, is_tensor, meta, shape_of
from pyc.dialects.walk import function_of

#: Operations, with the number of an operand, whose result has that operand's encoding.
_KEEPS_ENCODING = frozenset(
    {
        ("tensor.expand_shape", 0),
        ("tensor.collapse_shape", 0),
        ("tensor.cast", 0),
        ("tensor.insert", 1),
        ("tensor.insert_slice", 1),
    }
)


def restore(operation: Any) -> Any:
    """Go on, once the results of an operation carry encodings: new reshapes have what their reader promises.

    Where no reader does, they have their operand's: the destination of a structured operation stands last among its
    operands, and a reshape has one tensor. The destination may be new as well: it is as the result.
    """
    for number, value in enumerate(operation.results):
        if is_tensor(value.type) and value.type.encoding is None:
            known = [v.type.encoding for v in operation.operands if is_tensor(v.type) and v.type.encoding is not None]
            wanted = _wanted(value)
            if wanted is not None or known:
                _encode(value, wanted if wanted is not None else known[-1])
            elif operation.name != "tensor.empty":
                _encode(value, _plain(operation, value))
        if operation.name.startswith("linalg.") and is_tensor(value.type) and value.type.encoding is not None:
            destination = operation.operands[len(operation.operands) - len(operation.results) + number]
            if destination.type.encoding is None:
                _encode(destination, value.type.encoding)
    return ir.WalkResult.ADVANCE


def _plain(operation: Any, value: Any) -> Any:
    """The encoding of a tensor that nothing around it says: elements as they are, on the function's target."""
    target = ir.StringAttr(function_of(operation).attributes["pyc.target"]).value
    return meta(dtype_of(value.type.element_type), target)


def _wanted(value: Any) -> Any:
    """The encoding that a reader of a tensor holds it to; ``None`` where none does."""
    for use in value.uses:
        reader, number = use.owner.operation, use.operand_number
        parent = reader.parent
        same = None
        if reader.name == "func.return":
            same = ir.FunctionType(ir.TypeAttr(parent.attributes["function_type"]).value).results[number]
        elif reader.name == "scf.yield" and parent.name != "scf.while":
            same = parent.results[number].type
        elif reader.name.startswith("linalg."):
            place = number - (len(reader.operands) - len(reader.results))
            same = reader.results[place].type if place >= 0 else None
        elif (reader.name, number) in _KEEPS_ENCODING:
            same = reader.results[0].type
        if same is not None and is_tensor(same) and same.encoding is not None:
            return same.encoding
    return None


def _encode(value: Any, encoding: Any) -> None:
    value.set_type(ir.RankedTensorType.get(shape_of(value.type), value.type.element_type, encoding))
