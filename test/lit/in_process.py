"""RUN lines without processes: ``pyc-opt``, ``pyc``, ``filecheck`` and ``not`` are called as functions.

A file costs a few milliseconds instead of half a second for each command, so hundreds of them run with every change.
Any other command in a RUN line runs in a shell, as lit would run it.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

_RUN = re.compile(r"^\s*(?://|#|;)\s*RUN:\s?(.*)$", re.MULTILINE)
_REQUIRES = re.compile(r"^\s*(?://|#|;)\s*REQUIRES:\s?(.*)$", re.MULTILINE)
#: What a file may require with ``REQUIRES:``, and how to find out.
FEATURES: dict[str, Callable[[], bool]] = {
    "cuda": lambda: Path("/dev/nvidiactl").exists(),
    "onnx": lambda: _installed("onnx"),
}


@dataclass(frozen=True)
class Result:
    """``code`` of a command, and what it wrote."""

    code: int
    output: str
    errors: str


def run_lines(text: str) -> list[str]:
    """The commands of a file; a line that ends in a backslash goes on in the next RUN line."""
    lines: list[str] = []
    continued = False
    for match in _RUN.finditer(text):
        line = match[1].strip()
        if continued:
            lines[-1] += " " + line.rstrip("\\")
        else:
            lines.append(line.rstrip("\\"))
        continued = line.endswith("\\")
    return lines


def missing_feature(text: str) -> str:
    """The first feature that a file requires and that is not here; else nothing."""
    for match in _REQUIRES.finditer(text):
        for name in re.split(r"[,\s]+", match[1].strip()):
            if not FEATURES[name]():
                return name
    return ""


def run_file(path: Path) -> str:
    """What went wrong in a file; nothing if all its RUN lines succeed."""
    lines = run_lines(path.read_text())
    if not lines:
        return f"{path} has no RUN line"
    with tempfile.TemporaryDirectory() as scratch:
        substitutions = {"%s": str(path), "%S": str(path.parent), "%t": f"{scratch}/{path.name}.tmp", "%T": scratch}
        for line in lines:
            command = re.sub(r"%[sStT]\b", lambda m: substitutions[m[0]], line)
            result = run_line(command)
            if result.code:
                return f"RUN: {command}\nexit status {result.code}\n{result.output}\n{result.errors}"
    return ""


def run_line(command: str) -> Result:
    """Run commands joined by ``|`` or ``&&``; a pipeline fails if any of its commands does."""
    output = errors = ""
    for part in _split(shlex.split(command, comments=False), "&&"):
        code, given = 0, ""
        for argv in _split(part, "|"):
            result = _run(argv, given)
            code, given = code or result.code, result.output
            errors += result.errors
        output += given
        if code:
            return Result(code, output, errors)
    return Result(0, output, errors)


def _split(words: Sequence[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == separator:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _run(argv: Sequence[str], given: str) -> Result:
    """One command, with ``2>&1``, ``2>/dev/null``, ``> FILE`` and ``< FILE`` understood."""
    words, target, merged, dropped = list(argv), "", False, False
    if words[0] == "not":
        result = _run(words[1:], given)
        return Result(0 if result.code else 1, result.output, result.errors)
    while len(words) > 2 and words[-2] in (">", "<"):
        *words, mark, name = words
        if mark == ">":
            target = name
        else:
            given = Path(name).read_text()
    if "2>&1" in words:
        words.remove("2>&1")
        merged = True
    if "2>/dev/null" in words:
        words.remove("2>/dev/null")
        dropped = True
    result = _COMMANDS[words[0]](words[1:], given) if words[0] in _COMMANDS else _shell(words, given)
    output = result.errors + result.output if merged else result.output
    if target:
        Path(target).write_text(output)
        output = ""
    return Result(result.code, output, "" if merged or dropped else result.errors)


def _pyc_opt(arguments: Sequence[str], given: str) -> Result:
    from pyc.tools.opt import run

    outcome = run(arguments, lambda name: given if name == "-" else Path(name).read_text())
    return Result(outcome.code, outcome.output, "".join(f"{e}\n" for e in outcome.errors))


def _pyc(arguments: Sequence[str], given: str) -> Result:
    from pyc.tools.cli import main

    # Without a process of its own for each compilation, which is what most of the time would go to.
    with mock.patch.dict(os.environ, {"PYC_ISOLATE": "0"}):
        return _called(lambda: main(), ["pyc", *arguments], given)


def _filecheck(arguments: Sequence[str], given: str) -> Result:
    from filecheck.main import main

    return _called(lambda: main(["filecheck", *arguments]), ["filecheck"], given)


def _called(function: Callable[[], Any], argv: list[str], given: str) -> Result:
    """Call a command's entry point with the process's streams exchanged."""
    # Streams with a ``buffer``, as the process's are: artifacts are written as bytes.
    output, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    code = 0
    with (
        mock.patch.object(sys, "argv", argv),
        mock.patch.object(sys, "stdin", io.StringIO(given)),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
    ):
        try:
            function()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return Result(code, *(stream.buffer.getvalue().decode() for stream in (output, errors)))


def _python(arguments: Sequence[str], given: str) -> Result:
    return _shell([sys.executable, *arguments], given)


def _env(arguments: Sequence[str], given: str) -> Result:
    """``env NAME=VALUE ... COMMAND``: the command with variables, in this process where it is one of ours."""
    words = list(arguments)
    variables: dict[str, str] = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    with mock.patch.dict(os.environ, variables):
        return _run(words, given)


def _shell(words: Sequence[str], given: str) -> Result:
    done = subprocess.run(shlex.join(words), shell=True, input=given, capture_output=True, text=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


_COMMANDS: dict[str, Callable[[Sequence[str], str], Result]] = {
    "pyc-opt": _pyc_opt,
    "pyc": _pyc,
    "python": _python,
    "env": _env,
    "filecheck": _filecheck,
    "FileCheck": _filecheck,
}
