// RUN: pyc-opt %s --lower-to-linalg --split-input-file | filecheck %s

!a = tensor<?x?xf16, #pyc.meta<"f16", "cpu">>
!r = tensor<?x?xf32, #pyc.meta<"f16", "cpu">>
// The columns of the right operand are innermost.
// CHECK-DAG: #[[A:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[B:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[C:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-LABEL: @matmul
// CHECK: linalg.generic {indexing_maps = [#[[A]], #[[B]], #[[C]]], iterator_types = ["parallel", "reduction", "parallel"]}
// CHECK: arith.extf
// CHECK: arith.mulf %{{.*}} fastmath<reassoc,contract> : f32
// CHECK: arith.addf %{{.*}} fastmath<reassoc,contract> : f32
func.func @matmul(%x: !a, %y: !a) -> !r {
  %0 = "pyc.matmul"(%x, %y) : (!a, !a) -> !r
  return %0 : !r
}

// -----

!v = tensor<?xi64, #pyc.meta<"i64", "cpu">>
// CHECK-LABEL: @vectors
// CHECK: iterator_types = ["reduction"]
// CHECK: tensor.extract
func.func @vectors(%x: !v, %y: !v) -> i64 {
  %0 = "pyc.matmul"(%x, %y) : (!v, !v) -> i64
  return %0 : i64
}

// -----

!a = tensor<7x1x2x4xf32, #pyc.meta<"f32", "cpu">>
!b = tensor<5x4x3xf32, #pyc.meta<"f32", "cpu">>
!r = tensor<7x5x2x3xf32, #pyc.meta<"f32", "cpu">>
// Batch axes broadcast.
// CHECK-DAG: affine_map<(d0, d1, d2, d3, d4) -> (d0, 0, d2, d3)>
// CHECK-DAG: affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4)>
// CHECK-LABEL: @stacks
func.func @stacks(%x: !a, %y: !b) -> !r {
  %0 = "pyc.matmul"(%x, %y) : (!a, !b) -> !r
  return %0 : !r
}

// -----

!a = tensor<?x?xi8, #pyc.meta<"i8", "cpu">>
// Narrow integers are summed in wider ones: the lower bits are the same.
// CHECK-LABEL: @narrow
// CHECK: %[[SUMS:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel"]}
// CHECK: arith.muli %{{.*}} : i32
// CHECK: linalg.generic {{.*}} ins(%[[SUMS]]
// CHECK: arith.trunci %{{.*}} : i32 to i8
func.func @narrow(%x: !a, %y: !a) -> !a {
  %0 = "pyc.matmul"(%x, %y) : (!a, !a) -> !a
  return %0 : !a
}

// -----

// Windows are read at sums of loops, of which the last one is along rows of memory.
// CHECK: #[[IMAGES:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1, d3, d6 * 2 + d4, d7 + d5 * 3)>
// CHECK-LABEL: @windows
// CHECK: linalg.fill
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[IMAGES]], #{{.*}}]
// CHECK-SAME: ins(%arg1, %arg0
// CHECK: arith.addf %{{.*}} fastmath<reassoc,contract>
#f32 = #pyc.meta<"f32", "cpu">
func.func @windows(%x: tensor<?x1x3x?x?xf32, #f32>, %w: tensor<1x?x3x3x3xf32, #f32>, %n: i64, %m: i64) -> tensor<?x1x?x?x?xf32, #f32> {
  %0 = "pyc.correlate"(%x, %w, %n, %m) {strides = [2, 1], dilations = [1, 3]} : (tensor<?x1x3x?x?xf32, #f32>, tensor<1x?x3x3x3xf32, #f32>, i64, i64) -> tensor<?x1x?x?x?xf32, #f32>
  return %0 : tensor<?x1x?x?x?xf32, #f32>
}
