"""The programs with shared arrays that values cannot express: found while emitting, said in the user's terms."""

from __future__ import annotations

from pyc.diagnostics import Note
from pyc.source import Span

from .objects import Environment, Object, Ref
from .report import Report, fix


def stale_read(report: Report, env: Environment, ref: Ref, span: Span) -> None:
    """Report a read of an array that may share memory with one written since it was made."""
    for origin, version in ref.object.origins.items():
        if env.versions.get(origin) != version:
            name = ref.object.name or "this array"
            notes = [Note(f"{_maker(ref.object)} here", ref.object.span)]
            if origin.written is not None:
                notes.append(Note(f"{_named(origin)} is written here", origin.written))
            copy = fix(f"make '{name}' an array of its own where it gets its value: `.copy()`")
            report.error("E402", f"'{name}' may share memory with {_named(origin)}, which is written while it is in use", span, *notes, copy)
            return


def write_refused(report: Report, ref: Ref, span: Span) -> bool:
    """Report a write to an array that is not one known array; whether it was reported."""
    obj = ref.object
    name = obj.name or "this array"
    if obj.weight:
        report.error(
            "E407", f"writes to the weight '{name}'", span, Note("the weight is declared here", obj.span), fix(f"write to a copy: `w = self.{name}.copy()`")
        )
        return True
    if not obj.origins:
        return False
    origins = ", ".join(_named(o) for o in obj.origins)
    if obj.reason == "reshape":
        report.error(
            "E404", f"writes through a reshape of {origins}", span, Note("the reshape is made here", obj.span),
            fix("write to the array itself, or to a copy: `.reshape(...).copy()`"),
        )  # fmt: skip
    elif obj.reason == "broadcast":
        report.error(
            "E404", f"writes to a broadcast of {origins}, which is read-only", span, Note("the broadcast is made here", obj.span), fix("write to a copy: `np.broadcast_to(...).copy()`")
        )
    else:
        notes = [Note(f"{_maker(obj)} here", obj.span)]
        notes += [Note(f"{_named(o)} comes from here", o.span) for o in obj.origins]
        report.error(
            "E401", f"writes to '{name}', which may be {origins} or another array here", span, *notes,
            fix(f"make '{name}' an array of its own first: `{name} = {name}.copy()`"),
        )  # fmt: skip
    return True


def _maker(obj: Object) -> str:
    return {"reshape": "the reshape is made", "broadcast": "the broadcast is made", "call": "it is the result of the call"}.get(
        obj.reason, f"'{obj.name or 'the array'}' gets its value"
    )


def _named(obj: Object) -> str:
    if obj.parameter is not None:
        return f"parameter '{obj.name}'"
    return f"'{obj.name}'" if obj.name else "another array"
