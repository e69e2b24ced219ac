"""The user's own annotations: names with typed values, which the compiler carries to the artifact and never reads.

They stand on values (``pyc.annotate(x, role="logits")``), on the operations of a block (``with
pyc.annotate(stage=2):``), on functions (``@pyc.annotate(owner="vision")``), on parameters, results and weights
(``Annotated[Tensor[f32, N], pyc.annotate(role="bias")]``) and on module classes (``class Net(pyc.Module,
annotations={"kind": "mlp"})``). In Python they change nothing.

A value is a bool, an int of 64 bits, a float, a string, a list of such values, or a record: a dictionary from names to
them. Under ``quantization`` it may be a :class:`Quantization`, which artifacts have as a record. Where one has room for
text only, a value is JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from . import quantization
from .quantization import Quantization

_T = TypeVar("_T")

#: What an annotation says: bool, int, float, str, or lists and records of them.
Annotation = Any
Annotations = Mapping[str, Annotation]
#: The ints that an annotation holds.
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
#: Lists and records in each other.
_DEEPEST = 32


def name_problem(name: object) -> str:
    """Why this cannot be the name of an annotation; empty if it can, as ``com.acme.power`` does."""
    if isinstance(name, str) and name and all(part.isidentifier() for part in name.split(".")):
        return ""
    return f"{name!r} cannot be the name of an annotation: names are identifiers, with dots between them"


def value_problem(value: object, depth: int = 0) -> str:
    """Why this cannot be what an annotation says; empty if it can."""
    match value:
        case bool() | float():
            return ""
        case int():
            return "" if _LOWEST <= value <= _HIGHEST else f"{value} does not fit in 64 bits"
        case str():
            return "" if _is_text(value) else f"{value!r} is no text in Unicode"
        case list() | tuple() | dict() if depth >= _DEEPEST:
            return f"lists and records are nested more than {_DEEPEST} deep"
        case list() | tuple():
            return next(filter(None, (value_problem(v, depth + 1) for v in value)), "")
        case dict():
            bad = next((k for k in value if not (isinstance(k, str) and k and "\0" not in k and _is_text(k))), None)
            if bad is not None:
                return f"a record has names, and {bad!r} is none"
            return next(filter(None, (value_problem(v, depth + 1) for v in value.values())), "")
        case _:
            return f"a {type(value).__name__} is none of bool, int, float, str, lists and records of them"


def problem(entries: Mapping[Any, object]) -> str:
    """What is wrong with annotations; empty if nothing is."""
    for name, value in entries.items():
        found = name_problem(name)
        if isinstance(value, Quantization) and name == quantization.KEY:
            continue
        if not found and (found := value_problem(value)):
            found = f"the annotation {name}: {found}"
        if found:
            return found
    return ""


def settled(value: Annotation) -> Annotation:
    """A value with lists for tuples, and the entries of records in the order of their names."""
    if isinstance(value, list | tuple):
        return [settled(v) for v in value]
    if isinstance(value, dict):
        return {k: settled(value[k]) for k in sorted(value)}
    return value


def encoded(value: Annotation) -> str:
    """A value as JSON; numbers that are not finite are ``NaN``, ``Infinity`` and ``-Infinity``."""
    return json.dumps(settled(value), ensure_ascii=False)


def decoded(text: str) -> Annotation:
    """The value that :func:`encoded` wrote.

    Raises:
        ValueError: it is not JSON.
    """
    return json.loads(text)


def _is_text(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class UserAnnotations:
    """What ``pyc.annotate(key=...)`` without a value gives: it stands in ``with``, before ``def``, in ``Annotated``."""

    def __init__(self, entries: Mapping[str, Annotation]) -> None:
        self.entries = dict(entries)

    def __call__(self, definition: _T) -> _T:
        """``definition`` itself, as a decorator."""
        return definition

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None

    def __repr__(self) -> str:
        return f"pyc.annotate({', '.join(f'{k}={v!r}' for k, v in self.entries.items())})"


def annotate(*value: Any, **annotations: Annotation) -> Any:
    """``value`` itself, which compiled code annotates; without a value, what annotates a block, a function or a type.

    Raises:
        TypeError: there are several values, or something is said that is no annotation.
        ValueError: nothing is said.
    """
    if len(value) > 1:
        raise TypeError(f"pyc.annotate takes one value, and {len(value)} were given")
    checked(annotations)
    return value[0] if value else UserAnnotations(annotations)


def checked(entries: Mapping[str, Annotation]) -> Mapping[str, Annotation]:
    """Annotations that are ones; type parameters among the values are what they will be bound to.

    Raises:
        TypeError: something is said that is no annotation.
        ValueError: nothing is said.
    """
    if not entries:
        raise ValueError("pyc.annotate says nothing: annotations are keywords, `role='logits'`")
    found = problem({k: v for k, v in entries.items() if not _is_open(v)})
    if found:
        raise TypeError(found)
    return entries


def _is_open(value: object) -> bool:
    """Whether a value is a type parameter, which only the compiler binds."""
    return type(value).__name__ in ("TypeVar", "Dim", "Parameter")
