"""Calls that compiled code takes apart itself: what it takes, what it leaves to Python, and who owns what."""

from __future__ import annotations

import gc
import importlib.util
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import pyc
from pyc.targets.cpu import _native
from pyc.tools.driver import Job, compile_file

PROGRAM = """\
import numpy as np
import pyc
from pyc import Dim, Tensor, TypeVar, bf16, f16, f32, f64, c128, i8, i32, i64, u8, u16, u64

N = Dim("N")
M = Dim("M")
T = TypeVar("T", f32, f64)


@pyc.jit
def dot(x: Tensor[f64, N], y: Tensor[f64, N]) -> float:
    s = 0.0
    for i in range(len(x)):
        s += x[i] * y[i]
    return s


@pyc.jit
def add(x: Tensor[f64, M, N], y: Tensor[f64, M, N]) -> Tensor[f64, M, N]:
    return x + y


@pyc.jit
def accumulate(x: Tensor[f64, N], y: Tensor[f64, N]) -> Tensor[f64, N]:
    y += 2.0 * x
    return y


@pyc.jit
def shift(x: Tensor[i32, N], y: Tensor[f32, M, N]) -> None:
    for i in range(len(x)):
        y[0, i] = f32(x[i] + 1)


@pyc.jit
def numbers(a: int, b: float, c: f32, d: i8, e: u64, f: bool, g: u16) -> tuple[int, float, f32, i8, u64, bool, u16]:
    return a + 1, b + 1, c, d, e, f, g


@pyc.jit
def at(x: Tensor[f64, N], i: int) -> float:
    return x[i]


@pyc.jit
def several(x: Tensor[f64, N], k: int) -> tuple[Tensor[f64, 2 * N], Tensor[i64], float, Tensor[f64, N], complex]:
    z = np.zeros(2 * len(x))
    z[0] = x[k]
    return z, np.array(k), x[k], x, complex(x[0], 2.0)


@pyc.jit
def offset(x: Tensor[f64, N + 1], y: Tensor[f64, N]) -> float:
    return x[len(y)] + y.sum()


@pyc.jit
def sized(N: int, x: Tensor[f64, N]) -> float:
    return x.sum() + N


@pyc.jit
def nothing() -> None:
    pass


@pyc.jit
def flags(c: Tensor[bool, N]) -> bool:
    return bool(np.any(c))


@pyc.jit
def halves(x: Tensor[f16, N], y: Tensor[bf16, N], z: Tensor[c128, N]) -> tuple[f16, bf16]:
    return x[0], y[0]


@pyc.jit
def axpy(a: T, x: Tensor[T, N], y: Tensor[T, N]) -> Tensor[T, N]:
    return a * x + y


@pyc.jit
def free(a, b):
    return a * b


@pyc.jit
def refuse(x: Tensor[f64, N], limit: float) -> Tensor[f64, N]:
    y = x + 1
    if y[0] > limit:
        raise ValueError("too large:", y[0])
    return y


@pyc.jit
def speak(x: Tensor[f64, N]) -> None:
    print("first", x[0])


@pyc.jit
def only_by_name(a: int, *, b: int = 3) -> int:
    return a * b


@pyc.jit
def with_defaults(x: Tensor[f64, N], /, k: int = 1, s: float = 2.0) -> float:
    return x[k] * s


axpy_f64 = axpy[f64]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("native")
    (place / "natively.py").write_text(PROGRAM)
    compile_file(Job(str(place / "natively.py"), output=str(place / "natively_cpu")))
    return place


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Any:
    return pyc.load(folder / "natively_cpu")


@pytest.fixture(scope="module")
def jitted(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("natively", folder / "natively.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYC_CACHE_DIR", str(folder / "cache"))
        spec.loader.exec_module(module)
        sys.modules["natively"] = module
        yield module
    del sys.modules["natively"]


@pytest.fixture(params=["bundle", "jitted"])
def program(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


class Slow(Exception):
    """Python was asked."""


def directly(function: Any, *arguments: Any) -> Any:
    """What a call gives that Python has no part in."""
    function(*arguments)  # the first one compiles, just in time
    kind = type(function)
    kept, kind.__call__ = kind.__call__, refused
    _native.called_natively(kind)  # assigning `__call__` takes the flag away
    try:
        return function(*arguments)
    finally:
        kind.__call__ = kept
        _native.called_natively(kind)


def refused(self: Any, *arguments: Any, **named: Any) -> Any:
    raise Slow


X, Y = np.arange(1.0, 6.0), np.linspace(-2, 3, 5)
GRID = np.arange(24.0).reshape(4, 6)
OF_NUMPY = np.uint16(9)
DIRECT: list[tuple[str, Callable[[], tuple[Any, ...]]]] = [
    ("dot", lambda: (X, Y)),
    ("dot", lambda: (X[::-2], Y[:3])),
    ("dot", lambda: (X[:0], Y[:0])),
    ("dot", lambda: (np.broadcast_to(2.0, 5), X)),
    ("dot", lambda: (GRID[:, 1], GRID[1, :4])),
    ("add", lambda: (GRID, GRID)),
    ("add", lambda: (GRID.T, GRID.T[::-1, ::-1])),
    ("add", lambda: (GRID[:0], GRID[:0])),
    ("add", lambda: (GRID[:, :0], GRID[:, :0])),
    ("accumulate", lambda: (X, Y.copy())),
    ("accumulate", lambda: (GRID[0, ::-1], np.ones((6, 2))[::-1, 1])),
    ("shift", lambda: (np.arange(4, dtype=np.int32), np.zeros((2, 4), np.float32))),
    ("shift", lambda: (np.arange(4, dtype=np.int32)[::-1], np.zeros((4, 2), np.float32).T)),
    ("numbers", lambda: (1, 2.0, 0.1, -128, 2**63 - 1, True, 65535)),
    ("numbers", lambda: (-(2**62), 3, 2**60 + 1, 127, 0, False, 0)),
    ("numbers", lambda: (np.int64(5), np.float64(0.5), np.float32(1.5), np.int8(3), np.uint64(2**63), True, OF_NUMPY)),
    ("at", lambda: (X, -1)),
    ("several", lambda: (X, 2)),
    ("offset", lambda: (X, Y[:4])),
    ("sized", lambda: (5, X)),
    ("nothing", lambda: ()),
    ("flags", lambda: (np.array([False, True]),)),
    ("halves", lambda: (np.ones(2, np.float16), np.ones(2, ml_dtypes.bfloat16), np.ones(2, complex))),
    ("refuse", lambda: (X, 100.0)),
]  # fmt: skip


@pytest.mark.skipif(_native.Native is object, reason="objects of this interpreter are not as expected")
@pytest.mark.parametrize(("name", "made"), DIRECT, ids=[f"{n}-{i}" for i, (n, _) in enumerate(DIRECT)])
def test_plain_arguments_need_no_python(program: Any, jitted: Any, name: str, made: Any) -> None:
    found, wanted = made(), made()
    result = directly(getattr(program, name), *found)
    function = getattr(program, name)
    slow = function.__class__.__call__
    twice = made()
    slow(function, *twice)
    expected = slow(function, *twice)
    agree(result, expected)
    for a, b in zip(found, twice, strict=True):
        np.testing.assert_array_equal(a, b)
    del wanted


def agree(a: Any, b: Any) -> None:
    assert type(a) is type(b)
    if isinstance(a, tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            agree(x, y)
        return
    if isinstance(a, np.ndarray):
        assert (a.dtype, a.shape, a.flags.c_contiguous) == (b.dtype, b.shape, b.flags.c_contiguous)
        assert a.flags.writeable
    np.testing.assert_array_equal(a, b)


def misaligned() -> np.ndarray:
    return np.frombuffer(b"\0" + np.arange(3.0).tobytes() + b"\0" * 7, np.uint8)[1:25].view(np.float64)


REFUSED: list[tuple[str, Callable[[], tuple[Any, ...]], type[Exception], str]] = [
    ("dot", lambda: (X, X[:2]), ValueError, "N is 5 in x and 2 in y"),
    ("dot", lambda: (X,), TypeError, "missing a required argument: 'y'"),
    ("dot", lambda: (X, Y, Y), TypeError, "too many positional arguments"),
    ("dot", lambda: (X, X.astype(np.float32)), TypeError, "y holds f32"),
    ("dot", lambda: (X, X.astype(">f8")), TypeError, "foreign byte order"),
    ("dot", lambda: (X, GRID), TypeError, "y has 2 dimensions"),
    ("dot", lambda: (X, [1.0]), TypeError, "y is a list"),
    ("dot", lambda: (X[:3], misaligned()), ValueError, "misaligned"),
    ("at", lambda: (X, 5), IndexError, "out of bounds"),
    ("at", lambda: (X, 2.0), TypeError, "i is a float"),
    ("at", lambda: (X, 2**63), OverflowError, "i is 9223372036854775808"),
    ("numbers", lambda: (1, 2.0, 0.1, 128, 0, True, 0), OverflowError, "d is 128"),
    ("numbers", lambda: (1, 2.0, 0.1, 0, -1, True, 0), OverflowError, "e is -1"),
    ("numbers", lambda: (1, 2.0, 0.1, 0, 0, 1, 0), TypeError, "f is an int"),
    ("numbers", lambda: (1, 2.0, np.float64(1), 0, 0, True, 0), TypeError, "c is f64"),
    ("numbers", lambda: (1, 10**400, 0.1, 0, 0, True, 0), OverflowError, "too large"),
    ("numbers", lambda: (2**63 - 1, 2.0, 0.1, 0, 0, True, 0), OverflowError, "int"),
    ("accumulate", lambda: (X, np.broadcast_to(1.0, 5)), ValueError, "read-only"),
    ("sized", lambda: (4, X), ValueError, "N is 4"),
    ("offset", lambda: (X, X), ValueError, "N"),
    ("refuse", lambda: (X, 1.0), ValueError, "'too large:', .*2.0"),
    ("several", lambda: (X, 9), IndexError, "out of bounds"),
]


@pytest.mark.parametrize(
    ("name", "made", "kind", "words"), REFUSED, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(REFUSED)]
)
def test_what_is_wrong_is_said_as_ever(program: Any, name: str, made: Any, kind: type[Exception], words: str) -> None:
    function = getattr(program, name)
    slow = type(function).__call__
    with pytest.raises(kind, match=words) as direct:
        function(*made())
    with pytest.raises(kind) as python:
        slow(function, *made())
    assert str(direct.value) == str(python.value)
    last, other = (traceback.extract_tb(e.value.__traceback__)[-1] for e in (direct, python))
    assert (last.filename, last.lineno) == (other.filename, other.lineno)


def test_other_ways_to_call(program: Any) -> None:
    assert program.dot(y=X, x=Y) == program.dot(X, Y) == program.dot(*[X, Y]) == program.dot(x=X, y=Y)
    assert program.dot(memoryview(bytearray(X.tobytes())).cast("d"), Y) == program.dot(X, Y)
    assert list(map(program.dot, [X, Y], [X, X])) == [program.dot(X, X), program.dot(Y, X)]
    assert program.nothing() is None
    with pytest.raises(TypeError, match=r"unexpected|got some"):
        program.dot(X, Y, z=1)

    class Array(np.ndarray):
        """NumPy's, and yet not."""

    assert program.dot(X.view(Array), Y) == program.dot(X, Y)


def test_defaults_and_parameters_that_are_passed_by_name(program: Any) -> None:
    assert program.only_by_name(2) == 6
    assert program.only_by_name(2, b=5) == 10
    assert program.only_by_name(b=5, a=2) == 10
    for _ in range(2):
        assert program.with_defaults(X) == program.with_defaults(X, 1) == program.with_defaults(X, s=2.0) == 4.0
        assert program.with_defaults(X, s=1.0, k=0) == 1.0
        for bad, named in (((X, 1), {"k": 1}), ((), {"x": X}), ((X,), {"z": 1}), ((X, 1, 2.0, 3), {}), ((), {})):
            with pytest.raises(TypeError, match=r"with_defaults\(\): "):
                program.with_defaults(*bad, **named)
        with pytest.raises(TypeError, match="too many positional"):
            program.only_by_name(2, 5)
        with pytest.raises(TypeError, match="missing a required"):
            program.only_by_name(b=5)


def test_memory_that_arguments_share(program: Any) -> None:
    for pair in (lambda a: (a[:-1], a[1:]), lambda a: (a, a), lambda a: (a[::2], a[1::2]), lambda a: (a[3:], a[:-3])):
        ours, numpys = np.arange(9.0), np.arange(9.0)
        x, y = pair(ours)
        u, v = pair(numpys)
        if len(x) != len(y):
            x, y, u, v = x[: len(y)], y[: len(x)], u[: len(v)], v[: len(u)]
        assert program.accumulate(x, y) is y
        v += 2.0 * u
        np.testing.assert_array_equal(ours, numpys)
    twice = np.lib.stride_tricks.as_strided(np.zeros(3), (5,), (0,), writeable=True)
    with pytest.raises(ValueError, match="several of its elements share memory"):
        program.accumulate(X, twice)


def test_numbers_of_each_kind_have_their_own_code(jitted: Any) -> None:
    for _ in range(2):
        for a, b in ((2, 3), (2.5, 3), (np.int32(2), np.int32(3)), (np.int64(2), np.int64(3)), (True, 2), (X, 2.0)):
            agree(jitted.free(a, b), a * b)
        with pytest.raises(OverflowError):
            jitted.free(2**62, 4)
        with np.errstate(over="ignore"):
            agree(jitted.free(np.int64(2**62), np.int64(4)), np.int64(0))
        x32 = X.astype(np.float32)
        agree(jitted.axpy(2.0, X, Y), 2.0 * X + Y)
        agree(jitted.axpy(np.float32(2), x32, x32), np.float32(3) * x32)


def test_arrays_of_the_language_have_their_own_code(jitted: Any) -> None:
    """An array that computes in f32 and one of f16 hold the same, and are compiled apart."""
    values = np.array([0.1, 0.7, 30.0], np.float16)
    mixed = pyc.array(values, pyc.Mixed[pyc.f16, pyc.f32])
    again = type(jitted.free)(jitted.free.__wrapped__, jitted.free._options)
    for _ in range(2):
        again(mixed, mixed)
        np.testing.assert_array_equal(again(values, values), values * values)
    assert len(again._entries) == 2


def test_nothing_is_leaked(program: Any) -> None:
    """A million calls that give objects, that fail, and that are left to Python."""
    resource = pytest.importorskip("resource")
    x, y = X.copy(), Y.copy()

    def work(count: int) -> None:
        for _ in range(count):
            program.add(GRID, GRID)
            program.several(x, 2)
            program.accumulate(x, y)
            program.numbers(1000, 2.5, 0.1, 1, 2**40, True, 3)
        for _ in range(count // 50):
            for bad in ((x, 9), (x, 2**70), (x, "a")):
                with pytest.raises((IndexError, OverflowError, TypeError)):
                    program.at(*bad)

    work(2000)
    gc.collect()
    counts = [sys.getrefcount(o) for o in (x, y, GRID, x.dtype, None, True, 1000)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work(125_000)
    gc.collect()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 3000
    now = [sys.getrefcount(o) for o in (x, y, GRID, x.dtype, None, True, 1000)]
    assert all(abs(a - b) < 300 for a, b in zip(counts, now, strict=True)), (counts, now)


def test_threads_call_one_function(program: Any) -> None:
    program.add(GRID, GRID)
    results: list[bool] = []

    def work(k: int) -> None:
        a = np.full((40, 50), float(k))
        right = [(program.add(a, a) == 2 * k).all() and program.dot(X, Y) == program.dot(Y, X) for _ in range(2000)]
        results.append(all(right))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == [True] * 4


def test_what_is_printed_in_a_call_without_the_lock_released(program: Any, capsys: Any) -> None:
    program.speak(X)
    program.speak(X)
    assert capsys.readouterr().out == "first 1.0\n" * 2


def test_bundles_call_directly_without_pyc(folder: Path) -> None:
    code = """
import sys
sys.modules["pyc"] = None
import numpy as np, natively_cpu
from natively_cpu import _native
x = np.arange(3.0)
assert natively_cpu.dot(x, x) == 5.0
assert _native.Native is object or natively_cpu.dot._native_entry
type(natively_cpu.dot).__call__ = None
print(natively_cpu.dot.direct is not None)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_functions_that_are_dropped_are_freed(folder: Path) -> None:
    import weakref

    again = pyc.load(folder / "natively_cpu")
    again.dot(X, Y)
    there = weakref.ref(again.dot)
    del again
    gc.collect()
    assert there() is None


def test_who_follows_calls_sees_them(folder: Path) -> None:
    seen: list[str] = []
    sys.setprofile(lambda frame, event, value: seen.append(frame.f_code.co_qualname) if event == "call" else None)
    try:
        again = pyc.load(folder / "natively_cpu")
        again.dot(X, Y)
    finally:
        sys.setprofile(None)
    assert "Function.run" in seen
