"""The C header of a library: descriptors, functions with the user's types in comments, and the errors in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyc.dialects.errors import CALL, Error
from pyc.dialects.signature import Signature, Value, fixed_of, structure_of

from ..entry import value_entry
from ._described import listed, with_fixed

if TYPE_CHECKING:
    from .emit import Export

#: C's types of elements and scalars. C has no small floats: their bits are passed.
_C = {
    "bool": "bool",
    "i4": "int8_t",
    "u4": "uint8_t",
    "i8": "int8_t",
    "i16": "int16_t",
    "i32": "int32_t",
    "i64": "int64_t",
    "u8": "uint8_t",
    "u16": "uint16_t",
    "u32": "uint32_t",
    "u64": "uint64_t",
    "f4e2m1": "uint8_t",
    "f8e8m0": "uint8_t",
    "f8e4m3": "uint8_t",
    "f8e5m2": "uint8_t",
    "bf16": "uint16_t",
    "f16": "uint16_t",
    "f32": "float",
    "f64": "double",
    "c64": "pyc_complex_float",
    "c128": "pyc_complex_double",
}
#: What a complex number is in memory: the same in C99, whose ``double _Complex`` C++ lacks, and in C++.
_COMPLEX = {"c64": "float", "c128": "double"}
_RESERVED = frozenset(
    """
    alignas alignof and and_eq asm auto bitand bitor bool case catch char char16_t char32_t char8_t co_await
    co_return co_yield compl concept const const_cast consteval constexpr constinit decltype default delete do
    double dynamic_cast enum explicit export extern false float friend goto inline int int16_t int32_t int64_t
    int8_t long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public
    register reinterpret_cast requires restrict short signed sizeof static static_assert static_cast struct switch
    template this thread_local throw true typedef typeid typename typeof uint16_t uint32_t uint64_t uint8_t union
    unsigned using virtual void volatile wchar_t xor xor_eq
    """.split()  # noqa: SIM905
)


def write(
    name: str,
    target: str,
    exports: Sequence[Export],
    release: str | None,
    teller: str | None = None,
    levels: Mapping[str, Any] | None = None,
) -> str:
    """The header of the library ``lib<name>.so``, for C99 and C++.

    ``release`` frees results of its functions; ``teller`` is where a program puts what hears what they print;
    ``levels`` are those that it has versions for, and the symbol of what says which was chosen.
    """
    guard = f"PYC_{_identifier(name).upper()}_H"
    shapes = {
        ("i64", 1) if v.allocated else (v.dtype, len(v.dims or ()))
        for e in exports
        for v in (*(p for p in e.signature.parameters if p.dims is not None), *e.signature.results)
    }
    numbers = {error.number: error for e in exports for error in e.errors if error.kind != CALL}
    used = {v.dtype for e in exports for v in (*e.signature.parameters, *e.signature.results)}
    parts = [
        _opening(name, target, guard),
        *(_complex(dtype) for dtype in sorted(used & _COMPLEX.keys())),
        *(_descriptor(dtype, rank) for dtype, rank in sorted(shapes)),
        *([_freeing(release)] if release is not None else []),
        *([_telling(teller)] if teller is not None else []),
        *([_choosing(levels["symbol"], levels["chips"])] if levels is not None else []),
        *(_function(e) for e in exports),
        _errors(_identifier(name), [numbers[n] for n in sorted(numbers)]),
        f"#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {guard} */\n",
    ]
    return "\n".join(parts)


def _opening(name: str, target: str, guard: str) -> str:
    return f"""/* {name}.h: functions compiled for {target} by pyc. Link with -l{name}.
 *
 * Every function returns 0, or the number of the error that stopped it: {_identifier(name)}_error gives the words.
 * Arrays are passed by descriptor and never copied; strides count elements and may be negative or zero. An array that
 * a function writes to must overlap no other argument, unless the comment says that they may. The caller allocates
 * results: contiguous, with the extents that the comment says; of a result that it cannot know the extents of, it gets
 * the numbers that describe it. A scalar result is an array of rank 0.
 */
#ifndef {guard}
#define {guard}

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif
"""


def _complex(dtype: str) -> str:
    """The struct of a complex number, which is passed by address."""
    name, part = _C[dtype], _COMPLEX[dtype]
    return f"#ifndef {name.upper()}\n#define {name.upper()}\ntypedef struct {{ {part} real, imag; }} {name};\n#endif\n"


def _descriptor(dtype: str, rank: int) -> str:
    """The struct of an array, and a function that makes one for contiguous memory."""
    name, element = f"pyc_{dtype}_{rank}d", _C[dtype]
    guard = name.upper()
    extents = f"\n    int64_t sizes[{rank}];\n    int64_t strides[{rank}];" if rank else ""
    parameters = "".join(f", int64_t n{i}" for i in range(rank))
    lines = [f"    {name} array;", "    array.allocated = array.aligned = data;", "    array.offset = 0;"]
    lines += [f"    array.sizes[{i}] = n{i};" for i in range(rank)]
    for i in range(rank):
        lines.append(f"    array.strides[{i}] = {' * '.join(f'n{k}' for k in range(i + 1, rank)) or '1'};")
    body = "\n".join(lines)
    return f"""#ifndef {guard}
#define {guard}
typedef struct {{
    {element} *allocated;
    {element} *aligned;
    int64_t offset;{extents}
}} {name};

static inline {name} {name}_of({element} *data{parameters}) {{
{body}
    return array;
}}
#endif
"""


def _freeing(release: str) -> str:
    return f"""/* A result with memory of its own is described by numbers in an array that the caller has made:
 *
 *     block, address of the first element, size of each axis, stride of each axis in elements
 *
 * Give the block to {release} when the result is not needed any more: once, where several results have the
 * same. It is 0 where the result is a view of an argument's memory.
 */
void {release}(int64_t block);
"""


def _telling(teller: str) -> str:
    return f"""/* What hears what functions print, and the values in messages of errors: without it, nothing is said.
 *
 * It is called with the number of what is said, among those of the errors below, and with the values, integers and
 * then doubles by their bits; what it returns ends the function with that number unless it is 0.
 */
extern int32_t (*{teller})(int32_t number, const int64_t *values);
"""


def _choosing(symbol: str, chips: Sequence[str]) -> str:
    return f"""/* Every function has a version for each of {", ".join(chips)}. The best that the machine has runs,
 * or the one that the environment variable PYC_CPU names when the library is loaded. This is the name of its level.
 */
const char *{symbol}(void);
"""


def _function(export: Export) -> str:
    s = export.signature
    names: list[str] = []
    for value in s.parameters:
        names.append(_unique(_identifier(value.name), names))
    for i, _ in enumerate(s.results):
        names.append(_unique("result" if len(s.results) == 1 else f"result{i}", names))
    values = [*s.parameters, *s.results]
    width = max((len(n) for n in names), default=0)
    heading = _heading(s) + (", for arguments that overlap" if export.may_overlap else "")
    lines = [f" * {_plain(heading)}", " *"] if values else [f" * {_plain(heading)}"]
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        lines.append(f" *   {name:<{width}}  {_plain(_facts(value, is_result=i >= len(s.parameters)))}")
    if raised := [e for e in export.errors if e.kind != CALL]:
        lines += [" *", f" * Errors: {', '.join(str(e.number) for e in raised)}."]
    arguments = ", ".join(
        _c_parameter(name, value, is_result=i >= len(s.parameters))
        for i, (name, value) in enumerate(zip(names, values, strict=True))
    )
    comment = "\n".join(lines)
    return f"/*\n{comment}\n */\nint32_t {export.symbol}({arguments or 'void'});\n"


def _heading(s: Signature) -> str:
    structure = structure_of(s)
    own = [value_entry(v) for v in s.parameters]
    parameters = listed(with_fixed({"parameters": own, "structure": structure, "fixed": fixed_of(s)}))
    of = f"    (of {s.module})" if s.module else ""
    return f"{s.name}({parameters}){of}"


def _facts(value: Value, *, is_result: bool) -> str:
    facts = [value.type]
    if value.dims is not None and is_result:
        extents = f"extents {', '.join(value.dims)}" if value.dims else "one element"
        facts.append(f"{len(value.dims) * 2 + 2} numbers that describe the result" if value.allocated else extents)
    if value.weight is not None:
        facts.append(f"the weight {value.weight}")
    if value.default is not None:
        facts.append(f"{value.default} by default in Python")
    if value.written:
        facts.append("written to")
    return "; ".join(facts)


def _c_parameter(name: str, value: Value, *, is_result: bool) -> str:
    if value.dims is None and not is_result and value.dtype in _COMPLEX:
        return f"const {_C[value.dtype]} *{name}"
    if value.dims is None and not is_result:
        return f"{_C[value.dtype]} {name}"
    if value.allocated:
        return f"const pyc_i64_1d *{name}"
    return f"const pyc_{value.dtype}_{len(value.dims or ())}d *{name}"


def _errors(name: str, errors: Sequence[Error]) -> str:
    """A table of the errors as a comment, and as a function from number to words."""
    words = [f"{e.kind}: {e.message} ({e.file}, line {e.line}, in {e.function})" for e in errors]
    table = "".join(f" *   {e.number:>3}  {_plain(text)}\n" for e, text in zip(errors, words, strict=True))
    cases = "".join(f"    case {e.number}: return {literal(text)};\n" for e, text in zip(errors, words, strict=True))
    return f"""/* The error of a number:
 *
 *     0  none
{table} */
static inline const char *{name}_error(int32_t number) {{
    switch (number) {{
    case 0: return "no error";
{cases}    default: return "unknown error";
    }}
}}
"""


def _identifier(name: str) -> str:
    """A name that C and C++ take."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    return f"{plain}_" if plain in _RESERVED or plain[:1].isdigit() else plain


def _unique(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _plain(text: str) -> str:
    """Text that neither ends a comment nor continues on another line."""
    return " ".join(text.replace("*/", "* /").replace("/*", "/ *").split())


def literal(text: str) -> str:
    """A C string literal; what is not ASCII as UTF-8 in octal, which unlike hexadecimal ends by itself."""
    escaped = (
        chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in text.encode("utf-8", "replace")
    )
    return f'"{"".join(escaped)}"'
