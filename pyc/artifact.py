"""What a compilation gives: files in memory, what they export, and what is known about them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from .dataclass import dataclass
from .target import Target


@dataclass(frozen=True)
class Artifact:
    """The files of a compilation, by relative name, held in memory until :meth:`write`.

    ``exports`` are the names a user can call; ``metadata`` is what the manifest says, as plain JSON values. An artifact
    with ``single`` set is one file (an ONNX model, an object, a text), otherwise a folder; ``executable`` says that the
    file is a program. Files ``beside`` a single one belong to it, and have their own names.
    """

    target: Target
    files: Mapping[str, bytes] = field(repr=False)
    exports: tuple[str, ...]
    metadata: Mapping[str, object] = field(repr=False, default_factory=dict)
    single: bool = False
    executable: bool = False
    beside: Mapping[str, bytes] = field(repr=False, default_factory=dict)

    def write(self, path: Path) -> Path:
        """Write to ``path`` as a whole or not at all, replacing what stood there; returns ``path``.

        A symbolic link is followed, not replaced. A device or a pipe is written to: it must stay what it is.

        Raises:
            OSError: the place cannot be written.
        """
        if self.single and path.exists() and not (path.is_file() or path.is_dir()):
            (content,) = self.files.values()
            path.write_bytes(content)
            return path
        written, path = path, Path(os.path.realpath(path))
        parent = path.parent
        parent.mkdir(parents=True, exist_ok=True)
        if self.single:
            (content,) = self.files.values()
            mode = (0o777 if self.executable else 0o666) & ~_umask()
            _replace_files({parent / n: c for n, c in self.beside.items()} | {path: content}, mode)
            return written
        staging = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=parent))
        try:
            for name, content in self.files.items():
                (staging / name).parent.mkdir(parents=True, exist_ok=True)
                (staging / name).write_bytes(content)
            os.chmod(staging, 0o777 & ~_umask())
            _replace_folder(staging, path)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        return written


def _replace_files(files: Mapping[Path, bytes], mode: int) -> None:
    """Write all files or none, each to a temporary name first; the last one refers to the others.

    What stood there steps aside until all are in their places.
    """
    written: dict[Path, str] = {}
    aside: dict[Path, str] = {}
    placed: list[Path] = []
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, written[path] = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            with os.fdopen(handle, "wb") as out:
                out.write(content)
            os.chmod(written[path], mode)
        for path in list(files)[:-1]:
            if path.exists():
                aside[path] = f"{written[path]}.old"
                os.rename(path, aside[path])
            os.replace(written[path], path)
            placed.append(path)
        last = list(files)[-1]
        os.replace(written[last], last)
    except BaseException:
        for path in placed:
            path.unlink()
        for path, old in aside.items():
            os.rename(old, path)
        for path in written.keys() - set(placed):
            Path(written[path]).unlink(missing_ok=True)
        raise
    for old in aside.values():
        os.unlink(old)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _replace_folder(staging: Path, path: Path) -> None:
    """Put ``staging`` where ``path`` is. A folder cannot be renamed over a full one: the old one steps aside first.

    Only a folder that holds a manifest of ours is replaced: a mistyped ``-o`` must not delete someone's work.
    """
    if path.exists() and not path.is_dir():
        raise FileExistsError(f"{path} is a file")
    if path.is_dir() and any(path.iterdir()) and not (path / "manifest.json").exists():
        raise FileExistsError(f"{path} exists and is not a pyc bundle")
    if not path.exists():
        os.rename(staging, path)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old.", dir=path.parent))
    os.rename(path, old / path.name)
    try:
        os.rename(staging, path)
    except BaseException:
        os.rename(old / path.name, path)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
