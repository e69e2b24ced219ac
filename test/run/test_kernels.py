"""The kernels that are measured by benchmarks/kernels.py give what CPython and NumPy give, at sizes for tests."""

from __future__ import annotations

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


def test_sizes_are_named():
    for path in KERNELS:
        names = plain(Source(str(path), path.read_text(encoding="utf-8")))
        assert set(names["SIZES"]) == {"test", "small", "medium"}, path.stem
