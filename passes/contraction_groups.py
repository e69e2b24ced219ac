"""The functions that pack narrow integers for kernels of products, as MLIR text: several terms in one 32-bit number.

A panel is then one of 32-bit numbers, each of some terms that follow each other, and a tile is what it is for other
elements. Where bytes of B are moved by 128 (``grouped_terms.py``), what this adds to the sums of a row is the same for
all columns, and a panel of A ends with what undoes it.
"""

from __future__ import annotations

from .contraction_packing import ANY, APART, Load, flat, squares, starts
from .contraction_tiles import Blocking, Elements
from .grouped_terms import Group

_EXTENSIONS = frozenset({"arith.extsi", "arith.extui"})


def group_of(e: Elements, b: Blocking) -> Group | None:
    """How terms of such elements are grouped, if the machine has instructions for them."""
    if not b.grouped or e.sum != "i32":
        return None
    chains = (e.widen_left, e.widen_right)
    if any(not chain or any(operation not in _EXTENSIONS for operation, _ in chain) for chain in chains):
        return None
    left_signed, right_signed = (chain[0][0] == "arith.extsi" for chain in chains)
    sources = ((e.left, left_signed), (e.right, right_signed))
    if b.grouped == 4 and all(t == "i8" for t, _ in sources):
        return Group(4, left_signed, right_signed, 32 * b.lanes)
    if all(t == "i8" or (t == "i16" and signed) for t, signed in sources):
        return Group(2, left_signed, right_signed, 32 * b.lanes)
    return None


def pack_left_groups(symbol: str, source: str, g: Group, high: int) -> str:
    """A function that packs at most ``high`` columns into one panel, which has room for one vector more.

    Columns beyond the last are copies of the last, whose sums nobody stores; terms beyond the last are zero.
    """
    matrix = f"memref<?x?x{source}, {ANY}>"
    extend = "arith.extsi" if g.left_signed else "arith.extui"
    lines = [
        f"func.func private @{symbol}(%x: {matrix}, %to: memref<?xi32>) attributes {APART} {{",
        *_sizes(matrix, source, high, g),
        *starts(high, "%x_start", "%c0"),
        *squares(range(high), high, g.lanes, "i32", "%c0", _load(source, extend, g, moved=False), g.terms),
        "scf.for %s = %first to %steps step %c1 {",
        "%term = arith.muli %s, %group : index",
        "%out = arith.muli %s, %width : index",
        "scf.for %r = %c0 to %width step %c1 {",
        "%near = arith.minsi %r, %last : index",
        "%number = scf.for %t = %c0 to %group step %c1 iter_args(%so_far = %zero) -> (i32) {",
        "%at_term = arith.addi %term, %t : index",
        "%is_term = arith.cmpi slt, %at_term, %k : index",
        "%new = scf.if %is_term -> i32 {",
        f"%single = memref.load %x[%at_term, %near] : {matrix}",
        *_part(source, extend, g),
        "%place = arith.muli %t, %part_bits : index",
        "%places = arith.index_cast %place : index to i32",
        "%moved = arith.shli %part, %places : i32",
        "%more = arith.ori %so_far, %moved : i32",
        "scf.yield %more : i32",
        "} else {",
        "scf.yield %so_far : i32",
        "}",
        "scf.yield %new : i32",
        "}",
        "%o = arith.addi %out, %r : index",
        "memref.store %number, %to[%o] : memref<?xi32>",
        "}",
        "}",
    ]
    if g.moved:
        lines += _undone(high, g)
    return "\n".join([*lines, "return", "}", ""])


def pack_right_groups(symbol: str, source: str, g: Group, vectors: int) -> str:
    """A function that packs any number of columns into panels of ``vectors`` vectors, from a place on.

    Terms beyond the last are zero, or anything: those of A are. Columns beyond the last are copies of it.
    """
    matrix, memory = f"memref<?x?x{source}, {ANY}>", f"memref<?x{source}>"
    wide = vectors * g.lanes
    extend = "arith.extsi" if g.right_signed else "arith.extui"
    load = _load(source, extend, g, moved=g.moved)
    lines = [
        f"func.func private @{symbol}(%x: {matrix}, %to: memref<?xi32>, %at: index) attributes {APART} {{",
        *_sizes(matrix, source, wide, g),
        f"%none = arith.constant 0 : {source}",
        "%by_rows = arith.cmpi eq, %x_steps#1, %c1 : index",
        f"%some_rows = memref.alloca() {{alignment = 64 : i64}} : memref<{g.terms * wide}x{source}>",
        f"%rows = memref.cast %some_rows : memref<{g.terms * wide}x{source}> to {memory}",
        "%panels = arith.ceildivui %n, %width : index",
        "%panel = arith.muli %steps, %width : index",
        "scf.for %p = %c0 to %panels step %c1 {",
        "%j = arith.muli %p, %width : index",
        "%before = arith.muli %p, %panel : index",
        "%start = arith.addi %at, %before : index",
        *starts(wide, "%x_start", "%j"),
    ]
    for v in range(vectors):
        columns = range(v * g.lanes, (v + 1) * g.lanes)
        lines += squares(columns, wide, g.lanes, "i32", "%start", load, g.terms)
    lines += [
        "%behind = arith.addi %j, %width : index",
        "%is_whole = arith.cmpi sle, %behind, %n : index",
        "%is_readable = arith.andi %is_whole, %by_rows : i1",
        "scf.for %s = %first to %steps step %c1 {",
        "%term = arith.muli %s, %group : index",
        "%next_term = arith.addi %term, %group : index",
        "%is_full = arith.cmpi sle, %next_term, %k : index",
        "%is_direct = arith.andi %is_full, %is_readable : i1",
        f"%from:3 = scf.if %is_direct -> ({memory}, index, index) {{",
        "%down = arith.muli %term, %x_steps#0 : index",
        "%line = arith.addi %x_start, %down : index",
        "%corner = arith.addi %line, %j : index",
        f"scf.yield %x_flat, %corner, %x_steps#0 : {memory}, index, index",
        "} else {",
        "scf.for %t = %c0 to %group step %c1 {",
        "%at_term = arith.addi %term, %t : index",
        "%is_term = arith.cmpi slt, %at_term, %k : index",
        "%row = arith.muli %t, %width : index",
        "scf.for %l = %c0 to %width step %c1 {",
        "%jl = arith.addi %j, %l : index",
        "%jn = arith.minsi %jl, %last : index",
        f"%element = scf.if %is_term -> {source} {{",
        f"%single = memref.load %x[%at_term, %jn] : {matrix}",
        f"scf.yield %single : {source}",
        "} else {",
        f"scf.yield %none : {source}",
        "}",
        "%o = arith.addi %row, %l : index",
        f"memref.store %element, %rows[%o] : {memory}",
        "}",
        "}",
        f"scf.yield %rows, %c0, %width : {memory}, index, index",
        "}",
        *_beside(source, extend, g, vectors),
        "}",
        "}",
    ]
    return "\n".join([*lines, "return", "}", ""])


def _sizes(matrix: str, source: str, width: int, g: Group) -> list[str]:
    """Constants and sizes; ``%even`` terms, of ``%first`` numbers, lie in squares of columns that are contiguous."""
    square = g.lanes * g.terms
    return [
        "%c0 = arith.constant 0 : index",
        "%c1 = arith.constant 1 : index",
        "%zero = arith.constant 0 : i32",
        f"%width = arith.constant {width} : index",
        f"%group = arith.constant {g.terms} : index",
        f"%part_bits = arith.constant {32 // g.terms} : index",
        f"%square = arith.constant {square} : index",
        f"%empty = arith.constant dense<0> : vector<{g.lanes}xi32>",
        f"%k = memref.dim %x, %c0 : {matrix}",
        f"%n = memref.dim %x, %c1 : {matrix}",
        "%last = arith.subi %n, %c1 : index",
        "%steps = arith.ceildivui %k, %group : index",
        flat("x", source),
        "%by_terms = arith.cmpi eq, %x_steps#0, %c1 : index",
        "%odd = arith.remui %k, %square : index",
        "%in_squares = arith.subi %k, %odd : index",
        "%even = arith.select %by_terms, %in_squares, %c0 : index",
        "%first = arith.divui %even, %group : index",
        f"%move = arith.constant dense<{0x80808080 - (1 << 32)}> : vector<{g.lanes}xi32>",
    ]


def _widened(value: str, source: str, extend: str, g: Group, lanes: int) -> tuple[list[str], str]:
    """The lines that make a vector's elements as wide as they are multiplied, and the name of the result."""
    part = f"i{32 // g.terms}"
    if source == part:
        return [], value
    return [f"{value}_w = {extend} {value} : vector<{lanes}x{source}> to vector<{lanes}x{part}>"], f"{value}_w"


def _load(source: str, extend: str, g: Group, *, moved: bool) -> Load:
    """A function that gives the lines that load numbers of a column from a place on, and the name of the vector."""
    count = g.lanes * g.terms

    def load(name: str, place: str) -> tuple[list[str], str]:
        lines = [f"{name}_n = vector.load %x_flat[{place}] : memref<?x{source}>, vector<{count}x{source}>"]
        more, value = _widened(f"{name}_n", source, extend, g, count)
        lines += [*more, f"{name} = vector.bitcast {value} : {g.narrow} to vector<{g.lanes}xi32>"]
        if not moved:
            return lines, name
        return [*lines, f"{name}_m = arith.xori {name}, %move : vector<{g.lanes}xi32>"], f"{name}_m"

    return load


def _part(source: str, extend: str, g: Group) -> list[str]:
    """``%part``: the bits of one element of a number, at its lower end."""
    part = f"i{32 // g.terms}"
    lines = [] if source == part else [f"%single_w = {extend} %single : {source} to {part}"]
    return [*lines, f"%part = arith.extui {'%single' if source == part else '%single_w'} : {part} to i32"]


def _beside(source: str, extend: str, g: Group, vectors: int) -> list[str]:
    """The lines that put elements of some rows, which follow each other, beside each other: one number a column."""
    lanes, part = g.lanes, 32 // g.terms
    wide = f"vector<{lanes}xi32>"
    lines = ["%across = arith.muli %s, %width : index", "%out = arith.addi %start, %across : index"]
    for v in range(vectors):
        lines += [f"%v{v} = arith.constant {v * lanes} : index", f"%column{v} = arith.addi %from#1, %v{v} : index"]
        rows: list[str] = []
        for t in range(g.terms):
            name = f"%row{v}_{t}"
            lines += [
                f"%t{v}_{t} = arith.constant {t} : index",
                f"%below{v}_{t} = arith.muli %t{v}_{t}, %from#2 : index",
                f"%place{v}_{t} = arith.addi %column{v}, %below{v}_{t} : index",
                f"{name} = vector.load %from#0[%place{v}_{t}] : memref<?x{source}>, vector<{lanes}x{source}>",
            ]
            more, value = _widened(name, source, extend, g, lanes)
            lines += more
            rows.append(value)
        bits = part
        mixed = ", ".join(str(i // 2 + lanes * (i % 2)) for i in range(2 * lanes))
        while bits < 32:
            pairs: list[str] = []
            for i, (x, y) in enumerate(zip(rows[::2], rows[1::2], strict=True)):
                name = f"%mixed{v}_{bits}_{i}"
                lines += [
                    f"{name}_s = vector.shuffle {x}, {y} [{mixed}] : vector<{lanes}xi{bits}>, vector<{lanes}xi{bits}>",
                    f"{name} = vector.bitcast {name}_s : vector<{2 * lanes}xi{bits}> to vector<{lanes}xi{2 * bits}>",
                ]
                pairs.append(name)
            rows, bits = pairs, 2 * bits
        value = rows[0]
        if g.moved:
            lines.append(f"%given{v} = arith.xori {value}, %move : {wide}")
            value = f"%given{v}"
        lines += [
            f"%o{v} = arith.addi %out, %v{v} : index",
            f"vector.store {value}, %to[%o{v}] : memref<?xi32>, {wide}",
        ]
    return lines


def _undone(high: int, g: Group) -> list[str]:
    """The lines that put behind a panel of A what undoes that B was moved: its sums, times 128 or -128."""
    wide = f"vector<{g.lanes}xi32>"
    return [
        f"%ones = arith.constant dense<{0x01010101}> : {wide}",
        f"%total = scf.for %s = %c0 to %steps step %c1 iter_args(%so_far = %empty) -> ({wide}) {{",
        "%place = arith.muli %s, %width : index",
        f"%numbers = vector.load %to[%place] : memref<?xi32>, {wide}",
        *g.added("%sum", "%so_far", "%numbers", "%ones"),
        f"scf.yield %sum : {wide}",
        "}",
        f"%factor = arith.constant dense<{-128 if g.left_signed else 128}> : {wide}",
        f"%undoes = arith.muli %total, %factor : {wide}",
        "%end = arith.muli %steps, %width : index",
        f"vector.store %undoes, %to[%end] : memref<?xi32>, {wide}",
    ]
