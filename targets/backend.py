"""What a target is to the rest of the compiler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from pyc.artifact import Artifact
from pyc.dataclass import dataclass
from pyc.target import Target

if TYPE_CHECKING:  # what was compiled before runs without MLIR
    from pyc.passes.base import Pipeline


@dataclass(frozen=True)
class Options:
    """What the command line or a decorator asks of a target.

    ``emit`` is one of the kinds in the target's ``EMITS``; ``weights`` maps dotted weight names to arrays; ``name`` is
    the artifact's identifier, ``version`` that of a wheel, ``source_path`` the file it came from. Without ``pool``, a
    library has no threads of its own for parallel loops: who loads it gives it some. ``opset`` is the version of ONNX's
    operators, 0 for the usual one. ``keep`` gives what a function
    makes, or what it made once of the same facts; such parts do not depend on the program. Weights of a model of at
    least ``external`` bytes lie in a file beside it, with ``None`` where it could not hold them; ``file`` is the name
    of the model's own, where that is known. ``said`` is metadata for functions of a model, by the lines of
    their definitions.
    """

    name: str
    emit: str = ""
    level: int = 3
    debug: bool = False
    unchecked: bool = False
    weights: Mapping[str, Any] | None = field(default=None, compare=False)
    version: str = ""
    source_path: str = ""
    source_digest: str = ""
    pool: bool = True
    opset: int = 0
    external: int | None = None
    file: str = ""
    said: Mapping[int, Mapping[str, str]] = field(default_factory=dict, compare=False)
    keep: Callable[[Mapping[str, str], Callable[[], bytes]], bytes] | None = field(default=None, compare=False)


class Backend(Protocol):
    """A target: ``pipeline`` lowers a PYC module to the level that ``emit`` takes, ``emit`` makes the artifact.

    ``emits`` are the kinds of output that ``--emit`` selects, the default first.
    """

    name: str
    emits: tuple[str, ...]

    def pipeline(self, target: Target, options: Options) -> Pipeline: ...

    def emit(self, module: Any, target: Target, options: Options) -> Artifact:
        """The artifact of a module lowered by :meth:`pipeline`.

        Raises:
            CompileError: the user's program cannot be emitted for this target (code E5xx, E6xx).
        """
        ...


def backend(name: str) -> Backend:
    """The backend of that name, loaded on first use: a CPU compilation never imports onnx.

    Raises:
        KeyError: there is none.
    """
    import importlib

    module, attribute = BACKENDS[name].split(":")
    return getattr(importlib.import_module(module), attribute)()


BACKENDS: Mapping[str, str] = {
    "cpu": "pyc.targets.cpu:CpuBackend",
    "cuda": "pyc.targets.cuda:CudaBackend",
    "onnx": "pyc.targets.onnx:OnnxBackend",
}
