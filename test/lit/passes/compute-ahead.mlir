// RUN: pyc-opt %s --compute-ahead=block=8 | filecheck %s

// Eight rounds are computed, then written; where a check fails they are done again one by one, as what is left is.
// CHECK-LABEL: @logarithms
// CHECK-SAME: (%[[X:.*]]: memref<?xf64>, %[[Y:.*]]: memref<?xf64>, %[[N:.*]]: i64)
// CHECK: %[[ROUNDS:.*]] = memref.alloca() : memref<8xf64>
// CHECK: scf.for %[[START:.*]] = %{{.*}} to %[[END:.*]] step
// CHECK: %[[FINE:.*]] = scf.for %[[J:.*]] = {{.*}} iter_args(%[[SO_FAR:.*]] = %{{.*}}) -> (i1)
// CHECK: memref.load %[[X]]
// CHECK: math.log
// CHECK: memref.store %{{.*}}, %[[ROUNDS]][%[[J]]]
// CHECK-NOT: cf.assert
// CHECK: scf.if %[[FINE]]
// CHECK: memref.load %[[ROUNDS]]
// CHECK: memref.store %{{.*}}, %[[Y]]
// CHECK: else
// CHECK: scf.for
// CHECK: cf.assert
// CHECK: memref.store %{{.*}}, %[[Y]]
// CHECK: scf.for %{{.*}} = %[[END]] to %[[N]] step
// CHECK: cf.assert
func.func @logarithms(%x: memref<?xf64>, %y: memref<?xf64>, %n: i64) {
  %low = arith.constant 0 : i64
  %step = arith.constant 1 : i64
  %zero = arith.constant 0.0 : f64
  scf.for %i = %low to %n step %step : i64 {
    %at = arith.index_cast %i : i64 to index
    %a = memref.load %x[%at] : memref<?xf64>
    %ok = arith.cmpf ogt, %a, %zero : f64
    %said = builtin.unrealized_conversion_cast %ok, %a : i1, f64 to i1
    cf.assert %said, "1"
    %b = math.log %a : f64
    memref.store %b, %y[%at] : memref<?xf64>
  }
  return
}

// What the next round reads is written before it.
// CHECK-LABEL: @recurrence
// CHECK-NOT: memref.alloca
// CHECK: return
func.func @recurrence(%x: memref<?xf64>, %n: i64) {
  %low = arith.constant 0 : i64
  %step = arith.constant 1 : i64
  %zero = arith.constant 0.0 : f64
  scf.for %i = %low to %n step %step : i64 {
    %at = arith.index_cast %i : i64 to index
    %a = memref.load %x[%at] : memref<?xf64>
    %ok = arith.cmpf ogt, %a, %zero : f64
    cf.assert %ok, "1"
    %b = math.log %a : f64
    %next = arith.addi %i, %step : i64
    %there = arith.index_cast %next : i64 to index
    memref.store %b, %x[%there] : memref<?xf64>
  }
  return
}

// Without the check of an index, nothing may be read there; nor where a number that was read says.
// CHECK-LABEL: @indices
// CHECK-NOT: memref.alloca
// CHECK: return
func.func @indices(%x: memref<?xf64>, %k: memref<?xi64>, %y: memref<?xf64>, %n: i64, %m: i64) {
  %low = arith.constant 0 : i64
  %step = arith.constant 1 : i64
  scf.for %i = %low to %n step %step : i64 {
    %inside = arith.cmpi slt, %i, %m : i64
    cf.assert %inside, "1"
    %at = arith.index_cast %i : i64 to index
    %a = memref.load %x[%at] : memref<?xf64>
    %b = math.log %a : f64
    memref.store %b, %y[%at] : memref<?xf64>
  }
  scf.for %i = %low to %n step %step : i64 {
    %at = arith.index_cast %i : i64 to index
    %j = memref.load %k[%at] : memref<?xi64>
    %inside = arith.cmpi slt, %j, %m : i64
    cf.assert %inside, "2"
    %there = arith.index_cast %j : i64 to index
    %a = memref.load %x[%there] : memref<?xf64>
    %b = math.log %a : f64
    memref.store %b, %y[%at] : memref<?xf64>
  }
  return
}
