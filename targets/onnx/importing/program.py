"""The lines of a program that say what the nodes of a graph say."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import shape_inference

from pyc.dataclass import dataclass
from pyc.precision import DTYPES
from pyc.targets.onnx.carriers import LOC, read_properties
from pyc.targets.onnx.types import NAMES

from . import (
    elementwise,
    extents,
    layers,
    microsoft,
    quantised,
    recurrent,
    reductions,
    selection,
    shapes,
    text,
    training,
    transforms,
)
from .expansion import written_out
from .files import judged
from .graphs import Extent, Kind, Node, Rule, Unsupported, Value, attributes_of, typed
from .kept import Kept, graph_block, graphs_without_lines, indented

if TYPE_CHECKING:
    from .definitions import Functions


_SUBJECTS = (elementwise, layers, quantised, recurrent, reductions, selection, shapes, transforms)
#: Operators that take several lines, by domain.
LINES = {**dict.fromkeys(("", "ai.onnx"), recurrent.LINES), training.DOMAIN: training.LINES}
RULES: dict[str, Rule] = {name: rule for subject in _SUBJECTS for name, rule in subject.RULES.items()}
#: What is no operation on elements that are known when a program is made.
_NEVER_FOLDED = frozenset({"RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli",
                           "Multinomial", "Dropout", "If", "Loop", "Scan",
                           # Weights stay as they are stored.
                           "QuantizeLinear", "DequantizeLinear"})  # fmt: skip
#: Results of constants of at most so many elements are computed when the program is made.
_FOLDED = 4096
_STANDARD = ("", "ai.onnx")
#: Nodes that are statements of their own.
_BLOCKS = frozenset({"If", "Loop", "Scan"})
KNOWN = frozenset({*RULES, *recurrent.LINES, *training.LINES, *_BLOCKS, "Constant"})
#: Names of the program itself.
_TAKEN = frozenset({"np", "pyc", "nn", "onnx", "math", "self", "Annotated", "Dim", "Tensor", "Module", *DTYPES,
                    *keyword.kwlist, *dir(builtins)})  # fmt: skip


def identifier(name: str) -> str:
    """A name as one of a program. Names that begin with an underscore have a meaning of their own in classes."""
    plain = re.sub(r"[^0-9A-Za-z_]", "_", name)
    return plain if re.match(r"[A-Za-z]", plain) else f"v{plain}"


@dataclass
class Names:
    """Identifiers for the names of a model, no two the same."""

    taken: Collection[str] = ()
    given: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def of(self, name: str) -> str:
        """The identifier of a name, the same each time."""
        if name not in self.given:
            plain, k = identifier(name), 1
            chosen = plain
            while chosen in self.used or chosen in _TAKEN or chosen in self.taken:
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


class Writer:
    """Writes the lines of a graph, or of a function."""

    def __init__(
        self, shared: Functions, graph: onnx.GraphProto, opsets: Iterable[onnx.OperatorSetIdProto], written: int
    ) -> None:
        self.shared, self.graph, self.name, self.written = shared, graph, shared.name, written
        self.opsets = list(opsets)
        self.versions = {i.domain: i.version for i in self.opsets}
        self.names, self.dims = Names(shared.taken), shared.dims
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        self.kinds: dict[str, Kind] = {}
        self.elements: dict[str, extents.Elements] = {}
        self.extents = {d.dim_param for v in self.graph.input for d in v.type.tensor_type.shape.dim}
        self._know(self.graph)
        self.weights: dict[str, np.ndarray[Any, Any]] = {}
        self.fields: dict[int, str] = {}
        self.lines: list[str] = []
        self.problems: dict[str, None] = {}
        self.kept: Kept | None = None
        #: What calls give of which the functions are written out where they are called.
        self.placed: set[str] = set()

    def given(self, name: str) -> str:
        """An output. Results of models are values: what would be a view of what the caller has is a copy of it."""
        kind, seen = self.kinds.get(name), name
        makers = {o: node for node in self.graph.node for o in node.output}
        while seen in makers and makers[seen].op_type in _VIEWS and not makers[seen].domain:
            seen = makers[seen].input[0]
        is_given = (seen not in makers or seen in self.placed) and name not in self.constants
        return f"{self.text(name)}.copy()" if is_given and kind is not None and kind.rank else self.text(name)

    def _know(self, graph: onnx.GraphProto) -> None:
        """Remember the types and constants of a graph, or of one inside a node."""
        for t in graph.initializer:
            self._fold(t.name, onnx.numpy_helper.to_array(t))
        for v in (*graph.value_info, *graph.input, *graph.output):
            kind = kind_of(v.type)
            if kind is not None and v.name not in self.constants:
                self.kinds[v.name] = self._named(kind)

    def annotation(self, name: str, kind: Kind) -> str:
        """The type of an input."""
        names = [e if e is not None else f"{name}_{i}" for i, e in enumerate(kind.dims)]
        return self.tensor(kind.dtype, names)

    def tensor(self, dtype: str, extents: Iterable[Extent]) -> str:
        parts = [str(e) if isinstance(e, int) else self.dims.of(str(e)) for e in extents]
        return f"Tensor[{', '.join([dtype, *parts])}]" if parts else dtype

    # --- values -------------------------------------------------------------------------------------------------------

    def text(self, name: str) -> str:
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
        return Value(self.text(name), self.kinds.get(name), constant, known)

    # --- nodes --------------------------------------------------------------------------------------------------------

    def nodes(self, nodes: Sequence[onnx.NodeProto], were: Sequence[onnx.NodeProto] | None) -> None:
        """Write the lines of nodes, in blocks that say what they ``were``, if anything says so."""
        for k, node in enumerate(nodes):
            was = None if were is None else were[k]
            outer, self.lines = self.lines, []
            try:
                self._node(node, was)
            except Unsupported as why:
                self.refuse(str(why), node)
            lines, self.lines = self.lines, outer
            if was is not None and self.kept is not None and not self.problems:
                given = [o for o in was.output if o]
                target = self.names.of(given[0]) if len(was.output) == 1 and node.op_type not in _BLOCKS else ""
                if node.op_type not in _BLOCKS:
                    lines = [*graphs_without_lines(was), *lines]
                lines = self.kept.node(was, lines, target, self._weight_of(node))
            self.lines += lines

    def _weight_of(self, node: onnx.NodeProto) -> str:
        """The weight that the tensor of a ``Constant`` is, as it is too large to be written out."""
        if node.op_type != "Constant" or node.output[0] not in self.constants:
            return ""
        array = self.constants[node.output[0]]
        return self.text(node.output[0]).removeprefix("self.") if array.size > self.written else ""

    def refuse(self, why: str, node: onnx.NodeProto | None = None) -> None:
        """Remember what cannot be said, to report all of it at once."""
        where = "" if node is None else f"{_full_name(node)}{f' {node.name!r}' if node.name else ''}: "
        place = "" if node is None else read_properties(node).get(LOC, "")
        self.problems.setdefault(f"{where}{why}{f' (it is from {place})' if place else ''}")

    @contextmanager
    def _scope(self) -> Iterator[None]:
        """What is learnt of values in a graph inside a node holds there only: another one may have the same names."""
        constants, kinds, elements = dict(self.constants), dict(self.kinds), dict(self.elements)
        yield
        self.constants, self.kinds, self.elements = constants, kinds, elements

    def _block(
        self, proto: onnx.NodeProto, was: onnx.NodeProto | None, attribute: str, results: Sequence[str] = ()
    ) -> list[str]:
        """The lines of a graph inside a node, which give names what it gives."""
        graph, graph_was = _graph_of(proto, attribute), None if was is None else _graph_of(was, attribute)
        outer, self.lines = self.lines, []
        around = self.kept
        if around is not None and graph_was is not None:
            infos, outputs = ({v.name: v for v in vs} for vs in (graph_was.value_info, graph_was.output))
            self.kept = Kept(infos, outputs, known=around.known)
        self._know(graph)
        self.nodes(graph.node, None if graph_was is None else graph_was.node)
        for name, output in zip(results, graph.output, strict=False):
            if name:
                self.lines.append(f"{name} = {self.text(output.name)}")
        lines, self.lines = self.lines, outer
        if self.kept is not None and graph_was is not None:
            lines = graph_block(attribute, graph_was, self.kept, lines, self.held(graph_was))
        self.kept = around
        return lines

    def held(self, graph: onnx.GraphProto) -> dict[str, str]:
        """The weights of the program that the tensors of a graph are, by their names: those not written out."""
        large = [t.name for t in graph.initializer if self.constants[t.name].size > self.written]
        return {name: self.text(name).removeprefix("self.") for name in large}

    def _node(self, proto: onnx.NodeProto, was: onnx.NodeProto | None) -> None:
        if proto.op_type == "Constant" and proto.domain in _STANDARD:
            self._constant(proto)
            return
        if proto.op_type == "If" and proto.domain in _STANDARD:
            self._if(proto, was)
            return
        if proto.op_type in ("Loop", "Scan") and proto.domain in _STANDARD:
            before = set(self.kinds)
            with self._scope():
                self._loop(proto, was) if proto.op_type == "Loop" else self._scan(proto, was)
                learnt = {o: self.kinds[o] for o in proto.output if o in self.kinds and o not in before}
            self.kinds |= learnt
            return
        if self.shared.holds(proto):
            self.shared.call(self, proto)
            return
        if self._folded(proto):
            return
        if several := LINES.get(proto.domain, {}).get(proto.op_type):
            for target, expression in several(self._seen(proto)):
                self.lines.append(f"{target} = {expression}")
            return
        rule = RULES.get(proto.op_type) if proto.domain in _STANDARD else None
        if proto.domain == microsoft.DOMAIN and proto.op_type in microsoft.RULES:
            rule, kind_of_output = microsoft.RULES[proto.op_type]
            self.kinds.setdefault(proto.output[0], kind_of_output(self._seen(proto)))
        if rule is None:
            self._written_out(proto)
            return
        node = self._seen(proto)
        if self._known_extents(proto, node):
            return
        expression = rule(node)
        dims = extents.of_result(node)
        if dims is not None and node.kinds[0] is not None:
            self._refine(proto.output[0], dims, node.kinds[0].dtype)
        targets = ", ".join(self.names.of(o) if o else "_" for o in proto.output)
        self.lines.append(f"{targets} = {expression}")

    def _written_out(self, proto: onnx.NodeProto) -> None:
        """Write what the standard says that a node stands for."""
        self._infer(proto)
        names = [i for i in dict.fromkeys(proto.input) if i]
        given = {n: self.kinds.get(n) for n in names}
        constants = {n: self.constants[n] for n in names if n in self.constants and self.constants[n].size <= _FOLDED}
        with judged(self.name):
            graph = written_out(proto, self.opsets, given, constants, KNOWN)
        if graph is None:
            raise Unsupported("the language has no counterpart")
        for v in graph.value_info:
            kind = kind_of(v.type)
            if kind is not None:
                self.kinds[v.name] = kind
        self.nodes(graph.node, None)

    def _infer(self, proto: onnx.NodeProto) -> None:
        """Find out the types of a node's outputs from what is known of its inputs by now."""
        names = [i for i in dict.fromkeys(proto.input) if i]
        known = [self.kinds.get(o) for o in proto.output if o]
        if all(k is not None and None not in k.dims for k in known) or any(n not in self.kinds for n in names):
            return
        small = [n for n in names if n in self.constants and self.constants[n].size <= _FOLDED]
        graph = onnx.helper.make_graph(
            [proto],
            "inferred",
            [typed(n, self.kinds[n]) for n in names if n not in small],
            [onnx.helper.make_value_info(o, onnx.TypeProto()) for o in proto.output if o],
            [onnx.numpy_helper.from_array(self.constants[n], n) for n in small],
        )
        model = onnx.helper.make_model(graph, opset_imports=self.opsets)
        with judged(self.name):
            inferred = shape_inference.infer_shapes(model, data_prop=True)
        for v in inferred.graph.output:
            kind = kind_of(v.type)
            if kind is not None:
                self._refine(v.name, self._named(kind).dims, kind.dtype)

    def _named(self, kind: Kind) -> Kind:
        """A type without the names that inference has made for extents of which it knows nothing."""
        return Kind(kind.dtype, tuple(e if isinstance(e, int) or e in self.extents else None for e in kind.dims))

    def _refine(self, name: str, dims: Sequence[Extent], dtype: str) -> None:
        """Add to the extents of a value those that were not known."""
        found = self.kinds.get(name)
        if found is None:
            self.kinds[name] = Kind(dtype, tuple(dims))
        elif found.rank == len(dims):
            merged = (new if old is None else old for old, new in zip(found.dims, dims, strict=True))
            self.kinds[name] = Kind(found.dtype, tuple(merged))

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

    def _if(self, proto: onnx.NodeProto, was: onnx.NodeProto | None) -> None:
        condition = self.constants.get(proto.input[0])
        if condition is not None:
            chosen, other = ("then_branch", "else_branch") if condition.ravel()[0] else ("else_branch", "then_branch")
            taken = _graph_of(proto, chosen)
            if self.kept is not None and was is not None:
                self.lines += graphs_without_lines(was, other)
            with self._scope():
                self.lines += self._block(proto, was, chosen)
                found = [(self.constants.get(r.name), self.kinds.get(r.name), r.name) for r in taken.output]
                texts = [self.text(name) for _, _, name in found]
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
        test = self.text(proto.input[0]) + ("[0]" if kind is not None and kind.rank else "")
        with self._scope():
            then = self._block(proto, was, "then_branch", results)
        with self._scope():
            other = self._block(proto, was, "else_branch", results)
        self.lines += [f"if {test}:", *_lines(then), "else:", *_lines(other)]

    def _loop(self, proto: onnx.NodeProto, was: onnx.NodeProto | None) -> None:
        body = _graph_of(proto, "body")
        carried = len(body.input) - 2
        states = [self.names.of(i.name) for i in body.input[2:]]
        self._know(body)
        for inner, state, given in zip(list(body.input)[2:], states, proto.input[2:], strict=True):
            self.lines.append(f"{state} = {self.text(given)}")
            self._same_kind(inner.name, given)
        counter, going = self.names.of(body.input[0].name), self.names.of(body.input[1].name)
        limit = self._scalar(proto.input[0]) if proto.input[0] else ""
        start = self._scalar(proto.input[1]) if len(proto.input) > 1 and proto.input[1] else "True"
        scanned = list(body.output)[1 + carried :]
        if scanned and not limit:
            raise Unsupported("how many elements are collected is not limited")
        block = self._block(proto, was, "body")
        ends = self._collected(proto.output[carried:], scanned, f"int({limit})")
        steps = self.names.of(f"{counter}_number")
        self.lines += [f"{steps} = 0", f"{going} = bool({start})"]
        test = f"{going} and {steps} < int({limit})" if limit else going
        inner = [f"{counter} = i64({steps})", *block]
        new = [self.text(o.name) for o in list(body.output)[1 : 1 + carried]]
        inner += [f"{name}[{steps}] = {self.text(o.name)}" for name, o in zip(ends, scanned, strict=True)]
        if states:
            inner.append(f"{', '.join(states)} = {', '.join(new)}")
        inner += [f"{going} = bool({self._scalar(body.output[0].name)})", f"{steps} += 1"]
        self.lines += [f"while {test}:", *_lines(inner)]
        for output, state in zip(proto.output, states, strict=False):
            if output:
                self.lines.append(f"{self.names.of(output)} = {state}")
        for output, name in zip(proto.output[carried:], ends, strict=True):
            if output:
                self.lines.append(f"{self.names.of(output)} = {name}[:{steps}]")

    def _scan(self, proto: onnx.NodeProto, was: onnx.NodeProto | None) -> None:
        attributes = attributes_of(proto)
        body, count = attributes["body"], attributes["num_scan_inputs"]
        if self.versions.get("", 0) < 9:
            raise Unsupported("over batches, as before opset 9")
        self._know(body)
        carried = len(body.input) - count
        states = [self.names.of(i.name) for i in body.input[:carried]]
        items = [self.names.of(i.name) for i in body.input[carried:]]
        for inner, state, given in zip(body.input, states, proto.input[:carried], strict=False):
            self.lines.append(f"{state} = {self.text(given)}")
            self._same_kind(inner.name, given)
        sources = []
        axes = attributes.get("scan_input_axes") or [0] * count
        backwards = attributes.get("scan_input_directions") or [0] * count
        for inner, name, axis in zip(list(body.input)[carried:], proto.input[carried:], axes, strict=True):
            if (kind := self.kinds.get(name)) is not None:
                rest = kind.dims[: axis % kind.rank] + kind.dims[axis % kind.rank + 1 :]
                self.kinds.setdefault(inner.name, Kind(kind.dtype, rest))
            sources.append(f"np.moveaxis({self.text(name)}, {axis}, 0)" if axis else self.text(name))
        steps = self.names.of(f"{items[0]}_number")
        first = self.kinds.get(proto.input[carried])
        extent = None if first is None or axes[0] else first.dims[0]
        length = str(extent) if isinstance(extent, int) else f"{sources[0]}.shape[0]"
        scanned = list(body.output)[carried:]
        block = self._block(proto, was, "body")
        ends = self._collected(proto.output[carried:], scanned, length)
        out_backwards = attributes.get("scan_output_directions") or [0] * len(scanned)
        inner = [
            f"{item} = {source}[{f'{length} - 1 - {steps}' if back else steps}]"
            for item, source, back in zip(items, sources, backwards, strict=True)
        ]
        inner += block
        inner += [
            f"{name}[{f'{length} - 1 - {steps}' if back else steps}] = {self.text(o.name)}"
            for name, o, back in zip(ends, scanned, out_backwards, strict=True)
        ]
        if states:
            new = [self.text(o.name) for o in list(body.output)[:carried]]
            inner.append(f"{', '.join(states)} = {', '.join(new)}")
        self.lines += [f"for {steps} in range({length}):", *_lines(inner)]
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
        return self.text(name) + ("[0]" if kind is not None and kind.rank else "")

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
        model = onnx.helper.make_model(made, opset_imports=self.opsets)
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


def _graph_of(node: onnx.NodeProto, name: str) -> onnx.GraphProto:
    return next(a.g for a in node.attribute if a.name == name)


def _full_name(node: onnx.NodeProto) -> str:
    return f"{node.domain}.{node.op_type}" if node.domain else node.op_type


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


def _lines(lines: Sequence[str]) -> list[str]:
    return indented(lines or ["pass"])
