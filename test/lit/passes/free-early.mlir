// RUN: pyc-opt %s --free-early | filecheck %s

// What is used for the last time is freed there, views of it included.
// CHECK-LABEL: @one_behind_the_other
// CHECK: %[[A:.*]] = memref.alloc
// CHECK: linalg.fill {{.*}} outs(%[[A]]
// CHECK: %[[B:.*]] = memref.alloc
// CHECK: memref.copy {{.*}}, %[[B]]
// CHECK-NEXT: memref.dealloc %[[A]]
// CHECK: memref.copy %[[B]], %arg0
// CHECK-NEXT: memref.dealloc %[[B]]
// CHECK: linalg.fill
func.func @one_behind_the_other(%out: memref<64xf32>, %z: f32) {
  %a = memref.alloc() : memref<8x8xf32>
  linalg.fill ins(%z : f32) outs(%a : memref<8x8xf32>)
  %b = memref.alloc() : memref<64xf32>
  %flat = memref.collapse_shape %a [[0, 1]] : memref<8x8xf32> into memref<64xf32>
  memref.copy %flat, %b : memref<64xf32> to memref<64xf32>
  memref.copy %b, %out : memref<64xf32> to memref<64xf32>
  linalg.fill ins(%z : f32) outs(%out : memref<64xf32>)
  memref.dealloc %a : memref<8x8xf32>
  memref.dealloc %b : memref<64xf32>
  return
}

// An address is the array, and so is what a branch gives.
// CHECK-LABEL: @by_other_names
// CHECK: call @use
// CHECK-NEXT: memref.dealloc
// CHECK: linalg.fill
// CHECK: memref.copy
// CHECK-NEXT: memref.dealloc
// CHECK: linalg.fill
func.func private @use(index)
func.func @by_other_names(%x: memref<64xf32>, %out: memref<64xf32>, %c: i1, %z: f32) {
  %a = memref.alloc() : memref<64xf32>
  %address = memref.extract_aligned_pointer_as_index %a : memref<64xf32> -> index
  call @use(%address) : (index) -> ()
  linalg.fill ins(%z : f32) outs(%out : memref<64xf32>)
  memref.dealloc %a : memref<64xf32>
  %b = memref.alloc() : memref<64xf32>
  %r = scf.if %c -> memref<64xf32> {
    scf.yield %b : memref<64xf32>
  } else {
    scf.yield %x : memref<64xf32>
  }
  memref.copy %r, %out : memref<64xf32> to memref<64xf32>
  linalg.fill ins(%z : f32) outs(%out : memref<64xf32>)
  memref.dealloc %b : memref<64xf32>
  return
}

// Its extents are not.
// CHECK-LABEL: @extents
// CHECK: linalg.fill
// CHECK-NEXT: memref.dealloc
// CHECK: memref.alloc
func.func @extents(%n: index, %out: memref<?xf32>, %z: f32) {
  %a = memref.alloc(%n) : memref<?xf32>
  %base, %offset, %size, %stride = memref.extract_strided_metadata %a : memref<?xf32> -> memref<f32>, index, index, index
  linalg.fill ins(%z : f32) outs(%a : memref<?xf32>)
  %b = memref.alloc(%size) : memref<?xf32>
  memref.copy %out, %b : memref<?xf32> to memref<?xf32>
  memref.copy %b, %out : memref<?xf32> to memref<?xf32>
  memref.dealloc %b : memref<?xf32>
  memref.dealloc %a : memref<?xf32>
  return
}

// What the function gives to its caller stays.
// CHECK-LABEL: @given
// CHECK: linalg.fill
// CHECK: linalg.fill
// CHECK-NEXT: memref.dealloc
// CHECK-NEXT: return
func.func @given(%out: memref<64xf32>, %z: f32) -> memref<64xf32> {
  %a = memref.alloc() : memref<64xf32>
  linalg.fill ins(%z : f32) outs(%a : memref<64xf32>)
  linalg.fill ins(%z : f32) outs(%out : memref<64xf32>)
  memref.dealloc %a : memref<64xf32>
  return %a : memref<64xf32>
}
