// RUN: pyc-opt %s --fold-branches | filecheck %s

// A branch whose condition is known is what it does.
// CHECK-LABEL: func.func @known(
// CHECK-NOT: scf.if
// CHECK: %[[M:.*]] = "pyc.mul"(%arg0
// CHECK-NEXT: return %[[M]]
func.func @known(%x: f64) -> f64 {
  %two = arith.constant 2.0 : f64
  %half = arith.constant 0.5 : f64
  %0 = "pyc.compare"(%two, %half) {predicate = "eq"} : (f64, f64) -> i1
  %1 = scf.if %0 -> (f64) {
    %y = "pyc.add"(%x, %two) : (f64, f64) -> f64
    scf.yield %y : f64
  } else {
    %y = "pyc.mul"(%x, %two) : (f64, f64) -> f64
    scf.yield %y : f64
  }
  return %1 : f64
}

// A choice between scalars is none, and one of truth values is said by what they are.
// CHECK-LABEL: func.func @chosen(
// CHECK-NOT: scf.if
// CHECK: %[[OR:.*]] = "pyc.or"(%arg0, %arg1)
// CHECK: %[[NOT:.*]] = "pyc.not"(%arg0)
// CHECK: %[[S:.*]] = "pyc.select"(%arg0, %arg2, %{{.*}})
// CHECK: return %[[OR]], %[[NOT]], %[[S]], %arg1
func.func @chosen(%c: i1, %s: i1, %x: f64) -> (i1, i1, f64, i1) {
  %true = arith.constant true
  %false = arith.constant false
  %two = arith.constant 2.0 : f64
  %0:4 = scf.if %c -> (i1, i1, f64, i1) {
    scf.yield %true, %false, %x, %s : i1, i1, f64, i1
  } else {
    scf.yield %s, %true, %two, %s : i1, i1, f64, i1
  }
  return %0#0, %0#1, %0#2, %0#3 : i1, i1, f64, i1
}

// Numbers that leave 64 bits stay, and so do branches that choose between arrays, do something, or say something.
// CHECK-LABEL: func.func @kept(
// CHECK: "pyc.int_mul"
// CHECK-COUNT-2: scf.if
// CHECK: scf.if %false
func.func @kept(%c: i1, %x: tensor<?xf64, #pyc.meta<"f64", "cpu">>, %y: tensor<?xf64, #pyc.meta<"f64", "cpu">>, %s: f64)
    -> (tensor<?xf64, #pyc.meta<"f64", "cpu">>, i64, f64) {
  %large = arith.constant 4611686018427387904 : i64
  %0 = "pyc.int_mul"(%large, %large) : (i64, i64) -> i64
  %1 = scf.if %c -> (tensor<?xf64, #pyc.meta<"f64", "cpu">>) {
    scf.yield %x : tensor<?xf64, #pyc.meta<"f64", "cpu">>
  } else {
    scf.yield %y : tensor<?xf64, #pyc.meta<"f64", "cpu">>
  }
  %2 = scf.if %c -> (f64) {
    %3 = "pyc.exp"(%s) : (f64) -> f64
    scf.yield %3 : f64
  } else {
    scf.yield %s : f64
  }
  %false = arith.constant false
  %4 = scf.if %false -> (f64) {
    %5 = "pyc.exp"(%s) {pyc.annotations = {stage = 1 : i64}} : (f64) -> f64
    scf.yield %5 : f64
  } else {
    scf.yield %2 : f64
  }
  return %1, %0, %4 : tensor<?xf64, #pyc.meta<"f64", "cpu">>, i64, f64
}
