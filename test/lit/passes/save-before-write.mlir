// RUN: pyc-opt %s --save-before-write --split-input-file | filecheck %s

// The old value is read before the argument is written.
// CHECK-LABEL: @moved
// CHECK: %[[X:.*]] = linalg.exp ins(%[[U:[a-z0-9]+]] : tensor<?xf32>)
// CHECK: tensor.insert %{{.*}} into %[[U]]
func.func @moved(%u: tensor<?xf32>, %n: index, %s: f32) -> (tensor<?xf32>, tensor<?xf32>) attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "u", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"], written}], results = [{name = "", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}], returns = [0 : i64], returns_tuple = false, writes = [0 : i64], extra = {}}} {
  %c0 = arith.constant 0 : index
  %e = tensor.empty(%n) : tensor<?xf32>
  %w = tensor.insert %s into %u[%c0] : tensor<?xf32>
  %x = linalg.exp ins(%u : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %x, %w : tensor<?xf32>, tensor<?xf32>
}

// -----

// What cannot move up, because a check guards it, works on a copy.
// CHECK-LABEL: @copied
// CHECK: %[[OLD:.*]] = bufferization.alloc_tensor() copy(%[[U:[a-z0-9]+]]) : tensor<?xf32>
// CHECK: tensor.insert %{{.*}} into %[[U]]
// CHECK: cf.assert
// CHECK: linalg.exp ins(%[[OLD]]
func.func @copied(%u: tensor<?xf32>, %n: index, %s: f32, %ok: i1) -> (tensor<?xf32>, tensor<?xf32>) attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "u", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"], written}], results = [{name = "", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}], returns = [0 : i64], returns_tuple = false, writes = [0 : i64], extra = {}}} {
  %c0 = arith.constant 0 : index
  %e = tensor.empty(%n) : tensor<?xf32>
  %w = tensor.insert %s into %u[%c0] : tensor<?xf32>
  cf.assert %ok, "1"
  %x = linalg.exp ins(%u : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %x, %w : tensor<?xf32>, tensor<?xf32>
}

// -----

// A part is read before the whole is written, and before what is written is computed, which may be done in its place.
// CHECK-LABEL: @part
// CHECK-NOT: alloc_tensor
// CHECK: linalg.exp ins(%[[PART:.*]] : tensor<?xf32>)
// CHECK: %[[F:.*]] = linalg.fill
// CHECK: tensor.insert_slice %[[F]] into
func.func @part(%u: tensor<?xf32>, %n: index, %s: f32) -> (tensor<?xf32>, tensor<?xf32>) attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [{name = "u", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"], written}], results = [{name = "", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"]}], returns = [0 : i64], returns_tuple = false, writes = [0 : i64], extra = {}}} {
  %part = tensor.extract_slice %u[1] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %c0 = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%s : f32) outs(%c0 : tensor<?xf32>) -> tensor<?xf32>
  %w = tensor.insert_slice %f into %u[0] [%n] [1] : tensor<?xf32> into tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %x = linalg.exp ins(%part : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %x, %w : tensor<?xf32>, tensor<?xf32>
}
