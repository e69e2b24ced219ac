"""Targets and precision: E3xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = ()
