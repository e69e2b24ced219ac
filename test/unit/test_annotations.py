"""The public names, and annotations as Python objects."""

# Wrong programs are the point of many tests here.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false
# pyright: reportInvalidTypeForm=false, reportReturnType=false, reportCallIssue=false, reportIndexIssue=false

import os
import subprocess
import sys
import typing
from pathlib import Path

import numpy as np
import pytest

import pyc
from pyc import Dim, Float, Int, L, Mixed, Number, Target, Tensor, bf16, cpu, cuda, f16, f32, f64, i32
from pyc.annotations import (
    OtherSpec,
    Parameter,
    ScalarSpec,
    TensorSpec,
    TupleSpec,
    bounded,
    mentions_pyc,
    parameter,
    resolve,
)
from pyc.precision import DTYPES, Precision

ROOT = Path(__file__).resolve().parents[2]
N, M = Dim("N"), Dim("M")
S = typing.TypeVarTuple("S")
T = typing.TypeVar("T", f16, f32)
P = typing.TypeVar("P", bound=Precision)
On = typing.TypeVar("On", bound=Target)
K = typing.TypeVar("K")


@pytest.mark.parametrize("name", pyc.__all__)
def test_every_public_name_resolves(name):
    assert getattr(pyc, name) is getattr(pyc, name)
    assert name in dir(pyc)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'pyc' has no attribute 'tensor'"):
        pyc.tensor  # noqa: B018


def test_the_stub_declares_every_public_name():
    text = (ROOT / "pyc" / "__init__.pyi").read_text()
    listed = eval(text[text.index("__all__ = [") + 10 :].replace("# noqa: RUF022", ""))
    assert sorted(listed) == sorted(pyc.__all__)


def test_importing_pyc_is_cheap_and_imports_nothing_heavy():
    program = (
        "import sys, pyc\n"
        "from pyc import Tensor, Mixed, f32, Dim, TypeVar, Module, cuda, L, Precision, Target\n"
        "Tensor[Mixed[f32, f32], Dim('N'), 4, cuda]\n"
        "heavy = ('numpy', 'ml_dtypes', 'llvmlite', 'torch_mlir', 'onnx', 'click')\n"
        "rooms = ('frontend', 'dialects', 'passes', 'targets', 'tools')\n"
        "print([m for m in sys.modules if m.partition('.')[0] in heavy])\n"
        "print([m for m in sys.modules if m.startswith('pyc.') and m.split('.')[1] in rooms])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert found.split() == ["[]", "[]"]


def test_a_dtype_makes_scalars_and_is_a_numpy_type():
    assert type(f32(1.5)) is np.float32
    assert float(bf16(1.01)) == 1.0078125
    assert np.zeros(3, f16).dtype == np.float16
    assert np.ones(2).astype(i32).dtype == np.int32
    for dtype in DTYPES.values():
        assert dtype.dtype.name == dtype.numpy
        assert dtype().dtype == dtype.dtype


def test_mixed():
    assert Mixed[f16, f32] == Precision("f16", "f32", "f32")
    assert Mixed[f16, f16, f32] == Precision.plain("f16")
    assert str(Mixed[bf16, f32]) == "Mixed[bf16, f32]"
    with pytest.raises(TypeError, match="given 1 argument"):
        Mixed[f16]
    with pytest.raises(TypeError, match="brackets"):
        Mixed(f16, f32)


@pytest.mark.parametrize(
    ("annotation", "meaning"),
    [
        (Tensor[f32, N, 4, cuda], "Tensor[f32, N, 4, cuda]"),
        (Tensor[f32, N, L[4]], "Tensor[f32, N, 4]"),
        (Tensor[f32], "Tensor[f32]"),
        (Tensor[Mixed[f16, f32], N, cuda("sm_90a")], "Tensor[Mixed[f16, f32], N, cuda:sm_90a]"),
        (Tensor[f32, N + 2, 2 * (N - M), (N + 1) // 2], "Tensor[f32, N + 2, 2 * (N - M), (N + 1) // 2]"),
        ("Tensor[f32, N + 2]", "Tensor[f32, N + 2]"),
        (Tensor["f32", "K + 2"], "Tensor[f32, K + 2]"),
        (Tensor[T, K], "Tensor[T, K]"),
        (Tensor[P, N, On], "Tensor[P, N, On]"),
        (Tensor[f32, *S, N], "Tensor[f32, *S, N]"),
        (Tensor[bool, N], "Tensor[bool, N]"),
        (tuple[Tensor[f32, N], int], "tuple[Tensor[f32, N], int]"),
        (f32, "f32"),
        (T, "T"),
        (float, "float"),
        (None, "None"),
        (list[int], "list"),
    ],
)
def test_what_annotations_mean(annotation, meaning):
    assert str(resolve(annotation, globals())) == meaning


def test_the_kinds_of_meanings():
    assert isinstance(resolve(Tensor[f32, N], {}), TensorSpec)
    assert resolve(int, {}) == ScalarSpec(DTYPES["i64"], int)
    assert isinstance(resolve(tuple[int, int], {}), TupleSpec)
    assert isinstance(resolve(tuple[int, ...], {}), OtherSpec)
    assert [mentions_pyc(resolve(a, {})) for a in (f32, int, tuple[int, f32], str)] == [True, False, True, False]


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (Tensor[N, N], "N is not an element type; declare it as T: Float or P: Precision"),
        (Tensor[int, N], "int is not an element type"),
        (Tensor[f32, -1], "a dimension cannot be -1"),
        (Tensor[f32, cuda, N], "cuda is not a dimension"),
        (Tensor[f32, 1.5], "1.5 is not a dimension"),
        (Tensor[f32, *S, *S], "one pack"),
    ],
)
def test_annotations_without_meaning(annotation, message):
    with pytest.raises(TypeError, match=message):
        resolve(annotation, {})


def test_tensor_makes_no_arrays():
    with pytest.raises(TypeError, match="array"):
        Tensor(f32, 3)


def test_dimension_arithmetic():
    assert ((N + 2) * M // 3 - 1).evaluate({"N": 4, "M": 5}) == 9
    assert (1 + 2 * N - (10 - M)).evaluate({"N": 4, "M": 5}) == 4
    assert str(2 * (N + 1)) == "2 * (N + 1)"
    with pytest.raises(KeyError, match="M"):
        (N + M).evaluate({"N": 1})


@pytest.mark.parametrize(
    ("bound", "kind"),
    [
        (None, "dim"),
        (Float, "dtype"),
        (Int, "dtype"),
        (Number, "dtype"),
        ((f16, f32), "dtype"),
        (f32, "dtype"),
        (Precision, "precision"),
        (Target, "target"),
        (int, "number"),
    ],
)
def test_bounds(bound, kind):
    assert bounded("X", bound).kind == kind


def test_other_bounds_are_refused():
    with pytest.raises(TypeError, match="X: list is not a bound; use Float"):
        bounded("X", list)


def test_declarations_of_type_parameters():
    assert parameter(N) == Parameter("N", "dim")
    assert parameter(N + 1) is None
    assert parameter(S) == Parameter("S", "pack")
    assert parameter(T) == Parameter("T", "dtype", (f16, f32))
    assert parameter(P) == Parameter("P", "precision")
    assert parameter(cpu) is None
    assert Float.admits(f64)
    assert not Float.admits(i32)
    assert Number.admits(i32)


PROGRAM = """
from pyc import Tensor, Float, Mixed, Module, Precision, Target, cpu, f16, f32, python
from pyc.module import weight_types
from pyc.targets.interpreter import typed
import numpy as np

def axpy[T: Float, N](a: T, x: Tensor[T, N], y: Tensor[T, N]) -> Tensor[T, N]:
    assert N == 3
    return a * x + y

class Net[In, P: Precision, On: Target](Module):
    w: Tensor[P, In, 2, On]
    def __call__[B](self, x: Tensor[P, B, In]) -> Tensor[P, B, 2]:
        assert (B, In) == (1, 3)
        return x @ self.w

x = np.ones(3, np.float32)
print(typed(axpy)(f32(2), x, x))
net = Net[3, Mixed[f16, f32], cpu](w=np.ones((3, 2), np.float16))
print(net(np.ones((1, 3), np.float16)).tolist(), *(str(t) for t in weight_types(type(net))))
"""


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_type_parameters_of_newer_pythons(future, tmp_path):
    """On 3.12 and later as it stands; on 3.11 through the import hook."""
    (tmp_path / "program.py").write_text(future + PROGRAM)
    result = subprocess.run(
        [sys.executable, "-c", "import pyc.hook, program"], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "[3. 3. 3.]\n[[3.0, 3.0]] Tensor[f16, 3, 2]\n"


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_annotations_evaluate_on_newer_pythons(version, tmp_path):
    """Needs no NumPy: annotations, classes and instances alone."""
    found = [
        p
        for p in Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}*/bin/python")
        if p.exists()
    ]
    if not found:
        pytest.skip(f"no Python {version}")
    text = PROGRAM[: PROGRAM.index("x = np")].replace("import numpy as np", "")
    text = text.replace("from pyc.targets.interpreter import typed", "")
    text += "print(Net[3, Mixed[f16, f32], cpu], *map(str, weight_types(Net[3, f32, cpu])))\n"
    (tmp_path / "program.py").write_text(text)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run([found[0], "program.py"], cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert result.stdout == "<class '__main__.Net[3, Mixed[f16, f32], cpu]'> Tensor[f32, 3, 2]\n", result.stderr
