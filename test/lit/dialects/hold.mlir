// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

#f64 = #pyc.meta<"f64", "cpu">

// CHECK-LABEL: @kept
// CHECK: "pyc.hold"(%{{.*}}) {cell = 3 : i64} : (memref<?xf64, strided<[?], offset: ?>, #pyc.meta<"f64", "cpu">>) -> ()
func.func @kept(%m: memref<?xf64, strided<[?], offset: ?>, #f64>) {
  "pyc.hold"(%m) {cell = 3 : i64} : (memref<?xf64, strided<[?], offset: ?>, #f64>) -> ()
  return
}

// -----

func.func @no_array(%x: memref<?xf64>) {
  // expected-error@+1 {{takes and gives arrays in memory whose memory space is #pyc.meta}}
  "pyc.hold"(%x) {cell = 3 : i64} : (memref<?xf64>) -> ()
  return
}
