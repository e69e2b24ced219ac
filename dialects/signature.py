"""What a function promises to its callers, written on the function and read back by every target, at every level.

======================  =====================================================================================
attribute of a function meaning
======================  =====================================================================================
``pyc.name``            the name as the user reads it: ``axpy[f32]``
``pyc.target``          the one target it runs on: ``cpu:x86-64-v3``
``pyc.export``          unit: callable from outside
``pyc.module``          the generic instance of the module class that it is a method of, if any
``pyc.memory``          it is in memory form (``memory.py``): why, in the user's words
``pyc.may_overlap``     unit: it assumes nothing about which of its arguments overlap (only in memory form)
``pyc.annotations``     what the user says of the function (``annotation.py``)
``pyc.modules``         what the user says of its module and submodules, by path
``pyc.signature``       a dictionary: ``parameters`` and ``results`` (one dictionary each, see :class:`Value`),
                        ``returns``, ``returns_tuple`` and ``writes`` (see :class:`Signature`)
======================  =====================================================================================

It is one attribute of the function, not attributes of its arguments, because lowering changes the arguments.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

from pyc.dataclass import dataclass

from .annotation import (
    ANNOTATIONS,
    MODULES,
    annotations_of,
    dictionary,
    entries_of,
    modules_attribute,
    modules_of,
)
from .mlir import ir
from .types import dtype_of, element_of, is_memref, is_tensor, precision_of, target_of

#: What ``dims`` says of an extent that is known only when the function has run.
UNKNOWN = "?"


@dataclass(frozen=True)
class Value:
    """A parameter or a result.

    ``type`` is spelled as the user wrote it (``Tensor[f32, N, K]``, ``int``). ``dims`` is ``None`` for a scalar, one
    expression an axis for a tensor: ``N``, ``4``, ``N - 2``, ``max(N - 2, 0)``. ``written`` says that the function
    writes to the caller's array; ``weight`` is the dotted name of the weight that a parameter is. ``allocated`` says of
    a result that the function gives the memory for it, because its extents are known only then (:data:`UNKNOWN` in
    ``dims``) or because it may be memory of an argument. ``default`` is what stands for a scalar that callers leave
    out, as Python writes it (``inf`` and ``nan`` as ``float`` takes them), and ``only`` is ``positional`` or
    ``keyword`` where it is passed in no other way. ``strided`` says of a result that its place may have any strides: it
    is a field of an array of records; ``read_only`` that NumPy would not let the caller write it: ``always``, or where
    it is memory of an argument (``shared``). ``annotations`` are the user's.
    """

    name: str
    type: str
    dtype: str
    dims: tuple[str, ...] | None
    precision: str
    target: str
    written: bool = False
    weight: str | None = None
    allocated: bool = False
    default: str | None = None
    only: str = ""
    strided: bool = False
    read_only: Literal["", "always", "shared"] = ""
    annotations: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signature:
    """Of a function whose IR results are first ``results``, in order, then the final values of written arguments.

    A function in memory form writes in place: its IR results are ``results`` alone.

    ``returns`` is what the user's ``return`` gives: k >= 0 is ``results[k]``, k < 0 the argument ``-(k + 1)`` itself.
    ``writes`` are the indices of the arguments whose final values follow the results. Where ``return`` gives tuples in
    a tuple, ``returns`` has the leaves in order, and ``nesting`` how they are grouped, as a text: ``(.,(.,.,),)``.

    ``structure`` is empty where every value is a number or an array. Else it is JSON (:func:`structure_of`): how
    tuples, records and arrays of records of the user's are made of the values. ``fixed`` is empty, or JSON
    (:func:`fixed_of`): the parameters that are known at compile time.

    ``annotations`` are what the user says of it; ``modules`` by path what is said of the module that it is a method of
    (``""``) and of submodules.
    """

    symbol: str
    name: str
    target: str
    parameters: tuple[Value, ...]
    results: tuple[Value, ...]
    returns: tuple[int, ...]
    returns_tuple: bool = False
    writes: tuple[int, ...] = ()
    export: bool = True
    module: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    nesting: str = ""
    structure: str = ""
    fixed: str = ""
    annotations: Mapping[str, Any] = field(default_factory=dict)
    modules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def fixed_of(s: Signature) -> list[dict[str, Any]]:
    """The user's parameters that the function is compiled for one value of, and that do not exist when it runs.

    Each is ``{"name", "type", "only", "at", "default", "value", "words"}``: ``at`` is its place among all parameters,
    ``value`` what it is, as Python writes it, and empty where that is a function; ``words`` say it. ``default`` is
    ``words``, or ``None`` where callers must pass it.
    """
    return json.loads(s.fixed) if s.fixed else []


def structure_of(s: Signature) -> dict[str, Any] | None:
    """How the user's parameters and result consist of the values of a signature.

    ``parameters`` is a list of ``{"name", "type", "value"}``, ``result`` a value or ``None``, ``records`` says by name
    what records consist of: ``{"fields": [[name, kind], ...], "layout"}``. A value is the index of a parameter (in
    ``result``: of one of ``returns``), ``{"tuple": [...]}``, ``{"record": name, "fields": [...]}``, or
    ``{"records": name, "fields": [...]}`` for an array of records. A kind is the name of an element type or of one of
    Python's numbers, ``{"record": name}``, ``{"tuple": [...]}`` or ``{"array": [element, [extents]]}``.
    """
    return json.loads(s.structure) if s.structure else None


def attach(function: Any, signature: Signature) -> None:
    """Write a signature on a ``func.func``."""
    attributes = function.attributes
    attributes["pyc.name"] = ir.StringAttr.get(signature.name)
    attributes["pyc.target"] = ir.StringAttr.get(signature.target)
    if signature.export:
        attributes["pyc.export"] = ir.UnitAttr.get()
    if signature.module is not None:
        attributes["pyc.module"] = ir.StringAttr.get(signature.module)
    if signature.annotations:
        attributes[ANNOTATIONS] = dictionary(signature.annotations)
    if signature.modules:
        attributes[MODULES] = modules_attribute(signature.modules)
    attributes["pyc.signature"] = ir.DictAttr.get(
        {
            "parameters": ir.ArrayAttr.get([_encode(v) for v in signature.parameters]),
            "results": ir.ArrayAttr.get([_encode(v) for v in signature.results]),
            "returns": _integers(signature.returns),
            "returns_tuple": ir.BoolAttr.get(signature.returns_tuple),
            "writes": _integers(signature.writes),
            "extra": ir.DictAttr.get({k: ir.StringAttr.get(v) for k, v in signature.extra.items()}),
            "nesting": ir.StringAttr.get(signature.nesting),
            **({"structure": ir.StringAttr.get(signature.structure)} if signature.structure else {}),
            **({"fixed": ir.StringAttr.get(signature.fixed)} if signature.fixed else {}),
        }
    )


def read(function: Any) -> Signature:
    """The signature of a function, at any level (``func.func``, ``llvm.func``)."""
    attributes = function.attributes
    body = ir.DictAttr(attributes["pyc.signature"])
    return Signature(
        symbol=_text(attributes["sym_name"]),
        name=_text(attributes["pyc.name"]),
        target=_text(attributes["pyc.target"]),
        parameters=tuple(_decode(ir.DictAttr(v)) for v in body["parameters"]),
        results=tuple(_decode(ir.DictAttr(v)) for v in body["results"]),
        returns=tuple(ir.IntegerAttr(r).value for r in body["returns"]),
        returns_tuple=bool(ir.BoolAttr(body["returns_tuple"]).value),
        writes=tuple(ir.IntegerAttr(r).value for r in body["writes"]),
        export="pyc.export" in attributes,
        module=_text(attributes["pyc.module"]) if "pyc.module" in attributes else None,
        extra={entry.name: _text(entry.attr) for entry in ir.DictAttr(body["extra"])},
        nesting=_text(body["nesting"]) if "nesting" in body else "",
        structure=_text(body["structure"]) if "structure" in body else "",
        fixed=_text(body["fixed"]) if "fixed" in body else "",
        annotations=annotations_of(function),
        modules=modules_of(function),
    )


def mismatches(function: Any) -> list[str]:
    """Where the types of a ``func.func`` at PYC or LINALG contradict its signature; empty when all agree."""
    s, found = read(function), []
    memory = is_memory_form(function)
    is_form = is_memref if memory else is_tensor
    arguments = [*zip(s.parameters, function.type.inputs, strict=False)]
    finals = [] if memory else [s.parameters[w] for w in s.writes]
    results = [*zip([*s.results, *finals], function.type.results, strict=False)]
    if len(function.type.inputs) != len(s.parameters):
        found.append(f"{len(function.type.inputs)} arguments for {len(s.parameters)} parameters")
    if len(function.type.results) != len(s.results) + len(finals):
        found.append(f"{len(function.type.results)} results for {len(s.results)} and {len(finals)} writes")
    for value, t in (*arguments, *results):
        label = value.name or "a result"
        if (value.dims is not None) != is_form(t):
            found.append(f"{label} is {value.type} but {t}")
        elif is_form(t):
            if str(precision_of(t)) != value.precision or target_of(t) != value.target:
                found.append(f"{label} is {value.precision} on {value.target} but {t}")
            elif len(value.dims or ()) != t.rank:
                found.append(f"{label} has dims {value.dims} but is {t}")
        elif dtype_of(element_of(t)) != value.dtype:
            found.append(f"{label} is {value.dtype} but {t}")
    return found


def is_exported(function: Any) -> bool:
    return "pyc.export" in function.attributes


def is_variant(function: Any) -> bool:
    """Whether a function is another form of one beside it, for arguments that overlap."""
    return "pyc.signature" in function.attributes and "overlapping" in read(function).extra


def is_memory_form(function: Any) -> bool:
    """Whether the arrays of a function are references into memory, at PYC."""
    return "pyc.memory" in function.attributes


def functions(module: Any) -> list[Any]:
    """The ``func.func`` operations of a module, in order; not those that are declared only."""
    return [op for op in module.body.operations if op.operation.name == "func.func" and op.regions[0].blocks]


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
    out: dict[str, Any] = {
        k: ir.StringAttr.get(getattr(v, k)) for k in ("name", "type", "dtype", "precision", "target")
    }
    if v.dims is not None:
        out["dims"] = ir.ArrayAttr.get([ir.StringAttr.get(d) for d in v.dims])
    if v.written:
        out["written"] = ir.UnitAttr.get()
    if v.weight is not None:
        out["weight"] = ir.StringAttr.get(v.weight)
    if v.allocated:
        out["allocated"] = ir.UnitAttr.get()
    if v.default is not None:
        out["default"] = ir.StringAttr.get(v.default)
    if v.only:
        out["only"] = ir.StringAttr.get(v.only)
    if v.strided:
        out["strided"] = ir.UnitAttr.get()
    if v.read_only:
        out["read_only"] = ir.StringAttr.get(v.read_only)
    if v.annotations:
        out["annotations"] = dictionary(v.annotations)
    return ir.DictAttr.get(out)


def _decode(a: Any) -> Value:
    return Value(
        **{k: _text(a[k]) for k in ("name", "type", "dtype", "precision", "target")},
        dims=tuple(_text(d) for d in a["dims"]) if "dims" in a else None,
        written="written" in a,
        weight=_text(a["weight"]) if "weight" in a else None,
        allocated="allocated" in a,
        default=_text(a["default"]) if "default" in a else None,
        only=_text(a["only"]) if "only" in a else "",
        strided="strided" in a,
        read_only=_mode(_text(a["read_only"])) if "read_only" in a else "",
        annotations=entries_of(a["annotations"]) if "annotations" in a else {},
    )


def _integers(values: Sequence[int]) -> Any:
    i64 = ir.IntegerType.get_signless(64)
    return ir.ArrayAttr.get([ir.IntegerAttr.get(i64, v) for v in values])


def _mode(text: str) -> Literal["always", "shared"]:
    """How a result is read-only, by its name."""
    return "always" if text == "always" else "shared"


def _text(attribute: Any) -> str:
    return ir.StringAttr(attribute).value
