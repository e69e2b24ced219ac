"""LLVM code generation for every target, through llvmlite: from MLIR's LLVM text to objects, assembly and PTX.

MLIR's bindings carry LLVM 24 and llvmlite LLVM 22. What one prints the other reads, save for floating-point literals:
:func:`bridge` rewrites them. Nothing here relaxes arithmetic: no reassociation, no contraction of ``a * b + c``, unless
flags in the IR ask for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import platform
import re
from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from pyc import progress
from pyc.dataclass import dataclass

#: Name of an LLVM floating-point type: bits of its exponent and of its mantissa, and the prefix LLVM 22 wants.
_FORMATS = {"half": (5, 10, "0xH"), "bfloat": (8, 7, "0xR"), "float": (8, 23, "0x"), "double": (11, 52, "0x")}

#: A line without any of these has no literal to rewrite; the test is much cheaper than splitting it into tokens.
_CANDIDATE = re.compile(r"[+-](?:inf|qnan|s?nan\()|\d\.\d|f0x")
_TOKEN = re.compile(
    r"""
      "[^"]*"                                             # a string or a quoted name (LLVM writes a quote in it as \22)
    | ;.*                                                 # a comment
    | [%@!$\#^][-\w.$]+                                   # a name
    | \b(?P<type>half|bfloat|float|double|x86_fp80|fp128|ppc_fp128)\b
    | (?P<literal>f0x[0-9A-Fa-f]+
        | [+-](?:inf|qnan|s?nan\(0x[0-9A-Fa-f]+\))
        | [+-]?\d+\.\d*(?:[eE][+-]?\d+)?)
    | [A-Za-z_$.][-\w.$]*                                 # any other word, so that no literal is seen inside one
    """,
    re.VERBOSE,
)
_BOOL = re.compile(
    r"^(?P<indent> +)(?:(?P<loaded>%[\w.]+) = load i1, (?P<from>.*)|store i1 (?P<stored>[\w.%]+), (?P<to>.*)"
    r"|(?P<place>%[\w.]+) = alloca i1,(?P<size>.*))$",
    re.MULTILINE,
)
_BF16 = re.compile(r'"[^"]*"|;.*|[%@!$\#^][-\w.$]+|\b(?P<type>bfloat)\b|\b0xR(?P<bits>[0-9A-Fa-f]{4})\b')

#: In the attributes of a function: the one that does the same for a vector.
_VARIANT = re.compile(r'"vector-function-abi-variant"="[^"(]*\(pyc\.([^)"]+)\)"')
#: It ends up in objects: it must not depend on how the text came about.
_SOURCE_LINE = re.compile(r'^source_filename = ".*"$', re.MULTILINE)
_UNIT = re.compile(r"^(!\d+) = distinct !DICompileUnit", re.MULTILINE)
#: As ``passes/base.py`` has it, which this file does not import: loading code needs no MLIR.
C_LIBRARY = "c."


class LlvmError(Exception):
    """An internal fault: LLVM refused what the compiler gave it. Never the user's error."""


def bridge(text: str) -> str:
    """LLVM 24 text as LLVM 22 reads it: every floating-point literal in hexadecimal, bit for bit the same value.

    A literal belongs to the floating-point type named last before it on its line, which is how LLVM prints operands.
    The compile units of debug information are listed as well.

    Raises:
        LlvmError: a literal of a type without a known form (``fp128``), or before any type.
    """
    text = "\n".join(_bridge_line(line) if _CANDIDATE.search(line) else line for line in text.split("\n"))
    return text + _listed_units(text)


def bf16_as_bits(text: str) -> str:
    """LLVM 22 text with ``i16`` for ``bfloat``, which is the same where such values are only moved and bit-cast.

    LLVM keeps a bf16 that outlives its block in an f32 where the chip has no bf16, and then calls ``__truncsfbf2``,
    which systems may not have.
    """

    def rewrite(match: re.Match[str]) -> str:
        if match["bits"]:
            bits = int(match["bits"], 16)
            return str(bits - (1 << 16) if bits >> 15 else bits)
        return "i16" if match["type"] else match[0]

    return _BF16.sub(rewrite, text) if "bfloat" in text else text


def bools_as_bytes(text: str) -> str:
    """LLVM text that takes any byte but 0 in memory for true, as NumPy does, and writes 0 and 1.

    MLIR loads and stores ``i1``, of which LLVM says that all other bits are 0; a caller's array may hold other bytes.
    """
    if " i1, ptr " not in text and "store i1 " not in text and "alloca i1," not in text:
        return text
    numbers = itertools.count()

    def rewrite(match: re.Match[str]) -> str:
        indent, byte = match["indent"], f"%bool.{next(numbers)}"
        if match["loaded"]:
            load = f"{indent}{byte} = load i8, {match['from']}"
            return f"{load}\n{indent}{match['loaded']} = icmp ne i8 {byte}, 0"
        if match["stored"]:
            return f"{indent}{byte} = zext i1 {match['stored']} to i8\n{indent}store i8 {byte}, {match['to']}"
        return f"{indent}{match['place']} = alloca i8,{match['size']}"

    return _BOOL.sub(rewrite, text)


def _listed_units(text: str) -> str:
    """The list of compile units, without which LLVM drops debug information; MLIR's translation does not write it."""
    units = [] if "\n!llvm.dbg.cu = " in text else _UNIT.findall(text)
    return f"\n!llvm.dbg.cu = !{{{', '.join(units)}}}\n" if units else ""


def _kept(text: str) -> str:
    """The list of functions that nothing calls before the vectoriser does, for those that they are variants of."""
    variants = sorted(set(_VARIANT.findall(text)))
    if not variants:
        return ""
    places = ", ".join(f"ptr @{variant}" for variant in variants)
    kept = f"global [{len(variants)} x ptr] [{places}]"
    return f'\n@llvm.compiler.used = appending {kept}, section "llvm.metadata"\n'


def _inline(assembly: str) -> str:
    """Assembly text as parts of a module."""
    escaped = assembly.replace("\\", "\\5C").replace('"', "\\22").replace("\t", "\\09")
    return "".join(f'module asm "{line}"\n' for line in escaped.split("\n") if line)


def _bridge_line(line: str) -> str:
    current = ""

    def rewrite(match: re.Match[str]) -> str:
        nonlocal current
        if match["type"]:
            current = match["type"]
        elif match["literal"]:
            if current not in _FORMATS:
                raise LlvmError(
                    f"cannot write the {current or 'untyped'} literal {match['literal']} for LLVM 22: {line}"
                )
            return literal(current, match["literal"])
        return match[0]

    return _TOKEN.sub(rewrite, line)


@lru_cache(maxsize=4096)
def literal(kind: str, text: str) -> str:
    """An LLVM 24 literal of type ``kind`` in LLVM 22's spelling; ``float`` is written as the double of its value."""
    exponent, mantissa, prefix = _FORMATS[kind]
    bits = _bits(exponent, mantissa, text)
    if kind != "float":
        return f"{prefix}{bits:0{(exponent + mantissa + 1) // 4}X}"
    return f"0x{_widen(bits):016X}"


def _bits(exponent: int, mantissa: int, text: str) -> int:
    """The bit pattern that a literal stands for."""
    if text.startswith("f0x"):
        return int(text[3:], 16)
    sign = (1 << (exponent + mantissa)) if text[0] == "-" else 0
    body = text.lstrip("+-")
    infinity, quiet = ((1 << exponent) - 1) << mantissa, 1 << (mantissa - 1)
    if body == "inf":
        return sign | infinity
    if body == "qnan":
        return sign | infinity | quiet
    if body.startswith("nan("):
        return sign | infinity | quiet | int(body[4:-1], 16)
    if body.startswith("snan("):
        return sign | infinity | int(body[5:-1], 16)
    return sign | _round(exponent, mantissa, Fraction(body))


def _round(exponent: int, mantissa: int, value: Fraction) -> int:
    """The bits of the number of this format nearest to ``value`` (not negative), ties to even.

    Rounding once from the decimal: going through a double would round twice.
    """
    if value == 0:
        return 0
    bias = (1 << (exponent - 1)) - 1
    scale = value.numerator.bit_length() - value.denominator.bit_length()
    if value < Fraction(2) ** scale:
        scale -= 1
    scale = max(scale, 1 - bias)
    units = round(value / Fraction(2) ** (scale - mantissa))
    # A carry out of the mantissa runs into the exponent field, which is the next binade (or infinity), as it should.
    normal = units >> mantissa
    return units + ((scale + bias - 1) << mantissa) if normal else units


def _widen(bits: int) -> int:
    """The bits of the double with the value of a single; the payload of a NaN keeps its place below the quiet bit."""
    sign, exponent, mantissa = bits >> 31 << 63, bits >> 23 & 0xFF, bits & 0x7FFFFF
    if exponent == 0xFF:
        return sign | 0x7FF << 52 | mantissa << 29
    if exponent:
        return sign | exponent - 127 + 1023 << 52 | mantissa << 29
    if mantissa == 0:
        return sign
    leading = mantissa.bit_length() - 1
    return sign | leading - 149 + 1023 << 52 | (mantissa << 52 - leading) & (1 << 52) - 1


@dataclass(frozen=True)
class Machine:
    """What position-independent code is generated for: a triple, a processor, features as ``+avx2,-avx512f``."""

    triple: str
    cpu: str = ""
    features: str = ""


#: Chips that are not x86-64 levels (those are LLVM's processor names as they stand), by architecture.
_ARM_CHIPS = ("neoverse-n1", "neoverse-v1", "neoverse-v2")


#: Of AMD's processors, which take as long to gather elements as to read them one by one, and wait for each gather.
_NO_GATHER = ",+prefer-no-gather"


def default_chip() -> str:
    """The chip that ``cpu`` without one means ahead of time: a level that servers of the last ten years have."""
    return "neoverse-n1" if platform.machine() in ("aarch64", "arm64") else "x86-64-v3"


#: LLVM leaves half of the widest registers idle on this level, for the first chips that had them.
_PREFERENCES = {"x86-64-v4": "-prefer-256-bit"}


def cpu_machine(chip: str) -> Machine:
    """The machine that a chip of target ``cpu`` names; ``native`` is this one, an empty chip :func:`default_chip`."""
    binding = _binding()
    chip = chip or default_chip()
    host = binding.get_default_triple()
    if chip == "native":
        name, features = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
        return Machine(host, name, features + _NO_GATHER if name.startswith("znver") else features)
    architecture = "aarch64" if chip in _ARM_CHIPS else "x86_64"
    return Machine(f"{architecture}-{host.partition('-')[2]}", chip, _PREFERENCES.get(chip, ""))


def vector_registers(machine: Machine) -> tuple[int, int]:
    """The bits of a vector register of a machine, and how many there are."""
    if machine.triple.startswith("aarch64"):
        return 128, 32
    if machine.cpu == "x86-64-v4" or "+avx512vl" in machine.features:
        return 512, 32
    return (256, 16) if machine.cpu == "x86-64-v3" or "+avx2" in machine.features else (128, 16)


def grouped_products(machine: Machine) -> int:
    """How many bytes a machine multiplies and adds up in 32 bits of a register: 4, or 2 as 16-bit numbers, or none."""
    if machine.triple.startswith("aarch64"):
        return 0
    bits, _ = vector_registers(machine)
    needed = {512: "+avx512vnni", 256: "+avxvnni"}.get(bits)
    return 4 if needed in machine.features.split(",") else 2


def has_fused_multiply_add(machine: Machine) -> bool:
    """Whether a machine multiplies and adds in one operation, rounded once."""
    if machine.triple.startswith("aarch64") or machine.cpu in ("x86-64-v3", "x86-64-v4"):
        return True
    return "+fma" in machine.features.split(",")


@dataclass(frozen=True)
class Module:
    """An optimised LLVM module for a machine. ``level`` is 0 to 3, as in ``-O3``."""

    handle: Any
    context: Any
    machine: Machine
    level: int

    def object_code(self) -> bytes:
        """An object file."""
        progress.say("code generation")
        return _target_machine(self.machine, self.level).emit_object(self.handle)

    def assembly(self) -> str:
        """Assembly text; PTX for an NVPTX machine."""
        return _target_machine(self.machine, self.level).emit_assembly(self.handle)

    def __str__(self) -> str:
        return str(self.handle)


def optimise(
    text: str,
    machine: Machine,
    level: int,
    *,
    keep: Collection[str],
    name: str = "pyc",
    libraries: Sequence[bytes] = (),
    bf16_moves: bool = False,
    assembly: str = "",
) -> Module:
    """LLVM 24 text, with bitcode libraries linked in, verified and optimised for a machine at ``-O<level>``.

    Only the functions in ``keep`` stay visible: all others that have a body become internal, so that they are inlined
    or dropped. What is declared as ``c.exp`` is the C library's ``exp``. ``name`` is recorded as the source's: the same
    input gives the same bytes. ``bf16_moves`` promises that the text computes nothing in bf16 (:func:`bf16_as_bits`).
    ``assembly`` becomes part of the object as it is: it may define what the text declares.

    Raises:
        LlvmError: the text is not valid, a library does not link, or a function of ``keep`` is missing.
    """
    progress.say("optimisation by LLVM")
    binding = _binding()
    _set_options()
    # One for all: garbage collection might dispose of a context of its own before the module, which crashes.
    context = binding.get_global_context()
    try:
        text = _SOURCE_LINE.sub(f'source_filename = "{name}"', bridge(text), count=1)
        text = bools_as_bytes(text)
        text += _kept(text) + _inline(assembly)
        module = binding.parse_assembly(bf16_as_bits(text) if bf16_moves else text, context)
        for library in libraries:
            module.link_in(binding.parse_bitcode(library, context))
        for symbol in keep:
            module.get_function(symbol)
        module.verify()
    except (RuntimeError, NameError) as error:
        raise LlvmError(str(error)) from error
    module.name = name
    for function in module.functions:
        if not function.is_declaration and function.name not in keep:
            function.linkage = "internal"
            # A user's function named as one of the C library would be taken for it by code generation.
            function.name = f"pyc.{function.name}"
    for function in module.functions:
        if function.is_declaration and function.name.startswith(C_LIBRARY):
            function.name = function.name.removeprefix(C_LIBRARY)
    target = _target_machine(machine, level)
    module.triple = machine.triple
    module.data_layout = str(target.target_data)
    tuning = binding.create_pipeline_tuning_options(speed_level=level)
    tuning.loop_vectorization = tuning.slp_vectorization = tuning.loop_interleaving = level >= 2
    builder = binding.create_pass_builder(target, tuning)
    builder.getModulePassManager().run(module, builder)
    return Module(module, context, machine, level)


class Loaded:
    """Object code in the memory of this process. Addresses hold while the object lives."""

    def __init__(self, code: bytes, symbols: Sequence[str]) -> None:
        """Load an object file for this machine.

        Raises:
            LlvmError: it is not one, or needs a symbol that this process does not have.
        """
        binding = _binding()
        _load_arithmetic()
        builder = binding.JITLibraryBuilder().add_object_img(code).add_current_process()
        for symbol in symbols:
            builder.export_symbol(symbol)
        # One compiler a library: names of libraries are never free again, and a failed link would leave its symbols.
        self._compiler = binding.create_lljit_compiler(
            _target_machine(cpu_machine("native"), 2), use_jit_link=True, suppress_errors=True
        )
        try:
            self._library = builder.link(self._compiler, "pyc")
        except RuntimeError as error:
            raise LlvmError(str(error)) from error
        self.addresses = {symbol: self._library[symbol] for symbol in symbols}


@cache
def _load_arithmetic() -> None:
    """Makes the compiler's own arithmetic known to loaded code: LLVM calls it for quotients of 128 bits."""
    with contextlib.suppress(OSError):  # systems that have it elsewhere have it in the process already
        ctypes.CDLL("libgcc_s.so.1", mode=ctypes.RTLD_GLOBAL)


@cache
def _binding() -> Any:
    """llvmlite's binding with all targets, set up once."""
    import llvmlite.binding as binding

    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    binding.initialize_native_asmparser()  # of the instructions in what chooses between versions
    # Generated code that runs in this process calls libm, which Python itself need not be linked with.
    with contextlib.suppress(RuntimeError):
        binding.load_library_permanently("libm.so.6")
    return binding


@cache
def _set_options() -> None:
    """Set the options of LLVM that hold for a whole process: where code is only loaded, others may generate theirs."""
    # Turning conditional moves back into branches costs 1.5x on dynamic-programming loops and gains nothing elsewhere.
    _binding().set_option("pyc", "-x86-cmov-converter=false")


@lru_cache(maxsize=8)
def _target_machine(machine: Machine, level: int) -> Any:
    target = _binding().Target.from_triple(machine.triple)
    return target.create_target_machine(
        cpu=machine.cpu, features=machine.features, opt=level, reloc="pic", codemodel="default"
    )
