"""Calls of typed functions, interpreted: what arguments and results become, and what is refused."""

# Wrong programs are the point of many tests here.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false
# pyright: reportInvalidTypeForm=false, reportReturnType=false, reportCallIssue=false, reportIndexIssue=false

import typing

import numpy as np
import pytest

import pyc
from pyc import Array, Dim, Float, Mixed, Precision, Target, Tensor, cpu, cuda, f16, f32, f64, i32
from pyc.source import Source
from pyc.targets.interpreter import typed

N, M, K = Dim("N"), Dim("M"), Dim("K")
T = typing.TypeVar("T", bound=Float)
P = typing.TypeVar("P", bound=Precision)
On = typing.TypeVar("On", bound=Target)
S = typing.TypeVarTuple("S")


@typed
def product(x: Tensor[f32, M, K], y: Tensor[f32, K, N]) -> Tensor[f32, M, N]:
    return x @ y


@typed
def inner(x: Tensor[f32, N + 2], y: Tensor[f32, N]) -> "Tensor[f32, N]":
    return x[1:-1] + y


@typed
def fill(n: int, value: T) -> Tensor[T, "2 * n"]:  # noqa: F821
    return np.full(2 * n, value)


@typed
def generic(x: Tensor[T, N]) -> Tensor[T, N]:
    return x * T(0.5) + np.zeros(N, T)


@typed
def scaled(a: T, x: Tensor[T, N]) -> Tensor[T, N]:
    return a * x


@typed
def sums(x: Tensor[f64, *S, N]) -> Tensor[f64, *S]:
    return np.sum(x, axis=-1)


@typed
def policy(x: Tensor[P, *S]) -> Tensor[P, *S]:
    return x / 3


@typed
def write(u: Tensor[f32, N], v: Tensor[f32, N]) -> None:
    u[:] = v
    v[0] = 7


@typed
def placed(x: Tensor[f32, N, cuda], y: Tensor[f32, N, On]) -> Tensor[f32, N, On]:
    return y


@typed
def pair(x: Tensor[f16, N], flag: bool, scale: f32) -> tuple[Tensor[f32, N], f32, int]:
    return x.to(f32) * scale, scale * 2, 1 if flag else 0


@typed
def narrow(x: Tensor[f64, N]) -> Tensor[f32, N]:
    return x


@typed
def wrong_shape(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x[1:]


@typed
def made(n: int) -> Tensor[f32, M]:
    x = np.arange(n)
    assert isinstance(x, Array)
    return x.to(f32)


@typed
def untyped(x, y=2):
    return type(x), y


def ones(*shape, dtype=np.float32):
    return np.ones(shape, dtype)


def test_arguments_become_arrays_and_dims_are_one_number():
    assert product(ones(2, 3), ones(3, 4)).tolist() == np.full((2, 4), 3.0).tolist()
    with pytest.raises(ValueError, match="K is 3 in x and 2 in y"):
        product(ones(4, 3), ones(2, 4))
    with pytest.raises(TypeError, match=r"x has 1 dimension, and Tensor\[f32, M, K\] has 2"):
        product(ones(3), ones(2, 4))
    with pytest.raises(TypeError, match=r"was given f64: write \.to\(f32\)"):
        product(ones(4, 3, dtype=float), ones(2, 4))
    with pytest.raises(TypeError, match=r"not list; pyc\.array"):
        product([[1.0]], ones(1, 4))
    with pytest.raises(TypeError, match="missing a required argument"):
        product(ones(4, 3))


def test_empty_and_strided_arguments():
    assert product(ones(0, 3), ones(3, 4)).shape == (0, 4)
    assert product(ones(2, 0), ones(0, 4)).tolist() == np.zeros((2, 4)).tolist()
    assert product(ones(6, 4)[::-2, 1:], ones(3, 8)[:, ::2]).shape == (3, 4)


def test_dimension_arithmetic():
    assert inner(ones(5), y=ones(3)).shape == (3,)
    with pytest.raises(ValueError, match=r"x has an extent of 5 where N \+ 2 = 6 is declared"):
        inner(ones(5), ones(4))
    with pytest.raises(ValueError, match="the result has an extent of 5"):
        typed_fixed(ones(5))
    assert fill(2, f32(1.5)).tolist() == [1.5] * 4


@typed
def typed_fixed(x: Tensor[f32, 5]) -> Tensor[f32, 4]:
    return x


def test_type_parameters_have_values_in_the_body():
    for dtype in (np.float16, np.float32, np.float64):
        assert generic(ones(3, dtype=dtype)).dtype == dtype
    with pytest.raises(TypeError, match="T is an element type"):
        generic(ones(3, dtype=np.int32))
    with pytest.raises(TypeError, match="declare P: Precision"):
        generic(pyc.array([1.0], Mixed[f16, f32]))


def test_explicit_type_parameters():
    assert generic[f32](ones(3)).dtype == np.float32
    with pytest.raises(TypeError, match="was given f32"):
        generic[f16](ones(3))
    with pytest.raises(TypeError, match="generic takes T, not 3"):
        generic[f16, f32, f32]
    with pytest.raises(TypeError, match="T is an element type"):
        generic[i32]


def test_a_number_of_python_adapts_to_what_others_show():
    assert scaled(2, ones(3)).dtype == np.float32
    assert scaled(2.5, np.ones(3)).tolist() == [2.5] * 3
    with pytest.raises(TypeError, match="give it as a sized number"):
        fill(2, 1.5)


def test_a_pack_may_be_empty_in_a_result():
    for shape in ((4,), (2, 3), (2, 1, 3)):
        assert np.asarray(sums(np.ones(shape))).tolist() == np.ones(shape).sum(axis=-1).tolist()


def test_precision_parameters_and_packs():
    for shape in ((), (2,), (2, 3)):
        y = policy(pyc.array(np.ones(shape), Mixed[f16, f32]))
        assert (y.dtype, y.precision, y.shape) == (np.float16, Mixed[f16, f32], shape)
    assert policy(ones(2)).precision == Precision.plain("f32")
    passed = pyc.array([1.0], Mixed[f16, f32]) + 2**-13
    assert policy(passed)[0] == np.float32(np.float16(1 / 3)), "an argument is rounded"


def test_writes_reach_the_caller():
    u, v = ones(3), np.zeros(3, np.float32)
    assert write(u, v) is None
    assert u.tolist() == [0, 0, 0]
    assert v.tolist() == [7, 0, 0]
    v.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        write(u, v)


def test_targets():
    x = pyc.array([1.0], f32, cuda("sm_90a"))
    assert placed(x, ones(1)).target in (cpu, cuda)
    assert placed(ones(1), x).target == cuda("sm_90a")
    with pytest.raises(TypeError, match=r"x is on cpu and placed takes it on cuda: write \.to\(cuda\)"):
        placed(pyc.array([1.0], f32), x)


def test_scalars_and_tuples():
    y, scale, flag = pair(ones(2, dtype=np.float16), True, 2.0)
    assert (y.dtype, type(scale), flag) == (np.float32, np.float32, 1)
    with pytest.raises(TypeError, match="scale is f32 and was given f64"):
        pair(ones(2, dtype=np.float16), True, np.float64(2))
    with pytest.raises(TypeError, match="flag is bool, not int"):
        pair(ones(2, dtype=np.float16), 1, 2.0)


def test_results_are_held_to_their_types():
    with pytest.raises(TypeError, match=r"f64 does not fit in an array of f32: write \.to\(f32\)"):
        narrow(ones(2, dtype=float))
    with pytest.raises(ValueError, match="the result has an extent of 2 where N = 3 is declared"):
        wrong_shape(ones(3))


def test_numpy_makes_arrays_of_the_language():
    assert made(3).tolist() == [0, 1, 2]


def test_functions_without_types_are_pythons():
    assert untyped(3) == (int, 2)
    assert untyped("a", y=1) == (str, 1)


def test_an_argument_that_is_returned_is_that_object():
    x = pyc.array([1.0], f32, cuda)
    assert np.shares_memory(placed(ones(1), x), x)


def test_defaults_names_and_introspection():
    assert inner.__name__ == "inner"
    assert repr(inner) == "<interpreted inner>"


def test_pyc_python_stays_out():
    @pyc.python
    def host(x: Tensor[f32, N]):
        return type(x)

    assert typed(host) is host


def test_closures_see_values():
    def outer():
        Q = Dim("Q")

        @typed
        def f(x: Tensor[f32, Q]) -> int:
            return Q + (lambda: Q)()

        return f

    assert outer()(ones(4)) == 8


def test_recursion_and_calls_between_typed_functions():
    assert twice(ones(3)).tolist() == [4.0, 4.0, 4.0]


@typed
def once(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return x * 2


@typed
def twice(x: Tensor[f32, N]) -> Tensor[f32, N]:
    return once(once(x))


PACKS = """\
import numpy as np
import pyc
from pyc import Tensor, f32

@pyc.jit
def added[*S](x: Tensor[f32, *S], y: Tensor[f32, *S]) -> Tensor[f32, *S]:
    return x + y
"""


def test_packs_of_several_ranks_are_refused_as_compiled_code_does(tmp_path, monkeypatch):
    from pyc.tools.run import _Compiler

    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "packs.py"
    path.write_text(PACKS)
    said = []
    for interpret in (True, False):
        code, names = _Compiler(interpret=interpret)(Source(str(path), PACKS))
        module = {"__name__": "packs", **names}
        exec(code, module)
        for x, y in (((2, 3), (3,)), ((3,), (2, 3)), ((2, 3), ())):
            with pytest.raises(TypeError) as raised:
                module["added"](np.zeros(x, np.float32), np.zeros(y, np.float32))
            said.append(str(raised.value))
        with pytest.raises(ValueError, match=r"4 in y|4\) in y|axis 1 of y"):
            module["added"](np.zeros((2, 3), np.float32), np.zeros((2, 4), np.float32))
        with pytest.raises(TypeError, match=r"^added\(\): missing a required argument: 'y'$"):
            module["added"](np.zeros(3, np.float32))
    assert said[:3] == said[3:]
    assert said[0] == "y has 1 dimension, and Tensor[f32, *S] has 2"
