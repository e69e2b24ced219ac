"""Linking: which linker is taken, what it makes, and what is said when there is none."""

from __future__ import annotations

import ctypes
import errno
import sys
from pathlib import Path

import pytest

from pyc.diagnostics import CompileError
from pyc.targets import link, llvm

X86 = "x86_64-unknown-linux-gnu"
ROOT = """
declare double @llvm.exp.f64(double)
define double @grow(double %x) {
  %y = call double @llvm.exp.f64(double %x)
  ret double %y
}
"""


def grow(chip: str = "native") -> bytes:
    return llvm.optimise(ROOT, llvm.cpu_machine(chip), 2, keep=["grow"]).object_code()


def native() -> str:
    return llvm.cpu_machine("native").triple


def script(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{body}")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any C compiler; the folder is its whole PATH."""
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(link.importlib.util, "find_spec", lambda name: None)
    return tmp_path


def test_links_and_runs(tmp_path: Path) -> None:
    library = tmp_path / "libm1.so"
    library.write_bytes(link.shared_library([grow()], "m1", native()))
    function = ctypes.CDLL(str(library)).grow
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double]
    assert function(0.0) == 1.0


def test_is_deterministic() -> None:
    code = grow()
    assert link.shared_library([code], "m", native()) == link.shared_library([code], "m", native())


def test_undefined_symbols_are_found_at_link_time() -> None:
    text = "declare void @pyc_no_such_symbol()\ndefine void @f() { call void @pyc_no_such_symbol()\n ret void }"
    code = llvm.optimise(text, llvm.cpu_machine("native"), 2, keep=["f"]).object_code()
    with pytest.raises(CompileError, match="E513") as caught:
        link.shared_library([code], "m", native())
    assert any("pyc_no_such_symbol" in note.message for note in caught.value.diagnostics[0].notes)


def test_no_linker_says_what_to_install(bare: Path) -> None:
    with pytest.raises(CompileError, match="E512") as caught:
        link.shared_library([b""], "m", X86)
    notes = caught.value.diagnostics[0].notes
    assert notes[0].fix
    assert "pyc[link]" in notes[0].message


def test_order_of_choice(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "_host_architecture", lambda: "x86_64")
    monkeypatch.setattr(link.importlib.util, "find_spec", lambda name: object())
    assert link.find_linker(X86).command[1:] == ("-m", "ziglang", "cc", "-target", "x86_64-linux-gnu")
    for name in ("clang", "gcc", "cc"):
        script(bare, name, "")
        assert link.find_linker(X86).name == name
    monkeypatch.setenv("CC", "my-cc --sysroot '/a b'")
    assert link.find_linker(X86).command == ("my-cc", "--sysroot", "/a b")


def test_another_architecture_wants_its_own_compiler(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "_host_architecture", lambda: "x86_64")
    script(bare, "cc", "")
    with pytest.raises(CompileError, match="aarch64-linux-gnu-gcc"):
        link.find_linker("aarch64-unknown-linux-gnu")
    script(bare, "aarch64-linux-gnu-gcc", "")
    assert link.find_linker("aarch64-unknown-linux-gnu").name == "aarch64-linux-gnu-gcc"


@pytest.mark.parametrize(
    ("body", "words"),
    [("import sys; print('no such thing'); sys.exit(3)", "status 3"), ("", "wrote no file")],
)
def test_failures_are_told(bare: Path, monkeypatch: pytest.MonkeyPatch, body: str, words: str) -> None:
    monkeypatch.setenv("CC", str(script(bare, "broken", body)))
    with pytest.raises(CompileError, match=words):
        link.shared_library([b""], "m", X86)


def test_a_linker_that_is_no_program(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", str(bare / "absent"))
    with pytest.raises(CompileError, match="could not be started"):
        link.shared_library([b""], "m", X86)


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    code = grow()
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CompileError, match=r"E503: cannot write .*: no space left on device"):
        link.shared_library([code], "m1", native())
