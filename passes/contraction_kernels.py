"""The functions that compute matrix products on a CPU, as MLIR text: ``C += A B`` of matrices of any strides.

Large products are blocked for the caches and packed, after Goto and van de Geijn, "Anatomy of High-Performance Matrix
Multiplication" (2008). From the outside in: ``columns`` columns of B and ``depth`` rows of it, packed into panels of
``wide`` columns (level 3 cache); ``rows`` rows of A, packed into panels of ``high`` rows (level 2); one panel of B
(level 1); and a tile of ``high`` by ``wide`` sums in registers. Panels are filled up with zeros, so that one kernel
does for all tiles; sums beyond the edge are not stored.

Small products, and those with few rows, are not worth packing: B is read where it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


_ANY = "strided<[?, ?], offset: ?>"
_ROWS = "strided<[?, 1], offset: ?>"


def packed(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C``: the function for large products, with the two it packs by.

    Its arguments are A, B and C, room for the packed blocks of A and of B, and whether C starts from zero rather than
    from what it holds.
    """
    t, s = e.sum, e.symbol
    vector = f"vector<{b.lanes}x{t}>"
    return f"""
func.func private @{s}(%a: memref<?x?x{e.left}, {_ANY}>, %b: memref<?x?x{e.right}, {_ANY}>,
    %c: memref<?x?x{t}, {_ANY}>, %pa: memref<?x{t}>, %pb: memref<?x{t}>, %clear: i1) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %high = arith.constant {b.high} : index
  %wide = arith.constant {b.wide} : index
  %depth = arith.constant {b.depth} : index
  %rows = arith.constant {b.rows} : index
  %columns = arith.constant {b.columns} : index
  %zero = arith.constant {_zero(t)} : {t}
  %zeros = vector.broadcast %zero : {t} to {vector}
  %m = memref.dim %a, %c0 : memref<?x?x{e.left}, {_ANY}>
  %k = memref.dim %a, %c1 : memref<?x?x{e.left}, {_ANY}>
  %n = memref.dim %b, %c1 : memref<?x?x{e.right}, {_ANY}>
  %at = memref.transpose %a (i, j) -> (j, i) : memref<?x?x{e.left}, {_ANY}> to memref<?x?x{e.left}, {_ANY}>
{_by_rows("c", t)}
  %edge = memref.alloca() {{alignment = 64 : i64}} : memref<{b.high}x{b.wide}x{t}>
  // Without terms the sums still are set to zero.
  %some = arith.maxsi %k, %c1 : index
  scf.for %jc = %c0 to %n step %columns {{
{_rest("nc", "n", "jc", "columns")}
    %np = arith.ceildivsi %nc, %wide : index
    scf.for %pc = %c0 to %some step %depth {{
{_rest("kc", "k", "pc", "depth")}
      %first = arith.cmpi eq, %pc, %c0 : index
      %fresh = arith.andi %first, %clear : i1
      %panel_b = arith.muli %kc, %wide : index
      %panel_a = arith.muli %kc, %high : index
      scf.for %p = %c0 to %np step %c1 {{
        %jp = arith.muli %p, %wide : index
        %j = arith.addi %jc, %jp : index
{_rest("w", "n", "j", "wide")}
        %from = memref.subview %b[%pc, %j] [%kc, %w] [1, 1]
          : memref<?x?x{e.right}, {_ANY}> to memref<?x?x{e.right}, {_ANY}>
        %to = arith.muli %p, %panel_b : index
        func.call @{s}.pack_right(%from, %pb, %to) : (memref<?x?x{e.right}, {_ANY}>, memref<?x{t}>, index) -> ()
      }}
      scf.for %ic = %c0 to %m step %rows {{
{_rest("mc", "m", "ic", "rows")}
        %mp = arith.ceildivsi %mc, %high : index
        scf.for %q = %c0 to %mp step %c1 {{
          %iq = arith.muli %q, %high : index
          %i = arith.addi %ic, %iq : index
{_rest("h", "m", "i", "high")}
          %from = memref.subview %at[%pc, %i] [%kc, %h] [1, 1]
            : memref<?x?x{e.left}, {_ANY}> to memref<?x?x{e.left}, {_ANY}>
          %to = arith.muli %q, %panel_a : index
          func.call @{s}.pack_left(%from, %pa, %to) : (memref<?x?x{e.left}, {_ANY}>, memref<?x{t}>, index) -> ()
        }}
        scf.for %p = %c0 to %np step %c1 {{
          %jp = arith.muli %p, %wide : index
          %j = arith.addi %jc, %jp : index
{_rest("w", "n", "j", "wide")}
          %at_b = arith.muli %p, %panel_b : index
          scf.for %q = %c0 to %mp step %c1 {{
            %iq = arith.muli %q, %high : index
            %i = arith.addi %ic, %iq : index
{_rest("h", "m", "i", "high")}
            %at_a = arith.muli %q, %panel_a : index
{_tile(e, b, "kc", b.high, _packed_row(t, b), _packed_element(t, b))}
            %all_rows = arith.cmpi eq, %h, %high : index
            %all_columns = arith.cmpi eq, %w, %wide : index
            %whole = arith.andi %all_rows, %all_columns : i1
            %fast = arith.andi %whole, %c_by_rows : i1
            scf.if %fast {{
{_update(e, b, b.high, None)}
            }} else {{
              scf.if %c_by_rows {{
{_masks(b)}
{_update(e, b, b.high, _mask_names(b), limit="%h")}
              }} else {{
{_spill(t, b)}
{_scatter(t, b)}
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
    t = e.sum
    single = Blocking(b.lanes, 1, b.high, b.depth, b.rows, b.columns)
    return f"""
func.func private @{e.symbol}.small(%a: memref<?x?x{e.left}, {_ANY}>, %b: memref<?x?x{e.right}, {_ANY}>,
    %c: memref<?x?x{t}, {_ANY}>, %fresh: i1) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant {b.lanes} : index
  %wide = arith.constant {b.wide} : index
  %zero = arith.constant {_zero(t)} : {t}
  %zeros = vector.broadcast %zero : {t} to vector<{b.lanes}x{t}>
  %m = memref.dim %a, %c0 : memref<?x?x{e.left}, {_ANY}>
  %k = memref.dim %a, %c1 : memref<?x?x{e.left}, {_ANY}>
  %n = memref.dim %b, %c1 : memref<?x?x{e.right}, {_ANY}>
{_by_rows("b", e.right)}
{_by_rows("c", t)}
  scf.for %j = %c0 to %n step %wide {{
    %w = arith.subi %n, %j : index
    %whole = arith.cmpi sge, %w, %wide : index
    scf.if %whole {{
{_columns(e, b, masked=False)}
    }} else {{
      %narrow = arith.cmpi sle, %w, %lanes : index
      scf.if %narrow {{
{_columns(e, single, masked=True)}
      }} else {{
{_columns(e, b, masked=True)}
      }}
    }}
  }}
  return
}}
"""


def _columns(e: Elements, b: Blocking, *, masked: bool) -> str:
    """All rows of a stripe of columns: in tiles of full height as far as they go, then lower ones, then single rows."""
    t = e.sum
    lines = [_masks(b)] if masked else []
    masks = _mask_names(b) if masked else None
    start = "%c0"
    for number, height in enumerate((b.high, 4, 1)):
        lines += [
            f"%h{number} = arith.constant {height} : index",
            f"%span{number} = arith.subi %m, {start} : index",
            f"%odd{number} = arith.remsi %span{number}, %h{number} : index",
            f"%end{number} = arith.subi %m, %odd{number} : index",
            f"scf.for %i = {start} to %end{number} step %h{number} {{",
            _tile(e, b, "k", height, _row_of_b(t, b, masks), _element_of_a(t)),
            _update(e, b, height, masks),
            "}",
        ]
        start = f"%end{number}"
    return "\n".join(lines)


def _masks(b: Blocking) -> str:
    """Which lanes of each vector of a row are among the ``%w`` columns that there are."""
    lines = []
    for v, mask in enumerate(_mask_names(b)):
        lines += [
            f"%skip{v} = arith.constant {v * b.lanes} : index",
            f"%left{v} = arith.subi %w, %skip{v} : index",
            f"{mask} = vector.create_mask %left{v} : vector<{b.lanes}xi1>",
        ]
    return "\n".join(lines)


def _mask_names(b: Blocking) -> list[str]:
    return [f"%mask{v}" for v in range(b.vectors)]


def _zero(t: str) -> str:
    return "0" if t.startswith("i") else "0.0"


def _add(t: str) -> str:
    return "arith.addi" if t.startswith("i") else "arith.addf"


def _rest(name: str, extent: str, start: str, most: str) -> str:
    """``name = min(extent - start, most)``."""
    return f"%{name}_left = arith.subi %{extent}, %{start} : index\n%{name} = arith.minsi %{name}_left, %{most} : index"


def _by_rows(x: str, t: str) -> str:
    """``%x_rows``: a matrix as one whose rows are contiguous; meant to be used where ``%x_by_rows`` says they are."""
    return f"""
  %{x}_base, %{x}_at, %{x}_sizes:2, %{x}_strides:2 = memref.extract_strided_metadata %{x} : memref<?x?x{t}, {_ANY}>
    -> memref<{t}>, index, index, index, index, index
  %{x}_by_rows = arith.cmpi eq, %{x}_strides#1, %c1 : index
  %{x}_rows = memref.reinterpret_cast %{x}_base to offset: [%{x}_at], sizes: [%{x}_sizes#0, %{x}_sizes#1],
    strides: [%{x}_strides#0, 1] : memref<{t}> to memref<?x?x{t}, {_ROWS}>"""


def _tile(
    e: Elements,
    b: Blocking,
    terms: str,
    height: int,
    row: Callable[[], list[str]],
    element: Callable[[int], list[str]],
) -> str:
    """``%sum0`` and so on, the sums of a tile: over ``%kk``, ``row`` gives ``%y0...`` of B, ``element`` ``%x`` of A."""
    t = e.sum
    vector = f"vector<{b.lanes}x{t}>"
    count = height * b.vectors
    initial = ", ".join(f"%acc{i} = %zeros" for i in range(count))
    types = ", ".join([vector] * count)
    lines = [f"%sum:{count} = scf.for %kk = %c0 to %{terms} step %c1 iter_args({initial}) -> ({types}) {{", *row()]
    multiply = "arith.muli" if t.startswith("i") else "arith.mulf"
    flags = "" if t.startswith("i") else " fastmath<contract>"
    for r in range(height):
        lines += element(r)
        lines.append(f"%xs{r} = vector.broadcast %x{r} : {t} to {vector}")
        for v in range(b.vectors):
            i = r * b.vectors + v
            lines.append(f"%product{i} = {multiply} %xs{r}, %y{v}{flags} : {vector}")
            lines.append(f"%next{i} = {_add(t)} %acc{i}, %product{i}{flags} : {vector}")
    lines += [f"scf.yield {', '.join(f'%next{i}' for i in range(count))} : {types}", "}"]
    return "\n".join(lines)


def _packed_row(t: str, b: Blocking) -> Callable[[], list[str]]:
    def row() -> list[str]:
        lines = ["%kb = arith.muli %kk, %wide : index", "%b0 = arith.addi %at_b, %kb : index"]
        for v in range(b.vectors):
            if v:
                lines += [f"%o{v} = arith.constant {v * b.lanes} : index", f"%b{v} = arith.addi %b0, %o{v} : index"]
            lines.append(f"%y{v} = vector.load %pb[%b{v}] : memref<?x{t}>, vector<{b.lanes}x{t}>")
        return lines

    return row


def _packed_element(t: str, b: Blocking) -> Callable[[int], list[str]]:
    def element(r: int) -> list[str]:
        if r == 0:
            return [
                "%ka = arith.muli %kk, %high : index",
                "%a0 = arith.addi %at_a, %ka : index",
                f"%x0 = memref.load %pa[%a0] : memref<?x{t}>",
            ]
        return [
            f"%ro{r} = arith.constant {r} : index",
            f"%a{r} = arith.addi %a0, %ro{r} : index",
            f"%x{r} = memref.load %pa[%a{r}] : memref<?x{t}>",
        ]

    return element


def _row_of_b(t: str, b: Blocking, masks: Sequence[str] | None) -> Callable[[], list[str]]:
    def row() -> list[str]:
        lines = []
        for v in range(b.vectors):
            lines += [f"%o{v} = arith.constant {v * b.lanes} : index", f"%j{v} = arith.addi %j, %o{v} : index"]
            lines.append(f"%y{v} = {_load('b_rows', f'%kk, %j{v}', t, b, masks, v)}")
        return lines

    return row


def _element_of_a(t: str) -> Callable[[int], list[str]]:
    def element(r: int) -> list[str]:
        return [
            f"%ro{r} = arith.constant {r} : index",
            f"%i{r} = arith.addi %i, %ro{r} : index",
            f"%x{r} = memref.load %a[%i{r}, %kk] : memref<?x?x{t}, {_ANY}>",
        ]

    return element


def _load(x: str, where: str, t: str, b: Blocking, masks: Sequence[str] | None, v: int) -> str:
    vector = f"vector<{b.lanes}x{t}>"
    if masks is None:
        return f"vector.load %{x}[{where}] : memref<?x?x{t}, {_ROWS}>, {vector}"
    return (
        f"vector.maskedload %{x}[{where}], {masks[v]}, %zeros : memref<?x?x{t}, {_ROWS}>, "
        f"vector<{b.lanes}xi1>, {vector} into {vector}"
    )


def _update(e: Elements, b: Blocking, height: int, masks: Sequence[str] | None, limit: str = "") -> str:
    """Store a tile to C, or add it to what is there; the rows of C are contiguous.

    Of each row the lanes of ``masks`` are stored, and where there is a ``limit`` only so many rows.
    """
    t = e.sum
    vector = f"vector<{b.lanes}x{t}>"

    def each(add: bool) -> list[str]:
        lines = []
        for r in range(height):
            lines += [f"%uo{r} = arith.constant {r} : index", f"%ui{r} = arith.addi %i, %uo{r} : index"]
            if limit:
                lines += [f"%in{r} = arith.cmpi slt, %uo{r}, {limit} : index", f"scf.if %in{r} {{"]
            for v in range(b.vectors):
                i = r * b.vectors + v
                where = f"%ui{r}, %uj{v}"
                value = f"%sum#{i}"
                if add:
                    lines.append(f"%held{i} = {_load('c_rows', where, t, b, masks, v)}")
                    lines.append(f"%total{i} = {_add(t)} %held{i}, {value} : {vector}")
                    value = f"%total{i}"
                if masks is None:
                    lines.append(f"vector.store {value}, %c_rows[{where}] : memref<?x?x{t}, {_ROWS}>, {vector}")
                else:
                    lines.append(
                        f"vector.maskedstore %c_rows[{where}], {masks[v]}, {value} : memref<?x?x{t}, {_ROWS}>, "
                        f"vector<{b.lanes}xi1>, {vector}"
                    )
            if limit:
                lines.append("}")
        return lines

    columns = []
    for v in range(b.vectors):
        columns += [f"%uw{v} = arith.constant {v * b.lanes} : index", f"%uj{v} = arith.addi %j, %uw{v} : index"]
    return "\n".join([*columns, "scf.if %fresh {", *each(False), "} else {", *each(True), "}"])


def _spill(t: str, b: Blocking) -> str:
    """Store a tile to ``%edge``."""
    lines = []
    for r in range(b.high):
        lines.append(f"%er{r} = arith.constant {r} : index")
        for v in range(b.vectors):
            lines += [
                f"%ev{r}_{v} = arith.constant {v * b.lanes} : index",
                f"vector.store %sum#{r * b.vectors + v}, %edge[%er{r}, %ev{r}_{v}] : "
                f"memref<{b.high}x{b.wide}x{t}>, vector<{b.lanes}x{t}>",
            ]
    return "\n".join(lines)


def _scatter(t: str, b: Blocking) -> str:
    """Store what is in ``%edge`` to ``%h`` rows and ``%w`` columns of C, or add it to what is there."""
    return f"""
                scf.for %r = %c0 to %h step %c1 {{
                  %ri = arith.addi %i, %r : index
                  scf.for %l = %c0 to %w step %c1 {{
                    %lj = arith.addi %j, %l : index
                    %new = memref.load %edge[%r, %l] : memref<{b.high}x{b.wide}x{t}>
                    %held = scf.if %fresh -> {t} {{
                      scf.yield %zero : {t}
                    }} else {{
                      %o = memref.load %c[%ri, %lj] : memref<?x?x{t}, {_ANY}>
                      scf.yield %o : {t}
                    }}
                    %total = {_add(t)} %held, %new : {t}
                    memref.store %total, %c[%ri, %lj] : memref<?x?x{t}, {_ANY}>
                  }}
                }}"""


def _packing(symbol: str, source: str, widen: Sequence[tuple[str, str]], t: str, width: int) -> str:
    """Copy a matrix of at most ``width`` columns into contiguous rows of ``width``, the rest of which is zero."""
    whole = "%false = arith.constant false"
    if not widen:
        whole = "%false = arith.constant false\n  %fast = arith.andi %whole, %x_by_rows : i1"
    fast = "%false" if widen else "%fast"
    copy = ""
    if not widen:
        copy = f"""
    scf.for %r = %c0 to %k step %c1 {{
      %v = vector.load %x_rows[%r, %c0] : memref<?x?x{t}, {_ROWS}>, vector<{width}x{t}>
      %ro = arith.muli %r, %width : index
      %o = arith.addi %at, %ro : index
      vector.store %v, %to[%o] : memref<?x{t}>, vector<{width}x{t}>
    }}"""
    chain = []
    value = "%e0"
    for number, (operation, to) in enumerate(widen):
        before = source if number == 0 else widen[number - 1][1]
        chain.append(f"%e{number + 1} = {operation} {value} : {before} to {to}")
        value = f"%e{number + 1}"
    element = f"""
        %e0 = memref.load %x[%r, %l] : memref<?x?x{source}, {_ANY}>
        {chr(10).join(chain)}
        %ro = arith.muli %r, %width : index
        %rl = arith.addi %ro, %l : index
        %o = arith.addi %at, %rl : index
        memref.store {value}, %to[%o] : memref<?x{t}>"""
    return f"""
func.func private @{symbol}(%x: memref<?x?x{source}, {_ANY}>, %to: memref<?x{t}>, %at: index) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %width = arith.constant {width} : index
  %zero = arith.constant {_zero(t)} : {t}
  %k = memref.dim %x, %c0 : memref<?x?x{source}, {_ANY}>
  %n = memref.dim %x, %c1 : memref<?x?x{source}, {_ANY}>
{_by_rows("x", source)}
  %by_columns = arith.cmpi eq, %x_strides#0, %c1 : index
  %whole = arith.cmpi eq, %n, %width : index
  {whole}
  scf.if {fast} {{{copy}
  }} else {{
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
