"""What the compiler is doing: said where work begins, and heard by whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str], None]


def _nobody(activity: str) -> None:
    """Hear nothing."""


_listener: ContextVar[Listener] = ContextVar("listener", default=_nobody)


def say(activity: str) -> None:
    """Tell the listener of this thread what is done from now on: ``check``, ``pass bufferize``, ``link``."""
    _listener.get()(activity)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """What is said in this thread is heard by ``listener``."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
