"""What the user asks to compile."""

from __future__ import annotations

from typing import Literal

from pyc.dataclass import dataclass
from pyc.target import Target


@dataclass(frozen=True)
class Request:
    """Which functions of a file, and for which target.

    ``target`` binds open target parameters and functions without a target, and functions fixed to another target are
    skipped; without one, every function keeps its own and open ones get ``cpu``. ``functions`` are names as
    ``--function`` takes them (``axpy``, ``axpy[f32]``, ``Serving``); empty asks for everything. ``arguments`` are the
    types of the arguments of the one function in ``functions``, spelled as annotations (``Tensor[f32, _, _]``): what a
    just-in-time compilation knows of its call.

    ``memory`` says that what is compiled can keep its arrays in memory, as a CPU does and a graph of values does not:
    then functions that values cannot express have a memory form. ``overlapping`` asks for the functions that can be
    called with arrays that overlap one that they write, without assuming that they do not: ``"also"`` for a second one
    of each (``<symbol>__overlapping``), ``"only"`` for those in the place of the others. ``copies`` says that results
    are never memory that the caller has, as those of a model: a view of an argument is then returned as a copy, with a
    remark. ``nodes`` says that operations are to carry what blocks say of the nodes of a model that their lines were.
    ``fastmath`` are flags of the functions that are asked for.
    """

    target: Target | None = None
    functions: tuple[str, ...] = ()
    arguments: tuple[str, ...] | None = None
    memory: bool = True
    overlapping: Literal["no", "also", "only"] = "no"
    copies: bool = False
    nodes: bool = False
    fastmath: frozenset[str] = frozenset()
