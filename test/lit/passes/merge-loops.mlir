// RUN: pyc-opt %s --merge-loops | filecheck %s

#ij = affine_map<(d0, d1) -> (d0, d1)>
#i = affine_map<(d0, d1) -> (d0)>
#n = affine_map<(d0) -> (d0)>
#none = affine_map<(d0) -> ()>

// What is computed is handed over, the start of the sum moves before both, and what is read later on stays an array.
// CHECK-LABEL: @producer
// CHECK: memref.alloc(%{{.*}}, %{{.*}}) : memref<?x?xf32>
// CHECK: %[[S:.*]] = memref.alloc(%{{.*}}) : memref<?xf32>
// CHECK: linalg.fill {{.*}} outs(%[[S]]
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%arg0 : {{.*}} outs(%{{.*}}, %[[S]] :
// CHECK: %[[E:.*]] = math.exp
// CHECK: %[[T:.*]] = arith.addf %[[E]], %{{.*}} fastmath<reassoc>
// CHECK: linalg.yield %[[E]], %[[T]]
// CHECK: linalg.generic
// CHECK: arith.divf
func.func @producer(%x: memref<?x?xf32>, %y: memref<?x?xf32>, %m: index, %n: index) {
  %zero = arith.constant 0.0 : f32
  %e = memref.alloc(%m, %n) : memref<?x?xf32>
  linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<?x?xf32>) outs(%e : memref<?x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  %s = memref.alloc(%m) : memref<?xf32>
  linalg.fill ins(%zero : f32) outs(%s : memref<?xf32>)
  linalg.generic {indexing_maps = [#ij, #i], iterator_types = ["parallel", "reduction"]}
      ins(%e : memref<?x?xf32>) outs(%s : memref<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.addf %a, %o fastmath<reassoc> : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#ij, #i, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%e, %s : memref<?x?xf32>, memref<?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %e : memref<?x?xf32>
  memref.dealloc %s : memref<?xf32>
  return
}

// Two results of one array, of which one was a reader of what is no array any more.
// CHECK-LABEL: @results
// CHECK-NOT: memref.alloc
// CHECK: linalg.generic {{.*}} ins(%arg0 : {{.*}} outs(%arg1, %arg2 :
// CHECK: %[[R:.*]] = math.sqrt
// CHECK: %[[A:.*]] = arith.addf %[[R]], %{{.*}}
// CHECK: %[[B:.*]] = arith.mulf %[[R]], %{{.*}}
// CHECK: linalg.yield %[[A]], %[[B]]
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @results(%x: memref<?xf64>, %y: memref<?xf64>, %z: memref<?xf64>, %n: index) {
  %r = memref.alloc(%n) : memref<?xf64>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%x : memref<?xf64>) outs(%r : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = math.sqrt %a : f64
    linalg.yield %0 : f64
  }
  linalg.generic {indexing_maps = [#n, #n, #n], iterator_types = ["parallel"]}
      ins(%r, %x : memref<?xf64>, memref<?xf64>) outs(%y : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %0 = arith.addf %a, %b : f64
    linalg.yield %0 : f64
  }
  linalg.generic {indexing_maps = [#n, #n, #n], iterator_types = ["parallel"]}
      ins(%r, %x : memref<?xf64>, memref<?xf64>) outs(%z : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %0 = arith.mulf %a, %b : f64
    linalg.yield %0 : f64
  }
  memref.dealloc %r : memref<?xf64>
  return
}

// A sum that is read is one of all rounds; what was written before a check could be seen; other rounds write what one
// reads of a part that overlaps.
// CHECK-LABEL: @apart
// CHECK-COUNT-5: linalg.generic
// CHECK: return
func.func @apart(%x: memref<?xf64>, %y: memref<?xf64>, %z: memref<?xf64>, %s: memref<f64>, %ok: i1) {
  linalg.generic {indexing_maps = [#n, #none], iterator_types = ["reduction"]}
      ins(%x : memref<?xf64>) outs(%s : memref<f64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = arith.addf %a, %o : f64
    linalg.yield %0 : f64
  }
  linalg.generic {indexing_maps = [#n, #none, #n], iterator_types = ["parallel"]}
      ins(%x, %s : memref<?xf64>, memref<f64>) outs(%y : memref<?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %0 = arith.divf %a, %b : f64
    linalg.yield %0 : f64
  }
  cf.assert %ok, "1"
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%x : memref<?xf64>) outs(%y : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    linalg.yield %a : f64
  }
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %left = memref.subview %y[0] [%c2] [1] : memref<?xf64> to memref<?xf64, strided<[1]>>
  %right = memref.subview %y[1] [%c2] [1] : memref<?xf64> to memref<?xf64, strided<[1], offset: 1>>
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%left : memref<?xf64, strided<[1]>>) outs(%right : memref<?xf64, strided<[1], offset: 1>>) {
  ^bb0(%a: f64, %o: f64):
    linalg.yield %a : f64
  }
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%left : memref<?xf64, strided<[1]>>) outs(%z : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    linalg.yield %a : f64
  }
  return
}

// What steps over memory is not brought to functions, which LLVM computes in vectors where memory lies side by side.
// CHECK-LABEL: @columns
// CHECK: linalg.generic
// CHECK: arith.subf
// CHECK: linalg.generic
// CHECK: math.powf
func.func @columns(%x: memref<?x1xf64, strided<[?, ?], offset: ?>>, %y: memref<?x?xf64>, %p: f64, %n: index) {
  %e = memref.alloc(%n, %n) : memref<?x?xf64>
  linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, 0)>, affine_map<(d0, d1) -> (d0, 0)>, #ij],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x, %x : memref<?x1xf64, strided<[?, ?], offset: ?>>, memref<?x1xf64, strided<[?, ?], offset: ?>>)
      outs(%e : memref<?x?xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %0 = arith.subf %a, %b : f64
    linalg.yield %0 : f64
  }
  linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%e : memref<?x?xf64>) outs(%y : memref<?x?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = math.powf %a, %p : f64
    linalg.yield %0 : f64
  }
  memref.dealloc %e : memref<?x?xf64>
  return
}

// What a body reads by itself is complete before, also where it is what the operation goes over.
// CHECK-LABEL: @elsewhere
// CHECK: linalg.generic
// CHECK: linalg.generic
func.func @elsewhere(%x: memref<?xf64>, %y: memref<?xf64>, %z: memref<?xf64>, %n: index) {
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%x : memref<?xf64>) outs(%y : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = arith.addf %a, %a : f64
    linalg.yield %0 : f64
  }
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%y : memref<?xf64>) outs(%z : memref<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %i = linalg.index 0 : index
    %j = arith.subi %n, %i : index
    %b = memref.load %y[%j] : memref<?xf64>
    %0 = arith.addf %a, %b : f64
    linalg.yield %0 : f64
  }
  return
}

// A function that goes on after errors joins operations as well; not over a check, behind which it may see an array.
// CHECK-LABEL: @catching
// CHECK: linalg.generic
// CHECK: arith.addf
// CHECK-NEXT: arith.mulf
// CHECK: cf.assert
// CHECK: linalg.generic
// CHECK: arith.subf
// CHECK: return
func.func private @pyc.enter() -> i1
func.func @catching(%x: memref<?xf32>, %y: memref<?xf32>, %n: index, %ok: i1) {
  %e = memref.alloc(%n) : memref<?xf32>
  %f = memref.alloc(%n) : memref<?xf32>
  %entered = func.call @pyc.enter() : () -> i1
  linalg.generic {indexing_maps = [#n, #n], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%e : memref<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.addf %a, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#n, #n, #n], iterator_types = ["parallel"]}
      ins(%x, %e : memref<?xf32>, memref<?xf32>) outs(%f : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  }
  cf.assert %ok, "1"
  linalg.generic {indexing_maps = [#n, #n, #n], iterator_types = ["parallel"]}
      ins(%e, %f : memref<?xf32>, memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %0 = arith.subf %a, %b : f32
    linalg.yield %0 : f32
  }
  return
}
