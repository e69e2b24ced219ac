"""Diagnostics as text, drawn."""

from __future__ import annotations

import io

import pytest

from pyc.diagnostics import Diagnostic, Note
from pyc.source import Source, Span
from pyc.tools.render import WIDTH, Style, render, style_of, summary


def span(source: Source, text: str, nth: int = 0) -> Span:
    at = -1
    for _ in range(nth + 1):
        at = source.text.index(text, at + 1)
    return Span(source, at, at + len(text))


def drawn(text: str) -> str:
    """The expected drawing: ``text`` without its first line break and common margin of ``|``."""
    return "".join(f"{line.lstrip(' ')[1:]}\n" for line in text.strip("\n").split("\n") if line.strip())


MODEL = Source("model.py", "def f(x, w):\n    y = x @ w\n    return y\n")


def test_a_place_with_carets():
    assert render([Diagnostic("E207", "K is 128 in x and 64 in w", span(MODEL, "x @ w"))]) == drawn("""
        >error[E207]: K is 128 in x and 64 in w
        > --> model.py:2:9
        >  |
        >2 |     y = x @ w
        >  |         ^^^^^
    """)


def test_notes_with_and_without_a_place_and_a_fix():
    notes = (Note("w is declared here", span(MODEL, "w")), Note("write `x @ w.T`", fix=True), Note("two\nlines"))
    assert render([Diagnostic("E207", "shapes differ", span(MODEL, "x @ w"), notes)]) == drawn("""
        >error[E207]: shapes differ
        > --> model.py:2:9
        >  |
        >2 |     y = x @ w
        >  |         ^^^^^
        >  = help: write `x @ w.T`
        >  = note: two
        >          lines
        >note: w is declared here
        > --> model.py:1:10
        >  |
        >1 | def f(x, w):
        >  |          ^
    """)


def test_no_place():
    assert (
        render([Diagnostic("E501", "cannot read x.py: no such file")])
        == "error[E501]: cannot read x.py: no such file\n"
    )


def test_a_source_without_text_shows_its_place_only():
    text = render([Diagnostic("E501", "gone", Span(Source("gone.py", ""), 0, 0))])
    assert text == "error[E501]: gone\n --> gone.py:1:1\n"


def test_the_gutter_is_as_wide_as_the_longest_number_and_lines_up():
    source = Source("long.py", "\n" * 8 + "a = 1\n" + "\n" * 90 + "b = a\n")
    text = render([Diagnostic("E101", "m", span(source, "b"), (Note("first", span(source, "a")),))])
    assert text == drawn("""
        >error[E101]: m
        >   --> long.py:100:1
        >    |
        >100 | b = a
        >    | ^
        >note: first
        >   --> long.py:9:1
        >    |
        >  9 | a = 1
        >    | ^
    """)


def test_tabs_become_columns():
    source = Source("t.py", "if x:\n\ta\t= b\n")
    assert render([Diagnostic("E101", "m", span(source, "b"))]) == drawn("""
        >error[E101]: m
        > --> t.py:2:6
        >  |
        >2 |     a   = b
        >  |           ^
    """)


@pytest.mark.parametrize(("name", "columns"), [("漢字", 4), ("é", 1), ("e\u0301", 1), ("Ａ", 2), ("🙂", 2)])
def test_carets_are_as_wide_as_what_they_mark(name, columns):
    source = Source("w.py", f"y = {name} + z\n")
    lines = render([Diagnostic("E101", "m", span(source, name))]).split("\n")
    assert lines[4] == "  |     " + "^" * columns
    lines = render([Diagnostic("E101", "m", span(source, "z"))]).split("\n")
    assert lines[4] == "  | " + " " * (4 + columns + 3) + "^"


def test_control_characters_never_reach_the_terminal():
    source = Source("c.py", "s = '\x1b[31m' + '\u202e' + '\x7f\x85'\n")
    text = render([Diagnostic("E101", "bad \x1b[0m \u202e string\r", span(source, "s"))])
    assert not set(text) & set("\x1b\r\x7f\x85\u202e")
    assert "␛[31m" in text


def test_a_span_over_lines_marks_each_without_its_indentation():
    source = Source("m.py", "f(\n    a,\n\n  b)\nx\n")
    assert render([Diagnostic("E101", "m", Span(source, 0, source.text.index(")") + 1))]) == drawn("""
        >error[E101]: m
        > --> m.py:1:1
        >  |
        >1 | f(
        >  | ^^
        >2 |     a,
        >  |     ^^
        >3 |
        >  | ^
        >4 |   b)
        >  |   ^^
    """)


def test_the_middle_of_a_long_span_is_left_out():
    source = Source("m.py", "".join(f"line{i}\n" for i in range(1, 31)))
    text = render([Diagnostic("E101", "m", Span(source, 0, len(source.text)))])
    assert "\n...\n" in text
    assert " 4 | line4" in text
    assert " 5 | line5" not in text
    assert "30 | line30" in text
    assert "31 |" not in text


@pytest.mark.parametrize("at", [0, 5, 6])
def test_an_empty_span_has_one_caret(at):
    source = Source("e.py", "a = b\n")
    text = render([Diagnostic("E101", "m", Span(source, at, at))])
    assert text.count("^") == 1
    line, column = source.position(at)
    assert text.split("\n")[4] == "  | " + " " * (column - 1) + "^"
    assert f"{line} |" in text


def test_a_long_line_is_cropped_around_its_carets():
    source = Source("l.py", "a" * 5000 + " here " + "b" * 5000 + "\n")
    lines = render([Diagnostic("E101", "m", span(source, "here"))]).split("\n")
    assert max(map(len, lines)) < WIDTH + 10
    at = lines[4].index("^")
    assert lines[3][at : at + 4] == "here"
    for text in ("a", "b" * 100):
        lines = render([Diagnostic("E101", "m", span(source, text))]).split("\n")
        at = lines[4].index("^")
        assert lines[3][at] == text[0]


def test_several_are_separated_and_counted():
    found = [Diagnostic("E101", "a"), Diagnostic("E102", "b"), Diagnostic("E103", "c", severity="warning")]
    assert render(found) == "error[E101]: a\n\nerror[E102]: b\n\nwarning[E103]: c\n"
    assert summary(found) == "2 errors, 1 warning"
    assert summary(found[:1]) == "1 error"
    assert summary([]) == ""


def test_colour_on_a_terminal_only(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert style_of(Terminal()).colour
    assert not style_of(io.StringIO()).colour
    monkeypatch.setenv("TERM", "dumb")
    assert not style_of(Terminal()).colour
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not style_of(Terminal()).colour
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert style_of(io.StringIO()).colour


def test_colour_changes_nothing_but_colour():
    import re

    found = [Diagnostic("E207", "m", span(MODEL, "x @ w"), (Note("here", span(MODEL, "w")), Note("fix", fix=True)))]
    assert re.sub(r"\x1b\[[0-9;]*m", "", render(found, Style(True))) == render(found)
