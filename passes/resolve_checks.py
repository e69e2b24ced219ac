"""PYC to PYC: run-time checks and overflow checks that need not run are taken away, for targets that cannot raise.

Before::

    %c = "pyc.compare"(%n, %zero) {predicate = "gt"} : (i64, i64) -> i1        // %n is an extent
    "pyc.check"(%c) {kind = "ValueError", message = "max of an empty array"} : (i1) -> ()
    %m = "pyc.int_sub"(%n, %one) : (i64, i64) -> i64

After, with the function's attribute ``pyc.assumes = ["ValueError: max of an empty array (stencil.py:7)"]``::

    %m = "pyc.sub"(%n, %one) : (i64, i64) -> i64

A check that holds always is dropped. One that depends on extents alone becomes an assumption about the inputs, which
the function states and a remark tells. One that depends on data stays: the target refuses it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pyc.dataclass import dataclass
from pyc.dialects import annotation, build, control, errors, remarks, signature
from pyc.dialects.mlir import ir
from pyc.dialects.walk import nested

from .base import PYC, Level, Pass
from .scalar_facts import Fact, Facts

ATTRIBUTE = "pyc.assumes"
_REMARK = "the model does not check this, it assumes it of its inputs: "
_OVERFLOW = "OverflowError: int does not fit in 64 bits"


@dataclass(frozen=True)
class ResolveChecks(Pass):
    """Drop checks that hold, and turn those on extents into assumptions."""

    name: ClassVar[str] = "resolve-checks"
    takes: ClassVar[Level] = PYC
    gives: ClassVar[Level] = PYC

    def apply(self, module: Any) -> None:
        with module.context, ir.Location.unknown():
            for function in signature.functions(module):
                assumed = _resolve(function)
                if assumed:
                    texts = dict.fromkeys(_placed(text, location) for text, location in assumed)
                    function.attributes[ATTRIBUTE] = ir.ArrayAttr.get([ir.StringAttr.get(t) for t in texts])
                remarks.attach(module, [remarks.remark("E607", _REMARK + text, at) for text, at in assumed])


def _resolve(function: Any) -> list[tuple[str, Any]]:
    """The assumptions of a function, with their locations, after its checks have been taken away."""
    facts = Facts()
    checks: list[Any] = []
    exact: list[Any] = []
    quotients: list[Any] = []
    for operation in nested(function.operation, outer_first=True):
        if operation.name == "pyc.check":
            checks.append(operation)
        elif operation.name == "pyc.int_div":
            quotients.append(operation)
        elif operation.name.startswith("pyc.int_"):
            exact.append(operation)
    assumed: list[tuple[str, Any]] = []
    known_checks = [(c, facts.of(c.operands[0])) for c in checks]
    known_exact = [(e, facts.of(e.results[0])) for e in exact]
    for operation, fact in known_checks:
        if fact.low == 1 or (fact.from_extents and fact.high == 1):
            if fact.low != 1:
                kind, message = (ir.StringAttr(operation.attributes[k]).value for k in ("kind", "message"))
                assumed.append((f"{kind}: {message}", operation.location))
            control.erase_check(operation)
    for operation, fact in known_exact:
        if not fact.overflows or fact.from_extents:
            if fact.overflows:
                assumed.append((_OVERFLOW, operation.location))
            _make_plain(operation)
    for operation in (q for q in quotients if all(_is_float(facts.of(v)) for v in q.operands)):
        _divide_floats(operation)
    return assumed


def _is_float(fact: Fact) -> bool:
    """Whether a whole number is a 64-bit float as well: no array has an extent that is none."""
    return fact.from_extents or max(-fact.low, fact.high) <= 1 << 53


def _make_plain(operation: Any) -> None:
    """The exact operation as the one that wraps, which gives the same where nothing overflows."""
    name = "pyc." + operation.name.removeprefix("pyc.int_")
    with ir.InsertionPoint(operation), operation.location:
        plain = ir.Operation.create(name, [operation.results[0].type], list(operation.operands))
    annotation.carry(operation, plain)
    operation.results[0].replace_all_uses_with(plain.results[0])
    operation.erase()


def _divide_floats(quotient: Any) -> None:
    """The quotient of whole numbers as that of floats: both are rounded once, at the result."""
    with ir.InsertionPoint(quotient), quotient.location:
        a, b = (build.cast(v, "f64") for v in quotient.operands)
        divided = build.binary("div", a, b)
    annotation.carry(quotient, divided.owner)
    quotient.results[0].replace_all_uses_with(divided)
    quotient.erase()


def _placed(text: str, location: Any) -> str:
    file, line, _ = errors.position(location)
    return f"{text} ({file}:{line})" if file else text
