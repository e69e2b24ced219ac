// RUN: pyc-opt %s --drop-annotations --split-input-file | filecheck %s

#f32 = #pyc.meta<"f32", "cpu">

// What is said of the function stays, for manifests.
// CHECK: module {
// CHECK: func.func @f(%{{.*}}) -> {{.*}} attributes {pyc.annotations = {owner = "vision"}, pyc.modules = {"." = {kind = "mlp"}}}
// CHECK-NOT: annotations
// CHECK: "pyc.exp"(%{{.*}}) : (
// CHECK-NEXT: return
module attributes {pyc.annotated} {
  func.func @f(%x: tensor<?xf32, #f32>) -> tensor<?xf32, #f32> attributes {pyc.annotations = {owner = "vision"}, pyc.modules = {"." = {kind = "mlp"}}} {
    "pyc.annotate"(%x) {annotations = {role = "input"}} : (tensor<?xf32, #f32>) -> ()
    %0 = "pyc.exp"(%x) {pyc.annotations = {stage = 2 : i64}} : (tensor<?xf32, #f32>) -> tensor<?xf32, #f32>
    return %0 : tensor<?xf32, #f32>
  }
}
