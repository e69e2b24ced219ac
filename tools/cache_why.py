"""Why a function is, or is not, taken from the cache: what its entries were made of, held against what is there now."""

from __future__ import annotations

import ast
import difflib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyc.diagnostics import CompileError

from . import cache


def why(function: str, file: str = "") -> tuple[bool, str]:
    """Whether the cache has the function, as it would be compiled now; and the reasons, as text.

    ``function`` is a name, or an instance as ``axpy[f32]``; ``file`` narrows it to one file.
    """
    everything = list(cache.everything())
    entries = [(e, size, used) for e, size, used in everything if e is not None and e.facts]
    damaged = sum(e is None for e, _, _ in everything)
    wanted = os.path.abspath(file) if file else ""
    found = [
        (entry, size, used)
        for entry, size, used in entries
        if _is_called(entry.facts, function) and wanted in ("", entry.facts["path"])
    ]
    if not found:
        return False, _absent(function, wanted, [e.facts for e, _, _ in entries], damaged)
    out: list[str] = []
    taken = False
    for entry, size, used in sorted(found, key=lambda f: -f[2]):
        reasons = list(_changes(entry.facts))
        taken = taken or not reasons
        heading = f"{_title(entry.facts)} in {entry.facts['path']}"
        out += [f"{heading}  ({cache.in_bytes(size)}, used {_ago(used)})"]
        out += [f"  not taken: {reason}" for reason in reasons] or ["  taken: nothing has changed since"]
    return taken, "\n".join(out) + "\n"


def _is_called(facts: Mapping[str, Any], name: str) -> bool:
    called = _part(facts, "function")
    return called == name or str(called).partition("[")[0] == name


def _part(facts: Mapping[str, Any], name: str) -> Any:
    try:
        return ast.literal_eval(facts["parts"][name])
    except (KeyError, ValueError, SyntaxError):
        return None


def _title(facts: Mapping[str, Any]) -> str:
    types = _part(facts, "arguments")
    given = f"({', '.join(types)})" if types is not None else ""
    options = [f"level {level}"] if (level := _part(facts, "level")) not in (None, 3) else []
    options += [name for name in ("unchecked", "fastmath") if _part(facts, name)]
    options += ["for arguments that overlap"] if _part(facts, "overlapping") == "only" else []
    return ", ".join([f"{_part(facts, 'function')}{given} for {_part(facts, 'target')}", *options])


def _changes(facts: Mapping[str, Any]) -> Iterator[str]:
    """What is not as it was when an entry was made."""
    if not cache.limit():
        yield "the cache is off: PYC_CACHE_SIZE is 0"
    before = dict(facts["files"])
    try:
        parts = {name: _part(facts, name) for name in ("function", "arguments")}
        now = dict(cache.files(facts["path"], parts))
    except CompileError as error:
        yield error.diagnostics[0].message
        return
    for path, digest in before.items():
        if not Path(path).is_file():
            yield f"{path} is gone"
        elif path not in now:
            yield f"{path} is not imported any more"
        elif now[path] != digest:
            yield f"{path} has changed"
    yield from (f"{path} is imported now" for path in now if path not in before)
    if facts["compiler"] != cache.compiler():
        yield f"the compiler has changed: it was {_short(facts['compiler'])}, and is {_short(cache.compiler())}"
    if facts["machine"] != cache.machine():
        yield "it was compiled for another processor"


def _short(compiler: str) -> str:
    """The compiler's version with the beginning of its fingerprint."""
    words = compiler.partition(",")[0].split()
    return " ".join([*words[:2], *(w[:8] for w in words[2:3])])


def _absent(function: str, file: str, known: Sequence[Mapping[str, Any]], damaged: int) -> str:
    where = f" of {file}" if file else ""
    out = [f"there is no '{function}'{where} in {cache.place()}: it will be compiled when it is first called"]
    names = sorted({str(_part(f, "function")) for f in known})
    near = difflib.get_close_matches(function, names, n=3)
    if near:
        out.append(f"  did you mean {' or '.join(near)}?")
    if damaged:
        out.append(
            f"  {damaged} damaged {'entries are' if damaged > 1 else 'entry is'} there, of which nothing is known"
        )
    if not cache.limit():
        out.append("  the cache is off: PYC_CACHE_SIZE is 0")
    elif not known and not damaged:
        out.append("  the cache is empty")
    return "\n".join(out) + "\n"


def _ago(then: float) -> str:
    """How long ago a time was, in one unit."""
    seconds = max(time.time() - then, 0)
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
