"""The cache of compiled functions: keys, damage, size."""

import dataclasses
import errno
import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pyc.source import Source
from pyc.tools import cache
from pyc.tools.cache import Entry
from pyc.tools.cache_why import why
from pyc.tools.outline import outline
from pyc.tools.reachable import reachable


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


ENTRY = Entry({"name": "f", "functions": [{"symbol": "f"}]}, b"\x7fELF\n\0code")
KEY = "ab" + "0" * 62


def test_what_is_written_is_read(empty_cache):
    assert cache.read(KEY) is None
    assert cache.write(KEY, ENTRY)
    assert cache.read(KEY) == ENTRY
    assert [p.name for p in (empty_cache / "ab").iterdir()] == [f"{KEY}.pycc"]


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-1], lambda c: c[:40] + b"?" + c[41:], lambda c: b"", lambda c: c + b"x"]
)
def test_damaged_entries_are_deleted(empty_cache, damage):
    cache.write(KEY, ENTRY)
    (path,) = empty_cache.glob("*/*")
    path.write_bytes(damage(path.read_bytes()))
    assert cache.read(KEY) is None
    assert not path.exists()


def test_every_byte_counts(empty_cache):
    cache.write(KEY, ENTRY)
    (path,) = empty_cache.glob("*/*")
    content = path.read_bytes()
    for i in range(len(content)):
        path.write_bytes(content[:i] + bytes([content[i] ^ 1]) + content[i + 1 :])
        assert cache.read(KEY) is None


def test_the_least_recently_used_go_first(monkeypatch):
    size = len(cache._encoded(ENTRY))
    monkeypatch.setenv("PYC_CACHE_SIZE", str(2 * size))
    keys = [c + c + "0" * 62 for c in "abc"]
    for at, key in enumerate(keys[:2]):
        cache.write(key, ENTRY)
        os.utime(cache._path(key), (at, at))
    cache.read(keys[0])
    cache.write(keys[2], ENTRY)
    assert [cache.read(k) is not None for k in keys] == [True, False, True]
    assert cache.info().size <= cache.limit() == 2 * size


def test_a_cache_of_no_size_keeps_nothing(monkeypatch):
    monkeypatch.setenv("PYC_CACHE_SIZE", "0")
    assert not cache.write(KEY, ENTRY)
    assert cache.info().entries == 0


def test_a_place_that_cannot_be_written_keeps_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "file"))
    assert not cache.write(KEY, ENTRY)
    assert cache.read(KEY) is None


def test_a_cache_that_is_off_gives_nothing(empty_cache, monkeypatch):
    cache.write(KEY, ENTRY)
    monkeypatch.setenv("PYC_CACHE_SIZE", "0")
    assert cache.read(KEY) is None
    monkeypatch.delenv("PYC_CACHE_SIZE")
    assert cache.read(KEY) is not None


def test_a_user_without_a_home_has_no_cache(monkeypatch):
    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("PYC_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", home)
    assert not cache.write(KEY, ENTRY)
    assert cache.read(KEY) is None
    assert cache.info().entries == 0


def test_reasons_name_options_and_what_is_damaged(empty_cache, tmp_path, monkeypatch):
    (tmp_path / "program.py").write_text("def f(): ...\n")
    source = Source(str(tmp_path / "program.py"), "def f(): ...\n")
    facts = cache.facts(source, function="f", arguments=(), target="cpu", level=1, unchecked=True, fastmath=["nnan"])
    cache.write(KEY, dataclasses.replace(ENTRY, facts=facts))
    taken, text = why("f")
    assert taken
    assert "f() for cpu, level 1, unchecked, fastmath in" in text
    monkeypatch.setenv("PYC_CACHE_SIZE", "0")
    assert "not taken: the cache is off" in why("f")[1]
    monkeypatch.delenv("PYC_CACHE_SIZE")
    cache._path(KEY).write_bytes(b"")
    assert "1 damaged entry is there" in why("f")[1]


def test_info_and_clear(empty_cache):
    cache.write(KEY, ENTRY)
    cache.write("cd" + KEY[2:], ENTRY)
    now = cache.info()
    assert (now.place, now.entries) == (empty_cache, 2)
    assert cache.describe().startswith(f"{empty_cache}\n2 entries, ")
    assert cache.clear() == 2
    assert cache.info().entries == 0


def _write(n):
    return cache.write(KEY, Entry({"n": n}, bytes(100_000)))


def test_processes_share_it():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert all(pool.map(_write, range(4)))
    entry = cache.read(KEY)
    assert entry is not None
    assert len(entry.code) == 100_000
    assert cache.info().entries == 1


def test_the_place_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("PYC_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.place() == tmp_path / "pyc"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.place() == tmp_path / ".cache" / "pyc"


# --- keys -----------------------------------------------------------------------------------------------------------


def key(folder, text="from helpers import f\nK = 3\n", **parts):
    source = Source(str(folder / "main.py"), text)
    return cache.key(cache.facts(source, **{"function": "f", "target": "cpu:native", **parts}))


def test_the_key_covers_what_matters(tmp_path, monkeypatch):
    (tmp_path / "helpers.py").write_text("from deeper.one import g\n")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "one.py").write_text("from .two import *\nX = 1\n")
    (tmp_path / "deeper" / "two.py").write_text("Y = 1\n")
    (tmp_path / "unrelated.py").write_text("")
    first = key(tmp_path)
    assert first == key(tmp_path)
    keys = [first]
    keys.append(key(tmp_path, "from helpers import f\nK = 4\n"))  # a captured constant
    keys.append(key(tmp_path, function="f[f32]"))
    keys.append(key(tmp_path, target="cpu:x86-64-v3"))
    keys.append(key(tmp_path, arguments=("Tensor[f32, _]",)))
    keys.append(key(tmp_path, unchecked=True))
    (tmp_path / "helpers.py").write_text("from deeper.one import g, h\n")  # a callee
    keys.append(key(tmp_path))
    (tmp_path / "deeper" / "two.py").write_text("Y = 2\n")  # a callee's callee
    keys.append(key(tmp_path))
    (tmp_path / "unrelated.py").write_text("changed")
    assert key(tmp_path) == keys[-1]
    monkeypatch.setattr(cache, "compiler", lambda: "another")
    keys.append(key(tmp_path))
    monkeypatch.setattr(cache, "machine", lambda: "another")
    keys.append(key(tmp_path))
    assert len(set(keys)) == len(keys)


def test_files_that_import_each_other(tmp_path):
    (tmp_path / "main.py").write_text("import helpers")
    (tmp_path / "helpers.py").write_text("import main")
    assert key(tmp_path, "import helpers") == key(tmp_path, "import helpers")


def test_the_compiler_and_the_machine_have_names():
    assert cache.compiler().startswith("pyc ")
    assert len(cache.machine()) == 64


# --- what a function needs of its file --------------------------------------------------------------------------------

FILE = """\
import numpy as np
from pyc import Dim, Tensor, f64, record, static
N = Dim("N")
LIMIT = 3
TABLE = {"a": 1}

@record
class Pair:
    x: f64

class Other:
    pass

def helper(x):
    return inner(x) + LIMIT

def inner(x):
    return x

def quoted(p: "Pair") -> "f64":
    return p.x

@decorated(inner)
def f(x: Tensor[f64, N]) -> f64:
    return helper(x)

def g(x):
    global LIMIT
    return x

def unrelated(x):
    return "no f here"; LATER = 4
"""


def test_what_a_function_reaches():
    kept = reachable(FILE, "f")
    assert len(kept.split("\n")) == len(FILE.split("\n"))
    for there in (
        "LIMIT = 3",
        "TABLE",
        "def helper",
        "def inner",
        "@decorated",
        "def f(",
        "global LIMIT",
        "import numpy",
    ):
        assert there in kept
    for absent in ("class Pair", "class Other", "def quoted", "def unrelated", "@record"):
        assert absent not in kept
    kept = reachable(FILE, "quoted")
    assert "class Pair" in kept
    assert "@record" in kept
    assert "def inner" not in kept
    assert "class Other" in reachable(FILE, "f[Other]")
    assert reachable("def f(:\n", "f") == "def f(:\n"


def test_an_edit_elsewhere_in_the_file_keeps_what_was_compiled(tmp_path):
    first = key(tmp_path, FILE)
    assert key(tmp_path, FILE.replace('"no f here"', '"other"')) == first
    assert key(tmp_path, FILE.replace("return p.x", "return p.x + 1")) == first
    assert key(tmp_path, FILE.replace("return p.x", "return p.x + 1"), function="quoted") != key(
        tmp_path, FILE, function="quoted"
    )
    for edit in (
        ("LIMIT = 3", "LIMIT = 4"),
        ("return x\n\ndef quoted", "return -x\n\ndef quoted"),
        ("N = Dim", "\nN = Dim"),
    ):
        assert key(tmp_path, FILE.replace(*edit)) != first
    # What another file needs of this one is not seen here.
    (tmp_path / "helpers.py").write_text("import main\ndef f(x): return main.unrelated(x)\n")
    text = "import helpers\n" + FILE
    assert key(tmp_path, text) != key(tmp_path, text.replace('"no f here"', '"other"'))


def test_what_is_known_of_a_long_text_is_kept(tmp_path, empty_cache, monkeypatch):
    long = FILE + "".join(f"def later{i}(x):\n    return helper(x) + {i}\n" for i in range(100))
    outline.cache_clear()
    found = outline(long)
    assert cache.info().entries == 1
    first = key(tmp_path, long)
    outline.cache_clear()
    with monkeypatch.context() as m:
        m.setattr("pyc.frontend.syntax.parse", None)
        assert outline(long) == found
        assert key(tmp_path, long) == first
        assert cache.info().entries == 1
    assert key(tmp_path, long.replace("LIMIT = 3", "LIMIT = 5")) != first
    assert key(tmp_path, long.replace("+ 99", "+ 98")) == first
    broken = "def f(:\n" * 500
    for _ in range(2):
        outline.cache_clear()
        assert reachable(broken, "f") == broken


# --- places that do not take everything -------------------------------------------------------------------------------


def test_a_full_disk_keeps_nothing_and_leaves_nothing(empty_cache, monkeypatch):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    make = tempfile.mkstemp

    def full(**options):
        handle, name = make(**options)
        os.close(handle)
        return os.open("/dev/full", os.O_WRONLY), name

    monkeypatch.setattr(tempfile, "mkstemp", full)
    assert not cache.write(KEY, ENTRY)
    assert [*empty_cache.glob("*/*"), *empty_cache.glob("*/.*")] == []
    monkeypatch.setattr(tempfile, "mkstemp", make)
    assert cache.write(KEY, ENTRY)


def test_a_cache_that_is_only_read_serves(empty_cache, monkeypatch):
    cache.write(KEY, ENTRY)

    def refused(*arguments, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    for name in ("utime", "replace"):
        monkeypatch.setattr(os, name, refused)
    monkeypatch.setattr(type(empty_cache), "unlink", refused)
    monkeypatch.setattr(type(empty_cache), "mkdir", refused)
    assert cache.read(KEY) == ENTRY
    assert not cache.write("cd" + KEY[2:], ENTRY)
    assert cache.clear() == 0


def test_what_was_never_finished_goes_after_a_while(empty_cache):
    cache.write(KEY, ENTRY)
    old, new = empty_cache / "ab" / ".old.tmp", empty_cache / "ab" / ".new.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    cache.write("cd" + KEY[2:], ENTRY)
    assert (old.exists(), new.exists()) == (False, True)
    assert cache.info().entries == 2


PROGRAM = """\
from pyc import Dim, Tensor, f64
N = Dim("N")
def total(x: Tensor[f64, N]) -> f64:
    s = 0.0
    for i in range(len(x)):
        s += x[i]
    return s
if __name__ == "__main__":
    import numpy as np
    print(total(np.arange(5.0)))
"""


def ran(folder):
    command = [sys.executable, "-m", "pyc", "run", "program.py"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_that_compile_the_same_at_once(tmp_path, empty_cache):
    (tmp_path / "program.py").write_text(PROGRAM)
    for _ in range(2):
        both = [ran(tmp_path), ran(tmp_path)]
        assert [p.communicate() for p in both] == [("10.0\n", "")] * 2
    assert cache.info().entries == 1
    assert [*empty_cache.glob("*/.*")] == []


@pytest.mark.parametrize("kind", ["cut", "garbage", "object", "empty"])
def test_damaged_entries_are_compiled_again(tmp_path, empty_cache, kind):
    (tmp_path / "program.py").write_text(PROGRAM)
    assert ran(tmp_path).communicate() == ("10.0\n", "")
    (path,) = empty_cache.glob("*/*")
    good = path.read_bytes()
    entry = cache._decoded(good)
    assert entry is not None
    bad = {
        "cut": good[: len(good) // 2],
        "garbage": os.urandom(len(good)),
        # A digest that fits, and an object that does not load.
        "object": cache._encoded(dataclasses.replace(entry, code=b"\x7fELF no object")),
        "empty": b"",
    }[kind]
    path.write_bytes(bad)
    assert ran(tmp_path).communicate() == ("10.0\n", "")
    again = cache._decoded(path.read_bytes())
    assert again is not None
    assert again.code == entry.code
