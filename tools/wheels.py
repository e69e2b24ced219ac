"""Wheels: the version that a program gives itself, and where the file of that name is written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from pyc.diagnostics import CompileError, Diagnostic, Note
from pyc.source import Source

from .output import failure

#: A public version in its normal form, and a local one after it (PEP 440).
_VERSION = re.compile(r"(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?(\+[a-z0-9]+(\.[a-z0-9]+)*)?", re.ASCII)


def version_of(source: Source) -> str:
    """The string that a file assigns to ``__version__`` at its top level; empty if there is none.

    Raises:
        CompileError: E516, it is no version, or not known without running the file.
    """
    from pyc.frontend.syntax import parse

    parsed = parse(source)
    assigned = [node for node in parsed.tree.body if _assigns_version(node)]
    if not assigned:
        return ""
    last = assigned[-1]
    assert isinstance(last, ast.Assign | ast.AnnAssign)
    match last.value:
        case ast.Constant(value=str(text)) if _VERSION.fullmatch(text):
            return text
        case ast.Constant(value=value):
            message = f"{value!r} is not a version that a wheel can have"
        case _:
            message = "the version of a wheel is a string that stands in the file"
    span = parsed.span_of(last.value or last)
    raise CompileError([Diagnostic("E516", message, span, (Note('for example `__version__ = "1.0"`', fix=True),))])


def _assigns_version(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id="__version__")]):
            return True
        case ast.AnnAssign(target=ast.Name(id="__version__"), value=value):
            return value is not None
        case _:
            return False


def wheel_path(output: str, name: str) -> Path:
    """Where the wheel called ``name`` is written: in the folder ``output``, or in the current one.

    Raises:
        CompileError: E503, ``output`` is a file of another name: a wheel cannot be installed from that.
    """
    path = Path(output or ".")
    if path.suffix != ".whl" or path.is_dir():
        return path / name
    if path.name != name:
        raise failure("E503", f"cannot write {path}: a wheel is installed by its name, {name}; -o takes its folder")
    return path
