"""A small network of modules, built without a frontend, for what models say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pyc.dialects import build as b
from pyc.dialects.mlir import func, ir
from pyc.dialects.signature import Signature, Value, attach
from pyc.dialects.types import tensor_type

CPU, MIXED = "cpu:x86-64-v3", "Mixed[f16, f32]"
LIBRARY = "/opt/pyc/frontend/library/nn.py"
DIMS = {"B": None, "4": 4, "3": 3}


def at(line: int, file: str = "net.py") -> Any:
    return ir.Location.file(file, line, 5, line, 20)


def value(name: str, dims: tuple[str, ...], weight: str | None = None) -> Value:
    return Value(name, f"Tensor[{MIXED}, {', '.join(dims)}]", "f16", dims, MIXED, CPU, weight=weight)


def define(s: Signature, body: Callable[..., Any], location: Any) -> Any:
    """A ``func.func`` with that signature, of f16 tensors."""
    types = [tensor_type("f16", [DIMS[d] for d in v.dims or ()], MIXED, CPU) for v in s.parameters]
    results = [tensor_type("f16", [DIMS[d] for d in v.dims or ()], MIXED, CPU) for v in s.results]
    with location:
        function = func.FuncOp(s.symbol, (types, results), visibility=None if s.export else "private")
        block = function.add_entry_block()
        with ir.InsertionPoint(block):
            func.ReturnOp([body(*block.arguments)])
    attach(function, s)
    return function


def call(symbol: str, operands: list[Any], path: str = "") -> Any:
    attributes = {"callee": ir.FlatSymbolRefAttr.get(symbol)}
    if path:
        attributes["pyc.path"] = ir.StringAttr.get(path)
    return ir.Operation.create("func.call", [operands[0].type], operands, attributes).results[0]


def relu(x: Any) -> Any:
    with at(7, LIBRARY):
        zero = b.constant(0, "f32")
        return b.cast(b.binary("maximum", b.cast(x, "f32"), zero), "f16")


def layer(x: Any, w: Any) -> Any:
    with at(11):
        return call("relu_f16", [b.cast(b.matmul(x, w, "f32"), "f16")])


def net(x: Any, first: Any, second: Any) -> Any:
    with at(21):
        x = call("Layer_call", [x, first], "body.first")
    with at(22):
        return call("Layer_call", [x, second], "body.second")


def network() -> Any:
    """``Serving``: two layers, each with a weight, each calling the library's relu."""
    module = ir.Module.create()
    x, y = value("x", ("B", "4")), value("", ("B", "4"))
    with ir.InsertionPoint(module.body):
        s = Signature("relu_f16", "pyc.nn.relu[f16]", CPU, (x,), (y,), (0,), export=False, extra={"T": "f16"})
        define(s, relu, at(5, LIBRARY))
        parameters = (x, value("w", ("4", "4"), "w"))
        instance = f"Layer[4, {MIXED}]"
        name = f"{instance}.__call__"
        s = Signature("Layer_call", name, CPU, parameters, (y,), (0,), export=False, module=instance)
        define(s, layer, at(10))
        weights = tuple(value(n, ("4", "4"), n) for n in ("body.first.w", "body.second.w"))
        define(Signature("Serving", "Serving", CPU, (x, *weights), (y,), (0,), module="Net[4]"), net, at(20))
    assert module.operation.verify()
    return module


def arrays() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {n: rng.standard_normal((4, 4)).astype(np.float16) for n in ("body.first.w", "body.second.w")}
