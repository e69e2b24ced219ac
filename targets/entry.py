"""What a manifest says of an exported function, the same in the artifacts of all targets.

Loaders read it (`targets/cpu/runtime.py` and those built on it), so that it is written in one place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from pyc.dialects.errors import CALL, Error
from pyc.dialects.signature import Signature, Value, fixed_of, structure_of


def function_entry(
    s: Signature, *, symbol: str, attribute: str, method: str | None, errors: Iterable[Error], **more: Any
) -> dict[str, Any]:
    """The entry of a function, as JSON values.

    ``symbol`` is its name in the artifact, ``attribute`` and ``method`` its name in Python; ``errors`` are those that
    it can return, and the calls that led to them; ``more`` is what a target adds.
    """
    listed = [dataclasses.asdict(e) for e in errors]
    place = ("number", "file", "line", "column", "function", "caller")
    return {
        "name": s.name,
        "symbol": symbol,
        "attribute": attribute,
        "method": method,
        "module": s.module,
        "target": s.target,
        "parameters": [value_entry(v) for v in s.parameters],
        "results": [value_entry(v) for v in s.results],
        "returns": list(s.returns),
        "returns_tuple": s.returns_tuple,
        "nesting": s.nesting,
        "writes": list(s.writes),
        "extra": dict(s.extra),
        "annotations": dict(s.annotations),
        "modules": {path: dict(entries) for path, entries in s.modules.items()},
        "structure": structure_of(s),
        "fixed": fixed_of(s),
        "errors": [e for e in listed if e["kind"] != CALL],
        "calls": [{k: e[k] for k in place} for e in listed if e["kind"] == CALL],
        **more,
    }


def value_entry(value: Value) -> dict[str, Any]:
    """The entry of a parameter or result, as JSON values."""
    return {**dataclasses.asdict(value), "dims": None if value.dims is None else list(value.dims)}
