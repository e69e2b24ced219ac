// RUN: pyc-opt %s --chunk-parallel | filecheck %s
// RUN: pyc-opt %s --chunk-parallel=chunks=4 | filecheck %s --check-prefix=FOUR

// A number of each chunk goes to memory; then all are combined in order.
// CHECK-LABEL: @sum
// CHECK: %[[PARTS:.*]] = "pyc.allocate"(%{{.*}}) : (tensor<256xf64
// CHECK: scf.for %[[CHUNK:.*]] = %{{.*}} to %[[CHUNKS:.*]] step
// CHECK: "pyc.mul"(%[[CHUNK]], %[[SIZE:.*]]) : (i64, i64) -> i64
// CHECK: "pyc.minimum"(%[[SIZE]],
// CHECK: %[[ZERO:.*]] = arith.constant -0.0{{.*}} : f64
// CHECK: %[[P:.*]] = scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%{{.*}} = %[[ZERO]]) -> (f64)
// CHECK: "pyc.load"
// CHECK: "pyc.add"
// CHECK: "pyc.store"(%[[P]], %[[PARTS]], %[[CHUNK]])
// CHECK: } {pyc.parallel}
// CHECK: %[[R:.*]] = scf.for %[[C:.*]] = %{{.*}} to %[[CHUNKS]] step %{{.*}} iter_args(%[[S:.*]] = %arg1) -> (f64)
// CHECK: %[[V:.*]] = "pyc.load"(%[[PARTS]], %[[C]])
// CHECK: "pyc.add"(%[[S]], %[[V]])
// CHECK: return %[[R]]
// FOUR-LABEL: @sum
// FOUR: "pyc.allocate"(%{{.*}}) : (tensor<4xf64
func.func @sum(%x: memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>, %s: f64) -> f64 attributes {pyc.target = "cpu"} {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> i64
  %r = scf.for %i = %zero to %n step %one iter_args(%c = %s) -> (f64) : i64 {
    %0 = "pyc.load"(%x, %i) {operandSegmentSizes = array<i32: 1, 1>} : (memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>, i64) -> f64
    %1 = "pyc.add"(%c, %0) : (f64, f64) -> f64
    scf.yield %1 : f64
  } {pyc.parallel = ["add"]}
  return %r : f64
}

// Inside, loops are as they were. Where arrays may overlap, the chunks come one after the other.
// CHECK-LABEL: @nested
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.for
// CHECK: "pyc.store"
// CHECK-NOT: pyc.parallel
// CHECK: return
func.func @nested(%x: memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>) attributes {pyc.target = "cpu", pyc.may_overlap} {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %v = arith.constant 1.0 : f64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> i64
  scf.for %i = %zero to %n step %one : i64 {
    scf.for %j = %zero to %n step %one : i64 {
      "pyc.store"(%v, %x, %i) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f64, memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>, i64) -> ()
    } {pyc.parallel = []}
  } {pyc.parallel = []}
  return
}

// What a round says comes in the order of the rounds.
// CHECK-LABEL: @says
// CHECK-COUNT-1: scf.for
// CHECK: "pyc.tell"
// CHECK-NOT: {{scf.for|pyc.parallel}}
// CHECK: return
func.func @says(%n: i64) attributes {pyc.target = "cpu"} {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  scf.for %i = %zero to %n step %one : i64 {
    "pyc.tell"(%i) {operandSegmentSizes = array<i32: 1, 0>, kind = "print", message = "i", template = "{}"} : (i64) -> ()
  } {pyc.parallel = []}
  return
}
