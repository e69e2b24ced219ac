// RUN: pyc-opt %s --separate-destinations | filecheck %s

// CHECK-LABEL: @two_readers
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: %[[F:.*]] = linalg.fill ins(%{{.*}}) outs(%[[E]]
// CHECK: linalg.exp ins(%{{.*}}) outs(%[[F]]
// CHECK: %[[E2:.*]] = tensor.empty
// CHECK: %[[F2:.*]] = linalg.fill ins(%{{.*}}) outs(%[[E2]]
// CHECK: linalg.log ins(%{{.*}}) outs(%[[F2]]
func.func @two_readers(%x: tensor<?xf32>, %n: index, %z: f32) -> (tensor<?xf32>, tensor<?xf32>) {
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %0 = linalg.exp ins(%x : tensor<?xf32>) outs(%f : tensor<?xf32>) -> tensor<?xf32>
  %1 = linalg.log ins(%x : tensor<?xf32>) outs(%f : tensor<?xf32>) -> tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}
