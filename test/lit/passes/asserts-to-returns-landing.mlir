// RUN: pyc-opt %s --pass-pipeline=flatten,asserts-to-returns | filecheck %s

// What fails in a guarded region keeps its number and goes to where the region lands; there its kind is asked for.
// CHECK-LABEL: func.func @guarded
// CHECK: %[[CELL:.*]] = memref.alloca() : memref<i32>
// CHECK: call @pyc.mark
// CHECK: cf.cond_br %{{.*}}, ^{{.*}}, ^[[ABORTED:.*]](%c2_i32
// CHECK: %[[NUMBER:.*]] = memref.load %[[CELL]][]
// CHECK: call @pyc.unwind(%{{.*}}, %[[NUMBER]])
// CHECK: arith.cmpi eq, %[[NUMBER]], %c2_i32
// CHECK: ^[[ABORTED]](%[[FOUND:.*]]: i32):
// CHECK: memref.store %[[FOUND]], %[[CELL]][]
module attributes {pyc.errors = [
  {column = 1 : i64, file = "f.py", function = "f", kind = "ValueError", line = 1 : i64, message = "", number = 1 : i64},
  {column = 1 : i64, file = "f.py", function = "f", kind = "IndexError", line = 2 : i64, message = "", number = 2 : i64}
]} {
  func.func private @pyc.enter() -> i1
  func.func private @pyc.caught(i1) -> i32
  func.func private @pyc.is_kind.LookupError(i32) -> i1
  func.func @guarded(%ok: i1, %out: memref<i1>) -> i32 attributes {pyc.export} {
    %c0 = arith.constant 0 : i32
    %go = call @pyc.enter() : () -> i1
    scf.if %go {
      cf.assert %ok, "2"
    }
    %number = call @pyc.caught(%go) : (i1) -> i32
    %0 = call @pyc.is_kind.LookupError(%number) : (i32) -> i1
    memref.store %0, %out[] : memref<i1>
    return %c0 : i32
  }
  // A branch that fills the region is one branch with it by now.
  // CHECK-LABEL: func.func @filled
  // CHECK: %[[CELL2:.*]] = memref.alloca() : memref<i32>
  // CHECK: cf.cond_br %{{.*}}, ^{{.*}}, ^[[LANDS:.*]](%c2_i32
  // CHECK: ^[[LANDS]](%[[FOUND2:.*]]: i32):
  // CHECK: memref.store %[[FOUND2]], %[[CELL2]][]
  func.func @filled(%p: i1, %ok: i1, %out: memref<i1>) -> i32 attributes {pyc.export} {
    %c0 = arith.constant 0 : i32
    %go = call @pyc.enter() : () -> i1
    %both = arith.andi %go, %p : i1
    scf.if %both {
      cf.assert %ok, "2"
    }
    %number = call @pyc.caught(%go) : (i1) -> i32
    %0 = call @pyc.is_kind.LookupError(%number) : (i32) -> i1
    memref.store %0, %out[] : memref<i1>
    return %c0 : i32
  }
}
