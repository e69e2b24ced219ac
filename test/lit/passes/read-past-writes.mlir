// RUN: pyc-opt %s --read-past-writes --split-input-file | filecheck %s

// What is one before, or one behind, was not written.
// CHECK-LABEL: @neighbours
// CHECK-SAME: (%[[C:[a-z0-9]+]]: tensor<?x?xf64>
// CHECK: tensor.insert_slice
// CHECK: tensor.extract_slice %[[C]]
// CHECK: tensor.extract_slice %[[C]]
func.func @neighbours(%c: tensor<?x?xf64>, %a: tensor<?xf64>, %n: index, %k: i64) -> (tensor<?x?xf64>, tensor<?xf64>, tensor<?xf64>) {
  %one = arith.constant 1 : i64
  %before = arith.subi %k, %one : i64
  %behind = arith.addi %k, %one : i64
  %i = arith.index_cast %k : i64 to index
  %j = arith.index_cast %before : i64 to index
  %l = arith.index_cast %behind : i64 to index
  %w = tensor.insert_slice %a into %c[0, %i] [%n, 1] [1, 1] : tensor<?xf64> into tensor<?x?xf64>
  %d = tensor.extract_slice %w[0, %j] [%n, 1] [1, 1] : tensor<?x?xf64> to tensor<?xf64>
  %e = tensor.extract_slice %w[0, %l] [%n, 1] [1, 1] : tensor<?x?xf64> to tensor<?xf64>
  return %w, %d, %e : tensor<?x?xf64>, tensor<?xf64>, tensor<?xf64>
}

// -----

// Backwards, a round is the complement of a number; several writes are passed.
// CHECK-LABEL: @backwards
// CHECK-SAME: (%[[C:[a-z0-9]+]]: tensor<?xf64>
// CHECK: tensor.extract_slice %[[C]]
func.func @backwards(%c: tensor<?xf64>, %a: tensor<1xf64>, %i: i64) -> (tensor<?xf64>, tensor<1xf64>) {
  %one = arith.constant 1 : i64
  %less = arith.constant -1 : i64
  %k = arith.xori %i, %less : i64
  %next = arith.addi %k, %one : i64
  %at = arith.index_cast %k : i64 to index
  %after = arith.index_cast %next : i64 to index
  %w = tensor.insert_slice %a into %c[%at] [1] [1] : tensor<1xf64> into tensor<?xf64>
  %v = tensor.insert_slice %a into %w[%at] [1] [1] : tensor<1xf64> into tensor<?xf64>
  %d = tensor.extract_slice %v[%after] [1] [1] : tensor<?xf64> to tensor<1xf64>
  return %v, %d : tensor<?xf64>, tensor<1xf64>
}

// -----

// What overlaps, or may, is read where it was written: rows 0 to 3 and 3 to 6, positions of which nothing is known, and
// those that a step lies between.
// CHECK-LABEL: @stay
// CHECK: %[[W:.*]] = tensor.insert_slice
// CHECK: tensor.extract_slice %[[W]]
// CHECK: tensor.extract_slice %[[W]]
// CHECK: tensor.extract_slice %[[W]]
// CHECK: %[[S:.*]] = tensor.insert_slice
// CHECK: tensor.extract_slice %[[S]]
func.func @stay(%c: tensor<?xf64>, %a: tensor<3xf64>, %i: index, %j: index) -> (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) {
  %two = arith.constant 2 : index
  %near = arith.addi %i, %two : index
  %w = tensor.insert_slice %a into %c[%i] [3] [1] : tensor<3xf64> into tensor<?xf64>
  %p = tensor.extract_slice %w[%i] [3] [1] : tensor<?xf64> to tensor<3xf64>
  %q = tensor.extract_slice %w[%j] [3] [1] : tensor<?xf64> to tensor<3xf64>
  %r = tensor.extract_slice %w[%near] [3] [1] : tensor<?xf64> to tensor<3xf64>
  %three = arith.constant 3 : index
  %far = arith.addi %i, %three : index
  %s = tensor.insert_slice %a into %c[%i] [3] [2] : tensor<3xf64> into tensor<?xf64>
  %t = tensor.extract_slice %s[%far] [3] [1] : tensor<?xf64> to tensor<3xf64>
  return %p, %q, %r, %t : tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>
}
