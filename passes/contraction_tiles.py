"""The functions that compute a tile of a matrix product in registers, as MLIR text.

Sums stay in registers over all terms of a block: for each term, a row of B is loaded, and each element of a column of A
is multiplied by it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pyc.dataclass import dataclass

from .contraction_packing import APART, Widening, zero
from .grouped_terms import Group


@dataclass(frozen=True)
class Blocking:
    """Sizes of blocks, in elements: the tile in registers is ``high`` rows by ``vectors`` vectors of ``lanes``.

    ``depth`` terms at most are added up at a time, of as many columns as there is ``room`` for their elements of B.
    Several such blocks are packed ``together`` if they have at most so many. Bytes are multiplied in groups of
    ``grouped``, if that is not 0 (``grouped_terms.py``).
    """

    lanes: int
    vectors: int
    high: int
    depth: int
    room: int
    together: int
    grouped: int = 0

    @property
    def wide(self) -> int:
        return self.vectors * self.lanes

    @property
    def columns(self) -> int:
        """How many columns of B are packed at a time, at most."""
        return self.room // self.depth // self.wide * self.wide


@dataclass(frozen=True)
class Elements:
    """Element types as MLIR spells them, and how an element of A and of B becomes one of the sum."""

    left: str
    right: str
    sum: str
    widen_left: Widening = ()
    widen_right: Widening = ()

    @property
    def direct(self) -> bool:
        """Whether elements are multiplied as they are stored."""
        return not self.widen_left and not self.widen_right

    @property
    def symbol(self) -> str:
        left, right = _spelled(self.left, self.widen_left), _spelled(self.right, self.widen_right)
        return f"contract.{left}.{right}.{self.sum}"


def _spelled(t: str, widen: Widening) -> str:
    """An element type, and how it is widened where that is not all that its type can become."""
    kinds = [("u" if operation in ("arith.extui", "arith.uitofp") else "") + to for operation, to in widen]
    unsigned = "u" if kinds and kinds[0].startswith("u") else ""
    return "_".join([unsigned + t, *kinds[:-1]])


#: Loops that LLVM shall not unroll: there are too few registers for more addresses.
_AS_IT_IS = "{llvm.loop_annotation = #llvm.loop_annotation<unroll = <disable = true>>}"
#: The arguments of a tile: where A begins and how far its rows and terms are apart, B and its terms, C and its rows.
TILE = (
    "%a: memref<?x{t}>, %a_at: index, %a_row: index, %a_term: index, %b: memref<?x{t}>, %b_at: index, %b_term: index, "
    "%c: memref<?x{t}>, %c_at: index, %c_row: index, %k: index, %h: index, %w: index, %fresh: i1"
)
TILE_NAMES = ", ".join(re.findall(r"%\w+", TILE))
TILE_TYPES = ", ".join(re.findall(r": ([^,]+)", TILE))


def tiles(e: Elements, b: Blocking, group: Group | None = None) -> str:
    """``contract.A.B.C.tile``: ``h`` rows by ``w`` columns of C, from A of any strides and contiguous rows of B.

    And ``contract.A.B.C.panels``, the same for panels. Both call the one function for whole tiles, or one for the edge
    that is high and wide enough.
    """
    t, s = e.sum, e.symbol
    types = TILE_TYPES.format(t=t)
    arguments = f"({TILE_NAMES}) : ({types}) -> ()"
    heights = sorted({b.high, b.high * 2 // 3, b.high // 3})
    functions = [_tile(f"{s}.packed", t, b, b.high, panels=True, group=group)]
    functions += [_tile(f"{s}.whole", t, b, b.high)] if e.direct else []
    functions += [_tile(f"{s}.narrow", t, replace(b, vectors=1), b.high, edge=True, group=group)]
    functions += [_tile(f"{s}.edge{height}", t, b, height, edge=True, group=group) for height in heights]
    lines = [
        "%lanes = arith.constant " + f"{b.lanes} : index",
        "%narrow = arith.cmpi sle, %w, %lanes : index",
        "scf.if %narrow {",
        f"func.call @{s}.narrow{arguments}",
        "} else {",
    ]
    for height in heights:
        if height < b.high:
            lines += [
                f"%most{height} = arith.constant {height} : index",
                f"%low{height} = arith.cmpi sle, %h, %most{height} : index",
                f"scf.if %low{height} {{",
            ]
        lines.append(f"func.call @{s}.edge{height}{arguments}")
        if height < b.high:
            lines.append("} else {")
    choice = "\n".join(lines + ["}"] * len(heights))

    def chooser(name: str, whole: str) -> str:
        return f"""
func.func private @{s}.{name}({TILE.format(t=t)}) {{
  %high = arith.constant {b.high} : index
  %wide = arith.constant {b.wide} : index
  %all_rows = arith.cmpi eq, %h, %high : index
  %all_columns = arith.cmpi eq, %w, %wide : index
  %all = arith.andi %all_rows, %all_columns : i1
  scf.if %all {{
    func.call @{s}.{whole}{arguments}
  }} else {{
    func.call @{s}.edge{arguments}
  }}
  return
}}
"""

    choosers = chooser("panels", "packed") + (chooser("tile", "whole") if e.direct else "")
    return f"""{choosers}
func.func private @{s}.edge({TILE.format(t=t)}) {{
{choice}
  return
}}
{"".join(functions)}"""


def _tile(
    symbol: str,
    t: str,
    b: Blocking,
    height: int,
    *,
    edge: bool = False,
    panels: bool = False,
    group: Group | None = None,
) -> str:
    """A function for a tile of at most ``height`` rows; at an ``edge`` it may have fewer, and fewer columns.

    Of whole ``panels`` it knows where each element is, and has C brought to the caches while it adds up. Elements of
    panels may be a ``group`` of terms.
    """
    vector, bits = f"vector<{b.lanes}x{t}>", f"vector<{b.lanes}xi1>"
    memory = f"memref<?x{t}>"
    multiply, flags = ("arith.muli", "") if t.startswith("i") else ("arith.mulf", " fastmath<contract>")
    count = height * b.vectors
    given = TILE.format(t=t)
    if panels:
        for name in ("a_row", "a_term", "b_term"):
            given = given.replace(f"%{name}:", f"%any_{name}:")
    lines = [f"func.func private @{symbol}({given}) attributes {APART} {{"]
    if panels:
        lines += [
            "%a_row = arith.constant 1 : index",
            f"%a_term = arith.constant {b.high} : index",
            f"%b_term = arith.constant {b.wide} : index",
        ]
    lines += [
        "%c0 = arith.constant 0 : index",
        "%c1 = arith.constant 1 : index",
        f"%zero = arith.constant dense<{zero(t)}> : {vector}",
        "%last = arith.subi %h, %c1 : index",
        f"%across = arith.constant {b.wide} : index",
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

    for r in range(height if panels else 0):
        lines += [
            f"%ahead{r} = arith.muli %r{r}, %c_row : index",
            f"%next_row{r} = arith.addi %c_at, %ahead{r} : index",
        ]
        for v in range(b.vectors):
            lines += [
                f"%next{r}_{v} = arith.addi %next_row{r}, %v{v} : index",
                f"memref.prefetch %c[%next{r}_{v}], write, locality<3>, data : {memory}",
            ]

    def load(x: str, where: str, v: int) -> str:
        if edge:
            return f"vector.maskedload %{x}[{where}], %mask{v}, %zero : {memory}, {bits}, {vector} into {vector}"
        return f"vector.load %{x}[{where}] : {memory}, {vector}"

    starts = [f"%zero_{i}" for i in range(height)] if group and group.moved else ["%zero"] * height
    for r in range(height if group and group.moved else 0):
        # Behind the panel of A is what undoes that elements of B were moved.
        lines += [
            f"%behind{r} = arith.muli %k, %a_term : index",
            f"%undoing{r} = arith.addi %a{r}, %behind{r} : index",
            f"%undoes{r} = memref.load %a[%undoing{r}] : {memory}",
            f"%zero_{r} = vector.broadcast %undoes{r} : {t} to {vector}",
        ]
    initial = ", ".join(f"%acc{i} = {starts[i // b.vectors]}" for i in range(count))
    types = ", ".join([vector] * count)
    lines += [
        f"%sum:{count} = scf.for %kk = %c0 to %k step %c1 iter_args({initial}) -> ({types}) {{",
        "%bk = arith.muli %kk, %b_term : index",
        "%b_row = arith.addi %b_at, %bk : index",
        "%ak = arith.muli %kk, %a_term : index",
    ]
    for v in range(b.vectors):
        lines += [f"%b{v} = arith.addi %b_row, %v{v} : index", f"%y{v} = {load('b', f'%b{v}', v)}"]
        if not panels:
            # What the next tile needs of this row: a processor does not see that coming, rows are far apart.
            lines += [
                f"%beside{v} = arith.addi %b{v}, %across : index",
                f"memref.prefetch %b[%beside{v}], read, locality<3>, data : {memory}",
            ]
    for r in range(height):
        lines += [
            f"%from{r} = arith.addi %a{r}, %ak : index",
            f"%x{r} = memref.load %a[%from{r}] : {memory}",
            f"%xs{r} = vector.broadcast %x{r} : {t} to {vector}",
        ]
        for i, v in ((r * b.vectors + v, v) for v in range(b.vectors)):
            if group:
                lines += group.added(f"%next{i}", f"%acc{i}", f"%xs{r}", f"%y{v}")
                continue
            lines += [
                f"%product{i} = {multiply} %xs{r}, %y{v}{flags} : {vector}",
                f"%next{i} = {add(t)} %acc{i}, %product{i}{flags} : {vector}",
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
                f"%added{i} = {add(t)} %held{i}, %sum#{i} : {vector}",
                f"scf.yield %added{i} : {vector}",
                "}",
                f"vector.maskedstore %c[%place{i}], %mask{v}, %total{i} : {memory}, {bits}, {vector}"
                if edge
                else f"vector.store %total{i}, %c[%place{i}] : {memory}, {vector}",
            ]
        if edge:
            lines.append("}")
    return "\n".join([*lines, "return", "}", ""])


def add(t: str) -> str:
    return "arith.addi" if t.startswith("i") else "arith.addf"
