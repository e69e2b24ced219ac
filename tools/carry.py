"""What ``pyc onnx carry`` does and prints: what PyTorch's export to ONNX has dropped, and the model that says it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pyc.artifact import Artifact
from pyc.target import Target

from . import isolation
from .output import check_output, identifier, write
from .restore import carried_files

if TYPE_CHECKING:
    from pyc.targets.onnx.dropped import Dropped

#: So many parts are named of those of which something was dropped.
_NAMED = 8


def carry(program: str, model: str, output: str | None, names: Mapping[str, str]) -> list[Dropped]:
    """What a model does not say of the program that it was exported from; with ``output``, a model that says it.

    Raises:
        CompileError: E503, E504 the place cannot be written; E601 onnx is not installed; E620 the model, or E623 the
            program cannot be read; E624 they do not belong together, or the program has no such extent.
    """
    if output is not None:
        check_output(Path(output), model, single=True)
        check_output(Path(output), program, single=True)
    found, content = isolation.isolated(_carried, program, model, dict(names))
    if output is not None:
        from pyc.targets.onnx.inspect import files_beside

        place = Path(output)
        beside = carried_files(files_beside(Path(model)), Path(model).parent, place.parent)
        write(Artifact(Target("cpu"), {place.name: content}, (), single=True, beside=beside), place)
    return found


def _carried(program: str, model: str, names: Mapping[str, str]) -> tuple[list[Dropped], bytes]:
    from pyc.targets.onnx import require_packages

    require_packages("onnx", "onnx_ir")
    from pyc.targets.onnx import exported_program, external
    from pyc.targets.onnx.dropped import carry
    from pyc.targets.onnx.importing.files import read_alone

    source = exported_program.read(Path(program))
    described = {"path": Path(program).name, "sha256": hashlib.sha256(Path(program).read_bytes()).hexdigest()}
    made = read_alone(model)
    found = carry(source, made, names, described, identifier(model), external.beside(Path(model).parent))
    return found, made.SerializeToString(deterministic=True)


def render(found: list[Dropped], program: str, model: str, output: str | None) -> str:
    """What was dropped, and what became of it."""
    if not found:
        return f"{model}: says all that {program} says\n"
    out = [f"{model}: {len(found)} things that {program} says, and it does not"]
    for d in found:
        out.append(f"  {d.kind}  {d.what}")
        if d.of:
            more = f", and {len(d.of) - _NAMED} more" if len(d.of) > _NAMED else ""
            out.append(f"    of       {', '.join(d.of[:_NAMED])}{more}")
        out.append(f"    in pyc   {d.say}")
        out.append(f"    {f'carried  {d.carried}' if d.carried else 'lost'}")
    carried = sum(bool(d.carried) for d in found)
    end = f"wrote {output}" if output else "-o writes a model that says it"
    out.append(f"{carried} of {len(found)} carried over: {end}")
    return "\n".join(out) + "\n"
