"""The extents of intermediate values by the names of the signature: ``[N, 4]``, where the IR says ``?x4``.

Only names that are certain are given: a dynamic extent that no operand's name explains stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pyc.dialects.mlir import ir as mlir
from pyc.dialects.signature import Signature
from pyc.dialects.types import is_tensor
from pyc.dialects.verify import int_array
from pyc.dialects.walk import callee_of

from . import elementwise
from .scope import known_extents

#: A number, a name of the signature, or unknown.
Extent = int | str | None
Named = Mapping[Any, Sequence[Extent]]


def of_result(operation: Any, named: Named) -> list[Extent]:
    """The extents of the first result of an operation, given those of earlier values."""
    t = operation.results[0].type
    known: list[int | None] = known_extents(t)
    if None not in known:
        return list(known)
    rule = _elementwise if operation.name in _ALIGNED else _RULES.get(operation.name)
    found = None if rule is None else rule(operation, named)
    if found is None or len(found) != len(known):
        return list(known)
    return [
        name if extent is None and isinstance(name, str) else extent for extent, name in zip(known, found, strict=True)
    ]


def _elementwise(operation: Any, named: Named) -> list[Extent]:
    """Aligned at the right; an extent of 1 stretches."""
    out: list[Extent] = []
    for value in operation.operands:
        extents = list(named.get(value, ()))
        width = max(len(out), len(extents))
        pairs = zip([1] * (width - len(out)) + out, [1] * (width - len(extents)) + extents, strict=True)
        out = [b if a == 1 or a is None else a for a, b in pairs]
    return out


def _transpose(operation: Any, named: Named) -> list[Extent]:
    x = named[operation.operands[0]]
    return [x[p] for p in int_array(operation.attributes["permutation"])]


def _reduce(operation: Any, named: Named) -> list[Extent]:
    x, axes = named[operation.operands[0]], int_array(operation.attributes["axes"])
    if mlir.BoolAttr(operation.attributes["keepdims"]).value:
        return [1 if i in axes else e for i, e in enumerate(x)]
    return [e for i, e in enumerate(x) if i not in axes]


def _matmul(operation: Any, named: Named) -> list[Extent] | None:
    a, b = (list(named[v]) for v in operation.operands)
    if len(a) > 2 and len(b) > 2:
        return None
    batch = a[:-2] if len(a) > 2 else b[:-2]
    return [*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else [])]


def _sized(operation: Any, named: Named) -> list[Extent]:
    """By the sizes: those that are the extent of an axis have its name."""
    rank = len(known_extents(operation.results[0].type))
    return [_size(v, named) for v in list(operation.operands)[len(operation.operands) - rank :]]


def _size(value: Any, named: Named) -> Extent:
    owner = value.owner
    if isinstance(owner, mlir.Block) or owner.name != "pyc.dim":
        return None
    x, axis = owner.operands[0], mlir.IntegerAttr(owner.attributes["axis"]).value
    return named[x][axis] if x in named else None


def _concat(operation: Any, named: Named) -> list[Extent]:
    axis = mlir.IntegerAttr(operation.attributes["axis"]).value
    return [None if i == axis else e for i, e in enumerate(named[operation.operands[0]])]


def _slice(operation: Any, named: Named) -> list[Extent]:
    op, dropped = operation.opview, int_array(operation.attributes["dropped"])
    return [_size(v, named) for i, v in enumerate(op.sizes) if i not in dropped]


def _first(operation: Any, named: Named) -> list[Extent]:
    """Of ``x`` with its elements in another order."""
    return list(named[operation.operands[0]])


def _second(operation: Any, named: Named) -> list[Extent]:
    """Of ``x`` with something inserted."""
    return list(named[operation.operands[1]])


def _gather(operation: Any, named: Named) -> list[Extent]:
    """The axes that the indices have in common stand at ``position`` of those that are kept."""
    x, *indices = (named[v] for v in operation.operands)
    axes = int_array(operation.attributes["axes"])
    position = mlir.IntegerAttr(operation.attributes["position"]).value
    kept = [e for i, e in enumerate(x) if i not in axes]
    return [*kept[:position], *indices[0], *kept[position:]]


_RULES: Mapping[str, Callable[[Any, Named], list[Extent] | None]] = {
    "pyc.transpose": _transpose,
    "pyc.reduce": _reduce,
    "pyc.arg_reduce": _reduce,
    "pyc.matmul": _matmul,
    **dict.fromkeys(("pyc.reshape", "pyc.broadcast", "pyc.fill", "pyc.empty", "pyc.iota"), _sized),
    "pyc.concat": _concat,
    "pyc.slice": _slice,
    **dict.fromkeys(("pyc.insert", "pyc.insert_slice", "pyc.scatter"), _second),
    "pyc.reverse": _first,
    "pyc.gather": _gather,
}
#: Operations whose operands are aligned.
_ALIGNED = frozenset((*elementwise.RULES, "pyc.copy", "pyc.to"))


def name_all(block: Any, named: dict[Any, Sequence[Extent]], signature_of: Callable[[str], Signature]) -> None:
    """Name the extents of every value that a block's operations give; ``named`` has those of what it is given."""
    for op in block.operations:
        operation = op.operation
        if operation.name == "func.call":
            _call(operation, named, signature_of(callee_of(operation)))
        elif operation.name == "scf.if":
            _branches(operation, named, signature_of)
        elif operation.name == "scf.for":
            body = operation.regions[0].blocks[0]
            _loop(operation, list(operation.operands)[3:], body, list(body.arguments)[1:], None, named, signature_of)
        elif operation.name == "scf.while":
            before, after = (region.blocks[0] for region in operation.regions)
            _loop(operation, list(operation.operands), before, list(before.arguments), after, named, signature_of)
        else:
            for result in operation.results:
                if is_tensor(result.type):
                    named[result] = of_result(operation, named)


def _branches(operation: Any, named: dict[Any, Sequence[Extent]], signature_of: Callable[[str], Signature]) -> None:
    """What all branches agree on."""
    given: list[Sequence[Extent]] = []
    for number, region in enumerate(operation.regions):
        block = region.blocks[0]
        name_all(block, named, signature_of)
        found = [named.get(v, ()) for v in list(block.operations)[-1].operation.operands]
        given = found if number == 0 else [_agreed(a, b) for a, b in zip(given, found, strict=True)]
    named.update(zip(operation.results, given, strict=True))


def _loop(
    operation: Any,
    start: Sequence[Any],
    block: Any,
    arguments: Sequence[Any],
    after: Any,
    named: dict[Any, Sequence[Extent]],
    signature_of: Callable[[str], Signature],
) -> None:
    """What the loop starts with and every round agree on: names that a round changes are given up until none is.

    ``block`` is its body, or what asks for another round, of ``after``.
    """
    carried = [named.get(v, ()) for v in start]
    while True:
        named.update(zip(arguments, carried, strict=True))
        name_all(block, named, signature_of)
        handed = list(list(block.operations)[-1].operation.operands)
        given = carried
        if after is not None:
            given = [named.get(v, ()) for v in handed[1:]]
            named.update(zip(after.arguments, given, strict=True))
            name_all(after, named, signature_of)
            handed = list(list(after.operations)[-1].operation.operands)
        agreed = [_agreed(c, named.get(v, ())) for c, v in zip(carried, handed, strict=True)]
        if agreed == carried:
            break
        carried = agreed
    named.update(zip(operation.results, given, strict=True))


def _agreed(a: Sequence[Extent], b: Sequence[Extent]) -> list[Extent]:
    return [x if x == y else None for x, y in zip(a, b, strict=True)]


def _call(operation: Any, named: dict[Any, Sequence[Extent]], callee: Signature) -> None:
    """The callee's names, said in the caller's."""
    ours: dict[str, Extent] = {}
    for parameter, value in zip(callee.parameters, operation.operands, strict=True):
        if is_tensor(value.type):
            dims = zip(parameter.dims or (), named.get(value, ()), strict=False)
            ours |= {d: e for d, e in dims if d.isidentifier()}
    given = (*callee.results, *(callee.parameters[w] for w in callee.writes))
    for result, v in zip(operation.results, given, strict=True):
        known = zip(known_extents(result.type), v.dims or (), strict=True)
        named[result] = [ours.get(d) if e is None else e for e, d in known]
