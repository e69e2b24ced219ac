"""The reader of weights files that bundles carry: what it accepts, and that no damage gets past it."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyc import weights
from pyc.targets.cpu._weights import read_weights

ARRAYS: dict[str, Any] = {
    "f64": np.arange(6.0).reshape(2, 3),
    "bf16": np.arange(3).astype(ml_dtypes.bfloat16),
    "f8": np.arange(3).astype(ml_dtypes.float8_e4m3fn),
    "bool": np.array([True, False, True]),
    "empty": np.zeros((0, 4), np.float32),
    "scalar": np.array(7, np.int64),
    "c64": np.array([1 + 2j], np.complex64),
}


def written(path: Path, header: object, data: bytes = b"", length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)


def test_reads_what_pyc_writes(tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(weights.dump(ARRAYS, {"made": "here"}))
    same(read_weights(tmp_path / "w.safetensors"), ARRAYS)


def test_reads_what_the_formats_own_package_writes(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    plain = {name: ARRAYS[name] for name in ("f64", "bool", "scalar", "empty")}
    numpy.save_file(plain, tmp_path / "w.safetensors", metadata={"format": "pt"})
    same(read_weights(tmp_path / "w.safetensors"), plain)


def test_reads_npz(tmp_path: Path) -> None:
    plain: dict[str, Any] = {name: ARRAYS[name] for name in ("f64", "bool", "scalar", "empty")}
    np.savez(tmp_path / "w.npz", **plain)
    same(read_weights(tmp_path / "w.npz"), plain)


def test_elements_that_lie_askew_are_copied(tmp_path: Path) -> None:
    header = {
        "a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
        "b": {"dtype": "F64", "shape": [2], "data_offsets": [1, 17]},
    }
    found = read_weights(written(tmp_path / "w.safetensors", header, b"\x05" + np.array([1.5, 2.5]).tobytes()))
    assert found["b"].flags.aligned
    np.testing.assert_array_equal(found["b"], [1.5, 2.5])


def entry(**changes: object) -> dict[str, object]:
    return {"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **changes}}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1]", "not an object"),
        (b"[" * 100_000, "not JSON"),
        ({"x": 1}, "lacks dtype"),
        ({"x": {"dtype": "F32"}}, "lacks dtype"),
        (entry(dtype="F31"), "element type 'F31'"),
        (entry(dtype=["F32"]), "element type"),
        (entry(shape=[-2]), r"shape \[-2\]"),
        (entry(shape="2"), "shape '2'"),
        (entry(shape=[True, 2]), "shape"),
        (entry(shape=[2.0]), "shape"),
        (entry(shape=[3]), "8 bytes for 3 elements"),
        (entry(shape=[2**62, 2**62]), "8 bytes for"),
        (entry(data_offsets=[0, 9]), r"offsets \[0, 9\]"),
        (entry(data_offsets=[8, 0]), "offsets"),
        (entry(data_offsets=[-8, 0]), "offsets"),
        (entry(data_offsets=[0]), "offsets"),
        (entry(data_offsets=None), "offsets"),
    ],
)
def test_damage_is_named(tmp_path: Path, header: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_weights(written(tmp_path / "w.safetensors", header, b"\0" * 8))


def test_lengths_that_lie(tmp_path: Path) -> None:
    for length in (3, 2**40, 2**64 - 1):
        with pytest.raises(ValueError, match="not a safetensors file"):
            read_weights(written(tmp_path / "w.safetensors", b"{}", length=length))
    (tmp_path / "short").write_bytes(b"\0\0\0")
    with pytest.raises(ValueError, match="it has 3 bytes"):
        read_weights(tmp_path / "short")
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path / "absent")


def test_damaged_npz(tmp_path: Path) -> None:
    plain: dict[str, Any] = {"a": np.arange(100.0)}
    np.savez(tmp_path / "w.npz", **plain)
    content = (tmp_path / "w.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(content[:200])
    with pytest.raises(ValueError, match="not a readable npz"):
        read_weights(tmp_path / "cut.npz")
    np.savez_compressed(tmp_path / "z.npz", **plain)
    packed = bytearray((tmp_path / "z.npz").read_bytes())
    packed[60:80] = b"\xff" * 20
    (tmp_path / "z.npz").write_bytes(packed)
    with pytest.raises(ValueError, match="not a readable npz"):
        read_weights(tmp_path / "z.npz")
    objects: dict[str, Any] = {"a": np.array([object()], dtype=object)}
    np.savez(tmp_path / "objects.npz", **objects)
    with pytest.raises(ValueError, match="not a readable npz"):
        read_weights(tmp_path / "objects.npz")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.integers(0, 10_000) | st.none())
def test_no_changed_byte_does_worse_than_a_value_error(
    tmp_path: Path, position: int, value: int, cut: int | None
) -> None:
    content = bytearray(weights.dump(ARRAYS))
    content[position % len(content)] = value
    (tmp_path / "w").write_bytes(content[: None if cut is None else cut % len(content)])
    try:
        found = read_weights(tmp_path / "w")
    except ValueError:
        return
    for array in found.values():
        array.sum()
