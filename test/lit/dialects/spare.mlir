// RUN: pyc-opt %s --split-input-file --verify-diagnostics | filecheck %s

#f64 = #pyc.meta<"f64", "cpu">

// CHECK-LABEL: @named
// CHECK: "pyc.spare"(%{{.*}}) : (memref<f64, strided<[], offset: ?>, #pyc.meta<"f64", "cpu">>) -> ()
func.func @named(%m: memref<f64, strided<[], offset: ?>, #f64>) {
  "pyc.spare"(%m) : (memref<f64, strided<[], offset: ?>, #f64>) -> ()
  return
}

// -----

func.func @no_array(%x: memref<?xf64>) {
  // expected-error@+1 {{takes and gives arrays in memory whose memory space is #pyc.meta}}
  "pyc.spare"(%x) : (memref<?xf64>) -> ()
  return
}
