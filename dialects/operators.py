"""What a function of the library is in the words of formats that have an operator for it: an attribute of the function.

Its body says what it computes, on every target; a format that knows the operator makes a call of it one node. The
attribute has the ``operator``, and what is known of its inputs when the program is compiled; the function's parameters
are the others, by their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import annotation

OPERATOR = "pyc.operator"


def attach(function: Any, said: Mapping[str, Any]) -> None:
    """Write on a function what it is."""
    function.attributes[OPERATOR] = annotation.dictionary(said)


def read(function: Any) -> dict[str, Any]:
    """What a function is; empty for one that no format has an operator for."""
    return annotation.entries_of(function.attributes[OPERATOR]) if OPERATOR in function.attributes else {}
