"""Every diagnostic code is explained, used and tested."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from explained import ALONE, CODES, program

from pyc.tools import explain
from pyc.tools.cli import cli

ROOT = Path(__file__).resolve().parents[2]
HUNDREDS = {"1": "syntax", "2": "types", "3": "targets", "4": "control", "5": "artifacts", "6": "onnx", "9": "internal"}


def files(*folders: str) -> list[Path]:
    """The Python and lit files under folders of the project, without the registry and without this test."""
    return [
        p
        for folder in folders
        for p in sorted((ROOT / folder).rglob("*"))
        if p.is_file() and p.suffix in (".py", ".mlir", ".test") and p.parent.name != "codes"
    ]


def literals(path: Path) -> set[str]:
    """The codes that stand in a file as a string of their own: what it can report."""
    constants = (n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant))
    return {c for c in constants if isinstance(c, str) and re.fullmatch(r"E[1-9]\d\d", c)}


PYTHON = [p for p in files("frontend", "passes", "targets", "tools", "dialects", "pyc") if p.suffix == ".py"]
REPORTED = {code for path in PYTHON for code in literals(path)}
LIT = sorted(p for p in (ROOT / "test/lit/errors").iterdir() if p.is_file())

#: How an example may be meant: one of these gives its code, and takes what is right.
COMMANDS = (
    ("check",),
    ("check", "--target=cuda:sm_90a"),
    ("compile", "--emit=llvm", "-o", "out", "--remarks"),
    ("compile", "--target=cuda", "--emit=llvm", "-o", "out", "--remarks"),
    ("compile", "--target=onnx", "-o", "out", "--remarks"),
    ("compile", "--emit=exe", "-o", "out"),
)


def answers(text: str, command: tuple[str, ...]) -> Iterator[tuple[int, set[str]]]:
    """(exit status, codes) of a command on a program, as it is, and for its last function by name."""
    Path("example.py").write_text(text, encoding="utf-8")
    for name in ("", *re.findall(r"^def (\w+)", text, re.MULTILINE)[-1:]):
        options = [*command, *(("--function", name) if name else ()), "example.py"]
        result = CliRunner(env={"PYC_ISOLATE": "0"}).invoke(cli, options)
        yield result.exit_code, set(re.findall(r"\[(E\d\d\d)\]", result.stderr))


def test_codes_are_in_the_file_of_their_hundred():
    from importlib import import_module

    for hundred, name in HUNDREDS.items():
        for code in import_module(f"pyc.codes.{name}").CODES:
            assert re.fullmatch(rf"E{hundred}\d\d", code.id), code.id


@pytest.mark.parametrize("code", CODES.values(), ids=list(CODES))
def test_a_code_has_a_sentence_an_explanation_and_examples(code):
    assert 10 <= len(code.title) <= 100
    assert not code.title.endswith(".")
    assert len(code.explanation) >= 40
    assert code.explanation.rstrip().endswith((".", "`", ")"))
    assert code.wrong.strip()
    assert code.right.strip()
    assert code.wrong != code.right


def test_what_is_reported_is_registered():
    assert not sorted(REPORTED - set(CODES))


def test_what_is_registered_is_reported():
    assert not sorted(set(CODES) - REPORTED)


def test_what_is_registered_has_a_lit_test():
    """A file of the code's name has a line that expects the code."""
    tested = {
        p.name[:4]
        for p in LIT
        if re.search(rf"(CHECK|[A-Z]+)(-\w+)?: .*\b{p.name[:4]}\b", p.read_text(errors="replace"))
    }
    assert not sorted(set(CODES) - tested)


@pytest.mark.parametrize("code", ALONE, ids=[c.id for c in ALONE])
def test_the_wrong_example_gives_the_code_and_the_right_one_compiles(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seen = []
    # Codes of ONNX and of kernels are reported by those targets.
    likely = {"6": "--target=onnx", "4": "--target=cuda:sm_90a"}.get(code.id[1], "check")
    for command in sorted(COMMANDS, key=lambda c: likely not in c):
        # The same request, of the file or of its last function, gives this code alone, and takes what is right.
        alone = [codes == {code.id} for _, codes in answers(program(code.wrong), command)]
        if not any(alone):
            seen.append(f"the wrong one does not give this code alone for {command}")
        elif any(
            one and status == 0 and code.id not in codes
            for one, (status, codes) in zip(alone, answers(program(code.right), command), strict=False)
        ):
            return
        else:
            seen.append(f"the right one is wrong for {command}")
    pytest.fail("; ".join(seen))


def test_explain_prints_the_code_and_its_examples():
    for code in CODES.values():
        text = explain.explain(code)
        assert text.startswith(f"{code.id}: {code.title}\n")
        assert "Wrong:" in text
        assert "Right:" in text


@pytest.mark.parametrize("spelling", ["E504", "e504", "504", "[E504]", " E504 "])
def test_a_code_is_found_by_any_spelling(spelling):
    found = explain.find(spelling)
    assert found is not None
    assert found.id == "E504"


def test_an_unknown_code_gives_its_neighbours():
    assert explain.find("E599") is None
    assert all(c.id.startswith("E5") for c in explain.nearest("E599")[:1])
    assert "E508" in [c.id for c in explain.nearest("weights")]
    assert explain.nearest("xyzzy") == []


def test_the_listing_has_every_code_once():
    text = explain.listing()
    for code in CODES:
        assert len(re.findall(rf"^  {code}  ", text, re.MULTILINE)) == 1
