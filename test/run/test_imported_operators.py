"""Operators of imported models beyond the standard's own cases: odd extents, groups, edges; compiled and as Python."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from test_imported_nodes import HEAD, compiled, program, same

from pyc.diagnostics import CompileError

F32, I64 = TensorProto.FLOAT, TensorProto.INT64
TRAINING = "ai.onnx.preview.training"


def draw(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(np.float32)


def case(op: str, inputs: dict[str, Any], outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
    """A model of one node, as the cases of the standard are; inputs that are ``None`` are missing."""
    names = [n if v is not None else "" for n, v in inputs.items()]
    given = {n: np.asarray(v) for n, v in inputs.items() if v is not None}
    results = [f"r{i}" for i in range(outputs)]
    node = helper.make_node(op, names, results, domain=domain, **attributes)
    ends = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape) for n, v in given.items()
    ]
    unknown = [helper.make_value_info(r, onnx.TypeProto()) for r in results]
    versions = [helper.make_opsetid("", 24), *([helper.make_opsetid(domain, 1)] if domain else [])]
    model = helper.make_model(helper.make_graph([node], "g", ends, unknown), opset_imports=versions, ir_version=11)
    expected: Any = ReferenceEvaluator(model).run(None, given)
    if domain == TRAINING:  # in the type of the tensors, says the standard
        expected = [e.astype(np.float32) for e in expected]
    return SimpleNamespace(name="", model=model, data_sets=[([*given.values()], expected)])


IMAGES, FILTERS = draw(2, 4, 7, 5), draw(6, 2, 3, 2, seed=1)
ROIS = np.array([[0, 0, 4, 6], [-3, -2, 2.5, 3.3], [1, 1, 1, 1], [3, 4, 20, 30], [4, 5, 2, 2]], np.float32)
WHERE = np.array([0, 1, 1, 0, 1])
X, G, V, H = draw(3, 5), draw(3, 5, seed=1), draw(3, 5, seed=2), np.abs(draw(3, 5, seed=3))
RATE, STEP = np.float32(0.1), np.int64(3)
TRAINED = {"R": RATE, "T": STEP, "X": X, "G": G, "V": V}
FIRST = TRAINED | {"T": np.int64(0)}
MOMENTUM = {"outputs": 2, "domain": TRAINING, "alpha": 0.9, "beta": 0.3, "norm_coefficient": 0.1}

CASES = {
    "moved": case(
        "DeformConv",
        {"x": IMAGES, "w": FILTERS, "offset": draw(2, 24, 3, 3), "b": draw(6), "mask": draw(2, 12, 3, 3)},
        group=2, offset_group=2, strides=[2, 1], pads=[1, 0, 0, 0], dilations=[1, 2],
    ),
    "moved_plainly": case("DeformConv", {"x": IMAGES, "w": draw(1, 4, 1, 1), "offset": 3 * draw(2, 2, 7, 5)}),
    **{
        f"regions_{mode}_{where}_{ratio}": case(
            "RoiAlign", {"x": IMAGES, "rois": ROIS, "batches": WHERE},
            mode=mode, coordinate_transformation_mode=where, sampling_ratio=ratio,
            output_height=2, output_width=3, spatial_scale=0.75,
        )
        for mode, where, ratio in (
            ("avg", "half_pixel", 0), ("avg", "output_half_pixel", 2), ("max", "half_pixel", 2),
            ("max", "output_half_pixel", 0),
        )
    },
    "no_regions": case("RoiAlign", {"x": IMAGES, "rois": ROIS[:0], "batches": WHERE[:0]}),
    "scattered": case("TensorScatter", {"x": draw(2, 6, 3), "u": draw(2, 2, 3), "at": np.array([4, 0])}, axis=1),
    "scattered_last": case("TensorScatter", {"x": draw(3, 2, 5), "u": draw(3, 2, 3), "at": None}, axis=-1),
    "scattered_around": case(
        "TensorScatter", {"x": draw(2, 1, 5, 3), "u": draw(2, 1, 4, 3), "at": np.array([3, 14])}, mode="circular"
    ),
    "spectrum": case(
        "STFT", {"x": draw(2, 17, 1), "frame_step": np.int64(3), "w": None, "frame_length": np.int64(7)}, onesided=1
    ),
    "spectrum_whole": case("STFT", {"x": draw(1, 16, 2), "frame_step": np.int64(5), "w": draw(6)}, onesided=0),
    **{
        f"bands_{bins}": case(
            "MelWeightMatrix",
            {"num_mel_bins": np.int64(bins), "dft_length": np.int64(length), "sample_rate": np.int64(8000),
             "low": np.float32(low), "high": np.float32(3800)},
        )
        for bins, length, low in ((1, 8, 0), (7, 64, 100), (20, 32, 20))
    },
    "first_step": case("Momentum", FIRST, mode="standard", **MOMENTUM),
    "nesterov": case("Momentum", TRAINED, mode="nesterov", **MOMENTUM),
    "adagrad": case("Adagrad", TRAINED | {"V": H}, 2, TRAINING, decay_factor=0.1, epsilon=1e-3, norm_coefficient=0.1),
    "adam": case(
        "Adam", TRAINED | {"H": H}, 3, TRAINING,
        alpha=0.8, beta=0.7, epsilon=1e-3, norm_coefficient=0.1, norm_coefficient_post=0.2,
    ),
    "adam_first": case("Adam", FIRST | {"H": H}, 3, TRAINING, epsilon=1e-3),
}  # fmt: skip
for _name, _case in CASES.items():
    _case.name = _name


@pytest.fixture(scope="module")
def programs() -> dict[str, tuple[str, list[Any]]]:
    return {name: program(c) for name, c in CASES.items()}


def check(functions: Any, programs: dict[str, tuple[str, list[Any]]]) -> None:
    wrong = {}
    for name, c in CASES.items():
        found = getattr(functions, name)(*programs[name][1])
        results = found if isinstance(found, tuple) else (found,)
        try:
            for actual, expected in zip(results, c.data_sets[0][1], strict=True):
                same(np.asarray(actual), np.asarray(expected), 1e-4)
        except AssertionError as error:
            wrong[name] = str(error)[:400]
    assert not wrong


def test_compiled(programs: dict[str, tuple[str, list[Any]]]) -> None:
    check(compiled(HEAD + "\n\n".join(text for text, _ in programs.values()), list(programs)), programs)


def test_as_python(programs: dict[str, tuple[str, list[Any]]]) -> None:
    names: dict[str, Any] = {}
    exec("from __future__ import annotations\n" + HEAD + "\n\n".join(text for text, _ in programs.values()), names)
    check(SimpleNamespace(**names), programs)


def test_a_write_beyond_the_cache_is_an_index_error() -> None:
    c = case("TensorScatter", {"x": draw(1, 4, 3), "u": draw(1, 2, 3), "at": np.array([2])}, axis=1)
    c.name = "beyond"
    text, arguments = program(c)
    with pytest.raises(IndexError):
        compiled(HEAD + text, ["beyond"]).beyond(*arguments[:2], np.array([3]))


def test_extents_that_contradict_the_operator_are_refused() -> None:
    inputs = {"x": draw(2, 17, 1), "frame_step": np.int64(3), "w": None, "frame_length": np.int64(7)}
    with pytest.raises(CompileError, match=r"E621: .*its result is said to have 7 frequencies"):
        program(case("STFT", inputs))
