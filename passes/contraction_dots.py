"""The functions that multiply a matrix, whose rows are contiguous, by one of a few columns, as MLIR text.

Sums are of vectors along the terms, of some rows by all columns: nothing of A is packed, and each of its elements is
read once for all columns. The columns of B are made contiguous first.
"""

from __future__ import annotations

from collections.abc import Sequence

from .contraction_packing import ANY, APART, flat, zero
from .contraction_tiles import Blocking, Elements, add

#: Products of two numbers that a thread takes at a time, at least; at most so many chunks of rows.
_LEAST, _MOST = 1 << 18, 64


def most_columns(b: Blocking) -> int:
    """How many columns are few: so many sums of three rows stay in registers."""
    return 8 if b.high == 12 else 4


def _tiles(b: Blocking) -> list[tuple[int, int]]:
    """Rows and columns of the tiles, for one column or two, and for more."""
    return [(8, 2), (3, 8)] if b.high == 12 else [(5, 2), (3, 4)]


def dots(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C.dots``: the function for the columns from one on, which are few.

    The rows of A are contiguous; those of B and C may be anywhere.
    """
    t, s = e.sum, e.symbol
    matrix = f"memref<?x?x{t}, {ANY}>"
    most = most_columns(b)
    return f"""
func.func private @{s}.dots(%a: {matrix}, %all_b: {matrix}, %all_c: {matrix}, %from: index, %clear: i1) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %first_chunk = arith.constant 0 : i64
  %next_chunk = arith.constant 1 : i64
  %least = arith.constant {_LEAST} : index
  %most = arith.constant {_MOST} : index
  %width = arith.constant {most} : index
  %m = memref.dim %a, %c0 : {matrix}
  %k = memref.dim %a, %c1 : {matrix}
  %whole = memref.dim %all_b, %c1 : {matrix}
  %n = arith.subi %whole, %from : index
  %b = memref.subview %all_b[0, %from] [%k, %n] [1, 1] : {matrix} to {matrix}
  %c = memref.subview %all_c[0, %from] [%m, %n] [1, 1] : {matrix} to {matrix}
  %k_1 = arith.maxui %k, %c1 : index
  %work = arith.muli %k_1, %width : index
  %at_least = arith.ceildivui %least, %work : index
  %of_most = arith.ceildivui %m, %most : index
  %group = arith.maxui %at_least, %of_most : index
  %count = arith.ceildivui %m, %group : index
  %chunks = arith.index_cast %count : index to i64
  scf.for %chunk = %first_chunk to %chunks step %next_chunk : i64 {{
    %number = arith.index_cast %chunk : i64 to index
    %first = arith.muli %number, %group : index
    %behind = arith.addi %first, %group : index
    %end = arith.minui %behind, %m : index
    func.call @{s}.dot_rows(%a, %b, %c, %first, %end, %clear)
      : ({matrix}, {matrix}, {matrix}, index, index, i1) -> ()
  }} {{pyc.parallel}}
  return
}}
"""


def dot_rows(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C.dot_rows``: some rows of a product with few columns."""
    t, s = e.sum, e.symbol
    matrix = f"memref<?x?x{t}, {ANY}>"
    most = most_columns(b)
    room = f"memref<{most * b.depth}x{t}>"
    (low, two), (high, _) = _tiles(b)

    def rows(step: int, name: str) -> str:
        return f"""
      %step{step} = arith.constant {step} : index
      scf.for %i = %first to %end step %step{step} {{
        %down{step} = arith.muli %i, %a_steps#0 : index
        %row{step} = arith.addi %a_start, %down{step} : index
        %at{step} = arith.addi %row{step}, %pc : index
        func.call @{s}.{name}(%a_flat, %at{step}, %a_steps#0, %columns, %kc, %c, %i, %end, %fresh)
          : (memref<?x{t}>, index, index, memref<?x{t}>, index, {matrix}, index, index, i1) -> ()
      }}"""

    return f"""
func.func private @{s}.dot_rows(%a: {matrix}, %b: {matrix}, %c: {matrix}, %first: index, %end: index, %clear: i1)
    attributes {APART} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %two = arith.constant {two} : index
  %depth = arith.constant {b.depth} : index
  %lanes = arith.constant {b.lanes} : index
  %zero = arith.constant {zero(t)} : {t}
  %k = memref.dim %a, %c1 : {matrix}
  %n = memref.dim %b, %c1 : {matrix}
  %some = arith.maxsi %k, %c1 : index
{flat("a", t)}
  %room = memref.alloca() {{alignment = 64 : i64}} : {room}
  %columns = memref.cast %room : {room} to memref<?x{t}>
  %most = arith.constant {most} : index
  %is_two = arith.cmpi ule, %n, %two : index
  %width = arith.select %is_two, %two, %most : index
  scf.for %pc = %c0 to %some step %depth {{
    %left = arith.subi %k, %pc : index
    %kc = arith.minsi %left, %depth : index
    %starts = arith.cmpi eq, %pc, %c0 : index
    %fresh = arith.andi %starts, %clear : i1
    %squares = arith.ceildivui %kc, %lanes : index
    %padded = arith.muli %squares, %lanes : index
    scf.for %j = %c0 to %n step %c1 {{
      %line = arith.muli %j, %depth : index
      scf.for %p = %c0 to %kc step %c1 {{
        %term = arith.addi %pc, %p : index
        %x = memref.load %b[%term, %j] : {matrix}
        %o = arith.addi %line, %p : index
        memref.store %x, %columns[%o] : memref<?x{t}>
      }}
      scf.for %p = %kc to %padded step %c1 {{
        %o = arith.addi %line, %p : index
        memref.store %zero, %columns[%o] : memref<?x{t}>
      }}
    }}
    scf.for %j = %n to %width step %c1 {{
      %line = arith.muli %j, %depth : index
      scf.for %p = %c0 to %padded step %c1 {{
        %o = arith.addi %line, %p : index
        memref.store %zero, %columns[%o] : memref<?x{t}>
      }}
    }}
    scf.if %is_two {{{rows(low, "dots_of_two")}
    }} else {{{rows(high, "dots_of_more")}
    }}
  }}
  return
}}
{_dots(f"{s}.dots_of_two", e, b, *_tiles(b)[0])}
{_dots(f"{s}.dots_of_more", e, b, *_tiles(b)[1])}
"""


def _dots(symbol: str, e: Elements, b: Blocking, rows: int, columns: int) -> str:
    """A function for the sums of a few rows by all columns; those beyond the last row or column are not stored."""
    t = e.sum
    vector, bits = f"vector<{b.lanes}x{t}>", f"vector<{b.lanes}xi1>"
    memory, matrix = f"memref<?x{t}>", f"memref<?x?x{t}, {ANY}>"
    multiply, flags = ("arith.muli", "") if t.startswith("i") else ("arith.mulf", " fastmath<contract>")
    count = rows * columns
    lines = [
        f"func.func private @{symbol}(%a: {memory}, %a_at: index, %a_row: index, %b: {memory}, %k: index, %c: {matrix},"
        f" %i: index, %end: index, %fresh: i1) attributes {APART} {{",
        "%c0 = arith.constant 0 : index",
        "%c1 = arith.constant 1 : index",
        f"%lanes = arith.constant {b.lanes} : index",
        f"%none = arith.constant dense<{zero(t)}> : {vector}",
        f"%zero = arith.constant {zero(t)} : {t}",
        f"%n = memref.dim %c, %c1 : {matrix}",
        "%odd = arith.remui %k, %lanes : index",
        "%even = arith.subi %k, %odd : index",
        "%here = arith.subi %end, %i : index",
        "%last = arith.subi %here, %c1 : index",
    ]
    for r in range(rows):
        lines += [
            f"%r{r} = arith.constant {r} : index",
            f"%near{r} = arith.minsi %r{r}, %last : index",
            f"%down{r} = arith.muli %near{r}, %a_row : index",
            f"%row{r} = arith.addi %a_at, %down{r} : index",
        ]
    lines += [f"%line{j} = arith.constant {j * b.depth} : index" for j in range(columns)]

    def round_(at: str, so_far: str, prefix: str, mask: str) -> list[str]:
        """The sums after one vector of terms."""
        made: list[str] = []
        for j in range(columns):
            made += [
                f"%{prefix}b{j} = arith.addi %line{j}, {at} : index",
                f"%{prefix}y{j} = vector.load %b[%{prefix}b{j}] : {memory}, {vector}",
            ]
        for r in range(rows):
            made.append(f"%{prefix}a{r} = arith.addi %row{r}, {at} : index")
            if mask:
                load = f"vector.maskedload %a[%{prefix}a{r}], {mask}, %none : {memory}, {bits}, {vector} into {vector}"
            else:
                load = f"vector.load %a[%{prefix}a{r}] : {memory}, {vector}"
            made.append(f"%{prefix}x{r} = {load}")
            for i, j in ((r * columns + j, j) for j in range(columns)):
                made += [
                    f"%{prefix}p{i} = {multiply} %{prefix}x{r}, %{prefix}y{j}{flags} : {vector}",
                    f"%{prefix}s{i} = {add(t)} {so_far}{i}, %{prefix}p{i}{flags} : {vector}",
                ]
        return made

    types = ", ".join([vector] * count)
    initial = ", ".join(f"%acc{i} = %none" for i in range(count))
    lines += [
        f"%sum:{count} = scf.for %p = %c0 to %even step %lanes iter_args({initial}) -> ({types}) {{",
        *round_("%p", "%acc", "f", ""),
        f"scf.yield {', '.join(f'%fs{i}' for i in range(count))} : {types}",
        "}",
        "%some = arith.cmpi ne, %odd, %c0 : index",
        f"%all:{count} = scf.if %some -> ({types}) {{",
        f"%mask = vector.create_mask %odd : {bits}",
        *round_("%even", "%sum#", "l", "%mask"),
        f"scf.yield {', '.join(f'%ls{i}' for i in range(count))} : {types}",
        "} else {",
        f"scf.yield {', '.join(f'%sum#{i}' for i in range(count))} : {types}",
        "}",
    ]
    made, totals = _totals([f"%all#{i}" for i in range(count)], b.lanes, t)
    lines += made
    for r in range(rows):
        lines += [f"%in{r} = arith.cmpi slt, %r{r}, %here : index", f"scf.if %in{r} {{"]
        lines.append(f"%to{r} = arith.addi %i, %r{r} : index")
        for j in range(columns):
            i = r * columns + j
            lines += [
                f"%j{i} = arith.constant {j} : index",
                f"%is{i} = arith.cmpi slt, %j{i}, %n : index",
                f"scf.if %is{i} {{",
                f"%held{i} = scf.if %fresh -> {t} {{",
                f"scf.yield %zero : {t}",
                "} else {",
                f"%old{i} = memref.load %c[%to{r}, %j{i}] : {matrix}",
                f"scf.yield %old{i} : {t}",
                "}",
                f"%new{i} = {totals[i]}",
                f"%total{i} = {add(t)} %held{i}, %new{i} : {t}",
                f"memref.store %total{i}, %c[%to{r}, %j{i}] : {matrix}",
                "}",
            ]
        lines.append("}")
    return "\n".join([*lines, "return", "}", ""])


def _totals(vectors: Sequence[str], lanes: int, t: str) -> tuple[list[str], list[str]]:
    """Lines that add up the elements of each vector; and for each, the operation that gives its sum.

    Two vectors become one, which holds sums of halves of both in turn, until one has the sums of all.
    """
    lines: list[str] = []
    totals: list[str] = []
    full = f"vector<{lanes}x{t}>"
    while len(totals) < len(vectors):
        first = len(totals)
        count = min(lanes, 1 << (len(vectors) - first).bit_length() - 1)
        current = list(vectors[first : first + count])
        low = ", ".join(str(i // 2 + lanes * (i % 2)) for i in range(lanes))
        high = ", ".join(str((lanes + i) // 2 + lanes * (i % 2)) for i in range(lanes))
        while len(current) > 1:
            half, level = len(current) // 2, len(current)
            for i in range(half):
                x, y, name = current[i], current[i + half], f"%fold{first}_{level}_{i}"
                lines += [
                    f"{name}l = vector.shuffle {x}, {y} [{low}] : {full}, {full}",
                    f"{name}h = vector.shuffle {x}, {y} [{high}] : {full}, {full}",
                    f"{name} = {add(t)} {name}l, {name}h : {full}",
                ]
                current[i] = name
            current = current[:half]
        (value,), width = current, lanes
        while width > count:
            width //= 2
            wide, narrow = f"vector<{2 * width}x{t}>", f"vector<{width}x{t}>"
            name = f"%half{first}_{width}"
            below, above = (", ".join(str(i) for i in range(k, k + width)) for k in (0, width))
            lines += [
                f"{name}l = vector.shuffle {value}, {value} [{below}] : {wide}, {wide}",
                f"{name}h = vector.shuffle {value}, {value} [{above}] : {wide}, {wide}",
                f"{name} = {add(t)} {name}l, {name}h : {narrow}",
            ]
            value = name
        totals += [f"vector.extract {value}[{i}] : {t} from vector<{count}x{t}>" for i in range(count)]
    return lines, totals
