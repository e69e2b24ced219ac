"""Where artifacts are written: nothing of the user's is replaced, and after an error nothing is left."""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path

from pyc.artifact import Artifact
from pyc.diagnostics import CompileError, Diagnostic, Note


def identifier(path: str) -> str:
    """The name of an artifact: the stem of its file made a Python identifier."""
    stem = "stdin" if path == "-" else Path(path).stem
    name = re.sub(r"\W", "_", stem)
    return f"_{name}" if not name.isidentifier() or keyword.iskeyword(name) else name


def check_output(path: Path, source: str, single: bool | None = None, weights: str = "") -> None:
    """Refuse an output that would replace work of the user.

    ``source`` is the path of the program, ``weights`` that of its weights; ``single`` says whether one file is written,
    which is unknown at first.

    Raises:
        CompileError: E503 it cannot be written, E504 it would replace what pyc did not write.
    """
    try:
        if source != "-" and path.exists() and path.samefile(source):
            raise failure("E504", f"{path} is the source file itself")
        if weights and path.exists() and os.path.exists(weights) and path.samefile(weights):
            raise failure("E504", f"{path} is the weights file itself")
        if single is False and path.exists() and path.samefile(os.curdir):
            raise failure("E504", f"{path} is the current folder, and a bundle replaces its folder: give it a name")
        if single is False and path.exists() and not path.is_dir():
            raise failure("E504", f"{path} is a file, and a bundle is a folder")
        if path.is_dir():
            if single:
                raise failure("E504", f"{path} is a folder, and the output is one file")
            if any(path.iterdir()) and not (path / "manifest.json").exists():
                raise failure("E504", f"{path} exists and is not a pyc bundle")
        for parent in path.parents:
            if parent.exists():
                if not parent.is_dir():
                    raise failure("E503", f"cannot write {path}: {parent} is not a folder")
                break
    except (OSError, ValueError) as error:
        raise failure("E503", f"cannot write {path}: {reason(error)}") from None


def write(artifact: Artifact, path: Path) -> None:
    """Write an artifact; on failure nothing of it is left, nor of the folders made for it.

    Raises:
        CompileError: E503 the place cannot be written.
    """
    absent = [p for p in path.parents if not p.exists()]
    try:
        artifact.write(path)
    except (OSError, ValueError) as error:
        for folder in absent:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        code = "E504" if isinstance(error, FileExistsError) else "E503"
        raise failure(code, f"cannot write {path}: {reason(error)}") from None


def reason(error: Exception) -> str:
    """What went wrong with a file, in lower case, without number and path."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]


def failure(code: str, message: str, *notes: Note) -> CompileError:
    """The error of a file that has no place in it."""
    return CompileError([Diagnostic(code, message, notes=notes)])
