"""CUDA artifacts: what ptxas says of kernels, what a bundle holds, and what calls do, with a driver and without."""

from __future__ import annotations

import ctypes
import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pyc.artifact import Artifact
from pyc.diagnostics import CompileError
from pyc.dialects import build as b
from pyc.dialects import signature
from pyc.dialects.dialect import context
from pyc.dialects.mlir import func, ir
from pyc.dialects.signature import Signature, Value
from pyc.dialects.types import element_of, element_type, is_tensor, tensor_type
from pyc.target import CHIPS, Target
from pyc.targets.backend import Options, backend
from pyc.targets.cuda import emit, package, ptxas

Parameter = tuple[str, str, tuple[str, ...] | None]
needs_ptxas = pytest.mark.skipif(ptxas.find_ptxas() is None, reason="no ptxas: pip install nvidia-cuda-nvcc")


def module(
    parameters: Sequence[Parameter], body: Callable[..., Any], dims: tuple[str, ...] | None, written: Sequence[str] = ()
) -> Any:
    """A module with the exported function ``f`` of one result, with extents ``dims``; scalars have none."""
    made = ir.Module.create()
    types = [element_type(d) if s is None else tensor_type(d, [None] * len(s), d, "cuda") for _, d, s in parameters]
    with ir.InsertionPoint(made.body):
        function = func.FuncOp("f", (types, []))
        with ir.InsertionPoint(function.add_entry_block()):
            results = list(body(*function.arguments))
            func.ReturnOp(results)
    function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(types, [r.type for r in results]))
    values = tuple(
        Value(n, d if s is None else f"Tensor[{', '.join((d, *s))}]", d, s, d, "cuda", written=n in written)
        for n, d, s in parameters
    )
    writes = tuple(i for i, v in enumerate(values) if v.written)
    kept = results[: len(results) - len(writes)]
    given = tuple(Value("", "Tensor", _dtype(r.type), dims or (), _dtype(r.type), "cuda") for r in kept)
    scalar = tuple(Value("", v.dtype, v.dtype, None, v.dtype, "cuda") for v in given)
    outs = given if dims is not None else scalar
    signature.attach(function, Signature("f", "f", "cuda", values, outs, tuple(range(len(kept))), False, writes))
    return made


def _dtype(t: Any) -> str:
    from pyc.dialects.types import dtype_of

    assert is_tensor(t) or t
    return dtype_of(element_of(t))


def compiled(made: Any, chip: str = "", emitted: str = "bundle", name: str = "demo") -> Artifact:
    target, options = Target("cuda", chip), Options(name, emit=emitted)
    cuda = backend("cuda")
    cuda.pipeline(target, options).run(made)
    return cuda.emit(made, target, options)


def text_of(artifact: Artifact) -> str:
    (content,) = artifact.files.values()
    return content.decode()


def saxpy() -> Any:
    return module(
        [("a", "f32", None), ("x", "f32", ("M", "N")), ("y", "f32", ("M", "N"))],
        lambda a, x, y: [b.binary("add", b.binary("mul", x, a), b.unary("exp", y))],
        ("M", "N"),
    )


def scale() -> Any:
    """Without elementary functions, writing to its argument."""
    return module(
        [("x", "f32", ("N",)), ("k", "i64", None)],
        lambda x, k: [b.binary("mul", x, b.cast(k, "f32"))],
        None,
        written=("x",),
    )


def softmax() -> Any:
    def body(x: Any) -> list[Any]:
        m, one = b.dim(x, 0), b.constant(1, "i64")
        e = b.unary("exp", b.binary("sub", x, b.reshape(b.reduce(x, "max", [1]), [m, one])))
        return [b.binary("div", e, b.reshape(b.reduce(e, "sum", [1]), [m, one]))]

    return module([("x", "f32", ("M", "N"))], body, ("M", "N"))


def product(dtype: str) -> Callable[[], Any]:
    accumulate = "f32" if dtype in ("f16", "bf16") else dtype
    return lambda: module(
        [("x", dtype, ("M", "K")), ("w", dtype, ("K", "N"))],
        lambda x, w: [b.matmul(x, w, accumulate)],
        ("M", "N"),
    )


KERNELS: dict[str, Callable[[], Any]] = {
    "elementwise": saxpy,
    "columns": lambda: module([("x", "f32", ("M", "N"))], lambda x: [b.reduce(x, "sum", [0])], ("N",)),
    "argmax": lambda: module([("x", "f16", ("M", "N"))], lambda x: [b.arg_reduce(x, "max", 1)], ("M",)),
    "softmax": softmax,
    **{f"product-{d}": product(d) for d in ("f32", "f16", "bf16", "f64", "i32")},
}


@needs_ptxas
@pytest.mark.parametrize("chip", ["sm_80", "sm_90"])
@pytest.mark.parametrize("kind", list(KERNELS))
def test_ptxas_assembles_without_spills(kind: str, chip: str) -> None:
    with context(), ir.Location.unknown():
        text = text_of(compiled(KERNELS[kind](), chip, "ptx"))
    assert f".target {chip}" in text
    _, report = ptxas.assemble(text, chip)
    kernels = text.count(".visible .entry")
    assert kernels >= 1
    assert report.count("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads") == kernels


@pytest.mark.parametrize("chip", CHIPS["cuda"])
def test_every_chip_has_code(chip: str) -> None:
    with context(), ir.Location.unknown():
        text = text_of(compiled(scale(), chip, "ptx"))
    assert f".target {chip}" in text
    assert set(CHIPS["cuda"]) == set(ptxas.CHIPS)


def test_arithmetic_is_rounded_as_written() -> None:
    with context(), ir.Location.unknown():
        text = text_of(
            compiled(
                module(
                    [("x", "f32", ("N",)), ("y", "f32", ("N",))],
                    lambda x, y: [b.unary("sqrt", b.binary("div", b.binary("add", b.binary("mul", x, y), x), y))],
                    ("N",),
                ),
                emitted="ptx",
            )
        )
    for instruction in ("mul.rn.f32", "add.rn.f32", "div.rn.f32", "sqrt.rn.f32"):
        assert instruction in text
    assert "fma" not in text
    assert "ftz" not in text


def test_products_are_fused_in_a_matmul() -> None:
    with context(), ir.Location.unknown():
        text = text_of(compiled(product("f32")(), emitted="ptx"))
    assert "fma.rn.f32" in text
    assert "mul.rn.f32" not in text


def test_the_mathematics_of_libdevice_is_linked_and_internal() -> None:
    with context(), ir.Location.unknown():
        text = text_of(compiled(saxpy(), emitted="ptx"))
    assert "ex2.approx" in text
    assert "__nv" not in text
    assert text.count(".visible") == 1


def test_libdevice_is_needed_only_by_who_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ptxas, "_roots", lambda: ())
    with context(), ir.Location.unknown():
        assert "demo.ptx" in compiled(scale()).files
        with pytest.raises(CompileError, match=r"E520.*__nv_expf"):
            compiled(saxpy())
        with pytest.raises(CompileError, match="E521"):
            compiled(scale(), emitted="cubin")


@needs_ptxas
def test_ptx_that_ptxas_refuses_is_a_diagnostic() -> None:
    with pytest.raises(CompileError, match=r"E522.*sm_80"):
        ptxas.assemble("nonsense", "sm_80")


# --- bundles -------------------------------------------------------------------------------------------------------


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    with context(), ir.Location.file("program.py", 3, 1):
        return compiled(scale(), "sm_90", name="demo").write(tmp_path / "demo_cuda")


def test_a_bundle_says_what_it_holds(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert manifest["format"] == "pyc-bundle/1"
    assert manifest["target"] == "cuda:sm_90"
    assert ".target sm_80" in (bundle / manifest["ptx"]).read_text()
    assert all((bundle / name).stat().st_size == facts["bytes"] for name, facts in manifest["files"].items())
    (kernel,) = manifest["kernels"]
    assert f"struct {kernel}" in (bundle / "demo.h").read_text()
    if ptxas.find_ptxas() is not None:
        assert manifest["cubins"] == {"sm_90": "demo.sm_90.cubin"}
        assert manifest["kernels"][kernel]["sm_90"]["spilled bytes"] == 0


def test_a_bundle_is_imported_without_pyc_and_without_gpu(bundle: Path) -> None:
    program = (
        "import sys, numpy as np\n"
        "sys.modules['pyc'] = None\n"
        f"sys.path.insert(0, {str(bundle.parent)!r})\n"
        "import demo_cuda\n"
        "print(demo_cuda.f.__doc__)\n"
        "try: demo_cuda.f(np.zeros(3, 'f4'), 2)\n"
        "except (TypeError, RuntimeError) as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "f(x: Tensor[f32, N], k: i64)" in done.stdout
    assert (
        "needs an NVIDIA GPU" in done.stdout
        or "needs the package cuda-bindings" in done.stdout
        or "host memory" in done.stdout
    )


def test_two_compilations_give_the_same_bytes() -> None:
    with context(), ir.Location.unknown():
        first, second = compiled(softmax()), compiled(softmax())
    assert dict(first.files) == dict(second.files)


# --- calls, with a driver that only takes notes --------------------------------------------------------------------


class FakeDriver(ModuleType):
    """The driver API over host memory: launches are noted, memory is real."""

    def __init__(self) -> None:
        super().__init__("fake")
        self.notes: list[tuple[Any, ...]] = []
        self.memory: dict[int, Any] = {}
        self.CUdevice_attribute = SimpleNamespace(
            CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR=75, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR=76
        )

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("cu"):
            raise AttributeError(name)

        def call(*arguments: Any) -> tuple[Any, ...]:
            return self._answer(name, arguments)

        return call

    def _answer(self, name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        self.notes.append((name, *arguments))
        match name:
            case "cuDeviceGetAttribute":
                return 0, 9 if arguments[0] == 75 else 0
            case "cuMemAllocAsync":
                block = ctypes.create_string_buffer(arguments[0])
                self.memory[ctypes.addressof(block)] = block
                return 0, ctypes.addressof(block)
            case "cuMemcpyHtoDAsync" | "cuMemcpyDtoHAsync":
                ctypes.memmove(arguments[0], arguments[1], arguments[2])
                return (0,)
            case "cuLaunchKernel":
                extra = (ctypes.c_void_p * 5).from_address(arguments[-1])
                size = ctypes.c_size_t.from_address(extra[3] or 0).value
                self.notes[-1] = ("launch", arguments[1:7], arguments[8], ctypes.string_at(extra[1] or 0, size))
                return (0,)
            case "cuMemFreeAsync" | "cuStreamSynchronize" | "cuCtxSetCurrent":
                return (0,)
        return 0, 7

    def names(self) -> list[str]:
        return [note[0] for note in self.notes]


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> FakeDriver:
    fake = FakeDriver()
    monkeypatch.setitem(sys.modules, "cuda.bindings.driver", fake)
    return fake


@pytest.fixture
def demo(bundle: Path, driver: FakeDriver, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(bundle.parent))
    for name in [n for n in sys.modules if n.partition(".")[0] == "demo_cuda"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    return importlib.import_module("demo_cuda")


class Foreign:
    """An array of another library."""

    def __init__(self, array: np.ndarray[Any, Any], read_only: bool = False) -> None:
        self.array = array
        self.__cuda_array_interface__ = {**array.__array_interface__, "data": (array.ctypes.data, read_only)}


def test_a_call_queues_one_launch_and_waits_for_nothing(demo: Any, driver: FakeDriver) -> None:
    x = Foreign(np.arange(1000, dtype="f4"))
    assert demo.f(x, 3, stream=42) is None
    (launch,) = [note for note in driver.notes if note[0] == "launch"]
    _, shape, stream, packed = launch
    assert shape == (4, 1, 1, 256, 1, 1)
    assert stream == 42
    assert x.array.ctypes.data.to_bytes(8, "little") in packed
    assert "cuStreamSynchronize" not in driver.names()
    assert not any(name.startswith("cuMemcpy") for name in driver.names())


def test_an_empty_array_needs_no_launch(demo: Any, driver: FakeDriver) -> None:
    demo.f(Foreign(np.zeros(0, "f4")), 3)
    assert "launch" not in driver.names()


def test_device_arrays_are_ours(demo: Any, driver: FakeDriver) -> None:
    x = demo.to_device(np.arange(6, dtype="f4"))
    assert x.shape == (6,)
    assert x.__cuda_array_interface__["typestr"] == "<f4"
    demo.f(x, 2)
    np.testing.assert_array_equal(x.to_numpy(), np.arange(6))
    np.testing.assert_array_equal(np.asarray(x), np.arange(6))
    address = x.address
    del x
    assert ("cuMemFreeAsync", address, 0) in driver.notes


def test_arguments_are_checked_as_on_a_cpu(demo: Any) -> None:
    x = np.arange(6, dtype="f4")
    with pytest.raises(TypeError, match="x is in host memory"):
        demo.f(x, 2)
    with pytest.raises(TypeError, match=r"x holds f64, and Tensor\[f32, N\] wants f32"):
        demo.f(Foreign(np.zeros(3)), 2)
    with pytest.raises(TypeError, match="x has 2 dimensions"):
        demo.f(Foreign(np.zeros((3, 3), "f4")), 2)
    with pytest.raises(ValueError, match="x is read-only"):
        demo.f(Foreign(x, read_only=True), 2)
    with pytest.raises(TypeError, match="k is a str"):
        demo.f(Foreign(x), "2")
    with pytest.raises(TypeError, match="missing a required argument"):
        demo.f(Foreign(x))
    with pytest.raises(TypeError, match="x is a list"):
        demo.f([1.0], 2)


def test_dlpack_says_where_memory_is() -> None:
    from pyc.targets.cuda import _arrays

    x = np.arange(12, dtype="f8").reshape(3, 4)[::2, ::-1]
    seen = _arrays.captured(x.__dlpack__())
    assert (seen.ctypes.data, seen.shape, seen.strides, seen.dtype) == (x.ctypes.data, x.shape, x.strides, x.dtype)

    class Foreign:
        def __dlpack__(self, stream: int) -> Any:
            assert stream == 5
            return x.__dlpack__()

        def __dlpack_device__(self) -> tuple[int, int]:
            return 2, 0

    assert _arrays.pretended("x", "Tensor", Foreign(), 5).ctypes.data == x.ctypes.data
    Foreign.__dlpack_device__ = lambda self: (1, 0)
    with pytest.raises(TypeError, match="x is in host memory"):
        _arrays.pretended("x", "Tensor", Foreign(), 5)


def test_a_failure_of_the_driver_is_its_message(demo: Any, driver: FakeDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    real = driver._answer

    def answer(name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        if name == "cuLaunchKernel":
            return (700,)
        return (0, b"an illegal memory access was encountered") if name == "cuGetErrorString" else real(name, arguments)

    monkeypatch.setattr(driver, "_answer", answer)
    with pytest.raises(RuntimeError, match=r"CUDA: an illegal memory access was encountered \(cuLaunchKernel\)"):
        demo.f(Foreign(np.arange(6, dtype="f4")), 2)


def test_streams_of_other_libraries_are_known(demo: Any, driver: FakeDriver) -> None:
    class Stream:
        ptr = 77

    demo.f(Foreign(np.arange(6, dtype="f4")), 2, stream=Stream())
    assert [note[2] for note in driver.notes if note[0] == "launch"] == [77]
    with pytest.raises(TypeError, match="is not a CUDA stream"):
        demo.f(Foreign(np.arange(6, dtype="f4")), 2, stream="main")


def test_temporaries_are_freed_in_the_order_of_the_stream() -> None:
    with context(), ir.Location.unknown():
        made = softmax()
        backend("cuda").pipeline(Target("cuda"), Options("demo")).run(made)
        (function,) = (f for f in signature.functions(made))
        steps = emit.host_program(function)["steps"]
    allocated = [s[1] for s in steps if s[0] == "allocate"]
    freed = [s[1] for s in steps if s[0] == "free"]
    assert sorted(allocated) == sorted(freed)
    assert all(steps.index(["free", s]) > i for i, step in enumerate(steps) if step[0] == "allocate" for s in [step[1]])


def test_the_runtime_is_found_in_an_installed_pyc_too():
    """What bundles are made of lies in ``targets``, whose place in the repository is another than in a package."""
    targets = (Path(package.__file__).parent / "..").resolve()
    for source in package.RUNTIME.values():
        assert ((Path(package.__file__).parent / source).resolve()).is_relative_to(targets), source
