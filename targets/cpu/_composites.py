"""Tuples, records and arrays of records of the caller's, and the numbers and arrays that compiled code knows them as.

Bundles carry this file: it must not import anything of pyc. Nothing is copied on the way in: a field of an array of
records is an array with that array's strides. A result that is an array of records is made as one, and its fields are
the places that compiled code fills.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ._records import Fixed, Items, Nested, Number, RecordArray, SoA, described
from ._weights import numpy_dtype

_WEAK = {"int": ("int64", int), "float": ("float64", float), "bool": ("bool", bool), "complex": ("complex128", complex)}
_NOT_RECORDS = (np.ma.MaskedArray, np.matrix)


class Composites:
    """What a function takes and gives, as the user's signature says it."""

    def __init__(self, structure: Mapping[str, Any], names: Mapping[str, str]) -> None:
        """``names`` are NumPy's names of the language's element types."""
        self.parameters: Sequence[Mapping[str, Any]] = structure["parameters"]
        self.result = structure["result"]
        self.type = structure["type"]
        self.records: dict[str, Any] = {
            name: _class(_text(name, structure["records"]), tuple(names.items())) for name in structure["records"]
        }
        self._groups = [[*_leaves(p["value"])] for p in self.parameters]
        self._interleaved = [
            [*_leaves(node)]
            for p in self.parameters
            for node in _arrays(p["value"])
            if structure["records"][node["records"]]["layout"] == "aos"
        ]

    def adopt(self, classes: Mapping[str, Any]) -> None:
        """Take the user's own classes of records for those described."""
        self.records.update(classes)

    # --- arguments ----------------------------------------------------------------------------------------------------

    def taken(self, arguments: Sequence[Any]) -> tuple[Any, ...]:
        """The numbers and arrays that the arguments consist of.

        Raises:
            TypeError: one is not what the signature says.
            ValueError: fields of an array share memory with each other.
        """
        out: list[Any] = []
        for p, value in zip(self.parameters, arguments, strict=True):
            if isinstance(p["value"], int):
                out.append(value)
            else:
                self._take(p["value"], value, p["name"], p["type"], out)
        return tuple(out)

    def _take(self, node: Any, value: Any, name: str, wanted: str, out: list[Any]) -> None:
        if node is None:
            return
        if isinstance(node, int):
            out.append(value)
        elif "tuple" in node:
            if not isinstance(value, tuple):
                raise TypeError(f"{name} is {_article(value)}, and {wanted} wants a tuple")
            if len(value) != len(node["tuple"]):
                raise TypeError(f"{name} has {len(value)} items, and {wanted} has {len(node['tuple'])}")
            for i, (n, v) in enumerate(zip(node["tuple"], value, strict=True)):
                self._take(n, v, f"{name}[{i}]", wanted, out)
        elif "record" in node:
            self._take_record(node, value, name, out)
        else:
            self._take_array(node, value, name, wanted, out)

    def _take_record(self, node: Mapping[str, Any], value: Any, name: str, out: list[Any]) -> None:
        record = self.records[node["record"]]
        fields = self._fields(node["record"])
        if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.names is not None:
            value = value[()]
        names = value.dtype.names if isinstance(value, np.void) else getattr(type(value), "_fields", None)
        if not isinstance(value, record) and not _has_fields(value, [n for n, _ in fields], names):
            raise TypeError(f"{name} is {_article(value)}, and a {node['record']} is wanted")
        for (field, kind), n in zip(fields, node["fields"], strict=True):
            inner = value[field] if type(value) is np.void else getattr(value, field)
            if isinstance(n, int) and isinstance(kind, Number):
                inner = kind.taken(inner, f"{name}.{field}")
            elif isinstance(kind, Items) and isinstance(inner, np.void):
                inner = kind.read({k: inner[k] for k in inner.dtype.names or ()})
            self._take(n, inner, f"{name}.{field}", kind.name, out)

    def _take_array(self, node: Mapping[str, Any], value: Any, name: str, wanted: str, out: list[Any]) -> None:
        known = node["records"]
        if self.records[known].__pyc_record__.layout == "soa":
            self._take_apart(node, value, name, wanted, out)
            return
        if not isinstance(value, np.ndarray) or isinstance(value, _NOT_RECORDS):
            raise TypeError(f"{name} is {_article(value)}, and {wanted} wants a NumPy array of records")
        fields = [n for n, _ in self._fields(known)]
        if value.dtype.names is None or list(value.dtype.names) != fields:
            found = f"the fields {', '.join(value.dtype.names)}" if value.dtype.names else value.dtype.name
            raise TypeError(f"{name} holds {found}, and {known} has the fields {', '.join(fields)}")
        _refuse_shared_fields(value.dtype, name)
        first = len(out)
        self._columns(node, value.view(np.ndarray), name, wanted, out)
        if "." not in name and not all(map(_is_addressed, out[first:])):
            own = [part.dtype for part in _parts(np.zeros(0, self.records[known].dtype))]
            if own != [part.dtype for part in out[first:]]:
                return  # what is typed otherwise is refused as that
            found = f"the fields of {name}, whose records take {value.itemsize} bytes, are misaligned"
            raise ValueError(f"{found}: pass `{name}.astype({known}.dtype)`")

    def _columns(self, node: Mapping[str, Any], value: Any, name: str, wanted: str, out: list[Any]) -> None:
        for (field, kind), n in zip(self._fields(node["records"]), node["fields"], strict=True):
            self._column(n, kind, value[field], f"{name}.{field}", wanted, out)

    def _column(self, node: Any, kind: Any, value: Any, name: str, wanted: str, out: list[Any]) -> None:
        if isinstance(node, int):
            out.append(value)
        elif "records" in node:
            self._take_array(node, value, name, wanted, out)
        else:
            names = value.dtype.names or ()
            if len(names) != len(kind.items):
                raise TypeError(f"{name} holds {value.dtype}, and {kind.name} is wanted")
            for part, (n, k) in zip(names, zip(node["tuple"], kind.items, strict=True), strict=True):
                self._column(n, k, value[part], f"{name}.{part}", wanted, out)

    def _take_apart(self, node: Mapping[str, Any], value: Any, name: str, wanted: str, out: list[Any]) -> None:
        """Arrays of fields: of a :class:`SoA`, of anything with such attributes, of a mapping."""
        for (field, kind), n in zip(self._fields(node["records"]), node["fields"], strict=True):
            try:
                inner = value[field] if isinstance(value, Mapping) else getattr(value, field)
            except (AttributeError, KeyError):
                message = f"{name} is {_article(value)} without {field}: {wanted} wants an array for each field"
                raise TypeError(message) from None
            self._apart(n, kind, inner, f"{name}.{field}", wanted, out)

    def _apart(self, node: Any, kind: Any, value: Any, name: str, wanted: str, out: list[Any]) -> None:
        if isinstance(node, int):
            out.append(value)
        elif "records" in node:
            self._take_apart(node, value, name, wanted, out)
        else:
            for i, (n, k, v) in enumerate(zip(node["tuple"], kind.items, value, strict=True)):
                self._apart(n, k, v, f"{name}[{i}]", wanted, out)

    def _fields(self, record: str) -> list[tuple[str, Any]]:
        return list(self.records[record].__pyc_record__.fields().items())

    def together(self, i: int, k: int) -> bool:
        """Whether two parameters of compiled code are fields of one array of the caller's: these never overlap."""
        return any(i in group and k in group for group in self._interleaved)

    # --- results ------------------------------------------------------------------------------------------------------

    def places(
        self, shapes: Callable[[int], Sequence[int]], returns: Sequence[int], strided: Collection[int]
    ) -> dict[int, np.ndarray[Any, Any]]:
        """Where results that are fields of arrays of records go: by result, a part of a new array of records.

        ``shapes`` gives the extents of a result, ``strided`` are those that can be such a part.
        """
        found: dict[int, Any] = {}

        def make(node: Any) -> None:
            if isinstance(node, int) or node is None:
                return
            if "records" not in node:
                for inner in node.get("fields", ()) or node.get("tuple", ()):
                    make(inner)
                return
            record = self.records[node["records"]]
            leaves = [*_leaves(node)]
            if any(returns[i] not in strided for i in leaves):
                return
            first = shapes(returns[leaves[0]])
            own = first[: len(first) - _more(record)]
            whole = np.empty(own, record.dtype)
            found.update({returns[i]: part for i, part in zip(leaves, _parts(whole), strict=True)})

        make(self.result)
        return found

    def given(self, values: Sequence[Any], arguments: Sequence[Any], taken: Sequence[Any]) -> Any:
        """What the user's function returns, of the numbers and arrays that compiled code gives."""
        return self._give(self.result, values, arguments, taken)

    def _give(self, node: Any, values: Sequence[Any], arguments: Sequence[Any], taken: Sequence[Any]) -> Any:
        if node is None:
            return None
        if isinstance(node, int):
            return values[node]
        if "tuple" in node:
            return tuple(self._give(n, values, arguments, taken) for n in node["tuple"])
        if "record" in node:
            fields = [self._give(n, values, arguments, taken) for n in node["fields"]]
            return self.records[node["record"]](*fields)
        leaves = [values[i] for i in _leaves(node)]
        for group, argument in zip(self._groups, arguments, strict=True):
            if len(group) == len(leaves) and all(taken[g] is v for g, v in zip(group, leaves, strict=True)):
                return argument  # the very array: a function may return its argument
        return self._array(node, leaves)

    def _array(self, node: Mapping[str, Any], leaves: Sequence[Any]) -> Any:
        record = self.records[node["records"]]
        if record.__pyc_record__.layout == "soa":
            return self._soa(node, iter(leaves))
        first = leaves[0]
        whole = _owner(first, record.dtype)
        if whole is not None and _is_whole(whole, leaves):
            return whole.view(RecordArray)
        if whole is not None and (part := _part_of(whole, leaves, first.ndim - _more(record))) is not None:
            return part.view(RecordArray)
        # Arrays of their own: they become fields of one.
        whole = np.empty(first.shape[: first.ndim - _more(record)], record.dtype)
        for part, leaf in zip(_parts(whole), leaves, strict=True):
            part[...] = leaf
        return whole.view(RecordArray)

    def _soa(self, node: Mapping[str, Any], leaves: Iterator[Any]) -> Any:
        record = self.records[node["records"]]

        def value(n: Any) -> Any:
            if isinstance(n, int):
                return next(leaves)
            return self._soa(n, leaves) if "records" in n else tuple(map(value, n["tuple"]))

        fields = self._fields(node["records"])
        return SoA(record, {f: value(n) for (f, _), n in zip(fields, node["fields"], strict=True)})


@functools.cache
def _class(text: str, names: tuple[tuple[str, str], ...]) -> Any:
    """The class of records of a description: one for all functions that know the record."""
    record = json.loads(text)
    fields = [(name, _kind(kind, dict(names))) for name, kind in record["fields"]]
    return described(record["name"], fields, record["layout"])


def _text(name: str, records: Mapping[str, Any]) -> str:
    """The description of a record, with those of the records in it, as JSON."""

    def whole(kind: Any) -> Any:
        if isinstance(kind, Mapping) and "record" in kind:
            return {"record": json.loads(_text(kind["record"], records))}
        if isinstance(kind, Mapping) and "tuple" in kind:
            return {"tuple": [whole(k) for k in kind["tuple"]]}
        return kind

    fields = [[n, whole(k)] for n, k in records[name]["fields"]]
    return json.dumps({"name": name, "fields": fields, "layout": records[name]["layout"]})


def _kind(kind: Any, names: Mapping[str, str]) -> Any:
    if isinstance(kind, str):
        if kind in _WEAK:
            dtype, weak = _WEAK[kind]
            return Number(kind, np.dtype(dtype), weak)
        return Number(kind, numpy_dtype(names[kind]))
    if "record" in kind:
        return Nested(_class(json.dumps(kind["record"]), tuple(names.items())))
    if "tuple" in kind:
        return Items(tuple(_kind(k, names) for k in kind["tuple"]))
    element, extents = kind["array"]
    written = f"Tensor[{', '.join([element, *map(str, extents)])}]"
    return Fixed(written, numpy_dtype(names[element]), tuple(extents))


def _owner(part: Any, dtype: np.dtype[Any]) -> Any:
    """The array of records that an array is a field of, if it is."""
    base = part
    while base is not None and getattr(base, "dtype", None) != dtype:
        base = getattr(base, "base", None)  # between arrays stands what NumPy has made one of
    return base


class _Memory:
    """What NumPy makes an array of. The array keeps it, and it keeps ``base``."""

    def __init__(self, base: object, interface: Mapping[str, Any]) -> None:
        self.base = base
        self.__array_interface__ = interface


def _part_of(whole: Any, leaves: Sequence[Any], rank: int) -> Any:
    """The part of an array of records whose fields the leaves are: a slice of it. ``None`` where they are no such."""
    first, one = leaves[0], np.empty((1,) * rank, whole.dtype)
    shape, strides = first.shape[:rank], first.strides[:rank]
    begin = one.__array_interface__["data"][0]
    addresses = set()
    for field, leaf in zip(_parts(one), leaves, strict=True):
        offset = field.__array_interface__["data"][0] - begin
        addresses.add(leaf.__array_interface__["data"][0] - offset)
        if (leaf.shape[:rank], leaf.strides[:rank]) != (shape, strides) or leaf.strides[rank:] != field.strides[rank:]:
            return None
    if len(addresses) != 1 or not first.size:
        return None
    interface = {
        "version": 3, "typestr": f"|V{whole.dtype.itemsize}", "data": (addresses.pop(), not whole.flags.writeable),
        "shape": shape, "strides": strides,
    }  # fmt: skip
    return np.asarray(_Memory(whole, interface)).view(whole.dtype)


def _is_whole(array: Any, leaves: Sequence[Any]) -> bool:
    """Whether the leaves are the fields of an array, all of it."""
    return all(
        p.__array_interface__["data"] == leaf.__array_interface__["data"]
        and p.shape == leaf.shape
        and p.strides == leaf.strides
        for p, leaf in zip(_parts(array), leaves, strict=True)
    )


def _leaves(node: Any) -> Iterator[int]:
    """The numbers of the values in a node."""
    if isinstance(node, int):
        yield node
    elif node is not None:
        for inner in node.get("fields", ()) or node.get("tuple", ()):
            yield from _leaves(inner)


def _arrays(node: Any) -> Iterator[Mapping[str, Any]]:
    """The arrays of records in a node."""
    if isinstance(node, Mapping):
        if "records" in node:
            yield node
        else:
            for inner in node.get("fields", ()) or node.get("tuple", ()):
                yield from _arrays(inner)


def _parts(whole: Any) -> list[Any]:
    """The arrays of the fields of a structured array, nested ones in their place."""
    if whole.dtype.names is None:
        return [whole]
    return [part for name in whole.dtype.names for part in _parts(whole[name])]


def _more(record: Any) -> int:
    """The number of axes that the first field adds to those of an array of records."""
    kind = next(iter(record.__pyc_record__.fields().values()))
    while not isinstance(kind, Number | Fixed):
        kind = kind.items[0] if isinstance(kind, Items) else next(iter(kind.record.__pyc_record__.fields().values()))
    return len(kind.shape) if isinstance(kind, Fixed) else 0


def _has_fields(value: Any, wanted: Sequence[str], found: Any) -> bool:
    return isinstance(value, np.void) and found is not None and list(found) == list(wanted)


def _is_addressed(part: np.ndarray[Any, Any]) -> bool:
    """Whether compiled code can address the elements of a field: packed records have them anywhere."""
    size = part.itemsize
    if not part.flags.aligned:
        return False
    return size == part.dtype.alignment or not any(
        s % size and n > 1 for s, n in zip(part.strides, part.shape, strict=True)
    )


def _refuse_shared_fields(dtype: np.dtype[Any], name: str) -> None:
    """Refuse a structured type whose fields lie on top of each other.

    Raises:
        ValueError: with the fields.
    """
    assert dtype.names is not None
    assert dtype.fields is not None
    fields: Any = dtype.fields
    end, last = 0, ""
    for field in sorted(dtype.names, key=lambda n: fields[n][1]):
        inner, offset = fields[field][:2]
        if offset < end:
            raise ValueError(f"the fields {last} and {field} of {name} share memory: pass a copy")
        end, last = offset + inner.itemsize, field


def _article(value: Any) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
