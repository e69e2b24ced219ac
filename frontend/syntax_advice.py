"""What a line is in Python that the parser refuses, because it is of another language or misspelt."""

from __future__ import annotations

import difflib
import keyword
import re

from pyc.diagnostics import Note
from pyc.source import Source

#: Patterns of a line, without its strings and its comment, and what is written in Python.
_PATTERNS = (
    (r"([\w.\[\]]+)\s*(\+\+|--)\s*;?\s*$", lambda m: f"`{m[1]} {m[2][0]}= 1`"),
    (r"&&", lambda m: "`and` of truth values, `&` of arrays"),
    (r"\|\|", lambda m: "`or` of truth values, `|` of arrays"),
    (r"\?.*:", lambda m: "`a if condition else b` chooses a value"),
    (r"^\s*else\s+if\b", lambda m: "`elif`"),
    (r"(?<![=!<>])!(?!=)\s*\w", lambda m: "`not`, or `~` of arrays"),
    (r"^\s*(?:function|func|fn|sub)\s+\w+\s*\(", lambda m: "`def` begins a function"),
    (r"^\s*(?:var|let|const|auto|int|float|double)\s+\w+\s*=", lambda m: "a variable is declared by its assignment"),
    (r"[\u2018\u2019\u201c\u201d]", lambda m: "quotes are `\"` or `'`"),
    (r"[\u00a0\u2007\u202f\u200b\ufeff]", lambda m: "replace the character, which looks like a space, by one"),
    (r"[\u2212\u2013\u2014]", lambda m: "minus is `-`"),
    (r"\u00d7", lambda m: "times is `*`"),
)


#: The beginning of a block of another language; the parser may go on to its next line.
_BRACE = re.compile(r"^\s*(?:def|class|if|for|while|else|elif)\b[^{]*\{\s*$")


def notes(source: Source, line: int) -> tuple[Note, ...]:
    """What to write instead of a line that is not Python; empty where nothing is known of it."""
    text = source.line(line)
    code = re.sub(r"\"[^\"]*\"|'[^']*'", '""', text).partition("#")[0]
    for pattern, words in _PATTERNS:
        if (found := re.search(pattern, code)) is not None:
            return (Note(words(found), fix=True),)
    if any(_BRACE.search(source.line(n)) for n in (line, line - 1)):
        return (Note("a block begins with `:`, and is indented", fix=True),)
    first = re.match(r"\s*([A-Za-z]+)\b", code)
    if first is None or keyword.iskeyword(first[1]) or first[1] in ("match", "case", "type", "print"):
        return ()
    meant = difflib.get_close_matches(first[1].lower(), keyword.kwlist, n=1, cutoff=0.7)
    return (Note(f"did you mean `{meant[0]}`?", fix=True),) if meant else ()
