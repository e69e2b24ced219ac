"""Executables: which function of a file is run, and whether one can be made of it."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.source import Source

from .places import place_of

if TYPE_CHECKING:
    from pyc.frontend import Request

#: Types of parameters that a command line can give, and what a result is that can be a status.
_PARAMETERS, _RESULT = ("int", "float", "bool"), "int"


def requested(source: Source, request: Request) -> Request:
    """The request for the function that an executable runs: ``main``, or the one that the request names.

    Raises:
        CompileError: E517, there is none, or there are several.
    """
    from pyc.frontend.syntax import parse

    if len(request.functions) > 1:
        named = ", ".join(request.functions)
        raise CompileError(
            [Diagnostic("E517", f"an executable runs one function, not {len(request.functions)}: {named}")]
        )
    if request.functions:
        return request
    tree = parse(source).tree
    if not any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body):
        functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        notes = [Note("`def main() -> int:` whose result is the status, or `-> None`", fix=True)]
        if functions:
            notes.append(Note(f"`--function {functions[0]}` runs {functions[0]} instead", fix=True))
        message = f"{source.path} has no function main, which an executable would run"
        raise CompileError([Diagnostic("E517", message, notes=tuple(notes))])
    return replace(request, functions=("main",))


def check(module: Any, source: Source, *, weighted: bool) -> None:
    """Refuse a function that an executable cannot run, and what it cannot print.

    ``weighted`` says that there is a file of weights, which the executable then holds.

    Raises:
        CompileError: E517 of the function, E518 of what is said; all of them at once.
    """
    from pyc.dialects import signature
    from pyc.dialects.mlir import ir
    from pyc.dialects.walk import nested
    from pyc.targets.cpu.program import refusal

    found: list[Diagnostic] = []
    for function in signature.functions(module):
        for operation in (o for o in nested(function.operation) if o.name == "pyc.tell"):
            kind, template = (ir.StringAttr(operation.attributes[n]).value for n in ("kind", "template"))
            reason = refusal(kind, template)
            if reason is not None:
                note = Note("a bundle (`pyc compile` without --emit) is run by Python, which can")
                found.append(Diagnostic("E518", f"an executable cannot {reason}", place_of(operation, source), (note,)))
        if signature.is_exported(function):
            s = signature.read(function)
            found += [
                Diagnostic("E517", message, place_of(function, source), (Note(mend, fix=True),))
                for message, mend in _problems(s, weighted=weighted)
            ]
    if found:
        raise CompileError(found)


def _problems(s: Any, *, weighted: bool) -> list[tuple[str, str]]:
    """Why a function with this signature cannot be run by a command line, each with a mend."""
    found = []
    for p in s.parameters:
        if p.weight is not None:
            if not weighted:
                message = f"{s.name} is a method, whose module has the weight {p.weight}, and an executable loads none"
                return [(message, "`--weights FILE` puts the weights into it")]
        elif p.type not in _PARAMETERS or p.dims is not None:
            message = f"the parameter {p.name} of {s.name} is a {p.type}, which a command line cannot give"
            found.append((message, f"`{p.name}: int`, `float` or `bool`; what else the program needs, it makes itself"))
        elif p.only == "keyword":
            message = f"the parameter {p.name} of {s.name} is passed by name, and a command line gives values in order"
            found.append((message, "leave out the `*` before it"))
    results = [(r.type, r.dims, r.allocated) for r in s.results]
    if s.structure or s.returns_tuple or results not in ([], [(_RESULT, None, False)]):
        message = (
            f"{s.name} returns {s.results[0].type if len(s.results) == 1 else 'several values'}, which is no status"
        )
        found.append((message, f"`def {s.name}(...) -> int`, or `-> None`; it can print what it has found"))
    return found
