"""Compiled functions, of bundles and just in time, called with whatever Python programs hold."""

from __future__ import annotations

import array
import copy
import ctypes
import importlib.util
import inspect
import mmap
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from anywhere import PROGRAM

import pyc
from pyc.tools import compilation
from pyc.tools import jit as jit_module
from pyc.tools.driver import Job, compile_file

#: Rounds that compiled code waits for another thread; a minute, or so, where that cannot run.
MANY = 10**11


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("anywhere")
    (place / "anywhere.py").write_text(PROGRAM)
    compile_file(Job(str(place / "anywhere.py"), output=str(place / "anywhere_cpu")))
    return place


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Any:
    return pyc.load(folder / "anywhere_cpu")


@pytest.fixture(scope="module")
def jitted(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("anywhere", folder / "anywhere.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = os.environ.get("PYC_CACHE_DIR")
    os.environ["PYC_CACHE_DIR"] = str(folder / "cache")
    try:
        spec.loader.exec_module(module)
        sys.modules["anywhere"] = module
        yield module
    finally:
        sys.modules.pop("anywhere", None)
        if before is None:
            del os.environ["PYC_CACHE_DIR"]
        else:
            os.environ["PYC_CACHE_DIR"] = before


@pytest.fixture(params=["bundle", "jitted"])
def program(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def message(function: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    with pytest.raises((TypeError, ValueError, OverflowError)) as caught:
        function(*arguments, **named)
    return f"{caught.type.__name__}: {caught.value}"


# --- positional, keyword, default -------------------------------------------------------------------------------------


def test_arguments_bind_as_those_of_python(program: Any, jitted: Any) -> None:
    plain = jitted.options.__wrapped__
    for positional, named in [
        ((1,), {}),
        ((1, 5), {}),
        ((1,), {"b": 7}),
        ((1,), {"c": 0, "b": 3}),
        ((1, 2), {"d": 1, "e": False}),
        ((), {}),
        ((), {"a": 1}),
        ((1, 2, 3), {}),
        ((1,), {"f": 2}),
        ((1, 2), {"b": 3}),
    ]:
        try:
            expected = plain(*positional, **named)
        except TypeError:
            assert message(program.options, *positional, **named).startswith("TypeError: options(): ")
        else:
            assert program.options(*positional, **named) == expected


def test_defaults(program: Any) -> None:
    x = np.arange(3, dtype=np.float32)
    assert program.scale(x).tolist() == [0, 3, 6]
    assert program.scale(s=2, x=x).tolist() == [0, 2, 4]
    assert program.limits() == (float("-inf"), float("inf"), -128)
    assert program.limits(n=3, low=1)[0] == 1


def test_signatures(bundle: Any, jitted: Any) -> None:
    for name in ("scale", "options", "limits", "chosen_ahead"):
        ours, python = inspect.signature(getattr(bundle, name)), inspect.signature(getattr(jitted, name))
        shown = {np.tanh: "np.tanh"}
        assert [(p.name, p.kind, repr(p.default)) for p in ours.parameters.values()] == [
            (p.name, p.kind, shown.get(p.default) or repr(p.default)) for p in python.parameters.values()
        ]
    assert repr(bundle.scale) == (
        "<compiled function scale(x: Tensor[f32, N], s: f32 = 3.0) -> Tensor[f32, N] for cpu>"
    )
    assert repr(jitted.scale) == "<pyc.jit scale(x: Tensor[f32, N], s: f32 = 3.0) -> Tensor[f32, N]>"
    assert repr(jitted.axpy["f32"]).startswith("<pyc.jit axpy['f32'](a: T, ")
    assert jitted.scale.__doc__ == "Scale it."
    assert jitted.scale.__wrapped__.__name__ == jitted.scale.__name__ == bundle.scale.__name__ == "scale"
    assert "scale(x: Tensor[f32, N], s: f32 = 3.0)" in bundle.scale.__doc__


def test_the_stub_and_the_header_say_defaults(folder: Path) -> None:
    stub = (folder / "anywhere_cpu/__init__.pyi").read_text()
    assert "def options(a: int, /, b: int = 2, *, c: int = 41, d: float = -0.5, e: bool = True) ->" in stub
    assert 'def limits(low: float = float("-inf"), high: float = float("inf"), n: int | np.int8 = -128) ->' in stub
    compile(stub, "__init__.pyi", "exec")
    header = (folder / "anywhere_cpu/anywhere.h").read_text()
    assert "options(a: int, /, b: int = 2, *, c: int = 41" in header
    assert "c        int; 41 by default in Python" in header


def test_parameters_known_at_compile_time_keep_their_places(program: Any, jitted: Any) -> None:
    plain, x = jitted.chosen_ahead.__wrapped__, np.array([0.5, 1, 2], np.float32)
    for positional, named in [
        ((x,), {}),
        ((x, None), {}),
        ((x, None, "sum", 2.0), {}),
        ((x,), {"scale": 2.0, "mode": "sum", "bias": None}),
        ((x, None, "sum", 2.0, (3, 4.0)), {}),
        ((x,), {"pair": (3, 4.0), "times": 3, "act": np.tanh}),
    ]:
        if program is not jitted:
            named = {k: v for k, v in named.items() if k != "act"}  # a manifest has its name alone
        assert program.chosen_ahead(*positional, **named) == pytest.approx(plain(*positional, **named), rel=1e-6)


def test_other_values_than_it_is_compiled_for_are_refused(bundle: Any, folder: Path) -> None:
    x = np.ones(3, np.float32)
    said = "TypeError: chosen_ahead() is compiled for"
    assert message(bundle.chosen_ahead, x, 2.0) == f"{said} bias = None alone, and 2.0 is given"
    assert message(bundle.chosen_ahead, x, x) == f"{said} bias = None alone, and a ndarray is given"
    assert message(bundle.chosen_ahead, x, mode="mean") == f"{said} mode = 'sum' alone, and 'mean' is given"
    assert message(bundle.chosen_ahead, x, times=True) == f"{said} times = 3 alone, and True is given"
    assert message(bundle.chosen_ahead, x, act=np.sin) == f"{said} act = np.tanh alone, and a ufunc is given"
    assert message(bundle.chosen_ahead) == "TypeError: chosen_ahead(): missing a required argument: 'x'"
    stub = (folder / "anywhere_cpu/__init__.pyi").read_text()
    assert (
        "bias: None = None, mode: Literal['sum'] = 'sum', scale: float = 1.0, pair: tuple[int, float] = (1, 0.5), "
        in (stub)
    )
    assert "*, act: Any = ..., times: Literal[3] = 3) -> float: ..." in stub
    header = (folder / "anywhere_cpu/anywhere.h").read_text()
    assert "mode: str = 'sum', scale: float = 1.0, pair: tuple[int, float] = (1, 0.5), *, act: Callable" in header


# --- results ----------------------------------------------------------------------------------------------------------


def test_nested_tuples_are_returned(program: Any, jitted: Any) -> None:
    x = np.array([1.5, 2], np.float32)
    (first, three), array, ((true, half), seven) = program.nested(x)
    assert array.tolist() == [2.5, 3]
    values = (first, three, true, half, seven)
    assert values == (1.5, 3, True, 0.5, 7)
    assert tuple(map(type, values)) == (np.float32, int, bool, float, np.int32)


# --- arrays -----------------------------------------------------------------------------------------------------------


def test_buffers(program: Any, tmp_path: Path) -> None:
    assert program.bytes_sum(bytearray(b"abc")) == sum(b"abc")
    assert program.bytes_sum(b"abc") == sum(b"abc")
    assert program.bytes_sum(memoryview(b"abcdef")[::2]) == sum(b"ace")
    floats = array.array("f", [1, 2, 3])
    assert program.bump(floats, 0.5) is floats
    assert floats.tolist() == [1.5, 2.5, 3.5]
    raw = bytearray(np.ones(4, np.float32).tobytes())
    program.bump(memoryview(raw).cast("f"), 1.0)
    assert np.frombuffer(raw, np.float32).tolist() == [2, 2, 2, 2]
    memory = (ctypes.c_float * 3)(1, 2, 3)
    program.bump(memory, 1.0)
    assert list(memory) == [2, 3, 4]
    path = tmp_path / "bytes"
    path.write_bytes(b"\1\2\3")
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        assert program.bytes_sum(mapped) == 6
    mapping = np.memmap(path, np.uint8, "r")
    assert program.bytes_sum(mapping) == 6
    assert message(program.bump, np.ones(2, np.float32).tobytes(), 1.0).startswith("TypeError: x holds u8")
    locked = memoryview(array.array("f", [1, 1])).toreadonly()
    assert message(program.bump, locked, 1.0) == "ValueError: x is read-only, and the function writes to it"


class Capsules:
    """An array of another library: NumPy's DLPack capsules, with or without what DLPack 1.0 added, on a device."""

    def __init__(self, held: Any, *, versioned: bool = True, device: int = 1) -> None:
        self.held, self.versioned, self.device = held, versioned, device

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.device, 0

    def __dlpack__(self, **options: Any) -> Any:
        if "max_version" in options and not self.versioned:
            raise TypeError("unexpected keyword argument 'max_version'")
        return self.held.__dlpack__(**options)


def tensor_of(values: np.ndarray, code: int) -> Any:
    """A DLPack capsule as a C library makes it, for elements that NumPy's own capsules do not have."""

    class Tensor(ctypes.Structure):
        _fields_ = [
            ("data", ctypes.c_void_p), ("device", ctypes.c_int32 * 2), ("ndim", ctypes.c_int32),
            ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
            ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p), ("offset", ctypes.c_uint64),
            ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p),
        ]  # fmt: skip

    class Owner:
        def __init__(self) -> None:
            self.shape = (ctypes.c_int64 * values.ndim)(*values.shape)
            self.strides = (ctypes.c_int64 * values.ndim)(*(s // values.itemsize for s in values.strides))
            self.tensor = Tensor(
                values.ctypes.data, (1, 0), values.ndim, code, values.itemsize * 8, 1,
                ctypes.addressof(self.shape), ctypes.addressof(self.strides), 0, None, None,
            )  # fmt: skip

        def __dlpack_device__(self) -> tuple[int, int]:
            return 1, 0

        def __dlpack__(self, **_: Any) -> Any:
            new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
            make = new(("PyCapsule_New", ctypes.pythonapi))
            return make(ctypes.addressof(self.tensor), b"dltensor", None)

    return Owner()


@pytest.mark.parametrize("versioned", [True, False])
def test_dlpack(program: Any, versioned: bool) -> None:
    base = np.arange(12, dtype=np.float32)
    for view in (base, base[::3], base[::-1], base[:0], base[5:6]):
        expected = view.copy()
        given = Capsules(view, versioned=versioned)
        assert program.bump(given, 2.0) is given
        np.testing.assert_array_equal(view, expected + 2)
    wide = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert program.total(Capsules(wide, versioned=versioned)) == 15


def test_dlpack_of_bfloat16_and_of_devices(program: Any) -> None:
    values = np.array([1, -2.5, 3], ml_dtypes.bfloat16)
    program.double(tensor_of(values, 4))
    assert values.astype(float).tolist() == [2, -5, 6]
    program.double(tensor_of(values[::-2], 4))
    assert values.astype(float).tolist() == [4, -5, 12]
    found = message(program.double, tensor_of(values, 9))
    assert found == "TypeError: DLPack elements of kind 9 with 16 bits are not known"
    assert message(program.bump, Capsules(np.ones(2, np.float32), device=2), 1.0) == (
        "TypeError: x is a Capsules in the memory of a CUDA device: copy it to the CPU"
    )
    read_only = np.ones(2, np.float32)
    read_only.flags.writeable = False
    assert (
        message(program.bump, Capsules(read_only), 1.0) == "ValueError: x is read-only, and the function writes to it"
    )
    assert message(program.bump, Capsules(read_only, versioned=False), 1.0).startswith(
        "ValueError: x is a Capsules that does not share its memory: "
    )


class Interfaced:
    def __init__(self, held: np.ndarray) -> None:
        self.held = held

    @property
    def __array_interface__(self) -> Any:
        return self.held.__array_interface__


class Copying:
    def __init__(self, held: np.ndarray) -> None:
        self.held = held

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.held.copy()


class Sharing(Copying):
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.held


def test_array_interface_and_array_method(program: Any) -> None:
    for kind in (Interfaced, Sharing):
        held = np.ones(3, np.float32)
        given = kind(held[::-1])
        assert program.bump(given, 1.0) is given
        assert held.tolist() == [2, 2, 2]
    copying = Copying(np.ones((2, 2)))
    assert program.total(copying) == 4
    assert message(program.bump, Copying(np.ones(2, np.float32)), 1.0) == (
        "ValueError: x is a Copying that gives copies of its elements, and the function writes to it"
    )


def test_overlap_is_seen_through_other_libraries(bundle: Any) -> None:
    x = np.ones(4, np.float32)
    bundle.into(Capsules(x[:2]), x[2:])
    assert x.tolist() == [1, 1, 2, 2]
    expected = x.copy()
    expected[1:] += expected[:3]
    bundle.into(Capsules(x[:3]), Interfaced(x[1:]))
    assert x.tolist() == expected.tolist() == [1, 2, 3, 4]


def test_numpy_scalars_and_arrays_without_axes(program: Any) -> None:
    assert program.single(np.float32(1.5)) == 3
    assert program.single(np.array(1.5, np.float32)) == 3
    assert program.single(np.ones((2, 2), np.float32)[0, 1, ...]) == 2
    x = np.ones(2, np.float32)
    for s in (
        2,
        2.0,
        np.float32(2),
        np.array(2, np.float32),
        np.int8(2),
        True,
        np.float16(2),
        np.array([2, 3], np.int16)[0],
    ):
        assert program.scale(x, s).tolist() == [float(s)] * 2
    assert program.options(np.int64(1), np.array(2)) == (161, -0.5)
    assert "would round it: pass np.float32(...)" in message(program.scale, x, np.float64(0.1))
    assert "would round it" in message(program.scale, x, np.int64(3))
    assert message(program.scale, x, np.ones(1, np.float32)) == (
        "TypeError: s is an array of shape (1,), and f32 is one number"
    )
    assert message(program.scale, x, "2") == "TypeError: s is a str, and f32 is wanted"
    assert message(program.scale, x, 1j) == "TypeError: s is a complex, and f32 is wanted"
    assert message(program.scale, x, None) == "TypeError: s is None, and f32 is wanted"
    assert message(program.scale, x, 10**400) == "OverflowError: s is an int that is too large for f32"
    assert message(program.scale, np.float32) == "TypeError: x is the type float32, and Tensor[f32, N] wants an array"
    assert message(program.options, 1.0) == "TypeError: a is a float, and int is wanted"
    assert message(program.options, 1 << 63).startswith("OverflowError: a is 9223372036854775808")


def test_generic_functions_take_them_too(jitted: Any) -> None:
    for kind in (np.float32, np.float64):
        code = {np.float32: "f", np.float64: "d"}[kind]
        given = array.array(code, [1, 2])
        result = jitted.axpy(np.array(2, kind), given, Capsules(np.ones(2, kind)))
        assert result.tolist() == [3, 5]
        assert result.dtype == kind
    with pytest.raises(TypeError, match="a is a str, which compiled functions do not take"):
        jitted.axpy("1", np.ones(2), np.ones(2))


def test_bools_are_true_where_any_bit_is_set(program: Any) -> None:
    raw = np.array([0, 1, 2, 128, 255, 0, 4] * 9, np.uint8)
    for odd in (raw.view(bool), raw.view(bool)[::-3], raw.view(bool)[:0]):
        clean = np.array([bool(b) for b in odd.view(np.uint8)], bool)
        x = np.arange(len(odd), dtype=np.float32)
        assert program.trues(odd) == clean.sum()
        np.testing.assert_array_equal(program.chosen(odd, x), np.where(clean, x, -x))
        assert program.negated(odd).view(np.uint8).tolist() == (~clean).view(np.uint8).tolist()


def test_memory_that_cannot_be_addressed(program: Any) -> None:
    x = np.arange(4, dtype=np.float32)
    assert "foreign byte order" in message(program.scale, x.astype(x.dtype.newbyteorder()))
    skewed = np.frombuffer(b"\0" * 17, np.uint8)[1:].view(np.float32)
    assert "misaligned" in message(program.scale, skewed)


def test_all_bad_arguments_are_named_at_once(program: Any) -> None:
    assert message(program.scale, [1, 2], s="a") == (
        "TypeError: scale(): 2 arguments do not fit\n"
        "  x is a list, and Tensor[f32, N] wants an array: pass np.array(x)\n"
        "  s is a str, and f32 is wanted"
    )
    assert message(program.options, 1 << 70, "b", d=None) == (
        "TypeError: options(): 3 arguments do not fit\n"
        f"  a is {1 << 70}, and int holds {-(1 << 63)} to {(1 << 63) - 1}\n"
        "  b is a str, and int is wanted\n"
        "  d is None, and float is wanted"
    )


def test_dimensions_are_still_compared_after_a_bad_argument(bundle: Any) -> None:
    assert message(bundle.axpy_f32, "a", np.ones(3, np.float32), np.ones(4, np.float32)) == (
        "TypeError: axpy[f32](): 2 arguments do not fit\n  a is a str, and f32 is wanted\n  N is 3 in x and 4 in y"
    )


# --- pickling, threads, processes -------------------------------------------------------------------------------------


def test_pickled_functions_of_a_bundle_find_it_again(bundle: Any, folder: Path) -> None:
    x = np.ones(3, np.float32)
    again = pickle.loads(pickle.dumps(bundle.scale))
    assert again(x).tolist() == [3, 3, 3]
    assert pickle.loads(pickle.dumps(bundle)).scale(x).tolist() == [3, 3, 3]
    assert copy.copy(bundle.scale) is copy.deepcopy(bundle.scale) is bundle.scale
    code = """
        import pickle, sys, numpy as np
        import anywhere_cpu
        f = pickle.loads(pickle.dumps(anywhere_cpu.scale))
        print(f(np.ones(2, np.float32)).tolist(), type(f).__module__)
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[3.0, 3.0] anywhere_cpu._runtime\n"


def _scaled(function: Any, n: int) -> list[float]:
    return function(np.full(n, 2, np.float32)).tolist()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pools_of_processes(program: Any, bundle: Any, method: str) -> None:
    if method == "spawn" and program is not bundle:
        pytest.skip("a module that is loaded from a path cannot be imported by name")
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.starmap(_scaled, [(program.scale, 1), (program.scale, 2)]) == [[6], [6, 6]]


def test_first_calls_from_many_threads_compile_once(
    folder: Path, jitted: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path))
    names: list[str] = []
    compile_now = compilation._compile

    def counted(task: Any, begun: Any) -> Any:
        names.append(task.name)
        return compile_now(task, begun)

    monkeypatch.setattr(compilation, "_compile", counted)
    fresh = {
        name: jit_module.Compiled(getattr(jitted, name).__wrapped__, jit_module.JitOptions())
        for name in ("scale", "axpy")
    }
    barrier, results = threading.Barrier(6), []

    def work(i: int) -> None:
        barrier.wait()
        x = np.ones(2, np.float32)
        results.append(fresh["scale"](x).tolist() if i % 2 else fresh["axpy"](np.float32(2), x, x).tolist())

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == [[3, 3]] * 6
    assert sorted(names) == ["axpy", "scale"]


def test_the_lock_of_the_interpreter_is_free_while_compiled_code_runs(program: Any) -> None:
    """Compiled code sees what Python writes meanwhile, and Python what compiled code does."""
    x = np.zeros(2, np.int64)
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(program.meet(x, 0, 1, MANY)))
    thread.start()
    while not x[0]:
        time.sleep(0)
    x[1] = 1
    thread.join()
    assert told == [True]


def test_two_calls_run_at_the_same_time(program: Any) -> None:
    """Each of two calls waits for what the other does: neither waits for the other's end."""
    x, told = np.zeros(2, np.int64), []
    threads = [threading.Thread(target=lambda i=i: told.append(program.meet(x, i, 1 - i, MANY))) for i in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert told == [True, True]


def test_a_child_of_a_process_in_the_middle_of_compiling(jitted: Any) -> None:
    """A lock that another thread holds when the process forks does not stop the child."""
    fresh = jit_module.Compiled(jitted.scale.__wrapped__, jit_module.JitOptions())
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with fresh._lock:
            held.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        child = os.fork()
        if not child:
            try:
                ok = fresh(np.ones(2, np.float32)).tolist() == [3, 3]
            finally:
                os._exit(0 if ok else 1)  # type: ignore[possibly-undefined]
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        done.set()
        thread.join()
