// RUN: pyc-opt %s --mark-array-math | filecheck %s

// CHECK-LABEL: @f
// CHECK: math.exp %{{.*}} : f64
// CHECK: linalg.generic
// CHECK: math.exp %{{.*}} {pyc.elementwise} : f64
#id = affine_map<(i) -> (i)>
func.func @f(%s: f64, %x: memref<?xf64>, %y: memref<?xf64>) -> f64 {
  %0 = math.exp %s : f64
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
    ins(%x : memref<?xf64>) outs(%y : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64):
    %1 = math.exp %a : f64
    linalg.yield %1 : f64
  }
  return %0 : f64
}
