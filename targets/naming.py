"""What exported functions are called in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Named(Protocol):
    """A function as its signature names it: ``axpy[f32]`` with the symbol ``axpy_f32``, of a module instance or not."""

    @property
    def symbol(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def module(self) -> str | None: ...


def python_name(function: Named, exported: Sequence[Named]) -> tuple[str, str | None]:
    """The attribute that an exported function becomes, and which method of it for a module's: ``__call__``, say."""
    if function.module is None:
        return (function.name if function.name.isidentifier() else function.symbol), None
    # The user reads `Classifier[64, 10].embed`, of which the instance `Digits` is a name: `Digits_embed`.
    method = function.name.rpartition(".")[2] if "." in function.name else ""
    if method == "__call__":
        return function.symbol, method
    if method.isidentifier() and function.symbol.endswith(f"_{method}"):
        return function.symbol.removesuffix(f"_{method}"), method
    # The shortest instance that this symbol could be a method of: `Serving_embed` belongs to `Serving`.
    for symbol in sorted((other.symbol for other in exported if other.module == function.module), key=len):
        if function.symbol.startswith(f"{symbol}_"):
            return symbol, function.symbol[len(symbol) + 1 :]
    return function.symbol, "__call__"
