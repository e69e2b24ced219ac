// RUN: pyc-opt %s --split-checks | filecheck %s

// Where %r is small, the sum fits 64 bits.
// CHECK-LABEL: func.func @parameter(
// CHECK: %[[LOW:.*]] = "pyc.compare"(%arg1, %{{.*}}) {predicate = "ge"}
// CHECK: %[[HIGH:.*]] = "pyc.compare"(%arg1, %{{.*}}) {predicate = "le"}
// CHECK: %[[SMALL:.*]] = "pyc.and"(%[[LOW]], %[[HIGH]])
// CHECK: scf.if %[[SMALL]]
// CHECK: scf.for
// CHECK-NOT: pyc.int_add
// CHECK: "pyc.add"
// CHECK: else
// CHECK: scf.for
// CHECK: "pyc.int_add"
func.func @parameter(%x: tensor<?xi64, #pyc.meta<"i64", "cpu">>, %r: i64) -> tensor<?xi64, #pyc.meta<"i64", "cpu">> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> i64
  %made = scf.for %i = %zero to %n step %one iter_args(%t = %x) -> (tensor<?xi64, #pyc.meta<"i64", "cpu">>) : i64 {
    %0 = "pyc.int_add"(%i, %r) : (i64, i64) -> i64
    %1 = "pyc.insert"(%0, %t, %i) {operandSegmentSizes = array<i32: 1, 1, 1>} : (i64, tensor<?xi64, #pyc.meta<"i64", "cpu">>, i64) -> tensor<?xi64, #pyc.meta<"i64", "cpu">>
    scf.yield %1 : tensor<?xi64, #pyc.meta<"i64", "cpu">>
  }
  return %made : tensor<?xi64, #pyc.meta<"i64", "cpu">>
}

// A sum of elements is checked however small %r is: the loop has no copy.
// CHECK-LABEL: func.func @elements(
// CHECK-NOT: scf.if
// CHECK: "pyc.int_add"
// CHECK: "pyc.int_mul"
// CHECK-NOT: "pyc.int_add"
// CHECK: return
func.func @elements(%x: tensor<?xi64, #pyc.meta<"i64", "cpu">>, %r: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> i64
  %made = scf.for %i = %zero to %n step %one iter_args(%t = %zero) -> (i64) : i64 {
    %0 = "pyc.extract"(%x, %i) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xi64, #pyc.meta<"i64", "cpu">>, i64) -> i64
    %1 = "pyc.int_add"(%t, %0) : (i64, i64) -> i64
    %2 = "pyc.int_mul"(%1, %r) : (i64, i64) -> i64
    scf.yield %2 : i64
  }
  return %made : i64
}

// A number that each round of the outer loop reads is known before the inner one.
// CHECK-LABEL: func.func @inner(
// CHECK: scf.for
// CHECK: "pyc.extract"
// CHECK: scf.if
// CHECK: scf.for
// CHECK-NOT: pyc.int_add
// CHECK: else
// CHECK: scf.for
// CHECK: "pyc.int_add"
func.func @inner(%x: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> tensor<?xi64, #pyc.meta<"i64", "cpu">> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> i64
  %made = scf.for %i = %zero to %n step %one iter_args(%t = %x) -> (tensor<?xi64, #pyc.meta<"i64", "cpu">>) : i64 {
    %c = "pyc.extract"(%x, %i) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xi64, #pyc.meta<"i64", "cpu">>, i64) -> i64
    %inner = scf.for %j = %zero to %n step %one iter_args(%u = %t) -> (tensor<?xi64, #pyc.meta<"i64", "cpu">>) : i64 {
      %0 = "pyc.int_add"(%j, %c) : (i64, i64) -> i64
      %1 = "pyc.insert"(%0, %u, %j) {operandSegmentSizes = array<i32: 1, 1, 1>} : (i64, tensor<?xi64, #pyc.meta<"i64", "cpu">>, i64) -> tensor<?xi64, #pyc.meta<"i64", "cpu">>
      scf.yield %1 : tensor<?xi64, #pyc.meta<"i64", "cpu">>
    }
    scf.yield %inner : tensor<?xi64, #pyc.meta<"i64", "cpu">>
  }
  return %made : tensor<?xi64, #pyc.meta<"i64", "cpu">>
}

// A branch in a loop that computes from one number: both sides are computed where that is small, and one is chosen.
// CHECK-LABEL: func.func @chain(
// CHECK: scf.while
// CHECK: do
// CHECK: %[[SMALL:.*]] = "pyc.and"
// CHECK: scf.if %[[SMALL]]
// CHECK-NOT: pyc.int_
// CHECK: "pyc.mul"
// CHECK: "pyc.select"
// CHECK: else
// CHECK: scf.if
// CHECK: "pyc.int_mul"
func.func @chain(%n: i64) -> i64 {
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %three = arith.constant 3 : i64
  %zero = arith.constant 0 : i64
  %last = scf.while (%x = %n) : (i64) -> i64 {
    %more = "pyc.compare"(%x, %one) {predicate = "ne"} : (i64, i64) -> i1
    scf.condition(%more) %x : i64
  } do {
  ^bb0(%x: i64):
    %rest = "pyc.int_mod"(%x, %two) : (i64, i64) -> i64
    %even = "pyc.compare"(%rest, %zero) {predicate = "eq"} : (i64, i64) -> i1
    %next = scf.if %even -> (i64) {
      %half = "pyc.int_floordiv"(%x, %two) : (i64, i64) -> i64
      scf.yield %half : i64
    } else {
      %more = "pyc.int_mul"(%three, %x) : (i64, i64) -> i64
      %sum = "pyc.int_add"(%more, %one) : (i64, i64) -> i64
      scf.yield %sum : i64
    }
    scf.yield %next : i64
  }
  return %last : i64
}

// A quotient by the number itself is only computed where the program does.
// CHECK-LABEL: func.func @quotient(
// CHECK: scf.for
// CHECK-NOT: "pyc.select"
// CHECK: return
func.func @quotient(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %ten = arith.constant 10 : i64
  %made = scf.for %i = %zero to %n step %one iter_args(%x = %n) -> (i64) : i64 {
    %some = "pyc.compare"(%x, %zero) {predicate = "ne"} : (i64, i64) -> i1
    %next = scf.if %some -> (i64) {
      %part = "pyc.int_floordiv"(%ten, %x) : (i64, i64) -> i64
      scf.yield %part : i64
    } else {
      %more = "pyc.int_add"(%x, %ten) : (i64, i64) -> i64
      scf.yield %more : i64
    }
    scf.yield %next : i64
  }
  return %made : i64
}

// A number without a sign is not compared with those that have one.
// CHECK-LABEL: func.func @unsigned(
// CHECK: scf.for
// CHECK-NOT: "pyc.select"
// CHECK: "pyc.int_mul"
// CHECK-NOT: "pyc.select"
// CHECK: return
func.func @unsigned(%n: i64, %x: ui64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %four = arith.constant 4 : i64
  %big = "pyc.cast"(%four) : (i64) -> ui64
  %made = scf.for %i = %zero to %n step %one iter_args(%k = %zero) -> (i64) : i64 {
    %first = "pyc.compare"(%i, %four) {predicate = "lt"} : (i64, i64) -> i1
    %next = scf.if %first -> (i64) {
      %part = "pyc.floordiv"(%x, %big) : (ui64, ui64) -> ui64
      %signed = "pyc.cast"(%part) : (ui64) -> i64
      %more = "pyc.int_mul"(%signed, %four) : (i64, i64) -> i64
      scf.yield %more : i64
    } else {
      scf.yield %one : i64
    }
    scf.yield %next : i64
  }
  return %made : i64
}
