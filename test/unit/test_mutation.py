"""Damaged programs: whatever a hasty hand makes of a program, the compiler answers with a diagnostic or compiles it.

Tokens are deleted, duplicated and swapped, types and names exchanged, lines moved and indented, texts cut off, with a
fixed seed. A failure names the mutant's number: ``mutants(path, n)[number]`` is its text. ``PYC_MUTANTS=500`` checks
that many of each program, and compiles what is left of them that is right.
"""

from __future__ import annotations

import io
import os
import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from pyc.tools.cli import cli

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted([*(ROOT / "examples").glob("*.py"), ROOT / "examples/digits/model.py"])
PROGRAMS = sorted((ROOT / "test/programs").glob("*.py"))
LIT = sorted(p for f in ("frontend", "errors", "targets") for p in (ROOT / "test/lit" / f).rglob("*.py"))
SOURCES = {str(p.relative_to(ROOT)): p for p in (*EXAMPLES, *PROGRAMS, *LIT) if "Inputs" not in p.parts}
#: How many mutants of each program are asked for on the command line of the tests; 0: as many as :func:`amounts` says.
ASKED = int(os.environ.get("PYC_MUTANTS", "0"))


def amounts(path: Path) -> tuple[int, int]:
    """Mutants of a program that are checked, and how many of them are compiled too."""
    if ASKED:
        return ASKED, ASKED
    if path in EXAMPLES:
        return 40, 4
    return (6, 1) if path in PROGRAMS else (3, 0)


#: Seconds that one mutant may take on a busy machine before it counts as a hang.
PATIENCE = 30
SEED = 20261121
TOKEN = re.compile(r"\n[ ]*|[A-Za-z_]\w*|\d+(?:\.\d+)?|\*\*|//|->|[=!<>]=|[^\w\s]|[ ]+|\"[^\"\n]*\"")
TYPES = [
    "f32",
    "f64",
    "f16",
    "bf16",
    "f8e4m3",
    "i8",
    "i64",
    "u8",
    "bool",
    "int",
    "float",
    "None",
    "N",
    "Mixed[f16, f32]",
    "cuda",
]
WORDS = [
    "for",
    "while",
    "return",
    "if",
    "in",
    "lambda",
    "class",
    "def",
    "not",
    "yield",
    "await",
    "import",
    "del",
    "match",
]


#: What no keyboard types by accident, and what looks like something else.
ODD = [
    "0", "-1", "1e400", "9" * 30, '"', "'''", "(", "[", ":", "\\", "\x00", "é", "\t", "名前", "\u200b", "\u00a0", "🐍",
    "x\u0301", "\u202e", "ｆ３２", "\ufeff", "0x", "1_", "1j", "f\"{", "...", "*", "**", "@", "->", ":=", ";", "None",
]  # fmt: skip


@cache
def mutants(path: Path, count: int) -> list[str]:
    """The damaged texts of a program, always the same."""
    text = path.read_text(encoding="utf-8")
    tokens = TOKEN.findall(text)
    # A string of another length gives other mutants: the program's name is part of the seed, its folder is not.
    dice = random.Random(f"{SEED} {path.name}")
    return ["".join(mutate(list(tokens), dice)) for _ in range(count)]


def mutate(tokens: list[str], dice: random.Random) -> list[str]:
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        solid = [i for i, token in enumerate(tokens) if token.strip(" ")]
        if not solid:
            break
        at, other = dice.choice(solid), dice.choice(solid)
        match dice.randrange(11):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(at, tokens[at])
            case 2:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 3 | 4:
                named = [i for i in solid if tokens[i] in TYPES] or solid
                tokens[dice.choice(named)] = dice.choice(TYPES)
            case 5:
                named = [i for i in solid if tokens[i].isidentifier()] or solid
                tokens[dice.choice(named)] = dice.choice((tokens[other], dice.choice(WORDS), "x", "undefined_name"))
            case 6:
                tokens[at] = dice.choice(ODD)
            case 7:
                named = [i for i in solid if tokens[i].isidentifier()] or solid
                tokens[dice.choice(named)] = tokens[dice.choice(named)]
            case 8:
                breaks = [i for i in solid if tokens[i].startswith("\n")] or solid
                tokens[dice.choice(breaks)] = "\n" + " " * dice.choice((0, 1, 2, 4, 8, 12))
            case 9:
                del tokens[at:]
            case 10:
                first, last = sorted((at, other))
                block = tokens[first : min(last, first + 40)]
                place = dice.choice(solid)
                tokens[place:place] = block
    return tokens


@contextmanager
def patience() -> Iterator[None]:
    """Fail instead of hanging."""

    def late(*_: object) -> None:
        raise TimeoutError(f"no answer after {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def answer(*arguments: str) -> int:
    """The exit status of a command, which must be a compiler's answer and no accident.

    Checking is done in this process, where an accident is seen as it is; generating code in one of its own.
    """
    with patience():
        result = CliRunner(env={"PYC_ISOLATE": "0" if arguments[0] == "check" else None}).invoke(cli, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 1)
    assert not re.search(r"\[E9\d\d\]", result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    assert (result.exit_code == 1) == ("error[" in result.stderr), result.stderr
    return result.exit_code


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_the_example_itself_is_right(path):
    assert answer("check", str(path)) == 0


@pytest.mark.parametrize("path", SOURCES.values(), ids=list(SOURCES))
def test_damaged_programs_are_answered(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    count, at_most = amounts(path)
    compiled = 0
    for number, text in enumerate(mutants(path, count)):
        (tmp_path / "mutant.py").write_text(text, encoding="utf-8")
        try:
            if answer("check", "mutant.py") == 0 and compiled < at_most:
                target = ("cpu", "onnx", "cuda")[compiled % 3]
                compiled += 1
                answer(
                    "compile",
                    "mutant.py",
                    f"--target={target}",
                    "--emit=" + ("onnx" if target == "onnx" else "llvm"),
                    "-o",
                    "out",
                )
        except BaseException as error:
            error.add_note(f"mutant {number} of {path.name}")
            raise


def test_mutants_are_many_and_always_the_same():
    every = [text for path in SOURCES.values() for text in mutants(path, amounts(path)[0])]
    assert len(every) >= 700
    assert len(set(every)) > 0.8 * len(every)
    mutants.cache_clear()
    assert every == [text for path in SOURCES.values() for text in mutants(path, amounts(path)[0])]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "[" * 500 + "]" * 500,
        "x = " + "-" * 5000 + "1\n",
        "x = " + "+".join(["1"] * 5000) + "\n",
        "def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:\n    return " + "+".join(["x"] * 3000) + "\n",
        "".join(" " * i + "if x:\n" for i in range(200)),
        "def f(" + ", ".join(f"a{i}: f32" for i in range(2000)) + ") -> f32:\n    return a0\n",
        "\x00",
        "def f(x: f32) -> f32:\n    return x\n" * 300,
        "# nothing\n",
        "def f(x: f32) -> f32:\n    return f(x)\n",
        "class A(B):\n  pass\nclass B(A):\n  pass\n",
        "a = b\nb = a\ndef f[N](x: Tensor[f32, a]) -> Tensor[f32, b]:\n    return x\n",
        "def f[N](x: Tensor[f32, 99999999999999999999]) -> Tensor[f32, N]:\n    return x\n",
        "def f[N](x: Tensor[f32, N ** N]) -> Tensor[f32, -N]:\n    return x\n",
        "def f(x: Tensor[" + "Tensor[" * 200 + "f32" + "]" * 201 + ") -> None:\n    pass\n",
    ],
    ids=lambda text: f"{text[:24]!r}"[1:-1].replace(" ", "_")[:20],
)
def test_extreme_programs_are_answered(text, tmp_path):
    path = tmp_path / "extreme.py"
    path.write_text("from pyc import Tensor, f32\n" + text, encoding="utf-8")
    answer("check", str(path))


def test_bytes_that_are_no_program_are_answered(tmp_path):
    dice = random.Random(SEED)
    path = tmp_path / "noise.py"
    for _ in range(30):
        path.write_bytes(dice.randbytes(dice.randrange(1, 400)))
        assert answer("check", str(path)) == 1
    path.write_bytes(io.BytesIO().getvalue())
    answer("check", str(path))
