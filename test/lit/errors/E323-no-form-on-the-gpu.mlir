// RUN: not pyc-opt %s --pass-pipeline=map-to-gpu 2>&1 | filecheck %s

// CHECK: error: E323: an operation (memref.prefetch) has no form on CUDA
module attributes {pyc.source = "program.py"} {
  func.func @f(%x: memref<?xf32, strided<[?], offset: ?>>) attributes {pyc.target = "cuda"} {
    %c = arith.constant 1 : index
    memref.prefetch %x[%c], write, locality<3>, data : memref<?xf32, strided<[?], offset: ?>>
    return
  }
}
