module attributes {pyc.source = "program.py"} {
  func.func @double(%arg0: tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">>) -> tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">> attributes {pyc.export, pyc.name = "double", pyc.signature = {extra = {N = "N"}, nesting = "", parameters = [{dims = ["N"], dtype = "c64", name = "x", precision = "c64", target = "cpu", type = "Tensor[c64, N]"}], results = [{dims = ["N"], dtype = "c64", name = "", precision = "c64", target = "cpu", type = "Tensor[c64, N]"}], returns = [0], returns_tuple = false, writes = []}, pyc.target = "cpu"} {
    %0 = "pyc.mul"(%arg0, %arg0) : (tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">>, tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">>) -> tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">>
    return %0 : tensor<?xcomplex<f32>, #pyc.meta<"c64", "cpu">>
  }
}

