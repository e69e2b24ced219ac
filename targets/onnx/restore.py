"""Annotations that another tool has dropped, put back from the manifest of the model.

What was sealed is found again, from the surest way on: a part that is still there under its kind and name; a node that
computes the same operation, with the same attributes, of values that are known already (``structure``), through calls
that were inlined as well, or together with others that computed the same (``merged``), or with the sum behind a product
(``fused``); and a value or a node that has nothing but its old name (``name``). A node of a function that was inlined
says in which calls it is (``org.pyc.within``). What was said of those calls and functions, which are no parts of the
model any more, stays in the manifest under ``inlined``, and what merged nodes say differently under ``merged``.

Nothing is changed that says something else by now. The model is sealed anew; what could not be put back is kept in the
manifest under ``lost``, so that it can still be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

import onnx
from google.protobuf import text_format
from onnx import ModelProto, TensorProto

from pyc.dataclass import dataclass

from . import carriers, manifest, quantization
from .external import Elements
from .inlined import Call, Found, Match, matches
from .manifest import Table, read_properties
from .outline import scopes

#: Keys of the table that stand for parts of a message which are not metadata.
_DEVICE, _TYPE, _DATA, _CALL, _DEVICES = "@device ", "@type", "@data", "@call", "@devices"
_TABLES = ("carriers", "outline")
_TYPE_TEXT = re.compile(r"([A-Z0-9]+)(?:\[(.*)\])?")


@dataclass(frozen=True)
class Restored:
    """What was put back: the part of the sealed model, the part that says it now, how it was found, and its keys."""

    part: str
    place: str
    how: str
    keys: tuple[str, ...]


@dataclass
class Report:
    """What a restoration did.

    ``lost`` are entries that stay lost, ``kept`` parts whose entries are in the manifest; ``dropped`` is what stood
    twice, or spoke of nothing. ``place`` is where the model was written.
    """

    restored: list[Restored] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    place: str = ""


def restore(model: ModelProto, sealed: Mapping[str, Any], elements: Elements | None = None) -> Report:
    """Put what ``sealed``, the manifest of a model, says back into the model, and seal it anew.

    ``elements`` gives those of tensors that lie outside of the model, and stay there.

    Raises:
        ValueError: the manifest is damaged.
    """
    said: Table = {p: dict(entries) for p, entries in {**sealed.get("lost", {}), **sealed["carriers"]}.items()}
    dropped = [*_repeated(model), *_dangling(model), *quantization.drop_dangling(model)]
    known = matches(sealed.get("outline", {}), model, said)
    work = _Work(model, said, dict(scopes(model)), Report(dropped=dropped), elements=elements)
    _configurations(work)
    _bodies(work)
    for call in known.calls:
        _inlined(work, call)
    for match in known.nodes:
        _node(work, match)
    for found in _values(work, known.values):
        _value(work, found)
    for tensor, parts in work.folded.values():
        if carriers.FOLDED not in read_properties(tensor):
            tensor.metadata_props.add(key=carriers.FOLDED, value=json.dumps(parts, ensure_ascii=False))
    _quantisations(work)
    lost = _still_lost(work)
    facts = {k: v for k, v in sealed.items() if k not in (*_TABLES, "lost", "inlined", "merged", "before")}
    more: dict[str, Any] = {"before": [*sealed.get("before", ()), manifest.digest(manifest.canonical(sealed))]}
    for name, found in (("lost", lost), ("inlined", work.inlined), ("merged", work.merged)):
        # What was lost is looked for again, what has no place any more stays where it is.
        kept = found if name == "lost" else {**sealed.get(name, {}), **found}
        if kept:
            more[name] = kept
    manifest.unseal(model)
    if work.report.restored or dropped or lost:
        manifest.seal(model, {**facts, **more}, elements)
    else:
        manifest.seal(model, {k: v for k, v in sealed.items() if k not in _TABLES}, elements)
    return work.report


@dataclass
class _Work:
    model: ModelProto
    said: Table
    bodies: Mapping[str, Any]
    report: Report = field(default_factory=Report)
    inlined: dict[str, Any] = field(default_factory=dict)
    merged: dict[str, dict[str, Mapping[str, str]]] = field(default_factory=dict)
    #: What functions that were inlined said of their own parameters and results, by the value that these are.
    borrowed: dict[tuple[str, str], list[Mapping[str, str]]] = field(default_factory=dict)
    #: Tensors that something else computed beforehand, by their parts, with the nodes and weights that are in them.
    folded: dict[str, tuple[Any, list[str]]] = field(default_factory=dict)
    #: The first sealed part that each value is.
    spoken: dict[str, str] = field(default_factory=dict)
    #: Sealed parts that have a place in the model, with the entries that it says.
    placed: dict[str, set[str]] = field(default_factory=dict)
    #: And the parts of the model that they are.
    places: dict[str, str] = field(default_factory=dict)
    elements: Elements | None = None

    def put(self, part: str, place: str, how: str, proto: Any, entries: Mapping[str, str]) -> None:
        """Write the metadata among ``entries`` that a message does not have; note what it says of them now."""
        now = read_properties(proto)
        missing = {k: v for k, v in entries.items() if not k.startswith("@") and k not in now}
        for key, value in missing.items():
            proto.metadata_props.add(key=key, value=value)
        same = {k for k, v in entries.items() if not k.startswith("@") and now.get(k, v) == v}
        self.note(part, place, how, tuple(missing), same)

    def join(self, part: str, place: str, how: str, tensor: Any, entries: Mapping[str, str]) -> None:
        """Write on a tensor what is said of a part that is in it; what it does not say itself stays in the manifest."""
        now = read_properties(tensor)
        other = {k: v for k, v in entries.items() if k.startswith("@") or now.get(k, v) != v}
        self.keep(part, place, how, other)
        self.put(part, place, how, tensor, entries)

        if how == "folded" and not part.startswith("value "):
            self.folded.setdefault(place, (tensor, []))[1].append(part)

    def keep(self, part: str, place: str, how: str, entries: Mapping[str, str]) -> None:
        """Keep in the manifest what is said of a part that is one with others, and what the place does not say."""
        if entries:
            self.merged.setdefault(place, {})[part] = entries
            self.note(part, place, how, (), set(entries))
            self.report.kept.append(part)

    def note(self, part: str, place: str, how: str, restored: tuple[str, ...], says: set[str]) -> None:
        """Note what was put back, and which entries of a part the model says now."""
        self.placed.setdefault(part, set()).update(says)
        self.places.setdefault(part, place)
        if restored:
            self.report.restored.append(Restored(part, place, how, restored))


def _repeated(model: ModelProto) -> Iterator[str]:
    """Take away entries that stand twice, as one tool leaves them, and name them."""
    for kind, name, proto in manifest.parts(model):
        if kind == "configuration":
            continue
        seen: set[tuple[str, str]] = set()
        for i in reversed(range(len(proto.metadata_props))):
            entry = (proto.metadata_props[i].key, proto.metadata_props[i].value)
            if entry in seen:
                del proto.metadata_props[i]
                yield f"{entry[0]} of {kind} {name}, which stood twice"
            seen.add(entry)


def _dangling(model: ModelProto) -> Iterator[str]:
    """Take away descriptions of values that the model does not have any more, or that stand twice, and name them."""
    for scope, body in scopes(model):
        seen = {v.name for v in (*body.input, *body.output) if not isinstance(v, str)}
        again = [i for i, v in enumerate(body.value_info) if v.name in seen or seen.add(v.name)]
        for i in reversed(range(len(body.value_info))):
            name = body.value_info[i].name
            if i in again or not _holds(body, name):
                del body.value_info[i]
                yield f"value {scope}/{name}, which {'stood twice' if i in again else 'nothing gives'}"


# --- the model, graphs and functions ---------------------------------------------------------------------------------


def _configurations(work: _Work) -> None:
    there = {c.name: c for c in work.model.configuration}
    for part, entries in work.said.items():
        if not part.startswith("configuration "):
            continue
        name, devices = part.removeprefix("configuration "), entries.get(_DEVICES, "")
        restored: tuple[str, ...] = ()
        if name not in there:
            listed = devices.split(", ") if devices else []
            work.model.configuration.add(name=name, num_devices=max(1, len(listed)), device=listed)
            restored = (_DEVICES,)
        elif ", ".join(there[name].device) != devices:
            continue
        work.note(part, part, "kind and name", restored, {_DEVICES})


def _bodies(work: _Work) -> None:
    """What is said of graphs, and of functions that are still there."""
    there = {
        f"{kind} {name}": proto for kind, name, proto in manifest.parts(work.model) if kind in ("graph", "function")
    }
    for part, entries in work.said.items():
        if part in there:
            work.put(part, part, "kind and name", there[part], entries)


# --- nodes -----------------------------------------------------------------------------------------------------------


def _node(work: _Work, match: Match) -> None:
    entries = work.said.get(match.part)
    is_node = hasattr(match.proto, "device_configurations")
    place = f"{'node' if is_node else 'initializer'} {match.scope}/{match.proto.name}"
    if entries is None and not match.within:
        return
    if match.part.startswith("value "):
        # It is no value any more: the node computes it on its way.
        work.keep(match.part, place, match.how, entries or {})
        return
    entries = dict(entries or {})
    if match.within:
        entries |= _within(work, match)
    if not is_node:
        # A tensor is on no device by itself.
        devices = {k for k in entries if k.startswith(_DEVICE)}
        work.note(match.part, place, match.how, (), devices)
        work.join(match.part, place, match.how, match.proto, {k: v for k, v in entries.items() if k not in devices})
        return
    if match.how in ("merged", "fused"):
        now = read_properties(match.proto)
        work.keep(match.part, place, match.how, {k: v for k, v in entries.items() if now.get(k, v) != v})
    devices = {k.removeprefix(_DEVICE): text for k, text in entries.items() if k.startswith(_DEVICE)}
    there = {d.configuration_id: manifest.device_text(d) for d in match.proto.device_configurations}
    declared = {c.name for c in work.model.configuration}
    added = tuple(sorted(devices.keys() & declared - there.keys()))
    for device in added:
        match.proto.device_configurations.append(_device(device, devices[device]))
    work.put(match.part, place, match.how, match.proto, entries)
    same = {d for d, text in devices.items() if there.get(d, text) == text}
    says = {_DEVICE + d for d in same & declared} | {k for k in entries if k == _CALL}
    work.note(match.part, place, match.how, tuple(_DEVICE + d for d in added), says)


def _device(name: str, text: str) -> Any:
    """What was said of the device of a node.

    Raises:
        ValueError: nobody said that.
    """
    made = onnx.NodeDeviceConfigurationProto()
    try:
        text_format.Parse(text, made)
    except text_format.ParseError as error:
        raise ValueError(f"no device is {text!r}") from error
    made.configuration_id = name
    return made


def _inlined(work: _Work, call: Call) -> None:
    """Keep in the manifest what is said of a call that is no node any more, and of the function that it called."""
    function = f"function {call.function}"
    work.inlined.setdefault(call.part, {"calls": call.function, "says": work.said.get(call.part, {})})
    work.inlined.setdefault(function, {"says": work.said.get(function, {})})
    for part in (call.part, function):
        if part in work.said and part not in work.placed:
            work.placed[part] = set(work.said[part])
            work.report.kept.append(part)


def _within(work: _Work, match: Match) -> dict[str, str]:
    """Metadata of a node whose function was inlined: where it is; what was said of the calls is kept."""
    paths: list[str] = []
    for call in match.within:
        if carriers.PATH in (entries := work.said.get(call.part, {})):
            paths.append(entries[carriers.PATH])
        _inlined(work, call)
    found = {carriers.WITHIN: json.dumps([c.part.removeprefix("node ") for c in match.within], ensure_ascii=False)}
    if paths:
        path = ".".join(paths)
        found |= {carriers.PATH: path, carriers.NAMESPACE: path.replace(".", "/")}
    own = work.said.get(match.part, {})
    if carriers.PATH in own and paths:
        path = ".".join([*paths, own[carriers.PATH]])
        found |= {carriers.PATH: path, carriers.NAMESPACE: path.replace(".", "/")}
    return found


# --- values ----------------------------------------------------------------------------------------------------------


def _values(work: _Work, known: Sequence[Found]) -> Iterator[Found]:
    """The values and initializers of the model that were sealed: those that are ``known``, and those of one name."""
    # What is said of a value itself goes before what a function said of its own.
    for f in known:
        if f.borrowed:
            work.borrowed.setdefault((f.scope, f.name), []).append(work.said[f.part])
    yield from sorted(known, key=lambda f: f.borrowed)
    seen = {(f.part, f.scope, f.name) for f in known}
    for part in work.said:
        kind, scope, name = _split(part, work.bodies)
        if kind not in ("value", "initializer") or not scope or (part, scope, name) in seen:
            continue
        if _holds(work.bodies[scope], name):
            yield Found(part, scope, name, "kind and name" if _is_interface(work.bodies[scope], name) else "name")


def _split(part: str, known: Iterable[str]) -> tuple[str, str, str]:
    """Kind, scope and name of a part; the scope is empty where it is none of the known ones."""
    kind, _, rest = part.partition(" ")
    # Names have slashes, too.
    scope = max((s for s in known if rest.startswith(f"{s}/")), key=len, default="")
    return kind, scope, rest[len(scope) + 1 :] if scope else rest


def _holds(body: Any, name: str) -> bool:
    """Whether a graph or a function has a value of a name."""
    return _is_interface(body, name) or any(name in node.output for node in body.node)


def _is_interface(body: Any, name: str) -> bool:
    """Whether a value is an input, an output or an initializer, whose names callers know."""
    given = [v if isinstance(v, str) else v.name for v in (*body.input, *body.output)]
    return name in given or any(t.name == name for t in getattr(body, "initializer", ()))


def _value(work: _Work, found: Found) -> None:
    entries = work.said[found.part]
    body = work.bodies[found.scope]
    initializer = next((t for t in getattr(body, "initializer", ()) if t.name == found.name), None)
    declared = [*(v for v in (*body.input, *body.output) if not isinstance(v, str)), *body.value_info]
    proto = next((v for v in declared if v.name == found.name), None)
    place = f"value {found.scope}/{found.name}"
    both = f"initializer {found.scope}/{found.name}" in work.said and not found.borrowed
    is_folded = found.how == "folded"
    if initializer is not None and (is_folded or found.borrowed or not both or found.part.startswith("initializer ")):
        _tensor(work, found, initializer, entries)
        return
    if found.part.startswith("initializer "):
        return  # the weight is an input by now, and its elements are the caller's
    if found.borrowed:
        # The argument of a call that was inlined: what is said of the parameter is said of it, its own type is its own.
        users = _of_users(entries)
        if proto is None and users:
            proto = body.value_info.add(name=found.name)
            _retyped(proto, _without_names(entries.get(_TYPE, "")))
        if proto is not None:
            work.put(found.part, place, found.how, proto, users)
        work.note(found.part, place, found.how, (), set())
        return
    # Where a node only passed a value on, and is gone, several sealed values are one.
    again = work.spoken.setdefault(place, found.part) != found.part
    text, restored = entries.get(_TYPE, ""), tuple[str, ...]()
    if found.inside:
        text = _without_names(text)
    if proto is None:
        proto = body.value_info.add(name=found.name)
        restored = _retyped(proto, text)
    elif manifest.type_text(proto.type) != text:
        if not _may_be(proto, text):
            if again:
                work.keep(found.part, place, found.how, entries)
            return  # another type by now
        restored = _retyped(proto, text) if _agrees(proto, text) else ()
    says = {_TYPE} if found.inside or _says(manifest.type_text(proto.type), text) else set()
    _reclaim(proto, entries, work.borrowed.get((found.scope, found.name), ()))
    if again:
        now = {_TYPE: text if says else "", **read_properties(proto)}
        work.keep(found.part, place, found.how, {k: v for k, v in entries.items() if now.get(k, v) != v})
    work.put(found.part, place, found.how, proto, entries)
    work.note(found.part, place, found.how, restored, says)


def _tensor(work: _Work, found: Found, initializer: Any, entries: Mapping[str, str]) -> None:
    """Put back what is said of a weight, or of a value that is one by now."""
    place, now = f"initializer {found.scope}/{found.name}", manifest.of_initializer(initializer, work.elements)
    if found.borrowed:
        work.put(found.part, place, found.how, initializer, _of_users(entries))
        work.note(found.part, place, found.how, (), set())
    elif found.how == "folded":
        work.join(found.part, place, found.how, initializer, entries)
    elif found.inside or now[_TYPE] == entries.get(_TYPE):
        says = {k for k in (_TYPE, _DATA) if k == _TYPE or now[k] == entries.get(k)}
        work.note(found.part, place, found.how, (), says)
        work.put(found.part, place, found.how, initializer, entries)
    # Else it is another tensor by now: what was said of it may not be true.


def _reclaim(proto: Any, entries: Mapping[str, str], borrowed: Sequence[Mapping[str, str]]) -> None:
    """Take from a value what a function that was inlined into it said of its own, where the value says otherwise."""
    for i in reversed(range(len(proto.metadata_props))):
        key, now = proto.metadata_props[i].key, proto.metadata_props[i].value
        if entries.get(key, now) != now and any(other.get(key) == now for other in borrowed):
            del proto.metadata_props[i]


def _of_users(entries: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in entries.items() if k.startswith(carriers.USER)}


def _says(now: str, was: str) -> bool:
    """Whether a type says all that another one does, and perhaps more."""
    found, wanted = _dims(now), _dims(was)
    if wanted is None or found is None:
        return now == was or (wanted is None and now.partition("[")[0] == was)
    return len(found) == len(wanted) and all(b in (a, "?") for a, b in zip(found, wanted, strict=True))


def _may_be(proto: Any, text: str) -> bool:
    """Whether a value can be one of a type: no element type and no number contradicts it."""
    if not proto.type.HasField("tensor_type"):
        return not proto.type.WhichOneof("value")
    now, was = _dims(manifest.type_text(proto.type)), _dims(text)
    if manifest.type_text(proto.type).partition("[")[0] != text.partition("[")[0]:
        return False
    if now is None or was is None:
        return True
    if len(now) != len(was):
        return False
    return all(a == b or not (a.isdigit() and b.isdigit()) for a, b in zip(now, was, strict=True))


def _agrees(proto: Any, text: str) -> bool:
    """Whether a type that a value may have says what its own type leaves open, and nothing else."""
    if not proto.type.HasField("tensor_type"):
        return True
    now, was = _dims(manifest.type_text(proto.type)), _dims(text)
    return was is not None and (now is None or all(a in (b, "?") for a, b in zip(now, was, strict=True)))


def _dims(text: str) -> list[str] | None:
    """The extents in the text of a type; ``None`` where it says none."""
    found = _TYPE_TEXT.fullmatch(text)
    if found is None or found[2] is None:
        return None
    return found[2].split(", ") if found[2] else []


def _without_names(text: str) -> str:
    """The text of a type whose extents had names that mean nothing here."""
    dims = _dims(text)
    return text if dims is None else f"{text.partition('[')[0]}[{', '.join(d if d.isdigit() else '?' for d in dims)}]"


def _retyped(proto: Any, text: str) -> tuple[str, ...]:
    """Give a value the type that was sealed."""
    found = _TYPE_TEXT.fullmatch(text)
    if found is None or found[1] not in dict(TensorProto.DataType.items()):
        return ()
    dims = _dims(text)
    shape = None if dims is None else [None if d == "?" else int(d) if d.isdigit() else d for d in dims]
    made = onnx.helper.make_tensor_type_proto(TensorProto.DataType.Value(found[1]), shape)
    proto.type.CopyFrom(made)
    return (_TYPE,)


def _quantisations(work: _Work) -> None:
    """Say of graphs how their tensors are quantised, as the metadata that is back by now says it."""
    written = set(quantization.write(work.model))
    there = quantization.table(work.model)
    tensors = {name: manifest.of_initializer(proto) for kind, name, proto in manifest.parts(work.model)
               if kind == "initializer"}  # fmt: skip
    for part, entries in work.said.items():
        kind, scope, name = _split(part, work.bodies)
        if kind != quantization.KIND or not scope:
            continue
        known = (work.places.get(f"{k} {scope}/{name}") for k in ("initializer", "value"))
        place = next((f"{kind} {p.partition(' ')[2]}" for p in known if p is not None), part)
        now, now_scope = there.get(place, {}), _split(place, work.bodies)[1]
        says = set[str]()
        for key, tensor in entries.items():
            sealed = work.said.get(f"initializer {scope}/{tensor}", {})
            found = tensors.get(f"{now_scope}/{now.get(key)}")
            if found is not None and found == {k: v for k, v in sealed.items() if k in found}:
                says.add(key)
                work.note(f"initializer {scope}/{tensor}", f"initializer {now_scope}/{now[key]}", "kind and name", (),
                          set(sealed))  # fmt: skip
        work.note(part, place, "kind and name", tuple(sorted(says)) if place in written else (), says)


# --- what stays lost -------------------------------------------------------------------------------------------------


def _still_lost(work: _Work) -> dict[str, dict[str, str]]:
    """The entries of sealed parts that nothing in the model says."""
    found: dict[str, dict[str, str]] = {}
    functions = [k.removeprefix("function ") for k in work.inlined if k.startswith("function ")]
    for part, entries in work.said.items():
        if part in work.inlined:
            continue
        says = work.placed.get(part)
        left = {k: v for k, v in entries.items() if says is None or k not in says}
        if not left:
            continue
        kind, scope, name = _split(part, functions)
        if kind == "value" and scope and says is not None:
            # A parameter of a function that was inlined: its argument has a type of its own.
            work.inlined[f"function {scope}"].setdefault("values", {})[name] = entries
            left = {k: v for k, v in left.items() if k.startswith(carriers.USER)}
            if not left:
                continue
        found[part] = left
        if says is None:
            work.report.lost.append(part)
        else:
            work.report.lost += [f"{key} of {part}" for key in left]
    return found
