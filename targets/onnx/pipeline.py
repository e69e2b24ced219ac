"""The passes before ONNX is written: all of them from PYC to PYC, where a softmax still is a softmax."""

from __future__ import annotations

from pyc.passes.base import PYC, Pipeline, Upstream
from pyc.passes.drop_idle_checks import DropIdleChecks
from pyc.passes.drop_index_checks import DropIndexChecks
from pyc.passes.fold_branches import FoldBranches
from pyc.passes.resolve_checks import ResolveChecks

from ..backend import Options


def pipeline(options: Options) -> Pipeline:
    """Checks are resolved, and what only they needed is dropped."""
    return Pipeline(
        [
            DropIndexChecks(everywhere=options.unchecked),
            # Jumps are branches with little in them, and ONNX Runtime may crash on many that are one in the other.
            # First, because ranges are then known of more.
            FoldBranches(),
            # In loops as well.
            DropIdleChecks(),
            # ONNX cannot raise.
            ResolveChecks(),
            # The comparisons that only a dropped check read. Not canonicalize: it would turn small branches into
            # operations that PYC does not have.
            Upstream("drop-unused", "trivial-dce", PYC, PYC),
        ]
    )
