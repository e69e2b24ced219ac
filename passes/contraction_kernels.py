"""The functions that compute matrix products on a CPU, as MLIR text: ``C += A B`` of matrices of any strides.

Large products are blocked for the caches and packed, after Goto and van de Geijn, "Anatomy of High-Performance Matrix
Multiplication" (2008). From the outside in: ``columns`` columns of B and ``depth`` rows of it, packed into panels of
``wide`` columns (level 3 cache); ``high`` rows of A, packed into a panel (level 1); and a tile of ``high`` by ``wide``
sums in registers, for which a panel of B is read in one stream. Panels are filled up, so that one kernel does for all
tiles; sums beyond the edge are not stored.

Small products, and those with few rows, are not worth packing: A and B are read where they lie.

Threads share what is packed of B: first its panels are divided among them, then the tiles. Each element of C is the sum
of its terms in the same order, whoever computes it.
"""

from __future__ import annotations

from .contraction_dots import dot_rows, dots
from .contraction_groups import group_of, pack_left_groups, pack_right_groups
from .contraction_packing import ANY, APART, flat, pack_left, pack_right, zero
from .contraction_tiles import TILE_TYPES, Blocking, Elements, add, tiles

#: Bytes of a term in a packed panel of B: how many terms a block has follows from it. A panel of A is 24 KiB then.
_BLOCK = 2048
#: Bytes of the packed block of B, a part of any level 3 cache.
_BLOCK_OF_RIGHT = 2048 * 1024
#: Blocks of few columns are packed together, so many bytes at most: a level 2 cache has them until they are read.
_BLOCKS_TOGETHER = 256 * 1024
#: Products of two numbers that a thread takes at a time, at least: some microseconds; elements that it packs.
_LEAST, _LEAST_PACKED = 1 << 17, 1 << 15
#: Rows that are apart by a multiple of so many bytes have their elements in few lines of a level 1 cache.
COLLIDING = 4096
#: Rows of A that are read for so many columns at most are not packed, if they do not collide.
_NARROW = 256
#: At most so many chunks of rows; with fewer than the second number of them, columns are divided as well.
_MOST, _FEW = 64, 16
#: For so many panels of B, rows of A are packed once.
_PANELS = 4


def blocking(register_bits: int, registers: int, element_bits: int, grouped: int = 0) -> Blocking:
    """Blocks for a machine with so many vector registers of so many bits, which multiplies ``grouped`` bytes at once.

    The tile leaves registers for a row of B and an element of A: 2 by 12 of 32 registers, 2 by 6 of 16.
    """
    depth = _BLOCK // (element_bits // 8)
    room, together = (size // (element_bits // 8) for size in (_BLOCK_OF_RIGHT, _BLOCKS_TOGETHER))
    return Blocking(register_bits // element_bits, 2, 12 if registers >= 32 else 6, depth, room, together, grouped)


def terms_of(e: Elements, b: Blocking) -> int:
    """How many terms an element of a panel has."""
    group = group_of(e, b)
    return group.terms if group else 1


def kernels(e: Elements, b: Blocking) -> str:
    """All functions for products of such elements: :func:`drivers` and :func:`workers`."""
    return drivers(e, b) + workers(e, b)


def drivers(e: Elements, b: Blocking) -> str:
    """The functions ``contract.A.B.C`` for large products and, of elements that are not widened, the others.

    These are ``.small`` for what is not worth packing, and ``.dots`` for few columns. Threads do what they call.
    """
    return packed(e, b) + (unpacked(e, b) + dots(e, b) if e.direct else "")


def workers(e: Elements, b: Blocking) -> str:
    """The functions that :func:`drivers` call, with all that these need: they depend on nothing else."""
    s, group = e.symbol, group_of(e, b)
    if group:
        right = pack_right_groups(f"{s}.pack_right", e.right, group, b.vectors)
        left = pack_left_groups(f"{s}.pack_left", e.left, group, b.high)
    else:
        right = pack_right(f"{s}.pack_right", e.right, e.widen_right, e.sum, b.vectors, b.lanes)
        left = pack_left(f"{s}.pack_left", e.left, e.widen_left, e.sum, b.high, b.lanes)
    parts = [_rows(e, b), right, left, tiles(e, b, group)]
    return "".join([*parts, _rows_in_place(e, b), dot_rows(e, b)] if e.direct else parts)


def declarations(e: Elements) -> dict[str, str]:
    """The functions of :func:`workers` that :func:`drivers` call, by symbol, as they are declared."""
    t, s = e.sum, e.symbol
    left, right, sums = (f"memref<?x?x{x}, {ANY}>" for x in (e.left, e.right, t))
    found = {
        f"{s}.pack_right": f"{right}, memref<?x{t}>, index",
        f"{s}.rows": f"{left}, memref<?x{t}>, {sums}, {', '.join(['index'] * 9)}, i1",
    }
    if e.direct:
        found[f"{s}.rows_in_place"] = f"{left}, {right}, {sums}, {', '.join(['index'] * 5)}, i1"
        found[f"{s}.dot_rows"] = f"{left}, {right}, {sums}, index, index, i1"
    return declared(found)


def declared(functions: dict[str, str]) -> dict[str, str]:
    """Declarations of functions by symbol, from the types of what they take."""
    return {symbol: f"func.func private @{symbol}({types})\n" for symbol, types in functions.items()}


def packed(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C``: the function for large products.

    Its arguments are A, B and C, room for the packed block of B, how many columns there are, and whether C starts from
    zero rather than from what it holds.
    """
    right = f"memref<?x?x{e.right}, {ANY}>"
    pack = f"""
        %from = memref.subview %b[%term, %j] [%kc, %w] [1, 1] : {right} to {right}
        func.call @{e.symbol}.pack_right(%from, %pb, %to) : ({right}, memref<?x{e.sum}>, index) -> ()"""
    return blocked(e, b, e.symbol, f"%b: {right}", pack, f"%columns = arith.constant {b.columns} : index")


def blocked(e: Elements, b: Blocking, symbol: str, given: str, pack: str, columns: str) -> str:
    """A function for large products whose B is what is ``given``; ``columns`` of it are packed at a time.

    It packs, by the lines ``pack``, ``%kc`` terms from ``%term`` on of ``%w`` columns from ``%j`` on, into ``%pb`` from
    ``%to`` on.
    """
    t, s = e.sum, e.symbol
    left, sums = (f"memref<?x?x{x}, {ANY}>" for x in (e.left, t))
    return f"""
func.func private @{symbol}(%a: {left}, {given}, %c: {sums}, %pb: memref<?x{t}>, %n: index, %clear: i1) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %first_chunk = arith.constant 0 : i64
  %next_chunk = arith.constant 1 : i64
  %wide = arith.constant {b.wide} : index
  %terms = arith.constant {terms_of(e, b)} : index
  %most_terms = arith.constant {terms_of(e, b) * b.depth} : index
  {columns}
  %room = arith.constant {b.together} : index
  %m = memref.dim %a, %c0 : {left}
  %k = memref.dim %a, %c1 : {left}
  // Without terms the sums still are set to zero.
  %some = arith.maxsi %k, %c1 : index
  // Blocks of about the same number of terms.
  %blocks = arith.ceildivui %some, %most_terms : index
  %about = arith.ceildivui %some, %blocks : index
  // Elements of a panel have several terms, of one block.
  %deep_panel = arith.ceildivui %about, %terms : index
  %depth = arith.muli %deep_panel, %terms : index
  scf.for %jc = %c0 to %n step %columns {{
{rest("nc", "n", "jc", "columns")}
    %np = arith.ceildivui %nc, %wide : index
    %padded = arith.muli %np, %wide : index
    // Of few columns, several blocks are packed together: threads wait for each other less often.
    %block_cells = arith.muli %padded, %deep_panel : index
    %fitting = arith.divui %room, %block_cells : index
    %at_once = arith.maxui %fitting, %c1 : index
    %deep = arith.muli %at_once, %depth : index
    scf.for %pc = %c0 to %some step %deep {{
{rest("kd", "k", "pc", "deep")}
      %first = arith.cmpi eq, %pc, %c0 : index
      %fresh = arith.andi %first, %clear : i1
      %packed_blocks = arith.ceildivui %kd, %depth : index
{_packing_grid()}
      scf.for %chunk = %first_chunk to %packings step %next_chunk : i64 {{
        %number = arith.index_cast %chunk : i64 to index
        %block = arith.divui %number, %groups : index
        %group = arith.remui %number, %groups : index
        %q = arith.muli %block, %depth : index
{rest("kc", "kd", "q", "depth")}
        %p = arith.muli %group, %together : index
        %jp = arith.muli %p, %wide : index
        %j = arith.addi %jc, %jp : index
        %all = arith.muli %together, %wide : index
        %end = arith.addi %jc, %nc : index
{rest("w", "end", "j", "all")}
        %term = arith.addi %pc, %q : index
        %before = arith.muli %block, %block_cells : index
        %high_panel = arith.ceildivui %kc, %terms : index
        %panels_before = arith.muli %jp, %high_panel : index
        %to = arith.addi %before, %panels_before : index
{pack}
      }} {{pyc.parallel}}
{_grid(b, "kd", "nc", _PANELS)}
      scf.for %chunk = %first_chunk to %chunks step %next_chunk : i64 {{
{_part()}
        func.call @{s}.rows(%a, %pb, %c, %pc, %kd, %depth, %jc, %n, %i, %i_end, %p, %p_end, %fresh)
          : ({left}, memref<?x{t}>, {sums}, index, index, index, index, index, index, index, index, index, i1) -> ()
      }} {{pyc.parallel}}
    }}
  }}
  return
}}
"""


def _rows(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C.rows``: some rows of C, of a block of B's columns those of some panels."""
    t, s = e.sum, e.symbol
    left, sums = (f"memref<?x?x{x}, {ANY}>" for x in (e.left, t))
    types = TILE_TYPES.format(t=t)
    # Vectors that are stored last may reach beyond the panel.
    room = f"memref<{b.high * b.depth + b.lanes}x{t}>"
    return f"""
func.func private @{s}.rows(%a: {left}, %pb: memref<?x{t}>, %c: {sums}, %pc: index, %kd: index,
                            %depth: index, %jc: index, %n: index, %i_first: index, %i_end: index, %p_first: index,
                            %p_end: index, %starts: i1)
    attributes {APART} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %true = arith.constant true
  %high = arith.constant {b.high} : index
  %wide = arith.constant {b.wide} : index
  %terms = arith.constant {terms_of(e, b)} : index
  %zero = arith.constant {zero(t)} : {t}
  %at = memref.transpose %a (i, j) -> (j, i) : {left} to {left}
{flat("a", e.left)}
{flat("c", t)}
  %by_rows = arith.cmpi eq, %c_steps#1, %c1 : index
{_in_place(e)}
  %panel = memref.alloca() {{alignment = 64 : i64}} : {room}
  %pa = memref.cast %panel : {room} to memref<?x{t}>
  %edge = memref.alloca() {{alignment = 64 : i64}} : memref<{b.high * b.wide}x{t}>
  %corner = memref.cast %edge : memref<{b.high * b.wide}x{t}> to memref<?x{t}>
  %columns = arith.constant {b.columns} : index
{rest("nc", "n", "jc", "columns")}
  %np = arith.ceildivui %nc, %wide : index
  %padded = arith.muli %np, %wide : index
  %some = arith.maxsi %kd, %c1 : index
  scf.for %q = %c0 to %some step %depth {{
    %term = arith.addi %pc, %q : index
{rest("kc", "kd", "q", "depth")}
    %is_first = arith.cmpi eq, %q, %c0 : index
    %fresh = arith.andi %is_first, %starts : i1
    %steps = arith.ceildivui %kc, %terms : index
    %steps_before = arith.divui %q, %terms : index
    %block_b = arith.muli %steps_before, %padded : index
    %panel_b = arith.muli %steps, %wide : index
    scf.for %i = %i_first to %i_end step %high {{
{rest("h", "i_end", "i", "high")}
{_packed_left(e)}
      scf.for %p = %p_first to %p_end step %c1 {{
        %jp = arith.muli %p, %wide : index
        %j = arith.addi %jc, %jp : index
{rest("w", "n", "j", "wide")}
        %panels_before = arith.muli %p, %panel_b : index
        %at_b = arith.addi %block_b, %panels_before : index
{_place("c", "i", "j")}
        scf.if %by_rows {{
{_on_rows(e)}
        }} else {{
          func.call @{s}.panels(%pa, %c0, %c1, %high, %pb, %at_b, %wide, %corner, %c0, %wide, %steps, %h, %w,
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
              %total = {add(t)} %held, %new : {t}
              memref.store %total, %c[%ri, %lj] : {sums}
            }}
          }}
        }}
      }}
    }}
  }}
  return
}}
"""


def _in_place(e: Elements) -> str:
    """``%in_place``: whether A is read where it lies."""
    if not e.direct:
        return "%in_place = arith.constant false"
    return f"""
  %colliding = arith.constant {COLLIDING * 8 // int(e.left[1:])} : index
  %narrow = arith.constant {_NARROW} : index
  %distance = arith.remui %a_steps#0, %colliding : index
  %is_spread = arith.cmpi ne, %distance, %c0 : index
  %is_contiguous = arith.cmpi eq, %a_steps#1, %c1 : index
  %is_narrow = arith.cmpi ule, %n, %narrow : index
  %is_readable = arith.andi %is_spread, %is_contiguous : i1
  %is_worth = arith.andi %is_narrow, %by_rows : i1
  %in_place = arith.andi %is_readable, %is_worth : i1"""


def _packed_left(e: Elements) -> str:
    """A panel of A, unless it is read in place."""
    left = f"memref<?x?x{e.left}, {ANY}>"
    return f"""
    scf.if %in_place {{
    }} else {{
      %from = memref.subview %at[%term, %i] [%kc, %h] [1, 1] : {left} to {left}
      func.call @{e.symbol}.pack_left(%from, %pa) : ({left}, memref<?x{e.sum}>) -> ()
    }}"""


def _on_rows(e: Elements) -> str:
    """A tile of C whose rows are contiguous."""
    types = TILE_TYPES.format(t=e.sum)
    packed_call = f"""
        func.call @{e.symbol}.panels(%pa, %c0, %c1, %high, %pb, %at_b, %wide, %c_flat, %c_place, %c_steps#0,
          %steps, %h, %w, %fresh) : ({types}) -> ()"""
    if not e.direct:
        return packed_call
    return f"""
        scf.if %in_place {{
{_place("a", "i", "term")}
          func.call @{e.symbol}.tile(%a_flat, %a_place, %a_steps#0, %c1, %pb, %at_b, %wide, %c_flat, %c_place,
            %c_steps#0, %kc, %h, %w, %fresh) : ({types}) -> ()
        }} else {{{packed_call}
        }}"""


def unpacked(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C.small``: the function for products not worth packing; rows of B and C are contiguous."""
    t, s = e.sum, e.symbol
    matrix = f"memref<?x?x{t}, {ANY}>"
    return f"""
func.func private @{s}.small(%a: {matrix}, %b: {matrix}, %c: {matrix}, %n: index, %fresh: i1) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %first_chunk = arith.constant 0 : i64
  %next_chunk = arith.constant 1 : i64
  %wide = arith.constant {b.wide} : index
  %m = memref.dim %a, %c0 : {matrix}
  %k = memref.dim %a, %c1 : {matrix}
  %np = arith.ceildivui %n, %wide : index
{_grid(b, "k", "n", 1)}
  scf.for %chunk = %first_chunk to %chunks step %next_chunk : i64 {{
{_part()}
    func.call @{s}.rows_in_place(%a, %b, %c, %n, %i, %i_end, %p, %p_end, %fresh)
      : ({matrix}, {matrix}, {matrix}, index, index, index, index, index, i1) -> ()
  }} {{pyc.parallel}}
  return
}}
"""


def _rows_in_place(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C.rows_in_place``: some rows of C, some panels wide, of matrices that are not packed."""
    t, s = e.sum, e.symbol
    types = TILE_TYPES.format(t=t)
    matrix = f"memref<?x?x{t}, {ANY}>"
    return f"""
func.func private @{s}.rows_in_place(%a: {matrix}, %b: {matrix}, %c: {matrix}, %n: index,
                                     %i_first: index, %i_end: index, %p_first: index, %p_end: index, %fresh: i1)
    attributes {APART} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %high = arith.constant {b.high} : index
  %wide = arith.constant {b.wide} : index
  %k = memref.dim %a, %c1 : {matrix}
{flat("a", t)}
{flat("b", t)}
{flat("c", t)}
  scf.for %p = %p_first to %p_end step %c1 {{
    %j = arith.muli %p, %wide : index
{rest("w", "n", "j", "wide")}
    scf.for %i = %i_first to %i_end step %high {{
{rest("h", "i_end", "i", "high")}
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


def _packing_grid() -> str:
    """``%packings``: into how many chunks the panels of B are divided; ``%together``: how many panels one has."""
    return f"""
      %least_packed = arith.constant {_LEAST_PACKED} : index
      %most_packings = arith.constant {_MOST} : index
      %panel_cells = arith.muli %deep_panel, %wide : index
      %panels_at_least = arith.ceildivui %least_packed, %panel_cells : index
      %all_panels = arith.muli %np, %packed_blocks : index
      %panels_of_most = arith.ceildivui %all_panels, %most_packings : index
      %panels_together = arith.maxui %panels_at_least, %panels_of_most : index
      %together = arith.minui %panels_together, %np : index
      %groups = arith.ceildivui %np, %together : index
      %packing_count = arith.muli %groups, %packed_blocks : index
      %packings = arith.index_cast %packing_count : index to i64"""


def _grid(b: Blocking, terms: str, columns: str, panels: int) -> str:
    """``%chunks``: into how many chunks the tiles are divided, of ``%row_group`` by ``%column_group`` tiles.

    Rows are divided first: packed rows of A then are read for all columns. A chunk has so many ``panels`` at least.
    """
    return f"""
      %least = arith.constant {_LEAST} : index
      %most = arith.constant {_MOST} : index
      %few = arith.constant {_FEW} : index
      %high = arith.constant {b.high} : index
      %mp = arith.ceildivui %m, %high : index
      %terms_1 = arith.maxui %{terms}, %c1 : index
      %columns_1 = arith.maxui %{columns}, %c1 : index
      %row_terms = arith.muli %terms_1, %high : index
      %row_work = arith.muli %row_terms, %columns_1 : index
      %rows_at_least = arith.ceildivui %least, %row_work : index
      %rows_of_most = arith.ceildivui %mp, %most : index
      %rows_1 = arith.maxui %rows_at_least, %rows_of_most : index
      %mp_1 = arith.maxui %mp, %c1 : index
      %row_group = arith.minui %rows_1, %mp_1 : index
      %row_groups = arith.ceildivui %mp, %row_group : index
      %row_groups_1 = arith.maxui %row_groups, %c1 : index
      %wanted = arith.divui %few, %row_groups_1 : index
      %group_work = arith.muli %row_work, %row_group : index
      %worth = arith.divui %group_work, %least : index
      %panels = arith.constant {panels} : index
      %enough = arith.divui %np, %panels : index
      %parts_w = arith.minui %wanted, %worth : index
      %parts_a = arith.minui %parts_w, %enough : index
      %parts_b = arith.maxui %parts_a, %c1 : index
      %column_group = arith.ceildivui %np, %parts_b : index
      %column_group_1 = arith.maxui %column_group, %c1 : index
      %column_groups = arith.ceildivui %np, %column_group_1 : index
      %column_groups_1 = arith.maxui %column_groups, %c1 : index
      %count = arith.muli %row_groups, %column_groups : index
      %chunks = arith.index_cast %count : index to i64"""


def _part() -> str:
    """The rows ``%i`` to ``%i_end`` and panels ``%p`` to ``%p_end`` of a chunk."""
    return """
        %number = arith.index_cast %chunk : i64 to index
        %row_number = arith.divui %number, %column_groups_1 : index
        %column_number = arith.remui %number, %column_groups_1 : index
        %group_rows = arith.muli %row_group, %high : index
        %i = arith.muli %row_number, %group_rows : index
        %i_after = arith.addi %i, %group_rows : index
        %i_end = arith.minui %i_after, %m : index
        %p = arith.muli %column_number, %column_group_1 : index
        %p_after = arith.addi %p, %column_group_1 : index
        %p_end = arith.minui %p_after, %np : index"""


def rest(name: str, extent: str, start: str, most: str) -> str:
    """``name = min(extent - start, most)``."""
    return f"%{name}_left = arith.subi %{extent}, %{start} : index\n%{name} = arith.minsi %{name}_left, %{most} : index"


def _place(x: str, row: str, column: str) -> str:
    """``%x_place``: where an element is in the memory of a matrix."""
    return f"""
    %{x}_down = arith.muli %{row}, %{x}_steps#0 : index
    %{x}_across = arith.muli %{column}, %{x}_steps#1 : index
    %{x}_line = arith.addi %{x}_start, %{x}_down : index
    %{x}_place = arith.addi %{x}_line, %{x}_across : index"""
