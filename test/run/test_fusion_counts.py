"""How many loops, arrays and copies are left of programs that users write, and that ``--remarks`` tells of each.

One row a function: loops over elements, arrays in memory that the program does not give back, and copies. Numbers that
get smaller are good news; what gets larger has to have a reason.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from fused_programs import HEADER, PROGRAMS
from language import CPU

from pyc.dialects import remarks, signature
from pyc.dialects.walk import nested
from pyc.frontend import Request, lower
from pyc.passes.report_loops import ReportLoops
from pyc.passes.stored_arrays import temporaries
from pyc.source import Source
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load

#: The programs are compiled once, for one process.
pytestmark = pytest.mark.xdist_group("fusion_counts")
#: Loops, arrays that are stored, copies.
COUNTS: dict[str, tuple[int, int, int]] = {
    "chain": (1, 0, 0), "chain_returned": (1, 0, 0), "chain_static": (1, 0, 0), "broadcasts": (1, 0, 0),
    "outer": (3, 2, 0), "casts": (1, 0, 0), "casts_half": (1, 0, 0), "casts_bf16": (1, 0, 0), "pixels": (1, 0, 0),
    "where_chain": (1, 0, 0), "masks": (1, 0, 0), "several": (1, 0, 0), "several_returned": (1, 0, 0),
    "in_place": (1, 0, 0), "adam": (1, 0, 0), "masked_write": (1, 0, 0), "survivors": (3, 1, 0),
    "integers": (1, 0, 0), "diffused": (1, 0, 1),
    "stencil_1d": (1, 0, 0), "stencil_2d": (5, 0, 0), "stencil_3d": (1, 0, 1), "gradients": (2, 0, 0),
    "jacobi": (2, 0, 0), "upwind": (1, 1, 1), "smoothed": (2, 0, 0), "even_and_odd": (3, 0, 0), "total": (1, 0, 0),
    "total_f32": (1, 0, 0), "softmax": (3, 0, 0), "softmax_vector": (3, 0, 0), "softmax_first": (3, 2, 0),
    "log_softmax": (4, 0, 0), "softmax_static": (3, 0, 0), "softmax_heads": (3, 0, 0), "softmax_half": (3, 1, 0),
    "layer_norm": (5, 0, 0), "layer_norm_bf16": (5, 0, 0), "rms_norm": (3, 0, 0), "batch_norm": (5, 2, 0),
    "batch_norm_images": (5, 4, 0), "nn_norm": (5, 0, 0), "standard": (4, 0, 0), "scaled": (2, 0, 0),
    "argmax_rows": (1, 1, 0), "nearest": (1, 0, 0), "masked_sum": (1, 0, 0), "masked_mean": (1, 0, 0),
    "counted": (1, 0, 0), "first_axis": (1, 0, 0), "middle_axis": (2, 1, 0), "middle_and_back": (3, 2, 0),
    "two_sums": (1, 0, 0), "two_reductions": (2, 2, 0), "cross_entropy": (5, 1, 0), "distances": (2, 0, 0),
    "variance_first": (4, 4, 0), "covered": (1, 0, 0), "running": (2, 2, 0), "drawdown": (2, 3, 0),
    "joined": (2, 0, 0), "joined_and_used": (1, 0, 2), "joined_and_summed": (1, 1, 2), "stacked": (2, 0, 0),
    "transposed": (1, 0, 0), "transposed_twice": (1, 0, 0), "transposed_sum": (1, 0, 0), "flattened": (1, 0, 0),
    "reshaped": (1, 0, 0), "reversed_sum": (2, 1, 0), "padded": (4, 0, 0), "taken": (2, 0, 0),
    "taken_narrow": (2, 0, 0),
    "differences": (1, 0, 0), "rolled": (1, 0, 2), "upper": (2, 1, 0), "branches": (4, 1, 0), "in_loop": (3, 0, 0),
    "row_by_row": (2, 0, 0), "accumulated": (2, 0, 0), "mean_of_softmax": (4, 1, 0), "spread_of_rows": (4, 2, 0),
    "helpers": (5, 2, 0), "guarded": (2, 1, 0),
    "guarded_inside": (1, 0, 1), "raising": (3, 1, 0), "normalised": (2, 0, 0),
}  # fmt: skip
TEXT = HEADER + "".join(PROGRAMS)
NAMES = re.findall(r"^def ([a-z]\w+)", TEXT, re.MULTILINE)
EXTENTS = {"N": 13, "M": 7, "K": 5}
#: Arguments that are positions or numbers of steps.
NUMBERS = {"steps": 3, "n": 3, "k": 2, "flag": True}


class Corpus:
    """All programs in one library, and what is left of each after fusion."""

    def __init__(self) -> None:
        module = lower(Source("corpus.py", TEXT), Request(CPU, tuple(NAMES))).module
        options = Options(name="corpus", emit="obj", pool=False, level=1)
        self.counts: dict[str, tuple[int, int, int]] = {}
        with module.context:
            for step in backend("cpu").pipeline(CPU, options).passes:
                step.apply(module)
                if isinstance(step, ReportLoops):
                    self._read(module)
            self.compiled = load(backend("cpu").emit(module, CPU, options))
        self.python: dict[str, Any] = {"__name__": "corpus"}
        exec(compile(TEXT, "corpus.py", "exec"), self.python)

    def _read(self, module: Any) -> None:
        for function in signature.functions(module):
            if not signature.is_exported(function):
                continue
            operations = list(nested(function.operation))
            loops = sum(
                op.name == "linalg.generic" and bool(list(op.attributes["iterator_types"])) for op in operations
            )
            copies = sum(op.name == "memref.copy" for op in operations)
            stored = len(list(temporaries(function.operation)))
            self.counts[signature.read(function).name] = (loops, stored, copies)
        self.remarks = remarks.read(module)

    def told(self, name: str) -> tuple[int, int]:
        """Of how many arrays and copies the remarks on a function tell, each with a reason.

        Their lines are those of the function, or of the private ones behind it that it calls.
        """
        lines = TEXT.splitlines()
        first = next(i for i, line in enumerate(lines, 1) if line.startswith(f"def {name}("))
        last = next((i for i, line in enumerate(lines[first:], first) if re.match("def [a-z]", line)), len(lines))
        own = [r for r in self.remarks if first < r.line <= last]
        stored = [r for r in own if r.code == "E453"]
        assert all(": " in r.message for r in stored)
        return sum(map(_number, stored)), sum(_number(r) for r in own if r.code in ("E450", "E454"))


def _number(remark: remarks.Remark) -> int:
    word = remark.message.split()[0]
    return 1 if word == "an" else int(word)


@cache
def corpus() -> Corpus:
    return Corpus()


@pytest.mark.parametrize("name", NAMES)
def test_counts(name):
    assert corpus().counts[name] == COUNTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_remarks_tell_of_all(name):
    assert corpus().told(name) == COUNTS[name][1:]


def _argument(name: str, annotation: str, rng: np.random.Generator) -> Any:
    if not annotation.startswith("Tensor["):
        return NUMBERS.get(name, 0.5)
    dtype, *extents = (part.strip() for part in annotation[7:-1].split(","))
    shape = [EXTENTS.get(e) or int(e) for e in extents]
    if dtype in ("i64", "u8"):
        return rng.integers(0, 5, shape).astype(np.int64 if dtype == "i64" else np.uint8)
    kinds = {"bf16": ml_dtypes.bfloat16, "f16": np.float16, "f32": np.float32, "f64": np.float64}
    return rng.random(shape).astype(kinds[dtype])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_results(name):
    """What is computed together gives what NumPy gives, within the rounding of sums and functions."""
    text = next(line for line in TEXT.splitlines() if line.startswith(f"def {name}("))
    listed = re.findall(r"(\w+): (Tensor\[[^\]]*\]|\w+)", text.split(" -> ")[0])
    rng = np.random.default_rng(7)
    arguments = [_argument(n, t, rng) for n, t in listed]
    others = [np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments]
    expected, actual = corpus().python[name](*arguments), getattr(corpus().compiled, name)(*others)
    for a, e in zip([actual, *others], [expected, *arguments], strict=True):
        for one, other in zip(a, e, strict=True) if isinstance(e, tuple) else [(a, e)]:
            if other is None:
                assert one is None
                continue
            one, other = np.asarray(one), np.asarray(other)
            assert (one.dtype, one.shape) == (other.dtype, other.shape)
            near = {2: 1e-2, 4: 2e-5, 8: 1e-11}.get(other.dtype.itemsize, 0)
            np.testing.assert_allclose(one.astype(np.float64), other.astype(np.float64), near, near)
