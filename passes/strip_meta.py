"""LINALG to VECTOR: encodings leave the types of tensors, and of arrays in memory.

Before::

    func.func @f(%x: tensor<?xf32, #pyc.meta<"f32", "cpu">>) attributes {pyc.target = "cpu"}

After::

    func.func @f(%x: tensor<?xf32>) attributes {pyc.target = "cpu"}

Packing, vectorisation and bufferisation drop encodings or refuse them. By now the program is divided into functions of
one target and every change of precision is an operation, so the attributes of functions say all that is left to say.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.mlir import ir

from .base import LINALG, VECTOR, Level, Pass


@dataclass(frozen=True)
class StripMeta(Pass):
    """Erase ``#pyc.meta`` from all types and constants."""

    name: ClassVar[str] = "strip-meta"
    takes: ClassVar[Level] = LINALG
    gives: ClassVar[Level] = VECTOR

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            module.operation.walk(_strip)


def _strip(operation: Any) -> Any:
    for value in operation.results:
        _strip_value(value)
    for region in operation.regions:
        for block in region.blocks:
            for argument in block.arguments:
                _strip_value(argument)
    if operation.name in ("func.func", "arith.constant", "tensor.empty"):
        for name in list(operation.attributes):
            attribute = operation.attributes[name]
            bare = _bare_attribute(attribute)
            if bare is not attribute:
                operation.attributes[name] = bare
    return ir.WalkResult.ADVANCE


def _strip_value(value: Any) -> None:
    bare = _bare(value.type)
    if bare is not value.type:
        value.set_type(bare)


def _bare(t: Any) -> Any:
    """The type without encoding; the same object where there is none."""
    if isinstance(t, ir.RankedTensorType):
        return t if t.encoding is None else ir.RankedTensorType.get(list(t.shape), t.element_type)
    if isinstance(t, ir.MemRefType):
        return t if t.memory_space is None else ir.MemRefType.get(list(t.shape), t.element_type, t.layout)
    if isinstance(t, ir.FunctionType):
        return ir.FunctionType.get([_bare(i) for i in t.inputs], [_bare(r) for r in t.results])
    return t


def _bare_attribute(attribute: Any) -> Any:
    if isinstance(attribute, ir.TypeAttr):
        return ir.TypeAttr.get(_bare(attribute.value))
    if isinstance(attribute, ir.DenseElementsAttr):
        t = _bare(attribute.type)
        if t == attribute.type:
            return attribute
        if attribute.is_splat:
            return ir.DenseElementsAttr.get_splat(t, attribute.get_splat_value())
        return ir.Attribute.parse(f"{str(attribute).rsplit(' : ', 1)[0]} : {t}")
    return attribute
