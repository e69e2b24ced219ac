// RUN: pyc-opt %s --elide-copies --split-input-file | filecheck %s

!m = memref<?xf32, strided<[?], offset: ?>>
#id = affine_map<(d0) -> (d0)>
// Parameters do not overlap: one is read, the other written in place. So are two that a loop exchanges.
// CHECK-LABEL: @exchanged
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK-NOT: memref.alloc
// CHECK: %[[T:.*]] = bufferization.to_tensor %[[A]] restrict
// CHECK: linalg.generic {{.*}} ins(%[[T]]
// CHECK: bufferization.materialize_in_destination %{{.*}} in restrict writable %[[B]]
// CHECK: scf.yield %[[B]], %[[A]]
func.func @exchanged(%u: !m, %v: !m, %n: index, %lo: index, %hi: index, %step: index) attributes {pyc.memory = "why"} {
  scf.for %i = %lo to %hi step %step iter_args(%a = %u, %b = %v) -> (!m, !m) {
    %c = memref.alloc(%n) : memref<?xf32>
    memref.copy %a, %c : !m to memref<?xf32>
    %t = bufferization.to_tensor %c restrict : memref<?xf32> to tensor<?xf32>
    %e = tensor.empty(%n) : tensor<?xf32>
    %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : tensor<?xf32>) outs(%e : tensor<?xf32>) {
    ^bb0(%x: f32, %o: f32):
      %s = arith.addf %x, %x : f32
      linalg.yield %s : f32
    } -> tensor<?xf32>
    %d = memref.alloc(%n) : memref<?xf32>
    bufferization.materialize_in_destination %r in restrict writable %d : (tensor<?xf32>, memref<?xf32>) -> ()
    memref.copy %d, %b : memref<?xf32> to !m
    scf.yield %b, %a : !m, !m
  }
  return
}

// -----

!m = memref<?xf32, strided<[?], offset: ?>>
#id = affine_map<(d0) -> (d0)>
// They may overlap: the value is complete before it is written, but read where it is.
// CHECK-LABEL: @overlapping
// CHECK-SAME: (%[[U:.*]]: memref<?xf32, strided<[?], offset: ?>>, %[[V:.*]]: memref
// CHECK-NOT: memref.alloc
// CHECK: bufferization.to_tensor %[[U]] restrict
// CHECK: %[[R:.*]] = linalg.generic
// CHECK: %[[B:.*]] = bufferization.to_buffer %[[R]] read_only
// CHECK: memref.copy %[[B]], %[[V]]
func.func @overlapping(%u: !m, %v: !m, %n: index) attributes {pyc.memory = "why", pyc.may_overlap} {
  %c = memref.alloc(%n) : memref<?xf32>
  memref.copy %u, %c : !m to memref<?xf32>
  %t = bufferization.to_tensor %c restrict : memref<?xf32> to tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : tensor<?xf32>) outs(%e : tensor<?xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %d = memref.alloc(%n) : memref<?xf32>
  bufferization.materialize_in_destination %r in restrict writable %d : (tensor<?xf32>, memref<?xf32>) -> ()
  memref.copy %d, %v : memref<?xf32> to !m
  return
}

// -----

!m = memref<?xf32, strided<[?], offset: ?>>
#id = affine_map<(d0) -> (d0)>
// Element by element, in the place of what was read: nothing is copied. An assertion comes before the first write.
// CHECK-LABEL: @updated
// CHECK-SAME: (%[[U:.*]]: memref
// CHECK-NOT: memref.alloc
// CHECK: cf.assert
// CHECK: linalg.generic
// CHECK: bufferization.materialize_in_destination %{{.*}} in restrict writable %[[U]]
func.func @updated(%u: !m, %n: index, %ok: i1) attributes {pyc.memory = "why", pyc.may_overlap} {
  %c = memref.alloc(%n) : memref<?xf32>
  memref.copy %u, %c : !m to memref<?xf32>
  %t = bufferization.to_tensor %c restrict : memref<?xf32> to tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%t : tensor<?xf32>) outs(%e : tensor<?xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  cf.assert %ok, "1"
  %d = memref.alloc(%n) : memref<?xf32>
  bufferization.materialize_in_destination %r in restrict writable %d : (tensor<?xf32>, memref<?xf32>) -> ()
  memref.copy %d, %u : memref<?xf32> to !m
  return
}

// -----

!m = memref<?xf32, strided<[?], offset: ?>>
// Memory is written before the value of it is used: the private copy stays.
// CHECK-LABEL: @kept
// CHECK-SAME: (%[[U:.*]]: memref
// CHECK: %[[C:.*]] = memref.alloc
// CHECK: memref.copy %[[U]], %[[C]]
// CHECK: bufferization.to_tensor %[[C]] restrict
// CHECK: memref.store
// CHECK: tensor.extract
func.func @kept(%u: !m, %n: index, %i: index, %s: f32) -> f32 attributes {pyc.memory = "why"} {
  %c = memref.alloc(%n) : memref<?xf32>
  memref.copy %u, %c : !m to memref<?xf32>
  %t = bufferization.to_tensor %c restrict : memref<?xf32> to tensor<?xf32>
  memref.store %s, %u[%i] : !m
  %e = tensor.extract %t[%i] : tensor<?xf32>
  return %e : f32
}

// -----

!m = memref<?xf32, strided<[?], offset: ?>>
// A new array is where its value is computed.
// CHECK-LABEL: @new
// CHECK-NOT: memref.alloc
// CHECK: %[[R:.*]] = linalg.fill
// CHECK: %[[A:.*]] = bufferization.to_buffer %[[R]] : tensor<?xf32> to memref<?xf32>
// CHECK: memref.cast %[[A]]
func.func @new(%n: index, %s: f32) -> !m attributes {pyc.memory = "why"} {
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.fill ins(%s : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  %d = memref.alloc(%n) : memref<?xf32>
  bufferization.materialize_in_destination %r in restrict writable %d : (tensor<?xf32>, memref<?xf32>) -> ()
  memref.copy %d, %a : memref<?xf32> to memref<?xf32>
  %c = memref.cast %a : memref<?xf32> to !m
  return %c : !m
}

// -----

// A function that is called may write what it is given: what was read before is kept.
// CHECK-LABEL: func.func @called
// CHECK: memref.copy
// CHECK: call @writes
func.func private @writes(%m: memref<?xf64, strided<[?], offset: ?>>) attributes {pyc.memory = "it calls itself"}
func.func @called(%m: memref<?xf64, strided<[?], offset: ?>>, %i: index) -> f64
    attributes {pyc.memory = "a call"} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %m, %c0 : memref<?xf64, strided<[?], offset: ?>>
  %a = memref.alloc(%n) : memref<?xf64>
  memref.copy %m, %a : memref<?xf64, strided<[?], offset: ?>> to memref<?xf64>
  %t = bufferization.to_tensor %a restrict : memref<?xf64> to tensor<?xf64>
  func.call @writes(%m) : (memref<?xf64, strided<[?], offset: ?>>) -> ()
  %x = tensor.extract %t[%i] : tensor<?xf64>
  return %x : f64
}

// -----

!m = memref<?xf32, strided<[?], offset: ?>>
func.func private @g(!m)
// A call may write what it is given.
// CHECK-LABEL: @called
// CHECK-SAME: (%[[U:.*]]: memref
// CHECK: %[[C:.*]] = memref.alloc
// CHECK: memref.copy %[[U]], %[[C]]
// CHECK: call @g
func.func @called(%u: !m, %n: index, %i: index) -> f32 attributes {pyc.memory = "why"} {
  %c = memref.alloc(%n) : memref<?xf32>
  memref.copy %u, %c : !m to memref<?xf32>
  %t = bufferization.to_tensor %c restrict : memref<?xf32> to tensor<?xf32>
  func.call @g(%u) : (!m) -> ()
  %e = tensor.extract %t[%i] : tensor<?xf32>
  return %e : f32
}
