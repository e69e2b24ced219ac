"""Syntax and names: E1xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = ()
