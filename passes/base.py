"""Levels, passes and pipelines: what form a program has, what changes it, and in which order.

A pipeline is type-checked as function composition is: each pass says which level it takes and which it gives, and the
constructor refuses a sequence that does not fit. Running it verifies, after each pass, that the module is legal at the
level that the pass gives, and that no function has lost its metadata.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar, Literal

from pyc.dataclass import dataclass
from pyc.deep import deeply
from pyc.dialects import annotation, signature
from pyc.dialects.mlir import PassManager, ir
from pyc.dialects.nesting import is_deep
from pyc.dialects.types import is_array, is_tensor, meta_of, target_of
from pyc.dialects.walk import nested


@dataclass(frozen=True)
class Level:
    """A form of the program.

    ``legal`` names dialects (``scf``) and operations (``arith.constant``); ``illegal`` excepts operations from it.
    ``carries`` says where precision and target are: in the ``encoding`` of each tensor type, or only in the
    ``attributes`` of functions.
    """

    name: str
    legal: frozenset[str]
    carries: Literal["encoding", "attributes"]
    illegal: frozenset[str] = frozenset()

    def allows(self, operation: str) -> bool:
        if operation in self.illegal:
            return False
        return operation in self.legal or operation.partition(".")[0] in self.legal

    def __str__(self) -> str:
        return self.name


#: Operations of the pyc dialect that stay down to where functions become arithmetic: MLIR has none for them.
OWN_FUNCTIONS = frozenset({"pyc.gelu", "pyc.gelu_tanh", "pyc.sigmoid"})


def is_function(operation: str) -> bool:
    """Whether an operation of that name is a function of numbers."""
    return operation.startswith("math.") or operation in OWN_FUNCTIONS


_STRUCTURE = frozenset({"builtin", "func", "scf"})
PYC = Level("PYC", _STRUCTURE | {"pyc", "arith.constant"}, "encoding")
LINALG = Level(
    "LINALG",
    _STRUCTURE
    | {"arith", "math", "linalg", "tensor", "memref", "cf.assert", "bufferization", "ub", "complex", "affine.apply"}
    | OWN_FUNCTIONS,
    "encoding",
)
#: As LINALG with bare tensor types, and vectors where a schedule made them.
VECTOR = Level("VECTOR", LINALG.legal | {"vector", "memref", "affine"}, "attributes")
BUFFER = Level(
    "BUFFER",
    _STRUCTURE
    | {"arith", "math", "linalg", "memref", "vector", "cf.assert", "affine", "ub", "complex", "bufferization"}
    # Kernels name instructions of the machine.
    | {"llvm.call_intrinsic"}
    | OWN_FUNCTIONS,
    "attributes",
)
#: Branches instead of structured control flow. Assertions are still among them until asserts-to-returns.
FLAT = Level(
    "FLAT",
    frozenset({"builtin", "func", "arith", "math", "memref", "vector", "cf", "ub", "complex", "llvm.call_intrinsic"})
    | OWN_FUNCTIONS,
    "attributes",
)
LLVM = Level("LLVM", frozenset({"builtin", "llvm"}), "attributes")
GPU = Level("GPU", BUFFER.legal | {"gpu"}, "attributes")
#: Kernels in the llvm and nvvm dialects; the host's function as arithmetic on numbers, views, checks, launches, and
#: loops and branches around them.
NVVM = Level(
    "NVVM",
    frozenset(
        {"builtin", "llvm", "nvvm", "gpu.module", "gpu.launch_func", "func", "arith", "memref", "cf.assert", "scf"}
    ),
    "attributes",
)
LEVELS = (PYC, LINALG, VECTOR, BUFFER, FLAT, LLVM, GPU, NVVM)


class PassError(Exception):
    """An internal fault: a pass failed, or left something behind that its level forbids. Never the user's error."""


class Pass:
    """A rewrite of a whole module. Subclasses are frozen dataclasses; their fields are the pass's options."""

    name: ClassVar[str]
    takes: ClassVar[Level]
    gives: ClassVar[Level]

    def apply(self, module: Any) -> None:
        raise NotImplementedError


def run_upstream(module: Any, pipeline: str) -> None:
    """Run MLIR's own passes: ``PassManager`` text without the outer ``builtin.module``."""
    PassManager.parse(f"builtin.module({pipeline})", context=module.context).run(module.operation)


@dataclass(frozen=True)
class Upstream(Pass):
    """A sequence of MLIR's own passes, as ``PassManager`` text without the outer ``builtin.module``."""

    name: str  # type: ignore[misc]
    pipeline: str
    takes: Level  # type: ignore[misc]
    gives: Level  # type: ignore[misc]

    def apply(self, module: Any) -> None:
        run_upstream(module, self.pipeline)


#: With this in the environment, the level of a module is checked after each pass, and not only where it changes.
VERIFY = "PYC_VERIFY"


class Pipeline:
    """Passes in order.

    Raises:
        PassError: a pass does not take what the one before it gives.
    """

    def __init__(self, passes: Sequence[Pass]) -> None:
        for before, after in pairwise(passes):
            if before.gives != after.takes:
                raise PassError(f"{after.name} takes {after.takes}, but {before.name} gives {before.gives}")
        self.passes = tuple(passes)

    def run(self, module: Any, observe: Callable[[Pass, Any], None] | None = None) -> None:
        """Apply all passes to ``module``, in place; ``observe`` is called after each.

        Raises:
            PassError: a pass failed, or broke its promise on level or metadata.
        """
        if is_deep(module):
            deeply(lambda: self._run_in_context(module, observe))
        else:
            self._run(module, observe)

    def _run_in_context(self, module: Any, observe: Callable[[Pass, Any], None] | None) -> None:
        with module.context:
            self._run(module, observe)

    def _run(self, module: Any, observe: Callable[[Pass, Any], None] | None) -> None:
        kept = metadata(module)
        said = annotation.places_in(module) if annotation.is_annotated(module) else None
        thorough = os.environ.get(VERIFY, "0") not in ("", "0")
        for step in self.passes:
            try:
                step.apply(module)
            except ir.MLIRError as error:
                raise PassError(f"pass {step.name} failed: {error}") from error
            except Exception as error:
                error.add_note(f"in pass {step.name}")
                raise
            # Between two passes of one level, what neither knows is found after the second as well; looking at all
            # operations each time takes a third of the time of all passes.
            if thorough or step.gives != step.takes or step is self.passes[-1]:
                check_level(module, step)
            kept = check_conservation(module, step, kept)
            said = check_annotations(module, step, said) if said is not None else None
            if observe is not None:
                observe(step, module)


def check_level(module: Any, step: Pass) -> None:
    """Refuse operations that the level which ``step`` gives does not know."""
    allowed: dict[str, bool] = {}
    offenders: list[str] = []
    advance, allows = ir.WalkResult.ADVANCE, step.gives.allows

    def visit(operation: Any) -> Any:
        name = operation.name
        if (fine := allowed.get(name)) is None:
            fine = allowed[name] = allows(name)
        if not fine:
            offenders.append(f"{name} at {operation.location}")
        return advance

    module.operation.walk(visit)
    if offenders:
        raise PassError(f"after pass {step.name}, level {step.gives} does not allow: " + "; ".join(offenders[:5]))


#: Before the symbols of the C library's functions, so that they are not the user's; code generation takes it off.
C_LIBRARY = "c."

#: Attributes of a function that no pass may drop or change.
CONSERVED = (
    "pyc.name", "pyc.target", "pyc.module", "pyc.signature", "pyc.memory", "pyc.may_overlap",
    annotation.ANNOTATIONS, annotation.MODULES,
)  # fmt: skip


def metadata(module: Any) -> Mapping[str, Mapping[str, str]]:
    """By name of exported function: its conserved attributes."""
    found: dict[str, dict[str, str]] = {}
    pending = [module.operation]
    while pending:
        for op in pending.pop().regions[0].blocks[0].operations:
            operation = op.operation
            if operation.name in ("builtin.module", "gpu.module"):
                pending.append(operation)
            elif operation.name in ("func.func", "llvm.func", "gpu.func") and "pyc.export" in operation.attributes:
                symbol = ir.StringAttr(operation.attributes["sym_name"]).value
                found[symbol] = {a: str(operation.attributes[a]) for a in CONSERVED if a in operation.attributes}
    return found


def check_conservation(
    module: Any, step: Pass, before: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Mapping[str, str]]:
    """Refuse a module in which ``step`` dropped or changed precision or target; gives what it holds now."""
    now = metadata(module)
    problems = []
    for symbol, attributes in before.items():
        if symbol not in now:
            problems.append(f"function {symbol} is gone")
            continue
        for name, value in attributes.items():
            if now[symbol].get(name) != value:
                problems.append(f"{name} of {symbol} was {value}, is {now[symbol].get(name, 'absent')}")
    if step.gives.carries == "encoding":
        problems += _bare_tensors(module)
    if problems:
        raise PassError(f"pass {step.name} did not conserve metadata: " + "; ".join(problems[:5]))
    return now


def check_annotations(module: Any, step: Pass, before: annotation.Places) -> annotation.Places | None:
    """Refuse a module in which ``step`` dropped or changed what the user says; gives what it says now.

    One pass takes all of it away, for targets that have no place for it: then there is nothing more to look after.
    """
    if not annotation.is_annotated(module) and step.name == "drop-annotations":
        return None
    now = annotation.places_in(module)
    problems = annotation.lost(before, now)
    if problems:
        raise PassError(f"pass {step.name} did not conserve annotations: " + "; ".join(problems[:5]))
    return now


def _bare_tensors(module: Any) -> list[str]:
    """Arrays in functions that carry no encoding, or one of a foreign target outside a transfer."""
    problems: list[str] = []
    for function in signature.functions(module):
        if "pyc.target" not in function.attributes:
            continue
        target = ir.StringAttr(function.attributes["pyc.target"]).value
        for operation in nested(function.operation):
            for value in operation.results:
                if is_array(value.type):
                    if meta_of(value.type) is None:
                        problems.append(f"{operation.name} at {operation.location} gives {value.type} without encoding")
                    elif (
                        operation.name != "pyc.to"
                        and not _fits(target_of(value.type), target)
                        and not _crosses(operation)
                    ):
                        problems.append(
                            f"{operation.name} gives a value on {target_of(value.type)} in a function on {target}"
                        )
    return problems


def _fits(found: str | None, target: str) -> bool:
    """A value on ``cuda`` may live in a function on ``cuda:sm_90a`` and the reverse."""
    return found is not None and found.partition(":")[0] == target.partition(":")[0]


def _crosses(operation: Any) -> bool:
    """In a host function, what works on transferred values: those operations see a foreign target on an operand too."""
    return any(
        is_tensor(v.type) and target_of(v.type) == target_of(operation.results[0].type) for v in operation.operands
    )
