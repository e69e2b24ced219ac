"""The command line: what it prints where, its exit status, and what it leaves on disk."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from pyc.diagnostics import CompileError
from pyc.tools import command as shared
from pyc.tools import driver
from pyc.tools.cli import cli
from pyc.weights import save

ROOT = Path(__file__).resolve().parents[2]
GOOD = """\
from pyc import Tensor, f32

def scale[N](x: Tensor[f32, N], s: f32) -> Tensor[f32, N]:
    return x * s
"""
BAD = """\
from pyc import Tensor, f32

def scale[N](x: Tensor[f32, N], s: f32) -> Tensor[f32, N]:
    return x * t

def other[N](x: Tensor[f32, N]) -> Tensor[f32, N]:
    return y
"""
MODULE = """\
import pyc
from pyc import Tensor, f32

class Layer[K](pyc.Module):
    up: Tensor[f32, K, 3]
    shift: Tensor[f32, 3]

    def __call__[B](self, x: Tensor[f32, B, K]) -> Tensor[f32, B, 3]:
        return x @ self.up + self.shift

Net = Layer[4]
"""


def pyc(*arguments: object, stdin: str | bytes | None = None) -> Result:
    """The result of ``pyc ARGUMENTS`` in this process."""
    return CliRunner().invoke(cli, [str(a) for a in arguments], input=stdin)


def run(*arguments: object, **settings) -> subprocess.CompletedProcess:
    """The result of ``pyc ARGUMENTS`` in a process of its own."""
    command = [sys.executable, "-m", "pyc", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **settings)


@pytest.fixture
def good(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "good.py"
    path.write_text(GOOD)
    return path


def contents(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


# --- help and usage --------------------------------------------------------------------------------------------------


COMMANDS = ["compile", "check", "run", "inspect", "explain", "targets"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(command):
    result = pyc(command, "--help")
    assert result.exit_code == 0
    assert "Examples:" in result.stdout
    assert f"pyc {command}" in result.stdout


def test_help_lists_every_command():
    result = pyc("--help")
    assert result.exit_code == 0
    for command in (*COMMANDS, "opt", "cache"):
        assert f"\n  {command} " in result.stdout


def test_version_says_what_it_is_built_on():
    result = pyc("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("pyc 0.")
    assert "MLIR" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["compil", "x.py"],
        ["compile"],
        ["compile", "x.py", "--target=gpu"],
        ["compile", "x.py", "--target=cpu:z80"],
        ["compile", "x.py", "-O7"],
        ["compile", "x.py", "--no-such-option"],
        ["check"],
    ],
)
def test_a_wrong_command_is_usage(arguments):
    result = pyc(*arguments)
    assert result.exit_code == 2
    assert "Error" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_target_names_the_known_ones():
    assert "known targets are onnx, cpu, cuda" in pyc("compile", "x.py", "--target=gpu").stderr
    assert "x86-64-v3" in pyc("compile", "x.py", "--target=cpu:z80").stderr


def test_start_up_imports_nothing_heavy():
    code = "import sys; from pyc.tools.cli import cli; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ["numpy", "torch_mlir", "llvmlite", "onnx", "onnxruntime", "pyc.frontend", "pyc.passes", "pyc.targets.cpu"]
    result = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


# --- explain and targets ---------------------------------------------------------------------------------------------


def test_explain():
    assert pyc("explain", "E504").stdout.startswith("E504: ")
    assert "E501" in pyc("explain").stdout
    unknown = pyc("explain", "E599")
    assert unknown.exit_code == 1
    assert unknown.stdout == ""
    assert "did you mean" in unknown.stderr
    assert pyc("explain", "xyzzy").exit_code == 1


def test_a_closed_pipe_is_no_error():
    command = f"{sys.executable} -m pyc explain | head -n 1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert result.stdout.strip()


def test_targets_lists_chips_and_outputs():
    result = pyc("targets")
    assert result.exit_code == 0
    for word in ("cpu", "x86-64-v3", "cuda", "sm_90a", "onnx", "ptx", "levels"):
        assert word in result.stdout


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["compile", "check"])
def test_a_missing_file(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = pyc(command, "nowhere.py")
    assert result.exit_code == 1
    assert result.stderr == "error[E501]: cannot read nowhere.py: no such file or directory\n\n1 error\n"
    assert contents(tmp_path) == []


def test_a_folder_is_no_file(tmp_path):
    assert "E501" in pyc("check", tmp_path).stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(good):
    good.chmod(0)
    assert "E501" in pyc("check", good).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x = 1\ny = '\xff'\n", "line 2 of"),
        (b"\n\n\n\ny = '\xe9'\n", "line 5 of"),
        (b"# -*- coding: klingon -*-\n", "klingon"),
        (b"# coding: ascii\nx = '\xc3\xa9'\n", "ascii"),
    ],
)
def test_a_file_that_is_no_text(content, said, tmp_path):
    path = tmp_path / "binary.py"
    path.write_bytes(content)
    result = pyc("check", path)
    assert result.exit_code == 1
    assert "error[E502]" in result.stderr
    assert said in result.stderr


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\ny = 2\nz = 3\n"),
        (b"# coding: latin-1\nx = '\xe9'\n", "# coding: latin-1\nx = 'é'\n"),
        (b"", ""),
    ],
)
def test_text_is_decoded_as_python_does(content, text):
    assert driver.decode(content, "x.py").text == text


def test_a_program_from_standard_input(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = pyc("compile", "-", "--emit=pyc", stdin=GOOD)
    assert result.exit_code == 0, result.stderr
    assert "scale" in result.stdout
    assert "<stdin>" in pyc("check", "-", stdin=BAD).stderr
    result = pyc("compile", "-", stdin=GOOD)
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "stdin.cpu" / "manifest.json").exists()


# --- diagnostics -----------------------------------------------------------------------------------------------------


def test_check_says_nothing_about_a_good_file(good):
    result = pyc("check", good)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("command", ["compile", "check"])
def test_all_errors_are_reported_with_a_caret(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.py").write_text(BAD)
    result = pyc(command, "bad.py")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "bad.py:4:16\n" in result.stderr
    assert "4 |     return x * t\n  |                ^\n" in result.stderr
    assert "bad.py:7:12\n" in result.stderr
    assert result.stderr.endswith("\n2 errors\n")
    assert contents(tmp_path) == ["bad.py"]


def test_check_of_several_files_reports_all(tmp_path):
    (tmp_path / "bad.py").write_text(BAD)
    (tmp_path / "good.py").write_text(GOOD)
    result = pyc("check", tmp_path / "bad.py", tmp_path / "good.py", tmp_path / "nowhere.py")
    assert result.exit_code == 1
    assert "E501" in result.stderr
    assert result.stderr.endswith("\n3 errors\n")


def test_a_fault_of_the_compiler_is_a_diagnostic(good, monkeypatch, tmp_path):
    from pyc import frontend

    def broken(*_):
        raise ZeroDivisionError("broken on purpose")

    monkeypatch.setattr(frontend, "check", broken)
    monkeypatch.setenv("PYC_ISOLATE", "0")  # another process would not know of it
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = pyc("check", good)
    assert result.exit_code == 1
    assert "error[E902]: ZeroDivisionError: broken on purpose" in result.stderr
    assert "Traceback" not in result.stderr
    (report,) = tmp_path.glob("pyc-fault-*.txt")
    assert "broken on purpose" in report.read_text()
    assert "Traceback" in report.read_text()


# --- writing ---------------------------------------------------------------------------------------------------------


def test_a_bundle_is_written_beside_the_caller(good, tmp_path):
    result = pyc("compile", good)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert result.stderr == "wrote good.cpu: scale\n"
    manifest = json.loads((tmp_path / "good.cpu" / "manifest.json").read_text())
    assert manifest["format"] == "pyc-bundle/1"
    assert [f["name"] for f in manifest["functions"]] == ["scale"]


def test_a_bundle_replaces_a_bundle(good, tmp_path):
    assert pyc("compile", good, "-o", "out").exit_code == 0
    (tmp_path / "out" / "stale").touch()
    assert pyc("compile", good, "-o", "out").exit_code == 0
    assert not (tmp_path / "out" / "stale").exists()
    assert contents(tmp_path)[:2] == ["good.py", "out"]


@pytest.mark.parametrize("output", ["folder", "notes.txt", "good.py", "notes.txt/deeper/x.cpu", "/proc/none/x.cpu"])
def test_what_is_not_ours_is_left_alone(output, good, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "work").write_text("of a week")
    (tmp_path / "notes.txt").write_text("notes")
    before = contents(tmp_path)
    result = pyc("compile", good, "-o", output)
    assert result.exit_code == 1
    assert "error[E504]" in result.stderr or "error[E503]" in result.stderr
    assert contents(tmp_path) == before
    assert (tmp_path / "notes.txt").read_text() == "notes"
    assert good.read_text() == GOOD


def test_a_text_never_replaces_its_source_or_a_folder(good, tmp_path):
    (tmp_path / "folder").mkdir()
    for output in ("good.py", "folder"):
        result = pyc("compile", good, "--emit=pyc", "-o", output)
        assert result.exit_code == 1
        assert "error[E504]" in result.stderr
    assert good.read_text() == GOOD


COPIED = """
from pyc import Tensor, f64

def f[N](u: Tensor[f64, N], n: int) -> None:
    for _ in range(n):
        u[1:-1] = 0.5 * (u[:-2] + u[::-1][2:])
"""


def test_remarks_are_for_who_asks_also_beside_an_error(tmp_path, monkeypatch):
    (tmp_path / "copied.py").write_text(COPIED)
    monkeypatch.setenv("CC", "false")
    asked, plain = (pyc("compile", tmp_path / "copied.py", *more) for more in (["--remarks"], []))
    assert "error[E513]" in plain.stderr
    assert "remark[E450]" not in plain.stderr
    assert "error[E513]" in asked.stderr
    assert "remark[E450]" in asked.stderr


def test_devices_pipes_and_links_stay_what_they_are(good, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert pyc("compile", good, "--emit=pyc", "-o", "pipe").exit_code == 0
        assert b"pyc.signature" in os.read(reader, 1 << 20)
    finally:
        os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    for link, target, *emit in (("text", "text.mlir", "--emit=pyc"), ("bundle", "real.cpu")):
        (tmp_path / link).symlink_to(target)
        for _ in range(2):  # the second one replaces what the first one wrote
            assert pyc("compile", good, *emit, "-o", link).exit_code == 0
            assert (tmp_path / link).is_symlink()
            assert (tmp_path / target).exists()


def test_a_bundle_does_not_replace_the_current_folder(good, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    result = pyc("compile", good, "-o", ".")
    assert result.exit_code == 1
    assert "error[E504]: . is the current folder" in result.stderr


def test_a_failed_write_leaves_nothing(good, tmp_path, monkeypatch):
    write_bytes = Path.write_bytes

    def full(path, content):
        if path.name == "manifest.json":  # the last file of the bundle
            raise OSError(28, "No space left on device")
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    result = pyc("compile", good, "-o", tmp_path / "new" / "deep" / "x.cpu")
    assert result.exit_code == 1
    assert "error[E503]" in result.stderr
    assert "no space left on device" in result.stderr
    assert contents(tmp_path) == ["good.py"]


def test_an_error_leaves_an_older_output(good, tmp_path):
    assert pyc("compile", good).exit_code == 0
    before = {p: p.read_bytes() for p in (tmp_path / "good.cpu").rglob("*") if p.is_file()}
    good.write_text(BAD)
    assert pyc("compile", good).exit_code == 1
    assert {p: p.read_bytes() for p in (tmp_path / "good.cpu").rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("level", ["pyc", "linalg", "vector"])
def test_ir_of_a_level_goes_to_standard_output(level, good, tmp_path):
    result = pyc("compile", good, f"--emit={level}")
    assert result.exit_code == 0, result.stderr
    assert "@scale" in result.stdout
    assert contents(tmp_path) == ["good.py"]
    assert pyc("compile", good, f"--emit={level}", "-o", "x.mlir").exit_code == 0
    assert (tmp_path / "x.mlir").read_text() == result.stdout


def test_debug_shows_locations_in_ir(good):
    assert "good.py" in pyc("compile", good, "--emit=linalg", "-g").stdout


def test_a_single_output_to_standard_output(good, tmp_path):
    result = pyc("compile", good, "--emit=llvm", "-o", "-")
    assert result.exit_code == 0, result.stderr
    assert "define" in result.stdout
    assert contents(tmp_path) == ["good.py"]


def test_a_bundle_does_not_go_to_standard_output(good):
    result = pyc("compile", good, "-o", "-")
    assert result.exit_code == 1
    assert "error[E503]" in result.stderr


@pytest.mark.parametrize(("target", "emit"), [("cpu", "ptx"), ("onnx", "vector"), ("cpu", "nonsense")])
def test_an_output_that_the_target_lacks(target, emit, good, tmp_path):
    result = pyc("compile", good, f"--target={target}", f"--emit={emit}")
    assert result.exit_code == 1
    assert "error[E511]" in result.stderr
    assert contents(tmp_path) == ["good.py"]


def test_every_target_writes_its_artifact(good, tmp_path):
    for target, name in (("cpu", "good.cpu"), ("cuda", "good.cuda"), ("onnx", "good.onnx")):
        result = pyc("compile", good, f"--target={target}")
        assert result.exit_code == 0, result.stderr
        assert (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("path", "name"), [("a-b.py", "a_b"), ("class.py", "_class"), ("3d.py", "_3d"), ("é.py", "é"), ("-", "stdin")]
)
def test_the_name_of_an_artifact_is_an_identifier(path, name):
    assert driver.identifier(path) == name
    assert name.isidentifier()


# --- weights ---------------------------------------------------------------------------------------------------------


def weights(**changes: np.ndarray | None) -> dict[str, np.ndarray]:
    arrays = {"up": np.ones((4, 3), np.float32), "shift": np.zeros(3, np.float32), **changes}
    return {name: array for name, array in arrays.items() if array is not None}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"up": None}, ["E506"]),
        ({"up": np.ones((3, 4), np.float32)}, ["E507"]),
        ({"up": np.ones((4, 3))}, ["E507"]),
        ({"up": None, "shift": np.ones((4, 3))}, ["E506", "E507"]),
        ({"extra": np.ones(1, np.float32)}, ["E508"]),
    ],
)
def test_weights_are_held_against_their_types(changes, codes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(MODULE)
    save(tmp_path / "w.npz", weights(**changes))
    result = pyc("compile", "net.py", "--weights", "w.npz")
    failed = any(code != "E508" for code in codes)
    assert result.exit_code == failed, result.stderr
    assert [code for code in ("E506", "E507", "E508") if f"[{code}]" in result.stderr] == codes
    assert (tmp_path / "net.cpu").exists() != failed


def test_a_misspelt_weight_is_said_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(MODULE)
    save(tmp_path / "w.npz", weights(shift=None, shfit=np.ones(3, np.float32)))
    result = pyc("compile", "net.py", "--weights", "w.npz")
    assert result.exit_code == 1
    assert "did you mean 'shfit'?" in result.stderr
    assert "[E508]" not in result.stderr


@pytest.mark.parametrize(("name", "content"), [("none.npz", None), ("w.npz", b"junk"), ("w.safetensors", b"junk")])
def test_weights_that_cannot_be_read(name, content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(MODULE)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = pyc("compile", "net.py", "--weights", name)
    assert result.exit_code == 1
    assert "error[E505]" in result.stderr
    assert not (tmp_path / "net.cpu").exists()


# --- progress --------------------------------------------------------------------------------------------------------


def test_progress_is_shown_on_a_terminal_for_long_work_and_removed(monkeypatch, capsys):
    monkeypatch.setattr(shared, "PATIENCE", 0.05)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with shared.progress("compiling x.py"):
        time.sleep(0.2)
    shown = capsys.readouterr().err
    assert "compiling x.py ... 0 s" in shown
    assert shown.endswith("\r\x1b[K")
    with shared.progress("compiling x.py"):
        pass
    assert capsys.readouterr().err == ""


def test_progress_is_silent_in_a_pipe(monkeypatch, capsys):
    monkeypatch.setattr(shared, "PATIENCE", 0.01)
    with shared.progress("compiling x.py"):
        time.sleep(0.05)
    assert capsys.readouterr().err == ""


def test_diagnostics_are_plain_in_a_pipe_and_coloured_when_asked(tmp_path):
    (tmp_path / "bad.py").write_text(BAD)
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    assert "\x1b[" not in run("check", "bad.py", cwd=tmp_path, env=environment).stderr
    assert "\x1b[" in run("check", "bad.py", cwd=tmp_path, env={**environment, "FORCE_COLOR": "1"}).stderr


def test_errors_can_be_caught_as_values(tmp_path):
    with pytest.raises(CompileError) as caught:
        driver.compile_file(driver.Job(str(tmp_path / "nowhere.py")))
    assert [d.code for d in caught.value.diagnostics] == ["E501"]


def test_targets_and_files_by_other_names(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"unknown target 'gpu'.*did you mean cuda\?"):
        driver.parse_target("gpu")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text("x = 1\n")
    with pytest.raises(CompileError) as raised:
        driver.read_source("model")
    assert [n.message for n in raised.value.diagnostics[0].notes] == ["did you mean `model.py`?"]
