"""Executables: the C program around a compiled ``main``, which needs neither Python nor pyc where it runs.

It takes the arguments of the command line apart, prints what functions say, and shows the exception that nobody
catches. Templates (``_tell.py`` says what they are made of) become C, part by part; what is the same for all programs
is in ``_text.c``, ``_arrays.c`` and ``_program.c``.
"""

from __future__ import annotations

import builtins
import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyc.dataclass import dataclass
from pyc.dialects.errors import CALL, Error
from pyc.passes.base import PassError

from .header import literal

if TYPE_CHECKING:
    from .emit import Export

#: Exceptions that are made differently of several arguments: what they are called, and what they show, depends on them.
_SEVERAL = (OSError, SyntaxError)
#: A value of the kind, by which a format specification is tried when the program is compiled.
_SAMPLES = {"b": True, "i": 5, "u": 5, "f": 1.5, "s": "ab"}
#: The file that the source includes, and what its arrays are aligned to.
WEIGHTS, _ALIGNMENT = "weights.bin", 64
_C = {"int": "int64_t", "float": "double", "bool": "bool"}


def refusal(kind: str, template: str) -> str | None:
    """Why an executable cannot say what a template says, as the end of a sentence; ``None`` if it can."""
    content = json.loads(template)
    if kind == "element":
        return None
    try:
        for part in content["arguments"]:
            _check(part)
        _encoded("".join(content.get(k, "") for k in ("sep", "end")))
    except _Unsupported as error:
        return str(error)
    found = getattr(builtins, kind, None)
    if isinstance(found, type) and issubclass(found, _SEVERAL) and len(content["arguments"]) > 1:
        return f"make {kind} of several arguments"
    return None


class _Unsupported(Exception):
    """What an executable cannot say."""


def _check(part: Any, *, quoted: bool = False) -> None:
    """Refuse a part of a template; ``quoted`` says that its representation is shown.

    Raises:
        _Unsupported: an executable cannot make its text.
    """
    match part:
        case ["text", text]:
            _encoded(repr(text) if quoted else text)
        case ["tuple", parts]:
            for p in parts:
                _check(p, quoted=True)
        case ["record", _, _, parts]:
            for p in parts:
                _check(p, quoted=True)
        case ["format", pieces]:
            for piece in pieces:
                if isinstance(piece, str):
                    _encoded(piece)
                    if quoted and not (piece.isascii() or piece.isprintable()):
                        raise _Unsupported("show the representation of a string with such characters")
                else:
                    _check_piece(*piece)
        case ["percent" | "formatted" | "sum" | "product", *_]:
            raise _Unsupported("put strings together with `%`, `.format` or `*`: write an f-string")
        case _:
            pass


def _check_piece(part: Any, conversion: str, spec: Any) -> None:
    _check(part, quoted=conversion in ("r", "a"))
    _check(spec)
    fixed = _fixed(spec)
    if fixed == "" or conversion:
        return
    if part[0] in ("arguments", "caught") and (part[0] == "caught" or part[2] is not None):
        raise _Unsupported("format an exception or its arguments with a specification: convert it with !s")
    if part[0] == "array" and not part[2]:
        raise _Unsupported("format an array without axes with a specification: take its element, `x[()]`")
    if part[0] == "value" and fixed is not None and fixed[-1:] == "c":
        raise _Unsupported("format a number as a character")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _Unsupported("print half of a surrogate pair") from None


def _fixed(spec: Any) -> str | None:
    """A format specification that is known when the program is compiled."""
    match spec:
        case ["text", text]:
            return text
        case ["format", pieces] if all(isinstance(p, str) for p in pieces):
            return "".join(pieces)
    return None


@dataclass(frozen=True)
class Weights:
    """The weights that a program holds: their bytes, and by name where they begin and their extents."""

    content: bytes = b""
    places: Mapping[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)


def weights_of(main: Export, arrays: Mapping[str, Any] | None) -> Weights:
    """The weights of a function, those of ``arrays`` that its parameters name."""
    content, places = bytearray(), {}
    for p in main.signature.parameters:
        if p.weight is not None and arrays is not None:
            array = np.ascontiguousarray(arrays[p.weight])
            content.extend(bytes(-len(content) % _ALIGNMENT))
            places[p.weight] = len(content), arrays[p.weight].shape
            content.extend(array.tobytes())
    return Weights(bytes(content), places)


def source(main: Export, name: str, teller: str | None, features: Sequence[str], weights: Weights) -> bytes:
    """The C program that runs a function.

    Args:
        main: The function: its parameters are numbers of Python's, its result an int or nothing.
        name: What the program is called.
        teller: Where the address is put of what hears the functions, if they say anything.
        features: What the machine must have, as ``/proc/cpuinfo`` names it.
        weights: What the function's weights are, the content of the file :data:`WEIGHTS`.
    """
    templates = {e.number: (e, json.loads(e.template)) for e in main.errors if e.template}
    parts = [
        f"/* {name}: what runs its main, written by pyc. */\n",
        *(f"#define {k} {v}\n" for k, v in _constants(main.errors, templates).items()),
        runtime("_text.c", "_arrays.c", "_program.c").decode(),
        *_entries(main.errors),
        *_makers(templates),
        *_hearer(main.errors, templates),
        *_main(main, teller, features, weights),
    ]
    return "".join(parts).encode()


def runtime(*files: str) -> bytes:
    """What is the same in all programs: these files, and how the NumPy at hand prints."""
    printing = {
        "PYC_HIGH_16": _exponents_from(np.float16, 5),
        "PYC_HIGH_32": _exponents_from(np.float32, 17),
        "PYC_WIDE_16": _exponents_from(np.float16, 5, arrays=True),
        "PYC_WIDE_32": _exponents_from(np.float32, 17, arrays=True),
        "PYC_SHAPES": int("shape" in repr(np.zeros(1001))),
    }
    defined = "".join(f"#define {k} {v}\n" for k, v in printing.items())
    return defined.encode() + b"".join((Path(__file__).parent / file).read_bytes() for file in files)


def _constants(errors: Sequence[Error], templates: Mapping[int, tuple[Error, Any]]) -> dict[str, object]:
    return {
        "PYC_ENTRIES": max((e.number for e in errors), default=0),
        "PYC_MOST_ARGUMENTS": max((len(t.get("arguments", ())) for _, t in templates.values()), default=0) + 1,
        "PYC_MOST_VALUES": max((len(t["row"]) for _, t in templates.values() if t.get("check")), default=0) + 1,
    }


@functools.cache
def _exponents_from(kind: type, most: int, *, arrays: bool = False) -> str:
    """From which power of ten on the NumPy at hand prints numbers of a type with an exponent: its versions differ."""
    for k in range(most):
        value = kind(10.0**k)
        if "e" in str(np.array([value]) if arrays else value):
            return f"1e{k}"
    return "INFINITY"


def _entries(errors: Sequence[Error]) -> Iterator[str]:
    yield "\nstatic const pyc_entry pyc_entries[PYC_ENTRIES + 1] = {\n"
    for e in errors:
        kind = "" if e.kind == CALL else e.kind
        texts = ", ".join(literal(t) for t in (kind, "" if e.kind == CALL else e.message, e.file, _shown(e.function)))
        yield f"    [{e.number}] = {{{texts}, {max(e.line, 1)}, {e.caller}}},\n"
    yield "};\n"


def _shown(function: str) -> str:
    """The name of a function in a traceback; an instance is the function that it is of."""
    plain = function.partition("[")[0]
    return "<lambda>" if plain == "lambda" else plain.rpartition(".")[2]


@dataclass
class _Writer:
    """Statements that make text, one function's."""

    lines: list[str] = field(default_factory=list)
    arrays: dict[int, str] = field(default_factory=dict)
    count: int = 0

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def line(self, text: str) -> None:
        self.lines.append(f"    {text}\n")

    def put(self, t: str, text: str) -> None:
        """Text that is known."""
        content = text.encode()
        if content:
            self.line(f"pyc_put({t}, {literal(text)}, {len(content)});")

    def order(self, row: Sequence[int]) -> None:
        """Name the values as templates count them: they are handed over integers first."""
        values = ", ".join(f"said[{k}]" for k in row) or "0"
        self.line(f"const int64_t v[] = {{{values}}};")

    def bind(self, part: Any) -> None:
        """Take the elements of the arrays in a part, in the order in which they were said."""
        match part:
            case ["array", _, extents]:
                shape, elements = self.fresh("shape"), self.fresh("elements")
                values = ", ".join(f"v[{k}]" for k in extents) or "1"
                self.line(f"const int64_t {shape}[] = {{{values}}};")
                self.line(f"const int64_t *{elements} = pyc_taken({shape}, {len(extents)});")
                self.arrays[id(part)] = f"{len(extents)}, {shape}, {elements}"
            case ["tuple", parts] | ["record", _, _, parts]:
                for p in parts:
                    self.bind(p)
            case ["format", pieces]:
                for piece in pieces:
                    if not isinstance(piece, str):
                        self.bind(piece[0])
                        self.bind(piece[2])
            case _:
                pass

    def shown(self, part: Any, t: str) -> None:
        """Write ``str`` of a part to a text."""
        match part:
            case ["text", text]:
                self.put(t, text)
            case ["value", type_, k]:
                self._scalar(type_, f"v[{k}]", t)
            case ["array", type_, _]:
                self.line(f"pyc_put_array({t}, {_kind_of(type_)}, {self.arrays[id(part)]});")
            case ["caught", k]:
                self.line(f"pyc_put_caught({t}, v[{k}]);")
            case ["arguments", k, index]:
                self.line(f"pyc_put_argument({t}, v[{k}], {-1 if index is None else index}, false);")
            case ["ones", values, text]:
                self.line(f"if ({' || '.join(f'v[{k}] == 1' for k in values)}) {{")
                self.put(t, text)
                self.line("}")
            case ["format", pieces]:
                for piece in pieces:
                    if isinstance(piece, str):
                        self.put(t, piece)
                    else:
                        inner, conversion, spec = piece
                        self._formatted(inner, conversion, spec, t)
            case _:
                self.quoted(part, t)

    def quoted(self, part: Any, t: str) -> None:
        """Write ``repr`` of a part to a text."""
        match part:
            case ["text", text]:
                self.put(t, repr(text))
            case ["none"]:
                self.put(t, "None")
            case ["value", type_, k]:
                self._quoted_scalar(type_, f"v[{k}]", t)
            case ["array", type_, _]:
                name = "bool" if type_ == "?" else type_
                implied = "true" if type_ in ("?", "int64", "float64", "int", "float") else "false"
                given = f"{_kind_of(type_)}, {self.arrays[id(part)]}, {literal(name)}, {implied}"
                self.line(f"pyc_quote_array({t}, {given});")
            case ["caught", k]:
                self.line(f"pyc_quote_caught({t}, v[{k}]);")
            case ["arguments", k, index]:
                self.line(f"pyc_put_argument({t}, v[{k}], {-1 if index is None else index}, true);")
            case ["tuple", parts]:
                self.put(t, "(")
                for i, p in enumerate(parts):
                    self.put(t, ", " if i else "")
                    self.quoted(p, t)
                self.put(t, ",)" if len(parts) == 1 else ")")
            case ["record", name, fields, parts]:
                for i, (f, p) in enumerate(zip(fields, parts, strict=True)):
                    self.put(t, f", {f}=" if i else f"{name}({f}=")
                    self.quoted(p, t)
                self.put(t, ")" if fields else f"{name}()")
            case ["format" | "ones", *_]:
                made = self._made(part)
                self.line(f"pyc_put_quoted({t}, &{made});")
                self.line(f"pyc_drop(&{made});")
            case _:
                raise PassError(f"no C says {part}")

    def _made(self, part: Any, how: str = "") -> str:
        """A new text that is ``str``, ``repr`` or ``ascii`` of a part."""
        made = self.fresh("text")
        self.line(f"pyc_text {made} = {{0}};")
        if how in ("r", "a"):
            self.quoted(part, f"&{made}")
        else:
            self.shown(part, f"&{made}")
        if how != "a":
            return made
        plain = self.fresh("text")
        self.line(f"pyc_text {plain} = {{0}};")
        self.line(f"pyc_put_escaped(&{plain}, &{made}, 0, true);")
        self.line(f"pyc_drop(&{made});")
        return plain

    def _scalar(self, type_: str, value: str, t: str) -> None:
        kind, bits = _kind(type_)
        if type_ in ("float", "float64"):
            self.line(f"pyc_put_float({t}, pyc_double({value}), 64, 1e16);")
        else:
            self.line(f"pyc_put_scalar({t}, '{kind}', {bits}, {value});")

    def _quoted_scalar(self, type_: str, value: str, t: str) -> None:
        if type_ == "?":
            self.put(t, "np.")
            self.line(f"if ({value}) {{")
            self.put(t, "True_")
            self.line("} else {")
            self.put(t, "False_")
            self.line("}")
        elif type_ in ("bool", "int", "float"):
            self._scalar(type_, value, t)
        else:
            self.put(t, f"np.{type_}(")
            self._scalar(type_, value, t)
            self.put(t, ")")

    def _formatted(self, part: Any, conversion: str, spec: Any, t: str) -> None:
        """Write what braces in an f-string stand for."""
        fixed = _fixed(spec)
        string = bool(conversion) or part[0] in ("text", "format", "ones")
        if fixed == "" and not (part[0] == "value" and part[1] in ("float16", "float32")):
            if not conversion or conversion == "s":
                self.shown(part, t)
            elif conversion == "r":
                self.quoted(part, t)
            else:
                made = self._made(part, conversion)
                self.line(f"pyc_put({t}, pyc_chars(&{made}), {made}.used);")
                self.line(f"pyc_drop(&{made});")
            return
        made = self._made(part, conversion) if string else ""
        if fixed is not None:
            kind = "s" if string else _kind(part[1])[0] if part[0] == "value" else ""
            wrong = _wrong(kind, fixed, _type_name(part))
            if wrong is not None:
                self.line(f'pyc_fail("{type(wrong).__name__}", "%s", {literal(str(wrong))});')
                if made:
                    self.line(f"pyc_drop(&{made});")
                return
            given, dropped = f"{literal(fixed)}, {len(fixed.encode())}", ""
        else:
            dropped = self._made(spec)
            given = f"pyc_chars(&{dropped}), {dropped}.used"
        if string:
            self.line(f"pyc_put_string({t}, &{made}, {given});")
            self.line(f"pyc_drop(&{made});")
        elif part[0] == "value":
            formats = {"b": "bool", "i": "int", "u": "unsigned", "f": "float"}
            self.line(f"pyc_format_{formats[_kind(part[1])[0]]}({t}, v[{part[2]}], {given});")
        else:
            message = literal(f"unsupported format string passed to {_type_name(part)}.__format__")
            self.line(f'if ({dropped}.used) pyc_fail("TypeError", "%s", {message});')
            self.shown(part, t)
        if dropped:
            self.line(f"pyc_drop(&{dropped});")


def _wrong(kind: str, spec: str, name: str) -> Exception | None:
    """What Python raises for a format specification of a value of a kind."""
    if not kind:
        return TypeError(f"unsupported format string passed to {name}.__format__")
    try:
        format(_SAMPLES[kind], spec)
    except (ValueError, TypeError, OverflowError) as error:
        return error
    return None


def _type_name(part: Any) -> str:
    match part:
        case ["none"]:
            return "NoneType"
        case ["array", *_]:
            return "numpy.ndarray"
        case ["record", name, *_]:
            return name
        case _:
            return "tuple"


def _kind(type_: str) -> tuple[str, int]:
    """The kind of a type of values, as NumPy abbreviates it, and its bits."""
    plain = {"bool": ("b", 8), "?": ("b", 8), "int": ("i", 64), "float": ("f", 64)}
    dtype = None if type_ in plain else np.dtype(type_)
    return plain[type_] if dtype is None else (dtype.kind, 8 * dtype.itemsize)


def _kind_of(type_: str) -> str:
    kind, bits = _kind(type_)
    return f"'{kind}', {bits}"


def _makers(templates: Mapping[int, tuple[Error, Any]]) -> Iterator[str]:
    """Functions that make the arguments of exceptions, one for each, and the one that knows them all."""
    raised = {n: t for n, (e, t) in templates.items() if e.kind not in ("print", "element")}
    for number, template in raised.items():
        w = _Writer()
        w.order(template["row"])
        for part in template["arguments"]:
            w.bind(part)
        for i, part in enumerate(template["arguments"]):
            w.shown(part, f"&a[{i}].shown")
            w.quoted(part, f"&a[{i}].quoted")
        body = "".join(w.lines)
        yield f"\nstatic int pyc_make_{number}(const int64_t *said, pyc_argument *a) {{\n{body}"
        yield f"    return {len(template['arguments'])};\n}}\n"
    cases = "".join(f"    case {n}: return pyc_make_{n}(v, arguments);\n" for n in raised)
    yield "\nstatic int pyc_made(int32_t number, const int64_t *v, pyc_argument *arguments) {\n"
    yield f"    switch (number) {{\n{cases}    default: return 0;\n    }}\n}}\n"


def _hearer(errors: Sequence[Error], templates: Mapping[int, tuple[Error, Any]]) -> Iterator[str]:
    """What hears the functions: the number of what is said, and the values."""
    yield "\nstatic int32_t pyc_hear(int32_t number, const int64_t *said) {\n    pyc_text t = {0};\n"
    steps = "".join(f"    case {e.number}:\n" for e in errors if e.kind == CALL)
    yield f"    switch (number) {{\n    case 0:\n    case -1:\n{steps}"
    yield "        pyc_pass_by(number, (int32_t)said[0]);\n        return 0;\n"
    for number, (e, template) in templates.items():
        row = len(template["row"])
        yield f"    case {number}: {{\n"
        if e.kind == "element":
            yield "        pyc_element(said[0]);\n        return 0;\n    }\n"
            continue
        if template.get("check"):
            yield f"        pyc_keep(number, said, {row}, NULL, 0, NULL);\n        return 0;\n    }}\n"
            continue
        if e.kind == "print":
            w = _Writer()
            w.order(template["row"])
            for part in template["arguments"]:
                w.bind(part)
            for i, part in enumerate(template["arguments"]):
                w.put("&t", template["sep"] if i else "")
                w.shown(part, "&t")
            w.put("&t", template["end"])
            yield "".join(f"    {line}" for line in w.lines)
            flush = "true" if template["flush"] else "false"
            yield f"        if (!pyc_failed) pyc_say(&t, {flush});\n        break;\n    }}\n"
            continue
        cause = f"pyc_cause(said[{template['row'][template['cause']]}], number)" if "cause" in template else "NULL"
        yield "        pyc_argument *a = pyc_more(NULL, PYC_MOST_ARGUMENTS * sizeof(pyc_argument));\n"
        yield "        memset(a, 0, PYC_MOST_ARGUMENTS * sizeof(pyc_argument));\n"
        yield f"        char *cause = {cause};\n        int count = pyc_make_{number}(said, a);\n"
        yield "        if (!pyc_failed) pyc_keep(number, said, 0, a, count, cause);\n        break;\n    }\n"
    yield "    default:\n        return 0;\n    }\n    pyc_forget();\n    pyc_drop(&t);\n"
    yield "    return pyc_failed ? pyc_refused(number) : 0;\n}\n"


def _main(main: Export, teller: str | None, features: Sequence[str], weights: Weights) -> Iterator[str]:
    s = main.signature
    own = [p for p in s.parameters if p.weight is None]
    numbers = {p.name: f"p{i}" for i, p in enumerate(own)}
    place = "typedef struct { int64_t *allocated, *aligned, offset; } pyc_number;\n"
    types = [_C[p.type] if p.weight is None else "const void *" for p in s.parameters]
    declared = ", ".join([*types, *(["const pyc_number *"] if s.results else [])]) or "void"
    yield f"\n{place}int32_t {main.symbol}({declared});\n"
    if teller is not None:
        yield f"extern int32_t (*{teller})(int32_t number, const int64_t *values);\n"
    yield from _weights(main, weights)
    yield "static const char *const pyc_features[] = {"
    yield "".join(f"{literal(f)}, " for f in features) + "NULL};\n"
    yield f"static const pyc_parameter pyc_parameters[{len(own) + 1}] = {{\n"
    for p in own:
        initial = "NULL" if p.default is None else literal(p.default)
        yield f"    {{{literal(p.name)}, {literal(p.type)}, {initial}}},\n"
    yield "};\n\nint main(int argc, char **argv) {\n"
    for p in own:
        yield f"    {_C[p.type]} {numbers[p.name]} = {_initial(p.type, p.default)};\n"
    places = ", ".join(f"&{n}" for n in numbers.values()) or "NULL"
    yield f"    void *places[] = {{{places}}};\n    int64_t result = 0;\n    pyc_start(argv);\n"
    yield f"    int status = pyc_arguments(argc, argv, pyc_parameters, {len(own)}, places);\n"
    yield "    if (status >= 0) return status;\n    if (!pyc_runs_here(pyc_features)) return 1;\n"
    if teller is not None:
        yield f"    {teller} = pyc_hear;\n"
    given = [numbers[p.name] if p.weight is None else f"&pyc_weight_{i}" for i, p in enumerate(s.parameters)]
    if s.results:
        yield "    const pyc_number place = {&result, &result, 0};\n"
        given.append("&place")
    yield f"    int32_t number = {main.symbol}({', '.join(given)});\n"
    yield "    return number ? pyc_uncaught(number) : pyc_end(result);\n}\n"


def _weights(main: Export, weights: Weights) -> Iterator[str]:
    """The descriptors of weights, and their bytes: in memory that is only read where the function writes none."""
    if not weights.places:
        return
    written = any(p.written for p in main.signature.parameters)
    section = ".data" if written else ".section .rodata"
    lines = (section, f".balign {_ALIGNMENT}", "pyc_weights:", f'.incbin \\"{WEIGHTS}\\"', ".byte 0", ".text")
    text = "".join(f'    "{line}\\n"\n' for line in lines)
    yield f"__asm__(\n{text});\n"
    yield 'extern char pyc_weights[] __attribute__((visibility("hidden")));\n'
    for i, p in enumerate(main.signature.parameters):
        if p.weight is None:
            continue
        at, shape = weights.places[p.weight]
        strides = [int(np.prod(shape[k + 1 :], dtype=np.int64)) for k in range(len(shape))]
        numbers = ", ".join(map(str, (0, *shape, *strides)))
        yield f"static const struct {{ char *allocated, *aligned; int64_t numbers[{2 * len(shape) + 1}]; }}"
        yield f" pyc_weight_{i} = {{pyc_weights + {at}, pyc_weights + {at}, {{{numbers}}}}};\n"


def _initial(type_: str, default: str | None) -> str:
    """A default in C; 0 where the command line gives the value."""
    if default is None:
        return "0"
    if type_ == "bool":
        return "true" if default == "True" else "false"
    if type_ == "int":
        return f"(int64_t)UINT64_C({int(default) % (1 << 64)})"
    value = float(default)
    if value != value or value in (float("inf"), float("-inf")):
        return "NAN" if value != value else "INFINITY" if value > 0 else "-INFINITY"
    return value.hex()
