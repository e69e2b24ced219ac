"""Objects of module classes whose methods are compiled: what their code is called, and the weights that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numpy as np

from pyc.dataclass import dataclass
from pyc.module import Module


@dataclass
class Bound:
    """A compiled method of one module object. ``held`` are the weights that it has, and ``changes`` when they were."""

    entry: Callable[[tuple[Any, ...]], Any]
    export: Any
    said: str
    held: tuple[Any, ...] = ()
    changes: int = -1

    def take(self, weights: Mapping[str, Any], now: int) -> None:
        """Bind the weights of the module, if they are not those already bound."""
        given = tuple(weights.values())
        if len(given) != len(self.held) or any(a is not b for a, b in zip(given, self.held, strict=True)):
            self.export.bind({n: np.asarray(a) for n, a in weights.items()}, self.said)
            self.held = given
        self.changes = now


def instance_name(method: FunctionType, cls: type[Module]) -> str:
    """How ``--function`` asks for an instance of a module class: by the name that the file gives it, or its arguments.

    Raises:
        TypeError: the file gives it none.
    """
    found = [n for n, v in method.__globals__.items() if v is cls and n.isidentifier()]
    generic = cls.__pyc_generic_class__
    if not found and method.__globals__.get(generic.__name__) is generic:
        return cls.__name__  # Net[3], as one asks for an instance that the file does not name
    if not found:
        raise TypeError(
            f"{cls.__name__} has no name in its file: pyc.jit compiles instances such as Serving = {cls.__name__}"
        )
    return found[0]
