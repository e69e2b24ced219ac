"""A graph or function while it is written: its nodes, its names, and the values that stand for the program's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np
import onnx_ir as ir

from pyc.dataclass import dataclass
from pyc.dialects.build import constant_value
from pyc.dialects.mlir import ir as mlir
from pyc.dialects.types import dtype_of, element_of, is_tensor
from pyc.precision import DTYPES

from . import operators
from .types import BEYOND, TYPES, arithmetic_type, working_type

#: What a constant is made of.
Number = bool | int | float


@dataclass(frozen=True)
class Annotation:
    """What every node that comes from one operation of the program says about it.

    ``name`` is that of the node that gives the result, and the stem of the others' names. ``metadata`` are properties
    of all of them, ``device`` is where they run, ``location`` the operation's place in the program; ``stage`` is that
    of a pipeline, if the user says one.
    """

    name: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    device: ir.ModelConfiguration | None = None
    location: Any = None
    stage: int | None = None


@dataclass(frozen=True)
class OperatorSet:
    """The version of ONNX's operators that a model is made of, and what was asked of it in vain, with places."""

    version: int
    missing: dict[str, Any] = field(default_factory=dict)


class Names:
    """Names that are given out once: ``add``, ``add_1``, ``add_2``."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._counts: dict[str, int] = {}

    def fresh(self, stem: str) -> str:
        """``stem``, or ``stem_<n>`` with the first free number."""
        name, count = stem, self._counts.get(stem, 0)
        while name in self._taken:
            count += 1
            name = f"{stem}_{count}"
        self._counts[stem] = count
        self._taken.add(name)
        return name


class Scope:
    """Nodes in order, the value of each MLIR value, and the constants made so far.

    The scope of a nested graph has one ``around`` it, whose values it sees.
    """

    def __init__(self, names: Names, operators: OperatorSet, around: Scope | None = None) -> None:
        self.names = names
        self.operators = operators
        self._around = around
        self.nodes: list[ir.Node] = []
        self.annotation = Annotation("value")
        self._values: dict[Any, ir.Value] = {}
        self._constants: dict[tuple[object, ...], ir.Value] = {}
        self._vectors: dict[ir.Value, ir.Value] = {}

    # --- values of the program -------------------------------------------------------------------------------------

    def bind(self, program: Any, value: ir.Value) -> None:
        """``value`` stands for the MLIR value ``program`` from here on."""
        self._values[program] = value

    def __getitem__(self, program: Any) -> ir.Value:
        """The value that stands for an MLIR value."""
        scope = self
        while program not in scope._values and scope._around is not None:
            scope = scope._around
        return scope._values[program]

    # --- nodes -----------------------------------------------------------------------------------------------------

    def node(
        self, op_type: str, inputs: Sequence[ir.Value], dtype: str, attributes: Mapping[str, Any] | None = None
    ) -> ir.Value:
        """The one output, of element type ``dtype``, of a new node."""
        return self.nodes_of(op_type, inputs, [dtype], attributes)[0]

    def nodes_of(
        self,
        op_type: str,
        inputs: Sequence[ir.Value],
        dtypes: Sequence[str],
        attributes: Mapping[str, Any] | None = None,
        domain: str = "",
        name: str = "",
    ) -> Sequence[ir.Value]:
        """The outputs, of element types ``dtypes``, of a new node; ``reduce/isnan`` where it is given no ``name``."""
        if not domain:
            known = tuple(dtype_name(v) for v in inputs)
            problem = operators.missing(op_type, known, tuple(attributes or ()), self.operators.version, tuple(dtypes))
            if problem:
                self.lacks(problem)
        name = self.names.fresh(name or f"{self.annotation.name}/{op_type.lower()}")
        outputs = [
            new_value(name if len(dtypes) == 1 else self.names.fresh(f"{name}_{i}"), t) for i, t in enumerate(dtypes)
        ]
        device = self.annotation.device
        node = ir.Node(
            domain,
            op_type,
            inputs,
            [_attribute(k, v) for k, v in (attributes or {}).items()],
            outputs=outputs,
            name=name,
            metadata_props=dict(self.annotation.metadata),
            device_configurations=(
                (ir.NodeDeviceConfiguration(device, pipeline_stage=self.annotation.stage),)
                if device is not None
                else ()
            ),
        )
        self.nodes.append(node)
        return outputs

    def lacks(self, problem: str) -> None:
        """Note what the operation that is written needs and the operator set does not have."""
        self.operators.missing.setdefault(problem, self.annotation.location)

    def op(self, op_type: str, *inputs: ir.Value, dtype: str = "", **attributes: Any) -> ir.Value:
        """``op_type`` of ``inputs`` emitted as it is; gives ``dtype`` (default: the first input's)."""
        return self.node(op_type, inputs, dtype or dtype_name(inputs[0]), attributes)

    def through(self, op_type: str, *inputs: ir.Value, **attributes: Any) -> ir.Value:
        """``op_type`` of ``inputs`` of one element type, in the type that a runtime computes in, converted back."""
        dtype = dtype_name(inputs[0])
        work = working_type(op_type, dtype)
        out = self.op(op_type, *(self.cast(v, work) for v in inputs), **attributes)
        return self.cast(out, dtype)

    def cast(self, x: ir.Value, dtype: str) -> ir.Value:
        """``x`` in ``dtype`` by one ``Cast``; ``x`` itself where it has that type."""
        if dtype_name(x) == dtype:
            return x
        attributes: dict[str, Any] = {"to": int(TYPES[dtype])}
        if dtype in BEYOND:
            x = self._within(x, *BEYOND[dtype])
            attributes["saturate"] = 0
        return self.node("Cast", [x], dtype, attributes)

    def _within(self, x: ir.Value, limit: float, outside: float) -> ir.Value:
        """``x`` where its magnitude is below ``limit``, and ``outside`` with its sign elsewhere.

        A ``Cast`` that does not saturate should do this by itself; ONNX Runtime's does not just above the range.
        """
        beyond = self.comparison("GreaterOrEqual", self.op("Abs", x), self.like(x, limit))
        return self.choose(beyond, self.op("Mul", x, self.like(x, outside)), x)

    def comparison(self, op_type: str, a: ir.Value, b: ir.Value) -> ir.Value:
        """``op_type`` (``Less``, ``Equal``, ...) of two values of one element type, as booleans."""
        work = working_type(op_type, dtype_name(a))
        return self.node(op_type, [self.cast(a, work), self.cast(b, work)], "bool")

    def choose(self, condition: ir.Value, on_true: ir.Value, on_false: ir.Value) -> ir.Value:
        """``Where``."""
        dtype = dtype_name(on_true)
        work = working_type("Where", dtype)
        out = self.node("Where", [condition, self.cast(on_true, work), self.cast(on_false, work)], work)
        return self.cast(out, dtype)

    def moved(self, op_type: str, inputs: Sequence[ir.Value], *others: ir.Value, **attributes: Any) -> ir.Value:
        """An operation that moves the elements of ``inputs``; ``others`` are indices and extents."""
        dtype = dtype_name(inputs[0])
        work = working_type(op_type, dtype)
        out = self.node(op_type, [*(self.cast(v, work) for v in inputs), *others], work, attributes)
        return self.cast(out, dtype)

    def scattered(self, x: ir.Value, indices: ir.Value, updates: ir.Value) -> ir.Value:
        """``x`` with the elements, or slices, at ``indices`` replaced."""
        dtype = dtype_name(x)
        work = working_type("ScatterND", dtype)
        out = self.node("ScatterND", [self.cast(x, work), indices, self.cast(updates, work)], work)
        return self.cast(out, dtype)

    def widened(self, x: ir.Value) -> ir.Value:
        """A float in the type that it computes in; anything else as it is."""
        return self.cast(x, arithmetic_type(dtype_name(x)))

    def name_result(self, value: ir.Value, since: int) -> None:
        """Give the name of the annotation to what gives ``value``, if it is one of the nodes from ``since`` on."""
        producer = value.producer()
        if producer in self.nodes[since:] and producer.op_type != "Constant" and len(producer.outputs) == 1:
            producer.name = value.name = self.annotation.name

    # --- constants -------------------------------------------------------------------------------------------------

    def constant(self, value: Number | Sequence[int], dtype: str) -> ir.Value:
        """A constant of rank 0, or of one axis for a sequence; equal ones are one node."""
        array = np.array(list(value) if isinstance(value, Sequence) else value, dtype=DTYPES[dtype].dtype)
        key = (dtype, array.shape, array.tobytes())
        if key not in self._constants:
            tensor = ir.Tensor(array, dtype=TYPES[dtype])
            self._constants[key] = self.nodes_of("Constant", [], [dtype], {"value": tensor}, name="constant")[0]
        return self._constants[key]

    def like(self, x: ir.Value, value: Number) -> ir.Value:
        """A constant of rank 0 of the element type of ``x``."""
        return self.constant(value, dtype_name(x))

    # --- extents ---------------------------------------------------------------------------------------------------

    def remember_vector(self, scalar: ir.Value, vector: ir.Value) -> None:
        """``vector`` holds ``scalar`` as its only element; :meth:`vector` need not make it again."""
        self._vectors[scalar] = vector

    def vector(self, numbers: Sequence[Any]) -> ir.Value:
        """The MLIR ``i64`` scalars ``numbers`` as a tensor of one axis: a constant where all are known."""
        known = [constant_value(n) for n in numbers]
        if None not in known:
            return self.constant([k for k in known if k is not None], "i64")
        parts = [
            self.constant([k], "i64") if k is not None else self._as_vector(self[n])
            for k, n in zip(known, numbers, strict=True)
        ]
        return parts[0] if len(parts) == 1 else self.op("Concat", *parts, axis=0)

    def _as_vector(self, scalar: ir.Value) -> ir.Value:
        if scalar not in self._vectors:
            self._vectors[scalar] = self.op("Unsqueeze", scalar, self.constant([0], "i64"))
        return self._vectors[scalar]

    # --- nested graphs ---------------------------------------------------------------------------------------------

    def nested(self) -> Scope:
        """A scope for the body of a node: it sees the values of this one, and gives out other names."""
        inner = Scope(self.names, self.operators, self)
        inner.annotation = self.annotation
        return inner

    def input(self, stem: str, dtype: str, shape: Sequence[int] | None = None) -> ir.Value:
        """A new input of a nested graph, of any shape if none is given."""
        value = new_value(self.names.fresh(f"{self.annotation.name}_{stem}"), dtype)
        value.type = ir.TensorType(TYPES[dtype])
        value.shape = None if shape is None else ir.Shape(shape)
        return value

    def graph(self, inputs: Sequence[ir.Value], outputs: Sequence[ir.Value]) -> ir.Graph:
        """The nested graph whose nodes these are."""
        for value in outputs:
            value.type = ir.TensorType(TYPES[dtype_name(value)])
        return ir.Graph(inputs, outputs, nodes=self.nodes, name=self.names.fresh(f"{self.annotation.name}_body"))


def new_value(name: str, dtype: str) -> ir.Value:
    """A value whose element type is known to us; it is not written to the model unless a shape joins it."""
    value = ir.Value(name=name)
    value.meta["dtype"] = dtype
    return value


def dtype_name(value: ir.Value) -> str:
    """The element type of a value, by its name in the language."""
    return value.meta["dtype"]


def program_dtype(program: Any) -> str:
    """The element type of an MLIR value, by its name in the language."""
    return dtype_of(element_of(program.type))


def describe_value(value: ir.Value, t: Any, dims: Sequence[int | str | None], metadata: Mapping[str, str]) -> None:
    """Write type, shape and metadata on a value; ``t`` is its MLIR type."""
    value.type = ir.TensorType(TYPES[dtype_of(element_of(t))])
    value.shape = ir.Shape(list(dims))
    value.metadata_props.update(metadata)


def known_extents(t: Any) -> list[int | None]:
    """The extents of an MLIR type, ``None`` where dynamic; empty for a scalar."""
    if not is_tensor(t):
        return []
    return [None if t.is_dynamic_dim(i) else t.get_dim_size(i) for i in range(t.rank)]


def text(attribute: Any) -> str:
    return mlir.StringAttr(attribute).value


def _attribute(name: str, value: Any) -> ir.Attr:
    if isinstance(value, ir.Tensor):
        return ir.AttrTensor(name, value)
    if isinstance(value, ir.Graph):
        return ir.AttrGraph(name, value)
    if isinstance(value, str):
        return ir.AttrString(name, value)
    if isinstance(value, Sequence):
        return ir.AttrInt64s(name, list(value))
    return ir.AttrInt64(name, int(value))
