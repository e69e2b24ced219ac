// RUN: pyc-opt %s --map-to-gpu --split-input-file | filecheck %s

// The host decides a loop over an array: the kernel is launched in it.
#id = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func @rounds(
// CHECK: scf.for %{{.*}} = %{{.*}} to %arg1
// CHECK: gpu.launch_func @kernels::@rounds_1_map
// CHECK-NOT: linalg.generic
module {
  func.func @rounds(%x: memref<?xf32>, %n: i64) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    %c0 = arith.constant 0 : i64
    %c1 = arith.constant 1 : i64
    scf.for %i = %c0 to %n step %c1 : i64 {
      linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%x : memref<?xf32>) {
      ^bb0(%a: f32):
        %0 = arith.negf %a : f32
        linalg.yield %0 : f32
      }
    }
    return %c0_i32 : i32
  }
}

// -----

// A number that only the GPU knows is carried in its memory.
#id = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func @scaled(
// CHECK: %[[CELL:.*]] = memref.alloc() : memref<f32>
// CHECK: gpu.launch_func @kernels::@scaled_1_store
// CHECK: scf.for
// CHECK: gpu.launch_func @kernels::@scaled_{{.*}}_map {{.*}} args({{.*}}%[[CELL]] : memref<f32>
module {
  func.func @scaled(%x: memref<?xf32>, %n: i64, %s: f32) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    %c0 = arith.constant 0 : i64
    %c1 = arith.constant 1 : i64
    %last = scf.for %i = %c0 to %n step %c1 iter_args(%factor = %s) -> (f32) : i64 {
      linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%x : memref<?xf32>) {
      ^bb0(%a: f32):
        %0 = arith.mulf %a, %factor : f32
        linalg.yield %0 : f32
      }
      %next = arith.mulf %factor, %factor : f32
      scf.yield %next : f32
    }
    return %c0_i32 : i32
  }
}

// -----

// One thread works on elements, whatever decides what it does; its result is in memory.
// CHECK-LABEL: func.func @chosen(
// CHECK: %[[CELL:.*]] = memref.alloc() : memref<f32>
// CHECK-NOT: scf.if
// CHECK: gpu.launch_func @kernels::@chosen_1_thread blocks in (%c1{{.*}}, %c1{{.*}}, %c1{{.*}}) threads in (%c1{{.*}}, %c1{{.*}}, %c1{{.*}})
// CHECK: gpu.launch_func @kernels::@chosen_2_store {{.*}} args(%[[CELL]] : memref<f32>
// CHECK-LABEL: gpu.func @chosen_1_thread(
// CHECK: scf.if
// CHECK: memref.store
module {
  func.func @chosen(%x: memref<?xf32>, %out: memref<f32>) -> i32 attributes {pyc.target = "cuda"} {
    %c0_i32 = arith.constant 0 : i32
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    %first = memref.load %x[%c0] : memref<?xf32>
    %positive = arith.cmpf ogt, %first, %zero : f32
    %chosen = scf.if %positive -> f32 {
      scf.yield %first : f32
    } else {
      %negated = arith.negf %first : f32
      scf.yield %negated : f32
    }
    memref.store %chosen, %out[] : memref<f32>
    return %c0_i32 : i32
  }
}
