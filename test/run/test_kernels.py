"""The kernels that are measured by benchmarks/kernels.py give what CPython and NumPy give, at sizes for tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from test_programs import called, compiled, plain, same

from pyc.source import Source

KERNELS = sorted((Path(__file__).resolve().parents[2] / "benchmarks" / "kernels").glob("*.py"))


@pytest.mark.parametrize("path", KERNELS, ids=lambda p: p.stem)
def test_kernel(path):
    source = Source(str(path), path.read_text(encoding="utf-8"))
    names = plain(source)
    arguments = tuple(names["arguments"](*names["SIZES"]["test"]))
    result, after, error = called(names[path.stem], arguments)
    assert error is None
    function = getattr(compiled(source, (path.stem,), 3), path.stem)
    found, found_after, found_error = called(function, arguments)
    assert found_error is None
    same(found, result, path.stem)
    same(found_after, after, f"arguments of {path.stem} afterwards")


def test_peers_get_the_kernels_without_types(monkeypatch):
    folder = KERNELS[0].parents[1]
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "kernels", raising=False)
    from contender import Kernel, Prepared  # pyright: ignore[reportMissingImports]
    from kernels import plain_text  # pyright: ignore[reportMissingImports]

    for path in KERNELS:
        text = plain_text(path)
        assert "pyc" not in text.replace("pyc-", ""), path.stem
        compile(text, path.stem, "exec")
    spmv = next(p for p in KERNELS if p.stem == "spmv")
    kernel = Kernel("spmv", str(spmv), plain_text(spmv), None, "test", ())
    prepared = Prepared("numpy", kernel, folder, lambda: 0.0, most=2)
    assert prepared.outcome[0].shape == (9,)
    assert not prepared.written


def test_sizes_are_named():
    for path in KERNELS:
        names = plain(Source(str(path), path.read_text(encoding="utf-8")))
        assert set(names["SIZES"]) == {"test", "small", "medium"}, path.stem
