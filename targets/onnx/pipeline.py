"""The passes before ONNX is written: all of them from PYC to PYC, where a softmax still is a softmax."""

from __future__ import annotations

from pyc.passes.base import PYC, Pipeline, Upstream
from pyc.passes.resolve_checks import ResolveChecks


def pipeline() -> Pipeline:
    """Constants are folded, checks resolved, and what only the checks needed is dropped."""
    return Pipeline(
        [
            # Folds control flow on constants, so that a branch not taken is no reason to refuse the program.
            Upstream("canonicalize-scalars", "canonicalize", PYC, PYC),
            # ONNX cannot raise. After constants are known, because a check on constants is no check.
            ResolveChecks(),
            # The comparisons that only a dropped check read.
            Upstream("drop-unused", "canonicalize", PYC, PYC),
        ]
    )
