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
    file is a program.
    """

    target: Target
    files: Mapping[str, bytes] = field(repr=False)
    exports: tuple[str, ...]
    metadata: Mapping[str, object] = field(repr=False, default_factory=dict)
    single: bool = False
    executable: bool = False

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
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=parent)
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(content)
                os.chmod(name, (0o777 if self.executable else 0o666) & ~_umask())
                os.replace(name, path)
            except BaseException:
                os.unlink(name)
                raise
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
