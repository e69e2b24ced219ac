"""Weights while a method runs: compiled code reads them and writes buffers only, and so does the interpreter."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator

import numpy as np

from pyc.dataclass import dataclass
from pyc.module import Module, weight_types

_LOCK = threading.Lock()


@dataclass
class _Held:
    """An array that is read-only until as many calls as hold it have returned."""

    array: np.ndarray
    calls: int = 0


_HELD: dict[int, _Held] = {}


@functools.lru_cache(maxsize=256)
def _paths(cls: type[Module]) -> tuple[tuple[str, ...], ...]:
    """The paths of the weights of a module class that are no buffers."""
    return tuple(
        tuple(t.name.split("."))
        for t in weight_types(cls)
        if t.annotation.partition("[")[0].rpartition(".")[2] != "Buffer"
    )


def _arrays(module: Module) -> Iterator[np.ndarray]:
    for path in _paths(type(module)):
        found: object = module
        for part in path:
            found = found[int(part)] if isinstance(found, list | tuple) else getattr(found, part, None)
        if isinstance(found, np.ndarray):
            yield found


@contextlib.contextmanager
def fixed(module: Module) -> Iterator[None]:
    """A context in which the weights of a module cannot be written through it, but for its buffers."""
    arrays = list(_arrays(module))
    with _LOCK:
        for a in arrays:
            if id(a) in _HELD or a.flags.writeable:
                _HELD.setdefault(id(a), _Held(a)).calls += 1
                a.flags.writeable = False
    try:
        yield
    finally:
        with _LOCK:
            for a in arrays:
                held = _HELD.get(id(a))
                if held is not None:
                    held.calls -= 1
                    if not held.calls:
                        del _HELD[id(a)]
                        a.flags.writeable = True
