"""PYC to PYC: the user's annotations of values and operations are taken away, for targets that have no place for them.

Before::

    "pyc.annotate"(%0) {annotations = {role = "logits"}} : (tensor<?xf32, ...>) -> ()
    %1 = "pyc.exp"(%0) {pyc.annotations = {stage = 2 : i64}} : ...

After::

    %1 = "pyc.exp"(%0) : ...

What is said of functions, modules, parameters and weights stays: manifests have it. Nothing that comes later sees that
there were any, so that what is compiled is the same with and without.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects.annotation import ANNOTATED, ANNOTATIONS, is_annotated
from pyc.dialects.walk import nested

from .base import PYC, Level, Pass, run_upstream


@dataclass(frozen=True)
class DropAnnotations(Pass):
    """Erase ``pyc.annotate``, and take ``pyc.annotations`` from operations; functions keep theirs."""

    name: ClassVar[str] = "drop-annotations"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    def apply(self, module: Any) -> None:
        if not is_annotated(module):
            return
        for operation in nested(module.operation):
            if operation.name == "pyc.annotate":
                operation.erase()
            elif operation.name != "func.func" and ANNOTATIONS in operation.attributes:
                del operation.attributes[ANNOTATIONS]
        del module.operation.attributes[ANNOTATED]
        # What was read only to be spoken of.
        run_upstream(module, "trivial-dce")
