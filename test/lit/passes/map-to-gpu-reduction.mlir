// RUN: pyc-opt %s --map-to-gpu --split-input-file | filecheck %s

// Along the innermost axis: threads in x share a row. They start from the neutral element, and the fill becomes the
// value that the total is added to. A second kernel combines the parts of rows that several blocks worked on.
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#none = affine_map<(i) -> ()>
// CHECK-LABEL: func.func @rows(
// CHECK-NOT: linalg
// CHECK: %[[SEVERAL:.*]] = arith.cmpi ugt, %[[PARTS:.*]], %{{.*}} : index
// CHECK: %[[HELD:.*]] = arith.select %[[SEVERAL]]
// CHECK: %[[PARTIAL:.*]] = memref.alloc(%[[HELD]], %[[PARTS]]) : memref<?x?xf32>
// CHECK: gpu.launch_func @kernels::@rows_1_reduce
// CHECK: gpu.launch_func @kernels::@rows_1_reduce_parts
// CHECK-LABEL: memref.global "private" @rows_1_reduce_parts_shared
// CHECK-LABEL: memref.global "private" @rows_1_reduce_shared0 : memref<8xf32, 3>
// CHECK-LABEL: gpu.func @rows_1_reduce(
// CHECK: %[[NEUTRAL:.*]] = arith.constant -0.000000e+00
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[NEUTRAL]])
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: scf.if
// CHECK: gpu.barrier
// CHECK-COUNT-5: gpu.shuffle xor
module {
  func.func @rows(%x: memref<?x?xf32>, %out: memref<?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    %zero = arith.constant 0.0 : f32
    linalg.generic {indexing_maps = [affine_map<(i) -> ()>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%zero : f32) outs(%out : memref<?xf32>) {
    ^bb0(%a: f32, %b: f32):
      linalg.yield %a : f32
    }
    linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<?x?xf32>) outs(%out : memref<?xf32>) {
    ^bb0(%a: f32, %acc: f32):
      %0 = arith.mulf %a, %a : f32
      %1 = arith.addf %0, %acc : f32
      linalg.yield %1 : f32
    }
    return %c0_i32 : i32
  }
}

// -----

// Along another axis: neighbouring threads have neighbouring results, and threads in y meet in shared memory.
#id = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
// CHECK-LABEL: func.func @columns(
// CHECK: gpu.launch_func @kernels::@columns_1_reduce
// CHECK-LABEL: memref.global "private" @columns_1_reduce_shared0 : memref<8x32xf32, 3>
// CHECK-LABEL: gpu.func @columns_1_reduce(
// CHECK-NOT: gpu.shuffle
// CHECK: scf.for
// CHECK: arith.maximumf
// CHECK: gpu.barrier
// CHECK: scf.if
// CHECK: scf.for
// CHECK: arith.maximumf
module {
  func.func @columns(%x: memref<?x?xf32>, %out: memref<?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]} ins(%x : memref<?x?xf32>) outs(%out : memref<?xf32>) {
    ^bb0(%a: f32, %acc: f32):
      %0 = arith.maximumf %a, %acc : f32
      linalg.yield %0 : f32
    }
    return %c0_i32 : i32
  }
}

// -----

// f16 travels through shuffles in the low half of a word, f64 in two words.
// CHECK-LABEL: gpu.func @widths_1_reduce(
// CHECK: arith.bitcast %{{.*}} : f16 to i16
// CHECK: arith.extui %{{.*}} : i16 to i32
// CHECK: gpu.shuffle xor
// CHECK-LABEL: gpu.func @widths_2_reduce(
// CHECK: arith.bitcast %{{.*}} : f64 to i64
// CHECK-COUNT-2: gpu.shuffle xor
module {
  func.func @widths(%x: memref<?xf16>, %y: memref<?xf64>, %m: memref<f16>, %n: memref<f64>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} ins(%x : memref<?xf16>) outs(%m : memref<f16>) {
    ^bb0(%a: f16, %acc: f16):
      %0 = arith.maximumf %a, %acc : f16
      linalg.yield %0 : f16
    }
    linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} ins(%y : memref<?xf64>) outs(%n : memref<f64>) {
    ^bb0(%a: f64, %acc: f64):
      %0 = arith.minimumf %a, %acc : f64
      linalg.yield %0 : f64
    }
    return %c0_i32 : i32
  }
}

// -----

// A value with its index: of two partial results, the one with the smaller index is the accumulator.
// CHECK-LABEL: gpu.func @argmax_1_reduce(
// CHECK: %[[AHEAD:.*]] = arith.cmpi sle
// CHECK: arith.select %[[AHEAD]]
// CHECK: arith.cmpf ogt
module {
  func.func @argmax(%x: memref<?xf32>, %best: memref<f32>, %at: memref<i64>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> ()>], iterator_types = ["reduction"]} ins(%x : memref<?xf32>) outs(%best, %at : memref<f32>, memref<i64>) {
    ^bb0(%a: f32, %b: f32, %k: i64):
      %better = arith.cmpf ogt, %a, %b : f32
      %i = linalg.index 0 : index
      %j = arith.index_cast %i : index to i64
      %0 = arith.select %better, %a, %b : f32
      %1 = arith.select %better, %j, %k : i64
      linalg.yield %0, %1 : f32, i64
    }
    return %c0_i32 : i32
  }
}

// -----

// Of a known, small number of elements: one kernel, and no memory for parts.
// CHECK-LABEL: func.func @short(
// CHECK-NOT: memref.alloc
// CHECK: gpu.launch_func @kernels::@short_1_reduce
// CHECK-NOT: gpu.launch_func
// CHECK: return
module {
  func.func @short(%x: memref<?x10xf32>, %out: memref<?xf32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%x : memref<?x10xf32>) outs(%out : memref<?xf32>) {
    ^bb0(%a: f32, %acc: f32):
      %0 = arith.maximumf %a, %acc : f32
      linalg.yield %0 : f32
    }
    return %c0_i32 : i32
  }
}
