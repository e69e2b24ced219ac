"""Every diagnostic code is explained, used and tested."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pyc.codes import all_codes
from pyc.tools import explain

ROOT = Path(__file__).resolve().parents[2]
CODES = all_codes()
HUNDREDS = {"1": "syntax", "2": "types", "3": "targets", "4": "control", "5": "artifacts", "6": "onnx", "9": "internal"}


def files(*folders: str) -> list[Path]:
    """The Python and lit files under folders of the project, without the registry and without this test."""
    return [
        p
        for folder in folders
        for p in sorted((ROOT / folder).rglob("*"))
        if p.is_file()
        and p.suffix in (".py", ".mlir", ".test")
        and p.parent.name != "codes"
        and p.name not in NOT_TESTS
    ]


def literals(path: Path) -> set[str]:
    """The codes that stand in a file as a string of their own: what it can report."""
    constants = (n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant))
    return {c for c in constants if isinstance(c, str) and re.fullmatch(r"E[1-9]\d\d", c)}


#: These draw and list codes; they do not test what reports them.
NOT_TESTS = ("test_codes.py", "test_render.py")
PYTHON = [p for p in files("frontend", "passes", "targets", "tools", "dialects", "pyc") if p.suffix == ".py"]
REPORTED = {code for path in PYTHON for code in literals(path)}
TESTED = {
    c
    for p in files("test")
    for c in re.findall(r"\bE[1-9]\d\d\b", p.name + p.read_text(encoding="utf-8", errors="replace"))
}


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


def test_what_is_registered_is_tested():
    assert not sorted(set(CODES) - TESTED)


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
