"""Cells of arrays, below PYC: what keeps memory that cells refer to, and frees it.

Each allocation of a function that has cells counts, in its header, how many cells refer to it, and knows whether the
code that owns it has let go of it (1), and whether it was taken from a cell (2): such an array may be referred to by
names of which no count is kept. It is freed when nothing of that holds it any more; where it was taken from a cell, at
the next sweep that finds it among no names (4: it was found), or when the function returns.

A cell is ``{node, address, offset, sizes..., strides...}``: ``node`` is the header of the allocation, or null where the
memory is not this function's own.
"""

from __future__ import annotations

from typing import Any

from pyc.dialects.mlir import func, ir
from pyc.dialects.walk import callee_of, nested

from .declarations import declared

#: Calls that ``track-allocations`` replaces. A cell refers to an array; a number of what a cell refers to; an array is
#: still referred to; what nothing refers to is freed; the memory, if it is this function's own, else 0.
HOLD, HELD, SPARE, SWEEP, WHOSE = "pyc.hold.", "pyc.held.", "pyc.spare", "pyc.sweep", "pyc.whose"

#: A node is {next, previous, cells that refer to it, what is known of it}. In the place of a mark, that is 8.
RUNTIME = """
llvm.func internal @pyc.forget_counts(%memory: !llvm.ptr) {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %count = llvm.getelementptr %memory[-48] : (!llvm.ptr) -> !llvm.ptr, i8
  %known = llvm.getelementptr %memory[-40] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.store %zero, %count : i64, !llvm.ptr
  llvm.store %zero, %known : i64, !llvm.ptr
  llvm.return
}
llvm.func internal @pyc.allocate_counted(%list: !llvm.ptr, %bytes: i64) -> !llvm.ptr
    attributes {passthrough = ["noinline"]} {
  %null = llvm.mlir.zero : !llvm.ptr
  %memory = llvm.call @pyc.allocate(%list, %bytes) : (!llvm.ptr, i64) -> !llvm.ptr
  %failed = llvm.icmp "eq" %memory, %null : !llvm.ptr
  llvm.cond_br %failed, ^done, ^clear
^clear:
  llvm.call @pyc.forget_counts(%memory) : (!llvm.ptr) -> ()
  llvm.br ^done
^done:
  llvm.return %memory : !llvm.ptr
}
llvm.func internal @pyc.adopt_counted(%list: !llvm.ptr, %block: i64)
    attributes {passthrough = ["noinline"]} {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %absent = llvm.icmp "eq" %block, %zero : i64
  llvm.cond_br %absent, ^done, ^clear
^clear:
  %memory = llvm.inttoptr %block : i64 to !llvm.ptr
  llvm.call @pyc.forget_counts(%memory) : (!llvm.ptr) -> ()
  llvm.br ^done
^done:
  llvm.call @pyc.adopt(%list, %block) : (!llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @pyc.mark_counted(%list: !llvm.ptr, %address: i64)
    attributes {passthrough = ["noinline"]} {
  %mark = llvm.mlir.constant(8 : i64) : i64
  %node = llvm.inttoptr %address : i64 to !llvm.ptr
  %known = llvm.getelementptr %node[3] : (!llvm.ptr) -> !llvm.ptr, i64
  llvm.store %mark, %known : i64, !llvm.ptr
  llvm.call @pyc.link(%list, %node) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.return
}
llvm.func internal @pyc.free_idle(%node: !llvm.ptr) {
  %one = llvm.mlir.constant(1 : i64) : i64
  %zero = llvm.mlir.constant(0 : i64) : i64
  %count = llvm.getelementptr %node[2] : (!llvm.ptr) -> !llvm.ptr, i64
  %known = llvm.getelementptr %node[3] : (!llvm.ptr) -> !llvm.ptr, i64
  %cells = llvm.load %count : !llvm.ptr -> i64
  %state = llvm.load %known : !llvm.ptr -> i64
  %none = llvm.icmp "eq" %cells, %zero : i64
  %let_go = llvm.icmp "eq" %state, %one : i64
  %idle = llvm.and %none, %let_go : i1
  llvm.cond_br %idle, ^free, ^done
^free:
  llvm.call @pyc.unlink(%node) : (!llvm.ptr) -> ()
  llvm.call @c.free(%node) : (!llvm.ptr) -> ()
  llvm.br ^done
^done:
  llvm.return
}
llvm.func internal @pyc.release_counted(%memory: !llvm.ptr)
    attributes {passthrough = ["noinline"]} {
  %null = llvm.mlir.zero : !llvm.ptr
  %one = llvm.mlir.constant(1 : i64) : i64
  %absent = llvm.icmp "eq" %memory, %null : !llvm.ptr
  llvm.cond_br %absent, ^done, ^let_go
^let_go:
  %node = llvm.getelementptr %memory[-64] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @pyc.note(%node, %one) : (!llvm.ptr, i64) -> ()
  llvm.call @pyc.free_idle(%node) : (!llvm.ptr) -> ()
  llvm.br ^done
^done:
  llvm.return
}
llvm.func internal @pyc.find(%list: !llvm.ptr, %address: i64) -> !llvm.ptr {
  %null = llvm.mlir.zero : !llvm.ptr
  %header = llvm.mlir.constant(64 : i64) : i64
  %mark = llvm.mlir.constant(8 : i64) : i64
  %wanted = llvm.sub %address, %header : i64
  %sought = llvm.inttoptr %wanted : i64 to !llvm.ptr
  %first = llvm.load %list : !llvm.ptr -> !llvm.ptr
  llvm.br ^check(%first : !llvm.ptr)
^check(%node: !llvm.ptr):
  %end = llvm.icmp "eq" %node, %list : !llvm.ptr
  llvm.cond_br %end, ^none, ^compare
^compare:
  %next = llvm.load %node : !llvm.ptr -> !llvm.ptr
  %same = llvm.icmp "eq" %node, %sought : !llvm.ptr
  llvm.cond_br %same, ^real, ^check(%next : !llvm.ptr)
^real:
  %known = llvm.getelementptr %node[3] : (!llvm.ptr) -> !llvm.ptr, i64
  %state = llvm.load %known : !llvm.ptr -> i64
  %is_mark = llvm.icmp "eq" %state, %mark : i64
  llvm.cond_br %is_mark, ^none, ^found
^found:
  llvm.return %node : !llvm.ptr
^none:
  llvm.return %null : !llvm.ptr
}
llvm.func internal @pyc.whose(%list: !llvm.ptr, %address: i64) -> i64
    attributes {passthrough = ["noinline"]} {
  %null = llvm.mlir.zero : !llvm.ptr
  %zero = llvm.mlir.constant(0 : i64) : i64
  %node = llvm.call @pyc.find(%list, %address) : (!llvm.ptr, i64) -> !llvm.ptr
  %absent = llvm.icmp "eq" %node, %null : !llvm.ptr
  %block = llvm.select %absent, %zero, %address : i1, i64
  llvm.return %block : i64
}
llvm.func internal @pyc.hold(%list: !llvm.ptr, %cell: !llvm.ptr, %address: i64)
    attributes {passthrough = ["noinline"]} {
  %null = llvm.mlir.zero : !llvm.ptr
  %one = llvm.mlir.constant(1 : i64) : i64
  %node = llvm.call @pyc.find(%list, %address) : (!llvm.ptr, i64) -> !llvm.ptr
  %old = llvm.load %cell : !llvm.ptr -> !llvm.ptr
  llvm.store %node, %cell : !llvm.ptr, !llvm.ptr
  %foreign = llvm.icmp "eq" %node, %null : !llvm.ptr
  llvm.cond_br %foreign, ^before, ^count
^count:
  %count = llvm.getelementptr %node[2] : (!llvm.ptr) -> !llvm.ptr, i64
  %cells = llvm.load %count : !llvm.ptr -> i64
  %more = llvm.add %cells, %one : i64
  llvm.store %more, %count : i64, !llvm.ptr
  llvm.br ^before
^before:
  %nothing = llvm.icmp "eq" %old, %null : !llvm.ptr
  llvm.cond_br %nothing, ^done, ^drop
^drop:
  %old_count = llvm.getelementptr %old[2] : (!llvm.ptr) -> !llvm.ptr, i64
  %old_cells = llvm.load %old_count : !llvm.ptr -> i64
  %less = llvm.sub %old_cells, %one : i64
  llvm.store %less, %old_count : i64, !llvm.ptr
  llvm.call @pyc.free_idle(%old) : (!llvm.ptr) -> ()
  llvm.br ^done
^done:
  llvm.return
}
llvm.func internal @pyc.note(%node: !llvm.ptr, %what: i64) {
  %null = llvm.mlir.zero : !llvm.ptr
  %absent = llvm.icmp "eq" %node, %null : !llvm.ptr
  llvm.cond_br %absent, ^done, ^write
^write:
  %known = llvm.getelementptr %node[3] : (!llvm.ptr) -> !llvm.ptr, i64
  %state = llvm.load %known : !llvm.ptr -> i64
  %more = llvm.or %state, %what : i64
  llvm.store %more, %known : i64, !llvm.ptr
  llvm.br ^done
^done:
  llvm.return
}
llvm.func internal @pyc.taken(%cell: !llvm.ptr)
    attributes {passthrough = ["noinline"]} {
  %two = llvm.mlir.constant(2 : i64) : i64
  %node = llvm.load %cell : !llvm.ptr -> !llvm.ptr
  llvm.call @pyc.note(%node, %two) : (!llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @pyc.spare(%list: !llvm.ptr, %address: i64)
    attributes {passthrough = ["noinline"]} {
  %four = llvm.mlir.constant(4 : i64) : i64
  %node = llvm.call @pyc.find(%list, %address) : (!llvm.ptr, i64) -> !llvm.ptr
  llvm.call @pyc.note(%node, %four) : (!llvm.ptr, i64) -> ()
  llvm.return
}
llvm.func internal @pyc.sweep(%list: !llvm.ptr)
    attributes {passthrough = ["noinline"]} {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %three = llvm.mlir.constant(3 : i64) : i64
  %four = llvm.mlir.constant(4 : i64) : i64
  %mark = llvm.mlir.constant(8 : i64) : i64
  %first = llvm.load %list : !llvm.ptr -> !llvm.ptr
  llvm.br ^check(%first : !llvm.ptr)
^check(%node: !llvm.ptr):
  %end = llvm.icmp "eq" %node, %list : !llvm.ptr
  llvm.cond_br %end, ^done, ^look
^look:
  %next = llvm.load %node : !llvm.ptr -> !llvm.ptr
  %known = llvm.getelementptr %node[3] : (!llvm.ptr) -> !llvm.ptr, i64
  %state = llvm.load %known : !llvm.ptr -> i64
  %is_mark = llvm.icmp "eq" %state, %mark : i64
  llvm.cond_br %is_mark, ^check(%next : !llvm.ptr), ^real
^real:
  %found = llvm.and %state, %four : i64
  %is_found = llvm.icmp "ne" %found, %zero : i64
  %rest = llvm.and %state, %three : i64
  llvm.store %rest, %known : i64, !llvm.ptr
  llvm.cond_br %is_found, ^check(%next : !llvm.ptr), ^count
^count:
  %count = llvm.getelementptr %node[2] : (!llvm.ptr) -> !llvm.ptr, i64
  %cells = llvm.load %count : !llvm.ptr -> i64
  %held = llvm.icmp "ne" %cells, %zero : i64
  llvm.cond_br %held, ^check(%next : !llvm.ptr), ^forget
^forget:
  %let_go = llvm.and %rest, %one : i64
  llvm.store %let_go, %known : i64, !llvm.ptr
  llvm.call @pyc.free_idle(%node) : (!llvm.ptr) -> ()
  llvm.br ^check(%next : !llvm.ptr)
^done:
  llvm.return
}
llvm.func internal @pyc.unwind_counted(%list: !llvm.ptr, %address: i64, %number: i32)
    attributes {passthrough = ["noinline"]} {
  %place = llvm.inttoptr %address : i64 to !llvm.ptr
  %fine_number = llvm.mlir.constant(0 : i32) : i32
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %fine = llvm.icmp "eq" %number, %fine_number : i32
  %first = llvm.load %list : !llvm.ptr -> !llvm.ptr
  llvm.cond_br %fine, ^unlink, ^check(%first : !llvm.ptr)
^check(%node: !llvm.ptr):
  %reached = llvm.icmp "eq" %node, %place : !llvm.ptr
  llvm.cond_br %reached, ^unlink, ^look
^look:
  %next = llvm.load %node : !llvm.ptr -> !llvm.ptr
  %count = llvm.getelementptr %node[2] : (!llvm.ptr) -> !llvm.ptr, i64
  %cells = llvm.load %count : !llvm.ptr -> i64
  %known = llvm.getelementptr %node[3] : (!llvm.ptr) -> !llvm.ptr, i64
  %state = llvm.load %known : !llvm.ptr -> i64
  %held = llvm.icmp "ne" %cells, %zero : i64
  llvm.cond_br %held, ^let_go, ^free
^let_go:
  %more = llvm.or %state, %one : i64
  llvm.store %more, %known : i64, !llvm.ptr
  llvm.br ^check(%next : !llvm.ptr)
^free:
  llvm.call @pyc.unlink(%node) : (!llvm.ptr) -> ()
  llvm.call @c.free(%node) : (!llvm.ptr) -> ()
  llvm.br ^check(%next : !llvm.ptr)
^unlink:
  llvm.call @pyc.unlink(%place) : (!llvm.ptr) -> ()
  llvm.return
}
"""


def is_cell_call(symbol: str) -> bool:
    """Whether a function is one that calls for cells declare."""
    return symbol.startswith((HOLD, HELD)) or symbol in (SPARE, SWEEP, WHOSE)


def has_cells(function: Any) -> bool:
    """Whether a function has cells of arrays."""
    return any(callee_of(operation).startswith(HOLD) for operation in nested(function.operation))


def whose(function: Any, address: Any) -> Any:
    """The memory at an address, an i64, if it is the function's own; 0 if it is not."""
    i64 = ir.IntegerType.get_signless(64)
    return func.CallOp([i64], declared(function.operation, WHOSE, [i64], [i64]), [address]).results[0]


def make_arrays(module: Any) -> None:
    """Make arrays of the addresses that cells give: descriptors, which then become what arrays do."""
    i64 = ir.IntegerType.get_signless(64, module.context)
    with module.context:
        for cast in nested(module.operation):
            if cast.name == "builtin.unrealized_conversion_cast":
                address, array = cast.operands[0].type, cast.results[0].type
                if address == i64 and isinstance(array, ir.MemRefType):
                    with ir.InsertionPoint(cast), cast.location:
                        _make_array(cast)


def _make_array(cast: Any) -> None:
    pointer, i64 = ir.Type.parse("!llvm.ptr"), ir.IntegerType.get_signless(64)
    t = ir.Type.parse("!llvm.struct<(ptr, ptr, i64)>")
    memory = ir.Operation.create("llvm.inttoptr", [pointer], [cast.operands[0]]).results[0]
    zero = ir.Operation.create("llvm.mlir.constant", [i64], [], {"value": ir.IntegerAttr.get(i64, 0)}).results[0]
    descriptor = ir.Operation.create("llvm.mlir.undef", [t]).results[0]
    for i, part in enumerate((memory, memory, zero)):
        position = {"position": ir.DenseI64ArrayAttr.get([i])}
        descriptor = ir.Operation.create("llvm.insertvalue", [t], [descriptor, part], position).results[0]
    cast.operands[0] = descriptor
