"""The command pyc with one thing broken on purpose: ``damaged.py HOW ARGUMENTS``.

``without=onnx,nvidia``   packages that are not installed
``missing=WHAT``          a tool or file that is not found: ptxas, libdevice
``ptxas=STATUS``          a ptxas that says something and ends so
``largest=BYTES``         how large an ONNX model may be
``module=FILE``           what the frontend gives, as IR
``abort`` ``raise``       a compiler that dies, that has a fault
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def main() -> None:
    how, _, what = sys.argv[1].partition("=")
    sys.argv = ["pyc", *sys.argv[2:]]
    # What is patched is patched in this process: a crash needs another, all else is seen here.
    os.environ["PYC_ISOLATE"] = "1" if how == "abort" else "0"
    {
        "without": without,
        "missing": missing,
        "ptxas": ptxas,
        "largest": largest,
        "module": module,
        "abort": abort,
        "raise": fault,
    }[how](what)
    from pyc.tools.cli import main as command

    command()


def without(names: str) -> None:
    for name in names.split(","):
        sys.modules[name] = None  # type: ignore[assignment]


def missing(what: str) -> None:
    from pyc.targets.cuda import ptxas as tools

    setattr(tools, f"find_{what}", lambda: None)


def ptxas(status: str) -> None:
    from pyc.targets.cuda import ptxas as tools

    tool = Path(tempfile.mkdtemp(), "ptxas")
    tool.write_text(f"#!/bin/sh\necho 'ptxas fatal   : Value is not defined for option gpu-name' >&2\nexit {status}\n")
    tool.chmod(0o755)
    tools.find_ptxas = lambda: tool


def largest(size: str) -> None:
    from pyc.targets.onnx import artifact

    artifact.LARGEST = int(size)


def module(path: str) -> None:
    from pyc import frontend
    from pyc.dialects.dialect import context
    from pyc.dialects.mlir import ir

    def lower(source: object, request: object) -> object:
        with context():
            return frontend.Lowered(ir.Module.parse(Path(path).read_text()))

    frontend.lower = lower  # type: ignore[assignment]


def abort(_: str) -> None:
    from pyc import frontend

    frontend.lower = lambda source, request: os.abort()


def fault(_: str) -> None:
    from pyc import frontend

    def lower(source: object, request: object) -> None:
        raise KeyError("broken on purpose")

    frontend.lower = lower  # type: ignore[assignment]


main()
