"""python models.py KIND PATH: an ONNX model of a kind, for tests of what models cannot be."""

import sys

from onnx import TensorProto, helper, save

KINDS = {
    "texts": helper.make_node("StringConcat", ["x", "x"], ["y"], name="join"),
    "extents": helper.make_node("Squeeze", ["x"], ["y"]),
    "axes": helper.make_node("ReduceSum", ["x", "axes"], ["y"]),
}
kind, path = sys.argv[1:]
element = TensorProto.STRING if kind == "texts" else TensorProto.FLOAT
inputs = [helper.make_tensor_value_info("x", element, ["n", 3])]
if kind == "axes":
    inputs.append(helper.make_tensor_value_info("axes", TensorProto.INT64, [1]))
graph = helper.make_graph([KINDS[kind]], "g", inputs, [helper.make_tensor_value_info("y", element, ["m", "k"])])
save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)
