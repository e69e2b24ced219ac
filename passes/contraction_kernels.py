"""The functions that compute matrix products on a CPU, as MLIR text: ``C += A B`` of matrices of any strides.

Large products are blocked for the caches and packed, after Goto and van de Geijn, "Anatomy of High-Performance Matrix
Multiplication" (2008). From the outside in: ``columns`` columns of B and ``depth`` rows of it, packed into panels of
``wide`` columns (level 3 cache); ``rows`` rows of A, packed into panels of ``high`` rows (level 2); one panel of B
(level 1); and a tile of ``high`` by ``wide`` sums in registers. Panels are filled up with zeros, so that one kernel
does for all tiles; sums beyond the edge are not stored.

Small products, and those with few rows, are not worth packing: B is read where it lies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

#: Rows of B in a block: a panel of 32 columns fills a level 1 cache of 32 KiB.
_DEPTH = 256
#: Bytes of a packed block of A, of which a level 2 cache holds two; and of B, a part of any level 3 cache.
_BLOCK_OF_LEFT, _BLOCK_OF_RIGHT = 480 * 1024, 4096 * 1024


@dataclass(frozen=True)
class Blocking:
    """Sizes of blocks, in elements: the tile in registers is ``high`` rows by ``vectors`` vectors of ``lanes``."""

    lanes: int
    vectors: int
    high: int
    depth: int
    rows: int
    columns: int

    @property
    def wide(self) -> int:
        return self.vectors * self.lanes


def blocking(register_bits: int, registers: int, element_bits: int) -> Blocking:
    """Blocks for a machine with so many vector registers of so many bits.

    The tile leaves registers for a row of B and an element of A: 2 by 12 of 32 registers, 2 by 6 of 16.
    """
    lanes = register_bits // element_bits
    high = 12 if registers >= 32 else 6
    rows = _BLOCK_OF_LEFT // (_DEPTH * element_bits // 8) // high * high
    return Blocking(lanes, 2, high, _DEPTH, rows, _BLOCK_OF_RIGHT // (_DEPTH * element_bits // 8))


@dataclass(frozen=True)
class Elements:
    """Element types as MLIR spells them, and how an element of A and of B becomes one of the sum."""

    left: str
    right: str
    sum: str
    widen_left: tuple[tuple[str, str], ...] = ()
    widen_right: tuple[tuple[str, str], ...] = ()

    @property
    def direct(self) -> bool:
        """Whether elements are multiplied as they are stored."""
        return not self.widen_left and not self.widen_right

    @property
    def symbol(self) -> str:
        return f"contract.{self.left}.{self.right}.{self.sum}"


ANY = "strided<[?, ?], offset: ?>"
#: Functions that LLVM shall not copy into their callers.
APART = "{llvm.no_inline}"
#: Loops that LLVM shall not unroll: there are too few registers for more addresses.
_AS_IT_IS = "{llvm.loop_annotation = #llvm.loop_annotation<unroll = <disable = true>>}"
#: The arguments of a tile: where A begins and how far its rows and terms are apart, B and its terms, C and its rows.
_TILE = (
    "%a: memref<?x{t}>, %a_at: index, %a_row: index, %a_term: index, %b: memref<?x{t}>, %b_at: index, %b_term: index, "
    "%c: memref<?x{t}>, %c_at: index, %c_row: index, %k: index, %h: index, %w: index, %fresh: i1"
)
_TILE_NAMES = ", ".join(re.findall(r"%\w+", _TILE))
_TILE_TYPES = ", ".join(re.findall(r": ([^,]+)", _TILE))


def kernels(e: Elements, b: Blocking) -> str:
    """The functions ``contract.A.B.C`` for large products and, of elements that are not widened, ``.small``."""
    return packed(e, b) + (unpacked(e, b) if e.direct else "") + tiles(e, b)


def packed(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C``: the function for large products, with the two it packs by.

    Its arguments are A, B and C, room for the packed blocks of A and of B, and whether C starts from zero rather than
    from what it holds.
    """
    t, s = e.sum, e.symbol
    left, right, sums = (f"memref<?x?x{x}, {ANY}>" for x in (e.left, e.right, t))
    types = _TILE_TYPES.format(t=t)
    return f"""
func.func private @{s}(%a: {left}, %b: {right}, %c: {sums}, %pa: memref<?x{t}>, %pb: memref<?x{t}>, %clear: i1) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %true = arith.constant true
  %high = arith.constant {b.high} : index
  %wide = arith.constant {b.wide} : index
  %depth = arith.constant {b.depth} : index
  %rows = arith.constant {b.rows} : index
  %columns = arith.constant {b.columns} : index
  %zero = arith.constant {_zero(t)} : {t}
  %m = memref.dim %a, %c0 : {left}
  %k = memref.dim %a, %c1 : {left}
  %n = memref.dim %b, %c1 : {right}
  %at = memref.transpose %a (i, j) -> (j, i) : {left} to {left}
{flat("c", t)}
  %by_rows = arith.cmpi eq, %c_steps#1, %c1 : index
  %edge = memref.alloca() {{alignment = 64 : i64}} : memref<{b.high * b.wide}x{t}>
  %corner = memref.cast %edge : memref<{b.high * b.wide}x{t}> to memref<?x{t}>
  // Without terms the sums still are set to zero.
  %some = arith.maxsi %k, %c1 : index
  scf.for %jc = %c0 to %n step %columns {{
{rest("nc", "n", "jc", "columns")}
    %np = arith.ceildivsi %nc, %wide : index
    scf.for %pc = %c0 to %some step %depth {{
{rest("kc", "k", "pc", "depth")}
      %first = arith.cmpi eq, %pc, %c0 : index
      %fresh = arith.andi %first, %clear : i1
      %panel_b = arith.muli %kc, %wide : index
      %panel_a = arith.muli %kc, %high : index
      scf.for %p = %c0 to %np step %c1 {{
        %jp = arith.muli %p, %wide : index
        %j = arith.addi %jc, %jp : index
{rest("w", "n", "j", "wide")}
        %from = memref.subview %b[%pc, %j] [%kc, %w] [1, 1] : {right} to {right}
        %to = arith.muli %p, %panel_b : index
        func.call @{s}.pack_right(%from, %pb, %to) : ({right}, memref<?x{t}>, index) -> ()
      }}
      scf.for %ic = %c0 to %m step %rows {{
{rest("mc", "m", "ic", "rows")}
        %mp = arith.ceildivsi %mc, %high : index
        scf.for %q = %c0 to %mp step %c1 {{
          %iq = arith.muli %q, %high : index
          %i = arith.addi %ic, %iq : index
{rest("h", "m", "i", "high")}
          %from = memref.subview %at[%pc, %i] [%kc, %h] [1, 1] : {left} to {left}
          %to = arith.muli %q, %panel_a : index
          func.call @{s}.pack_left(%from, %pa, %to) : ({left}, memref<?x{t}>, index) -> ()
        }}
        scf.for %p = %c0 to %np step %c1 {{
          %jp = arith.muli %p, %wide : index
          %j = arith.addi %jc, %jp : index
{rest("w", "n", "j", "wide")}
          %at_b = arith.muli %p, %panel_b : index
          scf.for %q = %c0 to %mp step %c1 {{
            %iq = arith.muli %q, %high : index
            %i = arith.addi %ic, %iq : index
{rest("h", "m", "i", "high")}
            %at_a = arith.muli %q, %panel_a : index
{_place("c", "i", "j")}
            scf.if %by_rows {{
              func.call @{s}.tile(%pa, %at_a, %c1, %high, %pb, %at_b, %wide, %c_flat, %c_place, %c_steps#0, %kc, %h, %w,
                %fresh) : ({types}) -> ()
            }} else {{
              func.call @{s}.tile(%pa, %at_a, %c1, %high, %pb, %at_b, %wide, %corner, %c0, %wide, %kc, %h, %w,
                %true) : ({types}) -> ()
              scf.for %r = %c0 to %h step %c1 {{
                %ri = arith.addi %i, %r : index
                %row = arith.muli %r, %wide : index
                scf.for %l = %c0 to %w step %c1 {{
                  %lj = arith.addi %j, %l : index
                  %cell = arith.addi %row, %l : index
                  %new = memref.load %corner[%cell] : memref<?x{t}>
                  %held = scf.if %fresh -> {t} {{
                    scf.yield %zero : {t}
                  }} else {{
                    %o = memref.load %c[%ri, %lj] : {sums}
                    scf.yield %o : {t}
                  }}
                  %total = {_add(t)} %held, %new : {t}
                  memref.store %total, %c[%ri, %lj] : {sums}
                }}
              }}
            }}
          }}
        }}
      }}
    }}
  }}
  return
}}
{_packing(f"{s}.pack_right", e.right, e.widen_right, t, b.wide)}
{_packing(f"{s}.pack_left", e.left, e.widen_left, t, b.high)}
"""


def unpacked(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C.small``: the function for products not worth packing; rows of B and C are contiguous."""
    t, s = e.sum, e.symbol
    types = _TILE_TYPES.format(t=t)
    matrix = f"memref<?x?x{t}, {ANY}>"
    return f"""
func.func private @{s}.small(%a: {matrix}, %b: {matrix}, %c: {matrix}, %fresh: i1) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %high = arith.constant {b.high} : index
  %wide = arith.constant {b.wide} : index
  %m = memref.dim %a, %c0 : {matrix}
  %k = memref.dim %a, %c1 : {matrix}
  %n = memref.dim %b, %c1 : {matrix}
{flat("a", t)}
{flat("b", t)}
{flat("c", t)}
  scf.for %j = %c0 to %n step %wide {{
{rest("w", "n", "j", "wide")}
    scf.for %i = %c0 to %m step %high {{
{rest("h", "m", "i", "high")}
{_place("a", "i", "c0")}
{_place("b", "c0", "j")}
{_place("c", "i", "j")}
      func.call @{s}.tile(%a_flat, %a_place, %a_steps#0, %a_steps#1, %b_flat, %b_place, %b_steps#0,
        %c_flat, %c_place, %c_steps#0, %k, %h, %w, %fresh) : ({types}) -> ()
    }}
  }}
  return
}}
"""


def tiles(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C.tile``: ``h`` rows by ``w`` columns of C, from A of any strides and contiguous rows of B.

    It calls the one function for whole tiles, or one for the edge that is high and wide enough.
    """
    t, s = e.sum, e.symbol
    types = _TILE_TYPES.format(t=t)
    arguments = f"({_TILE_NAMES}) : ({types}) -> ()"
    heights = sorted({b.high, b.high * 2 // 3, b.high // 3})
    lines, functions = [], [_tile(f"{s}.whole", t, b, b.high, edge=False)]
    narrow = replace(b, vectors=1)
    lines += [
        "%narrow = arith.cmpi sle, %w, %lanes : index",
        "scf.if %narrow {",
        f"func.call @{s}.narrow{arguments}",
        "} else {",
    ]
    functions.append(_tile(f"{s}.narrow", t, narrow, b.high, edge=True))
    for height in heights:
        functions.append(_tile(f"{s}.edge{height}", t, b, height, edge=True))
        if height < b.high:
            lines += [
                f"%most{height} = arith.constant {height} : index",
                f"%low{height} = arith.cmpi sle, %h, %most{height} : index",
                f"scf.if %low{height} {{",
            ]
        lines.append(f"func.call @{s}.edge{height}{arguments}")
        if height < b.high:
            lines.append("} else {")
    lines += ["}"] * len(heights)
    choice = "\n".join(lines)
    return f"""
func.func private @{s}.tile({_TILE.format(t=t)}) {{
  %high = arith.constant {b.high} : index
  %wide = arith.constant {b.wide} : index
  %lanes = arith.constant {b.lanes} : index
  %all_rows = arith.cmpi eq, %h, %high : index
  %all_columns = arith.cmpi eq, %w, %wide : index
  %whole = arith.andi %all_rows, %all_columns : i1
  scf.if %whole {{
    func.call @{s}.whole{arguments}
  }} else {{
{choice}
  }}
  return
}}
{"".join(functions)}"""


def _tile(symbol: str, t: str, b: Blocking, height: int, *, edge: bool) -> str:
    """A function for a tile of at most ``height`` rows; at an ``edge`` it may have fewer, and fewer columns."""
    vector, bits = f"vector<{b.lanes}x{t}>", f"vector<{b.lanes}xi1>"
    memory = f"memref<?x{t}>"
    multiply, flags = ("arith.muli", "") if t.startswith("i") else ("arith.mulf", " fastmath<contract>")
    count = height * b.vectors
    lines = [f"func.func private @{symbol}({_TILE.format(t=t)}) attributes {APART} {{"]
    lines += [
        "%c0 = arith.constant 0 : index",
        "%c1 = arith.constant 1 : index",
        f"%zero = arith.constant dense<{_zero(t)}> : {vector}",
        "%last = arith.subi %h, %c1 : index",
        *(f"%r{r} = arith.constant {r} : index" for r in range(height)),
        *(f"%v{v} = arith.constant {v * b.lanes} : index" for v in range(b.vectors)),
    ]
    for v in range(b.vectors if edge else 0):
        lines += [f"%left{v} = arith.subi %w, %v{v} : index", f"%mask{v} = vector.create_mask %left{v} : {bits}"]
    for r in range(height):
        # Rows beyond the edge are computed from the last one, and not stored.
        row = f"%near{r}" if edge else f"%r{r}"
        if edge:
            lines.append(f"%near{r} = arith.minsi %r{r}, %last : index")
        lines += [f"%step{r} = arith.muli {row}, %a_row : index", f"%a{r} = arith.addi %a_at, %step{r} : index"]

    def load(x: str, where: str, v: int) -> str:
        if edge:
            return f"vector.maskedload %{x}[{where}], %mask{v}, %zero : {memory}, {bits}, {vector} into {vector}"
        return f"vector.load %{x}[{where}] : {memory}, {vector}"

    initial = ", ".join(f"%acc{i} = %zero" for i in range(count))
    types = ", ".join([vector] * count)
    lines += [
        f"%sum:{count} = scf.for %kk = %c0 to %k step %c1 iter_args({initial}) -> ({types}) {{",
        "%bk = arith.muli %kk, %b_term : index",
        "%b_row = arith.addi %b_at, %bk : index",
        "%ak = arith.muli %kk, %a_term : index",
    ]
    for v in range(b.vectors):
        lines += [f"%b{v} = arith.addi %b_row, %v{v} : index", f"%y{v} = {load('b', f'%b{v}', v)}"]
    for r in range(height):
        lines += [
            f"%from{r} = arith.addi %a{r}, %ak : index",
            f"%x{r} = memref.load %a[%from{r}] : {memory}",
            f"%xs{r} = vector.broadcast %x{r} : {t} to {vector}",
        ]
        for i, v in ((r * b.vectors + v, v) for v in range(b.vectors)):
            lines += [
                f"%product{i} = {multiply} %xs{r}, %y{v}{flags} : {vector}",
                f"%next{i} = {_add(t)} %acc{i}, %product{i}{flags} : {vector}",
            ]
    lines += [f"scf.yield {', '.join(f'%next{i}' for i in range(count))} : {types}", f"}} {_AS_IT_IS}"]
    for r in range(height):
        if edge:
            lines += [f"%in{r} = arith.cmpi slt, %r{r}, %h : index", f"scf.if %in{r} {{"]
        lines += [f"%down{r} = arith.muli %r{r}, %c_row : index", f"%line{r} = arith.addi %c_at, %down{r} : index"]
        for i, v in ((r * b.vectors + v, v) for v in range(b.vectors)):
            lines += [
                f"%place{i} = arith.addi %line{r}, %v{v} : index",
                f"%total{i} = scf.if %fresh -> {vector} {{",
                f"scf.yield %sum#{i} : {vector}",
                "} else {",
                f"%held{i} = {load('c', f'%place{i}', v)}",
                f"%added{i} = {_add(t)} %held{i}, %sum#{i} : {vector}",
                f"scf.yield %added{i} : {vector}",
                "}",
                f"vector.maskedstore %c[%place{i}], %mask{v}, %total{i} : {memory}, {bits}, {vector}"
                if edge
                else f"vector.store %total{i}, %c[%place{i}] : {memory}, {vector}",
            ]
        if edge:
            lines.append("}")
    return "\n".join([*lines, "return", "}", ""])


def _zero(t: str) -> str:
    return "0" if t.startswith("i") else "0.0"


def _add(t: str) -> str:
    return "arith.addi" if t.startswith("i") else "arith.addf"


def rest(name: str, extent: str, start: str, most: str) -> str:
    """``name = min(extent - start, most)``."""
    return f"%{name}_left = arith.subi %{extent}, %{start} : index\n%{name} = arith.minsi %{name}_left, %{most} : index"


def flat(x: str, t: str) -> str:
    """``%x_flat``: the memory of a matrix; ``%x_start``, where the matrix begins in it; ``%x_steps``, its strides."""
    return f"""
  %{x}_base, %{x}_start, %{x}_sizes:2, %{x}_steps:2 = memref.extract_strided_metadata %{x} : memref<?x?x{t}, {ANY}>
    -> memref<{t}>, index, index, index, index, index
  %{x}_flat = memref.reinterpret_cast %{x}_base to offset: [0], sizes: [%{x}_sizes#0], strides: [1]
    : memref<{t}> to memref<?x{t}>"""


def _place(x: str, row: str, column: str) -> str:
    """``%x_place``: where an element is in the memory of a matrix."""
    return f"""
    %{x}_down = arith.muli %{row}, %{x}_steps#0 : index
    %{x}_across = arith.muli %{column}, %{x}_steps#1 : index
    %{x}_line = arith.addi %{x}_start, %{x}_down : index
    %{x}_place = arith.addi %{x}_line, %{x}_across : index"""


def _packing(symbol: str, source: str, widen: Sequence[tuple[str, str]], t: str, width: int) -> str:
    """Copy a matrix of at most ``width`` columns into contiguous rows of ``width``, the rest of which is zero."""
    matrix = f"memref<?x?x{source}, {ANY}>"
    chain, value, kind = [], "%e0", source
    for number, (operation, to) in enumerate(widen, 1):
        chain.append(f"%e{number} = {operation} {value} : {kind} to {to}")
        value, kind = f"%e{number}", to
    element = f"""
          %e0 = memref.load %x[%r, %l] : {matrix}
          {chr(10).join(chain)}
          %ro = arith.muli %r, %width : index
          %rl = arith.addi %ro, %l : index
          %o = arith.addi %at, %rl : index
          memref.store {value}, %to[%o] : memref<?x{t}>"""
    # Rows that are contiguous and full are copied as vectors.
    fast = (
        f"""
  %by_rows = arith.cmpi eq, %x_steps#1, %c1 : index
  %full = arith.cmpi eq, %n, %width : index
  %whole = arith.andi %full, %by_rows : i1
  scf.if %whole {{
    scf.for %r = %c0 to %k step %c1 {{
{_place("x", "r", "c0")}
      %v = vector.load %x_flat[%x_place] : memref<?x{t}>, vector<{width}x{t}>
      %ro = arith.muli %r, %width : index
      %o = arith.addi %at, %ro : index
      vector.store %v, %to[%o] : memref<?x{t}>, vector<{width}x{t}>
    }}
  }} else {{"""
        if not widen
        else """
  %always = arith.constant true
  scf.if %always {"""
    )
    return f"""
func.func private @{symbol}(%x: {matrix}, %to: memref<?x{t}>, %at: index) attributes {APART} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %width = arith.constant {width} : index
  %zero = arith.constant {_zero(t)} : {t}
  %k = memref.dim %x, %c0 : {matrix}
  %n = memref.dim %x, %c1 : {matrix}
{flat("x", source)}
{fast}
    %by_columns = arith.cmpi eq, %x_steps#0, %c1 : index
    scf.if %by_columns {{
      scf.for %l = %c0 to %n step %c1 {{
        scf.for %r = %c0 to %k step %c1 {{{element}
        }}
      }}
    }} else {{
      scf.for %r = %c0 to %k step %c1 {{
        scf.for %l = %c0 to %n step %c1 {{{element}
        }}
      }}
    }}
    scf.for %r = %c0 to %k step %c1 {{
      scf.for %l = %n to %width step %c1 {{
        %ro = arith.muli %r, %width : index
        %rl = arith.addi %ro, %l : index
        %o = arith.addi %at, %rl : index
        memref.store %zero, %to[%o] : memref<?x{t}>
      }}
    }}
  }}
  return
}}
"""
