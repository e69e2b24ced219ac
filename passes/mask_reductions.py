"""PYC to PYC: what is computed of the elements that a mask chooses, and then reduced, is computed of all of them.

Before (``np.sum(2 * x[x > 0])``)::

    %p = pyc.nonzero(%mask)
    %i = pyc.slice(%p, 0 ...)
    %c = pyc.gather(%x, %i)
    %d = pyc.mul(%c, %two)
    %s = pyc.reduce(%d) {axes = [0], kind = "sum"}

After::

    %d = pyc.mul(%x, %two)
    %k = pyc.select(%mask, %d, %zero)        // what changes nothing in the place of what is not chosen
    %s = pyc.reduce(%k) {axes = [0], kind = "sum"}

No positions are stored, and no elements gathered. How many elements are chosen is a sum over the mask. It is done where
nothing but reductions, and numbers of elements, comes of the chosen elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import build
from pyc.dialects.build import constant_value
from pyc.dialects.mlir import ir
from pyc.dialects.types import dtype_of, is_tensor, meta_of, shape_of
from pyc.dialects.verify import int_array
from pyc.dialects.walk import nested

from .base import PYC, Level, Pass
from .lower_to_linalg import scalar

_ELEMENTWISE = frozenset(
    f"pyc.{name}"
    for name in (*build.UNARY, *build.BINARY, "compare", "select", "cast", "bitcast", "complex", "real", "imag")
)


@dataclass(frozen=True)
class MaskReductions(Pass):
    """Reduce all elements instead of those that a mask chooses."""

    name: ClassVar[str] = "mask-reductions"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    def apply(self, module: Any) -> None:
        found = [operation for operation in nested(module.operation) if operation.name == "pyc.nonzero"]
        with module.context, ir.Location.unknown():
            for operation in found:
                chosen = _Chosen(operation)
                if chosen.is_reduced():
                    chosen.replace()


@dataclass
class _Chosen:
    """The positions that a mask chooses, and all that is computed of them, users after what they use."""

    nonzero: Any
    slices: dict[Any, int] = field(default_factory=dict)
    gathers: list[Any] = field(default_factory=list)
    computed: list[Any] = field(default_factory=list)
    reductions: list[Any] = field(default_factory=list)
    dims: list[Any] = field(default_factory=list)

    @property
    def mask(self) -> Any:
        return self.nonzero.operands[0]

    def is_reduced(self) -> bool:
        """Whether all that comes of the chosen elements is reductions and numbers of elements."""
        uses = [u.owner.operation for u in self.nonzero.results[0].uses]
        slices = [u for u in uses if u.name == "pyc.slice"]
        counts = [u for u in uses if u.name == "pyc.dim" and _axis(u) == 1]
        if not slices or len(slices) + len(counts) != len(uses):
            return False
        self.dims += counts
        for slice_ in slices:
            number = self._number(slice_)
            if number is None:
                return False
            self.slices[slice_.results[0]] = number
        return all(self._follow(value) for value in list(self.slices)) and bool(self.reductions)

    def _number(self, slice_: Any) -> int | None:
        """Along which axis of the mask the positions of a slice are."""
        if int_array(slice_.attributes["dropped"]) != [0]:
            return None
        _, axis, first, _, size, _, step = slice_.operands
        whole = constant_value(first) == 0 and constant_value(step) == 1 and size in [d.results[0] for d in self.dims]
        return constant_value(axis) if whole else None

    def _follow(self, value: Any) -> bool:
        """Whether all that is made of a value is of the kinds that can be replaced; they are noted."""
        for use in value.uses:
            user = use.owner.operation
            if user in self.gathers or user in self.computed or user in self.reductions:
                continue
            if user.name == "pyc.dim":
                self.dims.append(user)
            elif user.name == "pyc.gather" and self._takes_chosen(user):
                self.gathers.append(user)
                if not self._follow(user.results[0]):
                    return False
            elif user.name in _ELEMENTWISE and is_tensor(user.results[0].type):
                self.computed.append(user)
                if not self._follow(user.results[0]):
                    return False
            elif user.name == "pyc.reduce" and not is_tensor(user.results[0].type):
                self.reductions.append(user)
            else:
                return False
        return True

    def _takes_chosen(self, gather: Any) -> bool:
        """Whether an operation reads the chosen elements of an array that is as large as the mask."""
        x, *indices = gather.operands
        axes = list(range(len(shape_of(x.type))))
        return (
            shape_of(x.type) == shape_of(self.mask.type)
            and int_array(gather.attributes["axes"]) == axes
            and [self.slices.get(i) for i in indices] == axes
        )

    def replace(self) -> None:
        chosen = {gather.results[0]: gather.operands[0] for gather in self.gathers}
        pending = list(self.computed)
        order = []
        while pending:
            ready = [op for op in pending if not any(v in {p.results[0] for p in pending} for v in op.operands)]
            order += ready
            pending = [op for op in pending if op not in ready]
        made = {*chosen, *(op.results[0] for op in order)}
        if any(is_tensor(v.type) and v not in made for op in order for v in op.operands):
            return  # an array that is as long as the chosen elements are many
        for op in order:
            chosen[op.results[0]] = _over_all(op, [chosen.get(v, v) for v in op.operands], self.mask.type)
        for op in self.reductions:
            self._reduce(op, chosen[op.operands[0]])
        if self.dims:
            with ir.InsertionPoint.after(self.nonzero), self.nonzero.location:
                count = build.reduce(build.cast(self.mask, "i64", "i64"), "sum", _axes(self.mask))
            for op in self.dims:
                op.results[0].replace_all_uses_with(count)
        slices = [value.owner for value in self.slices]
        for op in (*self.reductions, *self.dims, *reversed(order), *self.gathers, *slices, self.nonzero):
            op.erase()

    def _reduce(self, reduction: Any, x: Any) -> None:
        dtype = dtype_of(x.type.element_type)
        kind = ir.StringAttr(reduction.attributes["kind"]).value
        with ir.InsertionPoint(reduction), reduction.location:
            nothing = build.constant(_neutral(kind, dtype), dtype)
            over = build.select(build.cast(self.mask, "bool", _precision(x)), x, nothing)
            copy = reduction.clone()
            copy.operands[0] = over
            copy.attributes["axes"] = ir.ArrayAttr.get([ir.IntegerAttr.get(build.i64(), a) for a in _axes(x)])
        reduction.results[0].replace_all_uses_with(copy.results[0])


def _axis(dim: Any) -> int:
    return ir.IntegerAttr(dim.attributes["axis"]).value


def _axes(x: Any) -> list[int]:
    return list(range(len(shape_of(x.type))))


def _precision(x: Any) -> str:
    return ir.StringAttr(meta_of(x.type).precision).value


def _neutral(kind: str, dtype: str) -> Any:
    """What changes no result of a reduction."""
    match kind:
        case "max":
            return scalar.lowest(dtype)
        case "min":
            return scalar.highest(dtype)
        case "prod" | "all":
            return 1
    return 0


def _over_all(op: Any, operands: Sequence[Any], like: Any) -> Any:
    """What an elementwise operation gives, of all elements and not of the chosen ones."""
    old = op.results[0].type
    result = ir.RankedTensorType.get(shape_of(like), old.element_type, old.encoding)
    attributes = {name: op.attributes[name] for name in op.attributes}
    with ir.InsertionPoint(op), op.location:
        return ir.Operation.create(op.name, [result], list(operands), attributes).results[0]
