"""Files that import each other, constants and type aliases: compiled as Python runs them."""

from __future__ import annotations

import math
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from language import HEADER

import pyc
from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source
from pyc.target import Target
from pyc.tools.driver import Job, check_file, compile_file

FILES = {
    "shapes.py": """
from pyc import Dim, Tensor, f64
from math import *
N = Dim("N")
SIZE = 3
type Vec = Tensor[f64, N]
type Mat[R, C] = Tensor[f64, R, C]
Square = Tensor[f64, N, N]
SQUARES = tuple(i * i for i in range(SIZE))
TABLE = [float(k) / 2 for k in (1, 2, 3) if k != 2]
NAMES = ("a", "b") + ("c",)
GREETING = f"{NAMES[0]}-{SIZE:03d}"
WIDE = "same".upper()
TOTAL = sum(SQUARES) + len(NAMES) + max(TABLE) + SQUARES[-1]
ROOT = sqrt(2.0) * pi
PAIRS = [(i, n) for i, n in enumerate(NAMES)]
DOUBLE = lambda v: v * 2
LOOKUP = {"x": 1.5, "y": 2.5}
NEGATIVE = -SIZE ** 2 // 2
CHAIN = 1 < SIZE < 5 and not False
REVERSED = NAMES[::-1]
LOW = BOTTOM = 0
ONE, (TWO, [THREE, FOUR]) = 1, (2, (3, 4))
FIVE, (SIX, SEVEN) = KINDS = (ONE + FOUR, (6, 7))
[EIGHT, NINE] = [k + 8 for k in range(2)]
""",
    "layers/__init__.py": "from .deep import deep as exported\n",
    "layers/deep.py": """
from __future__ import annotations
from shapes import SIZE as S, Vec
from . import leaf
from .leaf import half
from .inner.bottom import offset
import math as m
def deep(x: Vec) -> Vec:
    return half(x) * S + leaf.quarter(x) * m.pi + offset(x)
""",
    "layers/leaf.py": """
__all__ = ["half"]
def half(x):
    return x * 0.5
def quarter(x):
    return x * 0.25
""",
    "layers/inner/bottom.py": """
from ..leaf import quarter
from .. import leaf
def offset(x):
    return quarter(x) + leaf.half(x)
""",
    "main.py": """
from __future__ import annotations
import numpy as np
from pyc import Dim, Tensor, f64
import layers.deep
import layers
import shapes as sh
from shapes import *
from shapes import Vec as V, Mat, Square
from layers.leaf import *
def f(x: V, m: Mat[3, 4], s: Square[2]) -> Tensor[f64, N]:
    y = half(x) + TOTAL + sh.ROOT + SQUARES[2] + TABLE[1]
    if GREETING == "a-003" and WIDE == "SAME" and CHAIN and REVERSED == ("c", "b", "a"):
        y = y + m[0, 0]
    for i, n in PAIRS:
        if n == "b":
            y = y + i * 10
    y = y + LOW + BOTTOM + ONE + TWO * 10 + THREE * 100 + FOUR * 1000 - 4321
    y = y + FIVE * 10000 + SIX * 1000 + SEVEN * 100 + EIGHT * 10 + NINE - 56789 + KINDS[0] - 5
    return DOUBLE(y) + s[0, 1] + LOOKUP["y"] + NEGATIVE + sh.SIZE
def g(x: V) -> V:
    return layers.deep.deep(x) + layers.exported(x)
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("files")
    for name, text in FILES.items():
        (place / name).parent.mkdir(exist_ok=True, parents=True)
        (place / name).write_text(text)
    return place


def test_packages_relative_imports_and_constants(folder):
    compile_file(Job(str(folder / "main.py"), output=str(folder / "main.cpu")))
    bundle = pyc.load(folder / "main.cpu")
    x, m, s = np.arange(3.0), np.full((3, 4), 5.0), np.arange(4.0).reshape(2, 2)
    total = 5 + 3 + 1.5 + 4
    y = x * 0.5 + total + math.sqrt(2.0) * math.pi + 4 + 1.5 + 5.0 + 10
    np.testing.assert_allclose(bundle.f(x, m, s), y * 2 + 1.0 + 2.5 - 5 + 3)
    deep = x * 0.5 * 3 + x * 0.25 * math.pi + x * 0.75
    np.testing.assert_allclose(bundle.g(x), deep * 2)


def test_the_same_files_run_interpreted(folder):
    program = (
        folder / "main.py"
    ).read_text() + "\nprint(g(np.ones(2)).tolist(), f(np.ones(2), np.ones((3, 4)), np.eye(2)))\n"
    (folder / "run.py").write_text(program)
    command = [sys.executable, "-m", "pyc", "run"]
    runs = [
        subprocess.run([*command, *more, str(folder / "run.py")], capture_output=True, text=True, check=False)
        for more in (["--interpret"], [])
    ]
    assert runs[0].returncode == 0, runs[0].stderr
    assert runs[0].stdout == runs[1].stdout, runs[1].stderr


@pytest.mark.parametrize(
    ("files", "code", "words"),
    [
        (
            {"a.py": "from b import X\nX2 = X\n", "b.py": "from a import X2 as X\n"},
            "E116",
            "files import each other: a.py -> b.py -> a.py",
        ),
        (
            {"a.py": "from b import X\n", "b.py": "import c\nX = 1\n", "c.py": "from b import X\nfrom a import f\n"},
            "E116",
            "files import each other: a.py -> b.py -> c.py -> a.py",
        ),
        ({"a.py": "X = Y\nY = X\n"}, "E116", "defined in terms of itself"),
        ({"a.py": "A, X = (1, 2, 3)[::1]\n"}, "E112", "3 values are unpacked into 2 names"),
        ({"a.py": "A, X = 3 + 4\n"}, "E112", "cannot be unpacked"),
        ({"a.py": "from .nowhere import X\n"}, "E114", "nowhere"),
        ({"a.py": "from ..b import X\n", "b.py": "X = 1\n"}, "E114", "beyond the top-level package"),
        (
            {"a.py": "from p.m import X\n", "p/m.py": "from ...b import X\n", "b.py": "X = 1\n"},
            "E114",
            "beyond the top-level package",
        ),
        ({"a.py": "from b import Missing as X\n", "b.py": "Mising = 1\n"}, "E115", "has no name Missing"),
        ({"a.py": "X = len(open('x'))\n"}, "E112", "not evaluated at compile time"),
        ({"a.py": "X = (1, 2)[7]\n"}, "E112", "not evaluated at compile time"),
        ({"a.py": "X = {'k': 1}['m']\n"}, "E112", "no key"),
        ({"a.py": "X = [1 / k for k in (1, 0)]\n"}, "E112", "division by zero"),
        ({"a.py": "X = range(10 ** 9)\n"}, "E112", "too large"),
        ({"a.py": "X = 'ab' * 10 ** 9\n"}, "E112", "too large"),
    ],
)
def test_what_is_wrong_with_constants_is_said_where_they_are_used(tmp_path, files, code, words):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with (tmp_path / "a.py").open("a") as file:
        file.write("from pyc import Tensor, f64\ndef f(x: Tensor[f64, 3]) -> float:\n    return x[0] * X\n")
    found = check_file(str(tmp_path / "a.py"))
    assert [d.code for d in found] == [code]
    assert words in found[0].message


def test_imports_that_are_no_circle(tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").write_text("from .a import f\nfrom .b import *\n")
    (tmp_path / "p" / "a.py").write_text("from . import b\nimport p.b\ndef f(x):\n    return b.g(x)\n")
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import f\n"
    later = "def h(x):\n    from .a import f\n    return f(x)\n"
    (tmp_path / "p" / "b.py").write_text(f"{types}{later}def g(x):\n    return x * 2\n")
    main = (
        "from pyc import Tensor, f64\nfrom p import *\ndef k(x: Tensor[f64, 3]) -> Tensor[f64, 3]:\n    return f(x)\n"
    )
    (tmp_path / "main.py").write_text(main)
    assert not check_file(str(tmp_path / "main.py"))


@pytest.mark.parametrize(
    ("alias", "use", "code"),
    [
        ("type Mat[R, C] = Tensor[f64, R, C]", "Mat[3]", "E215"),
        ("type Mat[R, C] = Tensor[f64, R, C]", "Mat", "E207"),
        ("type Of[T: Float] = Tensor[T, 3]", "Of[i32]", "E215"),
        ("Square = Tensor[f64, N, N]", "Square[2, 3]", "E215"),
    ],
)
def test_type_aliases_are_held_to_their_parameters(alias, use, code):
    text = f"{HEADER}from pyc import Float\n{alias}\ndef f(x: {use}) -> float:\n    return 1.0\n"
    with pytest.raises(CompileError) as found:
        lower(Source("<alias>", text), Request(Target("cpu"), ("f",)))
    assert [d.code for d in found.value.diagnostics] == [code]


@cache
def generic() -> Any:
    text = (
        HEADER
        + """
from pyc import Float, Precision
type Of[T: Float, C = 2] = Tensor[T, C]
def scaled[T: Float = f64, K: int = 3, Up: bool = False, Mode: str = "plain"](x: Of[T, 4]) -> Of[T, 4]:
    if Up and Mode == "plain":
        return x * K
    return x + K
a = scaled
b = scaled[f32]
c = scaled[f64, 5, True]
d = scaled[f64, 5, True, "other"]
"""
    )
    from pyc.targets.backend import Options, backend
    from pyc.targets.cpu.run import load

    target = Target.parse("cpu:native")
    lowered = lower(Source("<generic>", text), Request(target, ("scaled", "b", "c", "d")))
    options = Options(name="program", emit="obj", source_path="<generic>")
    with lowered.module.context:
        backend("cpu").pipeline(target, options).run(lowered.module)
        return load(backend("cpu").emit(lowered.module, target, options))


def test_type_parameters_of_every_kind_with_defaults():
    x = np.arange(4.0)
    np.testing.assert_array_equal(generic().scaled(x), x + 3)
    np.testing.assert_array_equal(generic().b(x.astype(np.float32)), x + 3)
    np.testing.assert_array_equal(generic().c(x), x * 5)
    np.testing.assert_array_equal(generic().d(x), x + 5)


def test_a_file_of_a_package_is_compiled_by_itself(tmp_path):
    """Relative imports reach as far up as the folders are packages."""
    files = {
        "p/__init__.py": "",
        "p/base.py": "def half(x):\n    return x * 0.5\n",
        "p/q/__init__.py": "",
        "p/q/m.py": "from pyc import f64\nfrom ..base import half\ndef f(x: f64) -> f64:\n    return half(x)\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    compile_file(Job(str(tmp_path / "p/q/m.py"), output=str(tmp_path / "m.cpu")))
    assert pyc.load(tmp_path / "m.cpu").f(3.0) == 1.5
