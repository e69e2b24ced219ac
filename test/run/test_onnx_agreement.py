"""Every program of the language's tests as a model: it gives what CPython gives in every runtime, or is refused.

What compiled code gives is what CPython gives: the tests that are run here say so. ``PYC_AGREEMENT=1`` looks at all
tests that call compiled code, all programs and all calls, and takes an hour. ``docs/onnx-coverage.md`` counts what is
exported; ``PYC_AGREEMENT=write`` writes it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import agreed_programs
import onnx
import pytest
import test_control_onnx
import test_language_onnx
from agreement import Finding, Model, compiled, exported, findings, problems
from coverage_of_export import FILE, row, rows, table
from recorded_calls import Program
from test_programs import PROGRAMS

from pyc.diagnostics import CompileError
from pyc.targets.onnx.operators import NEWEST, OLDEST

HERE = Path(__file__).parent
WIDE = os.environ.get("PYC_AGREEMENT") == "1"
FILES = sorted(p for p in HERE.glob("test_language_*.py") if "onnx" not in p.stem)
OTHERS = sorted(
    p
    for p in HERE.glob("test_*.py")
    if p not in FILES and any(w in p.read_text(encoding="utf-8") for w in ("Twice(", "Surface(", "Programs("))
)
#: Files that one process looks at: what takes time is to begin.
GROUPS = 6
#: What is not the same, by test and function, with the reason.
KNOWN = {
    ("test_functions_of_numbers", "case2"): "Gelu of minus infinity is NaN, as ONNX defines it",
    ("test_functions_of_numbers", "case3"): "Gelu of minus infinity is NaN, as ONNX defines it",
}


def found_in(paths: list[Path], output: Path) -> list[Finding]:
    """What became of the functions that the tests in files call."""
    command = [sys.executable, HERE / "agreement.py", output, "99" if WIDE else "2", *paths]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=3000)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return [Finding(**{**f, "wrong": tuple(f["wrong"])}) for f in json.loads(output.read_text())]


def agree(found: list[Finding]) -> None:
    """Fail unless all exports that are not on the list of exceptions agree, and all refusals say where and why."""
    differ = {(f.test, f.name) for f in found if f.wrong}
    wrong = [f"{f.test}, {f.name}: {f.why} {f.wrong}" for f in found if f.wrong and (f.test, f.name) not in KNOWN]
    wrong += [f"{f.test}, {f.name}: {f.why}" for f in found if f.how == "fault"]
    assert not wrong, "\n".join(wrong)
    known = {k for k in KNOWN if k in {(f.test, f.name) for f in found}}
    assert known <= differ, f"{known - differ} are not wrong any more"


@pytest.mark.parametrize("group", range(GROUPS))
def test_the_language(tmp_path: Path, group: int) -> None:
    found = found_in(FILES[group::GROUPS], tmp_path / "found.json")
    agree(found)
    assert any(f.calls and f.how == "exported" for f in found)
    written = FILE.read_text(encoding="utf-8")
    old = [line for line in rows(found) if line not in written]
    assert not old, (
        "docs/onnx-coverage.md is not up to date: PYC_AGREEMENT=write pytest test/run/test_onnx_agreement.py"
    )


@pytest.mark.parametrize("path", PROGRAMS if WIDE else PROGRAMS[::7], ids=lambda p: p.stem)
def test_whole_programs(path: Path) -> None:
    agree(findings(agreed_programs.of_file(path), 99 if WIDE else 2))


@pytest.mark.parametrize("seed", range(60 if WIDE else 1))
def test_drawn_programs(seed: int) -> None:
    agree(findings(agreed_programs.drawn(seed), 99))


@pytest.mark.parametrize("path", OTHERS if WIDE else [HERE / "test_numpy_sums.py"], ids=lambda p: p.stem)
def test_other_tests(tmp_path: Path, path: Path) -> None:
    agree(found_in([path], tmp_path / "found.json"))


if os.environ.get("PYC_AGREEMENT") == "write":

    def test_write_the_table(tmp_path: Path) -> None:
        FILE.write_text(table(found_in(FILES, tmp_path / "found.json")), encoding="utf-8")


def test_rows_count() -> None:
    found = [Finding("test_language_x", "f", "exported"), Finding("test_language_x", "g", "E603", "cannot raise 'a'")]
    assert row("test_language_x", found) == "| x | 2 | 1 | 0 | E603 1 |"


@cache
def samples() -> list[tuple[Program, Any]]:
    """Programs of what is exported, with arguments of each function, and their functions on the CPU."""
    control = {name: [given[-1]] for name, given in test_control_onnx.CASES.items()}
    language = {name: [arguments(7)] for name, arguments, _ in test_language_onnx.CASES}
    texts = (test_control_onnx.SOURCE, test_language_onnx.HEADER + test_language_onnx.SOURCE)
    found = [Program(t, tuple(c), {}, c) for t, c in zip(texts, (control, language), strict=True)]
    return [(program, compiled(program, *program.names)) for program in found]


@pytest.mark.parametrize("opset", range(OLDEST, NEWEST + 1))
def test_operator_sets(opset: int) -> None:
    """Each gives right results, or a diagnostic that says which one has what is missing: a fourth of the functions."""
    refused = []
    for program, judge in samples():
        names = program.names if WIDE else program.names[opset % 4 :: 4]
        for name, model in exported(program.text, names, opset).items():
            if isinstance(model, Model):
                assert onnx.load_from_string(model.content).opset_import[0].version == opset
                onnx.checker.check_model(model.content, full_check=True)
                assert not list(problems(model, getattr(judge, name), program.calls[name], {}))
            else:
                assert isinstance(model, CompileError), name
                assert {d.code for d in model.diagnostics} == {"E610"}, name
                assert all("opset" in d.message and d.span is not None for d in model.diagnostics)
                refused.append(name)
    assert len(refused) <= (8 if opset < 18 else 0), refused  # what is put in computed places needs 18
