"""One model of an exported function: the function is the graph, and what it calls are model-local functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

import numpy as np
import onnx_ir as ir

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.dialects import errors, signature
from pyc.dialects.mlir import ir as mlir
from pyc.dialects.types import dtype_of, is_tensor, target_of
from pyc.dialects.walk import callee_of
from pyc.precision import DTYPES
from pyc.targets.backend import Options

from . import annotate, carriers, extents, operators, quantised
from .control import CONTROL
from .rules import RULES
from .scope import Annotation, Names, OperatorSet, Scope, describe_value, known_extents, new_value, program_dtype
from .separate import separate
from .support import Sources, called_symbols
from .types import TYPES

_TERMINATORS = frozenset({"func.return", "scf.yield", "scf.condition"})


@dataclass(frozen=True)
class _Program:
    """What all functions of one model share: the functions by symbol, their names in ONNX, and the targets."""

    symbols: Mapping[str, Any]
    identifiers: Mapping[str, tuple[str, str]]
    operators: OperatorSet
    configurations: dict[str, ir.ModelConfiguration] = field(default_factory=dict)
    options: Options = field(default_factory=lambda: Options(""))

    def signature(self, symbol: str) -> signature.Signature:
        """The signature of the function with a symbol."""
        return signature.read(self.symbols[symbol])

    def said(self, where: Any) -> dict[str, str]:
        """What a program that a model has become says of the function that is defined somewhere."""
        if not self.options.said:
            return {}
        file, line, _ = errors.position(where)
        return dict(self.options.said.get(line, {})) if file == self.options.source_path else {}

    def device(self, target: str) -> ir.ModelConfiguration:
        """The configuration of a target: one device of that name."""
        if target not in self.configurations:
            self.configurations[target] = ir.ModelConfiguration(target, 1, (target,))
        return self.configurations[target]


def build(module: Any, entry: Any, options: Options) -> ir.Model:
    """The model whose graph is the ``func.func`` ``entry``, with the functions that it calls, callees first.

    Raises:
        CompileError: E610 for each operator that the operator set does not have.
    """
    symbols = by_symbol(module)
    callees = called(entry, symbols)
    operator_set = OperatorSet(options.opset or operators.DEFAULT)
    program = _Program(symbols, _identifiers(callees), operator_set, options=options)
    functions = [_function(program, f) for f in callees]
    graph = _graph(program, entry, options)
    domains = {domain for domain, _ in program.identifiers.values()}
    _check(program.operators)
    opset = program.operators.version
    graph.opset_imports.update({"": opset, **dict.fromkeys(sorted(domains), 1)})
    for body in (graph, *functions):
        _drop_unused(body)
    if options.emit == "flat":
        separate(graph, functions)
    return ir.Model(
        graph,
        ir_version=operators.ir_version(opset),
        producer_name="pyc",
        producer_version=version("pyc"),
        functions=functions,
        device_configurations=tuple(program.configurations.values()),
    )


def _drop_unused(body: ir.Graph | ir.Function) -> None:
    """Take away constants that no node reads, such as the start of a ``range`` that ``Loop`` counts by itself."""
    for node in list(ir.traversal.RecursiveGraphIterator(body)):
        if node.op_type == "Constant" and not any(o.uses() or o.is_graph_output() for o in node.outputs):
            assert node.graph is not None
            node.graph.remove(node, safe=True)


def _check(found: OperatorSet) -> None:
    if found.missing:
        sources = Sources()
        raise CompileError(
            [
                Diagnostic("E610", f"this needs {what}", sources.span(where), (_later(what, found.version),))
                for what, where in found.missing.items()
            ]
        )


def _later(what: str, version: int) -> Note:
    """Which operator set has what this one lacks."""
    known = re.search(r"from opset (\d+) on$", what)
    if known is not None:
        return Note(f"--opset={known[1]} has it", fix=True)
    return Note(f"--opset={max(version + 1, operators.DEFAULT)} may have it", fix=True)


# --- functions ------------------------------------------------------------------------------------------------------


def by_symbol(module: Any) -> dict[str, Any]:
    """The functions of a module by their symbols."""
    return {mlir.StringAttr(f.attributes["sym_name"]).value: f for f in signature.functions(module)}


def called(entry: Any, symbols: Mapping[str, Any]) -> list[Any]:
    """The functions that ``entry`` calls, directly or not, each after those that it calls itself."""
    order: dict[str, Any] = {}

    def visit(function: Any) -> None:
        for symbol in called_symbols(function):
            if symbol not in order and _is_called(symbols[symbol]):
                visit(symbols[symbol])
                order[symbol] = symbols[symbol]

    visit(entry)
    return list(order.values())


def _is_called(function: Any) -> bool:
    """Whether a call of a function is a call in the model: others are an operator, or give nothing."""
    return bool(function.type.results) and not quantised.is_native(function)


def _identifiers(functions: Sequence[Any]) -> dict[str, tuple[str, str]]:
    """(domain, name) of each function by its symbol. The domain is the file, the name says the generic instance."""
    out: dict[str, tuple[str, str]] = {}
    names: dict[str, Names] = {}
    for function in functions:
        s = signature.read(function)
        domain = _domain(function)
        plain = s.name.removeprefix(f"{domain}.").removesuffix(".__call__")
        stem = re.sub(r"\W+", "_", plain).strip("_")
        out[s.symbol] = (domain, names.setdefault(domain, Names()).fresh(stem))
    return out


def _domain(function: Any) -> str:
    file = PurePath(errors.position(function.location)[0])
    if carriers.is_library(str(file)):
        return f"pyc.{file.stem}"
    return re.sub(r"\W+", "_", file.stem).strip("_") or "main"


def _function(program: _Program, function: Any) -> ir.Function:
    """A model-local function: its body is written out in operations of ONNX."""
    s = signature.read(function)
    domain, name = program.identifiers[s.symbol]
    input_names = Names()
    inputs = [_declared(v, t, input_names) for v, t in zip(s.parameters, function.type.inputs, strict=True)]
    scope = Scope(input_names, program.operators)
    outputs = _body(program, scope, function, inputs, _outputs_of(s))
    imports = {
        "": program.operators.version,
        **{program.identifiers[c][0]: 1 for c in sorted(called_symbols(function)) if c in program.identifiers},
    }
    graph = ir.Graph(
        inputs,
        outputs,
        nodes=scope.nodes,
        name=name,
        opset_imports=imports,
        metadata_props=carriers.of_function(function) | program.said(function.location),
    )
    return ir.Function(domain, name, graph=graph, attributes=[])


def _graph(program: _Program, function: Any, options: Options) -> ir.Graph:
    """The graph that the exported function is; weights that are given are its initializers."""
    s = signature.read(function)
    names = Names()
    values = [_declared(v, t, names) for v, t in zip(s.parameters, function.type.inputs, strict=True)]
    given = options.weights or {}
    initializers = []
    for v, value in zip(s.parameters, values, strict=True):
        if v.weight is not None and v.weight in given:
            value.const_value = _tensor(value, v, given[v.weight])
            value.metadata_props.clear()
            initializers.append(value)
    scope = Scope(names, program.operators)
    outputs = _body(program, scope, function, values, [*_outputs_of(s), *_returned_arguments(s)])
    return ir.Graph(
        [v for v in values if v.const_value is None],
        outputs,
        nodes=scope.nodes,
        initializers=initializers,
        name=s.symbol,
        metadata_props=carriers.of_function(function) | program.said(function.location),
    )


def _tensor(value: ir.Value, v: signature.Value, array: Any) -> ir.Tensor:
    """A weight as an initializer, little-endian and contiguous."""
    contiguous = np.ascontiguousarray(array, dtype=DTYPES[v.dtype].dtype)
    return ir.Tensor(contiguous, dtype=TYPES[v.dtype], name=value.name, metadata_props=carriers.of_parameter(v))


# --- signatures -----------------------------------------------------------------------------------------------------


def _declared(v: signature.Value, t: Any, names: Names) -> ir.Value:
    """A parameter: its name, its type with the names of its extents, and its annotations."""
    value = new_value(names.fresh(v.weight or v.name), v.dtype)
    describe_value(value, t, _extents(v, t), carriers.of_parameter(v))
    return value


def _extents(v: signature.Value, t: Any) -> list[int | str | None]:
    """The extents of a parameter or result: numbers where known, else as the signature says them.

    Those that only the data decide have no name: what has one name has one number everywhere in a model.
    """
    known = known_extents(t)
    dims = [int(d) if d.isdigit() else None if d == "?" else d for d in v.dims or ()]
    return [d if k is None else k for k, d in zip(known, dims, strict=True)]


@dataclass(frozen=True)
class _Output:
    """How an output is named and annotated.

    ``writes`` is the parameter whose final value it is; ``argument`` the parameter that it is, where the function
    returns what it was given.
    """

    name: str
    value: signature.Value
    writes: str = ""
    argument: int | None = None


def _outputs_of(s: signature.Signature) -> list[_Output]:
    """``result`` (``result_0``, ``result_1``, ... where there are several) and ``<parameter>_out``."""
    alone = len(s.results) == 1
    results = [_Output(r.name or ("result" if alone else f"result_{i}"), r) for i, r in enumerate(s.results)]
    written = [s.parameters[w] for w in s.writes]
    return results + [_Output(f"{p.name}_out", p, writes=p.name) for p in written]


def _returned_arguments(s: signature.Signature) -> list[_Output]:
    """The parameters that a function returns as they are: outputs of a graph, for callers who know only it."""
    indices = dict.fromkeys(-(k + 1) for k in s.returns if k < 0 and -(k + 1) not in s.writes)
    return [_Output(f"{s.parameters[i].name}_out", s.parameters[i], argument=i) for i in indices]


# --- bodies ---------------------------------------------------------------------------------------------------------


def _body(
    program: _Program, scope: Scope, function: Any, inputs: Sequence[ir.Value], declared: Sequence[_Output]
) -> list[ir.Value]:
    """The outputs of a function whose nodes have been written to ``scope``."""
    block = function.body.blocks[0]
    named: dict[Any, Sequence[int | str | None]] = {}
    s = signature.read(function)
    for argument, v, value in zip(block.arguments, s.parameters, inputs, strict=True):
        scope.bind(argument, value)
        named[argument] = _extents(v, argument.type)
    extents.name_all(block, named, program.signature)
    # Names of outputs are the user's: nodes get others.
    output_names = [scope.names.fresh(d.name) for d in declared]
    returned = _block(program, scope, block, s.target, named)
    returned = [*returned, *(block.arguments[d.argument] for d in declared if d.argument is not None)]
    results = [scope[v] for v in returned]
    outputs: list[ir.Value] = []
    for name, d, value, v in zip(output_names, declared, results, returned, strict=True):
        metadata = carriers.of_parameter(d.value) | ({carriers.WRITES: d.writes} if d.writes else {})
        taken = value.producer() is None or any(value is o for o in outputs)
        if taken or annotate.contradicts(value, metadata):
            # An input, or a value that is an output already, cannot be renamed.
            value = scope.op("Identity", value)
        value.name = name
        describe_value(value, v.type, _extents(d.value, v.type), metadata)
        outputs.append(value)
    return outputs


def _block(program: _Program, scope: Scope, block: Any, home: str, named: extents.Named) -> Sequence[Any]:
    """Write the operations of a block; gives what its terminator is given."""
    for op in block.operations:
        if op.operation.name in _TERMINATORS:
            _annotate(program, scope, op.operation, home)
            return list(op.operation.operands)
        _operation(program, scope, op, home, named)
    return ()


def _annotate(program: _Program, scope: Scope, operation: Any, home: str) -> None:
    """What is known of an operation stands on every node that it becomes."""
    tensors = [v.type for v in (*operation.results, *operation.operands) if is_tensor(v.type)]
    target = (target_of(tensors[0]) if tensors else None) or home
    stem = operation.name.rpartition(".")[2]
    metadata = carriers.of_operation(operation, target)
    stage = carriers.stage_of(operation)
    scope.annotation = Annotation(stem, metadata, program.device(target), operation.location, stage)


def _operation(program: _Program, scope: Scope, op: Any, home: str, named: extents.Named) -> None:
    """Write an operation; ``named`` are the extents of values."""
    operation = op.operation
    _annotate(program, scope, operation, home)
    if operation.name == "arith.constant":
        scope.bind(operation.results[0], scope.constant(_number(operation), _constant_dtype(operation)))
        return
    if operation.name == "pyc.annotate":
        annotate.value(scope, operation, named)
        return
    if operation.name == "func.call":
        if not len(operation.results):
            return  # Nothing in it raises or prints, so that nobody could tell.
        _call(program, scope, operation, named)
        return
    scope.annotation = replace(scope.annotation, name=scope.names.fresh(scope.annotation.name))
    if operation.name in CONTROL:
        _control(program, scope, operation, home, named)
        return
    count = len(scope.nodes)
    value = RULES[operation.name](scope, op)
    scope.name_result(value, count)
    _bind(scope, operation.results[0], value, named)


def _bind(scope: Scope, result: Any, value: ir.Value, named: extents.Named) -> None:
    """``value`` is what ``result`` of the program is, and says what is known of it."""
    scope.bind(result, value)
    if is_tensor(result.type) and value.shape is None:
        describe_value(value, result.type, named[result], carriers.of_value(result))


def _control(program: _Program, scope: Scope, operation: Any, home: str, named: extents.Named) -> None:
    """A branch or a loop, whose regions are graphs in a node."""
    if not len(operation.results):
        return  # Nothing in it raises or prints, so that nobody could tell.

    def body(inner: Scope, block: Any) -> Sequence[Any]:
        return _block(program, inner, block, home, named)

    values = CONTROL[operation.name](scope, operation, body, named.__getitem__)
    for result, value in zip(operation.results, values, strict=True):
        _bind(scope, result, value, named)


def _call(program: _Program, scope: Scope, operation: Any, named: extents.Named) -> None:
    """A node whose operation is the called function, named by the path of the submodule."""
    symbol = callee_of(operation)
    if not len(operation.results):
        return  # Nothing in it raises or prints, so that nobody could tell.
    if symbol not in program.identifiers:
        _operator(scope, operation, program.symbols[symbol], named)
        return
    domain, name = program.identifiers[symbol]
    path = carriers.of_call(operation)
    scope.annotation = replace(scope.annotation, metadata={**scope.annotation.metadata, **path})
    inputs, dtypes = [scope[v] for v in operation.operands], [program_dtype(r) for r in operation.results]
    outputs = scope.nodes_of(name, inputs, dtypes, domain=domain, name=path.get(carriers.PATH, name))
    for result, value in zip(operation.results, outputs, strict=True):
        scope.bind(result, value)
        describe_value(value, result.type, named.get(result, ()), carriers.of_value(result))


def _operator(scope: Scope, operation: Any, function: Any, named: extents.Named) -> None:
    """The node of the operator that a function of the library is."""
    metadata = {**scope.annotation.metadata, **quantised.metadata(function)}
    stem = metadata[carriers.OP].rpartition(".")[2]
    scope.annotation = replace(scope.annotation, name=scope.names.fresh(stem), metadata=metadata)
    count = len(scope.nodes)
    value = quantised.emit(scope, operation, function)
    scope.name_result(value, count)
    _bind(scope, operation.results[0], value, named)


def _constant_dtype(operation: Any) -> str:
    return dtype_of(operation.results[0].type)


def _number(operation: Any) -> bool | int | float:
    attribute, dtype = operation.attributes["value"], _constant_dtype(operation)
    if DTYPES[dtype].is_float:
        return mlir.FloatAttr(attribute).value
    number = mlir.IntegerAttr(attribute).value
    return bool(number) if dtype == "bool" else int(number)
