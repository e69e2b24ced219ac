// RUN: pyc-opt %s --report-loops | filecheck %s

// Without a program there are no lines to speak of, and the module stays what it is.
// CHECK-NOT: pyc.remarks
// CHECK-LABEL: @f
// CHECK: linalg.generic
func.func @f(%x: memref<?xf64>) {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%x : memref<?xf64>) {
  ^bb0(%o: f64):
    linalg.yield %o : f64
  }
  return
}
