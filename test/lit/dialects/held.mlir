// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

#f64 = #pyc.meta<"f64", "cpu">

// CHECK-LABEL: @given
// CHECK: "pyc.held"() {cell = 3 : i64} : () -> memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>
func.func @given() -> memref<?xf64, strided<[?], offset: ?>, #f64> {
  %m = "pyc.held"() {cell = 3 : i64} : () -> memref<?xf64, strided<[?], offset: ?>, #f64>
  return %m : memref<?xf64, strided<[?], offset: ?>, #f64>
}

// -----

func.func @no_array() {
  // expected-error@+1 {{takes and gives arrays in memory whose memory space is #pyc.meta}}
  %m = "pyc.held"() {cell = 3 : i64} : () -> memref<?xf64>
  return
}
