"""The cache of compiled functions on disk: entries by key, each with a digest, the whole bounded in size.

An entry is one file: a line that names the format, the SHA-256 of what follows it, the manifest and what the key was
made of as JSON, and the object code. Files are written aside and renamed, so that processes can share the cache; what
does not match its digest is deleted and compiled again. ``PYC_CACHE_DIR`` says where, ``PYC_CACHE_SIZE`` how many bytes
(0 turns the cache off).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from pyc.dataclass import dataclass
from pyc.source import Source

from .outline import outline
from .reachable import reachable

_MAGIC = b"pyc-cache/2\n"
_SUFFIX = ".pycc"
#: Seconds after which a file that a process has begun to write is one whose process died.
_ABANDONED = 3600
_DEFAULT_SIZE = 256 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """What a compilation left: object code, and the manifest that describes its functions.

    ``facts`` is what the entry's key was made of, and ``remarks`` what the compiler reported on the way.
    """

    manifest: Mapping[str, Any]
    code: bytes
    facts: Mapping[str, Any] = field(default_factory=dict)
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class Info:
    """Where the cache is, how many entries it holds, and bytes: those used and those allowed."""

    place: Path
    entries: int
    size: int
    limit: int


def place() -> Path:
    """The folder of the cache: ``$PYC_CACHE_DIR``, or ``pyc`` where the system keeps caches."""
    given = os.environ.get("PYC_CACHE_DIR")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "pyc"
    except RuntimeError:  # a user without a home has no cache: code of a folder that others write to is not run
        return Path(os.devnull, "pyc")


def limit() -> int:
    """The bytes that the cache may hold."""
    try:
        return max(int(os.environ["PYC_CACHE_SIZE"]), 0)
    except (KeyError, ValueError):
        return _DEFAULT_SIZE


def read(key: str) -> Entry | None:
    """The entry of a key; ``None`` where there is none, the cache is off, or it is damaged, and then deleted."""
    if not limit():
        return None
    path = _path(key)
    try:
        content = path.read_bytes()
    except OSError:
        return None
    entry = _decoded(content)
    with contextlib.suppress(OSError):  # a cache that cannot be written still serves
        if entry is None:
            path.unlink()
        else:
            os.utime(path)  # the least recently used go first
    return entry


def write(key: str, entry: Entry) -> bool:
    """Whether the entry was kept: a cache that cannot be written, or has no room, keeps nothing."""
    content = _encoded(entry)
    if len(content) > limit():
        return False
    path = _path(key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError:
        return False
    _shrink(limit(), path)
    return True


def info() -> Info:
    """What is in the cache now."""
    sizes = [size for _, size, _ in _entries()]
    return Info(place(), len(sizes), sum(sizes), limit())


def describe() -> str:
    """What is in the cache now, as text."""
    now = info()
    return f"{now.place}\n{now.entries} entries, {in_bytes(now.size)} of {in_bytes(now.limit)}\n"


def everything() -> Iterator[tuple[Entry | None, int, float]]:
    """(entry, bytes, time of last use) of all that is in the cache; ``None`` for a damaged one."""
    for path, size, used in _entries():
        with contextlib.suppress(OSError):
            yield _decoded(path.read_bytes()), size, used


def drop(key: str) -> None:
    """Delete the entry of a key, if there is one."""
    _unlink(_path(key))


def clear() -> int:
    """Delete every entry; returns how many there were."""
    return sum(_unlink(path) for path, _, _ in list(_entries()))


# --- keys ------------------------------------------------------------------------------------------------------------


def facts(source: Source, **parts: object) -> dict[str, Any]:
    """What decides about a compilation: what its function needs of its file, the files that it imports, and all else.

    Constants that a function captures are module-level names, and so part of the text. ``parts`` are functions,
    argument types, target and options; the compiler itself and this machine's processor are always in it.
    """
    return {
        "files": [[name, digest] for name, digest in sorted(_digests(source, parts))],
        "path": os.path.abspath(source.path),  # error messages and tracebacks name it
        "parts": {name: repr(value) for name, value in parts.items()},
        "compiler": compiler(),
        "machine": machine(),
    }


def key(facts: Mapping[str, Any]) -> str:
    """The key of a compilation, of the facts that decide about it."""
    return _digest(json.dumps(facts, sort_keys=True).encode("utf-8", "surrogatepass"))


def files(path: str, parts: Mapping[str, object]) -> list[tuple[str, str]]:
    """(name, digest) of the file at a path and of those next to it that it imports, as they are now, for these parts.

    Raises:
        CompileError: E501, E502 the file cannot be read.
    """
    from .driver import read_source

    return sorted(_digests(read_source(path), parts))


def _digests(source: Source, parts: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(name, digest) of each file; of the first, only what the function needs counts."""
    sources = list(_sources(source))
    if parts.get("function"):
        # The other files may need something of this one that the function does not mention.
        mentioned = [str(parts["function"]), str(parts.get("arguments")), *(text for _, text in sources[1:])]
        sources[0] = sources[0][0], reachable(sources[0][1], " ".join(mentioned))
    return ((name, _digest(text.encode("utf-8", "surrogatepass"))) for name, text in sources)


def _sources(source: Source) -> Iterator[tuple[str, str]]:
    """(name, text) of a file, and of the files next to it that it imports, directly or not."""
    seen: set[Path] = set()
    waiting: list[tuple[Path, str]] = [(Path(os.path.abspath(source.path)), source.text)]
    while waiting:
        path, text = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        yield str(path), text
        for sibling in _imported(text, path.parent):
            with contextlib.suppress(OSError):
                waiting.append((sibling, sibling.read_text("utf-8", "surrogateescape")))


def _imported(text: str, folder: Path) -> Iterator[Path]:
    """The files next to a text, in ``folder``, that it imports."""
    for dots, names in outline(text).imports:
        above = folder
        for _ in range(dots - 1):
            above = above.parent
        for name in names:
            stem = above.joinpath(*name.split("."))
            yield from (p for p in (stem.with_suffix(".py"), stem / "__init__.py") if p.is_file())


@functools.cache
def compiler() -> str:
    """What compiled it: the version, those of the code generators, and a fingerprint of the compiler's own files.

    The fingerprint is of names, sizes and times of change, so that someone who changes the compiler gets no old code.
    """
    import pyc

    root = os.path.dirname(pyc.__file__)
    stamp = hashlib.sha256()
    for folder, folders, files in os.walk(root, followlinks=True):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        for name in sorted(files):
            if name.endswith(".py"):
                facts = os.stat(os.path.join(folder, name))
                stamp.update(f"{folder[len(root) :]}/{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return f"pyc {pyc.__version__} {stamp.hexdigest()}, {_version('llvmlite')}, {_version('torch_mlir')}"


@functools.cache
def machine() -> str:
    """The processor of this machine, as far as code made for it must fit: its name and the features it has."""
    facts = [platform.machine(), platform.processor()]
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        wanted = ("model name", "flags", "Features", "CPU part", "CPU implementer")
        facts += sorted({line.strip() for line in file if line.startswith(wanted)})
    return _digest("\n".join(facts).encode())


def _version(package: str) -> str:
    """The version that is installed, by the name of the folder that says so: to read what it holds takes 10 ms."""
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder or "."):
                if name.startswith(f"{package}-") and name.endswith(".dist-info"):
                    return name.removesuffix(".dist-info").replace("-", " ")
    return f"{package} unknown"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- entries ---------------------------------------------------------------------------------------------------------


def _path(key: str) -> Path:
    return place() / key[:2] / (key + _SUFFIX)


def _encoded(entry: Entry) -> bytes:
    said = {"manifest": entry.manifest, "facts": entry.facts, "remarks": list(entry.remarks)}
    head = json.dumps(said).encode("utf-8", "surrogatepass")
    body = b"%d\n%s%s" % (len(head), head, entry.code)
    return _MAGIC + _digest(body).encode() + b"\n" + body


def _decoded(content: bytes) -> Entry | None:
    """The entry in a file's content; ``None`` if it is damaged."""
    if not content.startswith(_MAGIC):
        return None
    digest, _, body = content[len(_MAGIC) :].partition(b"\n")
    if digest != _digest(body).encode():
        return None
    length, _, rest = body.partition(b"\n")
    said = json.loads(rest[: int(length)])
    return Entry(said["manifest"], rest[int(length) :], said["facts"], tuple(said["remarks"]))


def _entries() -> Iterator[tuple[Path, int, float]]:
    """(path, bytes, time of last use) of every entry."""
    for path in place().glob(f"*/*{_SUFFIX}"):
        with contextlib.suppress(OSError):  # another process deleted it
            facts = path.stat()
            yield path, facts.st_size, facts.st_mtime


def _shrink(allowed: int, newest: Path) -> None:
    """Delete the entries used longest ago, until the rest fits; never the newest. What was never finished goes, too."""
    for path in place().glob("*/.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink()
    entries = sorted(_entries(), key=lambda e: e[2])
    total = sum(size for _, size, _ in entries)
    for path, size, _ in entries:
        if total <= allowed:
            return
        if path != newest:
            total -= size * _unlink(path)


def _unlink(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


def in_bytes(count: int) -> str:
    """A number of bytes for people to read."""
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count} bytes"
