// RUN: pyc-opt %s --reuse-memory | filecheck %s

#n = affine_map<(d0) -> (d0)>
#none = affine_map<(d0) -> ()>

// An array that becomes another one is computed there.
// CHECK-LABEL: @becomes
// CHECK-NOT: memref.alloc(
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} ins(%arg1 : memref<?xf32>) outs(%arg1 : memref<?xf32>)
// CHECK-NOT: memref.dealloc
func.func @becomes(%x: memref<?xf32>, %out: memref<?xf32>, %n: index) {
  %e = memref.alloc(%n) : memref<?xf32>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%e : memref<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%e : memref<?xf32>) outs(%out : memref<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.negf %a : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %e : memref<?xf32>
  return
}

// What is copied as a whole needs no copy then, and what it is put into is made before.
// CHECK-LABEL: @copied
// CHECK: %[[PART:.*]] = memref.subview %arg1[1] [%arg2] [1]
// CHECK: linalg.fill {{.*}} outs(%[[PART]]
// CHECK-NOT: memref.copy
// CHECK: return
func.func @copied(%z: f32, %out: memref<?xf32>, %n: index) {
  %e = memref.alloc(%n) : memref<?xf32>
  linalg.fill ins(%z : f32) outs(%e : memref<?xf32>)
  %part = memref.subview %out[1] [%n] [1] : memref<?xf32> to memref<?xf32, strided<[1], offset: 1>>
  memref.copy %e, %part : memref<?xf32> to memref<?xf32, strided<[1], offset: 1>>
  memref.dealloc %e : memref<?xf32>
  return
}

// Not where the other array is read in between, or an error could be seen there, or its elements lie apart.
// CHECK-LABEL: @read
// CHECK: memref.alloc(
// CHECK: return
// CHECK-LABEL: @checked
// CHECK: memref.alloc(
// CHECK: return
// CHECK-LABEL: @apart
// CHECK: memref.alloc(
// CHECK: return
func.func @read(%z: f32, %out: memref<?xf32>, %s: memref<f32>, %n: index) {
  %e = memref.alloc(%n) : memref<?xf32>
  linalg.fill ins(%z : f32) outs(%e : memref<?xf32>)
  linalg.generic {indexing_maps = [#n, #none], iterator_types = ["reduction"]}
      ins(%out : memref<?xf32>) outs(%s : memref<f32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.maximumf %a, %o : f32
    linalg.yield %0 : f32
  }
  memref.copy %e, %out : memref<?xf32> to memref<?xf32>
  memref.dealloc %e : memref<?xf32>
  return
}
func.func @checked(%z: f32, %out: memref<?xf32>, %ok: i1, %n: index) {
  %e = memref.alloc(%n) : memref<?xf32>
  linalg.fill ins(%z : f32) outs(%e : memref<?xf32>)
  cf.assert %ok, "1"
  memref.copy %e, %out : memref<?xf32> to memref<?xf32>
  memref.dealloc %e : memref<?xf32>
  return
}
func.func @apart(%z: f32, %out: memref<?x4xf32>, %n: index) {
  %e = memref.alloc(%n) : memref<?xf32>
  linalg.fill ins(%z : f32) outs(%e : memref<?xf32>)
  %column = memref.subview %out[0, 0] [%n, 1] [1, 1] : memref<?x4xf32> to memref<?xf32, strided<[4]>>
  memref.copy %e, %column : memref<?xf32> to memref<?xf32, strided<[4]>>
  memref.dealloc %e : memref<?xf32>
  return
}

// Who computes it may read what it replaces, at the same place only.
// CHECK-LABEL: @replaced
// CHECK-NOT: memref.alloc(
// CHECK: return
// CHECK-LABEL: @shifted
// CHECK: memref.alloc(
// CHECK: return
func.func @replaced(%x: memref<?xf32>, %n: index) {
  %e = memref.alloc(%n) : memref<?xf32>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%e : memref<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.addf %a, %a : f32
    linalg.yield %0 : f32
  }
  memref.copy %e, %x : memref<?xf32> to memref<?xf32>
  memref.dealloc %e : memref<?xf32>
  return
}
func.func @shifted(%x: memref<?xf32>, %n: index) {
  %e = memref.alloc(%n) : memref<?xf32>
  %from = memref.subview %x[1] [%n] [1] : memref<?xf32> to memref<?xf32, strided<[1], offset: 1>>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%from : memref<?xf32, strided<[1], offset: 1>>) outs(%e : memref<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.addf %a, %a : f32
    linalg.yield %0 : f32
  }
  %to = memref.subview %x[0] [%n] [1] : memref<?xf32> to memref<?xf32, strided<[1]>>
  memref.copy %e, %to : memref<?xf32> to memref<?xf32, strided<[1]>>
  memref.dealloc %e : memref<?xf32>
  return
}
