"""``np.einsum`` on arrays of the language: two operands at a time, from the left.

A step that sums over a label of both operands is a contraction: it rounds them to storage and accumulates. A step that
sums over none is arithmetic, and a sum over the axes of one operand a reduction, as anywhere in the language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

#: A contraction: a function of two plain arrays, and the two operands.
Contract = Callable[[Callable[..., Any], Sequence[Any]], Any]
#: Labels for the axes that ``...`` stands for, the last one last.
_REST = "zyxwvutsrqponmlkjihgfedcba".upper()


def einsum(contract: Contract, subscripts: str, operands: Sequence[Any]) -> Any:
    """The sum of products that ``subscripts`` say.

    Raises:
        ValueError: they do not fit the operands, as NumPy finds.
    """
    inputs, output = _labels(subscripts.replace(" ", ""), [np.ndim(o) for o in operands])
    terms = [_once_each(o, labels) for o, labels in zip(operands, inputs, strict=True)]
    x, labels = terms[0]
    for i, (y, others) in enumerate(terms[1:], 1):
        needed = set(output).union(*(own for _, own in terms[i + 1 :]))
        x, labels = _summed(x, labels, needed | set(others))
        y, others = _summed(y, others, needed | set(labels))
        x, labels = _multiplied(contract, (x, labels), (y, others), needed)
    x, labels = _summed(x, labels, set(output))
    return np.transpose(x, [labels.index(k) for k in output]) if output else x


def _labels(text: str, ranks: Sequence[int]) -> tuple[list[str], str]:
    """The labels of each operand's axes and of the result's, ``...`` written out."""
    left, arrow, right = text.partition("->")
    free = [k for k in _REST if k not in text]
    parts = left.split(",")
    if len(parts) != len(ranks):
        raise ValueError("the number of operands is not that of the subscripts")
    found, most = [], 0
    for part, rank in zip(parts, ranks, strict=True):
        more = rank - len(part.replace("...", ""))
        if more < 0 or (more and "..." not in part):
            raise ValueError("einstein sum subscripts string does not name each axis of the operands")
        most = max(most, more)
        found.append(part.replace("...", "".join(free[:more][::-1])))
    rest = "".join(free[:most][::-1])
    once = sorted(k for k in set(left) if k.isalpha() and left.count(k) == 1)
    return found, right.replace("...", rest) if arrow else rest + "".join(once)


def _once_each(x: Any, labels: str) -> tuple[Any, str]:
    """An operand with each label once: of a label that stands twice, the diagonal."""
    while len(set(labels)) < len(labels):
        k = next(k for k in labels if labels.count(k) > 1)
        i = labels.index(k)
        j = labels.index(k, i + 1)
        x = np.diagonal(x, 0, i, j)
        labels = labels[:i] + labels[i + 1 : j] + labels[j + 1 :] + k
    return x, labels


def _summed(x: Any, labels: str, needed: set[str]) -> tuple[Any, str]:
    """An operand without the labels that nothing needs any more."""
    over = tuple(i for i, k in enumerate(labels) if k not in needed)
    if not over:
        return x, labels
    return np.sum(x, axis=over, dtype=_own(x)), "".join(k for k in labels if k in needed)


def _own(x: Any) -> Any:
    """The element type in which NumPy's einsum sums integers: their own."""
    return x.dtype if x.dtype.kind in "iub" else None


def _multiplied(
    contract: Contract, first: tuple[Any, str], second: tuple[Any, str], needed: set[str]
) -> tuple[Any, str]:
    """The product of two operands, summed over what both have and nothing needs."""
    (x, a), (y, b) = first, second
    inner = {k for k in a if k in b and k not in needed}
    labels = "".join(k for k in a + "".join(k for k in b if k not in a) if k not in inner)
    if inner and x.dtype.kind != "b":
        return contract(lambda u, v: np.einsum(f"{a},{b}->{labels}", u, v), (x, y)), labels
    every = a + "".join(k for k in b if k not in a)
    return _summed(_spread(x, a, every) * _spread(y, b, every), every, needed)


def _spread(x: Any, labels: str, every: str) -> Any:
    """An operand with an axis for each label, of extent 1 for those that it has not; a number as it is."""
    if not labels:
        return np.asarray(x)[()] if not isinstance(x, np.generic) else x
    own = [k for k in every if k in labels]
    x = np.transpose(x, [labels.index(k) for k in own])
    return np.reshape(x, [x.shape[own.index(k)] if k in own else 1 for k in every])
