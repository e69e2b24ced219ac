"""One pool of threads for all libraries of a process.

A library with parallel loops contains a pool, and a pointer to the function that runs chunks on it. The pool of the
first library that is loaded is the one of the process: the pointers of all others are set to it, so that there are not
as many threads as there are libraries.

Bundles carry this file: it must not import anything of pyc.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping
from typing import Any

#: The attribute of ``sys`` that has the function's address and the library that it is in. Bundles and pyc, of whatever
#: version, meet there; the number is that of the function's interface.
_SHARED = "_pyc_pool_1"


def share(
    manifest: Mapping[str, Any],
    address: Callable[[str], int],
    library: object,
    make: Callable[[], tuple[int, object]] | None = None,
) -> None:
    """Let a library use the pool of the process. ``address`` gives that of a symbol in the library.

    ``make`` gives the address of a pool's function, and what it is in, for libraries without a pool of their own.
    """
    symbol = manifest.get("pool")
    if symbol is None:
        return
    pointer = ctypes.c_void_p.from_address(address(symbol))
    found = sys.__dict__.get(_SHARED)
    if found is None:
        own = (pointer.value, library) if make is None else make()
        found = sys.__dict__.setdefault(_SHARED, own)
        if found is own:
            # Threads run its code until the process has ended.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(own))
    pointer.value = found[0]
