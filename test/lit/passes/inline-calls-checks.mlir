// RUN: pyc-opt %s --inline-calls | filecheck %s

// A check in an inlined body gets a number of its own for each way that calls led there; calls are entries too.
// CHECK: pyc.errors = [
// CHECK-SAME: function = "check", kind = "ValueError", line = 2 : i64, message = "m", number = 1 : i64}
// CHECK-SAME: {column = 5 : i64, file = "p.py", function = "g[f32]", kind = "call", line = 8 : i64, message = "", number = 2 : i64}
// CHECK-SAME: {caller = 2 : i64, {{.*}} kind = "ValueError", {{.*}} number = 3 : i64}
// CHECK-SAME: {column = 7 : i64, {{.*}} kind = "call", line = 9 : i64, message = "", number = 4 : i64}
// CHECK-SAME: {caller = 4 : i64, {{.*}} kind = "ValueError", {{.*}} number = 5 : i64}
module attributes {pyc.errors = [{column = 3 : i64, file = "p.py", function = "check", kind = "ValueError", line = 2 : i64, message = "m", number = 1 : i64}]} {
  func.func private @pyc.tell.0(i32) -> i32
  func.func private @check(%ok: i1) {
    %number = arith.constant 1 : i32
    %0 = func.call @pyc.tell.0(%number) : (i32) -> i32 loc("p.py":2:3)
    cf.assert %ok, "1" loc("p.py":2:3)
    return
  }
  // CHECK-LABEL: @g
  // CHECK: call @pyc.tell.0(%c3_i32)
  // CHECK: cf.assert %{{.*}}, "3"
  // CHECK: call @pyc.tell.0(%c5_i32)
  // CHECK: cf.assert %{{.*}}, "5"
  // CHECK: cf.assert %{{.*}}, "1"
  func.func @g(%a: i1, %b: i1) attributes {pyc.export, pyc.name = "g[f32]", pyc.target = "cpu"} {
    func.call @check(%a) : (i1) -> () loc("p.py":8:5)
    func.call @check(%b) : (i1) -> () loc("p.py":9:7)
    cf.assert %a, "1" loc("p.py":2:3)
    return
  }
}
