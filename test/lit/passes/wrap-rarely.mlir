// RUN: pyc-opt %s --wrap-rarely --split-input-file | filecheck %s

// CHECK-LABEL: @chased
// CHECK-SAME: (%[[P:[a-z0-9]+]]: memref<?xi64>, %[[N:[a-z0-9]+]]: i64
// CHECK: scf.while (%[[X:.*]] = %{{.*}})
// CHECK: %[[USUAL:.*]] = arith.cmpi ult, %[[X]], %[[N]]
// CHECK: %[[I:.*]] = scf.if %[[USUAL]] -> (i64)
// CHECK: scf.yield %[[X]]
// CHECK: %[[SUM:.*]] = arith.addi %[[X]], %[[N]]
// CHECK: %[[OK:.*]] = arith.cmpi ult, %[[SUM]], %[[N]]
// CHECK: %[[SAID:.*]] = builtin.unrealized_conversion_cast %[[OK]], %[[X]]
// CHECK: cf.assert %[[SAID]], "7"
// CHECK: scf.yield %[[SUM]]
// CHECK: arith.index_cast %[[I]]
// The same check a second time has nothing left to find.
// CHECK-NOT: cf.assert
// CHECK: arith.index_cast %[[I]]
// CHECK: return
func.func @chased(%p: memref<?xi64>, %n: i64, %x0: i64) -> i64 {
  %c0 = arith.constant 0 : i64
  %r = scf.while (%x = %x0) : (i64) -> i64 {
    %negative = arith.cmpi slt, %x, %c0 : i64
    %sum = arith.addi %x, %n : i64
    %i = arith.select %negative, %sum, %x : i64
    %low = arith.cmpi sge, %i, %c0 : i64
    %high = arith.cmpi slt, %i, %n : i64
    %ok = arith.andi %low, %high : i1
    %said = builtin.unrealized_conversion_cast %ok, %x : i1, i64 to i1
    cf.assert %said, "7"
    %at = arith.index_cast %i : i64 to index
    %y = memref.load %p[%at] : memref<?xi64>
    cf.assert %ok, "8"
    %again = arith.index_cast %i : i64 to index
    %z = memref.load %p[%again] : memref<?xi64>
    %more = arith.cmpi ne, %y, %x : i64
    scf.condition(%more) %z : i64
  } do {
  ^bb0(%y: i64):
    scf.yield %y : i64
  }
  return %r : i64
}

// -----

// What a loop counts, what does not change in it, and what is chosen are left as they are.
// CHECK-LABEL: @left
// CHECK-NOT: scf.if
// CHECK: return
func.func @left(%p: memref<?xi64>, %n: i64, %x: i64, %from: index, %to: index, %step: index) {
  %c0 = arith.constant 0 : i64
  scf.for %k = %from to %to step %step {
    %counted = arith.index_cast %k : index to i64
    %next = arith.addi %counted, %x : i64
    %negative = arith.cmpi slt, %next, %c0 : i64
    %sum = arith.addi %next, %n : i64
    %i = arith.select %negative, %sum, %next : i64
    %low = arith.cmpi sge, %i, %c0 : i64
    %high = arith.cmpi slt, %i, %n : i64
    %ok = arith.andi %low, %high : i1
    cf.assert %ok, "7"
    %negative1 = arith.cmpi slt, %x, %c0 : i64
    %sum1 = arith.addi %x, %n : i64
    %i1 = arith.select %negative1, %sum1, %x : i64
    %low1 = arith.cmpi sge, %i1, %c0 : i64
    %high1 = arith.cmpi slt, %i1, %n : i64
    %ok1 = arith.andi %low1, %high1 : i1
    cf.assert %ok1, "8"
    %read = memref.load %p[%k] : memref<?xi64>
    %chosen = arith.select %ok, %read, %next : i64
    %negative2 = arith.cmpi slt, %chosen, %c0 : i64
    %sum2 = arith.addi %chosen, %n : i64
    %i2 = arith.select %negative2, %sum2, %chosen : i64
    %low2 = arith.cmpi sge, %i2, %c0 : i64
    %high2 = arith.cmpi slt, %i2, %n : i64
    %ok2 = arith.andi %low2, %high2 : i1
    cf.assert %ok2, "9"
  }
  return
}

// -----

// A check that is not that of an index, in the same place, stays one.
// CHECK-LABEL: @other_extent
// CHECK-NOT: scf.if
// CHECK: cf.assert
// CHECK: return
func.func @other_extent(%p: memref<?xi64>, %n: i64, %m: i64, %from: index, %to: index, %step: index) {
  %c0 = arith.constant 0 : i64
  scf.for %k = %from to %to step %step {
    %x = memref.load %p[%k] : memref<?xi64>
    %negative = arith.cmpi slt, %x, %c0 : i64
    %sum = arith.addi %x, %m : i64
    %i = arith.select %negative, %sum, %x : i64
    %low = arith.cmpi sge, %i, %c0 : i64
    %high = arith.cmpi slt, %i, %n : i64
    %ok = arith.andi %low, %high : i1
    cf.assert %ok, "7"
  }
  return
}
