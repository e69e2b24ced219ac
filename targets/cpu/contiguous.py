"""An entry point has copies of its function: one for arrays whose elements lie side by side, one for any strides.

NumPy's arrays nearly always are contiguous along their last axis, and code for a stride of 1 is vectorised where code
for any stride is not. The entry point compares the strides that matter, and calls the function with constants for
them: they become part of the copy that is inlined there::

    %near = icmp eq i64 %stride.x, 1
    br i1 %near, label %contiguous, label %strided
    contiguous:
      %done = call i32 @f(ptr %base.x, ptr %data.x, i64 %offset.x, i64 %size.x, i64 1) alwaysinline

Callers mostly leave out arguments that have a default. Where a whole number is its default, a third copy has it as a
constant: ``def crc(data, poly: int = 0x8408)`` is as fast as with the number in its body.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyc.dialects.signature import Value

#: What is longer, in lines of LLVM's text, is not copied: its time is hardly spent where strides matter.
LONGEST = 1000
#: And what is longer than this has no copy for defaults.
SHORT = 600


def both(
    values: Sequence[Value], kinds: Sequence[str], given: Sequence[str], function: str, place: str, lines: int
) -> str:
    """LLVM IR that calls ``function``, of so many lines, with constants and returns, where the arrays are contiguous.

    ``values`` are the parameters and then the results, ``kinds`` and ``given`` their LLVM types and names: a descriptor
    by pointer for an array, and for a result that is a number. Empty where no array has a stride to compare.
    """
    body: list[str] = []
    passed: list[str] = []
    tests: list[str] = []
    usual: dict[int, str] = {}
    for i, (value, kind, name) in enumerate(zip(values, kinds, given, strict=True)):
        if kind != "ptr":
            if kind == "i64" and value.default is not None:
                usual[len(passed)] = f"i64 {int(value.default)}"
            passed.append(f"{kind} {name}")
            continue
        rank = 1 if value.allocated else len(value.dims or ())
        steps = {} if value.allocated else dict(_steps(value.dims or ()))
        fields = f"{{ ptr, ptr, i64{f', [{rank} x i64], [{rank} x i64]' if rank else ''} }}"
        for number, (path, t) in enumerate(_fields(rank)):
            field = f"%near.{i}.{number}"
            body.append(f"  {field}.at = getelementptr inbounds {fields}, ptr {name}, i32 0, {path}\n")
            body.append(f"  {field} = load {t}, ptr {field}.at\n")
            axis = number - 3 - rank
            if axis in steps:
                body.append(f"  {field}.is = icmp eq i64 {field}, {steps[axis]}\n")
                tests.append(f"{field}.is")
                passed.append(f"i64 {steps[axis]}")
            else:
                passed.append(f"{t} {field}")
    if not tests:
        return ""
    near = _all(tests, "near", body)
    body.append(f"  br i1 {near}, label %contiguous, label %strided{place}\ncontiguous:\n")
    if usual and lines <= SHORT:
        same: list[str] = []
        for number, (argument, constant) in enumerate(usual.items()):
            body.append(f"  %usual.{number} = icmp eq {passed[argument]}, {constant.removeprefix('i64 ')}\n")
            same.append(f"%usual.{number}")
        known = [usual.get(n, argument) for n, argument in enumerate(passed)]
        body.append(f"  br i1 {_all(same, 'usual', body)}, label %usual, label %given{place}\nusual:\n")
        body.append(_call("usual", function, known, place) + "given:\n")
    return "".join(body) + _call("near", function, passed, place) + "strided:\n"


def _all(tests: Sequence[str], name: str, body: list[str]) -> str:
    """Whether all tests hold; what finds out is added to ``body``."""
    condition = tests[0]
    for number, test in enumerate(tests[1:]):
        body.append(f"  %{name}.all.{number} = and i1 {condition}, {test}\n")
        condition = f"%{name}.all.{number}"
    return condition


def _call(name: str, function: str, passed: Sequence[str], place: str) -> str:
    """LLVM IR that returns what a copy of the function gives."""
    return (
        f"  %{name}.code = call i32 {function}({', '.join(passed)}) alwaysinline{place}\n"
        f"  ret i32 %{name}.code{place}\n"
    )


def _fields(rank: int) -> Iterator[tuple[str, str]]:
    """The fields of a descriptor: how each is reached, and its type."""
    yield from (("i32 0", "ptr"), ("i32 1", "ptr"), ("i32 2", "i64"))
    for field in (3, 4):
        yield from ((f"i32 {field}, i32 {axis}", "i64") for axis in range(rank))


def _steps(dims: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Axes with their strides in elements, as far from the last as extents are numbers."""
    step = 1
    for axis in reversed(range(len(dims))):
        yield axis, step
        if not dims[axis].isdecimal():
            return
        step *= int(dims[axis])
