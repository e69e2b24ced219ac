"""Writes a model whose node says the same key twice."""

import sys

from onnx import TensorProto, helper, save

values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xy"]
node = helper.make_node("Relu", ["x"], ["y"], name="relu")
for value in ("first", "second"):
    node.metadata_props.add(key="com.acme.key", value=value)
graph = helper.make_graph([node], "twice", values[:1], values[1:])
save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), sys.argv[1])
