"""docs/coverage.md says what the compiler's tables say."""

from pyc.tools import coverage


def test_the_table_is_up_to_date() -> None:
    written = coverage.FILE.read_text(encoding="utf-8")
    assert written == coverage.coverage(), "run `python -m pyc.tools.coverage`"
