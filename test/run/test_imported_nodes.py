"""The standard's own cases of each operator: a model becomes a program, that is compiled, and its results are theirs.

Inputs that say which axes or extents there are become constants, as ``--bind`` makes them. What has no counterpart in
the language is on a list, with the reason that the diagnostic gives.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Any

import ml_dtypes  # noqa: F401  its types are known to NumPy by name then
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.precision import DTYPES
from pyc.source import Source
from pyc.target import Target
from pyc.targets.backend import Options, backend
from pyc.targets.cpu.run import load
from pyc.targets.onnx.importing import imported

#: Inputs that become constants.
BOUND = {
    "axes", "axis", "shape", "pads", "repeats", "split", "k", "K", "sizes", "scales", "roi", "starts", "ends", "steps",
    "dft_length", "size", "num_classes", "output_shape", "image_shape", "block_shape", "depth", "t", "training_mode",
    "frame_step", "frame_length", "num_mel_bins", "sample_rate",
}  # fmt: skip
HEAD = "import math\nimport numpy as np\nimport pyc\nfrom pyc import Dim, Tensor, nn, onnx, {}\n".format(
    ", ".join(d for d in DTYPES if d != "bool")
)
#: What has no counterpart: the cases, and what the diagnostic says.
TEXTS = "no tensor of a type|no counterpart|element type|number of axes"
REFUSED = {
    # Integers of 2 bits, 8-bit floats without infinities or signs of zeros, and what is rounded to powers of two.
    r"(cast|castlike)_.*(FNUZ|U?INT2|to_FLOAT8E8M0)": "element type|number of axes|no tensor|power of two",
    r"(de)?quantizelinear_.*u?int2": "element type|no tensor",
    # Texts, sequences and optional values.
    r"(string|strnormalizer|regex|tfidf|equal_string|ai_onnx_ml_label_encoder)": TEXTS,
    r"(sequence|optional|identity_(sequence|opt)|split_to_sequence|loop13|loop16|if_seq|if_opt)": TEXTS,
    # Operators that are missing.
    r"(image_decoder|ai_onnx_ml_)": "counterpart",
    r"bitcast_(bool|.*_to_bool)": "pattern of bits",
    r"(scan_sum|unique_not_sorted)": "batches|order",
    # Random numbers.
    r"(bernoulli|training_dropout)": "counterpart|random|ratio",
}


@cache
def cases() -> list[Any]:
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [c for c in collect_testcases(None) if "_expanded" not in c.name]


def reason(name: str) -> str:
    """What a diagnostic says of a case that has no counterpart; empty for those that have."""
    plain = name.removeprefix("test_")
    return next((why for pattern, why in REFUSED.items() if re.match(pattern, plain)), "")


def array(value: Any) -> Any:
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)


def program(case: Any) -> tuple[str, list[Any]]:
    """The definition that a case is, and the arguments that it is called with."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    arguments = []
    inputs = {v.name: v for v in model.graph.input}
    for name, value in zip(inputs, case.data_sets[0][0], strict=False):
        given = array(value) if not isinstance(value, list | type(None)) else value
        if name in BOUND and isinstance(given, np.ndarray) and (given.dtype.kind in "iub" or name in ("scales", "roi")):
            model.graph.initializer.append(numpy_helper.from_array(given, name))
            model.graph.input.remove(inputs[name])
        else:
            arguments.append(given)
    text = imported(model, case.name, written=1 << 20).text
    return text[re.search(r"^def ", text, re.MULTILINE).start() :], arguments  # pyright: ignore


def compiled(text: str, names: list[str]) -> Any:
    cpu, target = backend("cpu"), Target("cpu")
    options = Options(name="nodes", emit="obj", source_path="<nodes>", level=0, pool=False)
    module = lower(Source("<nodes>", text), Request(target, tuple(names))).module
    with module.context:
        cpu.pipeline(target, options).run(module)
        return load(cpu.emit(module, target, options))


def same(actual: Any, expected: Any, tolerance: float) -> None:
    """Compare an output with the standard's."""
    a, e = np.asarray(actual), np.asarray(expected)
    assert (a.dtype, a.shape) == (e.dtype, e.shape)
    if e.dtype.kind == "f" or e.dtype.name.startswith(("bfloat", "float8")):
        coarse = {"float16": 10 * tolerance, "bfloat16": 2e-2}.get(e.dtype.name, tolerance)
        nothing = 1e-3 if e.dtype.itemsize < 4 else 1e-6
        np.testing.assert_allclose(a.astype(np.float64), e.astype(np.float64), coarse, nothing)
    else:
        np.testing.assert_array_equal(a, e)


#: Programs that the cases are spread over: what takes time is to compile one.
GROUPS = 52


@pytest.mark.parametrize("group", range(GROUPS))
def test_nodes(group: int) -> None:
    """Cases of one program, every so many of them: operators are spread over programs."""
    mine = [c for c in cases() if not reason(c.name)][group::GROUPS]
    programs = {c.name: program(c) for c in mine}
    functions = compiled(HEAD + "\n\n".join(text for text, _ in programs.values()), list(programs))
    failed = {}
    for case in mine:
        try:
            found = getattr(functions, case.name)(*programs[case.name][1])
            results = found if isinstance(found, tuple) else (found,)
            for actual, expected in zip(results, case.data_sets[0][1], strict=True):
                same(actual, array(expected), case.rtol)
        except Exception as error:
            failed[case.name] = f"{type(error).__name__}: {error}"[:300]
    assert not failed


def test_most_nodes_have_a_counterpart() -> None:
    assert sum(not reason(c.name) for c in cases()) >= 1268


def test_what_is_refused_is_said() -> None:
    wrong = {}
    for case in cases():
        if why := reason(case.name):
            try:
                program(case)
            except CompileError as error:
                if {d.code for d in error.diagnostics} != {"E621"} or not re.search(why, str(error)):
                    wrong[case.name] = str(error)[:200]
            else:
                wrong[case.name] = "it has a counterpart"
    assert not wrong
