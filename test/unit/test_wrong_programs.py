"""What newcomers write: one root cause is one error, at the right words, with what to write instead.

Each row is a program, the error's code and the text under its caret, and what the message and its notes say. Where a
row has a ``mend``, the program with the words under the caret replaced by it is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from check_facts import errors

from pyc.diagnostics import CompileError
from pyc.frontend.check_program import check_program
from pyc.frontend.request import Request
from pyc.source import Source

HEAD = "from pyc import Buffer, Stack, static, static_range\n"


@dataclass(frozen=True)
class Wrong:
    """A program with one error."""

    text: str
    code: str
    caret: str
    says: tuple[str, ...] = ()
    mend: str | None = None

    def __str__(self) -> str:
        return f"{self.code} {self.caret}".replace(" ", "_")[:40]


def f(body: str, signature: str = "f[N](x: Tensor[f32, N])", result: str = "f32") -> str:
    """A function of statements, one a line."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    return f"def {signature} -> {result}:\n{lines}\n"


def endless(call: str, first: str = "x", **more: str) -> str:
    """A function ``g`` that calls itself with other types or constants each time."""
    head = more.get("head", "def g(x):")
    return f"{head}\n    return {call}\n" + f(f"return {first}", "f(x: Tensor[f32, 4])")


NAMES = [
    Wrong(f("y = totl * 2\nz = y + 1\nreturn z + y"), "E110", "totl"),
    Wrong(f("total = f32(0)\nfor v in x:\n    totl += v\nreturn total"), "E111", "totl", ("did you mean `total`?",)),
    Wrong("def f[N](x: Tensor[f33, N]) -> f33:\n    y = x * 2\n    return y[0]\n", "E110", "f33", ("`f32`",), "f32"),
    Wrong(f("return y + z + y", "f(y: f32)"), "E110", "z"),
    Wrong(f("a = torch.relu(x)\nb = a + 1\nreturn torch.sum(b)").join(("import torch\n", "")), "E114", "torch",
          ("imported here", "in a function marked @pyc.python", "the name stands in line")),
    Wrong("count = 0\n" + f("global count\ncount += 1\nreturn x[0] * count"), "E120", "global count"),
]  # fmt: skip

TYPES = [
    Wrong(f("return x.sum()", "f(x: npt.NDArray[np.float32])").join(("import numpy.typing as npt\n", "")), "E207",
          "npt.NDArray[np.float32]", ("does not say the shape", "`Tensor[f32, N]`")),
    Wrong(f("return x.sum()", "f(x: NDArray[np.int64], s: f32)").join(("from numpy.typing import NDArray\n", "")),
          "E207", "NDArray[np.int64]", ("`Tensor[i64, N]`",)),
    Wrong(f("return s", "f(x: np.ndarray[tuple[int, int], np.dtype[np.float32]], s: f32)"), "E207",
          "np.ndarray[tuple[int, int], np.dtype[np.float32]]", ("`Tensor[f32, N, M]`",)),
    Wrong(f("return s", "f(x: list[float], s: f32)"), "E207", "list[float]", ("a list cannot be", "`Tensor[f64, N]`")),
    Wrong(f("return s", "f(x: dict[str, f32], s: f32)"), "E207", "dict[str, f32]", ("a dict cannot be", "parameters")),
    Wrong(f("return s", "f(x: List[float], s: f32)").join(("from typing import List\n", "")), "E207", "List[float]"),
    Wrong(f("return s", "f(x: Any, s: f32)").join(("from typing import Any\n", "")), "E207", "Any", ("leave",)),
    Wrong(f("return x[0, 0]", "f[N](x: Tensor[f32, (N, 4)])"), "E207", "(N, 4)", ("`Tensor[f32, N, 4]`",), "N, 4"),
]  # fmt: skip

JOINS = [
    Wrong(f("best = None\nfor v in x:\n    if best is None or v > best:\n        best = v\nreturn best"),
          "E208", "best", ("`best = f32(0)`",)),
    Wrong(f("if x[0] > 0:\n    mode = 'a'\nelse:\n    mode = 'b'\nif mode == 'a':\n    return x[0]\nreturn x[1]"),
          "E208", "mode", ("numbers for cases",)),
    Wrong("@pyc.record\nclass In:\n    x: f32\n"
          + f("if c:\n    p = In(f32(1))\nelse:\n    p = a[0]\nreturn p.x", "f[N](a: Tensor[In, N], c: bool)"),
          "E208", "p", ("p is an In on one path", "an In in an array on another",
                        "dataclasses.replace")),
]  # fmt: skip

#: Functions that need ever more instances of themselves.
ENDLESS = [
    Wrong(endless("g(x[None])", "g(x)"), "E126", "g(x[None])"),
    Wrong(endless("g(np.concatenate((x, x)))", "g(x)"), "E126", "g(np.concatenate((x, x)))"),
    Wrong(endless("g((x, x))", "g(x)"), "E126", "g((x, x))"),
    Wrong(endless("g[k + 1](x)", "g[0](x)", head="def g[k: int](x: Tensor[f32, 4]) -> f32:"), "E126", "g[k + 1](x)"),
]


TRUTHS = [
    Wrong(f("y = np.where(x > 0 and x < 1, x, x)\nreturn y[0]"), "E218", "x > 0 and x < 1", ("`(x > 0) & (x < 1)`",),
          "(x > 0) & (x < 1)"),
    Wrong(f("y = np.where(0 < x < 1, x, x)\nreturn y[0]"), "E218", "0 < x < 1", ("`(0 < x) & (x < 1)`",),
          "(0 < x) & (x < 1)"),
    Wrong(f("if x > 0:\n    return x[0]\nreturn x[1]"), "E218", "x > 0", ("`.any()`",), "(x > 0).any()"),
]  # fmt: skip

LISTS = [
    Wrong(f("return f32(np.sum([1.0, x[0]]))"), "E121", "[1.0, x[0]]", ("`np.array([1.0, x[0]])`", "`(1.0, x[0])`"),
          "np.array([1.0, x[0]])"),
    Wrong(f("return x[0] if n in [1, 2] else x[1]", "f[N](x: Tensor[f32, N], n: int)"), "E121", "[1, 2]",
          ("a tuple, `(1, 2)`",), "(1, 2)"),
]  # fmt: skip

INTEGERS = [
    Wrong(f("for i in range(len(x) / 2):\n    pass\nreturn x[0]"), "E202", "len(x) / 2", ("`len(x) // 2`",),
          "len(x) // 2"),
    Wrong(f("y = np.zeros(s)\nreturn x[0]", "f[N](x: Tensor[f32, N], s: float)"), "E202", "s", ("`int(s)`",)),
]  # fmt: skip

#: What a function of the library refuses is said once, of the user's call.
LIBRARY = [
    Wrong(f("return np.linalg.inv(x)[0]"), "E202", "np.linalg.inv(x)", ("must be at least two-dimensional",)),
    Wrong(f("return f32(np.trace(x))"), "E202", "np.trace(x)", ("at least two dimensions",)),
    Wrong(f("return f32(np.fft.fft2(x).real[0])"), "E202", "np.fft.fft2(x)", ("no axis -2",)),
    Wrong(f("return np.roll(x, 1.5)[0]"), "E202", "np.roll(x, 1.5)", ("np.roll does not take these arguments",)),
    Wrong(f("return np.triu(x[0])[0]"), "E217", "np.triu(x[0])", ("an f32 has no attribute",)),
]

#: Shapes and packs that do not fit, in the words of the call.
SHAPES = [
    Wrong("def g[*S](x: Tensor[f32, *S, 2]) -> f32:\n    return x.sum()\n"
          + f("return g(s.reshape(()))", "f(s: Tensor[f32, 1])"), "E202", "s.reshape(())",
          ("the argument x is a Tensor[f32, *S, 2], and this is a Tensor[f32]",)),
    Wrong(f('return np.einsum("ij,jk->ik", x, y)[0, 0]', "f(x: Tensor[f32, 3, 4], y: Tensor[f32, 5, 6])"), "E205",
          '"ij,jk->ik"', ("the subscript `j` of np.einsum is 4 in x and 5 in y",)),
    Wrong(f("return np.dot(x, y)[0, 0]", "f[N](x: Tensor[f32, 3, N], y: Tensor[f32, N + 1, 6])"), "E205",
          "np.dot(x, y)", ("np.dot needs equal inner extents", "ends in N", "begins with N + 1")),
    Wrong(f("return np.tensordot(x, y, 1)[0, 0]", "f(x: Tensor[f32, 3, 4], y: Tensor[f32, 5, 6])"), "E205",
          "np.tensordot(x, y, 1)", ("np.tensordot of shapes (3, 4) and (5, 6)", "4 and 5 must be equal")),
    Wrong(f("return np.zeros(3, 4)[0, 0] + s", "f(s: f32)", "f64"), "E202", "4", ("`np.zeros((3, 4))`",)),
    Wrong(f("return np.hstack(x, x)[0]"), "E203", "np.hstack(x, x)", ("`np.hstack((x, x))`",), "np.hstack((x, x))"),
    Wrong(f("return max(x, x)[0]"), "E218", "x", ("`np.maximum(x, x)`",)),
]  # fmt: skip

#: Annotations and options that are nearly right.
SIGNATURES = [
    Wrong(f("return x[0]", "f(x: Tensor(f32, 4))"), "E112", "Tensor(f32, 4)", ("`Tensor[f32, 4]`",), "Tensor[f32, 4]"),
    Wrong(f("return x[0]", "f(x: Tensor[f32, :])"), "E207", ":", ("`Tensor[f32, N]`",)),
    Wrong(f("return x[0]", "f(x: Tensor[f32, ...])"), "E207", "...", ("`def f[*S](x: Tensor[f32, *S])`",)),
    Wrong(f("return x[0]", "f(x: np.array, s: f32)"), "E207", "np.array",
          ("np.array says neither", "`Tensor[f64, N]`")),
    Wrong('@pyc.jit(target="cuda")\n' + f("return x[0]"), "E307", '"cuda"', ("`target=cuda`",), "cuda"),
    Wrong(f("return x[0]", 'f(x: Tensor[f32, 4, cuda("H100")])'), "E307", 'cuda("H100")', ('`cuda("sm_90a")`',),
          'cuda("sm_90a")'),
    Wrong("@pyc.jit(nopython=True)\n" + f("return x[0]"), "E119", "nopython=True", ("leave it out", "`fastmath=`"), ""),
    Wrong("class Body:\n    x: f32\n" + f("return b.x * s", "f(b: Body, s: f32)"), "E123", "",
          ("b of f is a Body, which is no record: `@pyc.record` makes it one",)),
    Wrong("@pyc.record\nclass Body:\n    x: f32\n" + f("return b.y", "f(b: Body)"), "E217", "b.y", ("it has `x`",)),
    Wrong("@pyc.record\nclass Body:\n    x: f32\n" + f("return Body(x=s, weight=s).x", "f(s: f32)"), "E203", "weight=s",
          ("it takes `x`",)),
]  # fmt: skip

#: Statements that Python has too, with another meaning than the writer's.
MEANINGS = [
    Wrong(f('if x[0] > 3:\n    raise "too big"\nreturn x[0]'), "E121", '"too big"', ('`ValueError("too big")`',),
          'ValueError("too big")'),
    Wrong(f('assert (x[0] > 3, "message")\nreturn x[0]'), "E218", '(x[0] > 3, "message")', ("without parentheses",),
          'x[0] > 3, "message"'),
    Wrong(f("return x[0] ^ 2"), "E201", "x[0] ^ 2", ("`x[0] ** 2`",), "x[0] ** 2"),
]  # fmt: skip

#: Modules as those of other libraries are written.
_CLASS = "class Net(pyc.Module):\n    w: Tensor[f32, 4]\n"
_CALL = "    def __call__(self, x: Tensor[f32, 4]) -> f32:\n        return x @ self.w\n"
MODULES = [
    Wrong(_CLASS + _CALL + "net = Net()\n" + f("return net(x)", "f(x: Tensor[f32, 4])"), "E112", "Net()",
          ("a parameter `net: Net` that the caller gives",)),
    Wrong(_CLASS + _CALL + f("net = Net()\nreturn net(x)", "f(x: Tensor[f32, 4])"), "E216", "Net",
          ("a parameter `net: Net` that the caller gives",)),
    Wrong(_CLASS + "    def __init__(self):\n        self.b = np.zeros(4)\n" + _CALL.replace("self.w", "self.b"),
          "E217", "self.b", ("`b: Tensor[f32, N]`", "`__init__` is run by Python alone")),
    Wrong(_CLASS + _CALL.replace("self.w", "self.weights"), "E217", "self.weights", ("it has `w`, `__call__`",)),
    Wrong(_CLASS + _CALL.replace("__call__", "forward") + "class Big(pyc.Module):\n    a: Net\n"
          + _CALL.replace("x @ self.w", "self.a(x)"), "E216", "self.a", ("`self.a.forward`",), "self.a.forward"),
    Wrong(_CLASS + _CALL.replace("self, x", "x").replace(" @ self.w", "[0]"), "E118", "x: Tensor[f32, 4]",
          ("its first is x",), "self, x: Tensor[f32, 4]"),
    Wrong("class Net:\n    w: Tensor[f32, 4]\n" + _CALL, "E123", "", ("`class Net(pyc.Module):`",)),
    Wrong("M = Dim('M')\nclass Net(pyc.Module):\n    w: Tensor[f32, M]\n" + _CALL, "E123", "", ("`net = Net[...]`",)),
]  # fmt: skip

#: What has a value at compile time, and what has none.
CONSTANTS = [
    Wrong(f('print("ABC"[n])\nreturn x[0]', "f[N](x: Tensor[f32, N], n: int)"), "E210", "n",
          ("a string is indexed by a constant",)),
    Wrong(f('s = "ABC"\nif s[n] == "A":\n    return x[0]\nreturn x[1]', "f[N](x: Tensor[f32, N], n: int)"), "E210",
          "n"),
    Wrong("def f[T: str](x: Tensor[T, 4]):\n    return x\n", "E207", "T", ("T is a str", "`T: Float`")),
    Wrong(f("return x[0] * np.sin"), "E223", "np.sin", ("`np.sin(x)`",)),
    Wrong(f("return np.fft(x)[0]"), "E216", "np.fft", ("`np.fft.fft(...)`",)),
    Wrong("def g(a: f32) -> f32:\n    return a\n" + f("return g(x[0], a=x[1])"), "E203", "a=x[1]"),
    Wrong(f("x.colour = 3\nreturn x[0]"), "E120", "x.colour", ("has no attributes to assign",)),
    Wrong(f('open("a")\nreturn x[0]'), "E122", 'open("a")', ("pass the arrays",)),
    Wrong("@torch.jit.script\n" + f("return x[0]"), "E119", "torch.jit.script", ("`@pyc.jit`",), "pyc.jit"),
]  # fmt: skip

SURROUNDINGS = [
    Wrong("import functools\n@functools.cache\n" + f("return x[0]"), "E119", "functools.cache", ("leave it out",)),
    Wrong("import numba\n@numba.njit(parallel=True)\n" + f("return x[0]"), "E119", "numba.njit(parallel=True)",
          ("`@pyc.jit`",), "pyc.jit"),
    Wrong("class Net(pyc.Module):\n    w: Tensor[f32, 4]\n    def __call__(self, x: f32) -> Tensor[f32, 4]:\n"
          "        return x * w\n", "E110", "w", ("`self.w`",)),
    Wrong(f("return softmax(x)[0]"), "E110", "softmax", ("`from pyc.nn import softmax`",)),
]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        *NAMES,
        *TYPES,
        *JOINS,
        *ENDLESS,
        *TRUTHS,
        *LISTS,
        *INTEGERS,
        *LIBRARY,
        *SHAPES,
        *MODULES,
        *CONSTANTS,
        *SURROUNDINGS,
    ],
    ids=str,
)
def test_one_cause_is_one_error_with_a_way_out(wrong):
    text = HEAD + wrong.text
    (d,) = errors(text)
    assert d.span is not None
    assert (d.code, d.span.text) == (wrong.code, wrong.caret)
    said = "\n".join([d.message, *(n.message for n in d.notes)])
    for words in wrong.says:
        assert words in said
    assert len(d.message) <= 160
    if wrong.mend is not None:
        assert errors(text.replace(wrong.caret, wrong.mend)) == []


def test_each_parameter_without_a_type_is_said():
    found = errors(f("return x[0] * s + t", "f[N](x: Tensor[f32, N], s, t)"))
    assert [(d.code, d.message) for d in found] == [
        ("E219", "the parameter s of f has no type"),
        ("E219", "the parameter t of f has no type"),
    ]


def test_records_of_one_name_are_told_apart_by_their_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record = "import pyc\nfrom pyc import f32\n@pyc.record\nclass In:\n    x: f32\n"
    (tmp_path / "other.py").write_text(record + "def make():\n    return In(f32(2))\n")
    body = "if c:\n    p = In(f32(1))\nelse:\n    p = make()\nreturn p.x"
    (d,) = errors("from other import make\n" + record + f(body, "f(c: bool)"))
    assert d.code == "E208"
    assert d.message == "p is an In of test.py on one path to this line and an In of other.py on another"


def test_types_that_are_not_imported_are_named():
    with pytest.raises(CompileError) as raised:
        check_program(Source("test.py", "def f(x: Tensor[f32, 4]):\n    return x * 2\n"), Request())
    (d,) = raised.value.diagnostics
    assert d.code == "E123"
    assert [n.message for n in d.notes] == ["`from pyc import Tensor, f32`, which its annotations mention"]
