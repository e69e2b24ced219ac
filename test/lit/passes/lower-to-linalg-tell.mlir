// RUN: pyc-opt %s --pass-pipeline=lower-to-linalg | filecheck %s

// What is said has a number in the table of errors, with its template; what Python raises then ends the function.
// CHECK: pyc.errors = [{{.*}}kind = "print"{{.*}}number = 1{{.*}}template = "{}"
// CHECK: func.func private @pyc.tell.2(i32, i64, i64) -> i32
// CHECK-LABEL: func.func @line
// CHECK: %[[BITS:.*]] = arith.bitcast %{{.*}} : f64 to i64
// CHECK: %[[FAILED:.*]] = {{.*}}call @pyc.tell.2(%{{.*}}, %{{.*}}, %[[BITS]]) : (i32, i64, i64) -> i32
// CHECK: %[[FINE:.*]] = arith.cmpi eq, %[[FAILED]]
// CHECK: cf.assert %[[FINE]], "1"
func.func @line(%i: i64, %x: f64) {
  "pyc.tell"(%i, %x) {operandSegmentSizes = array<i32: 1, 1>, kind = "print", message = "i, x", template = "{}"} : (i64, f64) -> ()
  return
}
