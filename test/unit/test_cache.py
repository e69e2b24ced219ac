"""The cache of compiled functions: keys, damage, size."""

import multiprocessing
import os

import pytest

from pyc.source import Source
from pyc.tools import cache
from pyc.tools.cache import Entry


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
