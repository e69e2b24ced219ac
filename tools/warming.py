"""The compiler made ready in this process, in steps: its modules loaded, and all of it used once.

Processes that are forked for jobs begin where this one is: for all functions but the first one, nothing is left to be
loaded. For the first one, two processes load a half of the compiler each at the same time.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import sys
from collections.abc import Iterator
from importlib import import_module

from pyc import progress
from pyc.source import Source
from pyc.target import Target

#: What is needed from text to the pyc dialect, and takes a while to import.
_FRONT = (
    "pyc.frontend.check_program",
    "pyc.frontend.check_function",
    "pyc.frontend.emit",
    "pyc.frontend.emit_selection",
    "pyc.dialects.dialect",
    "pyc.dialects.creation",
)
#: What is needed from there to machine code.
_BACK = ("pyc.dialects.dialect", "pyc.targets.cpu.pipeline", "pyc.targets.cpu.emit")
#: A program that leads through most of the compiler.
_FIRST = """
import numpy as np
from pyc import Dim, Tensor, f64
N = Dim("N")
def f(x: Tensor[f64, N], k: int) -> Tensor[f64, N]:
    while x[0] > k:
        x[1:] = x[:-1] + 1
    return np.exp(x - x.max())
"""


def is_loaded() -> bool:
    """Whether this process has all of the compiler."""
    return all(module in sys.modules for module in (*_FRONT, *_BACK))


def load() -> None:
    """Load the compiler."""
    load_front()
    for _ in load_back():
        pass


def load_front() -> None:
    """Load what makes the pyc dialect of text."""
    with _uncollected():
        for module in _FRONT:
            import_module(module)


def load_back() -> Iterator[None]:
    """Load, step by step, what makes machine code of the pyc dialect."""
    for module in _BACK:
        with _uncollected():
            import_module(module)
        yield
    from pyc.dialects.dialect import kept_context
    from pyc.dialects.mlir import load_dialects
    from pyc.targets.llvm import cpu_machine

    for step in (load_dialects, lambda: cpu_machine("native"), kept_context):
        with _uncollected():
            step()
        yield


@functools.cache
def preparation() -> Iterator[None]:
    """The steps that are left: MLIR and LLVM set much up when they are first used, which saves other functions 0.1 s.

    The pool of threads, which most functions on arrays want when they are loaded, is made as well.
    """
    return _prepare()


def _prepare() -> Iterator[None]:
    from pyc.targets.cpu.run import make_pool

    with progress.heard_by(lambda _: None):
        make_pool()
    yield
    load_front()
    yield
    from pyc.dialects.mlir import ir
    from pyc.frontend import Request
    from pyc.passes.base import Pipeline
    from pyc.targets.backend import Options, backend

    from .driver import lowered

    source, target = Source("<pyc>", _FIRST), Target("cpu", "native")
    options = Options(name="pyc", emit="obj", level=0, pool=False)
    with progress.heard_by(lambda _: None):
        module = lowered(source, target, options, Request(target=target, functions=("f",)), lambda _: None)
    yield
    cpu = backend("cpu")
    for step in cpu.pipeline(target, options).passes:
        with module.context, ir.Location.unknown(module.context):
            Pipeline([step]).run(module)
        yield
    with progress.heard_by(lambda _: None), module.context, ir.Location.unknown(module.context):
        cpu.emit(module, target, options)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: modules are none, and looking through them takes a tenth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
