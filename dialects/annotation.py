"""The user's annotations: what a program says of its values, operations, functions and modules for others to read.

======================  ========================================================================================
where                   what it says
======================  ========================================================================================
``pyc.annotate``        annotations of a value, an array or a number, at its place in the program
``pyc.annotations``     a dictionary on an operation, or on a function: theirs
``pyc.modules``         a dictionary on a method, by path: annotations of its module (``.``) and of submodules
``pyc.annotated``       unit, on the module: there are annotations of values or of operations in it
======================  ========================================================================================

Those of parameters, results and weights are part of the signature. Values are attributes of MLIR: booleans, i64, f64,
strings, arrays and dictionaries. Nothing that is compiled depends on any of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pyc.dataclass import dataclass
from pyc.user_annotations import name_problem

from .dialect import Pyc
from .mlir import ext, ir
from .verify import fail
from .walk import nested

ANNOTATIONS, MODULES, ANNOTATED = "pyc.annotations", "pyc.modules", "pyc.annotated"

_OWN = "."
#: Among the annotations of an operation, under a name that no user's has: what a model said of the node that the line
#: was, and of that the parts that are kept.
NODE, OF_NODES = ".node", frozenset({"loc", "metadata"})


class AnnotateOp(Pyc.Operation, name="annotate"):
    """Says ``annotations`` of ``x``, which stays as it is. Not ``Pure``: it stays, and so does what it speaks of."""

    x: ext.Operand[Any]
    annotations: ir.DictAttr

    def verify_invariants(self) -> bool:
        entries = list(ir.DictAttr(self.annotations))
        if not entries:
            return fail(self, "says nothing")
        for entry in entries:
            problem = name_problem(entry.name)
            if problem:
                return fail(self, problem)
            try:
                value_of(entry.attr)
            except ValueError as error:
                return fail(self, str(error))
        return True


def attribute_of(value: Any) -> Any:
    """What an annotation says, as an attribute."""
    match value:
        case bool():
            return ir.BoolAttr.get(value)
        case int():
            return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), value)
        case float():
            return ir.FloatAttr.get(ir.F64Type.get(), value)
        case str():
            return ir.StringAttr.get(value)
        case list() | tuple():
            return ir.ArrayAttr.get([attribute_of(v) for v in value])
        case _:
            return dictionary(value)


def dictionary(entries: Mapping[str, Any]) -> Any:
    """Annotations as a dictionary of MLIR, whose entries are in the order of their names."""
    return ir.DictAttr.get({k: attribute_of(v) for k, v in entries.items()})


def value_of(attribute: Any) -> Any:
    """What an attribute says.

    Raises:
        ValueError: it is no annotation.
    """
    match attribute:
        case ir.BoolAttr() | ir.StringAttr():
            return attribute.value
        case ir.IntegerAttr() if str(attribute.type) == "i64":
            return attribute.value
        case ir.FloatAttr() if str(attribute.type) == "f64":
            return attribute.value
        case ir.ArrayAttr():
            return [value_of(a) for a in attribute]
        case ir.DictAttr():
            return entries_of(attribute)
    raise ValueError(f"{attribute} is no annotation: these are booleans, i64, f64, strings, lists and records")


def entries_of(attribute: Any) -> dict[str, Any]:
    """The entries of a dictionary.

    Raises:
        ValueError: one of them is no annotation.
    """
    return {entry.name: value_of(entry.attr) for entry in ir.DictAttr(attribute)}


def annotations_of(operation: Any) -> dict[str, Any]:
    """The annotations that an operation, or a function, carries."""
    attributes = operation.attributes
    return entries_of(attributes[ANNOTATIONS]) if ANNOTATIONS in attributes else {}


def modules_attribute(modules: Mapping[str, Mapping[str, Any]]) -> Any:
    """What is said of modules, by path; that of the method's own module is empty, which no name in MLIR can be."""
    return dictionary({path or _OWN: said for path, said in modules.items()})


def modules_of(function: Any) -> dict[str, dict[str, Any]]:
    """What a method says of its module and of submodules, by path."""
    if MODULES not in function.attributes:
        return {}
    return {"" if p == _OWN else p: said for p, said in entries_of(function.attributes[MODULES]).items()}


def annotate_operation(operation: Any, entries: Mapping[str, Any]) -> None:
    """Write annotations on an operation, besides those that it has."""
    operation.attributes[ANNOTATIONS] = dictionary({**annotations_of(operation), **entries})


def carry(old: Any, new: Any) -> None:
    """Give what stands in the place of an operation its annotations."""
    if ANNOTATIONS in old.attributes:
        new.attributes[ANNOTATIONS] = old.attributes[ANNOTATIONS]


def is_annotated(module: Any) -> bool:
    """Whether there are annotations of values or of operations in a module."""
    return ANNOTATED in module.operation.attributes


def mark_annotated(module: Any) -> None:
    """Note that there are annotations of values or of operations in a module."""
    module.operation.attributes[ANNOTATED] = ir.UnitAttr.get()


def said_of(value: Any) -> Iterator[Any]:
    """The ``pyc.annotate`` operations that speak of a value."""
    for use in value.uses:
        operation = use.owner.operation
        if operation.name == "pyc.annotate":
            yield operation


@dataclass(frozen=True)
class Places:
    """Where a module says something: of values, by place and text with how often; of operations, the texts by place.

    ``others`` are the places of operations of which nothing is said.
    """

    values: Counter[tuple[str, str]]
    operations: dict[str, frozenset[str]]
    others: frozenset[str]


def places_in(module: Any) -> Places:
    """All that is said of values and operations in a module."""
    values: Counter[tuple[str, str]] = Counter()
    operations: dict[str, set[str]] = {}
    others: set[str] = set()
    for operation in nested(module.operation):
        place, attributes = str(operation.location), operation.attributes
        if operation.name == "pyc.annotate":
            values[place, str(attributes["annotations"])] += 1
        elif ANNOTATIONS in attributes:
            operations.setdefault(place, set()).add(str(attributes[ANNOTATIONS]))
        else:
            others.add(place)
    return Places(values, {p: frozenset(t) for p, t in operations.items()}, frozenset(others - operations.keys()))


def lost(before: Places, now: Places) -> list[str]:
    """What was said and is not any more. An operation may go with what is said of it, one in its place keeps that."""
    found = [f"the annotation {text} of a value at {place} is gone" for place, text in (before.values - now.values)]
    for place, texts in before.operations.items():
        kept = now.operations.get(place)
        if kept is None and place in now.others:
            found.append(f"the operation at {place} has lost {', '.join(sorted(texts))}")
        elif kept is not None and not kept <= texts:
            found.append(f"the operation at {place} said {', '.join(sorted(texts))}, says {', '.join(sorted(kept))}")
    return found


def same(a: Any, b: Any) -> bool:
    """Whether two values say the same: 1, 1.0 and True do not, and NaN says what NaN says."""
    return str(attribute_of(a)) == str(attribute_of(b))
