// RUN: pyc-opt %s --block-contractions="bits=512 registers=32" | filecheck %s

#filters = affine_map<(b, g, f, c, r, q, h, w) -> (g, f, c, r, q)>
#images = affine_map<(b, g, f, c, r, q, h, w) -> (b, g, c, h * 2 + r, w + q * 3)>
#out = affine_map<(b, g, f, c, r, q, h, w) -> (b, g, f, h, w)>
#kinds = ["parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "parallel", "parallel"]

// Windows are packed where they are multiplied; filters, and results, are made contiguous if they are not.
// CHECK-LABEL: func.func @windows
// CHECK-NOT: linalg
// CHECK: %[[OFFSETS:.*]] = memref.alloc(%{{.*}}) : memref<?xindex>
// CHECK: memref.store %{{.*}}, %[[OFFSETS]]
// CHECK: scf.for
// CHECK: call @contract.f32.f32.f32.windows(%{{.*}}, %[[OFFSETS]], %{{.*}})
// CHECK: pyc.parallel
// CHECK: memref.dealloc %[[OFFSETS]]
func.func @windows(%w: memref<?x?x?x?x?xf32, strided<[?, ?, ?, ?, ?], offset: ?>>, %x: memref<?x?x?x?x?xf32>, %y: memref<?x?x?x?x?xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<?x?x?x?x?xf32>)
  linalg.generic {indexing_maps = [#filters, #images, #out], iterator_types = #kinds}
    ins(%w, %x : memref<?x?x?x?x?xf32, strided<[?, ?, ?, ?, ?], offset: ?>>, memref<?x?x?x?x?xf32>) outs(%y : memref<?x?x?x?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %0 = arith.mulf %a, %b fastmath<reassoc,contract> : f32
    %1 = arith.addf %s, %0 fastmath<reassoc,contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// Filters of one channel.
// CHECK-LABEL: func.func @each
// CHECK-NOT: linalg
// CHECK: call @contract.f16.f16.f32.each_window
func.func @each(%w: memref<?x?x1x?x?xf16>, %x: memref<?x?x1x?x?xf16>, %y: memref<?x?x?x?x?xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<?x?x?x?x?xf32>)
  linalg.generic {indexing_maps = [#filters, #images, #out], iterator_types = #kinds}
    ins(%w, %x : memref<?x?x1x?x?xf16>, memref<?x?x1x?x?xf16>) outs(%y : memref<?x?x?x?x?xf32>) {
  ^bb0(%a: f16, %b: f16, %s: f32):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.extf %b : f16 to f32
    %2 = arith.mulf %0, %1 fastmath<reassoc,contract> : f32
    %3 = arith.addf %s, %2 fastmath<reassoc,contract> : f32
    linalg.yield %3 : f32
  }
  return
}

// Sums that are added to, or in order, stay loops.
// CHECK-LABEL: func.func @added
// CHECK: linalg.generic
func.func @added(%w: memref<?x?x?x?x?xf32>, %x: memref<?x?x?x?x?xf32>, %y: memref<?x?x?x?x?xf32>) {
  linalg.generic {indexing_maps = [#filters, #images, #out], iterator_types = #kinds}
    ins(%w, %x : memref<?x?x?x?x?xf32>, memref<?x?x?x?x?xf32>) outs(%y : memref<?x?x?x?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %0 = arith.mulf %a, %b fastmath<reassoc,contract> : f32
    %1 = arith.addf %s, %0 fastmath<reassoc,contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// CHECK-DAG: func.func private @contract.f32.f32.f32.windows(
// CHECK-DAG: func.func private @contract.f32.f32.f32.pack_windows(
// CHECK-DAG: func.func private @contract.f16.f16.f32.each_window(
// CHECK-NOT: func.func private @contract.f32.f32.f32.small(
