// RUN: pyc-opt %s --deallocate --split-input-file | filecheck %s

// A temporary is freed.
// CHECK-NOT: @pyc.keep
// CHECK-LABEL: @temporary
// CHECK: %[[A:.*]] = memref.alloc
// CHECK: memref.dealloc %[[A]]
// CHECK: return %{{.*}} : i32
func.func @temporary(%n: index, %s: f32, %out: memref<f32>) -> i32 {
  %a = memref.alloc(%n) : memref<?xf32>
  linalg.fill ins(%s : f32) outs(%a : memref<?xf32>)
  %c0 = arith.constant 0 : index
  %e = memref.load %a[%c0] : memref<?xf32>
  memref.store %e, %out[] : memref<f32>
  %z = arith.constant 0 : i32
  return %z : i32
}

// -----

!d = memref<?xf32, strided<[?], offset: ?>>
// What a function gives is described to the caller, who frees its block; values that are not the function's are copied.
// CHECK: func.func private @pyc.keep(i64)
// CHECK-LABEL: @given
// CHECK-SAME: (%{{.*}}: index, %[[X:.*]]: memref<?xf32, strided<[?], offset: ?>>, %[[P:.*]]: memref<4xi64>, %[[Q:.*]]: memref<4xi64>) -> i32
// CHECK: %[[A:.*]] = memref.alloc(%{{.*}}) : memref<?xf32>
// CHECK: %[[B:.*]] = memref.alloc(%{{.*}}) : memref<?xf32>
// CHECK: memref.copy %[[X]], %{{.*}}
// CHECK-NOT: memref.dealloc
// CHECK: %[[BASE:.*]], %[[OFFSET:.*]], %[[SIZE:.*]], %[[STRIDE:.*]] = memref.extract_strided_metadata
// CHECK: memref.store %{{.*}}, %[[P]][
// CHECK: call @pyc.keep(%{{.*}}) : (i64) -> ()
// CHECK: memref.store %{{.*}}, %[[Q]][
// CHECK: call @pyc.keep(%{{.*}}) : (i64) -> ()
// CHECK: return %{{.*}} : i32
func.func @given(%n: index, %x: !d, %p: memref<4xi64>, %q: memref<4xi64>) -> (i32, !d, !d) attributes {pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [], results = [{name = "", type = "Tensor[f32, _]", dtype = "f32", precision = "f32", target = "cpu", dims = ["?"], allocated}, {name = "", type = "Tensor[f32, _]", dtype = "f32", precision = "f32", target = "cpu", dims = ["?"], allocated}], returns = [0 : i64, 1 : i64], returns_tuple = true, writes = [], extra = {}}} {
  %a = memref.alloc(%n) : memref<?xf32>
  %s = arith.constant 1.0 : f32
  linalg.fill ins(%s : f32) outs(%a : memref<?xf32>)
  %c = memref.cast %a : memref<?xf32> to !d
  %z = arith.constant 0 : i32
  return %z, %c, %x : i32, !d, !d
}

// -----

!d = memref<?xf32, strided<[?], offset: ?>>
// In memory form, a result may be memory of an argument: it has no block, and what is not given is freed.
// CHECK-LABEL: @either
// CHECK-SAME: %[[X:.*]]: memref<?xf32, strided<[?], offset: ?>>, %{{.*}}: i1, %[[P:.*]]: memref<4xi64>) -> i32
// CHECK: %[[A:.*]] = memref.alloc
// CHECK-NOT: memref.copy
// CHECK: scf.if
// CHECK-NEXT: memref.dealloc %[[A]]
// CHECK: %[[BLOCK:.*]] = arith.select
// CHECK: memref.store %{{.*}}, %[[P]][
// CHECK: call @pyc.keep
func.func @either(%n: index, %x: !d, %c: i1, %p: memref<4xi64>) -> (i32, !d) attributes {pyc.memory = "a view is returned", pyc.export, pyc.name = "f", pyc.target = "cpu", pyc.signature = {parameters = [], results = [{name = "", type = "Tensor[f32, _]", dtype = "f32", precision = "f32", target = "cpu", dims = ["?"], allocated}], returns = [0 : i64], returns_tuple = false, writes = [], extra = {}}} {
  %a = memref.alloc(%n) : memref<?xf32>
  %s = arith.constant 1.0 : f32
  linalg.fill ins(%s : f32) outs(%a : memref<?xf32>)
  %m = memref.cast %a : memref<?xf32> to !d
  %r = scf.if %c -> !d {
    scf.yield %m : !d
  } else {
    scf.yield %x : !d
  }
  %z = arith.constant 0 : i32
  return %z, %r : i32, !d
}
