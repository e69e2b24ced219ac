"""``from pyc.nn import gelu``: the library of layers, as Python calls it. Its source is the language's own."""

from importlib import import_module

from .module import interpreted

# By name, as this layer imports nothing above it; the compiler resolves these functions to the same source.
_source = import_module("pyc.frontend.library.nn")

relu = interpreted(_source.relu)
gelu = interpreted(_source.gelu)
softmax = interpreted(_source.softmax)
layer_norm = interpreted(_source.layer_norm)

__all__ = ["gelu", "layer_norm", "relu", "softmax"]
