"""The program that says what a model says: a function, or a module where there are weights, a line for each node."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import Any

import numpy as np
import onnx
from onnx import shape_inference

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic
from pyc.precision import DTYPES
from pyc.targets.onnx.types import NAMES, TYPES

from . import elementwise, extents, layers, quantised, recurrent, reductions, selection, shapes, text, transforms
from .expansion import expanded
from .files import judged
from .graphs import Extent, Kind, Node, Rule, Unsupported, Value, attributes_of

_SUBJECTS = (elementwise, layers, quantised, recurrent, reductions, selection, shapes, transforms)
RULES: dict[str, Rule] = {name: rule for subject in _SUBJECTS for name, rule in subject.RULES.items()}
#: What is no operation on elements that are known when a program is made.
_NEVER_FOLDED = frozenset({"RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli",
                           "Multinomial", "Dropout", "If", "Loop", "Scan"})  # fmt: skip
#: Results of constants of at most so many elements are computed when the program is made.
_FOLDED = 4096
#: Names of the program itself.
_TAKEN = frozenset({"np", "pyc", "nn", "onnx", "math", "self", "Dim", "Tensor", "Module", *DTYPES, *keyword.kwlist,
                    *dir(builtins)})  # fmt: skip


@dataclass(frozen=True)
class Imported:
    """A program, the function or class in it that is the model, and the weights that it takes by name."""

    text: str
    name: str
    weights: Mapping[str, np.ndarray[Any, Any]]


def imported(model: onnx.ModelProto, name: str = "model", written: int = text.SMALL) -> Imported:
    """A model as a program, in which constants of at most ``written`` elements are written out.

    Raises:
        CompileError: E621 for each node that the language has no words for.
    """
    known = {*RULES, *recurrent.LINES, "Constant", "If", "Loop", "Scan"}
    with judged(name):
        model = expanded(model, known)
    return _Writer(model, _Names().of(name), written).write()


def _identifier(name: str) -> str:
    """A name as one of a program. Names that begin with an underscore have a meaning of their own in classes."""
    plain = re.sub(r"[^0-9A-Za-z_]", "_", name)
    return plain if re.match(r"[A-Za-z]", plain) else f"v{plain}"


@dataclass
class _Names:
    """Identifiers for the names of a model, no two the same."""

    given: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def of(self, name: str) -> str:
        """The identifier of a name, the same each time."""
        if name not in self.given:
            plain, k = _identifier(name), 1
            chosen = plain
            while chosen in self.used or chosen in _TAKEN:
                k += 1
                chosen = f"{plain}_{k}"
            self.given[name] = chosen
            self.used.add(chosen)
        return self.given[name]


#: Operators whose result may be a view of their first input.
_VIEWS = frozenset(
    (
        "Cast", "CastLike", "DepthToSpace", "Dropout", "Expand", "Flatten", "Identity", "Pad", "Reshape", "Slice",
        "SpaceToDepth", "Split", "Squeeze", "Transpose", "Unsqueeze",
    )
)  # fmt: skip


class _Writer:
    """Writes one program."""

    def __init__(self, model: onnx.ModelProto, name: str, written: int) -> None:
        self.model, self.graph, self.name, self.written = model, model.graph, name, written
        self.versions = {i.domain: i.version for i in model.opset_import}
        self.names, self.dims = _Names(), _Names()
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        self.kinds: dict[str, Kind] = {}
        self.elements: dict[str, extents.Elements] = {}
        self._know(self.graph)
        self.weights: dict[str, np.ndarray[Any, Any]] = {}
        self.fields: dict[int, str] = {}
        self.lines: list[str] = []
        self.problems: dict[str, None] = {}

    def write(self) -> Imported:
        """The program."""
        inputs = [v for v in self.graph.input if v.name not in self.constants]
        for v in inputs:
            self.names.of(v.name)
            if kind_of(v.type) is None:
                self._refuse(f"the input '{v.name}' is no tensor of a type of the language with a known number of axes")
        self._nodes(self.graph)
        if self.problems:
            raise CompileError([Diagnostic("E621", problem) for problem in self.problems])
        results = ", ".join(self._given(o.name) for o in self.graph.output)
        self.lines = _read(self.lines, results)
        parameters = ", ".join(f"{self.names.of(v.name)}: {self._annotation(v)}" for v in inputs)
        body = "\n".join([*self.lines, f"return {results}"])
        if self.weights:
            fields = "".join(
                f"    {name}: {self._tensor(text.dtype_name(w), w.shape)}\n" for name, w in self.weights.items()
            )
            method = f"    def __call__(self, {parameters}):\n{_indented(body, 8)}\n"
            definition = f"class {self.name}(pyc.Module):\n{fields}\n{method}"
        else:
            definition = f"def {self.name}({parameters}):\n{_indented(body, 4)}\n"
        return Imported(self._head(definition) + definition, self.name, self.weights)

    def _given(self, name: str) -> str:
        """An output. Results of models are values: what would be a view of what the caller has is a copy of it."""
        kind, seen = self.kinds.get(name), name
        makers = {o: node for node in self.graph.node for o in node.output}
        while seen in makers and makers[seen].op_type in _VIEWS and not makers[seen].domain:
            seen = makers[seen].input[0]
        is_given = seen not in makers and name not in self.constants
        return f"{self._text(name)}.copy()" if is_given and kind is not None and kind.rank else self._text(name)

    def _head(self, definition: str) -> str:
        """What stands before the definition: the names that it uses, and its dimensions."""
        used = set(re.findall(r"\b[A-Za-z_]\w*", definition))
        words = [*(["Dim"] if self.dims.given else []), *("Tensor", "nn", "onnx"), *(d for d in DTYPES if d != "bool")]
        names = [word for word in words if word in used or word == "Dim"]
        modules = [name for name, short in (("math", "math"), ("numpy as np", "np"), ("pyc", "pyc")) if short in used]
        lines = [f"import {m}" for m in modules] + ([f"from pyc import {', '.join(names)}"] if names else [])
        dims = [f'{v} = Dim("{v}")' for v in self.dims.given.values()]
        parts = [*(["\n".join(lines)] if lines else []), *(["\n".join(dims)] if dims else [])]
        return "from __future__ import annotations\n\n" + "".join(f"{part}\n\n" for part in parts) + "\n"

    def _know(self, graph: onnx.GraphProto) -> None:
        """Remember the types and constants of a graph, or of one inside a node."""
        for t in graph.initializer:
            self._fold(t.name, onnx.numpy_helper.to_array(t))
        for v in (*graph.value_info, *graph.input, *graph.output):
            kind = kind_of(v.type)
            if kind is not None and v.name not in self.constants:
                self.kinds[v.name] = kind

    def _annotation(self, v: onnx.ValueInfoProto) -> str:
        kind = kind_of(v.type)
        assert kind is not None
        names = [e if e is not None else f"{v.name}_{i}" for i, e in enumerate(kind.dims)]
        return self._tensor(kind.dtype, names)

    def _tensor(self, dtype: str, extents: Iterable[Extent]) -> str:
        parts = [str(e) if isinstance(e, int) else self.dims.of(str(e)) for e in extents]
        return f"Tensor[{', '.join([dtype, *parts])}]" if parts else dtype

    # --- values -------------------------------------------------------------------------------------------------------

    def _text(self, name: str) -> str:
        """A value as an expression."""
        array = self.constants.get(name)
        if array is None:
            return self.names.of(name)
        dtype = text.dtype_name(array)
        if not dtype:
            raise Unsupported(f"'{name}' has elements of {array.dtype}")
        if array.size <= self.written:
            return text.array(array, dtype)
        # Constants of two branches may have one name.
        if id(array) not in self.fields:
            field_ = self.names.of(name)
            self.fields[id(array)] = self.names.of(f"{name}_{len(self.fields)}") if field_ in self.weights else field_
            self.weights[self.fields[id(array)]] = array
        return f"self.{self.fields[id(array)]}"

    def _value(self, name: str) -> Value | None:
        if not name:
            return None
        constant = self.constants.get(name)
        known = self.elements.get(name) if constant is None else extents.of_constant(constant)
        return Value(self._text(name), self.kinds.get(name), constant, known)

    # --- nodes --------------------------------------------------------------------------------------------------------

    def _nodes(self, graph: onnx.GraphProto) -> None:
        for node in graph.node:
            try:
                self._node(node)
            except Unsupported as why:
                self._refuse(str(why), node)

    def _refuse(self, why: str, node: onnx.NodeProto | None = None) -> None:
        """Remember what cannot be said, to report all of it at once."""
        where = "" if node is None else f"{_full_name(node)}{f' {node.name!r}' if node.name else ''}: "
        self.problems.setdefault(f"{where}{why}")

    @contextmanager
    def _scope(self) -> Iterator[None]:
        """What is learnt of values in a graph inside a node holds there only: another one may have the same names."""
        constants, kinds, elements = dict(self.constants), dict(self.kinds), dict(self.elements)
        yield
        self.constants, self.kinds, self.elements = constants, kinds, elements

    def _block(self, graph: onnx.GraphProto, results: Sequence[str] = ()) -> list[str]:
        """The lines of a graph inside a node, which give names what it gives."""
        outer, self.lines = self.lines, []
        self._know(graph)
        self._nodes(graph)
        for name, output in zip(results, graph.output, strict=False):
            if name:
                self.lines.append(f"{name} = {self._text(output.name)}")
        lines, self.lines = self.lines, outer
        return lines

    def _node(self, proto: onnx.NodeProto) -> None:
        if proto.op_type == "Constant":
            self._constant(proto)
            return
        if proto.op_type == "If":
            self._if(proto)
            return
        if proto.op_type in ("Loop", "Scan"):
            before = set(self.kinds)
            with self._scope():
                self._loop(proto) if proto.op_type == "Loop" else self._scan(proto)
                learnt = {o: self.kinds[o] for o in proto.output if o in self.kinds and o not in before}
            self.kinds |= learnt
            return
        if self._folded(proto):
            return
        if proto.op_type in recurrent.LINES:
            for target, expression in recurrent.LINES[proto.op_type](self._seen(proto)):
                self.lines.append(f"{target} = {expression}")
            return
        rule = RULES.get(proto.op_type) if proto.domain in ("", "ai.onnx") else None
        if rule is None:
            raise Unsupported("the language has no counterpart")
        node = self._seen(proto)
        if self._known_extents(proto, node):
            return
        expression = rule(node)
        targets = ", ".join(self.names.of(o) if o else "_" for o in proto.output)
        self.lines.append(f"{targets} = {expression}")

    def _infer(self, proto: onnx.NodeProto) -> None:
        """Find out the types of a node's outputs from what is known of its inputs by now."""
        names = [i for i in dict.fromkeys(proto.input) if i]
        if all(o in self.kinds for o in proto.output if o) or any(n not in self.kinds for n in names):
            return
        small = [n for n in names if n in self.constants and self.constants[n].size <= _FOLDED]
        graph = onnx.helper.make_graph(
            [proto],
            "inferred",
            [_value_info(n, self.kinds[n]) for n in names if n not in small],
            [onnx.helper.make_value_info(o, onnx.TypeProto()) for o in proto.output if o],
            [onnx.numpy_helper.from_array(self.constants[n], n) for n in small],
        )
        model = onnx.helper.make_model(graph, opset_imports=self.model.opset_import)
        with judged(self.name):
            inferred = shape_inference.infer_shapes(model, data_prop=True)
        for v in inferred.graph.output:
            kind = kind_of(v.type)
            if kind is not None:
                self.kinds.setdefault(v.name, kind)

    def _seen(self, proto: onnx.NodeProto) -> Node:
        """A node as rules see it."""
        self._infer(proto)
        return Node(
            proto.op_type,
            self.versions.get(proto.domain, self.versions.get("", 0)),
            [self._value(i) for i in proto.input],
            [self.names.of(o) if o else "" for o in proto.output],
            [self.kinds.get(o) for o in proto.output],
            attributes_of(proto),
        )

    # --- control ------------------------------------------------------------------------------------------------------

    def _if(self, proto: onnx.NodeProto) -> None:
        branches = {a.name: a.g for a in proto.attribute}
        condition = self.constants.get(proto.input[0])
        if condition is not None:
            taken = branches["then_branch" if bool(condition.ravel()[0]) else "else_branch"]
            with self._scope():
                self.lines += self._block(taken)
                found = [(self.constants.get(r.name), self.kinds.get(r.name), r.name) for r in taken.output]
                texts = [self._text(name) for _, _, name in found]
            for o, value, (constant, kind, _) in zip(proto.output, texts, found, strict=True):
                if constant is not None:
                    self._fold(o, constant)
                    continue
                self.lines.append(f"{self.names.of(o)} = {value}")
                if kind is not None:
                    self.kinds[o] = kind
            return
        results = [self.names.of(o) for o in proto.output]
        kind = self.kinds.get(proto.input[0])
        test = self._text(proto.input[0]) + ("[0]" if kind is not None and kind.rank else "")
        with self._scope():
            then = self._block(branches["then_branch"], results)
        with self._scope():
            other = self._block(branches["else_branch"], results)
        self.lines += [f"if {test}:", *_within(then), "else:", *_within(other)]

    def _loop(self, proto: onnx.NodeProto) -> None:
        body = proto.attribute[0].g
        carried = len(body.input) - 2
        states = [self.names.of(i.name) for i in body.input[2:]]
        self._know(body)
        for inner, state, given in zip(list(body.input)[2:], states, proto.input[2:], strict=True):
            self.lines.append(f"{state} = {self._text(given)}")
            self._same_kind(inner.name, given)
        counter, going = self.names.of(body.input[0].name), self.names.of(body.input[1].name)
        limit = self._scalar(proto.input[0]) if proto.input[0] else ""
        start = self._scalar(proto.input[1]) if len(proto.input) > 1 and proto.input[1] else "True"
        scanned = list(body.output)[1 + carried :]
        if scanned and not limit:
            raise Unsupported("how many elements are collected is not limited")
        block = self._block(body)
        ends = self._collected(proto.output[carried:], scanned, f"int({limit})")
        steps = self.names.of(f"{counter}_number")
        self.lines += [f"{steps} = 0", f"{going} = bool({start})"]
        test = f"{going} and {steps} < int({limit})" if limit else going
        inner = [f"{counter} = i64({steps})", *block]
        new = [self._text(o.name) for o in list(body.output)[1 : 1 + carried]]
        inner += [f"{name}[{steps}] = {self._text(o.name)}" for name, o in zip(ends, scanned, strict=True)]
        if states:
            inner.append(f"{', '.join(states)} = {', '.join(new)}")
        inner += [f"{going} = bool({self._scalar(body.output[0].name)})", f"{steps} += 1"]
        self.lines += [f"while {test}:", *_within(inner)]
        for output, state in zip(proto.output, states, strict=False):
            if output:
                self.lines.append(f"{self.names.of(output)} = {state}")
        for output, name in zip(proto.output[carried:], ends, strict=True):
            if output:
                self.lines.append(f"{self.names.of(output)} = {name}[:{steps}]")

    def _scan(self, proto: onnx.NodeProto) -> None:
        attributes = attributes_of(proto)
        body, count = attributes["body"], attributes["num_scan_inputs"]
        if self.versions.get("", 0) < 9:
            raise Unsupported("over batches, as before opset 9")
        self._know(body)
        carried = len(body.input) - count
        states = [self.names.of(i.name) for i in body.input[:carried]]
        items = [self.names.of(i.name) for i in body.input[carried:]]
        for inner, state, given in zip(body.input, states, proto.input[:carried], strict=False):
            self.lines.append(f"{state} = {self._text(given)}")
            self._same_kind(inner.name, given)
        sources = []
        axes = attributes.get("scan_input_axes") or [0] * count
        backwards = attributes.get("scan_input_directions") or [0] * count
        for inner, name, axis in zip(list(body.input)[carried:], proto.input[carried:], axes, strict=True):
            if (kind := self.kinds.get(name)) is not None:
                rest = kind.dims[: axis % kind.rank] + kind.dims[axis % kind.rank + 1 :]
                self.kinds.setdefault(inner.name, Kind(kind.dtype, rest))
            sources.append(f"np.moveaxis({self._text(name)}, {axis}, 0)" if axis else self._text(name))
        steps = self.names.of(f"{items[0]}_number")
        first = self.kinds.get(proto.input[carried])
        extent = None if first is None or axes[0] else first.dims[0]
        length = str(extent) if isinstance(extent, int) else f"{sources[0]}.shape[0]"
        scanned = list(body.output)[carried:]
        block = self._block(body)
        ends = self._collected(proto.output[carried:], scanned, length)
        out_backwards = attributes.get("scan_output_directions") or [0] * len(scanned)
        inner = [
            f"{item} = {source}[{f'{length} - 1 - {steps}' if back else steps}]"
            for item, source, back in zip(items, sources, backwards, strict=True)
        ]
        inner += block
        inner += [
            f"{name}[{f'{length} - 1 - {steps}' if back else steps}] = {self._text(o.name)}"
            for name, o, back in zip(ends, scanned, out_backwards, strict=True)
        ]
        if states:
            new = [self._text(o.name) for o in list(body.output)[:carried]]
            inner.append(f"{', '.join(states)} = {', '.join(new)}")
        self.lines += [f"for {steps} in range({length}):", *_within(inner)]
        for output, inner, state in zip(proto.output, body.input, states, strict=False):
            if output:
                self.lines.append(f"{self.names.of(output)} = {state}")
                self._same_kind(output, inner.name)
        out_axes = attributes.get("scan_output_axes") or [0] * len(scanned)
        for output, name, axis in zip(proto.output[carried:], ends, out_axes, strict=True):
            if output:
                moved = f"np.moveaxis({name}, 0, {axis})" if axis else name
                self.lines.append(f"{self.names.of(output)} = {moved}")
                if axis:
                    self.kinds.pop(output, None)

    def _same_kind(self, name: str, other: str) -> None:
        if other in self.kinds:
            self.kinds.setdefault(name, self.kinds[other])

    def _collected(self, outputs: Sequence[str], scanned: Sequence[onnx.ValueInfoProto], length: str) -> list[str]:
        """Arrays for what each round gives, an element of the first axis each."""
        names = []
        for output, inner in zip(outputs, scanned, strict=True):
            kind = self.kinds.get(inner.name)
            if kind is None or not all(isinstance(d, int) for d in kind.dims):
                raise Unsupported("the extents of what a loop collects are known only when the model runs")
            if output:
                rounds = int(length) if length.isdecimal() else None
                self.kinds.setdefault(output, Kind(kind.dtype, (rounds, *kind.dims)))
            name = self.names.of(f"{output or inner.name}_collected")
            dtype = text.dtype_text(kind.dtype)
            self.lines.append(f"{name} = np.zeros({text.shape([length, *kind.dims])}, {dtype})")
            names.append(name)
        return names

    def _scalar(self, name: str) -> str:
        """The only element of a tensor."""
        constant, kind = self.constants.get(name), self.kinds.get(name)
        if constant is not None:
            return str(constant.ravel()[0].item())
        return self._text(name) + ("[0]" if kind is not None and kind.rank else "")

    def _constant(self, proto: onnx.NodeProto) -> None:
        for name, value in attributes_of(proto).items():
            array = np.asarray(value)
            if name in ("value_float", "value_floats"):
                array = array.astype(np.float32)
            elif name in ("value_int", "value_ints"):
                array = array.astype(np.int64)
            self.constants[proto.output[0]] = array
            self.kinds[proto.output[0]] = Kind(text.dtype_name(array), array.shape)

    def _folded(self, proto: onnx.NodeProto) -> bool:
        """Whether the outputs of a node are constants now, as its inputs are."""
        if proto.op_type in _NEVER_FOLDED or any(a.type == onnx.AttributeProto.GRAPH for a in proto.attribute):
            return False
        if proto.op_type == "Shape" and proto.input[0] in self.kinds:
            dims = self.kinds[proto.input[0]].dims
            if all(isinstance(d, int) for d in dims):
                attributes = attributes_of(proto)
                extents = np.array(dims, np.int64)[attributes.get("start", 0) : attributes.get("end")]
                self._fold(proto.output[0], extents)
                return True
        names = [i for i in proto.input if i]
        if not names or any(n not in self.constants for n in names):
            return False
        from onnx.reference import ReferenceEvaluator

        made = onnx.helper.make_graph(
            [proto],
            "folded",
            [onnx.helper.make_tensor_value_info(n, _element(self.constants[n]), None) for n in dict.fromkeys(names)],
            [onnx.helper.make_value_info(o, onnx.TypeProto()) for o in proto.output if o],
        )
        model = onnx.helper.make_model(made, opset_imports=self.model.opset_import)
        with judged(self.name):
            arrays = ReferenceEvaluator(model).run(None, {n: self.constants[n] for n in names})
        if any(not isinstance(a, np.ndarray | np.generic) or a.size > _FOLDED for a in arrays):
            return False
        for output, array in zip([o for o in proto.output if o], arrays, strict=True):
            self._fold(output, np.asarray(array))
        return True

    def _known_extents(self, proto: onnx.NodeProto, node: Node) -> bool:
        """Remember what a vector of extents holds; whether that is numbers alone, which need no line."""
        kind = node.kinds[0]
        if kind is None or kind.rank > 1 or kind.dtype not in ("i32", "i64"):
            return False
        found = extents.learnt(node.op, node.attributes, node.inputs)
        if found is None or (not kind.rank and len(found) != 1):
            return False
        numbers = [e for e in found if isinstance(e, int)]
        if len(numbers) < len(found):
            self.elements[proto.output[0]] = found
            return False
        array = np.array(numbers, DTYPES[kind.dtype].dtype)
        self._fold(proto.output[0], array if kind.rank else array.reshape(()))
        return True

    def _fold(self, name: str, array: np.ndarray[Any, Any]) -> None:
        self.constants[name] = array
        self.kinds[name] = Kind(text.dtype_name(array), array.shape)


_NAME = re.compile(r"\b[A-Za-z_]\w*")


def _read(lines: Sequence[str], results: str) -> list[str]:
    """The lines without those that give names which nothing reads, as the extents that a model computes mostly are."""
    found = list(lines)
    uses = Counter(_NAME.findall(results))
    for line in found:
        uses.update(_NAME.findall(line))
    before = -1
    while before != len(found):
        before = len(found)
        for i in reversed(range(len(found))):
            target, assigned, expression = found[i].partition(" = ")
            # A line of a block may be all that it has.
            if assigned and target.isidentifier() and uses[target] == 1:
                uses.subtract(_NAME.findall(expression))
                uses[target] -= 1
                del found[i]
    return found


def _full_name(node: onnx.NodeProto) -> str:
    return f"{node.domain}.{node.op_type}" if node.domain else node.op_type


def _value_info(name: str, kind: Kind) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, int(TYPES[kind.dtype]), list(kind.dims))


def _element(array: np.ndarray[Any, Any]) -> int:
    return onnx.helper.np_dtype_to_tensor_dtype(array.dtype)


def kind_of(t: onnx.TypeProto) -> Kind | None:
    """The type of a tensor; ``None`` for what is none, or has no known number of axes."""
    import onnx_ir as ir

    if not t.HasField("tensor_type") or not t.tensor_type.HasField("shape"):
        return None
    dtype = NAMES.get(ir.DataType(t.tensor_type.elem_type))
    if dtype is None:
        return None
    dims = (d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in t.tensor_type.shape.dim)
    return Kind(dtype, tuple(dims))


def _within(lines: Sequence[str]) -> list[str]:
    """Lines a level deeper."""
    return ["    " + line for line in lines] or ["    pass"]


def _indented(body: str, width: int) -> str:
    return "\n".join(" " * width + line for line in body.split("\n"))
