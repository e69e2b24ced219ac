"""Types, tensors and attributes of any model as short texts, whatever stands in them."""

from __future__ import annotations

import math
from typing import Any

import onnx
import onnx_ir as ir
from onnx import AttributeProto, TensorProto, numpy_helper

from . import manifest
from .types import NAMES

#: Elements that are written out.
_FEW = 6
#: Characters of a text that is written out.
_LONG = 120


def plain(text: Any) -> str:
    """A text of a model; what is not UTF-8 arrives as bytes, and is replaced."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def element_name(number: int) -> str:
    """An element type as the language calls it, or as ONNX does in lower case."""
    for kind, name in NAMES.items():
        if kind == number:
            return name
    return manifest.element_name(number).lower()


def dims_of(tensor: Any) -> tuple[str, ...]:
    """The extents of a tensor."""
    return tuple(map(str, tensor.dims))


def size_of(number: int, dims: tuple[str, ...] | None) -> int | None:
    """Bytes that so many elements take; ``None`` where that depends on something."""
    if number not in set(ir.DataType) or number in (ir.DataType.UNDEFINED, ir.DataType.STRING):
        return None
    if dims is None or not all(d.isdecimal() for d in dims):
        return None
    return -(-math.prod(map(int, dims)) * ir.DataType(number).bitwidth // 8)


def type_of(proto: Any) -> tuple[str, tuple[str, ...] | None]:
    """The element type and the extents of a type; ``("sequence of f32[2]", None)`` for what is no tensor."""
    kind = proto.WhichOneof("value")
    if kind in ("tensor_type", "sparse_tensor_type"):
        tensor = getattr(proto, kind)
        element = element_name(tensor.elem_type) if tensor.elem_type else ""
        if not tensor.HasField("shape"):
            return element, None
        return element, tuple(
            plain(d.dim_param) or (str(d.dim_value) if d.HasField("dim_value") else "?") for d in tensor.shape.dim
        )
    if kind in ("sequence_type", "optional_type"):
        element, dims = type_of(getattr(proto, kind).elem_type)
        inner = element + ("" if dims is None else f"[{', '.join(dims)}]")
        return f"{kind.removesuffix('_type')} of {inner or '?'}", None
    return ("map", None) if kind == "map_type" else ("", None)


def tensor_text(tensor: Any) -> str:
    """The elements of a small tensor; empty for others, and for those whose elements are elsewhere or damaged."""
    if not 0 < math.prod(tensor.dims) <= _FEW or tensor.data_location == TensorProto.EXTERNAL:
        return ""
    try:
        array = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError, OSError, OverflowError):
        return ""
    items = [_item(v) for v in array.reshape(-1).tolist()]
    return items[0] if not tensor.dims else f"[{', '.join(items)}]"


def attribute_text(attribute: Any) -> str:
    """The value of an attribute, shortened where it is long."""
    kind = attribute.type
    if attribute.ref_attr_name:
        return f"the caller's {plain(attribute.ref_attr_name)}"
    if kind == AttributeProto.FLOAT:
        return _item(attribute.f)
    if kind == AttributeProto.INT:
        return str(attribute.i)
    if kind == AttributeProto.STRING:
        return _item(attribute.s)
    if kind in (AttributeProto.TENSOR, AttributeProto.SPARSE_TENSOR):
        return _tensor(attribute.t if kind == AttributeProto.TENSOR else attribute.sparse_tensor.values)
    for field, listed in (("floats", AttributeProto.FLOATS), ("ints", AttributeProto.INTS)):
        if kind == listed:
            return _listed([_item(v) for v in getattr(attribute, field)])
    if kind == AttributeProto.STRINGS:
        return _listed([_item(v) for v in attribute.strings])
    if kind == AttributeProto.TENSORS:
        return _listed([_tensor(t) for t in attribute.tensors])
    if kind == AttributeProto.TYPE_PROTO:
        element, dims = type_of(attribute.tp)
        return element + ("" if dims is None else f"[{', '.join(dims)}]")
    return onnx.AttributeProto.AttributeType.Name(kind).lower() if kind in AttributeProto.AttributeType.values() else ""


def _tensor(tensor: Any) -> str:
    text = tensor_text(tensor)
    return f"{element_name(tensor.data_type)}[{', '.join(dims_of(tensor))}]" + (f" = {text}" if text else "")


def _item(value: Any) -> str:
    if isinstance(value, bytes | str):
        text = repr(plain(value))
        return text if len(text) <= _LONG else f"{text[:_LONG]}…"
    if isinstance(value, float):
        return f"{value:.7g}" if value == value else "nan"
    return str(value)


def _listed(items: list[str]) -> str:
    more = f", … {len(items) - _LONG} more" if len(items) > _LONG else ""
    return f"[{', '.join(items[:_LONG])}{more}]"
