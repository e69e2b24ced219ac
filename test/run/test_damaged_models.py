"""Models that somebody damaged: each carrier of each annotation is deleted, altered and doubled, and each is noticed.

The carriers are those of the registry, so that a new one without a place in the models here fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import carried
import onnx
import pytest
import survival
from click.testing import CliRunner

from pyc.targets.onnx.inspect import verify_model
from pyc.targets.onnx.manifest import DIGEST_KEY, FORMAT_KEY, MANIFEST_KEY, parts, table
from pyc.targets.onnx.outline import scopes
from pyc.targets.onnx.registry import KINDS, kind_of, unregistered
from pyc.targets.onnx.restore import restore
from pyc.tools.cli import cli

#: One worker compiles the programs for all tests.
pytestmark = pytest.mark.xdist_group("restored")
Model = onnx.ModelProto


@cache
def _optimised() -> bytes:
    """The network as ONNX Runtime writes it, with what was said of nodes that it computes beforehand."""
    model = survival.TOOLS["ONNX Runtime, basic"](onnx.load_from_string(carried.network()))
    restore(model, survival.manifest_of(model))
    return model.SerializeToString()


MODELS: dict[str, Callable[[], bytes]] = {
    "network": carried.network,
    "moves": carried.moves,
    "flat": carried.flat,
    "optimised": _optimised,
}


class Entry(NamedTuple):
    """An entry of the table of a model."""

    model: str
    part: str
    key: str


class Damage(NamedTuple):
    """What is done to a part, and how the finding begins: ``{key}`` and ``{part}`` are those of the entry."""

    name: str
    finding: str
    do: Callable[[Model, Any, str], None]


# --- what can be done ------------------------------------------------------------------------------------------------


def _entry(proto: Any, key: str) -> Any:
    return next(e for e in proto.metadata_props if e.key == key)


def _altered(model: Model, proto: Any, key: str) -> None:
    _entry(proto, key).value += "x"


def _doubled(model: Model, proto: Any, key: str) -> None:
    proto.metadata_props.add(key=key, value=_entry(proto, key).value)


def _contradicted(model: Model, proto: Any, key: str) -> None:
    proto.metadata_props.add(key=key, value="another")


def _removed(model: Model, proto: Any, key: str) -> None:
    proto.metadata_props.remove(_entry(proto, key))


def _renamed(model: Model, proto: Any, key: str) -> None:
    _entry(proto, key).key += "x"


def _one_more(model: Model, proto: Any, key: str) -> None:
    proto.metadata_props.add(key="org.pyc.more", value="1")


METADATA = (
    Damage("deleted", "lost: {key} of {part}", _removed),
    Damage("altered", "changed: {key} of {part}", _altered),
    Damage("doubled", "twice: {key} of {part}", _doubled),
    Damage("contradicted", "twice: {key} of {part}", _contradicted),
    Damage("under another key", "lost: {key} of {part}", _renamed),
    Damage("one more", "not sealed: org.pyc.more of {part}", _one_more),
)


def _holder(model: Model, proto: Any) -> Any:
    """The list in a model that a message stands in."""
    bodies: list[Any] = [model, *(body for _, body in scopes(model))]
    for body in bodies:
        for name in ("configuration", "functions", "node", "input", "output", "value_info", "initializer",
                     "quantization_annotation"):  # fmt: skip
            if any(p is proto for p in getattr(body, name, ())):
                return getattr(body, name)
    raise AssertionError(proto)


def _gone(model: Model, proto: Any, key: str) -> None:
    holder = _holder(model, proto)
    del holder[[p is proto for p in holder].index(True)]


def _twice(model: Model, proto: Any, key: str) -> None:
    _holder(model, proto).add().CopyFrom(proto)


def _of_device(change: Callable[[Any, Any], None]) -> Callable[[Model, Any, str], None]:
    def do(model: Model, proto: Any, key: str) -> None:
        found = next(d for d in proto.device_configurations if f"@device {d.configuration_id}" == key)
        change(proto.device_configurations, found)

    return do


def _dangling(_: Any, device: Any) -> None:
    device.configuration_id = "nowhere"


def _other_type(model: Model, proto: Any, key: str) -> None:
    if isinstance(proto, onnx.TensorProto):
        proto.data_type, proto.raw_data = onnx.TensorProto.BFLOAT16, proto.raw_data
    else:
        proto.type.tensor_type.elem_type = onnx.TensorProto.FLOAT8E5M2


def _other_extent(model: Model, proto: Any, key: str) -> None:
    if isinstance(proto, onnx.TensorProto):
        proto.dims.insert(0, 1)
    elif proto.type.tensor_type.shape.dim:
        proto.type.tensor_type.shape.dim[0].dim_param = "Other"
    else:
        proto.type.tensor_type.shape.dim.add().dim_param = "Other"


def _other_elements(model: Model, proto: Any, key: str) -> None:
    proto.raw_data = bytes([proto.raw_data[0] ^ 1]) + proto.raw_data[1:]


def _calls_another(model: Model, proto: Any, key: str) -> None:
    proto.op_type += "_other"


def _other_device(model: Model, proto: Any, key: str) -> None:
    proto.device[0] += "x"


def _of_quantization(field: str) -> Callable[[Model, Any, str], None]:
    def do(model: Model, proto: Any, key: str) -> None:
        entry = next(p for p in proto.quant_parameter_tensor_names if f"@{p.key}" == key)
        setattr(entry, field, "nothing")

    return do


def _more_devices(model: Model, proto: Any, key: str) -> None:
    proto.num_devices += 1


#: What is done to fields of parts, by the beginning of their keys.
FIELDS: dict[str, tuple[Damage, ...]] = {
    "@device ": (
        Damage("deleted", "lost: {key} of {part}", _of_device(lambda all_, d: all_.remove(d))),
        Damage("dangling", "dangling: {part} runs on nowhere", _of_device(_dangling)),
        Damage("doubled", "twice: ", _of_device(lambda all_, d: all_.add().CopyFrom(d))),
        Damage("another stage", "changed: {key} of {part}", _of_device(lambda _, d: setattr(d, "pipeline_stage", 3))),
        Damage("divided", "changed: {key} of {part}", _of_device(lambda _, d: d.sharding_spec.add(tensor_name="x"))),
    ),
    "@devices": (
        Damage("deleted", "lost: {part}", _gone),
        Damage("altered", "changed: {key} of {part}", _other_device),
        Damage("doubled", "twice: {part}", _twice),
        Damage("another number", "dangling: {part}", _more_devices),
    ),
    "@type": (
        Damage("another type", "changed: {key} of {part}", _other_type),
        Damage("another extent", "changed: {key} of {part}", _other_extent),
        Damage("deleted", "lost: {part}", _gone),
        Damage("doubled", "twice: {part}", _twice),
    ),
    "@data": (Damage("altered", "changed: {key} of {part}", _other_elements),),
    **{
        f"@{key}": (
            Damage("deleted", "lost: {part}", _gone),
            Damage("doubled", "twice: {part}", _twice),
            Damage("altered", "changed: {key} of {part}", _of_quantization("value")),
            Damage("under another key", "lost: {key} of {part}", _of_quantization("key")),
        )
        for key in ("SCALE_TENSOR", "ZERO_POINT_TENSOR")
    },
    "@call": (Damage("altered", "changed: {key} of {part}", _calls_another),),
}


def damages(key: str) -> tuple[Damage, ...]:
    """What is done to an entry."""
    return next((found for begin, found in FIELDS.items() if key.startswith(begin)), None) or METADATA


# --- doing it --------------------------------------------------------------------------------------------------------


def _place(part: str) -> str:
    """Where a part is: on the graph, in a function, in a graph of a node."""
    name = part.partition(" ")[2]
    return "inner" if "/body/" in name or "branch/" in name else "graph" if name.startswith("main") else "function"


def entries() -> Iterator[Entry]:
    """One entry for every carrier, of every model, in graphs, in functions and in graphs of nodes."""
    seen: set[tuple[str, ...]] = set()
    for name, content in MODELS.items():
        for part, said in table(onnx.load_from_string(content())).items():
            for key in said:
                kind = kind_of(part, key)
                assert kind is not None
                (carrier,) = [k for k in kind.keys[part.split(" ")[0]] if key.startswith(k)]
                group = (name, carrier, part.split(" ")[0], _place(part))
                if group not in seen:
                    seen.add(group)
                    yield Entry(name, part, key)


@pytest.fixture(scope="module")
def chosen() -> list[Entry]:
    return list(entries())


def _carriers(model: Model) -> Iterator[tuple[str, Any]]:
    """Every message of a model that says something, by its part."""
    yield from ((f"{kind} {name}", proto) for kind, name, proto in parts(model))
    for scope, body in scopes(model):
        for a in getattr(body, "quantization_annotation", ()):
            yield f"quantization {scope}/{a.tensor_name}", a


def damaged(entry: Entry, damage: Damage) -> Model:
    """A model with one entry damaged."""
    model = onnx.load_from_string(MODELS[entry.model]())
    proto = next(p for part, p in _carriers(model) if part == entry.part)
    damage.do(model, proto, entry.key)
    return model


def verified(model: Model, folder: Path) -> list[str]:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return [d.message.removeprefix(f"{path}: ") for d in verify_model(path)]


def test_the_models_have_every_carrier(chosen: list[Entry], tmp_path: Path) -> None:
    for name, content in MODELS.items():
        model = onnx.load_from_string(content())
        assert verified(model, tmp_path) == [], name
        assert list(unregistered(table(model))) == []
    found = {(part.split(" ")[0], key) for _, part, key in chosen}
    for kind in KINDS:
        for part, keys in kind.keys.items():
            for key in keys:
                assert any(p == part and k.startswith(key) for p, k in found), (kind.name, part, key)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name.replace(" ", "-"))
def test_every_damage_is_noticed(kind: Any, chosen: list[Entry], tmp_path: Path) -> None:
    mine = [e for e in chosen if kind.carries(e.part, e.key)]
    assert mine
    for entry in mine:
        for damage in damages(entry.key):
            found = verified(damaged(entry, damage), tmp_path)
            wanted = damage.finding.format(key=entry.key, part=entry.part)
            assert any(f.startswith(wanted) for f in found), (entry, damage.name, found)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name.replace(" ", "-"))
def test_the_command_fails_and_names_it(kind: Any, chosen: list[Entry], tmp_path: Path) -> None:
    entry = next(e for e in chosen if kind.carries(e.part, e.key))
    for damage in damages(entry.key):
        path = tmp_path / "model.onnx"
        path.write_bytes(damaged(entry, damage).SerializeToString())
        done = CliRunner().invoke(cli, ["inspect", str(path), "--verify"])
        assert done.exit_code == 1, damage.name
        assert "error[E510]" in done.stderr
        assert damage.finding.format(key=entry.key, part=entry.part) in done.stderr, damage.name


@pytest.mark.parametrize(
    ("key", "finding"), [(FORMAT_KEY, "its format is"), (DIGEST_KEY, "its SHA-256 differs"), (MANIFEST_KEY, "")]
)
def test_the_manifest_itself(key: str, finding: str, tmp_path: Path) -> None:
    for change in (_removed, _altered, _doubled, _contradicted):
        model = onnx.load_from_string(carried.network())
        change(model, model, key)
        path = tmp_path / "model.onnx"
        path.write_bytes(model.SerializeToString())
        done = CliRunner().invoke(cli, ["inspect", str(path), "--verify"])
        assert done.exit_code == 1, change
        refused = key == MANIFEST_KEY and change is not _doubled
        assert ("error[E509]" if refused else "error[E510]") in done.stderr, change
        if change in (_removed, _altered):
            assert finding in done.stderr
        if change is _doubled:
            assert f"twice: {key} of the model" in done.stderr


def test_parts_that_are_gone(tmp_path: Path) -> None:
    """Nodes, functions and values with all that they say."""
    before = onnx.load_from_string(carried.network())
    for kind, name, _ in list(parts(before)):
        if kind in ("graph", "configuration"):
            continue
        model = onnx.load_from_string(carried.network())
        proto = next(p for k, n, p in parts(model) if (k, n) == (kind, name))
        _gone(model, proto, "")
        assert f"lost: {kind} {name}" in verified(model, tmp_path)


def test_descriptions_of_nothing(tmp_path: Path) -> None:
    for place in ("graph", "function"):
        model = onnx.load_from_string(carried.network())
        body: Any = model.graph if place == "graph" else model.functions[0]
        scope = "main" if place == "graph" else f"{body.domain}.{body.name}"
        body.value_info.add(name="nothing").type.tensor_type.elem_type = 1
        found = verified(model, tmp_path)
        assert f"dangling: value {scope}/nothing is given by no node" in found
        assert f"not sealed: value {scope}/nothing" in found


def test_export_refuses_an_annotation_of_no_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyc.targets.onnx import carriers

    monkeypatch.setattr(carriers, "OP", "org.pyc.unheard")
    carried.moves.cache_clear()
    with pytest.raises(AssertionError, match=r"annotations of no kind: org\.pyc\.unheard of node main/"):
        carried.moves()
    carried.moves.cache_clear()
