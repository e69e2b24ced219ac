"""What is said of lines that are no Python: the words of Python for them, and the programs that they make are right."""

import pytest

from pyc.diagnostics import CompileError
from pyc.frontend.check_program import check_program
from pyc.frontend.request import Request
from pyc.source import Source

HEAD = "from pyc import Tensor, f32\ndef f(x: Tensor[f32, 4], n: int) -> f32:\n"
ROWS = [
    ("    retrun x[0]\n", "did you mean `return`?", "    return x[0]\n"),
    ("    n++\n    return x[n]\n", "`n += 1`", "    n += 1\n    return x[n]\n"),
    ("    n--;\n    return x[n]\n", "`n -= 1`", "    n -= 1\n    return x[n]\n"),
    ("    return x[0] if n > 0 && n < 4 else x[1]\n", "`and` of", "    return x[0] if n > 0 and n < 4 else x[1]\n"),
    ("    return x[0] if n < 0 || n > 4 else x[1]\n", "`or` of", "    return x[0] if n < 0 or n > 4 else x[1]\n"),
    ("    return n > 0 ? x[0] : x[1]\n", "`a if condition else b`", "    return x[0] if n > 0 else x[1]\n"),
    ("    return x[0] if !n else x[1]\n", "`not`", "    return x[0] if not n else x[1]\n"),
    ("    float s = x[0]\n    return s\n", "declared by its assignment", "    s = x[0]\n    return s\n"),
    ("    if n > 0 {\n        n = 1\n    }\n    return x[n]\n", "begins with `:`",
     "    if n > 0:\n        n = 1\n    return x[n]\n"),
    ("    if n > 0:\n        n = 1\n    else if n < 0:\n        n = 2\n    return x[n]\n", "`elif`",
     "    if n > 0:\n        n = 1\n    elif n < 0:\n        n = 2\n    return x[n]\n"),
    ("    return x[0]\u00a0+ 1\n", "looks like a space", "    return x[0] + 1\n"),
    ("    return x[0] \u2212 1\n", "minus is `-`", "    return x[0] - 1\n"),
    ("    print(\u201cx\u201d)\n    return x[0]\n", "quotes are", '    print("x")\n    return x[0]\n'),
    ("    wihle n > 0:\n        n -= 1\n    return x[n]\n", "did you mean `while`?",
     "    while n > 0:\n        n -= 1\n    return x[n]\n"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "says", "right"), ROWS, ids=[r[1] for r in ROWS])
def test_other_languages_are_answered_with_python(wrong, says, right):
    with pytest.raises(CompileError) as raised:
        check_program(Source("test.py", HEAD + wrong), Request())
    (d,) = raised.value.diagnostics
    assert d.code == "E101"
    assert says in "\n".join(n.message for n in d.notes if n.fix)
    check_program(Source("test.py", HEAD + right), Request())


@pytest.mark.parametrize("wrong", ["    d = {\n    return x[0]\n", "    return x[0] +\n", "    s = '&& ?'; return (\n"])
def test_what_is_not_known_has_no_advice(wrong):
    with pytest.raises(CompileError) as raised:
        check_program(Source("test.py", HEAD + wrong), Request())
    assert [d.notes for d in raised.value.diagnostics] == [()]
