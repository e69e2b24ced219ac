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

// What is filled and put into two places is filled there.
// CHECK-LABEL: @two_places
// CHECK: %[[A:.*]] = linalg.generic
// CHECK: %[[X:.*]] = tensor.insert_slice %[[A]]
// CHECK: %[[B:.*]] = linalg.generic
// CHECK: tensor.insert_slice %[[B]] into %[[X]]
func.func @two_places(%x: tensor<8x?xf32>, %n: index, %z: f32) -> tensor<8x?xf32> {
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      outs(%e : tensor<?xf32>) {
  ^bb0(%o: f32):
    linalg.yield %z : f32
  } -> tensor<?xf32>
  %0 = tensor.insert_slice %f into %x[0, 0] [1, %n] [1, 1] : tensor<?xf32> into tensor<8x?xf32>
  %1 = tensor.insert_slice %f into %0[7, 0] [1, %n] [1, 1] : tensor<?xf32> into tensor<8x?xf32>
  return %1 : tensor<8x?xf32>
}

// So it is where arrays are references to memory.
// CHECK-LABEL: @two_references
// CHECK: %[[A:.*]] = linalg.generic
// CHECK: materialize_in_destination %[[A]]
// CHECK: %[[B:.*]] = linalg.generic
// CHECK: materialize_in_destination %[[B]]
func.func @two_references(%x: memref<?xf32>, %y: memref<?xf32>, %n: index, %z: f32) {
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      outs(%e : tensor<?xf32>) {
  ^bb0(%o: f32):
    linalg.yield %z : f32
  } -> tensor<?xf32>
  bufferization.materialize_in_destination %f in restrict writable %x : (tensor<?xf32>, memref<?xf32>) -> ()
  bufferization.materialize_in_destination %f in restrict writable %y : (tensor<?xf32>, memref<?xf32>) -> ()
  return
}
