"""Export to ONNX: E6xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = ()
