"""Faults of the compiler: E9xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = ()
