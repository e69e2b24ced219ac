"""Levels, pipelines and what they refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pyc.dialects import build as b
from pyc.dialects import signature, types
from pyc.dialects.dialect import context
from pyc.dialects.mlir import func, ir
from pyc.dialects.signature import Signature, Value
from pyc.passes import base
from pyc.passes.base import BUFFER, LINALG, PYC, VECTOR, Level, Pass, PassError, Pipeline
from pyc.passes.registry import PASSES, make
from pyc.target import Target
from pyc.targets.backend import Options
from pyc.targets.cpu.pipeline import pipeline

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Sabotage(Pass):
    """Does to every exported function what ``act`` says."""

    name: ClassVar[str] = "sabotage"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    act: Any = None

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                self.act(function)


def module() -> Any:
    """``f(x) = x + x``, exported."""
    result = ir.Module.create()
    t = types.tensor_type("f32", [None], "f32", "cpu")
    with ir.InsertionPoint(result.body):
        function = func.FuncOp("f", ([t], [t]))
        block = function.add_entry_block()
        with ir.InsertionPoint(block):
            func.ReturnOp([b.binary("add", block.arguments[0], block.arguments[0])])
    value = Value("x", "Tensor[f32, N]", "f32", ("N",), "f32", "cpu")
    signature.attach(function, Signature("f", "f", "cpu", (value,), (value,), (0,)))
    return result


def drop_target(function: Any) -> None:
    del function.attributes["pyc.target"]


def change_signature(function: Any) -> None:
    function.attributes["pyc.name"] = ir.StringAttr.get("g")


def forget_export(function: Any) -> None:
    function.operation.erase()


def drop_encoding(function: Any) -> None:
    (operation, _) = function.regions[0].blocks[0].operations
    operation.results[0].set_type(ir.RankedTensorType.get([types.DYNAMIC], ir.F32Type.get()))


def move_to_gpu(function: Any) -> None:
    t = types.tensor_type("f32", [None], "f32", "cuda")
    with ir.InsertionPoint.at_block_begin(function.regions[0].blocks[0]):
        ir.Operation.create(
            "pyc.empty", [t], [b.constant(3, "i64")], {"operandSegmentSizes": ir.DenseI32ArrayAttr.get([1])}
        )


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (drop_target, 'pyc.target of f was "cpu", is absent'),
        (change_signature, 'pyc.name of f was "f", is "g"'),
        (forget_export, "function f is gone"),
        (drop_encoding, "without encoding"),
        (move_to_gpu, "pyc.empty gives a value on cuda in a function on cpu"),
    ],
)
def test_metadata_is_conserved(act: Any, message: str) -> None:
    with context(), ir.Location.file("a.py", 1, 1), pytest.raises(PassError, match=re.escape(message)):
        Pipeline([Sabotage(act)]).run(module())


def test_a_pass_keeps_its_promise() -> None:
    @dataclass(frozen=True)
    class Idle(Pass):
        name: ClassVar[str] = "idle"
        takes: ClassVar[Level] = PYC
        gives: ClassVar[Level] = LINALG

        def apply(self, module: Any) -> None: ...

    with (
        context(),
        ir.Location.file("a.py", 1, 1),
        pytest.raises(PassError, match=r"idle, level LINALG does not allow: pyc\.add at"),
    ):
        Pipeline([Idle()]).run(module())


def test_passes_fit_together() -> None:
    with pytest.raises(PassError, match="strip-meta takes LINALG, but bufferize gives BUFFER"):
        Pipeline([make("bufferize", {}), make("strip-meta", {})])


def test_a_fault_names_the_pass() -> None:
    def fail(function: Any) -> None:
        raise ZeroDivisionError("oh")

    with context(), ir.Location.file("a.py", 1, 1), pytest.raises(ZeroDivisionError) as fault:
        Pipeline([Sabotage(fail)]).run(module())
    assert fault.value.__notes__ == ["in pass sabotage"]


def test_every_pass_of_the_cpu_is_observed_and_signatures_survive() -> None:
    seen: list[str] = []
    with context(), ir.Location.file("a.py", 1, 1):
        m = module()
        before = base.metadata(m)
        steps = pipeline(Target("cpu"), Options("test"))
        steps.run(m, lambda step, _: seen.append(step.name))
        assert seen == [p.name for p in steps.passes]
        assert base.metadata(m) == before
        (f,) = [op for op in m.body.operations if "pyc.export" in op.operation.attributes]
        assert signature.read(f).parameters[0].dims == ("N",)


def test_every_pass_has_a_name_in_the_table_and_a_test() -> None:
    sources = "\n".join(p.read_text() for p in (ROOT / "passes").rglob("*.py"))
    found = set(re.findall(r'^    name: ClassVar\[str\] = "(.*)"', sources, re.MULTILINE))
    assert found == set(PASSES)
    for name in PASSES:
        assert make(name, {}).name == name
        tests = [*(ROOT / "test" / "lit").rglob(f"{name}*.mlir")]
        assert tests, f"{name} has no file under test/lit"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("expand-small-floats", {"full": "true"}, "has no option 'full'; it has half"),
        ("expand-small-floats", {"half": "maybe"}, "option half of pass expand-small-floats cannot be 'maybe'"),
    ],
)
def test_options_are_checked(name: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(name, options)


def test_levels() -> None:
    assert PYC.allows("pyc.add")
    assert not PYC.allows("arith.addf")
    assert PYC.allows("arith.constant")
    assert not BUFFER.allows("tensor.empty")
    assert VECTOR.carries == "attributes"
