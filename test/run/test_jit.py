"""``@pyc.jit`` and ``pyc run``: compiled on call, kept in process and on disk, failing as Python does."""

# Wrong programs are the point of many tests here.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false
# pyright: reportInvalidTypeForm=false, reportReturnType=false, reportCallIssue=false, reportIndexIssue=false

import copy
import importlib.util
import os
import pickle
import subprocess
import sys
import traceback

import numpy as np
import pytest

import pyc
from pyc import CompileError, Mixed, bf16, f16, f32, f64
from pyc.tools import cache, compilation
from pyc.tools import jit as jit_module

PROGRAM = """\
import numpy as np
import pyc
from pyc import Dim, Mixed, Precision, Tensor, TypeVar, cpu, f16, f32, f64, i32
from helpers import LIMIT, half

N = Dim("N")
T = TypeVar("T", f32, f64)
U = TypeVar("U", f32, f64)
P = TypeVar("P", bound=Precision)
FACTOR = 2.0


@pyc.jit
def scale(x: Tensor[f32, N], s: f32 = 3.0) -> Tensor[f32, N]:
    return x * s


@pyc.jit
def axpy(a: T, x: Tensor[T, N], y: Tensor[T, N]) -> Tensor[T, N]:
    return a * x + y * FACTOR


@pyc.jit
def joined(x: Tensor[T, N], y: Tensor[U, N]) -> Tensor[U, N]:
    return (x + y).to(U)


@pyc.jit
def third(x: Tensor[P, N]) -> Tensor[P, N]:
    return x / 3 + x


@pyc.jit
def anything(x, y):
    return x * y + half(y)


@pyc.jit
def at(x: Tensor[f32, N], i: int) -> f32:
    return x[i]


@pyc.jit
def power(n: int) -> int:
    total = 1
    for _ in range(n):
        total = total * 3
    return total


@pyc.jit
def divided(a: int, b: int) -> int:
    return a // b


@pyc.jit
def zero(x: Tensor[f32, N]) -> Tensor[f32, N]:
    x[:] = 0
    return x


@pyc.jit
def split(x: Tensor[f32, N]) -> tuple[Tensor[f32, N], int]:
    return x + 1, LIMIT


@pyc.jit
def wrong(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x + nothing
"""
HELPERS = "LIMIT = 7\n\n\ndef half(v):\n    return v / 2\n"


@pytest.fixture
def compilations(tmp_path, monkeypatch):
    """The names that were compiled, in order; the cache is empty at first."""
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    names: list[str] = []
    compile_now = compilation._compile

    def counted(task, begun):
        names.append(task.name)
        return compile_now(task, begun)

    monkeypatch.setattr(compilation, "_compile", counted)
    return names


@pytest.fixture
def program(tmp_path, compilations):
    return load(tmp_path)


def load(folder, text=PROGRAM, helpers=HELPERS):
    (folder / "program.py").write_text(text)
    (folder / "helpers.py").write_text(helpers)
    sys.path.insert(0, str(folder))
    try:
        sys.modules.pop("helpers", None)
        spec = importlib.util.spec_from_file_location("program", folder / "program.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(folder))


def ones(n, dtype=np.float32):
    return np.ones(n, dtype)


def test_it_compiles_once_for_all_shapes(program, compilations):
    for n in (3, 0, 1, 17):
        np.testing.assert_array_equal(program.scale(ones(n), 2.0), np.full(n, 2, np.float32))
    np.testing.assert_array_equal(program.scale(ones(9)[::-2]), np.full(5, 3))
    np.testing.assert_array_equal(program.scale(s=2.0, x=ones(2)), [2, 2])
    assert compilations == ["scale"]


def test_another_process_finds_it_on_disk(tmp_path, program, compilations):
    program.scale(ones(3))
    again = load(tmp_path)
    assert again.scale(ones(3)).tolist() == [3, 3, 3]
    assert compilations == ["scale"]
    assert cache.info().entries == 1


@pytest.mark.parametrize("change", ["source", "helpers", "damage"])
def test_what_is_out_of_date_is_compiled_again(tmp_path, program, compilations, change):
    assert program.split(ones(1))[1] == 7
    expected = 7
    if change == "source":
        again = load(tmp_path, PROGRAM.replace("LIMIT\n\n\n@pyc.jit\ndef wrong", "LIMIT + 1\n\n\n@pyc.jit\ndef wrong"))
        expected = 8
    elif change == "helpers":
        again = load(tmp_path, helpers=HELPERS.replace("7", "9"))
        expected = 9
    else:
        (path,) = (tmp_path / "cache").glob("*/*")
        path.write_bytes(path.read_bytes()[:-100])
        again = load(tmp_path)
    assert again.split(ones(1))[1] == expected
    assert compilations == ["split", "split"]


def test_types_of_arguments_choose_the_instance(program, compilations):
    for dtype in (np.float32, np.float64, np.float32):
        assert program.axpy(dtype(2), ones(3, dtype), ones(3, dtype)).tolist() == [4, 4, 4]
        assert program.axpy(dtype(2), ones(3, dtype), ones(3, dtype)).dtype == dtype
    assert compilations == ["axpy", "axpy"]


def test_functions_without_annotations(program, compilations):
    assert program.anything(2.0, 3.0) == 7.5
    assert program.anything(2, 3) == 7.5
    assert program.anything(ones(2), np.float32(3)).tolist() == [4.5, 4.5]
    assert program.anything(ones(2, np.float64), 3.0).tolist() == [4.5, 4.5]
    assert len(compilations) == 4
    with pytest.raises(CompileError, match="the constant 'a' is not a value at run time"):
        program.anything("a", 3)


def test_explicit_instances(program, compilations):
    assert program.axpy[f32] is program.axpy[f32]
    assert program.axpy[f32](np.float32(2), ones(2), ones(2)).tolist() == [4, 4]
    assert compilations == ["axpy[f32]"]


def test_type_arguments_that_are_left_out_are_shown_by_the_call(program, compilations):
    narrow = program.joined[f32]
    for dtype in (np.float32, np.float64):
        found = narrow(ones(2), ones(2, dtype))
        assert (found.tolist(), found.dtype) == ([2, 2], dtype)
    assert program.joined[f64, f32](ones(2, np.float64), ones(2)).dtype == np.float32
    with pytest.raises((TypeError, CompileError)):
        narrow(ones(2, np.float64), ones(2))
    assert compilations[:3] == ["joined[f32]", "joined[f32]", "joined[f64, f32]"]


@pytest.mark.parametrize("precision", [f16, bf16, Mixed[f16, f32]])
def test_arrays_of_the_language(program, precision):
    from pyc.targets.interpreter import typed

    x = pyc.array([1.0, 0.1, -7], precision)
    expected = typed(program.third.__wrapped__)(x)
    np.testing.assert_array_equal(program.third(x), expected.plain())


def test_exceptions_have_the_users_line(program):
    for call, kind, line in (
        (lambda: program.at(ones(3), 3), IndexError, "    return x[i]"),
        (lambda: program.at(ones(3), -4), IndexError, "    return x[i]"),
        (lambda: program.power(41), OverflowError, "        total = total * 3"),
        (lambda: program.divided(1, 0), ZeroDivisionError, "    return a // b"),
    ):
        with pytest.raises(kind) as caught:
            call()
        last = traceback.extract_tb(caught.value.__traceback__)[-1]
        assert last.filename.endswith("program.py")
        assert last.line == line.strip()
    assert program.power(39) == 3**39


def test_arguments_are_checked(program):
    with pytest.raises((TypeError, ValueError), match=r"float64|f64"):
        program.scale(ones(3, np.float64))
    with pytest.raises(ValueError, match="N"):
        program.axpy[f32](np.float32(1), ones(3), ones(4))
    with pytest.raises(TypeError, match=r"scale\(\): missing a required argument"):
        program.scale()


def test_writes_and_identity(program):
    x = ones(4)
    assert program.zero(x) is x
    assert x.tolist() == [0] * 4
    y = pyc.array(ones(2), f32)
    assert program.zero(y) is y
    assert y.tolist() == [0, 0]


def test_a_program_that_does_not_compile(program):
    with pytest.raises(CompileError) as caught:
        program.wrong(ones(3))
    assert any(d.code.startswith("E1") and "nothing" in d.message for d in caught.value.diagnostics)
    (text,) = caught.value.__notes__
    assert "return x + nothing" in text
    assert "^^^^^^^" in text


def test_options():
    with pytest.raises(TypeError, match=r"pyc\.jit has no option 'speed'"):
        pyc.jit(speed=3)
    with pytest.raises(ValueError, match="no flag 'fats'"):
        pyc.jit(fastmath={"fats"})
    with pytest.raises(TypeError, match="not of int"):
        pyc.jit(fastmath=[1])  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="takes a target such as"):
        pyc.jit(target="cpu:x86-64-v3")
    with pytest.raises(TypeError, match="compiles functions, not type"):
        pyc.jit(int)

    def inner():
        return 1

    with pytest.raises(TypeError, match="is defined inside a function"):
        pyc.jit(inner)
    with pytest.raises(TypeError, match="is defined inside a function"):
        pyc.jit(unchecked=True)(inner)


IN_A_CLASS = """
import pyc

@pyc.jit
def moved(x: int) -> int:
    return x + 100

class Point:
    @staticmethod
    @pyc.jit
    def moved(x: int) -> int:
        return x + 1
"""


def test_a_function_in_a_class_is_not_one_of_the_module(tmp_path, compilations):
    module = load(tmp_path, IN_A_CLASS)
    assert module.moved(1) == 101
    with pytest.raises(TypeError, match=r"Point\.moved is defined in a class"):
        module.Point.moved(1)


def test_a_lambda_has_no_name_to_be_found_by():
    with pytest.raises(TypeError, match="have a name"):
        jit_module._jitted(eval("lambda x: x"), jit_module.JitOptions())


def test_functions_are_pickled_by_name(tmp_path, compilations, monkeypatch):
    module = load(tmp_path)
    monkeypatch.setitem(sys.modules, "program", module)
    module.divided(4, 2)
    assert pickle.loads(pickle.dumps(module.divided)) is module.divided
    assert copy.deepcopy(module.divided) is module.divided
    assert pickle.loads(pickle.dumps(module.axpy[f32])) is module.axpy[f32]
    assert copy.deepcopy(module.axpy[f32]) is module.axpy[f32]


def test_options_are_part_of_the_key(tmp_path, compilations):
    text = PROGRAM.replace("@pyc.jit\ndef at(", "@pyc.jit(unchecked=True, target=cpu('x86-64'))\ndef at(")
    module = load(tmp_path, text)
    assert module.at(ones(3), 1) == 1
    assert compilations == ["at"]


MODEL = """\
import sys
import numpy as np
import pyc
from pyc import Mixed, Precision, Target, Tensor, cpu, f16, f32
from pyc.nn import relu

class Dense[In, Out, P: Precision, On: Target](pyc.Module):
    weight: Tensor[P, In, Out, On]

    def __call__[B](self, x: Tensor[P, B, In, On]) -> Tensor[P, B, Out, On]:
        return relu(x @ self.weight)

Serving = Dense[3, 2, Mixed[f16, f32], cpu]

def main():
    a = Serving(weight=np.arange(6, dtype=np.float16).reshape(3, 2))
    b = Serving(weight=np.ones((3, 2), np.float16))
    x = np.ones((1, 3), np.float16)
    print(a(x).tolist(), b(x).tolist(), a(x).tolist(), type(Dense.__call__).__name__)

main()
"""


OLDER = MODEL.replace(
    "class Dense[In, Out, P: Precision, On: Target](pyc.Module):", "class Dense(pyc.Module[In, Out, P, On]):"
)
OLDER = OLDER.replace("def __call__[B](", "def __call__(").replace(
    "class Dense",
    """
B, In, Out = pyc.Dim("B"), pyc.Dim("In"), pyc.Dim("Out")
P = pyc.TypeVar("P", bound=Precision)
On = pyc.TypeVar("On", bound=Target)

class Dense""",
)


@pytest.mark.parametrize("text", [MODEL, OLDER], ids=["newer", "older"])
@pytest.mark.parametrize("how", [(), ("--interpret",)], ids=["compiled", "interpreted"])
def test_modules_under_pyc_run(tmp_path, how, text):
    (tmp_path / "model.py").write_text(text)
    result = subprocess.run(
        [sys.executable, "-m", "pyc", "run", *how, "model.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYC_CACHE_DIR": str(tmp_path / "cache")},
    )
    kind = "function" if how else "Compiled"
    assert result.stderr == ""
    assert result.stdout == f"[[6.0, 9.0]] [[3.0, 3.0]] [[6.0, 9.0]] {kind}\n"


def test_pyc_run_compiles_what_is_typed(tmp_path):
    text = (
        "import numpy as np\nfrom pyc import Tensor, f32\n\n"
        "def f[N](x: Tensor[f32, N], i: int) -> f32:\n    return x[i]\n\n"
        "print(f(np.ones(3, np.float32), 2), f)\nf(np.ones(3, np.float32), 3)\n"
    )
    (tmp_path / "program.py").write_text(text)
    result = subprocess.run(
        [sys.executable, "-m", "pyc", "run", "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYC_CACHE_DIR": str(tmp_path / "cache")},
    )
    assert result.stdout == "1.0 <pyc.jit f(x: Tensor[f32, N], i: int) -> f32>\n"
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert [line.split(" line ")[1] for line in lines if " line " in line] == ["8, in <module>", "5, in f"]
    assert lines[-1].startswith("IndexError")


def test_a_dimension_in_quotes_by_itself(tmp_path):
    text = (
        "import pyc\n"
        "from pyc import Dim, Tensor, f64\n"
        'N = Dim("N")\n'
        "@pyc.jit\n"
        "def middle(x: Tensor[f64, 'N + 2'], y: \"Tensor['f64', 'N']\") -> Tensor[f64, 'N']:\n"
        "    return x[1:-1] + y\n"
        "@pyc.jit\n"
        "def undeclared(x: Tensor[f64, 'K']) -> f64:\n"
        "    return x.sum()\n"
    )
    quoted = load(tmp_path, text)
    assert list(quoted.middle(np.arange(4.0), np.ones(2))) == [2.0, 3.0]
    with pytest.raises(CompileError) as caught:
        quoted.undeclared(np.ones(3))
    assert [(d.code, d.message) for d in caught.value.diagnostics] == [("E110", "the name K is not defined")]


def test_complex_numbers_are_numbers(tmp_path):
    text = (
        "import pyc\n"
        "from pyc import Dim, Number, Tensor, TypeVar\n"
        'N, T = Dim("N"), TypeVar("T", bound=Number)\n'
        "@pyc.jit\n"
        "def f(x: Tensor[T, N], y: Tensor[T, N]) -> Tensor[T, N]:\n"
        "    return x * y + x\n"
    )
    x = np.array([1j, 2])
    f = load(tmp_path, text).f
    assert list(f(x, x)) == list(x * x + x)
    assert list(f(np.int8([3]), np.int8([4]))) == [15]
