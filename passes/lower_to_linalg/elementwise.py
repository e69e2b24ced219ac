"""Elementwise operations: ``linalg.generic`` on tensors, plain arithmetic on scalars."""

from __future__ import annotations

from typing import Any

from pyc.dialects.build import BINARY, UNARY
from pyc.dialects.mlir import arith, ir
from pyc.dialects.types import is_tensor, meta_of

from . import complex_math, scalar
from .site import Rule, Site
from .structured import elementwise, retyped


def _unary(name: str) -> Rule:
    def rule(site: Site) -> Any:
        return elementwise(site.operands, site.result_type, lambda x: scalar.unary(name, site.result, x))

    return rule


def _binary(name: str) -> Rule:
    def rule(site: Site) -> Any:
        return elementwise(site.operands, site.result_type, lambda a, b: scalar.binary(name, site.result, a, b))

    return rule


def _compare(site: Site) -> Any:
    predicate = ir.StringAttr(site.op.attributes["predicate"]).value
    dtype = site.dtypes[0]
    return elementwise(site.operands, site.result_type, lambda a, b: scalar.compare(predicate, dtype, a, b))


def _select(site: Site) -> Any:
    return elementwise(site.operands, site.result_type, arith.select)


def _cast(site: Site) -> Any:
    x = site.operands[0]
    if (
        is_tensor(x.type)
        and x.type.element_type == site.result_type.element_type
        and meta_of(x.type) == meta_of(site.result_type)
    ):
        return retyped(x, site.result_type)
    return elementwise(site.operands, site.result_type, lambda x: scalar.convert(x, site.dtypes[0], site.result))


def _bitcast(site: Site) -> Any:
    t = scalar.element(site.result)
    return elementwise(site.operands, site.result_type, lambda x: x if x.type == t else arith.bitcast(t, x))


def _complex(site: Site) -> Any:
    return elementwise(site.operands, site.result_type, complex_math.made)


def _part(position: int) -> Rule:
    def rule(site: Site) -> Any:
        return elementwise(site.operands, site.result_type, lambda x: complex_math.parts(x)[position])

    return rule


RULES: dict[str, Rule] = {
    **{f"pyc.{name}": _unary(name) for name in UNARY},
    **{f"pyc.{name}": _binary(name) for name in BINARY},
    "pyc.compare": _compare,
    "pyc.select": _select,
    "pyc.cast": _cast,
    "pyc.bitcast": _bitcast,
    "pyc.complex": _complex,
    "pyc.real": _part(0),
    "pyc.imag": _part(1),
}
