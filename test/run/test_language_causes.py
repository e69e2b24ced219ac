"""``raise ... from``, and the arguments of the exception that a handler has: as CPython says them."""

from __future__ import annotations

import contextlib
import io

import pytest
from language import Twice

TEXT = """\
def cause(n: int) -> int:
    try:
        return 10 // n
    except ZeroDivisionError as e:
        print("got", e.args, e.args[0], str(e), f"{e.args[0]!r} {e!r}")
        raise ValueError("bad", n) from e
def causes(n: int) -> int:
    try:
        try:
            if n == 1:
                raise KeyError(n)
            return 10 // n
        except (KeyError, ZeroDivisionError) as e:
            raise RuntimeError from e
    except RuntimeError as r:
        print(repr(r), r.args)
        raise LookupError(f"n is {n}") from r
def caught(n: int) -> int:
    try:
        causes(n)
    except LookupError as e:
        print(e)
    return n // (n - 1)
def without(n: int) -> int:
    try:
        return 10 // n
    except ZeroDivisionError:
        raise ValueError("bad") from None
"""


def chain(function, n):
    """What is printed, and the exception with those that led to it."""
    found: list[tuple[str, tuple[object, ...]]] = []
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            function(n)
        except Exception as error:
            e: BaseException | None = error
            while e is not None:
                found.append((type(e).__name__, e.args))
                assert e.__context__ is e.__cause__ or e.__cause__ is None
                e = e.__cause__
    return printed.getvalue(), found


@pytest.mark.parametrize("name", ["cause", "causes", "caught", "without"])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_causes(name, n):
    twice = Twice(TEXT, name)
    for _ in range(2):
        assert chain(getattr(twice.compiled, name), n) == chain(twice.python[name], n)
