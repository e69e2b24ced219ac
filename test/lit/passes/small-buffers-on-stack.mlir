// RUN: pyc-opt %s --small-buffers-on-stack | filecheck %s
// RUN: pyc-opt %s --small-buffers-on-stack=limit=2 | filecheck %s --check-prefix=NONE
// RUN: pyc-opt %s --small-buffers-on-stack=frame=128 | filecheck %s --check-prefix=FULL

// CHECK-LABEL: @accumulator
// CHECK-NEXT: %[[A:.*]] = memref.alloca() {alignment = 64 : i64} : memref<f32>
// CHECK: scf.for
// CHECK-NOT: memref.alloc
// CHECK: memref.store %{{.*}}, %[[A]][]
// CHECK-NOT: dealloc
// CHECK: return
// NONE-LABEL: @accumulator
// NONE-NOT: alloca
func.func @accumulator(%n: index, %s: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %a = memref.alloc() {alignment = 64 : i64} : memref<f32>
    memref.store %s, %a[] : memref<f32>
    memref.dealloc %a : memref<f32>
  }
  return
}

// CHECK-LABEL: @large
// CHECK: memref.alloc() : memref<1000xf32>
// CHECK: memref.dealloc
func.func @large() {
  %a = memref.alloc() : memref<1000xf32>
  memref.dealloc %a : memref<1000xf32>
  return
}

// CHECK-LABEL: @unknown
// CHECK: memref.alloc(
func.func @unknown(%n: index) {
  %a = memref.alloc(%n) : memref<?xf32>
  memref.dealloc %a : memref<?xf32>
  return
}

// Freed elsewhere: it may live longer than its block.
// CHECK-LABEL: @given_away
// CHECK: memref.alloc()
func.func @given_away(%c: i1) {
  %a = memref.alloc() : memref<f32>
  scf.if %c {
    memref.dealloc %a : memref<f32>
  }
  return
}

// Each call of a function that may call itself has its own: there is less room.
// CHECK-LABEL: @recursive
// CHECK: memref.alloca() : memref<100xf32>
// CHECK: memref.alloc() : memref<100xf32>
func.func private @recursive(%n: i64) {
  %a = memref.alloc() : memref<100xf32>
  %b = memref.alloc() : memref<100xf32>
  memref.dealloc %a : memref<100xf32>
  memref.dealloc %b : memref<100xf32>
  return
}

// FULL-LABEL: @many
// FULL-COUNT-2: memref.alloca() : memref<16xf32>
// FULL-NOT: memref.alloca
// FULL: memref.alloc() : memref<16xf32>
func.func @many() {
  %a = memref.alloc() : memref<16xf32>
  memref.dealloc %a : memref<16xf32>
  %b = memref.alloc() : memref<16xf32>
  memref.dealloc %b : memref<16xf32>
  %c = memref.alloc() : memref<16xf32>
  memref.dealloc %c : memref<16xf32>
  return
}

// What a cell may refer to stays when its block ends.
// CHECK-LABEL: @cells
// CHECK: memref.alloc() : memref<2xf32>
// CHECK: memref.dealloc
func.func private @pyc.hold.0.0(i64, i64)
func.func @cells(%n: i64) {
  %a = memref.alloc() : memref<2xf32>
  %start = memref.extract_aligned_pointer_as_index %a : memref<2xf32> -> index
  %address = arith.index_cast %start : index to i64
  func.call @pyc.hold.0.0(%address, %n) : (i64, i64) -> ()
  memref.dealloc %a : memref<2xf32>
  return
}
