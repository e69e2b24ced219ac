"""Weights files, against the reference implementation of the format and against damage."""

import contextlib
import json

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyc import weights
from pyc.diagnostics import CompileError
from pyc.precision import DTYPES

reference = pytest.importorskip("safetensors.numpy")

ARRAYS = {
    "up": np.arange(6.0).reshape(2, 3),
    "layer.bias": np.zeros((0, 4), np.float16),
    "scale": np.array(3, np.float32),
    "mask": np.array([True, False, True]),
    "small": np.array([1.5, -2], ml_dtypes.bfloat16),
    "tiny": np.array([0.5], ml_dtypes.float8_e4m3fn),
    "view": np.arange(12, dtype=np.int16).reshape(3, 4)[::-1, ::2],
    "z": np.array([1 + 2j], np.complex64),
}


def equal(a, b):
    assert sorted(a) == sorted(b)
    for name in a:
        assert a[name].dtype == b[name].dtype
        np.testing.assert_array_equal(a[name], b[name])


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
def test_round_trip(tmp_path, suffix):
    arrays = {k: v for k, v in ARRAYS.items() if suffix != ".npz" or v.dtype.kind in "biufc"}
    weights.save(tmp_path / f"w{suffix}", arrays)
    loaded = weights.load(tmp_path / f"w{suffix}")
    equal(loaded, arrays)
    assert all(a.flags.writeable and a.flags.aligned for a in loaded.values())
    assert [p.name for p in tmp_path.iterdir()] == [f"w{suffix}"]


def test_the_reference_reads_what_we_write(tmp_path):
    arrays = {k: v for k, v in ARRAYS.items() if k != "tiny"}
    weights.save(tmp_path / "w.safetensors", arrays)
    equal(reference.load_file(tmp_path / "w.safetensors"), arrays)


def test_we_read_what_the_reference_writes(tmp_path):
    arrays = {k: np.ascontiguousarray(v) for k, v in ARRAYS.items() if k not in ("tiny", "scale")}
    reference.save_file(arrays, tmp_path / "w.safetensors", metadata={"made": "by the reference"})
    equal(weights.load(tmp_path / "w.safetensors"), arrays)


def test_equal_arrays_give_equal_bytes():
    assert weights.dump(ARRAYS) == weights.dump(dict(reversed(ARRAYS.items())))
    assert weights.dump({}) == (8).to_bytes(8, "little") + b"{}      "


def test_elements_that_a_format_lacks(tmp_path):
    with pytest.raises(TypeError, match="'x' has elements of type complex128"):
        weights.save(tmp_path / "w.safetensors", {"x": np.zeros(2, complex)})
    with pytest.raises(TypeError, match=r"'x' has elements of type bfloat16.*use \.safetensors"):
        weights.save(tmp_path / "w.npz", {"x": np.zeros(2, ml_dtypes.bfloat16)})
    assert not list(tmp_path.iterdir())


def header(**entries):
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text


DAMAGED = {
    "empty": (b"", "neither safetensors nor npz"),
    "text": (b"this is not a weights file", "neither safetensors nor npz"),
    "pickle": (b"\x80\x02}q\x00.", "neither safetensors nor npz"),
    "zip": (b"PK\x03\x04 and then nothing", "not a zip file"),
    "header cut": ((1000).to_bytes(8, "little") + b'{"x":', "cut short"),
    "not json": ((4).to_bytes(8, "little") + b"{x}}", "not JSON"),
    "twice": ((60).to_bytes(8, "little") + b'{"x": 1, "x": 2}'.ljust(60), "a name twice"),
    "no offsets": (header(x={"dtype": "F32"}), "no data_offsets"),
    "bad offsets": (header(x={"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}), "data_offsets 4, 0"),
    "gap": (header(x={"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}) + bytes(8), "begins at byte 4"),
    "cut": (header(x={"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}) + bytes(4), "ends at byte 8 of 4"),
    "more": (header(x={"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}) + bytes(6), "2 bytes at its end"),
    "size": (header(x={"dtype": "F32", "shape": [3], "data_offsets": [0, 4]}) + bytes(4), "takes 12 bytes, not 4"),
    "dtype": (header(x={"dtype": "F4", "shape": [1], "data_offsets": [0, 4]}) + bytes(4), "elements of type F4"),
    "shape": (header(x={"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}) + bytes(4), "has no shape"),
    "huge header": ((10**15).to_bytes(8, "little") + b"{}", "neither safetensors nor npz"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files(tmp_path, name):
    content, message = DAMAGED[name]
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(CompileError) as caught:
        weights.load(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E505"
    assert message in diagnostic.message.lower() or message in diagnostic.message


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir()])
def test_files_that_are_none(tmp_path, make):
    make(tmp_path / "w.npz")
    with pytest.raises(CompileError, match="E505: cannot read the weights in"):
        weights.load(tmp_path / "w.npz")


def test_an_npz_of_objects_is_refused(tmp_path):
    np.savez(tmp_path / "w.npz", x=np.array([{}], dtype=object))
    with pytest.raises(CompileError, match="E505"):
        weights.load(tmp_path / "w.npz")
    np.savez(tmp_path / "w.npz", x=np.array(["a"]))
    with pytest.raises(CompileError, match="no numbers"):
        weights.load(tmp_path / "w.npz")


@given(st.data())
def test_any_damage_is_a_diagnostic(tmp_path_factory, data):
    content = bytearray(weights.dump({"a": np.ones(3, np.float32), "b.c": np.zeros((2, 2), np.int8)}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"damaged-{data.draw(st.integers(0, 3))}.safetensors"
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    with contextlib.suppress(CompileError):
        weights.load(path)


def test_errors_of_weights_stand_at_their_declarations(tmp_path):
    from click.testing import CliRunner

    from pyc.tools.cli import cli

    (tmp_path / "net.py").write_text(
        "import pyc\nfrom pyc import Tensor, f32\nclass Net(pyc.Module):\n"
        "    w: Tensor[f32, 4]\n    b: Tensor[f32, 2]\n"
        "    def __call__(self, x: Tensor[f32, 4]) -> f32:\n        return x @ self.w\n"
    )
    np.savez(tmp_path / "w.npz", w=np.zeros(4, np.float64))
    result = CliRunner(env={"PYC_ISOLATE": "0"}).invoke(
        cli, ["compile", str(tmp_path / "net.py"), "--weights", str(tmp_path / "w.npz"), "-o", str(tmp_path / "out")]
    )
    assert result.exit_code == 1
    assert "net.py:4:5\n" in result.stderr
    assert "net.py:5:5\n" in result.stderr
    assert "4 |     w: Tensor[f32, 4]\n" in result.stderr


@pytest.mark.parametrize("dtype", ["i4", "u4", "f4e2m1", "f8e8m0"])
def test_numbers_that_files_do_not_have_come_back(dtype, tmp_path):
    numbers = {"i4": [-8, -1, 0, 7], "u4": [0, 1, 15], "f4e2m1": [-6, -0.5, 0, 1.5], "f8e8m0": [0.125, 1, 1024]}
    array = np.array(numbers[dtype]).astype(DTYPES[dtype].dtype)
    weights.save(tmp_path / "w.safetensors", {"w": array})
    found = weights.stored(weights.load(tmp_path / "w.safetensors")["w"], dtype)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found.astype(np.float64), numbers[dtype])
    # What is none of them stays what it is, and is refused where it is declared.
    other = np.array([1.3, 100], np.float32) if dtype[0] == "f" else np.array([1, 100], f"{'u' * (dtype == 'u4')}int8")
    assert weights.stored(other, dtype) is other
    assert "taken for" in weights.adjustment(dtype, (2,), other)[0].message
    assert weights.stored(array, "f32") is array
