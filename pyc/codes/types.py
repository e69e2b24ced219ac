"""Types and shapes: E2xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = ()
