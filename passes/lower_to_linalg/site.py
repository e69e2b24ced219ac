"""What the lowering of one operation is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from pyc.dataclass import dataclass


class Assertion(Protocol):
    """Emits the check of a condition; ``template`` is that of a message with values, which are ``i64``."""

    def __call__(
        self, condition: Any, kind: str, message: str, template: str = "", values: Sequence[Any] = ()
    ) -> None: ...


@dataclass(frozen=True)
class Site:
    """A pyc operation about to be replaced.

    Its operands may have been replaced already by signless values: ``dtypes`` and ``result`` (of the first result) are
    the element types as they were at PYC. ``result_type`` is the type to give, with signless elements. ``assertion``
    emits the check of a condition: ``assertion(condition, kind, message)``; ``number`` gives that error's number.
    ``says`` is whether values can be said in messages.
    """

    op: Any
    dtypes: tuple[str, ...]
    result: str
    result_type: Any
    assertion: Assertion
    number: Callable[[str, str, str], int]
    says: bool = True

    @property
    def operands(self) -> list[Any]:
        return list(self.op.operation.operands)


#: Gives the value that replaces the operation's result, or ``None`` for an operation without one.
Rule = Callable[[Site], Any]
