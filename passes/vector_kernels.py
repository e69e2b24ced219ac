"""The functions that compute products of a vector and a matrix on a CPU, as MLIR text: ``y += x B``.

Each element of B is read once, so that what counts is how often the rest is. Where the rows of B are contiguous, some
of them at a time are scaled and added to a part of y that stays in the level 1 cache. Where its columns are, the sums
of some of them are found together in registers, and each part of x is read once for all.
"""

from __future__ import annotations

from .contraction_kernels import rest
from .contraction_packing import ANY, APART, flat

#: Rows of B that are added at a time, and columns that are summed: the registers of any machine hold their sums.
_ROWS, _COLUMNS = 8, 4
#: Bytes of a part of y.
_PART = 16 * 1024
#: A vector as an argument.
VECTOR = "strided<[?], offset: ?>"


def symbol(t: str) -> str:
    """What the names of the functions for elements of a type begin with."""
    return f"product.{t}"


def vector_kernels(t: str, lanes: int) -> str:
    """``product.T.rows`` and ``product.T.columns``, for elements of type ``t``, ``lanes`` of them in a register.

    Their arguments are x, B and y, and whether y starts from zero rather than from what it holds. For the first, rows
    of B and y are contiguous, for the second columns of B and x.
    """
    return _by_rows(t, lanes) + _by_columns(t, lanes)


def _arguments(t: str) -> str:
    vector = f"memref<?x{t}, {VECTOR}>"
    return f"%x: {vector}, %b: memref<?x?x{t}, {ANY}>, %y: {vector}, %fresh: i1"


def _beginning(t: str, lanes: int) -> str:
    """Constants, the extents, and the memory of all three."""
    return f"""
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant {lanes} : index
  %zero = arith.constant dense<0.0> : vector<{lanes}x{t}>
  %k = memref.dim %b, %c0 : memref<?x?x{t}, {ANY}>
  %n = memref.dim %b, %c1 : memref<?x?x{t}, {ANY}>
{flat("b", t)}
{_flat_vector("x", t)}
{_flat_vector("y", t)}"""


def _flat_vector(x: str, t: str) -> str:
    """``%x_flat``: the memory of a vector; ``%x_start``, where it begins in it; ``%x_step``, its stride."""
    return f"""
  %{x}_base, %{x}_start, %{x}_size, %{x}_step = memref.extract_strided_metadata %{x} : memref<?x{t}, {VECTOR}>
    -> memref<{t}>, index, index, index
  %{x}_flat = memref.reinterpret_cast %{x}_base to offset: [0], sizes: [%{x}_size], strides: [1]
    : memref<{t}> to memref<?x{t}>"""


def _by_rows(t: str, lanes: int) -> str:
    memory, vector, bits = f"memref<?x{t}>", f"vector<{lanes}x{t}>", f"vector<{lanes}xi1>"
    part = _PART // (int(t[1:]) // 8)
    return f"""
func.func private @{symbol(t)}.rows({_arguments(t)}) attributes {APART} {{
{_beginning(t, lanes)}
  %rows = arith.constant {_ROWS} : index
  %part = arith.constant {part} : index
  %odd = arith.remui %k, %rows : index
  %even = arith.subi %k, %odd : index
  scf.for %jc = %c0 to %n step %part {{
{rest("w", "n", "jc", "part")}
    %left = arith.remui %w, %lanes : index
    %whole = arith.subi %w, %left : index
    %mask = vector.create_mask %left : {bits}
    %ragged = arith.cmpi ne, %left, %c0 : index
    %y_at = arith.addi %y_start, %jc : index
    %b_at = arith.addi %b_start, %jc : index
    %y_end = arith.addi %y_at, %whole : index
    scf.if %fresh {{
      scf.for %j = %c0 to %whole step %lanes {{
        %yj = arith.addi %y_at, %j : index
        vector.store %zero, %y_flat[%yj] : {memory}, {vector}
      }}
      scf.if %ragged {{
        vector.maskedstore %y_flat[%y_end], %mask, %zero : {memory}, {bits}, {vector}
      }}
    }}
    scf.for %row = %c0 to %even step %rows {{
{_some_rows(t, lanes, _ROWS)}
    }}
    scf.for %row = %even to %k step %c1 {{
{_some_rows(t, lanes, 1)}
    }}
  }}
  return
}}
"""


def _some_rows(t: str, lanes: int, count: int) -> str:
    """Add rows of B from ``%row`` on, each times its element of x, to a part of y."""
    memory, vector, bits = f"memref<?x{t}>", f"vector<{lanes}x{t}>", f"vector<{lanes}xi1>"
    lines = []
    for r in range(count):
        lines += [
            f"%r{r} = arith.constant {r} : index",
            f"%row{r} = arith.addi %row, %r{r} : index",
            f"%down{r} = arith.muli %row{r}, %b_steps#0 : index",
            f"%line{r} = arith.addi %b_at, %down{r} : index",
            f"%far{r} = arith.muli %row{r}, %x_step : index",
            f"%where{r} = arith.addi %x_start, %far{r} : index",
            f"%x{r} = memref.load %x_flat[%where{r}] : {memory}",
            f"%xs{r} = vector.broadcast %x{r} : {t} to {vector}",
        ]

    def added(j: str, load: str, store: str) -> list[str]:
        found = [f"%at = arith.addi %y_at, {j} : index", f"%y0 = {load.format('y_flat[%at]')}"]
        for r in range(count):
            found += [
                f"%place{r} = arith.addi %line{r}, {j} : index",
                f"%b{r} = {load.format(f'b_flat[%place{r}]')}",
                f"%p{r} = arith.mulf %xs{r}, %b{r} fastmath<contract> : {vector}",
                f"%y{r + 1} = arith.addf %y{r}, %p{r} fastmath<contract> : {vector}",
            ]
        return [*found, store.format(f"%y{count}")]

    lines += ["scf.for %j = %c0 to %whole step %lanes {"]
    lines += added(
        "%j", f"vector.load %{{}} : {memory}, {vector}", f"vector.store {{}}, %y_flat[%at] : {memory}, {vector}"
    )
    lines += ["}", "scf.if %ragged {"]
    lines += added(
        "%whole",
        f"vector.maskedload %{{}}, %mask, %zero : {memory}, {bits}, {vector} into {vector}",
        f"vector.maskedstore %y_flat[%at], %mask, {{}} : {memory}, {bits}, {vector}",
    )
    return "\n".join([*lines, "}"])


def _by_columns(t: str, lanes: int) -> str:
    return f"""
func.func private @{symbol(t)}.columns({_arguments(t)}) attributes {APART} {{
{_beginning(t, lanes)}
  %columns = arith.constant {_COLUMNS} : index
  %two = arith.constant {2 * lanes} : index
  %odd = arith.remui %n, %columns : index
  %even = arith.subi %n, %odd : index
  %ragged = arith.remui %k, %two : index
  %whole = arith.subi %k, %ragged : index
  scf.for %column = %c0 to %even step %columns {{
{_some_columns(t, lanes, _COLUMNS)}
  }}
  scf.for %column = %even to %n step %c1 {{
{_some_columns(t, lanes, 1)}
  }}
  return
}}
"""


def _some_columns(t: str, lanes: int, count: int) -> str:
    """The sums of x times some columns of B from ``%column`` on, each in two registers."""
    memory, vector, bits = f"memref<?x{t}>", f"vector<{lanes}x{t}>", f"vector<{lanes}xi1>"
    lines = []
    for c in range(count):
        lines += [
            f"%c_{c} = arith.constant {c} : index",
            f"%column{c} = arith.addi %column, %c_{c} : index",
            f"%across{c} = arith.muli %column{c}, %b_steps#1 : index",
            f"%line{c} = arith.addi %b_start, %across{c} : index",
        ]

    def summed(name: str, half: int, load: str) -> list[str]:
        """The products of one register of x with one of each column, added to one of its sums."""
        found = [f"%at{half} = arith.addi %x_start, {name} : index", f"%x{half} = {load.format(f'x_flat[%at{half}]')}"]
        for c in range(count):
            i = 2 * c + half
            found += [
                f"%place{i} = arith.addi %line{c}, {name} : index",
                f"%b{i} = {load.format(f'b_flat[%place{i}]')}",
                f"%p{i} = arith.mulf %x{half}, %b{i} fastmath<contract> : {vector}",
                f"%next{i} = arith.addf %acc{i}, %p{i} fastmath<contract> : {vector}",
            ]
        return found

    accumulators, types = range(2 * count), ", ".join([vector] * (2 * count))
    initial = ", ".join(f"%acc{i} = %zero" for i in accumulators)
    load = f"vector.load %{{}} : {memory}, {vector}"
    lines += [
        f"%sum:{2 * count} = scf.for %term = %c0 to %whole step %two iter_args({initial}) -> ({types}) {{",
        "%second = arith.addi %term, %lanes : index",
        *summed("%term", 0, load),
        *summed("%second", 1, load),
        f"scf.yield {', '.join(f'%next{i}' for i in accumulators)} : {types}",
        "}",
    ]
    initial = ", ".join(f"%acc{2 * c} = %sum#{2 * c}" for c in range(count))
    types = ", ".join([vector] * count)
    masked = f"vector.maskedload %{{}}, %mask, %zero : {memory}, {bits}, {vector} into {vector}"
    lines += [
        f"%tail:{count} = scf.for %term = %whole to %k step %lanes iter_args({initial}) -> ({types}) {{",
        "%more = arith.subi %k, %term : index",
        f"%mask = vector.create_mask %more : {bits}",
        *summed("%term", 0, masked),
        f"scf.yield {', '.join(f'%next{2 * c}' for c in range(count))} : {types}",
        "}",
    ]
    for c in range(count):
        lines += [
            f"%both{c} = arith.addf %tail#{c}, %sum#{2 * c + 1} : {vector}",
            f"%total{c} = vector.reduction <add>, %both{c} fastmath<reassoc> : {vector} into {t}",
            f"%far{c} = arith.muli %column{c}, %y_step : index",
            f"%to{c} = arith.addi %y_start, %far{c} : index",
            f"%new{c} = scf.if %fresh -> {t} {{",
            f"scf.yield %total{c} : {t}",
            "} else {",
            f"%held{c} = memref.load %y_flat[%to{c}] : {memory}",
            f"%added{c} = arith.addf %held{c}, %total{c} : {t}",
            f"scf.yield %added{c} : {t}",
            "}",
            f"memref.store %new{c}, %y_flat[%to{c}] : {memory}",
        ]
    return "\n".join(lines)
