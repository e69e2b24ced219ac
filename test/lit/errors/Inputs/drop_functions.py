"""A model without the bodies of its functions, as a converter leaves it: ``drop_functions.py MODEL OUTPUT``."""

import sys

import onnx

model = onnx.load(sys.argv[1])
del model.functions[:]
onnx.save(model, sys.argv[2])
