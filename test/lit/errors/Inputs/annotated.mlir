module attributes {pyc.source = "program.py"} {
  func.func @double(%arg0: tensor<?xf32, #pyc.meta<"f32", "cpu">>) -> tensor<?xf32, #pyc.meta<"f32", "cpu">> attributes {pyc.export, pyc.name = "double", pyc.signature = {extra = {N = "N"}, nesting = "", parameters = [{dims = ["N"], dtype = "f32", name = "x", precision = "f32", target = "cpu", type = "Tensor[f32, N]"}], results = [{dims = ["N"], dtype = "f32", name = "", precision = "f32", target = "cpu", type = "Tensor[f32, N]"}], returns = [0], returns_tuple = false, writes = []}, pyc.target = "cpu"} {
    %cst = arith.constant 2.000000e+00 : f32
    %0 = "pyc.mul"(%arg0, %cst) {pyc.unheard_of} : (tensor<?xf32, #pyc.meta<"f32", "cpu">>, f32) -> tensor<?xf32, #pyc.meta<"f32", "cpu">>
    return %0 : tensor<?xf32, #pyc.meta<"f32", "cpu">>
  }
}

