"""The functions that multiply filters and windows of images on a CPU, as MLIR text.

A window's elements are at distances from its first one that are the same for all windows: ``offsets`` has them, one for
each term of a filter. Windows are packed into panels as columns of a matrix are, which nobody stores otherwise; a panel
then is multiplied as that of a matrix (``contraction_kernels.py``).

Filters of one channel compute too little with a window for it to be packed: ``contract.A.B.C.each_window`` adds up the
products of a tile of windows in registers, and reads images where they lie.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .contraction_kernels import blocked, declared
from .contraction_packing import APART, widened, zero
from .contraction_tiles import Blocking, Elements, add

#: How far apart in memory windows beside each other are: next to each other, every other element, or anything else.
_STEPS = (1, 2, 0)
#: Rows and vectors of windows whose sums :func:`_each_window` has in registers.
_HIGH, _VECTORS = 4, 2
#: The steps for which there are functions for filters of 3 by 3.
_OF_THREE = (1, 2)
#: Bytes of packed windows, a part of a level 2 cache: there are few filters, and the more often they are read.
_PACKED = 384 * 1024


def window_driver(e: Elements, b: Blocking) -> str:
    """``contract.A.B.C.windows``: filters that are the rows of A, and windows of an image as the columns of B."""
    given = f"%x: memref<?x{e.right}>, %x_at: index, %offsets: memref<?xindex>"
    given += ", %row_step: index, %column_step: index, %width: index"
    pack = f"""
        func.call @{e.symbol}.pack_windows(%x, %x_at, %offsets, %term, %kc, %row_step, %column_step, %width, %j, %w,
          %pb, %to) : ({_pack_types(e)}) -> ()"""
    size = replace(b, room=_PACKED // (int(e.sum[1:]) // 8))
    # Blocks of about as many windows; several that are packed together are the only ones.
    columns = f"""
  %most_columns = arith.constant {size.columns} : index
  %column_blocks = arith.ceildivui %n, %most_columns : index
  %some_blocks = arith.maxui %column_blocks, %c1 : index
  %all_panels_of_n = arith.ceildivui %n, %wide : index
  %about_panels = arith.ceildivui %all_panels_of_n, %some_blocks : index
  %about_columns = arith.muli %about_panels, %wide : index
  %columns = arith.maxui %about_columns, %wide : index"""
    return blocked(e, size, f"{e.symbol}.windows", given, pack, columns)


def window_workers(e: Elements, b: Blocking) -> str:
    """The functions that :func:`window_driver` calls besides those of matrices, and ``.each_window``."""
    return _pack_windows(e, b) + _each_window(e, b)


def window_declarations(e: Elements) -> dict[str, str]:
    """The functions of :func:`window_workers`, by symbol, as they are declared."""
    each = [f"memref<?x{e.right}>", *["index"] * 7, f"memref<?x{e.left}>", *["index"] * 3, f"memref<?x{e.sum}>"]
    found = {
        f"{e.symbol}.pack_windows": _pack_types(e),
        f"{e.symbol}.each_window": ", ".join([*each, *["index"] * 4]),
    }
    return declared(found)


def _pack_types(e: Elements) -> str:
    memory = f"memref<?x{e.sum}>"
    return ", ".join([f"memref<?x{e.right}>", "index", "memref<?xindex>", *["index"] * 7, memory, "index"])


def _pack_windows(e: Elements, b: Blocking) -> str:
    """``%n`` windows from ``%j`` on, of ``%k`` terms from ``%term`` on, into panels from a place on.

    A vector has windows of one row of windows. What is behind the last window of a panel stays what it was: the sums
    that are computed from it are not stored.
    """
    t, memory = e.sum, f"memref<?x{e.sum}>"
    lines = [
        f"func.func private @{e.symbol}.pack_windows(%x: memref<?x{e.right}>, %x_at: index, %offsets: memref<?xindex>,",
        "  %term: index, %k: index, %row_step: index, %column_step: index, %width: index, %j: index, %n: index,",
        f"  %to: {memory}, %at: index) attributes {APART} {{",
        *_constants(e, b),
        f"%wide = arith.constant {b.wide} : index",
        "%panels = arith.ceildivui %n, %wide : index",
        "%panel = arith.muli %k, %wide : index",
        "%last = arith.addi %j, %n : index",
        "scf.for %p = %c0 to %panels step %c1 {",
        "%before = arith.muli %p, %wide : index",
        "%first = arith.addi %j, %before : index",
        "%behind = arith.addi %first, %wide : index",
        "%end = arith.minui %behind, %last : index",
        "%place = arith.muli %p, %panel : index",
        "%start = arith.addi %at, %place : index",
        "%first_row = arith.divui %first, %width : index",
        "%first_column = arith.remui %first, %width : index",
        "%done:3 = scf.while (%c = %first, %row = %first_row, %column = %first_column)",
        "  : (index, index, index) -> (index, index, index) {",
        "%more = arith.cmpi ult, %c, %end : index",
        "scf.condition(%more) %c, %row, %column : index, index, index",
        "} do {",
        "^bb0(%c: index, %row: index, %column: index):",
        "%in_row = arith.subi %width, %column : index",
        "%in_panel = arith.subi %end, %c : index",
        "%both = arith.minui %in_row, %in_panel : index",
        "%count = arith.minui %both, %lanes : index",
        "%down = arith.muli %row, %row_step : index",
        "%across = arith.muli %column, %column_step : index",
        "%line = arith.addi %x_at, %down : index",
        "%from = arith.addi %line, %across : index",
        "%inside = arith.subi %c, %first : index",
        "%out = arith.addi %start, %inside : index",
        "%is_whole = arith.cmpi eq, %count, %lanes : index",
        *_masks("%count", "", b),
    ]
    for step in _STEPS:
        lines += _if_step(step)
        # A vector that is full is moved as it is, where it lies side by side.
        for whole in (True, False) if step == 1 else (False,):
            lines += ["scf.if %is_whole {"] if whole else []
            name = f"%e{step}{'w' if whole else ''}"
            made, value = _loaded(e, b, step, name, "%from_it", "", whole=whole)
            vector = f"vector<{b.lanes}x{t}>"
            stored = f"vector.maskedstore %to[%o], %mask, {value} : {memory}, vector<{b.lanes}xi1>, {vector}"
            lines += [
                "scf.for %q = %c0 to %k step %c1 {",
                "%this = arith.addi %term, %q : index",
                "%far = memref.load %offsets[%this] : memref<?xindex>",
                "%from_it = arith.addi %from, %far : index",
                "%below = arith.muli %q, %wide : index",
                "%o = arith.addi %out, %below : index",
                *made,
                f"vector.store {value}, %to[%o] : {memory}, {vector}" if whole else stored,
                "}",
                *(["} else {"] if whole else []),
            ]
        lines += ["}"] if step == 1 else []
        lines += ["} else {"] if step else []
    lines += ["}"] * (len(_STEPS) - 1)
    lines += [
        "%next_c = arith.addi %c, %count : index",
        "%next_column = arith.addi %column, %count : index",
        "%is_end = arith.cmpi eq, %next_column, %width : index",
        "%next_row = arith.addi %row, %c1 : index",
        "%new_row = arith.select %is_end, %next_row, %row : index",
        "%new_column = arith.select %is_end, %c0, %next_column : index",
        "scf.yield %next_c, %new_row, %new_column : index, index, index",
        "}",
        "}",
    ]
    return "\n".join([*lines, "return", "}", ""])


def _each_window(e: Elements, b: Blocking) -> str:
    """``.each_window``: by :func:`_each_of_three` where that is the filter, else by :func:`_each_of_any`."""
    given = _each_given(e)
    names, types = ", ".join(re.findall(r"%\w+", given)), ", ".join(re.findall(r": ([^,]+)", given))
    lines = [
        f"func.func private @{e.symbol}.each_window({given}) attributes {APART} {{",
        "%three = arith.constant 3 : index",
        "%three_rows = arith.cmpi eq, %rows, %three : index",
        "%three_columns = arith.cmpi eq, %columns, %three : index",
        "%is_three = arith.andi %three_rows, %three_columns : i1",
    ]
    for step in _OF_THREE:
        lines += [
            f"%step{step} = arith.constant {step} : index",
            f"%beside{step} = arith.cmpi eq, %column_step, %step{step} : index",
            f"%taps{step} = arith.muli %tap_row, %step{step} : index",
            f"%below{step} = arith.cmpi eq, %row_step, %taps{step} : index",
            f"%both{step} = arith.andi %beside{step}, %below{step} : i1",
            f"%is{step} = arith.andi %both{step}, %is_three : i1",
            f"scf.if %is{step} {{",
            f"func.call @{e.symbol}.each_of_three{step}({names}) : ({types}) -> ()",
            "} else {",
        ]
    lines += [f"func.call @{e.symbol}.each_of_any({names}) : ({types}) -> ()", *["}"] * len(_OF_THREE)]
    choice = "\n".join([*lines, "return", "}", ""])
    return choice + "".join(_each_of_three(e, b, step) for step in _OF_THREE) + _each_of_any(e, b)


def _each_given(e: Elements) -> str:
    """What is given to such functions: an image, distances of windows and of their elements, a filter and sums."""
    return (
        f"%x: memref<?x{e.right}>, %x_at: index, %row_step: index, %column_step: index, %tap_row: index, "
        "%tap_column: index, %rows: index, %columns: index, "
        f"%w: memref<?x{e.left}>, %w_at: index, %w_row: index, %w_column: index, "
        f"%to: memref<?x{e.sum}>, %to_at: index, %to_row: index, %height: index, %width: index"
    )


def _each_of_three(e: Elements, b: Blocking, step: int) -> str:
    """Filters of 3 by 3 elements, which stay in registers, with windows ``step`` elements apart.

    Rows of windows are ``step`` times as far apart as those of a window: what one reads, others read too.
    """
    t, memory, vector = e.sum, f"memref<?x{e.sum}>", f"vector<{b.lanes}x{e.sum}>"
    seen = (_HIGH - 1) * step + 3
    lines = [
        f"func.func private @{e.symbol}.each_of_three{step}({_each_given(e)}) attributes {APART} {{",
        *_constants(e, b),
        f"%tall = arith.constant {_HIGH} : index",
        f"%ratio = arith.constant {step} : index",
        *(f"%i{i} = arith.constant {i} : index" for i in range(seen)),
    ]
    for r in range(3):
        lines += [f"%w_down{r} = arith.muli %i{r}, %w_row : index", f"%w{r} = arith.addi %w_at, %w_down{r} : index"]
        lines += [f"%tap{r} = arith.muli %i{r}, %tap_column : index"]
    for r, q in ((r, q) for r in range(3) for q in range(3)):
        lines += [
            f"%w_across{r}{q} = arith.muli %i{q}, %w_column : index",
            f"%w{r}{q}_at = arith.addi %w{r}, %w_across{r}{q} : index",
            f"%w{r}{q} = memref.load %w[%w{r}{q}_at] : memref<?x{e.left}>",
        ]
        made, value = widened(f"%w{r}{q}", e.left, e.widen_left)
        lines += [*made, f"%f{r}{q} = vector.broadcast {value} : {t} to {vector}"]
    lines += [
        "scf.for %l = %c0 to %width step %lanes {",
        "%left = arith.subi %width, %l : index",
        *_masks("%left", "", b),
        "%column = arith.muli %l, %column_step : index",
        "%corner = arith.addi %x_at, %column : index",
        "scf.for %h = %c0 to %height step %tall {",
        "%lower = arith.subi %height, %h : index",
        "%last = arith.subi %lower, %c1 : index",
        *_near_rows(),
        # No row is read that no window looks at.
        "%last_down = arith.muli %last, %ratio : index",
        "%last_seen = arith.addi %last_down, %c2 : index",
        "%image_down = arith.muli %h, %row_step : index",
        "%image = arith.addi %corner, %image_down : index",
    ]
    sums = ["%empty_sum"] * _HIGH
    for i in range(seen):
        lines += [
            f"%seen{i} = arith.minui %i{i}, %last_seen : index",
            f"%seen_down{i} = arith.muli %seen{i}, %tap_row : index",
            f"%line{i} = arith.addi %image, %seen_down{i} : index",
        ]
        for q in range(3):
            lines.append(f"%p{i}{q} = arith.addi %line{i}, %tap{q} : index")
            made, value = _loaded(e, b, step, f"%y{i}{q}", f"%p{i}{q}", "", whole=False)
            lines += made
            for o in range(_HIGH):
                if 0 <= (r := i - o * step) < 3:
                    name = f"%s{i}{q}{o}"
                    lines += [
                        f"{name}_m = arith.mulf %f{r}{q}, {value} fastmath<contract> : {vector}",
                        f"{name} = {add(t)} {sums[o]}, {name}_m fastmath<contract> : {vector}",
                    ]
                    sums[o] = name
    for o in range(_HIGH):
        lines += [
            f"scf.if %is{o} {{",
            f"%o{o} = arith.addi %to{o}, %l : index",
            f"vector.maskedstore %to[%o{o}], %mask, {sums[o]} : {memory}, vector<{b.lanes}xi1>, {vector}",
            "}",
        ]
    return "\n".join([*lines, "}", "}", "return", "}", ""])


def _each_of_any(e: Elements, b: Blocking) -> str:
    """``%height`` rows of ``%width`` windows of one channel, times one filter of ``%rows`` by ``%columns`` elements.

    Rows of sums are contiguous. Sums of rows beyond the last are those of the last, and not stored.
    """
    t, memory, vector = e.sum, f"memref<?x{e.sum}>", f"vector<{b.lanes}x{e.sum}>"
    bits = f"vector<{b.lanes}xi1>"
    tile = [(i, v) for i in range(_HIGH) for v in range(_VECTORS)]
    types = ", ".join([vector] * len(tile))
    lines = [
        f"func.func private @{e.symbol}.each_of_any({_each_given(e)}) attributes {APART} {{",
        *_constants(e, b),
        f"%high = arith.constant {_HIGH} : index",
        f"%wide = arith.constant {_VECTORS * b.lanes} : index",
        *(f"%i{i} = arith.constant {i} : index" for i in range(_HIGH)),
        *(f"%v{v} = arith.constant {v * b.lanes} : index" for v in range(_VECTORS)),
        "scf.for %h = %c0 to %height step %high {",
        "%lower = arith.subi %height, %h : index",
        "%last = arith.subi %lower, %c1 : index",
        *_near_rows(),
        "scf.for %l = %c0 to %width step %wide {",
        "%left = arith.subi %width, %l : index",
        "%column = arith.muli %l, %column_step : index",
    ]
    for v in range(_VECTORS):
        lines += [f"%beside{v} = arith.subi %left, %v{v} : index", *_masks(f"%beside{v}", str(v), b)]
        lines += [f"%across{v} = arith.muli %v{v}, %column_step : index"]
    for i, v in tile:
        lines += [f"%corner{i}_{v} = arith.addi %row{i}, %column : index"] if v == 0 else []
        lines += [f"%x{i}_{v} = arith.addi %corner{i}_0, %across{v} : index"]
    for step in _STEPS:
        lines += _if_step(step)
        lines += _tile_of_windows(e, b, step)
        for i, v in tile:
            lines += [f"scf.if %is{i} {{"] if v == 0 else []
            lines += [
                f"%o{step}{i}{v}_a = arith.addi %to{i}, %l : index",
                f"%o{step}{i}{v} = arith.addi %o{step}{i}{v}_a, %v{v} : index",
                f"vector.maskedstore %to[%o{step}{i}{v}], %mask{v}, %sums{step}#{i * _VECTORS + v}"
                f" : {memory}, {bits}, {vector}",
            ]
            lines += ["}"] if v == _VECTORS - 1 else []
        lines += ["} else {"] if step else []
    lines += ["}"] * (len(_STEPS) - 1)
    return "\n".join([*lines, "}", "}", "return", "}", ""]).replace("TYPES", types).replace("ZERO", zero(t))


def _near_rows() -> list[str]:
    """Where rows of a tile begin in the image and in what is computed, and which there are."""
    lines: list[str] = []
    for i in range(_HIGH):
        lines += [
            f"%is{i} = arith.cmpi ult, %i{i}, %lower : index",
            f"%near{i} = arith.minui %i{i}, %last : index",
            f"%h{i} = arith.addi %h, %near{i} : index",
            f"%down{i} = arith.muli %h{i}, %row_step : index",
            f"%row{i} = arith.addi %x_at, %down{i} : index",
            f"%to_down{i} = arith.muli %h{i}, %to_row : index",
            f"%to{i} = arith.addi %to_at, %to_down{i} : index",
        ]
    return lines


def _tile_of_windows(e: Elements, b: Blocking, step: int) -> list[str]:
    """``%sums<step>``: the sums of a tile, over rows and columns of the filter."""
    t, vector, s = e.sum, f"vector<{b.lanes}x{e.sum}>", step
    tile = [(i, v) for i in range(_HIGH) for v in range(_VECTORS)]
    count = len(tile)
    outer = ", ".join(f"%a{s}_{n} = %empty_sum" for n in range(count))
    inner = ", ".join(f"%b{s}_{n} = %a{s}_{n}" for n in range(count))
    made, filtered = widened(f"%f{s}", e.left, e.widen_left)
    lines = [
        f"%sums{s}:{count} = scf.for %r = %c0 to %rows step %c1 iter_args({outer}) -> (TYPES) {{",
        f"%tap_down{s} = arith.muli %r, %tap_row : index",
        f"%f_down{s} = arith.muli %r, %w_row : index",
        f"%f_row{s} = arith.addi %w_at, %f_down{s} : index",
        f"%part{s}:{count} = scf.for %q = %c0 to %columns step %c1 iter_args({inner}) -> (TYPES) {{",
        f"%tap_across{s} = arith.muli %q, %tap_column : index",
        f"%tap{s} = arith.addi %tap_down{s}, %tap_across{s} : index",
        f"%f_across{s} = arith.muli %q, %w_column : index",
        f"%f_at{s} = arith.addi %f_row{s}, %f_across{s} : index",
        f"%f{s} = memref.load %w[%f_at{s}] : memref<?x{e.left}>",
        *made,
        f"%fs{s} = vector.broadcast {filtered} : {t} to {vector}",
    ]
    for n, (i, v) in enumerate(tile):
        lines.append(f"%p{s}_{n} = arith.addi %x{i}_{v}, %tap{s} : index")
        made, value = _loaded(e, b, s, f"%y{s}_{n}", f"%p{s}_{n}", str(v), whole=False)
        lines += [
            *made,
            f"%m{s}_{n} = arith.mulf %fs{s}, {value} fastmath<contract> : {vector}",
            f"%n{s}_{n} = {add(t)} %b{s}_{n}, %m{s}_{n} fastmath<contract> : {vector}",
        ]
    lines += [
        "scf.yield " + ", ".join(f"%n{s}_{n}" for n in range(count)) + " : TYPES",
        "}",
        "scf.yield " + ", ".join(f"%part{s}#{n}" for n in range(count)) + " : TYPES",
        "}",
    ]
    return lines


def _constants(e: Elements, b: Blocking) -> list[str]:
    """Numbers, vectors of zeros, and the places of elements that are ``%column_step`` apart."""
    steps = f"vector<{b.lanes}xindex>"
    return [
        "%c0 = arith.constant 0 : index",
        "%c1 = arith.constant 1 : index",
        "%c2 = arith.constant 2 : index",
        f"%lanes = arith.constant {b.lanes} : index",
        f"%empty = arith.constant dense<0.0> : vector<{b.lanes}x{e.right}>",
        f"%empty_sum = arith.constant dense<{zero(e.sum)}> : vector<{b.lanes}x{e.sum}>",
        "%is_step1 = arith.cmpi eq, %column_step, %c1 : index",
        "%is_step2 = arith.cmpi eq, %column_step, %c2 : index",
        f"%lane = vector.step : {steps}",
        f"%step = vector.broadcast %column_step : index to {steps}",
        f"%places = arith.muli %lane, %step : {steps}",
    ]


def _masks(count: str, suffix: str, b: Blocking) -> list[str]:
    """``%mask``: the first elements of a vector; ``%low`` and ``%high``: of two vectors, what has so many even ones."""
    bits = f"vector<{b.lanes}xi1>"
    return [
        f"%mask{suffix} = vector.create_mask {count} : {bits}",
        f"%doubled{suffix} = arith.muli {count}, %c2 : index",
        f"%span{suffix} = arith.subi %doubled{suffix}, %c1 : index",
        f"%beyond{suffix} = arith.subi %span{suffix}, %lanes : index",
        f"%low{suffix} = vector.create_mask %span{suffix} : {bits}",
        f"%high{suffix} = vector.create_mask %beyond{suffix} : {bits}",
    ]


def _if_step(step: int) -> list[str]:
    return [f"scf.if %is_step{step} {{"] if step else []


def _loaded(
    e: Elements, b: Blocking, step: int, name: str, place: str, suffix: str, *, whole: bool
) -> tuple[list[str], str]:
    """The lines that load a vector from a place of the image on, masked unless it is ``whole``, and widen it."""
    source, vector, bits = f"memref<?x{e.right}>", f"vector<{b.lanes}x{e.right}>", f"vector<{b.lanes}xi1>"
    types = f"{source}, {bits}, {vector} into {vector}"
    if whole:
        lines = [f"{name} = vector.load %x[{place}] : {source}, {vector}"]
    elif step == 1:
        lines = [f"{name} = vector.maskedload %x[{place}], %mask{suffix}, %empty : {types}"]
    elif step == 2:
        even = ", ".join(str(2 * i) for i in range(b.lanes))
        lines = [
            f"{name}_l = vector.maskedload %x[{place}], %low{suffix}, %empty : {types}",
            f"{name}_p = arith.addi {place}, %lanes : index",
            f"{name}_h = vector.maskedload %x[{name}_p], %high{suffix}, %empty : {types}",
            f"{name} = vector.shuffle {name}_l, {name}_h [{even}] : {vector}, {vector}",
        ]
    else:
        indices = f"{source}, vector<{b.lanes}xindex>, {bits}, {vector} into {vector}"
        lines = [f"{name} = vector.gather %x[{place}] [%places], %mask{suffix}, %empty : {indices}"]
    made, value = widened(name, e.right, e.widen_right, b.lanes)
    return [*lines, *made], value
