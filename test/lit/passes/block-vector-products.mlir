// RUN: pyc-opt %s --block-vector-products="bits=256" | filecheck %s

#vector = affine_map<(k, n) -> (k)>
#matrix = affine_map<(k, n) -> (k, n)>
#sums = affine_map<(k, n) -> (n)>

// What cleared the sums before is left to the kernels; memory of other strides has the loops.
// CHECK-LABEL: func.func @product
// CHECK: %[[CLEAR:.*]] = arith.constant true
// CHECK: scf.if
// CHECK: call @product.f64.rows(%{{.*}}, %{{.*}}, %{{.*}}, %[[CLEAR]])
// CHECK: else
// CHECK: scf.if
// CHECK: call @product.f64.columns(%{{.*}}, %{{.*}}, %{{.*}}, %[[CLEAR]])
// CHECK: else
// CHECK: linalg.fill
// CHECK: linalg.generic
func.func @product(%x: memref<?xf64, strided<[?], offset: ?>>, %b: memref<?x?xf64>, %y: memref<?xf64>) {
  %zero = arith.constant 0.0 : f64
  linalg.fill ins(%zero : f64) outs(%y : memref<?xf64>)
  linalg.generic {indexing_maps = [#vector, #matrix, #sums], iterator_types = ["reduction", "parallel"]}
    ins(%x, %b : memref<?xf64, strided<[?], offset: ?>>, memref<?x?xf64>) outs(%y : memref<?xf64>) {
  ^bb0(%l: f64, %r: f64, %s: f64):
    %0 = arith.mulf %l, %r fastmath<reassoc,contract> : f64
    %1 = arith.addf %s, %0 fastmath<reassoc,contract> : f64
    linalg.yield %1 : f64
  }
  return
}

// The matrix may be the left operand, and the sums may be added to.
// CHECK-LABEL: func.func @added
// CHECK: %[[CLEAR:.*]] = arith.constant false
// CHECK: call @product.f32.rows(%{{.*}}, %{{.*}}, %{{.*}}, %[[CLEAR]])
func.func @added(%a: memref<?x?xf32>, %x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (k)>, affine_map<(m, k) -> (m)>],
    iterator_types = ["parallel", "reduction"]}
    ins(%a, %x : memref<?x?xf32>, memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%l: f32, %r: f32, %s: f32):
    %0 = arith.mulf %l, %r fastmath<reassoc,contract> : f32
    %1 = arith.addf %0, %s fastmath<reassoc,contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// An order of additions that the program says is kept, and a product of two matrices is none of these.
// CHECK-LABEL: func.func @ordered
// CHECK-NOT: call
// CHECK: linalg.generic
func.func @ordered(%x: memref<?xf64>, %b: memref<?x?xf64>, %y: memref<?xf64>) {
  linalg.generic {indexing_maps = [#vector, #matrix, #sums], iterator_types = ["reduction", "parallel"]}
    ins(%x, %b : memref<?xf64>, memref<?x?xf64>) outs(%y : memref<?xf64>) {
  ^bb0(%l: f64, %r: f64, %s: f64):
    %0 = arith.mulf %l, %r : f64
    %1 = arith.addf %s, %0 : f64
    linalg.yield %1 : f64
  }
  return
}

// CHECK-LABEL: func.func @matrices
// CHECK-NOT: call
// CHECK: linalg.generic
func.func @matrices(%a: memref<?x?xf64>, %b: memref<?x?xf64>, %c: memref<?x?xf64>) {
  linalg.generic {
    indexing_maps = [affine_map<(m, k, n) -> (m, k)>, affine_map<(m, k, n) -> (k, n)>,
                     affine_map<(m, k, n) -> (m, n)>],
    iterator_types = ["parallel", "reduction", "parallel"]}
    ins(%a, %b : memref<?x?xf64>, memref<?x?xf64>) outs(%c : memref<?x?xf64>) {
  ^bb0(%l: f64, %r: f64, %s: f64):
    %0 = arith.mulf %l, %r fastmath<reassoc,contract> : f64
    %1 = arith.addf %s, %0 fastmath<reassoc,contract> : f64
    linalg.yield %1 : f64
  }
  return
}

// CHECK: func.func private @product.f64.rows
// CHECK: vector.maskedload
// CHECK-SAME: vector<4xf64>
// CHECK: func.func private @product.f64.columns
// CHECK: vector.reduction <add>
// CHECK: func.func private @product.f32.rows
