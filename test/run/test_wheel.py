"""``--emit=wheel``: a package that pip installs, whose functions run without pyc, and whose name says the truth."""

from __future__ import annotations

import base64
import csv
import hashlib
import subprocess
import sys
import zipfile

import pytest

from pyc import CompileError
from pyc.source import Source
from pyc.target import Target
from pyc.targets.cpu.wheel import platform_tag
from pyc.tools.driver import Job, compile_file
from pyc.tools.wheels import version_of, wheel_path

PROGRAM = """\
from pyc import Dim, Tensor, bf16, f64

__version__ = "1.2rc1"
N = Dim("N")

def scaled(x: Tensor[f64, N], by: float = 2.0) -> Tensor[f64, N]:
    return x * by

def pick(x: Tensor[f64, N], k: int) -> f64:
    return x[k]

def narrow(x: Tensor[bf16, N]) -> Tensor[bf16, N]:
    return x + x
"""
CALLER = """\
import sys, numpy as np
sys.modules["pyc"] = None  # importing it fails
import net_2
print(net_2.scaled(np.arange(3.0)).tolist(), net_2.scaled(np.ones(1), by=3.0).tolist())
try:
    net_2.pick(np.ones(2), 5)
except IndexError as error:
    print(error)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "net-2.py").write_text(PROGRAM)
    job = Job(str(folder / "net-2.py"), target=Target.parse("cpu:native"), emit="wheel", output=str(folder / "dist"))
    return compile_file(job).path


def test_its_name(built):
    name, version, python, abi, platform = built.stem.split("-")
    assert (built.suffix, name, version, python, abi) == (".whl", "net_2", "1.2rc1", "py3", "none")
    assert platform.startswith("manylinux_2_")
    assert [p.name for p in built.parent.iterdir()] == [built.name]


def test_its_record_lists_every_file(built):
    with zipfile.ZipFile(built) as archive:
        assert archive.testzip() is None
        record = archive.read("net_2-1.2rc1.dist-info/RECORD").decode().splitlines()
        rows = {path: (digest, size) for path, digest, size in csv.reader(record)}
        assert set(rows) == set(archive.namelist())
        assert rows.pop("net_2-1.2rc1.dist-info/RECORD") == ("", "")
        for path, (digest, size) in rows.items():
            content = archive.read(path)
            there = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            assert (digest, int(size)) == (f"sha256={there}", len(content))
        metadata = archive.read("net_2-1.2rc1.dist-info/METADATA").decode()
    assert "\nName: net-2\nVersion: 1.2rc1\n" in metadata
    assert "\nRequires-Dist: numpy>=2.0\nRequires-Dist: ml_dtypes>=0.5\n" in metadata
    assert "pyc" not in [line.split()[1] for line in metadata.splitlines() if line.startswith("Requires-Dist")]


def test_pip_installs_it_and_it_runs_without_pyc(built, tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", tmp_path / "there"]
    subprocess.run([*pip, built], check=True, cwd=tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", CALLER],
        cwd=tmp_path / "there",
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == ["[0.0, 2.0, 4.0] [3.0]", "index 5 is out of bounds for axis 0 with size 2"]


def test_equal_programs_give_equal_wheels(built):
    job = Job(
        str(built.parent.parent / "net-2.py"),
        target=Target.parse("cpu:native"),
        emit="wheel",
        output=str(built.parent.parent / "again"),
    )
    again = compile_file(job).path
    assert again is not None
    assert again.read_bytes() == built.read_bytes()


@pytest.mark.parametrize(
    ("library", "tag"),
    [
        (b"\x7fELF\0libc.so.6\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.3.4\0", "manylinux_2_34_x86_64"),
        (b"\x7fELF\0GLIBC_2.2.5\0", "manylinux_2_5_x86_64"),
        (b"\x7fELF no C library", "manylinux_2_5_x86_64"),
    ],
)
def test_the_platform_is_the_oldest_that_has_what_the_library_asks_for(library, tag):
    assert platform_tag(library, "x86_64") == tag


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("", ""),
        ('__version__ = "2"', "2"),
        ('__version__: str = "1.0.post1+local.2"', "1.0.post1+local.2"),
        ('__version__ = "1"\n__version__ = "2.0.dev3"', "2.0.dev3"),
        ("def f():\n    __version__ = 3", ""),
        ("__version__ = 1.0", None),
        ("__version__ = str(3)", None),
        ('__version__ = "1.0 "', None),
        ('__version__ = "v1"', None),
    ],
)
def test_versions(text, version):
    source = Source("p.py", text + "\n")
    if version is not None:
        assert version_of(source) == version
        return
    with pytest.raises(CompileError) as caught:
        version_of(source)
    assert [d.code for d in caught.value.diagnostics] == ["E516"]


def test_where_it_is_written(tmp_path):
    name = "a-1-py3-none-any.whl"
    assert str(wheel_path("", name)) == name
    assert wheel_path(str(tmp_path / "dist"), name) == tmp_path / "dist" / name
    assert wheel_path(str(tmp_path / name), name) == tmp_path / name
    with pytest.raises(CompileError, match=r"a wheel is installed by its name, a-1-py3-none-any\.whl"):
        wheel_path(str(tmp_path / "b.whl"), name)
