"""Arrays of records as results of extents known only at run time, and parts of arguments: views, as NumPy has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pyc
from pyc.tools.driver import Job, compile_file

PROGRAM = """
import numpy as np
import pyc
from pyc import Tensor, f32, f64, i32

@pyc.record
class V:
    x: f64
    y: f64

@pyc.record
class W:
    p: V
    t: tuple[i32, f32]

def made[M](n: int) -> Tensor[V, M]:
    out = np.zeros(n, dtype=V)
    for i in range(n):
        out[i] = V(float(i), 2.0)
    return out

def nested[M](n: int) -> Tensor[W, M]:
    out = np.zeros(n, dtype=W)
    for i in range(n):
        out[i].p.x = float(i)
    return out

def tail[N, M](v: Tensor[W, N]) -> Tensor[W, M]:
    return v[1:]

def backwards[N](v: Tensor[W, N]) -> Tensor[W, N]:
    return v[::-1]

def every_other[N, M](v: Tensor[W, N]) -> Tensor[W, M]:
    return v[1::2]

def both[N, M](v: Tensor[W, N]) -> tuple[Tensor[W, M], Tensor[W, N], float]:
    return v[1:], v, 1.0
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("records")
    (folder / "parts.py").write_text(PROGRAM)
    compile_file(Job(str(folder / "parts.py"), output=str(folder / "parts.cpu")))
    return pyc.load(folder / "parts.cpu")


def numbered(n: int) -> Any:
    dtype = [("p", [("x", "f8"), ("y", "f8")]), ("t", [("f0", "i4"), ("f1", "f4")])]
    v = np.zeros(n, dtype)
    v["p"]["x"] = np.arange(n)
    return v


def test_of_unknown_extent(bundle):
    for n in (0, 1, 3):
        assert bundle.made(n).tolist() == [(float(i), 2.0) for i in range(n)]
        assert bundle.nested(n)["p"]["x"].tolist() == list(range(n))


@pytest.mark.parametrize(
    ("name", "part"),
    [("tail", slice(1, None)), ("backwards", slice(None, None, -1)), ("every_other", slice(1, None, 2))],
)
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_parts_of_arguments_are_views(bundle, name, part, n):
    for v in (numbered(n), numbered(3 * n)[::3], numbered(n)[::-1]):
        found = getattr(bundle, name)(v)
        assert found.tolist() == v[part].tolist()
        if len(found):
            found["p"]["y"][0] = 7.0
            found["t"]["f1"] = 3.0
            assert found.tolist() == v[part].tolist()


def test_a_part_of_what_is_read_only(bundle):
    v = numbered(3)
    v.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        bundle.tail(v)["p"]["x"][0] = 1.0


def test_several_results_of_one_array(bundle):
    v = numbered(4)
    a, b, c = bundle.both(v)
    a["p"]["y"] = 4.0
    assert b is v
    assert c == 1.0
    assert v["p"]["y"].tolist() == [0.0, 4.0, 4.0, 4.0]
