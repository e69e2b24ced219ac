"""``nn.quantize`` and ``nn.dequantize`` by their definition: compiled, in Python, and in models that two tools run."""

from __future__ import annotations

import re
import sys
from functools import cache
from types import ModuleType
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from language import Twice
from onnx.reference import ReferenceEvaluator

import pyc
from pyc.diagnostics import CompileError
from pyc.frontend import Request
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.onnx.inspect import verify_model
from pyc.targets.onnx.runtime import Session
from pyc.tools import driver
from pyc.tools.cli import cli

#: One worker compiles the program for all tests.
pytestmark = pytest.mark.xdist_group("quantised")
HEAD = "from pyc import bf16, f16, f4e2m1, f8e4m3, f8e5m2, f8e8m0, i16, i4, nn, u16, u4\n"
NUMPY = {
    "i4": ml_dtypes.int4, "u4": ml_dtypes.uint4,
    "i8": np.int8, "u8": np.uint8, "i16": np.int16, "u16": np.uint16, "i32": np.int32, "f32": np.float32,
    "f64": np.float64, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
    "f8e4m3": ml_dtypes.float8_e4m3fn, "f8e5m2": ml_dtypes.float8_e5m2,
    "f4e2m1": ml_dtypes.float4_e2m1fn, "f8e8m0": ml_dtypes.float8_e8m0fnu,
}  # fmt: skip
FLOATS = ("f8e4m3", "f8e5m2", "f4e2m1")
#: What is quantised, by NumPy's names.
WIDE = ("float16", "bfloat16", "float32", "float64")


def rows() -> dict[str, str]:
    """Definitions by name: every type, with one scale, scales of an axis, of blocks, and blocks with a rest."""
    found = {}

    def add(name: str, parameters: str, result: str, expression: str) -> None:
        found[name] = f"def {name}({parameters}) -> {result}:\n    return {expression}\n"

    for d in ("i4", "u4", "i8", "u8", "i16", "u16", *FLOATS):
        z, given = ("", f", dtype={d}") if d in FLOATS else (", z", "")
        zs = "" if d in FLOATS else f", z: Tensor[{d}, 5]"
        zb = "" if d in FLOATS else f", z: Tensor[{d}, 5, 2]"
        add(f"q_{d}", "x: Tensor[f32, N, 5]", f"Tensor[{d}, N, 5]", f"nn.quantize(x, 0.3, dtype={d})")
        add(f"qa_{d}", f"x: Tensor[f32, N, 5], s: Tensor[f32, 5]{zs}", f"Tensor[{d}, N, 5]",
            f"nn.quantize(x, s{z}{given}, axis=1)")  # fmt: skip
        add(f"qb_{d}", f"x: Tensor[f32, 5, 8], s: Tensor[f32, 5, 2]{zb}", f"Tensor[{d}, 5, 8]",
            f"nn.quantize(x, s{z}{given}, axis=-1, block=4)")  # fmt: skip
        add(f"qr_{d}", f"x: Tensor[f32, 5, 7], s: Tensor[f32, 5, 2]{zb}", f"Tensor[{d}, 5, 7]",
            f"nn.quantize(x, s{z}{given}, axis=1, block=4)")  # fmt: skip
        add(f"d_{d}", f"x: Tensor[{d}, N, 5]", "Tensor[f32, N, 5]", "nn.dequantize(x, 0.3)")
        add(f"da_{d}", f"x: Tensor[{d}, N, 5], s: Tensor[f32, 5]{zs}", "Tensor[f32, N, 5]",
            f"nn.dequantize(x, s{z}, axis=1)")  # fmt: skip
        add(f"db_{d}", f"x: Tensor[{d}, 5, 8], s: Tensor[f16, 5, 2]{zb}", "Tensor[f16, 5, 8]",
            f"nn.dequantize(x, s{z}, axis=-1, block=4)")  # fmt: skip
        add(f"dr_{d}", f"x: Tensor[{d}, 5, 7], s: Tensor[bf16, 5, 2]{zb}", "Tensor[bf16, 5, 7]",
            f"nn.dequantize(x, s{z}, axis=1, block=4)")  # fmt: skip
    for x in ("f16", "bf16"):
        add(f"q_of_{x}", f"x: Tensor[{x}, N, 5], s: Tensor[{x}, 5]", "Tensor[u8, N, 5]",
            "nn.quantize(x, s, dtype=u8, axis=1)")  # fmt: skip
    add("d_i32", "x: Tensor[i32, N, 5], s: Tensor[f32, 5]", "Tensor[f32, N, 5]", "nn.dequantize(x, s, axis=1)")
    add("q_zero", "x: Tensor[f32, N, 5], s: f32, z: i8", "Tensor[i8, N, 5]", "nn.quantize(x, s, z)")
    add("d_zero", "x: Tensor[i8, N, 5], s: f32, z: i8", "Tensor[f32, N, 5]", "nn.dequantize(x, s, z)")
    add("q_known", "x: Tensor[f32, N, 5]", "Tensor[i8, N, 5]", "nn.quantize(x, 0.5, -7, i8)")
    add("d_known", "x: Tensor[u8, N, 5]", "Tensor[f32, N, 5]", "nn.dequantize(x, 2.5, 200)")
    add("d_rows", "x: Tensor[i8, 5, N, M], s: Tensor[f32, 5], z: Tensor[i8, 5]", "Tensor[f32, 5, N, M]",
        "nn.dequantize(x, s, z, axis=-3)")  # fmt: skip
    add("d_open", "x: Tensor[i8, N, M], s: Tensor[f32, K, M]", "Tensor[f32, N, M]",
        "nn.dequantize(x, s, axis=0, block=3)")  # fmt: skip
    # The formats of microscaling: powers of two scale blocks.
    for d in ("f8e4m3", "f4e2m1", "i8"):
        add(f"mq_{d}", "x: Tensor[f32, 2, 64], s: Tensor[f8e8m0, 2, 2]", f"Tensor[{d}, 2, 64]",
            f"nn.quantize(x, s, dtype={d}, axis=1, block=32)")  # fmt: skip
        add(f"md_{d}", f"x: Tensor[{d}, 2, 64], s: Tensor[f8e8m0, 2, 2]", "Tensor[f32, 2, 64]",
            "nn.dequantize(x, s, axis=1, block=32)")  # fmt: skip
    # What ONNX has no operator for.
    add("q_wide", "x: Tensor[f64, N, 5], s: Tensor[f64, 5]", "Tensor[i8, N, 5]", "nn.quantize(x, s, dtype=i8, axis=1)")
    return found


ROWS = rows()
#: Those that are no node of their own.
WRITTEN_OUT = {"q_wide"}


@cache
def program() -> Twice:
    return Twice(HEAD + "".join(ROWS.values()), level=1)


def arguments(name: str, n: int, seed: int = 0) -> tuple[Any, ...]:
    """Arguments for a definition, ``n`` for each extent that is open."""
    draw, given = np.random.default_rng(seed), []
    for parameter, text in re.findall(r"(\w): (Tensor\[.*?\]|\w+)", ROWS[name].partition("->")[0]):
        dtype, *dims = text.removeprefix("Tensor[").removesuffix("]").split(", ")
        shape = tuple(-(-n // 3) if d == "K" else n if d.isalpha() else int(d) for d in dims)
        t = np.dtype(NUMPY[dtype])
        if dtype == "f8e8m0":
            made = 2.0 ** draw.integers(-6, 6, shape)
        elif parameter == "s":
            made = draw.uniform(0.01, 1.5, shape)
        elif "int" in t.name:
            limits = ml_dtypes.iinfo(t)
            made = draw.integers(int(limits.min), int(limits.max), shape, endpoint=True)
        else:
            made = draw.standard_normal(shape) * draw.choice([1.0, 100.0, 1e5], shape)
            flat = made.reshape(-1)
            odd = [0.0, -0.0, 0.15, -0.45, 0.75, np.inf, -np.inf, 1e30, -1e30, 1e-30]
            flat[: len(odd)] = odd[: flat.size]
        with np.errstate(over="ignore"):
            given.append(np.asarray(made).astype(t)[()])
    return tuple(given)


def defined(name: str, given: tuple[Any, ...]) -> Any:
    """What the standard says, element by element in f32."""
    text = ROWS[name]
    values = dict(zip(re.findall(r"(\w): ", text.partition("->")[0]), given, strict=True))
    x = values["x"]
    call = text.partition("return ")[2]
    scale = values.get("s")
    scale = np.float32(re.search(r"\(x, ([\d.]+)", call)[1]) if scale is None else scale  # pyright: ignore
    found = re.search(r"\(x, [\d.]+, (-?\d+)", call)
    zero = values.get("z", np.float32(found[1]) if found else None)
    axis, block = (re.search(rf"{k}=(-?\d+)", call) for k in ("axis", "block"))
    wide = np.float64 if name == "q_wide" else np.float32

    def beside(v: Any) -> Any:
        v = np.asarray(v).astype(wide)
        if axis is None:
            return v
        k = int(axis[1]) % x.ndim
        if block is None:
            return v.reshape([-1 if i == k else 1 for i in range(x.ndim)])
        return np.take(np.repeat(v, int(block[1]), axis=k), np.arange(x.shape[k]), axis=k)

    to = NUMPY[re.search(r"-> Tensor\[(\w+)", text)[1]]  # pyright: ignore
    if "dequantize" in call:
        y = x.astype(wide) - (0 if zero is None else beside(zero))
        return (y * beside(scale)).astype(to)
    y = x.astype(wide) / beside(scale)
    whole = "int" in np.dtype(to).name
    limits = ml_dtypes.iinfo(to) if whole else ml_dtypes.finfo(to)
    if whole:
        y = np.rint(y) + (0 if zero is None else beside(zero))
    return np.clip(y, wide(float(limits.min)), wide(float(limits.max))).astype(to)


def equal(actual: Any, expected: Any, where: str) -> None:
    a, e = np.asarray(actual), np.asarray(expected)
    assert (a.dtype, a.shape) == (e.dtype, e.shape), where
    np.testing.assert_array_equal(a.astype(np.float64), e.astype(np.float64), where)


@pytest.mark.parametrize("name", ROWS)
def test_compiled_and_in_python(name: str) -> None:
    compiled, python = getattr(program().compiled, name), program().python[name]
    for n in (0, 1, 7):
        given = arguments(name, n)
        turned = tuple(np.asarray(g)[..., ::-1] if np.ndim(g) > 1 else g for g in given)
        for a in (given, turned):
            with np.errstate(all="ignore"):
                want = defined(name, a)
                equal(python(*a), want, f"{name} in Python")
                equal(python(*(pyc.array(v) if np.ndim(v) else v for v in a)), want, f"{name} on arrays of pyc")
            equal(compiled(*a), want, f"{name} compiled")


# --- models ----------------------------------------------------------------------------------------------------------


@cache
def models(opset: int = 0, names: tuple[str, ...] = ()) -> dict[str, bytes]:
    from language import HEADER

    text = HEADER + HEAD + "".join(ROWS[n] for n in names or ROWS)
    options = Options("program", source_path="program.py", opset=opset)
    artifact = driver.compile_source(Source("program.py", text), Target("onnx"), options, Request(memory=False))
    return {n.removesuffix(".onnx"): c for n, c in artifact.files.items() if n.endswith(".onnx")}


def operators(content: bytes) -> list[str]:
    return [n.op_type for n in onnx.load_from_string(content).graph.node]


def test_a_call_is_one_node() -> None:
    for name, content in models().items():
        found = operators(content)
        model = onnx.load_from_string(content)
        assert bool(model.functions) == (name in WRITTEN_OUT), name
        if name not in WRITTEN_OUT:
            expected = "QuantizeLinear" if name.startswith(("q", "mq")) else "DequantizeLinear"
            others = {"Constant", "Cast"} if "of_" in name or name.startswith("dr_") else {"Constant"}
            assert found.count(expected) == 1, name
            assert set(found) - {expected} <= others, (name, found)


@pytest.mark.parametrize("name", ROWS)
def test_in_models(name: str) -> None:
    content = models()[name]
    model = onnx.load_from_string(content)
    inputs = [i.name for i in model.graph.input]
    for n in (1, 7):
        given = [np.asarray(g) for g in arguments(name, n, seed=n)]
        # The reference goes by way of 32 bits.
        tame = [np.clip(g, -1e4, 1e4).astype(g.dtype) if g.ndim > 1 and g.dtype.name in WIDE else g for g in given]
        with np.errstate(all="ignore"):
            (found,) = ReferenceEvaluator(model).run(None, dict(zip(inputs, tame, strict=True)))
            equal(found, defined(name, tuple(tame)), f"{name} in ONNX's reference")
            if re.search("f4e2m1|f8e8m0", ROWS[name]):
                continue  # ONNX Runtime 1.31 has no kernels for them
            # And so does ONNX Runtime for 4 bits.
            handed = tame if name[-2:] in ("i4", "u4") else given
            equal(Session(content).run(handed)[0], defined(name, tuple(handed)), f"{name} in ONNX Runtime")


def test_models_are_verified(tmp_path: Any) -> None:
    for name, content in models().items():
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(content)
        assert verify_model(path) == []


def test_older_versions() -> None:
    """What a version cannot say is an error at its line; what it can, it says by a zero point."""
    old = tuple(n for n in ROWS if re.fullmatch(r"(q|qa|d|da)_[iu]8|[qd]_(zero|known)|q_of_f16", n))
    for name, content in models(17, old).items():
        given = [np.asarray(g) for g in arguments(name, 7)]
        with np.errstate(all="ignore"):
            equal(Session(content).run(given)[0], defined(name, tuple(given)), name)
        assert onnx.load_from_string(content).opset_import[0].version == 17
    for opset, name, what in (
        (19, "qb_i8", "'block_size' of QuantizeLinear, which opset 19 does not have"),
        (19, "d_i16", "DequantizeLinear of i16, which opset 19 does not have"),
        (18, "qa_f8e4m3", "f8e4m3, which opset 18 does not have"),
        (20, "q_i4", "QuantizeLinear of i4, which opset 20 does not have"),
        (19, "d_u4", "DequantizeLinear of u4, which opset 19 does not have"),
        (22, "q_f4e2m1", "QuantizeLinear to f4e2m1, which opset 22 does not have"),
        (23, "md_f4e2m1", "DequantizeLinear of f8e8m0, which opset 23 does not have"),
    ):
        with pytest.raises(CompileError, match=rf"E610: .*{what}"):
            models(opset, (name,))


LAYER = """
from __future__ import annotations
from pyc import Dim, Module, Tensor, f32, i4, i8, nn
B = Dim("B")
class Dense(Module):
    w: Tensor[i8, 8, 6]
    s: Tensor[f32, 4, 6]
    z: Tensor[i8, 4, 6]
    def __call__(self, x: Tensor[f32, B, 8]) -> Tensor[f32, B, 6]:
        return x @ nn.dequantize(self.w, self.s, self.z, axis=0, block=2)
"""


@pytest.mark.parametrize("dtype", ["i8", "i4"])
def test_weights_of_a_layer_are_stored_as_they_are(dtype: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files have no numbers of 4 bits: a model and a bundle take bytes that are some."""
    draw, text = np.random.default_rng(3), LAYER.replace("i8, 8", f"{dtype}, 8").replace("i8, 4", f"{dtype}, 4")
    high = 8 if dtype == "i4" else 128
    w, z = (draw.integers(-high, high, shape).astype("i1") for shape in ((8, 6), (4, 6)))
    given = {"w": w, "s": draw.uniform(0.01, 1, (4, 6)).astype("f4"), "z": z}
    options = Options("layer", source_path="layer.py", weights=given)
    artifact = driver.compile_source(Source("layer.py", text), Target("onnx"), options, Request(memory=False))
    (content,) = artifact.files.values()
    model = onnx.load_from_string(content)
    element = {"i8": onnx.TensorProto.INT8, "i4": onnx.TensorProto.INT4}[dtype]
    size = 48 if dtype == "i8" else 24
    assert {t.name: t.data_type for t in model.graph.initializer} == {
        "w": element, "s": onnx.TensorProto.FLOAT, "z": element,
    }  # fmt: skip
    assert len(next(t.raw_data for t in model.graph.initializer if t.name == "w")) == size
    assert operators(content) == ["DequantizeLinear", "MatMul"]
    x = draw.standard_normal((3, 8)).astype("f4")
    want = x @ ((w.astype("f4") - np.repeat(z, 2, 0)) * np.repeat(given["s"], 2, 0))
    for optimise in (False, True):
        np.testing.assert_allclose(Session(content, optimise=optimise).run([x])[0], want, rtol=1e-4)
    target = Target.parse("cpu:native")
    options = Options("layer", source_path="layer.py", weights=given)
    folder = driver.compile_source(Source("layer.py", text), target, options, Request(target)).write(tmp_path / "l.cpu")
    np.savez(tmp_path / "w.npz", allow_pickle=False, **given)
    for net in (pyc.load(str(folder)).Dense, pyc.load(str(folder)).Dense.load(str(tmp_path / "w.npz"))):
        np.testing.assert_allclose(net(x), want, rtol=1e-4)
    module = ModuleType("layer")
    monkeypatch.setitem(sys.modules, "layer", module)
    exec(text, vars(module))
    np.testing.assert_allclose(module.Dense(given)(x), want, rtol=1e-4)
    if dtype == "i4":
        options = Options("layer", source_path="layer.py", weights={**given, "w": w * 2})
        with pytest.raises(CompileError, match=r"E507: weight 'w' is i4\[8, 6\] in the program and i8\[8, 6\]"):
            driver.compile_source(Source("layer.py", text), Target("onnx"), options, Request(memory=False))


@pytest.mark.parametrize("dtype", ["i8", "i4"])
def test_a_model_comes_back_from_a_program(dtype: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights stay what they are: nothing is dequantised when the program is made."""
    draw = np.random.default_rng(3)
    w, z = (draw.integers(-8, 8, shape).astype("i1") for shape in ((8, 6), (4, 6)))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layer.py").write_text(LAYER.replace("i8, 8", f"{dtype}, 8").replace("i8, 4", f"{dtype}, 4"))
    np.savez("w.npz", allow_pickle=False, w=w, z=z, s=draw.uniform(0.01, 1, (4, 6)).astype("f4"))
    for command in (
        "compile layer.py --target=onnx --weights w.npz -o one.onnx",
        "onnx import one.onnx -o again.py",
        "compile again.py --target=onnx --weights again.safetensors -o two.onnx",
        "inspect one.onnx --diff two.onnx",
        "inspect two.onnx --verify",
    ):
        done = CliRunner().invoke(cli, command.split())
        assert done.exit_code == 0, (command, done.stdout, done.stderr)
    assert "nn.dequantize(self.w, self.s, self.z, axis=0, block=2)" in (tmp_path / "again.py").read_text()


def test_in_python_what_does_not_fit_is_refused() -> None:
    x = np.ones((4, 6), "f4")
    for arguments_, why in (
        ((x, np.ones(3, "f4")), "not said"),
        ((x, np.ones(3, "f4"), None, pyc.i8), "need an axis"),
        ((x, np.ones(3, "f4"), None, pyc.i8, 0), "axis 0 has 4 places, and there are 3 scales"),
        ((x, np.ones((2, 6), "f4"), None, pyc.i8, 0, 3), ""),
        ((x, np.ones((3, 6), "f4"), None, pyc.i8, 0, 3), "4 elements in blocks of 3 have 2 scales, and there are 3"),
        ((x, 1.0, 300, pyc.i8), "from -128 to 127, not 300"),
        ((x, 1.0, 0, pyc.f8e4m3), "no zero point"),
        ((x, 1.0, None, pyc.f32), "float32 is no type"),
    ):
        if why:
            with pytest.raises(ValueError, match=why):
                pyc.nn.quantize(*arguments_)
        else:
            pyc.nn.quantize(*arguments_)
