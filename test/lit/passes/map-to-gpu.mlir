// RUN: pyc-opt %s --map-to-gpu --split-input-file | filecheck %s

// One thread an element, neighbours in x along the last axis; what the host knows it computes, a float it leaves alone.
#id = affine_map<(i, j) -> (i, j)>
// CHECK-LABEL: func.func @scaled(
// CHECK: %[[ROWS:.*]] = memref.dim %arg0, %c0
// CHECK: gpu.launch_func @kernels::@scaled_1_map blocks in
// CHECK-SAME: args({{.*}}%arg0 : memref<?x?xf32, strided<[?, ?], offset: ?>>, %arg1 : f32, %arg2 : memref<?x?xf32>)
// CHECK-NEXT: return
// CHECK-LABEL: gpu.func @scaled_1_map(
// CHECK-SAME: kernel attributes {nvvm.maxntid = array<i32: 256, 1, 1>}
// CHECK: %[[SQUARE:.*]] = arith.mulf %[[S:.*]], %[[S]]
// CHECK: gpu.block_id x
// CHECK: gpu.thread_id x
// CHECK: scf.if
// CHECK: gpu.block_id y
// CHECK: scf.for
// CHECK: memref.load
// CHECK: arith.mulf %{{.*}}, %[[SQUARE]]
// CHECK: memref.store
module {
  func.func @scaled(%x: memref<?x?xf32, strided<[?, ?], offset: ?>>, %s: f32, %out: memref<?x?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    %square = arith.mulf %s, %s : f32
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<?x?xf32, strided<[?, ?], offset: ?>>) outs(%out : memref<?x?xf32>) {
    ^bb0(%a: f32, %b: f32):
      %0 = arith.mulf %a, %square : f32
      linalg.yield %0 : f32
    }
    return %c0_i32 : i32
  }
}

// -----

// A vector has no rows: one line of blocks, and no thread does what another does.
#id = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func @vector(
// CHECK: gpu.launch_func
// CHECK-SAME: threads in (%c256{{.*}}, %c1{{.*}}, %c1{{.*}})
// CHECK-LABEL: gpu.func @vector_1_map(
// CHECK-NOT: scf.for
// CHECK: gpu.return
module {
  func.func @vector(%x: memref<?xf32>, %out: memref<?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<?xf32>) outs(%out : memref<?xf32>) {
    ^bb0(%a: f32, %b: f32):
      %0 = arith.negf %a : f32
      linalg.yield %0 : f32
    }
    return %c0_i32 : i32
  }
}

// -----

// A copy between views is a kernel, and so is the store of one element. A temporary's end is the host program's matter.
// CHECK-LABEL: func.func @moves(
// CHECK-NOT: memref.dealloc
// CHECK: gpu.launch_func @kernels::@moves_1_copy
// CHECK: gpu.launch_func @kernels::@moves_2_store blocks in (%[[ONE:.*]], %[[ONE]], %[[ONE]]) threads in (%[[ONE]], %[[ONE]], %[[ONE]])
// CHECK-NOT: memref.copy
// CHECK-NOT: memref.store
// CHECK: return
module {
  func.func @moves(%x: memref<?xf32>, %out: memref<?xf32, strided<[?], offset: ?>>, %v: f32, %i: i64) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    %temporary = memref.alloc() : memref<4xf32>
    memref.copy %x, %out : memref<?xf32> to memref<?xf32, strided<[?], offset: ?>>
    %at = arith.index_cast %i : i64 to index
    memref.store %v, %out[%at] : memref<?xf32, strided<[?], offset: ?>>
    memref.dealloc %temporary : memref<4xf32>
    return %c0_i32 : i32
  }
}

// -----

// Each thread loads a scalar itself, unless what it loads from is overwritten: then it is put aside first.
#id = affine_map<(i) -> (i)>
#none = affine_map<(i) -> ()>
// CHECK-LABEL: func.func @loads(
// CHECK: %[[ASIDE:.*]] = memref.alloc() : memref<f32>
// CHECK: gpu.launch_func @kernels::@loads_1_store {{.*}} args({{.*}}%arg0 : memref<?xf32>, %[[ASIDE]] : memref<f32>)
// CHECK: gpu.launch_func @kernels::@loads_2_map {{.*}} args({{.*}}%[[ASIDE]] : memref<f32>)
// CHECK: gpu.launch_func @kernels::@loads_3_map {{.*}} args({{.*}}%arg1 : memref<f32>{{.*}})
module {
  func.func @loads(%x: memref<?xf32>, %s: memref<f32>, %out: memref<?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    %c0 = arith.constant 0 : index
    %first = memref.load %x[%c0] : memref<?xf32>
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<?xf32>) outs(%x : memref<?xf32>) {
    ^bb0(%a: f32, %b: f32):
      %0 = arith.addf %a, %first : f32
      linalg.yield %0 : f32
    }
    %scalar = memref.load %s[] : memref<f32>
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<?xf32>) outs(%out : memref<?xf32>) {
    ^bb0(%a: f32, %b: f32):
      %0 = arith.addf %a, %scalar : f32
      linalg.yield %0 : f32
    }
    return %c0_i32 : i32
  }
}

// -----

// Functions of other targets are left alone.
// CHECK-LABEL: func.func @elsewhere(
// CHECK: memref.copy
module {
  func.func @elsewhere(%x: memref<?xf32>, %out: memref<?xf32>) -> i32 attributes {pyc.target = "cpu"} {
    %c0_i32 = arith.constant 0 : i32
    memref.copy %x, %out : memref<?xf32> to memref<?xf32>
    return %c0_i32 : i32
  }
}
