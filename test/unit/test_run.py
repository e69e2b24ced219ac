"""``pyc run --interpret`` and what both ways of running share: Python's own behaviour around the typed functions."""

import ast
import os
import subprocess
import sys

import pytest

from pyc.tools.run import typed_definitions

PROGRAM = """\
import sys
import numpy as np
from pyc import Tensor, Float, f16

HALF = 0.5

def scale[T: Float, N](x: Tensor[T, N], s: T) -> Tensor[T, N]:
    return x * s * N

def broken[N](x: Tensor[f16, N]) -> Tensor[f16, N]:
    return x[N]

def main():
    print(scale(np.ones(3, np.float16), np.float16(HALF)), sys.argv, __name__)
    if "fail" in sys.argv:
        broken(np.ones(2, np.float16))
    if "exit" in sys.argv:
        sys.exit(7)
    if "say" in sys.argv:
        sys.exit("said")

if __name__ == "__main__":
    main()
"""


def run(*arguments, cwd, stdin=None, **environment):
    command = [sys.executable, "-m", "pyc", "run", *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, input=stdin, env={**os.environ, **environment}
    )


@pytest.fixture
def program(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def test_arguments_and_main(program):
    result = run("--interpret", "program.py", "a", "--flag", cwd=program)
    assert result.stderr == ""
    assert result.stdout == "[1.5 1.5 1.5] ['program.py', 'a', '--flag'] __main__\n"
    assert result.returncode == 0


@pytest.mark.parametrize(("argument", "status", "said"), [("exit", 7, ""), ("say", 1, "said\n")])
def test_exit_statuses(program, argument, status, said):
    result = run("--interpret", "program.py", argument, cwd=program)
    assert (result.returncode, result.stderr) == (status, said)


def test_tracebacks_have_the_users_frames_only(program):
    result = run("--interpret", "program.py", "fail", cwd=program)
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1].startswith("IndexError: index 2 is out of bounds")
    files = [line for line in lines if line.startswith("  File")]
    assert [f.split(" line ")[1] for f in files] == ["23, in <module>", "16, in main", "11, in broken"]
    assert "    return x[N]" in lines


def test_standard_input(tmp_path):
    result = run("--interpret", "-", "x", cwd=tmp_path, stdin=PROGRAM)
    assert result.stdout == "[1.5 1.5 1.5] ['-', 'x'] __main__\n"


def test_files_next_to_it_are_imported_in_the_same_way(program):
    (program / "other.py").write_text("from program import scale\nimport numpy as np\nprint(scale)\n")
    result = run("--interpret", "other.py", cwd=program)
    assert result.stdout == "<interpreted scale>\n", result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [("def f(:\n", "error[E101]"), ("x = 1\n\0", "E101"), (None, "E501")],
)
def test_files_that_do_not_run(tmp_path, text, said):
    if text is not None:
        (tmp_path / "program.py").write_text(text)
    result = run("program.py", cwd=tmp_path)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_the_debugger_stops_in_a_typed_function(program):
    text = PROGRAM.replace("    return x * s * N", "    breakpoint()\n    return x * s * N")
    (program / "program.py").write_text(text)
    result = run("--interpret", "program.py", cwd=program, stdin="p type(x).__name__, N\nc\n")
    assert "('Array', 3)" in result.stdout
    assert ")scale()" in result.stdout
    assert result.returncode == 0


def test_jit_is_interpreted_too(tmp_path):
    text = (
        "import pyc\nfrom pyc import *\n@pyc.jit\ndef f(n: int) -> int: return 2**n\nprint(f(70), type(f).__name__)\n"
    )
    (tmp_path / "program.py").write_text(text)
    assert run("--interpret", "program.py", cwd=tmp_path).stdout == f"{2**70} TypedFunction\n"
    result = subprocess.run(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYC_INTERPRET": "1"},
    )
    assert result.stdout == f"{2**70} TypedFunction\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from pyc import Tensor, f32\ndef f(x: Tensor[f32, 3]): ...\ndef g(x: int): ...", ["f"]),
        ("import pyc\ndef f(x: pyc.f32): ...\ndef g() -> 'pyc.Tensor[pyc.f32]': ...", ["f", "g"]),
        ("import pyc as p\nV = p.Tensor[p.f32, 3]\ndef f(x: V): ...", ["f"]),
        ("import numpy as np\ndef f(x: np.ndarray): ...", []),
        ("from pyc import Module, f32\nclass A(Module):\n  def m(self, x: f32): ...\n  def n(self): ...", ["m"]),
        ("from pyc import f32\nclass A:\n  def m(self, x: f32): ...\ndef f(m: 'A', *a: f32): ...", ["f"]),
        ("from pyc import f32\nif True:\n  def f(x: f32): ...", []),
        ("from pyc import *\ndef f(x: Tensor[f32, 3]): ...\ndef g(x: int): ...", ["f"]),
        ("import pyc\nA, B = pyc.f32, pyc.f64\nC: type = B\ndef f(x: A): ...\ndef g(x: C): ...", ["f", "g"]),
        ("import pyc\n@pyc.record\nclass P:\n  x: pyc.f32\ndef f(p: P): ...", ["f"]),
        ("from shapes import V, other\ndef f(x: V): ...\ndef g(x: other): ...", ["f"]),
        ("from shapes import V as W\ndef f(x: W): ...\ndef g(x: 'V'): ...", ["f"]),
        ("from shapes import *\ndef f(x: V): ...\ndef g(x: _X): ...", ["f"]),
        ("import shapes as s\ndef f(x: s.V): ...\ndef g(x: s.other): ...\ndef h(x: 's.V'): ...", ["f", "h"]),
        ("from inner import again\ndef f(x: again.V): ...\ndef g(x: again.Z): ...", ["f"]),
        ("import inner.again\nfrom broken import V\ndef f(x: inner.again.V): ...\ndef g(x: V): ...", ["f"]),
    ],
)
def test_what_is_typed(tmp_path, text, names):
    (tmp_path / "shapes.py").write_text("import pyc, inner.again\nV = pyc.Tensor[pyc.f32, 3]\n_X = V\nother = int\n")
    (tmp_path / "broken.py").write_text("V = (\n")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "__init__.py").write_text("")
    (tmp_path / "inner" / "again.py").write_text("from shapes import V\nfrom .more import V\nZ = 3\n")
    (tmp_path / "inner" / "more.py").write_text("from ..shapes import V\n")
    assert [d.name for d in typed_definitions(ast.parse(text), tmp_path, methods=True)] == names


HOOKED = "def f[N](x: 'anything', *more, y=(1,\n 2)) -> list[N]:\n    return [x, y]\n"


def test_the_import_hook_reads_newer_syntax(tmp_path):
    (tmp_path / "newer.py").write_text(HOOKED)
    (tmp_path / "broken.py").write_text("def f[N](x):\n    return )\n")
    program = (
        "import pyc.hook, pyc.hook, newer\n"
        "print(newer.f(1), newer.__file__ is not None)\n"
        "try: import broken\n"
        "except SyntaxError as e: print(e.filename.endswith('broken.py'), e.lineno)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert result.stdout == "[1, (1, 2)] True\nTrue 2\n", result.stderr
    assert result.returncode == 0


def test_the_import_hook_leaves_packages_alone(tmp_path):
    program = "import pyc.hook, sys, json, numpy.random\nprint(type(sys.modules['json'].__spec__.loader).__module__)"
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert "pyc.hook" not in result.stdout
    assert result.returncode == 0


@pytest.mark.parametrize("options", [(), ("--interpret",)])
def test_what_pyc_calls_itself_is_no_frame_of_the_user(options, tmp_path, monkeypatch):
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "wrong.py"
    path.write_text(
        "import numpy as np, pyc\nfrom pyc import Tensor, f32\n@pyc.jit\ndef f(x: Tensor[f33, 4]):\n    return x\n"
        "f(np.zeros(4, np.float32))\n"
    )
    command = [sys.executable, "-m", "pyc", "run", *options, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "name 'f33' is not defined" in done.stderr or "the name f33 is not defined" in done.stderr
    assert "functools.py" not in done.stderr
    assert "<annotation>" not in done.stderr
    assert 'wrong.py", line 6' in done.stderr
