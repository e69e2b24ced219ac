"""``pyc run --trace``, ``pyc cache why``, and programs in several files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import pyc
from pyc.tools.cli import cli

FILES = {
    "program.py": """\
import sys
import threading

import numpy as np
from pyc import Dim, Tensor, f32

import shapes
from scaling import half, python_only

N = Dim("N")


def scale(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return half(x) * shapes.FACTOR


def shifted(x: Tensor[f32, N]) -> Tensor[f32, N]:
    y = x
    x = x.copy()
    x[0] = 1
    return x + y


def at(x: Tensor[f32, N], i: int) -> f32:
    return x[i]


def work(n):
    for _ in range(n):
        scale(np.ones(5, np.float32))


def main():
    python_only(3)
    work(2)
    print(scale(np.ones(2, np.float32)).tolist())
    thread = threading.Thread(target=work, args=(3,), name="helper")
    thread.start()
    thread.join()
    if "exit" in sys.argv:
        sys.exit(7)
    if "raise" in sys.argv:
        at(np.ones(3, np.float32), 9)


if __name__ == "__main__":
    main()
""",
    "scaling.py": """\
from shapes import DIVISOR


def half(v):
    return v / DIVISOR


def python_only(n):
    return sum(range(n))
""",
    # It and scaling.py import each other: scaling.py when it is imported, this one when a function is called.
    "shapes.py": """\
DIVISOR = 2
FACTOR = 6


def quarter(x):
    import scaling

    return scaling.half(x) / 2
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYC_CACHE_DIR": str(folder / "cache")}
    command = [sys.executable, "-m", "pyc", "run", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def timeline(folder: Path) -> list[dict[str, Any]]:
    """The events of ``out.json``; spans of a thread are nested or apart."""
    events = json.loads((folder / "out.json").read_text())["traceEvents"]
    assert {e["ph"] for e in events} <= {"X", "i", "M"}
    for thread in {e["tid"] for e in events if e["ph"] == "X"}:
        open_until: list[float] = []
        for e in (e for e in events if e["ph"] == "X" and e["tid"] == thread):
            while open_until and open_until[-1] <= e["ts"] + 0.001:
                open_until.pop()
            end = e["ts"] + e["dur"]
            assert not open_until or end <= open_until[-1] + 0.001, e
            open_until.append(end)
    return events


def named(events: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [e for e in events if e["name"] == name]


def inside(inner: dict[str, Any], outer: dict[str, Any]) -> bool:
    return outer["ts"] <= inner["ts"] and inner["ts"] + inner.get("dur", 0) <= outer["ts"] + outer["dur"]


def test_a_timeline(folder: Path) -> None:
    first = run(folder, "--trace", "out.json", "program.py")
    assert (first.returncode, first.stdout, first.stderr) == (0, "[3.0, 3.0]\n", "")
    events = timeline(folder)
    threads = {e["args"]["name"]: e["tid"] for e in named(events, "thread_name")}
    assert set(threads) == {"MainThread", "helper"}
    (main,), (compiled,) = named(events, "main"), named(events, "compile scale")
    assert main["args"] == {"file": "program.py", "line": FILES["program.py"].split("def main")[0].count("\n") + 1}
    assert compiled["args"]["function"] == "scale"
    assert inside(compiled, named(events, "work")[0])
    steps = ("parse", "check", "pass bufferize", "optimisation by LLVM", "code generation", "load")
    order = [named(events, step)[0] for step in steps]
    assert all(inside(step, compiled) for step in order)
    assert [s["ts"] for s in order] == sorted(s["ts"] for s in order)
    assert len(named(events, "cache miss")) == 1
    calls = named(events, "call scale")
    assert all(c["args"]["file"].endswith(".py") and c["args"]["line"] > 0 for c in calls)
    assert all(c["args"]["line"] > 0 for c in named(events, "compile scale"))
    assert [c["tid"] for c in calls] == [threads["MainThread"]] * 3 + [threads["helper"]] * 3
    assert [c["args"]["arguments"] for c in calls[1:3]] == ["float32[5]", "float32[2]"]
    assert all(e["args"]["file"].endswith("scaling.py") for e in named(events, "python_only"))
    assert {"module program.py", "module scaling.py", "module shapes.py"} <= {e["name"] for e in events}

    again = run(folder, "--trace", "out.json", "program.py")
    assert again.returncode == 0
    events = timeline(folder)
    assert (len(named(events, "cache hit")), len(named(events, "cache miss"))) == (1, 0)
    assert not named(events, "parse")


@pytest.mark.parametrize(("how", "status"), [("exit", 7), ("raise", 1)])
def test_a_timeline_is_written_however_the_program_ends(folder: Path, how: str, status: int) -> None:
    result = run(folder, "--trace", "out.json", "program.py", how)
    assert result.returncode == status
    events = timeline(folder)
    (main,) = named(events, "main")
    assert main["args"]["exception"]
    if how == "raise":
        (call,) = named(events, "call at")
        assert call["args"]["exception"] == "IndexError: index 9 is out of bounds for axis 0 with size 3"
        (end,) = [e for e in events if e.get("cat") == "exception"]
        assert end["args"]["line"] == "program.py, line 25"
        assert result.stderr.splitlines()[-1].startswith("IndexError")


def test_a_timeline_of_interpreted_functions_and_of_a_program_that_is_wrong(folder: Path) -> None:
    assert run(folder, "--interpret", "--trace", "out.json", "program.py").returncode == 0
    assert len(named(timeline(folder), "scale")) == 6
    (folder / "program.py").write_text(FILES["program.py"].replace("return half(x)", "return helf(x)"))
    result = run(folder, "--trace", "out.json", "program.py")
    assert result.returncode == 1
    assert "error[E110]" in result.stderr
    (compiled,) = named(timeline(folder), "compile scale")
    assert "helf" in compiled["args"]["exception"]


def test_inserted_copies_are_on_the_timeline(folder: Path) -> None:
    text = """
import numpy as np
from pyc import Tensor, f32

def f[N](x: Tensor[f32, N]) -> Tensor[f32, N]:
    y = x * 1
    z = y + 0
    y[0] = 2
    return z + y + x

def g[N](x: Tensor[f32, N]) -> None:
    x[1:] = x[:-1] + x[1:]

f(np.ones(3, np.float32))
g(np.ones(3, np.float32))
"""
    (folder / "copies.py").write_text(text)
    assert run(folder, "--trace", "out.json", "copies.py").returncode == 0
    remarks = [e["args"]["remark"] for e in named(timeline(folder), "copy")]
    assert remarks
    assert all("copies.py, line " in r for r in remarks)


def test_a_timeline_that_cannot_be_written(folder: Path) -> None:
    result = run(folder, "--trace", "nowhere/out.json", "program.py")
    assert result.returncode == 1
    assert "error[E503]: cannot write nowhere/out.json: no such file or directory" in result.stderr
    assert result.stdout == ""


def test_a_full_disk(folder: Path) -> None:
    result = run(folder, "--trace", "/dev/full", "program.py")
    assert result.returncode == 1
    assert result.stdout == "[3.0, 3.0]\n"
    assert "error[E503]: cannot write /dev/full: no space left on device" in result.stderr


def test_without_a_trace_python_is_not_told_to_report_calls(folder: Path) -> None:
    (folder / "probe.py").write_text("import sys, threading\nprint(sys.getprofile(), threading.getprofile())\n")
    assert run(folder, "probe.py").stdout == "None None\n"


def test_files_that_import_each_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same program compiled ahead of time, just in time and interpreted."""
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(cli, ["compile", "program.py", "-o", "program.cpu", "--function", "scale"])
    assert result.exit_code == 0, result.output
    x = np.arange(4, dtype=np.float32)
    expected = (x / 2 * 6).tolist()
    assert pyc.load("program.cpu").scale(x).tolist() == expected
    for how in ((), ("--interpret",)):
        assert run(folder, *how, "program.py").stdout == "[3.0, 3.0]\n"
    for name in FILES:
        text = (folder / name).read_text()
        (folder / name).write_text(
            text.replace("def half", "@pyc.jit\ndef half").replace("from shapes", "import pyc\nfrom shapes")
        )
    code = "import numpy as np, scaling, program; print(scaling.half(np.ones(2)).tolist())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYC_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "[0.5, 0.5]\n", done.stderr


def why(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["cache", "why", *arguments])
    return result.exit_code, result.output


def test_why_a_function_is_compiled_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYC_CACHE_DIR", str(folder / "cache"))
    assert why("scale") == (
        1,
        f"there is no 'scale' in {folder}/cache: it will be compiled when it is first called\n  the cache is empty\n",
    )
    assert run(folder, "program.py").returncode == 0
    status, text = why("scale")
    assert status == 0
    assert text.startswith(f"scale for cpu:native in {folder}/program.py  (")
    assert text.endswith("  taken: nothing has changed since\n")
    assert why("scale", "program.py") == (status, text)
    assert why("scale", "scaling.py")[0] == 1
    assert "did you mean scale?" in why("scael")[1]
    (folder / "shapes.py").write_text(FILES["shapes.py"].replace("6", "8"))
    status, text = why("scale")
    assert (status, text.splitlines()[1:]) == (1, [f"  not taken: {folder}/shapes.py has changed"])
    assert run(folder, "program.py").stdout == "[4.0, 4.0]\n"
    status, text = why("scale")
    assert status == 0
    assert "  taken: nothing has changed since\n" in text
    assert f"  not taken: {folder}/shapes.py has changed\n" in text
    (folder / "scaling.py").unlink()
    assert f"not taken: {folder}/scaling.py is gone" in why("scale")[1]
    monkeypatch.setattr("pyc.tools.cache.compiler", lambda: "pyc 9.9.9 abcdef0123456789, llvmlite 1")
    monkeypatch.setattr("pyc.tools.cache.machine", lambda: "another")
    text = why("scale")[1]
    assert "the compiler has changed: it was pyc 0.1.0 " in text
    assert "and is pyc 9.9.9 abcdef01\n" in text
    assert "it was compiled for another processor" in text


def test_an_edited_module_is_compiled_again_after_a_reload(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process: what ``importlib.reload`` gives is the text that is there now, in imported files too."""
    code = """
import importlib, os, time
import numpy as np
import kernel, constants
x = np.ones(1)
first = kernel.f(x)[0]
with open("constants.py", "w") as file:
    file.write("C = 500.0  # another length\\n")
importlib.reload(constants)
importlib.reload(kernel)
print(first, kernel.f(x)[0])
"""
    (folder / "constants.py").write_text("C = 2.0\n")
    (folder / "kernel.py").write_text(
        "import pyc\nfrom pyc import Tensor, Dim, f64\nfrom constants import C\nN = Dim('N')\n\n\n"
        "@pyc.jit\ndef f(x: Tensor[f64, N]) -> Tensor[f64, N]:\n    return x * C\n"
    )
    environment = {**os.environ, "PYC_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.stdout == "2.0 500.0\n", done.stderr
