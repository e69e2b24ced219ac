// RUN: pyc-opt %s --bufferize --split-input-file | filecheck %s

!d = memref<?xf32, strided<[?], offset: ?>>
// Updates are in place: no allocation, no copy, no remark.
// CHECK-NOT: pyc.remarks
// CHECK-LABEL: @in_place
// CHECK-NOT: alloc
// CHECK-NOT: copy
// CHECK: memref.store
// CHECK: return
func.func @in_place(%m: !d, %s: f32, %n: index) -> i32 {
  %x = bufferization.to_tensor %m restrict writable : !d to tensor<?xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<?xf32> {
    %b = tensor.insert %s into %a[%i] : tensor<?xf32>
    scf.yield %b : tensor<?xf32>
  }
  bufferization.materialize_in_destination %r in restrict writable %m : (tensor<?xf32>, !d) -> ()
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// -----

!d = memref<?xf32, strided<[?], offset: ?>>
// The old value is read after the write: it is copied, and put into place; a remark says where.
// CHECK: pyc.remarks = [{code = "E450", column = 5 : i64, file = "shift.py", line = 2 : i64, message = "2 arrays of shape [?] are copied here"}]
// CHECK-LABEL: @shift
// CHECK: memref.alloc({{.*}}) {alignment = 64 : i64}
// CHECK: memref.copy
func.func @shift(%m: !d, %n: index) -> i32 {
  %x = bufferization.to_tensor %m restrict writable : !d to tensor<?xf32>
  %old = tensor.extract_slice %x[0] [%n] [1] : tensor<?xf32> to tensor<?xf32> loc("shift.py":2:5)
  %new = tensor.insert_slice %old into %x[1] [%n] [1] : tensor<?xf32> into tensor<?xf32> loc("shift.py":2:5)
  bufferization.materialize_in_destination %new in restrict writable %m : (tensor<?xf32>, !d) -> ()
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// -----

!d = memref<?xf32, strided<[?], offset: ?>>
// A read stays below the assertion that guards it.
// CHECK-LABEL: @guarded
// CHECK: cf.assert
// CHECK: memref.load
func.func @guarded(%m: !d, %i: index, %ok: i1, %out: memref<f32>) -> i32 {
  %x = bufferization.to_tensor %m restrict : !d to tensor<?xf32>
  cf.assert %ok, "1"
  %e = tensor.extract %x[%i] : tensor<?xf32>
  memref.store %e, %out[] : memref<f32>
  %zero = arith.constant 0 : i32
  return %zero : i32
}

// -----

!d = memref<?xf32, strided<[?], offset: ?>>
// A copy that the program asked for goes straight to where it is wanted, and is told as such.
// CHECK: pyc.remarks = [{code = "E454", {{.*}} message = "an array of shape [?] is copied here, as the program says"}]
// CHECK-LABEL: @copied
// CHECK-NOT: alloc
// CHECK: memref.copy %arg0, %arg1
// CHECK-NOT: memref.copy
// CHECK: memref.store %{{.*}}, %arg1
// CHECK: return
func.func @copied(%m: !d, %out: memref<?xf32>, %s: f32, %n: index) -> i32 {
  %x = bufferization.to_tensor %m restrict : !d to tensor<?xf32>
  %c0 = arith.constant 0 : index
  %e = tensor.empty(%n) : tensor<?xf32>
  %copy = bufferization.materialize_in_destination %x in %e
      : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32> loc("wanted copy"("copy.py":2:5))
  %y = tensor.insert %s into %copy[%c0] : tensor<?xf32>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<?xf32>, memref<?xf32>) -> ()
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// -----

!d = memref<?xf32, strided<[?], offset: ?>>
// The form of a function for arguments that overlap copies too, and nothing is said of that.
// CHECK-NOT: pyc.remarks
// CHECK-LABEL: @shift__overlapping
// CHECK: memref.copy
func.func @shift__overlapping(%m: !d, %n: index) -> i32 attributes {pyc.export, pyc.memory = "its arguments may overlap", pyc.name = "shift", pyc.target = "cpu", pyc.signature = {parameters = [{name = "m", type = "Tensor[f32, N]", dtype = "f32", precision = "f32", target = "cpu", dims = ["N"], written}], results = [], returns = [], returns_tuple = false, writes = [0 : i64], extra = {overlapping = "shift"}}} {
  %x = bufferization.to_tensor %m restrict writable : !d to tensor<?xf32>
  %old = tensor.extract_slice %x[0] [%n] [1] : tensor<?xf32> to tensor<?xf32> loc("shift.py":2:5)
  %new = tensor.insert_slice %old into %x[1] [%n] [1] : tensor<?xf32> into tensor<?xf32> loc("shift.py":2:5)
  bufferization.materialize_in_destination %new in restrict writable %m : (tensor<?xf32>, !d) -> ()
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// -----

// Of two axes of extent 1, one is dropped: which one is said, as strides that are not known would not tell.
// CHECK-LABEL: @one_row_of_one
// CHECK: scf.for
// CHECK: %[[VALUE:.*]] = memref.expand_shape {{.*}} {{\[\[}}0, 1], [2], [3], [4]]
// CHECK: %[[PART:.*]] = memref.subview {{.*}} [1, 2, 2, 1, 3] [1, 1, 1, 1, 1]
// CHECK-SAME: to memref<1x2x2x1x3xf32, strided<[12, 6, 3, 3, 1], offset: ?>>
// CHECK: memref.copy %[[VALUE]], %[[PART]]
func.func @one_row_of_one(%x: tensor<2x2x1x8xf32>, %n: index, %at: index) -> tensor<3x2x2x?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %e = tensor.empty() : tensor<3x2x2x1x3xf32>
  %out = tensor.cast %e : tensor<3x2x2x1x3xf32> to tensor<3x2x2x?x?xf32>
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %out) -> tensor<3x2x2x?x?xf32> {
    %s = tensor.extract_slice %x[0, 0, 0, %i] [2, 2, 1, %n] [1, 1, 1, 2] : tensor<2x2x1x8xf32> to tensor<2x2x1x?xf32>
    %d = tensor.dim %a, %c4 : tensor<3x2x2x?x?xf32>
    %c = tensor.cast %s : tensor<2x2x1x?xf32> to tensor<2x2x1x?xf32>
    %b = tensor.insert_slice %c into %a[%i, 0, 0, 0, 0] [1, 2, 2, 1, %d] [1, 1, 1, 1, 1] : tensor<2x2x1x?xf32> into tensor<3x2x2x?x?xf32>
    scf.yield %b : tensor<3x2x2x?x?xf32>
  }
  return %r : tensor<3x2x2x?x?xf32>
}

// -----

// A cast that exchanges an extent of 1 with one that is not known is MLIR's guess of the axis: it is not believed.
// CHECK-LABEL: @guessed
// CHECK: memref.expand_shape %{{.*}} {{\[\[}}0], [1], [2, 3, 4]]
// CHECK-SAME: memref<1x?x2xf32{{.*}} into memref<1x?x1x1x2xf32
func.func @guessed(%w: tensor<1x8x2xf32>, %out: tensor<1x8x3x3x2xf32>, %i: index, %n: index) -> tensor<1x8x3x3x2xf32> {
  %x = tensor.extract_slice %w[0, 0, 0] [1, %n, 2] [1, 1, 1] : tensor<1x8x2xf32> to tensor<1x?x2xf32>
  %c = tensor.cast %x : tensor<1x?x2xf32> to tensor<?x1x2xf32>
  %r = tensor.insert_slice %c into %out[0, 0, %i, %i, 0] [1, %n, 1, 1, 2] [1, 1, 1, 1, 1] : tensor<?x1x2xf32> into tensor<1x8x3x3x2xf32>
  return %r : tensor<1x8x3x3x2xf32>
}

// -----

// CHECK-LABEL: @one_column_of_one
// CHECK: memref.subview {{.*}} to memref<2x1x1x?xf32, strided<[?, ?, 4, 1], offset: ?>>
// CHECK-NOT: memref.copy
// CHECK: memref.collapse_shape {{.*}} {{\[\[}}0], [1, 2], [3]]
func.func @one_column_of_one(%n: index, %i: index) -> tensor<2x1x?xf32> {
  %e = tensor.empty(%n) : tensor<2x1x?x4xf32>
  %s = tensor.extract_slice %e[0, 0, %i, 0] [2, 1, 1, %n] [1, 1, 1, 1] : tensor<2x1x?x4xf32> to tensor<2x1x?xf32>
  return %s : tensor<2x1x?xf32>
}
