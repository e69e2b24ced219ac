// RUN: pyc-opt %s --keep-shared-values --split-input-file | filecheck %s

// Two arrays of the program were computed alike, and are one value: it must be there until both are in their places.

// CHECK-LABEL: func.func @two_places
// CHECK: %[[OWN:.*]] = bufferization.alloc_tensor(%{{.*}}) : tensor<?xf64>
// CHECK: linalg.fill ins(%{{.*}} : f64) outs(%[[OWN]] : tensor<?xf64>)
// CHECK-NOT: tensor.empty
func.func @two_places(%n: index, %p: memref<?xf64>, %q: memref<?xf64>) -> i32 {
  %zero = arith.constant 0 : i32
  %c = arith.constant 0 : index
  %f = arith.constant 1.0 : f64
  %e = tensor.empty(%n) : tensor<?xf64>
  %0 = linalg.fill ins(%f : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
  %1 = tensor.insert %f into %0[%c] : tensor<?xf64>
  bufferization.materialize_in_destination %0 in restrict writable %p : (tensor<?xf64>, memref<?xf64>) -> ()
  bufferization.materialize_in_destination %1 in restrict writable %q : (tensor<?xf64>, memref<?xf64>) -> ()
  return %zero : i32
}

// -----

// Through control flow.

// CHECK-LABEL: func.func @in_a_loop
// CHECK: bufferization.alloc_tensor
func.func @in_a_loop(%n: index, %p: memref<?xf64>, %q: memref<?xf64>) -> i32 {
  %zero = arith.constant 0 : i32
  %c = arith.constant 0 : index
  %one = arith.constant 1 : index
  %f = arith.constant 1.0 : f64
  %e = tensor.empty(%n) : tensor<?xf64>
  %0 = linalg.fill ins(%f : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
  %1 = scf.for %i = %c to %n step %one iter_args(%t = %0) -> (tensor<?xf64>) {
    %2 = tensor.insert %f into %t[%i] : tensor<?xf64>
    scf.yield %2 : tensor<?xf64>
  }
  bufferization.materialize_in_destination %1 in restrict writable %p : (tensor<?xf64>, memref<?xf64>) -> ()
  bufferization.materialize_in_destination %0 in restrict writable %q : (tensor<?xf64>, memref<?xf64>) -> ()
  return %zero : i32
}

// -----

// One place: it is computed there.

// CHECK-LABEL: func.func @one_place
// CHECK: tensor.empty
// CHECK-NOT: bufferization.alloc_tensor
func.func @one_place(%n: index, %p: memref<?xf64>, %q: memref<?xf64>) -> i32 {
  %zero = arith.constant 0 : i32
  %f = arith.constant 1.0 : f64
  %e = tensor.empty(%n) : tensor<?xf64>
  %0 = linalg.fill ins(%f : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
  bufferization.materialize_in_destination %0 in restrict writable %p : (tensor<?xf64>, memref<?xf64>) -> ()
  return %zero : i32
}

// -----

// Two places, for which a condition chooses.

// CHECK-LABEL: func.func @chosen
// CHECK: bufferization.alloc_tensor
func.func @chosen(%n: index, %c: i1, %x: tensor<?xf64>, %p: memref<?xf64>, %q: memref<?xf64>) -> i32 {
  %zero = arith.constant 0 : i32
  %f = arith.constant 1.0 : f64
  %e = tensor.empty(%n) : tensor<?xf64>
  %0 = linalg.fill ins(%f : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
  %1 = linalg.fill ins(%f : f64) outs(%0 : tensor<?xf64>) -> tensor<?xf64>
  %2 = arith.select %c, %x, %1 : tensor<?xf64>
  %3 = arith.select %c, %x, %0 : tensor<?xf64>
  bufferization.materialize_in_destination %2 in restrict writable %p : (tensor<?xf64>, memref<?xf64>) -> ()
  bufferization.materialize_in_destination %3 in restrict writable %q : (tensor<?xf64>, memref<?xf64>) -> ()
  return %zero : i32
}
