"""What ``pyc onnx restore`` does and prints: a model with the annotations that another tool has dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyc.artifact import Artifact
from pyc.diagnostics import Diagnostic, Note
from pyc.target import Target

from .output import check_output, failure, write


def restore(model: str, output: str | None) -> tuple[Any, list[Diagnostic]]:
    """The report of a restoration, and E611 where something stays lost; the model is written in either case.

    Raises:
        CompileError: E503, E504 the place cannot be written; E509 it is no model of pyc; E601 onnx is not installed.
    """
    from pyc.targets.onnx.inspect import files_beside, restore_model

    source = Path(model)
    place = Path(output) if output else source.with_name(f"{source.stem}.restored{source.suffix}")
    check_output(place, model, single=True)
    content, report = restore_model(source)
    beside = carried_files(files_beside(source), source.parent, place.parent)
    write(Artifact(Target("cpu"), {place.name: content}, (), single=True, beside=beside), place)
    report.place = str(place)
    if not report.lost:
        return report, []
    note = Note(f"they are in the manifest of {place}: `pyc inspect` shows them")
    count = len(report.lost)
    message = f"{place}: {count} part{'s' if count > 1 else ''} of what was said stay{'' if count > 1 else 's'} lost"
    return report, [Diagnostic("E611", message, notes=(note,))]


def carried_files(names: list[str], source: Path, folder: Path) -> dict[str, bytes]:
    """The files with weights that go with a model into another folder; none where they are there already.

    Raises:
        CompileError: E504 another file has that place.
    """
    found: dict[str, bytes] = {}
    for name in names:
        content = (source / name).read_bytes()
        if not (folder / name).exists():
            found[name] = content
        elif (folder / name).read_bytes() != content:
            raise failure("E504", f"{folder / name} exists, and the model has its weights in a file of that name")
    return found


def render(report: Any) -> str:
    """What a restoration did, a line for each part of the model."""
    out = [f"{report.place}: {_counted(report)}"]
    for r in report.restored:
        where = "" if r.place == r.part else f" -> {r.place}"
        out.append(f"  restored ({r.how})  {r.part}{where}: {', '.join(r.keys)}")
    out += [f"  kept in the manifest  {part}" for part in report.kept]
    out += [f"  dropped  {what}" for what in report.dropped]
    out += [f"  lost  {what}" for what in report.lost]
    return "\n".join(out) + "\n"


def _counted(report: Any) -> str:
    entries = sum(len(r.keys) for r in report.restored)
    parts = len({r.part for r in report.restored})
    found = f"{entries} entr{'y' if entries == 1 else 'ies'} of {parts} part{'' if parts == 1 else 's'} restored"
    return f"{found}, {len(report.kept)} kept in the manifest, {len(report.lost)} lost"
