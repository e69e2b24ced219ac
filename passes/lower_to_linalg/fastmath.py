"""``pyc.fastmath`` on an operation becomes flags of all arithmetic on floats that it is made of.

Where operations come from is known by their locations: those made for one that has flags carry them there until all
are made.
"""

from __future__ import annotations

import re
from typing import Any

from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

#: The attribute that the frontend sets: flags, with commas between them.
FASTMATH = "pyc.fastmath"
_NAME = "fastmath "
_INHERENT = "fastmath"


def location(operation: Any) -> Any:
    """The location for what an operation is made of."""
    if FASTMATH not in operation.attributes:
        return operation.location
    flags = ir.StringAttr(operation.attributes[FASTMATH]).value
    return ir.Location.name(f"{_NAME}{flags}", operation.location)


def apply(module: Any) -> None:
    """Give operations at such locations the flags, beside those that they have, and the plain locations."""
    for operation in nested(module.operation):
        found = operation.location
        if isinstance(found, ir.NameLoc) and found.name_str.startswith(_NAME):
            operation.location = found.child_loc
            if _INHERENT in operation.attributes:
                _add(operation, found.name_str.removeprefix(_NAME).split(","))


def _add(operation: Any, flags: list[str]) -> None:
    own = re.search(r"<(.*)>", str(operation.attributes[_INHERENT]))
    have = own[1].split(",") if own is not None else []
    every = sorted({*flags, *(f for f in have if f not in ("none", "fast"))})
    text = "fast" if "fast" in have else ",".join(every)
    operation.attributes[_INHERENT] = ir.Attribute.parse(f"#arith.fastmath<{text}>")
