// RUN: pyc-opt %s --store-after-loops --split-input-file | filecheck %s

// The place of the least is written when the loop has found it.
// CHECK-LABEL: @least
// CHECK: %[[R:.*]]:3 = scf.for %[[K:.*]] = {{.*}} iter_args({{.*}}, %[[SOME:.*]] = %false, %[[LAST:.*]] = %{{.*}})
// CHECK: %[[C:.*]]:2 = scf.if
// CHECK: scf.yield %true, %[[K]]
// CHECK: else
// CHECK: scf.yield %[[SOME]], %[[LAST]]
// CHECK-NOT: memref.store
// CHECK: scf.yield %{{.*}}, %[[C]]#0, %[[C]]#1
// CHECK: scf.if %[[R]]#1
// CHECK: memref.store %[[R]]#2, %{{.*}}[%{{.*}}]
func.func @least(%x: memref<?xf64>, %labels: memref<?xindex>, %i: i64, %n: index, %large: f64) -> f64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %k = %c0 to %n step %c1 iter_args(%best = %large) -> (f64) {
    %d = memref.load %x[%k] : memref<?xf64>
    %less = arith.cmpf olt, %d, %best : f64
    %next = arith.select %less, %d, %best : f64
    scf.if %less {
      %at = arith.index_cast %i : i64 to index
      memref.store %k, %labels[%at] : memref<?xindex>
    }
    scf.yield %next : f64
  }
  return %r : f64
}

// -----

// Out of both loops, and of branches in branches, whatever the others give.
// CHECK-LABEL: @twice
// CHECK: %[[R:.*]]:3 = scf.for
// CHECK-NOT: memref.store
// CHECK: scf.if %[[R]]#1
// CHECK: memref.store %[[R]]#2
// CHECK-NOT: memref.store
func.func @twice(%x: memref<?x?xi64>, %y: memref<i64>, %n: index, %t: i64) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> (i64) {
    %q = scf.for %k = %c0 to %n step %c1 iter_args(%u = %s) -> (i64) {
      %v = memref.load %x[%i, %k] : memref<?x?xi64>
      %large = arith.cmpi sgt, %v, %t : i64
      %w = scf.if %large -> (i64) {
        %larger = arith.cmpi sgt, %v, %u : i64
        scf.if %larger {
          memref.store %v, %y[] : memref<i64>
        }
        scf.yield %v : i64
      } else {
        scf.yield %u : i64
      }
      scf.yield %w : i64
    }
    scf.yield %q : i64
  }
  return %r : i64
}

// -----

// Not where the loop reads the array, nor where something can fail, nor at another place each time.
// CHECK-LABEL: @stay
// CHECK-COUNT-3: memref.store
// CHECK-NOT: memref.store
func.func @stay(%x: memref<?xf64>, %y: memref<?xf64>, %n: index, %ok: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f64
  scf.for %k = %c0 to %n step %c1 {
    %d = memref.load %y[%k] : memref<?xf64>
    %less = arith.cmpf olt, %d, %zero : f64
    scf.if %less {
      memref.store %d, %y[%c0] : memref<?xf64>
    }
  }
  scf.for %k = %c0 to %n step %c1 {
    %d = memref.load %x[%k] : memref<?xf64>
    %less = arith.cmpf olt, %d, %zero : f64
    scf.if %less {
      memref.store %d, %y[%c0] : memref<?xf64>
    }
    cf.assert %less, "1"
  }
  scf.for %k = %c0 to %n step %c1 {
    %d = memref.load %x[%k] : memref<?xf64>
    %less = arith.cmpf olt, %d, %zero : f64
    scf.if %less {
      memref.store %d, %y[%k] : memref<?xf64>
    }
  }
  return
}
