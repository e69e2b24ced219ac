// RUN: pyc-opt %s --chain-insertions --split-input-file | filecheck %s

// CHECK-LABEL: @again
// CHECK-SAME: (%[[C:[a-z0-9]+]]: tensor<?xf64>
// CHECK: %[[ONE:.*]] = tensor.insert_slice %{{.*}} into %[[C]]
// CHECK: %[[TWO:.*]] = tensor.insert_slice %{{.*}} into %[[ONE]]
// CHECK: %[[THREE:.*]] = tensor.insert_slice %{{.*}} into %[[TWO]]
// CHECK: return %[[THREE]]
func.func @again(%c: tensor<?xf64>, %a: tensor<1xf64>, %i: index, %j: index) -> (tensor<?xf64>, tensor<1xf64>, tensor<1xf64>) {
  %w = tensor.insert_slice %a into %c[%i] [1] [1] : tensor<1xf64> into tensor<?xf64>
  %d = tensor.extract_slice %w[%j] [1] [1] : tensor<?xf64> to tensor<1xf64>
  %v = tensor.insert_slice %d into %c[%i] [1] [1] : tensor<1xf64> into tensor<?xf64>
  %e = tensor.extract_slice %v[%j] [1] [1] : tensor<?xf64> to tensor<1xf64>
  %u = tensor.insert_slice %e into %c[%i] [1] [1] : tensor<1xf64> into tensor<?xf64>
  return %u, %d, %e : tensor<?xf64>, tensor<1xf64>, tensor<1xf64>
}

// -----

// Another slice, or another array, is one of its own.
// CHECK-LABEL: @others
// CHECK-SAME: (%[[C:[a-z0-9]+]]: tensor<?xf64>, %[[B:[a-z0-9]+]]: tensor<?xf64>
// CHECK: tensor.insert_slice %{{.*}} into %[[C]]
// CHECK: tensor.insert_slice %{{.*}} into %[[C]]
// CHECK: tensor.insert_slice %{{.*}} into %[[B]]
func.func @others(%c: tensor<?xf64>, %b: tensor<?xf64>, %a: tensor<1xf64>, %i: index, %j: index) -> (tensor<?xf64>, tensor<?xf64>, tensor<?xf64>) {
  %w = tensor.insert_slice %a into %c[%i] [1] [1] : tensor<1xf64> into tensor<?xf64>
  %v = tensor.insert_slice %a into %c[%j] [1] [1] : tensor<1xf64> into tensor<?xf64>
  %u = tensor.insert_slice %a into %b[%i] [1] [1] : tensor<1xf64> into tensor<?xf64>
  return %w, %v, %u : tensor<?xf64>, tensor<?xf64>, tensor<?xf64>
}

// -----

// In a branch or a loop behind the first write, too; not in the other branch.
// CHECK-LABEL: @deeper
// CHECK-SAME: (%[[C:[a-z0-9]+]]: tensor<?xf64>
// CHECK: %[[ONE:.*]] = tensor.insert_slice %{{.*}} into %[[C]]
// CHECK: scf.if
// CHECK: %[[TWO:.*]] = tensor.insert_slice %{{.*}} into %[[ONE]]
// CHECK: scf.yield %[[TWO]]
// CHECK: tensor.insert_slice %{{.*}} into %[[C]]
func.func @deeper(%c: tensor<?xf64>, %a: tensor<1xf64>, %i: index, %j: index, %p: i1) -> tensor<?xf64> {
  %w = tensor.insert_slice %a into %c[%i] [1] [1] : tensor<1xf64> into tensor<?xf64>
  %v = scf.if %p -> tensor<?xf64> {
    %u = tensor.insert_slice %a into %c[%i] [1] [1] : tensor<1xf64> into tensor<?xf64>
    scf.yield %u : tensor<?xf64>
  } else {
    %t = tensor.insert_slice %a into %c[%j] [1] [1] : tensor<1xf64> into tensor<?xf64>
    scf.yield %t : tensor<?xf64>
  }
  return %v : tensor<?xf64>
}

// -----

// An array in itself is no write.
// CHECK-LABEL: @itself
// CHECK-SAME: (%[[C:[a-z0-9]+]]: tensor<?xf64>
// CHECK-NOT: into %[[C]][0]
// CHECK: %[[ONE:.*]] = tensor.insert_slice %{{.*}} into %[[C]]
// CHECK: return %[[ONE]]
func.func @itself(%c: tensor<?xf64>, %a: tensor<1xf64>, %i: index, %n: index) -> tensor<?xf64> {
  %w = tensor.insert_slice %c into %c[0] [%n] [1] : tensor<?xf64> into tensor<?xf64>
  %v = tensor.insert_slice %a into %w[%i] [1] [1] : tensor<1xf64> into tensor<?xf64>
  return %v : tensor<?xf64>
}
