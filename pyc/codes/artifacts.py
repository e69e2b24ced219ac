"""Files, weights and artifacts: E5xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = ()
