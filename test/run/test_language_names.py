"""Names of a file that are neither functions nor numbers: constants of classes, exceptions, and what they are not."""

from __future__ import annotations

from functools import cache

import pytest
from language import CPU, HEADER, Twice, interpreted

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source

SOURCE = """
class Mode:
    \"\"\"What to do.\"\"\"
    ADD = 1
    MUL: int = 2
    BOTH = ADD + MUL
    RATES = (0.5, 1.5)
ERRORS = (ValueError, ZeroDivisionError)
Missing = KeyError
OTHERS = (IndexError, OSError)
def modes(x: float, m: int) -> float:
    if m == Mode.ADD:
        return x + 1
    match m:
        case Mode.MUL:
            return x * Mode.RATES[0]
        case Mode.BOTH:
            return x * 2 + 1
    return x
def handled(n: int) -> int:
    try:
        if n == 5:
            raise Missing("k")
        if n == 6:
            raise IndexError("i")
        return 1 // n
    except ERRORS:
        return -1
    except (Missing, *OTHERS):
        return -2
def raised(n: int) -> int:
    try:
        return 1 // n
    except (*ERRORS, OSError) as e:
        raise Missing("none") from e
"""
CALLS = {"modes": [(1.0, m) for m in range(1, 5)], "handled": [(0,), (1,), (5,), (6,)], "raised": [(0,), (1,)]}


@cache
def program() -> Twice:
    return Twice(SOURCE, *CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_as_python(name):
    for arguments in CALLS[name]:
        program().agree(name, *arguments)
        interpreted(program(), name, arguments)


@pytest.mark.parametrize(
    ("before", "body", "code", "words"),
    [
        ("", "global COUNT\n    COUNT += 1\n    return n + COUNT", "E120", "`global` is not supported"),
        ("class K2:\n    A = 1\nK2.A = 3", "return K2.A", "E113", "K2.A is not a constant of the file"),
        ("class K2:\n    A = 1\n    A = 2", "return K2.A", "E113", "bound more than once"),
        ("class K2:\n    A = 1", "return K2.B", "E217", "the class K2 has no attribute B"),
        ("import enum\nclass K2(enum.IntEnum):\n    A = 1", "return K2.A", "E217", "that compiled code knows"),
        (
            "E = (OSError,)",
            "try:\n        n = 1 // n\n    except (E, KeyError):\n        n = 3\n    return n",
            "E121",
            "`E` is not",
        ),
        ("class Bad(ValueError):\n    pass", "raise Bad('n')", "E121", "a class of the file, is not known to callers"),
        (
            "class Bad(ValueError):\n    pass\nB = Bad",
            "raise B",
            "E121",
            "a class of the file, is not known to callers",
        ),
    ],
)
def test_what_is_not_known_is_said_once(before, body, code, words):
    text = f"{HEADER}{before}\ndef f(n: int) -> int:\n    {body}\n"
    with pytest.raises(CompileError) as error:
        lower(Source("names.py", text), Request(CPU, ("f",)))
    assert [d.code for d in error.value.diagnostics] == [code]
    assert words in error.value.diagnostics[0].message
