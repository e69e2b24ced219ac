"""Default arguments of exported functions: what an artifact passes where a caller says nothing."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from . import tree
from .report import Invalid, Report, fix
from .signatures import Parameter, Signature
from .static import Scope, Static
from .types import ScalarType, TupleType, Type, kind_of
from .values import Value, described, text

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
        tree.Variable(p.name, wanted.types[p.name], p.span, p.text, defaults.get(p.name), p.only, p.said)
        for p in existing
    )


def fixed_parameters(wanted: Wanted, named: tuple[tree.Variable, ...]) -> tuple[dict[str, Any], ...]:
    """The parameters that an exported instance is compiled for one value of, as ``dialects.signature`` describes them.

    ``named`` are those that exist at run time. One that stands before a parameter that must be passed is passed, too.
    """
    required = {v.name for v in named if v.default is None}
    parameters = [p for p in wanted.signature.parameters if p.name in wanted.fixed or p.name in wanted.types]
    last = max((i for i, p in enumerate(parameters) if p.name in required and not p.keyword_only), default=-1)
    found = []
    for i, p in enumerate(parameters):
        if p.name in wanted.fixed:
            value = wanted.fixed[p.name]
            plain = value is None or isinstance(value, bool | int | float | str)
            words = repr(value) if plain else text(value)
            passed = not p.keyword_only and i < last
            found.append(
                {
                    "name": p.name,
                    "type": p.text,
                    "only": p.only,
                    "at": i,
                    "default": None if passed else words,
                    "value": repr(value) if plain else "",
                    "words": words,
                }
            )
    return tuple(found)


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
    report.remark("E129", message, span, fix("a default is a number, or a tuple of numbers, known at compile time"))
    return None


def _reason(value: Value, t: Type) -> str:
    """Why a value cannot be the default of a parameter of a type; empty if it can."""
    if type(t) is TupleType and isinstance(value, tuple) and len(value) == len(t.items):
        endless = "it holds a number that is not finite"
        parts = ((v, i) for v, i in zip(value, t.items, strict=True))
        reasons = (_reason(v, i) or (endless if isinstance(v, float) and not isfinite(v) else "") for v, i in parts)
        return next(filter(None, reasons), "")
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
