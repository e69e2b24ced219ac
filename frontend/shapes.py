"""Shapes of results: broadcasting, and what must be checked at run time because it could not be proved."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.source import Span

from .advice import parsed
from .dims import Dim
from .report import Report, fix
from .tree import DimCheck


@dataclass(frozen=True)
class Operand:
    """An operand of an operation: its extents, and how it is called in messages."""

    dims: tuple[Dim, ...]
    span: Span

    @property
    def name(self) -> str:
        text = self.span.text.split("\n")[0]
        return text if len(text) <= 40 else text[:37] + "..."

    @property
    def shape(self) -> str:
        return shape_text(self.dims)


def shape_text(dims: Sequence[Dim]) -> str:
    """A shape as users write it: ``(N, 4)``."""
    return f"({', '.join(map(str, dims))}{',' if len(dims) == 1 else ''})"


def differ(a: Dim, b: Dim) -> bool:
    """Whether two extents are provably not the same."""
    gap = (a - b).value
    return gap is not None and gap != 0


def broadcast(operands: Sequence[Operand], report: Report, span: Span) -> tuple[tuple[Dim, ...], tuple[DimCheck, ...]]:
    """NumPy's broadcast of operands, where only an extent that is statically 1 stretches.

    Gives the result's extents, and the equalities to be checked at run time; indices are those of ``operands``.

    Raises:
        Invalid: E205, two extents are provably different.
    """
    rank = max((len(o.dims) for o in operands), default=0)
    dims: list[Dim] = []
    checks: list[DimCheck] = []
    for axis in range(rank):
        # (operand, its axis, its extent) of every operand that has this axis and does not stretch along it.
        here = [(i, axis - rank + len(o.dims)) for i, o in enumerate(operands) if axis - rank + len(o.dims) >= 0]
        fixed = [(i, a, operands[i].dims[a]) for i, a in here if operands[i].dims[a].value != 1]
        if not fixed:
            dims.append(Dim.of(1))
            continue
        best = min(fixed, key=lambda f: (f[2].value is None, not f[2].is_known))
        for i, a, d in fixed:
            if i == best[0] or d == best[2]:
                continue
            first, second = sorted([best, (i, a, d)])
            checks.append(_equal(first, second, operands, report, span))
        dims.append(best[2])
    return tuple(dims), tuple(checks)


def _equal(
    first: tuple[int, int, Dim], second: tuple[int, int, Dim], operands: Sequence[Operand], report: Report, span: Span
) -> DimCheck:
    (i, a, d), (j, b, e) = first, second
    x, y = operands[i], operands[j]
    if differ(d, e):
        message = f"operands could not be broadcast together with shapes {x.shape} and {y.shape}"
        raise report.error(
            "E205",
            f"{message}: axis {a} of `{x.name}` is {d}, axis {b} of `{y.name}` is {e}",
            span,
            *(Note(f"this has shape {o.shape}", o.span) for o in (x, y) if o.span != span),
        )
    message = f"operands could not be broadcast together: {_side(x, a, d)} and {_side(y, b, e)} differ"
    shown = " ".join(f"{{{k}}}" for k in range(len(operands)))
    return DimCheck(i, a, j, b, message, said=f"operands could not be broadcast together with shapes {shown} ")


def _side(operand: Operand, axis: int, dim: Dim) -> str:
    return f"{dim} in {operand.name}" if dim.is_known else f"the length of axis {axis} of {operand.name}"


def product_shape(
    lhs: Operand, rhs: Operand, report: Report, span: Span
) -> tuple[tuple[Dim, ...], tuple[DimCheck, ...]]:
    """The extents of ``lhs @ rhs``, as NumPy's ``matmul``, and what must be checked at run time.

    Raises:
        Invalid: E205, the contracted extents are provably different or the stacks do not broadcast.
    """
    a, b = lhs.dims, rhs.dims
    row = len(b) - 2 if len(b) > 1 else 0
    k, other = a[-1], b[row]
    checks: list[DimCheck] = []
    if k != other:
        if differ(k, other):
            words = called(span)
            if lhs.span == rhs.span:  # parts of what a function makes of its arguments
                message = f"{words} of shapes {lhs.shape} and {rhs.shape}: the extents {k} and {other} must be equal"
                raise report.error("E205", message, span)
            notes = [Note(f"this has shape {o.shape}", o.span) for o in (lhs, rhs)]
            if len(a) == 2 and len(b) == 2 and k == b[1]:
                notes.append(fix(f"`{lhs.name} @ {rhs.name}.T` multiplies with the transpose"))
            raise report.error(
                "E205",
                f"{words} needs equal inner extents: `{lhs.name}` of shape {lhs.shape} ends in {k},"
                f" `{rhs.name}` of shape {rhs.shape} {'begins with' if len(b) < 3 else 'has'} {other}",
                span,
                *notes,
            )
        message = f"matmul: {_side(lhs, len(a) - 1, k)} and {_side(rhs, row, other)} differ"
        said = (
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature"
            f" (n?,k),(k,m?)->(n?,m?) (size {{1[{row}]}} is different from {{0[{len(a) - 1}]}})"
        )
        checks.append(DimCheck(0, len(a) - 1, 1, row, message, said=said))
    batch, more = broadcast([Operand(a[:-2], lhs.span), Operand(b[:-2], rhs.span)], report, span)
    return (*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else ())), (*checks, *more)


def called(span: Span) -> str:
    """What a user wrote for a product: ``np.dot`` where it is a call, else ``@`` in ticks."""
    node = parsed(span.text)
    return ast.unparse(node.func) if isinstance(node, ast.Call) else "`@`"


def slice_length(extent: Dim, start: Dim | None, stop: Dim | None, step: int) -> Dim | None:
    """The length of ``start:stop:step`` of an extent where it can be said symbolically; ``None`` otherwise."""
    if extent.value is None and abs(step) >= 2**31:
        return None  # said symbolically, it could leave 64 bits
    if step < 0 and extent.value is None and start is None and stop is None:
        return (extent + (-step - 1)) // -step
    low, high = _bound(extent, start), _bound(extent, stop)
    if (start is not None and low is None) or (stop is not None and high is None and stop != extent):
        return None
    if extent.value is not None:
        return Dim.of(len(range(*slice(low, high, step).indices(extent.value))))
    if step < 0:
        return None
    length = _unit_length(extent, low or 0, high)
    if length is None:
        return None
    return length if step == 1 else (length + (step - 1)) // step


def _bound(extent: Dim, bound: Dim | None) -> int | None:
    """A slice bound as a number counted from the start, or from the end if negative; ``None`` for any other."""
    if bound is None:
        return None
    if bound.value is not None:
        return bound.value
    # `x[: N - 1]` means `x[:-1]`; from 3 on the two differ for short arrays (`N - 3` of 2 is -1, the last element).
    gap = (bound - extent).value
    return gap if gap in (-1, -2) else None


def _unit_length(extent: Dim, low: int, high: int | None) -> Dim | None:
    """The length of ``low:high``. With ``N`` elements, ``min(k, N)`` is ``N - max(N - k, 0)``."""
    if high is None:
        return (extent - low).at_least_zero() if low >= 0 else extent - (extent + low).at_least_zero()
    if low >= 0 and high < 0:
        return (extent + high - low).at_least_zero()
    if (low >= 0) != (high >= 0):
        return None
    if high <= low:
        return Dim.of(0)
    if low >= 0:
        return (extent - low).at_least_zero() - (extent - high).at_least_zero()
    return (extent + high).at_least_zero() - (extent + low).at_least_zero()
