"""Libraries and executables from objects: a C compiler links them, the system's or the one of the ``link`` extra."""

from __future__ import annotations

import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyc import progress
from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Diagnostic, Note

_TIMEOUT = 120  # seconds; a link takes 0.05 to 0.5


@dataclass(frozen=True)
class Linker:
    """A command that links as ``cc`` does, and how messages call it."""

    name: str
    command: tuple[str, ...]


def find_linker(triple: str) -> Linker:
    """The linker for a machine: ``$CC``, else the system's C compiler for it, else ``ziglang``.

    Raises:
        CompileError: there is none (E512).
    """
    chosen = os.environ.get("CC", "").strip()
    if chosen:
        return Linker("$CC", tuple(shlex.split(chosen)))
    architecture = triple.partition("-")[0]
    native = architecture == _host_architecture()
    for name in ("cc", "gcc", "clang") if native else (f"{architecture}-linux-gnu-gcc",):
        path = shutil.which(name)
        if path is not None:
            return Linker(name, (path,))
    if importlib.util.find_spec("ziglang") is not None:
        return Linker("ziglang", (sys.executable, "-m", "ziglang", "cc", "-target", f"{architecture}-linux-gnu"))
    wanted = "a C compiler" if native else f"a C compiler for {architecture} ({architecture}-linux-gnu-gcc)"
    raise CompileError(
        [
            Diagnostic(
                "E512",
                f"there is no linker for {architecture}: {wanted} was not found, nor the Python package ziglang",
                notes=(
                    Note("install one (apt install gcc), name one in $CC, or: pip install 'pyc[link]'", fix=True),
                    Note("--emit=obj needs no linker"),
                ),
            )
        ]
    )


def shared_library(objects: Sequence[bytes], name: str, triple: str, *, debug: bool = False) -> bytes:
    """The shared library ``lib<name>.so`` made of object files. The same objects give the same bytes.

    It needs the C library, its threads and libm, nothing else; all symbols must be found there.

    Raises:
        CompileError: there is no linker (E512), it failed (E513), or there is no room for its input (E503).
    """
    library = f"lib{name}.so"
    options = ["-shared", "-nostartfiles", "-Wl,-z,defs", f"-Wl,-soname,{library}"]
    return _linked(objects, {}, options, name, library, triple, debug=debug)


def executable(
    objects: Sequence[bytes],
    main: bytes,
    name: str,
    triple: str,
    *,
    included: Mapping[str, bytes] | None = None,
    debug: bool = False,
) -> bytes:
    """The executable made of object files and of the C source of its ``main``, which the linker compiles.

    It needs what a library does; the source includes the files ``included``. Raises as :func:`shared_library`.
    """
    options = ["-std=gnu11", "-O2", "-w", "-ffp-contract=off"]
    sources = {f"{name}.main.c": main}
    return _linked(objects, sources, options, name, f"{name}.exe", triple, included=included, debug=debug)


def _linked(
    objects: Sequence[bytes],
    sources: Mapping[str, bytes],
    options: Sequence[str],
    name: str,
    output: str,
    triple: str,
    *,
    included: Mapping[str, bytes] | None = None,
    debug: bool,
) -> bytes:
    """What the linker makes of object files and of C sources."""
    progress.say("link")
    linker = find_linker(triple)
    with tempfile.TemporaryDirectory(prefix="pyc-link-") as folder:
        # Linkers record names of inputs: these are the same each time, and relative.
        inputs = {**sources, **{f"{name}.{k}.o" if k else f"{name}.o": code for k, code in enumerate(objects)}}
        try:
            for file, code in {**inputs, **(included or {})}.items():
                (Path(folder) / file).write_bytes(code)
        except OSError as error:
            message = f"cannot write {folder}: {(error.strerror or str(error)).lower()}"
            note = Note("the linker works in a temporary folder; TMPDIR names another one")
            raise CompileError([Diagnostic("E503", message, notes=(note,))]) from error
        options = [*options, "-Wl,--build-id=none", "-Wl,-z,noexecstack"]
        if not debug:
            options.append("-Wl,--strip-all")
        command = [*linker.command, *options, "-o", output, *inputs, "-lm", "-lpthread"]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=_TIMEOUT,
                check=False,
            )
        except OSError as error:
            raise _failure(linker, f"could not be started: {error}") from error
        except subprocess.TimeoutExpired as error:
            raise _failure(linker, f"did not end within {_TIMEOUT} s") from error
        if done.returncode != 0:
            said = done.stdout.decode(errors="replace").strip()
            raise _failure(linker, f"ended with status {done.returncode}", said, command)
        try:
            return (Path(folder) / output).read_bytes()
        except OSError as error:
            raise _failure(linker, "reported success and wrote no file", "", command) from error


def _failure(linker: Linker, what: str, output: str = "", command: list[str] | None = None) -> CompileError:
    notes = [Note(f"it was called as: {shlex.join(command)}")] if command else []
    notes += [Note(line) for line in output.splitlines()[-8:]]
    notes.append(Note("$CC names another linker; --emit=obj needs none"))
    return CompileError([Diagnostic("E513", f"the linker {linker.name} {what}", notes=tuple(notes))])


def _host_architecture() -> str:
    """This machine's architecture as triples spell it."""
    return {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
