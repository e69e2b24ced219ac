"""The checked program as a module of the pyc dialect.

Before::

    def axpy[N](a: f32, x: Tensor[f32, N], y: Tensor[f32, N]) -> None:
        y += a * x

After::

    func.func @axpy(%a: f32, %x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32>      # writes = [2]
      %n = pyc.dim %y, 0
      %0 = pyc.mul %a, %x
      %1 = pyc.add %y, %0
      %2 = pyc.insert_slice %1 into %y[0, %n, 1]
      return %2

A function is pure: it returns the final values of the parameters that it writes after its results. What cannot be said
in values is emitted in memory form (see ``emit_memory``), where the target has memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyc.dataclass import dataclass
from pyc.diagnostics import Diagnostic
from pyc.dialects import build, operators, signature
from pyc.dialects.mlir import ir
from pyc.source import Source

from . import emit_annotations as annotations
from . import emit_fastmath as fastmath
from . import emit_growth as growth
from . import emit_parallel as parallel
from . import emit_recursion as recursion
from . import emit_stored as stored
from .emit_errors import several_extents
from .emit_exchanges import exchanges
from .emit_flow import Structured, result_types, structure
from .emit_frame import Emitted, Frame, Memory, location, mlir_type
from .emit_liveness import liveness, statements
from .emit_memory import VALUE_FORM_ERRORS, NeedsMemory, memory_type
from .emit_overwrites import loses_writes
from .emit_returns import leave
from .emit_statements import block
from .emit_structure import fixed_text, strided_results, structure_text
from .objects import Environment, Object, Ref
from .report import Report, fix
from .request import Request
from .tree import Assign, Function, Program, Store
from .types import ScalarType, TensorType, TupleType, Type

#: With more writes to arrays than this, a function is in memory form: 100 would take two seconds longer in value form,
#: and 500 a minute, because each is held against all others to find what can be done in place.
_MOST_WRITES = 50


def emit(program: Program, report: Report, request: Request) -> Any:
    """The module of a program, in the context that is current. Errors go to ``report``; with any, it may be invalid."""
    module = ir.Module.create(loc=ir.Location.file(program.source.path, 1, 1))
    module.operation.attributes["pyc.source"] = ir.StringAttr.get(program.source.path)
    emitted: dict[Function, Emitted] = {}
    #: For exported functions, what calls in the program have in their place.
    private: dict[Function, Function] = {}
    if request.memory:
        for function in growth.kept([f for f in program.functions if f.target.name == "cpu"]):
            if function.export:
                private[function] = _private(function, program, kept=True)
            else:
                function.kept = True
    emitted.update((f, recursion.declared(f)) for f in program.functions if f.recursive)
    with ir.InsertionPoint(module.body):
        for function in program.functions:
            with location(function.span):
                try:
                    exported = emitted[function] = _function(function, emitted, report, request)
                    if _has_variant(function, exported, request):
                        _overlapping(function, emitted, report)
                    # Targets without memory have refused a function that needs it.
                    if function.export and function.called and (exported.memory is not None) == request.memory:
                        private.setdefault(function, _private(function, program))
                    if function in private:
                        other = private[function]
                        if other.stays:
                            emitted[other] = recursion.declared(other)
                        emitted[function] = _function(other, emitted, report, request)
                except RecursionError:
                    report.error("E408", f"'{function.name}' is nested too deeply", function.span, fix("split it"))
                    return module
    fastmath.mark(module, program, request.fastmath)
    annotations.mark(module, program, nodes=request.nodes)
    stored.check(module, program, report)
    return module


def _private(function: Function, program: Program, *, kept: bool = False) -> Function:
    """An exported function for the calls in the program: loaders call the other one, whose form they ask for."""
    symbols, number = {f.symbol for f in program.functions}, 2
    while f"{function.symbol}_{number}" in symbols:
        number += 1
    return replace(function, export=False, symbol=f"{function.symbol}_{number}", kept=kept)


def _function(function: Function, emitted: Mapping[Function, Emitted], report: Report, request: Request) -> Emitted:
    """Emit a function: in value form, or else in memory form."""
    if not (request.memory and function.target.name == "cpu"):
        try:
            return _form(function, function.symbol, emitted, report, copies=request.copies).emitted
        except NeedsMemory as needed:
            return _refused(function, str(needed), report)
    if function.stays and recursion.has_arrays(function):
        return _staying(function, emitted, report)
    if request.overlapping == "only" and function.export:
        form = _form(function, function.symbol, emitted, report, Memory("its arguments may overlap"))
        form.op.attributes["pyc.may_overlap"] = ir.UnitAttr.get()
        return form.emitted
    errors, remarks = report.mark(), list(report.remarks)
    form, reason = None, _length(function) or _parallel(function)
    try:
        form = None if reason else _form(function, function.symbol, emitted, report, has_memory=True)
        found = report.errors[len(errors[0]) :]
        reason = reason or next((_said(d) for d in found if d.code in VALUE_FORM_ERRORS), "")
    except NeedsMemory as needed:
        reason = str(needed)
    if form is not None and not reason and exchanges(form.op):
        reason = "it exchanges arrays in a loop"  # which would be a copy of each of them in each iteration
    if form is not None and not reason and loses_writes(form.op):
        reason = "it writes the same part of an array twice, and may raise between"
    if form is not None and not reason:
        return form.emitted
    if form is not None:
        form.op.erase()
    report.rewind(errors)
    report.remarks[:] = remarks
    form = _form(function, function.symbol, emitted, report, Memory(reason))
    if not function.export and not function.stays:
        form.op.erase()  # callers emit it in place
    return form.emitted


def _refused(function: Function, reason: str, report: Report) -> Emitted:
    """Report a function that has a memory form alone, where none can be used; what its callers are told of it."""
    code, message = "E405", f"'{function.name}' works on memory that is shared: {reason}"
    if recursion.REASON in reason:
        code, message = "E126", f"'{function.name}' needs arrays in memory: {reason}"
    report.error(code, message, function.span, fix("`--target=cpu` compiles it; models and kernels are made of values"))
    declared = recursion.declared(function)
    # Callers say which function they call, and why that one has no values: not the way there.
    because = reason.rpartition("is called: ")[2]
    return replace(declared, memory=None if declared.memory is None else because)


def _staying(function: Function, emitted: Mapping[Function, Emitted], report: Report) -> Emitted:
    """Emit a function that stays one and works on arrays: until it does what its own calls say it does."""
    known = {function: recursion.declared(function), **emitted}
    while True:
        errors = report.mark()
        form = _form(function, function.symbol, known, report, Memory(recursion.reason(function)))
        if form.emitted == known[function]:
            # Calls may give it one array twice.
            form.op.attributes["pyc.may_overlap"] = ir.UnitAttr.get()
            return form.emitted
        known[function] = form.emitted
        form.op.erase()
        report.rewind(errors)


def _length(function: Function) -> str:
    """Why a function is too long for value form, if it is."""
    writes = sum(isinstance(s, Store) for s in statements(structure(function).body))
    return f"it has {writes} writes to arrays" if writes > _MOST_WRITES else ""


def _parallel(function: Function) -> str:
    """Why a function whose loops write one array from several threads has it in memory, if it has such loops."""
    return "it has a loop over prange" if parallel.is_used(structure(function).body) else ""


@dataclass(frozen=True)
class _Form:
    """A function in one of its forms: the operation, and what callers need to know."""

    op: Any
    emitted: Emitted


def _form(
    function: Function,
    symbol: str,
    emitted: Mapping[Function, Emitted],
    report: Report,
    memory: Memory | None = None,
    *,
    has_memory: bool = False,
    copies: bool = False,
) -> _Form:
    """A function under a name: in memory form where ``memory`` is given, else in value form.

    ``has_memory`` says that memory form is there for what value form cannot say, ``copies`` that views of arguments may
    be returned as copies.

    Raises:
        NeedsMemory: value form cannot say it.
    """
    inputs = [_carried(v.type, memory) for v in (*function.parameters, *function.weights)]
    op = ir.Operation.create(
        "func.func",
        attributes={
            "sym_name": ir.StringAttr.get(symbol),
            "function_type": ir.TypeAttr.get(ir.FunctionType.get(inputs, [])),
            **({} if function.export else {"sym_visibility": ir.StringAttr.get("private")}),
        },
        regions=1,
    )
    places = [location(v.span) for v in (*function.parameters, *function.weights)]
    entry = op.regions[0].blocks.append(*inputs, arg_locs=places)
    structured = structure(function)
    live = liveness(structured.body, [structured.result])
    with ir.InsertionPoint(entry):
        marker = build.constant(False, "bool").owner
        frame = Frame(
            function, emitted, report, Environment(), live, structured.result, marker, memory, has_memory, copies
        )
        _enter(frame, list(entry.arguments))
        if memory is None and _has_several_extents(function, structured):
            several_extents(report, "the result", function.span)
        try:
            block(frame, structured.body)
            result = leave(frame, structured)
        except NeedsMemory:
            op.erase()
            raise
    _sweep(entry, marker)
    return _Form(op, _finish(frame, op, symbol, result))


def _has_several_extents(function: Function, structured: Structured) -> bool:
    """Whether several ``return`` statements give arrays whose extents are found at run time."""
    found = [t for t in result_types(function.result) if isinstance(t, TensorType)]
    if all(d.is_known for t in found for d in t.dims):
        return False
    ways = [s for s in statements(structured.body) if isinstance(s, Assign) and s.variable is structured.result]
    return len(ways) > 1


def _said(d: Diagnostic) -> str:
    """Why a function is in memory form, for messages of targets that do not have it."""
    return f"{d.message} (line {d.span.begin[0]})" if d.span is not None else d.message


def _carried(t: Type, memory: Memory | None) -> Any:
    return mlir_type(t) if memory is None else memory_type(t)


def _has_variant(function: Function, emitted: Emitted, request: Request) -> bool:
    """Whether a variant for arguments that overlap is asked for, and there are any that can."""
    if not (request.overlapping == "also" and request.memory and function.export and function.target.name == "cpu"):
        return False
    arrays = [p.type for p in function.inputs if isinstance(p.type, TensorType)]
    written = [t for i in emitted.writes if isinstance(t := function.inputs[i].type, TensorType)]
    return any(sum(a.dtype == w.dtype for a in arrays) > 1 for w in written)


def _overlapping(function: Function, emitted: Mapping[Function, Emitted], report: Report) -> None:
    """Emit the variant of a function that assumes nothing about which of its arguments overlap."""
    form = _form(function, f"{function.symbol}__overlapping", emitted, report, Memory("its arguments may overlap"))
    form.op.attributes["pyc.may_overlap"] = ir.UnitAttr.get()


def _sweep(entry: Any, marker: Any) -> None:
    """Remove the constants and dimensions at the top of a function that folding has left unused, and the marker."""
    prologue: list[Any] = []
    for op in entry.operations:
        prologue.append(op)
        if op.operation == marker.operation:
            break
    for op in reversed(prologue):
        if not any(True for result in op.results for _ in result.uses):
            op.operation.erase()


def _enter(frame: Frame, arguments: Sequence[Any]) -> None:
    """Bind parameters, weights, and the names of dimensions."""
    function, env = frame.function, frame.env
    for i, (parameter, value) in enumerate(zip(function.parameters, arguments, strict=False)):
        if isinstance(parameter.type, TensorType):
            obj = Object(parameter.name, parameter.type, parameter.span, parameter=i)
            env.slots[parameter] = Ref(obj, parameter.type)
            env.values[obj] = value
            frame.bump(obj)
        else:
            env.slots[parameter] = value
            frame.invariant.add(value)
            frame.symbols.setdefault(parameter.name, (value, None))
    count = len(function.parameters)
    for i, (weight, value) in enumerate(zip(function.weights, arguments[count:], strict=True), count):
        # A buffer is an argument like others, in that what a call writes to it is there for the next.
        place = i if weight.buffer else None
        obj = Object(weight.name, weight.type, weight.span, parameter=place, weight=not weight.buffer)
        frame.weights[weight.name] = obj
        env.values[obj] = value
        frame.bump(obj)
    for source, value in zip((*function.parameters, *function.weights), arguments, strict=True):
        if isinstance(source.type, TensorType):
            for axis, dim in enumerate(source.type.dims):
                # A name alone: its value is the extent. An int parameter of that name says the same, and goes first.
                if len(dim.symbols) == 1 and str(dim) in dim.symbols:
                    frame.symbols.setdefault(str(dim), (value, axis))
                elif dim.solvable is not None:
                    name, factor, rest = dim.solvable
                    frame.solved.setdefault(name, (value, axis, factor, rest))


def _finish(frame: Frame, op: Any, symbol: str, result: Emitted) -> Emitted:
    """Give the function its type and its signature."""
    function = frame.function
    finals = () if frame.memory is not None else (function.inputs[i].type for i in result.writes)
    inputs = [_carried(v.type, frame.memory) for v in (*function.parameters, *function.weights)]
    outputs = [_carried(t, frame.memory) for t in (*result.results, *finals)]
    op.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(inputs, outputs))
    signature.attach(op, _signature(function, symbol, result))
    if frame.memory is not None:
        op.attributes["pyc.memory"] = ir.StringAttr.get(frame.memory.reason)
    if function.operator and frame.memory is None:
        operators.attach(op, function.operator)
    if function.kept:
        op.attributes["no_inline"] = ir.UnitAttr.get()
    if frame.memory is None and function.unchecked:
        op.attributes["pyc.unchecked"] = ir.UnitAttr.get()
    return result


def _signature(function: Function, symbol: str, result: Emitted) -> signature.Signature:
    parameters = [
        replace(
            _value(function, v.name, v.type, v.annotation, written=i in result.writes),
            default=v.default,
            only=v.only,
            annotations=v.said,
        )
        for i, v in enumerate(function.parameters)
    ]
    count = len(function.parameters)
    parameters += [
        replace(
            _value(function, w.name, w.type, w.annotation, weight=w.name, written=i in result.writes),
            annotations=w.said,
        )
        for i, w in enumerate(function.weights, count)
    ]
    annotation = "" if isinstance(function.result, TupleType) else function.result_annotation
    in_memory = result.memory is not None
    strided = strided_results(function, result.returns)
    results = tuple(
        replace(
            _result(function, t, annotation, allocated=in_memory, strided=k in strided),
            read_only=result.modes.get(k, ""),
            annotations=function.of_result,
        )
        for k, t in enumerate(result.results)
    )
    extra = dict(function.generic)
    if symbol != function.symbol:
        extra["overlapping"] = function.symbol
    return signature.Signature(
        symbol=symbol,
        name=function.name,
        target=str(function.target),
        parameters=tuple(parameters),
        results=results,
        returns=result.returns,
        returns_tuple=isinstance(function.result, TupleType),
        writes=result.writes,
        export=function.export,
        module=function.module,
        extra=extra,
        nesting=_nesting(function.result) if _is_nested(function.result) else "",
        structure=structure_text(function),
        fixed=fixed_text(function),
        annotations=function.annotations,
        modules=function.modules,
    )


def _result(function: Function, t: Type, annotation: str, *, allocated: bool, strided: bool) -> signature.Value:
    """A result; the function allocates it where an extent is known only then, or ``allocated`` says so of arrays."""
    value = _value(function, "", t, annotation)
    if isinstance(t, TensorType) and (allocated or not all(d.is_known for d in t.dims)):
        dims = tuple(d.expression() if d.is_known else signature.UNKNOWN for d in t.dims)
        return replace(value, dims=dims, allocated=function.export)
    return replace(value, strided=True) if strided else value


def _is_nested(t: Type) -> bool:
    return isinstance(t, TupleType) and any(isinstance(item, TupleType) for item in t.items)


def _nesting(t: Type) -> str:
    """How the leaves of a result are grouped, each with a comma: ``(.,(.,.,),)``."""
    return f"({''.join(f'{_nesting(item)},' for item in t.items)})" if isinstance(t, TupleType) else "."


def _value(
    function: Function, name: str, t: Type, annotation: str, *, written: bool = False, weight: str | None = None
) -> signature.Value:
    if isinstance(t, TensorType):
        dims = tuple(d.expression() for d in t.dims)
        return signature.Value(
            name, annotation or str(t), t.dtype, dims, str(t.precision), str(t.target), written, weight
        )
    assert isinstance(t, ScalarType)
    return signature.Value(name, annotation or str(t), t.dtype, None, t.dtype, str(function.target), written, weight)


def verified(module: Any, source: Source) -> Any:
    """``module``, which is valid: anything else is a fault of the compiler."""
    try:
        with module.context:
            module.operation.verify()
    except ir.MLIRError as error:
        error.add_note(f"the module emitted for {source.path} is invalid")
        raise
    return module
