"""``pyc.load``: the functions of an artifact, whatever kind it is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from pyc.diagnostics import CompileError, Diagnostic, Note

FORMAT = "pyc-bundle/1"


def load(path: str | os.PathLike[str]) -> Any:
    """The functions and modules of a bundle, of the library in one, or of an ONNX model, as attributes.

    Raises:
        CompileError: it is missing, damaged or no artifact (E509), it needs a package that is not installed (E514), or
            it is for another machine (E515).
    """
    place = Path(path)
    if place.suffix == ".onnx" and not place.is_dir():
        from .onnx.session import open_models

        return open_models([place])
    return _open(_folder_of(place))


def _folder_of(place: Path) -> Path:
    """The bundle that a path names: itself, or that of the library."""
    if place.is_dir():
        if not (place / "manifest.json").is_file():
            raise _unreadable(place, "it is a folder without a manifest.json")
        return place
    if not place.exists():
        raise _unreadable(place, "there is no such file or folder")
    if place.suffix != ".so":
        raise _unreadable(place, "it is neither a bundle, nor a library (.so) in one, nor an ONNX model (.onnx)")
    folder = place.parent
    if not (folder / "manifest.json").is_file():
        note = Note("the manifest says which functions a library has: compile a bundle, and load that")
        raise _unreadable(place, "there is no manifest.json beside it", note)
    if _manifest(folder).get("library") != place.name:
        raise _unreadable(place, "the manifest.json beside it is of another library")
    return folder


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(folder, f"its manifest.json: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _unreadable(folder, f"its manifest.json is not of the format {FORMAT}")
    return manifest


def _open(folder: Path) -> Any:
    manifest = _manifest(folder)
    name = str(manifest.get("target", "")).partition(":")[0]
    try:
        if name == "cpu":
            from .cpu.runtime import missing_features, open_bundle

            missing = missing_features(manifest)
            if missing:
                raise _foreign(folder, manifest, missing)
            return open_bundle(folder)
        if name == "onnx":
            from .onnx.session import open_models

            return open_models([folder / file for file in manifest["models"].values()])
        if name == "cuda":
            from .cuda.runtime import open_bundle as open_cuda_bundle

            return open_cuda_bundle(folder)
    except ImportError as error:
        raise CompileError([Diagnostic("E514", f"cannot load {folder}: {error}")]) from error
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise _unreadable(folder, str(error) if not isinstance(error, KeyError) else f"it lacks {error}") from error
    raise _unreadable(folder, f"it is for the target '{name}', which this version does not load")


def _unreadable(place: Path, reason: str, *notes: Note) -> CompileError:
    return CompileError([Diagnostic("E509", f"cannot load {place}: {reason}", notes=notes)])


def _foreign(folder: Path, manifest: dict[str, Any], missing: list[str]) -> CompileError:
    message = f"{folder} is compiled for {manifest['target']}, and this machine lacks {', '.join(missing)}"
    note = Note("compile it for this machine: --target=cpu:native", fix=True)
    return CompileError([Diagnostic("E515", message, notes=(note,))])
