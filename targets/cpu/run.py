"""Running compiled code in this process without a linker: an object is loaded into memory."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from pyc.artifact import Artifact

from ..llvm import LlvmError, Loaded, cpu_machine, optimise
from . import pool
from ._pool import share
from ._tell import listening
from .runtime import Bundle, Function, made_function, missing_features, symbols_of


def load(artifact: Artifact) -> Bundle:
    """The functions of an artifact of kind ``obj``.

    Raises:
        LlvmError: the object does not load into this process.
    """
    (code,) = artifact.files.values()
    return load_object(code, artifact.metadata)


def load_object(code: bytes, manifest: Mapping[str, Any], weights: str | None = None) -> Bundle:
    """The functions of an object, which a manifest describes; with the weights in a file, if one is given.

    Raises:
        LlvmError: the object does not load into this process, or is for another machine.
        ValueError: the weights do not fit.
    """
    missing = missing_features(manifest)
    if missing:
        raise LlvmError(f"code for {manifest['target']} cannot run here: this machine lacks {', '.join(missing)}")
    loaded = Loaded(code, symbols_of(manifest))
    teller = manifest["teller"]
    hearing = listening(manifest, 0 if teller is None else loaded.addresses[teller])
    share(manifest, loaded.addresses.__getitem__, loaded, make_pool)

    def make(entry: Mapping[str, Any]) -> Function:
        return made_function(entry, loaded.addresses.__getitem__, loaded, manifest["release"], hearing)

    return Bundle(manifest, make, weights)


@functools.cache
def make_pool() -> tuple[int, Loaded]:
    """The address of the function that runs chunks on threads, and what it is in."""
    machine = cpu_machine("native")
    text = pool.library(machine.triple.partition("-")[0])
    # Threads wait for memory that they share, not for instructions: optimising would only take time, now.
    loaded = Loaded(optimise(text, machine, 0, keep=[pool.RUN], name="pool").object_code(), [pool.RUN])
    return loaded.addresses[pool.RUN], loaded
