"""What a function promises to its callers, written on the function as attributes and read back by every target.

======================  ==========  ========================================================================
attribute               on          meaning
======================  ==========  ========================================================================
``pyc.name``            function    the name as the user reads it: ``axpy[f32]``
``pyc.target``          function    the one target it runs on: ``cpu:x86-64-v3``
``pyc.export``          function    unit: callable from outside
``pyc.module``          function    the generic instance of the module class it is a method of, if any
``pyc.precision``       function    array of strings: the distinct precisions of its parameters and results
``pyc.returns``         function    i64 array: what the user's ``return`` gives, in order; k >= 0 is result k,
                                    k < 0 is the argument -(k + 1) itself
``pyc.returns_tuple``   function    unit: the results form a tuple, even if there is one
``pyc.name``            argument    the parameter's name
``pyc.type``            arg, result the type as the user wrote it: ``Tensor[f32, N, K]``, ``int``
``pyc.dims``            arg, result string array, one for each axis: ``N``, ``4``, ``N - 2``, ``max(N - 2, 0)``
``pyc.written``         argument    unit: the function writes to the caller's array
``pyc.weight``          argument    string: the dotted name of the weight that it is
``pyc.writes``          result      i64: the final value of that argument's array, to be put back in place
======================  ==========  ========================================================================
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyc.precision import Precision

from .mlir import ir
from .types import dtype_of, element_of, is_tensor, precision_of, target_of


@dataclass(frozen=True)
class Value:
    """A parameter or a result. ``dims`` is ``None`` for a scalar, one expression an axis for a tensor."""

    name: str
    type: str
    dtype: str
    dims: tuple[str, ...] | None
    precision: str
    target: str
    written: bool = False
    weight: str | None = None


@dataclass(frozen=True)
class Signature:
    """Of an exported function. ``results`` are those the user sees; ``writes`` maps IR results to written arguments."""

    symbol: str
    name: str
    target: str
    parameters: tuple[Value, ...]
    results: tuple[Value, ...]
    returns: tuple[int, ...]
    returns_tuple: bool
    writes: Mapping[int, int]
    module: str | None = None


def attach(
    function: Any,
    *,
    name: str,
    target: str,
    parameters: Sequence[Value],
    results: Sequence[Value],
    returns: Sequence[int],
    returns_tuple: bool,
    writes: Mapping[int, int],
    export: bool,
    module: str | None = None,
) -> None:
    """Write a signature on a ``func.func``. ``results`` has one entry for each IR result that is not in ``writes``."""
    i64 = ir.IntegerType.get_signless(64)
    attributes = function.attributes
    attributes["pyc.name"] = ir.StringAttr.get(name)
    attributes["pyc.target"] = ir.StringAttr.get(target)
    precisions = sorted({v.precision for v in (*parameters, *results) if v.dims is not None})
    attributes["pyc.precision"] = ir.ArrayAttr.get([ir.StringAttr.get(p) for p in precisions])
    attributes["pyc.returns"] = ir.ArrayAttr.get([ir.IntegerAttr.get(i64, r) for r in returns])
    if returns_tuple:
        attributes["pyc.returns_tuple"] = ir.UnitAttr.get()
    if export:
        attributes["pyc.export"] = ir.UnitAttr.get()
    if module is not None:
        attributes["pyc.module"] = ir.StringAttr.get(module)
    attributes["arg_attrs"] = ir.ArrayAttr.get([_encode(v) for v in parameters])
    remaining = iter(results)
    encoded = []
    for k in range(len(function.type.results)):
        if k in writes:
            encoded.append(ir.DictAttr.get({"pyc.writes": ir.IntegerAttr.get(i64, writes[k])}))
        else:
            encoded.append(_encode(next(remaining)))
    if encoded:
        attributes["res_attrs"] = ir.ArrayAttr.get(encoded)


def read(function: Any) -> Signature:
    """The signature of a ``func.func`` at PYC or LINALG, where its types still carry precision and target."""
    attributes, target = function.attributes, _text(function.attributes["pyc.target"])
    parameters = tuple(
        _decode(a, t, target) for a, t in zip(_dicts(attributes, "arg_attrs"), function.type.inputs, strict=True)
    )
    results, writes = [], {}
    encoded = _dicts(attributes, "res_attrs") if len(function.type.results) else []
    for k, (a, t) in enumerate(zip(encoded, function.type.results, strict=True)):
        if "pyc.writes" in a:
            writes[k] = ir.IntegerAttr(a["pyc.writes"]).value
        else:
            results.append(_decode(a, t, target))
    return Signature(
        symbol=_text(attributes["sym_name"]),
        name=_text(attributes["pyc.name"]),
        target=target,
        parameters=parameters,
        results=tuple(results),
        returns=tuple(ir.IntegerAttr(r).value for r in attributes["pyc.returns"]),
        returns_tuple="pyc.returns_tuple" in attributes,
        writes=writes,
        module=_text(attributes["pyc.module"]) if "pyc.module" in attributes else None,
    )


def is_exported(function: Any) -> bool:
    return "pyc.export" in function.attributes


def functions(module: Any) -> list[Any]:
    """The ``func.func`` operations of a module, in order."""
    return [op for op in module.body.operations if op.operation.name == "func.func"]


def evaluate(expression: str, dims: Mapping[str, int]) -> int:
    """The value of a dimension expression: names, integers, ``+ - * //`` and ``max``.

    Raises:
        KeyError: a name without a value.
    """
    return _evaluate(ast.parse(expression, mode="eval").body, dims)


def _evaluate(node: ast.expr, dims: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(id=name):
            return dims[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand, dims)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _evaluate(left, dims), _evaluate(right, dims)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.FloorDiv():
                    return a // b
        case ast.Call(func=ast.Name(id="max"), args=args):
            return max(_evaluate(a, dims) for a in args)
    raise ValueError(f"not a dimension expression: {ast.unparse(node)}")


def _encode(v: Value) -> Any:
    out: dict[str, Any] = {"pyc.type": ir.StringAttr.get(v.type)}
    if v.name:
        out["pyc.name"] = ir.StringAttr.get(v.name)
    if v.dims is not None:
        out["pyc.dims"] = ir.ArrayAttr.get([ir.StringAttr.get(d) for d in v.dims])
    if v.written:
        out["pyc.written"] = ir.UnitAttr.get()
    if v.weight is not None:
        out["pyc.weight"] = ir.StringAttr.get(v.weight)
    return ir.DictAttr.get(out)


def _decode(a: Any, t: Any, target: str) -> Value:
    dtype = dtype_of(element_of(t))
    return Value(
        name=_text(a["pyc.name"]) if "pyc.name" in a else "",
        type=_text(a["pyc.type"]),
        dtype=dtype,
        dims=tuple(_text(d) for d in a["pyc.dims"]) if is_tensor(t) else None,
        precision=str(precision_of(t) or Precision.plain(dtype)),
        target=target_of(t) or target,
        written="pyc.written" in a,
        weight=_text(a["pyc.weight"]) if "pyc.weight" in a else None,
    )


def _dicts(attributes: Any, name: str) -> list[Any]:
    return [ir.DictAttr(d) for d in attributes[name]] if name in attributes else []


def _text(attribute: Any) -> str:
    return ir.StringAttr(attribute).value


