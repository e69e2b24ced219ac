"""docs/coverage.md says what the compiler's tables say."""

from pathlib import Path

from pyc.tools import coverage

#: Of this checkout: pyc itself may be installed elsewhere.
FILE = Path(__file__).resolve().parents[2] / "docs" / coverage.FILE.name


def test_the_table_is_up_to_date() -> None:
    written = FILE.read_text(encoding="utf-8")
    assert written == coverage.coverage(), "run `python -m pyc.tools.coverage`"
