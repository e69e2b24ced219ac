// RUN: pyc-opt %s --update-slices --split-input-file | filecheck %s

#id = affine_map<(d0) -> (d0)>
// What is computed of a part, element by element, is computed in it.
// CHECK-LABEL: @in_place
// CHECK: %[[S:.*]] = tensor.extract_slice
// CHECK: linalg.generic {{.*}} outs(%[[S]] : tensor<?xf64>)
func.func @in_place(%x: tensor<?xf64>, %y: tensor<?xf64>, %n: index) -> tensor<?xf64> {
  %s = tensor.extract_slice %x[1] [%n] [1] : tensor<?xf64> to tensor<?xf64>
  %e = tensor.empty(%n) : tensor<?xf64>
  %d = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%s, %y : tensor<?xf64>, tensor<?xf64>) outs(%e : tensor<?xf64>) {
  ^bb0(%a: f64, %b: f64, %out: f64):
    %0 = arith.subf %a, %b : f64
    linalg.yield %0 : f64
  } -> tensor<?xf64>
  %r = tensor.insert_slice %d into %x[1] [%n] [1] : tensor<?xf64> into tensor<?xf64>
  return %r : tensor<?xf64>
}

// -----

#id = affine_map<(d0) -> (d0)>
// One other part, beside the one that is replaced: bufferisation would save both.
// CHECK-LABEL: @one_other_part
// CHECK: %[[E:.*]] = bufferization.alloc_tensor
// CHECK: linalg.generic {{.*}} outs(%[[E]] : tensor<?xf64>)
func.func @one_other_part(%x: tensor<?xf64>, %n: index) -> tensor<?xf64> {
  %s = tensor.extract_slice %x[1] [%n] [1] : tensor<?xf64> to tensor<?xf64>
  %t = tensor.extract_slice %x[0] [%n] [1] : tensor<?xf64> to tensor<?xf64>
  %e = tensor.empty(%n) : tensor<?xf64>
  %d = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%s, %t : tensor<?xf64>, tensor<?xf64>) outs(%e : tensor<?xf64>) {
  ^bb0(%a: f64, %b: f64, %out: f64):
    %0 = arith.subf %a, %b : f64
    linalg.yield %0 : f64
  } -> tensor<?xf64>
  %r = tensor.insert_slice %d into %x[1] [%n] [1] : tensor<?xf64> into tensor<?xf64>
  return %r : tensor<?xf64>
}

// -----

#id = affine_map<(d0) -> (d0)>
// Two other parts: what is computed has memory of its own.
// CHECK-LABEL: @two_other_parts
// CHECK: %[[E:.*]] = bufferization.alloc_tensor
// CHECK: linalg.generic {{.*}} outs(%[[E]] : tensor<?xf64>)
func.func @two_other_parts(%x: tensor<?xf64>, %n: index) -> tensor<?xf64> {
  %s = tensor.extract_slice %x[2] [%n] [1] : tensor<?xf64> to tensor<?xf64>
  %t = tensor.extract_slice %x[0] [%n] [1] : tensor<?xf64> to tensor<?xf64>
  %e = tensor.empty(%n) : tensor<?xf64>
  %d = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%s, %t : tensor<?xf64>, tensor<?xf64>) outs(%e : tensor<?xf64>) {
  ^bb0(%a: f64, %b: f64, %out: f64):
    %0 = arith.addf %a, %b : f64
    linalg.yield %0 : f64
  } -> tensor<?xf64>
  %r = tensor.insert_slice %d into %x[1] [%n] [1] : tensor<?xf64> into tensor<?xf64>
  return %r : tensor<?xf64>
}

// -----

#id = affine_map<(d0) -> (d0)>
#back = affine_map<(d0) -> (-d0 + 3)>
// Read at another element than the one that is computed.
// CHECK-LABEL: @elsewhere
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: linalg.generic {{.*}} outs(%[[E]] : tensor<4xf64>)
func.func @elsewhere(%x: tensor<?xf64>) -> tensor<?xf64> {
  %s = tensor.extract_slice %x[1] [4] [1] : tensor<?xf64> to tensor<4xf64>
  %e = tensor.empty() : tensor<4xf64>
  %d = linalg.generic {indexing_maps = [#back, #id], iterator_types = ["parallel"]} ins(%s : tensor<4xf64>) outs(%e : tensor<4xf64>) {
  ^bb0(%a: f64, %out: f64):
    linalg.yield %a : f64
  } -> tensor<4xf64>
  %r = tensor.insert_slice %d into %x[1] [4] [1] : tensor<4xf64> into tensor<?xf64>
  return %r : tensor<?xf64>
}

// -----

#id = affine_map<(d0) -> (d0)>
// All of it is replaced: the value is computed in the tensor, and the insertion is the value.
// CHECK-LABEL: @whole
// CHECK-SAME: (%[[X:.*]]: tensor<?xf64>, %[[Y:.*]]: tensor<?xf64>, %{{.*}}: index)
// CHECK: %[[D:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[Y]] {{.*}} outs(%[[X]] : tensor<?xf64>)
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[D]] {{.*}} outs(%[[D]] : tensor<?xf64>)
// CHECK-NOT: tensor.insert_slice
// CHECK: return %[[R]]
func.func @whole(%x: tensor<?xf64>, %y: tensor<?xf64>, %n: index) -> tensor<?xf64> {
  %e = tensor.empty(%n) : tensor<?xf64>
  %d = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%x, %y : tensor<?xf64>, tensor<?xf64>) outs(%e : tensor<?xf64>) {
  ^bb0(%a: f64, %b: f64, %out: f64):
    %0 = arith.addf %a, %b : f64
    linalg.yield %0 : f64
  } -> tensor<?xf64>
  %s = tensor.insert_slice %d into %x[0] [%n] [1] : tensor<?xf64> into tensor<?xf64>
  %f = tensor.empty(%n) : tensor<?xf64>
  %g = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%s : tensor<?xf64>) outs(%f : tensor<?xf64>) {
  ^bb0(%a: f64, %out: f64):
    %0 = arith.mulf %a, %a : f64
    linalg.yield %0 : f64
  } -> tensor<?xf64>
  %r = tensor.insert_slice %g into %s[0] [%n] [1] : tensor<?xf64> into tensor<?xf64>
  return %r : tensor<?xf64>
}

// -----

#id = affine_map<(d0) -> (d0)>
// A check after what is computed may fail: the tensor then is as it was.
// CHECK-LABEL: @checked
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: linalg.generic {{.*}} outs(%[[E]] : tensor<?xf64>)
// CHECK: cf.assert
// CHECK: tensor.insert_slice
func.func @checked(%x: tensor<?xf64>, %n: index, %c: i1) -> tensor<?xf64> {
  %e = tensor.empty(%n) : tensor<?xf64>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<?xf64>) outs(%e : tensor<?xf64>) {
  ^bb0(%a: f64, %out: f64):
    %0 = arith.addf %a, %a : f64
    linalg.yield %0 : f64
  } -> tensor<?xf64>
  cf.assert %c, "1"
  %r = tensor.insert_slice %d into %x[0] [%n] [1] : tensor<?xf64> into tensor<?xf64>
  return %r : tensor<?xf64>
}
