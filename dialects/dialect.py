"""The dialect itself, its one attribute, and the context it lives in."""

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
