"""What the documents say is true: their Python blocks run, as Python and compiled; their links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pyc.codes import all_codes

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
TEXT = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
#: What a command needs, by the way in which a block is run.
WAYS = {"interpreted": ("run", "--interpret"), "just in time": ("run",), "ahead of time": ("compile", "-o", "out")}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_blocks_of_the_language_run(number: int, way: str, tmp_path: Path) -> None:
    (tmp_path / "block.py").write_text(BLOCKS[number], encoding="utf-8")
    command = [sys.executable, "-m", "pyc", *WAYS[way], "block.py"]
    environment = {**os.environ, "PYC_CACHE_DIR": str(tmp_path / "cache")}
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr


def test_every_block_of_python_is_run() -> None:
    assert len(BLOCKS) == TEXT.count("```python") >= 8


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_links_and_codes_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```|`[^`]+`", "", text, flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)#:]+)\)", prose):
        assert (path.parent / link).exists(), link
    for code in re.findall(r"\b[EW]\d{3}\b", text):
        assert code in all_codes(), code
