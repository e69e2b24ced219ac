"""LINALG: every call is replaced by the body of its function, and private functions go.

Targets see one function for each export: fusion and in-place updates then work across what the user split up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .base import LINALG, Level, Pass, run_upstream


@dataclass(frozen=True)
class InlineCalls(Pass):
    """Inline all calls and drop functions that are not exported."""

    name: ClassVar[str] = "inline-calls"
    takes: ClassVar[Level] = LINALG
    gives: ClassVar[Level] = LINALG

    def apply(self, module: Any) -> None:
        # The default pipeline of the inliner canonicalises every callee again for each caller.
        run_upstream(module, "inline{default-pipeline=canonicalize max-iterations=64},symbol-dce")
