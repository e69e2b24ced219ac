"""What the user asks to compile."""

from __future__ import annotations

from dataclasses import dataclass

from pyc.target import Target


@dataclass(frozen=True)
class Request:
    """Which functions of a file, and for which target.

    ``target`` binds open target parameters and functions without a target, and functions fixed to another target are
    skipped; without one, every function keeps its own and open ones get ``cpu``. ``functions`` are names as
    ``--function`` takes them (``axpy``, ``axpy[f32]``, ``Serving``); empty asks for everything. ``arguments`` are the
    types of the arguments of the one function in ``functions``, spelled as annotations (``Tensor[f32, _, _]``): what a
    just-in-time compilation knows of its call.
    """

    target: Target | None = None
    functions: tuple[str, ...] = ()
    arguments: tuple[str, ...] | None = None
