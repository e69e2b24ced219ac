"""From the pyc dialect to a bundle on disk, imported where pyc is not: the way of a CPU artifact after the frontend."""

from __future__ import annotations

import copy
import math
import os
import pickle
import platform
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyc
from pyc.dialects import build as b
from pyc.dialects import signature, types
from pyc.dialects.dialect import context
from pyc.dialects.mlir import func, ir, scf
from pyc.dialects.signature import Signature, Value
from pyc.precision import DTYPES
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu import run

ON = "cpu"


def tensor(name: str, dtype: str, *dims: str, **more: Any) -> Value:
    return Value(name, f"Tensor[{', '.join([dtype, *dims])}]", dtype, dims, dtype, ON, **more)


def scalar(name: str, kind: str) -> Value:
    dtype = {"int": "i64", "float": "f64"}.get(kind, kind)
    return Value(name, kind, dtype, None, dtype, ON)


def add_function(s: Signature, body: Callable[..., Sequence[Any]]) -> None:
    """A function whose body is built from its parameters."""

    def kind(v: Value) -> Any:
        if v.dims is None:
            return types.element_type(v.dtype)
        return types.tensor_type(v.dtype, [int(d) if d.isdecimal() else None for d in v.dims], v.precision, v.target)

    inputs = [kind(v) for v in s.parameters]
    function = func.FuncOp(s.symbol, (inputs, []))
    block = function.add_entry_block()
    with ir.InsertionPoint(block):
        results = list(body(*block.arguments))
        func.ReturnOp(results)
    function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(inputs, [r.type for r in results]))
    signature.attach(function, s)
    assert signature.mismatches(function) == []


def at(line: int) -> Any:
    return ir.Location.file("program.py", line, 5)


def axpy(a: Any, x: Any, y: Any) -> list[Any]:
    same = b.compare("eq", b.dim(x, 0), b.dim(y, 0))
    b.check(same, "ValueError", "x and y differ in length")
    return [b.binary("add", b.binary("mul", a, x), y)]


def bump(u: Any, n: Any) -> list[Any]:
    """``for i in range(n): u[i] += 1.0``, each access checked."""
    zero, one = b.constant(0, "i64"), b.constant(1, "i64")
    loop = scf.ForOp(zero, n, one, [u])
    with ir.InsertionPoint(loop.body):
        i, value = loop.induction_variable, loop.inner_iter_args[0]
        with at(12):
            b.check(b.compare("lt", i, b.dim(value, 0)), "IndexError", "index out of bounds")
        element = b.binary("add", b.extract(value, [i]), b.constant(1.0, "f64"))
        scf.YieldOp([b.insert(element, value, [i])])
    return [n, loop.results[0]]


def add(x: Any, y: Any) -> list[Any]:
    with at(20):
        return [b.exact("int_add", x, y)]


def column_means(x: Any) -> list[Any]:
    total = b.reduce(x, "sum", [0])
    count = b.cast(b.dim(x, 0), "f64")
    return [b.binary("div", total, count)]


def net(x: Any, up: Any, down: Any) -> list[Any]:
    hidden = b.matmul(x, up)
    return [b.matmul(b.binary("maximum", hidden, b.constant(0.0, "f32")), down)]


def narrow(x: Any, y: Any) -> list[Any]:
    return [b.cast(x, "bf16", "bf16"), b.cast(y, "f16")]


def program(*only: str) -> Any:
    """A module with all functions, or with those of these names."""
    module = ir.Module.create()
    module.operation.attributes["pyc.source"] = ir.StringAttr.get("program.py")

    def declare(name: str, parameters: Sequence[Value], results: Sequence[Value], body: Any, **more: Any) -> None:
        if only and name not in only:
            return
        returns = more.pop("returns", tuple(range(len(results))))
        symbol = more.pop("symbol", name)
        add_function(Signature(symbol, name, ON, tuple(parameters), tuple(results), returns, **more), body)

    with ir.InsertionPoint(module.body), at(1):
        declare(
            "axpy[f32]",
            [scalar("a", "f32"), tensor("x", "f32", "N"), tensor("y", "f32", "N")],
            [tensor("", "f32", "N")],
            axpy,
            symbol="axpy_f32",
        )
        declare(
            "bump",
            [tensor("u", "f64", "N", written=True), scalar("n", "int")],
            [scalar("", "int")],
            bump,
            returns=(0, -1),
            returns_tuple=True,
            writes=(0,),
        )
        declare("add", [scalar("x", "int"), scalar("y", "int")], [scalar("", "int")], add)
        declare("exp", [tensor("x", "f64", "M", "N")], [tensor("", "f64", "N")], column_means)
        declare(
            "narrow",
            [tensor("x", "f32", "N"), scalar("y", "f64")],
            [tensor("", "bf16", "N"), scalar("", "f16")],
            narrow,
            returns_tuple=True,
        )
        weights = [tensor("up", "f32", "4", "8", weight="up.w"), tensor("down", "f32", "8", "3", weight="down.w")]
        declare(
            "Serving",
            [tensor("x", "f32", "B", "4"), *weights],
            [tensor("", "f32", "B", "3")],
            net,
            module="Net[4, 8, 3]",
        )
    return module


def weights() -> dict[str, Any]:
    random = np.random.default_rng(5)
    return {
        "up.w": random.normal(size=(4, 8)).astype(np.float32),
        "down.w": random.normal(size=(8, 3)).astype(np.float32),
    }


def compiled(level: int = 3, **more: Any) -> Any:
    with context(), at(1):
        module = program()
        module.operation.verify()
        cpu = backend("cpu")
        options = Options("program", level=level, weights=weights(), source_path="program.py", **more)
        cpu.pipeline(Target("cpu", "native"), options).run(module)
        return cpu.emit(module, Target("cpu", "native"), options)


@pytest.fixture(scope="module", params=[0, 3])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(request.param).write(tmp_path_factory.mktemp("bundle") / "program_cpu")


@pytest.fixture
def loaded(folder: Path) -> Any:
    return pyc.load(folder)


def strided(n: int) -> list[Any]:
    """Vectors of ``n`` elements: contiguous, reversed, every second, a column, one element again and again."""
    base = np.random.default_rng(n).normal(size=(2 * n + 1, 3)).astype(np.float32)
    flat = base.ravel()
    return [flat[:n].copy(), flat[:n][::-1], flat[: 2 * n : 2], base[:n, 1], np.broadcast_to(flat[:1], n)]


@pytest.mark.parametrize("n", [0, 1, 7, 64])
def test_elementwise_on_any_strides(loaded: Any, n: int) -> None:
    for x in strided(n):
        for y in strided(n):
            np.testing.assert_allclose(loaded.axpy_f32(2.5, x, y), np.float32(2.5) * x + y, rtol=1e-6)


def test_lengths_that_differ(loaded: Any) -> None:
    with pytest.raises(ValueError, match=r"^N is 3 in x and 4 in y$"):
        loaded.axpy_f32(1.0, np.zeros(3, np.float32), np.zeros(4, np.float32))


@pytest.mark.parametrize("step", [1, 2, -1, -3])
def test_writes_in_place(loaded: Any, step: int) -> None:
    base = np.zeros(30)
    view = base[::step]
    count, same = loaded.bump(view, 4)
    assert (count, same is view) == (4, True)
    expected = np.zeros(30)
    expected[::step][:4] += 1
    np.testing.assert_array_equal(base, expected)


def test_errors_keep_the_writes_before_them(loaded: Any) -> None:
    u = np.zeros(3)
    with pytest.raises(IndexError, match="index out of bounds"):
        loaded.bump(u, 5)
    np.testing.assert_array_equal(u, 1.0)


def test_exact_integers(loaded: Any) -> None:
    assert loaded.add(2**62, 2**62 - 1) == 2**63 - 1
    with pytest.raises(OverflowError):
        loaded.add(2**62, 2**62)
    with pytest.raises(OverflowError, match="x is 9223372036854775808"):
        loaded.add(2**63, 0)


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (4, 0), (1000, 17)])
def test_a_reduction_under_the_name_of_a_libm_function(loaded: Any, shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    np.testing.assert_allclose(loaded.exp(x), x.mean(0), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(loaded.exp(np.asfortranarray(x)[::-1]), x.mean(0), rtol=1e-12, atol=1e-14)


def test_narrow_floats(loaded: Any) -> None:
    import ml_dtypes

    x = np.random.default_rng(0).normal(size=33).astype(np.float32)
    array, number = loaded.narrow(x, 1 / 3)
    np.testing.assert_array_equal(array, x.astype(ml_dtypes.bfloat16))
    assert array.dtype == ml_dtypes.bfloat16
    assert type(number) is np.float16
    assert number == np.float16(1 / 3)


def test_modules_come_with_their_weights(loaded: Any, tmp_path: Path) -> None:
    w, x = weights(), np.random.default_rng(1).normal(size=(6, 4)).astype(np.float32)

    def expected(w: dict[str, Any]) -> Any:
        return np.maximum(x @ w["up.w"], 0) @ w["down.w"]

    np.testing.assert_allclose(loaded.Serving(x), expected(w), rtol=1e-5)
    doubled: dict[str, Any] = {name: 2 * array for name, array in w.items()}
    np.savez(tmp_path / "doubled.npz", **doubled)
    np.testing.assert_allclose(loaded.Serving.load(tmp_path / "doubled.npz")(x), expected(doubled), rtol=1e-5)
    with pytest.raises(ValueError, match=r"axis 1 of x is 5, and Tensor\[f32, B, 4\] wants 4"):
        loaded.Serving(np.zeros((2, 5), np.float32))


def test_in_an_interpreter_without_pyc(folder: Path) -> None:
    code = """
        import sys
        sys.modules["pyc"] = None
        import threading, traceback
        import numpy as np
        import program_cpu as p

        u = np.zeros(50)
        p.bump(u[::-1], 3)
        assert u.sum() == 3 and u[-3:].sum() == 3
        try:
            p.bump(np.zeros(2), 3)
        except IndexError as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            assert (last.filename, last.lineno, last.name) == ("program.py", 12, "bump"), last
        try:
            p.axpy_f32(1, np.zeros(3), np.zeros(3, np.float32))
        except TypeError as error:
            assert str(error) == "x holds f64, and Tensor[f32, N] wants f32"
        x = np.ones((7, 4), np.float32)
        first = p.Serving(x)
        wrong = []

        def work():
            wrong.extend(1 for _ in range(300) if not np.array_equal(p.Serving(x), first))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for t in threads: t.start()
        for t in threads: t.join()
        print(len(wrong), p.__all__)
        """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=folder.parent,
        env=environment,
        text=True,
        capture_output=True,
    )
    assert done.stderr == ""
    assert done.stdout == "0 ['axpy_f32', 'bump', 'add', 'exp', 'narrow', 'Serving']\n"


def test_the_stub_and_the_header_say_what_the_functions_are(folder: Path) -> None:
    stub = (folder / "__init__.pyi").read_text()
    vector = "NDArray[np.float32]"
    assert f"def axpy_f32(a: float | np.float32, x: {vector}, y: {vector}) -> {vector}: ..." in stub
    assert "def bump(u: NDArray[np.float64], n: int) -> tuple[int, NDArray[np.float64]]: ..." in stub
    assert "class _Serving:\n    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]: ..." in stub
    compile(stub, "stub", "exec")
    header = (folder / "program.h").read_text()
    assert "int32_t program_bump(const pyc_f64_1d *u, int64_t n, const pyc_i64_0d *result);" in header
    assert "axpy[f32](a: f32, x: Tensor[f32, N], y: Tensor[f32, N])" in header
    assert "IndexError: index out of bounds (program.py, line 12, in bump)" in header


def test_the_header_compiles(folder: Path) -> None:
    arrays = {"bf16": "uint16_t", "f16": "uint16_t"}
    header = (folder / "program.h").read_text()
    for dtype, element in arrays.items():
        assert f"{element} *aligned" in header, dtype
    for compiler in ("cc", "c++"):
        command = [compiler, "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-x", "c" if compiler == "cc" else "c++"]
        done = subprocess.run([*command, "-"], input='#include "program.h"', cwd=folder, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr


def test_two_compilations_give_the_same_bytes() -> None:
    assert compiled().files == compiled().files


@pytest.mark.parametrize("level", [0, 3])
@pytest.mark.parametrize("chip", ["native", "x86-64", "x86-64-v2"])
def test_scalars_and_elements_of_every_type(chip: str, level: int) -> None:
    if chip != "native" and platform.machine() != "x86_64":
        pytest.skip("for x86-64")
    dtypes = [d for d in DTYPES.values() if d.kind != "complex"]
    with context(), at(1):
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            for d in dtypes:
                parameters = (scalar("a", d.name), tensor("x", d.name, "N"))
                results = (tensor("", "f64", "N"), scalar("", d.name))
                s = Signature(f"of_{d}", f"of_{d}", ON, parameters, results, (0, 1), True)
                add_function(s, lambda a, x: [b.cast(x, "f64", "f64"), a])
        cpu, target, options = backend("cpu"), Target("cpu", chip), Options("types", emit="obj", level=level)
        cpu.pipeline(target, options).run(module)
        functions = run.load(cpu.emit(module, target, options))
    for d in dtypes:
        x = np.array([0, 1, 2.5, -3 if d.kind != "uint" else 3]).astype(d.dtype)
        for view in (x, x[::-1], x[::2]):
            array, number = getattr(functions, f"of_{d}")(True if d.name == "bool" else 3, view)
            np.testing.assert_array_equal(array, view.astype(np.float64))
            assert number == (d.name == "bool" or 3)
            assert type(number) is (bool if d.name == "bool" else d.dtype.type)


@pytest.mark.parametrize("level", [0, 3])
@pytest.mark.parametrize("name", ["exp", "tanh", "erf", "free", "aligned_alloc", "main", "memset"])
def test_names_of_the_c_library_are_the_users(name: str, level: int) -> None:
    with context(), at(1):
        module = ir.Module.create()
        square = tensor("x", "f64", "N", "N")

        def body(x: Any) -> list[Any]:
            x = b.matmul(b.matmul(x, x), x)  # with temporaries
            return [b.unary("erf", b.unary("tanh", b.unary("exp", x)))]

        with ir.InsertionPoint(module.body):
            add_function(Signature(name, name, ON, (square,), (tensor("", "f64", "N", "N"),), (0,)), body)
        cpu, target, options = backend("cpu"), Target("cpu", "native"), Options("names", emit="obj", level=level)
        cpu.pipeline(target, options).run(module)
        functions = run.load(cpu.emit(module, target, options))
    x = np.random.default_rng(0).normal(size=(3, 3))
    expected = [math.erf(math.tanh(math.exp(v))) for v in (x @ x @ x).ravel()]
    np.testing.assert_allclose(getattr(functions, name)(x).ravel(), expected, rtol=1e-12)


@pytest.mark.parametrize("debug", [False, True])
def test_names_that_c_does_not_take(tmp_path: Path, debug: bool) -> None:
    with context(), at(1):
        module = ir.Module.create()
        parameters = (tensor("register", "f32", "N"), scalar("self", "f32"), scalar("größe", "f32"))
        with ir.InsertionPoint(module.body):
            for name, kind in (("größe", "add"), ("gr__e", "mul")):
                s = Signature(name, name, ON, parameters, (tensor("", "f32", "N"),), (0,))
                add_function(s, lambda x, a, c, kind=kind: [b.binary(kind, b.binary(kind, x, a), c)])
        cpu, target, options = backend("cpu"), Target("cpu", "native"), Options("maß", debug=debug)
        cpu.pipeline(target, options).run(module)
        folder = cpu.emit(module, target, options).write(tmp_path / "names")
    functions, x = pyc.load(folder), np.arange(3, dtype=np.float32)
    np.testing.assert_array_equal(functions.größe(x, self=2.0, größe=1.0), x + 3)
    np.testing.assert_array_equal(functions.gr__e(register=x, self=2.0, größe=5.0), x * 10)
    compile((folder / "__init__.pyi").read_text(), "stub", "exec")
    done = subprocess.run(
        ["cc", "-fsyntax-only", "-std=c99", "-pedantic", "-Wall", "-Werror", "-x", "c", "-"],
        input='#include "maß.h"',
        cwd=folder,
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    header = (folder / "maß.h").read_text()
    assert "int32_t ma__gr__e(const pyc_f32_1d *register_, float self, float gr__e, const pyc_f32_1d *result)" in header
    assert "int32_t ma__gr__e_(" in header


def test_a_function_called_as_the_headers_own(tmp_path: Path) -> None:
    with context(), at(1):
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            zero = (tensor("x", "f32"),)
            add_function(Signature("error", "error", ON, zero, (tensor("", "f32"),), (0,)), lambda x: [x])
        cpu, target, options = backend("cpu"), Target("cpu", "native"), Options("names")
        cpu.pipeline(target, options).run(module)
        folder = cpu.emit(module, target, options).write(tmp_path / "names")
    assert pyc.load(folder).error(np.array(3.5, np.float32)) == 3.5
    command = ["cc", "-fsyntax-only", "-Wall", "-Werror", "-x", "c", "-"]
    done = subprocess.run(command, input='#include "names.h"', cwd=folder, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_no_parameters_and_no_dimensions() -> None:
    with context(), at(1):
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            add_function(Signature("nothing", "nothing", ON, (), (), ()), list)
            zero = (tensor("x", "f32"),)
            add_function(Signature("same", "same", ON, zero, (tensor("", "f32"),), (0,)), lambda x: [x])
        cpu, target, options = backend("cpu"), Target("cpu", "native"), Options("edges", emit="obj")
        cpu.pipeline(target, options).run(module)
        functions = run.load(cpu.emit(module, target, options))
    assert functions.nothing() is None
    assert functions.same(np.array(3.5, np.float32)) == 3.5
    assert functions.same(np.array(3.5, np.float32)).shape == ()


def test_debug_information_names_the_users_file() -> None:
    code = compiled(emit="obj", debug=True).files["program.o"]
    assert b"program.py" in code
    assert b".debug_line" in code
    assert b".debug_line" not in compiled(emit="obj").files["program.o"]
    assert ".loc\t" in compiled(emit="asm", debug=True).files["program.s"].decode()


def test_overlap_of_what_is_written(loaded: Any) -> None:
    u = np.zeros(5)
    window = np.lib.stride_tricks.sliding_window_view(u, 3, writeable=True)
    with pytest.raises(ValueError, match="several of its elements share memory"):
        loaded.bump(np.lib.stride_tricks.as_strided(u, (5,), (0,)), 1)
    with pytest.raises(TypeError, match="u has 2 dimensions"):
        loaded.bump(window, 1)


def test_a_bundle_on_disk_is_pickled_by_its_place(loaded: Any) -> None:
    again = pickle.loads(pickle.dumps(loaded))
    assert again.add(2, 3) == pickle.loads(pickle.dumps(loaded.add))(2, 3) == 5


def test_code_of_this_process_is_not_pickled() -> None:
    found = run.load(compiled(0, emit="obj"))
    for value in (found.add, found.Serving, found):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(value)
    assert copy.deepcopy(found.add) is found.add


def test_weights_given_to_a_module_travel_with_it(loaded: Any) -> None:
    x, w = np.ones((2, 4), np.float32), weights()
    loaded.Serving.bind({name: 2 * array for name, array in w.items()})
    try:
        expected = loaded.Serving(x)
        copies = [copy.copy(loaded.Serving), copy.deepcopy(loaded.Serving)]
        copies.append(pickle.loads(pickle.dumps(loaded.Serving)))
    finally:
        loaded.Serving.bind(w)
    for made in copies:
        np.testing.assert_array_equal(made(x), expected)
    assert not np.array_equal(loaded.Serving(x), expected)


def test_integers_of_numpy_are_integers(loaded: Any) -> None:
    assert loaded.add(np.int32(3), np.uint8(4)) == 7
    assert type(loaded.add(np.int32(3), True)) is int
    with pytest.raises(TypeError, match="x is a float64, and int is wanted"):
        loaded.add(np.float64(1), 1)
