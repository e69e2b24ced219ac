"""The dialect itself, its one attribute, and the context it lives in."""

import threading

from .mlir import ext, ir


class Pyc(ext.Dialect, name="pyc"):
    """Typed array programs: every tensor type carries a precision and a target, every operation checks them."""


class MetaAttr(Pyc.Attribute, name="meta"):
    """``#pyc.meta<"Mixed[f16, f32]", "cuda:sm_90a">``, the encoding of every tensor type at PYC and LINALG."""

    precision: ir.StringAttr
    target: ir.StringAttr


def context() -> ir.Context:
    """A fresh context with the dialect loaded.

    Multithreading is off: a verifier written in Python would deadlock with MLIR's thread pool.
    """
    # The operations register themselves on the dialect as their modules are imported.
    from . import (  # noqa: F401
        annotation,
        cells,
        complex_numbers,
        contraction,
        control,
        creation,
        elementwise,
        indexing,
        integer,
        memory,
        reduction,
        selection,
        shape,
        transfer,
    )

    result = ir.Context()
    result.enable_multithreading(False)
    with result:
        Pyc.load()
    return result


#: For how many programs a thread keeps a context: to make one takes as long as all passes over a short function, and
#: what is unique in it (types, attributes, places) is never freed.
_PROGRAMS = 16
_kept = threading.local()


def kept_context() -> ir.Context:
    """A context for one program, which may have been that of other programs of this thread."""
    found, left = getattr(_kept, "context", (None, 0))
    if not left:
        found, left = context(), _PROGRAMS
    _kept.context = found, left - 1
    return found
