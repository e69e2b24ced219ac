"""The files under ``test/lit``, each a test: what their RUN lines say holds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "lit"
sys.path.insert(0, str(ROOT))

from in_process import missing_feature, run_file, run_line, run_lines  # noqa: E402

FILES = sorted(
    path
    for path in ROOT.rglob("*")
    if path.suffix in (".mlir", ".py", ".test")
    and path.parent != ROOT
    and "Inputs" not in path.parts
    and "__pycache__" not in path.parts
)


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(ROOT)) for p in FILES])
def test_file(path: Path) -> None:
    absent = missing_feature(path.read_text())
    if absent:
        pytest.skip(f"requires {absent}")
    problem = run_file(path)
    assert not problem, problem


def test_run_lines_go_on_after_a_backslash() -> None:
    assert run_lines("// RUN: a %s \\\n// RUN:   b\n# RUN: c\n") == ["a %s  b", "c"]


def test_a_pipeline_fails_where_any_command_does() -> None:
    assert run_line("false | cat").code == 1
    assert run_line("not false && echo done").output == "done\n"
    assert run_line("true && not true").code == 1
