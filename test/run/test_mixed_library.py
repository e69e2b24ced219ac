"""NumPy's functions that are written in the language, on mixed precision: compiled as interpreted."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyc import Mixed, array, f16, f32
from pyc.targets.interpreter import typed
from pyc.tools.declared_locals import converting

P = Mixed[f16, f32]
#: Functions of an array `a`, and of a square one `b`.
OF_VECTORS = """\
np.sort(a)|np.sort(a)[::-1]|np.flip(a)|np.roll(a, 2)|np.outer(a, a)|np.outer(a, y)|np.cumsum(a)|np.cumprod(a)
np.diff(a)|np.append(a, 1.0)|np.append(a, y)|np.insert(a, 1, 0.1)|np.delete(a, 1)|np.take(a, np.array([0, 1]))
np.unique(a)|np.kron(a, a)|np.diag(a)|np.convolve(a, y)|np.gradient(a)|np.median(a) * a|np.average(a) * a
np.nanmax(a) * a|np.nancumsum(a)|np.trapezoid(a) * a|np.polyval(a, a)|np.hypot(a, a)|np.fmax(a, y)|np.modf(a)[0]
np.divmod(a, y)[1]|np.nan_to_num(a)|np.degrees(a)|np.logaddexp(a, a)|np.pad(a, 1)|np.pad(a, 1, mode="edge")
np.compress(a > 0, a)|np.partition(a, 2)|np.union1d(a, y)|np.full_like(a, 0.1)|np.heaviside(a, 0.5)|np.sign(a)
np.nextafter(a, y)|np.ldexp(a, 2)|np.interp(a, np.sort(y), y)|np.choose(np.array([0, 1, 0, 1, 0]), (a, y))
np.repeat(a, 2)|np.roll(np.sort(a), 1)|np.add.accumulate(a)|np.multiply.outer(a, y)|np.cross(a[:3], y[:3])
""".replace("\n", "|")
OF_MATRICES = """\
np.tril(b)|np.triu(b)|np.rot90(b)|np.trace(b) * b|np.diagonal(b)|np.sort(b, axis=0)|np.cumsum(b)|np.cumsum(b, axis=0)
np.median(b, axis=0)|np.roll(b, 1, axis=1)|np.linalg.det(b) * b|np.kron(b, b)|np.linalg.norm(b) * b
np.take_along_axis(b, np.argsort(b, axis=1), axis=1)|np.linalg.matmul(b, b)|np.inner(b, b)|np.tensordot(b, b) * b
""".replace("\n", "|")
WRITTEN = [e for e in (OF_VECTORS + OF_MATRICES).split("|") if e]
#: The interpreter's NumPy adds in another order, or has another algorithm: equal to a part of an ulp of f16 at least.
INEXACT = ("np.linalg", "np.kron", "np.convolve", "np.inner", "np.tensordot", "np.average", "np.trapezoid", "np.interp",
           "np.logaddexp", "np.polyval", "np.trace")  # fmt: skip


def loaded(path: Path, text: str) -> Any:
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("mixed_library")
    head = (
        "from __future__ import annotations\nimport numpy as np\nimport pyc\nfrom pyc import Mixed, Tensor, f16, f32\n"
    )
    head += "P = Mixed[f16, f32]\n"
    bodies = []
    for i, e in enumerate(WRITTEN):
        for kind, factor in (("stored", ""), ("computed", " * 1.003")):
            bodies.append(
                f"def {kind}_{i}(x: Tensor[P, 5], y: Tensor[P, 5], w: Tensor[P, 3, 3]):\n"
                f"    a, b = x{factor}, w{factor}\n    return ({e}) * 1.7\n"
            )
    every = "".join(f"{kind}_{i}(x, y, w), " for i in range(len(WRITTEN)) for kind in ("stored", "computed"))
    whole = f"@pyc.jit(level=1)\ndef every(x: Tensor[P, 5], y: Tensor[P, 5], w: Tensor[P, 3, 3]):\n    return {every}\n"
    random = np.random.default_rng(1)
    given = [random.standard_normal(s).astype("f2") for s in (5, 5, (3, 3))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYC_CACHE_DIR", str(folder / "cache"))
        compiled = loaded(folder / "mixed_compiled.py", head + "".join(bodies) + whole).every(*given)
    plain = loaded(folder / "mixed_interpreted.py", head + "".join(bodies))
    names = [f"{kind}_{i}" for i in range(len(WRITTEN)) for kind in ("stored", "computed")]
    return {
        name: (c, typed(converting(getattr(plain, name)))(*(array(g, P) for g in given)))
        for name, c in zip(names, compiled, strict=True)
    }


@pytest.mark.parametrize("i", range(len(WRITTEN)), ids=WRITTEN)
def test_library_functions_round_where_the_interpreter_does(programs, i):
    for kind in ("stored", "computed"):
        compiled, interpreted = (np.asarray(v) for v in programs[f"{kind}_{i}"])
        assert (compiled.dtype, compiled.shape) == (interpreted.dtype, interpreted.shape), kind
        if WRITTEN[i].startswith(INEXACT):
            np.testing.assert_allclose(compiled.astype("f8"), interpreted.astype("f8"), rtol=1.2e-3, err_msg=kind)
        else:
            assert np.array_equal(compiled, interpreted, equal_nan=True), kind


def test_what_is_written_reaches_a_computed_array(tmp_path, monkeypatch):
    """Views of, and writes to, an array in compute precision: it is the same array, not a rounded copy."""
    text = """\
from __future__ import annotations
import numpy as np
import pyc
from pyc import Mixed, Tensor, f16, f32
P = Mixed[f16, f32]
def views(w: Tensor[P, 3, 3]) -> Tensor[P, 3, 3]:
    t = w * 1.003
    d = np.rot90(t)
    d[0] = 7.001
    np.fill_diagonal(t, 0.1)
    np.copyto(t[1], 0.3)
    return t * 1.7
"""
    monkeypatch.setenv("PYC_CACHE_DIR", str(tmp_path / "cache"))
    w = np.random.default_rng(2).standard_normal((3, 3)).astype("f2")
    compiled = loaded(tmp_path / "views_compiled.py", text.replace("def views", "@pyc.jit\ndef views")).views(w)
    found = typed(converting(loaded(tmp_path / "views_plain.py", text).views))(array(w, P))
    assert np.array_equal(compiled, np.asarray(found))
    t = w.astype("f4") * np.float32(1.003)
    np.rot90(t)[0] = 7.001
    np.fill_diagonal(t, 0.1)
    t[1] = 0.3
    assert np.array_equal(compiled, (t * np.float32(1.7)).astype("f2"))
