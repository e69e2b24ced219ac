"""Programs that are nested deeply, as chains of ``elif`` and ``+`` are: checked where Python's own stack is large."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: The diagnostics that say that the compiler's own stack was too small.
CODES = frozenset({"E102", "E408"})
#: Frames of Python functions: some ten for each level of a program.
_FRAMES = 10_000
#: Bytes of stack for these; what is not used takes no memory.
_STACK = 256 * 2**20
#: The limit and the size of stacks are those of the process.
_LOCK = threading.Lock()


def deeply(work: Callable[[], T]) -> T:
    """``work()``, on a thread whose stack has room for deep recursion."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    with _LOCK:
        limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
        try:
            thread = threading.Thread(target=run)
            sys.setrecursionlimit(max(limit, _FRAMES))
            thread.start()
        finally:
            threading.stack_size(size)
        try:
            thread.join()
        finally:
            sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]
