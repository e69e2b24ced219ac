// RUN: pyc-opt %s --drop-idle-checks | filecheck %s

// An index that counts up to the extent is inside; adding one to it fits.
// CHECK-LABEL: func.func @counts(
// CHECK: scf.for
// CHECK-NOT: pyc.check
// CHECK-NOT: pyc.int_add
// CHECK: "pyc.add"
// CHECK: return
func.func @counts(%x: tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
  %r = scf.for %i = %zero to %n step %one iter_args(%c = %zero) -> (i64) : i64 {
    %0 = "pyc.compare"(%i, %n) {predicate = "lt"} : (i64, i64) -> i1
    %1 = "pyc.compare"(%i, %zero) {predicate = "ge"} : (i64, i64) -> i1
    %2 = "pyc.and"(%0, %1) : (i1, i1) -> i1
    "pyc.check"(%2) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    %3 = "pyc.int_add"(%c, %one) : (i64, i64) -> i64
    scf.yield %3 : i64
  }
  return %r : i64
}

// A sum of anything may leave 64 bits, also in few rounds.
// CHECK-LABEL: func.func @sums(
// CHECK: "pyc.int_add"
func.func @sums(%x: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %r = scf.for %i = %zero to %two step %one iter_args(%c = %zero) -> (i64) : i64 {
    %0 = "pyc.int_add"(%c, %x) : (i64, i64) -> i64
    scf.yield %0 : i64
  }
  return %r : i64
}

// In a branch, its condition holds; behind it, no more.
// CHECK-LABEL: func.func @branches(
// CHECK: scf.if
// CHECK: "pyc.mul"
// CHECK: else
// CHECK: "pyc.int_mul"
// CHECK: "pyc.int_mul"
func.func @branches(%n: i64) -> (i64, i64) {
  %zero = arith.constant 0 : i64
  %many = arith.constant 1000 : i64
  %0 = "pyc.compare"(%n, %zero) {predicate = "ge"} : (i64, i64) -> i1
  %1 = "pyc.compare"(%n, %many) {predicate = "lt"} : (i64, i64) -> i1
  %2 = "pyc.and"(%0, %1) : (i1, i1) -> i1
  %r = scf.if %2 -> (i64) {
    %3 = "pyc.int_mul"(%n, %n) : (i64, i64) -> i64
    scf.yield %3 : i64
  } else {
    %3 = "pyc.int_mul"(%n, %n) : (i64, i64) -> i64
    scf.yield %3 : i64
  }
  %4 = "pyc.int_mul"(%n, %n) : (i64, i64) -> i64
  return %r, %4 : i64, i64
}

// A counter below a bound: the loop's condition says it.
// CHECK-LABEL: func.func @bounded(
// CHECK: scf.while
// CHECK-NOT: pyc.int_add
// CHECK: "pyc.cast"
// CHECK: "pyc.mod"(%{{.*}}, %{{.*}}) : (ui64, ui64) -> ui64
// CHECK-NOT: pyc.int_add
// CHECK: return
func.func @bounded(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %seven = arith.constant 7 : i64
  %r = scf.while (%i = %zero) : (i64) -> i64 {
    %0 = "pyc.compare"(%i, %n) {predicate = "lt"} : (i64, i64) -> i1
    scf.condition(%0) %i : i64
  } do {
  ^bb0(%i: i64):
    %0 = "pyc.int_mod"(%i, %seven) : (i64, i64) -> i64
    %1 = "pyc.int_add"(%i, %one) : (i64, i64) -> i64
    scf.yield %1 : i64
  }
  return %r : i64
}

// Behind a check, what it says holds; a check that fails always stays.
// CHECK-LABEL: func.func @checked(
// CHECK: "pyc.check"
// CHECK: "pyc.sub"
// CHECK: "pyc.check"(%{{.*}}) {kind = "ValueError"
// CHECK: return
func.func @checked(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %0 = "pyc.compare"(%n, %zero) {predicate = "gt"} : (i64, i64) -> i1
  "pyc.check"(%0) {kind = "IndexError", message = "positive"} : (i1) -> ()
  %1 = "pyc.int_sub"(%n, %one) : (i64, i64) -> i64
  %2 = "pyc.compare"(%1, %zero) {predicate = "lt"} : (i64, i64) -> i1
  "pyc.check"(%2) {kind = "ValueError", message = "never"} : (i1) -> ()
  return %1 : i64
}

// Neighbours of a position that stays one away from both ends are inside; one step further is not.
// CHECK-LABEL: func.func @neighbours(
// CHECK: scf.for
// CHECK-NOT: pyc.check
// CHECK: "pyc.extract"
// CHECK-NOT: pyc.check
// CHECK: "pyc.extract"
// CHECK: "pyc.check"
// CHECK-NEXT: "pyc.extract"
// CHECK: return
func.func @neighbours(%x: tensor<?xf64, #pyc.meta<"f64", "cpu">>) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
  %last = "pyc.int_sub"(%n, %one) : (i64, i64) -> i64
  scf.for %i = %one to %last step %one : i64 {
    %before = "pyc.int_sub"(%i, %one) : (i64, i64) -> i64
    %0 = "pyc.compare"(%before, %zero) {predicate = "lt"} : (i64, i64) -> i1
    %1 = "pyc.add"(%before, %n) : (i64, i64) -> i64
    %2 = "pyc.select"(%0, %1, %before) : (i1, i64, i64) -> i64
    %3 = "pyc.compare"(%zero, %2) {predicate = "le"} : (i64, i64) -> i1
    %4 = "pyc.compare"(%2, %n) {predicate = "lt"} : (i64, i64) -> i1
    %5 = "pyc.and"(%3, %4) : (i1, i1) -> i1
    "pyc.check"(%5) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    %6 = "pyc.extract"(%x, %2) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, i64) -> f64
    %behind = "pyc.int_add"(%i, %one) : (i64, i64) -> i64
    %7 = "pyc.compare"(%behind, %n) {predicate = "lt"} : (i64, i64) -> i1
    "pyc.check"(%7) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    %8 = "pyc.extract"(%x, %behind) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, i64) -> f64
    %far = "pyc.int_add"(%i, %two) : (i64, i64) -> i64
    %9 = "pyc.compare"(%far, %n) {predicate = "lt"} : (i64, i64) -> i1
    "pyc.check"(%9) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    %10 = "pyc.extract"(%x, %far) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, i64) -> f64
  }
  return
}

// What is less than the less of two is less than each; a remainder is less than what it is divided by.
// CHECK-LABEL: func.func @extremes(
// CHECK-NOT: pyc.check
// CHECK: scf.if
// CHECK-NOT: pyc.check
// CHECK: "pyc.extract"
// CHECK-NOT: pyc.check
// CHECK: "pyc.extract"
// CHECK: return
func.func @extremes(%x: tensor<?xf64, #pyc.meta<"f64", "cpu">>, %i: i64, %m: i64) {
  %zero = arith.constant 0 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
  %less = "pyc.compare"(%m, %n) {predicate = "lt"} : (i64, i64) -> i1
  %end = "pyc.select"(%less, %m, %n) : (i1, i64, i64) -> i64
  %above = "pyc.compare"(%i, %zero) {predicate = "ge"} : (i64, i64) -> i1
  %below = "pyc.compare"(%i, %end) {predicate = "lt"} : (i64, i64) -> i1
  %0 = "pyc.and"(%above, %below) : (i1, i1) -> i1
  scf.if %0 {
    %1 = "pyc.compare"(%i, %n) {predicate = "lt"} : (i64, i64) -> i1
    "pyc.check"(%1) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    %2 = "pyc.extract"(%x, %i) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, i64) -> f64
    %rest = "pyc.int_mod"(%m, %n) : (i64, i64) -> i64
    %3 = "pyc.compare"(%rest, %n) {predicate = "lt"} : (i64, i64) -> i1
    "pyc.check"(%3) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    %4 = "pyc.extract"(%x, %rest) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, i64) -> f64
  }
  return
}

// Two slices of as many elements have equal extents, also where both were computed; the less of two numbers is known.
// CHECK-LABEL: func.func @slices(
// CHECK-NOT: pyc.check
// CHECK-NOT: pyc.minimum
// CHECK: return
func.func @slices(%x: tensor<?x?xf64, #pyc.meta<"f64", "cpu">>) -> f64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %start = arith.constant 0.0 : f64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?x?xf64, #pyc.meta<"f64", "cpu">>) -> i64
  %r = scf.for %i = %zero to %n step %one iter_args(%c = %start) -> (f64) : i64 {
    %0 = "pyc.minimum"(%i, %n) : (i64, i64) -> i64
    %1 = "pyc.sub"(%n, %i) : (i64, i64) -> i64
    %2 = "pyc.maximum"(%1, %one) : (i64, i64) -> i64
    %3 = "pyc.sub"(%n, %i) : (i64, i64) -> i64
    %4 = "pyc.maximum"(%3, %one) : (i64, i64) -> i64
    %5 = "pyc.slice"(%x, %0, %zero, %2, %one, %one, %one) {dropped = [1], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (tensor<?x?xf64, #pyc.meta<"f64", "cpu">>, i64, i64, i64, i64, i64, i64) -> tensor<?xf64, #pyc.meta<"f64", "cpu">>
    %6 = "pyc.slice"(%x, %i, %zero, %4, %one, %one, %one) {dropped = [1], operandSegmentSizes = array<i32: 1, 2, 2, 2>} : (tensor<?x?xf64, #pyc.meta<"f64", "cpu">>, i64, i64, i64, i64, i64, i64) -> tensor<?xf64, #pyc.meta<"f64", "cpu">>
    %7 = "pyc.dim"(%5) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
    %8 = "pyc.dim"(%6) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
    %9 = "pyc.compare"(%7, %8) {predicate = "eq"} : (i64, i64) -> i1
    "pyc.check"(%9) {kind = "ValueError", message = "the lengths differ"} : (i1) -> ()
    %10 = "pyc.matmul"(%5, %6) : (tensor<?xf64, #pyc.meta<"f64", "cpu">>, tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> f64
    %11 = "pyc.add"(%c, %10) : (f64, f64) -> f64
    scf.yield %11 : f64
  }
  return %r : f64
}

// A loop that counts down has an index of another loop's sign; a condition bounds what its sums are made of.
// CHECK-LABEL: func.func @down(
// CHECK-NOT: pyc.check
// CHECK-NOT: pyc.int_
// CHECK: return
func.func @down(%x: tensor<?xf64, #pyc.meta<"f64", "cpu">>, %i: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %last = arith.constant -1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
  %first = "pyc.sub"(%zero, %n) : (i64, i64) -> i64
  %r = scf.for %t = %first to %zero step %one iter_args(%c = %zero) -> (i64) : i64 {
    %j = "pyc.not"(%t) : (i64) -> i64
    %0 = "pyc.compare"(%j, %n) {predicate = "lt"} : (i64, i64) -> i1
    "pyc.check"(%0) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    %1 = "pyc.compare"(%j, %zero) {predicate = "ge"} : (i64, i64) -> i1
    "pyc.check"(%1) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    scf.yield %j : i64
  }
  %twice = "pyc.mul"(%r, %two) : (i64, i64) -> i64
  %odd = "pyc.add"(%twice, %one) : (i64, i64) -> i64
  %inside = "pyc.compare"(%odd, %n) {predicate = "lt"} : (i64, i64) -> i1
  %s = scf.if %inside -> (i64) {
    %more = "pyc.int_add"(%r, %n) : (i64, i64) -> i64
    scf.yield %more : i64
  } else {
    scf.yield %r : i64
  }
  return %s : i64
}

// A choice that gives true only in one way says that this way was taken.
// CHECK-LABEL: func.func @chosen(
// CHECK: scf.if
// CHECK: scf.if
// CHECK-NOT: IndexError
// CHECK: ValueError
// CHECK: return
func.func @chosen(%n: i64, %i: i64, %stop: i1) {
  %false = arith.constant false
  %c = scf.if %stop -> (i1) {
    scf.yield %false : i1
  } else {
    %0 = "pyc.compare"(%i, %n) {predicate = "lt"} : (i64, i64) -> i1
    scf.yield %0 : i1
  }
  scf.if %c {
    %1 = "pyc.compare"(%i, %n) {predicate = "lt"} : (i64, i64) -> i1
    "pyc.check"(%1) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    "pyc.check"(%stop) {kind = "ValueError", message = "did not stop"} : (i1) -> ()
  }
  return
}

// Steps of 3, up and down: the number of rounds is a quotient, of the greater or the less of two numbers.
// CHECK-LABEL: func.func @strides(
// CHECK-NOT: pyc.check
// CHECK: return
func.func @strides(%x: tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %three = arith.constant 3 : i64
  %down = arith.constant -3 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xf64, #pyc.meta<"f64", "cpu">>) -> i64
  %stop = "pyc.sub"(%n, %one) : (i64, i64) -> i64
  %end = "pyc.maximum"(%stop, %one) : (i64, i64) -> i64
  %span = "pyc.sub"(%end, %two) : (i64, i64) -> i64
  %last = "pyc.floordiv"(%span, %three) : (i64, i64) -> i64
  %count = "pyc.add"(%last, %one) : (i64, i64) -> i64
  %r = scf.for %k = %zero to %count step %one iter_args(%c = %zero) -> (i64) : i64 {
    %k3 = "pyc.mul"(%k, %three) : (i64, i64) -> i64
    %next = "pyc.add"(%k3, %two) : (i64, i64) -> i64
    %0 = "pyc.compare"(%next, %n) {predicate = "lt"} : (i64, i64) -> i1
    "pyc.check"(%0) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    scf.yield %next : i64
  }
  %least = "pyc.minimum"(%stop, %zero) : (i64, i64) -> i64
  %above = "pyc.not"(%least) : (i64) -> i64
  %fall = "pyc.add"(%stop, %above) : (i64, i64) -> i64
  %first = "pyc.floordiv"(%fall, %three) : (i64, i64) -> i64
  %falls = "pyc.add"(%first, %one) : (i64, i64) -> i64
  %s = scf.for %k = %zero to %falls step %one iter_args(%c = %r) -> (i64) : i64 {
    %k3 = "pyc.mul"(%k, %down) : (i64, i64) -> i64
    %i = "pyc.add"(%stop, %k3) : (i64, i64) -> i64
    %1 = "pyc.compare"(%i, %one) {predicate = "ge"} : (i64, i64) -> i1
    "pyc.check"(%1) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    %2 = "pyc.compare"(%i, %n) {predicate = "lt"} : (i64, i64) -> i1
    "pyc.check"(%2) {kind = "IndexError", message = "out of bounds"} : (i1) -> ()
    scf.yield %i : i64
  }
  return %s : i64
}

// What differs where a branch is taken differs in it, also where that was computed before.
// CHECK-LABEL: func.func @differ(
// CHECK: scf.if
// CHECK-NOT: pyc.check
// CHECK: else
// CHECK-COUNT-1: pyc.check
// CHECK-NOT: pyc.check
// CHECK: return
func.func @differ(%a: i64, %b: i64) {
  %early = "pyc.compare"(%b, %a) {predicate = "ne"} : (i64, i64) -> i1
  %ne = "pyc.compare"(%a, %b) {predicate = "ne"} : (i64, i64) -> i1
  scf.if %ne {
    "pyc.check"(%early) {kind = "ValueError", message = "equal"} : (i1) -> ()
    %0 = "pyc.compare"(%a, %b) {predicate = "ne"} : (i64, i64) -> i1
    "pyc.check"(%0) {kind = "ValueError", message = "equal"} : (i1) -> ()
  } else {
    "pyc.check"(%early) {kind = "ValueError", message = "equal"} : (i1) -> ()
  }
  return
}

// A number that is doubled in every round, and compared before, stays in the range of what it is compared with.
// CHECK-LABEL: func.func @sift(
// CHECK-NOT: pyc.int_
// CHECK: return
func.func @sift(%x: tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> i64
  %last = scf.while (%root = %zero) : (i64) -> i64 {
    %twice = "pyc.int_mul"(%two, %root) : (i64, i64) -> i64
    %child = "pyc.int_add"(%twice, %one) : (i64, i64) -> i64
    %more = "pyc.compare"(%child, %n) {predicate = "lt"} : (i64, i64) -> i1
    scf.condition(%more) %root : i64
  } do {
  ^bb0(%root: i64):
    %twice = "pyc.int_mul"(%two, %root) : (i64, i64) -> i64
    %child = "pyc.int_add"(%twice, %one) : (i64, i64) -> i64
    scf.yield %child : i64
  }
  return %last : i64
}

// What is an index, counted from either end, lies between -n and n: one more fits 64 bits.
// CHECK-LABEL: func.func @scan(
// CHECK: "pyc.check"
// CHECK-NOT: pyc.int_
// CHECK: return
func.func @scan(%x: tensor<?xi64, #pyc.meta<"i64", "cpu">>, %first: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %n = "pyc.dim"(%x) {axis = 0 : i64} : (tensor<?xi64, #pyc.meta<"i64", "cpu">>) -> i64
  %last = scf.while (%i = %first) : (i64) -> i64 {
    %negative = "pyc.compare"(%i, %zero) {predicate = "lt"} : (i64, i64) -> i1
    %from_end = "pyc.add"(%i, %n) : (i64, i64) -> i64
    %at = "pyc.select"(%negative, %from_end, %i) : (i1, i64, i64) -> i64
    %low = "pyc.compare"(%zero, %at) {predicate = "le"} : (i64, i64) -> i1
    %high = "pyc.compare"(%at, %n) {predicate = "lt"} : (i64, i64) -> i1
    %inside = "pyc.and"(%low, %high) : (i1, i1) -> i1
    "pyc.check"(%inside) {kind = "IndexError", message = "index out of bounds"} : (i1) -> ()
    %v = "pyc.extract"(%x, %at) {operandSegmentSizes = array<i32: 1, 1>} : (tensor<?xi64, #pyc.meta<"i64", "cpu">>, i64) -> i64
    %more = "pyc.compare"(%v, %zero) {predicate = "lt"} : (i64, i64) -> i1
    scf.condition(%more) %i : i64
  } do {
  ^bb0(%i: i64):
    %next = "pyc.int_add"(%i, %one) : (i64, i64) -> i64
    %two = "pyc.int_sub"(%next, %one) : (i64, i64) -> i64
    %three = "pyc.int_add"(%two, %one) : (i64, i64) -> i64
    scf.yield %three : i64
  }
  return %last : i64
}
