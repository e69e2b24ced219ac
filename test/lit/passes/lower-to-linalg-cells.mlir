// RUN: pyc-opt %s --pass-pipeline=lower-to-linalg | filecheck %s

// A cell keeps the numbers that describe an array; what is made of them is the array again.
#f64 = #pyc.meta<"f64", "cpu">

// CHECK-LABEL: func.func @cells
// CHECK: %{{.*}}, %[[OFFSET:.*]], %[[SIZE:.*]], %[[STRIDE:.*]] = memref.extract_strided_metadata %arg0
// CHECK: %[[START:.*]] = memref.extract_aligned_pointer_as_index %arg0
// CHECK: %[[ADDRESS:.*]] = arith.index_cast %[[START]] : index to i64
// CHECK: call @pyc.hold.2.1(%[[ADDRESS]], %{{.*}}, %{{.*}}, %{{.*}}) : (i64, i64, i64, i64) -> ()
// CHECK: %[[BLOCK:.*]] = call @pyc.held.2.0() : () -> i64
// CHECK: call @pyc.held.2.3() : () -> i64
// CHECK: %[[BASE:.*]] = builtin.unrealized_conversion_cast %[[BLOCK]] : i64 to memref<f64
// CHECK: memref.reinterpret_cast %[[BASE]] to offset
// CHECK: call @pyc.spare(%{{.*}}) : (i64) -> ()
// CHECK: call @pyc.sweep() : () -> ()
func.func @cells(%m: memref<?xf64, strided<[?], offset: ?>, #f64>) {
  "pyc.hold"(%m) {cell = 2 : i64} : (memref<?xf64, strided<[?], offset: ?>, #f64>) -> ()
  %0 = "pyc.held"() {cell = 2 : i64} : () -> memref<?xf64, strided<[?], offset: ?>, #f64>
  "pyc.spare"(%0) : (memref<?xf64, strided<[?], offset: ?>, #f64>) -> ()
  "pyc.sweep"() : () -> ()
  return
}
