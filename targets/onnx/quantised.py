"""``nn.quantize`` and ``nn.dequantize`` as the operators that they are: a call is one node, and the body is not needed.

Numbers of 16 bits are divided in f32 between explicit casts, as everywhere. What the operators do not know, numbers of
64 bits, is written out by the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx_ir as ir

from pyc.dialects import operators, signature
from pyc.dialects.types import is_tensor

from . import carriers
from .scope import Scope, dtype_name, known_extents, program_dtype
from .types import TYPES

#: The version from which on operators say the type that they give, and that which has blocks.
_OUTPUT_TYPE = 21
_FLOATS = ("f32", "f16", "bf16")
#: Powers of two, which are scales and nothing else.
_POWERS = "f8e8m0"
#: Types in which a runtime may keep scales of what it gives back; it computes in f32 all the same.
_SCALES = ("f32", "f16")


def is_native(function: Any) -> bool:
    """Whether calls of a function are nodes of an operator that ONNX has."""
    said = operators.read(function)
    if not said:
        return False
    given = {v.name: v.dtype for v in signature.read(function).parameters}
    shapes = {v.name: v.dims for v in signature.read(function).parameters}
    scale = "f32" if shapes.get("scale") is None else given["scale"]
    if scale not in (*_FLOATS, _POWERS):
        return False
    if said["operator"] == "QuantizeLinear":
        return given["x"] in _FLOATS and said["dtype"] != "i32"
    # ONNX has no zero points of 32 bits.
    return said["dtype"] != "i32" or not (said.get("zero_point") or "zero_point" in given)


def emit(scope: Scope, call: Any, function: Any) -> ir.Value:
    """The node that a call of such a function is."""
    said = operators.read(function)
    names = [v.name for v in signature.read(function).parameters]
    given = dict(zip(names, (scope[v] for v in call.operands), strict=True))
    ranks = {n: v.type.rank if is_tensor(v.type) else 0 for n, v in zip(names, call.operands, strict=True)}
    attributes: dict[str, Any] = {}
    if "axis" in said:
        attributes["axis"] = said["axis"] % ranks["x"]
    if "block" in said:
        attributes["block_size"] = said["block"]
    scale = given["scale"] if "scale" in given else scope.constant(said["scale"], "f32")
    if not ranks.get("scale"):
        scale = scope.cast(scale, "f32")
    dtype = said["dtype"]
    zero = given.get("zero_point")
    if zero is None and said.get("zero_point") is not None:
        zero = scope.constant(said["zero_point"], dtype)
    to = program_dtype(call.results[0])
    if said["operator"] == "DequantizeLinear" and dtype_name(scale) == _POWERS:
        attributes["output_dtype"] = int(TYPES["f32"])
        inputs = [given["x"], scale, *([zero] if zero is not None else [])]
        return scope.cast(scope.node(said["operator"], inputs, "f32", attributes), to)
    if said["operator"] == "DequantizeLinear":
        scale = scale if dtype_name(scale) in _SCALES else scope.cast(scale, "f32")
        inputs = [given["x"], scale, *([zero] if zero is not None else [])]
        return scope.cast(scope.node(said["operator"], inputs, dtype_name(scale), attributes), to)
    scale = scale if dtype_name(scale) == _POWERS else scope.cast(scale, "f32")
    inputs = [scope.cast(given["x"], "f32"), scale]
    # ONNX Runtime moves nodes of i8 to where it takes their elements for u8, unless a zero point says which they are.
    if zero is None and dtype != "i8" and scope.operators.version >= _OUTPUT_TYPE:
        attributes["output_dtype"] = int(TYPES[dtype])
    else:
        own = [v.type for n, v in zip(names, call.operands, strict=True) if n == "scale"]
        inputs.append(_zero(scope, scale, known_extents(own[0]) if own else [], dtype) if zero is None else zero)
    return scope.node(said["operator"], inputs, dtype, attributes)


def _zero(scope: Scope, scale: ir.Value, extents: Sequence[int | None], dtype: str) -> ir.Value:
    """Zero points of zero for scales of these extents: they say the type where nothing else may."""
    if not extents:
        return scope.constant(0, dtype)
    known = [e for e in extents if e is not None]
    if len(known) == len(extents):
        whole = ir.Tensor(np.zeros(known, TYPES[dtype].numpy()), dtype=TYPES[dtype])
        return scope.nodes_of("Constant", [], [dtype], {"value": whole}, name="constant")[0]
    element = ir.Tensor(np.zeros(1, TYPES[dtype].numpy()), dtype=TYPES[dtype])
    return scope.node("ConstantOfShape", [scope.op("Shape", scale, dtype="i64")], dtype, {"value": element})


def metadata(function: Any) -> dict[str, str]:
    """What nodes that come of a call say of it."""
    said = operators.read(function)
    name = "quantize" if said["operator"] == "QuantizeLinear" else "dequantize"
    return {carriers.OP: f"pyc.nn.{name}", carriers.COMPUTE: "f32"}
