"""The programs with shared arrays that values cannot express: found while emitting, said in the user's terms."""

from __future__ import annotations

from pyc.diagnostics import Note
from pyc.source import Span

from .objects import Environment, Object, Ref
from .report import Report, fix

#: Arrays that are other views of an array than indexing gives.
_MADE = ("reshape", "broadcast", "part", "diagonal")


def stale_read(report: Report, env: Environment, ref: Ref, span: Span) -> None:
    """Report a read of an array that may share memory with one written since it was made."""
    for origin, version in ref.object.origins.items():
        if env.versions.get(origin) != version:
            name, other = _name(ref.object) or "this array", _named(origin)
            notes = [Note(f"{_maker(ref.object)} here", ref.object.span)]
            if origin.written is not None:
                notes.append(Note(f"{other} is written here", origin.written))
            message = f"'{name}' may share memory with {other}, which has been written since"
            mend = fix(f"make '{name}' an array of its own where it gets its value: `.copy()`")
            report.error("E402", message, span, *notes, mend)
            return


def write_refused(report: Report, ref: Ref, span: Span) -> bool:
    """Report a write to an array that is not one known array; whether it was reported."""
    obj = ref.object
    if not obj.weight and not obj.origins and not obj.read_only:
        return False
    name = _name(obj)
    origins = " or ".join(_named(o) for o in obj.origins)
    notes = [Note(f"{_maker(obj)} here", obj.span)]
    if obj.weight:
        mend = fix(f"write to a copy: `{name.rpartition('.')[2]} = self.{name}.copy()`")
        report.error(
            "E407", f"writes to the weight '{name}'", span, Note("the weight is declared here", obj.span), mend
        )
    elif obj.read_only:
        what = f"'{name}'" if name else "an array"
        source = f" of {origins}" if origins else ""
        message = f"writes to {what}, which is what {obj.read_only} gives{source}: NumPy makes that read-only"
        mend = fix("write to the array itself, or make the new one a copy: `.copy()`")
        report.error("E404", message, span, *notes, mend)
    elif obj.reason in _MADE:
        message = f"writes through a {obj.reason} of {origins}"
        mend = fix("write to the array itself, or make the new one a copy: `.copy()`")
        report.error("E404", message, span, *notes, mend)
    else:
        notes += [Note(f"{_named(o)} comes from here", o.span) for o in obj.origins]
        if name:
            what, mend = f"'{name}'", fix(f"make '{name}' an array of its own first: `{name} = {name}.copy()`")
        else:
            what, mend = "an array", fix("make the array one of its own first: `.copy()`")
        report.error("E401", f"writes to {what}, which may share memory with {origins} here", span, *notes, mend)
    return True


def _maker(obj: Object) -> str:
    if obj.reason in _MADE:
        return f"the {obj.reason} is made"
    return "it is the result of the call" if obj.reason == "call" else f"'{_name(obj) or 'the array'}' gets its value"


def _name(obj: Object) -> str:
    """What the user calls an array; nothing for those that the compiler names."""
    return "" if obj.name.startswith(".") else obj.name


def _named(obj: Object) -> str:
    if obj.parameter is not None:
        return f"parameter '{obj.name}'"
    return f"'{_name(obj)}'" if _name(obj) else "another array"


def several_extents(report: Report, what: str, span: Span) -> None:
    """Report that a name holds arrays of several extents where control flow joins: no value has them."""
    message = f"{what} holds arrays of several extents, depending on the way to this line"
    report.error("E409", message, span, fix("give all of them the same extents, and say how many elements count"))
