"""The part of a file that decides about one of its functions: an edit elsewhere leaves what was compiled as it is.

Everything at the level of the file is part of it but functions and classes that the function cannot reach: whose names
it does not mention, nor anything that it mentions. Places count: a line that moves is another line in messages.
"""

from __future__ import annotations

import re

from .outline import outline

_WORD = re.compile(r"\w+")


def reachable(text: str, mentioned: str) -> str:
    """``text`` with empty lines for the definitions that the words in ``mentioned`` do not lead to."""
    statements = outline(text).statements
    if statements is None:
        return text
    words = set(_WORD.findall(mentioned))
    words.update(*(s.words for s in statements if not s.name))
    waiting = [s for s in statements if s.name]
    while found := [s for s in waiting if s.name in words]:
        waiting = [s for s in waiting if s.name not in words]
        words.update(*(s.words for s in found))
    if not waiting:
        return text
    lines = text.split("\n")
    kept = {i for s in statements if s not in waiting for i in range(s.first, s.last + 1)}
    for s in waiting:
        for i in range(s.first, s.last + 1):
            if i not in kept:
                lines[i - 1] = ""
    return "\n".join(lines)
