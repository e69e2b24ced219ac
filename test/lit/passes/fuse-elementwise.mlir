// RUN: pyc-opt %s --lower-to-linalg --fuse-elementwise --split-input-file | filecheck %s

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// CHECK-LABEL: @chain
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK: arith.addf
// CHECK: arith.mulf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @chain(%x: !v, %y: !v, %s: f32) -> !v {
  %0 = "pyc.exp"(%x) : (!v) -> !v
  %1 = "pyc.add"(%0, %y) : (!v, !v) -> !v
  %2 = "pyc.mul"(%1, %s) : (!v, f32) -> !v
  return %2 : !v
}

// -----

!m = tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
// A contraction would compute its operand once for each column: it stays stored.
// CHECK-LABEL: @not_into_a_contraction
// CHECK: linalg.generic {{.*}} ["parallel", "parallel"]
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} ["parallel", "reduction", "parallel"]
// CHECK-NOT: math.exp
// CHECK: return
// CHECK-NOT: dealloc_tensor
func.func @not_into_a_contraction(%x: !m, %y: !m) -> !m {
  %0 = "pyc.exp"(%x) : (!m) -> !m
  %1 = "pyc.matmul"(%0, %y) : (!m, !m) -> !m
  return %1 : !m
}

// -----

!m = tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
// What is as cheap as a load is read where it is: no transposed copy.
// CHECK: affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-LABEL: @a_transposed_operand
// CHECK: linalg.generic {{.*}} ["parallel", "reduction", "parallel"]
// CHECK-NOT: linalg.generic
func.func @a_transposed_operand(%x: !m, %y: !m) -> !m {
  %0 = "pyc.transpose"(%y) {permutation = [1 : i64, 0 : i64]} : (!m) -> !m
  %1 = "pyc.matmul"(%x, %0) : (!m, !m) -> !m
  return %1 : !m
}

// -----

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
!m = tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
// Every tensor keeps its encoding, whatever fusion does with reshapes.
// CHECK-LABEL: @encodings
// CHECK-NOT: f32>
// CHECK: return
func.func @encodings(%x: !m, %m: i64, %n: i64) -> !m {
  %0 = "pyc.exp"(%x) : (!m) -> !m
  %1 = "pyc.reshape"(%0, %m, %n) {operandSegmentSizes = array<i32: 1, 2>} : (!m, i64, i64) -> !m
  %2 = "pyc.neg"(%1) : (!m) -> !m
  return %2 : !m
}

// -----

!v = tensor<?xf32, #pyc.meta<"f32", "cpu">>
// No read moves above the check that guards it.
// CHECK-LABEL: @a_guarded_read_in_a_loop
// CHECK: scf.for
// CHECK: cf.assert
// CHECK: tensor.extract
func.func @a_guarded_read_in_a_loop(%x: !v, %i: i64, %n: i64, %ok: i1) -> f32 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %start = arith.constant 0.0 : f32
  %r = scf.for %k = %zero to %n step %one iter_args(%acc = %start) -> f32 : i64 {
    "pyc.check"(%ok) {kind = "IndexError", message = "index out of bounds"} : (i1) -> ()
    %e = "pyc.extract"(%x, %i) {operandSegmentSizes = array<i32: 1, 1>} : (!v, i64) -> f32
    %s = "pyc.add"(%acc, %e) : (f32, f32) -> f32
    scf.yield %s : f32
  }
  return %r : f32
}

// -----

!v = tensor<?xf64, #pyc.meta<"f64", "cpu">>
!m = tensor<?x?xf64, #pyc.meta<"f64", "cpu">>
// A product of matrices stays one, though scaling is cheap; a matrix that is read once is scaled where it is read.
// CHECK-LABEL: @scaled
// CHECK: linalg.generic {{.*}} ["parallel", "parallel"]
// CHECK: arith.mulf
// CHECK: linalg.generic {{.*}} ["parallel", "reduction", "parallel"]
// CHECK: return
// CHECK-LABEL: @scaled_once
// CHECK-NOT: ["parallel", "parallel"]
// CHECK: return
func.func @scaled(%x: !m, %y: !m, %s: f64) -> !m {
  %0 = "pyc.mul"(%x, %s) : (!m, f64) -> !m
  %1 = "pyc.matmul"(%0, %y) : (!m, !m) -> !m
  return %1 : !m
}
func.func @scaled_once(%x: !m, %y: !v, %s: f64) -> !v {
  %0 = "pyc.mul"(%x, %s) : (!m, f64) -> !m
  %1 = "pyc.matmul"(%0, %y) : (!m, !v) -> !v
  return %1 : !v
}

// -----

!m = tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
// A difference that two operations read is computed in both: nothing is stored between them.
// CHECK-LABEL: @cheap_with_two_readers
// CHECK: linalg.generic {{.*}} ["reduction", "reduction"]
// CHECK: arith.subf
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} ["parallel", "parallel"]
// CHECK: arith.subf
// CHECK: math.tanh
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @cheap_with_two_readers(%x: !m, %s: f32) -> (f32, !m) {
  %0 = "pyc.sub"(%x, %s) : (!m, f32) -> !m
  %1 = "pyc.exp"(%0) : (!m) -> !m
  %2 = "pyc.reduce"(%1) {axes = [0 : i64, 1 : i64], keepdims = false, kind = "sum"} : (!m) -> f32
  %3 = "pyc.tanh"(%0) : (!m) -> !m
  return %2, %3 : f32, !m
}

// -----

!m = tensor<?x?xf32, #pyc.meta<"f32", "cpu">>
// What costs more is stored once.
// CHECK-LABEL: @dear_with_two_readers
// CHECK-COUNT-1: math.exp
// CHECK-NOT: math.exp
// CHECK: return
func.func @dear_with_two_readers(%x: !m, %s: f32) -> (!m, !m) {
  %0 = "pyc.exp"(%x) : (!m) -> !m
  %1 = "pyc.tanh"(%0) : (!m) -> !m
  %2 = "pyc.log"(%0) : (!m) -> !m
  return %1, %2 : !m, !m
}

// -----

!v = tensor<?xf64, #pyc.meta<"f64", "cpu">>
!c = tensor<?xi1, #pyc.meta<"f64", "cpu">>
!b = tensor<?xi1, #pyc.meta<"bool", "cpu">>
// Booleans that are called those of a precision, and then booleans, are the same.
// CHECK-LABEL: @booleans
// CHECK: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @booleans(%x: !v, %a: f64, %b: f64) -> !b {
  %0 = "pyc.compare"(%x, %a) {predicate = "gt"} : (!v, f64) -> !c
  %1 = "pyc.cast"(%0) : (!c) -> !b
  %2 = "pyc.compare"(%x, %b) {predicate = "lt"} : (!v, f64) -> !c
  %3 = "pyc.cast"(%2) : (!c) -> !b
  %4 = "pyc.and"(%1, %3) : (!b, !b) -> !b
  return %4 : !b
}

// -----

!m = tensor<?x?xf64, #pyc.meta<"f64", "cpu">>
!v = tensor<?xf64, #pyc.meta<"f64", "cpu">>
// A difference whose square is one of its readers is computed again as well.
// CHECK-LABEL: @squared
// CHECK: linalg.generic {{.*}} ["parallel", "reduction"]
// CHECK: arith.subf
// CHECK: arith.mulf
// CHECK: linalg.generic {{.*}} ["parallel", "parallel"]
// CHECK: arith.subf
// CHECK: math.exp
// CHECK-NOT: linalg.generic
func.func @squared(%x: !m, %s: f64) -> (!v, !m) {
  %0 = "pyc.sub"(%x, %s) : (!m, f64) -> !m
  %1 = "pyc.mul"(%0, %0) : (!m, !m) -> !m
  %2 = "pyc.reduce"(%1) {axes = [1 : i64], keepdims = false, kind = "sum"} : (!m) -> !v
  %3 = "pyc.exp"(%0) : (!m) -> !m
  return %2, %3 : !v, !m
}

// -----

!v = tensor<?xf64, #pyc.meta<"f64", "cpu">>
// What is computed of an array does not join who reads what was written to it since: it would read a copy.
// CHECK-LABEL: @before_a_write
// CHECK: linalg.generic
// CHECK: arith.addf
// CHECK: math.exp
// CHECK: tensor.insert
// CHECK: linalg.generic
// CHECK: arith.mulf
func.func @before_a_write(%x: !v, %y: !v, %s: f64, %i: i64) -> (!v, !v) {
  %0 = "pyc.add"(%x, %y) : (!v, !v) -> !v
  %1 = "pyc.exp"(%0) : (!v) -> !v
  %2 = "pyc.insert"(%s, %x, %i) {operandSegmentSizes = array<i32: 1, 1, 1>} : (f64, !v, i64) -> !v
  %3 = "pyc.mul"(%1, %2) : (!v, !v) -> !v
  return %2, %3 : !v, !v
}

// -----

!i = tensor<?xi32, #pyc.meta<"i32", "cpu">>
!l = tensor<?xi64, #pyc.meta<"i64", "cpu">>
// What only has another type is not stored for who takes its elements in turn.
// CHECK-LABEL: @converted
// CHECK-NOT: tensor<?xi64
// CHECK: linalg.generic
// CHECK: arith.extsi
// CHECK: arith.muli
// CHECK-NOT: linalg.generic
// CHECK: scf.for
// CHECK: %[[E:.*]] = tensor.extract %{{.*}} : tensor<?xi32
// CHECK: arith.extsi %[[E]]
func.func @converted(%x: !i, %n: i64) -> (i64, i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %0 = "pyc.cast"(%x) : (!i) -> !l
  %1 = "pyc.mul"(%0, %0) : (!l, !l) -> !l
  %2 = "pyc.reduce"(%1) {axes = [0 : i64], keepdims = false, kind = "sum"} : (!l) -> i64
  %3 = scf.for %k = %zero to %n step %one iter_args(%s = %zero) -> (i64) : i64 {
    %e = "pyc.extract"(%0, %k) {operandSegmentSizes = array<i32: 1, 1>} : (!l, i64) -> i64
    scf.yield %e : i64
  }
  return %2, %3 : i64, i64
}
