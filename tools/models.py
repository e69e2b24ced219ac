"""ONNX models as programs: what ``pyc onnx import`` writes, and what ``pyc compile model.onnx`` compiles."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyc.artifact import Artifact
from pyc.diagnostics import Diagnostic, Note
from pyc.source import Source
from pyc.target import Target

from . import isolation
from .output import check_output, failure, identifier, write

if TYPE_CHECKING:
    from pyc.targets.backend import Options
    from pyc.targets.onnx.importing import Imported


def is_model(path: str) -> bool:
    """Whether a path is one of a model and not of a program."""
    return Path(path).suffix == ".onnx"


def program_of(path: str, values: Mapping[str, Sequence[float]] | None = None) -> Imported:
    """The program that a model is, with ``values`` for inputs that are no inputs of the program.

    Raises:
        CompileError: E601 onnx is not installed, E620 the model cannot be read, E621 it has nodes without counterpart,
            E622 it has no such inputs.
    """
    return isolation.isolated(_imported, path, dict(values or {}))


def _imported(path: str, values: Mapping[str, Sequence[float]]) -> Imported:
    from pyc.targets.onnx import require_packages

    require_packages("onnx", "onnx_ir")
    from pyc.targets.onnx.importing import bind, imported, read

    model = read(path)
    bind(model, values)
    return imported(model, identifier(path))


def unplaced(program: Imported) -> tuple[Diagnostic, ...]:
    """A warning for each thing that a model says and its program does not."""
    return tuple(Diagnostic("E626", sentence, severity="warning") for sentence in program.unplaced)


def again(source: Source, options: Options, report: Callable[[Diagnostic], None]) -> Artifact | Options:
    """The model that a program was read from, made anew; for a program that was none, or is one no more, how to compile
    it.

    Raises:
        CompileError: E506, a weight is missing; E608, it is too large.
    """
    if "onnx.model(" not in source.text:
        return options
    from pyc.targets.onnx import require_packages

    require_packages("onnx", "onnx_ir")
    from pyc.targets.onnx.importing import NoCall, model_again, said_of_definitions

    artifact, warning = model_again(source, options)
    if artifact is not None:
        return artifact
    if warning is not None:
        report(warning)
    with contextlib.suppress(NoCall):  # the warning says so
        return replace(options, said=said_of_definitions(source.text))
    return options


def import_model(
    path: str, output: str, values: Mapping[str, Sequence[float]], replace: bool = False
) -> tuple[Imported, list[Path]]:
    """Write the program that a model is, and beside it its weights; gives the program and the files.

    Raises:
        CompileError: as :func:`program_of`; E503, E504 where it cannot be written.
    """
    from pyc import weights

    place = Path(output or Path(path).with_suffix(".py").name)
    beside = place.with_suffix(".safetensors")
    if output != "-":
        for file in (place, beside):
            check_output(file, path, single=True)
            if file.exists() and not replace:
                raise failure("E504", f"{file} exists", Note("--force replaces it", fix=True))
    found = program_of(path, values)
    if output == "-":
        return found, []
    write(Artifact(Target("cpu"), {place.name: found.text.encode()}, (found.name,), single=True), place)
    if found.weights:
        content = weights.dump(found.weights)
        write(Artifact(Target("cpu"), {beside.name: content}, (), single=True), beside)
    return found, [place, *([beside] if found.weights else [])]
