"""Every operation of the dialect that ONNX can say, with the rule that says it."""

from __future__ import annotations

from . import contraction, elementwise, indexing, reduction, selection, shape, transfer
from .rule import Rule

_SUBJECTS = (contraction, elementwise, indexing, reduction, selection, shape, transfer)
RULES: dict[str, Rule] = {name: rule for subject in _SUBJECTS for name, rule in subject.RULES.items()}
