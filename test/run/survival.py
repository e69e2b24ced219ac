"""What tools leave of the annotations of a model: the table of ``docs/onnx-models.md``.

``python test/run/survival.py`` measures it and prints it; ``--write`` puts it into the page.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import carried
import onnx
import onnx.inliner
import onnx.parser
import onnx.version_converter
import onnx_ir
import onnxruntime
import onnxscript.optimizer
import onnxscript.rewriter
import onnxsim
import onnxslim
from onnx_ir.passes.common import InlinePass

from pyc.targets.onnx.inspect import restore_model, verify_model
from pyc.targets.onnx.manifest import MANIFEST_KEY, read_properties, table
from pyc.targets.onnx.registry import KINDS, Kind, kind_of
from pyc.targets.onnx.restore import Report

Model = onnx.ModelProto
PAGE = Path(__file__).parents[2] / "docs" / "onnx-models.md"
#: Between these lines of the page is the table.
BEGIN, END = "<!-- survival: test/run/survival.py --write -->\n", "<!-- /survival -->\n"
#: The versions with which the table was measured: the development dependencies in pyproject.toml are these.
MEASURED = {
    "onnx": "1.23.2",
    "onnx-ir": "1.1.0",
    "onnxruntime": "1.31.1",
    "onnxscript": "0.7.2",
    "onnxsim": "0.8.1",
    "onnxslim": "0.1.98",
}


def installed() -> dict[str, str]:
    """The versions of the tools that are here."""
    return {name: version(name) for name in MEASURED}


# --- tools -----------------------------------------------------------------------------------------------------------


def stored(model: Model) -> Model:
    return onnx.load_from_string(model.SerializeToString())


def external(model: Model) -> Model:
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model.onnx"
        onnx.save_model(model, path, save_as_external_data=True, location="weights", size_threshold=0)
        return onnx.load(path)


def through(form: str) -> Callable[[Model], Model]:
    """A model written and read as a text."""
    return lambda m: onnx.load_from_string(onnx._get_serializer(form).serialize_proto(m), format=form)


def through_ir(model: Model) -> Model:
    return onnx_ir.to_proto(onnx_ir.from_proto(model))


def inlined_by_ir(model: Model) -> Model:
    found = onnx_ir.from_proto(model)
    InlinePass()(found)
    return onnx_ir.to_proto(found)


def saved_by_runtime(level: str) -> Callable[[Model], Model]:
    """A model as ONNX Runtime saves it when it has optimised it."""

    def tool(model: Model) -> Model:
        with tempfile.TemporaryDirectory() as folder:
            options = onnxruntime.SessionOptions()
            options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, f"ORT_{level}")
            options.log_severity_level = 3
            options.optimized_model_filepath = f"{folder}/optimised.onnx"
            onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
            return onnx.load(options.optimized_model_filepath)

    return tool


#: Each takes a model and gives one.
TOOLS: dict[str, Callable[[Model], Any]] = {
    "save and load": stored,
    "textproto": through("textproto"),
    "JSON": through("json"),
    "external data": external,
    "onnx.shape_inference": lambda m: onnx.shape_inference.infer_shapes(m, strict_mode=True),
    "onnx-ir, read and written": through_ir,
    "onnx.inliner": onnx.inliner.inline_local_functions,
    "onnx-ir's InlinePass": inlined_by_ir,
    "onnxscript.rewriter": lambda m: onnxscript.rewriter.rewrite(m),
    "onnxscript.optimizer, inline=False": lambda m: onnxscript.optimizer.optimize(m, inline=False),
    "onnxscript.optimizer": lambda m: onnxscript.optimizer.optimize(m),
    "ONNX Runtime, basic": saved_by_runtime("ENABLE_BASIC"),
    "ONNX Runtime, all": saved_by_runtime("ENABLE_ALL"),
    "onnx.version_converter": lambda m: onnx.version_converter.convert_version(m, 25),
    "onnxsim": lambda m: onnxsim.simplify(m)[0],
    "onnxslim": lambda m: onnxslim.slim(m),
}
#: What comes out of these does not compute what went in: bodies of functions are gone.
BROKEN = {("functions", "onnx.version_converter")}
#: These tools do not come to an end.
CRASHES = {("functions", "onnxslim"): RecursionError}
MODELS: dict[str, Callable[[], bytes]] = {"functions": carried.network, "flat": carried.flat}


# --- measuring -------------------------------------------------------------------------------------------------------

#: What became of an annotation: the tool kept it; it lost it, which is noticed, and it is back in the model, or in the
#: manifest, where the part of the model has no counterpart any more; it stays lost, which is told.
KEPT, RESTORED, MANIFEST, LOST = "k", "r", "m", "l"


class Fate(NamedTuple):
    """What became of an entry of the manifest."""

    part: str
    key: str
    fate: str


class Measured(NamedTuple):
    """What a tool did to a model, and what was brought back."""

    after: Model
    findings: list[str]
    restored: Model
    report: Report
    remaining: list[str]
    fates: list[Fate]


def manifest_of(model: Model) -> dict[str, Any]:
    """The manifest that is sealed in a model."""
    return json.loads(read_properties(model)[MANIFEST_KEY])


def measure(content: bytes, tool: Callable[[Model], Any], folder: Path) -> Measured:
    """What becomes of a model."""
    after = tool(onnx.load_from_string(content))
    path = folder / "model.onnx"

    def verified(model: bytes) -> list[str]:
        path.write_bytes(model)
        return [d.message.removeprefix(f"{path}: ") for d in verify_model(path)]

    findings = verified(after.SerializeToString())
    again, report = restore_model(path)
    remaining = verified(again)
    restored = onnx.load_from_string(again)
    fates = list(_fates(onnx.load_from_string(content), after, restored, report))
    return Measured(after, findings, restored, report, remaining, fates)


def _fates(before: Model, after: Model, restored: Model, report: Report) -> Iterator[Fate]:
    now, facts = table(after), manifest_of(restored)
    written = {(r.part, key) for r in report.restored for key in r.keys}
    away = _in_manifest(facts)
    for part, entries in table(before).items():
        for key, value in entries.items():
            if now.get(part, {}).get(key) == value:
                fate = KEPT
            elif key in facts.get("lost", {}).get(part, {}):
                fate = LOST
            elif (part, key) in written:
                fate = RESTORED
            else:
                # What is not in the manifest alone is in the model under another name, as the tool has left it.
                fate = MANIFEST if (part, key) in away else KEPT
            yield Fate(part, key, fate)


def _in_manifest(facts: dict[str, Any]) -> set[tuple[str, str]]:
    """The entries that a manifest says of what has no place in the model."""
    found = {(part, key) for entry in facts.get("merged", {}).values() for part, said in entry.items() for key in said}
    for part, entry in facts.get("inlined", {}).items():
        found |= {(part, key) for key in entry["says"]}
        scope = part.partition(" ")[2]
        found |= {(f"value {scope}/{v}", key) for v, said in entry.get("values", {}).items() for key in said}
    return found


def cell(fates: list[Fate], kind: Kind) -> str:
    """What became of the annotations of a kind, the commonest first; empty where the model has none."""
    found = [f.fate for f in fates if kind_of(f.part, f.key) == kind]
    return "".join(sorted(set(found), key=lambda f: (-found.count(f), f)))


def _counts(fates: list[Fate] | None) -> str:
    found = [f.fate for f in fates or ()]
    return "/".join(str(found.count(f)) for f in (KEPT, RESTORED, MANIFEST, LOST)) if fates else "-"


# --- the page --------------------------------------------------------------------------------------------------------


def page(found: dict[tuple[str, str], Measured | None]) -> str:
    """The tables of the page: a row for each kind, a column for each tool."""
    columns = {place: None if m is None else m.fates for place, m in found.items()}
    versions = ", ".join(f"{name} {v}" for name, v in MEASURED.items())
    numbered = "; ".join(f"{i} {tool}" for i, tool in enumerate(TOOLS, 1))
    out = [f"Tools: {numbered}. Measured with {versions}.\n"]
    for model in MODELS:
        title = {"functions": "with functions", "flat": "`--emit=flat`"}[model]
        out.append(f"| {title} | {' | '.join(str(i) for i in range(1, len(TOOLS) + 1))} |")
        out.append(f"|{'---|' * (len(TOOLS) + 1)}")
        for kind in KINDS:
            fates = [columns[model, tool] for tool in TOOLS]
            cells = ["-" if f is None else cell(f, kind) for f in fates]
            if any(c.strip("-") for c in cells):
                out.append(f"| {kind.name} | {' | '.join(cells)} |")
        counts = [_counts(columns[model, tool]) for tool in TOOLS]
        out.append(f"| entries: k/r/m/l | {' | '.join(counts)} |\n")
    return "\n".join(out)


def measured_all(folder: Path) -> dict[tuple[str, str], Measured | None]:
    """What every tool does to every model; ``None`` where it crashes."""
    return {
        (model, tool): None if (model, tool) in CRASHES else measure(content(), run, folder)
        for model, content in MODELS.items()
        for tool, run in TOOLS.items()
    }


def main() -> None:
    """Print the table, or write it into the page."""
    with tempfile.TemporaryDirectory() as folder:
        text = page(measured_all(Path(folder)))
    if "--write" in sys.argv:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
