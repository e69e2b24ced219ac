// RUN: pyc-opt %s --adopt-destinations --split-input-file | filecheck %s

// Arguments have any strides; a result has contiguous memory of its own, a scalar one of rank 0.
// CHECK-LABEL: @results
// CHECK-SAME: (%[[X:.*]]: memref<?xf32, strided<[?], offset: ?>>, %{{.*}}: index, %[[S:.*]]: memref<f64>, %[[Y:.*]]: memref<?xf32>) -> i32
// CHECK-SAME: llvm.emit_c_interface, pyc.export, pyc.name = "f"
// CHECK: %[[T:.*]] = bufferization.to_tensor %[[X]] restrict : memref
// CHECK: %[[R:.*]] = linalg.exp ins(%[[T]]
// CHECK: memref.store %{{.*}}, %[[S]][]
// CHECK: bufferization.materialize_in_destination %[[R]] in restrict writable %[[Y]]
// CHECK: %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK: return %[[ZERO]] : i32
func.func @results(%x: tensor<?xf32>, %n: index) -> (f64, tensor<?xf32>) attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "x", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}], results = [{name = "", type = "f64", dtype = "f64", precision = "f64", target = "cpu"}, {name = "x", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}], returns = [0 : i64, 1 : i64], returns_tuple = false, writes = [], extra = {}}} {
  %s = arith.constant 1.0 : f64
  %e = tensor.empty(%n) : tensor<?xf32>
  %y = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %s, %y : f64, tensor<?xf32>
}

// -----

// A written argument is its own destination: what was computed into an empty tensor is computed into it.
// CHECK-LABEL: @written
// CHECK-SAME: (%[[X:.*]]: memref<?xf32, strided<[?], offset: ?>>, %{{.*}}: index) -> i32
// CHECK: %[[T:.*]] = bufferization.to_tensor %[[X]] restrict writable
// CHECK: %[[R:.*]] = linalg.exp ins(%[[T]] : tensor<?xf32>) outs(%[[T]] : tensor<?xf32>)
// CHECK: bufferization.materialize_in_destination %[[R]] in restrict writable %[[X]]
func.func @written(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "x", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}], results = [], returns = [], returns_tuple = false, writes = [0 : i64], extra = {}}} {
  %e = tensor.empty(%n) : tensor<?xf32>
  %y = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// Arrays that change places are put into each other's tensors, where bufferisation sees the conflict.
// CHECK-LABEL: @swapped
// CHECK: %[[A:.*]] = tensor.insert_slice %{{.*}} into
// CHECK: %[[B:.*]] = tensor.insert_slice %{{.*}} into
// CHECK: bufferization.materialize_in_destination %[[A]]
// CHECK: bufferization.materialize_in_destination %[[B]]
func.func @swapped(%x: tensor<?xf32>, %y: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "x", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}, {name = "x", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}], results = [], returns = [], returns_tuple = false, writes = [0 : i64, 1 : i64], extra = {}}} {
  return %y, %x : tensor<?xf32>, tensor<?xf32>
}

// -----

!d = memref<?xf32, strided<[?], offset: ?>>
// Arguments in memory stay as they are. A result that the function allocates gets a place for the numbers that describe it.
// CHECK-LABEL: @memory
// CHECK-SAME: (%[[X:.*]]: memref<?xf32, strided<[?], offset: ?>>, %{{.*}}: memref<4xi64>) -> (i32, memref<?xf32, strided<[?], offset: ?>>)
// CHECK: return %{{.*}}, %[[X]]
func.func @memory(%x: !d) -> !d attributes {pyc.export, pyc.memory = "why", pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "x", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"], written}], results = [{name = "", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["?"], allocated}], returns = [0 : i64], returns_tuple = false, writes = [0 : i64], extra = {}}} {
  return %x : !d
}

// -----

// CHECK-LABEL: @allocated
// CHECK-SAME: (%{{.*}}: memref<?xf32, strided<[?], offset: ?>>, %{{.*}}: memref<4xi64>) -> (i32, memref<?xf32, strided<[?], offset: ?>>)
// CHECK: bufferization.to_buffer
func.func @allocated(%x: tensor<?xf32>) -> tensor<?xf32> attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "x", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}], results = [{name = "", type = "Tensor[f32, _]", dtype = "f32", precision = "f32", target = "cpu", dims = ["?"], allocated}], returns = [0 : i64], returns_tuple = false, writes = [], extra = {}}} {
  %y = linalg.exp ins(%x : tensor<?xf32>) outs(%x : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// Results that may be computed in one empty tensor: the second is copied before the first is put into its destination.
// CHECK-LABEL: @apart
// CHECK: %[[A:.*]] = scf.for
// CHECK: %[[B:.*]] = scf.for
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: %[[C:.*]] = linalg.copy {{.*}}ins(%[[B]] : tensor<?xf32>) outs(%[[E]] : tensor<?xf32>)
// CHECK: bufferization.materialize_in_destination %[[A]]
// CHECK: bufferization.materialize_in_destination %[[C]]
func.func @apart(%x: f32, %n: index) -> (tensor<?xf32>, tensor<?xf32>) attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "x", type = "f32", dtype = "f32", precision = "f32", target = "cpu"}, {name = "n", type = "int", dtype = "i64", precision = "i64", target = "cpu"}], results = [{name = "", type = "Tensor[f32, _]", dtype = "f32", precision = "f32", target = "cpu", dims = ["n"]}, {name = "", type = "Tensor[f32, _]", dtype = "f32", precision = "f32", target = "cpu", dims = ["n"]}], returns = [0 : i64, 1 : i64], returns_tuple = true, writes = [], extra = {}}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = tensor.empty(%n) : tensor<?xf32>
  %z = linalg.fill ins(%x : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %a = scf.for %i = %c0 to %n step %c1 iter_args(%t = %z) -> tensor<?xf32> {
    %u = tensor.insert %x into %t[%i] : tensor<?xf32>
    scf.yield %u : tensor<?xf32>
  }
  %b = scf.for %i = %c1 to %n step %c1 iter_args(%t = %z) -> tensor<?xf32> {
    %u = tensor.insert %x into %t[%i] : tensor<?xf32>
    scf.yield %u : tensor<?xf32>
  }
  return %a, %b : tensor<?xf32>, tensor<?xf32>
}
