// RUN: pyc-opt %s --check-allocations | filecheck %s

// CHECK: pyc.errors = [{column = 3 : i64, file = "a.py", function = "f[f32]", kind = "MemoryError", line = 4 : i64
// CHECK-LABEL: @f
// CHECK: %[[BYTES:.*]] = arith.mulf
// CHECK: %[[PLAUSIBLE:.*]] = arith.cmpf olt, %[[BYTES]]
// CHECK: cf.assert %[[PLAUSIBLE]], "1"
// CHECK: %[[A:.*]] = memref.alloc
// CHECK: %[[P:.*]] = memref.extract_aligned_pointer_as_index %[[A]]
// CHECK: %[[THERE:.*]] = arith.cmpi ne, %[[P]]
// CHECK: cf.assert %[[THERE]], "1"
func.func @f(%n: index) -> i32 attributes {pyc.name = "f[f32]"} {
  %a = memref.alloc(%n) {alignment = 64 : i64} : memref<?xf32> loc("a.py":4:3)
  memref.dealloc %a : memref<?xf32>
  %r = arith.constant 0 : i32
  return %r : i32
}

// More than any machine has, known at compile time: nothing is computed with its size.
// CHECK-LABEL: @enormous
// CHECK: %[[NO:.*]] = arith.constant false
// CHECK: cf.assert %[[NO]], "2"
// CHECK: memref.alloc
func.func @enormous() -> i32 attributes {pyc.name = "g"} {
  %a = memref.alloc() : memref<1099511627776x1099511627776xf32> loc("a.py":9:3)
  memref.dealloc %a : memref<1099511627776x1099511627776xf32>
  %r = arith.constant 0 : i32
  return %r : i32
}
