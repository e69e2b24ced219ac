"""Control flow and writes: E4xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = ()
