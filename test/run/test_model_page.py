"""The page that ``pyc inspect --html`` writes: what is in it, and what a browser makes of it."""

from __future__ import annotations

import html
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
import onnx.parser
import pytest
from browser import Browser, chromium, element
from click.testing import CliRunner, Result
from onnx import TensorProto, helper

from pyc.frontend import Request
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.tools import driver
from pyc.tools.cli import cli

pytestmark = pytest.mark.xdist_group("model_page")
needs_browser = pytest.mark.skipif(chromium() is None, reason="chromium is not installed")
PROGRAM = """
from __future__ import annotations
from typing import Annotated
import pyc
from pyc import Dim, Mixed, Tensor, f16, f32, i64
from pyc.nn import relu, softmax
In, Out, B = Dim("In"), Dim("Out"), Dim("B")
class Dense(pyc.Module[In, Out], annotations={"kind": "dense"}):
    w: Annotated[Tensor[Mixed[f16, f32], In, Out], pyc.annotate(bits=8)]
    def __call__(self, x: Tensor[Mixed[f16, f32], B, In]) -> Tensor[Mixed[f16, f32], B, Out]:
        with pyc.annotate(stage=1):
            y = x @ self.w
        return pyc.annotate(relu(y), role="out")
class Net(pyc.Module, annotations={"owner": "vision"}):
    one: Dense[4, 4]
    two: Dense[4, 4]
    def __call__(self, x: Tensor[Mixed[f16, f32], B, 4], n: i64) -> Tensor[Mixed[f16, f32], B, 4]:
        for i in range(n):
            x = self.one(x)
            if i > 1:
                x = softmax(x, axis=-1)
        return self.two(x)
"""
HOSTILE = "</script><script>document.title = 'broken'</script><img src=x onerror=\"document.title='broken'\">'\"&\u2028"


def inspect(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["inspect", *map(str, arguments)])


def written(model: onnx.ModelProto | bytes, path: Path) -> Path:
    path.write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    return path


def page_of(model: Path) -> Path:
    page = model.with_suffix(".html")
    result = inspect(model, "--html", page)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"wrote {page}\n")
    return page


def data(page: Path) -> Any:
    text = page.read_text(encoding="utf-8")
    (found,) = re.findall(r'<script type="application/json" id="model">(.*?)</script>', text, re.DOTALL)
    return json.loads(found)


@pytest.fixture(scope="module")
def content() -> bytes:
    options = Options("program", source_path="program.py")
    artifact = driver.compile_source(Source("program.py", PROGRAM), Target("onnx"), options, Request(memory=False))
    (found,) = artifact.files.values()
    return found


def hostile() -> onnx.ModelProto:
    """A model that says, wherever it may say something, what would be a script in a careless page."""
    node = helper.make_node("Relu", ["__proto__"], [HOSTILE], HOSTILE, doc_string=HOSTILE)
    node.metadata_props.add(key=HOSTILE, value=HOSTILE)
    node.metadata_props.add(key="org.pyc.user.__proto__", value=json.dumps(HOSTILE))
    node.metadata_props.add(key="namespace", value=f": a/{HOSTILE}: b/c: d")
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [HOSTILE, 4]) for n in ("__proto__", HOSTILE)]
    model = helper.make_model(helper.make_graph([node], HOSTILE, [ends[0]], [ends[1]]), producer_name=HOSTILE)
    model.functions.append(helper.make_function("loop", "again", ["x"], ["y"], [again()], model.opset_import))
    return model


def again() -> onnx.NodeProto:
    return helper.make_node("again", ["x"], ["y"], domain="loop")


def large() -> onnx.ModelProto:
    """Thousands of nodes: blocks by their names, then a long row of nodes without one."""
    nodes, last = [], "x"
    for block in range(400):
        for i in range(5):
            nodes.append(helper.make_node("Relu", [last], [f"b{block}_{i}"], f"/layer/layer.{block}/act{i}/Relu"))
            last = f"b{block}_{i}"
        nodes.append(helper.make_node("Add", [last, f"b{block}_0"], [f"b{block}"], f"/layer/layer.{block}/Add"))
        last = f"b{block}"
    for i in range(2000):
        nodes.append(helper.make_node("Neg", [last], [f"n{i}"]))
        last = f"n{i}"
    nodes.append(helper.make_node("Add", [last, "n3"], ["y"]))
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", 4]) for n in ("x", "y")]
    return helper.make_model(helper.make_graph(nodes, "large", [ends[0]], [ends[1]]))


# --- what is written -------------------------------------------------------------------------------------------------


def test_a_page_is_one_file_that_asks_for_nothing(content: bytes, tmp_path: Path) -> None:
    text = page_of(written(content, tmp_path / "net.onnx")).read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 2
    assert not re.search(r"<link|@import|url\((?!#)|\bsrc=|\bhref=|\bfetch\(|XMLHttpRequest", text)
    assert "default-src &#x27;none&#x27;" in text
    assert str(tmp_path) not in text


def test_equal_models_give_equal_pages(content: bytes, tmp_path: Path) -> None:
    model = written(content, tmp_path / "net.onnx")
    pages = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "pyc", "inspect", str(model), "--html", str(tmp_path / f"{seed}.html")]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        pages.add((tmp_path / f"{seed}.html").read_bytes())
    assert len(pages) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1.html", "2.html", "net.onnx"]


def test_a_page_says_what_the_model_says(content: bytes, tmp_path: Path) -> None:
    found = data(page_of(written(content, tmp_path / "net.onnx")))
    assert [found["name"], *found["facts"][:2]] == ["net.onnx", ["written by", "pyc 0.1.0"], ["from", "program.py"]]
    main = found["scopes"][0]
    assert (main["kind"], main["label"], main["user"]) == (
        "graph", "Net", {"module.kind@one": "dense", "module.kind@two": "dense", "module.owner": "vision"},
    )  # fmt: skip
    assert main["values"]["one.w"] == {
        "role": "parameter", "type": "f16[4, 4]", "element": "f16", "precision": "Mixed[f16, f32]", "target": "cpu",
        "declared": "Tensor[Mixed[f16, f32], In, Out]", "size": 32, "user": {"bits": 8},
        "meta": main["values"]["one.w"]["meta"],
    }  # fmt: skip
    (dense,) = (s for s in found["scopes"] if s.get("label") == "Dense[4, 4]")
    (matmul,) = (n for n in dense["nodes"] if n["op"] == "MatMul")
    assert (matmul["location"], matmul["user"], matmul["meta"]["org.pyc.accumulate"]) == (
        "program.py:12:17", {"stage": 1}, "f32",
    )  # fmt: skip


def test_nothing_of_a_model_becomes_part_of_the_page(tmp_path: Path) -> None:
    page = page_of(written(hostile(), tmp_path / "hostile.onnx"))
    text = page.read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 2
    assert "<img" not in text
    assert data(page)["scopes"][0]["nodes"][0]["name"] == HOSTILE
    strange = written(hostile(), tmp_path / "<b>&.onnx")
    assert f"<title>{html.escape('<b>&.onnx')}</title>" in page_of(strange).read_text(encoding="utf-8")


def test_where_a_page_may_be_written(content: bytes, tmp_path: Path) -> None:
    model = written(content, tmp_path / "net.onnx")
    (tmp_path / "file").write_text("")
    (tmp_path / "bundle").mkdir()
    manifest = {"format": "pyc-bundle/1", "name": "a", "target": "cpu", "functions": [], "files": {}}
    (tmp_path / "bundle" / "manifest.json").write_text(json.dumps(manifest))
    for arguments, code in (
        ((model, "--html", model), "E504"),
        ((model, "--html", tmp_path), "E504"),
        ((model, "--html", tmp_path / "file" / "page.html"), "E503"),
        ((tmp_path / "bundle", "--html", tmp_path / "page.html"), "E511"),
    ):
        result = inspect(*arguments)
        assert (result.exit_code, f"error[{code}]" in result.stderr) == (1, True), result.stderr
    assert model.read_bytes() == content
    assert not (tmp_path / "page.html").exists()
    result = inspect(model, "--html", tmp_path / "new" / "page.html", "--verify")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, f"{model}: verified")


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as found:
        yield found


def heads(browser: Browser) -> list[str]:
    return browser.evaluate("[...document.querySelectorAll('.box > .head .title')].map(e => e.textContent)")


def details(browser: Browser) -> str:
    return browser.evaluate("document.getElementById('details').innerText")


def opened(browser: Browser, page: Path) -> None:
    browser.asked.clear()
    browser.open(page.as_uri())


@needs_browser
def test_modules_are_opened_and_closed(browser: Browser, content: bytes, tmp_path: Path) -> None:
    opened(browser, page_of(written(content, tmp_path / "net.onnx")))
    assert browser.evaluate("document.getElementById('name').textContent") == "net.onnx"
    browser.click("#collapse")
    assert heads(browser) == ["Net", "Loop", "two"]
    browser.click(".module > .head", "▸two")
    assert "MatMul" in heads(browser)
    assert "Dense[4, 4]" in details(browser)
    assert browser.evaluate(f"{element('.head', '▾two')}.getAttribute('aria-expanded')") == "true"
    browser.press("Enter")  # the head has the focus
    assert "MatMul" not in heads(browser)
    browser.click("#expand")
    assert heads(browser).count("MatMul") == 2
    assert {"body", "one", "then_branch", "else_branch"} <= set(heads(browser))
    assert browser.errors == []
    assert {address.partition(":")[0] for address in browser.asked} == {"file"}


@needs_browser
def test_metadata_is_shown_under_the_pointer_and_kept_by_a_click(
    browser: Browser, content: bytes, tmp_path: Path
) -> None:
    opened(browser, page_of(written(content, tmp_path / "net.onnx")))
    browser.click("#expand")
    browser.hover(".head", "MatMul")
    text = details(browser)
    for part in ("MatMul", "program.py:12:17", "stage\t1", "org.pyc.accumulate\tf32", "layer_ann\tcpu"):
        assert part in text, text
    browser.hover(".row.stored", "w")
    for part in ("f16[4, 4]", "Mixed[f16, f32]", "32 bytes", "bits\t8", "Tensor[Mixed[f16, f32], In, Out]"):
        assert part in details(browser), details(browser)
    browser.click(".head", "MatMul")
    kept = details(browser)
    browser.hover(".head", "Greater")
    assert details(browser) == kept
    browser.press("Escape")
    browser.hover(".head", "Identity")
    browser.hover(".head", "Greater")
    assert details(browser).startswith("operator\n\nGreater")
    # By the keyboard, and of an edge.
    browser.evaluate("document.activeElement.blur()")
    browser.evaluate(f"{element('.head', 'MatMul')}.focus()")
    assert details(browser) == kept
    browser.press("ArrowDown")
    assert details(browser).startswith("operator\n\nCast")
    browser.evaluate("document.querySelector('.edge.t-f16').focus()")
    assert "f16[B, 4]" in details(browser)
    assert browser.errors == []


@needs_browser
def test_search_opens_what_it_finds(browser: Browser, content: bytes, tmp_path: Path) -> None:
    opened(browser, page_of(written(content, tmp_path / "net.onnx")))
    browser.click("#collapse")
    browser.press("/")
    browser.type("matmul program.py:12")
    assert "MatMul" not in heads(browser)
    lines = browser.evaluate("[...document.querySelectorAll('#found .title')].map(e => e.textContent)")
    assert lines[-1] == "MatMul"
    browser.click("#found button", "MatMul")
    assert "MatMul" in heads(browser)
    assert browser.evaluate("document.activeElement.textContent").startswith("MatMul")
    browser.click("#search")
    browser.evaluate("document.getElementById('search').select()")
    browser.type("role = out")
    assert browser.evaluate("document.querySelectorAll('#found li').length") >= 1
    browser.evaluate("document.getElementById('search').select()")
    browser.type("no such thing")
    assert browser.evaluate("document.getElementById('found').innerText") == "nothing"
    browser.click("summary", "Parameters")
    browser.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert browser.evaluate("document.getElementById('parameters').innerText").split() == [
        "one.w", "f16[4,", "4]", "32", "B", "two.w", "f16[4,", "4]", "32", "B",
    ]  # fmt: skip
    assert browser.errors == []


@needs_browser
def test_hostile_texts_stay_texts(browser: Browser, tmp_path: Path) -> None:
    opened(browser, page_of(written(hostile(), tmp_path / "hostile.onnx")))
    browser.click("#expand")
    browser.hover(".head", "Relu")
    assert HOSTILE.rstrip("\u2028") in browser.evaluate("document.getElementById('details').textContent")
    browser.press("/")
    browser.type("<script>")
    assert browser.evaluate("document.title") == "hostile.onnx"
    assert browser.evaluate("document.images.length + document.scripts.length") == 2
    # A function that calls itself is opened as far as somebody looks.
    assert 1 < heads(browser).count("loop.again") < 900
    assert browser.errors == []


@needs_browser
def test_large_models_are_closed_at_first(browser: Browser, tmp_path: Path) -> None:
    opened(browser, page_of(written(large(), tmp_path / "large.onnx")))
    assert browser.evaluate("document.querySelectorAll('.box').length") < 120
    browser.press("/")
    browser.type("n1999")
    browser.press("Enter")
    assert "y" not in heads(browser)
    assert browser.evaluate("document.activeElement.textContent") == "Negn1999"
    browser.click("#expand")
    assert 200 < browser.evaluate("document.querySelectorAll('.box').length") < 1000
    # What stands in a row does not touch.
    places = browser.evaluate(
        "[...document.querySelectorAll('.box.node')].map(e => (r => [r.left, r.top, r.right, r.bottom])"
        "(e.getBoundingClientRect()))"
    )
    boxes = sorted(map(tuple, places))
    for i, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[i + 1 :]:
            if other[0] >= right:
                break
            assert other[1] >= bottom or other[3] <= top or other[2] <= left
    assert browser.errors == []


@needs_browser
def test_lines_begin_and_end_at_what_they_join(browser: Browser, tmp_path: Path) -> None:
    names = [f"part{i}" for i in range(5)]
    nodes = [helper.make_node("Split", ["x"], names, axis=0, num_outputs=5), helper.make_node("Sum", names, ["y"])]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [s, 4]) for n, s in (("x", 1000), ("y", 200))]
    opened(
        browser,
        page_of(written(helper.make_model(helper.make_graph(nodes, "g", [ends[0]], [ends[1]])), tmp_path / "g.onnx")),
    )
    lines = browser.evaluate(
        "[...document.querySelectorAll('.edge .line')].map(e => { const n = e.getTotalLength(), m = e.getScreenCTM();"
        " return [0, n].map(l => { const p = e.getPointAtLength(l).matrixTransform(m); return [p.x, p.y]; }); })"
    )
    boxes = browser.evaluate(
        "[...document.querySelectorAll('.box.node, .pin')].map(e => (r => [r.left, r.top, r.right, r.bottom])"
        "(e.getBoundingClientRect()))"
    )
    assert len(lines) == 7
    for line in lines:
        for x, y in line:
            assert any(b[0] - 1 <= x <= b[2] + 1 and b[1] - 2 <= y <= b[3] + 2 for b in boxes), (line, boxes)
    # Types beside lines do not touch either.
    texts = browser.evaluate(
        "[...document.querySelectorAll('.edge text')].map(e => (r => [r.top, r.left, r.right])"
        "(e.getBoundingClientRect()))"
    )
    assert all(a[2] <= b[1] for a, b in itertools.pairwise(sorted(texts)) if a[0] == b[0])
    assert browser.errors == []
