"""Default arguments of exported functions: what an artifact passes where a caller says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import tree
from .report import Invalid, Report, fix
from .signatures import Parameter, Signature
from .static import Scope, Static
from .types import ScalarType, Type, kind_of
from .values import Value, described

if TYPE_CHECKING:
    from .instances import Wanted

#: By kind of parameter, the kinds of numbers that are one without being converted by hand.
_FITTING = {
    "bool": (bool,),
    "int": (bool, int),
    "uint": (bool, int),
    "float": (bool, int, float),
    "complex": (bool, int, float, complex),
}


def exported_parameters(wanted: Wanted, static: Static, report: Report) -> tuple[tree.Variable, ...]:
    """The parameters of an instance that exist at run time; those of an exported one with their defaults."""
    existing = wanted.parameters
    defaults = {
        p.name: exported_default(wanted.signature, p, wanted.types[p.name], static, report)
        for p in existing
        if wanted.export
    }
    required = [i for i, p in enumerate(existing) if not p.keyword_only and defaults.get(p.name) is None]
    for p in existing[: max(required, default=0)]:
        if not p.keyword_only:
            defaults[p.name] = None  # what stands before a parameter that must be passed must be passed, too
    return tuple(
        tree.Variable(p.name, wanted.types[p.name], p.span, p.text, defaults.get(p.name), p.only) for p in existing
    )


def exported_default(signature: Signature, p: Parameter, t: Type, static: Static, report: Report) -> str | None:
    """The default of a parameter as Python writes it; none, and a warning, where an artifact cannot hold it.

    It is no error: callers can pass the argument, and Python itself knows the default of a function that is compiled
    when it is called.
    """
    if p.default is None:
        return None
    before = report.mark()
    try:
        value = static.evaluate(p.default, Scope(signature.definition.namespace))
        reason = _reason(value, t)
    except Invalid as error:
        report.rewind(before)
        value, reason = None, str(error)
    if not reason:
        return repr(value)
    message = f"the default of {p.name} is not kept in artifacts: {reason}"
    span = signature.definition.namespace.span(p.default)
    report.remark("E129", message, span, fix("a default is a number known at compile time"))
    return None


def _reason(value: Value, t: Type) -> str:
    """Why a value cannot be the default of a parameter of a type; empty if it can."""
    if not isinstance(t, ScalarType):
        return f"the parameter is a {t}, and arrays are made at run time"
    kind = kind_of(t.dtype)
    if type(value) not in _FITTING.get(kind, ()):
        found = repr(value) if value is None or isinstance(value, bool | int | float | complex) else described(value)
        return f"it is {found}, and the parameter is {t}"
    if kind in ("int", "uint"):
        bits = int(t.dtype[1:])
        low, high = (0, 2**bits - 1) if kind == "uint" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        assert isinstance(value, int)
        if not low <= value <= high:
            return f"it is {value}, and {t} holds {low} to {high}"
    return ""
