"""The functions that pack parts of matrices into panels for kernels of products, as MLIR text.

A panel has a fixed number of columns, whose elements of one row lie side by side. What lies side by side in the matrix
is moved as vectors: along its rows as they are, along its columns through a transposition in registers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

ANY = "strided<[?, ?], offset: ?>"
#: Functions that LLVM shall not copy into their callers.
APART = "{llvm.no_inline}"
#: Rows of B that are packed together: its memory is read in long pieces, and few lines are written at a time.
_TOGETHER = 4

Widening = Sequence[tuple[str, str]]
#: Gives the lines that load a vector, by its name, from a place, and the name of what a panel gets.
Load = Callable[[str, str], tuple[list[str], str]]


def flat(x: str, t: str) -> str:
    """``%x_flat``: the memory of a matrix; ``%x_start``, where the matrix begins in it; ``%x_steps``, its strides."""
    return f"""
  %{x}_base, %{x}_start, %{x}_sizes:2, %{x}_steps:2 = memref.extract_strided_metadata %{x} : memref<?x?x{t}, {ANY}>
    -> memref<{t}>, index, index, index, index, index
  %{x}_flat = memref.reinterpret_cast %{x}_base to offset: [0], sizes: [%{x}_sizes#0], strides: [1]
    : memref<{t}> to memref<?x{t}>"""


def pack_left(symbol: str, source: str, widen: Widening, t: str, high: int, lanes: int) -> str:
    """A function that packs at most ``high`` columns into one panel, which has room for one vector more.

    Columns beyond the last are copies of the last, whose sums nobody stores.
    """
    matrix, memory = f"memref<?x?x{source}, {ANY}>", f"memref<?x{t}>"
    groups = -(-high // lanes)
    lines = [
        f"func.func private @{symbol}(%x: {matrix}, %to: {memory}) attributes {APART} {{",
        *_sizes(matrix, t, high, lanes),
        flat("x", source),
        "%by_terms = arith.cmpi eq, %x_steps#0, %c1 : index",
        "scf.if %by_terms {",
        *starts(high, "%x_start", "%c0"),
        *_turned(range(high), high, lanes, source, widen, t, "%c0"),
        "} else {",
    ]
    if not widen:
        lines += ["%by_rows = arith.cmpi eq, %x_steps#1, %c1 : index", "scf.if %by_rows {"]
        mask, vector = f"vector<{lanes}xi1>", f"vector<{lanes}x{t}>"
        for g in range(groups):
            # A vector may not reach beyond the panel's columns: behind these may be no memory.
            most = min(lanes, high - g * lanes)
            lines += [
                f"%before{g} = arith.constant {g * lanes} : index",
                f"%most{g} = arith.constant {most} : index",
                f"%left{g} = arith.subi %n, %before{g} : index",
                f"%here{g} = arith.minsi %left{g}, %most{g} : index",
                f"%mask{g} = vector.create_mask %here{g} : {mask}",
            ]
        lines += [
            "scf.for %p = %c0 to %k step %c1 {",
            "%down = arith.muli %p, %x_steps#0 : index",
            "%row = arith.addi %x_start, %down : index",
            "%out = arith.muli %p, %width : index",
        ]
        for g in range(groups):
            lines += [
                f"%from{g} = arith.addi %row, %before{g} : index",
                f"%v{g} = vector.maskedload %x_flat[%from{g}], %mask{g}, %empty"
                f" : {memory}, {mask}, {vector} into {vector}",
                f"%o{g} = arith.addi %out, %before{g} : index",
                f"vector.store %v{g}, %to[%o{g}] : {memory}, {vector}",
            ]
        lines += ["}", "} else {"]
    lines += _single("%c0", matrix, source, widen, t, "%c0")
    lines += ["}"] if not widen else []
    return "\n".join([*lines, "}", "return", "}", ""])


def pack_right(symbol: str, source: str, widen: Widening, t: str, vectors: int, lanes: int) -> str:
    """A function that packs any number of columns into panels of ``vectors`` vectors, from a place on.

    The last panel is filled up, with copies of the last column or with zeros.
    """
    matrix, memory = f"memref<?x?x{source}, {ANY}>", f"memref<?x{t}>"
    wide = vectors * lanes
    lines = [
        f"func.func private @{symbol}(%x: {matrix}, %to: {memory}, %at: index) attributes {APART} {{",
        *_sizes(matrix, t, wide, lanes),
        flat("x", source),
        "%whole = arith.divui %n, %width : index",
        "%panels = arith.ceildivui %n, %width : index",
        "%panel = arith.muli %k, %width : index",
        "%by_rows = arith.cmpi eq, %x_steps#1, %c1 : index",
        "%by_terms = arith.cmpi eq, %x_steps#0, %c1 : index",
        "%done = scf.if %by_rows -> index {",
        f"%together = arith.constant {_TOGETHER} : index",
        "scf.for %first = %c0 to %k step %together {",
        "%behind = arith.addi %first, %together : index",
        "%last_row = arith.minsi %behind, %k : index",
        "scf.for %p = %c0 to %whole step %c1 {",
        "%j = arith.muli %p, %width : index",
        "%column = arith.addi %x_start, %j : index",
        "%place = arith.muli %p, %panel : index",
        "%start = arith.addi %at, %place : index",
        "scf.for %r = %first to %last_row step %c1 {",
        "%down = arith.muli %r, %x_steps#0 : index",
        "%row = arith.addi %column, %down : index",
        "%across = arith.muli %r, %width : index",
        "%out = arith.addi %start, %across : index",
    ]
    for v in range(vectors):
        lines += [
            f"%v{v} = arith.constant {v * lanes} : index",
            f"%from{v} = arith.addi %row, %v{v} : index",
            f"%e{v} = vector.load %x_flat[%from{v}] : memref<?x{source}>, vector<{lanes}x{source}>",
        ]
        made, value = widened(f"%e{v}", source, widen, lanes)
        lines += [
            *made,
            f"%o{v} = arith.addi %out, %v{v} : index",
            f"vector.store {value}, %to[%o{v}] : {memory}, vector<{lanes}x{t}>",
        ]
    lines += ["}", "}", "}"]
    lines += ["scf.yield %whole : index"] if widen else _last_by_rows(vectors, lanes, t)
    lines += ["} else {", "%turned = scf.if %by_terms -> index {"]
    lines += ["scf.for %p = %c0 to %panels step %c1 {"]
    lines += [
        "%j = arith.muli %p, %width : index",
        "%place = arith.muli %p, %panel : index",
        "%start = arith.addi %at, %place : index",
        *starts(wide, "%x_start", "%j"),
    ]
    for g in range(vectors):
        # One vector of columns after the other: registers hold no more.
        lines += _turned(range(g * lanes, (g + 1) * lanes), wide, lanes, source, widen, t, "%start")
    lines += ["}", "scf.yield %panels : index", "} else {", "scf.yield %c0 : index", "}"]
    lines += ["scf.yield %turned : index", "}"]
    lines += [
        "scf.for %p = %done to %panels step %c1 {",
        "%j = arith.muli %p, %width : index",
        "%place = arith.muli %p, %panel : index",
        "%start = arith.addi %at, %place : index",
        *_single("%j", matrix, source, widen, t, "%start"),
        "}",
    ]
    return "\n".join([*lines, "return", "}", ""])


def _last_by_rows(vectors: int, lanes: int, t: str) -> list[str]:
    """Pack the last columns, which fill no panel, from contiguous rows; zeros are behind them."""
    memory, mask, vector = f"memref<?x{t}>", f"vector<{lanes}xi1>", f"vector<{lanes}x{t}>"
    lines = [
        "%full = arith.muli %whole, %width : index",
        "%beyond = arith.subi %n, %full : index",
        "%any = arith.cmpi ne, %beyond, %c0 : index",
        "scf.if %any {",
        "%last_start = arith.addi %x_start, %full : index",
        "%last_place = arith.muli %whole, %panel : index",
        "%last_at = arith.addi %at, %last_place : index",
    ]
    for v in range(vectors):
        lines += [
            f"%u{v} = arith.constant {v * lanes} : index",
            f"%left{v} = arith.subi %beyond, %u{v} : index",
            f"%mask{v} = vector.create_mask %left{v} : {mask}",
        ]
    lines += [
        "scf.for %r = %c0 to %k step %c1 {",
        "%down = arith.muli %r, %x_steps#0 : index",
        "%row = arith.addi %last_start, %down : index",
        "%across = arith.muli %r, %width : index",
        "%out = arith.addi %last_at, %across : index",
    ]
    for v in range(vectors):
        lines += [
            f"%from{v} = arith.addi %row, %u{v} : index",
            f"%e{v} = vector.maskedload %x_flat[%from{v}], %mask{v}, %empty : {memory}, {mask}, {vector} into {vector}",
            f"%o{v} = arith.addi %out, %u{v} : index",
            f"vector.store %e{v}, %to[%o{v}] : {memory}, {vector}",
        ]
    return [*lines, "}", "}", "scf.yield %panels : index"]


def zero(t: str) -> str:
    return "0" if t.startswith("i") else "0.0"


def widened(value: str, source: str, widen: Widening, lanes: int = 0) -> tuple[list[str], str]:
    """The lines that widen a value of type ``source``, or a vector of ``lanes`` such, and the name of the result."""
    lines: list[str] = []
    kind = source
    for number, (operation, to) in enumerate(widen):
        name = f"{value}_{number}"
        types = [f"vector<{lanes}x{x}>" if lanes else x for x in (kind, to)]
        lines.append(f"{name} = {operation} {value} : {types[0]} to {types[1]}")
        value, kind = name, to
    return lines, value


def transposed(rows: Sequence[str], prefix: str, vector: str) -> tuple[list[str], list[str]]:
    """The lines that transpose a square of as many vectors as each has elements, and the names of the results.

    Each step interleaves the first half of the rows with the second: it rotates the bits of an element's position.
    """
    count = len(rows)
    low = ", ".join(str(i // 2 + count * (i % 2)) for i in range(count))
    high = ", ".join(str((count + i) // 2 + count * (i % 2)) for i in range(count))
    lines: list[str] = []
    for step in range(count.bit_length() - 1):
        new: list[str] = []
        for i in range(count // 2):
            for half, mask in (("l", low), ("h", high)):
                name = f"{prefix}{step}_{i}{half}"
                lines.append(f"{name} = vector.shuffle {rows[i]}, {rows[i + count // 2]} [{mask}] : {vector}, {vector}")
                new.append(name)
        rows = new
    return lines, list(rows)


def _sizes(matrix: str, t: str, width: int, lanes: int) -> list[str]:
    return [
        "%c0 = arith.constant 0 : index",
        "%c1 = arith.constant 1 : index",
        f"%width = arith.constant {width} : index",
        f"%square = arith.constant {lanes} : index",
        f"%empty = arith.constant dense<{zero(t)}> : vector<{lanes}x{t}>",
        f"%k = memref.dim %x, %c0 : {matrix}",
        f"%n = memref.dim %x, %c1 : {matrix}",
        "%last = arith.subi %n, %c1 : index",
        "%odd = arith.remui %k, %square : index",
        "%even = arith.subi %k, %odd : index",
    ]


def starts(width: int, start: str, first: str) -> list[str]:
    """``%s0`` and so on: where each column begins, from ``first`` on; the last one for all beyond."""
    lines: list[str] = []
    for r in range(width):
        lines += [
            f"%r{r} = arith.constant {r} : index",
            f"%its{r} = arith.addi {first}, %r{r} : index",
            f"%near{r} = arith.minsi %its{r}, %last : index",
            f"%far{r} = arith.muli %near{r}, %x_steps#1 : index",
            f"%s{r} = arith.addi {start}, %far{r} : index",
        ]
    return lines


def squares(columns: Sequence[int], width: int, lanes: int, t: str, at: str, load: Load, terms: int = 1) -> list[str]:
    """Pack the first ``%even`` terms of some columns of a panel of ``width``, a square at a time.

    Columns begin at ``%s0`` and so on. An element of the panel has ``terms`` terms.
    """
    vector = f"vector<{lanes}x{t}>"
    groups = [columns[i : i + lanes] for i in range(0, len(columns), lanes)]
    lines = [
        "scf.for %term = %c0 to %even step %square {",
        f"%terms = arith.constant {terms} : index",
        "%element = arith.divui %term, %terms : index",
        "%down = arith.muli %element, %width : index",
        f"%out = arith.addi {at}, %down : index",
    ]
    results: list[list[str]] = []
    for group in groups:
        rows: list[str] = []
        for r in group:
            made, value = load(f"%e{r}", f"%q{r}")
            lines += [f"%q{r} = arith.addi %s{r}, %term : index", *made]
            rows.append(value)
        rows += ["%empty"] * (lanes - len(rows))
        made, names = transposed(rows, f"%t{group[0]}_", vector)
        lines += made
        results.append(names)
    for i in range(lanes):
        # In order: what reaches beyond a row of the panel is overwritten by the next.
        for group, names in zip(groups, results, strict=True):
            lines += [
                f"%place{i}_{group[0]} = arith.constant {i * width + group[0]} : index",
                f"%o{i}_{group[0]} = arith.addi %out, %place{i}_{group[0]} : index",
                f"vector.store {names[i]}, %to[%o{i}_{group[0]}] : memref<?x{t}>, {vector}",
            ]
    return [*lines, "}"]


def _turned(columns: Sequence[int], width: int, lanes: int, source: str, widen: Widening, t: str, at: str) -> list[str]:
    """Pack some columns of a panel of ``width``, which begin at ``%s0`` and so on, a square at a time.

    Terms that do not fill a square are moved one by one.
    """

    def load(name: str, place: str) -> tuple[list[str], str]:
        line = f"{name} = vector.load %x_flat[{place}] : memref<?x{source}>, vector<{lanes}x{source}>"
        made, value = widened(name, source, widen, lanes)
        return [line, *made], value

    lines = squares(columns, width, lanes, t, at, load)
    lines += ["scf.for %term = %even to %k step %c1 {", "%down = arith.muli %term, %width : index"]
    lines += [f"%out = arith.addi {at}, %down : index"]
    for r in columns:
        lines += [
            f"%q{r} = arith.addi %s{r}, %term : index",
            f"%e{r} = memref.load %x_flat[%q{r}] : memref<?x{source}>",
        ]
        made, value = widened(f"%e{r}", source, widen)
        lines += [
            *made,
            f"%place{r} = arith.constant {r} : index",
            f"%o{r} = arith.addi %out, %place{r} : index",
            f"memref.store {value}, %to[%o{r}] : memref<?x{t}>",
        ]
    return [*lines, "}"]


def _single(first: str, matrix: str, source: str, widen: Widening, t: str, at: str) -> list[str]:
    """Copy a panel's columns from ``first`` on element by element."""
    made, value = widened("%single", source, widen)
    return [
        "scf.for %r = %c0 to %k step %c1 {",
        "%ro = arith.muli %r, %width : index",
        f"%line = arith.addi {at}, %ro : index",
        "scf.for %l = %c0 to %width step %c1 {",
        f"%jl = arith.addi {first}, %l : index",
        "%jn = arith.minsi %jl, %last : index",
        f"%single = memref.load %x[%r, %jn] : {matrix}",
        *made,
        "%ol = arith.addi %line, %l : index",
        f"memref.store {value}, %to[%ol] : memref<?x{t}>",
        "}",
        "}",
    ]
