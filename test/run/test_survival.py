"""Each kind of annotation through each tool: every loss is noticed, what comes back is right, and the page says so.

The table of ``docs/onnx-models.md`` is of the versions in :data:`survival.MEASURED`. With others, measure again
(``python test/run/survival.py --write``), and say so there and in pyproject.toml.
"""

from __future__ import annotations

import json
from pathlib import Path

import carried
import numpy as np
import onnx
import pytest
import survival
from onnx import numpy_helper
from survival import KEPT, LOST, MANIFEST, RESTORED, Measured

from pyc.targets.onnx import carriers
from pyc.targets.onnx.inspect import restore_model
from pyc.targets.onnx.manifest import parts, read_properties, table
from pyc.targets.onnx.outline import scopes
from pyc.targets.onnx.runtime import Session

#: One worker compiles the program for all tests.
pytestmark = pytest.mark.xdist_group("restored")
CASES = [(model, tool) for model in survival.MODELS for tool in survival.TOOLS]
#: Where a node is, is another place when the function that it was in has been inlined; a device is a field.
ELSEWHERE = {carriers.PATH, carriers.NAMESPACE, carriers.WITHIN}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Measured | None]:
    return survival.measured_all(tmp_path_factory.mktemp("survival"))


def test_the_tools_are_those_that_were_measured() -> None:
    assert survival.installed() == survival.MEASURED, "measure again: python test/run/survival.py --write"


def test_the_page_says_what_was_measured(measured: dict[tuple[str, str], Measured | None]) -> None:
    page = survival.PAGE.read_text(encoding="utf-8")
    said = page.partition(survival.BEGIN)[2].partition(survival.END)[0]
    assert said == survival.page(measured)


@pytest.mark.parametrize(("model", "tool"), CASES)
def test_every_loss_is_noticed(
    model: str, tool: str, measured: dict[tuple[str, str], Measured | None], tmp_path: Path
) -> None:
    found = measured[model, tool]
    content = survival.MODELS[model]()
    if found is None:
        with pytest.raises(survival.CRASHES[model, tool]):
            survival.TOOLS[tool](onnx.load_from_string(content))
        return
    lost = [f for f in found.fates if f.fate != KEPT]
    once = [f for f in found.findings if not f.startswith("twice: ")]
    assert (table(found.after) == table(onnx.load_from_string(content))) == (not once)
    for entry in lost:
        whole, one = f"lost: {entry.part}", f"{entry.key} of {entry.part}"
        begins = (f"lost: {one}", f"changed: {one}")
        assert any(f == whole or f.startswith(begins) for f in found.findings), entry
    stays = {f.part for f in lost if f.fate == LOST}
    assert stays == {x.rpartition(" of ")[2] if " of " in x else x for x in found.report.lost}
    if (model, tool) in survival.BROKEN:
        assert found.remaining
        assert all("which the model does not hold" in m for m in found.remaining)
        return
    assert not stays
    assert found.remaining == []
    x = np.random.default_rng(1).standard_normal((3, 4)).astype("f2")
    again = found.restored.SerializeToString()
    want, got = (Session(c).run([x, np.array(4, "i8")])[0] for c in (content, again))
    np.testing.assert_allclose(got.astype("f4"), want.astype("f4"), rtol=1e-2, atol=1e-3)
    # Nothing is left to do.
    path = tmp_path / "model.onnx"
    path.write_bytes(again)
    after = restore_model(path)[1]
    assert (after.restored, after.dropped) == ([], [])


@pytest.mark.parametrize(("model", "tool"), CASES)
def test_what_came_back_is_what_was_said(
    model: str, tool: str, measured: dict[tuple[str, str], Measured | None]
) -> None:
    found = measured[model, tool]
    if found is None:
        return
    before, now = table(onnx.load_from_string(survival.MODELS[model]())), table(found.restored)
    facts = survival.manifest_of(found.restored)
    for r in found.report.restored:
        for key in r.keys:
            if key not in ELSEWHERE and not key.startswith("@"):
                assert now[r.place][key] == before[r.part][key], (r, key)
    # Nothing is said of a part by two that were made one, but what both say.
    for place, said in facts.get("merged", {}).items():
        for part, entries in said.items():
            for key, value in entries.items():
                assert now.get(place, {}).get(key) != value or key.startswith("@"), (place, part, key)
    # A weight that was computed beforehand is the one that it is said to be.
    weights = carried.weights()
    names = []
    for _, body in scopes(found.restored):
        for tensor in getattr(body, "initializer", ()):
            properties = read_properties(tensor)
            if carriers.WEIGHT in properties:
                names.append(properties[carriers.WEIGHT])
                value = numpy_helper.to_array(tensor).astype("f4")
                np.testing.assert_array_equal(value, weights[names[-1]].astype("f4"))
                parts_in = json.loads(properties.get(carriers.FOLDED, f'["initializer main/{names[-1]}"]'))
                assert f"initializer main/{names[-1]}" in parts_in
                assert properties.get("org.pyc.user.bits", "8") == "8"
                assert ("org.pyc.user.bits" in properties) == names[-1].endswith(".w")
    assert sorted(names) == sorted(weights)


def test_letters_are_told_apart(measured: dict[tuple[str, str], Measured | None]) -> None:
    seen = {f.fate for m in measured.values() if m is not None for f in m.fates}
    assert seen == {KEPT, RESTORED, MANIFEST, LOST}


def test_no_attribute_is_a_type() -> None:
    """The optimiser of onnxscript crashes on those."""
    for content in (carried.network(), carried.moves(), carried.flat()):
        for kind, _, proto in parts(onnx.load_from_string(content)):
            kinds = {a.type for a in proto.attribute} if kind == "node" else set()
            assert not kinds & {onnx.AttributeProto.TYPE_PROTO, onnx.AttributeProto.TYPE_PROTOS}
