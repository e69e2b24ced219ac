"""The program that says what a model says: its graph as a function, or as a module where there are weights, and its
functions as functions, for each kind of arguments one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
from onnx import shape_inference

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.precision import DTYPES
from pyc.targets.onnx.carriers import OF_MODULE, USER, read_properties

from . import kept as keeping
from . import parts, text
from .expansion import in_place, resolved
from .files import judged
from .graphs import Kind, Unsupported, typed
from .kept import Kept, annotated, decorated, indented, said_by_user
from .program import Names, Writer, kind_of
from .unplaced import unplaced
from .unread import read_lines

#: Constants of so many elements, or whole numbers of so many, may decide what a function consists of.
_SMALL, _FEW = 64, 4096
#: No constant of a function is too large to be written out: only modules have weights.
_ANY = 1 << 62
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Imported:
    """A program, the function or class in it that is the model, and the weights that it takes by name."""

    text: str
    name: str
    weights: Mapping[str, np.ndarray[Any, Any]]
    #: What the model says and the program does not, a sentence for each.
    unplaced: tuple[str, ...] = ()


def imported(model: onnx.ModelProto, name: str = "model", written: int = text.SMALL, kept: bool = True) -> Imported:
    """A model as a program, in which constants of at most ``written`` elements are written out.

    The program says what the model said besides what it computes, where that is ``kept``.

    Raises:
        CompileError: E621 for each node that the language has no words for.
    """
    with judged(name):
        inferred = shape_inference.infer_shapes(model, data_prop=True)
    functions = Functions(model, kept, name)
    return _Main(functions, inferred.graph, model.opset_import, written).write(Names().of(name))


@dataclass(frozen=True)
class _Instance:
    """A function for arguments of known kinds: its name, which inputs it takes, and the kinds of its outputs."""

    name: str
    parameters: tuple[int, ...]
    kinds: tuple[Kind | None, ...]
    #: The names of extents in the kinds of its parameters, in order.
    extents: tuple[str, ...]


class Functions:
    """The functions of a model, as far as they are called, and what all definitions of a program share."""

    def __init__(self, model: onnx.ModelProto, kept: bool, name: str) -> None:
        self.model, self.kept, self.name = model, kept, name
        self.functions: dict[_Key, onnx.FunctionProto] = {(f.domain, f.name, f.overload): f for f in model.functions}
        self.dims = Names()
        names = Names({name})
        self.identifiers = {key: names.of(_unlike(key[1], names)) for key in self.functions}
        #: Names that nothing else in the program may have.
        self.taken = _Reserved(frozenset(self.identifiers.values()))
        self.instances: dict[Any, _Instance | None] = {}
        self.counts: dict[_Key, int] = {}
        self.definitions: list[str] = []

    def holds(self, node: onnx.NodeProto) -> bool:
        """Whether a node calls a function of the model."""
        return _key(node) in self.functions

    def call(self, writer: Writer, node: onnx.NodeProto) -> None:
        """Write the call of a function: of its definition, or, where it needs to know its arguments, what it does."""
        function = self.functions[_key(node)]
        inputs = [*node.input, *[""] * (len(function.input) - len(node.input))]
        kinds = [writer.kinds.get(i) if i else None for i in inputs]
        constants = {
            k: writer.constants[i]
            for k, i in enumerate(inputs)
            if i in writer.constants and _decides(writer.constants[i])
        }
        missing = frozenset(k for k, i in enumerate(inputs) if not i)
        found = self._instance(node, kinds, missing, {})
        if found is None and constants:
            found = self._instance(node, kinds, missing, constants)
        if found is None:
            self._in_place(writer, node, function, kinds, constants)
            writer.placed |= set(node.output)
            return
        arguments = ", ".join(writer.text(inputs[k]) for k in found.parameters)
        targets = ", ".join(writer.names.of(o) if o else "_" for o in node.output)
        back = dict(zip(found.extents, _extents([kinds[k] for k in found.parameters]), strict=True))
        for output, kind in zip(node.output, found.kinds, strict=False):
            if output and kind is not None:
                dims = tuple(back.get(d) if isinstance(d, str) else d for d in kind.dims)
                writer.kinds.setdefault(output, Kind(kind.dtype, dims))
        writer.lines.append(f"{targets} = {found.name}({arguments})")

    def _in_place(
        self,
        writer: Writer,
        node: onnx.NodeProto,
        function: onnx.FunctionProto,
        kinds: Sequence[Kind | None],
        constants: Mapping[int, np.ndarray[Any, Any]],
    ) -> None:
        with judged(self.name):
            graph = in_place(self._graph(node, function, kinds, constants), node, self._model(function))
        for v in graph.value_info:
            kind = kind_of(v.type)
            if kind is not None:
                writer.kinds.setdefault(v.name, kind)
        outer, writer.opsets = writer.opsets, list(function.opset_import)
        writer.nodes(graph.node, None)
        writer.opsets = outer

    def _graph(
        self,
        node: onnx.NodeProto,
        function: onnx.FunctionProto,
        kinds: Sequence[Kind | None],
        constants: Mapping[int, np.ndarray[Any, Any]],
    ) -> onnx.GraphProto:
        """The body of a function, with the attributes of a call, as a graph with typed inputs."""
        inputs = [
            typed(name, kind)
            for k, (name, kind) in enumerate(zip(function.input, kinds, strict=True))
            if k not in constants
        ]
        return onnx.helper.make_graph(
            resolved(function, node),
            function.name,
            inputs,
            [onnx.helper.make_value_info(o, onnx.TypeProto()) for o in function.output],
            [onnx.numpy_helper.from_array(a, function.input[k]) for k, a in constants.items()],
        )

    def _model(self, function: onnx.FunctionProto) -> onnx.ModelProto:
        """A model without a graph, in which a function's body means what it means."""
        versions = {i.domain: i.version for i in (*self.model.opset_import, *function.opset_import)}
        model = onnx.ModelProto(ir_version=self.model.ir_version)
        model.opset_import.extend(onnx.helper.make_opsetid(d, v) for d, v in versions.items())
        model.functions.extend(self.model.functions)
        return model

    def _instance(
        self,
        node: onnx.NodeProto,
        kinds: Sequence[Kind | None],
        missing: frozenset[int],
        constants: Mapping[int, np.ndarray[Any, Any]],
    ) -> _Instance | None:
        """A function for arguments of these kinds; ``None`` where the language has no words for all that it does."""
        attributes = tuple(sorted(a.SerializeToString(deterministic=True) for a in node.attribute))
        values = tuple((k, a.dtype.str, a.shape, a.tobytes()) for k, a in constants.items())
        key = (_key(node), _canonical(kinds), missing, attributes, values)
        if key not in self.instances:
            self.instances[key] = self._made(node, kinds, missing, constants)
        return self.instances[key]

    def _made(
        self,
        node: onnx.NodeProto,
        kinds: Sequence[Kind | None],
        missing: frozenset[int],
        constants: Mapping[int, np.ndarray[Any, Any]],
    ) -> _Instance | None:
        key = _key(node)
        function = self.functions[key]
        model = self._model(function)
        model.graph.CopyFrom(self._graph(node, function, kinds, constants))
        with judged(self.name):
            graph = shape_inference.infer_shapes(model, data_prop=True).graph
        writer = Writer(self, graph, function.opset_import, _ANY)
        taken = [k for k in range(len(function.input)) if k not in missing and k not in constants]
        typed = {k: kind for k in taken if (kind := kinds[k]) is not None}
        parameters = [
            writer.names.of(function.input[k])
            + (f": {writer.annotation(function.input[k], typed[k])}" if k in typed else "")
            for k in taken
        ]
        if self.kept:
            writer.kept = _kept_of(function)
        writer.nodes(graph.node, function.node if self.kept else None)
        try:
            results = ", ".join(writer.given(o) for o in function.output)
        except Unsupported:
            return None
        if writer.problems:
            return None
        count = self.counts[key] = self.counts.get(key, 0) + 1
        name = self.identifiers[key] + (f"__{count}" if count > 1 else "")
        before = self._decorators(function, writer.kept)
        body = indented([*read_lines(writer.lines, results), f"return {results}"])
        head = f"def {name}({', '.join(parameters)}){_returned(writer, function.output, list(typed.values()))}:"
        self.definitions.append("\n".join([*before, head, *body]))
        found = tuple(writer.kinds.get(o) for o in function.output)
        return _Instance(name, tuple(taken), found, tuple(_extents([kinds[k] for k in taken])))

    def _decorators(self, function: onnx.FunctionProto, kept: Kept | None) -> list[str]:
        if kept is None:
            return []
        said = said_by_user(read_properties(function))
        without = {**kept.taken, "": [USER + key for key in said]}
        call = parts.function(function, kept.outputs, kept.infos, without)
        return [*decorated(call), *([f"@{annotated(said)}"] if said else [])]

    def rest(self) -> list[str]:
        """The definitions of functions that nothing in the program calls: what they were, and no lines."""
        found: list[str] = []
        for key, function in self.functions.items():
            if not self.kept or key in self.counts:
                continue
            kept = _kept_of(function)
            lines = indented(keeping.without_lines(function.node, kept) or ["pass"])
            found.append("\n".join([*self._decorators(function, kept), f"def {self.identifiers[key]}():", *lines]))
        return found


class _Reserved(frozenset[str]):
    """Names of functions; those of their instances are theirs as well."""

    def __contains__(self, name: object) -> bool:
        base, _, count = str(name).rpartition("__")
        return super().__contains__(name) or (count.isdecimal() and super().__contains__(base))


class _Main(Writer):
    """Writes the definition that the graph of a model is."""

    def _refused(self, inputs: Sequence[onnx.ValueInfoProto]) -> list[Diagnostic]:
        """Why the model is no program. Where something of it is not known, extents of inputs may decide it."""
        found = [Diagnostic("E621", problem) for problem in self.problems]
        names = dict.fromkeys(d.dim_param for v in inputs for d in v.type.tensor_type.shape.dim if d.dim_param)
        for i, problem in enumerate(self.problems):
            if names and "known" in problem:
                words = " ".join(f"--bind {name}=1" for name in names)
                found[i] = replace(found[i], notes=(Note(f"fix extents, which may decide it: `{words}`", fix=True),))
                break
        return found

    def write(self, name: str) -> Imported:
        """The program."""
        model = self.shared.model
        inputs = [v for v in self.graph.input if v.name not in self.constants]
        for v in inputs:
            self.names.of(v.name)
            if kind_of(v.type) is None:
                self.refuse(f"the input '{v.name}' is no tensor of a type of the language with a known number of axes")
        was = model.graph
        if self.shared.kept:
            infos, outputs = ({v.name: v for v in vs} for vs in (was.value_info, was.output))
            self.kept = Kept(infos, outputs)
            self._say(self.kept, was)
        held = self.held(was) if self.kept is not None else {}
        self.nodes(self.graph.node, was.node if self.kept is not None else None)
        if self.problems:
            raise CompileError(self._refused(inputs))
        results = ", ".join(self.given(o.name) for o in self.graph.output)
        words = ", ".join(f"{self.names.of(v.name)}: {self._parameter(v)}" for v in inputs)
        body = [*read_lines(self.lines, results), f"return {results}"]
        given = [kind for v in inputs if (kind := kind_of(v.type)) is not None]
        returned = _returned(self, [o.name for o in self.graph.output], given)
        before = self._before(was, held)
        if self.weights:
            fields = [f"{name}: {self._field(name, w, held)}" for name, w in self.weights.items()]
            method = [*before, f"def __call__(self, {words}){returned}:", *indented(body)]
            of_class = keeping.of_module(read_properties(was)) if self.kept is not None else {}
            bases = f"pyc.Module, annotations={keeping.spelled_flat(of_class)}" if of_class else "pyc.Module"
            definition = [f"class {name}({bases}):", *indented(fields), "", *indented(method)]
        else:
            definition = [*before, f"def {name}({words}){returned}:", *indented(body)]
        definitions = [*self.shared.definitions, *self.shared.rest(), "\n".join(definition)]
        written = "\n\n\n".join(definitions) + "\n"
        without_place = tuple(unplaced(model)) if self.shared.kept else ()
        return Imported(self._head(written) + written, name, self.weights, without_place)

    def _say(self, kept: Kept, graph: onnx.GraphProto) -> None:
        """Note what types of parameters and weights say of them."""
        initialized = {t.name for t in graph.initializer}
        of_inputs = {v.name: said_by_user(read_properties(v)) for v in graph.input if v.name not in initialized}
        also = {v.name for v in graph.input}
        large = {t.name for t in graph.initializer if self.constants[t.name].size > self.written} - also
        of_weights = {t.name: said_by_user(read_properties(t)) for t in graph.initializer if t.name in large}
        self.said: dict[str, dict[str, Any]] = {n: said for n, said in (of_inputs | of_weights).items() if said}
        for name, said in self.said.items():
            kept.taken[name] = [USER + key for key in said]
            kept.known |= {key: keeping.encoded(value) for key, value in said.items()}

    def _before(self, was: onnx.GraphProto, held: Mapping[str, str]) -> list[str]:
        """The decorators of the definition."""
        if self.kept is None:
            return []
        said = said_by_user(read_properties(was))
        of_class = keeping.of_module(read_properties(was)) if self.weights else {}
        without = [USER + key for key in said] + [OF_MODULE + key for key in of_class]
        call = parts.graph(was, self.kept.infos, held, {**self.kept.taken, "": without})
        return [
            *decorated(parts.model(self.shared.model)),
            *decorated(call),
            *([f"@{annotated(said)}"] if said else []),
        ]

    def _parameter(self, v: onnx.ValueInfoProto) -> str:
        kind = kind_of(v.type)
        assert kind is not None
        return self._annotated(self.annotation(v.name, kind), v.name)

    def _field(self, name: str, array: np.ndarray[Any, Any], held: Mapping[str, str]) -> str:
        of_model = next((n for n, f in held.items() if f == name), "")
        return self._annotated(self.tensor(text.dtype_name(array), array.shape), of_model)

    def _annotated(self, written: str, name: str) -> str:
        """A type, with what is said of the value."""
        said = self.said.get(name) if self.kept is not None else None
        return f"Annotated[{written}, {annotated(said)}]" if said else written

    def _head(self, definitions: str) -> str:
        """What stands before the definitions: the names that they use, and dimensions."""
        used = {n.id for n in ast.walk(ast.parse(definitions)) if isinstance(n, ast.Name)}
        words = [*(["Dim"] if self.dims.given else []), *("Tensor", "nn", "onnx"), *(d for d in DTYPES if d != "bool")]
        names = [word for word in words if word in used or word == "Dim"]
        modules = [name for name, short in (("math", "math"), ("numpy as np", "np"), ("pyc", "pyc")) if short in used]
        lines = ["from typing import Annotated"] if "Annotated" in used else []
        lines += [f"import {m}" for m in modules] + ([f"from pyc import {', '.join(names)}"] if names else [])
        dims = [f'{v} = Dim("{v}")' for v in self.dims.given.values()]
        found = [*(["\n".join(lines)] if lines else []), *(["\n".join(dims)] if dims else [])]
        return "from __future__ import annotations\n\n" + "".join(f"{part}\n\n" for part in found) + "\n"


def _returned(writer: Writer, outputs: Sequence[str], parameters: Sequence[Kind | None]) -> str:
    """The type of what a definition returns, where its extents are numbers or those of parameters; empty elsewhere."""
    known = set(_extents(parameters))
    found: list[str] = []
    for name in outputs:
        kind = writer.kinds.get(name)
        if kind is None or not all(isinstance(d, int) or d in known for d in kind.dims):
            return ""
        found.append(writer.tensor(kind.dtype, kind.dims))
    return f" -> {found[0]}" if len(found) == 1 else f" -> tuple[{', '.join(found)}]"


def _kept_of(function: onnx.FunctionProto) -> Kept:
    infos = {v.name: v for v in function.value_info}
    outputs = {o: infos.pop(o) for o in dict.fromkeys(function.output) if o in infos and o not in function.input}
    return Kept(infos, outputs)


def _key(node: onnx.NodeProto) -> _Key:
    return (node.domain, node.op_type, node.overload)


def _unlike(name: str, names: Names) -> str:
    """A name for a function, of which several domains may have one."""
    count, found = 1, name
    while found in names.given:
        count += 1
        found = f"{name}_{count}"
    return found


def _decides(array: np.ndarray[Any, Any]) -> bool:
    """Whether a constant may decide what a function consists of, as axes and extents do."""
    return array.size <= _SMALL or (array.dtype.kind in "iub" and array.size <= _FEW)


def _extents(kinds: Sequence[Kind | None]) -> list[str]:
    """The names of extents in kinds, each once."""
    return list(dict.fromkeys(_names(kinds)))


def _names(kinds: Sequence[Kind | None]) -> Iterator[str]:
    for kind in kinds:
        if kind is not None:
            yield from (d for d in kind.dims if isinstance(d, str))


def _canonical(kinds: Sequence[Kind | None]) -> tuple[Any, ...]:
    """Kinds with numbers for the names of extents."""
    numbers = {name: ("extent", k) for k, name in enumerate(_extents(kinds))}
    return tuple(
        None if kind is None else (kind.dtype, tuple(numbers[d] if isinstance(d, str) else d for d in kind.dims))
        for kind in kinds
    )
