// RUN: pyc-opt %s --block-contractions | filecheck %s
// RUN: pyc-opt %s --block-contractions="bits=512 registers=32" | filecheck %s --check-prefix=WIDE
// RUN: pyc-opt %s --block-contractions="bits=512 registers=32 grouped=4" | filecheck %s --check-prefix=FOURS
// RUN: pyc-opt %s --block-contractions="grouped=2" | filecheck %s --check-prefix=PAIRS

#lhs = affine_map<(m, k, n) -> (m, k)>
#rhs = affine_map<(m, k, n) -> (k, n)>
#out = affine_map<(m, k, n) -> (m, n)>

// What cleared the sums before is left to the kernel.
// CHECK-LABEL: func.func @product
// CHECK-NOT: linalg
// CHECK: %[[CLEAR:.*]] = arith.constant true
// CHECK: scf.if
// CHECK: scf.if
// CHECK: call @contract.f32.f32.f32.small(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[CLEAR]])
// CHECK: else
// CHECK: %[[B:.*]] = memref.alloc
// CHECK: call @contract.f32.f32.f32(%{{.*}}, %{{.*}}, %{{.*}}, %[[B]], %{{.*}}, %[[CLEAR]])
// CHECK: memref.dealloc %[[B]]
// CHECK: call @contract.f32.f32.f32.dots(%{{.*}}, %[[CLEAR]])
func.func @product(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<?x?xf32>)
  linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "reduction", "parallel"]}
    ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %0 = arith.mulf %x, %y fastmath<reassoc,contract> : f32
    %1 = arith.addf %s, %0 fastmath<reassoc,contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// Other sums are added to; elements that are widened are packed.
// CHECK-LABEL: func.func @widened
// CHECK-NOT: linalg
// CHECK: %[[CLEAR:.*]] = arith.constant false
// CHECK-NOT: scf.if
// CHECK: call @contract.f16.f32.f32(%{{.*}}, %[[CLEAR]])
func.func @widened(%a: memref<?x?xf16>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "reduction", "parallel"]}
    ins(%a, %b : memref<?x?xf16>, memref<?x?xf32>) outs(%c : memref<?x?xf32>) {
  ^bb0(%x: f16, %y: f32, %s: f32):
    %w = arith.extf %x : f16 to f32
    %0 = arith.mulf %y, %w fastmath<reassoc,contract> : f32
    %1 = arith.addf %0, %s fastmath<reassoc,contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// Rows of a stack become those of one matrix where they lie like that: the loop around them then has one round.
// CHECK-LABEL: func.func @stack
// CHECK: %[[SAME:.*]] = arith.andi
// CHECK: %[[ROWS:.*]] = arith.select %[[SAME]]
// CHECK: %[[ROUNDS:.*]] = arith.select %[[SAME]]
// CHECK: memref.reinterpret_cast {{.*}} sizes: [%[[ROWS]], %{{.*}}]
func.func @stack(%a: memref<?x?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?x?xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(b, m, k, n) -> (b, m, k)>, affine_map<(b, m, k, n) -> (k, n)>,
                     affine_map<(b, m, k, n) -> (b, m, n)>],
    iterator_types = ["parallel", "parallel", "reduction", "parallel"]}
    ins(%a, %b : memref<?x?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?x?xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %0 = arith.mulf %x, %y fastmath<reassoc,contract> : f32
    %1 = arith.addf %s, %0 fastmath<reassoc,contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// A batch is a loop around the call, which threads share.
// CHECK-LABEL: func.func @batched
// CHECK: scf.for %{{.*}} : i64
// CHECK: scf.for
// CHECK: call @contract.i32.i32.i32.small
// CHECK: pyc.parallel
func.func @batched(%a: memref<?x?x?xi32>, %b: memref<?x?x?xi32>, %c: memref<?x?x?xi32>) {
  linalg.generic {
    indexing_maps = [affine_map<(b, m, k, n) -> (b, m, k)>, affine_map<(b, m, k, n) -> (b, k, n)>,
                     affine_map<(b, m, k, n) -> (b, m, n)>],
    iterator_types = ["parallel", "parallel", "reduction", "parallel"]}
    ins(%a, %b : memref<?x?x?xi32>, memref<?x?x?xi32>) outs(%c : memref<?x?x?xi32>) {
  ^bb0(%x: i32, %y: i32, %s: i32):
    %0 = arith.muli %x, %y : i32
    %1 = arith.addi %s, %0 : i32
    linalg.yield %1 : i32
  }
  return
}

// Sums in a fixed order, products with a vector, and those of a few known terms stay as they are.
// CHECK-LABEL: func.func @others
// CHECK-COUNT-3: linalg.generic
// CHECK: return
func.func @others(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>, %v: memref<?xf32>, %w: memref<?xf32>,
                  %s: memref<4x4xf32>) {
  linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "reduction", "parallel"]}
    ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>) {
  ^bb0(%x: f32, %y: f32, %t: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %t, %0 : f32
    linalg.yield %1 : f32
  }
  linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (k)>, affine_map<(m, k) -> (m)>],
                  iterator_types = ["parallel", "reduction"]}
    ins(%a, %v : memref<?x?xf32>, memref<?xf32>) outs(%w : memref<?xf32>) {
  ^bb0(%x: f32, %y: f32, %t: f32):
    %0 = arith.mulf %x, %y fastmath<reassoc,contract> : f32
    %1 = arith.addf %t, %0 fastmath<reassoc,contract> : f32
    linalg.yield %1 : f32
  }
  linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "reduction", "parallel"]}
    ins(%s, %s : memref<4x4xf32>, memref<4x4xf32>) outs(%s : memref<4x4xf32>) {
  ^bb0(%x: f32, %y: f32, %t: f32):
    %0 = arith.mulf %x, %y fastmath<reassoc,contract> : f32
    %1 = arith.addf %t, %0 fastmath<reassoc,contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// The kernels: panels of B are packed, and tiles computed, by threads; a tile of 6 rows by 2 vectors of 8, or of 12 by 2
// of 16, stays in registers over all terms.
// CHECK: func.func private @contract.f32.f32.f32(
// CHECK: func.call @contract.f32.f32.f32.pack_right
// CHECK: pyc.parallel
// CHECK: func.call @contract.f32.f32.f32.rows
// CHECK: pyc.parallel
// CHECK: func.func private @contract.f32.f32.f32.small
// CHECK: func.func private @contract.f32.f32.f32.dots(
// CHECK: func.func private @contract.f32.f32.f32.rows(
// CHECK: memref.alloca
// CHECK: call @contract.f32.f32.f32.pack_left
// CHECK: func.func private @contract.f32.f32.f32.pack_right
// CHECK: vector.shuffle
// CHECK: func.func private @contract.f32.f32.f32.pack_left
// CHECK: func.func private @contract.f32.f32.f32.packed
// CHECK: memref.prefetch
// CHECK: %[[SUMS:.*]]:12 = scf.for
// CHECK-COUNT-2: vector.load %{{.*}} : memref<?xf32>, vector<8xf32>
// CHECK: func.func private @contract.f32.f32.f32.narrow
// CHECK: vector.maskedload
// WIDE: func.func private @contract.f32.f32.f32.packed
// WIDE: %[[SUMS:.*]]:24 = scf.for
// WIDE-COUNT-2: vector.load %{{.*}} : memref<?xf32>, vector<16xf32>

// Bytes are multiplied by fours, where the machine does that; what their sign is, is a part of the kernel's name.
// FOURS-LABEL: func.func @bytes
// FOURS: call @contract.i8.ui8.i32(
// FOURS: func.func private @contract.i8.ui8.i32.packed(
// FOURS: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%{{.*}}) : (vector<16xi32>, vector<64xi8>, vector<64xi8>)
// PAIRS-LABEL: func.func @bytes
// PAIRS: func.func private @contract.i8.ui8.i32.packed(
// PAIRS: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%{{.*}}) : (vector<16xi16>, vector<16xi16>)
func.func @bytes(%a: memref<?x?xi8>, %b: memref<?x?xi8>, %c: memref<?x?xi32>) {
  linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "reduction", "parallel"]}
    ins(%a, %b : memref<?x?xi8>, memref<?x?xi8>) outs(%c : memref<?x?xi32>) {
  ^bb0(%x: i8, %y: i8, %s: i32):
    %w = arith.extsi %x : i8 to i32
    %v = arith.extui %y : i8 to i32
    %0 = arith.muli %w, %v : i32
    %1 = arith.addi %s, %0 : i32
    linalg.yield %1 : i32
  }
  return
}
