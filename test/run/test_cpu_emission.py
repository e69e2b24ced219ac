"""Artifacts and calls of the CPU target, from functions written at the memref level: no frontend, no lowering."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import textwrap
import threading
import traceback
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_memrefs import AXPY, SIGNATURES, emitted, lowered

from pyc.dialects.mlir import ir
from pyc.passes.base import PassError
from pyc.target import Target
from pyc.targets import llvm
from pyc.targets.backend import Options, backend
from pyc.targets.cpu import run


@pytest.fixture(scope="module")
def loaded() -> Any:
    return run.load(emitted("obj"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    weights = {"up.w": np.arange(5, dtype=np.float32), "unused": np.zeros(3)}
    return emitted(weights=weights).write(tmp_path_factory.mktemp("bundles") / "prog_cpu")


def test_calls_by_position_and_by_name(loaded: Any) -> None:
    x, y = np.arange(7, dtype=np.float32), np.ones(7, np.float32)
    expected = np.float32(0.1) * x + y
    np.testing.assert_array_equal(loaded.axpy(0.1, x, y), expected)
    np.testing.assert_array_equal(loaded.axpy(y=y, a=0.1, x=x), expected)


@pytest.mark.parametrize("n", [0, 1, 2, 17, 1009])
def test_any_strides(loaded: Any, n: int) -> None:
    base = np.random.default_rng(n).normal(size=(3, 4 * n + 3)).astype(np.float32)
    views = [base[0, :n], base[1, : 2 * n : 2], base[2, 3 * n : 2 * n : -1], base[:, 0].repeat(n)[:n], base.T[:n, 1]]
    for x in views:
        for y in views:
            np.testing.assert_array_equal(loaded.axpy(3, x, y), np.float32(3) * x + y)
    x = np.broadcast_to(np.float32(2), n)
    np.testing.assert_array_equal(loaded.axpy(3, x, x), np.full(n, 8, np.float32))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (5, 7)])
def test_temporaries_and_results_of_two_dimensions(loaded: Any, shape: tuple[int, int]) -> None:
    x = np.random.default_rng(1).normal(size=shape)
    for view in (x, x[::-1, ::-1], np.asfortranarray(x)):
        got = loaded.transposed(view)
        assert got.flags.c_contiguous
        np.testing.assert_array_equal(got, view.T)


def slices(extent: int) -> st.SearchStrategy[slice]:
    bound = st.none() | st.integers(-extent - 1, extent + 1)
    return st.builds(slice, bound, bound, st.none() | st.sampled_from([1, 2, 3, -1, -2, -7]))


@settings(max_examples=150, deadline=None)
@given(rows=slices(7), columns=slices(11), turned=st.booleans(), spread=st.booleans())
def test_views_that_numpy_makes(loaded: Any, rows: slice, columns: slice, turned: bool, spread: bool) -> None:
    x = np.arange(77.0).reshape(7, 11)[rows, columns]
    x = x.T if turned else x
    x = np.broadcast_to(x[:1], x.shape) if spread else x
    np.testing.assert_array_equal(loaded.transposed(x), x.T)


@settings(max_examples=150, deadline=None)
@given(one=slices(20), other=slices(20))
def test_overlap_is_found_exactly(loaded: Any, one: slice, other: slice) -> None:
    base = np.zeros(20, np.int64)
    u, w = base[one], base[other]
    if np.shares_memory(u, w):
        assert "overlap" in message(loaded.bump, u, w, len(u))
        assert not base.any()
    else:
        loaded.bump(u, w, len(u))
        assert base.sum() == len(u)


def test_scalars_of_every_kind(loaded: Any) -> None:
    got = loaded.scalars(-(2**63), 0.1, True, 255, 1.1, 3.14, np.int32(-5))
    assert got[:3] == (-(2**63), 0.1, True)
    assert [type(v) for v in got] == [int, float, bool, np.uint8, np.float16, ml_dtypes.bfloat16, np.int32]
    assert got[3:] == (255, np.float16(1.1), ml_dtypes.bfloat16(3.14), -5)


def test_writes_in_place_and_returns_the_argument_itself(loaded: Any) -> None:
    u = np.arange(10)
    view = u[::-2]
    count, same = loaded.bump(view, np.zeros(2, np.int64), 3)
    assert count == 3
    assert same is view
    np.testing.assert_array_equal(u, [0, 1, 2, 3, 4, 6, 6, 8, 8, 10])


def message(function: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises((TypeError, ValueError, OverflowError)) as caught:
        function(*arguments, **named)
    return f"{caught.type.__name__}: {caught.value}"


def test_messages_of_arrays(loaded: Any) -> None:
    x = np.ones(4, np.float32)
    axpy = loaded.axpy
    assert message(axpy, 1, x, np.ones(5, np.float32)) == "ValueError: N is 4 in x and 5 in y"
    assert message(axpy, 1, x, np.ones(4)) == "TypeError: y holds f64, and Tensor[f32, N] wants f32"
    assert message(axpy, 1, x.reshape(2, 2), x) == "TypeError: x has 2 dimensions, and Tensor[f32, N] has 1"
    assert message(axpy, 1, [1.0], x) == "TypeError: x is a list, and Tensor[f32, N] wants an array: pass np.array(x)"
    assert message(axpy, 1, None, x) == "TypeError: x is None, and Tensor[f32, N] wants an array"
    masked, matrix = np.ma.array(x, mask=x > 0), x.view(np.matrix)
    assert message(axpy, 1, masked, x) == (
        "TypeError: x is a MaskedArray, whose operators mean something else: pass np.asarray(x)"
    )
    assert message(axpy, 1, matrix, x) == (
        "TypeError: x is a matrix, whose operators mean something else: pass np.asarray(x)"
    )
    assert "foreign byte order" in message(axpy, 1, x.astype(">f4"), x)
    records = np.zeros(4, [("a", "f4"), ("b", "u1")])
    assert "stride of 5 bytes" in message(axpy, 1, records["a"], x)
    skewed = np.frombuffer(b"\0" * 17, np.uint8)[1:].view(np.float32)
    assert "misaligned" in message(axpy, 1, skewed, x)


def test_messages_of_scalars(loaded: Any) -> None:
    good = (1, 1.0, True, 1, 1.0, 1.0, 1)

    def wrong(index: int, value: Any) -> str:
        return message(loaded.scalars, *good[:index], value, *good[index + 1 :])

    assert wrong(0, 2**63).startswith("OverflowError: a is 9223372036854775808")
    assert wrong(0, 1.0) == "TypeError: a is a float, and int is wanted"
    assert wrong(1, "x") == "TypeError: b is a str, and float is wanted"
    assert wrong(2, 1) == "TypeError: c is an int, and bool is wanted"
    assert wrong(3, -1) == "OverflowError: d is -1, and u8 holds 0 to 255"
    assert wrong(4, "x") == "TypeError: e is a str, and f16 is wanted"
    assert wrong(6, 2**31).startswith("OverflowError")


def test_messages_of_calls(loaded: Any) -> None:
    x = np.ones(4, np.float32)
    assert message(loaded.axpy, 1, x) == "TypeError: axpy(): missing a required argument: 'y'"
    assert message(loaded.axpy, 1, x, x, x) == "TypeError: axpy(): too many positional arguments"
    assert "unexpected keyword argument 'z'" in message(loaded.axpy, 1, x, x, z=1)
    with pytest.raises(AttributeError, match="it has axpy, bump, scalars, transposed, spin, Net"):
        _ = loaded.nothing


def test_refuses_overlap_with_what_is_written(loaded: Any) -> None:
    u = np.zeros(10, np.int64)
    assert message(loaded.bump, u[2:], u[:3], 1).startswith("ValueError: u and w overlap, and u is written to")
    assert "u and w overlap" in message(loaded.bump, u, u, 1)
    loaded.bump(u[::2], u[1::2], 5)  # interleaved: nothing is shared
    np.testing.assert_array_equal(u, [1, 0] * 5)
    loaded.bump(u[:5], u[5:], 5)
    window = np.lib.stride_tricks.as_strided(u, (4,), (0,))
    assert "share memory" in message(loaded.bump, window, np.zeros(1, np.int64), 1)


def test_refuses_to_write_what_is_read_only(loaded: Any) -> None:
    u = np.zeros(4, np.int64)
    u.flags.writeable = False
    assert (
        message(loaded.bump, u, np.zeros(1, np.int64), 1) == "ValueError: u is read-only, and the function writes to it"
    )


def test_errors_are_python_exceptions_at_the_users_line(loaded: Any, tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "prog.py").write_text("# one\n\ndef bump(u, w, n):\n    for i in u[i]:\n")
    monkeypatch.chdir(tmp_path)
    u = np.zeros(3, np.int64)
    with pytest.raises(IndexError, match="index 3 is out of bounds") as caught:
        loaded.bump(u, np.zeros(1, np.int64), 5)
    np.testing.assert_array_equal(u, 1)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.name, last.line) == ("prog.py", 4, "bump", "for i in u[i]:")
    assert caught.value.__context__ is None


def test_threads_share_a_function(loaded: Any) -> None:
    failures: list[object] = []

    def work(seed: int) -> None:
        x = np.random.default_rng(seed).normal(size=100 + seed).astype(np.float32)
        for _ in range(200):
            got = loaded.axpy(seed, x, x)
            if not np.array_equal(got, np.float32(seed) * x + x):
                failures.append(seed)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failures == []


def test_a_call_lets_other_threads_run(loaded: Any) -> None:
    counted, done = 0, threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = counted
    assert loaded.spin(300_000_000) > 0
    during = counted - before
    done.set()
    thread.join()
    assert during > 1000


def test_introspection(loaded: Any) -> None:
    import inspect

    assert (
        str(inspect.signature(loaded.axpy))
        == "(a: 'f32', x: 'Tensor[f32, N]', y: 'Tensor[f32, N]') -> 'Tensor[f32, N]'"
    )
    assert loaded.axpy.__name__ == "axpy"
    assert "Writes to u" in loaded.bump.__doc__
    assert "IndexError: index 3 is out of bounds (prog.py:4)" in loaded.bump.__doc__
    assert "never" not in loaded.bump.__doc__
    assert "axpy" in repr(loaded)
    assert "Net" in dir(loaded)


def test_modules_bind_weights(loaded: Any, tmp_path: Path) -> None:
    x = np.ones(5, np.float32)
    with pytest.raises(RuntimeError, match="no weights yet"):
        loaded.Net(x)
    weights: dict[str, Any] = {"up.w": np.arange(5, dtype=np.float32)}
    np.savez(tmp_path / "w.npz", **weights)
    assert loaded.Net.load(tmp_path / "w.npz") is loaded.Net
    np.testing.assert_array_equal(loaded.Net(x), np.arange(5) + 1)
    np.testing.assert_array_equal(loaded.Net.twice(x=x), np.arange(5) + 2)
    weights["up.w"] = np.arange(5.0)
    np.savez(tmp_path / "w64.npz", **weights)
    assert message(loaded.Net.load, tmp_path / "w64.npz") == "TypeError: w holds f64, and Tensor[f32, N] wants f32"
    np.savez(tmp_path / "none.npz", other=np.arange(5.0))
    assert "has no weight up.w; it has other" in message(loaded.Net.load, tmp_path / "none.npz")
    assert message(loaded.Net, np.ones(4, np.float32)) == "ValueError: N is 4 in x and 5 in w"


# --- bundles -------------------------------------------------------------------------------------------------------


def python(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run code where pyc cannot be imported."""
    blocked = "import sys; sys.modules['pyc'] = None\n"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-c", blocked + textwrap.dedent(code)],
        cwd=cwd,
        env=environment,
        text=True,
        capture_output=True,
    )


def test_a_bundle_is_a_package_that_needs_no_pyc(folder: Path) -> None:
    done = python(
        """
        import numpy as np, prog_cpu, inspect
        from prog_cpu import axpy, bump
        x = np.arange(5, dtype=np.float32)
        assert (axpy(2, x[::-1], x) == 2 * x[::-1] + x).all()
        assert (prog_cpu.Net(x) == x + x).all() and (prog_cpu.Net.twice(x) == 3 * x).all()
        assert prog_cpu.transposed(np.ones((2, 3))).shape == (3, 2)
        try:
            bump(np.zeros(3, np.int64), np.zeros(1, np.int64), 9)
        except IndexError as error:
            import traceback
            last = traceback.extract_tb(error.__traceback__)[-1]
            assert (last.filename, last.lineno, last.name) == ("prog.py", 4, "bump"), last
        else:
            raise SystemExit("no error")
        print(sorted(prog_cpu.__all__), sorted(m for m in sys.modules if "llvm" in m or "mlir" in m))
        """,
        folder.parent,
    )
    assert done.stderr == ""
    assert done.stdout == "['Net', 'axpy', 'bump', 'scalars', 'spin', 'transposed'] []\n"


def test_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["format"] == "pyc-bundle/1"
    assert manifest["target"] == "cpu:native"
    assert manifest["source"] == {"path": "prog.py", "sha256": "00"}
    assert manifest["library"] == "libprog.so"
    by_name = {f["name"]: f for f in manifest["functions"]}
    assert by_name["axpy"]["symbol"] == "prog_axpy"
    assert by_name["bump"]["writes"] == [0]
    assert [e["number"] for e in by_name["bump"]["errors"]] == [2]
    assert by_name["axpy"]["errors"] == []
    assert by_name["Net"]["parameters"][1]["weight"] == "up.w"
    assert set(manifest["files"]) | {"manifest.json"} == {p.name for p in folder.iterdir()}
    for name, facts in manifest["files"].items():
        assert (folder / name).stat().st_size == facts["bytes"]


def test_only_entry_points_are_visible(folder: Path) -> None:
    if shutil.which("nm") is None:
        pytest.skip("no nm")
    listed = subprocess.run(["nm", "-D", "--defined-only", folder / "libprog.so"], text=True, capture_output=True)
    symbols = {line.split()[-1] for line in listed.stdout.splitlines()}
    assert symbols == {f"prog_{s}" for s in SIGNATURES} | {
        f"prog_{s}__call" for s in ("axpy", "bump", "transposed", "spin")
    }


@pytest.mark.parametrize("language", ["c", "c++"])
def test_the_header_serves_c_and_cpp(folder: Path, tmp_path: Path, language: str) -> None:
    compiler = shutil.which("cc" if language == "c" else "c++")
    if compiler is None:
        pytest.skip(f"no {language} compiler")
    source = tmp_path / "main.c"
    source.write_text(
        """
        #include "prog.h"
        #include "prog.h"
        #include <stdio.h>
        int main(void) {
            float x[3] = {1, 2, 3}, y[3] = {10, 20, 30}, r[3];
            pyc_f32_1d dx = pyc_f32_1d_of(x, 3), dy = pyc_f32_1d_of(y, 3), dr = pyc_f32_1d_of(r, 3);
            int32_t code = prog_axpy(2.0f, &dx, &dy, &dr);
            printf("%d %g %g %g\\n", code, r[0], r[1], r[2]);
            int64_t u[2] = {0, 0}, n;
            pyc_i64_1d du = pyc_i64_1d_of(u, 2), dw = pyc_i64_1d_of(u, 0);
            pyc_i64_0d dn = pyc_i64_0d_of(&n);
            printf("%s\\n", prog_error(prog_bump(&du, &dw, 5, &dn)));
            return 0;
        }
        """
    )
    flags = ["-x", language, "-Wall", "-Wextra", "-Werror", *(["-std=c99", "-pedantic"] if language == "c" else [])]
    command = [
        compiler,
        *flags,
        f"-I{folder}",
        source,
        "-o",
        tmp_path / "main",
        f"-L{folder}",
        "-lprog",
        f"-Wl,-rpath,{folder}",
    ]
    built = subprocess.run(command, text=True, capture_output=True)
    assert built.returncode == 0, built.stderr
    ran = subprocess.run([tmp_path / "main"], text=True, capture_output=True)
    assert ran.stdout == "0 12 24 36\nIndexError: index 3 is out of bounds (prog.py, line 4, in bump[i64])\n"


def test_bundles_are_deterministic() -> None:
    first, second = emitted(chip="x86-64-v3"), emitted(chip="x86-64-v3")
    assert first.files == second.files


@pytest.mark.parametrize(
    ("emit", "name", "start"),
    [
        ("obj", "prog.o", b"\x7fELF"),
        ("so", "libprog.so", b"\x7fELF"),
        ("asm", "prog.s", b"\t.file"),
        ("llvm", "prog.ll", b"; ModuleID"),
    ],
)
def test_single_files(emit: str, name: str, start: bytes) -> None:
    artifact = emitted(emit, chip="x86-64-v2")
    assert artifact.single
    assert list(artifact.files) == [name]
    assert artifact.files[name].startswith(start)
    assert artifact.exports == ("axpy", "bump", "scalars", "transposed", "spin", "Net.__call__", "Net.twice")


def test_another_architecture() -> None:
    text = emitted("asm", chip="neoverse-n1").files["prog.s"].decode()
    assert "fmul" in text


@pytest.mark.parametrize(
    ("chip", "machine"),
    [("neoverse-n1", 183), ("neoverse-v2", 183), ("x86-64", 62), ("x86-64-v3", 62), ("x86-64-v4", 62)],
)
def test_objects_are_for_the_chosen_architecture(chip: str, machine: int) -> None:
    code = emitted("obj", chip=chip).files["prog.o"]
    assert code[:7] == b"\x7fELF\x02\x01\x01"  # 64 bits, little endian
    kind, found = struct.unpack_from("<HH", code, 16)
    assert (kind, found) == (1, machine)
    assert b"\0prog_axpy\0" in code


@pytest.mark.parametrize(
    ("damage", "error", "words"),
    [
        (lambda f: (f / "manifest.json").write_text("{"), ValueError, "damaged"),
        (lambda f: (f / "manifest.json").write_text("[]"), ValueError, "not the manifest"),
        (lambda f: (f / "manifest.json").unlink(), FileNotFoundError, "manifest"),
        (lambda f: (f / "libprog.so").unlink(), FileNotFoundError, "libprog"),
        (lambda f: (f / "libprog.so").write_bytes(b"\x7fELF"), ValueError, "4 bytes"),
        (
            lambda f: (f / "manifest.json").write_text((f / "manifest.json").read_text().replace("prog_axpy", "gone")),
            ValueError,
            "gone",
        ),
        (
            lambda f: (f / "manifest.json").write_text(
                (f / "manifest.json").read_text().replace('"features": [', '"features": ["warp9", ')
            ),
            RuntimeError,
            "lacks warp9",
        ),
    ],
)
def test_damaged_bundles(folder: Path, tmp_path: Path, damage: Any, error: type[Exception], words: str) -> None:
    from pyc.targets.cpu.runtime import open_bundle

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    damage(copy)
    with pytest.raises(error, match=words):
        open_bundle(copy)


def test_operations_that_cannot_be_translated_are_named() -> None:
    with ir.Context(), ir.Location.unknown():
        module = ir.Module.parse(
            "%0 = arith.constant 1 : i32\n%1 = builtin.unrealized_conversion_cast %0 : i32 to index"
        )
        with pytest.raises(PassError, match=r"arith\.constant.*builtin\.unrealized_conversion_cast"):
            backend("cpu").emit(module, Target("cpu"), Options("x"))


def test_a_function_without_c_interface_is_refused() -> None:
    with ir.Context(), ir.Location.unknown():
        module = lowered(AXPY.replace("attributes {llvm.emit_c_interface}", ""))
        with pytest.raises(PassError, match="axpy has no C interface"):
            backend("cpu").emit(module, Target("cpu"), Options("x"))


def test_the_object_of_another_machine_does_not_load() -> None:
    with pytest.raises(llvm.LlvmError):
        run.load(emitted("obj", chip="neoverse-n1" if os.uname().machine == "x86_64" else "x86-64-v2"))
